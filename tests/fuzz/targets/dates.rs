#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| carebook::fuzz::dates(data));
