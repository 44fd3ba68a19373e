//! What a column measures, by its words and its values.

use crate::base::text::{fold_key, fold_width};
use crate::model::cell::Score;
use crate::model::scale::{self, Detected, Scale, Subject};
use crate::model::survey_file::Metric;

const SATISFACTION: &[&str] = &["满意", "评分", "打分", "评价", "星级", "satisf", "score", "rating", "rate ", "stars", "zufrieden"];
const RECOMMENDATION: &[&str] = &["推荐", "recommend", "recommand", "recomend", "raccomand", "empfehl", "nps"];
const EFFORT: &[&str] = &["费力", "省力", "轻松", "容易", "effort", "easy", "ease of"];
const COUNTING: &[&str] =
    &["多少", "几", "次数", "数量", "人数", "部数", "年龄", "how many", "how often", "number of", "count", "age", "quantity", "qty"];
pub const COMMENT: &[&str] =
    &["建议", "意见", "评论", "想说", "原因", "留言", "comment", "suggest", "feedback", "improve", "why", "reason"];
pub const OVERALL: &[&str] = &["总体", "整体", "总的", "overall"];

/// A header without its numbering: `1、`, `2.`, `Q3:`, `*`.
pub fn topic(header: &str) -> String {
    let key = fold_key(header);
    let rest = key.strip_prefix('q').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(&key);
    let bare = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = bare.len() < rest.len() && bare.starts_with(['、', '.', ':', ')', ' ']);
    if numbered { bare.trim_start_matches(['、', '.', ':', ')', ' ']).trim().to_owned() } else { key }
}

pub fn has(topic: &str, words: &[&str]) -> bool {
    words.iter().any(|word| topic.contains(word))
}

/// What a column measures, and on which scale. `by_number`: the platform may have written the positions of options
/// (问卷星 "by number": 1 is the first option, usually the best), so plain numbers are no scores.
pub fn measure(topic: &str, values: &[&str], by_number: bool) -> (Metric, Option<Scale>) {
    let values = without_strays(topic, values);
    let Some(Detected { scale, subject, distinct }) = scale::detect(values.iter().copied()) else { return (Metric::Other, None) };
    let metric = match subject {
        Subject::Number if scale.labels.is_empty() => return number(topic, scale, distinct, by_number),
        Subject::Satisfaction | Subject::Quality | Subject::Number => Metric::Csat,
        Subject::Effort => Metric::Ces,
        Subject::Agreement if has(topic, EFFORT) => Metric::Ces,
        Subject::Agreement | Subject::YesNo if has(topic, SATISFACTION) => Metric::Csat,
        Subject::Agreement | Subject::YesNo => Metric::Other,
    };
    (metric, Some(scale))
}

/// The values but for a few numbers beyond the scale that the question tells: slips, which are refused when they are imported.
fn without_strays<'a>(topic: &str, values: &[&'a str]) -> Vec<&'a str> {
    const ONE_IN: usize = 4;
    let told = told_scale(topic).or_else(|| has(topic, RECOMMENDATION).then(|| Scale::numbers(0, 10)));
    let is_stray = |value: &&str| told.as_ref().is_some_and(|told| scale::number(value).is_some_and(|n| !told.holds(Score(n))));
    let (strays, kept): (Vec<&str>, Vec<&str>) = values.iter().copied().partition(|value| is_stray(value));
    let filled = values.iter().filter(|value| !scale::is_blank(value)).count();
    if strays.len() * ONE_IN <= filled { kept } else { values.to_vec() }
}

fn number(topic: &str, met: Scale, distinct: usize, by_number: bool) -> (Metric, Option<Scale>) {
    let told = told_scale(topic).filter(|told| told.min <= met.min && met.max <= told.max);
    let scale = told.clone().unwrap_or(met);
    let native = scale.is_native_nps() || (told.is_none() && scale == Scale::numbers(1, 10));
    if has(topic, RECOMMENDATION) {
        // a recommendation on 1–5 is an answer, not an NPS
        return if native { (Metric::Nps, Some(Scale::numbers(0, 10))) } else { (Metric::Other, Some(scale)) };
    }
    if has(topic, COUNTING) || (by_number && told.is_none()) {
        return (Metric::Other, None);
    }
    if has(topic, SATISFACTION) {
        return (Metric::Csat, Some(scale));
    }
    if has(topic, EFFORT) {
        return (Metric::Ces, Some(scale));
    }
    match (scale.min, scale.max) {
        (1, 5) if distinct >= 3 => (Metric::Csat, Some(scale)),
        (0, 10) if distinct >= 5 => (Metric::Nps, Some(scale)),
        _ => (Metric::Other, None),
    }
}

/// A scale told in the question: `(1-5分)`, `0～10`, `from 1 to 7`.
pub fn told_scale(topic: &str) -> Option<Scale> {
    let plain = fold_width(topic).replace(" to ", "-").replace(['~', '–', '—', '至', '到'], "-");
    let cleaned: String = plain.chars().filter(|c| !matches!(c, ' ' | '分')).collect();
    cleaned.match_indices('-').find_map(|(at, _)| {
        let digits = |c: &char| c.is_ascii_digit();
        let low: String = cleaned[..at].chars().rev().take_while(digits).collect::<Vec<_>>().into_iter().rev().collect();
        let high: String = cleaned[at + 1..].chars().take_while(digits).collect();
        let (low, high): (i64, i64) = (low.parse().ok()?, high.parse().ok()?);
        (matches!(low, 0 | 1) && (2..=100).contains(&high) && low < high).then(|| Scale::numbers(low, high))
    })
}
