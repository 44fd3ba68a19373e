//! The archive as tiers see it: one customer in a few bytes, so that a million fit.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};

use super::cell::{Cell, Locale};
use super::customer::{CUSTOMERS, Customer, CustomerStatus, Potential};
use super::vocabulary::Code;
use crate::base::packed::Packed;
use crate::base::problem::What;

/// What of a customer a score and a tier rest on, beside the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member<'a> {
    pub tier: &'a str,
    pub tier_since: Option<NaiveDate>,
    pub tier_until: Option<NaiveDate>,
    pub since: Option<NaiveDate>,
    pub potential: Option<Potential>,
    pub active: bool,
    /// Counts in the statistics: whoever is active, and whoever was erased.
    pub counted: bool,
}

impl<'a> Member<'a> {
    pub fn of(customer: &'a Customer) -> Member<'a> {
        Member {
            tier: &customer.tier,
            tier_since: customer.tier_since,
            tier_until: customer.tier_until,
            since: customer.since,
            potential: customer.potential,
            active: customer.is_active(),
            counted: customer.is_counted(),
        }
    }
}

/// A day as a number; no day is the least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i32);

impl Day {
    pub const NONE: Day = Day(i32::MIN);

    pub fn date(self) -> Option<NaiveDate> {
        NaiveDate::from_num_days_from_ce_opt(self.0).filter(|_| self != Day::NONE)
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Day {
        Day(date.num_days_from_ce())
    }
}

impl From<Option<NaiveDate>> for Day {
    fn from(date: Option<NaiveDate>) -> Day {
        date.map_or(Day::NONE, Day::from)
    }
}

/// Every customer of an archive, column by column, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members {
    /// The different tiers; `tier` points into them.
    pub tiers: Vec<String>,
    pub tier: Vec<u16>,
    pub tier_since: Vec<Day>,
    pub tier_until: Vec<Day>,
    pub since: Vec<Day>,
    /// Position in [`Potential::ALL`] plus one; 0: not known.
    pub potential: Vec<u8>,
    /// 1: active; 2: erased, and counted all the same; 0: neither.
    pub active: Vec<u8>,
}

impl Members {
    /// Merged customers were no new ones: their day of beginning is the survivor's now.
    #[must_use]
    pub fn without_merged(mut self, ids: &MemberIds) -> Members {
        for (at, _) in &ids.merged {
            if let Some(since) = self.since.get_mut(*at as usize) {
                *since = Day::NONE;
            }
        }
        self
    }
}

/// Many short texts in one piece of memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    text: String,
    ends: Vec<u32>,
}

impl Texts {
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.get(at))
    }

    pub fn get(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[at] as usize]
    }
}

/// The ids of an archive, for finding whose a fact is: not needed any more once the facts are summed up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberIds {
    ids: Texts,
    /// Position of a merged customer, and the id it went into.
    pub merged: Vec<(u32, String)>,
}

impl MemberIds {
    fn push(&mut self, id: &str, merged_into: Option<&str>) {
        if let Some(into) = merged_into {
            self.merged.push((u32::try_from(self.len()).unwrap_or(u32::MAX), into.to_owned()));
        }
        self.ids.push(id);
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// In the order of the archive.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.ids.iter()
    }

    pub fn get(&self, at: usize) -> &str {
        self.ids.get(at)
    }

    pub fn of<'a>(customers: impl IntoIterator<Item = &'a Customer>) -> MemberIds {
        let mut ids = MemberIds::default();
        for customer in customers {
            ids.push(customer.id.as_str(), customer.merged_into.as_ref().map(AsRef::as_ref));
        }
        ids
    }
}

/// Takes customers up row by row.
#[derive(Debug, Default)]
pub struct MembersReader {
    pub members: Members,
    pub ids: MemberIds,
    /// The names, where they are asked for.
    pub names: Option<Texts>,
    known: HashMap<String, u16>,
}

/// The columns of the archive that are read, in the order [`MembersReader::row`] takes their cells.
pub const COLUMNS: [&str; 9] = ["id", "tier", "tier_since", "tier_until", "since", "potential", "status", "merged_into", "name"];

/// Their positions in the table.
pub fn columns() -> [usize; 9] {
    COLUMNS.map(|code| CUSTOMERS.position(code).unwrap_or_default())
}

impl MembersReader {
    /// One that takes up the names too.
    pub fn with_names() -> MembersReader {
        MembersReader { names: Some(Texts::default()), ..MembersReader::default() }
    }

    /// One row by the cells of [`COLUMNS`].
    ///
    /// # Errors
    /// The column's place among them and what is wrong with the cell.
    pub fn row(&mut self, cells: [&str; 9], locale: &Locale) -> Result<(), (usize, What)> {
        let day = |at: usize| <Option<NaiveDate>>::read(cells[at], locale).map(Day::from).map_err(|what| (at, what));
        let id = crate::base::id::Id::parse(cells[0]).map_err(|what| (0, what))?;
        let (tier_since, tier_until, since) = (day(2)?, day(3)?, day(4)?);
        let potential = <Option<Potential>>::read(cells[5], locale).map_err(|what| (5, what))?;
        let status = <Option<CustomerStatus>>::read(cells[6], locale).map_err(|what| (6, what))?;
        let merged = cells[7].trim();
        self.ids.push(id.as_str(), Some(merged).filter(|id| !id.is_empty()));
        if let Some(names) = &mut self.names {
            names.push(cells[8]);
        }
        let members = &mut self.members;
        let tier = match self.known.get(cells[1]) {
            Some(known) => *known,
            None => {
                let next = u16::try_from(members.tiers.len()).unwrap_or(u16::MAX);
                members.tiers.push(cells[1].to_owned());
                self.known.insert(cells[1].to_owned(), next);
                next
            }
        };
        members.tier.push(tier);
        members.tier_since.push(tier_since);
        members.tier_until.push(tier_until);
        members.since.push(since);
        let place = |potential: Potential| Potential::ALL.iter().position(|p| *p == potential).map_or(0, |at| at + 1);
        members.potential.push(potential.map_or(0, |potential| u8::try_from(place(potential)).unwrap_or(0)));
        members.active.push(match status {
            None | Some(CustomerStatus::Active) => 1,
            Some(CustomerStatus::Erased) if merged.is_empty() => 2,
            _ => 0,
        });
        Ok(())
    }
}

