//! Questions: pure functions of records, rules and a day. No disk, no clock, no words.
//!
//! May use `base` and `model`. Each returns one plain value that `view` renders in every format.

pub mod agenda;
pub mod assignment;
pub mod cadence;
pub mod calendar;
pub mod clock;
pub mod consent_filter;
pub mod duplicates;
pub mod escalation;
pub mod filter;
pub mod knowledge;
pub mod letter;
pub mod lifecycle;
pub mod own_filter;
pub mod ownership;
pub mod points;
pub mod practice;
pub mod report;
pub mod rfm;
pub mod scores;
pub mod similar;
pub mod story;
pub mod survey;
pub mod survey_codes;
pub mod survey_draft;
pub mod survey_tokens;
pub mod tags;
pub mod three_way;
pub mod tiering;
pub mod timeline;
pub mod urgency;
pub mod verification;
