//! One customer into another, and what is said against it. The merged one keeps its row as a tombstone; facts that name it
//! are not touched: they count for the survivor by the chain of `merged_into` (docs/rules.md, section Duplicate customers).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::contact::stand_alone;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::word;
use crate::model::cell::Tags;
use crate::model::columns::{self, OwnColumn, OwnKind, own_name};
use crate::model::consent::is_withdrawn;
use crate::model::contact::Contact;
use crate::model::customer::{CUSTOMERS, Customer, CustomerStatus};
use crate::model::draft::Draft;
use crate::model::merged::{How, Merged, OwnField};
use crate::model::record::Record;

/// Columns that a merge leaves as they are.
const OWN: &[&str] = &["id", "status", "merged_into", "batch"];
/// Columns that go together: a date of a tier says nothing of another tier.
const TIER: &[&str] = &["tier", "tier_since", "tier_until"];

/// What a merge comes to, field by field.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub from: Customer,
    pub into: Customer,
    /// The survivor as it will stand.
    pub result: Customer,
    /// By column: those of which either has something.
    pub fields: Vec<(usize, How)>,
    /// The same of the owner's columns.
    pub own: Vec<OwnField>,
}

/// `--take FIELD` or `--take FIELD=ID`: whose value stands. The owner's columns are numbered after the built-in ones.
pub type Takes = BTreeMap<usize, Side>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    From,
    Into,
}

/// Reads the words of `--take`; `own` are the owner's columns.
///
/// # Errors
/// A field that is none, somebody else, two sides for one field.
pub fn takes(words: &[String], from: &str, into: &str, own: &[Arc<OwnColumn>]) -> Result<Takes, What> {
    let mut takes = Takes::new();
    for word in words {
        let (name, whose) = word.split_once('=').map_or((word.as_str(), None), |(name, whose)| (name, Some(whose.trim())));
        let built_in = || CUSTOMERS.find(name.trim()).filter(|at| !OWN.contains(&CUSTOMERS.columns[*at].word.code));
        let column = match own_name(name) {
            Some(name) => Some(CUSTOMERS.columns.len() + columns::named(own, name)?),
            None => built_in(),
        };
        let Some(column) = column else {
            let allowed = CUSTOMERS.columns.iter().map(|column| column.word.code).filter(|code| !OWN.contains(code));
            return Err(What::UnknownField { name: name.trim().to_owned(), allowed: allowed.map(str::to_owned).collect() });
        };
        let is = |id: &str| whose.is_some_and(|whose| whose == id || crate::base::id::names(whose, id));
        let side = match whose {
            None => Side::From,
            Some(_) if is(from) && !is(into) => Side::From,
            Some(_) if is(into) && !is(from) => Side::Into,
            Some(whose) => return Err(What::UnknownName { name: whose.to_owned(), allowed: vec![from.to_owned(), into.to_owned()] }),
        };
        if takes.insert(column, side).is_some_and(|before| before != side) {
            let name = name.trim();
            let message = [format!("--take 对 {name} 说了两次,互相矛盾"), format!("--take names {name} twice, once for each customer")];
            return Err(What::Usage { message });
        }
    }
    Ok(takes)
}

