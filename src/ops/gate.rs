//! What a category asks for before its requests go on: looked at when the step is taken, so that what comes with the
//! step counts. A refused step leaves a draft that is dropped.

use crate::base::problem::{Problems, What};
use crate::model::draft::Draft;
use crate::model::record::Record;
use crate::model::request::{Request, Verb, is_work};
use crate::model::rules::categories::{CategoryRules, Gate};

pub fn category(draft: &Draft, rules: &CategoryRules, id: &str, verb: Verb) -> Result<(), Problems> {
    let (Some(request), Some(gate)) = (draft.requests.get(id), Gate::of(verb)) else { return Ok(()) };
    let locale = draft.locale();
    let blank = |code: &&'static str| match *code {
        "measures" => !is_work(&request.measures),
        code => Request::TABLE.position(code).is_some_and(|i| request.written(i, &locale).trim().is_empty()),
    };
    let columns: Vec<&'static str> = rules.required(&request.category, gate).into_iter().filter(blank).collect();
    if columns.is_empty() {
        return Ok(());
    }
    Err(vec![What::GateMissing { id: id.to_owned(), verb: verb.name(), columns }.into()])
}
