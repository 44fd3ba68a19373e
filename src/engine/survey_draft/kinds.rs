//! How questions are answered: which columns are one question, which cells hold several options, and what the options are.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::measure::{has, measure, told_scale, topic};
use crate::base::text::{fold_key, one_line};
use crate::model::scale::is_blank;
use crate::model::survey_choice::{head, is_tick, pieces};
use crate::model::survey_file::{Kind, Metric, Question, Source};
use crate::model::survey_header::split_sub;
use crate::model::survey_question::{Choice, RANKED};

/// A question with more different answers than this is no choice of one option.
const OPTIONS: usize = 30;
/// An option is no longer than this, in characters.
const OPTION_LENGTH: usize = 120;

/// What an export holds, as far as it is still to be understood.
#[derive(Clone, Copy)]
pub struct Export<'a> {
    pub headers: &'a [String],
    pub columns: &'a [Vec<&'a str>],
    pub source: Source,
}

/// Columns that are one question: its common header, and each column with what it alone stands for.
struct Group {
    stem: String,
    columns: Vec<(usize, String)>,
}

/// The nature of a group.
enum Nature {
    Options,
    Ranking,
    Matrix,
}

/// Questions of these columns, in their order.
pub fn questions(export: Export<'_>, open: &[usize]) -> Vec<Question> {
    let mut made: Vec<Question> = Vec::new();
    let groups = groups(export, open);
    let mut done: HashSet<usize> = HashSet::new();
    for (i, at) in open.iter().enumerate() {
        if !done.insert(*at) {
            continue;
        }
        let Some(group) = groups.iter().find(|group| group.columns.iter().any(|(column, _)| column == at)) else {
            let question = one(export, *at, code(&export.headers[*at], i, &made));
            made.push(question);
            continue;
        };
        done.extend(group.columns.iter().map(|(at, _)| *at));
        let code = code(&group.stem, i, &made);
        match nature(export, group) {
            Nature::Options => made.push(several(export, group, code, Kind::Multi)),
            Nature::Ranking => made.push(several(export, group, code, Kind::Ranking)),
            Nature::Matrix => made.extend(matrix(export, group, &code)),
        }
    }
    made
}

/// Columns with a common part before the option; of Typeform, columns that are named like the options in them.
fn groups(export: Export<'_>, open: &[usize]) -> Vec<Group> {
    let mut found: Vec<Group> = Vec::new();
    for at in open {
        let (stem, sub) = split_sub(&export.headers[*at]);
        if sub.is_empty() {
            continue;
        }
        match found.iter_mut().find(|group| group.stem == stem) {
            Some(group) => group.columns.push((*at, sub)),
            None => found.push(Group { stem, columns: vec![(*at, sub)] }),
        }
    }
    // a word in brackets is no option unless others stand beside it
    found.retain(|group| group.columns.len() > 1 || group.stem.starts_with('第'));
    if export.source == Source::Typeform {
        found.extend(named_like_options(export, open));
    }
    found
}

fn named_like_options(export: Export<'_>, open: &[usize]) -> Vec<Group> {
    let is_named = |at: usize| {
        let filled = || export.columns[at].iter().filter(|cell| !cell.trim().is_empty());
        filled().next().is_some() && filled().all(|cell| fold_key(cell) == fold_key(&export.headers[at]))
    };
    let mut found = Vec::new();
    let mut run: Vec<usize> = Vec::new();
    for at in open.iter().copied().chain(std::iter::once(usize::MAX)) {
        let follows = run.last().is_some_and(|last| last + 1 == at);
        let is_next =
            at < export.headers.len() && (run.is_empty() || follows) && (is_named(at) || (follows && is_other(&export.headers[at])));
        if is_next {
            run.push(at);
            continue;
        }
        if run.len() > 1 {
            found.push(Group { stem: String::new(), columns: run.iter().map(|at| (*at, export.headers[*at].clone())).collect() });
        }
        run = Some(at).filter(|at| *at < export.headers.len() && is_named(*at)).into_iter().collect();
    }
    found
}

/// The option for words of one's own.
fn is_other(option: &str) -> bool {
    let key = fold_key(option);
    key.starts_with("other") || key.starts_with("其他") || key.starts_with("其它")
}

fn nature(export: Export<'_>, group: &Group) -> Nature {
    if is_ticked(export, group) {
        Nature::Options
    } else if export.source == Source::Wjx && is_ranked(export, group) {
        Nature::Ranking
    } else {
        Nature::Matrix
    }
}

