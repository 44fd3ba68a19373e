//! Erasure (抹除): what tells of a person, what counts for the statistics, and what stands in place of the first.
//!
//! One list says it of every column of every table; a column that is on no side does not pass the test. The customer's
//! name becomes one made from its id, personal cells become blank, all else stays as it is.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use super::cell::Tags;
use super::columns::{Columns, OwnColumn, OwnKind, find, own_name};
use super::contact::is_made_id;
use super::log::{LogRow, cell, fields};
use super::request::OUT_OF_SCOPE;
use super::survey_choice::{is_tick, label};
use super::survey_question::{Kind, Question};
use super::table::{ALL, Table};
use crate::base::lang::Lang;
use crate::base::text::fold_phone;

/// The log's `action` of an erasure.
pub const ACTION: &str = "erase";
/// The field of its row that names the rows of the log that lost values, each with a print of what is left.
pub const REDACTED: &str = "redacted";

/// What happens to a column's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Counts for the statistics, or ties records together.
    Kept,
    /// Gets the name made from the id.
    Named,
    /// Becomes blank.
    Personal,
}

/// The columns of one table, by what happens to them. All that are in neither list are [`OTHERS`]' or unknown.
struct Sides {
    table: &'static str,
    named: &'static [&'static str],
    personal: &'static [&'static str],
    kept: &'static [&'static str],
}

const fn sides(
    table: &'static str,
    named: &'static [&'static str],
    personal: &'static [&'static str],
    kept: &'static [&'static str],
) -> Sides {
    Sides { table, named, personal, kept }
}

/// Every column of every table. What is conditional is personal here; [`Erasure::instead`] has the conditions.
const SIDES: &[Sides] = &[
    sides(
        "customers",
        &["name"],
        &["contact", "phone", "email", "address", "consent", "preferred_channel", "preferred_time", "tags", "note"],
        &[
            "id",
            "kind",
            "region",
            "industry",
            "size",
            "owner",
            "source",
            "potential",
            "since",
            "verified_on",
            "tier",
            "tier_since",
            "tier_until",
            "status",
            "merged_into",
            "distinct_from",
            "batch",
        ],
    ),
    sides(
        "contacts",
        &[],
        &["name", "role", "phone", "email", "preferred_channel", "preferred_time", "note"],
        &["id", "customer", "primary", "batch"],
    ),
    sides(
        "staff",
        &[],
        &[],
        &["name", "full_name", "department", "role", "skills", "regions", "capacity", "email", "phone", "from", "until"],
    ),
    sides("absences", &[], &[], &["staff", "from", "until", "note"]),
    sides("orders", &[], &[], &["id", "customer", "date", "amount", "quantity", "product", "kind", "batch"]),
    sides(
        "requests",
        &["customer_name"],
        &["content", "wish", "measures", "result", "feedback_text", "confirmed_how", "confirmed_by"],
        &[
            "id",
            "customer",
            "category",
            "type",
            "purpose",
            "severity",
            "channel",
            "received_at",
            "received_by",
            "stage",
            "department",
            "handler",
            "cause",
            "responsible",
            "cost",
            "feedback",
            "reviewed_at",
            "assigned_at",
            "responded_at",
            "resolved_at",
            "confirmed_at",
            "closed_at",
            "reopened",
            "respond_due",
            "resolve_due",
            "duplicate_of",
            "related",
            "acknowledge_due",
            "promise",
            "escalated",
            "knowledge",
            "batch",
        ],
    ),
    sides(
        "revisits",
        &[],
        &["needs", "suggestions", "problems", "outcome", "note"],
        &["id", "customer", "request", "reason", "due_on", "staff", "status", "done_at", "method", "satisfaction", "tries"],
    ),
    sides("interactions", &[], &["contact", "summary"], &["id", "customer", "at", "channel", "direction", "staff", "request", "batch"]),
    sides(
        "knowledge",
        &[],
        &[],
        &["id", "title", "category", "cause", "solution", "tags", "added_on", "added_by", "reviewed_on", "status", "note"],
    ),
    sides("tiers", &[], &["reasons"], &["customer", "tier", "previous", "score", "decided_on", "until", "by", "rules", "batch"]),
    sides(
        "points",
        &[],
        &["reason"],
        &["id", "customer", "date", "kind", "points", "order", "amount", "multiplier", "expires_on", "referred", "staff", "rules", "batch"],
    ),
    sides(
        "practices",
        &[],
        &["outcome", "note"],
        &["id", "customer", "class", "since", "step", "title", "due_on", "staff", "request", "letter", "status", "done_at", "batch"],
    ),
    sides(
        "responses",
        &[],
        &["comment"],
        &["id", "survey", "customer", "request", "submitted_at", "channel", "csat", "nps", "ces", "index", "batch", "follow_up"],
    ),
    sides("answers", &[], &["raw"], &["survey", "response", "question", "sub", "value"]),
    // its rows lose what the columns of the other tables lose
    sides(
        "log",
        &[],
        &["before", "after", "note", "salt"],
        &["seq", "recorded_at", "at", "actor", "action", "table", "id", "digest", "chain"],
    ),
];

