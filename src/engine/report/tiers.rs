//! Tiers and their moves (等级与变动) in the period.

use serde::Serialize;

use super::Inputs;
use super::basis::{Basis, Source};
use super::figure::{Figure, Number, share};
use super::side::{Measure, Recorded, Side, Sides, figures};
use crate::model::tier::TierDecision;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tiers {
    pub counts: Vec<Count>,
    pub moves: Vec<Move>,
    pub up: usize,
    pub down: usize,
    pub new: usize,
    /// The moves beside those of the other periods.
    pub figures: Vec<Figure>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Count {
    /// Blank: not yet rated.
    pub tier: String,
    pub customers: usize,
    pub share: Option<Number>,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Down,
    Up,
    New,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Move {
    pub customer: String,
    pub name: String,
    pub from: String,
    pub to: String,
    pub direction: Direction,
    pub on: String,
    pub reasons: String,
}

/// Of the decisions of the period.
pub const MOVES: &[Measure] = &[
    Measure { code: "up", good: 1, basis: |side| decisions(side, Direction::Up) },
    Measure { code: "down", good: -1, basis: |side| decisions(side, Direction::Down) },
    Measure { code: "new", good: 0, basis: |side| decisions(side, Direction::New) },
];

/// Any decisions.
const DECIDED: Recorded = |side| side.inputs.decisions.iter().any(|decision| side.period.contains(decision.decided_on));

pub fn tiers(sides: &Sides<'_>) -> Tiers {
    let inputs = sides.now.inputs;
    let members = inputs.members;
    let counted = (0..members.len()).map(|at| members.get(at)).filter(|member| member.counted);
    let active: Vec<&str> = counted.map(|member| member.tier).collect();
    let rated = inputs.tier_rules.tiers.iter().map(|tier| tier.code.as_str());
    let count = |code: &str| {
        let customers = active.iter().filter(|tier| **tier == code).count();
        Count { tier: code.to_owned(), customers, share: share(customers, active.len()) }
    };
    let mut counts: Vec<Count> = rated.map(count).collect();
    let others = active.len() - counts.iter().map(|count| count.customers).sum::<usize>();
    if others > 0 {
        counts.push(Count { tier: String::new(), customers: others, share: share(others, active.len()) });
    }
    let mut moves: Vec<Move> =
        inputs.decisions.iter().filter(|d| inputs.period.contains(d.decided_on)).filter_map(|d| moved(inputs, d)).collect();
    moves.sort_by(|a, b| (a.direction, &a.on, &a.customer).cmp(&(b.direction, &b.on, &b.customer)));
    let of = |direction: Direction| moves.iter().filter(|m| m.direction == direction).count();
    let (up, down, new) = (of(Direction::Up), of(Direction::Down), of(Direction::New));
    Tiers { counts, moves, up, down, new, figures: figures(MOVES, sides, DECIDED) }
}

/// The customers of a tier as of today; a blank tier is any that the rules do not know.
pub fn members<'a>(side: &Side<'a>, tier: &str) -> Basis<'a> {
    let (members, ids, rules) = (side.inputs.members, side.inputs.ids, side.inputs.tier_rules);
    let is = |found: &str| if tier.is_empty() { rules.rank(found).is_none() } else { found == tier };
    let at = (0..members.len()).filter(move |at| members.get(*at).counted);
    Basis::sources(at.filter(|at| is(members.get(*at).tier)).map(|at| Source::Customer(ids.get(at))))
}

/// The decisions of a period that went this way.
pub fn decisions<'a>(side: &Side<'a>, direction: Direction) -> Basis<'a> {
    let of = side.inputs.decisions.iter().filter(|decision| side.period.contains(decision.decided_on));
    Basis::sources(of.filter(|decision| self::direction(side.inputs, decision) == Some(direction)).map(Source::Decision))
}

fn direction(inputs: &Inputs<'_>, decision: &TierDecision) -> Option<Direction> {
    let rank = |code: &str| inputs.tier_rules.rank(code);
    match (rank(&decision.previous), rank(&decision.tier)) {
        (Some(from), Some(to)) if to < from => Some(Direction::Up),
        (Some(from), Some(to)) if to > from => Some(Direction::Down),
        (None, _) => Some(Direction::New),
        _ => None,
    }
}

fn moved(inputs: &Inputs<'_>, decision: &TierDecision) -> Option<Move> {
    Some(Move {
        customer: decision.customer.to_string(),
        name: (inputs.names)(decision.customer.as_str()),
        from: decision.previous.clone(),
        to: decision.tier.clone(),
        direction: direction(inputs, decision)?,
        on: decision.decided_on.to_string(),
        reasons: decision.reasons.clone(),
    })
}
