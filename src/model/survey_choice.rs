//! What a filled-in cell chooses: several options in one cell, one column per option, ranks, words of one's own.
//!
//! Nothing is torn that belongs together: `〖…〗` is one person's words, and an option that contains the sign between
//! options is known by the question's list of options.

use std::collections::HashMap;
use std::ops::Range;

use rust_decimal::Decimal;

use super::cell::Score;
use super::scale::{is_blank, number};
use super::survey_question::{Choice, Kind, Question};
use crate::base::text::fold_key;

/// The option of whoever chose none of the list but wrote something, where the file has no name for it.
pub const OWN_WORDS: &str = "other";

/// A question's part of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filled {
    /// One cell, whatever is in it.
    Cell(String),
    /// One column per option: the option, and what stands in its column.
    Options(Vec<(String, String)>),
}

/// One answer: the option where the question has several, its rank, and what the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    pub sub: String,
    pub rank: Option<Score>,
    pub raw: String,
}

/// The answers of one person to a question with several of them. None where the question was passed over.
pub fn chosen(question: &Question, filled: &Filled) -> Vec<Chosen> {
    let found = match filled {
        Filled::Cell(cell) if is_passed(question, cell) => Vec::new(),
        Filled::Cell(cell) => in_cell(question, cell),
        Filled::Options(cells) => cells.iter().filter_map(|(option, cell)| in_column(question, option, cell)).collect(),
    };
    merged(found)
}

fn is_passed(question: &Question, cell: &str) -> bool {
    is_blank(cell) && option(question, cell).is_none()
}

/// An option twice is one answer with all that was said.
fn merged(found: Vec<Chosen>) -> Vec<Chosen> {
    let mut kept: Vec<Chosen> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    for chosen in found {
        match at.get(&chosen.sub) {
            Some(at) if kept[*at].raw == chosen.raw => {}
            Some(at) => kept[*at].raw = format!("{}; {}", kept[*at].raw, chosen.raw),
            None => {
                at.insert(chosen.sub.clone(), kept.len());
                kept.push(chosen);
            }
        }
    }
    kept
}

fn in_cell(question: &Question, cell: &str) -> Vec<Chosen> {
    let is_ranking = question.kind == Some(Kind::Ranking);
    let mut found = Vec::new();
    for (n, piece) in split(question, cell).into_iter().enumerate() {
        let rank = is_ranking.then(|| Score(Decimal::from(n + 1)));
        found.push(Chosen { sub: label_or_own(question, piece), rank, raw: piece.to_owned() });
    }
    found
}

/// Of one column per option: a tick of some kind, the option's own name, a rank, or words of one's own.
fn in_column(question: &Question, header: &str, cell: &str) -> Option<Chosen> {
    let said = cell.trim();
    let sub = option(question, header).map_or_else(|| header.to_owned(), |choice| choice.label.clone());
    let no = || matches!(fold_key(said).as_str(), "" | "0" | "n" | "no" | "否" | "false" | "未选中" | "-3" | "-2" | "(跳过)" | "跳过");
    if no() && fold_key(said) != fold_key(&sub) {
        return None;
    }
    let rank = if question.kind == Some(Kind::Ranking) { Some(Score(number(said).filter(|rank| *rank > Decimal::ZERO)?)) } else { None };
    Some(Chosen { sub, rank, raw: said.to_owned() })
}

/// Whether a cell is but a tick, which says no more than the option itself.
pub fn is_tick(cell: &str) -> bool {
    matches!(fold_key(cell).as_str(), "1" | "y" | "yes" | "是" | "true" | "√" | "✓" | "x" | "checked" | "选中" | "已选")
}

/// Where a text is cut at a sign, but not within `〖…〗`; nothing blank is left.
fn cuts(text: &str, separator: &str) -> Vec<Range<usize>> {
    let (mut out, mut from, mut depth, mut past) = (Vec::new(), 0, 0_usize, 0);
    for (at, c) in text.char_indices() {
        if depth == 0 && at >= past && text[at..].starts_with(separator) {
            out.push(from..at);
            (from, past) = (at + separator.len(), at + separator.len());
        } else if c == '〖' {
            depth += 1;
        } else if c == '〗' {
            depth = depth.saturating_sub(1);
        }
    }
    out.push(from..text.len());
    let trimmed = |cut: Range<usize>| {
        let (piece, start) = (&text[cut.clone()], cut.start);
        let begin = start + piece.len() - piece.trim_start().len();
        begin..begin + piece.trim().len()
    };
    out.into_iter().map(trimmed).filter(|cut| !cut.is_empty()).collect()
}

