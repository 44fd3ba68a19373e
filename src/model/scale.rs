//! Answer scales: which scale a column of answers was given on, and what an answer is worth on it.
//!
//! Words are matched as words, never by position: 满意 is the second best of five grades and the second
//! best of seven, but not the same step; which set a column uses is decided by all the values in it.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::cell::Score;
use crate::base::problem::What;
use crate::base::text::{fold_key, fold_width, truncate};

/// The steps of a question, from the lowest to the highest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    pub min: i64,
    pub max: i64,
    /// The words of the steps, lowest first; empty for a scale of numbers. With words, `min` is 1.
    pub labels: Vec<String>,
}

impl Scale {
    pub fn numbers(min: i64, max: i64) -> Scale {
        Scale { min, max, labels: Vec::new() }
    }

    pub fn grades<S: Into<String>>(labels: impl IntoIterator<Item = S>) -> Scale {
        let labels: Vec<String> = labels.into_iter().map(Into::into).collect();
        Scale { min: 1, max: i64::try_from(labels.len()).unwrap_or(i64::MAX), labels }
    }

    /// The only scale from which an NPS may be computed.
    pub fn is_native_nps(&self) -> bool {
        (self.min, self.max) == (0, 10) && self.labels.is_empty()
    }

    /// Reads `1-5`, `0–10`, `1~7`, `0..10`.
    pub fn parse_range(text: &str) -> Option<Scale> {
        let plain = fold_width(text).replace("..", "-");
        let (min, max) = plain.split_once(['-', '–', '—', '~'])?;
        let (min, max): (i64, i64) = (min.trim().parse().ok()?, max.trim().parse().ok()?);
        (min >= 0 && min < max && max <= 1000).then(|| Scale::numbers(min, max))
    }

    /// Where a score lies between the ends, 0 to 100, to two decimals: an index and nothing else, not a CSAT, not an NPS.
    pub fn index(&self, score: Score) -> Score {
        let share = (score.0 - Decimal::from(self.min)) / Decimal::from((self.max - self.min).max(1));
        Score((share * Decimal::from(100)).round_dp(2).normalize())
    }

    /// What an answer is worth; `None` where there is no answer.
    ///
    /// # Errors
    /// [`What::OutOfRange`] for a number beyond the scale, [`What::UnknownCode`] for a word that is none of its steps.
    /// A bare number on a scale of words is refused too: it may be an option's position, which counts from the other end.
    pub fn read(&self, text: &str) -> Result<Option<Score>, What> {
        if is_blank(text) && !self.labels.iter().any(|label| key(label) == key(text)) {
            return Ok(None);
        }
        if self.labels.is_empty() { read_number(text, self) } else { read_word(text, self) }
    }

    /// How many steps.
    pub fn points(&self) -> i64 {
        self.max - self.min + 1
    }

    pub fn holds(&self, score: Score) -> bool {
        Score(self.min.into()) <= score && score <= Score(self.max.into())
    }
}

/// What a set of words is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Satisfaction,
    Quality,
    Agreement,
    Effort,
    YesNo,
    /// Numbers, stars and the like: the question's own words say what they are about.
    Number,
}

/// A proposal for a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detected {
    pub scale: Scale,
    pub subject: Subject,
    /// Different answers met.
    pub distinct: usize,
}