/// What happens to a column; `None` where nobody has decided yet.
fn decided(table: &str, column: &str) -> Option<Nature> {
    let sides = SIDES.iter().find(|sides| sides.table == table)?;
    let is_in = |columns: &[&str]| columns.contains(&column);
    match () {
        () if is_in(sides.named) => Some(Nature::Named),
        () if is_in(sides.personal) => Some(Nature::Personal),
        () if is_in(sides.kept) => Some(Nature::Kept),
        () => None,
    }
}

/// What happens to a column's cells.
pub fn nature(table: &str, column: &str) -> Nature {
    decided(table, column).unwrap_or(Nature::Personal)
}

/// The name that stands for who was erased, in the language of the book.
pub fn pseudonym(id: &str, lang: Lang) -> String {
    lang.pick(format!("已抹除客户 {id}"), format!("Erased customer {id}"))
}

/// Whether a name is the one that stands for an erased customer. Of the past as well: the log tells no other name any more.
pub fn is_pseudonym(name: &str, id: &str) -> bool {
    [Lang::Zh, Lang::En].iter().any(|lang| name == pseudonym(id, *lang))
}

/// What stands for an answer in free words: that there was one still counts.
pub fn wordless(lang: Lang) -> &'static str {
    lang.pick("(已抹除)", "(erased)")
}

/// Whether a column of the owner's goes: of people all do, elsewhere those of free text. What has a type is counted, and
/// where it is no text it tells nothing that the built-in columns beside it do not.
pub fn own_goes(table: &Table, column: &OwnColumn) -> bool {
    matches!(table.word.code, "customers" | "contacts") || matches!(column.kind, OwnKind::Text | OwnKind::Tags(_))
}

/// The records of those who are erased, by table and key: whose each is.
pub type Records = BTreeMap<&'static str, HashMap<String, String>>;

/// Who is erased, and what is needed to tell what stays of a cell.
#[derive(Debug, Clone, Default)]
pub struct Erasure {
    /// The customer, then those merged into it.
    pub ids: Vec<String>,
    pub lang: Lang,
    /// Texts that stand at other customers too: those are the shop's own words, not about this person.
    pub phrases: HashSet<String>,
    /// The questions of the surveys, by survey, code and row of the matrix.
    pub questions: HashMap<(String, String, String), Question>,
    pub records: Records,
    pub columns: Columns,
}

impl Erasure {
    /// What is to stand in place of a cell; `None`: it stays. `other` tells the other cells of the row.
    pub fn instead(&self, table: &str, column: &str, text: &str, whose: &str, other: &dyn Fn(&str) -> String) -> Option<String> {
        let new = match nature(table, column) {
            _ if text.is_empty() => return None,
            Nature::Kept => return None,
            Nature::Named => pseudonym(whose, self.lang),
            Nature::Personal => self.left_of(table, column, text, other),
        };
        (new != text).then_some(new)
    }

    /// What is left of a personal cell.
    fn left_of(&self, table: &str, column: &str, text: &str, other: &dyn Fn(&str) -> String) -> String {
        let kept = match (table, column) {
            ("requests", "measures" | "result") => self.phrases.contains(text.trim()),
            ("interactions", "contact") => is_made_id(text.trim()),
            // what the rules decided is told by figures
            ("tiers", "reasons") => other("by") == "rule",
            _ => false,
        };
        if kept {
            return text.to_owned();
        }
        match (table, column) {
            ("requests", "result") => OUT_OF_SCOPE.iter().find(|mark| text.starts_with(*mark)).map_or("", |mark| mark).to_owned(),
            ("answers", _) => self.answer(text, other),
            _ => String::new(),
        }
    }