/// The pieces between signs.
pub fn pieces<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    cuts(text, separator).into_iter().map(|cut| &text[cut]).collect()
}

/// Whether the sign is one that no option is likely to contain.
fn is_own_sign(separator: &str) -> bool {
    matches!(separator, "┋" | "→")
}

/// The options in a cell, as the cell names them. Of the question's options the longest that fits is taken; what fits none is one
/// answer up to the next option, since a person's own words may have the sign in them too.
pub fn split<'a>(question: &Question, cell: &'a str) -> Vec<&'a str> {
    let cuts = cuts(cell, question.separator());
    if question.options.is_empty() {
        return cuts.into_iter().map(|cut| &cell[cut]).collect();
    }
    let span = |from: usize, to: usize| &cell[cuts[from].start..cuts[to].end];
    let known = |from: usize| (from..cuts.len()).rev().find(|to| option(question, span(from, *to)).is_some());
    let (mut out, mut at) = (Vec::new(), 0);
    while at < cuts.len() {
        let to = known(at).unwrap_or_else(|| {
            let next = (at + 1..cuts.len()).find(|next| known(*next).is_some()).unwrap_or(cuts.len());
            if is_own_sign(question.separator()) { at } else { next - 1 }
        });
        out.push(span(at, to));
        at = to + 1;
    }
    out
}

/// What a person said, without the words of their own: `其他〖羽毛球〗` → `其他`.
pub fn head(said: &str) -> &str {
    said.split('〖').next().unwrap_or(said).trim()
}

/// The words of one's own: `其他〖羽毛球〗` → `羽毛球`.
pub fn own_words(said: &str) -> Option<&str> {
    Some(said.split_once('〖')?.1.trim_end_matches('〗').trim()).filter(|words| !words.is_empty())
}

/// The option that a cell names by its label or its code; `D.图书馆` is 图书馆.
pub fn option<'q>(question: &'q Question, said: &str) -> Option<&'q Choice> {
    let by_label = |key: &str| question.options.iter().find(|choice| fold_key(&choice.label) == key);
    let head = head(said);
    let lettered = || {
        let (letter, rest) = head.split_once('.')?;
        (letter.len() == 1 && letter.bytes().all(|b| b.is_ascii_uppercase())).then(|| rest.trim())
    };
    let by_code = || question.options.iter().find(|choice| choice.code.as_deref().is_some_and(|code| fold_key(code) == fold_key(head)));
    by_label(&fold_key(said)).or_else(|| by_label(&fold_key(head))).or_else(by_code).or_else(|| by_label(&fold_key(lettered()?)))
}

/// The option a cell names, else what it says without words of one's own.
pub fn label(question: &Question, said: &str) -> String {
    option(question, said).map_or_else(|| head(said).to_owned(), |choice| choice.label.clone())
}

/// The same of a question with several answers, whose options are not always known: what is no option is one's own words.
fn label_or_own(question: &Question, said: &str) -> String {
    let is_free = option(question, said).is_none() && !question.options.is_empty() && head(said) == said.trim();
    if is_free && !is_own_sign(question.separator()) { OWN_WORDS.to_owned() } else { label(question, said) }
}

