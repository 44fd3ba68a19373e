//! Consent (授权): on what basis somebody's data is kept, as the cell `consent` of the archive says it.
//!
//! A cell is a word, a day and a remark, the last two if known: `同意 2026-11-23 (电话)`, `contract 2026-01-05`,
//! `撤回 2026-11-23`. The words are those of the rules and, for consent and its withdrawal, a few that people use for them.
//! Any other text is kept as it is and counts as unclear.

use chrono::NaiveDate;

use super::rules::archive::ConsentRules;
use super::vocabulary::{Code, codes};
use crate::base::date::{DateOrder, parse_date};
use crate::base::lang::Lang;
use crate::base::problem::What;
use crate::base::text::{fold_key, fold_width, one_line};

codes! {
    /// How a customer stands, by the cell, the rules and the day.
    Standing {
        /// The cell is blank.
        Missing = "missing", "缺失", "Missing", ["无"];
        /// A basis is there and holds.
        Given = "given", "已有依据", "Given", ["有效"];
        /// Consent was given too long ago.
        Expired = "expired", "已过期", "Expired", ["过期"];
        /// The customer does not want it any more.
        Withdrawn = "withdrawn", "已撤回", "Withdrawn", ["撤回"];
        /// The text is none of the known ones, or has no day where one is needed.
        Unclear = "unclear", "不明", "Unclear", ["不清楚"];
    }
}

/// The basis that `given` means, and the words for it that people use.
pub const CONSENT: &str = "consent";
const GIVEN_WORDS: &[&str] = &["given", "agreed", "yes", "已同意", "授权", "已授权", "是"];
/// The word for consent withdrawn, and others for it.
const WITHDRAWN: [&str; 2] = ["撤回", "withdrawn"];
const WITHDRAWN_WORDS: &[&str] = &["已撤回", "撤回同意", "撤销", "不同意", "拒绝", "否", "revoked", "refused", "no"];

/// On what data is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// By the basis of this code.
    Basis(String),
    Withdrawn,
}

/// What a cell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    pub says: Says,
    pub on: Option<NaiveDate>,
    /// How it was given or withdrawn; may be blank.
    pub how: String,
}

/// Whether a word of the rules can be a basis in a cell and is none of the words that mean something else.
pub fn is_usable(word: &str, code: &str) -> bool {
    let key = fold_key(word);
    let plain = !fold_width(word).chars().any(|c| c.is_ascii_digit() || matches!(c, '(' | ')') || c.is_control());
    plain && !means_withdrawal(&key) && (code == CONSENT || !is_among(&key, GIVEN_WORDS))
}

fn is_among(key: &str, words: &[&str]) -> bool {
    words.iter().any(|word| fold_key(word) == key)
}

fn means_withdrawal(key: &str) -> bool {
    is_among(key, &WITHDRAWN) || is_among(key, WITHDRAWN_WORDS)
}

impl Consent {
    pub fn new(says: Says, on: NaiveDate, how: &str) -> Consent {
        Consent { says, on: Some(on), how: one_line(how) }
    }

    /// As it stands in a book of this language; read again it is the same.
    pub fn write(&self, rules: &ConsentRules, lang: Lang) -> String {
        let mut text = match &self.says {
            Says::Withdrawn => lang.pick(WITHDRAWN[0], WITHDRAWN[1]).to_owned(),
            Says::Basis(code) => {
                rules.bases.iter().find(|basis| basis.code == *code).map_or_else(|| code.clone(), |basis| basis.written(lang))
            }
        };
        if let Some(on) = self.on {
            text.extend([" ", &on.to_string()]);
        }
        if !self.how.is_empty() {
            text.extend([" (", &self.how, ")"]);
        }
        text
    }
}

/// What a word means: a basis by its code or label, consent or its withdrawal also by other words for it.
pub fn meaning(word: &str, rules: &ConsentRules) -> Option<Says> {
    let key = fold_key(word);
    if means_withdrawal(&key) {
        return Some(Says::Withdrawn);
    }
    let named = rules.bases.iter().find(|basis| basis.is(&key));
    let given = || rules.bases.iter().find(|basis| basis.code == CONSENT && is_among(&key, GIVEN_WORDS));
    named.or_else(given).map(|basis| Says::Basis(basis.code.clone()))
}

/// Reads a cell; `None` where it is blank or unclear.
pub fn read(cell: &str, rules: &ConsentRules) -> Option<Consent> {
    let (word, on, how) = parts(cell)?;
    Some(Consent { says: meaning(&word, rules)?, on, how: how.to_owned() })
}

/// The word, the day and the remark of a cell; `None` where it is not made that way.
fn parts(cell: &str) -> Option<(String, Option<NaiveDate>, &str)> {
    let text = cell.trim();
    let (head, how) = match text.find(['(', '（']) {
        Some(at) => (&text[..at], text[at..].strip_prefix(['(', '（'])?.strip_suffix([')', '）'])?.trim()),
        None => (text, ""),
    };
    let head = fold_width(head);
    let (word, date) = head.split_at(head.find(|c: char| c.is_ascii_digit()).unwrap_or(head.len()));
    let word = word.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '、' | '。'));
    let on = if date.is_empty() { None } else { Some(parse_date(date.trim(), DateOrder::Iso).ok()?) };
    Some((word.to_owned(), on, how))
}

/// The day that a cell names, also where its words are not ours.
pub fn said_on(cell: &str) -> Option<NaiveDate> {
    parts(cell).and_then(|(_, on, _)| on)
}

