//! A survey looked at from one side: by groups, over time, option by option, by what low scores go with, in people's words.

use serde_json::{Value, json};

use super::survey::{count, real};
use crate::base::lang::Lang;
use crate::base::text::{many, one_line};
use crate::engine::scores::{Estimate, Mean};
use crate::engine::survey::comments::Theme;
use crate::engine::survey::drivers::Driver;
use crate::engine::survey::groups::Group;
use crate::engine::survey::pairs::{Gap, Kano};
use crate::engine::survey::rate::Rate;
use crate::engine::survey::{QuestionSummary, Summary};
use crate::model::rules::comments::CommentRules;
use crate::model::survey::Response;
use crate::model::survey_choice::OWN_WORDS;
use crate::view::grid::{Col, Field, Grid, col, num};

fn low_high(lang: Lang) -> [Col; 2] {
    [num("low", lang.pick("95% 下限", "95 % from")), num("high", lang.pick("95% 上限", "95 % to"))]
}

/// A mark for few answers; `true` for machines.
fn few(is_few: bool, lang: Lang) -> Field {
    Field::coded(if is_few { lang.pick("样本少", "few").to_owned() } else { String::new() }, is_few)
}

fn interval(estimate: Option<Estimate>, digits: usize) -> [Field; 3] {
    [
        real(estimate.map(|estimate| estimate.value), digits),
        real(estimate.map(|estimate| estimate.low), digits),
        real(estimate.map(|estimate| estimate.high), digits),
    ]
}

fn spread(mean: Option<Mean>) -> [Field; 3] {
    [real(mean.map(|mean| mean.value), 1), real(mean.and_then(|mean| mean.low), 1), real(mean.and_then(|mean| mean.high), 1)]
}

/// An option for people; words of one's own have no name in the file.
fn option(option: &str, lang: Lang) -> Field {
    if option == OWN_WORDS { Field::coded(lang.pick("其他", "Other"), OWN_WORDS) } else { Field::text(one_line(option)) }
}

/// Groups, one a row. `dimension` is what they have in common, in words.
pub fn groups(schema: &'static str, dimension: &str, groups: &[Group], lang: Lang) -> Grid {
    let unknown = lang.pick("(不明)", "(unknown)");
    let mut columns = vec![
        col("key", dimension),
        num("responses", lang.pick("答卷", "Responses")),
        num("csat_n", lang.pick("满意度 n", "CSAT n")),
        num("csat_mean", lang.pick("满意度均值", "CSAT mean")),
        num("csat_top2", lang.pick("满意%", "Satisfied %")),
        num("csat_low", lang.pick("满意% 下限", "Satisfied % from")),
        num("csat_high", lang.pick("满意% 上限", "Satisfied % to")),
        num("nps_n", "NPS n"),
        num("nps", "NPS"),
        num("nps_low", lang.pick("NPS 下限", "NPS from")),
        num("nps_high", lang.pick("NPS 上限", "NPS to")),
        num("promoters", lang.pick("推荐者", "Promoters")),
        num("passives", lang.pick("中立者", "Passives")),
        num("detractors", lang.pick("贬损者", "Detractors")),
        num("ces_mean", lang.pick("费力度均值", "CES mean")),
        num("index", lang.pick("指数", "Index")),
        num("index_low", lang.pick("指数下限", "Index from")),
        num("index_high", lang.pick("指数上限", "Index to")),
    ];
    columns.push(col("small", lang.pick("提示", "Note")));
    let mut grid = Grid::new(schema, columns);
    for group in groups {
        let (csat, nps) = (group.csat.as_ref(), group.nps.as_ref());
        let whole = |n: Option<u64>| n.and_then(|n| i64::try_from(n).ok()).map_or_else(Field::blank, Field::number);
        let key = if group.key.is_empty() { Field::coded(unknown, Value::Null) } else { option(&group.key, lang) };
        let mut row = vec![key, count(group.responses), whole(csat.map(|csat| csat.n)), real(csat.map(|csat| csat.mean), 2)];
        row.extend(interval(csat.map(|csat| csat.top2), 1));
        row.push(whole(nps.map(|nps| nps.n)));
        row.extend(interval(nps.map(|nps| nps.score), 1));
        row.extend([nps.map(|nps| nps.promoters), nps.map(|nps| nps.passives), nps.map(|nps| nps.detractors)].map(whole));
        row.push(real(group.ces.as_ref().map(|ces| ces.mean), 2));
        row.extend(spread(group.index));
        row.push(few(group.responses < 30, lang));
        grid.rows.push(row);
    }
    grid
}

