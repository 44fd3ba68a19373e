//! Scores: CSAT, NPS, CES. Every score has its n and a 95 % interval; without answers there is none.
//!
//! NPS: promoters 9–10, passives 7–8, detractors 0–6, %P − %D (Reichheld 2003); its variance is p + d − (p − d)².
//! CSAT: the share of the two best grades of the question's own scale, with the Wilson interval, and the mean.

use serde::Serialize;

/// The 97.5 % point of the normal distribution.
const Z: f64 = 1.959_964;

/// Fewer answers than this are marked as few.
pub const SMALL_N: u64 = 30;

/// An estimate with its 95 % interval, in per cent or points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// Net Promoter Score, −100 to 100.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Nps {
    pub n: u64,
    pub promoters: u64,
    pub passives: u64,
    pub detractors: u64,
    /// Answers per grade, 0 first.
    pub distribution: Vec<u64>,
    pub score: Estimate,
    pub small: bool,
}

/// Customer satisfaction on a scale of its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Csat {
    pub n: u64,
    pub mean: f64,
    /// Share of the best grades, per cent.
    pub top2: Estimate,
    /// How many grades are the best: two, but only one on a scale of two or three, where two would be nearly everybody.
    pub boxes: i64,
    pub min: i64,
    pub max: i64,
    /// Answers per grade, worst first.
    pub distribution: Vec<u64>,
    pub small: bool,
}

/// Grades without a verdict on who is satisfied: effort (CES) and other questions, on a scale of their own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Grades {
    pub n: u64,
    pub mean: f64,
    pub min: i64,
    pub max: i64,
    /// Answers per grade, lowest first.
    pub distribution: Vec<u64>,
    pub small: bool,
}

/// Counts 0–10 answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NpsCount {
    counts: [u64; 11],
}

impl NpsCount {
    /// Takes an answer; `false` when it is not on 0–10.
    pub fn push(&mut self, score: u32) -> bool {
        match self.counts.get_mut(score as usize) {
            Some(count) => {
                *count += 1;
                true
            }
            None => false,
        }
    }

    /// The score; none without answers.
    pub fn score(&self) -> Option<Nps> {
        let sum = |range: std::ops::RangeInclusive<usize>| self.counts[range].iter().sum::<u64>();
        let (detractors, passives, promoters) = (sum(0..=6), sum(7..=8), sum(9..=10));
        let n = detractors + passives + promoters;
        if n == 0 {
            return None;
        }
        let (p, d) = (share(promoters, n), share(detractors, n));
        let spread = Z * ((p + d - (p - d).powi(2)) / float(n)).sqrt() * 100.0;
        let value = (p - d) * 100.0;
        let score = Estimate { value, low: (value - spread).max(-100.0), high: (value + spread).min(100.0) };
        Some(Nps { n, promoters, passives, detractors, distribution: self.counts.to_vec(), score, small: n < SMALL_N })
    }
}

/// Counts grades of a scale.
#[derive(Debug, Clone, PartialEq)]
pub struct CsatCount {
    min: i64,
    max: i64,
    counts: Vec<u64>,
    sum: f64,
    n: u64,
    best: u64,
}

impl CsatCount {
    pub fn new(min: i64, max: i64) -> CsatCount {
        let grades = usize::try_from(max - min + 1).unwrap_or(1);
        CsatCount { min, max, counts: vec![0; grades], sum: 0.0, n: 0, best: 0 }
    }

    /// Whether a grade is one of the scale.
    pub fn is_on_scale(&self, grade: f64) -> bool {
        (float_i(self.min)..=float_i(self.max)).contains(&grade)
    }

    /// Whether a grade is among the best.
    pub fn is_best(&self, grade: f64) -> bool {
        grade >= float_i(self.max - self.boxes() + 1)
    }

    /// Takes a grade; `false` when it is off the scale. Half grades count for the grade below.
    pub fn push(&mut self, grade: f64) -> bool {
        if !self.is_on_scale(grade) {
            return false;
        }
        let at = (0..self.counts.len()).rev().find(|i| float_i(self.min) + float(*i as u64) <= grade).unwrap_or(0);
        self.counts[at] += 1;
        self.sum += grade;
        self.n += 1;
        self.best += u64::from(self.is_best(grade));
        true
    }

    fn boxes(&self) -> i64 {
        if self.max - self.min < 3 { 1 } else { 2 }
    }

    /// Mean and distribution; none without answers.
    pub fn grades(&self) -> Option<Grades> {
        let CsatCount { n, min, max, .. } = *self;
        (n > 0).then(|| Grades { n, mean: self.sum / float(n), min, max, distribution: self.counts.clone(), small: n < SMALL_N })
    }