/// What would come of merging `from` into `into`. Nothing is changed.
///
/// # Errors
/// Into itself, with or into one that was merged or erased, two who were said to be different.
pub fn plan(draft: &Draft, from: &str, into: &str, takes: &Takes) -> Result<Plan, Problems> {
    let (from, into) = (named(draft, from)?, named(draft, into)?);
    refuse(from, into)?;
    let locale = draft.locale();
    let (theirs, own) = (from.row(&locale), into.row(&locale));
    let mut row = own.clone();
    let mut fields = Vec::new();
    let tier_is_blank = into.tier.trim().is_empty() && !from.tier.trim().is_empty();
    for (at, column) in CUSTOMERS.columns.iter().enumerate().filter(|(_, column)| !OWN.contains(&column.word.code)) {
        let (a, b) = (theirs[at].trim(), own[at].trim());
        let (value, how) = match (takes.get(&at), column.word.code) {
            (Some(Side::From), _) => (theirs[at].clone(), How::Taken),
            (Some(Side::Into), _) => (own[at].clone(), How::Taken),
            _ if a == b => (own[at].clone(), How::Same),
            (None, code) if TIER.contains(&code) && tier_is_blank => (theirs[at].clone(), How::Filled),
            (None, code) if TIER.contains(&code) => (own[at].clone(), How::Kept),
            (None, "tags") => (written(&united(&into.tags, &from.tags)), How::United),
            (None, "distinct_from") => (written(&others(into, from)), How::United),
            (None, "consent") if is_withdrawn(a) && !is_withdrawn(b) => (theirs[at].clone(), How::Withdrawn),
            _ if b.is_empty() => (theirs[at].clone(), How::Filled),
            _ if a.is_empty() => (own[at].clone(), How::Kept),
            // dates are written so that the earlier comes first in the order of texts
            (None, "since") => (a.min(b).to_owned(), How::Date),
            (None, "verified_on") => (a.max(b).to_owned(), How::Date),
            (None, "note") if !b.contains(a) => (format!("{b}; {a}"), How::United),
            _ => (own[at].clone(), How::Kept),
        };
        if !(a.is_empty() && b.is_empty()) {
            fields.push((at, how));
        }
        row[at] = value;
    }
    let place = |(at, what): (usize, What)| Problem::error(what).field(CUSTOMERS.columns[at].word.code);
    let result = Customer::read(&|at| row[at].as_str(), &locale).map_err(|wrong| wrong.into_iter().map(place).collect::<Problems>())?;
    if result.name.trim().is_empty() && !into.name.trim().is_empty() {
        return Err(vec![Problem::error(What::Required).field("name")]);
    }
    let own = own_fields(draft, from, into, takes)?;
    Ok(Plan { from: from.clone(), into: into.clone(), result, fields, own })
}

/// The owner's columns of which either has something. A blank cell is filled, tags are united, all else stays.
fn own_fields(draft: &Draft, from: &Customer, into: &Customer, takes: &Takes) -> Result<Vec<OwnField>, Problems> {
    let locale = draft.locale();
    let cell = |customer: &Customer, at: usize| draft.customers.own_cells(customer.id.as_str()).get(at).cloned().unwrap_or_default();
    let mut fields = Vec::new();
    for (at, column) in draft.customers.own_columns().iter().enumerate() {
        let (a, b) = (cell(from, at), cell(into, at));
        let (result, how) = match takes.get(&(CUSTOMERS.columns.len() + at)) {
            Some(Side::From) => (a.clone(), How::Taken),
            Some(Side::Into) => (b.clone(), How::Taken),
            None if column.is_same(&a, &b, &locale) => (b.clone(), How::Same),
            None if b.trim().is_empty() => (a.clone(), How::Filled),
            None if a.trim().is_empty() => (b.clone(), How::Kept),
            None if matches!(column.kind, OwnKind::Tags(_)) => (column.united(&b, &a, &locale), How::United),
            None => (b.clone(), How::Kept),
        };
        if column.required && result.trim().is_empty() && !b.trim().is_empty() {
            return Err(vec![Problem::error(What::Required).field(column.code())]);
        }
        if !(a.trim().is_empty() && b.trim().is_empty()) {
            fields.push(OwnField { at, column: column.clone(), from: a, into: b, result, how });
        }
    }
    Ok(fields)
}

/// Does what was planned.
pub fn merge(draft: &mut Draft, plan: &Plan) {
    if let Some(into) = draft.customers.edit(plan.into.id.as_str()) {
        into.clone_from(&plan.result);
    }
    let own: Vec<(usize, String)> =
        plan.own.iter().filter(|field| field.result != field.into).map(|field| (field.at, field.result.clone())).collect();
    draft.customers.set_own(plan.into.id.as_str(), &own);
    if let Some(from) = draft.customers.edit(plan.from.id.as_str()) {
        from.status = Some(CustomerStatus::Merged);
        from.merged_into = Some(plan.into.id.clone());
    }
    one_primary(draft, plan.into.id.as_str());
}

