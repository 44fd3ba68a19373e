//! The check of a whole book: shapes, cells, ids, references, strays, rules, the log's chain.
//! `CHECKS` is the list; a new check is a function and a line in it.

mod archive;
pub mod named;
mod seals;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use chrono::NaiveDate;

use super::book::{Book, Locator};
use super::hooks::{Hook, State};
use super::layout;
use super::upgrade;
use crate::base::date::plus_days;
use crate::base::problem::{Place, Problem, Problems, Severity, What};
use crate::model::contact::{Contact, is_made_id};
use crate::model::customer::{Customer, CustomerStatus};
use crate::model::draft::Document;
use crate::model::interaction::Interaction;
use crate::model::knowledge::Knowledge;
use crate::model::log::LogRow;
use crate::model::merged::Merged;
use crate::model::order::Order;
use crate::model::points::{PointsKind, PointsRow};
use crate::model::practice::{Practice, StepStatus};
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::staff::{Absence, Staff};
use crate::model::survey::{Answer, Response};
use crate::model::tier::TierDecision;

/// Ids met so far, for the checks of references.
#[derive(Default)]
struct Known {
    customers: Ids,
    staff: Ids,
    knowledge: Ids,
    requests: Ids,
    contacts: Ids,
    merged: Merged,
    /// Without it nothing is said of what is to come.
    today: Option<NaiveDate>,
}

/// The ids of a table. When some of its rows cannot be read, nothing is said of references to it.
#[derive(Default)]
struct Ids {
    known: HashSet<String>,
    incomplete: bool,
}

impl Ids {
    fn contains(&self, id: &str) -> bool {
        self.incomplete || self.known.contains(id)
    }
}

/// How far ahead the years of holidays must be known: due times reach there.
const DAYS_AHEAD: u64 = 60;

type Check = fn(&Book, &mut Known) -> Problems;

/// In order: what is referred to comes before what refers.
const CHECKS: &[(&str, Check)] = &[
    ("staff", staff),
    ("customers", customers),
    ("knowledge", knowledge),
    ("requests", requests),
    ("revisits", revisits),
    ("contacts", contacts),
    ("orders", orders),
    ("tiers", tiers),
    ("points", points),
    ("practices", practices),
    ("surveys", surveys),
    ("others", others),
    ("rules", rules),
    ("strays", strays),
    ("hooks", hooks),
    ("seals", |book, _| seals::seals(book)),
    ("log", log),
];
/// Those whose ids the others need.
const REFERRED_TO: &[&str] = &["staff", "customers", "knowledge", "requests", "contacts"];

/// The names of the checks.
pub fn names() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().map(|(name, _)| *name)
}

/// Everything wrong in a book, by the checks of these names; without names, by all.
pub fn problems(book: &Book, named: &[String], today: Option<NaiveDate>) -> Problems {
    let mut known = Known { today, ..Known::default() };
    let wanted = |name: &str| named.is_empty() || named.iter().any(|wanted| wanted == name);
    let refers = |name: &str| !matches!(name, "staff" | "knowledge" | "rules" | "strays" | "hooks" | "seals" | "log");
    let ids_needed = CHECKS.iter().any(|(name, _)| wanted(name) && refers(name));
    let mut found = Problems::new();
    for (name, check) in CHECKS {
        if wanted(name) {
            found.append(&mut check(book, &mut known));
        } else if ids_needed && REFERRED_TO.contains(name) {
            check(book, &mut known);
        }
    }
    found
}

/// Everything wrong in the book of a folder. One of an older format is checked too, its log by trying the upgrade.
///
/// # Errors
/// The book cannot be opened.
pub fn of_folder(root: PathBuf, named: &[String], today: Option<NaiveDate>) -> Result<Problems, Problems> {
    let older = match Book::open(root.clone()) {
        Ok(book) => return Ok(problems(&book, named, today)),
        Err(problems) => problems,
    };
    if !older.iter().any(|problem| matches!(problem.what, What::OlderFormat { .. })) {
        return Err(older);
    }
    let mut found: Problems = older.into_iter().map(|problem| Problem { severity: Severity::Warning, ..problem }).collect();
    let book = Book::open_older(root.clone())?;
    let tables: Vec<String> = names().filter(|name| *name != "log").map(str::to_owned).collect();
    found.append(&mut problems(&book, if named.is_empty() { &tables } else { named }, today));
    if !found.iter().any(|problem| problem.severity == Severity::Error) {
        found.extend(upgrade::preview(root).err().unwrap_or_default());
    }
    Ok(found)
}

