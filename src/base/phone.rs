//! Phone numbers and email addresses as people write them into one cell, folded so that equal ones are equal.

use super::text::{fold_email, fold_width};

/// Fewer digits are an extension or a leftover, no number.
const DIGITS: usize = 7;

/// A number for matching, and its extension where one was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone {
    /// Digits only: a number of China without 86 and without the leading 0, any other with `+` and its country code.
    pub number: String,
    pub extension: String,
}

impl Phone {
    /// Whether both reach the same person: one number, and not two extensions of it.
    pub fn reaches(&self, other: &Phone) -> bool {
        let apart = !self.extension.is_empty() && !other.extension.is_empty() && self.extension != other.extension;
        self.number == other.number && !apart
    }
}

/// The numbers of a cell, in order, each once. One digit repeated (00000000) is no number.
pub fn phones(text: &str) -> Vec<Phone> {
    let folded = fold_width(text);
    let mut found: Vec<Phone> = Vec::new();
    for piece in folded.split(['/', ',', ';', '、', '|', '或', '和', '\n']).flat_map(numbers) {
        if let Some(phone) = phone(piece).filter(|phone| !found.contains(phone)) {
            found.push(phone);
        }
    }
    found
}

/// Several numbers with nothing but blanks between them; `138 0013 8000` is one.
fn numbers(piece: &str) -> Vec<&str> {
    let digits = |word: &&str| word.chars().filter(char::is_ascii_digit).count() >= DIGITS;
    let words: Vec<&str> = piece.split_whitespace().collect();
    if words.len() > 1 && words.iter().all(digits) { words } else { vec![piece] }
}

fn phone(piece: &str) -> Option<Phone> {
    let lower = piece.to_lowercase();
    let marks = ["转", "轉", "分机", "分機", "ext", "x", "#"];
    let cut = marks.iter().filter_map(|mark| lower.find(mark)).filter(|at| count(&lower[..*at]) >= DIGITS).min();
    let (number, extension) = lower.split_at(cut.unwrap_or(lower.len()));
    // the trunk zero that is left out from abroad
    let number = number.replacen("(0)", "", 1);
    let digits = only_digits(&number);
    let abroad = number.trim_start_matches(|c: char| !c.is_ascii_digit() && c != '+').starts_with('+');
    let number = match digits.strip_prefix("00") {
        Some(rest) => at_home(rest, true),
        None => at_home(&digits, abroad),
    };
    let first = number.trim_start_matches('+').chars().next()?;
    let repeated = number.trim_start_matches('+').chars().all(|c| c == first);
    (count(&number) >= DIGITS && !repeated).then(|| Phone { number, extension: only_digits(extension) })
}

/// Without the country code of China and the leading zero; with `+` where it is another country's.
fn at_home(digits: &str, abroad: bool) -> String {
    let china = digits.strip_prefix("86").filter(|rest| abroad || rest.len() == 11);
    match china {
        Some(rest) => rest.strip_prefix('0').unwrap_or(rest).to_owned(),
        None if abroad => format!("+{digits}"),
        None => digits.strip_prefix('0').unwrap_or(digits).to_owned(),
    }
}

fn only_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn count(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

/// The email addresses of a cell, in order, each once. No tricks: dots and `+` before the `@` belong to an address.
pub fn emails(text: &str) -> Vec<String> {
    let folded = fold_email(text);
    let mut found: Vec<String> = Vec::new();
    for word in folded.split(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '、' | '/' | '|' | '<' | '>')) {
        let word = word.trim_start_matches("mailto:").trim_matches(['.', '"', '(', ')']);
        let domain = word.split_once('@').filter(|(name, domain)| !name.is_empty() && domain.contains('.') && !domain.contains('@'));
        if domain.is_some() && !found.iter().any(|known| known == word) {
            found.push(word.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> Vec<String> {
        let whole = |phone: Phone| if phone.extension.is_empty() { phone.number } else { format!("{}#{}", phone.number, phone.extension) };
        phones(text).into_iter().map(whole).collect()
    }

    #[test]
    fn one_number_however_it_is_written() {
        for text in [
            "138 0013 8000",
            "138-0013-8000",
            "+86 138 0013 8000",
            "+86-13800138000",
            "008613800138000",
            "8613800138000",
            "013800138000",
            "１３８００１３８０００",
            "(+86) 138 0013 8000",
            "手机：13800138000",
        ] {
            assert_eq!(folded(text), ["13800138000"], "{text}");
        }
        for text in ["0571-8888 6666", "+86 571 88886666", "0086-0571-88886666", "(0571)88886666"] {
            assert_eq!(folded(text), ["57188886666"], "{text}");
        }
        for text in ["+49 170 1234567", "0049 170 1234567", "+49 (0)170 1234567"] {
            assert_eq!(folded(text), ["+491701234567"], "{text}");
        }
    }

    #[test]
    fn several_in_one_cell_and_extensions() {
        assert_eq!(folded("13800138000/13900139000、021-55551234"), ["13800138000", "13900139000", "2155551234"]);
        assert_eq!(folded("021-55551234 13800138000"), ["2155551234", "13800138000"]);
        for text in ["021-55551234转8001", "021-55551234 ext. 8001", "021 5555 1234 x8001", "021-55551234分机8001", "021-55551234＃8001"]
        {
            assert_eq!(folded(text), ["2155551234#8001"], "{text}");
        }
        let [desk, other, whole] = ["021-55551234转1", "021-55551234转2", "021-55551234"].map(|text| phones(text).remove(0));
        assert!(desk.reaches(&whole) && whole.reaches(&other) && !desk.reaches(&other));
    }

    #[test]
    fn what_is_no_number() {
        for text in ["", "无", "12345", "00000000", "1111111", "见备注"] {
            assert_eq!(folded(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn addresses() {
        assert_eq!(emails(" Ａnna@Example.COM；Li Wei <li.wei+tea@shop.cn>"), ["anna@example.com", "li.wei+tea@shop.cn"]);
        assert_eq!(emails("mailto:a@b.cn a@b.cn"), ["a@b.cn"]);
        assert_eq!(emails("a@b, @b.cn, 无"), [""; 0]);
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "[0-9+ ()/转x#-]{0,30}") {
            for phone in phones(&text) {
                let again = phones(&phone.number);
                prop_assert_eq!(again.len(), 1, "{}", &phone.number);
                // a second leading zero is a second trunk zero
                let coded = phone.number.starts_with("86") && phone.number.len() == 13;
                if !coded && !phone.number.starts_with('0') {
                    prop_assert_eq!(&again[0].number, &phone.number);
                }
            }
        }

        #[test]
        fn no_text_ends_it(text in "\\PC{0,30}") {
            let _ = (phones(&text), emails(&text));
        }
    }
}
