use chrono::NaiveDate;
use chrono_tz::Asia::Shanghai;
use proptest::prelude::*;

use super::{Bought, Entry, Kind, Material, What, When, Wish, timeline};
use crate::base::date::DateOrder;
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::money::Money;
use crate::model::interaction::Interaction;
use crate::model::log::LogRow;
use crate::model::order::OrderKind;
use crate::model::points::{PointsKind, PointsRow};
use crate::model::request::{Request, Stage};
use crate::model::revisit::{Revisit, RevisitReason, RevisitStatus};
use crate::model::survey::Response;
use crate::model::tier::{DecidedBy, TierDecision};
use crate::model::vocabulary::Code;

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

fn at(text: &str) -> Instant {
    Instant::parse(text, Shanghai, DateOrder::Iso).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn row(seq: u32, when: &str, table: &str, id: &str, action: &str, (before, after): (&str, &str)) -> LogRow {
    let blank = String::new;
    let (action, table, id, before, after) = (action.into(), table.into(), id.into(), before.into(), after.into());
    let (recorded_at, at) = (at(when), at(when));
    LogRow {
        seq,
        recorded_at,
        at,
        actor: blank(),
        action,
        table,
        id,
        before,
        after,
        note: blank(),
        salt: blank(),
        digest: blank(),
        chain: blank(),
    }
}

fn taken_back(seq: u32, note: &str, action: &str) -> LogRow {
    LogRow { note: note.into(), ..row(seq, "2026-10-02 13:00", "requests", "R1", action, ("", "")) }
}

fn request(own: &str, received: &str) -> Request {
    let mut request = Request::new(id(own), at(received), format!("{own} 受潮"));
    request.customer = Some(id("C1"));
    request
}

fn tier(on: &str) -> TierDecision {
    TierDecision {
        customer: id("C1"),
        tier: "A".into(),
        previous: "B".into(),
        score: None,
        decided_on: day(on),
        until: None,
        by: DecidedBy::Rule,
        reasons: String::new(),
        rules: String::new(),
        batch: String::new(),
    }
}

fn response(own: &str, submitted: Option<&str>) -> Response {
    let submitted_at = submitted.map(at);
    let (customer, survey) = (Some(id("C1")), "门店".to_owned());
    let blank = String::new;
    Response {
        id: id(own),
        survey,
        customer,
        request: None,
        submitted_at,
        channel: blank(),
        csat: None,
        nps: Some(9),
        ces: None,
        index: None,
        comment: blank(),
        follow_up: None,
        batch: blank(),
    }
}

/// One of everything, within two days.
fn material() -> Material {
    let mut material = Material::default();
    for (order, date, amount, product) in [
        ("O1", "2026-10-02", 10_000, "龙井"),
        ("O1", "2026-10-02", 5_000, "毛峰"),
        ("O1", "2026-10-09", -2_000, "龙井"),
        ("O2", "2026-10-01", -300, ""),
    ] {
        material.purchases.line(order, "C1", day(date), Money(amount), None, product);
    }
    let mut told = request("R1", "2026-10-02 09:00");
    (told.stage, told.resolved_at, told.closed_at) = (Stage::Closed, Some(at("2026-10-02 11:00")), Some(at("2026-10-02 12:00")));
    (told.feedback, told.measures) = (Some(4), "换货".into());
    material.requests = vec![told];
    material.talks = vec![Interaction::new(id("T1"), id("C1"), at("2026-10-02 09:00"), "报价".into())];
    let mut done = Revisit::planned(id("V1"), id("C2"), RevisitReason::Cadence, day("2026-10-01"));
    (done.status, done.done_at) = (RevisitStatus::Done, Some(at("2026-10-02 10:00")));
    material.revisits = vec![Revisit::planned(id("V2"), id("C1"), RevisitReason::Manual, day("2026-11-01")), done];
    material.responses = vec![response("a", Some("2026-10-02 08:00")), response("b", None)];
    material.tiers = vec![tier("2026-10-02")];
    material.points = vec![PointsRow { id: id("L1"), ..PointsRow::new(id("C1"), day("2026-10-02"), PointsKind::Earn, 120) }];
    let none = r#"{"measures":"换货"}"#;
    material.log = vec![
        row(1, "2026-09-30 12:00", "customers", "C1", "add", ("", r#"{"id":"C1"}"#)),
        row(2, "2026-10-02 09:00", "contacts", "P1", "add", ("", r#"{"customer":"C1"}"#)),
        row(3, "2026-10-02 09:30", "requests", "R1", "note", (none, r#"{"measures":"换货\n已发顺丰"}"#)),
        row(4, "2026-10-02 09:40", "requests", "R1", "note", (none, r#"{"measures":"换货\n写错了"}"#)),
        taken_back(5, "4 note", "undo"),
        row(6, "2026-10-02 11:30", "requests", "R1", "feedback", ("", r#"{"feedback":4}"#)),
        row(7, "2026-10-02 11:40", "requests", "R1", "feedback", ("", r#"{"feedback":1}"#)),
        taken_back(8, "7 feedback", "undo"),
        taken_back(9, "3 note", "undo"),
        taken_back(10, "9 undo", "redo"),
    ];
    material
}

fn told(material: &Material, wish: &Wish) -> Vec<String> {
    let line = |entry: &Entry<'_>| {
        let when = match entry.when {
            When::Unknown => "?".to_owned(),
            When::Day(day) => day.format("%m-%d").to_string(),
            When::At(at) => at.at_zone(Shanghai).format("%m-%d %H:%M").to_string(),
        };
        let step = if let What::Request(step, _) = entry.what { format!(" {}", step.code()) } else { String::new() };
        format!("{when} {}{step}", entry.id)
    };
    timeline(material, wish, Shanghai).entries.iter().map(line).collect()
}

#[test]
fn everything_in_the_order_of_time() {
    let lines = told(&material(), &Wish::default());
    let expected = [
        "? b",
        "09-30 12:00 C1",
        "10-01 O2",
        // what has a day only comes before the times of the day, kind by kind
        "10-02 O1",
        "10-02 C1",
        "10-02 L1",
        "10-02 08:00 a",
        "10-02 09:00 P1",
        "10-02 09:00 R1 received",
        "10-02 09:00 T1",
        // the note that was taken back is none
        "10-02 09:30 R1",
        "10-02 10:00 V1",
        "10-02 11:00 R1 resolved",
        "10-02 11:30 R1 scored",
        "10-02 12:00 R1 closed",
        "11-01 V2",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn an_order_is_one_entry_with_what_went_back() {
    let mut material = material();
    let orders: Vec<&Bought> = material.purchases.iter().collect();
    assert_eq!((orders[0].net, orders[0].refunds, orders[0].lines), (Money(13_000), Money(2_000), 3));
    assert_eq!((orders[0].first, orders[0].last, orders[0].products.join(" ")), (day("2026-10-02"), day("2026-10-09"), "龙井 毛峰".into()));
    assert_eq!((orders[1].net, orders[1].refunds), (Money(-300), Money(300)));
    for product in ["a", "b", "a"] {
        material.purchases.line("O1", "C1", day("2026-10-02"), Money(0), Some(OrderKind::Sale), product);
    }
    let first = material.purchases.iter().next().unwrap();
    assert_eq!((first.products.len(), first.more_products, first.lines), (3, true, 6));
}

#[test]
fn what_is_asked_for() {
    let material = material();
    let since = |text: &str| Wish { since: Some(day(text)), ..Wish::default() };
    assert_eq!(told(&material, &since("2026-10-03")), ["11-01 V2"]);
    assert_eq!(told(&material, &since("2026-09-30")).len(), 15, "without the one that has no day");
    let kinds = Wish { kinds: vec![Kind::Order, Kind::Note], ..Wish::default() };
    assert_eq!(told(&material, &kinds), ["10-01 O2", "10-02 O1", "10-02 09:30 R1"]);
    let last = Wish { last: Some(2), ..kinds };
    let found = timeline(&material, &last, Shanghai);
    assert_eq!((found.entries.len(), found.left_out, found.entries[0].id), (2, 1, "O1"));
}

#[test]
fn a_score_of_which_the_log_does_not_tell_stands_with_the_last_step_before_it() {
    let mut material = material();
    material.log.clear();
    let lines = told(&material, &Wish { kinds: vec![Kind::Request], ..Wish::default() });
    assert_eq!(lines[2..], ["10-02 12:00 R1 scored", "10-02 12:00 R1 closed"]);
    material.requests[0].confirmed_at = Some(at("2026-10-02 11:10"));
    let requests = Wish { kinds: vec![Kind::Request], ..Wish::default() };
    assert_eq!(told(&material, &requests)[1..3], ["10-02 11:00 R1 resolved", "10-02 11:10 R1 scored"]);
    // reopened: the resolution of before does not count
    material.requests[0].stage = Stage::Assigned;
    assert!(!told(&material, &Wish::default()).contains(&"10-02 11:00 R1 resolved".to_owned()));
}

proptest! {
    #[test]
    fn the_order_does_not_depend_on_the_files_and_nothing_is_lost(
        order in Just((0..9_usize).collect::<Vec<_>>()).prop_shuffle(), hours in prop::collection::vec(0..4_u32, 9), last in 0..30_usize
    ) {
        let build = |order: &[usize]| {
            let mut material = Material::default();
            for n in order {
                let when = format!("2026-10-0{} {:02}:00", 1 + n / 5, hours[*n]);
                material.talks.push(Interaction::new(id(&format!("T{n}")), id("C1"), at(&when), String::new()));
                material.requests.push(request(&format!("R{n}"), &when));
                material.purchases.line(&format!("O{n}"), "C1", at(&when).date(Shanghai), Money(100), None, "");
            }
            material
        };
        let (one, other) = (build(&order), build(&(0..9).collect::<Vec<_>>()));
        let all = Wish::default();
        prop_assert_eq!(told(&one, &all), told(&other, &all));
        prop_assert_eq!(told(&one, &all).len(), 27);
        let whole = timeline(&one, &all, Shanghai);
        let part = timeline(&one, &Wish { last: Some(last), ..Wish::default() }, Shanghai);
        prop_assert_eq!(part.left_out + part.entries.len(), 27);
        prop_assert_eq!(&whole.entries[part.left_out..], &part.entries[..]);
        prop_assert!(whole.entries.windows(2).all(|pair| pair[0].when.date(Shanghai) <= pair[1].when.date(Shanghai)));
    }
}