/// How a customer stands on a day, by what the cell says.
pub fn standing(cell: &str, rules: &ConsentRules, today: NaiveDate) -> Standing {
    if cell.trim().is_empty() {
        return Standing::Missing;
    }
    match (read(cell, rules), rules.holds) {
        (None, _) if is_withdrawn(cell) => Standing::Withdrawn,
        (None, _) => Standing::Unclear,
        (Some(Consent { says: Says::Withdrawn, .. }), _) => Standing::Withdrawn,
        // the other bases last as long as their ground
        (Some(Consent { says: Says::Basis(code), on, .. }), Some(holds)) if code == CONSENT => match on {
            Some(on) if holds.after(on) < today => Standing::Expired,
            Some(_) => Standing::Given,
            None => Standing::Unclear,
        },
        (Some(_), _) => Standing::Given,
    }
}

/// What is to be said of a cell that gives no basis, as it stands.
pub fn no_basis(standing: Standing, cell: &str) -> What {
    let word = standing.word();
    What::NoBasis { standing: [word.zh, word.en], says: one_line(cell) }
}

/// Whether the customer withdrew consent: they are not to be visited, and whoever plans a visit is to be told. Depends on the
/// cell alone, for no rule can give these words another meaning; a blank or unclear cell forbids nothing. Whatever stands behind
/// the words themselves, `withdrawn by mail`, is read in favour of the customer.
pub fn is_withdrawn(cell: &str) -> bool {
    let key = fold_key(cell);
    WITHDRAWN.iter().any(|word| key.starts_with(word)) || parts(cell).is_some_and(|(word, ..)| means_withdrawal(&fold_key(&word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rules::archive::RawArchive;
    use proptest::prelude::*;

    fn rules(yaml: &str) -> ConsentRules {
        serde_yaml::from_str::<RawArchive>(yaml).unwrap().check().unwrap().consent
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn cells_as_people_write_them() {
        let rules = rules("{}");
        let basis = |code: &str| Says::Basis(code.to_owned());
        for (cell, says, on, how) in [
            ("同意 2026-11-23 (电话)", basis("consent"), Some("2026-11-23"), "电话"),
            ("同意：2026年11月23日（电话，小李）", basis("consent"), Some("2026-11-23"), "电话，小李"),
            ("consent 2026/1/5", basis("consent"), Some("2026-01-05"), ""),
            ("是", basis("consent"), None, ""),
            ("Legal Duty (tax (VAT))", basis("legal_duty"), None, "tax (VAT)"),
            ("撤回2026-11-23", Says::Withdrawn, Some("2026-11-23"), ""),
            ("No", Says::Withdrawn, None, ""),
        ] {
            let expected = Consent { says, on: on.map(day), how: how.to_owned() };
            assert_eq!(read(cell, &rules), Some(expected), "{cell}");
        }
        for cell in ["", "口头说可以", "同意 上周", "同意 2026-13-01", "同意 (电话", "2026-11-23", "同意 2026-11-23 电话", "see file"]
        {
            assert_eq!(read(cell, &rules), None, "{cell}");
        }
    }

    #[test]
    fn how_a_customer_stands() {
        let today = day("2026-11-23");
        let of = |cell: &str, yaml: &str| standing(cell, &rules(yaml), today);
        for (cell, expected) in [
            (" ", Standing::Missing),
            ("同意", Standing::Given),
            ("合同 2020-01-01", Standing::Given),
            ("撤回", Standing::Withdrawn),
            ("以前问过", Standing::Unclear),
        ] {
            assert_eq!(of(cell, "{}"), expected, "{cell}");
        }
        let holds = "consent: {holds: 12 months}";
        for (cell, expected) in [
            ("同意 2025-11-23", Standing::Given),
            ("同意 2025-11-22", Standing::Expired),
            ("同意", Standing::Unclear),
            ("合同 2020-01-01", Standing::Given),
            ("撤回 2020-01-01", Standing::Withdrawn),
        ] {
            assert_eq!(of(cell, holds), expected, "{cell}");
        }
        assert!(is_withdrawn("拒绝（电话）") && !is_withdrawn("") && !is_withdrawn("？") && is_withdrawn("撤回 上周"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(basis in 0..6_usize, days in 0..20_000_u64, how in "\\PC{0,20}", zh: bool) {
            let rules = rules("{}");
            let says = rules.bases.get(basis).map_or(Says::Withdrawn, |basis| Says::Basis(basis.code.clone()));
            let consent = Consent::new(says, day("1990-01-01") + chrono::Days::new(days), &how);
            let lang = if zh { Lang::Zh } else { Lang::En };
            prop_assert_eq!(read(&consent.write(&rules, lang), &rules), Some(consent));
        }

        #[test]
        fn no_cell_is_too_odd_to_be_looked_at(cell in "\\PC{0,30}") {
            let rules = rules("consent: {holds: 1 year}");
            let stands = standing(&cell, &rules, day("2026-11-23"));
            prop_assert_eq!(stands == Standing::Missing, cell.trim().is_empty());
            prop_assert_eq!(stands == Standing::Withdrawn, is_withdrawn(&cell));
        }
    }

    #[test]
    fn a_withdrawal_in_any_words_is_read_in_favour_of_the_customer() {
        let day = "2026-10-08".parse().unwrap();
        for (cell, withdrawn) in
            [("Withdrawn by mail", true), ("withdrawn", true), ("撤回 2026-10-01", true), ("", false), ("同意", false), ("未撤回", false)]
        {
            assert_eq!(is_withdrawn(cell), withdrawn, "{cell}");
            assert_eq!(standing(cell, &rules("{}"), day) == Standing::Withdrawn, withdrawn, "{cell}");
        }
    }
}
