//! Words that know nothing of customers: dates, money, text, places in files, problems.
//!
//! May use nothing else of carebook. To extend: one file per idea, pure functions,
//! no clock, no environment, no input or output.

pub mod date;
pub mod duration;
pub mod id;
pub mod instant;
pub mod lang;
pub mod lost;
pub mod money;
pub mod packed;
pub mod period;
pub mod phone;
pub mod problem;
pub mod rows;
pub mod spelling;
pub mod text;
pub mod window;
