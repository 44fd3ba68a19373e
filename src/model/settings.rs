//! `carebook.yaml`: what a book is.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::cell::Locale;
use super::columns::{Columns, RawColumns};
use crate::base::date::DateOrder;
use crate::base::lang::Lang;
use crate::base::money::currency_digits;
use crate::base::problem::{Problem, Problems, What};

/// The format this release writes. Every release reads all earlier ones.
pub const FORMAT: u32 = 1;

/// `carebook.yaml` as it stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSettings {
    /// The first books had no such key.
    #[serde(default)]
    pub format: u32,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub language: Option<String>,
    #[serde(default)]
    pub time_zone: Option<String>,
    #[serde(default)]
    pub currency: Option<String>,
    #[serde(default)]
    pub fiscal_year_starts: Option<u32>,
    /// A demo book lives on this day; a book in use has no such key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub today: Option<String>,
    /// Whether the programs in `hooks/` are told of changes: on or off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hooks: Option<String>,
    /// How long each of them may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hook_seconds: Option<u32>,
    /// Who the letters are from, where it is not the book's name alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<RawSender>,
    /// Columns of the owner's own, by table. A new book has none.
    #[serde(default, skip_serializing)]
    pub columns: Option<RawColumns>,
}

/// Who the letters are from, as it stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSender {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub address: String,
}

/// Who the letters are from; what is not known is blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sender {
    pub name: String,
    pub phone: String,
    pub email: String,
    pub address: String,
}

/// The longest line of a letter's head, in characters.
const MOST_OF_A_LINE: usize = 200;

impl RawSender {
    /// Each is one line; the name is the book's where none is given.
    fn check(self, book: &str, wrong: &mut Problems) -> Sender {
        for (field, text) in [("name", &self.name), ("phone", &self.phone), ("email", &self.email), ("address", &self.address)] {
            if text.chars().count() > MOST_OF_A_LINE || text.chars().any(char::is_control) {
                let what = What::RuleConflict {
                    message: [
                        format!("须为一行文字,最多 {MOST_OF_A_LINE} 字"),
                        format!("must be one line of at most {MOST_OF_A_LINE} characters"),
                    ],
                };
                wrong.push(Problem::error(what).field(format!("sender.{field}")));
            }
        }
        let name = if self.name.trim().is_empty() { book.to_owned() } else { self.name };
        Sender { name, phone: self.phone, email: self.email, address: self.address }
    }
}

/// How long a hook may take where the book says nothing, in seconds.
const HOOK_SECONDS: u32 = 10;
/// The longest a hook may be given.
const MOST_HOOK_SECONDS: u32 = 300;

/// The settings of a book, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub name: String,
    pub lang: Lang,
    pub zone: Tz,
    /// ISO 4217.
    pub currency: String,
    /// Month, 1 to 12.
    pub fiscal_year_starts: u32,
    pub today: Option<NaiveDate>,
    /// Whether the programs in `hooks/` are told of changes, and how many seconds each may take.
    pub hooks: bool,
    pub hook_seconds: u32,
    pub sender: Sender,
    pub columns: Columns,
}

impl Settings {
    /// How the book's cells are read and written.
    pub fn locale(&self) -> Locale {
        Locale { lang: self.lang, zone: self.zone, digits: currency_digits(&self.currency), order: DateOrder::Iso }
    }
}

impl TryFrom<RawSettings> for Settings {
    type Error = Problems;

