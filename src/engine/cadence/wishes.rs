//! How and when customers want to be spoken to: their own words, else those of their primary contact.

use std::collections::HashMap;

use chrono::NaiveTime;

use crate::base::text::{fold_key, fold_width};
use crate::model::contact::Contact;
use crate::model::customer::Customer;

/// What a customer prefers; blank where nothing is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wish<'a> {
    pub channel: &'a str,
    pub time: &'a str,
}

/// The primary contacts who prefer something, by customer.
#[derive(Debug, Default)]
pub struct Wishes<'a> {
    primary: HashMap<&'a str, &'a Contact>,
}

impl<'a> Wishes<'a> {
    pub fn of(contacts: &'a [Contact]) -> Wishes<'a> {
        let mut primary = HashMap::new();
        for contact in contacts.iter().filter(|contact| Contact::is_primary(contact)) {
            primary.entry(contact.customer.as_str()).or_insert(contact);
        }
        Wishes { primary }
    }

    pub fn wish(&self, customer: &'a Customer) -> Wish<'a> {
        let contact = self.primary.get(customer.id.as_str());
        let first =
            |own: &'a str, theirs: Option<&'a str>| if own.trim().is_empty() { theirs.unwrap_or_default().trim() } else { own.trim() };
        Wish {
            channel: first(&customer.preferred_channel, contact.map(|contact| contact.preferred_channel.as_str())),
            time: first(&customer.preferred_time, contact.map(|contact| contact.preferred_time.as_str())),
        }
    }
}

/// From when to when, where a time says so: `14:00-16:30`, `上午`, `afternoon`.
pub fn hours_of(text: &str) -> Option<(NaiveTime, NaiveTime)> {
    let clock = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0);
    match fold_key(text).as_str() {
        "上午" | "早上" | "morning" => return Some((clock(9, 0)?, clock(12, 0)?)),
        "下午" | "afternoon" => return Some((clock(13, 0)?, clock(18, 0)?)),
        _ => {}
    }
    let folded = fold_width(text).replace(['–', '—', '~', '〜', '至'], "-");
    let (from, to) = folded.split_once('-')?;
    let read = |text: &str| {
        let (hour, minute) = text.trim().split_once(':')?;
        let digits = |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(hour, 2) || minute.len() != 2 || !digits(minute, 2) {
            return None;
        }
        clock(hour.parse().ok()?, minute.parse().ok()?)
    };
    let (from, to) = (read(from)?, read(to)?);
    (from < to).then_some((from, to))
}
