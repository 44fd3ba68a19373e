//! Pairs of questions: KANO (with a feature, without it) and expectation against what was found.

use std::collections::HashMap;

use serde::Serialize;

use super::questions::Given;
use crate::engine::scores::{Mean, SMALL_N, mean};
use crate::model::scale::Scale;
use crate::model::survey_file::{Pair, SurveyFile};

/// The classes of KANO.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Class {
    /// Attractive: welcome, and not missed.
    A,
    /// One-dimensional: the more the better.
    O,
    /// Must-be: taken for granted, and missed.
    M,
    Indifferent,
    /// Reverse: rather without.
    R,
    /// Questionable: both answers cannot be meant.
    Q,
}

/// A feature by the standard table, with the coefficients of Berger et al. (1993).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Kano {
    pub name: String,
    pub n: usize,
    /// A, O, M, I, R, Q.
    pub counts: [usize; 6],
    /// The most frequent class; of equal ones the first of M, O, A, I, R, Q.
    pub class: char,
    /// (A + O) / (A + O + M + I)
    pub better: Option<f64>,
    /// −(O + M) / (A + O + M + I)
    pub worse: Option<f64>,
    pub small: bool,
}

/// What was found minus what was expected, in points of the index (0 to 100) where the two have different scales.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gap {
    pub name: String,
    pub expected: Mean,
    pub found: Mean,
    pub difference: Mean,
    /// Both on this scale, else on the index.
    pub scale: Option<(i64, i64)>,
    pub small: bool,
}

/// The class of two answers, each 1 (I would dislike it) to 5 (I would like it).
///
/// The table has like, expect, neutral, tolerate, dislike; with a feature by rows, without it by columns.
fn class(with: usize, without: usize) -> Class {
    use Class::{A, Indifferent, M, O, Q, R};
    const TABLE: [[Class; 5]; 5] = [
        // without:  like, expect, neutral, tolerate, dislike
        [Q, A, A, A, O],
        [R, Indifferent, Indifferent, Indifferent, M],
        [R, Indifferent, Indifferent, Indifferent, M],
        [R, Indifferent, Indifferent, Indifferent, M],
        [R, R, R, R, Q],
    ];
    TABLE[5 - with.clamp(1, 5)][5 - without.clamp(1, 5)]
}

/// Every declared pair whose questions have five grades.
pub fn kano(survey: &SurveyFile, given: &Given<'_>) -> Vec<Kano> {
    let is_five = |at: usize| survey.questions[at].scale.as_ref().is_some_and(|scale| scale.points() == 5);
    survey.kano.iter().filter(|pair| is_five(pair.first) && is_five(pair.second)).map(|pair| feature(survey, given, pair)).collect()
}

fn feature(survey: &SurveyFile, given: &Given<'_>, pair: &Pair) -> Kano {
    let step = |value: f64, scale: &Scale| {
        let steps = value - f64::from(i32::try_from(scale.min).unwrap_or(0));
        // the grade below, as in distributions
        (1..5_u8).rev().find(|step| f64::from(*step) <= steps).map_or(1, |step| usize::from(step) + 1)
    };
    let mut counts: HashMap<Class, usize> = HashMap::new();
    for (with, without) in both(survey, given, pair) {
        let (Some(first), Some(second)) = (&survey.questions[pair.first].scale, &survey.questions[pair.second].scale) else { continue };
        *counts.entry(class(step(with, first), step(without, second))).or_default() += 1;
    }
    let of = |class: Class| counts.get(&class).copied().unwrap_or(0);
    let [a, o, m, i, r, q] = [Class::A, Class::O, Class::M, Class::Indifferent, Class::R, Class::Q].map(of);
    let n = a + o + m + i + r + q;
    let ordered = [('M', m), ('O', o), ('A', a), ('I', i), ('R', r), ('Q', q)];
    let most = ordered.iter().map(|(_, n)| *n).max().unwrap_or(0);
    let class = ordered.iter().find(|(_, n)| *n == most && most > 0).map_or('–', |(class, _)| *class);
    let share = |part: usize| (a + o + m + i > 0).then(|| float(part) / float(a + o + m + i));
    let (better, worse) = (share(a + o), share(o + m).map(|share| -share));
    Kano { name: pair.name.clone(), n, counts: [a, o, m, i, r, q], class, better, worse, small: is_small(n) }
}

#[expect(clippy::cast_precision_loss, reason = "counts of answers stay far below 2^53")]
fn float(n: usize) -> f64 {
    n as f64
}

fn is_small(n: usize) -> bool {
    u64::try_from(n).is_ok_and(|n| n < SMALL_N)
}

/// The values of those who answered both.
fn both(survey: &SurveyFile, given: &Given<'_>, pair: &Pair) -> Vec<(f64, f64)> {
    let (first, second) = (given.values(&survey.questions[pair.first]), given.values(&survey.questions[pair.second]));
    first.iter().filter_map(|(response, value)| Some((value.value(), second.get(response)?.value()))).collect()
}

/// Every declared gap that somebody answered both sides of.
pub fn gaps(survey: &SurveyFile, given: &Given<'_>) -> Vec<Gap> {
    survey.gaps.iter().filter_map(|pair| gap(survey, given, pair)).collect()
}

fn gap(survey: &SurveyFile, given: &Given<'_>, pair: &Pair) -> Option<Gap> {
    let (first, second) = (survey.questions[pair.first].scale.as_ref()?, survey.questions[pair.second].scale.as_ref()?);
    let same = (first.min, first.max) == (second.min, second.max);
    let bounds = |scale: &Scale| (bound(scale.min), bound(scale.max));
    let on_index = |value: f64, scale: &Scale| {
        let (min, max) = bounds(scale);
        (value - min) / (max - min) * 100.0
    };
    let mut pairs = both(survey, given, pair);
    if !same {
        pairs = pairs.into_iter().map(|(expected, found)| (on_index(expected, first), on_index(found, second))).collect();
    }
    let side = |of: &dyn Fn(&(f64, f64)) -> f64| mean(&pairs.iter().map(of).collect::<Vec<f64>>());
    Some(Gap {
        name: pair.name.clone(),
        expected: side(&|pair| pair.0)?,
        found: side(&|pair| pair.1)?,
        difference: side(&|pair| pair.1 - pair.0)?,
        scale: same.then_some((first.min, first.max)),
        small: is_small(pairs.len()),
    })
}

fn bound(n: i64) -> f64 {
    i32::try_from(n).map_or(0.0, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_table() {
        // like with it and dislike without: one-dimensional; like both: questionable; dislike with it: reverse
        assert_eq!([class(5, 1), class(5, 5), class(1, 5), class(1, 1)], [Class::O, Class::Q, Class::R, Class::Q]);
        assert_eq!([class(5, 3), class(4, 1), class(3, 3), class(3, 5)], [Class::A, Class::M, Class::Indifferent, Class::R]);
        let all = (1..=5).flat_map(|with| (1..=5).map(move |without| class(with, without)));
        let mut counts: HashMap<Class, usize> = HashMap::new();
        all.for_each(|class| *counts.entry(class).or_default() += 1);
        assert_eq!([Class::A, Class::O, Class::M, Class::Indifferent, Class::R, Class::Q].map(|class| counts[&class]), [3, 1, 3, 9, 7, 2]);
    }
}
