//! Data → text. Knows no paths, no disk, no clock.
//!
//! May use `base`, `model`, `engine`. `grid` is the neutral table every command fills, `format`
//! writes it; `present/<noun>` words one noun's output; `text` holds the words of problems and help.

pub mod chart;
pub mod format;
pub mod grid;
pub mod letter;
pub mod page;
pub mod present;
pub mod problem;
pub mod report;
pub mod template;
pub mod templates;
pub mod text;
