//! One timeline of everything between a customer and us: orders, requests, talks, revisits, answers, tiers, points, and
//! what became of the entry in the archive.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::Value;

use crate::base::instant::Instant;
use crate::base::money::Money;
use crate::model::interaction::Interaction;
use crate::model::log::LogRow;
use crate::model::order::OrderKind;
use crate::model::points::PointsRow;
use crate::model::request::Request;
use crate::model::revisit::{Revisit, RevisitStatus};
use crate::model::survey::Response;
use crate::model::tier::TierDecision;
use crate::model::vocabulary::codes;

codes! {
    /// What an entry tells of. Entries of one moment stand in this order.
    Kind {
        Archive = "archive", "档案", "Archive", ["customers", "客户"];
        Contact = "contact", "联系人", "Contact", ["contacts"];
        Order = "order", "订单", "Order", ["orders"];
        Request = "request", "诉求", "Request", ["requests"];
        Note = "note", "备注", "Note", ["notes"];
        Interaction = "interaction", "沟通", "Interaction", ["interactions", "talks", "沟通记录"];
        Revisit = "revisit", "回访", "Revisit", ["revisits"];
        Survey = "survey", "问卷", "Survey", ["surveys", "responses", "答卷"];
        Tier = "tier", "等级", "Tier", ["tiers"];
        Points = "points", "积分", "Points", ["point"];
    }
}

codes! {
    /// The steps of a request that the timeline has.
    Step {
        Received = "received", "受理", "Received";
        Resolved = "resolved", "办结", "Resolved";
        Scored = "scored", "评分", "Scored";
        Closed = "closed", "关闭", "Closed";
    }
}

/// When something was. A day without a time comes before the times of that day; what has no day comes first of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Unknown,
    Day(NaiveDate),
    At(Instant),
}

impl When {
    pub fn date(self, zone: Tz) -> Option<NaiveDate> {
        match self {
            When::Unknown => None,
            When::Day(day) => Some(day),
            When::At(at) => Some(at.date(zone)),
        }
    }

    pub fn at(self) -> Option<Instant> {
        match self {
            When::At(at) => Some(at),
            When::Unknown | When::Day(_) => None,
        }
    }
}

/// So many products of an order are kept by name.
const PRODUCTS: usize = 3;

/// One order, its lines taken together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bought {
    pub id: String,
    pub customer: String,
    /// The days of its first and its last line.
    pub first: NaiveDate,
    pub last: NaiveDate,
    pub net: Money,
    /// What went back, as a positive amount.
    pub refunds: Money,
    pub lines: usize,
    /// The first few, each once.
    pub products: Vec<String>,
    pub more_products: bool,
}

/// Orders, folded as their lines stream by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purchases {
    by_id: BTreeMap<String, Bought>,
}