/// A customer has one primary contact: where both had one, that of the one that stays is kept.
fn one_primary(draft: &mut Draft, into: &str) {
    let merged = Merged::of(draft.customers.iter());
    let of = |person: &&Contact| person.is_primary() && merged.same(person.customer.as_str(), into);
    let own = |person: &&Contact| of(person) && person.customer.as_str() == into;
    let kept = draft.contacts.iter().find(own).or_else(|| draft.contacts.iter().find(of)).cloned();
    if let Some(kept) = kept {
        stand_alone(draft, &merged, &kept);
    }
}

/// A merged customer stands for itself again. The survivor keeps what it took over. Gives the survivor's id.
pub fn unmerge(draft: &mut Draft, id: &str) -> Result<String, Problems> {
    let into = named(draft, id)?.merged_into.clone();
    let Some(into) = into else {
        let message = [format!("{id} 没有并入别的客户"), format!("{id} was not merged")];
        return Err(vec![What::Usage { message }.into()]);
    };
    if let Some(customer) = draft.customers.edit(id) {
        customer.status = Some(CustomerStatus::Active);
        customer.merged_into = None;
    }
    Ok(into.to_string())
}

/// Two customers are not one, whatever looks alike; or nobody says so any more. Kept with the first, or with both where
/// both have it.
pub fn distinct(draft: &mut Draft, one: &str, other: &str, remove: bool) -> Result<(), Problems> {
    let (a, b) = (named(draft, one)?, named(draft, other)?);
    if a.id == b.id {
        let message = [format!("{one} 与自己相比没有意义"), format!("{one} and {other} are one customer by their id")];
        return Err(vec![What::Usage { message }.into()]);
    }
    let names = |a: &Customer, b: &str| a.distinct_from.0.iter().any(|id| id == b);
    if !remove && (names(a, other) || names(b, one)) {
        return Ok(());
    }
    if !remove {
        draft.customers.edit(one).into_iter().for_each(|customer| customer.distinct_from.0.push(other.to_owned()));
        return Ok(());
    }
    for (id, gone) in [(one, other), (other, one)] {
        if draft.customers.get(id).is_some_and(|customer| names(customer, gone)) {
            draft.customers.edit(id).into_iter().for_each(|customer| customer.distinct_from.0.retain(|id| id != gone));
        }
    }
    Ok(())
}

fn named<'d>(draft: &'d Draft, id: &str) -> Result<&'d Customer, Problems> {
    draft.customers.get(id).ok_or_else(|| vec![What::NotFound { noun: "customers", id: id.to_owned(), nearest: None }.into()])
}

fn refuse(from: &Customer, into: &Customer) -> Result<(), Problems> {
    let said = |zh: String, en: String| Err(vec![What::Usage { message: [zh, en] }.into()]);
    let (a, b) = (&from.id, &into.id);
    if a == b {
        return said(format!("{a} 不能并入自己"), format!("{a} cannot be merged into itself"));
    }
    for (customer, other) in [(from, b), (into, a)] {
        if customer.merged_into.as_ref() == Some(other) {
            let id = &customer.id;
            return said(
                format!("{id} 已并入 {other},无需再合并;要反过来,请先取消: carebook customer unmerge {}", word(id.as_str())),
                format!(
                    "{id} was merged into {other} already; for the other way round, first `carebook customer unmerge {}`",
                    word(id.as_str())
                ),
            );
        }
        if let Some(survivor) = &customer.merged_into {
            return Err(vec![What::MergedCustomer { id: customer.id.to_string(), into: survivor.to_string() }.into()]);
        }
        if !customer.is_active() {
            let id = &customer.id;
            return said(format!("{id} 已抹除"), format!("{id} was erased"));
        }
    }
    let apart = |one: &Customer, other: &Customer| one.distinct_from.0.iter().any(|id| id == other.id.as_str());
    if apart(from, into) || apart(into, from) {
        return said(
            format!(
                "{a} 与 {b} 已标为不同客户;要合并请先运行 carebook customer distinct {} {} --remove",
                word(a.as_str()),
                word(b.as_str())
            ),
            format!(
                "{a} and {b} were said to be different; first run `carebook customer distinct {} {} --remove`",
                word(a.as_str()),
                word(b.as_str())
            ),
        );
    }
    Ok(())
}

