//! Which columns say who answered, when and about what, and which are the platform's own.

use std::collections::HashSet;

use crate::base::date::DateOrder;
use crate::base::text::fold_phone;
use crate::engine::survey_tokens::folded;
use crate::model::customer::CUSTOMERS;

/// Names of a column, the surest first. Folded; numbering taken off.
pub struct Role {
    pub field: &'static str,
    names: &'static [&'static str],
    /// Parts of a question's text that say the same, when the values look like it.
    parts: &'static [&'static str],
}

/// In the order in which columns are given away.
pub const ROLES: &[Role] = &[
    Role {
        field: "response_id",
        names: &[
            "序号",
            "编号",
            "答卷编号",
            "答卷id",
            "respondent id",
            "response id",
            "response_id",
            "responseid",
            "review_id",
            "submission id",
            "#",
            "id",
        ],
        parts: &[],
    },
    Role {
        field: "customer",
        names: &[
            "customer_unique_id",
            "会员编号",
            "会员卡号",
            "member id",
            "member_id",
            "用户编号",
            "用户id",
            "user_id",
            "user id",
            "client_id",
        ],
        parts: &[],
    },
    Role {
        field: "token",
        names: &["token", "问卷编码", "编码", "code", "survey code", "questionnaire code", "验证码", "口令"],
        parts: &["问卷编码", "code printed", "questionnaire code"],
    },
    Role {
        field: "request",
        names: &[
            "诉求编号",
            "工单编号",
            "工单号",
            "投诉编号",
            "request",
            "request_id",
            "request id",
            "ticket",
            "ticket_id",
            "ticket id",
            "case id",
            "case_id",
        ],
        parts: &[],
    },
    Role { field: "phone", names: &[], parts: &["手机号", "电话号码", "联系电话", "phone number", "mobile number"] },
    Role { field: "email", names: &[], parts: &["邮箱", "电子邮件", "email", "e-mail"] },
    Role {
        field: "submitted_at",
        names: &[
            "提交答卷时间",
            "提交时间",
            "结束答题时间",
            "submitted_at",
            "submitted at",
            "submitdate",
            "date submitted",
            "submit date (utc)",
            "submit date",
            "end date",
            "timestamp",
            "时间戳记",
            "时间戳",
            "horodateur",
            "zeitstempel",
            "marca temporal",
            "carimbo de data/hora",
            "informazioni cronologiche",
            "created_at",
            "created at",
            "创建时间",
            "填写时间",
            "答题时间",
            "日期",
            "date",
            "时间",
            "time",
        ],
        parts: &[],
    },
    Role { field: "channel", names: &["渠道", "来源渠道", "来源", "channel", "source"], parts: &[] },
];

/// The archive's columns whose names mean the same in a survey.
const SHARED: &[(&str, &str)] = &[("customer", "id"), ("phone", "phone"), ("email", "email")];

/// What platforms record about the filling in, not about the opinion.
const METADATA: &[&str] = &[
    "所用时间",
    "来源详情",
    "来自ip",
    "开始答题时间",
    "答题时长",
    "ip",
    "ua",
    "referrer",
    "语言",
    "国家",
    "省份",
    "城市",
    "清洗",
    "总分",
    "collector id",
    "start date",
    "start date (utc)",
    "stage date (utc)",
    "ip address",
    "first name",
    "last name",
    "network id",
    "response type",
    "custom data 1",
    "自定义字段",
    "language",
    "start language",
    "date started",
    "date last action",
    "referrer url",
    "total time",
    "interviewtime",
    "grouptime",
    "清洗状态",
    "lastpage",
    "last page",
    "startlanguage",
    "seed",
    "token",
    "startdate",
    "datestamp",
    "ipaddr",
    "refurl",
    "拒收原因",
    "reject_reason",
];

/// Timestamp headers of languages that write the day first.
const DAY_FIRST: &[&str] = &["horodateur", "zeitstempel", "marca temporal", "carimbo de data/hora", "informazioni cronologiche"];

pub fn named(role: &Role, topics: &[String], columns: &[Vec<&str>], taken: &[bool]) -> Option<usize> {
    let free = |at: &usize| !taken[*at] && fits(role.field, &columns[*at]);
    let position = |name: &str| topics.iter().enumerate().find_map(|(at, topic)| (topic == name && free(&at)).then_some(at));
    role.names.iter().find_map(|name| position(name)).or_else(|| {
        let (_, code) = SHARED.iter().find(|(field, _)| *field == role.field)?;
        let word = &CUSTOMERS.columns[CUSTOMERS.position(code)?].word;
        topics.iter().enumerate().find_map(|(at, topic)| (word.matches(topic) && free(&at)).then_some(at))
    })
}

pub fn hinted(role: &Role, topics: &[String], columns: &[Vec<&str>], taken: &[bool]) -> Option<usize> {
    let says = |topic: &String| role.parts.iter().any(|part| topic.contains(part));
    (0..topics.len()).find(|at| !taken[*at] && says(&topics[*at]) && fits(role.field, &columns[*at]))
}

/// Whether values can be what the name says: ids differ, phones have digits, addresses an @.
fn fits(field: &str, values: &[&str]) -> bool {
    let filled: Vec<&str> = values.iter().copied().filter(|text| !text.trim().is_empty()).collect();
    let mostly = |is: &dyn Fn(&str) -> bool| filled.iter().filter(|text| is(text)).count() * 2 >= filled.len().max(1);
    match field {
        "response_id" => !filled.is_empty() && filled.iter().collect::<HashSet<_>>().len() == filled.len(),
        "phone" => mostly(&|text| fold_phone(text).len() >= 7),
        "token" => filled.iter().any(|text| folded(text).is_some()),
        "email" => mostly(&|text| text.contains('@')),
        _ => true,
    }
}

/// The order of day and month, where a value above 12 or the header's language tells it; and what told it.
pub fn date_order(topic: &str, values: &[&str]) -> Option<(DateOrder, Told)> {
    let parts = |text: &&str| {
        let date = text.split([' ', 'T']).next()?.to_owned();
        let mut numbers = date.split(['/', '.', '-']).map(|part| part.parse::<u32>().unwrap_or(0));
        Some((numbers.next()?, numbers.next()?)).filter(|(first, _)| *first <= 31)
    };
    let dates: Vec<(u32, u32)> = values.iter().filter_map(parts).filter(|(first, _)| *first > 0).collect();
    if dates.is_empty() {
        None
    } else if dates.iter().any(|(first, _)| *first > 12) {
        Some((DateOrder::DayFirst, Told::Values))
    } else if dates.iter().any(|(_, second)| *second > 12) {
        Some((DateOrder::MonthFirst, Told::Values))
    } else {
        DAY_FIRST.contains(&topic).then_some((DateOrder::DayFirst, Told::Language))
    }
}

/// What told the order of day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// A day above 12.
    Values,
    /// The language of the column's name.
    Language,
}

/// Technical columns: a platform's own, and ids and times as programs name them.
pub fn is_metadata(topic: &str, values: &[&str]) -> bool {
    let technical = topic.ends_with("_id")
        || topic.ends_with("_at")
        || topic.ends_with("编号")
        || (topic.ends_with("time") && topic.starts_with("question"));
    METADATA.contains(&topic) || technical || (topic.starts_with('#') && values.iter().all(|text| text.trim().is_empty()))
}
