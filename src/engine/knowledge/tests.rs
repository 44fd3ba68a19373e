use super::{Problem, helpful, outcome, problems, ranked, uses};
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::money::Money;
use crate::engine::report::Cohort;
use crate::engine::report::figure::Number;
use crate::model::cell::Tags;
use crate::model::knowledge::{Knowledge, KnowledgeStatus};
use crate::model::request::{Request, Stage};
use proptest::prelude::*;

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

fn entry(name: &str, title: &str, category: &str) -> Knowledge {
    Knowledge { category: category.into(), ..Knowledge::new(id(name), title.into()) }
}

/// A closed request received on a day and resolved an hour later, answered with these entries.
fn request(name: &str, day: i64, entries: &str) -> Request {
    let at = Instant::from_utc(chrono::DateTime::UNIX_EPOCH).plus_seconds(day * 86_400);
    let mut request = Request::new(id(name), at, "x".into());
    request.knowledge = Tags(Tags::split(entries).map(str::to_owned).collect());
    (request.stage, request.resolved_at) = (Stage::Closed, Some(at.plus_seconds(3600)));
    request
}

fn order(entries: &[Knowledge], requests: &[Request]) -> Vec<String> {
    let requests: Vec<&Request> = requests.iter().collect();
    ranked(entries, &uses(&requests, &|_| true)).iter().map(|(entry, _)| entry.id.to_string()).collect()
}

#[test]
fn uses_times_success_then_the_newer_then_the_id() {
    let entries = ["K1", "K2", "K3", "K4"].map(|name| entry(name, name, ""));
    let mut requests =
        [request("R1", 1, "K2"), request("R2", 2, "K2"), request("R3", 3, "K2"), request("R4", 4, "K1"), request("R5", 5, "K3;K4")];
    // K2: 3 uses; the others one each, of which K3 and K4 are newer
    assert_eq!(order(&entries, &requests), ["K2", "K3", "K4", "K1"]);
    // K2: 3 uses, one of three good: 1, and older than the others
    requests[0].reopened = Some(1);
    requests[1].feedback = Some(2);
    assert_eq!(order(&entries, &requests), ["K3", "K4", "K1", "K2"]);
    // open ones are used, and say nothing of success: 2 × 1 ÷ 1
    requests[0].reopened = None;
    (requests[0].stage, requests[0].resolved_at) = (Stage::Assigned, None);
    requests[2].knowledge = Tags::default();
    assert_eq!(order(&entries, &requests), ["K3", "K4", "K1", "K2"], "2 × 0 ÷ 1");
    requests[1].feedback = Some(5);
    assert_eq!(order(&entries, &requests)[0], "K2");
}

#[test]
fn a_merged_request_counts_with_the_one_it_went_into() {
    let mut requests = [request("R1", 1, "K1"), request("R2", 2, "K1;K2"), request("R3", 3, "K2"), request("R4", 9, "K1")];
    for (from, into) in [(1, "R3"), (2, "R1")] {
        requests[from].duplicate_of = Some(id(into));
        requests[from].stage = Stage::Duplicate;
    }
    requests[0].reopened = Some(2);
    let all: Vec<&Request> = requests.iter().collect();
    let found = uses(&all, &|_| true);
    let (one, two) = (found["K1"], found["K2"]);
    assert_eq!((one.uses, one.resolved, one.good, one.reopened), (2, 2, 1, 1));
    assert_eq!((two.uses, two.resolved, two.good, two.last), (1, 1, 0, Some(requests[0].received_at)));
    // by the day the one it went into came in
    let early = uses(&all, &|request| request.received_at == requests[0].received_at);
    assert_eq!((early["K1"].uses, early["K2"].uses), (1, 1));
}

#[test]
fn the_outcome_goes_by_the_first_resolution() {
    let mut requests = [request("R1", 1, "K1"), request("R2", 2, "K1"), request("R3", 3, "K1")];
    requests[0].reopened = Some(1);
    (requests[0].feedback, requests[1].feedback) = (Some(2), Some(5));
    (requests[2].stage, requests[2].resolved_at) = (Stage::Reviewed, None);
    let early = requests[0].received_at.plus_seconds(1800);
    let first = |request: &Request| if request.id.as_str() == "R1" { Some(early) } else { request.resolved_at };
    let outcome = outcome(&requests, &first);
    assert_eq!((outcome.used.uses, outcome.time, outcome.feedback), (3, Some(Number::Seconds(2700.0)), Some(Number::Grade(3.5, 5))));
    assert_eq!((outcome.reopened, outcome.used.success()), (Some(Number::Percent(50.0)), Some(Number::Percent(50.0))));
}

