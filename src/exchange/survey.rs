//! Exports of survey platforms: one header row with distinct names, then each row taken apart by its survey.
//!
//! Platforms differ in metadata columns, not in principle; columns are found by name, never by position.

use std::collections::HashMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::mapping::REASON_HEADERS;
use super::sheet::{Sheet, SheetRow};
use super::typed::{Rejected, is_exponent, unguarded};
use crate::base::date::DateOrder;
use crate::base::instant::Instant;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;
use crate::model::cell::{Kind, Locale};
use crate::model::survey_choice::Filled;
use crate::model::survey_file::{FilledForm, Question, SurveyFile};
use crate::model::survey_header::{question_number, split_sub};

/// Sub-headers that only repeat that a column holds the answer.
const PLAIN_SUB_HEADERS: [&str; 2] = ["response", "open-ended response"];

/// Gives a sheet one header row with distinct names: the second header row of `SurveyMonkey` goes into the first,
/// a blank header becomes `#7`, a repeated one `Comment (2)`.
pub fn questionnaire(mut sheet: Sheet) -> Sheet {
    if has_sub_headers(&sheet) {
        let sub = sheet.rows.remove(0);
        let mut above = String::new();
        for (at, header) in sheet.headers.iter_mut().enumerate() {
            if !header.is_empty() {
                above.clone_from(header);
            }
            let sub = sub.cells.get(at).map_or("", |cell| cell.trim());
            let plain = sub.is_empty() || PLAIN_SUB_HEADERS.contains(&sub.to_lowercase().as_str());
            *header = if plain { above.clone() } else { format!("{above} [{sub}]") };
        }
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (at, header) in sheet.headers.iter_mut().enumerate() {
        if header.is_empty() {
            *header = format!("#{}", at + 1);
        }
        let times = seen.entry(fold_key(header)).or_insert(0);
        *times += 1;
        if *times > 1 {
            *header = format!("{header} ({times})");
        }
    }
    sheet
}

/// `SurveyMonkey`: a header row, then one of options and matrix rows, without a respondent.
fn has_sub_headers(sheet: &Sheet) -> bool {
    let at = |name: &str| sheet.headers.iter().position(|header| fold_key(header) == name);
    match (at("respondent id"), at("collector id"), sheet.rows.first()) {
        (Some(id), Some(_), Some(row)) => row.cells.get(id).is_some_and(|cell| cell.trim().is_empty()),
        _ => false,
    }
}

/// Where a question's answers are: in one column, or in one per option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    Cell(usize),
    Options(Vec<(String, usize)>),
}

impl Spot {
    fn columns(&self) -> Vec<usize> {
        match self {
            Spot::Cell(at) => vec![*at],
            Spot::Options(options) => options.iter().map(|(_, at)| *at).collect(),
        }
    }

    /// Its first column.
    pub fn first(&self) -> Option<usize> {
        self.columns().first().copied()
    }
}

/// Where the survey's columns are in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub questions: Vec<Spot>,
    singles: HashMap<&'static str, usize>,
    comment: Vec<usize>,
    order: DateOrder,
    /// The header says its times are UTC.
    utc: bool,
}

impl Layout {
    /// Finds every column that the survey names.
    ///
    /// # Errors
    /// Each column that the file lacks, by the key that names it.
    pub fn new(survey: &SurveyFile, headers: &[String], order: Option<DateOrder>) -> Result<Layout, Problems> {
        let mut wrong = Problems::new();
        let mut find = |name: &str, field: String| {
            let at = column_of(headers, name);
            if at.is_none() {
                let what = What::UnknownField { name: name.to_owned(), allowed: headers.to_vec() };
                wrong.push(Problem::error(what).field(field));
            }
            at
        };
        let singles = survey.columns.singles().into_iter();
        let singles = singles.filter_map(|(code, column)| Some((code, find(column.as_deref()?, format!("columns.{code}"))?))).collect();
        let comment = survey.columns.comment.iter().filter_map(|name| find(name, "columns.comment".into())).collect();
        let questions = survey.questions.iter().enumerate().filter_map(|(i, question)| {
            spot(question, headers).or_else(|| find(&question.column, format!("questions[{i}].column")).map(Spot::Cell))
        });
        let questions = questions.collect();
        let utc = survey.columns.submitted_at.as_deref().is_some_and(|name| fold_key(name).contains("(utc)"));
        let order = order.or(survey.date_order).unwrap_or_default();
        if wrong.is_empty() { Ok(Layout { questions, singles, comment, order, utc }) } else { Err(wrong) }
    }

    /// The column of a field such as `response_id`.
    pub fn single(&self, code: &str) -> Option<usize> {
        self.singles.get(code).copied()
    }

    fn has(&self, at: usize) -> bool {
        self.questions.iter().any(|spot| spot.columns().contains(&at))
            || self.comment.contains(&at)
            || self.singles.values().any(|known| *known == at)
    }

