//! Satisfaction: scores, their distribution, the words of the dissatisfied.

use super::{Wording, field, none};
use crate::base::lang::Lang;
use crate::engine::report::figure::Number;
use crate::engine::scores::{Csat, Nps};
use crate::model::request::Grade;
use crate::model::vocabulary::Code;
use crate::view::chart::{Bar, Chart, Data};
use crate::view::grid::{Field, Grid, col, num};
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
    let columns = vec![
        col("source", lang.pick("来源", "Source")),
        num("n", lang.pick("份数", "Answers")),
        num("top2", lang.pick("满意率", "Satisfied")),
        num("interval", lang.pick("95% 区间", "95 % interval")),
        num("mean", lang.pick("均分", "Mean")),
        num("before", lang.pick("上期", "Before")),
    ];
    let mut grid = Grid::new("carebook.report_satisfaction.v1", columns);
    let mut charts = Vec::new();
    if let Some(csat) = &s.feedback {
        grid.rows.push(csat_row(words::figure("feedback", lang), csat, s.feedback_before.as_ref(), lang));
        charts.push(distribution(csat, words::figure("feedback", lang), lang));
    }
    for survey in &s.surveys {
        if let Some(csat) = &survey.csat {
            grid.rows.push(csat_row(&survey.name, csat, survey.csat_before.as_ref(), lang));
            charts.push(distribution(csat, &survey.name, lang));
        }
        if let Some(nps) = &survey.nps {
            grid.rows.push(nps_row(&survey.name, nps, survey.nps_before.as_ref(), lang));
        }
    }
    if grid.rows.is_empty() {
        return vec![none(lang, "本期没有评分。", "Nobody gave a score.")];
    }
    let mut blocks = charts;
    blocks.push(Block::Table { caption: lang.pick("评分", "Scores").to_owned(), grid });
    if !s.low.is_empty() {
        let columns = vec![
            col("source", lang.pick("编号", "From")),
            col("customer", lang.pick("客户", "Customer")),
            col("text", lang.pick("原话", "Words")),
        ];
        let mut grid = Grid::new("carebook.report_comments.v1", columns);
        for low in &s.low {
            grid.rows.push(vec![Field::text(&low.source), Field::text(&low.customer), Field::text(&low.text)]);
        }
        let caption = lang.pick(
            "不满意的客户怎么说(诉求评分 3 分及以下,问卷指数 50 及以下)",
            "What the dissatisfied say (3 or less of 5 on a request, an index of 50 or less in a survey)",
        );
        blocks.push(Block::Table { caption: caption.to_owned(), grid });
    }
    blocks
}

fn few(n: u64, small: bool, lang: Lang) -> Field {
    let mark = if small { lang.pick(" (样本少)", " (few)") } else { "" };
    Field::coded(format!("{n}{mark}"), n)
}

fn csat_row(source: &str, csat: &Csat, before: Option<&Csat>, lang: Lang) -> Vec<Field> {
    let top = |csat: &Csat| field(Some(Number::Percent(csat.top2.value)), lang);
    vec![
        Field::text(source),
        few(csat.n, csat.small, lang),
        top(csat),
        Field::text(format!("{:.1}–{:.1}", csat.top2.low, csat.top2.high)),
        field(Some(Number::Grade(csat.mean, csat.max)), lang),
        before.map_or_else(|| field(None, lang), top),
    ]
}

fn nps_row(name: &str, nps: &Nps, before: Option<&Nps>, lang: Lang) -> Vec<Field> {
    let interval = format!("{:+.1} … {:+.1}", nps.score.low, nps.score.high);
    let score = |nps: &Nps| field(Some(Number::Points(nps.score.value)), lang);
    vec![
        Field::text(format!("{name} NPS")),
        few(nps.n, nps.small, lang),
        score(nps),
        Field::coded(interval.replace('-', "−"), interval),
        field(None, lang),
        before.map_or_else(|| field(None, lang), score),
    ]
}
