//! What was promised on a request: by when it is acknowledged, answered and resolved, frozen as the rules stood.

use std::fmt::Write as _;

use super::cell::{Cell, Kind, Locale};
use super::vocabulary::{Code, codes};
use crate::base::problem::What;

codes! {
    /// What is promised, in the order it falls due.
    Target {
        Acknowledge = "acknowledge", "受理", "Acknowledge";
        Respond = "respond", "响应", "Respond";
        Resolve = "resolve", "解决", "Resolve";
    }
}

/// Seconds allowed for each target, and the version of the rules that said so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Promise {
    pub acknowledge: Option<i64>,
    pub respond: Option<i64>,
    pub resolve: Option<i64>,
    /// Counted without a calendar: nights and holidays too.
    pub elapsed: bool,
    /// First eight digits of the rules' SHA-256; `built-in` without a file.
    pub rules: String,
}

impl Promise {
    pub fn allowed(&self, target: Target) -> Option<i64> {
        match target {
            Target::Acknowledge => self.acknowledge,
            Target::Respond => self.respond,
            Target::Resolve => self.resolve,
        }
    }

    pub fn is_empty(&self) -> bool {
        Target::ALL.iter().all(|target| self.allowed(*target).is_none())
    }
}

/// `90m`, `4h`, `27h30m`; seconds only where there are any.
pub fn written(seconds: i64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut out = String::new();
    for (n, unit) in [(hours, 'h'), (minutes, 'm'), (rest, 's')] {
        if n > 0 {
            // writing to a string does not fail
            let _ = write!(out, "{n}{unit}");
        }
    }
    if out.is_empty() { "0m".to_owned() } else { out }
}

fn read_seconds(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut seconds = 0_i64;
    for (unit, factor) in [('h', 3600), ('m', 60), ('s', 1)] {
        let Some((number, after)) = rest.split_once(unit) else { continue };
        seconds = seconds.checked_add(number.parse::<u32>().ok().map(i64::from)?.checked_mul(factor)?)?;
        rest = after;
    }
    (rest.is_empty() && !text.is_empty()).then_some(seconds)
}

/// As it stands in the book: `acknowledge=1h respond=4h resolve=27h rules=c8e0f435`, with `clock=elapsed` where no
/// calendar counts.
impl Cell for Promise {
    const KIND: Kind = Kind::Text;
    const OPTIONAL: bool = true;

    fn read(text: &str, _: &Locale) -> Result<Promise, What> {
        let bad = || What::BadDuration { value: text.trim().to_owned() };
        let mut promise = Promise::default();
        for part in text.split_whitespace() {
            let (key, value) = part.split_once('=').ok_or_else(bad)?;
            match key {
                "acknowledge" => promise.acknowledge = Some(read_seconds(value).ok_or_else(bad)?),
                "respond" => promise.respond = Some(read_seconds(value).ok_or_else(bad)?),
                "resolve" => promise.resolve = Some(read_seconds(value).ok_or_else(bad)?),
                "clock" => promise.elapsed = value == "elapsed",
                "rules" => value.clone_into(&mut promise.rules),
                _ => return Err(bad()),
            }
        }
        Ok(promise)
    }

    fn write(&self, _: &Locale) -> String {
        let targets = [("acknowledge", self.acknowledge), ("respond", self.respond), ("resolve", self.resolve)];
        let mut parts: Vec<String> = targets.iter().filter_map(|(key, s)| s.map(|s| format!("{key}={}", written(s)))).collect();
        if self.elapsed && !parts.is_empty() {
            parts.push("clock=elapsed".to_owned());
        }
        if !self.rules.is_empty() && !parts.is_empty() {
            parts.push(format!("rules={}", self.rules));
        }
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::{RawSettings, Settings};

    #[test]
    fn what_is_written_is_read() {
        let raw: RawSettings = serde_yaml::from_str("{format: 1}").unwrap();
        let locale = Settings::try_from(raw).unwrap().locale();
        let promise =
            Promise { acknowledge: Some(90 * 60), resolve: Some(27 * 3600 + 1), elapsed: true, rules: "c8e0f435".into(), respond: Some(0) };
        let text = promise.write(&locale);
        assert_eq!(text, "acknowledge=1h30m respond=0m resolve=27h1s clock=elapsed rules=c8e0f435");
        assert_eq!(Promise::read(&text, &locale), Ok(promise));
        assert_eq!(Promise::read("", &locale), Ok(Promise::default()));
        for wrong in ["resolve", "resolve=soon", "resolve=", "who=me", "resolve=1h1h", "resolve=99999999999h"] {
            assert!(Promise::read(wrong, &locale).is_err(), "{wrong}");
        }
    }
}
