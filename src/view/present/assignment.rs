//! Assignment by the rules: who, why, and why not the others.

use crate::base::lang::Lang;
use crate::engine::agenda::next_due;
use crate::engine::assignment::{Assigned, Candidate, Choice, Decision, Ground, Tried, Unfit};
use crate::model::cell::Locale;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};
use crate::view::text::words;

/// Why somebody cannot take it.
pub fn unfit(unfit: &Unfit, lang: Lang) -> String {
    let (zh, en) = match unfit {
        Unfit::NotYet(day) => (format!("{day} 才入职"), format!("starts on {day}")),
        Unfit::Left(day) => (format!("已于 {day} 离职"), format!("left on {day}")),
        Unfit::OnLeave(day) => (format!("休假至 {day}"), format!("on leave until {day}")),
        Unfit::Full { open, capacity } => (format!("在办已满 {open}/{capacity}"), format!("at capacity {open}/{capacity}")),
        Unfit::LacksSkill(skill) => (format!("没有技能 {skill}"), format!("lacks the skill {skill}")),
        Unfit::LacksRegion(region) => (format!("不负责 {region}"), format!("does not serve {region}")),
    };
    lang.pick(zh, en)
}

/// The same in both languages, for a problem.
pub fn unfit_words(why: &Unfit) -> [String; 2] {
    [unfit(why, Lang::Zh), unfit(why, Lang::En)]
}

/// `rule 2 "complaints"`
fn rule(number: usize, name: &str, lang: Lang) -> String {
    match (name.is_empty(), lang) {
        (true, Lang::Zh) => format!("规则 {number}"),
        (true, Lang::En) => format!("rule {number}"),
        (false, Lang::Zh) => format!("规则 {number}“{name}”"),
        (false, Lang::En) => format!("rule {number} \"{name}\""),
    }
}

/// Why this one: the log keeps it.
pub fn reason(choice: &Choice, lang: Lang) -> String {
    let (zh, en) = match choice.ground {
        Ground::Owner => ("客户负责人".to_owned(), "the customer's owner".to_owned()),
        Ground::Named => ("指定".to_owned(), "named".to_owned()),
        Ground::LeastLoaded { open } => (format!("在办最少({open} 件)"), format!("least loaded ({open} open)")),
        Ground::RoundRobin { last: Some(day) } => (format!("轮流(上次 {day})"), format!("round robin (last on {day})")),
        Ground::RoundRobin { last: None } => ("轮流(尚未分配过)".to_owned(), "round robin (none so far)".to_owned()),
    };
    format!("{}: {}", rule(choice.rule, &choice.rule_name, lang), lang.pick(zh, en))
}

/// Why nobody.
pub fn nobody(decision: &Decision, lang: Lang) -> String {
    let fitting: Vec<String> = decision.tried.iter().filter(|tried| tried.missed.is_empty()).map(|tried| refused(tried, lang)).collect();
    if fitting.is_empty() {
        lang.pick("没有适用的规则", "no rule is for it").to_owned()
    } else {
        fitting.join(lang.pick("。", ". "))
    }
}

/// `rule 1: 小李 on leave until 2026-10-09; 小陈 at capacity 3/3`
fn refused(tried: &Tried, lang: Lang) -> String {
    let why = |candidate: &Candidate| {
        let why = candidate.unfit.as_ref().map(|why| unfit(why, lang)).unwrap_or_default();
        format!("{} {why}", candidate.who)
    };
    let people: Vec<String> = tried.candidates.iter().map(why).collect();
    let people =
        if people.is_empty() { lang.pick("没有这样的员工", "no such staff").to_owned() } else { people.join(lang.pick(";", "; ")) };
    format!("{}: {people}", rule(tried.rule, &tried.name, lang))
}

/// What an outcome says of its reason.
fn why(decision: &Decision, lang: Lang) -> String {
    decision.choice.as_ref().map_or_else(|| nobody(decision, lang), |choice| reason(choice, lang))
}