/// Whether two cells say the same: one by name, the other by number or by a tick.
pub fn says_the_same(question: &Question, sub: &str, before: &str, now: &str) -> bool {
    if before == now {
        return true;
    }
    // a rank is no name: it stands in the value
    let is_mark = |said: &str| is_tick(said) || (question.kind == Some(Kind::Ranking) && number(said).is_some());
    let named = |said: &str| if question.is_several() && is_mark(said) { sub.to_owned() } else { label(question, said) };
    let adds = own_words(now).is_some() && own_words(before) != own_words(now);
    !adds && fold_key(&named(before)) == fold_key(&named(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(kind: Kind, separator: Option<&str>, options: &[&str]) -> Question {
        Question {
            kind: Some(kind),
            separator: separator.map(str::to_owned),
            options: options.iter().map(|label| Choice::named(*label)).collect(),
            ..Question::plain("q", "q")
        }
    }

    fn subs(question: &Question, cell: &str) -> Vec<String> {
        chosen(question, &Filled::Cell(cell.into())).into_iter().map(|chosen| chosen.sub).collect()
    }

    #[test]
    fn options_that_contain_signs_stay_whole() {
        let wjx = question(Kind::Multi, None, &[]);
        let cell = "娱乐八卦┋ACG文化(动漫、游戏等)┋其他【请注明】〖电影┋餐饮,等〗┋";
        assert_eq!(subs(&wjx, cell), ["娱乐八卦", "ACG文化(动漫、游戏等)", "其他【请注明】"]);
        assert_eq!(chosen(&wjx, &Filled::Cell(cell.into()))[2].raw, "其他【请注明】〖电影┋餐饮,等〗");
        let sheets = question(Kind::Multi, Some(", "), &["Tea, hot", "Tea", "Cake, with cream, please"]);
        assert_eq!(subs(&sheets, "Tea, hot, Cake, with cream, please, Tea"), ["Tea, hot", "Cake, with cream, please", "Tea"]);
        // what is no option is one person's own words, however many commas it has
        let found = chosen(&sheets, &Filled::Cell("Tea, milk, and more, Tea, hot".into()));
        assert_eq!(
            found.iter().map(|c| (c.sub.as_str(), c.raw.as_str())).collect::<Vec<_>>(),
            [("Tea", "Tea"), (OWN_WORDS, "milk, and more"), ("Tea, hot", "Tea, hot")]
        );
        for blank in ["", "(跳过)", "-3", " "] {
            assert!(subs(&sheets, blank).is_empty());
        }
        // an option that reads like a refusal is an option
        assert_eq!(subs(&question(Kind::Multi, None, &["不了解", "了解"]), "不了解"), ["不了解"]);
    }

    #[test]
    fn one_column_per_option_in_every_dress() {
        let question = question(Kind::Multi, None, &["茶", "水", "图书馆", "其他"]);
        let cells = |cells: &[(&str, &str)]| {
            let cells = cells.iter().map(|(option, cell)| ((*option).to_owned(), (*cell).to_owned())).collect();
            chosen(&question, &Filled::Options(cells)).into_iter().map(|chosen| chosen.sub).collect::<Vec<_>>()
        };
        assert_eq!(cells(&[("茶", "1"), ("水", "0"), ("图书馆", "D.图书馆"), ("其他", "羽毛球")]), ["茶", "图书馆", "其他"]);
        assert_eq!(cells(&[("茶", "-3"), ("水", "N"), ("图书馆", ""), ("其他", "No")]), Vec::<String>::new());
        assert_eq!(cells(&[("茶", "Y"), ("水", "水")]), ["茶", "水"]);
    }

    #[test]
    fn rankings_by_text_and_by_number_are_one() {
        let ranking = question(Kind::Ranking, None, &[]);
        let by_text = chosen(&ranking, &Filled::Cell("价格→质量→物流".into()));
        let columns = [("质量", "2"), ("价格", "1"), ("物流", "3"), ("包装", "-2")].map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec();
        let by_number = chosen(&ranking, &Filled::Options(columns));
        let ranks = |chosen: &[Chosen]| {
            let mut ranks: Vec<_> = chosen.iter().map(|c| (c.rank.unwrap().0.to_string(), c.sub.clone())).collect();
            ranks.sort();
            ranks
        };
        assert_eq!(ranks(&by_text), ranks(&by_number));
        assert_eq!(by_text.len(), 3);
    }

    #[test]
    fn a_number_a_tick_and_a_name_say_the_same() {
        let mut single = question(Kind::Single, None, &["一部", "其他"]);
        single.options[0].code = Some("1".into());
        assert!(says_the_same(&single, "", "一部", "1") && says_the_same(&single, "", "1", "一部"));
        assert!(!says_the_same(&single, "", "一部", "2"));
        assert!(says_the_same(&single, "", "其他〖租的〗", "其他") && !says_the_same(&single, "", "其他", "其他〖租的〗"));
        assert!(says_the_same(&question(Kind::Multi, None, &[]), "茶", "茶", "1"));
        assert!(says_the_same(&question(Kind::Ranking, None, &[]), "茶", "茶", "2"));
        assert_eq!(label(&single, "A.一部"), "一部");
    }

    proptest::proptest! {
        /// Whatever the options are called, chosen in any number they come back, with free words of commas among them or not.
        #[test]
        fn what_was_joined_is_split_again(picks in proptest::collection::vec(0_usize..4, 0..6)) {
            let options = ["a", "b, c", "d (e, f)", "、,;"];
            let question = question(Kind::Multi, Some(", "), &options);
            let mut wanted: Vec<&str> = Vec::new();
            for pick in picks {
                if !wanted.contains(&options[pick]) {
                    wanted.push(options[pick]);
                }
            }
            proptest::prop_assert_eq!(subs(&question, &wanted.join(", ")), wanted);
        }
    }
}