/// Every answer of every question, one a row.
pub fn choices(summary: &Summary, asked: &[Option<Vec<String>>], lang: Lang) -> Grid {
    let mut columns = vec![
        col("code", lang.pick("题目", "Question")),
        col("sub", lang.pick("子题", "Sub")),
        col("option", lang.pick("选项", "Option")),
        num("n", "n"),
        num("answered", lang.pick("回答", "Answered")),
        num("share", lang.pick("占回答者%", "% of those who answered")),
    ];
    columns.extend(low_high(lang));
    columns.push(num("mean_rank", lang.pick("平均名次", "Mean rank")));
    columns.push(num("first", lang.pick("排第一", "Ranked first")));
    columns.push(col("small", lang.pick("提示", "Note")));
    let mut grid = Grid::new("carebook.survey_choice.v1", columns);
    for (question, labels) in summary.questions.iter().zip(asked) {
        grid.rows.extend(choice_rows(question, labels.as_deref(), lang));
    }
    grid
}

fn choice_rows(question: &QuestionSummary, labels: Option<&[String]>, lang: Lang) -> Vec<Vec<Field>> {
    let row = |name: Field, n: usize, share: Option<Estimate>, rank: [Field; 2], small: bool| {
        let mut row = vec![Field::text(&question.code), Field::text(&question.sub), name, count(n), count(question.answered)];
        row.extend(interval(share, 1));
        row.extend(rank);
        row.push(few(small, lang));
        row
    };
    let none = || [Field::blank(), Field::blank()];
    let mut rows: Vec<Vec<Field>> = question
        .choices
        .iter()
        .map(|choice| row(option(&choice.option, lang), choice.n, Some(choice.share), none(), choice.small))
        .collect();
    rows.extend(
        question
            .ranks
            .iter()
            .map(|rank| row(option(&rank.option, lang), rank.n, None, [real(Some(rank.mean), 2), count(rank.first)], false)),
    );
    let steps = distribution(question);
    let all: u64 = steps.iter().map(|(_, n)| n).sum();
    for (i, (step, n)) in steps.iter().enumerate() {
        let label = labels.and_then(|labels| labels.get(i)).map_or_else(|| step.to_string(), |label| one_line(label));
        let share = (all > 0).then(|| crate::engine::scores::wilson(*n, all));
        rows.push(row(Field::coded(label, *step), usize::try_from(*n).unwrap_or(usize::MAX), share, none(), all < 30));
    }
    rows
}

/// Answers per grade, lowest first; of a recommendation the three classes.
fn distribution(question: &QuestionSummary) -> Vec<(i64, u64)> {
    let steps = |min: i64, counts: &[u64]| (min..).zip(counts.iter().copied()).collect();
    if let Some(csat) = &question.csat {
        return steps(csat.min, &csat.distribution);
    }
    if let Some(nps) = &question.nps {
        return steps(0, &nps.distribution);
    }
    question.ces.as_ref().or(question.grades.as_ref()).map(|grades| steps(grades.min, &grades.distribution)).unwrap_or_default()
}

/// What low scores go with.
pub fn drivers(outcome: Option<&str>, drivers: &[Driver], lang: Lang) -> Grid {
    let mut columns = vec![
        col("question", lang.pick("题目", "Question")),
        col("sub", lang.pick("子题", "Sub")),
        col("option", lang.pick("选项", "Option")),
        num("with", lang.pick("低分/选此 n", "n low or chosen")),
        num("without", lang.pick("其余 n", "n others")),
        num("mean_with", lang.pick("其总体指数", "Outcome of these")),
        num("mean_without", lang.pick("其余总体指数", "Outcome of others")),
        num("difference", lang.pick("相差", "Difference")),
    ];
    columns.extend(low_high(lang));
    columns.extend([
        num("correlation", lang.pick("相关 r", "r")),
        col("small", lang.pick("提示", "Note")),
        col("text", lang.pick("题干", "Text")),
    ]);
    let mut grid = Grid::new("carebook.survey_driver.v1", columns);
    for driver in drivers {
        let named = driver
            .option
            .as_ref()
            .map_or_else(|| Field::coded(lang.pick("(低分)", "(low grades)"), Value::Null), |name| option(name, lang));
        let mut row = vec![Field::text(&driver.question), Field::text(&driver.sub), named, count(driver.with), count(driver.without)];
        row.extend([real(Some(driver.mean_with), 1), real(Some(driver.mean_without), 1)]);
        row.extend(interval(Some(driver.difference), 1));
        row.extend([real(driver.correlation, 2), few(driver.small, lang), Field::text(one_line(&driver.text))]);
        grid.rows.push(row);
    }
    grid.notes.push(("outcome", outcome.into()));
    grid
}