fn united(one: &Tags, other: &Tags) -> Tags {
    let mut all = one.0.clone();
    all.extend(other.0.iter().filter(|tag| !one.0.contains(tag)).cloned());
    Tags(all)
}

/// Whom either is not, without the two themselves.
fn others(into: &Customer, from: &Customer) -> Tags {
    let mut all = united(&into.distinct_from, &from.distinct_from);
    all.0.retain(|id| id != into.id.as_str() && id != from.id.as_str());
    all
}

fn written(tags: &Tags) -> String {
    tags.0.join(";")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;
    use crate::model::settings::{RawSettings, Settings};

    fn draft() -> Draft {
        let raw: RawSettings = serde_yaml::from_str("{format: 1, language: zh}").unwrap();
        let mut draft = Draft::new(Settings::try_from(raw).unwrap(), 1);
        for (id, name) in [("C1", "纷扬科技"), ("C2", "北京纷扬科技有限公司"), ("C3", "")] {
            draft.customers.insert(Customer::new(Id::parse(id).unwrap(), name.into()));
        }
        draft
    }

    fn taking(words: &[&str]) -> Result<Takes, What> {
        takes(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>(), "C2", "C1", &[])
    }

    fn set(draft: &mut Draft, id: &str, change: impl Fn(&mut Customer)) {
        change(draft.customers.edit(id).unwrap());
    }

    fn how(plan: &Plan, code: &str) -> Option<How> {
        let at = CUSTOMERS.position(code).unwrap();
        plan.fields.iter().find(|(column, _)| *column == at).map(|(_, how)| *how)
    }

    #[test]
    fn of_two_primary_contacts_that_of_the_one_that_stays_is_kept() {
        use crate::model::contact::YesNo;
        let mut draft = draft();
        for (id, customer) in [("P1", "C2"), ("P2", "C1"), ("P3", "C3")] {
            let mut person = Contact::new(Id::parse(id).unwrap(), Id::parse(customer).unwrap(), id.into());
            person.primary = Some(YesNo::Yes);
            draft.contacts.insert(person);
        }
        let primaries = |draft: &Draft| draft.contacts.iter().filter(|p| p.is_primary()).map(|p| p.id.to_string()).collect::<Vec<_>>();
        let into_c1 = plan(&draft, "C2", "C1", &Takes::new()).unwrap();
        merge(&mut draft, &into_c1);
        assert_eq!(primaries(&draft), ["P2", "P3"]);
        let into_c3 = plan(&draft, "C1", "C3", &Takes::new()).unwrap();
        merge(&mut draft, &into_c3);
        assert_eq!(primaries(&draft), ["P3"]);
    }

    #[test]
    fn field_by_field() {
        let mut draft = draft();
        set(&mut draft, "C1", |c| {
            (c.phone, c.note, c.tier) = ("010-1".into(), "老客户".into(), "B".into());
            (c.since, c.verified_on) = ("2026-03-01".parse().ok(), "2026-03-01".parse().ok());
            (c.tags, c.tier_since) = (Tags(vec!["茶".into(), "大户".into()]), None);
        });
        set(&mut draft, "C2", |c| {
            (c.phone, c.email, c.note) = ("010-2".into(), "a@b.cn".into(), "月结".into());
            (c.since, c.verified_on) = ("2025-03-01".parse().ok(), "2025-03-01".parse().ok());
            (c.tags, c.tier, c.tier_since) = (Tags(vec!["月结".into(), "茶".into()]), "A".into(), "2026-01-01".parse().ok());
            c.distinct_from = Tags(vec!["C3".into()]);
        });
        let plan = plan(&draft, "C2", "C1", &taking(&["name", "电话=C1"]).unwrap()).unwrap();
        let result = &plan.result;
        assert_eq!((result.name.as_str(), result.phone.as_str(), result.email.as_str()), ("北京纷扬科技有限公司", "010-1", "a@b.cn"));
        assert_eq!((result.note.as_str(), result.tags.0.join(" ").as_str()), ("老客户; 月结", "茶 大户 月结"));
        assert_eq!((result.since, result.verified_on), ("2025-03-01".parse().ok(), "2026-03-01".parse().ok()));
        // a tier that is there stays as it is, with its dates
        assert_eq!((result.tier.as_str(), result.tier_since), ("B", None));
        assert_eq!(result.distinct_from.0, ["C3"]);
        let hows = ["name", "phone", "email", "note", "since", "tier", "region"].map(|code| how(&plan, code));
        assert_eq!(
            hows,
            [Some(How::Taken), Some(How::Taken), Some(How::Filled), Some(How::United), Some(How::Date), Some(How::Kept), None]
        );
        merge(&mut draft, &plan);
        let gone = draft.customers.get("C2").unwrap();
        assert_eq!((gone.status, gone.merged_into.as_ref().map(AsRef::as_ref)), (Some(CustomerStatus::Merged), Some("C1")));
        assert_eq!(gone.phone, "010-2");
        assert_eq!(unmerge(&mut draft, "C2").unwrap(), "C1");
        assert!(draft.customers.get("C2").unwrap().is_active() && unmerge(&mut draft, "C2").is_err());
    }

    #[test]
    fn consent_withdrawn_under_one_entry_is_withdrawn() {
        let mut draft = draft();
        set(&mut draft, "C2", |customer| customer.consent = "撤回 2026-09-01".into());
        set(&mut draft, "C1", |customer| customer.consent = "同意 2026-01-01".into());
        let plan = plan(&draft, "C2", "C1", &taking(&[]).unwrap()).unwrap();
        assert_eq!((plan.result.consent.as_str(), how(&plan, "consent")), ("撤回 2026-09-01", Some(How::Withdrawn)));
        let back = super::plan(&draft, "C1", "C2", &taking(&[]).unwrap()).unwrap();
        assert_eq!((back.result.consent.as_str(), how(&back, "consent")), ("撤回 2026-09-01", Some(How::Kept)));
        let asked = super::plan(&draft, "C2", "C1", &taking(&["consent=C1"]).unwrap()).unwrap();
        assert_eq!(asked.result.consent, "同意 2026-01-01");
    }

    #[test]
    fn what_is_refused() {
        let mut draft = draft();
        let none = Takes::new();
        let code = |draft: &Draft, from: &str, into: &str| plan(draft, from, into, &none).unwrap_err()[0].what.code();
        assert_eq!((code(&draft, "C1", "C1"), code(&draft, "C9", "C1")), ("usage", "not-found"));
        let first = plan(&draft, "C2", "C1", &none).unwrap();
        merge(&mut draft, &first);
        // one that is gone, either way: so no ring can come about
        assert_eq!((code(&draft, "C1", "C2"), code(&draft, "C2", "C3")), ("usage", "merged-customer"));
        distinct(&mut draft, "C3", "C1", false).unwrap();
        assert_eq!((code(&draft, "C3", "C1"), code(&draft, "C1", "C3")), ("usage", "usage"));
        distinct(&mut draft, "C1", "C3", true).unwrap();
        assert!(plan(&draft, "C3", "C1", &none).is_ok());
        // a name is not taken away
        let blank = Takes::from([(CUSTOMERS.position("name").unwrap(), Side::From)]);
        assert_eq!(plan(&draft, "C3", "C1", &blank).unwrap_err()[0].what, What::Required);
        assert!(taking(&["phone=C1", "phone=C2"]).is_err() && taking(&["phone=C1", "phone=C1"]).is_ok());
        assert!(taking(&["id"]).is_err() && taking(&["phone=C7"]).is_err() && taking(&["shoe"]).is_err());
    }
}
