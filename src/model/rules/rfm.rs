//! `rfm:` in `rules/tiers.yaml`: recency, frequency and monetary scores, and the segments they make.
//!
//! After Hughes, Strategic Database Marketing (1994): each customer gets 1 (worst) to 5 (best) for how lately, how often and for
//! how much they bought; segments are boxes of these scores, the first that fits wins.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::tiers::{conflict, number, window};
use super::{Plain, RawLabel};
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;
use crate::base::window::Window;

/// The best score.
pub const BEST: u8 = 5;
/// The most that is added to a quantile.
const PLUS: i64 = 1_000_000_000;
/// The segment of whoever fits no other.
pub const OTHERS: &str = "others";

/// `rfm:` as it stands.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRfm {
    window: Option<String>,
    method: Option<String>,
    recency_days: Option<Vec<Plain>>,
    frequency: Option<Vec<Plain>>,
    monetary: Option<Vec<Plain>>,
    quantiles: Option<RawQuantiles>,
    segments: Option<Vec<RawSegment>>,
    others: Option<RawLabel>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawQuantiles {
    at: Option<Vec<Plain>>,
    plus: Option<Plain>,
    ties: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSegment {
    code: String,
    label: Option<RawLabel>,
    r: Option<Plain>,
    f: Option<Plain>,
    m: Option<Plain>,
}

/// Four values that part a scale into five.
pub type Edges = [Decimal; BEST as usize - 1];

/// Where the edges between scores come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Method {
    /// The owner's cut points: a value at or above one is in the higher bin.
    Fixed { recency_days: Edges, frequency: Edges, monetary: Edges },
    /// Quantiles of the customers who bought.
    Quantiles(Quantiles),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantiles {
    /// Percent.
    pub at: Edges,
    /// Added to each quantile.
    pub plus: Decimal,
    /// Whether a value that equals an edge is in the higher bin.
    pub ties_higher: bool,
}

/// A box of scores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub code: String,
    pub label: RawLabel,
    /// Lowest and highest score, both included.
    pub r: (u8, u8),
    pub f: (u8, u8),
    pub m: (u8, u8),
}

/// The rules, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RfmRules {
    pub window: Window,
    pub method: Method,
    /// The first that fits wins; the last takes everybody.
    pub segments: Vec<Segment>,
}

impl Segment {
    pub fn fits(&self, [r, f, m]: [u8; 3]) -> bool {
        let within = |score: u8, (least, most): (u8, u8)| (least..=most).contains(&score);
        within(r, self.r) && within(f, self.f) && within(m, self.m)
    }
}

impl RfmRules {
    /// The position of the segment of these scores.
    pub fn segment(&self, scores: [u8; 3]) -> usize {
        self.segments.iter().position(|segment| segment.fits(scores)).unwrap_or(self.segments.len() - 1)
    }

    /// The position of a segment named by its code or a label.
    pub fn named(&self, name: &str) -> Option<usize> {
        let key = fold_key(name);
        let labelled = |label: &Option<String>| label.as_ref().is_some_and(|label| fold_key(label) == key);
        let is = |segment: &Segment| fold_key(&segment.code) == key || labelled(&segment.label.zh) || labelled(&segment.label.en);
        self.segments.iter().position(is)
    }
}

impl RawRfm {
    /// Checks the rules; keys left out take the built-in default's.
    pub(super) fn check(self, default: RawRfm, wrong: &mut Problems) -> RfmRules {
        let window = window(self.window.or(default.window), "rfm.window", wrong);
        let mut cuts =
            |own: Option<Vec<Plain>>, default: Option<Vec<Plain>>, key: &str| edges(own.or(default), &format!("rfm.{key}"), wrong);
        let recency_days = cuts(self.recency_days, default.recency_days, "recency_days");
        let frequency = cuts(self.frequency, default.frequency, "frequency");
        let monetary = cuts(self.monetary, default.monetary, "monetary");
        let quantiles = quantiles(self.quantiles.unwrap_or_default(), wrong);
        let method = match self.method.or(default.method).as_deref() {
            None | Some("fixed") => Method::Fixed { recency_days, frequency, monetary },
            Some("quantiles") => Method::Quantiles(quantiles),
            Some(other) => {
                let allowed = ["fixed", "quantiles"].map(str::to_owned).to_vec();
                wrong.push(Problem::error(What::UnknownName { name: other.to_owned(), allowed }).field("rfm.method"));
                Method::Quantiles(quantiles)
            }
        };
        let mut segments = segments(self.segments.or(default.segments).unwrap_or_default(), wrong);
        let all = (1, BEST);
        let label = self.others.or(default.others).unwrap_or_default();
        segments.push(Segment { code: OTHERS.to_owned(), label, r: all, f: all, m: all });
        RfmRules { window, method, segments }
    }
}

/// Four rising numbers.
fn edges(given: Option<Vec<Plain>>, field: &str, wrong: &mut Problems) -> Edges {
    let before = wrong.len();
    let numbers: Vec<Decimal> = given.unwrap_or_default().iter().filter_map(|plain| number(plain, field.to_owned(), wrong)).collect();
    let rising = numbers.windows(2).all(|pair| pair[0] < pair[1]);
    let edges = Edges::try_from(numbers).ok().filter(|_| rising);
    if edges.is_none() && wrong.len() == before {
        wrong.push(conflict(field, "须为四个递增的数", "four rising numbers are needed"));
    }
    edges.unwrap_or_default()
}

