//! carebook: customer service for a small business over plain files.
//!
//! The map. Layers are the folders of `src/`; each may use only those named (a test holds it):
//!
//! | layer | what it is | may use |
//! |---|---|---|
//! | [`base`] | dates, money, text, places, problems | – |
//! | [`model`] | records, words, rules | base |
//! | [`engine`] | questions: pure functions | base, model |
//! | [`ops`] | changes: pure functions on a draft | base, model, engine |
//! | [`store`] | the book's files and bytes | base, model |
//! | [`exchange`] | foreign files in and out | base, model |
//! | [`view`] | data → text | base, model, engine |
//! | [`host`] | the world: clock, environment, streams | base |
//! | [`cli`] | arguments, session, commands | all |
//!
//! Which file of a book belongs to which type: `carebook.yaml` [`model::settings::Settings`], `customers.csv`
//! [`model::customer::Customer`], `requests/` [`model::request::Request`], `orders/` [`model::order::Order`],
//! `revisits/` [`model::revisit::Revisit`], `contacts.csv` [`model::contact::Contact`], `interactions/` [`model::interaction::Interaction`], `knowledge.csv` [`model::knowledge::Knowledge`], `tiers/` [`model::tier::TierDecision`], `points/` [`model::points::PointsRow`], `practices/` [`model::practice::Practice`],
//! `surveys/` [`model::survey::Response`]
//! and [`model::survey::Answer`], `log/` [`model::log::LogRow`], `rules/` [`model::rules`]. Paths: [`store::layout`].

mod base;
mod cli;
mod engine;
mod exchange;
#[doc(hidden)]
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod host;
mod model;
mod ops;
mod store;
mod view;

pub use host::Host;

/// Runs the program in a world and returns its exit code.
pub fn run(host: &mut Host) -> i32 {
    cli::run::run(host)
}
