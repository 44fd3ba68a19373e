//! The report in a few sentences, each left out where it has nothing to say.

use super::{NO_DATA, Wording, find};
use crate::base::lang::Lang;
use crate::base::text::many;
use crate::engine::report::figure::{Figure, Number};
use crate::engine::scores::{Csat, Nps};
use crate::model::promise::Target;
use crate::model::vocabulary::Code;
use crate::view::report::blocks::Block;
use crate::view::report::words;

/// Categories that may be the largest together.
const TIED: usize = 3;

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let sentences = [Some(requests(w)), times(w), targets(w), largest(w), feedback(w)].into_iter().chain(recommended(w));
    let others = [orders(w), moves(w), silent(w), revisits(w), suggestions(w)];
    vec![Block::Text(sentences.chain(others).flatten().collect())]
}

fn shown(figures: &[Figure], code: &str, lang: Lang) -> String {
    let now = find(figures, code).and_then(|figure| figure.now);
    now.map_or_else(|| NO_DATA.to_owned(), |number| words::number(number, lang))
}

/// The difference from the period before and from a year ago, where they are known.
fn since(now: Option<Number>, before: Option<Number>, year_ago: Option<Number>, lang: Lang) -> String {
    let change = |then: Option<Number>| now.zip(then).map(|(now, then)| words::change(now, then, lang));
    let before = change(before).map(|change| lang.pick(format!("较上期 {change}"), format!("{change} on the period before")));
    let year_ago = change(year_ago).map(|change| lang.pick(format!("较去年同期 {change}"), format!("{change} on a year ago")));
    let told: Vec<String> = before.into_iter().chain(year_ago).collect();
    let told = told.join(lang.pick(",", ", "));
    if told.is_empty() { told } else { lang.pick(format!("({told})"), format!(" ({told})")) }
}

fn changed(figures: &[Figure], code: &str, lang: Lang) -> String {
    find(figures, code).map_or_else(String::new, |figure| since(figure.now, figure.before, figure.year_ago, lang))
}

fn has(figures: &[Figure], code: &str) -> bool {
    find(figures, code).and_then(|figure| figure.now).is_some_and(|number| number.value() > 0.0)
}

fn requests(w: &Wording<'_>) -> String {
    let (figures, lang) = (&w.report.totals.requests, w.lang);
    if !has(figures, "received") {
        return lang.pick("本期没有受理诉求。", "No requests were received.").to_owned();
    }
    let change = changed(figures, "received", lang);
    let [received, complaints, resolved, open] = ["received", "complaints", "resolved", "open"].map(|code| shown(figures, code, lang));
    // what was set aside is named, else the rest would not add up
    let aside =
        [("rejected", "不受理", "rejected"), ("duplicates", "重复", "duplicate")].into_iter().filter(|(code, ..)| has(figures, code));
    let aside: String = aside
        .map(|(code, zh, en)| {
            let n = shown(figures, code, lang);
            lang.pick(format!(",{zh} {n} 件"), format!(", {n} {en}"))
        })
        .collect();
    let requests = many(received.as_str(), "request");
    lang.pick(
        format!("本期受理诉求 {received} 件{change},其中投诉 {complaints} 件;已解决 {resolved} 件,未结 {open} 件{aside}。"),
        format!("{requests} received{change}, {complaints} of them complaints; {resolved} resolved, {open} still open{aside}."),
    )
}

fn times(w: &Wording<'_>) -> Option<String> {
    let (figures, lang) = (&w.report.efficiency.figures, w.lang);
    find(figures, "median_time").filter(|figure| figure.now.is_some())?;
    let [median, rate] = ["median_time", "resolution_rate"].map(|code| shown(figures, code, lang) + &changed(figures, code, lang));
    Some(lang.pick(
        format!("处理时长中位数 {median},解决率 {rate}。"),
        format!("The median handling time is {median}, the resolution rate {rate}."),
    ))
}

