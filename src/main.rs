//! The binary: the real world in, an exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    let code = carebook::run(&mut carebook::Host::real());
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
