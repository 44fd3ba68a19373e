//! A request's clocks: each target, and the time segment by segment.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::engine::clock::{Clock, Segment, State, TargetClock, Verdict};
use crate::model::cell::Locale;
use crate::model::promise::Promise;
use crate::model::vocabulary::Code;

/// Seconds as `3 h 05 min`.
pub fn duration(seconds: i64, lang: Lang) -> String {
    let (sign, seconds) = if seconds < 0 { ("-", -seconds) } else { ("", seconds) };
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let tail = if rest == 0 { String::new() } else { lang.pick(format!(" {rest} 秒"), format!(" {rest} s")) };
    match (hours, minutes) {
        (0, _) => format!("{sign}{minutes} {}{tail}", lang.pick("分", "min")),
        (_, 0) if rest == 0 => format!("{sign}{hours} {}", lang.pick("小时", "h")),
        _ => format!("{sign}{hours} {} {minutes:02} {}{tail}", lang.pick("小时", "h"), lang.pick("分", "min")),
    }
}

fn verdict(verdict: Verdict, lang: Lang) -> &'static str {
    match verdict {
        Verdict::Met => lang.pick("达标", "met"),
        Verdict::Missed => lang.pick("超时", "missed"),
        Verdict::Open => lang.pick("进行中", "open"),
        Verdict::Overdue => lang.pick("已逾期", "overdue"),
        Verdict::Paused => lang.pick("暂停", "paused"),
        Verdict::None => lang.pick("无承诺", "nothing owed"),
    }
}

fn verdict_code(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "met",
        Verdict::Missed => "missed",
        Verdict::Open => "open",
        Verdict::Overdue => "overdue",
        Verdict::Paused => "paused",
        Verdict::None => "none",
    }
}

fn state(state: State, lang: Lang) -> &'static str {
    match state {
        State::Running => lang.pick("计时", "running"),
        State::Waiting => lang.pick("等待客户", "waiting for the customer"),
        State::Resolved => lang.pick("已解决", "resolved"),
        State::Ended => lang.pick("已结束", "ended"),
    }
}

fn state_code(state: State) -> &'static str {
    match state {
        State::Running => "running",
        State::Waiting => "waiting",
        State::Resolved => "resolved",
        State::Ended => "ended",
    }
}

/// For people.
pub fn text(clock: &Clock, promise: &Promise, locale: &Locale, lang: Lang) -> String {
    let time = if promise.elapsed { lang.pick("自然时间", "elapsed time") } else { lang.pick("工作时间", "working time") };
    let mut out = format!("\n{} ({time})\n", lang.pick("时限", "Clocks"));
    for target in &clock.targets {
        // writing to a string does not fail
        let _ = writeln!(out, "  {}", line(target, locale, lang));
    }
    let _ = writeln!(out, "\n{}", lang.pick("计时过程", "Segment by segment"));
    let now = clock.segments.len().saturating_sub(1);
    for (at, segment) in clock.segments.iter().enumerate() {
        let to = if at == now { lang.pick("现在", "now").to_owned() } else { segment.to.minute(locale.zone) };
        let (severity, counted) = (segment.severity.label(lang), duration(segment.working, lang));
        let _ = writeln!(out, "  {} – {to}  {}  {severity}  {counted}", segment.from.minute(locale.zone), state(segment.state, lang));
    }
    out
}

fn line(target: &TargetClock, locale: &Locale, lang: Lang) -> String {
    let name = target.target.label(lang);
    let minute = |at: Instant| at.minute(locale.zone);
    let Some(due) = target.due else { return format!("{name}: {}", verdict(Verdict::None, lang)) };
    let allowed = target.allowed.map(|allowed| duration(allowed, lang));
    let reached = target.reached.map_or_else(
        || lang.pick("尚未完成", "not yet").to_owned(),
        |at| lang.pick(format!("{} 完成", minute(at)), format!("reached {}", minute(at))),
    );
    let due = match allowed {
        Some(allowed) => lang.pick(format!("限 {allowed},至 {}", minute(due)), format!("{allowed}, due {}", minute(due))),
        None => lang.pick(format!("至 {}", minute(due)), format!("due {}", minute(due))),
    };
    let (elapsed, net) = (duration(target.elapsed, lang), duration(target.net(), lang));
    let used = if target.waiting == 0 {
        lang.pick(format!("用时 {elapsed}"), format!("took {elapsed}"))
    } else {
        let waiting = duration(target.waiting, lang);
        lang.pick(format!("用时 {elapsed},等待 {waiting},净 {net}"), format!("took {elapsed}, waited {waiting}, net {net}"))
    };
    format!("{name}: {} · {due} · {reached} · {used}", verdict(target.verdict, lang))
}

/// For machines: seconds and instants.
pub fn json(clock: &Clock, promise: &Promise, locale: &Locale) -> Value {
    let iso = |at: Option<Instant>| at.map(|at| at.iso(locale.zone));
    let target = |clock: &TargetClock| {
        json!({
            "target": clock.target.code(), "verdict": verdict_code(clock.verdict), "allowed": clock.allowed, "since": iso(Some(clock.since)),
            "due": iso(clock.due), "reached": iso(clock.reached), "elapsed": clock.elapsed, "waiting": clock.waiting, "net": clock.net(),
        })
    };
    let segment = |segment: &Segment| {
        json!({
            "from": iso(Some(segment.from)), "to": iso(Some(segment.to)), "state": state_code(segment.state),
            "severity": segment.severity.code(), "working": segment.working,
        })
    };
    json!({
        "counts": if promise.elapsed { "elapsed" } else { "working" },
        "rules": promise.rules,
        "targets": clock.targets.iter().map(target).collect::<Vec<_>>(),
        "segments": clock.segments.iter().map(segment).collect::<Vec<_>>(),
        "first_resolved": iso(clock.first_resolved),
    })
}