/// Rows with ids: cells, repeated ids; the ids are noted.
fn rows<R: Record>(book: &Book, ids: &mut Ids, also: &mut dyn FnMut(&R, &Locator<'_>)) -> Problems {
    let code = R::TABLE.columns[0].word.code;
    let mut repeated: Vec<(String, Problem)> = Vec::new();
    let mut wrong = book.inspect::<R>(&mut |record, at| {
        let key = record.key();
        if !ids.known.insert(key.clone()) {
            let what = What::DuplicateId { table: R::TABLE.word.code, id: key.clone(), first: String::new() };
            repeated.push((key, at(Some(code), what)));
        }
        also(&record, at);
    });
    ids.incomplete |= !wrong.is_empty();
    if !repeated.is_empty() {
        name_the_first::<R>(book, &mut repeated);
    }
    wrong.extend(repeated.into_iter().map(|(_, problem)| problem));
    wrong
}

/// Where each repeated id stands first. A second reading, only when there is something to tell: finding a place costs a
/// look through the file.
fn name_the_first<R: Record>(book: &Book, repeated: &mut [(String, Problem)]) {
    let mut seen: HashSet<String> = HashSet::new();
    book.inspect::<R>(&mut |record, at| {
        let key = record.key();
        if !repeated.iter().any(|(id, _)| *id == key) || !seen.insert(key.clone()) {
            return;
        }
        let place = at(Some(R::TABLE.columns[0].word.code), What::Required).place;
        let place = place.map_or_else(String::new, |place| format!("{}:{}", place.file, place.line));
        for (_, problem) in repeated.iter_mut().filter(|(id, _)| *id == key) {
            if let What::DuplicateId { first, .. } = &mut problem.what {
                first.clone_from(&place);
            }
        }
    });
}

fn unknown(table: &'static str, id: &str) -> What {
    What::UnknownReference { table, id: id.to_owned() }
}

fn staff(book: &Book, known: &mut Known) -> Problems {
    rows::<Staff>(book, &mut known.staff, &mut |_, _| {})
}

/// Customers, and whether those they name are there: whom they went into, whom they are not.
fn customers(book: &Book, known: &mut Known) -> Problems {
    let mut wrong = Problems::new();
    // those they name may come later in the table
    let mut named: Vec<(String, Problem)> = Vec::new();
    let mut merged: Vec<(Customer, Problem)> = Vec::new();
    // rules that cannot be read are told by their own check
    let (rules, today) = (book.archive_rules().ok().map(|ruled| ruled.rules), known.today);
    let mut found = rows::<Customer>(book, &mut known.customers, &mut |customer, at| {
        let is_merged = customer.status == Some(CustomerStatus::Merged);
        if is_merged != customer.merged_into.is_some() && customer.status != Some(CustomerStatus::Erased) {
            wrong.push(at(Some("status"), What::StatusOfMerged { merged: is_merged }));
        }
        if let Some(into) = &customer.merged_into {
            named.push((into.to_string(), at(Some("merged_into"), unknown("customers", into.as_str()))));
            merged.push((customer.clone(), at(Some("merged_into"), What::MergeRing { id: customer.id.to_string() })));
        }
        if let Some(rules) = &rules {
            wrong.extend(archive::customer(customer, rules, today, at));
        }
        for other in &customer.distinct_from.0 {
            named.push((other.clone(), at(Some("distinct_from"), unknown("customers", other))));
        }
    });
    wrong.extend(named.into_iter().filter(|(id, _)| !known.customers.contains(id)).map(|(_, problem)| problem));
    let chains = Merged::of(merged.iter().map(|(customer, _)| customer));
    let stuck = merged.iter().filter(|(customer, _)| chains.survivor(customer.id.as_str()) == customer.id.as_str());
    wrong.extend(stuck.map(|(_, problem)| problem.clone()));
    known.merged = chains;
    found.append(&mut wrong);
    found
}

fn knowledge(book: &Book, known: &mut Known) -> Problems {
    rows::<Knowledge>(book, &mut known.knowledge, &mut |_, _| {})
}

fn requests(book: &Book, known: &mut Known) -> Problems {
    let mut wrong = Problems::new();
    let (customers, entries) = (&known.customers, &known.knowledge);
    let mut ids = Ids::default();
    // those they name may come later in the table
    let mut named: Vec<(String, Problem)> = Vec::new();
    let mut found = rows::<Request>(book, &mut ids, &mut |request, at| {
        if let Some(customer) = request.customer.as_ref().filter(|id| !customers.contains(id.as_str())) {
            wrong.push(at(Some("customer"), unknown("customers", customer.as_str())));
        }
        for entry in request.knowledge.0.iter().filter(|id| !entries.contains(id)) {
            wrong.push(at(Some("knowledge"), unknown("knowledge", entry)));
        }
        let other = |field, id: &str| (id.to_owned(), at(Some(field), unknown("requests", id)));
        named.extend(request.duplicate_of.iter().map(|id| other("duplicate_of", id.as_str())));
        named.extend(request.links().into_iter().map(|id| other("related", &id)));
        if request.feedback.is_some_and(|score| !(1..=5).contains(&score)) {
            let value = request.feedback.unwrap_or(0).to_string();
            wrong.push(at(Some("feedback"), What::OutOfRange { value, min: "1".into(), max: "5".into() }));
        }
        if request.resolved_at.is_some_and(|resolved| resolved < request.received_at) {
            let zone = book.settings.zone;
            let value = request.resolved_at.map(|at| at.minute(zone)).unwrap_or_default();
            wrong.push(at(Some("resolved_at"), What::TimeOrder { value, earlier: request.received_at.minute(zone) }));
        }
    });
    wrong.extend(named.into_iter().filter(|(id, _)| !ids.contains(id)).map(|(_, problem)| problem));
    known.requests = ids;
    found.append(&mut wrong);
    found
}

fn revisits(book: &Book, known: &mut Known) -> Problems {
    let mut wrong = Problems::new();
    let (customers, requests) = (&known.customers, &known.requests);
    let mut found = rows::<Revisit>(book, &mut Ids::default(), &mut |revisit, at| {
        if !customers.contains(revisit.customer.as_str()) {
            wrong.push(at(Some("customer"), unknown("customers", revisit.customer.as_str())));
        }
        if let Some(request) = revisit.request.as_ref().filter(|id| !requests.contains(id.as_str())) {
            wrong.push(at(Some("request"), unknown("requests", request.as_str())));
        }
        if let Some(score) = revisit.satisfaction.filter(|score| !(1..=5).contains(score)) {
            wrong.push(at(Some("satisfaction"), What::OutOfRange { value: score.to_string(), min: "1".into(), max: "5".into() }));
        }
    });
    found.append(&mut wrong);
    found
}

/// People name customers of the archive, and a customer has one primary contact at most, merged ones together.
fn contacts(book: &Book, known: &mut Known) -> Problems {
    let mut wrong = Problems::new();
    let Known { customers, merged, contacts, .. } = known;
    let mut primaries: HashMap<String, String> = HashMap::new();
    let mut found = rows::<Contact>(book, contacts, &mut |contact, at| {
        let customer = contact.customer.as_str();
        if !customers.contains(customer) {
            wrong.push(at(Some("customer"), unknown("customers", customer)));
        }
        if contact.is_primary() {
            let whose = merged.survivor(customer);
            let first = primaries.entry(whose.to_owned()).or_insert_with(|| contact.id.to_string());
            if first != contact.id.as_str() {
                let zh = format!("{whose} 的主要联系人已有 {first};只能有一位");
                let en = format!("{first} is the primary contact of {whose} already, and there is one only");
                wrong.push(at(Some("primary"), What::RuleConflict { message: [zh, en] }));
            }
        }
    });
    found.append(&mut wrong);
    found
}

/// Order lines share ids; a customer nobody archived is only a warning, since orders come from elsewhere.
fn orders(book: &Book, known: &mut Known) -> Problems {
    let mut strangers = Problems::new();
    let mut found = book.inspect::<Order>(&mut |order, at| {
        if !known.customers.contains(order.customer.as_str()) {
            let mut problem = at(Some("customer"), unknown("customers", order.customer.as_str()));
            problem.severity = Severity::Warning;
            strangers.push(problem);
        }
    });
    found.append(&mut strangers);
    found
}

fn tiers(book: &Book, known: &mut Known) -> Problems {
    let mut wrong = Problems::new();
    let mut found = book.inspect::<TierDecision>(&mut |decision, at| {
        if !known.customers.contains(decision.customer.as_str()) {
            wrong.push(at(Some("customer"), unknown("customers", decision.customer.as_str())));
        }
    });
    found.append(&mut wrong);
    found
}

/// Every entry names customers of the archive, has the sign of its kind, and does not run out before it began.
fn points(book: &Book, known: &mut Known) -> Problems {
    let mut wrong = Problems::new();
    let customers = &known.customers;
    let mut found = rows::<PointsRow>(book, &mut Ids::default(), &mut |row, at| {
        for (field, id) in [("customer", Some(&row.customer)), ("referred", row.referred.as_ref())] {
            if let Some(id) = id.filter(|id| !customers.contains(id.as_str())) {
                wrong.push(at(Some(field), unknown("customers", id.as_str())));
            }
        }
        if !row.sign_fits() {
            let zh = format!("{} 的正负与类型不符", row.points);
            wrong.push(at(Some("points"), What::RuleConflict { message: [zh, format!("{} has not the sign of its kind", row.points)] }));
        }
        match row.expires_on {
            None if row.kind == PointsKind::Expire => wrong.push(at(Some("expires_on"), What::Required)),
            Some(last) if last < row.date && row.kind != PointsKind::Expire => {
                wrong.push(at(Some("expires_on"), What::TimeOrder { value: last.to_string(), earlier: row.date.to_string() }));
            }
            _ => {}
        }
    });
    found.append(&mut wrong);
    found
}

/// Every step names a customer and a request that are there; when it was done, it says so.
fn practices(book: &Book, known: &mut Known) -> Problems {
    let mut wrong = Problems::new();
    let (customers, requests) = (&known.customers, &known.requests);
    let mut found = rows::<Practice>(book, &mut Ids::default(), &mut |practice, at| {
        if !customers.contains(practice.customer.as_str()) {
            wrong.push(at(Some("customer"), unknown("customers", practice.customer.as_str())));
        }
        if let Some(request) = practice.request.as_ref().filter(|id| !requests.contains(id.as_str())) {
            wrong.push(at(Some("request"), unknown("requests", request.as_str())));
        }
        if practice.status == StepStatus::Done && practice.done_at.is_none() {
            wrong.push(at(Some("done_at"), What::Required));
        }
    });
    found.append(&mut wrong);
    found
}

fn surveys(book: &Book, known: &mut Known) -> Problems {
    let mut wrong = Problems::new();
    let customers = &known.customers;
    let mut scales = HashMap::new();
    for name in book.surveys().unwrap_or_default() {
        match book.survey(&name) {
            Ok(survey) => scales.extend(survey.as_ref().and_then(|survey| survey.csat_scale()).map(|scale| (name, scale.clone()))),
            Err(mut problems) => wrong.append(&mut problems),
        }
    }
    let mut found = book.inspect::<Response>(&mut |response, at| {
        if let Some(customer) = response.customer.as_ref().filter(|id| !customers.contains(id.as_str())) {
            wrong.push(at(Some("customer"), unknown("customers", customer.as_str())));
        }
        if let Some(nps) = response.nps.filter(|nps| *nps > 10) {
            wrong.push(at(Some("nps"), What::OutOfRange { value: nps.to_string(), min: "0".into(), max: "10".into() }));
        }
        let scale = scales.get(&response.survey);
        if let (Some(score), Some(scale)) = (response.csat, scale.filter(|scale| response.csat.is_some_and(|score| !scale.holds(score)))) {
            let (value, min, max) = (score.0.to_string(), scale.min.to_string(), scale.max.to_string());
            wrong.push(at(Some("csat"), What::OutOfRange { value, min, max }));
        }
    });
    found.append(&mut wrong);
    found.extend(book.inspect::<Answer>(&mut |_, _| {}));
    found
}

fn others(book: &Book, known: &mut Known) -> Problems {
    let mut wrong = Problems::new();
    let mut found = rows::<Interaction>(book, &mut Ids::default(), &mut |interaction, at| {
        if !known.customers.contains(interaction.customer.as_str()) {
            wrong.push(at(Some("customer"), unknown("customers", interaction.customer.as_str())));
        }
        if let Some(request) = interaction.request.as_ref().filter(|id| !known.requests.contains(id.as_str())) {
            wrong.push(at(Some("request"), unknown("requests", request.as_str())));
        }
        // anything else is a name
        let contact = interaction.contact.trim();
        if is_made_id(contact) && !known.contacts.contains(contact) {
            wrong.push(at(Some("contact"), unknown("contacts", contact)));
        }
    });
    found.extend(book.inspect::<Absence>(&mut |absence, at| {
        if !known.staff.contains(absence.staff.as_str()) {
            wrong.push(at(Some("staff"), unknown("staff", absence.staff.as_str())));
        }
    }));
    found.append(&mut wrong);
    found
}

fn rules(book: &Book, known: &mut Known) -> Problems {
    let calendar = book.calendar();
    let ahead = known.today.map(|today| (today, plus_days(today, DAYS_AHEAD)));
    let unknown = calendar.as_ref().ok().zip(ahead).map(|(calendar, (from, to))| calendar.rules.unknown_years(from, to));
    let years = unknown.filter(|years| !years.is_empty());
    let warning = years.map(|years| Problem::warning(What::UnknownYears { years }).at(Place::file(layout::CN_DAYS)));
    let results = [
        book.tier_rules().err(),
        Some(named::revisits(book)),
        book.service_rules().err(),
        calendar.err(),
        Some(assignment(book)),
        book.severity_rules().err(),
        book.category_rules().err(),
        book.feedback_rules().err(),
        book.duplicate_rules().err(),
        book.lifecycle_rules().err(),
        Some(named::practices(book)),
        Some(archive::rules(book)),
        book.comment_rules().err(),
        book.report_rules().err(),
        book.points_rules().err().filter(|problems| Some(problems) != book.tier_rules().err().as_ref()),
    ];
    results.into_iter().flatten().flatten().chain(warning).collect()
}

/// The assignment rules, and whether those they name are there; broken tables and tier rules are told by their own checks.
fn assignment(book: &Book) -> Problems {
    let document = Document::Rules("assignment".to_owned());
    let text = match book.document(&document) {
        Ok(Some(text)) => text,
        Ok(None) => return Problems::new(),
        Err(problems) => return problems,
    };
    let Ok(tiers) = book.tier_rules() else {
        return book.assignment_rules().err().filter(|problems| Some(problems) != book.tier_rules().err().as_ref()).unwrap_or_default();
    };
    match (book.assignment_rules(), book.all::<Staff>()) {
        (Ok(ruled), Ok(staff)) => Book::place_in(&document, &text, ruled.rules.strangers(&staff, &tiers.rules)),
        (Err(problems), _) => problems,
        (Ok(_), Err(_)) => Problems::new(),
    }
}

fn strays(book: &Book, _: &mut Known) -> Problems {
    book.strays().unwrap_or_else(|problems| problems)
}

/// Hooks that are turned on and do not run. What may run is a matter of this copy of the book: without a day, when a
/// backup is looked at, nothing is said of it.
fn hooks(book: &Book, known: &mut Known) -> Problems {
    if !book.settings.hooks {
        return Problems::new();
    }
    let told = |hook: &Hook| known.today.is_some() || matches!(hook.state, State::Special | State::Unsafe);
    match book.hooks() {
        Ok(hooks) => hooks.iter().filter(|hook| told(hook)).filter_map(Hook::problem).collect(),
        Err(problem) => vec![problem],
    }
}

fn log(book: &Book, _: &mut Known) -> Problems {
    let mut wrong = book.inspect::<LogRow>(&mut |_, _| {});
    if wrong.is_empty() {
        wrong = book.check_log();
    }
    wrong
}
