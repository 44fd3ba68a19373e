//! Letters to customers: what each is about, who may get it, and what it tells. Nothing here speaks a language.
//!
//! To add one: a line in [`LETTERS`], its templates in `templates/letters/`, its title in `view/letter/words.rs`.

use std::collections::HashSet;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::Value;

use super::cadence::Wish;
use crate::base::lang::Lang;
use crate::base::text::{fold_key, one_line};
use crate::model::consent::is_withdrawn;
use crate::model::customer::{Customer, CustomerKind, CustomerStatus};
use crate::model::log::LogRow;
use crate::model::request::{ASKED, OUT_OF_SCOPE, Request, RequestType, Stage, is_asking};
use crate::model::revisit::{Revisit, RevisitStatus};

/// What a letter is about: whose id it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Customer,
    Request,
    Revisit,
}

/// A built-in letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter {
    pub name: &'static str,
    pub about: &'static [About],
    /// An approach nobody asked for: not to those who withdrew consent.
    pub is_approach: bool,
}

pub const LETTERS: &[Letter] = &[
    Letter { name: "welcome", about: &[About::Customer], is_approach: true },
    Letter { name: "apology", about: &[About::Request], is_approach: false },
    Letter { name: "status", about: &[About::Request], is_approach: false },
    Letter { name: "resolution", about: &[About::Request], is_approach: false },
    Letter { name: "revisit", about: &[About::Revisit], is_approach: true },
    Letter { name: QUESTIONNAIRE, about: &[About::Request, About::Customer], is_approach: true },
];

/// The letter that takes a survey.
pub const QUESTIONNAIRE: &str = "questionnaire";

/// The built-in letter of this name.
pub fn built_in(name: &str) -> Option<&'static Letter> {
    LETTERS.iter().find(|letter| letter.name == name)
}

/// What a letter's id may be; one of the owner's own takes any.
pub fn about(name: &str) -> &'static [About] {
    built_in(name).map_or(&[About::Request, About::Revisit, About::Customer], |letter| letter.about)
}

/// Whom a letter named in a checklist is about: the request of the step, where it is about one, else the customer.
pub fn id_for<'a>(name: &str, customer: &'a str, request: Option<&'a str>) -> Option<&'a str> {
    let about = about(name);
    request.filter(|_| about.contains(&About::Request)).or_else(|| Some(customer).filter(|_| about.contains(&About::Customer)))
}

/// The language that a cell of the owner's own names; a column called so tells in which one a customer is written to.
pub fn language_of(cell: &str) -> Option<Lang> {
    match fold_key(cell).as_str() {
        "中文" | "汉语" | "普通话" | "简体中文" | "chinese" | "mandarin" => Some(Lang::Zh),
        "英文" | "英语" | "english" => Some(Lang::En),
        other => Lang::parse(other).filter(|_| other.chars().nth(2).is_none_or(|c| matches!(c, '-' | '_'))),
    }
}

/// Whether a column of the owner's own of this name tells the language of customers.
pub fn is_language_column(name: &str) -> bool {
    matches!(fold_key(name).as_str(), "语言" | "首选语言" | "偏好语言" | "language" | "lang" | "preferred language" | "preferred_language")
}

/// To whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recipient {
    /// Blank for somebody who is not in the archive.
    pub id: String,
    pub name: String,
    pub is_company: bool,
    /// The person to turn to at a company.
    pub contact: String,
    pub owner: String,
}

impl Recipient {
    /// A customer; `person` is the name of their primary contact.
    pub fn of(customer: &Customer, person: &str) -> Recipient {
        let contact = if customer.contact.trim().is_empty() { person } else { &customer.contact };
        Recipient {
            id: customer.id.to_string(),
            name: one_line(&customer.name),
            is_company: customer.kind == Some(CustomerKind::Company),
            contact: one_line(contact),
            owner: one_line(&customer.owner),
        }
    }
}

/// Something that happened to a request, as far as its customer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Received,
    Accepted,
    InHand,
    Resolved,
    Closed,
}

/// What comes next, or why nothing does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Review,
    /// It waits for an answer to what was asked at the review.
    Answer,
    Assign,
    Work,
    /// It waits for the customer.
    Customer,
    /// They are asked whether it is settled.
    Confirm,
    Nothing,
    Refused,
    OutOfScope,
}

/// A request, told to its customer: neither notes, nor names of staff, nor targets that were missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AboutRequest {
    pub id: String,
    pub kind: Option<RequestType>,
    pub category: String,
    pub content: String,
    pub wish: String,
    pub received: NaiveDate,
    pub stage: Stage,
    pub steps: Vec<(Step, NaiveDate)>,
    pub next: Next,
    /// By when it is to be resolved, where that day is still to come.
    pub by: Option<NaiveDate>,
    /// What the customer was asked at the review.
    pub question: String,
    pub measures: Vec<String>,
    pub result: String,
    pub cause: String,
    pub resolved: Option<NaiveDate>,
    /// Until when it can be taken up again.
    pub reply_until: Option<NaiveDate>,
}