/// Whether every column holds its option's name, or a tick and no tick.
fn is_ticked(export: Export<'_>, group: &Group) -> bool {
    let (mut some, mut none) = (false, false);
    for (at, option) in group.columns.iter().filter(|(_, option)| !is_other(option)) {
        for cell in &export.columns[*at] {
            let key = fold_key(cell);
            let is_named = key == fold_key(option) || key.split_once('.').is_some_and(|(_, rest)| rest.trim() == fold_key(option));
            let is_word = matches!(key.as_str(), "yes" | "no" | "是" | "否");
            if is_word && export.source != Source::LimeSurvey {
                return false;
            }
            let is_none = matches!(key.as_str(), "" | "0" | "n" | "no" | "否" | "false") || is_blank(cell);
            if !(is_named || is_tick(cell) || is_none) {
                return false;
            }
            some |= !is_none;
            none |= is_none || is_named;
        }
    }
    some && none
}

/// Whether every row numbers the columns from 1, each number once.
fn is_ranked(export: Export<'_>, group: &Group) -> bool {
    let rows = export.columns.first().map_or(0, Vec::len);
    let mut seen = 0;
    for row in 0..rows {
        let cells = group.columns.iter().filter_map(|(at, _)| export.columns[*at].get(row)).filter(|cell| !is_blank(cell));
        let Some(mut ranks) = cells.map(|cell| cell.trim().parse::<usize>().ok()).collect::<Option<Vec<_>>>() else { return false };
        ranks.sort_unstable();
        if ranks.iter().zip(1..).any(|(rank, n)| *rank != n) {
            return false;
        }
        seen += usize::from(ranks.len() > 1);
    }
    seen >= 2 && group.columns.len() > 1
}

fn several(export: Export<'_>, group: &Group, code: String, kind: Kind) -> Question {
    let columns: Vec<String> = group.columns.iter().map(|(at, _)| export.headers[*at].clone()).collect();
    let options = group.columns.iter().map(|(_, option)| Choice::named(option)).collect();
    let text = if group.stem.is_empty() { columns.join(" / ") } else { shown(&group.stem) };
    let columns = if group.stem.is_empty() { columns } else { Vec::new() };
    Question { kind: Some(kind), options, columns, text, ..Question::plain(code, &group.stem) }
}

/// The rows of a matrix are answered on one scale.
fn matrix(export: Export<'_>, group: &Group, code: &str) -> Vec<Question> {
    let values: Vec<&str> = group.columns.iter().flat_map(|(at, _)| export.columns[*at].iter().copied()).collect();
    let shared = group.columns.len() > 1;
    let row = |(at, sub): &(usize, String)| {
        let header = &export.headers[*at];
        let (metric, scale) = measure(&topic(header), &values, export.source == Source::Wjx);
        let sub = if shared { sub.clone() } else { String::new() };
        Question { sub, metric, scale, text: shown(header), ..Question::plain(code, header) }
    };
    group.columns.iter().map(row).collect()
}

/// A question of one column.
fn one(export: Export<'_>, at: usize, code: String) -> Question {
    let (header, values) = (&export.headers[at], &export.columns[at]);
    let (metric, scale) = measure(&topic(header), values, export.source == Source::Wjx);
    let question = Question { metric, text: shown(header), ..Question::plain(code, header) };
    if scale.is_some() {
        return Question { scale, ..question };
    }
    if let Some((kind, separator, options)) = signs(values, export.source) {
        let separator = Some(separator.to_owned()).filter(|separator| separator != "┋" && separator != RANKED);
        let options = options.into_iter().map(Choice::named).collect();
        return Question { kind: Some(kind), separator, options, ..question };
    }
    let kind = is_single(values).then_some(Kind::Single);
    Question { kind, ..question }
}

/// Few different answers, most of them given more than once.
fn is_single(values: &[&str]) -> bool {
    let filled = || values.iter().filter(|value| !is_blank(value)).map(|value| head(value));
    let distinct: HashSet<&str> = filled().collect();
    let short = distinct.iter().all(|value| value.chars().count() <= OPTION_LENGTH);
    short && distinct.len() > 1 && distinct.len() <= OPTIONS && distinct.len() * 2 <= filled().count()
}

/// Whether cells hold several options, the sign between them, and what they are where the sign occurs in options too.
pub fn signs(values: &[&str], source: Source) -> Option<(Kind, &'static str, Vec<String>)> {
    let occurs = |sign: &str| values.iter().any(|value| pieces(value, sign).len() > 1);
    if occurs("┋") {
        return Some((Kind::Multi, "┋", Vec::new()));
    }
    if occurs(RANKED) && source != Source::Other {
        return Some((Kind::Ranking, RANKED, Vec::new()));
    }
    if let Some(options) = recurring(values, ";").filter(|_| source != Source::GoogleSheets) {
        return Some((Kind::Multi, ";", options));
    }
    let options = recurring(values, ", ").filter(|_| source != Source::GoogleForms)?;
    Some((Kind::Multi, ", ", options))
}

