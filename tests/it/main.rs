//! The one test binary: the program is run as its users run it.

mod architecture;
mod harness;
mod requests;
mod store;
