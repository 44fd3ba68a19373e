//! The one test binary: the program is run as its users run it.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests fail loudly and make their own files")]

mod architecture;
mod archive;
mod assign;
mod attacked;
mod backup;
mod calendar;
mod clocks;
mod columns;
mod contacts;
mod demo;
mod duplicates;
mod erase;
mod export;
mod harness;
mod history;
mod hooks;
mod import;
mod knowledge;
mod letter;
mod libreoffice;
mod lifecycle;
mod lines;
mod mended;
mod oracle;
mod points;
mod readme;
mod report;
mod report_schema;
mod requests;
mod revisit;
mod rfm;
mod seal;
mod store;
mod survey;
mod survey_analysis;
mod survey_sources;
mod templates;
mod tier;
mod tier_cases;
mod timeline;
mod today;
mod triage;
mod undo;
mod upgrade;
