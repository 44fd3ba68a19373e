//! The report in a few sentences, each left out where it has nothing to say.

use super::{NO_DATA, Wording, find};
use crate::base::lang::Lang;
use crate::engine::report::figure::Figure;
use crate::view::report::blocks::Block;
use crate::view::report::words;

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let sentences = [Some(requests(w)), times(w), largest(w), feedback(w), orders(w), suggestions(w)];
    vec![Block::Text(sentences.into_iter().flatten().collect())]
}

fn shown(figures: &[Figure], code: &str, lang: Lang) -> String {
    let now = find(figures, code).and_then(|figure| figure.now);
    now.map_or_else(|| NO_DATA.to_owned(), |number| words::number(number, lang))
}

fn changed(figures: &[Figure], code: &str, lang: Lang) -> String {
    let both = find(figures, code).and_then(|figure| figure.now.zip(figure.before));
    both.map_or_else(String::new, |(now, before)| {
        let change = words::change(now, before, lang);
        lang.pick(format!("(较上期 {change})"), format!(" ({change} on the period before)"))
    })
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

fn feedback(w: &Wording<'_>) -> Option<String> {
    let csat = w.report.satisfaction.feedback.as_ref()?;
    let (top, n, mean) = (csat.top2.value, csat.n, csat.mean);
    Some(w.lang.pick(
        format!("{n} 位客户给出评分,满意率 {top:.1} %,均分 {mean:.2}。"),
        format!("{n} customers rated the handling: {top:.1} % are satisfied, the mean is {mean:.2}."),
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
