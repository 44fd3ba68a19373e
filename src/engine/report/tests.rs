//! The report over records made by hand: what its figures are, and that each follows from the records it is explained by.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::{Inputs, Sides, report, table};
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::money::Money;
use crate::base::period::Period;
use crate::engine::report::explain::{addresses, basis};
use crate::engine::report::figure::{Number, count};
use crate::engine::report::lifecycle::Life;
use crate::engine::report::quality::{Astray, Data, Imported};
use crate::engine::tiering::index::Index;
use crate::model::customer::Customer;
use crate::model::lifecycle::Class;
use crate::model::member::{Day, MemberIds, Members};
use crate::model::request::{Request, RequestType, Severity, Stage};
use crate::model::revisit::{Revisit, RevisitReason, RevisitStatus};
use crate::model::rules::comments::RawComments;
use crate::model::rules::report::RawReport;
use crate::model::rules::tiers::RawTiers;
use crate::model::settings::{RawSettings, Settings};

/// Hours after the beginning of the third quarter.
fn at(hours: i64) -> Instant {
    Instant::start_of("2026-07-01".parse().unwrap(), chrono_tz::UTC).plus_seconds(hours * 3600)
}

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

/// A complaint received so many hours after the quarter began, due after one, two and four hours.
fn request(number: &str, hours: i64, handler: &str, cause: &str) -> Request {
    let mut request = Request::new(id(number), at(hours), "x".into());
    request.r#type = Some(RequestType::Complaint);
    (request.customer, request.category) = (Some(id("C1")), "物流".into());
    (request.handler, request.cause) = (handler.into(), cause.into());
    request.acknowledge_due = Some(at(hours + 1));
    request.respond_due = Some(at(hours + 2));
    request.resolve_due = Some(at(hours + 4));
    request
}

fn resolved(mut request: Request, after: i64) -> Request {
    request.stage = Stage::Closed;
    request.reviewed_at = Some(request.received_at.plus_seconds(1800));
    request.responded_at = Some(request.received_at.plus_seconds(3600));
    request.resolved_at = Some(request.received_at.plus_seconds(after * 3600));
    request.measures = "换新\n道歉".into();
    request
}

fn requests() -> Vec<Request> {
    let mut late = resolved(request("R1", 10, "小李", "包装薄\n纸板"), 10);
    (late.cost, late.responsible) = (Some(Money(1001)), "仓储部:60% 小李:40%".into());
    late.feedback = Some(2);
    late.feedback_text = "物流太慢".into();
    late.escalated = "resolve-1".into();
    let mut back = resolved(request("R2", 20, "小李", "包装薄"), 100);
    (back.reopened, back.feedback, back.cost) = (Some(1), Some(5), Some(Money(500)));
    back.responsible = "承运商".into();
    let mut elsewhere = resolved(request("R3", 30, "Mei", ""), 3);
    (elsewhere.customer, elsewhere.category, elsewhere.severity) = (Some(id("C2")), String::new(), Severity::High);
    elsewhere.measures = String::new();
    let unassigned = request("R4", 40, "", "");
    let mut rejected = request("R5", 50, "", "");
    rejected.stage = Stage::Rejected;
    // not due yet at the moment of the report
    let young = request("R6", 2207, "Mei", "");
    let before = resolved(request("Q1", -100, "小李", "包装薄"), 3);
    vec![late, back, elsewhere, unassigned, rejected, young, before]
}

fn revisits() -> Vec<Revisit> {
    let planned = |number: &str, customer: &str, on: &str, staff: &str| {
        let mut revisit = Revisit::planned(id(number), id(customer), RevisitReason::Cadence, on.parse().unwrap());
        revisit.staff = staff.into();
        revisit
    };
    let mut done = planned("V2", "C2", "2026-08-02", "Mei");
    done.status = RevisitStatus::Done;
    // in vain, and planned again as V1: not due on its own account
    let mut attempt = planned("V4", "C1", "2026-07-29", "小李");
    attempt.status = RevisitStatus::NoAnswer;
    vec![planned("V1", "C1", "2026-08-01", "小李"), done, planned("V3", "C9", "2026-07-01", ""), attempt]
}