    /// Headers that nothing takes.
    pub fn unused(&self, headers: &[String]) -> Vec<String> {
        headers.iter().enumerate().filter(|(at, header)| !self.has(*at) && !is_reason(header)).map(|(_, header)| header.clone()).collect()
    }
}

/// A column by its header, exactly or folded.
pub fn column_of(headers: &[String], name: &str) -> Option<usize> {
    let exact = headers.iter().position(|header| header == name.trim());
    exact.or_else(|| headers.iter().position(|header| fold_key(header) == fold_key(name) || unguarded(header) == name.trim()))
}

/// Where a question is: in the column of its name, in the columns it names, in one column per option (`第6题(运动)`), or in the column
/// of its number (`6、兴趣爱好`), which is what 问卷星 calls it in its other export.
fn spot(question: &Question, headers: &[String]) -> Option<Spot> {
    if !question.columns.is_empty() {
        let each = |name: &String| Some((split_sub(name).1, name.clone(), column_of(headers, name)?));
        let found: Option<Vec<_>> = question.columns.iter().map(each).collect();
        let named = |(sub, name, at)| (if String::is_empty(&sub) { name } else { sub }, at);
        return found.map(|found| Spot::Options(found.into_iter().map(named).collect()));
    }
    if let Some(at) = column_of(headers, &question.column) {
        return Some(Spot::Cell(at));
    }
    if !question.is_several() {
        return None;
    }
    let number = question_number(&question.column);
    let is_same = |stem: &str| fold_key(stem) == fold_key(&question.column) || (number.is_some() && question_number(stem) == number);
    let split = |(at, header): (usize, &String)| Some((split_sub(header), at)).filter(|((stem, sub), _)| !sub.is_empty() && is_same(stem));
    let options: Vec<(String, usize)> = headers.iter().enumerate().filter_map(split).map(|((_, sub), at)| (sub, at)).collect();
    if !options.is_empty() {
        return Some(Spot::Options(options));
    }
    let by_number = |header: &String| split_sub(header).1.is_empty() && number.is_some() && question_number(header) == number;
    headers.iter().position(by_number).map(Spot::Cell)
}

fn is_reason(header: &str) -> bool {
    REASON_HEADERS.iter().any(|reason| fold_key(reason) == fold_key(header))
}

/// Takes every row apart. Rows whose shape, id or time is wrong are refused with their place; a questionnaire of our own that came back with
/// its code and nothing else is none. How many of those there were is told.
pub fn read(sheet: &Sheet, layout: &Layout, locale: &Locale) -> (Vec<FilledForm>, Vec<Rejected>, usize) {
    let mut forms = Vec::new();
    let mut rejected = Vec::new();
    let mut alike: HashMap<String, usize> = HashMap::new();
    let mut unfilled = 0;
    for (at, row) in sheet.rows.iter().enumerate() {
        match form(sheet, at, layout, locale, &mut alike) {
            Ok(form) if is_unfilled(&form) => unfilled += 1,
            Ok(form) => forms.push(form),
            Err(problem) => rejected.push(Rejected { row: row.clone(), problems: vec![problem] }),
        }
    }
    (forms, rejected, unfilled)
}

fn is_unfilled(form: &FilledForm) -> bool {
    let blank = |filled: &Filled| match filled {
        Filled::Cell(cell) => cell.trim().is_empty(),
        Filled::Options(cells) => cells.iter().all(|(_, cell)| cell.trim().is_empty()),
    };
    !form.token.is_empty() && form.comment.is_empty() && form.answers.iter().all(blank)
}

fn form(sheet: &Sheet, at: usize, layout: &Layout, locale: &Locale, alike: &mut HashMap<String, usize>) -> Result<FilledForm, Problem> {
    let row = &sheet.rows[at];
    if row.cells.len() != sheet.headers.len() {
        let what = What::RaggedRow { expected: sheet.headers.len(), found: row.cells.len() };
        return Err(Problem::error(what).at(row.place(&sheet.file, None)));
    }
    let cell = |at: usize| unguarded(&row.cells[at]);
    let single = |code: &str| layout.singles.get(code).map_or_else(String::new, |at| cell(*at).trim().to_owned());
    let problem =
        |code: &'static str, what: What| Problem::error(what).at(row.place(&sheet.file, layout.singles.get(code).copied())).field(code);
    for (code, kind) in
        [("response_id", Kind::Id), ("customer", Kind::Id), ("request", Kind::Id), ("phone", Kind::Text), ("token", Kind::Id)]
    {
        let text = single(code);
        if is_exponent(kind, code, &text) {
            return Err(problem(code, What::ExponentId { value: text, perhaps: None }));
        }
    }
    let submitted_at = time(&single("submitted_at"), layout, locale).map_err(|what| problem("submitted_at", what))?;
    let given = single("response_id");
    let comment: Vec<&str> = layout.comment.iter().map(|at| cell(*at).trim()).filter(|text| !text.is_empty()).collect();
    Ok(FilledForm {
        row: at,
        id: if given.is_empty() { made_id(sheet, row, alike) } else { given },
        customer: single("customer"),
        request: single("request"),
        phone: single("phone"),
        email: single("email"),
        token: single("token"),
        submitted_at,
        channel: single("channel"),
        comment: comment.join("\n"),
        answers: layout.questions.iter().map(|spot| filled(spot, &cell)).collect(),
    })
}

