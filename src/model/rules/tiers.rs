//! `rules/tiers.yaml`: factors, steps, weights, thresholds, movement.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::rfm::{RawRfm, RfmRules};
use super::{Pairs, Plain, RawLabel};
use crate::base::duration::Span;
use crate::base::problem::{Problem, Problems, What};
use crate::base::window::Window;
use crate::model::customer::Potential;
use crate::model::vocabulary::{Code, codes};

/// The rules a book has until the owner writes their own.
pub const DEFAULT: &str = include_str!("defaults/tiers.yaml");

codes! {
    /// What a factor looks at. Meaning, unit, window and source: `engine::tiering::MEASURES`.
    Measure {
        Spend = "spend", "消费金额", "Spend";
        Frequency = "frequency", "购买次数", "Frequency";
        RecencyDays = "recency_days", "最近购买", "Recency";
        TenureMonths = "tenure_months", "合作时长", "Tenure";
        Potential = "potential", "潜在价值", "Potential";
        Satisfaction = "satisfaction", "满意度", "Satisfaction";
        Complaints = "complaints", "投诉次数", "Complaints";
        Rfm = "rfm", "RFM 分群", "RFM segment";
    }
}

/// The file as it stands.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTiers {
    window: Option<String>,
    factors: Option<Vec<RawFactor>>,
    tiers: Option<Vec<RawTier>>,
    movement: Option<RawMovement>,
    rfm: Option<RawRfm>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFactor {
    measure: String,
    weight: Plain,
    steps: Option<Pairs<Plain>>,
    values: Option<Pairs<Plain>>,
    missing: Option<Plain>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTier {
    code: String,
    label: Option<RawLabel>,
    enter: Option<Plain>,
    keep: Option<Plain>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMovement {
    minimum_stay: Option<String>,
    grace: Option<String>,
    downgrade: Option<String>,
    review: Option<String>,
    refunds: Option<String>,
}

/// How a measure's value becomes points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scale {
    /// The points of the highest step not above the value; below the first step, none.
    Steps(Vec<(Decimal, Decimal)>),
    /// Points by coded value.
    Values(Vec<(String, Decimal)>),
    /// Points by the position of an RFM segment; none for one the factor does not name.
    Segments(Vec<Option<Decimal>>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    pub measure: Measure,
    /// Negative weights count against the customer.
    pub weight: Decimal,
    pub scale: Scale,
    /// Points without data; `None` leaves the factor out and rescales the weights.
    pub missing: Option<Decimal>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    pub code: String,
    pub label: RawLabel,
    /// `None` for the last tier, which takes everybody else.
    pub enter: Option<Decimal>,
    pub keep: Option<Decimal>,
}

/// When a customer may fall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Downgrade {
    AtOnce,
    /// Only once a review date has passed since the tier began.
    AtReview,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    pub minimum_stay: Span,
    /// Time after the review date before a downgrade takes effect.
    pub grace: Span,
    pub downgrade: Downgrade,
    /// Months between review dates, counted from January.
    pub review_months: u32,
    /// Whether a fall that only refunds bring about waits for nothing.
    pub refunds_at_once: bool,
}

/// The rules, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierRules {
    /// The days that windowed measures look at.
    pub window: Window,
    pub factors: Vec<Factor>,
    /// From the top.
    pub tiers: Vec<Tier>,
    pub movement: Movement,
    pub rfm: RfmRules,
}

impl TierRules {
    /// The position of a tier from the top; unknown codes have none.
    pub fn rank(&self, code: &str) -> Option<usize> {
        self.tiers.iter().position(|tier| tier.code == code)
    }

    pub fn label(&self, code: &str, lang: crate::base::lang::Lang) -> String {
        self.rank(code).map_or_else(|| code.to_owned(), |i| self.tiers[i].label.pick(lang, code))
    }
}

