//! Surveys: the proposed mapping with samples, the list, the questions as a grid, JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::base::date::DateOrder;
use crate::base::lang::Lang;
use crate::base::period::Period;
use crate::base::text::{one_line, truncate, width};
use crate::engine::survey::{QuestionSummary, Summary};
use crate::engine::survey_draft::{Doubt, Told};
use crate::model::survey_file::{Question, Source, SurveyFile};
use crate::model::survey_question::Choice;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};
use crate::view::text::words;

/// How many questions without a score the proposal lists.
const LISTED: usize = 12;

/// A proposed mapping: which column is what, with the first three values of each.
pub fn proposal(path: &str, survey: &SurveyFile, left_out: &[String], headers: &[String], columns: &[Vec<&str>], lang: Lang) -> String {
    let samples = |name: &str| {
        let column = headers.iter().position(|header| header == name).and_then(|at| columns.get(at));
        // a question with a column per option shows what they are called
        let asked = survey.questions.iter().find(|question| column.is_none() && question.column == name);
        let options = asked.into_iter().flat_map(|question| &question.options).map(|choice| choice.label.as_str());
        let values = column.into_iter().flatten().copied().chain(options);
        let filled = values.filter(|text| !text.trim().is_empty()).take(3);
        filled.map(|text| truncate(&one_line(text), 24)).collect::<Vec<_>>().join(" | ")
    };
    let mut out = lang.pick(format!("拟定了各列的含义,写在 {path}:"), format!("Proposed what the columns mean, in {path}:"));
    if let Some(source) = survey.source.filter(|source| *source != Source::Other) {
        let platform = source.label(lang);
        out += &lang.pick(format!("\n  问卷平台: {platform}"), format!("\n  platform: {platform}"));
    }
    let mut line = |what: &str, column: &str| {
        let (pad, what) = (" ".repeat(24_usize.saturating_sub(width(what))), what);
        let _ = write!(out, "\n  {what}{pad} {}: {}", truncate(&one_line(column), 40), samples(column));
    };
    for (code, column) in survey.columns.singles() {
        if let Some(column) = column {
            line(field(code, lang), column);
        }
    }
    for column in &survey.columns.comment {
        line(field("comment", lang), column);
    }
    let (scored, others): (Vec<&Question>, Vec<&Question>) = survey.questions.iter().partition(|question| question.scale.is_some());
    for question in scored.iter().chain(others.iter().take(LISTED)) {
        let name = if question.column.is_empty() { &question.text } else { &question.column };
        line(&format!("{} {} {}", question.code, question.metric.code(), steps(question)), name);
    }
    if others.len() > LISTED {
        let more = others.len() - LISTED;
        out += &lang.pick(format!("\n  …… 另有 {more} 题不计分"), format!("\n  … and {more} more questions without a score"));
    }
    if !left_out.is_empty() {
        let names = left_out.iter().map(|name| one_line(name)).collect::<Vec<_>>().join(", ");
        out += &lang.pick(format!("\n  不取用: {names}"), format!("\n  left out: {names}"));
    }
    out
}