/// A set of grades, lowest first; each grade with the words that stand for it, the usual one first.
struct Set {
    subject: Subject,
    grades: &'static [&'static [&'static str]],
}

/// The sets, in the order of preference: the first that has a place for every value of a column is taken.
/// Five grades come before seven; a seven-grade column is known by words that five grades cannot both hold.
const SETS: &[Set] = &[
    Set {
        subject: Subject::Satisfaction,
        grades: &[
            &["非常不满意", "很不满意", "极不满意", "十分不满意"],
            &["不满意", "比较不满意", "较不满意", "不太满意", "不大满意"],
            &["一般", "中立", "普通", "一般般", "尚可"],
            &["比较满意", "满意", "较满意", "基本满意"],
            &["非常满意", "很满意", "十分满意", "极满意"],
        ],
    },
    Set {
        subject: Subject::Satisfaction,
        grades: &[
            &["很不满意", "非常不满意"],
            &["不满意"],
            &["不太满意", "较不满意", "比较不满意"],
            &["一般", "中立", "普通"],
            &["较满意", "比较满意"],
            &["满意"],
            &["很满意", "非常满意"],
        ],
    },
    Set {
        subject: Subject::Satisfaction,
        grades: &[
            &["very dissatisfied", "extremely dissatisfied", "highly dissatisfied", "very unsatisfied"],
            &["dissatisfied", "somewhat dissatisfied", "unsatisfied"],
            &["neutral", "neither satisfied nor dissatisfied", "neither"],
            &["satisfied", "somewhat satisfied"],
            &["very satisfied", "extremely satisfied", "highly satisfied"],
        ],
    },
    Set {
        subject: Subject::Satisfaction,
        grades: &[
            &["very dissatisfied", "extremely dissatisfied"],
            &["dissatisfied", "moderately dissatisfied"],
            &["somewhat dissatisfied", "slightly dissatisfied"],
            &["neutral", "neither satisfied nor dissatisfied"],
            &["somewhat satisfied", "slightly satisfied"],
            &["satisfied", "moderately satisfied"],
            &["very satisfied", "extremely satisfied"],
        ],
    },
    Set {
        subject: Subject::Agreement,
        grades: &[
            &["非常不同意", "完全不同意", "很不同意", "非常不赞同"],
            &["不同意", "比较不同意", "不太同意", "不赞同"],
            &["一般", "中立", "不确定", "说不清"],
            &["同意", "比较同意", "基本同意", "赞同"],
            &["非常同意", "完全同意", "很同意", "非常赞同"],
        ],
    },
    Set {
        subject: Subject::Agreement,
        grades: &[
            &["strongly disagree", "completely disagree"],
            &["disagree", "somewhat disagree"],
            &["neutral", "neither agree nor disagree", "undecided", "neither"],
            &["agree", "somewhat agree"],
            &["strongly agree", "completely agree"],
        ],
    },
    Set {
        subject: Subject::Agreement,
        grades: &[
            &["strongly disagree"],
            &["disagree"],
            &["somewhat disagree"],
            &["neutral", "neither agree nor disagree"],
            &["somewhat agree"],
            &["agree"],
            &["strongly agree"],
        ],
    },
    Set {
        subject: Subject::Quality,
        grades: &[
            &["非常差", "很差", "极差"],
            &["差", "较差", "比较差"],
            &["一般", "中等", "普通"],
            &["好", "较好", "比较好"],
            &["非常好", "很好", "极好"],
        ],
    },
    Set {
        subject: Subject::Quality,
        grades: &[
            &["very poor", "very bad", "terrible"],
            &["poor", "bad"],
            &["fair", "average", "ok"],
            &["good"],
            &["excellent", "very good"],
        ],
    },
    Set {
        subject: Subject::Effort,
        grades: &[
            &["非常困难", "很困难", "非常费力"],
            &["困难", "比较困难", "较困难"],
            &["一般", "中立"],
            &["容易", "比较容易", "较容易"],
            &["非常容易", "很容易", "非常轻松"],
        ],
    },
    Set {
        subject: Subject::Effort,
        grades: &[
            &["very difficult", "extremely difficult"],
            &["difficult", "somewhat difficult"],
            &["neutral", "neither easy nor difficult", "neither"],
            &["easy", "somewhat easy"],
            &["very easy", "extremely easy"],
        ],
    },
    Set { subject: Subject::YesNo, grades: &[&["否", "不是", "没有", "未解决"], &["是", "是的", "有", "已解决"]] },
    Set { subject: Subject::YesNo, grades: &[&["no"], &["yes"]] },
    Set {
        subject: Subject::Number,
        grades: &[&["😡", "😠"], &["😞", "🙁", "☹", "😟", "😕"], &["😐"], &["🙂", "😊"], &["😀", "😃", "😄", "😁", "😍"]],
    },
];

/// Answers that say there is none: skipped questions (问卷星: `(跳过)` by text, `-3` and `-2` by code) and refusals.
const NO_ANSWER: &[&str] =
    &["(跳过)", "跳过", "-3", "-2", "n/a", "na", "-", "—", "/", "不适用", "未评价", "不清楚", "不了解", "don't know", "not applicable"];

/// An emoji may carry a variation selector that does not change its meaning.
fn key(text: &str) -> String {
    fold_key(text).replace('\u{FE0F}', "")
}

/// Whether a cell holds no answer.
pub fn is_blank(text: &str) -> bool {
    let key = key(text);
    key.is_empty() || NO_ANSWER.contains(&key.as_str())
}

/// Whether a question was passed over: an empty cell, or the platform's word for it.
pub fn is_skipped(text: &str) -> bool {
    matches!(key(text).as_str(), "" | "(跳过)" | "跳过")
}

/// Proposes a scale for a column's values; `None` where they are no scores.
pub fn detect<'a>(values: impl Iterator<Item = &'a str>) -> Option<Detected> {
    let distinct: BTreeSet<String> = values.filter(|text| !is_blank(text)).map(key).take(10_000).collect();
    if distinct.is_empty() {
        return None;
    }
    words_of(&distinct).or_else(|| numbers_of(&distinct))
}

