//! The communication log: after a change, listed, and with a person.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::base::lang::Lang;
use crate::base::text::{one_line, truncate};
use crate::model::cell::Locale;
use crate::model::contact::Contact;
use crate::model::customer::Customer;
use crate::model::interaction::Interaction;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col};

pub fn added(talk: &Interaction, locale: &Locale, lang: Lang) -> String {
    let (id, customer, at) = (&talk.id, &talk.customer, talk.at.minute(locale.zone));
    lang.pick(format!("已登记 {customer} 的沟通 {id} ({at})。"), format!("Entered {id}, a talk with {customer} at {at}."))
}

pub fn changed(talk: &Interaction, lang: Lang) -> String {
    let id = &talk.id;
    lang.pick(format!("已修改沟通记录 {id}。"), format!("Changed {id}."))
}

/// The entries of a person, one a line.
pub fn talks(talks: &[Interaction], locale: &Locale, lang: Lang) -> String {
    if talks.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", lang.pick("沟通记录", "Interactions"));
    for talk in talks {
        let way = way(talk, lang);
        let gap = if way.is_empty() { "" } else { "  " };
        let summary = truncate(&one_line(&talk.summary), 60);
        let _ = writeln!(out, "  {}  {}{gap}{way}  {summary}", talk.id, talk.at.minute(locale.zone));
    }
    out
}

/// With whom it was, by name.
pub fn parties(customer: Option<&Customer>, person: Option<&Contact>, lang: Lang) -> String {
    let customer = customer.map(|customer| {
        let named = format!("{} {}", customer.id, one_line(customer.title()));
        lang.pick(format!("客户 {named}"), format!("With customer {named}"))
    });
    let person = person.map(|person| {
        let named = format!("{} {}", person.id, one_line(person.title()));
        lang.pick(format!("联系人 {named}"), format!("contact {named}"))
    });
    let parties: Vec<String> = customer.into_iter().chain(person).collect();
    if parties.is_empty() { String::new() } else { format!("\n{}\n", parties.join(", ")) }
}

/// `电话 来`.
pub fn way(talk: &Interaction, lang: Lang) -> String {
    let channel = talk.channel.map(|channel| channel.label(lang));
    let direction = talk.direction.map(|direction| direction.label(lang));
    channel.into_iter().chain(direction).collect::<Vec<_>>().join(" ")
}

/// Adds the name of the person whose id an entry gives.
pub fn add_names(grid: &mut Grid, talks: &[Interaction], people: &[Contact], lang: Lang) {
    grid.columns.push(col("contact_name", lang.pick("联系人姓名", "Contact name")));
    let names: HashMap<&str, &str> = people.iter().map(|person| (person.id.as_str(), person.title())).collect();
    for (row, talk) in grid.rows.iter_mut().zip(talks) {
        let contact = talk.contact.trim();
        let name = names.get(contact).copied().unwrap_or(contact);
        row.push(if name.is_empty() { Field::blank() } else { Field::text(name) });
    }
}