/// Comments by theme, one a row.
pub fn themes(themes: &[Theme], rules: &CommentRules, lang: Lang) -> Grid {
    let columns = vec![
        col("theme", lang.pick("主题", "Theme")),
        col("response", lang.pick("答卷", "Response")),
        col("customer", lang.pick("客户", "Customer")),
        num("index", lang.pick("指数", "Index")),
        col("low", lang.pick("低分", "Low")),
        col("text", lang.pick("意见", "Comment")),
    ];
    let mut grid = Grid::new("carebook.survey_comment.v1", columns);
    let label = |code: &str| match rules.theme(code) {
        Some(theme) => theme.label.pick(lang, code),
        None => lang.pick("(未归类)", "(no theme)").to_owned(),
    };
    for theme in themes {
        for said in &theme.comments {
            let low = Field::coded(if said.low { lang.pick("低分", "low").to_owned() } else { String::new() }, said.low);
            grid.rows.push(vec![
                Field::coded(label(&theme.code), if theme.code.is_empty() { Value::Null } else { theme.code.clone().into() }),
                Field::text(&said.response),
                said.customer.as_ref().map_or_else(Field::blank, Field::text),
                real(said.index, 0),
                low,
                Field::text(one_line(&said.text)),
            ]);
        }
    }
    let counts = |theme: &Theme| json!({"theme": (!theme.code.is_empty()).then_some(&theme.code), "comments": theme.comments.len(), "low": theme.low});
    grid.notes.push(("themes", themes.iter().map(counts).collect::<Vec<_>>().into()));
    grid
}

/// How often each theme came up, for people.
pub fn themes_line(themes: &[Theme], rules: &CommentRules, lang: Lang) -> String {
    let one = |theme: &Theme| {
        let name = rules
            .theme(&theme.code)
            .map_or_else(|| lang.pick("未归类", "no theme").to_owned(), |found| found.label.pick(lang, &theme.code));
        lang.pick(
            format!("{name} {} (低分 {})", theme.comments.len(), theme.low),
            format!("{name} {} ({} low)", theme.comments.len(), theme.low),
        )
    };
    themes.iter().map(one).collect::<Vec<_>>().join(lang.pick("、", ", "))
}

/// Pairs: KANO classes and gaps.
pub fn pairs(kano: &[Kano], gaps: &[Gap], lang: Lang) -> Grid {
    let mut columns = vec![col("kind", lang.pick("种类", "Kind")), col("name", lang.pick("名称", "Name")), num("n", "n")];
    columns.push(col("class", lang.pick("类别", "Class")));
    columns.extend(["a", "o", "m", "i", "r", "q"].map(|code| num(code, &code.to_uppercase())));
    columns.extend([num("better", lang.pick("better 系数", "Better")), num("worse", lang.pick("worse 系数", "Worse"))]);
    columns.extend([
        num("expected", lang.pick("期望", "Expected")),
        num("found", lang.pick("实际", "Found")),
        num("gap", lang.pick("差距", "Gap")),
    ]);
    columns.extend(low_high(lang));
    columns.push(col("small", lang.pick("提示", "Note")));
    let mut grid = Grid::new("carebook.survey_pair.v1", columns);
    for feature in kano {
        let mut row =
            vec![Field::coded("KANO", "kano"), Field::text(&feature.name), count(feature.n), Field::text(feature.class.to_string())];
        row.extend(feature.counts.map(count));
        row.extend([real(feature.better, 2), real(feature.worse, 2)]);
        row.extend((0..5).map(|_| Field::blank()));
        row.push(few(feature.small, lang));
        grid.rows.push(row);
    }
    for gap in gaps {
        let n = usize::try_from(gap.difference.n).unwrap_or(usize::MAX);
        let kind = Field::coded(lang.pick("期望与满意", "expectation"), "gap");
        let mut row = vec![kind, Field::text(&gap.name), count(n)];
        row.extend((0..9).map(|_| Field::blank()));
        row.extend([real(Some(gap.expected.value), 2), real(Some(gap.found.value), 2), real(Some(gap.difference.value), 2)]);
        row.extend([real(gap.difference.low, 2), real(gap.difference.high, 2), few(gap.small, lang)]);
        grid.rows.push(row);
    }
    grid
}

