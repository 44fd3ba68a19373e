//! The command line: arguments, the session, the only writer to the terminal, one file per command.
//!
//! May use everything. A command is its `Args` and `run`; it asks the book, lets `engine` and `ops`
//! decide, commits once, and hands a grid or a text to the session.

mod archive;
pub mod args;
mod clocks;
pub mod commands;
pub mod error;
#[cfg(test)]
mod fault_tests;
pub mod find;
mod foreign;
mod helpful;
mod hooks;
mod likely;
mod maps;
pub mod run;
pub mod session;
mod topics;
pub mod ui;
mod weighing;
