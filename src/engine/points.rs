//! The ledger of points replayed: lots, what each debit took from which lot, what ran out, what is left.
//!
//! Credits are lots. A debit takes from the lot that runs out first, then from the oldest; what a refund takes back
//! comes first from the lots of its own order. What is left of a lot runs out on the day after its last day. What ran
//! out is worked out here from the other entries: the `expire` rows of the ledger only book it, so that the sum of the
//! column is the balance. A debit without cover is owed, and the next credits pay it.

pub mod booking;
pub mod earning;
pub mod ledger;

use std::collections::{BTreeMap, HashMap, VecDeque};

use chrono::NaiveDate;

use crate::base::date::plus_days;
use crate::base::id::Id;
use crate::model::points::{PointsKind, PointsRow};

/// A credit and what became of it: `points = left + spent + reversed + expired`.
#[derive(Debug, Clone, PartialEq)]
pub struct Lot<'a> {
    pub row: &'a PointsRow,
    pub left: i64,
    pub spent: i64,
    pub reversed: i64,
    pub expired: i64,
}

impl Lot<'_> {
    /// Lots that run out first come first, then the oldest; those that never do come last.
    fn urgency(&self, at: usize) -> (NaiveDate, NaiveDate, usize) {
        (self.row.expires_on.unwrap_or(NaiveDate::MAX), self.row.date, at)
    }
}

/// A debit and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Debit<'a> {
    pub row: &'a PointsRow,
    /// Lots by position, and how much of each.
    pub took: Vec<(usize, i64)>,
    /// Not covered by anything yet.
    pub owed: i64,
}

/// One customer's points up to a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger<'a> {
    pub as_of: NaiveDate,
    pub lots: Vec<Lot<'a>>,
    pub debits: Vec<Debit<'a>>,
    /// All that was ever taken without cover, paid since or not.
    pub uncovered: i64,
    /// What the rows book as run out, by the last day of its lots.
    booked: BTreeMap<NaiveDate, i64>,
    live: BTreeMap<(NaiveDate, NaiveDate, usize), usize>,
    by_order: HashMap<&'a str, Vec<usize>>,
    open: VecDeque<usize>,
    owed: i64,
}

/// Within a day credits come first, then what is spent, then what is taken back.
fn class(row: &PointsRow) -> u8 {
    match row.kind {
        _ if row.points >= 0 => 0,
        PointsKind::Reverse => 2,
        _ => 1,
    }
}