/// Requests and who gets them.
pub fn assigned(rows: &[Assigned], locale: &Locale, lang: Lang) -> Grid {
    let columns = vec![
        col("id", lang.pick("编号", "ID")),
        col("severity", lang.pick("严重程度", "Severity")),
        col("due", lang.pick("期限", "Due")),
        col("customer", lang.pick("客户", "Customer")),
        col("who", lang.pick("处理人", "Handler")),
        num("rule", lang.pick("规则", "Rule")),
        col("reason", lang.pick("理由", "Reason")),
    ];
    let mut grid = Grid::new("carebook.assignment.v1", columns);
    for Assigned { request, decision } in rows {
        let due = next_due(request).map_or_else(Field::blank, |due| Field::coded(due.minute(locale.zone), due.iso(locale.zone)));
        let choice = decision.choice.as_ref();
        grid.rows.push(vec![
            Field::text(request.id.as_str()),
            Field::coded(request.severity.label(lang), request.severity.code()),
            due,
            Field::text(&request.customer_name),
            choice.map_or_else(Field::blank, |choice| Field::text(&choice.who)),
            choice.map_or_else(Field::blank, |choice| Field::number(i64::try_from(choice.rule).unwrap_or(i64::MAX))),
            Field::text(why(decision, lang)),
        ]);
    }
    grid
}

/// How many found somebody.
pub fn summary(rows: &[Assigned], dry_run: bool, lang: Lang) -> String {
    let given = rows.iter().filter(|row| row.decision.choice.is_some()).count();
    let left = rows.len() - given;
    let (zh, en) = match (rows.is_empty(), dry_run) {
        (true, _) => ("没有待分配的诉求。".to_owned(), "Nothing to assign: every reviewed request has a handler.".to_owned()),
        (false, true) => (format!("将分配 {given} 条,{left} 条没有人可接。"), format!("Would assign {given}; nobody can take {left}.")),
        (false, false) => (format!("已分配 {given} 条,{left} 条没有人可接。"), format!("Assigned {given}; nobody can take {left}.")),
    };
    lang.pick(zh, en)
}

/// Every rule that was tried and everybody it looked at.
pub fn explanation(decision: &Decision, lang: Lang) -> Grid {
    let columns = vec![
        num("rule", lang.pick("规则", "Rule")),
        col("name", lang.pick("名称", "Name")),
        col("who", lang.pick("员工", "Staff")),
        col("department", lang.pick("部门", "Department")),
        num("open", lang.pick("在办", "Open")),
        num("capacity", lang.pick("容量", "Capacity")),
        col("verdict", lang.pick("结论", "Verdict")),
        col("why", lang.pick("原因", "Why")),
    ];
    let mut grid = Grid::new("carebook.assignment_explanation.v1", columns);
    for tried in &decision.tried {
        let number = Field::number(i64::try_from(tried.rule).unwrap_or(i64::MAX));
        let head = [number, Field::text(&tried.name)];
        let choice = decision.choice.as_ref().filter(|choice| choice.rule == tried.rule);
        let bare = |code: &str, label: &str, why: String| {
            let blank = [Field::blank(), Field::blank(), Field::blank(), Field::blank()];
            head.iter().cloned().chain(blank).chain([Field::coded(label, code), Field::text(why)]).collect::<Vec<_>>()
        };
        if !tried.missed.is_empty() {
            let labels: Vec<&str> = tried.missed.iter().map(|code| words::column(code, lang).unwrap_or(code)).collect();
            let why = lang.pick(format!("不符: {}", labels.join("、")), format!("does not hold: {}", labels.join(", ").to_lowercase()));
            grid.rows.push(bare("not_for_it", lang.pick("不适用", "not for it"), why));
        } else if tried.candidates.is_empty() {
            grid.rows.push(bare("nobody", lang.pick("没有人", "nobody"), lang.pick("没有这样的员工", "no such staff").to_owned()));
        }
        for candidate in &tried.candidates {
            grid.rows.push(head.iter().cloned().chain(looked_at(candidate, choice, lang)).collect());
        }
    }
    grid
}

fn looked_at(candidate: &Candidate, choice: Option<&Choice>, lang: Lang) -> [Field; 6] {
    let chosen = choice.filter(|choice| choice.who == candidate.who);
    let (code, label, why) = match (&candidate.unfit, chosen) {
        (Some(why), _) => (why.code(), lang.pick("不行", "cannot"), unfit(why, lang)),
        (None, Some(choice)) => ("chosen", lang.pick("选中", "chosen"), reason(choice, lang)),
        (None, None) => ("could", lang.pick("可以", "could"), String::new()),
    };
    let owner = if candidate.owner && chosen.is_none() { lang.pick("客户负责人", "the customer's owner") } else { "" };
    let why = [owner, &why].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(lang.pick(",", ", "));
    [
        Field::text(&candidate.who),
        Field::text(&candidate.department),
        Field::number(candidate.open),
        candidate.capacity.map_or_else(Field::blank, Field::number),
        Field::coded(label, code),
        Field::text(why),
    ]
}
