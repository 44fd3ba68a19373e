//! The words: problems, vocabulary look-ups, help in Chinese. Both languages side by side.

pub mod examples;
pub mod help;
pub mod problem;
pub mod topics;
pub mod usage;
pub mod words;