impl RawTiers {
    /// Checks the rules; keys left out take the built-in default's.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self) -> Result<TierRules, Problems> {
        let mut wrong = Problems::new();
        let default: RawTiers = serde_yaml::from_str(DEFAULT).unwrap_or_default();
        let window = window(self.window.or(default.window), "window", &mut wrong);
        let factors = self.factors.or(default.factors).unwrap_or_default();
        let rfm = self.rfm.unwrap_or_default().check(default.rfm.unwrap_or_default(), &mut wrong);
        let factors = factors.into_iter().enumerate().filter_map(|(i, raw)| factor(i, raw, &rfm, &mut wrong));
        let factors: Vec<Factor> = factors.collect();
        let again = (1..factors.len()).find(|i| factors[..*i].iter().any(|before| before.measure == factors[*i].measure));
        if let Some(i) = again.filter(|_| wrong.is_empty()) {
            let [zh, en] = ["该指标前面已经用过", "this measure is a factor already"];
            wrong.push(conflict(&format!("factors[{i}].measure"), zh, en));
        }
        if wrong.is_empty() && !factors.iter().any(|factor| factor.weight > Decimal::ZERO) {
            wrong.push(conflict("factors", "至少一个因素的权重须为正数", "at least one factor needs a positive weight"));
        }
        let tiers = tiers(self.tiers.or(default.tiers).unwrap_or_default(), &mut wrong);
        let movement = movement(self.movement.unwrap_or_default(), default.movement.unwrap_or_default(), &mut wrong);
        if wrong.is_empty() { Ok(TierRules { window, factors, tiers, movement, rfm }) } else { Err(wrong) }
    }
}

pub(super) fn conflict(field: &str, zh: &str, en: &str) -> Problem {
    Problem::error(What::RuleConflict { message: [zh.to_owned(), en.to_owned()] }).field(field)
}

/// A window as written; all time without one.
pub(super) fn window(text: Option<String>, field: &str, wrong: &mut Problems) -> Window {
    let parse = |text: String| Window::parse(&text).map_err(|what| wrong.push(Problem::error(what).field(field))).ok();
    text.and_then(parse).unwrap_or(Window::All)
}

fn factor(i: usize, raw: RawFactor, rfm: &RfmRules, wrong: &mut Problems) -> Option<Factor> {
    let field = |key: &str| format!("factors[{i}].{key}");
    let before = wrong.len();
    let measure = Measure::from_text(&raw.measure);
    if measure.is_none() {
        wrong.push(unknown::<Measure>(raw.measure).field(field("measure")));
    }
    let weight = number(&raw.weight, field("weight"), wrong).filter(|weight| fits_weight(*weight, &raw.weight, &field("weight"), wrong));
    let missing = raw.missing.as_ref().and_then(|plain| points(plain, field("missing"), wrong));
    let scale = match (raw.steps, raw.values) {
        (Some(given), None) => steps(&given, &field("steps"), wrong),
        (None, Some(given)) if measure == Some(Measure::Rfm) => by_segment(given, rfm, &field("values"), wrong),
        (None, Some(given)) => values(given, &field("values"), wrong),
        _ => {
            wrong.push(conflict(&field("steps"), "steps 与 values 须且只能有一个", "give either steps or values"));
            None
        }
    };
    if wrong.len() > before {
        return None;
    }
    let scale = scale?;
    let coded = !matches!(scale, Scale::Steps(_));
    let measure = measure?;
    if coded != matches!(measure, Measure::Potential | Measure::Rfm) {
        let [zh, en] = ["potential 与 rfm 用 values,其他用 steps", "potential and rfm take values, the others steps"];
        wrong.push(conflict(&field("measure"), zh, en));
        return None;
    }
    Some(Factor { measure, weight: weight?, scale, missing })
}

/// Scores, points and thresholds lie between these.
const SCORES: (i64, i64) = (0, 100);

/// The largest weight; of either sign. With points to 100 no sum of a score can run over.
const HEAVIEST: i64 = 1_000_000;

/// Points of a step or value, or a threshold of a tier.
fn points(plain: &Plain, field: String, wrong: &mut Problems) -> Option<Decimal> {
    let range = || What::OutOfRange { value: plain.0.clone(), min: SCORES.0.to_string(), max: SCORES.1.to_string() };
    let within = |number: &Decimal| (Decimal::from(SCORES.0)..=Decimal::from(SCORES.1)).contains(number);
    let read = plain.decimal().and_then(|number| Some(number).filter(within).ok_or_else(range));
    read.map_err(|what| wrong.push(Problem::error(what).field(field))).ok()
}

/// A weight of at most six decimals: a sum divided by weights that are next to nothing would run over.
fn fits_weight(weight: Decimal, plain: &Plain, field: &str, wrong: &mut Problems) -> bool {
    let fits = weight.abs() <= Decimal::from(HEAVIEST) && weight.normalize().scale() <= 6;
    if !fits {
        let what = What::OutOfRange { value: plain.0.clone(), min: (-HEAVIEST).to_string(), max: HEAVIEST.to_string() };
        wrong.push(Problem::error(what).field(field));
    }
    fits
}

pub(super) fn number(plain: &Plain, field: String, wrong: &mut Problems) -> Option<Decimal> {
    plain.decimal().map_err(|what| wrong.push(Problem::error(what).field(field))).ok()
}