    /// A choice or a grade stays; words of one's own do not, but that something was said.
    fn answer(&self, raw: &str, other: &dyn Fn(&str) -> String) -> String {
        let wordless = || wordless(self.lang).to_owned();
        let asked = |sub: String| self.questions.get(&(other("survey"), other("question"), sub));
        let question = asked(other("sub")).or_else(|| asked(String::new()));
        let kept = self.phrases.contains(raw.trim()) || raw == wordless();
        let Some(question) = question.filter(|_| !kept) else { return if kept { raw.to_owned() } else { wordless() } };
        let (sub, option) = (other("sub"), label(question, raw));
        match question.kind {
            _ if question.is_several() && (raw == sub || is_tick(raw)) => raw.to_owned(),
            _ if question.is_several() => sub,
            _ if question.scale.is_some() && !other("value").is_empty() => raw.to_owned(),
            _ if question.options.iter().any(|choice| choice.label == option) => option,
            Some(Kind::Single) if question.options.is_empty() => option,
            _ => wordless(),
        }
    }

    /// Whose record a row of the log is about.
    pub fn whose<'a>(&'a self, row: &'a LogRow) -> Option<&'a str> {
        let known = self.records.get(row.table.as_str()).and_then(|keys| keys.get(&row.id)).map(String::as_str);
        known.or_else(|| self.named_in(&row.after).or_else(|| self.named_in(&row.before)))
    }

    /// Whom the fields of a row name as their customer.
    fn named_in(&self, json: &str) -> Option<&str> {
        let mentioned = self.ids.iter().any(|id| json.contains(id.as_str()));
        let fields = if mentioned { fields(json) } else { Map::new() };
        let customer = fields.get("customer")?.as_str()?;
        self.ids.iter().map(String::as_str).find(|id| *id == customer)
    }

    /// A row of the log about a record of somebody, without what is personal; `None` where nothing of that is in it.
    /// Fields keep their names, so that what happened to the others can still be taken back to any moment.
    pub fn redacted(&self, row: &LogRow, whose: &str) -> Option<LogRow> {
        if row.action == ACTION || row.is_batch() {
            return None;
        }
        let (before, after) = (self.bare(&row.table, &row.before, whose), self.bare(&row.table, &row.after, whose));
        // the note of an undo is carebook's own: which row it takes back
        let noted = !row.note.is_empty() && !matches!(row.action.as_str(), "undo" | "redo");
        if before.is_none() && after.is_none() && !noted {
            return None;
        }
        let note = if noted { String::new() } else { row.note.clone() };
        Some(LogRow {
            before: before.unwrap_or_else(|| row.before.clone()),
            after: after.unwrap_or_else(|| row.after.clone()),
            note,
            salt: String::new(),
            ..row.clone()
        })
    }

    fn bare(&self, table: &str, json: &str, whose: &str) -> Option<String> {
        let mut found = fields(json);
        self.strip(table, &mut found, whose).then(|| Value::Object(found).to_string())
    }

    /// Takes what is personal out of logged fields. Whether there was any.
    pub fn strip(&self, table: &str, fields: &mut Map<String, Value>, whose: &str) -> bool {
        let row = fields.clone();
        let other = |name: &str| row.get(name).map(cell).unwrap_or_default();
        let mut stripped = false;
        for (name, value) in fields.iter_mut() {
            let text = cell(value);
            let new = match own_name(name) {
                Some(own) if self.own_field_goes(table, own) => Some(String::new()).filter(|_| !text.is_empty()),
                Some(_) => None,
                None => self.instead(table, name, &text, whose, &other),
            };
            if let Some(new) = new {
                *value = if new.is_empty() { Value::Null } else { new.into() };
                stripped = true;
            }
        }
        stripped
    }

    /// One that is not declared, or not any more, is text.
    fn own_field_goes(&self, table: &str, name: &str) -> bool {
        let Some(table) = ALL.iter().copied().find(|known| known.word.code == table) else { return true };
        let declared = self.columns.of(table);
        find(declared, name).is_none_or(|at| own_goes(table, &declared[at]))
    }
}

