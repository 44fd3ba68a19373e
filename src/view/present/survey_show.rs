//! A survey's scores as a page of text: the whole, by quarter, by question, the words of the dissatisfied.

use std::fmt::Write as _;

use crate::base::lang::Lang;
use crate::base::period::Period;
use crate::base::text::{many, one_line, truncate, width};
use crate::engine::scores::{Csat, Grades, Nps};
use crate::engine::survey::{QuarterSummary, QuestionSummary, Summary};
use crate::model::scale::Scale;
use crate::model::survey_choice::OWN_WORDS;
use crate::model::survey_file::{Question, SurveyFile};

/// Width of the widest bar.
const BAR: u64 = 30;

pub fn text(name: &str, survey: &SurveyFile, period: Option<Period>, summary: &Summary, lang: Lang) -> String {
    let mut out = head(name, survey, period, summary, lang);
    for (question, asked) in summary.questions.iter().zip(&survey.questions) {
        out += &question_text(question, asked, lang);
    }
    if summary.quarters.len() > 1 {
        let _ = writeln!(out, "\n{}", lang.pick("按季度", "By quarter"));
        summary.quarters.iter().for_each(|quarter| out += &quarter_text(quarter, lang));
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

/// What the outcome of `--drivers` is, and how far it goes.
pub fn drivers_line(outcome: Option<&Question>, lang: Lang) -> String {
    let Some(outcome) = outcome else {
        return lang
            .pick("没有计分的总体题目,无从比较。".into(), "no question gives an overall score, so there is nothing to compare".into());
    };
    let code = outcome.name();
    lang.pick(
        format!("与总体得分 {code} 的指数(0–100)相比;只说明一同出现,不说明原因。"),
        format!("compared by the index (0–100) of {code}; it says what goes together, not why"),
    )
}

fn head(name: &str, survey: &SurveyFile, period: Option<Period>, summary: &Summary, lang: Lang) -> String {
    let title = one_line(&survey.title.pick(lang, name));
    let (n, linked) = (summary.responses, summary.linked);
    let span = match (summary.first, summary.last) {
        (Some(first), Some(last)) => format!(" ({first} – {last})"),
        _ => String::new(),
    };
    let title = period.map_or_else(|| title.clone(), |period| format!("{title} {period}"));
    let mut out = lang.pick(
        format!("{title}: {n} 份答卷,{linked} 份与客户关联{span}\n"),
        format!("{title}: {}, {linked} linked to customers{span}\n", many(n, "response")),
    );
    if period.is_some_and(|period| !period.is_all()) && summary.undated > 0 {
        let undated = summary.undated;
        out += &lang.pick(
            format!("另有 {undated} 份答卷没有提交时间,未计入\n"),
            format!("{} without a time of submission left out\n", many(undated, "response")),
        );
    }
    out
}

fn question_text(question: &QuestionSummary, asked: &Question, lang: Lang) -> String {
    let answered = question.answered;
    let sub = if question.sub.is_empty() { String::new() } else { format!(" [{}]", one_line(&question.sub)) };
    let count = lang.pick(format!("(回答 {answered})"), format!("({answered} answered)"));
    let mut out = format!("\n{}{sub}  {}  {count}\n", question.code, one_line(&question.text));
    if let Some(csat) = &question.csat {
        out += &csat_text(csat, lang);
        out += &bars(csat.min, &csat.distribution, asked.scale.as_ref());
    }
    if let Some(nps) = &question.nps {
        out += &nps_text(nps, lang);
    }
    for (name, grades) in [("CES ", &question.ces), ("", &question.grades)] {
        if let Some(grades) = grades {
            out += &grades_text(name, grades, lang);
            out += &bars(grades.min, &grades.distribution, asked.scale.as_ref());
        }
    }
    out += &choices_text(question, lang);
    // words that nobody else used are examples, not a distribution
    let shown = if question.top_answers.iter().all(|(_, n)| *n == 1) { 3 } else { question.top_answers.len() };
    for (answer, n) in question.top_answers.iter().take(shown).filter(|_| question.choices.is_empty()) {
        let _ = writeln!(out, "  {n:>5}  {}", truncate(&one_line(answer), 60));
    }
    out
}

/// Every option with its share of those who answered; of a ranking, where each was put.
fn choices_text(question: &QuestionSummary, lang: Lang) -> String {
    let mut out = String::new();
    for choice in &question.choices {
        let (name, share, few) = (option(&choice.option, lang), choice.share, small(choice.small, lang));
        let _ = writeln!(out, "  {:>5}  {:>5.1}% ({:.1}–{:.1})  {name}{few}", choice.n, share.value, share.low, share.high);
    }
    for rank in &question.ranks {
        let (name, mean, first) = (option(&rank.option, lang), rank.mean, rank.first);
        let first = lang.pick(format!("排第一 {first}"), format!("first {first}"));
        let _ = writeln!(out, "  {:>5}  {mean:>5.2}  {first}  {name}", rank.n);
    }
    out
}

fn option(option: &str, lang: Lang) -> String {
    if option == OWN_WORDS { lang.pick("其他", "Other").to_owned() } else { truncate(&one_line(option), 60) }
}

fn small(is_small: bool, lang: Lang) -> &'static str {
    if is_small { lang.pick("  样本少", "  few answers") } else { "" }
}

fn csat_text(csat: &Csat, lang: Lang) -> String {
    let Csat { n, mean, top2: top, max, .. } = csat;
    let few = small(csat.small, lang);
    let best = if csat.boxes == 1 { lang.pick("最高档", "best grade") } else { lang.pick("前两档", "top two") };
    lang.pick(
        format!("  CSAT {best} {:.1}% (95%: {:.1}–{:.1}),均值 {mean:.2}/{max},n={n}{few}\n", top.value, top.low, top.high),
        format!("  CSAT {best} {:.1}% (95%: {:.1}–{:.1}), mean {mean:.2}/{max}, n={n}{few}\n", top.value, top.low, top.high),
    )
}

fn grades_text(name: &str, grades: &Grades, lang: Lang) -> String {
    let Grades { n, mean, min, max, .. } = grades;
    let few = small(grades.small, lang);
    lang.pick(format!("  {name}均值 {mean:.2} ({min}–{max}),n={n}{few}\n"), format!("  {name}mean {mean:.2} ({min}–{max}), n={n}{few}\n"))
}

/// Answers per grade, the best first; the bar comes last, since terminals draw it in different widths.
fn bars(min: i64, distribution: &[u64], scale: Option<&Scale>) -> String {
    let labels = scale.map(|scale| scale.labels.as_slice()).unwrap_or_default();
    let most = distribution.iter().max().copied().unwrap_or(1).max(1);
    let mut out = String::new();
    for (i, count) in distribution.iter().enumerate().rev() {
        let grade = min + i64::try_from(i).unwrap_or(0);
        let label = labels.get(i).map_or_else(|| grade.to_string(), |label| one_line(label));
        let bar = "█".repeat(usize::try_from(count * BAR / most).unwrap_or(0));
        let pad = " ".repeat(12_usize.saturating_sub(width(&label)));
        let _ = writeln!(out, "{}", format!("  {label}{pad} {count:>5}  {bar}").trim_end());
    }
    out
}

fn nps_text(nps: &Nps, lang: Lang) -> String {
    let Nps { n, promoters, passives, detractors, score, .. } = nps;
    let few = small(nps.small, lang);
    let (value, low, high) = (score.value, score.low, score.high);
    lang.pick(
        format!("  NPS {value:.1} (95%: {low:.1} 至 {high:.1}),推荐 {promoters} 中立 {passives} 贬损 {detractors},n={n}{few}\n"),
        format!("  NPS {value:.1} (95%: {low:.1} to {high:.1}), promoters {promoters}, passives {passives}, detractors {detractors}, n={n}{few}\n"),
    )
}

fn quarter_text(quarter: &QuarterSummary, lang: Lang) -> String {
    let n = quarter.responses;
    let mut out = format!("  {}  {n:>5}", quarter.quarter);
    if let Some(csat) = &quarter.csat {
        let (mean, share) = (csat.mean, csat.top2.value);
        out += &lang.pick(format!("  均值 {mean:.2}  满意 {share:.1}%"), format!("  mean {mean:.2}  satisfied {share:.1}%"));
        out += small(csat.small, lang);
    }
    if let Some(nps) = &quarter.nps {
        let _ = write!(out, "  NPS {:.1}{}", nps.score.value, small(nps.small, lang));
    }
    if let Some(ces) = &quarter.ces {
        let _ = write!(out, "  CES {:.2}{}", ces.mean, small(ces.small, lang));
    }
    out + "\n"
}