impl Members {
    pub fn len(&self) -> usize {
        self.tier.len()
    }

    pub fn get(&self, at: usize) -> Member<'_> {
        let potential = usize::from(self.potential[at]).checked_sub(1).and_then(|at| Potential::ALL.get(at)).copied();
        Member {
            tier: self.tiers.get(usize::from(self.tier[at])).map_or("", String::as_str),
            tier_since: self.tier_since[at].date(),
            tier_until: self.tier_until[at].date(),
            since: self.since[at].date(),
            potential,
            active: self.active[at] == 1,
            counted: self.active[at] != 0,
        }
    }

    /// Whether the tier of somebody began after a day: then the decisions tell what it was before.
    pub fn any_tier_after(&self, day: NaiveDate) -> bool {
        self.tier_since.iter().any(|since| *since > Day::from(day))
    }
}

impl Packed for Texts {
    fn pack(&self, out: &mut Vec<u8>) {
        self.text.pack(out);
        self.ends.pack(out);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Texts> {
        let (text, ends) = <(String, Vec<u32>)>::unpack(bytes)?;
        let in_order = ends.is_sorted() && ends.iter().all(|end| text.is_char_boundary(*end as usize));
        in_order.then_some(Texts { text, ends })
    }
}

impl Packed for MemberIds {
    fn pack(&self, out: &mut Vec<u8>) {
        self.ids.pack(out);
        self.merged.pack(out);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<MemberIds> {
        Some(MemberIds { ids: Texts::unpack(bytes)?, merged: Vec::unpack(bytes)? })
    }
}

impl Packed for Members {
    fn pack(&self, out: &mut Vec<u8>) {
        self.tiers.pack(out);
        self.tier.pack(out);
        for days in [&self.tier_since, &self.tier_until, &self.since] {
            days.iter().map(|day| day.0).collect::<Vec<i32>>().pack(out);
        }
        self.potential.pack(out);
        self.active.pack(out);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Members> {
        let (tiers, tier) = <(Vec<String>, Vec<u16>)>::unpack(bytes)?;
        let mut days = || Some(Vec::<i32>::unpack(bytes)?.into_iter().map(Day).collect::<Vec<Day>>());
        let (tier_since, tier_until, since) = (days()?, days()?, days()?);
        let (potential, active) = <(Vec<u8>, Vec<u8>)>::unpack(bytes)?;
        let members = Members { tiers, tier, tier_since, tier_until, since, potential, active };
        let lengths =
            [members.tier_since.len(), members.tier_until.len(), members.since.len(), members.potential.len(), members.active.len()];
        lengths.iter().all(|length| *length == members.len()).then_some(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;
    use crate::model::record::Record;
    use crate::model::settings::{RawSettings, Settings};

    #[test]
    fn a_member_is_its_customer_in_few_bytes() {
        let raw: RawSettings = serde_yaml::from_str("{format: 1, language: zh}").unwrap();
        let locale = Settings::try_from(raw).unwrap().locale();
        let day = |text: &str| text.parse().ok();
        let plain = Customer::new(Id::parse("C1").unwrap(), "A".into());
        let mut full = Customer { tier: "重点".into(), tier_since: day("2026-01-31"), tier_until: day("2027-01-31"), ..plain.clone() };
        (full.since, full.potential, full.status) = (day("1999-12-31"), Some(Potential::Medium), Some(CustomerStatus::Merged));
        full.merged_into = Some(Id::parse("C9").unwrap());
        let mut reader = MembersReader::default();
        for customer in [&plain, &full, &plain] {
            let cells = columns().map(|column| customer.written(column, &locale));
            reader.row(cells.each_ref().map(String::as_str), &locale).unwrap();
        }
        assert_eq!(reader.members.get(0), Member::of(&plain));
        assert_eq!(reader.members.get(1), Member::of(&full));
        assert_eq!((reader.members.len(), reader.members.tiers.len()), (3, 2));
        assert_eq!(reader.ids, MemberIds::of([&plain, &full, &plain]));
        assert_eq!(reader.ids.iter().collect::<Vec<_>>(), ["C1", "C1", "C1"]);
        assert!(
            reader.members.any_tier_after("2026-01-30".parse().unwrap()) && !reader.members.any_tier_after("2026-01-31".parse().unwrap())
        );
        let mut bytes = Vec::new();
        reader.members.pack(&mut bytes);
        reader.ids.pack(&mut bytes);
        let mut rest = bytes.as_slice();
        assert_eq!(Members::unpack(&mut rest), Some(reader.members));
        assert_eq!((MemberIds::unpack(&mut rest), rest.len()), (Some(reader.ids), 0));
        bytes.clear();
        Texts { text: "客".into(), ends: vec![1, 3] }.pack(&mut bytes);
        assert_eq!(Texts::unpack(&mut bytes.as_slice()), None);
        let wrong = MembersReader::default().row(["C1", "", "x", "", "", "", "", "", ""], &locale);
        assert!(matches!(wrong, Err((2, What::BadDate { .. }))));
    }
}