    /// The score; none without answers.
    pub fn score(&self) -> Option<Csat> {
        if self.n == 0 {
            return None;
        }
        Some(Csat {
            n: self.n,
            mean: self.sum / float(self.n),
            top2: wilson(self.best, self.n),
            boxes: self.boxes(),
            min: self.min,
            max: self.max,
            distribution: self.counts.clone(),
            small: self.n < SMALL_N,
        })
    }
}

/// A share with the Wilson score interval (Wilson 1927), in per cent.
pub fn wilson(hits: u64, n: u64) -> Estimate {
    let (p, n) = (share(hits, n), float(n));
    let z2 = Z * Z;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let spread = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    // of none or of all the exact bound is the share itself, which the last digit must not pass
    Estimate { value: p * 100.0, low: (centre - spread).max(0.0).min(p) * 100.0, high: (centre + spread).min(1.0).max(p) * 100.0 }
}

/// A mean with its 95 % interval, by the normal quantile; of a single value there is no interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Mean {
    pub n: u64,
    pub value: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// The mean; none without values.
pub fn mean(values: &[f64]) -> Option<Mean> {
    let n = count(values);
    let value = plain_mean(values)?;
    let spread = variance(values).map(|variance| Z * (variance / float(n)).sqrt());
    Some(Mean { n, value, low: spread.map(|spread| value - spread), high: spread.map(|spread| value + spread) })
}

/// The difference of two means, the first minus the second, with the 95 % interval of Welch; two values on each side at least.
pub fn difference(one: &[f64], other: &[f64]) -> Option<Estimate> {
    let value = plain_mean(one)? - plain_mean(other)?;
    let spread = Z * (variance(one)? / float(count(one)) + variance(other)? / float(count(other))).sqrt();
    Some(Estimate { value, low: value - spread, high: value + spread })
}

/// Pearson's r; none where one side never varies.
pub fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let (xs, ys): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let (x, y) = (plain_mean(&xs)?, plain_mean(&ys)?);
    let product: f64 = pairs.iter().map(|(a, b)| (a - x) * (b - y)).sum();
    let squares = |values: &[f64], mean: f64| values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    let scale = (squares(&xs, x) * squares(&ys, y)).sqrt();
    (scale > 0.0).then(|| (product / scale).clamp(-1.0, 1.0))
}

fn plain_mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / float(count(values)))
}

/// Of a sample, divided by n − 1.
fn variance(values: &[f64]) -> Option<f64> {
    let mean = plain_mean(values).filter(|_| values.len() > 1)?;
    Some(values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / float(count(values) - 1))
}

fn count(values: &[f64]) -> u64 {
    u64::try_from(values.len()).unwrap_or(u64::MAX)
}

fn share(part: u64, whole: u64) -> f64 {
    float(part) / float(whole)
}

#[expect(clippy::cast_precision_loss, reason = "counts of answers stay far below 2^53")]
fn float(n: u64) -> f64 {
    n as f64
}