/// The largest category; several where they are as large, and none where that says nothing.
fn largest(w: &Wording<'_>) -> Option<String> {
    let rows: Vec<_> = w.report.shares.category.iter().filter(|row| row.count > 0 && !row.key.is_empty()).collect();
    let first = rows.first()?;
    let equal = rows.iter().filter(|row| row.count == first.count).count();
    if equal > TIED || (equal == rows.len() && equal > 1) {
        return None;
    }
    let (lang, n) = (w.lang, first.count);
    let share = words::number(first.share?, lang);
    let keys: Vec<String> = rows.iter().take(equal).map(|row| lang.pick(format!("“{}”", row.key), format!("\"{}\"", row.key))).collect();
    let keys = keys.join(lang.pick("、", " and "));
    let (each, requests) = (lang.pick("各", "each "), many(n, "request"));
    Some(match equal {
        1 => lang
            .pick(format!("最多的类别是{keys},{n} 件,占 {share}。"), format!("The largest category is {keys} with {requests}, {share}.")),
        _ => lang.pick(
            format!("最多的类别是{keys},{each} {n} 件,占 {share}。"),
            format!("The largest categories are {keys} with {requests} {each}({share})."),
        ),
    })
}

/// Whether promises were kept, and the stage that missed most.
fn targets(w: &Wording<'_>) -> Option<String> {
    let (targets, lang) = (&w.report.targets, w.lang);
    find(&targets.figures, "all_kept").filter(|figure| figure.now.is_some())?;
    let (kept, change) = (shown(&targets.figures, "all_kept", lang), changed(&targets.figures, "all_kept", lang));
    let most = targets.stages.rows.iter().map(|row| row.count("missed")).max().unwrap_or(0);
    let worst: Vec<_> = targets.stages.rows.iter().filter(|row| most > 0 && row.count("missed") == most).collect();
    let label = |key: &str| {
        Target::from_text(key)
            .map_or(key.to_owned(), |target| lang.pick(target.label(lang).to_owned(), format!("\"{}\"", target.label(lang))))
    };
    let stages: Vec<String> = worst.iter().map(|row| label(&row.key)).collect();
    let stages = stages.join(lang.pick("、", " and "));
    let worst = match worst[..] {
        [] => String::new(),
        [row] => {
            let late = row.now("lateness").map(|late| words::number(late, lang)).unwrap_or_default();
            lang.pick(
                format!(";超时最多的环节是{stages}: {most} 件,超时中位数 {late}"),
                format!("; most were missed at {stages}: {most}, late by {late} (median)"),
            )
        }
        _ => lang.pick(format!(";超时最多的环节是{stages}: 各 {most} 件"), format!("; most were missed at {stages}: {most} each")),
    };
    Some(lang.pick(
        format!("各项时限全部按时的诉求占 {kept}{change}{worst}。"),
        format!("Every target was kept on {kept} of the requests{change}{worst}."),
    ))
}

fn feedback(w: &Wording<'_>) -> Option<String> {
    let satisfaction = &w.report.satisfaction;
    let csat = satisfaction.feedback.as_ref()?;
    let top = |csat: &Csat| Number::Percent(csat.top2.value);
    let then = [&satisfaction.feedback_before, &satisfaction.feedback_year_ago].map(|csat| csat.as_ref().map(top));
    let change = since(Some(top(csat)), then[0], then[1], w.lang);
    let [top, mean] = [top(csat), Number::Grade(csat.mean, csat.max)].map(|number| words::number(number, w.lang));
    let (n, ratings) = (csat.n, many(csat.n, "rating"));
    Some(w.lang.pick(
        format!("处理结果收到评分 {n} 份,满意率 {top}{change},均分 {mean}。"),
        format!("{ratings} of the handling: {top} satisfied{change}, mean {mean}."),
    ))
}

