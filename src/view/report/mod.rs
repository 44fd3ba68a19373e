//! The report in words: sections of blocks in a language, then Markdown, HTML or long CSV.
//!
//! `sections` turns the engine's value into blocks, `words` names every figure and rule, `document`
//! fills the templates. Nothing is computed here but differences of two shown numbers.

pub mod advice;
pub mod blocks;
pub mod document;
pub mod sections;
pub mod words;
