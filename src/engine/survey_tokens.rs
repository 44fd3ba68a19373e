//! The codes printed in questionnaires: short, checkable, and not to be guessed from a customer's or a request's id.
//!
//! A code is the first 45 bits of an HMAC-SHA-256 over survey, kind and id, keyed by the survey's own key, in nine letters and digits of which none
//! is mistaken for another, and a tenth that checks them. The same customer has the same code for ever, in this survey alone.

use std::collections::HashMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::base::id::Id;
use crate::base::text::fold_width;

/// Crockford's alphabet: no I, L, O, U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters before the one that checks them.
const LENGTH: usize = 9;

/// Whose code it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    Customer(Id),
    Request(Id),
}

impl Whom {
    fn named(&self) -> (&'static str, &Id) {
        match self {
            Whom::Customer(id) => ("customer", id),
            Whom::Request(id) => ("request", id),
        }
    }
}

/// Why a code leads to nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// It is not whole, or a letter is wrong.
    Mistyped(String),
    /// Well formed, but of another survey, or of somebody who is not in the book.
    Unknown(String),
}

/// The code of somebody in a survey: `7K3MX-9QXZ4`.
pub fn token(key: &str, survey: &str, whom: &Whom) -> String {
    let (kind, id) = whom.named();
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    for part in [survey, kind, id.as_str()] {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    let digest = mac.finalize().into_bytes();
    let bits = digest.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let digits: Vec<u8> = (0..LENGTH).map(|n| u8::try_from(bits >> (59 - 5 * n) & 31).unwrap_or(0)).collect();
    let mut text: String = digits.iter().chain([&check_digit(&digits)]).map(|digit| char::from(LETTERS[usize::from(*digit)])).collect();
    text.insert(5, '-');
    text
}

/// Tells every single wrong letter but Z for 0 and the reverse: 31 is prime, and no weight is a multiple of it.
fn check_digit(digits: &[u8]) -> u8 {
    let sum: u32 = (1..).zip(digits).map(|(weight, digit)| weight * (u32::from(*digit) + 1)).sum();
    u8::try_from(sum % 31).unwrap_or(0)
}

/// A code as somebody typed it: any case, with or without dashes and spaces, O for 0, I and L for 1. `None` if it cannot be one.
pub fn folded(typed: &str) -> Option<String> {
    let wide = fold_width(typed).to_uppercase();
    let letters = wide.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| match c {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    });
    let digits: Option<Vec<u8>> =
        letters.map(|c| LETTERS.iter().position(|known| char::from(*known) == c).and_then(|at| u8::try_from(at).ok())).collect();
    let digits = digits.filter(|digits| digits.len() == LENGTH + 1)?;
    if check_digit(&digits[..LENGTH]) != digits[LENGTH] {
        return None;
    }
    let mut text: String = digits.iter().map(|digit| char::from(LETTERS[usize::from(*digit)])).collect();
    text.insert(5, '-');
    Some(text)
}

/// Everybody by their codes.
pub struct Tokens {
    whose: HashMap<String, Option<Whom>>,
}

impl Tokens {
    pub fn of<'a>(key: &str, survey: &str, customers: impl Iterator<Item = &'a Id>, requests: impl Iterator<Item = &'a Id>) -> Tokens {
        let mut whose = HashMap::new();
        let everybody = customers.cloned().map(Whom::Customer).chain(requests.cloned().map(Whom::Request));
        for whom in everybody {
            // two with one code: it means neither
            whose.entry(token(key, survey, &whom)).and_modify(|known| *known = None).or_insert(Some(whom));
        }
        Tokens { whose }
    }

    /// Whose code this is.
    ///
    /// # Errors
    /// Why it is nobody's.
    pub fn find(&self, typed: &str) -> Result<&Whom, Lost> {
        let code = folded(typed).ok_or_else(|| Lost::Mistyped(typed.to_owned()))?;
        self.whose.get(&code).and_then(Option::as_ref).ok_or_else(|| Lost::Unknown(typed.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        Id::made(text.to_owned())
    }

    #[test]
    fn a_code_leads_to_its_owner_alone() {
        let (customers, requests) = ([id("C1"), id("C2")], [id("R1"), id("C1")]);
        let tokens = Tokens::of("key", "s", customers.iter(), requests.iter());
        let code = token("key", "s", &Whom::Customer(id("C1")));
        assert_eq!((code.len(), tokens.find(&code)), (11, Ok(&Whom::Customer(id("C1")))));
        assert_eq!(tokens.find(&format!(" {} ", code.to_lowercase().replace('-', ""))), Ok(&Whom::Customer(id("C1"))));
        assert_eq!(tokens.find(&token("key", "s", &Whom::Request(id("C1")))), Ok(&Whom::Request(id("C1"))));
        for other in [token("other", "s", &Whom::Customer(id("C1"))), token("key", "t", &Whom::Customer(id("C1")))] {
            assert_eq!(tokens.find(&other), Err(Lost::Unknown(other.clone())));
        }
        for wrong in ["", "x", "C0001", "12345-6789U"] {
            assert_eq!(tokens.find(wrong), Err(Lost::Mistyped(wrong.to_owned())));
        }
    }

    proptest::proptest! {
        /// No single letter can be mistyped unnoticed.
        #[test]
        fn a_wrong_letter_is_noticed(n in 0_u32..5000, at in 0_usize..10, by in 1_usize..31) {
            let code = token("key", "s", &Whom::Customer(id(&n.to_string())));
            proptest::prop_assert_eq!(folded(&code), Some(code.clone()));
            let mut letters: Vec<u8> = code.bytes().filter(|b| *b != b'-').collect();
            let old = LETTERS.iter().position(|known| *known == letters[at]).unwrap();
            letters[at] = LETTERS[(old + by) % 32];
            let same_rest = (old + by) % 32 % 31 == old % 31;
            proptest::prop_assert!(same_rest || folded(&String::from_utf8(letters).unwrap()).is_none());
        }
    }
}