impl AboutRequest {
    /// `log` are the rows of this request; of them its notes are known, which no customer gets to see.
    pub fn of(request: &Request, log: &[LogRow], reply_until: Option<NaiveDate>, today: NaiveDate, zone: Tz) -> AboutRequest {
        let day = |at: crate::base::instant::Instant| at.date(zone);
        let is_open = request.stage.is_open();
        let taken = !matches!(request.stage, Stage::Registered | Stage::Rejected | Stage::Duplicate);
        let in_hand = taken && request.stage != Stage::Reviewed;
        let steps = [
            (Step::Received, Some(request.received_at)),
            (Step::Accepted, request.reviewed_at.filter(|_| taken)),
            (Step::InHand, request.assigned_at.filter(|_| in_hand)),
            (Step::Resolved, request.resolved_at.filter(|_| request.stage.is_resolved())),
            (Step::Closed, request.closed_at.filter(|_| request.stage == Stage::Closed)),
        ];
        let next = next(request);
        let waits = matches!(next, Next::Answer | Next::Customer);
        let asked = request.measures.lines().rev().find(|line| is_asking(line)).filter(|_| next == Next::Answer);
        AboutRequest {
            id: request.id.to_string(),
            kind: request.r#type,
            category: one_line(&request.category),
            content: request.content.trim().to_owned(),
            wish: request.wish.trim().to_owned(),
            received: day(request.received_at),
            stage: request.stage,
            steps: steps.into_iter().filter_map(|(step, at)| Some((step, day(at?)))).collect(),
            next,
            by: request.resolve_due.map(day).filter(|by| is_open && !waits && *by >= today),
            question: asked.map_or_else(String::new, |line| without(line, &ASKED)),
            measures: told(&request.measures, &notes(log)),
            result: without(request.result.trim(), &OUT_OF_SCOPE),
            cause: one_line(request.first_cause()),
            resolved: request.resolved_at.map(day).filter(|_| request.stage.is_resolved()),
            reply_until: reply_until.filter(|until| request.stage.is_resolved() && *until >= today),
        }
    }
}

fn next(request: &Request) -> Next {
    match request.stage {
        Stage::Registered | Stage::Reviewed if request.awaits_information() => Next::Answer,
        Stage::Registered => Next::Review,
        Stage::Reviewed => Next::Assign,
        Stage::Assigned | Stage::InProgress => Next::Work,
        Stage::Waiting => Next::Customer,
        Stage::Resolved => Next::Confirm,
        Stage::Confirmed | Stage::Closed | Stage::Duplicate => Next::Nothing,
        Stage::Rejected if request.is_out_of_scope() => Next::OutOfScope,
        Stage::Rejected => Next::Refused,
    }
}

fn without(text: &str, marks: &[&str]) -> String {
    marks.iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text).trim().to_owned()
}

/// The lines that the log knows as notes: colleagues' words among themselves.
fn notes(log: &[LogRow]) -> HashSet<String> {
    let measures = |text: &str| -> Vec<String> {
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        value["measures"].as_str().unwrap_or_default().lines().map(|line| line.trim().to_owned()).collect()
    };
    let added = |row: &LogRow| {
        let before = measures(&row.before);
        measures(&row.after).into_iter().filter(move |line| !before.contains(line)).collect::<Vec<String>>()
    };
    log.iter().filter(|row| row.action == "note").flat_map(added).collect()
}

/// The measures without what was asked and what was noted.
fn told(measures: &str, notes: &HashSet<String>) -> Vec<String> {
    let lines = measures.lines().map(str::trim).filter(|line| !line.is_empty() && !is_asking(line) && !notes.contains(*line));
    lines.map(str::to_owned).collect()
}

/// A revisit that is to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AboutRevisit {
    pub id: String,
    pub due: NaiveDate,
    /// As people wrote it; blank where nobody knows.
    pub channel: String,
    pub time: String,
    pub staff: String,
    pub request: String,
}

impl AboutRevisit {
    pub fn of(revisit: &Revisit, wish: Wish<'_>) -> AboutRevisit {
        let method = if revisit.method.trim().is_empty() { wish.channel } else { &revisit.method };
        AboutRevisit {
            id: revisit.id.to_string(),
            due: revisit.due_on,
            channel: one_line(method),
            time: one_line(wish.time),
            staff: one_line(&revisit.staff),
            request: revisit.request.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }
}

/// Why a letter is not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The customer was erased.
    Erased,
    /// The customer withdrew consent, and the letter is an approach.
    Withdrawn,
    /// The request goes on as another one.
    Merged(String),
    NotResolved,
    NotPlanned(RevisitStatus),
    Past(NaiveDate),
}

/// Whether a letter may go out. To answer what somebody asked of us is no approach, so who withdrew consent still gets it,
/// and a dissatisfied one the visit that is to make it good.
pub fn refusal(
    name: &str,
    customer: Option<&Customer>,
    request: Option<&Request>,
    revisit: Option<&Revisit>,
    today: NaiveDate,
) -> Option<Refusal> {
    if customer.is_some_and(|customer| customer.status == Some(CustomerStatus::Erased)) {
        return Some(Refusal::Erased);
    }
    if let Some(into) = request.filter(|_| revisit.is_none()).and_then(|request| request.duplicate_of.as_ref()) {
        return Some(Refusal::Merged(into.to_string()));
    }
    let answers = revisit.is_some() && request.is_some_and(Request::is_dissatisfied);
    let is_approach = built_in(name).is_some_and(|letter| letter.is_approach) && !answers;
    if is_approach && customer.is_some_and(|customer| is_withdrawn(&customer.consent)) {
        return Some(Refusal::Withdrawn);
    }
    if name == "resolution" && request.is_some_and(|request| !request.stage.is_resolved()) {
        return Some(Refusal::NotResolved);
    }
    let visit = revisit?;
    if visit.status != RevisitStatus::Planned {
        return Some(Refusal::NotPlanned(visit.status));
    }
    (visit.due_on < today).then_some(Refusal::Past(visit.due_on))
}

#[cfg(test)]
mod tests;