fn unknown<C: Code>(name: String) -> Problem {
    let allowed = C::WORDS.iter().map(|word| word.code.to_owned()).collect();
    Problem::error(What::UnknownName { name, allowed })
}

fn steps(given: &Pairs<Plain>, field: &str, wrong: &mut Problems) -> Option<Scale> {
    let mut steps = Vec::new();
    for (at, points) in &given.0 {
        let at = number(&Plain(at.clone()), field.to_owned(), wrong);
        let points = self::points(points, field.to_owned(), wrong);
        steps.push((at?, points?));
    }
    if steps.is_empty() {
        wrong.push(conflict(field, "至少要有一档", "at least one step is needed"));
    }
    if steps.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
        wrong.push(conflict(field, "各档须从小到大", "steps must rise"));
    }
    Some(Scale::Steps(steps))
}

fn values(given: Pairs<Plain>, field: &str, wrong: &mut Problems) -> Option<Scale> {
    let mut values = Vec::new();
    for (name, points) in given.0 {
        let points = self::points(&points, field.to_owned(), wrong)?;
        match Potential::from_text(&name) {
            Some(potential) => values.push((potential.code().to_owned(), points)),
            None => wrong.push(unknown::<Potential>(name).field(field)),
        }
    }
    Some(Scale::Values(values))
}

/// Points of the RFM segments, by their codes or labels.
fn by_segment(given: Pairs<Plain>, rfm: &RfmRules, field: &str, wrong: &mut Problems) -> Option<Scale> {
    let mut points = vec![None; rfm.segments.len()];
    for (name, plain) in given.0 {
        let number = self::points(&plain, field.to_owned(), wrong)?;
        if let Some(at) = rfm.named(&name) {
            points[at] = Some(number);
        } else {
            let allowed = rfm.segments.iter().map(|segment| segment.code.clone()).collect();
            wrong.push(Problem::error(What::UnknownName { name, allowed }).field(field));
        }
    }
    Some(Scale::Segments(points))
}

fn tiers(raw: Vec<RawTier>, wrong: &mut Problems) -> Vec<Tier> {
    let last = raw.len().saturating_sub(1);
    let mut tiers: Vec<Tier> = Vec::new();
    for (i, raw) in raw.into_iter().enumerate() {
        let field = |key: &str| format!("tiers[{i}].{key}");
        let mut number = |plain: Option<Plain>, key: &str| points(&plain?, field(key), wrong);
        let has_enter = raw.enter.is_some();
        let enter = number(raw.enter, "enter");
        let keep = number(raw.keep, "keep").or(enter);
        if (i == last) == has_enter {
            wrong.push(conflict(
                &field("enter"),
                "除最后一级外都须有 enter,最后一级没有",
                "every tier but the last needs `enter`; the last has none",
            ));
        }
        if keep > enter && enter.is_some() == has_enter {
            wrong.push(conflict(&field("keep"), "keep 不得高于 enter", "`keep` may not be above `enter`"));
        }
        let above = tiers.last().and_then(|tier| tier.enter);
        if above.is_some() && enter >= above {
            wrong.push(conflict(&field("enter"), "enter 须逐级降低", "`enter` must fall from tier to tier"));
        }
        if tiers.iter().any(|tier| tier.code == raw.code) || raw.code.trim().is_empty() {
            wrong.push(conflict(&field("code"), "等级代码为空或重复", "a tier's code is blank or repeated"));
        }
        tiers.push(Tier { code: raw.code, label: raw.label.unwrap_or_default(), enter, keep });
    }
    if tiers.is_empty() {
        wrong.push(conflict("tiers", "至少要有一个等级", "at least one tier is needed"));
    }
    tiers
}

