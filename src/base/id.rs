//! Ids: text from end to end, permanent, never reused.

use std::fmt;

use super::problem::What;

/// The id of a record: any text without control characters, not blank, not starting with `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(String);

/// Longest id accepted, in bytes.
const MAX_LEN: usize = 128;

impl Id {
    /// Reads an id as it stands; only white space at the ends is dropped.
    ///
    /// # Errors
    /// [`What::BadId`] when blank, longer than 128 bytes, starting with `-`, or with control characters.
    pub fn parse(text: &str) -> Result<Id, What> {
        let body = text.trim();
        let legal = !body.is_empty() && body.len() <= MAX_LEN && !body.starts_with('-') && !body.chars().any(char::is_control);
        if legal { Ok(Id(body.to_owned())) } else { Err(What::BadId { value: super::text::truncate(body, 40) }) }
    }

    /// An id carebook made itself.
    pub fn made(text: String) -> Id {
        Id(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Id {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// The next free number after the ids of the shape `prefix` + digits: `C0001`, `R20261123-001`.
pub fn next_number<'a>(prefix: &str, ids: impl Iterator<Item = &'a str>) -> u64 {
    ids.filter_map(|id| id.strip_prefix(prefix)?.parse::<u64>().ok()).max().unwrap_or(0) + 1
}

/// Whether what was typed names this id: the whole of it, or a tail of it after which
/// only leading zeros, or a word boundary, were left out: `42` or `C42` for `C0042`, `1123-1` for `R20261123-001`.
pub fn names(typed: &str, id: &str) -> bool {
    let (typed, id) = (typed.to_uppercase(), id.to_uppercase());
    if typed == id {
        return true;
    }
    match typed.rsplit_once('-') {
        None if numbered(&typed).is_some() => numbered(&typed) == numbered(&id),
        None => same_number(&typed, id.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or("")),
        Some((head, number)) => id
            .rsplit_once('-')
            .is_some_and(|(id_head, id_number)| !head.is_empty() && id_head.ends_with(head) && same_number(number, id_number)),
    }
}

/// The letters and the number of an id such as `C0042`.
fn numbered(id: &str) -> Option<(&str, &str)> {
    let letters = id.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = id[letters.len()..].trim_start_matches('0');
    let plain = !letters.is_empty() && letters.chars().all(char::is_alphabetic);
    Some((letters, number)).filter(|_| plain && letters.len() < id.len())
}

fn same_number(a: &str, b: &str) -> bool {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|c| c.is_ascii_digit());
    digits(a) && digits(b) && a.trim_start_matches('0') == b.trim_start_matches('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_ids_survive() {
        for text in ["007", "1E5", "110101199003071234", "abbey_o'reilly"] {
            assert_eq!(Id::parse(text).unwrap().as_str(), text);
        }
        for text in ["", " ", "-x", "a\nb"] {
            assert!(Id::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn tails_name_ids() {
        assert!(names("42", "C0042") && names("c42", "C42") && names("1123-1", "R20261123-001") && names("7", "007"));
        assert!(names("C42", "C0042") && names("k3", "K0003") && !names("K3", "C0003") && !names("K3", "K0033") && !names("K", "K0000"));
        assert!(!names("2", "C0042") && !names("123-2", "R20261123-001") && !names("-1", "R20261123-001"));
    }

    #[test]
    fn numbers_go_on() {
        assert_eq!(next_number("C", ["C0001", "C0009", "x", "C12a"].into_iter()), 10);
    }
}
