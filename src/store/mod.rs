//! The only code that knows the book's file names and bytes.
//!
//! May use `base` and `model`. `layout` says which file is what; `csv_table` keeps raw cells so a
//! save changes only what changed; `commit` and `journal` make a change all or nothing
//! (docs/ARCHITECTURE.md, "How bytes become safe"); `disk` is the one door to the book's folder, `beyond` to what lies
//! outside it; `backup` is the way out and back, `upgrade` the way from older formats.

pub mod backup;
mod beyond;
pub mod book;
mod cache;
pub mod check;
mod commit;
mod csv_table;
mod disk;
mod documents;
mod draft;
mod erase;
mod exports;
#[cfg(not(test))]
mod faults;
#[cfg(test)]
pub mod faults;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod hooks;
mod inspect;
mod journal;
pub mod layout;
mod load;
mod lock;
mod log_file;
mod memory;
pub mod new_book;
mod orders;
mod outside;
mod own_columns;
pub mod parallel;
mod patch;
mod records;
mod remnants;
mod scan;
mod seals;
mod settings_file;
mod settle;
mod undo;
pub mod upgrade;
mod yaml_file;
mod yaml_scan;

pub use book::Book;
pub use commit::{Committed, Transaction};
pub use disk::{hash as sha256, make_outside};
pub use erase::Prepared;
pub use lock::set_patience;
pub use log_file::salt as random_key;
pub use orders::OrderRow;
pub use outside::Edited;
pub use records::Wanted;
pub use remnants::Remnant;
pub use seals::{Documents, Sealed};
pub use undo::{Undone, Wish};