/// Who did not answer, one a row; the rate beside them.
pub fn rate(denominator: &str, rate: Option<&Rate>, lang: Lang) -> Grid {
    let columns = vec![col("customer", lang.pick("客户", "Customer")), col("request", lang.pick("诉求", "Request"))];
    let mut grid = Grid::new("carebook.survey_rate.v1", columns);
    let id = |id: &Option<crate::base::id::Id>| id.as_ref().map_or_else(Field::blank, |id| Field::text(id.as_str()));
    for silent in rate.iter().flat_map(|rate| &rate.silent) {
        grid.rows.push(vec![id(&silent.customer), id(&silent.request)]);
    }
    grid.notes.push(("denominator", denominator.into()));
    grid.notes.push(("asked", rate.map_or(0, |rate| rate.asked).into()));
    grid.notes.push(("answered", rate.map_or(0, |rate| rate.answered).into()));
    grid.notes.push(("rate", rate.map_or(Value::Null, |rate| json!(rate.share))));
    grid
}

/// The rate for people.
pub fn rate_line(denominator: &str, rate: Option<&Rate>, lang: Lang) -> String {
    let Some(Rate { asked, answered, share, small, .. }) = rate else {
        return lang.pick(
            format!("没有可作分母的人 ({denominator}),没有回收率"),
            format!("nobody was asked ({denominator}), so there is no response rate"),
        );
    };
    let few = if *small { lang.pick(",样本少", ", few") } else { "" };
    let (value, low, high) = (share.value, share.low, share.high);
    lang.pick(
        format!("回收率 {answered}/{asked} = {value:.1}% (95%: {low:.1}–{high:.1}{few}),分母: {denominator}"),
        format!("response rate {answered}/{asked} = {value:.1}% (95%: {low:.1}–{high:.1}{few}), of: {denominator}"),
    )
}

/// Low scores that nobody follows up yet.
pub fn follow_ups(rows: &[(&Response, String)], lang: Lang) -> Grid {
    let columns = vec![
        col("response", lang.pick("答卷", "Response")),
        col("customer", lang.pick("客户", "Customer")),
        col("request", lang.pick("关于诉求", "About request")),
        num("index", lang.pick("指数", "Index")),
        col("follow_up", lang.pick("跟进诉求", "Follow-up")),
        col("content", lang.pick("拟登记的内容", "What would be registered")),
    ];
    let mut grid = Grid::new("carebook.survey_follow_up.v1", columns);
    let id = |id: &Option<crate::base::id::Id>| id.as_ref().map_or_else(Field::blank, |id| Field::text(id.as_str()));
    for (response, content) in rows {
        grid.rows.push(vec![
            Field::text(response.id.as_str()),
            id(&response.customer),
            id(&response.request),
            real(response.index.map(crate::model::cell::Score::value), 0),
            id(&response.follow_up),
            Field::text(one_line(content)),
        ]);
    }
    grid
}

/// What became of low scores.
pub fn followed(n: usize, name: &str, done: bool, lang: Lang) -> String {
    match (n, done) {
        (0, _) => lang.pick("没有待跟进的低分答卷。".into(), "no low scores without a follow-up".into()),
        (n, true) => lang.pick(format!("已登记 {n} 件跟进诉求。"), format!("{} registered", many(n, "request"))),
        (n, false) => lang.pick(
            format!("{n} 份低分答卷待跟进;登记为诉求: carebook survey follow-up {name} --yes"),
            format!("{} with low scores; to register them: carebook survey follow-up {name} --yes", many(n, "response")),
        ),
    }
}