/// What a person calls a field of `survey.yaml`.
fn field(code: &'static str, lang: Lang) -> &'static str {
    let zh = if code == "response_id" { "答卷编号" } else { words::column(code, Lang::Zh).unwrap_or(code) };
    lang.pick(zh, code)
}

/// `1-5`, or the two ends of a scale of words.
fn steps(question: &Question) -> String {
    match &question.scale {
        Some(scale) if scale.labels.is_empty() => format!("{}-{}", scale.min, scale.max),
        Some(scale) => format!("{}…{}", scale.labels[0], scale.labels[scale.labels.len() - 1]),
        None => question.kind.map_or_else(String::new, |kind| kind.code().to_owned()),
    }
}

/// What the owner should look at before importing.
pub fn doubt(doubt: &Doubt, survey: &SurveyFile, lang: Lang) -> String {
    match doubt {
        Doubt::Order(order, told) => {
            let (order_zh, order_en) = match order {
                DateOrder::DayFirst => ("日/月/年", "day first"),
                DateOrder::MonthFirst => ("月/日/年", "month first"),
                DateOrder::Iso => ("年/月/日", "year first"),
            };
            let (why_zh, why_en) = match told {
                Told::Values => ("有大于 12 的数", "a number above 12 tells it"),
                Told::Language => ("按表头的语言", "by the language of the header"),
            };
            lang.pick(format!("  日期读作 {order_zh}({why_zh})"), format!("  dates are read {order_en} ({why_en})"))
        }
        Doubt::Positions(codes) => {
            let codes = codes.join(", ");
            lang.pick(
                format!("  请核对: {codes} 只有数字,可能是选项序号;写明 options,或先导入按文本的导出,即可得知含义"),
                format!(
                    "  check: {codes} hold plain numbers, perhaps positions of options; give `options`, or import the export by text first"
                ),
            )
        }
        Doubt::Signs(code) => {
            let question = survey.questions.iter().find(|question| question.code == *code);
            let options = question.iter().flat_map(|question| &question.options).map(|choice| choice.label.as_str());
            let options = options.collect::<Vec<_>>().join(" | ");
            lang.pick(
                format!("  请核对: {code} 的选项以逗号分隔,而选项本身也可能有逗号;拟定的 options: {options}"),
                format!("  check: the options of {code} stand between commas and may contain commas; proposed options: {options}"),
            )
        }
    }
}

/// What to write into a survey's file where it could not be put in.
pub fn options_to_add(path: &str, code: &str, options: &[Choice], lang: Lang) -> String {
    let pairs = options.iter().map(|choice| format!("{:?}: {:?}", choice.code.as_deref().unwrap_or_default(), choice.label));
    let pairs = pairs.collect::<Vec<_>>().join(", ");
    lang.pick(format!("请在 {path} 的 {code} 下写明 options: {{{pairs}}}"), format!("add to {code} in {path}: options: {{{pairs}}}"))
}

pub fn real(value: Option<f64>, digits: usize) -> Field {
    let shown = |value: f64| {
        let text = format!("{value:.digits$}");
        // a loss of nothing is nothing
        let bare = text.strip_prefix('-').filter(|rest| rest.bytes().all(|b| matches!(b, b'0' | b'.')));
        bare.map_or_else(|| text.clone(), str::to_owned)
    };
    value.map_or_else(Field::blank, |value| Field::coded(shown(value), value))
}

pub fn count(n: usize) -> Field {
    Field::number(i64::try_from(n).unwrap_or(i64::MAX))
}

/// Every survey: title, scores, name.
pub fn list(rows: &[(String, Summary, String)], lang: Lang) -> Grid {
    let columns = vec![
        col("name", lang.pick("问卷", "Survey")),
        col("title", lang.pick("标题", "Title")),
        num("responses", lang.pick("答卷", "Responses")),
        num("linked", lang.pick("关联客户", "Linked")),
        col("first", lang.pick("最早", "First")),
        col("last", lang.pick("最近", "Latest")),
        num("csat_mean", lang.pick("满意度均值", "CSAT mean")),
        num("csat_top2", lang.pick("满意%", "Satisfied %")),
        num("nps", "NPS"),
        num("ces_mean", lang.pick("费力度均值", "CES mean")),
    ];
    let mut grid = Grid::new("carebook.survey.v1", columns);
    for (title, summary, name) in rows {
        let day = |date: Option<chrono::NaiveDate>| date.map_or_else(Field::blank, |date| Field::text(date.to_string()));
        grid.rows.push(vec![
            Field::text(name),
            Field::text(title),
            count(summary.responses),
            count(summary.linked),
            day(summary.first),
            day(summary.last),
            real(summary.csat.as_ref().map(|csat| csat.mean), 2),
            real(summary.csat.as_ref().map(|csat| csat.top2.value), 1),
            real(summary.nps.as_ref().map(|nps| nps.score.value), 1),
            real(summary.ces.as_ref().map(|ces| ces.mean), 2),
        ]);
    }
    grid
}

/// A survey's questions, one a row, for sheets.
pub fn by_question(summary: &Summary, lang: Lang) -> Grid {
    let columns = vec![
        col("code", lang.pick("题目", "Question")),
        col("sub", lang.pick("子题", "Sub")),
        col("metric", lang.pick("指标", "Metric")),
        num("answered", lang.pick("回答", "Answered")),
        num("mean", lang.pick("均值", "Mean")),
        num("top2", lang.pick("满意%", "Satisfied %")),
        num("nps", "NPS"),
        num("low", lang.pick("95% 下限", "95 % from")),
        num("high", lang.pick("95% 上限", "95 % to")),
        col("text", lang.pick("题干", "Text")),
    ];
    let mut grid = Grid::new("carebook.survey_question.v1", columns);
    grid.rows = summary.questions.iter().map(|question| question_row(question, lang)).collect();
    grid
}

fn question_row(question: &QuestionSummary, lang: Lang) -> Vec<Field> {
    let QuestionSummary { csat, nps, .. } = question;
    let grades = question.ces.as_ref().or(question.grades.as_ref());
    let estimate = csat.as_ref().map(|csat| csat.top2).or_else(|| nps.as_ref().map(|nps| nps.score));
    let metric = crate::model::survey_file::Metric::from_text(question.metric);
    vec![
        Field::text(&question.code),
        Field::text(&question.sub),
        Field::coded(metric.map_or(question.metric, |metric| metric.label(lang)), question.metric),
        count(question.answered),
        real(csat.as_ref().map(|csat| csat.mean).or_else(|| grades.map(|grades| grades.mean)), 2),
        real(csat.as_ref().map(|csat| csat.top2.value), 1),
        real(nps.as_ref().map(|nps| nps.score.value), 1),
        real(estimate.map(|estimate| estimate.low), 1),
        real(estimate.map(|estimate| estimate.high), 1),
        Field::text(&question.text),
    ]
}

pub fn json(name: &str, period: Option<Period>, summary: &Summary) -> Value {
    let mut document = json!({"schema": "carebook.survey_summary.v1", "name": name, "period": period.map(|period| period.to_string())});
    if let (Some(into), Ok(Value::Object(fields))) = (document.as_object_mut(), serde_json::to_value(summary)) {
        into.extend(fields);
    }
    document
}
