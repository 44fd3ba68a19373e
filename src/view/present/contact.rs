//! The people at a customer: after a change, and among the customer's data.

use std::fmt::Write as _;

use crate::base::lang::Lang;
use crate::base::text::{many, one_line};
use crate::model::contact::Contact;
use crate::model::customer::Customer;

/// `P0001 王芳`.
fn named(person: &Contact) -> String {
    format!("{} {}", person.id, one_line(person.title()))
}

pub fn added(person: &Contact, lang: Lang) -> String {
    let (named, customer) = (named(person), &person.customer);
    let primary = if person.is_primary() { lang.pick(",主要联系人", ", the primary contact") } else { "" };
    lang.pick(format!("已新增 {customer} 的联系人 {named}{primary}。"), format!("Added contact {named} of {customer}{primary}."))
}

pub fn changed(person: &Contact, lang: Lang) -> String {
    let named = named(person);
    lang.pick(format!("已修改联系人 {named}。"), format!("Changed contact {named}."))
}

/// `talks` are the interactions that keep the name; `left` says whether the customer has others.
pub fn removed(person: &Contact, talks: usize, left: bool, lang: Lang) -> String {
    let (named, customer) = (named(person), &person.customer);
    let mut text = lang.pick(format!("已移除 {customer} 的联系人 {named}。"), format!("Removed contact {named} of {customer}."));
    if talks > 0 {
        let n = many(talks, "interaction");
        text += &lang.pick(format!("\n{talks} 条沟通记录改记其姓名。"), format!("\nThe name stands in {n} now."));
    }
    if person.is_primary() && left {
        text += &lang.pick(
            format!("\n{customer} 现在没有主要联系人: carebook contact edit 编号 主要=是"),
            format!("\n{customer} has no primary contact now: carebook contact edit ID primary=yes"),
        );
    }
    text
}

/// Whose a person is, by name.
pub fn belongs(customer: Option<&Customer>, lang: Lang) -> String {
    let Some(customer) = customer else { return String::new() };
    let (id, name) = (&customer.id, one_line(customer.title()));
    lang.pick(format!("\n客户 {id} {name}\n"), format!("\nOf customer {id} {name}\n"))
}

/// The people of a customer, one a line; who came by a merged customer is marked with its id.
pub fn people(people: &[Contact], customer: &str, lang: Lang) -> String {
    if people.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", lang.pick("联系人", "Contacts"));
    for person in people {
        let Contact { id, name, role, phone, email, preferred_channel, preferred_time, .. } = person;
        let mut parts: Vec<String> = [name, role, phone, email].into_iter().map(|text| one_line(text)).collect();
        let preferred = [preferred_channel, preferred_time].map(|text| one_line(text)).join(" ").trim().to_owned();
        if !preferred.is_empty() {
            parts.push(lang.pick(format!("偏好 {preferred}"), format!("prefers {preferred}")));
        }
        if person.is_primary() {
            parts.push(lang.pick("主要", "primary").to_owned());
        }
        if person.customer.as_str() != customer {
            parts.push(format!("({})", person.customer));
        }
        parts.retain(|part| !part.is_empty());
        let _ = writeln!(out, "  {id}  {}", parts.join("  "));
    }
    out
}