fn filled<'a>(spot: &Spot, cell: &dyn Fn(usize) -> &'a str) -> Filled {
    match spot {
        Spot::Cell(at) => Filled::Cell(cell(*at).to_owned()),
        Spot::Options(options) => Filled::Options(options.iter().map(|(option, at)| (option.clone(), cell(*at).to_owned())).collect()),
    }
}

/// `S` and a hash of what the row says under which header, so neither the order of columns nor a new, still blank
/// column changes it. The n-th of equal rows has an id of its own: two people may answer alike.
fn made_id(sheet: &Sheet, row: &SheetRow, alike: &mut HashMap<String, usize>) -> String {
    let filled = sheet.headers.iter().zip(&row.cells).filter(|(header, cell)| !cell.trim().is_empty() && !is_reason(header));
    let mut said: Vec<String> = filled.map(|(header, cell)| format!("{header}\u{1F}{cell}\u{1E}")).collect();
    said.sort();
    let said = said.concat();
    let times = alike.entry(said.clone()).or_insert(0);
    *times += 1;
    let mut hasher = Sha256::new();
    hasher.update(said.as_bytes());
    if *times > 1 {
        hasher.update(times.to_string().as_bytes());
    }
    let mut id = String::from("S");
    for byte in hasher.finalize().iter().take(6) {
        let _ = write!(id, "{byte:02x}");
    }
    id
}

fn time(text: &str, layout: &Layout, locale: &Locale) -> Result<Option<Instant>, What> {
    if text.is_empty() {
        return Ok(None);
    }
    let zone = if layout.utc { chrono_tz::UTC } else { locale.zone };
    let (body, offset) = without_zone_name(text);
    let at = match offset {
        Some(hours) => Instant::parse(&long_year(body), chrono_tz::UTC, layout.order)?.plus_seconds(-hours * 3600),
        None => Instant::parse(&long_year(body), zone, layout.order)?,
    };
    Ok(Some(at))
}

/// Google Forms writes `2022/06/22 11:07:29 AM AST`. `GMT+8` and `UTC` are taken at their word; other abbreviations
/// name several zones each and stand for the form's own, which is the book's.
fn without_zone_name(text: &str) -> (&str, Option<i64>) {
    let Some((body, last)) = text.rsplit_once(' ') else { return (text, None) };
    if let Some(hours) = last.strip_prefix("GMT").or_else(|| last.strip_prefix("UTC")) {
        let hours = if hours.is_empty() { Some(0) } else { hours.parse().ok() };
        return hours.map_or((text, None), |hours| (body, Some(hours)));
    }
    let is_name = (2..=5).contains(&last.len()) && last.bytes().all(|b| b.is_ascii_uppercase()) && !matches!(last, "AM" | "PM");
    if is_name { (body, None) } else { (text, None) }
}

