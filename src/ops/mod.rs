//! Changes: pure functions of (&mut Draft, &Stamp, input). One file per verb or family of verbs.
//!
//! May use `base`, `model`, `engine`; never `store`: a change is tested without a disk.

pub mod assign;
pub mod clock;
pub mod consent;
pub mod contact;
pub mod customer;
pub mod erase;
pub mod escalate;
mod fields;
pub mod findings;
pub mod finish;
#[cfg(test)]
mod fixtures;
pub mod gate;
pub mod import;
pub mod intake;
pub mod interaction;
pub mod knowledge;
pub mod link;
pub mod merge;
pub mod merge_customer;
pub mod own;
pub mod owner;
pub mod points;
pub mod practice;
pub mod progress;
pub mod resolve;
pub mod review;
pub mod revisit;
pub mod split;
pub mod staff;
mod step;
pub mod survey;
pub mod survey_follow_up;
pub mod tags;
pub mod tier;
pub mod verify;