#[test]
fn problems_are_grouped_by_category_and_first_line_of_the_cause() {
    let mut requests =
        [request("R1", 1, "K1"), request("R2", 2, "K2"), request("R3", 3, "K2"), request("R4", 4, ""), request("R5", 5, "K3")];
    for (request, (category, cause)) in
        requests.iter_mut().zip([("质量", "受潮\n仓库"), ("质量", "受潮"), ("质量", ""), ("质量", "受潮"), ("质量", "受潮")])
    {
        (request.category, request.cause) = (category.into(), cause.into());
        request.customer = Some(id("C1"));
    }
    requests[3].stage = Stage::Rejected;
    requests[4].duplicate_of = Some(id("R2"));
    requests[4].stage = Stage::Duplicate;
    (requests[0].cost, requests[1].cost) = (Some(Money(150)), Some(Money(50)));
    let mut entries = vec![entry("K1", "a", ""), entry("K2", "b", ""), entry("K3", "c", "")];
    let cohort = Cohort { all: requests.iter().collect() };
    let of = |entries: &[Knowledge]| -> Vec<(String, usize, usize, Money, Option<String>)> {
        let rows = problems(&cohort, entries);
        let entry = |row: &Problem<'_>| row.entry.map(|(entry, _)| entry.id.to_string());
        rows.iter().map(|row| (row.cause.to_owned(), row.count, row.repeat_customers, row.cost, entry(row))).collect()
    };
    assert_eq!(of(&entries), [("受潮".into(), 2, 1, Money(200), Some("K1".into())), (String::new(), 1, 0, Money(0), Some("K2".into()))]);
    entries[0].status = Some(KnowledgeStatus::Retired);
    assert_eq!(of(&entries)[0].4.as_deref(), Some("K2"), "a retired entry is no solution");
    entries.truncate(1);
    assert_eq!(of(&entries)[0].4, None);
}

#[test]
fn what_may_help_is_of_the_same_category_or_alike() {
    let mut asked = request("R1", 1, "");
    (asked.category, asked.content) = ("质量".into(), "茶叶受潮发霉了".into());
    let mut entries = vec![
        entry("K1", "发票开错", "发票"),
        entry("K2", "茶叶受潮发霉", "储存"),
        entry("K3", "杯子有裂纹", "质量"),
        entry("K4", "茶叶发霉", "质量"),
        entry("K5", "茶叶受潮", "质量"),
    ];
    let told = |request: &Request, entries: &[Knowledge]| -> Vec<(String, bool, Option<u32>)> {
        helpful(request, entries).iter().map(|(entry, why)| (entry.id.to_string(), why.same_category, why.alike)).collect()
    };
    // 茶叶受潮: 2·3 ÷ (6 + 3), 茶叶发霉: 2·2 ÷ (6 + 3), and 40 each for the category
    let of = |name: &str, same, alike| (name.to_owned(), same, alike);
    assert_eq!(told(&asked, &entries), [of("K5", true, Some(66)), of("K2", false, Some(90)), of("K4", true, Some(44))]);
    asked.knowledge = Tags(vec!["K5".into()]);
    entries[3].status = Some(KnowledgeStatus::Retired);
    entries[1].solution = "更换新茶,并附上防潮说明与致歉卡片,由仓库检查同一批次".into();
    assert_eq!(told(&asked, &entries), [of("K2", false, Some(90)), of("K3", true, None)]);
    asked.content = "?".into();
    asked.category.clear();
    assert_eq!(told(&asked, &entries), []);
}

proptest! {
    #[test]
    fn no_use_is_lost_and_ranking_is_an_order(rows in prop::collection::vec((0..4_usize, 0..3_u32, 1..6_u32, any::<bool>()), 0..20)) {
        let requests: Vec<Request> = rows.iter().enumerate().map(|(i, (entry, reopened, score, open))| {
            let mut one = request(&format!("R{i}"), i64::from(*score), &format!("K{entry}"));
            (one.reopened, one.feedback) = (Some(*reopened), Some(*score));
            if *open { (one.stage, one.resolved_at) = (Stage::InProgress, None); }
            one
        }).collect();
        let all: Vec<&Request> = requests.iter().collect();
        let found = uses(&all, &|_| true);
        prop_assert_eq!(found.values().map(|one| one.uses).sum::<usize>(), requests.len());
        prop_assert!(found.values().all(|one| one.good <= one.resolved && one.resolved <= one.uses));
        let entries: Vec<Knowledge> = (0..4).map(|i| entry(&format!("K{i}"), "", "")).collect();
        let shuffled: Vec<Knowledge> = entries.iter().rev().cloned().collect();
        prop_assert_eq!(order(&entries, &requests), order(&shuffled, &requests));
        // exact: uses × good ÷ resolved never rises along the list
        let weights: Vec<(u128, u128)> = ranked(&entries, &found).iter().map(|(_, one)| one.weight()).collect();
        prop_assert!(weights.windows(2).all(|pair| pair[0].0 * pair[1].1 >= pair[1].0 * pair[0].1));
    }
}
