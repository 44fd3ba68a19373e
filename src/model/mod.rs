//! Records, their invariants, their words, their legal transitions.
//!
//! May use `base`. To add a record: one file with one `record!`, one line in [`table::ALL`];
//! the compiler asks for every header's Chinese and English label.

pub mod cell;
pub mod columns;
pub mod consent;
pub mod contact;
pub mod customer;
pub mod draft;
pub mod erasure;
pub mod exported;
pub mod history;
pub mod interaction;
pub mod knowledge;
pub mod lifecycle;
pub mod log;
pub mod member;
pub mod merged;
pub mod order;
pub mod points;
pub mod practice;
pub mod promise;
pub mod punctuality;
pub mod record;
pub mod request;
pub mod responsible;
pub mod revisit;
pub mod rules;
pub mod scale;
pub mod seal;
pub mod settings;
pub mod sheets;
pub mod staff;
pub mod stamp;
pub mod survey;
pub mod survey_choice;
pub mod survey_file;
pub mod survey_header;
pub mod survey_question;
pub mod survey_text;
pub mod table;
pub mod tier;
pub mod vocabulary;