impl<'a> Ledger<'a> {
    /// Replays a customer's rows dated up to a day, in the order of their dates; the order they come in does not matter.
    pub fn replay(rows: impl IntoIterator<Item = &'a PointsRow>, as_of: NaiveDate) -> Ledger<'a> {
        let mut rows: Vec<&PointsRow> = rows.into_iter().filter(|row| row.date <= as_of).collect();
        rows.sort_by_key(|row| (row.date, class(row), row.id.as_str().len(), row.id.as_str()));
        let mut ledger = Ledger {
            as_of,
            lots: Vec::new(),
            debits: Vec::new(),
            uncovered: 0,
            booked: BTreeMap::new(),
            live: BTreeMap::new(),
            by_order: HashMap::new(),
            open: VecDeque::new(),
            owed: 0,
        };
        for row in rows {
            if row.kind == PointsKind::Expire {
                *ledger.booked.entry(row.expires_on.unwrap_or(row.date)).or_default() -= row.points;
                continue;
            }
            ledger.expire_before(row.date);
            match row.points {
                1.. => ledger.credit(row),
                0 => {}
                _ => ledger.debit(row),
            }
        }
        ledger.expire_before(as_of);
        ledger
    }

    /// Lots whose last day lies before a day have run out.
    fn expire_before(&mut self, day: NaiveDate) {
        while let Some(entry) = self.live.first_entry().filter(|entry| entry.key().0 < day) {
            let lot = &mut self.lots[entry.remove()];
            lot.expired += std::mem::take(&mut lot.left);
        }
    }

    fn credit(&mut self, row: &'a PointsRow) {
        let at = self.lots.len();
        self.lots.push(Lot { row, left: row.points, spent: 0, reversed: 0, expired: 0 });
        if let Some(order) = &row.order {
            self.by_order.entry(order.as_str()).or_default().push(at);
        }
        while let Some(debit) = self.open.front().copied().filter(|_| self.lots[at].left > 0) {
            let paid = self.debits[debit].owed.min(self.lots[at].left);
            self.debits[debit].owed -= paid;
            self.owed -= paid;
            self.take(debit, at, paid);
            if self.debits[debit].owed == 0 {
                self.open.pop_front();
            }
        }
        if self.lots[at].left > 0 {
            self.live.insert(self.lots[at].urgency(at), at);
        }
    }

    fn debit(&mut self, row: &'a PointsRow) {
        let debit = self.debits.len();
        let mut wanted = row.points.saturating_neg();
        self.debits.push(Debit { row, took: Vec::new(), owed: 0 });
        let reversed = row.order.as_ref().filter(|_| row.kind == PointsKind::Reverse);
        let own = reversed.and_then(|order| self.by_order.get(order.as_str())).cloned().unwrap_or_default();
        for at in own {
            wanted -= self.take_up_to(debit, at, wanted);
        }
        while wanted > 0 {
            let Some((_, at)) = self.live.first_key_value() else { break };
            wanted -= self.take_up_to(debit, *at, wanted);
        }
        if wanted > 0 {
            self.debits[debit].owed = wanted;
            self.owed = self.owed.saturating_add(wanted);
            self.uncovered = self.uncovered.saturating_add(wanted);
            self.open.push_back(debit);
        }
    }

    /// Takes so much of a lot at most, and forgets the lot when it is empty.
    fn take_up_to(&mut self, debit: usize, at: usize, wanted: i64) -> i64 {
        let taken = wanted.min(self.lots[at].left);
        if taken > 0 {
            self.take(debit, at, taken);
        }
        if self.lots[at].left == 0 {
            self.live.remove(&self.lots[at].urgency(at));
        }
        taken
    }

    fn take(&mut self, debit: usize, at: usize, taken: i64) {
        let lot = &mut self.lots[at];
        lot.left -= taken;
        if self.debits[debit].row.kind == PointsKind::Reverse {
            lot.reversed += taken;
        } else {
            lot.spent += taken;
        }
        self.debits[debit].took.push((at, taken));
    }

    /// What is left, less what is owed.
    pub fn balance(&self) -> i64 {
        self.left() - self.owed
    }

    /// What is left in the lots.
    pub fn left(&self) -> i64 {
        self.lots.iter().map(|lot| lot.left).sum()
    }

    /// Debits that nothing has covered yet.
    pub fn owed(&self) -> i64 {
        self.owed
    }

    /// What runs out next, and after which day.
    pub fn next_expiry(&self) -> Option<(NaiveDate, i64)> {
        let (&(day, _, _), _) = self.live.first_key_value()?;
        let left = self.live.range(..=(day, NaiveDate::MAX, usize::MAX)).map(|(_, at)| self.lots[*at].left).sum();
        Some((day, left)).filter(|_| day < NaiveDate::MAX)
    }

    /// What runs out up to a day, by the last day it counts.
    pub fn running_out(&self, until: NaiveDate) -> BTreeMap<NaiveDate, i64> {
        let mut due = BTreeMap::new();
        for lot in self.live() {
            if let Some(last) = lot.row.expires_on.filter(|last| *last <= until) {
                *due.entry(last).or_default() += lot.left;
            }
        }
        due
    }

    /// Lots with something left, the first to run out first.
    pub fn live(&self) -> impl Iterator<Item = &Lot<'a>> {
        self.live.values().map(|at| &self.lots[*at])
    }

    /// How much of an order's points ran out, and the sum of what was booked for it.
    pub fn expired_of(&self, order: &str) -> i64 {
        self.by_order.get(order).into_iter().flatten().map(|at| self.lots[*at].expired).sum()
    }

    /// Last days whose lots ran out otherwise than booked, with what is to be booked: less than zero mostly, more where
    /// something older was entered since.
    pub fn unbooked(&self) -> Vec<(NaiveDate, i64)> {
        let mut due: BTreeMap<NaiveDate, i64> = self.booked.iter().map(|(day, points)| (*day, -points)).collect();
        for lot in self.lots.iter().filter(|lot| lot.expired != 0) {
            *due.entry(lot.row.expires_on.unwrap_or(self.as_of)).or_default() += lot.expired;
        }
        due.into_iter().filter(|(_, points)| *points != 0).map(|(day, points)| (day, -points)).collect()
    }
}

/// The entry that books what ran out: on the day after.
pub fn expiry_row(customer: &Id, last: NaiveDate, points: i64) -> PointsRow {
    PointsRow { expires_on: Some(last), ..PointsRow::new(customer.clone(), plus_days(last, 1), PointsKind::Expire, points) }
}

#[cfg(test)]
mod tests;
