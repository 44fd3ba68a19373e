//! What a header of an export says of its question: the number, and the option or row of a matrix.

use crate::base::text::fold_key;

/// `第6题(运动)` → 第6题, 运动; `Jog [Spring]` → Jog, Spring; `6.地点:图书馆` → 6.地点, 图书馆. Without such a part the header as it is.
pub fn split_sub(header: &str) -> (String, String) {
    let header = header.trim();
    let cut = |open: char, close: char| {
        let body = header.strip_suffix(close)?;
        let (stem, sub) = body.split_once(open)?;
        Some((stem, sub)).filter(|(stem, sub)| !stem.trim().is_empty() && !sub.trim().is_empty())
    };
    let numbered = || cut('(', ')').or_else(|| cut('\u{FF08}', '\u{FF09}')).filter(|_| header.starts_with('第'));
    let colon = || {
        let (stem, sub) = header.split_once([':', '\u{FF1A}'])?;
        let is_numbered = stem.starts_with(|c: char| c.is_ascii_digit()) && stem.contains('.');
        (is_numbered && !sub.trim().is_empty()).then_some((stem, sub))
    };
    let (stem, sub) = cut('[', ']').or_else(numbered).or_else(colon).unwrap_or((header, ""));
    (stem.trim().to_owned(), sub.trim().to_owned())
}

/// The number of a question: `6、兴趣`, `第6题(运动)`, `Q6. Hobbies`.
pub fn question_number(header: &str) -> Option<u32> {
    let key = fold_key(header);
    let rest = key.strip_prefix('第').or_else(|| key.strip_prefix('q')).unwrap_or(&key);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let after = rest[digits.len()..].chars().next();
    let ends = after.is_none_or(|c| matches!(c, '、' | '.' | ':' | ')' | ' ' | '题'));
    digits.parse().ok().filter(|_| ends && digits.len() <= 3)
}

/// What is asked, without the number that an export puts before it: on paper the questions are counted anew.
pub fn unnumbered(header: &str) -> &str {
    let header = header.trim();
    let counted = header.strip_prefix(['Q', 'q']).unwrap_or(header);
    let after = counted.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = counted.len() - after.len();
    let rest = after.strip_prefix(['、', '.', '\u{FF0E}', ')', '\u{FF09}', ':', '\u{FF1A}']).map_or("", str::trim);
    let is_number = (1..=3).contains(&digits) && !rest.is_empty() && !rest.starts_with(|c: char| c.is_ascii_digit());
    if is_number { rest } else { header }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_header() {
        let split = |header: &str| {
            let (stem, sub) = split_sub(header);
            format!("{stem}|{sub}")
        };
        for (header, parts) in [
            ("第8题(ACG文化(动漫、游戏等))", "第8题|ACG文化(动漫、游戏等)"),
            ("第2题（物流）", "第2题|物流"),
            ("Jog [Spring]", "Jog|Spring"),
            ("Q[SQ001]", "Q|SQ001"),
            ("6.通勤地点:一丹图书馆", "6.通勤地点|一丹图书馆"),
            ("7.您的建议:", "7.您的建议:|"),
            ("建议(选填)", "建议(选填)|"),
            ("Note: rate us", "Note: rate us|"),
        ] {
            assert_eq!(split(header), parts);
        }
        let numbers = ["6、兴趣 ", "第6题(运动)", "Q6. x", "6.x", "2026年", "60+", "x"].map(question_number);
        assert_eq!(numbers, [Some(6), Some(6), Some(6), Some(6), None, None, None]);
        let asked = ["6、兴趣 ", "Q6. Hobbies", "12）x", "6.", "3.5 stars?", "2026年", "Q?", "第6题(运动)"].map(unnumbered);
        assert_eq!(asked, ["兴趣", "Hobbies", "x", "6.", "3.5 stars?", "2026年", "Q?", "第6题(运动)"]);
    }
}