/// The options between a sign, if what stands between it recurs as options do. Pieces that never occur apart are one option with the
/// sign in it.
fn recurring(values: &[&str], sign: &str) -> Option<Vec<String>> {
    let mut rows: Vec<Vec<String>> =
        values.iter().filter(|value| !is_blank(value)).map(|value| pieces(value, sign).into_iter().map(str::to_owned).collect()).collect();
    if !rows.iter().any(|row| row.len() > 1) {
        return None;
    }
    while let Some((first, second)) = inseparable(&rows) {
        let joined = format!("{first}{sign}{second}");
        for row in &mut rows {
            while let Some(at) = row.windows(2).position(|pair| pair[0] == first && pair[1] == second) {
                row.splice(at..at + 2, [joined.clone()]);
            }
        }
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    rows.iter().flatten().for_each(|piece| *counts.entry(piece).or_default() += 1);
    let total: usize = counts.values().sum();
    let several = rows.iter().filter(|row| row.len() > 1).count();
    let short = counts.iter().all(|(piece, n)| *n == 1 || piece.chars().count() <= OPTION_LENGTH);
    if several < 2 || counts.len() > OPTIONS || total < counts.len() * 2 || !short {
        return None;
    }
    let mut options: Vec<(&str, usize)> = counts.into_iter().filter(|(_, n)| *n > 1).collect();
    options.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    Some(options.into_iter().map(|(option, _)| option.to_owned()).collect())
}

/// Two neighbours of which none ever occurs without the other.
fn inseparable(rows: &[Vec<String>]) -> Option<(String, String)> {
    let mut alone: HashMap<&str, usize> = HashMap::new();
    let mut together: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for row in rows {
        for piece in row {
            *alone.entry(piece).or_default() += 1;
        }
        for pair in row.windows(2).filter(|pair| pair[0] != pair[1]) {
            *together.entry((&pair[0], &pair[1])).or_default() += 1;
        }
    }
    let always = |((first, second), n): &(&(&str, &str), &usize)| **n > 1 && alone[first] == **n && alone[second] == **n;
    together.iter().find(always).map(|((first, second), _)| ((*first).to_owned(), (*second).to_owned()))
}

/// A header for people: on one line, without the marks of web pages that some exports carry.
fn shown(header: &str) -> String {
    let (mut out, mut rest) = (String::new(), header);
    while let Some((before, after)) = rest.split_once('<') {
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        let behind = after.split_once('>').filter(|_| is_tag).map(|(_, behind)| behind);
        out += before;
        if behind.is_none() {
            out.push('<');
        }
        rest = behind.unwrap_or(after);
    }
    one_line(&(out + rest))
}

/// Whether a column of plain numbers may be the positions of options.
pub fn may_be_positions(question: &Question, export: Export<'_>) -> bool {
    let at = export.headers.iter().position(|header| *header == question.column);
    let values = at.map(|at| export.columns[at].as_slice()).unwrap_or_default();
    let filled = || values.iter().filter(|value| !is_blank(value));
    question.metric == Metric::Other
        && told_scale(&topic(&question.column)).is_none()
        && filled().next().is_some()
        && filled().all(|value| value.trim().parse::<u8>().is_ok_and(|n| (1..=99).contains(&n)))
}

/// Whether it asks how satisfied one is on the whole.
pub fn is_overall(question: &Question, words: &[&str]) -> bool {
    question.metric == Metric::Csat && has(&fold_key(&question.text), words)
}

/// `q3` for a numbered question, a program's own name as it is, else the question's position.
pub fn code(header: &str, at: usize, made: &[Question]) -> String {
    let key = fold_key(header);
    let digits: String = key.trim_start_matches(['q', '第']).chars().take_while(char::is_ascii_digit).collect();
    let plain =
        key.len() <= 24 && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && key.starts_with(|c: char| c.is_ascii_lowercase());
    let wanted = if !digits.is_empty() && digits.len() <= 3 {
        format!("q{digits}")
    } else if plain {
        key
    } else {
        format!("q{}", at + 1)
    };
    let is_free = |code: &String| !made.iter().any(|question| question.code == *code);
    let numbered = (2..).map(|n| format!("{wanted}_{n}"));
    std::iter::once(wanted.clone()).chain(numbered).find(is_free).unwrap_or(wanted)
}
