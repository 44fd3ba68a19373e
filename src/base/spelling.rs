//! Slips of the pen: whether a word may be meant for another one.

use super::text::fold_key;

/// The known word that a text is most likely a slip for: the same but for width, case and blanks, or a letter or two wrong,
/// missing, too many or exchanged. Short words, and Chinese ones, differ by a letter on purpose (老客户, 新客户), so they are
/// not taken for one another.
pub fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = letters(text);
    let close = |other: &str| {
        let other = letters(other);
        Some(distance(&word, &other)).filter(|steps| *steps <= allowed(&word).min(allowed(&other)))
    };
    known.into_iter().filter_map(|other| Some((close(other)?, other))).min_by_key(|(steps, other)| (*steps, *other)).map(|(_, other)| other)
}

fn letters(text: &str) -> Vec<char> {
    fold_key(text).chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_')).collect()
}

/// How many steps apart a word of these letters may be from the one it was meant for.
fn allowed(letters: &[char]) -> usize {
    let latin = letters.iter().all(char::is_ascii);
    match letters.len() {
        0..=2 => 0,
        3 if !latin => 0,
        3..=7 => 1,
        _ => 2,
    }
}

/// Letters to change, to leave out, to put in or to exchange with their neighbour (optimal string alignment).
fn distance(one: &[char], other: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut steps = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                steps = steps.min(before[j - 1] + 1);
            }
            row.push(steps);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slips_are_seen_and_other_words_are_not() {
        let known = ["vip", "wholesale", "老客户", "企业采购客户", "Green Tea"];
        for (typed, meant) in [
            ("VIP", Some("vip")),
            ("vpi", Some("vip")),
            ("vi", None),
            ("wholsale", Some("wholesale")),
            ("green-tea", Some("Green Tea")),
            ("新客户", None),
            ("老客戶", None),
            ("企业采购客人", Some("企业采购客户")),
            ("retail", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, known), meant, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn distance_is_one_of_steps(a in "[ab茶]{0,6}", b in "[ab茶]{0,6}") {
            let (one, other): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            let steps = distance(&one, &other);
            prop_assert_eq!(steps, distance(&other, &one));
            prop_assert_eq!(steps == 0, a == b);
            prop_assert!(steps <= one.len().max(other.len()) && steps >= one.len().abs_diff(other.len()));
        }
    }
}
