//! One noun's output, worded. One file per noun; both languages side by side.

pub mod agenda;
pub mod assignment;
pub mod backup;
pub mod calendar;
pub mod clock;
pub mod customer;
pub mod escalation;
pub mod events;
pub mod hooks;
pub mod knowledge;
pub mod points;
pub mod receipt;
pub mod record;
pub mod request;
pub mod revisit;
pub mod severity;
pub mod staff;
pub mod status;
pub mod survey;
pub mod survey_show;
pub mod tier;
pub mod tier_explanation;
pub mod undone;
