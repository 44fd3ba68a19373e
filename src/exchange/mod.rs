//! Foreign files in and out: bytes in, rows out; no business.
//!
//! May use `base` and `model`. `encoding` makes text of bytes, `sheet` rows of text, `workbook` rows of xlsx, xls and ods, `mapping` says which
//! column feeds which field, `values` what its words mean, `typed` makes records, `rejects` the file of rows that could not be taken.

pub mod conditions;
pub mod encoding;
pub mod foreign_money;
pub mod history;
pub mod map_draft;
pub mod map_file;
pub mod mapping;
pub mod own;
pub mod rejects;
pub mod sheet;
pub mod survey;
pub mod survey_wishes;
pub mod typed;
pub mod values;
pub mod workbook;
