//! A letter with everything in it, to try templates and to show what they get.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{Asked, Told};
use crate::base::lang::Lang;
use crate::engine::letter::{About, AboutRequest, AboutRevisit, Next, Recipient, Step, about};
use crate::model::request::{RequestType, Stage};
use crate::model::settings::Sender;
use crate::model::survey_file::SurveyFile;

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap_or_default()
}

fn request(lang: Lang) -> AboutRequest {
    AboutRequest {
        id: "R20261005-001".into(),
        kind: Some(RequestType::Complaint),
        category: lang.pick("质量", "quality").into(),
        content: lang.pick("礼盒里少了一罐茶。", "A tin of tea was missing from the gift box.").into(),
        wish: lang.pick("补发", "send it").into(),
        received: day(10, 5),
        stage: Stage::Resolved,
        steps: vec![(Step::Received, day(10, 5)), (Step::Accepted, day(10, 5)), (Step::InHand, day(10, 6)), (Step::Resolved, day(10, 7))],
        next: Next::Confirm,
        by: Some(day(10, 10)),
        question: lang.pick("订单号是多少?", "What is the number of the order?").into(),
        measures: vec![
            lang.pick("补发一罐,顺丰次日达", "sent a tin by courier, for the next day").into(),
            lang.pick("打包处加一道复核", "a second check at the packing table").into(),
        ],
        result: lang.pick("已补发并签收", "sent and received").into(),
        cause: lang.pick("打包时漏放", "it was left out when the box was packed").into(),
        resolved: Some(day(10, 7)),
        reply_until: Some(day(11, 6)),
    }
}

fn revisit() -> AboutRevisit {
    AboutRevisit {
        id: "V20261012-001".into(),
        due: day(10, 12),
        channel: "phone".into(),
        time: "14:00-16:00".into(),
        staff: "小李".into(),
        request: "R20261005-001".into(),
    }
}

/// Representative values for a letter: one with everything, one with no more than there always is.
pub fn values(name: &str, lang: Lang) -> Vec<Value> {
    let (request, revisit) = (request(lang), revisit());
    let sender = Sender {
        name: lang.pick("云雾茶铺", "Cloud Mist Tea").into(),
        phone: "0571 8888 6666".into(),
        email: "hello@example.com".into(),
        address: lang.pick("杭州市城西路 8 号", "8 Chengxi Road, Hangzhou").into(),
    };
    let to = Recipient {
        id: "C0001".into(),
        name: lang.pick("王芳", "Emma Wilson").into(),
        is_company: true,
        contact: lang.pick("李雷", "Li Lei").into(),
        owner: "小李".into(),
    };
    let file = SurveyFile::default();
    let survey = Asked { name: lang.pick("服务反馈", "feedback"), file: &file, code: "7K3MX-9QXZ4".into() };
    let told =
        Told { name, on: day(10, 8), sender: &sender, to: &to, request: Some(&request), revisit: Some(&revisit), survey: Some(survey) };
    let mut full = told.values(lang);
    let grades = lang.pick(["满意", "一般", "不满意"], ["satisfied", "neutral", "dissatisfied"]);
    let asked = lang.pick("您对处理结果是否满意？", "How satisfied are you with the outcome?");
    full["survey"]["questions"] = json!([
        {"text": asked, "how": "", "mark": "( )", "several": false, "options": grades},
        {"text": lang.pick("其他建议", "Suggestions"), "how": "", "mark": "", "several": true, "options": []},
    ]);
    let sparse = sparse(&full, about(name));
    vec![full, sparse]
}

/// Without what may be missing.
fn sparse(full: &Value, about: &[About]) -> Value {
    let mut values = full.clone();
    for (part, fields) in [("sender", &["phone", "email", "address"][..]), ("to", &["contact", "owner"])] {
        for field in fields {
            values[part][*field] = "".into();
        }
    }
    for field in ["question", "result", "cause", "wish", "category", "type"] {
        values["request"][field] = "".into();
    }
    values["request"]["measures"] = json!([]);
    for field in ["by", "reply_until"] {
        values["request"][field] = Value::Null;
    }
    for field in ["channel", "time", "staff", "request"] {
        values["revisit"][field] = "".into();
    }
    // what the id is of is always there
    for (part, kind) in [("request", About::Request), ("revisit", About::Revisit)] {
        if !about.contains(&kind) || (kind == About::Request && about.contains(&About::Customer) && about.len() == 2) {
            values[part] = Value::Null;
        }
    }
    values
}
