//! What may be the same matter: shown, never decided.
//!
//! Two texts are as alike as their pairs of neighbouring characters (Dice): twice the pairs they share, each as often as
//! both have it, by all pairs of both. Before that they are folded (width, case) and everything but letters and digits
//! is dropped, so it works for Chinese, which has no blanks between words, as for English.

use crate::base::text::fold_key;
use crate::model::merged::Merged;
use crate::model::request::{Request, Stage};
use crate::model::rules::severity::Similar;

/// A text ready for comparing: its pairs in order, each as often as it stands there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pairs(Vec<(char, char)>);

impl Pairs {
    pub fn of(text: &str) -> Pairs {
        let letters: Vec<char> = fold_key(text).chars().filter(|c| c.is_alphanumeric()).collect();
        let mut pairs: Vec<(char, char)> = match letters[..] {
            // one character has no neighbour: it is its own pair
            [only] => vec![(only, only)],
            _ => letters.windows(2).map(|pair| (pair[0], pair[1])).collect(),
        };
        pairs.sort_unstable();
        Pairs(pairs)
    }

    /// In order.
    pub fn all(&self) -> &[(char, char)] {
        &self.0
    }

    /// Twice the shared pairs, and all pairs of both: the likeness is their ratio, 0 to 1. Texts without letters share nothing.
    pub fn likeness(&self, other: &Pairs) -> (u32, u32) {
        let (mut shared, mut one, mut two) = (0_u32, 0, 0);
        while let (Some(a), Some(b)) = (self.0.get(one), other.0.get(two)) {
            shared += u32::from(a == b);
            (one, two) = (one + usize::from(a <= b), two + usize::from(b <= a));
        }
        let all = self.0.len() + other.0.len();
        (2 * shared, u32::try_from(all).unwrap_or(u32::MAX))
    }
}

/// Why another request may be the same matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Why {
    /// The same customer and category.
    pub repeated: bool,
    /// Whole percent, where the texts are alike enough.
    pub alike: Option<u32>,
    /// Days from the other's receipt to this one's; negative when the other came later.
    pub days: i64,
}

/// Looks for what may be the same matter as one request.
#[derive(Debug)]
pub struct Finder<'a> {
    request: &'a Request,
    category: String,
    pairs: Pairs,
    rules: Similar,
    merged: &'a Merged,
}

impl<'a> Finder<'a> {
    pub fn new(request: &'a Request, rules: Similar, merged: &'a Merged) -> Finder<'a> {
        Finder { request, category: fold_key(&request.category), pairs: Pairs::of(&request.content), rules, merged }
    }

    /// Why `other` may be the same matter; `None` when nothing says so. One that was merged already is not told again.
    pub fn why(&self, other: &Request) -> Option<Why> {
        let seconds = self.request.received_at.seconds_since(other.received_at);
        let near = seconds.unsigned_abs() <= u64::from(self.rules.days) * 86_400;
        let told = other.stage == Stage::Duplicate || other.duplicate_of.is_some() || self.request.duplicate_of.as_ref() == Some(&other.id);
        if !near || told || other.id == self.request.id {
            return None;
        }
        let both = self.request.customer.as_ref().zip(other.customer.as_ref());
        let same_customer = both.is_some_and(|(one, other)| self.merged.same(one.as_str(), other.as_str()));
        let repeated = same_customer && !self.category.is_empty() && self.category == fold_key(&other.category);
        let (shared, all) = self.pairs.likeness(&Pairs::of(&other.content));
        let enough = all > 0 && u64::from(shared) * 100 >= u64::from(self.rules.likeness) * u64::from(all);
        let alike = enough.then(|| shared * 100 / all);
        (repeated || enough).then_some(Why { repeated, alike, days: seconds / 86_400 })
    }

    /// Those of `others` that may be the same, the likeliest first.
    pub fn among<'o>(&self, others: &'o [Request]) -> Vec<(&'o Request, Why)> {
        let mut found: Vec<(&Request, Why)> = others.iter().filter_map(|other| Some((other, self.why(other)?))).collect();
        found.sort_by_key(|(other, why)| (std::cmp::Reverse((why.repeated, why.alike)), why.days.abs(), other.id.clone()));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;
    use crate::base::instant::Instant;
    use proptest::prelude::*;

    fn request(id: &str, day: u32, customer: &str, category: &str, content: &str) -> Request {
        let at = Instant::from_utc(chrono::DateTime::UNIX_EPOCH).plus_seconds(i64::from(day) * 86_400);
        let mut request = Request::new(Id::parse(id).unwrap(), at, content.into());
        request.customer = Id::parse(customer).ok();
        category.clone_into(&mut request.category);
        request
    }

    const RULES: Similar = Similar { days: 30, likeness: 60 };

    #[test]
    fn same_customer_and_category_or_alike_within_the_days() {
        let one = request("R5", 40, "C1", "质量", "茶叶受潮发霉了");
        let why = |other: &Request| Finder::new(&one, RULES, &Merged::default()).why(other).map(|why| (why.repeated, why.alike, why.days));
        assert_eq!(why(&request("R1", 10, "C1", "质 量", "罐子破")), None);
        assert_eq!(why(&request("R1", 10, "C1", "质量", "罐子破")), Some((true, None, 30)));
        assert_eq!(why(&request("R1", 9, "C1", "质量", "罐子破")), None, "31 days");
        // 5 of the pairs shared: 2·5 ÷ (6 + 5)
        assert_eq!(why(&request("R1", 39, "C2", "其他", "茶叶受潮,发霉!")), Some((false, Some(90), 1)));
        assert_eq!(why(&request("R1", 39, "", "质量", "送货太慢")), None);
        let mut merged = request("R1", 39, "C1", "质量", "x");
        merged.stage = Stage::Duplicate;
        assert_eq!((why(&merged), why(&one)), (None, None));
    }

    #[test]
    fn english_and_width_and_case() {
        let like = |a: &str, b: &str| Pairs::of(a).likeness(&Pairs::of(b));
        assert_eq!(like("Late delivery!", "ＬＡＴＥ  delivery"), (22, 22));
        // ni ig gh ht / na ac ch ht
        assert_eq!(like("night", "nacht"), (2, 8));
        assert_eq!(like("?!", "?!"), (0, 0));
    }

    proptest! {
        #[test]
        fn likeness_is_symmetric_and_whole_for_equal_texts(a in "[ a-cA茶叶受潮。]{0,20}", b in "[ a-cA茶叶受潮。]{0,20}") {
            let (one, other) = (Pairs::of(&a), Pairs::of(&b));
            prop_assert_eq!(one.likeness(&other), other.likeness(&one));
            let (shared, all) = one.likeness(&other);
            prop_assert!(shared <= all);
            let (shared, all) = one.likeness(&one);
            prop_assert_eq!(shared, all);
            prop_assert_eq!(all > 0, a.chars().any(char::is_alphanumeric));
        }
    }
}
