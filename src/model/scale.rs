//! Answer scales: grades in words, numbers, stars; read by label, never by position.

use rust_decimal::Decimal;

use super::cell::Score;
use crate::base::problem::What;
use crate::base::text::{fold_key, fold_width};

/// A question's scale, worst to best.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    pub min: i64,
    pub max: i64,
    /// The words for `min`, `min + 1` …; none on a scale of numbers only.
    pub labels: Vec<String>,
}

/// Known sets of grades, worst first. A set is chosen by the words that occur, since 满意 is the fourth grade
/// of one set and the sixth of another.
const SETS: &[&[&str]] = &[
    &["非常不满意", "不满意", "一般", "比较满意", "非常满意"],
    &["很不满意", "不满意", "一般", "满意", "很满意"],
    &["非常不满意", "不满意", "一般", "满意", "非常满意"],
    &["很不满意", "不满意", "不太满意", "一般", "较满意", "满意", "很满意"],
    &["非常不同意", "不同意", "一般", "同意", "非常同意"],
    &["非常不符合", "不符合", "一般", "符合", "非常符合"],
    &["非常困难", "困难", "一般", "容易", "非常容易"],
    &["很差", "差", "一般", "好", "很好"],
    &["very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied"],
    &["very dissatisfied", "dissatisfied", "neither satisfied nor dissatisfied", "satisfied", "very satisfied"],
    &["very unsatisfied", "unsatisfied", "neutral", "satisfied", "very satisfied"],
    &["strongly disagree", "disagree", "neutral", "agree", "strongly agree"],
    &["very difficult", "difficult", "neutral", "easy", "very easy"],
    &["very poor", "poor", "average", "good", "excellent"],
    &["😡", "🙁", "😐", "🙂", "😀"],
    &["★", "★★", "★★★", "★★★★", "★★★★★"],
];

/// Words for a question that was passed over.
const SKIPPED: &[&str] = &["(跳过)", "(空)", "-3", "n/a", "未作答"];

impl Scale {
    /// A scale of whole numbers.
    pub fn numbers(min: i64, max: i64) -> Scale {
        Scale { min, max, labels: Vec::new() }
    }

    /// Grades in words, worst first, scored from 1.
    pub fn grades(labels: Vec<String>) -> Scale {
        Scale { min: 1, max: i64::try_from(labels.len()).unwrap_or(i64::MAX), labels }
    }

    /// Reads `1-5`, `0-10`, or the labels of a list.
    pub fn parse_range(text: &str) -> Option<Scale> {
        let folded = fold_width(text);
        let (min, max) = folded.trim().split_once(['-', '–', '~'])?;
        let (min, max) = (min.trim().parse().ok()?, max.trim().parse().ok()?);
        (min < max && max - min <= 100).then(|| Scale::numbers(min, max))
    }

    /// Reads an answer; `None` for one that was passed over.
    ///
    /// # Errors
    /// [`What::OutOfRange`] for a number off the scale, [`What::UnknownCode`] for words that are no grade of it.
    pub fn read(&self, text: &str) -> Result<Option<Score>, What> {
        let key = fold_key(text);
        if is_skipped(text) {
            return Ok(None);
        }
        if let Some(at) = self.labels.iter().position(|label| fold_key(label) == key) {
            return Ok(Some(Score(Decimal::from(self.min + i64::try_from(at).unwrap_or(0)))));
        }
        let Some(number) = number(&key) else {
            return Err(What::UnknownCode { value: crate::base::text::truncate(text.trim(), 40), allowed: self.names() });
        };
        if number < Decimal::from(self.min) || number > Decimal::from(self.max) {
            return Err(What::OutOfRange { value: number.to_string(), min: self.min.to_string(), max: self.max.to_string() });
        }
        Ok(Some(Score(number)))
    }

    /// (x − min) ÷ (max − min) × 100, to two decimals: an index and nothing else.
    pub fn index(&self, score: Score) -> Score {
        let span = Decimal::from((self.max - self.min).max(1));
        Score(((score.0 - Decimal::from(self.min)) * Decimal::from(100) / span).round_dp(2))
    }

    fn names(&self) -> Vec<String> {
        if self.labels.is_empty() { vec![format!("{}-{}", self.min, self.max)] } else { self.labels.clone() }
    }
}

/// Whether an answer is blank or says that the question was passed over.
pub fn is_skipped(text: &str) -> bool {
    let key = fold_key(text);
    key.is_empty() || SKIPPED.contains(&key.as_str())
}

/// `4`, `9.5`, `5分`, `5星`, `5 - Very satisfied`.
fn number(key: &str) -> Option<Decimal> {
    let head: String = key.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
    let rest = key[head.len()..].trim_start();
    let closes = rest.is_empty() || rest.starts_with(['分', '星', '-', '–', ':', '(', '、', '.']) || rest.starts_with("star");
    head.trim_end_matches(['-', '.']).parse().ok().filter(|_| closes)
}

/// The scale that a column's answers are on; `None` when they are no grades.
pub fn detect<'a>(answers: impl Iterator<Item = &'a str>) -> Option<Scale> {
    let given: Vec<&str> = answers.filter(|text| !is_skipped(text)).collect();
    if given.is_empty() {
        return None;
    }
    let fits = |set: &&&[&str]| given.iter().all(|text| set.iter().any(|label| fold_key(label) == fold_key(text)));
    if let Some(set) = SETS.iter().find(fits) {
        return Some(Scale::grades(set.iter().map(|&label| label.to_owned()).collect()));
    }
    let numbers: Option<Vec<Decimal>> = given.iter().map(|text| number(&fold_key(text))).collect();
    let numbers = numbers?;
    let (low, high) = (numbers.iter().min()?, numbers.iter().max()?);
    let within = |min: i64, max: i64| *low >= Decimal::from(min) && *high <= Decimal::from(max);
    let scales = [(1, 5), (1, 7), (0, 10)];
    scales.iter().find(|(min, max)| within(*min, *max)).map(|(min, max)| Scale::numbers(*min, *max))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(scale: &Scale, text: &str) -> Option<String> {
        scale.read(text).unwrap().map(|score| score.0.to_string())
    }

    #[test]
    fn a_word_means_what_its_set_says() {
        let five = detect(["满意", "很满意", "一般"].into_iter()).unwrap();
        assert_eq!((five.max, read(&five, " 满意 ").as_deref()), (5, Some("4")));
        let seven = detect(["满意", "较满意", "不太满意"].into_iter()).unwrap();
        assert_eq!((seven.max, read(&seven, "满意").as_deref()), (7, Some("6")));
        let english = detect(["Very satisfied", "Neutral"].into_iter()).unwrap();
        assert_eq!(read(&english, "VERY SATISFIED").as_deref(), Some("5"));
    }

    #[test]
    fn numbers_and_skipped() {
        let five = detect(["5分", "3", "（跳过）", ""].into_iter()).unwrap();
        assert_eq!(five, Scale::numbers(1, 5));
        assert_eq!((read(&five, "5 - Very good").as_deref(), read(&five, "(跳过)")), (Some("5"), None));
        assert_eq!(detect(["0", "10", "7"].into_iter()), Some(Scale::numbers(0, 10)));
        assert_eq!(detect(["运动┋影视", "3"].into_iter()), None);
        assert!(matches!(Scale::numbers(0, 10).read("11"), Err(What::OutOfRange { .. })));
        assert!(matches!(Scale::numbers(0, 10).read("-1"), Err(What::OutOfRange { .. })));
        assert_eq!(five.index(Score(Decimal::from(4))).0.to_string(), "75");
    }
}