    fn try_from(raw: RawSettings) -> Result<Settings, Problems> {
        let mut wrong = Vec::new();
        if raw.format > FORMAT {
            return Err(vec![Problem::error(What::NewerFormat { found: raw.format, known: FORMAT })]);
        }
        let unknown = |name: &str, allowed: &[&str]| What::UnknownName {
            name: name.to_owned(),
            allowed: allowed.iter().map(|&a| a.to_owned()).collect(),
        };
        let language = raw.language.unwrap_or_else(|| "en".into());
        let lang = Lang::parse(&language);
        if lang.is_none() {
            wrong.push(Problem::error(unknown(&language, &["zh", "en"])).field("language"));
        }
        let zone_name = raw.time_zone.unwrap_or_else(|| "Asia/Shanghai".into());
        let zone = zone_name.parse::<Tz>().ok();
        if zone.is_none() {
            wrong.push(Problem::error(unknown(&zone_name, &["Asia/Shanghai", "Europe/London", "UTC"])).field("time_zone"));
        }
        let currency = raw.currency.unwrap_or_else(|| "CNY".into());
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            wrong.push(Problem::error(unknown(&currency, &["CNY", "USD", "EUR"])).field("currency"));
        }
        let month = raw.fiscal_year_starts.unwrap_or(1);
        if !(1..=12).contains(&month) {
            let what = What::OutOfRange { value: month.to_string(), min: "1".into(), max: "12".into() };
            wrong.push(Problem::error(what).field("fiscal_year_starts"));
        }
        let today = raw.today.map(|text| crate::base::date::parse_date(&text, DateOrder::Iso)).transpose();
        let today = today.map_err(|what| wrong.push(Problem::error(what).field("today"))).ok().flatten();
        let hooks = match raw.hooks.as_deref() {
            None | Some("off" | "false" | "关") => false,
            Some("on" | "true" | "开") => true,
            Some(text) => {
                wrong.push(Problem::error(unknown(text, &["on", "off"])).field("hooks"));
                false
            }
        };
        let hook_seconds = raw.hook_seconds.unwrap_or(HOOK_SECONDS);
        if !(1..=MOST_HOOK_SECONDS).contains(&hook_seconds) {
            let what = What::OutOfRange { value: hook_seconds.to_string(), min: "1".into(), max: MOST_HOOK_SECONDS.to_string() };
            wrong.push(Problem::error(what).field("hook_seconds"));
        }
        let sender = raw.sender.unwrap_or_default().check(&raw.name, &mut wrong);
        let columns = raw.columns.as_ref().map_or_else(|| Ok(Columns::default()), Columns::check);
        let columns = columns.map_err(|mut problems| wrong.append(&mut problems)).unwrap_or_default();
        match (lang, zone) {
            (Some(lang), Some(zone)) if wrong.is_empty() => Ok(Settings {
                name: raw.name,
                lang,
                zone,
                currency,
                fiscal_year_starts: month,
                today,
                hooks,
                hook_seconds,
                sender,
                columns,
            }),
            _ => Err(wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_from_the_book_or_from_who_it_says() {
        let read = |yaml: &str| Settings::try_from(serde_yaml::from_str::<RawSettings>(yaml).unwrap());
        assert_eq!(read("{format: 1, name: 茶铺}").unwrap().sender.name, "茶铺");
        let sender = read("{format: 1, name: 茶铺, sender: {name: 云雾茶铺, phone: '057188886666'}}").unwrap().sender;
        assert_eq!((sender.name.as_str(), sender.phone.as_str(), sender.address.as_str()), ("云雾茶铺", "057188886666", ""));
        assert_eq!(read("sender: {address: \"a\\nb\"}").unwrap_err()[0].field.as_deref(), Some("sender.address"));
        assert!(serde_yaml::from_str::<RawSettings>("sender: {fax: 1}").is_err());
    }

    #[test]
    fn hooks_are_off_until_they_are_turned_on() {
        let read = |yaml: &str| Settings::try_from(serde_yaml::from_str::<RawSettings>(yaml).unwrap());
        let of = |yaml: &str| read(yaml).map(|settings| (settings.hooks, settings.hook_seconds)).unwrap();
        assert_eq!(of("format: 1"), (false, 10));
        assert_eq!(of("{format: 1, hooks: off}"), (false, 10));
        assert_eq!(of("{format: 1, hooks: on, hook_seconds: 300}"), (true, 300));
        assert_eq!(of("{format: 1, hooks: true}"), (true, 10));
        for (yaml, field) in [("hooks: maybe", "hooks"), ("hook_seconds: 0", "hook_seconds"), ("hook_seconds: 301", "hook_seconds")] {
            assert_eq!(read(yaml).unwrap_err()[0].field.as_deref(), Some(field));
        }
    }
}