fn words_of(distinct: &BTreeSet<String>) -> Option<Detected> {
    let (set, met) = SETS.iter().find_map(|set| Some((set, places(set, distinct)?)))?;
    // the words that occur stand for their grades; grades nobody chose get the usual word of their kind
    let (usual, last) = (usual_variant(set, &met), set.grades.len() - 1);
    let unmet = |i: usize| if i == 0 || i == last { set.grades[i].get(usual).unwrap_or(&set.grades[i][0]) } else { set.grades[i][0] };
    let word = |i: usize| met.iter().find(|(grade, _)| *grade == i).map_or_else(|| unmet(i), |(_, word)| *word);
    let labels: Vec<&str> = (0..=last).map(word).collect();
    Some(Detected { scale: Scale::grades(labels), subject: set.subject, distinct: distinct.len() })
}

/// Each value's grade; `None` when a value has no place, or two values share a grade.
fn places<'s>(set: &'s Set, distinct: &BTreeSet<String>) -> Option<Vec<(usize, &'s str)>> {
    let mut met: Vec<(usize, &str)> = Vec::new();
    for value in distinct {
        let word = stem(value);
        let at = |words: &&[&'static str]| words.iter().find(|known| **known == word).copied();
        let (grade, word) = set.grades.iter().enumerate().find_map(|(i, words)| Some((i, at(words)?)))?;
        if met.iter().any(|(known, _)| *known == grade) {
            return None;
        }
        met.push((grade, word));
    }
    Some(met)
}

/// Which wording of the extremes a column uses: 很… or 非常….
fn usual_variant(set: &Set, met: &[(usize, &str)]) -> usize {
    let last = set.grades.len() - 1;
    let extreme = met.iter().find(|(grade, _)| *grade == 0 || *grade == last);
    extreme.and_then(|(grade, word)| set.grades[*grade].iter().position(|known| known == word)).unwrap_or(0)
}

/// `5 - very satisfied` → `very satisfied`: the words after a number that only repeats the step.
fn stem(text: &str) -> &str {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == text.len() { text } else { rest.trim_matches(|c: char| " -–—:.、()分=".contains(c)) }
}

fn numbers_of(distinct: &BTreeSet<String>) -> Option<Detected> {
    let numbers: Option<BTreeSet<Decimal>> = distinct.iter().map(|value| number(value)).collect();
    let numbers = numbers?;
    let (low, high) = (*numbers.first()?, *numbers.last()?);
    let (zero, one) = (Decimal::ZERO, Decimal::ONE);
    let scale = match high {
        _ if low < zero => return None,
        high if high <= 5.into() && low >= one => Scale::numbers(1, 5),
        high if high == 7.into() && low >= one => Scale::numbers(1, 7),
        high if high <= 10.into() && low >= one => Scale::numbers(1, 10),
        high if high <= 10.into() => Scale::numbers(0, 10),
        high if high <= 100.into() => Scale::numbers(0, 100),
        _ => return None,
    };
    Some(Detected { scale, subject: Subject::Number, distinct: distinct.len() })
}

/// The number an answer states: `5`, `4.5`, `5分`, `5 stars`, `4/5`, `★★★★☆`, `5 - Very satisfied`, `五星`.
pub fn number(text: &str) -> Option<Decimal> {
    let folded = fold_width(text).trim().to_lowercase().replace('\u{FE0F}', "");
    if let Some(stars) = stars(&folded) {
        return Some(stars.into());
    }
    let end = folded.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').unwrap_or(folded.len());
    let (digits, rest) = split_number(&folded, end);
    let value: Decimal = digits.parse().ok()?;
    let rest = rest.trim();
    let is_unit = matches!(rest, "" | "分" | "星" | "级" | "star" | "stars" | "point" | "points" | "pts");
    let is_share = rest.strip_prefix('/').is_some_and(|of| of.trim().parse::<u32>().is_ok());
    let is_word = rest.starts_with(['-', '–', '—', ':', '.', '(', '、', '=']) && !rest.contains(|c: char| c.is_ascii_digit());
    (is_unit || is_share || is_word).then_some(value)
}

/// Cuts `5-very` after the 5 and `-1` after the 1: a minus belongs to the number only at its start.
fn split_number(text: &str, end: usize) -> (&str, &str) {
    let head = &text[..end];
    let minus = head.char_indices().skip(1).find(|(_, c)| *c == '-').map_or(end, |(at, _)| at);
    let digits = text[..minus].trim_end_matches('.');
    (digits, &text[digits.len()..])
}

fn stars(text: &str) -> Option<i64> {
    if let Some(count) = text.strip_suffix('星').and_then(|head| "零一二三四五".chars().position(|c| head == c.to_string())) {
        return i64::try_from(count).ok();
    }
    let full = text.chars().filter(|c| matches!(c, '★' | '⭐' | '🌟')).count();
    let only = full > 0 && text.chars().all(|c| matches!(c, '★' | '☆' | '⭐' | '🌟' | ' '));
    if only { i64::try_from(full).ok() } else { None }
}

fn read_number(text: &str, scale: &Scale) -> Result<Option<Score>, What> {
    let value = number(text).or_else(|| by_faces(text, scale));
    let shown = || truncate(text.trim(), 40);
    let score = value.map(Score).ok_or_else(|| What::BadNumber { value: shown() })?;
    if scale.holds(score) {
        return Ok(Some(score));
    }
    Err(What::OutOfRange { value: shown(), min: scale.min.to_string(), max: scale.max.to_string() })
}

/// Faces on a scale of 1–5.
fn by_faces(text: &str, scale: &Scale) -> Option<Decimal> {
    let faces = SETS.iter().rfind(|set| set.subject == Subject::Number)?;
    let at = grade_in(faces, &key(text))?;
    (scale.points() == 5).then(|| Decimal::from(scale.min) + Decimal::from(at))
}

fn grade_in(set: &Set, word: &str) -> Option<usize> {
    set.grades.iter().position(|words| words.contains(&word))
}

fn read_word(text: &str, scale: &Scale) -> Result<Option<Score>, What> {
    let typed = key(text);
    let labels: Vec<String> = scale.labels.iter().map(|label| key(label)).collect();
    let named = |word: &str| labels.iter().position(|label| label == word).or_else(|| synonym(word, &labels));
    let at = named(&typed).or_else(|| named(stem(&typed)).filter(|_| !stem(&typed).is_empty()));
    let step = at.map(|at| Score(Decimal::from(at) + Decimal::ONE));
    step.map(Some).ok_or_else(|| What::UnknownCode { value: truncate(text.trim(), 40), allowed: scale.labels.clone() })
}

/// Another word for the same grade, where the scale's own words are those of one of the sets.
fn synonym(word: &str, labels: &[String]) -> Option<usize> {
    let same = |set: &&Set| {
        set.grades.len() == labels.len() && set.grades.iter().zip(labels).all(|(words, label)| words.contains(&label.as_str()))
    };
    SETS.iter().filter(same).find_map(|set| grade_in(set, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[&str]) -> Vec<String> {
        detect(values.iter().copied()).unwrap().scale.labels
    }

    fn worth(text: &str, scale: &Scale) -> Option<String> {
        scale.read(text).unwrap().map(|score| score.0.to_string())
    }

    #[test]
    fn a_set_is_chosen_by_all_the_values() {
        assert_eq!(labels(&["满意", "非常满意", "一般", "(跳过)", ""]), ["非常不满意", "不满意", "一般", "满意", "非常满意"]);
        assert_eq!(labels(&["较满意", "很不满意", "不太满意"]), ["很不满意", "不太满意", "一般", "较满意", "很满意"]);
        let seven = ["很不满意", "不满意", "不太满意", "一般", "较满意", "满意", "很满意"];
        assert_eq!(labels(&["很满意", "满意", "较满意"]), seven);
        let scale = Scale::grades(seven);
        assert_eq!((worth("满意", &scale), worth("较满意", &scale)), (Some("6".into()), Some("5".into())));
        assert_eq!(labels(&["Satisfied", "Neither satisfied nor dissatisfied"])[3..], ["satisfied", "very satisfied"]);
        assert_eq!(detect(["是", "否"].into_iter()).unwrap().subject, Subject::YesNo);
        assert_eq!(detect(["😀", "☹️", "😐"].into_iter()).unwrap().scale.points(), 5);
        assert!(detect(["满意", "红色"].into_iter()).is_none());
    }

    #[test]
    fn numbers_in_many_dresses() {
        for text in
            ["5", "５", "5.0", "5分", "5 stars", "5/5", "★★★★★", "⭐️⭐️⭐️⭐️⭐️", "5 - Very satisfied", "5（非常满意）", "五星", "5-非常满意"]
        {
            assert_eq!(Scale::numbers(1, 5).read(text).unwrap().map(|score| score.0.normalize().to_string()), Some("5".into()), "{text}");
        }
        for text in ["1部", "3000-3499元", "30~34岁", "30%左右", "16 years", "2021-11-08", "A5"] {
            assert_eq!(number(text), None, "{text}");
        }
        let scale = |values: &[&str]| detect(values.iter().copied()).map(|found| (found.scale.min, found.scale.max));
        assert_eq!(scale(&["3", "5", "1"]), Some((1, 5)));
        assert_eq!(scale(&["0", "5", "10"]), Some((0, 10)));
        assert_eq!(scale(&["1", "7"]), Some((1, 7)));
        assert_eq!(scale(&["-1", "7"]), None);
    }

    #[test]
    fn what_is_off_the_scale_is_refused_and_no_answer_is_none() {
        let nps = Scale::numbers(0, 10);
        for text in ["11", "-1", "10.5"] {
            assert!(matches!(nps.read(text), Err(What::OutOfRange { .. })), "{text}");
        }
        assert!(matches!(nps.read("great"), Err(What::BadNumber { .. })));
        for text in ["", " ", "(跳过)", "（跳过）", "-3", "N/A", "-"] {
            assert_eq!(nps.read(text), Ok(None), "{text}");
        }
        assert_eq!(worth("0", &nps), Some("0".into()));
    }

    #[test]
    fn words_are_no_positions() {
        let scale = Scale::grades(["非常不满意", "不满意", "一般", "比较满意", "非常满意"]);
        assert_eq!(
            (worth("满意", &scale), worth("很满意", &scale), worth("4-比较满意", &scale)),
            (Some("4".into()), Some("5".into()), Some("4".into()))
        );
        assert!(matches!(scale.read("1"), Err(What::UnknownCode { .. })));
        assert_eq!(worth("热", &Scale::grades(["冷", "热"])), Some("2".into()));
        assert_eq!(worth("不了解", &Scale::grades(["不了解", "了解"])), Some("1".into()));
    }
}