fn quantiles(raw: RawQuantiles, wrong: &mut Problems) -> Quantiles {
    let fifths = [20, 40, 60, 80].map(Decimal::from);
    let at = raw.at.map_or(fifths, |at| edges(Some(at), "rfm.quantiles.at", wrong));
    if at[0] < Decimal::ZERO || at[3] > Decimal::ONE_HUNDRED {
        wrong.push(conflict("rfm.quantiles.at", "分位须在 0 与 100 之间", "quantiles lie between 0 and 100"));
    }
    let plus = raw.plus.and_then(|plus| number(&plus, "rfm.quantiles.plus".to_owned(), wrong)).unwrap_or_default();
    if plus.abs() > Decimal::from(PLUS) {
        let what = What::OutOfRange { value: plus.to_string(), min: (-PLUS).to_string(), max: PLUS.to_string() };
        wrong.push(Problem::error(what).field("rfm.quantiles.plus"));
    }
    let ties_higher = match raw.ties.as_deref() {
        None | Some("higher") => true,
        Some("lower") => false,
        Some(other) => {
            let allowed = ["higher", "lower"].map(str::to_owned).to_vec();
            wrong.push(Problem::error(What::UnknownName { name: other.to_owned(), allowed }).field("rfm.quantiles.ties"));
            true
        }
    };
    Quantiles { at, plus, ties_higher }
}

fn segments(raw: Vec<RawSegment>, wrong: &mut Problems) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for (i, raw) in raw.into_iter().enumerate() {
        let field = |key: &str| format!("rfm.segments[{i}].{key}");
        let mut scores = |given: Option<Plain>, key: &str| {
            let range = given.map_or(Some((1, BEST)), |plain| range(&plain.0));
            range.unwrap_or_else(|| {
                wrong.push(conflict(
                    &field(key),
                    "须为 1 到 5 的分数或范围,如 4-5",
                    "a score from 1 to 5 or a range such as 4-5 is needed",
                ));
                (1, BEST)
            })
        };
        let (r, f, m) = (scores(raw.r, "r"), scores(raw.f, "f"), scores(raw.m, "m"));
        if raw.code.trim().is_empty() || raw.code == OTHERS || segments.iter().any(|segment| segment.code == raw.code) {
            wrong.push(conflict(&field("code"), "分群代码为空、重复或为 others", "a segment's code is blank, repeated, or `others`"));
        }
        segments.push(Segment { code: raw.code, label: raw.label.unwrap_or_default(), r, f, m });
    }
    segments
}

/// `4` or `2-4`, within 1 and 5.
fn range(text: &str) -> Option<(u8, u8)> {
    let (least, most) = text.split_once('-').unwrap_or((text, text));
    let score = |text: &str| text.trim().parse::<u8>().ok().filter(|score| (1..=BEST).contains(score));
    let (least, most) = (score(least)?, score(most)?);
    (least <= most).then_some((least, most))
}

#[cfg(test)]
mod tests {
    use super::super::tiers::RawTiers;
    use super::*;

    fn check(rfm: &str) -> Result<RfmRules, Vec<Option<String>>> {
        let raw: RawTiers = serde_yaml::from_str(&format!("rfm: {rfm}")).unwrap();
        raw.check().map(|rules| rules.rfm).map_err(|problems| problems.into_iter().map(|p| p.field).collect())
    }

    #[test]
    fn the_default_has_a_segment_for_every_score() {
        let rules = check("{}").unwrap();
        assert!(matches!(rules.method, Method::Fixed { .. }));
        for (r, f, m) in (1..=BEST).flat_map(|r| (1..=BEST).flat_map(move |f| (1..=BEST).map(move |m| (r, f, m)))) {
            assert_ne!(rules.segments[rules.segment([r, f, m])].code, OTHERS, "{r}{f}{m}");
        }
    }

    #[test]
    fn the_first_segment_that_fits_wins() {
        let rules = check("{segments: [{code: top, r: 4-5, f: 5, label: {zh: 顶}}, {code: rest, m: 2-5}]}").unwrap();
        let code = |scores| rules.segments[rules.segment(scores)].code.clone();
        assert_eq!([code([4, 5, 1]), code([3, 5, 2]), code([3, 5, 1])], ["top", "rest", OTHERS]);
        assert_eq!((rules.named("顶"), rules.named("REST"), rules.named("x")), (Some(0), Some(1), None));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (rfm, field) in [
            ("{method: magic}", "rfm.method"),
            ("{frequency: [1, 2, 3]}", "rfm.frequency"),
            ("{frequency: [1, 2, 2, 3]}", "rfm.frequency"),
            ("{monetary: [1, 2, x, 3]}", "rfm.monetary"),
            ("{window: soon}", "rfm.window"),
            ("{quantiles: {ties: both}}", "rfm.quantiles.ties"),
            ("{quantiles: {at: [20, 40, 60, 180]}}", "rfm.quantiles.at"),
            ("{segments: [{code: a, r: 0-3}]}", "rfm.segments[0].r"),
            ("{segments: [{code: a, m: 4-3}]}", "rfm.segments[0].m"),
            ("{segments: [{code: others}]}", "rfm.segments[0].code"),
        ] {
            assert_eq!(check(rfm).unwrap_err(), [Some(field.to_owned())], "{rfm}");
        }
    }
}
