//! Words of letters that depend on a value, in both languages.

use chrono::{Datelike, NaiveDate, Weekday};

use crate::base::lang::Lang;
use crate::base::text::{fold_key, word};
use crate::engine::letter::{About, Next, Recipient, Refusal, Step};
use crate::model::request::{Channel, Stage};
use crate::model::vocabulary::Code;

/// What a letter is called; one of the owner's own by its name.
pub fn title(name: &str, lang: Lang) -> String {
    let (zh, en) = match name {
        "welcome" => ("欢迎信", "Welcome"),
        "apology" => ("致歉信", "Our apology"),
        "status" => ("诉求进展通知", "Where your request stands"),
        "resolution" => ("诉求办结通知", "Your request is settled"),
        "revisit" => ("回访邀请", "May we hear from you?"),
        "questionnaire" => ("服务反馈问卷", "How did we do?"),
        other => return other.replace('_', " "),
    };
    lang.pick(zh, en).to_owned()
}

/// 2026年10月8日, 8 October 2026.
pub fn written(day: NaiveDate, lang: Lang) -> String {
    let month = usize::try_from(day.month0()).unwrap_or(0);
    let months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    lang.pick(
        format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        format!("{} {} {}", day.day(), months.get(month).copied().unwrap_or_default(), day.year()),
    )
}

pub fn weekday(day: NaiveDate, lang: Lang) -> &'static str {
    match day.weekday() {
        Weekday::Mon => lang.pick("星期一", "Monday"),
        Weekday::Tue => lang.pick("星期二", "Tuesday"),
        Weekday::Wed => lang.pick("星期三", "Wednesday"),
        Weekday::Thu => lang.pick("星期四", "Thursday"),
        Weekday::Fri => lang.pick("星期五", "Friday"),
        Weekday::Sat => lang.pick("星期六", "Saturday"),
        Weekday::Sun => lang.pick("星期日", "Sunday"),
    }
}

/// Nobody's sex is guessed: a name is a name, a company its person or its team.
pub fn salutation(to: &Recipient, lang: Lang) -> String {
    let (name, contact) = (to.name.trim(), to.contact.trim());
    match (name.is_empty(), to.is_company, contact.is_empty()) {
        (true, _, true) => lang.pick("尊敬的客户：".to_owned(), "Dear customer,".to_owned()),
        (true, _, false) => lang.pick(format!("尊敬的{contact}："), format!("Dear {contact},")),
        (false, true, false) => lang.pick(format!("尊敬的{name} {contact}："), format!("Dear {contact},")),
        (false, true, true) => lang.pick(format!("尊敬的{name}："), format!("Dear {name} team,")),
        (false, false, _) => lang.pick(format!("尊敬的{name}："), format!("Dear {name},")),
    }
}

pub fn step(step: Step, lang: Lang) -> &'static str {
    match step {
        Step::Received => lang.pick("收到您的诉求", "we received it"),
        Step::Accepted => lang.pick("审核通过，予以受理", "we looked at it and took it on"),
        Step::InHand => lang.pick("已安排专人处理", "a colleague took it in hand"),
        Step::Resolved => lang.pick("处理完毕", "the work was done"),
        Step::Closed => lang.pick("结案", "it was closed"),
    }
}

/// A stage as its customer calls it.
pub fn stage(stage: Stage, lang: Lang) -> &'static str {
    match stage {
        Stage::Registered => lang.pick("已登记，正在审核", "registered, being looked at"),
        Stage::Reviewed => lang.pick("已受理，正在安排处理人", "taken on, about to be given to a colleague"),
        Stage::Assigned | Stage::InProgress => lang.pick("正在处理", "being worked on"),
        Stage::Waiting => lang.pick("等待您的回复", "waiting for your answer"),
        Stage::Resolved => lang.pick("已处理完毕，待您确认", "done, waiting for you to confirm"),
        Stage::Confirmed => lang.pick("您已确认解决", "settled, as you confirmed"),
        Stage::Closed => lang.pick("已结案", "closed"),
        Stage::Rejected => lang.pick("未能受理", "not taken on"),
        Stage::Duplicate => lang.pick("已并入另一件诉求", "handled together with another request"),
    }
}

