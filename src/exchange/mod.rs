//! Foreign files in and out: bytes in, rows out; no business.
//!
//! May use `base` and `model`.
