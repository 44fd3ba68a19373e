//! Surveys: the proposed mapping's samples, the list, the scores.

use std::fmt::Write as _;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::base::lang::Lang;
use crate::base::text::{one_line, truncate};
use crate::engine::scores::{Csat, Nps};
use crate::engine::survey::Summary;
use crate::model::survey_file::SurveyFile;
use crate::view::grid::{Field, Grid, col, num};

/// Width of the widest bar.
const BAR: u64 = 30;

/// The first rows of a file, column by column.
pub fn samples<'a>(headers: &[String], rows: impl Iterator<Item = &'a [String]>, lang: Lang) -> String {
    let rows: Vec<&[String]> = rows.collect();
    let mut out = lang.pick("前几行:\n", "The first rows:\n").to_owned();
    for (i, header) in headers.iter().enumerate() {
        let cells: Vec<String> = rows.iter().filter_map(|row| row.get(i)).map(|cell| truncate(&one_line(cell), 24)).collect();
        let _ = writeln!(out, "  {}: {}", truncate(&one_line(header), 40), cells.join(" | "));
    }
    out
}

pub fn list(rows: &[(String, String, usize, Option<NaiveDate>)], lang: Lang) -> Grid {
    let columns = vec![
        col("name", lang.pick("问卷", "Survey")),
        col("title", lang.pick("标题", "Title")),
        num("responses", lang.pick("答卷", "Responses")),
        col("last", lang.pick("最近一份", "Latest")),
    ];
    let mut grid = Grid::new("carebook.survey.v1", columns);
    for (name, title, n, last) in rows {
        let last = last.map_or_else(Field::blank, |last| Field::text(last.to_string()));
        grid.rows.push(vec![Field::text(name), Field::text(title), Field::number(i64::try_from(*n).unwrap_or(i64::MAX)), last]);
    }
    grid
}

pub fn json(name: &str, summary: &Summary) -> Value {
    let mut document = json!({"schema": "carebook.survey_summary.v1", "name": name});
    if let (Some(into), Ok(Value::Object(fields))) = (document.as_object_mut(), serde_json::to_value(summary)) {
        into.extend(fields);
    }
    document
}

pub fn text(name: &str, survey: &SurveyFile, summary: &Summary, lang: Lang) -> String {
    let title = survey.title.pick(lang, name);
    let (n, linked) = (summary.responses, summary.linked);
    let mut out = lang
        .pick(format!("{title}: {n} 份答卷,{linked} 份与客户关联\n"), format!("{title}: {n} responses, {linked} linked to customers\n"));
    for (question, asked) in summary.questions.iter().zip(&survey.questions) {
        let answered = question.answered;
        let _ = write!(out, "\n{}  {}  ", question.code, one_line(&question.text));
        let _ = writeln!(out, "{}", lang.pick(format!("(回答 {answered})"), format!("({answered} answered)")));
        if let Some(csat) = &question.csat {
            let labels = asked.scale.as_ref().map(|scale| scale.labels.as_slice()).unwrap_or_default();
            out += &csat_text(csat, labels, lang);
        }
        if let Some(nps) = &question.nps {
            out += &nps_text(nps, lang);
        }
        for (answer, n) in &question.top_answers {
            let _ = writeln!(out, "  {n:>5}  {}", truncate(&one_line(answer), 60));
        }
    }
    if !summary.low_comments.is_empty() {
        let _ = writeln!(out, "\n{}", lang.pick("低分意见", "Comments with low scores"));
    }
    for comment in &summary.low_comments {
        let who = comment.customer.as_deref().unwrap_or("–");
        let _ = writeln!(out, "  {}  {who}  {:.0}  {}", comment.response, comment.index, one_line(&comment.text));
    }
    out
}

fn small(is_small: bool, lang: Lang) -> &'static str {
    if is_small { lang.pick("  样本少", "  few answers") } else { "" }
}

fn csat_text(csat: &Csat, labels: &[String], lang: Lang) -> String {
    let (n, mean, top) = (csat.n, csat.mean, csat.top2);
    let few = small(csat.small, lang);
    let max = csat.max;
    let mut out = lang.pick(
        format!("  CSAT 前两档 {:.1}% (95%: {:.1}–{:.1}),均值 {mean:.2}/{max},n={n}{few}\n", top.value, top.low, top.high),
        format!("  CSAT top two {:.1}% (95%: {:.1}–{:.1}), mean {mean:.2}/{max}, n={n}{few}\n", top.value, top.low, top.high),
    );
    let most = csat.distribution.iter().max().copied().unwrap_or(1).max(1);
    for (i, count) in csat.distribution.iter().enumerate().rev() {
        let grade = csat.min + i64::try_from(i).unwrap_or(0);
        let label = labels.get(i).map_or_else(|| grade.to_string(), Clone::clone);
        let bar = "█".repeat(usize::try_from(count * BAR / most).unwrap_or(0));
        let pad = " ".repeat(12_usize.saturating_sub(crate::base::text::width(&label)));
        let _ = writeln!(out, "  {label}{pad} {count:>5}  {bar}");
    }
    out
}

fn nps_text(nps: &Nps, lang: Lang) -> String {
    let Nps { n, promoters, passives, detractors, score, .. } = nps;
    let few = small(nps.small, lang);
    let (value, low, high) = (score.value, score.low, score.high);
    lang.pick(
        format!("  NPS {value:.1} (95%: {low:.1}–{high:.1}),推荐 {promoters} 中立 {passives} 贬损 {detractors},n={n}{few}\n"),
        format!("  NPS {value:.1} (95%: {low:.1} to {high:.1}), promoters {promoters}, passives {passives}, detractors {detractors}, n={n}{few}\n"),
    )
}