/// The NPS of every survey that asks for it.
fn recommended<'a>(w: &'a Wording<'_>) -> impl Iterator<Item = Option<String>> + 'a {
    let points = |nps: &Nps| Number::Points(nps.score.value);
    w.report.satisfaction.surveys.iter().map(move |survey| {
        let (nps, name, lang) = (survey.nps.as_ref()?, &survey.name, w.lang);
        let then = [&survey.nps_before, &survey.nps_year_ago].map(|nps| nps.as_ref().map(points));
        let change = since(Some(points(nps)), then[0], then[1], lang);
        let (score, n, answers) = (words::number(points(nps), lang), nps.n, many(nps.n, "answer"));
        let few = if nps.small { lang.pick(",样本少", ", few answers") } else { "" };
        Some(lang.pick(
            format!("问卷“{name}”的推荐值 NPS 为 {score}{change}({n} 份{few})。"),
            format!("The NPS of \"{name}\" is {score}{change}, from {answers}{few}."),
        ))
    })
}

/// Moves between tiers; the first rating of an archive is no news.
fn moves(w: &Wording<'_>) -> Option<String> {
    let (figures, lang) = (&w.report.tiers.figures, w.lang);
    if !has(figures, "up") && !has(figures, "down") {
        return None;
    }
    let [up, down] = ["up", "down"].map(|code| shown(figures, code, lang));
    let [more, fewer] = ["up", "down"].map(|code| changed(figures, code, lang));
    Some(lang.pick(
        format!("客户升级 {up} 位{more},降级 {down} 位{fewer}。"),
        format!("Customers who rose a tier: {up}{more}; who fell: {down}{fewer}."),
    ))
}

fn silent(w: &Wording<'_>) -> Option<String> {
    let (lifecycle, lang, currency) = (w.report.lifecycle.as_ref()?, w.lang, &w.report.currency);
    let customers = lifecycle.classes.rows.iter().find(|row| row.key == "silent").map_or(0, |row| row.count("customers"));
    let [value, new] = ["silent_value", "newly_silent"].map(|code| shown(&lifecycle.figures, code, lang));
    let said = || {
        lang.pick(
            format!("沉默客户 {customers} 位(本期新增 {new} 位),风险金额 {currency} {value}。"),
            format!("Silent customers: {customers} ({new} new in the period); {currency} {value} is at risk."),
        )
    };
    (customers > 0).then(said)
}

fn revisits(w: &Wording<'_>) -> Option<String> {
    let (figures, lang) = (&w.report.revisits.figures, w.lang);
    if !has(figures, "due") {
        return None;
    }
    let [due, done, overdue] = ["due", "done", "overdue"].map(|code| shown(figures, code, lang));
    let coverage = shown(figures, "coverage", lang) + &changed(figures, "coverage", lang);
    Some(lang.pick(
        format!("应回访 {due} 次,完成 {done} 次,覆盖率 {coverage},逾期未访 {overdue} 次。"),
        format!("Revisits due: {due}; done: {done}, coverage {coverage}; overdue: {overdue}."),
    ))
}

fn orders(w: &Wording<'_>) -> Option<String> {
    let (figures, lang, currency) = (&w.report.totals.business, w.lang, &w.report.currency);
    if !has(figures, "orders") {
        return None;
    }
    let [orders, net] = ["orders", "net"].map(|code| shown(figures, code, lang));
    let [more, richer] = ["orders", "net"].map(|code| changed(figures, code, lang));
    Some(lang.pick(
        format!("订单 {orders} 笔{more},净销售额 {currency} {net}{richer}。"),
        format!("Orders: {orders}{more}; net sales: {currency} {net}{richer}."),
    ))
}

fn suggestions(w: &Wording<'_>) -> Option<String> {
    let n = w.report.suggestions.len();
    let said = || {
        w.lang.pick(format!("按规则得出改进建议 {n} 条,见后。"), format!("Suggestions for improvement that follow from the figures: {n}."))
    };
    (n > 0).then(said)
}
