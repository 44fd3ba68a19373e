//! The report in words: sections of blocks in a language, then Markdown, HTML or long CSV.
//!
//! `sections` turns the engine's value into blocks, `words` names every figure and rule. Each format is one pure function of the
//! sections and the frame around them: `document` fills the templates (HTML, Markdown), `terminal` writes text, `workbook` xlsx,
//! `tables` what CSV holds; `index` is the page over sealed reports. Nothing is computed here but differences of two shown numbers.

pub mod advice;
pub mod blocks;
pub mod document;
pub mod frame;
pub mod index;
pub mod model;
pub mod sections;
pub mod tables;
pub mod terminal;
pub mod words;
pub mod workbook;