/// The texts a person is known by, to look for what is left of them: names, phones, addresses. Too short ones would be
/// found everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traces(Vec<String>);

/// The columns whose values say who somebody is.
const TELLING: &[(&str, &[&str])] = &[
    ("customers", &["name", "contact", "phone", "email", "address"]),
    ("contacts", &["name", "phone", "email"]),
    ("requests", &["customer_name"]),
];

impl Traces {
    /// Takes up the values of a record that say who somebody is.
    pub fn add(&mut self, table: &str, value: &dyn Fn(&str) -> String) {
        let columns = TELLING.iter().find(|(known, _)| *known == table).map_or(&[][..], |(_, columns)| columns);
        for column in columns {
            let whole = value(column).trim().to_owned();
            // one cell may hold several numbers or addresses
            let several = matches!(*column, "phone" | "email");
            let parts: Vec<String> = Tags::split(&whole).filter(|_| several).map(str::to_owned).collect();
            let bare = if *column == "phone" { fold_phone(&whole) } else { String::new() };
            for text in parts.into_iter().chain([whole, bare]) {
                // an address may be no more than a town
                self.push(text, if *column == "address" { 5 } else { 2 });
            }
        }
    }

    /// The same of the fields of a row of the log.
    pub fn add_row(&mut self, row: &LogRow) {
        for json in [&row.before, &row.after] {
            let fields = fields(json);
            self.add(&row.table, &|column| fields.get(column).map(cell).unwrap_or_default());
        }
    }

    /// A text of so many letters; a short one in Latin letters is a word of any text.
    fn push(&mut self, text: String, least: usize) {
        let long = text.chars().count() >= if text.is_ascii() { least + 1 } else { least };
        if long && !self.0.contains(&text) {
            self.0.push(text);
        }
    }

    /// Without what stays on purpose: the ids, and the names made from them.
    pub fn leave_out(&mut self, kept: &[String]) {
        self.0.retain(|text| kept.iter().all(|kept| !kept.contains(text.as_str())));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a text has any of them.
    pub fn is_in(&self, text: &str) -> bool {
        self.0.iter().any(|trace| stands_in(trace, text))
    }

    /// Whether a text has any of them however it is spelt: in other letters, with blanks, signs or a country's number. For a
    /// text of a person who may avoid what is found; in files whole words are looked for.
    pub fn is_meant_in(&self, text: &str) -> bool {
        let (plain, digits) = (bare(text), only_digits(text));
        self.is_in(text)
            || self.0.iter().any(|trace| {
                let (trace, number) = (bare(trace), only_digits(trace));
                // a number of a telephone: its last digits are enough
                let dialled = number.len() >= 7 && number.len() == trace.len();
                (trace.chars().count() >= 2 && !trace.is_ascii() && plain.contains(&trace))
                    || (trace.contains('@') && plain.contains(&trace))
                    || (dialled && digits.contains(number.trim_start_matches('0').trim_start_matches("86")))
            })
    }

    /// The lines of a text that have any of them, counted from 1.
    pub fn lines(&self, text: &str) -> Vec<usize> {
        if !self.is_in(text) {
            return Vec::new();
        }
        let has = |(at, line): (usize, &str)| self.is_in(line).then_some(at + 1);
        let lines: Vec<usize> = text.split('\n').enumerate().filter_map(has).collect();
        // it goes over the end of a line
        if lines.is_empty() { vec![1] } else { lines }
    }
}

/// A text in small half-width letters, without blanks and what cannot be seen.
fn bare(text: &str) -> String {
    let invisible = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '·');
    crate::base::text::fold_width(text).to_lowercase().chars().filter(|c| !invisible(*c)).collect()
}

fn only_digits(text: &str) -> String {
    crate::base::text::fold_width(text).chars().filter(char::is_ascii_digit).collect()
}

/// Whether a text stands in another; Latin letters and digits only as whole words, so that Ann is not found in annual.
fn stands_in(trace: &str, text: &str) -> bool {
    let apart = |c: Option<char>| !trace.is_ascii() || c.is_none_or(|c| !c.is_ascii_alphanumeric());
    text.match_indices(trace).any(|(at, _)| apart(text[..at].chars().next_back()) && apart(text[at + trace.len()..].chars().next()))
}

#[cfg(test)]
mod tests;
