//! Text: folding for matching, width on a terminal, and making foreign text harmless.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// NFKC: full-width digits, letters and signs become their plain forms.
pub fn fold_width(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.nfkc().collect()) }
}

/// The matching key of a header, code or name: NFKC, no case, no spaces at the ends,
/// without the marks spreadsheets add (`*`, `：`, `(必填)`), without invisible characters.
pub fn fold_key(text: &str) -> String {
    let folded: String = fold_width(text).chars().filter(|c| !is_invisible(*c)).collect();
    let lower = folded.trim().to_lowercase();
    let mut key = lower.as_str();
    loop {
        let mut cut = key.trim_matches(|c: char| c == '*' || c == ':' || c.is_whitespace());
        if cut.ends_with(')') {
            cut = cut.trim_end_matches("(必填)").trim_end_matches("(选填)").trim_end_matches("(required)");
        }
        if cut.len() == key.len() {
            return key.to_owned();
        }
        key = cut;
    }
}

/// A phone number for matching: digits only, without the country code 86 or 0086.
pub fn fold_phone(text: &str) -> String {
    let digits: String = fold_width(text).chars().filter(char::is_ascii_digit).collect();
    let bare = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86").filter(|rest| rest.len() == 11));
    bare.unwrap_or(&digits).to_owned()
}

/// An email address for matching: NFKC, trimmed, lower case.
pub fn fold_email(text: &str) -> String {
    fold_width(text).trim().to_lowercase()
}

/// Columns the text takes on a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Cuts to at most `columns`, with `…` where something was left out.
pub fn truncate(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut used = 1;
    let mut out = String::new();
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// Makes foreign text safe to print: control characters, bidirectional overrides and
/// line separators become `\u{…}`; a newline, a tab, and the joiners within an emoji or between letters that they shape stay.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let joins = matches!(c, '\u{200C}' | '\u{200D}') && before.is_some_and(is_joined) && chars.peek().is_some_and(|c| is_joined(*c));
        if is_dangerous(c) && !joins {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
        before = Some(c);
    }
    Cow::Owned(out)
}

/// Characters that a joiner between them (U+200C, U+200D) shapes: letters of Arabic and its kin, of India and South-East Asia,
/// Mongolian, and emoji. Between others it is only a way to make two names look the same.
fn is_joined(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{8FF}' | '\u{900}'..='\u{109F}' | '\u{1780}'..='\u{18AF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
        || matches!(c, '\u{2190}'..='\u{2BFF}' | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}')
}

/// One line for a table cell: harmless, white space runs become one space.
pub fn one_line(text: &str) -> String {
    let harmless = harmless(text);
    harmless.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_dangerous(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || is_invisible(c)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Whether a spreadsheet may take the cell for a formula (OWASP CSV injection, with the full-width forms).
///
/// Leading `'` are passed over, so one more or one less never changes the answer: a guard can be put on and taken off.
pub fn looks_like_formula(text: &str) -> bool {
    let bare = text.trim_start_matches('\'');
    if bare.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let bare = bare.trim_start_matches(|c: char| c == '\'' || c.is_whitespace() || is_invisible(c) || c == '\u{A0}');
    bare.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) && !is_phone(bare)
}

/// `+86 138-0000-0000` and the like: safe to leave bare in a spreadsheet.
fn is_phone(text: &str) -> bool {
    let body = text.strip_prefix('+').unwrap_or("x");
    body.len() >= 5 && body.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')'))
}

/// `1234567` → `1,234,567`.
pub fn group_digits(whole: &str) -> String {
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A word as a shell takes it: in quotes where it would be several, or something else.
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '@' | '+' | ':' | '#' | '=' | ',');
    let bare = !text.is_empty() && !text.starts_with(['-', '#']) && text.chars().all(plain);
    if bare { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// The candidates nearest to a mistyped word, best first, for "did you mean".
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = word.to_lowercase();
    candidates
        .into_iter()
        .map(|c| (edit_distance(&folded, &c.to_lowercase()), c))
        .filter(|(d, c)| *d <= 1 + c.chars().count() / 4)
        .min_by_key(|(d, _)| *d)
        .map(|(_, c)| c)
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// A number and its English noun: `1 request`, `2 requests`.
pub fn many(n: impl std::fmt::Display, noun: &str) -> String {
    let n = n.to_string();
    let end = if n == "1" { "" } else { "s" };
    format!("{n} {noun}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_a_shell() {
        for (text, quoted) in
            [("C1", "C1"), ("客户 1", "'客户 1'"), ("a'b", r"'a'\''b'"), ("#3", "'#3'"), ("-x", "'-x'"), ("", "''"), ("a;b", "'a;b'")]
        {
            assert_eq!(word(text), quoted);
        }
    }

    #[test]
    fn headers_fold_to_one_key() {
        for text in ["客户名称", " 客户名称 ", "*客户名称", "客户名称：", "客户名称（必填）", "客户名称:*"] {
            assert_eq!(fold_key(text), "客户名称", "{text}");
        }
        assert_eq!(fold_key("Ｎａｍｅ\u{FEFF}"), "name");
    }

    #[test]
    fn phones_fold() {
        for text in ["138 0013 8000", "+86-13800138000", "008613800138000", "１３８００１３８０００"] {
            assert_eq!(fold_phone(text), "13800138000", "{text}");
        }
    }

    #[test]
    fn escapes_are_shown_not_obeyed() {
        assert_eq!(harmless("a\u{1b}[31mb\u{202e}"), "a\\u{1b}[31mb\\u{202e}");
        assert_eq!(harmless("行\n\t好"), "行\n\t好");
    }

    #[test]
    fn joiners_stay_where_they_shape_something() {
        for text in ["👩\u{200d}💻", "❤️\u{200d}🔥", "👩🏽\u{200d}🌾 好", "می\u{200c}خواهم", "क्\u{200d}ष"] {
            assert_eq!(harmless(text), text);
        }
        for (text, shown) in [
            ("a\u{200d}b", "a\\u{200d}b"),
            ("王\u{200d}五", "王\\u{200d}五"),
            ("👩\u{200d}", "👩\\u{200d}"),
            ("\u{200c}م", "\\u{200c}م"),
            ("م\u{200d}\u{200d}م", "م\\u{200d}\\u{200d}م"),
            ("م\u{202e}م", "م\\u{202e}م"),
            ("👩\u{200b}👩 \u{200d}", "👩\\u{200b}👩 \\u{200d}"),
        ] {
            assert_eq!(harmless(text), shown);
        }
    }

    #[test]
    fn formulas_are_seen() {
        for text in ["=1+1", "+cmd", "-2", "@x", "＝1", "\t=1", " =1", "'=1", "\u{200b}=1"] {
            assert!(looks_like_formula(text), "{text}");
        }
        for text in ["+86 138 0000 0000", "a=1", "", "'quoted'", "1-2"] {
            assert!(!looks_like_formula(text), "{text}");
        }
    }

    #[test]
    fn cutting_respects_wide_characters() {
        assert_eq!(truncate("老客户投诉", 7), "老客户…");
        assert_eq!(truncate("abc", 3), "abc");
    }
}