fn movement(raw: RawMovement, default: RawMovement, wrong: &mut Problems) -> Movement {
    let mut span = |text: Option<String>, key: &str| {
        let text = text.unwrap_or_else(|| "0 days".to_owned());
        Span::parse(&text).map_err(|what| wrong.push(Problem::error(what).field(format!("movement.{key}")))).unwrap_or(Span::Days(0))
    };
    let minimum_stay = span(raw.minimum_stay.or(default.minimum_stay), "minimum_stay");
    let grace = span(raw.grace.or(default.grace), "grace");
    let mut unknown = |name: String, key: &str, allowed: &[&str]| {
        let allowed = allowed.iter().map(|&word| word.to_owned()).collect();
        wrong.push(Problem::error(What::UnknownName { name, allowed }).field(format!("movement.{key}")));
    };
    let downgrade = match raw.downgrade.or(default.downgrade).as_deref() {
        Some("at_review") => Downgrade::AtReview,
        None | Some("at_once") => Downgrade::AtOnce,
        Some(other) => {
            unknown(other.to_owned(), "downgrade", &["at_review", "at_once"]);
            Downgrade::AtOnce
        }
    };
    let review_months = match raw.review.or(default.review).as_deref() {
        Some("monthly") => 1,
        None | Some("quarterly") => 3,
        Some("half_yearly") => 6,
        Some("yearly") => 12,
        Some(other) => {
            unknown(other.to_owned(), "review", &["monthly", "quarterly", "half_yearly", "yearly"]);
            3
        }
    };
    let refunds_at_once = match raw.refunds.or(default.refunds).as_deref() {
        None | Some("at_once") => true,
        Some("as_others") => false,
        Some(other) => {
            unknown(other.to_owned(), "refunds", &["at_once", "as_others"]);
            true
        }
    };
    Movement { minimum_stay, grace, downgrade, review_months, refunds_at_once }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(yaml: &str) -> Result<TierRules, Vec<Option<String>>> {
        let raw: RawTiers = serde_yaml::from_str(yaml).unwrap();
        raw.check().map_err(|problems| problems.into_iter().map(|p| p.field).collect())
    }

    #[test]
    fn the_default_is_sound() {
        let rules = check(DEFAULT).unwrap();
        assert_eq!(rules, check("{}").unwrap());
        assert!(rules.factors.len() >= 6 && rules.tiers.len() >= 3);
    }

    #[test]
    fn contradictions_are_named() {
        let wrong = check("tiers:\n- {code: A, enter: 50, keep: 60}\n- {code: B, enter: 70}\n- {code: A}").unwrap_err();
        assert_eq!(wrong, ["tiers[0].keep", "tiers[1].enter", "tiers[2].code"].map(|f| Some(f.to_owned())));
        let wrong = check("factors:\n- {measure: spend, weight: 1, steps: {5: 1, 2: 3}}\n- {measure: mood, weight: x}").unwrap_err();
        assert_eq!(wrong.len(), 4);
        let wrong =
            check("factors:\n- {measure: potential, weight: 1, values: {高: 9, huge: 10}}\n- {measure: spend, weight: 1, steps: {}}");
        assert_eq!(wrong.unwrap_err(), ["factors[0].values", "factors[1].steps"].map(|f| Some(f.to_owned())));
    }

    #[test]
    fn numbers_have_bounds() {
        let factor = |rest: &str| format!("factors: [{{measure: spend, {rest}}}]");
        for (yaml, field) in [
            (factor("weight: 79228162514264337593543950335, steps: {0: 1}"), "factors[0].weight"),
            (factor("weight: -1000001, steps: {0: 1}"), "factors[0].weight"),
            (factor("weight: 0.0000001, steps: {0: 1}"), "factors[0].weight"),
            (factor("weight: 1, steps: {0: 150}"), "factors[0].steps"),
            (factor("weight: 1, steps: {0: -1}"), "factors[0].steps"),
            (factor("weight: 1, steps: {0: 1}, missing: 101"), "factors[0].missing"),
            ("factors: [{measure: potential, weight: 1, values: {high: 101}}]".into(), "factors[0].values"),
            ("factors: [{measure: rfm, weight: 1, values: {champions: 101}}]".into(), "factors[0].values"),
            ("tiers: [{code: A, enter: 101}, {code: B}]".into(), "tiers[0].enter"),
            ("tiers: [{code: A, enter: 50, keep: -5}, {code: B}]".into(), "tiers[0].keep"),
            ("window: 0 months".into(), "window"),
            ("rfm: {window: 0 days}".into(), "rfm.window"),
            ("rfm: {quantiles: {plus: 79228162514264337593543950335}}".into(), "rfm.quantiles.plus"),
            (
                "factors: [{measure: spend, weight: 1, steps: {0: 1}}, {measure: spend, weight: 2, steps: {0: 1}}]".into(),
                "factors[1].measure",
            ),
        ] {
            assert_eq!(check(&yaml).unwrap_err(), [Some(field.to_owned())], "{yaml}");
        }
        assert!(check(&factor("weight: 1000000, steps: {0: 100}, missing: 0")).is_ok());
    }

    #[test]
    fn a_repeated_step_is_refused() {
        let raw: Result<RawTiers, _> = serde_yaml::from_str("factors:\n- {measure: spend, weight: 1, steps: {5: 1, 5: 3}}");
        assert!(raw.unwrap_err().to_string().contains("duplicate key `5`"));
    }
}