/// What comes next; of a refusal the reason that was given.
pub fn next(next: Next, result: &str, lang: Lang) -> String {
    let reason = if result.is_empty() { String::new() } else { lang.pick(format!("：{result}"), format!(": {result}")) };
    let (zh, en) = match next {
        Next::Review => ("我们审核后告知您是否受理", "we look at it and tell you whether we can take it on"),
        Next::Answer => ("请您补充信息，收到后我们继续处理", "please give us what is missing; then we go on"),
        Next::Assign => ("安排专人处理", "a colleague takes it in hand"),
        Next::Work => ("给出处理结果并告知您", "we find a solution and tell you"),
        Next::Customer => ("请您回复，收到后我们继续处理", "please answer us; then we go on"),
        Next::Confirm => ("请您告诉我们问题是否解决", "please tell us whether it is settled for you"),
        Next::Nothing => ("无需您再做什么", "there is nothing more for you to do"),
        Next::Refused => {
            return lang.pick(format!("很抱歉，我们无法受理{reason}"), format!("we are sorry that we cannot take it on{reason}"));
        }
        Next::OutOfScope => {
            return lang
                .pick(format!("很抱歉，此事不在我们的服务范围{reason}"), format!("we are sorry, this is not something we can do{reason}"));
        }
    };
    lang.pick(zh, en).to_owned()
}

/// By which way; the words of the book where they are of the letter's script.
pub fn channel(text: &str, lang: Lang) -> String {
    let known = Channel::from_text(text);
    match (lang, known) {
        (Lang::Zh, Some(known)) if text.is_ascii() => known.label(lang).to_owned(),
        (Lang::Zh, _) => text.to_owned(),
        (Lang::En, Some(Channel::Phone)) => "by phone".to_owned(),
        (Lang::En, Some(Channel::Mail)) => "by email".to_owned(),
        (Lang::En, Some(Channel::Online)) => "online".to_owned(),
        (Lang::En, Some(Channel::Social)) if fold_key(text) == "微信" => "by WeChat".to_owned(),
        (Lang::En, Some(Channel::Social)) => "by message".to_owned(),
        (Lang::En, Some(Channel::InPerson)) => "in person".to_owned(),
        (Lang::En, Some(Channel::Revisit | Channel::Other)) => String::new(),
        (Lang::En, None) if text.is_empty() => String::new(),
        (Lang::En, None) => format!("by {text}"),
    }
}

pub fn time(text: &str, lang: Lang) -> String {
    let words = match fold_key(text).as_str() {
        "上午" | "morning" => Some(("上午", "in the morning")),
        "下午" | "afternoon" => Some(("下午", "in the afternoon")),
        "晚上" | "evening" => Some(("晚上", "in the evening")),
        "周末" | "weekend" => Some(("周末", "at the weekend")),
        _ => None,
    };
    words.map_or_else(|| text.to_owned(), |(zh, en)| lang.pick(zh, en).to_owned())
}

/// Kinds of ids, for messages.
pub fn kinds(about: &[About], lang: Lang) -> String {
    let word = |about: &About| match about {
        About::Customer => lang.pick("客户", "a customer"),
        About::Request => lang.pick("诉求", "a request"),
        About::Revisit => lang.pick("回访", "a revisit"),
    };
    about.iter().map(word).collect::<Vec<_>>().join(lang.pick("或", " or "))
}

/// Why a letter is not written, and what to do instead.
pub fn refused(refusal: &Refusal, name: &str, id: &str) -> [String; 2] {
    let typed = word(id);
    match refusal {
        Refusal::Erased => ["客户已删除,不再给其写信".to_owned(), "the customer was erased and gets no letters".to_owned()],
        Refusal::Withdrawn => [
            format!("客户已撤回同意,不能主动发 {name};就其诉求仍可用 status、resolution、apology 回复"),
            format!("the customer withdrew consent, so no {name}; status, resolution and apology still answer their requests"),
        ],
        Refusal::Merged(into) => [
            format!("{id} 已并入 {into}: carebook letter {name} {into}"),
            format!("{id} was merged into {into}: carebook letter {name} {into}"),
        ],
        Refusal::NotResolved => [
            format!("{id} 尚未解决;告知进展: carebook letter status {typed}"),
            format!("{id} is not resolved yet; to say how it stands: carebook letter status {typed}"),
        ],
        Refusal::NotPlanned(status) => [
            format!("回访 {id} 不在计划中({})", status.label(Lang::Zh)),
            format!("the revisit {id} is not planned any more ({})", status.label(Lang::En).to_lowercase()),
        ],
        Refusal::Past(day) => [
            format!("回访 {id} 的日期 {day} 已过;先改期: carebook revisit move {typed} 日期"),
            format!("the revisit {id} was due on {day}; first move it: carebook revisit move {typed} DATE"),
        ],
    }
}
