//! Tiers and their moves (等级与变动) in the period.

use serde::Serialize;

use super::Inputs;
use super::figure::{Number, share};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tiers {
    pub counts: Vec<Count>,
    pub moves: Vec<Move>,
    pub up: usize,
    pub down: usize,
    pub new: usize,
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

pub fn tiers(inputs: &Inputs<'_>) -> Tiers {
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
    Tiers { counts, moves, up, down, new }
}

fn moved(inputs: &Inputs<'_>, decision: &crate::model::tier::TierDecision) -> Option<Move> {
    let rank = |code: &str| inputs.tier_rules.rank(code);
    let direction = match (rank(&decision.previous), rank(&decision.tier)) {
        (Some(from), Some(to)) if to < from => Direction::Up,
        (Some(from), Some(to)) if to > from => Direction::Down,
        (None, _) => Direction::New,
        _ => return None,
    };
    Some(Move {
        customer: decision.customer.to_string(),
        name: (inputs.names)(decision.customer.as_str()),
        from: decision.previous.clone(),
        to: decision.tier.clone(),
        direction,
        on: decision.decided_on.to_string(),
        reasons: decision.reasons.clone(),
    })
}