#[expect(clippy::cast_precision_loss, reason = "the bounds of a scale are small")]
fn float_i(n: i64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores, promoters, passives, detractors, NPS: cases that several projects publish.
    #[test]
    fn published_nps_cases() {
        type Case = (&'static [u32], u64, u64, u64, f64);
        const CASES: &[Case] = &[
            (&[9, 10, 9, 10, 10, 10], 6, 0, 0, 100.0),
            (&[7, 7, 7, 8, 8, 8], 0, 6, 0, 0.0),
            (&[1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1], 0, 0, 11, -100.0),
            (&[1, 2, 3, 4, 5, 9, 10, 9, 10, 9], 5, 0, 5, 0.0),
            (&[1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 7, 8, 7, 8, 7, 8, 9, 10, 9, 10], 4, 6, 10, -30.0),
            (&[1, 2, 7, 8, 7, 8, 7, 8, 7, 8, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9], 10, 8, 2, 40.0),
            (&[9, 10, 5, 1, 0, 7], 2, 1, 3, -16.6667),
            (&[9, 10, 6, 8], 2, 1, 1, 25.0),
            (&[0, 6, 7, 8, 9, 10], 2, 2, 2, 0.0),
        ];
        for (scores, promoters, passives, detractors, value) in CASES {
            let mut count = NpsCount::default();
            assert!(scores.iter().all(|score| count.push(*score)));
            let found = count.score().unwrap();
            assert_eq!((found.promoters, found.passives, found.detractors), (*promoters, *passives, *detractors), "{scores:?}");
            assert!((found.score.value - value).abs() < 5e-5, "{scores:?}");
        }
        // no answers: no score, and not 0; beyond 0..10 there is no grade (−1 is refused where it is read: `scale`)
        assert_eq!(NpsCount::default().score(), None);
        assert!(!NpsCount::default().push(11));
        assert!(crate::model::scale::Scale::numbers(0, 10).read("-1").is_err());
    }

    /// A published histogram of 93 answers; the interval by hand: 11/93 ± 1.959964 · √((61/93 − (11/93)²) / 93).
    #[test]
    fn nps_of_a_published_histogram() {
        let mut count = NpsCount::default();
        for (answer, n) in (0..).zip([5, 1, 5, 1, 3, 6, 4, 10, 22, 17, 19]) {
            assert!((0..n).all(|_| count.push(answer)));
        }
        let found = count.score().unwrap();
        assert_eq!((found.n, found.promoters, found.passives, found.detractors, found.small), (93, 36, 32, 25, false));
        let Estimate { value, low, high } = found.score;
        assert!((value - 11.8280).abs() < 5e-5 && (low + 4.45557).abs() < 5e-5 && (high - 28.11148).abs() < 5e-5, "{value} {low} {high}");
    }

    #[test]
    fn short_scales_have_one_best_grade() {
        let mut count = CsatCount::new(1, 2);
        assert_eq!((count.score(), count.grades()), (None, None));
        assert!(count.push(1.0) && count.push(2.0));
        let found = count.score().unwrap();
        assert_eq!((found.boxes, found.top2.value, found.small, count.grades().unwrap().mean), (1, 50.0, true, 1.5));
    }

    #[test]
    fn csat_of_a_known_set() {
        let mut count = CsatCount::new(1, 5);
        for (grade, n) in [(1.0, 454), (2.0, 137), (3.0, 337), (4.0, 765), (5.0, 2293)] {
            assert!((0..n).all(|_| count.push(grade)));
        }
        let csat = count.score().unwrap();
        assert_eq!((csat.n, csat.distribution.clone(), csat.small), (3986, vec![454, 137, 337, 765, 2293], false));
        assert!((csat.mean - 4.080_281).abs() < 1e-6 && (csat.top2.value - 76.7185).abs() < 1e-4);
        assert!(csat.top2.low > 75.3 && csat.top2.high < 78.1);
        assert!(!CsatCount::new(1, 5).push(6.0) && CsatCount::new(1, 5).score().is_none());
    }

    #[test]
    fn wilson_of_textbook() {
        // 8 of 10: 49.0 % to 94.3 %
        let estimate = wilson(8, 10);
        assert!((estimate.low - 49.02).abs() < 0.01 && (estimate.high - 94.33).abs() < 0.01);
    }

    #[test]
    fn means_differences_and_correlations_by_hand() {
        // 2, 4, 6: mean 4, variance 4, 1.959964 · √(4/3)
        let found = mean(&[2.0, 4.0, 6.0]).unwrap();
        assert_eq!((found.n, found.value, mean(&[]), mean(&[7.0]).unwrap().low), (3, 4.0, None, None));
        assert!((found.high.unwrap() - 6.263_171).abs() < 1e-5 && (found.low.unwrap() - 1.736_829).abs() < 1e-5);
        // −3 ± 1.959964 · √(4/3 + 2/2)
        let apart = difference(&[2.0, 4.0, 6.0], &[6.0, 8.0]).unwrap();
        assert!((apart.value + 3.0).abs() < 1e-9 && (apart.low + 5.993_892).abs() < 1e-5, "{apart:?}");
        assert_eq!((difference(&[1.0], &[1.0, 2.0]), correlation(&[(1.0, 2.0), (1.0, 3.0)])), (None, None));
        // 1 2, 2 1, 3 3: r = 0.5
        assert!((correlation(&[(1.0, 2.0), (2.0, 1.0), (3.0, 3.0)]).unwrap() - 0.5).abs() < 1e-12);
    }

    proptest::proptest! {
        #[test]
        fn an_interval_contains_its_estimate(scores in proptest::collection::vec(0_u32..11, 1..60)) {
            let (mut count, mut grades) = (NpsCount::default(), CsatCount::new(0, 10));
            for score in &scores {
                assert!(count.push(*score) && grades.push(f64::from(*score)));
            }
            let (nps, csat) = (count.score().unwrap(), grades.score().unwrap());
            let values: Vec<f64> = scores.iter().map(|score| f64::from(*score)).collect();
            let mean = mean(&values).unwrap();
            for Estimate { value, low, high } in [nps.score, csat.top2] {
                proptest::prop_assert!(low <= value + 1e-9 && value <= high + 1e-9);
            }
            proptest::prop_assert!(mean.low.is_none_or(|low| low <= mean.value) && (mean.value - csat.mean).abs() < 1e-9);
            proptest::prop_assert!((-100.0..=100.0).contains(&nps.score.value) && nps.score.low >= -100.0 && nps.score.high <= 100.0);
            proptest::prop_assert_eq!(nps.promoters + nps.passives + nps.detractors, nps.n);
            proptest::prop_assert_eq!(csat.distribution.iter().sum::<u64>(), csat.n);
        }
    }
}
