//! A customer's timeline: for people one entry a line, for machines with its fields.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::interaction::way;
use super::record::said;
use crate::base::lang::Lang;
use crate::base::money::Money;
use crate::base::text::{one_line, truncate, width};
use crate::engine::timeline::{Bought, Entry, Kind, Step, Timeline, What, When, note};
use crate::model::cell::{Locale, Score};
use crate::model::contact::Contact;
use crate::model::interaction::Interaction;
use crate::model::log::LogRow;
use crate::model::points::PointsRow;
use crate::model::record::Record;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::survey::Response;
use crate::model::tier::TierDecision;
use crate::model::vocabulary::Code;

/// Most columns of a text in an entry.
const LONGEST: usize = 60;

/// Whose timeline it is, and the people who may be named in it.
pub struct Scene<'a> {
    pub customer: &'a str,
    pub people: &'a [Contact],
    pub locale: Locale,
    pub lang: Lang,
}

impl Scene<'_> {
    /// For people: what came by a merged customer is marked with its id.
    pub fn text(&self, timeline: &Timeline<'_>) -> String {
        if timeline.entries.is_empty() && timeline.left_out == 0 {
            return String::new();
        }
        let mut out = format!("\n{}\n", self.lang.pick("时间线", "Timeline"));
        if timeline.left_out > 0 {
            let n = timeline.left_out;
            let more = timeline.entries.len().max(1) * 4;
            out += &self.lang.pick(
                format!("  … 更早的 {n} 条未显示: --last {more} 或 --since 全部\n"),
                format!("  … {n} earlier left out: --last {more} or --since all\n"),
            );
        }
        let widest = timeline.entries.iter().map(|entry| width(entry.kind.label(self.lang))).max().unwrap_or(0);
        for entry in &timeline.entries {
            let kind = entry.kind.label(self.lang);
            let pad = " ".repeat(widest - width(kind));
            let by = if entry.customer.is_empty() || entry.customer == self.customer {
                String::new()
            } else {
                format!("  ({})", entry.customer)
            };
            // the kind says whose tier it is
            let id = if matches!(entry.kind, Kind::Tier | Kind::Archive) { "" } else { entry.id };
            let gap = if id.is_empty() { "" } else { "  " };
            out += format!("  {:16}  {kind}{pad}{gap}{id}  {}{by}", self.when(entry.when), self.told(entry)).trim_end();
            out.push('\n');
        }
        out
    }

    fn when(&self, when: When) -> String {
        match when {
            When::Unknown => "—".to_owned(),
            When::Day(day) => day.to_string(),
            When::At(at) => at.minute(self.locale.zone),
        }
    }

    fn told(&self, entry: &Entry<'_>) -> String {
        match entry.what {
            What::Logged(row) => {
                let change = format!("{} {}", one_line(&row.actor), said(row, &self.locale, self.lang));
                let name = if entry.kind == Kind::Contact { self.person(row) } else { String::new() };
                joined(&[name, change])
            }
            What::Bought(order) => self.bought(order),
            What::Request(step, request) => self.request(step, request),
            What::Noted(row) => short(&note(row).unwrap_or_default()),
            What::Talked(talk) => self.talked(talk),
            What::Revisit(revisit) => self.revisited(revisit),
            What::Answered(response) => self.answered(response),
            What::Decided(decision) => self.decided(decision),
            What::Points(row) => self.points(row),
        }
    }

    /// Who a row of the log is about: as the book has it, else as the row tells.
    fn person(&self, row: &LogRow) -> String {
        let told = |json: &str| -> Option<String> {
            let fields: Value = serde_json::from_str(json).ok()?;
            Some(fields["name"].as_str()?.to_owned())
        };
        let known = self.people.iter().find(|person| person.id.as_str() == row.id).map(|person| person.title().to_owned());
        one_line(&known.or_else(|| told(&row.after)).or_else(|| told(&row.before)).unwrap_or_default())
    }

    fn money(&self, money: Money) -> String {
        money.grouped(self.locale.digits)
    }

    fn bought(&self, order: &Bought) -> String {
        let net = self.money(order.net);
        let mut text = self.lang.pick(format!("净额 {net}"), format!("net {net}"));
        if order.refunds != Money::default() {
            let (refunds, last) = (self.money(order.refunds), order.last);
            let until = if last == order.first { String::new() } else { format!(" {last}") };
            text += &self.lang.pick(format!(" (已退 {refunds}{until})"), format!(" (refunded {refunds}{until})"));
        }
        let more = if order.more_products { " …" } else { "" };
        joined(&[text, short(&order.products.join(self.lang.pick("、", ", "))) + more])
    }

    fn request(&self, step: Step, request: &Request) -> String {
        let label = step.label(self.lang);
        match step {
            Step::Received => {
                let kind = request.r#type.map(|kind| kind.label(self.lang)).unwrap_or_default();
                let about = joined_by(" · ", &[kind.to_owned(), one_line(&request.category)]);
                let stage = request.stage.label(self.lang);
                joined(&[label.to_owned(), about, format!("{} [{stage}]", short(&request.content))])
            }
            Step::Resolved => joined(&[label.to_owned(), short(&request.result)]),
            Step::Scored => {
                let score = request.feedback.map_or_else(String::new, |score| format!("{score}/5"));
                joined(&[label.to_owned(), score, short(&request.feedback_text)])
            }
            Step::Closed => label.to_owned(),
        }
    }

    fn talked(&self, talk: &Interaction) -> String {
        let contact = talk.contact.trim();
        let name = self.people.iter().find(|person| person.id.as_str() == contact).map_or(contact, Contact::title);
        joined(&[way(talk, self.lang), one_line(name), one_line(&talk.staff), short(&talk.summary)])
    }

    fn revisited(&self, revisit: &Revisit) -> String {
        let (reason, status) = (revisit.reason.label(self.lang), revisit.status.label(self.lang));
        let score = revisit.satisfaction.map(|score| self.lang.pick(format!("满意度 {score}"), format!("satisfaction {score}")));
        let findings = [&revisit.outcome, &revisit.problems, &revisit.needs, &revisit.suggestions].map(|text| one_line(text));
        joined(&[reason.to_owned(), status.to_owned(), score.unwrap_or_default(), short(&joined_by("; ", &findings))])
    }

    fn answered(&self, response: &Response) -> String {
        let score = |score: Option<Score>, zh: &str, en: &str| {
            score.map_or_else(String::new, |score| format!("{} {}", self.lang.pick(zh, en), score.0.normalize()))
        };
        let nps = response.nps.map_or_else(String::new, |nps| self.lang.pick(format!("推荐度 {nps}"), format!("NPS {nps}")));
        let scores = [score(response.csat, "满意度", "CSAT"), nps, score(response.ces, "费力度", "CES")];
        joined(&[one_line(&response.survey), joined_by(" ", &scores), short(&response.comment)])
    }

    fn decided(&self, decision: &TierDecision) -> String {
        let previous = decision.previous.trim();
        let moved = if previous.is_empty() { decision.tier.clone() } else { format!("{previous} → {}", decision.tier) };
        let until = decision.until.map(|until| self.lang.pick(format!("至 {until}"), format!("until {until}"))).unwrap_or_default();
        joined(&[one_line(&moved), decision.by.label(self.lang).to_owned(), until, short(&decision.reasons)])
    }

    fn points(&self, row: &PointsRow) -> String {
        let order = row.order.as_ref().map_or_else(String::new, ToString::to_string);
        joined(&[row.kind.label(self.lang).to_owned(), format!("{:+}", row.points), order, short(&row.reason)])
    }

    /// For machines: `kind`, `at` (null where only the day is known), `date`, `id`, `customer`, and the fields of the record.
    pub fn json(&self, timeline: &Timeline<'_>) -> Vec<Value> {
        let names: HashMap<&str, &str> = self.people.iter().map(|person| (person.id.as_str(), person.title())).collect();
        timeline.entries.iter().map(|entry| self.entry(entry, &names)).collect()
    }

    fn entry(&self, entry: &Entry<'_>, names: &HashMap<&str, &str>) -> Value {
        let locale = &self.locale;
        let mut fields = match entry.what {
            What::Logged(row) => Value::Object(row.object(locale)),
            What::Bought(order) => json!({
                "net": order.net.write(locale.digits), "refunds": order.refunds.write(locale.digits), "lines": order.lines,
                "last": order.last.to_string(), "products": order.products,
            }),
            What::Request(step, request) => request_fields(step, request),
            What::Noted(row) => json!({"text": note(row), "actor": row.actor, "seq": row.seq}),
            What::Talked(talk) => {
                let mut fields = Value::Object(talk.object(locale));
                fields["contact_name"] = names.get(talk.contact.trim()).map_or(Value::Null, |name| (*name).into());
                fields
            }
            What::Revisit(revisit) => Value::Object(revisit.object(locale)),
            What::Answered(response) => Value::Object(response.object(locale)),
            What::Decided(decision) => Value::Object(decision.object(locale)),
            What::Points(row) => {
                let mut fields = row.object(locale);
                // `kind` is the entry's
                let kind = fields.remove("kind").unwrap_or_default();
                fields.insert("points_kind".into(), kind);
                Value::Object(fields)
            }
        };
        fields["kind"] = entry.kind.code().into();
        fields["at"] = entry.when.at().map_or(Value::Null, |at| at.iso(locale.zone).into());
        fields["date"] = entry.when.date(locale.zone).map_or(Value::Null, |day| day.to_string().into());
        fields["id"] = entry.id.into();
        fields["customer"] = if entry.customer.is_empty() { Value::Null } else { entry.customer.into() };
        fields
    }
}

fn request_fields(step: Step, request: &Request) -> Value {
    let mut fields = json!({"event": step.code(), "stage": request.stage.code()});
    match step {
        Step::Received => {
            fields["type"] = request.r#type.map_or(Value::Null, |kind| kind.code().into());
            fields["severity"] = request.severity.code().into();
            fields["category"] = request.category.as_str().into();
            fields["content"] = request.content.as_str().into();
        }
        Step::Resolved => fields["result"] = request.result.as_str().into(),
        Step::Scored => {
            fields["score"] = request.feedback.into();
            fields["text"] = request.feedback_text.as_str().into();
        }
        Step::Closed => {}
    }
    fields
}

fn short(text: &str) -> String {
    truncate(&one_line(text), LONGEST)
}

fn joined(parts: &[String]) -> String {
    joined_by("  ", parts)
}

fn joined_by(gap: &str, parts: &[String]) -> String {
    parts.iter().filter(|part| !part.trim().is_empty()).cloned().collect::<Vec<_>>().join(gap)
}