impl Purchases {
    pub fn line(&mut self, id: &str, customer: &str, date: NaiveDate, amount: Money, kind: Option<OrderKind>, product: &str) {
        let order = self.by_id.entry(id.to_owned()).or_insert_with(|| Bought {
            id: id.to_owned(),
            customer: customer.to_owned(),
            first: date,
            last: date,
            net: Money::default(),
            refunds: Money::default(),
            lines: 0,
            products: Vec::new(),
            more_products: false,
        });
        order.net += amount;
        if kind.map_or(amount.0 < 0, |kind| kind == OrderKind::Refund) {
            order.refunds += Money(amount.0.saturating_neg());
        }
        (order.first, order.last) = (order.first.min(date), order.last.max(date));
        order.lines += 1;
        let product = product.trim();
        if !product.is_empty() && !order.products.iter().any(|known| known == product) {
            if order.products.len() < PRODUCTS {
                order.products.push(product.to_owned());
            } else {
                order.more_products = true;
            }
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Bought> {
        self.by_id.values()
    }

    pub fn count(&self) -> usize {
        self.by_id.len()
    }
}

/// What an entry rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum What<'a> {
    /// A change of the archive or of one of the people.
    Logged(&'a LogRow),
    Bought(&'a Bought),
    Request(Step, &'a Request),
    /// A line added to the measures of a request.
    Noted(&'a LogRow),
    Talked(&'a Interaction),
    Revisit(&'a Revisit),
    Answered(&'a Response),
    Decided(&'a TierDecision),
    Points(&'a PointsRow),
}

/// One entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry<'a> {
    pub when: When,
    pub kind: Kind,
    pub id: &'a str,
    /// As the record names it; blank where it names nobody.
    pub customer: &'a str,
    pub what: What<'a>,
}

/// Everything that names a customer, or one that was merged into it.
#[derive(Debug, Default)]
pub struct Material {
    pub purchases: Purchases,
    pub requests: Vec<Request>,
    pub talks: Vec<Interaction>,
    pub revisits: Vec<Revisit>,
    pub responses: Vec<Response>,
    pub tiers: Vec<TierDecision>,
    pub points: Vec<PointsRow>,
    /// Of the archive and the people; of the requests, notes and scores, and what was taken back.
    pub log: Vec<LogRow>,
}

/// What of it is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// From this day on; what has no day is left out then.
    pub since: Option<NaiveDate>,
    /// All kinds where none is named.
    pub kinds: Vec<Kind>,
    /// The newest so many.
    pub last: Option<usize>,
}

/// The entries, the newest last.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline<'a> {
    pub entries: Vec<Entry<'a>>,
    /// Older ones that were asked for but for their number.
    pub left_out: usize,
}

/// Lays everything out in the order of time.
pub fn timeline<'a>(material: &'a Material, wish: &Wish, zone: Tz) -> Timeline<'a> {
    let mut entries = material.entries();
    entries.retain(|entry| {
        let wanted = wish.kinds.is_empty() || wish.kinds.contains(&entry.kind);
        wanted && wish.since.is_none_or(|since| entry.when.date(zone).is_some_and(|day| day >= since))
    });
    entries.sort_by_key(|entry| (entry.when.date(zone), entry.when.at(), entry.kind, entry.id, entry.rank(), entry.customer));
    let left_out = wish.last.map_or(0, |last| entries.len().saturating_sub(last));
    entries.drain(..left_out);
    Timeline { entries, left_out }
}

impl Material {
    fn entries(&self) -> Vec<Entry<'_>> {
        let gone = self.taken_back();
        let scored = self.scored(&gone);
        let mut entries: Vec<Entry<'_>> =
            self.requests.iter().flat_map(|request| steps(request, scored.get(request.id.as_str()).copied())).collect();
        self.add_dealings(&mut entries);
        self.add_standing(&mut entries);
        entries.extend(self.log.iter().filter_map(|row| self.logged(row, &gone)));
        entries
    }

    /// What was bought, talked of, asked at revisits and in surveys.
    fn add_dealings<'a>(&'a self, entries: &mut Vec<Entry<'a>>) {
        entries.extend(self.purchases.iter().map(|order| Entry {
            when: When::Day(order.first),
            kind: Kind::Order,
            id: &order.id,
            customer: &order.customer,
            what: What::Bought(order),
        }));
        entries.extend(self.talks.iter().map(|talk| Entry {
            when: When::At(talk.at),
            kind: Kind::Interaction,
            id: talk.id.as_str(),
            customer: talk.customer.as_str(),
            what: What::Talked(talk),
        }));
        entries.extend(self.revisits.iter().map(|revisit| Entry {
            when: visited(revisit),
            kind: Kind::Revisit,
            id: revisit.id.as_str(),
            customer: revisit.customer.as_str(),
            what: What::Revisit(revisit),
        }));
        entries.extend(self.responses.iter().map(|response| Entry {
            when: response.submitted_at.map_or(When::Unknown, When::At),
            kind: Kind::Survey,
            id: response.id.as_str(),
            customer: response.customer.as_ref().map_or("", |id| id.as_str()),
            what: What::Answered(response),
        }));
    }

    /// How the customer came to stand: tiers and points.
    fn add_standing<'a>(&'a self, entries: &mut Vec<Entry<'a>>) {
        entries.extend(self.tiers.iter().map(|decision| Entry {
            when: When::Day(decision.decided_on),
            kind: Kind::Tier,
            id: decision.customer.as_str(),
            customer: decision.customer.as_str(),
            what: What::Decided(decision),
        }));
        entries.extend(self.points.iter().map(|row| Entry {
            when: When::Day(row.date),
            kind: Kind::Points,
            id: row.id.as_str(),
            customer: row.customer.as_str(),
            what: What::Points(row),
        }));
    }

    /// When requests were given the score they have: by the log, the last time.
    fn scored(&self, gone: &HashSet<u32>) -> HashMap<&str, Instant> {
        let is_score = |row: &&LogRow| row.table == "requests" && row.action == "feedback" && !gone.contains(&row.seq);
        let mut times: Vec<&LogRow> = self.log.iter().filter(is_score).collect();
        times.sort_by_key(|row| row.seq);
        times.into_iter().map(|row| (row.id.as_str(), row.at)).collect()
    }

    /// The rows of the log that were taken back; an undo that was itself taken back takes nothing back.
    fn taken_back(&self) -> HashSet<u32> {
        let mut rows: Vec<&LogRow> = self.log.iter().filter(|row| matches!(row.action.as_str(), "undo" | "redo")).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.seq));
        let mut gone = HashSet::new();
        for row in rows {
            // its note says of which row it is the undo, and by which verb that was
            if !gone.contains(&row.seq) {
                gone.extend(row.note.split(' ').next().and_then(|seq| seq.parse::<u32>().ok()));
            }
        }
        gone
    }

