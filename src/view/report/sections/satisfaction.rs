//! Satisfaction: scores, their distribution, the words of the dissatisfied.

use super::split::{Shape, or_none};
use super::{Wording, counted, field, none};
use crate::base::lang::Lang;
use crate::engine::report::figure::Number;
use crate::engine::scores::{Csat, Grades, Nps};
use crate::model::request::Grade;
use crate::model::vocabulary::Code;
use crate::view::chart::{Bar, Chart, Data};
use crate::view::grid::{Col, Field, Grid, col, num};
use crate::view::report::blocks::Block;
use crate::view::report::words;

/// CSS classes from worst to best.
const TONES: [&str; 5] = ["a", "b", "c", "d", "e"];

#[expect(clippy::cast_precision_loss, reason = "counts of answers, drawn")]
fn distribution(csat: &Csat, title: &str, lang: Lang) -> Block {
    let last = csat.distribution.len().saturating_sub(1).max(1);
    let part = |(i, count): (usize, &u64)| {
        let words = Grade::ALL.get(i).filter(|_| csat.distribution.len() == 5 && csat.min == 1);
        let grade = csat.min + i64::try_from(i).unwrap_or(0);
        Bar {
            label: words.map_or_else(|| grade.to_string(), |grade| grade.label(lang).to_owned()),
            value: *count as f64,
            before: None,
            shown: count.to_string(),
            tone: TONES[i * 4 / last],
        }
    };
    let parts: Vec<Bar> = csat.distribution.iter().enumerate().map(part).collect();
    let axes = [lang.pick("评分", "Grade"), lang.pick("份数", "Answers")];
    Block::Chart(Chart::new("grades", title, "", axes, Data::Stack(parts)))
}

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let (s, lang) = (&w.report.satisfaction, w.lang);
    let mut blocks = Vec::new();
    if let Some(csat) = &s.feedback {
        blocks.push(distribution(csat, words::figure("feedback", lang), lang));
    }
    let surveys = s.surveys.iter().filter_map(|survey| Some((survey.csat.as_ref()?, &survey.name)));
    blocks.extend(surveys.map(|(csat, name)| distribution(csat, name, lang)));
    let scores = scores(w);
    if scores.is_empty() {
        return vec![none(lang, "本期没有评分。", "Nobody gave a score.")];
    }
    blocks.extend(scores);
    let category = |key: &str| or_none(key, lang.pick("(未填)", "(none given)"));
    let person = |key: &str| or_none(key, lang.pick("(未分配)", "(unassigned)"));
    let by = [
        (
            lang.pick("各类别的诉求评分", "Feedback by category"),
            ["category", lang.pick("类别", "Category")],
            &category as &dyn Fn(&str) -> String,
            &s.categories,
        ),
        (lang.pick("各处理人的诉求评分", "Feedback by handler"), ["handler", lang.pick("处理人", "Handler")], &person, &s.handlers),
    ];
    for (caption, what, label, split) in by {
        let shape = Shape { caption, what, label, compared: &["top2"] };
        blocks.extend(shape.blocks(split, "carebook.report_feedback.v1", lang));
    }
    blocks.extend(themes(w));
    blocks.extend(low(w));
    blocks
}

/// Every score, those of a kind in one table: a share, a balance of points and a grade have no mean together.
fn scores(w: &Wording<'_>) -> Vec<Block> {
    let (s, lang) = (&w.report.satisfaction, w.lang);
    let mut csat = Vec::new();
    if let Some(feedback) = &s.feedback {
        let then = [s.feedback_before.as_ref(), s.feedback_year_ago.as_ref()];
        csat.push(csat_row(words::figure("feedback", lang), feedback, then, lang));
    }
    let (mut nps, mut ces) = (Vec::new(), Vec::new());
    for survey in &s.surveys {
        let name = &survey.name;
        let then = [survey.csat_before.as_ref(), survey.csat_year_ago.as_ref()];
        csat.extend(survey.csat.as_ref().map(|score| csat_row(name, score, then, lang)));
        let then = [survey.nps_before.as_ref(), survey.nps_year_ago.as_ref()];
        nps.extend(survey.nps.as_ref().map(|score| nps_row(name, score, then, lang)));
        let then = [survey.ces_before.as_ref(), survey.ces_year_ago.as_ref()];
        ces.extend(survey.ces.as_ref().map(|score| ces_row(name, score, then, lang)));
    }
    let interval = num("interval", lang.pick("95% 区间", "95 % interval"));
    let mean = num("mean", lang.pick("均分", "Mean"));
    let kinds = [
        (
            lang.pick("评分", "Scores"),
            "carebook.report_satisfaction.v1",
            vec![num("top2", lang.pick("满意率", "Satisfied")), interval.clone(), mean.clone()],
            csat,
        ),
        (lang.pick("推荐值 NPS", "NPS"), "carebook.report_nps.v1", vec![num("nps", "NPS"), interval], nps),
        (lang.pick("费力度 CES", "CES"), "carebook.report_ces.v1", vec![mean], ces),
    ];
    let table = |(caption, schema, own, rows): (&str, &'static str, Vec<Col>, Vec<Vec<Field>>)| {
        let mut columns = vec![col("source", lang.pick("来源", "Source")), num("n", lang.pick("份数", "Answers"))];
        columns.extend(own);
        columns.extend([num("before", lang.pick("上期", "Before")), num("year_ago", lang.pick("去年同期", "Year ago"))]);
        let mut grid = Grid::new(schema, columns);
        grid.rows = rows;
        if w.report.year_ago.is_none() {
            let kept: Vec<String> = grid.columns.iter().map(|column| column.code.clone()).filter(|code| code != "year_ago").collect();
            grid = grid.select(&kept);
        }
        (!grid.rows.is_empty()).then(|| Block::Table { caption: caption.to_owned(), grid })
    };
    kinds.into_iter().filter_map(table).collect()
}

