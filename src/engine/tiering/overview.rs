//! The tiers at a glance: how many customers are in each, how many would be, and what they spend. Counted without
//! holding an outcome per customer, and in pieces that can be worked on side by side.

use std::collections::HashMap;
use std::ops::Range;

use rust_decimal::{Decimal, RoundingStrategy};

use super::facts::Totals;
use super::movement::{self, Reason};
use super::{differs, judged, score};
use crate::base::money::Money;
use crate::model::member::Members;
use crate::model::rules::tiers::TierRules;

/// One tier's customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierSummary {
    /// Blank: customers without a tier. Tiers the rules no longer have come last.
    pub tier: String,
    /// In this tier now.
    pub customers: usize,
    /// In this tier by the rules.
    pub proposed: usize,
    /// Of those in it now.
    pub spend: Money,
    /// Of those in it now who have a score; half up to one decimal.
    pub mean_score: Option<Decimal>,
}

/// Everybody, counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overview {
    /// By code: the rules' tiers from the top, then the others as they were met.
    counts: Vec<(String, Counts)>,
    /// How many tiers the rules have.
    ruled: usize,
    /// Active customers.
    pub customers: usize,
    /// Customers whose tier would change.
    pub changes: usize,
    /// Customers with a decision after the as-of date.
    pub superseded: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Counts {
    customers: usize,
    proposed: usize,
    spend: i128,
    scores: Decimal,
    scored: usize,
}

impl Overview {
    pub fn new(rules: &TierRules) -> Overview {
        let counts: Vec<(String, Counts)> = rules.tiers.iter().map(|tier| (tier.code.clone(), Counts::default())).collect();
        Overview { ruled: counts.len(), counts, ..Overview::default() }
    }

    /// Counts a customer who is in a tier, and would be in another or the same.
    pub fn add(&mut self, rules: &TierRules, present: &str, proposed: &str, score: Option<Decimal>, spend: i128) {
        self.customers += 1;
        let now = self.counts_of(rules, present);
        now.customers += 1;
        now.spend += spend;
        now.scores += score.unwrap_or_default();
        now.scored += usize::from(score.is_some());
        self.counts_of(rules, proposed).proposed += 1;
    }

    fn counts_of(&mut self, rules: &TierRules, tier: &str) -> &mut Counts {
        let known = self.counts.iter().position(|(code, _)| code == tier);
        let ranked = || if tier.is_empty() { None } else { movement::rank(rules, tier) };
        let at = known.or_else(ranked).unwrap_or_else(|| {
            self.counts.push((tier.to_owned(), Counts::default()));
            self.counts.len() - 1
        });
        &mut self.counts[at].1
    }

    /// Joins what was counted of others.
    pub fn join(&mut self, rules: &TierRules, other: &Overview) {
        for (tier, theirs) in &other.counts {
            let mine = self.counts_of(rules, tier);
            mine.customers += theirs.customers;
            mine.proposed += theirs.proposed;
            mine.spend += theirs.spend;
            mine.scores += theirs.scores;
            mine.scored += theirs.scored;
        }
        self.customers += other.customers;
        self.changes += other.changes;
        self.superseded += other.superseded;
    }

    /// One line per tier of the rules from the top, then customers without one, then tiers that are gone.
    pub fn tiers(&self) -> Vec<TierSummary> {
        let (ruled, others) = self.counts.split_at(self.ruled);
        let mut others: Vec<&(String, Counts)> = others.iter().collect();
        others.sort_by(|a, b| a.0.cmp(&b.0));
        ruled.iter().chain(others).map(|(tier, counts)| counts.summary(tier)).collect()
    }
}

impl Counts {
    fn summary(&self, tier: &str) -> TierSummary {
        let mean = self.scores.checked_div(self.scored.into());
        TierSummary {
            tier: tier.to_owned(),
            customers: self.customers,
            proposed: self.proposed,
            spend: Money(self.spend),
            mean_score: mean.map(|mean| mean.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero)),
        }
    }
}

/// Counts the customers of some positions of the archive. Nobody's tier may have begun after the as-of date
/// ([`Members::any_tier_after`]): those need the decisions.
pub fn over(members: &Members, positions: Range<usize>, rules: &TierRules, totals: &Totals) -> Overview {
    let mut overview = Overview::new(rules);
    let as_of = totals.scope.as_of;
    // customers who reach the same steps have the same score
    let mut scores: HashMap<Vec<u16>, Option<Decimal>> = HashMap::new();
    let mut profile = Vec::new();
    // a customer without a tier is judged by the score alone
    let mut first: HashMap<Option<Decimal>, (String, Reason)> = HashMap::new();
    for at in positions {
        let member = members.get(at);
        if !member.counted {
            continue;
        }
        let facts = totals.facts(at);
        score::profile(rules, &member, &facts, &totals.scope, &mut profile);
        let score = match scores.get(&profile) {
            Some(score) => *score,
            None => {
                let score = score::of(rules, &member, &facts, &totals.scope);
                scores.insert(profile.clone(), score);
                score
            }
        };
        let spend = facts.spend;
        if !member.active {
            // erased: stays where it is
            let present = movement::present(&member, &[], as_of);
            overview.add(rules, &present.tier, &present.tier, score, spend);
        } else if member.tier.is_empty() && member.tier_until.is_none() {
            let blank = movement::Present::default();
            let (tier, reason) = first.entry(score).or_insert_with(|| movement::judge(rules, score, &blank, as_of));
            overview.add(rules, "", tier, score, spend);
            overview.changes += usize::from(differs(tier, reason, &blank));
        } else {
            let present = movement::present(&member, &[], as_of);
            let (tier, reason) = judged(rules, &member, at, totals, score, &present);
            overview.add(rules, &present.tier, &tier, score, spend);
            overview.changes += usize::from(differs(&tier, &reason, &present));
        }
    }
    overview
}
