//! The report in a few sentences, each left out where it has nothing to say.

use super::{NO_DATA, Wording, find};
use crate::base::lang::Lang;
use crate::engine::report::figure::{Figure, Number};
use crate::engine::scores::{Csat, Nps};
use crate::model::promise::Target;
use crate::model::vocabulary::Code;
use crate::view::report::blocks::Block;
use crate::view::report::words;

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
    lang.pick(
        format!("本期受理诉求 {received} 件{change},其中投诉 {complaints} 件;已解决 {resolved} 件,未结 {open} 件。"),
        format!("{received} requests were received{change}, {complaints} of them complaints; {resolved} are resolved, {open} still open."),
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

fn largest(w: &Wording<'_>) -> Option<String> {
    let first = w.report.shares.category.first().filter(|row| row.count > 0 && !row.key.is_empty())?;
    let share = words::number(first.share?, w.lang);
    let (key, n) = (&first.key, first.count);
    Some(
        w.lang.pick(
            format!("最多的类别是“{key}”,{n} 件,占 {share}。"),
            format!("The largest category is \"{key}\" with {n} requests, {share}."),
        ),
    )
}

/// Whether promises were kept, and the stage that missed most.
fn targets(w: &Wording<'_>) -> Option<String> {
    let (targets, lang) = (&w.report.targets, w.lang);
    find(&targets.figures, "all_kept").filter(|figure| figure.now.is_some())?;
    let (kept, change) = (shown(&targets.figures, "all_kept", lang), changed(&targets.figures, "all_kept", lang));
    let worst = targets.stages.rows.iter().filter(|row| row.count("missed") > 0).max_by_key(|row| row.count("missed"));
    let worst = worst.map_or_else(String::new, |row| {
        let (n, stage) = (row.count("missed"), Target::from_text(&row.key).map_or(row.key.as_str(), |target| target.label(lang)));
        let late = row.now("lateness").map(|late| words::number(late, lang)).unwrap_or_default();
        lang.pick(
            format!(";超时最多的环节是{stage}: {n} 件,超时中位数 {late}"),
            format!("; most were missed at \"{stage}\": {n}, late by {late} (median)"),
        )
    });
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
    let (top, n, mean) = (csat.top2.value, csat.n, csat.mean);
    Some(w.lang.pick(
        format!("{n} 位客户给出评分,满意率 {top:.1} %{change},均分 {mean:.2}。"),
        format!("{n} customers rated the handling: {top:.1} % are satisfied{change}, the mean is {mean:.2}."),
    ))
}

/// The NPS of every survey that asks for it.
fn recommended<'a>(w: &'a Wording<'_>) -> impl Iterator<Item = Option<String>> + 'a {
    let points = |nps: &Nps| Number::Points(nps.score.value);
    w.report.satisfaction.surveys.iter().map(move |survey| {
        let (nps, name, lang) = (survey.nps.as_ref()?, &survey.name, w.lang);
        let then = [&survey.nps_before, &survey.nps_year_ago].map(|nps| nps.as_ref().map(points));
        let change = since(Some(points(nps)), then[0], then[1], lang);
        let (score, n) = (words::number(points(nps), lang), nps.n);
        let few = if nps.small { lang.pick(",样本少", ", few answers") } else { "" };
        Some(lang.pick(
            format!("问卷“{name}”的推荐值 NPS 为 {score}{change}({n} 份{few})。"),
            format!("The NPS of \"{name}\" is {score}{change}, from {n} answers{few}."),
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
        format!("{due} revisits were due and {done} done, coverage {coverage}; {overdue} are overdue."),
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
        format!("{orders} orders{more} brought {currency} {net} net{richer}."),
    ))
}

fn suggestions(w: &Wording<'_>) -> Option<String> {
    let n = w.report.suggestions.len();
    let said = || {
        w.lang.pick(format!("按规则得出改进建议 {n} 条,见后。"), format!("Suggestions for improvement that follow from the figures: {n}."))
    };
    (n > 0).then(said)
}
