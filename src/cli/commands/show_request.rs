//! `show` of a request: its row, what was merged into it, its timeline.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::show;
use crate::base::period::Period;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::cli::{helpful, likely, own};
use crate::engine::story;
use crate::model::log::LogRow;
use crate::model::punctuality::Punctuality;
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::rules::feedback::Remedy;
use crate::model::vocabulary::Code as _;
use crate::view::present;

pub fn run(request: &Request, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let locale = session.locale()?;
    let id = request.id.as_str();
    let since = request.received_at.date(locale.zone);
    let since = Period::days(since.pred_opt().unwrap_or(since), NaiveDate::MAX);
    let mut events: Vec<LogRow> = session.book()?.some_within(since, &|row: &LogRow| story::concerns(row, id))?;
    events.sort_by_key(|row| row.seq);
    let resolved = story::resolutions(&events, id, &locale)?;
    // told only where there was more than one
    let first = resolved.first().copied().filter(|first| resolved.len() > 1 || request.resolved_at != Some(*first));
    let mut merged: Vec<Request> = Vec::new();
    for other in story::merged(&events, id) {
        let rows: Vec<Request> = session.book()?.named(other)?;
        merged.extend(rows.into_iter().filter(|row| row.id.as_str() == other && row.duplicate_of.as_ref() == Some(&request.id)));
    }
    let rules = session.book()?.feedback_rules()?.rules;
    let sore = rules.is_sore(request, session.today, locale.zone);
    events.sort_by_key(|row| (row.at, row.seq));
    let similar = likely::similar(request, session)?;
    let own = own::cells_of::<Request>(id, session)?;
    let may_help = helpful::entries(request, session)?;
    if session.wants_json() {
        let currency = session.book()?.settings.currency.clone();
        let mut document = json!({"schema": "carebook.request.v1", "currency": currency});
        show::merge(&mut document, request.object(&locale).into());
        own.add_to_document(&mut document, &locale);
        document["first_resolved_at"] = first.map(|at| at.iso(locale.zone)).into();
        document["ontime"] = Punctuality::of(request, session.now).code().into();
        document["dissatisfied"] = sore.into();
        document["merged"] = merged.iter().map(|row| Value::Object(row.object(&locale))).collect();
        document["similar"] = present::request::similar_json(&similar);
        document["may_help"] = present::knowledge::helpful_json(&may_help);
        document["timeline"] = events.iter().map(|row| Value::Object(row.object(&locale))).collect();
        session.print_json(&document)?;
    } else {
        let lang = session.lang;
        let alike = present::request::similar(&similar, lang) + &present::knowledge::helpful(&may_help, lang);
        let until = rules.reopen_until(request, locale.zone);
        let told = if sore { present::request::dissatisfied(request, Remedy::Nothing, None, until, lang) + "\n" } else { String::new() };
        let alike = if alike.is_empty() { alike } else { format!("\n{alike}") };
        let text = present::record::sheet(request, own.lines(&locale, lang), &locale, lang)
            + &present::request::punctuality(request, session.now, lang)
            + &present::request::beyond(&merged, first, &locale, lang)
            + &told
            + &alike
            + &present::record::timeline(id, &events, &locale, lang);
        session.print_text(&text)?;
    }
    Ok(Exit::Done)
}
