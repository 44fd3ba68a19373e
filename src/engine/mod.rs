//! Questions: pure functions of records, rules and a day. No disk, no clock, no words.
//!
//! May use `base` and `model`. Each returns one plain value that `view` renders in every format.

pub mod agenda;
pub mod assignment;
pub mod cadence;
pub mod calendar;
pub mod clock;
pub mod duplicates;
pub mod escalation;
pub mod filter;
pub mod knowledge;
pub mod points;
pub mod report;
pub mod rfm;
pub mod scores;
pub mod similar;
pub mod story;
pub mod survey;
pub mod survey_codes;
pub mod survey_draft;
pub mod survey_tokens;
pub mod tiering;
pub mod urgency;