    fn logged<'a>(&'a self, row: &'a LogRow, gone: &HashSet<u32>) -> Option<Entry<'a>> {
        let (kind, what) = match (row.table.as_str(), row.action.as_str()) {
            ("customers", _) => (Kind::Archive, What::Logged(row)),
            ("contacts", _) => (Kind::Contact, What::Logged(row)),
            ("requests", "note") => (Kind::Note, What::Noted(row)),
            _ => return None,
        };
        let customer = match kind {
            Kind::Archive => row.id.as_str(),
            Kind::Note => {
                note(row).filter(|_| !gone.contains(&row.seq))?;
                let request = self.requests.iter().find(|request| request.id.as_str() == row.id)?;
                request.customer.as_ref().map_or("", |id| id.as_str())
            }
            _ => "",
        };
        Some(Entry { when: When::At(row.at), kind, id: &row.id, customer, what })
    }
}

/// What a row of the log added to the measures of a request.
pub fn note(row: &LogRow) -> Option<String> {
    let text = |json: &str| -> Option<String> {
        let fields: Value = serde_json::from_str(json).ok()?;
        Some(fields["measures"].as_str().unwrap_or_default().to_owned())
    };
    let (before, after) = (text(&row.before).unwrap_or_default(), text(&row.after)?);
    let added = after.strip_prefix(before.as_str())?.trim();
    Some(added.to_owned()).filter(|added| !added.is_empty())
}

/// The steps of a request. A score without a row in the log has the time of the last step before it.
fn steps(request: &Request, scored: Option<Instant>) -> impl Iterator<Item = Entry<'_>> {
    let resolved = request.resolved_at.filter(|_| request.stage.is_resolved());
    let score = request.feedback.and(scored.or(request.confirmed_at).or(request.closed_at).or(resolved).or(Some(request.received_at)));
    let steps =
        [(Step::Received, Some(request.received_at)), (Step::Resolved, resolved), (Step::Scored, score), (Step::Closed, request.closed_at)];
    steps.into_iter().filter_map(move |(step, at)| {
        Some(Entry {
            when: When::At(at?),
            kind: Kind::Request,
            id: request.id.as_str(),
            customer: request.customer.as_ref().map_or("", |id| id.as_str()),
            what: What::Request(step, request),
        })
    })
}

/// A revisit that was done stands where it was done, any other where it was or is due.
fn visited(revisit: &Revisit) -> When {
    let done = revisit.done_at.filter(|_| revisit.status == RevisitStatus::Done);
    done.map_or(When::Day(revisit.due_on), When::At)
}

impl Entry<'_> {
    /// The order of entries of one record and moment.
    fn rank(&self) -> u32 {
        match self.what {
            What::Request(step, _) => step as u32,
            What::Logged(row) | What::Noted(row) => row.seq,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests;