/// What was said about what, a voice each.
fn themes(w: &Wording<'_>) -> Option<Block> {
    let (rows, lang) = (&w.report.satisfaction.themes, w.lang);
    let columns = vec![
        col("theme", lang.pick("主题", "Theme")),
        num("comments", lang.pick("意见", "Comments")),
        num("low", lang.pick("不满意者", "Of the dissatisfied")),
        col("quote", lang.pick("一句原话", "One voice")),
        col("source", lang.pick("编号", "From")),
    ];
    let mut grid = Grid::new("carebook.report_themes.v1", columns);
    for row in rows {
        let label = match w.comments.theme(&row.code) {
            Some(theme) => theme.label.pick(lang, &row.code),
            None => or_none(&row.code, lang.pick("(其他)", "(other)")),
        };
        grid.rows.push(vec![
            Field::coded(label, row.code.clone()),
            counted(row.comments, lang),
            counted(row.low, lang),
            Field::text(&row.quote),
            Field::text(&row.source),
        ]);
    }
    (!rows.is_empty()).then(|| Block::Table { caption: lang.pick("意见的主题", "What customers wrote about").to_owned(), grid })
}

fn low(w: &Wording<'_>) -> Option<Block> {
    let (rows, lang) = (&w.report.satisfaction.low, w.lang);
    let columns = vec![
        col("source", lang.pick("编号", "From")),
        col("customer", lang.pick("客户", "Customer")),
        col("text", lang.pick("原话", "Words")),
    ];
    let mut grid = Grid::new("carebook.report_comments.v1", columns);
    for low in rows {
        grid.rows.push(vec![Field::text(&low.source), Field::text(&low.customer), Field::text(&low.text)]);
    }
    let caption = lang.pick(
        "不满意的客户怎么说(诉求评分 3 分及以下,问卷指数 50 及以下)",
        "What the dissatisfied say (3 or less of 5 on a request, an index of 50 or less in a survey)",
    );
    (!rows.is_empty()).then(|| Block::Table { caption: caption.to_owned(), grid })
}

fn few(n: u64, small: bool, lang: Lang) -> Field {
    let mark = if small { words::few(lang) } else { "" };
    let n = Number::Count(i64::try_from(n).unwrap_or(i64::MAX));
    Field::measured(words::number(n, lang) + mark, n)
}

/// A number of the period before and one of a year ago.
fn then<T>(then: [Option<&T>; 2], number: impl Fn(&T) -> Number, lang: Lang) -> impl Iterator<Item = Field> {
    then.map(|score| field(score.map(&number), lang)).into_iter()
}

fn csat_row(source: &str, csat: &Csat, before: [Option<&Csat>; 2], lang: Lang) -> Vec<Field> {
    let top = |csat: &Csat| Number::Percent(csat.top2.value);
    let mut row = vec![
        Field::text(source),
        few(csat.n, csat.small, lang),
        field(Some(top(csat)), lang),
        Field::text(format!("{}–{}", words::fixed(csat.top2.low, 1), words::fixed(csat.top2.high, 1))),
        field(Some(Number::Grade(csat.mean, csat.max)), lang),
    ];
    row.extend(then(before, top, lang));
    row
}

fn nps_row(name: &str, nps: &Nps, before: [Option<&Nps>; 2], lang: Lang) -> Vec<Field> {
    let interval = format!("{:+.1} … {:+.1}", nps.score.low, nps.score.high);
    let score = |nps: &Nps| Number::Points(nps.score.value);
    let mut row = vec![
        Field::text(format!("{name} NPS")),
        few(nps.n, nps.small, lang),
        field(Some(score(nps)), lang),
        Field::coded(interval.replace('-', "−"), interval),
    ];
    row.extend(then(before, score, lang));
    row
}

/// How easy it was: the mean alone.
fn ces_row(name: &str, ces: &Grades, before: [Option<&Grades>; 2], lang: Lang) -> Vec<Field> {
    let mean = |ces: &Grades| Number::Grade(ces.mean, ces.max);
    let mut row = vec![
        Field::text(lang.pick(format!("{name} 费力度 CES"), format!("{name} CES"))),
        few(ces.n, ces.small, lang),
        field(Some(mean(ces)), lang),
    ];
    row.extend(then(before, mean, lang));
    row
}