/// Asks over records made by hand.
fn ask<T>(question: impl FnOnce(&Inputs<'_>) -> T) -> T {
    let raw: RawSettings = serde_yaml::from_str("{format: 1, time_zone: UTC, language: zh}").unwrap();
    let settings = Settings::try_from(raw).unwrap();
    let mut customers = [Customer::new(id("C1"), "王芳".into()), Customer::new(id("C2"), "Bay".into())];
    customers[0].tier = "A".into();
    let ids = MemberIds::of(&customers);
    let mut members = Members::default();
    for customer in &customers {
        members.tiers.push(customer.tier.clone());
        members.tier.push(u16::try_from(members.tiers.len() - 1).unwrap());
        for days in [&mut members.tier_since, &mut members.tier_until, &mut members.since] {
            days.push(Day::NONE);
        }
        members.potential.push(0);
        members.active.push(1);
    }
    let (requests, revisits) = (requests(), revisits());
    let lives = [(0, Class::Silent, 70_000), (1, Class::Regular, 30_000)].map(|(at, class, value)| {
        let day = Day::from(NaiveDate::from_ymd_opt(2026, 8, 1).unwrap());
        Life { at, class, since: day, sign: day, value }
    });
    let import = |batch: &str, rejected| Imported {
        batch: batch.into(),
        on: "2026-07-02".into(),
        table: "orders".into(),
        file: "o.csv".into(),
        new: 3,
        updated: 0,
        unchanged: 1,
        rejected,
    };
    let data = Data {
        unreachable: vec![1],
        unverified: vec![0, 1],
        orders: Astray { unknown: 4, future: 1 },
        imports: vec![import("B1", 0), import("B7", 2)],
    };
    question(&Inputs {
        settings: &settings,
        period: Period::parse("2026Q3", "2026-10-01".parse().unwrap()).unwrap(),
        previous: Some(Period::parse("2026Q2", "2026-10-01".parse().unwrap()).unwrap()),
        year_ago: None,
        today: "2026-10-01".parse().unwrap(),
        now: at(2207),
        members: &members,
        ids: &ids,
        index: &Index::unmerged(&ids),
        lives: Some(&lives),
        names: &|id| id.to_owned(),
        data: Some(&data),
        requests: &requests,
        revisits: &revisits,
        repeated: &HashSet::from(["V4"]),
        decisions: &[],
        firsts: &HashMap::from([("R2".to_owned(), at(22))]),
        surveys: &[],
        orders: [None; 3],
        rules: &RawReport::default().check().unwrap(),
        tier_rules: &RawTiers::default().check().unwrap(),
        comment_rules: &RawComments::default().check().unwrap(),
        knowledge: &[],
    })
}

#[test]
fn every_number_follows_from_the_records_it_is_explained_by() {
    ask(|inputs| {
        let (report, sides) = (report(inputs), Sides::of(inputs));
        let all = addresses(&report);
        assert!(all.len() > 150, "{}", all.len());
        let mut seen = HashSet::new();
        for (address, number) in all {
            let text = address.to_string();
            let basis = basis(&sides.now, &address).unwrap_or_else(|| panic!("{text} is not explained"));
            assert_eq!(basis.number(), number, "{text}");
            assert!(seen.insert(text.clone()), "{text} stands twice");
        }
    });
}

fn now(row: &table::SplitRow) -> Vec<Option<Number>> {
    row.figures.iter().map(|figure| figure.now).collect()
}

#[test]
fn targets_are_met_missed_or_not_judged() {
    ask(|inputs| {
        let targets = report(inputs).targets;
        // R4 was never reviewed, R6 is not due, R5 is rejected
        let [acknowledge, respond, resolve] = &targets.stages.rows[..] else { panic!("three stages") };
        assert_eq!((acknowledge.count("met"), acknowledge.count("missed")), (3, 1));
        assert_eq!(now(respond)[..3], [Some(count(3)), Some(count(1)), Some(Number::Percent(75.0))]);
        // late by 6, 96 and 2207 − 44 hours
        assert_eq!(now(resolve)[1..], [Some(count(3)), Some(Number::Percent(25.0)), Some(Number::Seconds(96.0 * 3600.0))]);
        assert_eq!(targets.figures.iter().map(|figure| figure.now).collect::<Vec<_>>(), [Some(Number::Percent(25.0)), Some(count(1))]);
        assert_eq!(targets.severities.rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), ["normal", "high"]);
    });
}