/// `3/18/20 18:42` → `3/18/2020 18:42`: Google Sheets in some locales writes two digits.
fn long_year(text: &str) -> String {
    let (date, time) = text.split_once(' ').unwrap_or((text, ""));
    let parts: Vec<&str> = date.split('/').collect();
    let short = |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    match parts[..] {
        [a, b, year] if parts.iter().all(short) && year.len() == 2 => format!("{a}/{b}/20{year} {time}").trim_end().to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::lang::Lang;
    use crate::model::survey_file::{Columns, Kind as How};

    fn sheet(text: &str) -> Sheet {
        questionnaire(Sheet::parse("f.csv", text).unwrap())
    }

    fn survey(questions: &[&str]) -> SurveyFile {
        let question = |column: &&str| Question::plain(*column, *column);
        SurveyFile { questions: questions.iter().map(question).collect(), ..SurveyFile::default() }
    }

    fn read_all(text: &str, survey: &SurveyFile) -> (Vec<FilledForm>, Vec<Rejected>) {
        let sheet = sheet(text);
        let locale = Locale { lang: Lang::Zh, zone: chrono_tz::Asia::Shanghai, digits: 2, order: DateOrder::Iso };
        let (forms, rejected, unfilled) = read(&sheet, &Layout::new(survey, &sheet.headers, None).unwrap(), &locale);
        assert_eq!(unfilled, 0);
        (forms, rejected)
    }

    #[test]
    fn surveymonkeys_second_header_joins_the_first() {
        let sheet =
            sheet("Respondent ID,Collector ID,How was it?,Which?,,Why?\n,,Response,Tea,Coffee,Open-Ended Response\n1,9,5,Tea,,good\n");
        assert_eq!(sheet.headers[2..], ["How was it?", "Which? [Tea]", "Which? [Coffee]", "Why?"]);
        assert_eq!((sheet.rows.len(), sheet.rows[0].line), (1, 3));
        assert_eq!(self::sheet("a,,a\n1,2,3\n").headers, ["a", "#2", "a (2)"]);
    }

    #[test]
    fn ids_are_made_of_what_the_row_says() {
        let ids = |text: &str| read_all(text, &survey(&["q"])).0.into_iter().map(|form| form.id).collect::<Vec<_>>();
        let first = ids("t,q\n1,好\n1,好\n2,好\n");
        assert!(first[0] != first[1] && first[1] != first[2] && first.iter().all(|id| id.len() == 13 && id.starts_with('S')));
        // reordered, a blank column added, in a mended rejects file, and with more rows
        assert_eq!(ids("q,t,new,拒收原因\n好,1,,x\n好,1,,\n好,2,,\n坏,2,,\n")[..3], first);
    }

    #[test]
    fn times_of_many_platforms() {
        let at = |header: &str, text: &str, order| {
            let columns = Columns { submitted_at: Some(header.to_owned()), ..Columns::default() };
            let survey = SurveyFile { columns, date_order: order, ..SurveyFile::default() };
            let (forms, rejected) = read_all(&format!("{header},q\n{text},x\n"), &survey);
            let zone = chrono_tz::Asia::Shanghai;
            forms.first().and_then(|form| Some(form.submitted_at?.write(zone))).ok_or_else(|| rejected[0].problems[0].what.clone())
        };
        assert_eq!(at("Timestamp", "2022/06/22 11:07:29 AM AST", None).unwrap(), "2022-06-22 11:07:29");
        assert_eq!(at("Timestamp", "2022/06/22 11:07:29 PM GMT+9", None).unwrap(), "2022-06-22 22:07:29");
        assert_eq!(at("Submit Date (UTC)", "2022-06-22 11:07:29", None).unwrap(), "2022-06-22 19:07:29");
        assert_eq!(at("Timestamp", "3/8/20 18:42", Some(DateOrder::MonthFirst)).unwrap(), "2020-03-08 18:42:00");
        assert!(matches!(at("Timestamp", "3/8/20 18:42", None), Err(What::AmbiguousDate { .. })));
    }

    #[test]
    fn a_column_that_is_gone_is_named_by_its_key() {
        let headers = ["1、满意吗 ".to_owned()];
        assert_eq!(Layout::new(&survey(&["1、满意吗"]), &headers, None).unwrap().questions, [Spot::Cell(0)]);
        let wrong = Layout::new(&survey(&["1、满意吗", "2、为什么"]), &headers, None).unwrap_err();
        assert_eq!(wrong[0].field.as_deref(), Some("questions[1].column"));
        let (_, rejected) = read_all("q,x\n1\n", &survey(&["q"]));
        assert!(matches!(rejected[0].problems[0].what, What::RaggedRow { .. }));
    }

    #[test]
    fn a_question_is_found_in_either_export() {
        let mut survey = survey(&["6、兴趣爱好"]);
        let spots = |survey: &SurveyFile, headers: &[&str]| {
            let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
            Layout::new(survey, &headers, None).map(|layout| layout.questions)
        };
        let by_number = ["序号", "第6题(运动)", "第6题(ACG(动漫、游戏等))", "第61题(运动)"];
        assert!(spots(&survey, &by_number).is_err());
        survey.questions[0].kind = Some(How::Multi);
        let options = Spot::Options(vec![("运动".into(), 1), ("ACG(动漫、游戏等)".into(), 2)]);
        assert_eq!(spots(&survey, &by_number).unwrap(), [options]);
        assert_eq!(spots(&survey, &["6、兴趣爱好", "第6题(运动)"]).unwrap(), [Spot::Cell(0)]);
        // proposed from the one with a column per option, the other is found by its number
        survey.questions[0].column = "第6题".into();
        assert_eq!(spots(&survey, &["61、岁数", "6、兴趣爱好"]).unwrap(), [Spot::Cell(1)]);
        survey.questions[0].columns = vec!["Tea".into(), "Drinks [Juice]".into()];
        assert_eq!(spots(&survey, &["Drinks [Juice]", "Tea"]).unwrap(), [Spot::Options(vec![("Tea".into(), 1), ("Juice".into(), 0)])]);
        assert!(spots(&survey, &["Tea"]).is_err());
    }
}