#[test]
fn the_requests_of_all_handlers_are_the_accepted_ones() {
    ask(|inputs| {
        let report = report(inputs);
        let sum: usize = report.staff.handlers.rows.iter().map(|row| row.count("requests")).sum();
        assert_eq!((Some(count(sum)), sum), (report.staff.figures[0].now, 5));
        let nobody = report.staff.handlers.rows.iter().find(|row| row.key.is_empty()).unwrap();
        assert_eq!((nobody.count("requests"), nobody.count("open")), (1, 1));
        let mei = report.staff.handlers.rows.iter().find(|row| row.key == "Mei").unwrap();
        assert_eq!((mei.count("requests"), mei.count("revisits_done")), (2, 1));
    });
}

#[test]
fn causes_share_their_cost_by_the_shares_that_were_settled() {
    ask(|inputs| {
        let causes = report(inputs).causes;
        let money = |minor| Some(Number::Money(Money(minor), 2));
        let cause = &causes.by_cause.rows[0];
        assert_eq!((cause.key.as_str(), cause.count("count"), cause.now("share")), ("包装薄", 2, Some(Number::Percent(100.0))));
        assert_eq!((cause.now("costs"), cause.figure("count").unwrap().before), (money(1501), Some(count(1))));
        let cost = |name: &str| causes.responsible.rows.iter().find(|row| row.key == name).unwrap().now("costs");
        assert_eq!((cost("仓储部"), cost("小李"), cost("承运商")), (money(601), money(400), money(500)));
        assert_eq!(
            causes.measures.rows.iter().map(|row| (row.key.as_str(), row.count("count"))).collect::<Vec<_>>(),
            [("换新", 2), ("道歉", 2)]
        );
    });
}

#[test]
fn what_came_back_is_told_with_the_period_before() {
    ask(|inputs| {
        let report = report(inputs);
        let again: Vec<_> = report.repeats.again.iter().map(|again| (again.customer.as_str(), again.now, again.before)).collect();
        assert_eq!(again, [("C1", 4, 1)]);
        assert_eq!(report.repeats.reopened.iter().map(|row| (row.request.as_str(), row.times)).collect::<Vec<_>>(), [("R2", 1)]);
        let first = report.efficiency.figures.iter().find(|figure| figure.code == "median_first_time").unwrap();
        // 10, 2 and 3 hours: the second was reopened after two
        assert_eq!(first.now, Some(Number::Seconds(3.0 * 3600.0)));
        let rate = report.efficiency.figures.iter().find(|figure| figure.code == "first_resolution_rate").unwrap();
        assert_eq!(rate.now, Some(Number::Percent(40.0)));
    });
}

#[test]
fn silence_overdue_visits_and_lacking_data_are_told() {
    ask(|inputs| {
        let report = report(inputs);
        let lifecycle = report.lifecycle.as_ref().unwrap();
        assert_eq!(lifecycle.figures[0].now, Some(Number::Money(Money(70_000), 2)));
        assert_eq!(lifecycle.figures[2].now, Some(count(1)));
        let overdue: Vec<_> = report.revisits.overdue.iter().map(|row| (row.customer.as_str(), row.days_late)).collect();
        assert_eq!(overdue, [("C9", 92), ("C1", 61)]);
        let tiers: Vec<_> = report.revisits.tiers.rows.iter().map(|row| (row.key.as_str(), row.count("due"))).collect();
        assert_eq!(tiers, [("", 2), ("A", 1)]);
        assert_eq!(report.revisits.figures[0].now, Some(count(3)));
        let lack = |code: &str| report.quality.lacking.rows.iter().find(|row| row.key == code).unwrap().count("count");
        assert_eq!((lack("without_category"), lack("resolved_without_measures"), lack("complaints_without_responsible")), (1, 1, 1));
        assert_eq!(report.quality.imports.iter().map(|import| import.batch.as_str()).collect::<Vec<_>>(), ["B7", "B1"]);
        let rules: Vec<&str> = report.suggestions.iter().map(|suggestion| suggestion.rule).collect();
        for rule in ["late_stage", "silent", "rejected_rows"] {
            assert!(rules.contains(&rule), "{rule}: {rules:?}");
        }
    });
}
