use super::*;
use crate::base::date::DateOrder;
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::model::revisit::RevisitReason;

fn at(text: &str) -> Instant {
    Instant::parse(text, chrono_tz::Asia::Shanghai, DateOrder::Iso).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn request(stage: Stage) -> Request {
    let mut request = Request::new(Id::parse("R20261001-001").unwrap(), at("2026-10-01 09:00"), " 茶罐破了 ".into());
    request.stage = stage;
    request.reviewed_at = Some(at("2026-10-01 10:00"));
    request.assigned_at = Some(at("2026-10-02 10:00"));
    request.resolved_at = Some(at("2026-10-03 10:00"));
    request.closed_at = Some(at("2026-10-05 10:00"));
    request.resolve_due = Some(at("2026-10-09 18:00"));
    request
}

fn told_of(request: &Request, log: &[LogRow]) -> AboutRequest {
    AboutRequest::of(request, log, Some(day("2026-11-02")), day("2026-10-08"), chrono_tz::Asia::Shanghai)
}

fn note(before: &str, after: &str) -> LogRow {
    LogRow {
        seq: 1,
        at: at("2026-10-02 10:00"),
        recorded_at: at("2026-10-02 10:00"),
        actor: "小李".into(),
        action: "note".into(),
        table: "requests".into(),
        id: "R20261001-001".into(),
        before: serde_json::json!({"measures": before}).to_string(),
        after: serde_json::json!({"measures": after}).to_string(),
        note: String::new(),
        salt: String::new(),
        digest: String::new(),
        chain: String::new(),
    }
}

#[test]
fn each_stage_says_what_happened_and_what_comes_next() {
    for (stage, steps, next, by) in [
        (Stage::Registered, 1, Next::Review, true),
        (Stage::Reviewed, 2, Next::Assign, true),
        (Stage::Assigned, 3, Next::Work, true),
        (Stage::InProgress, 3, Next::Work, true),
        (Stage::Waiting, 3, Next::Customer, false),
        (Stage::Resolved, 4, Next::Confirm, false),
        (Stage::Confirmed, 4, Next::Nothing, false),
        (Stage::Closed, 5, Next::Nothing, false),
        (Stage::Rejected, 1, Next::Refused, false),
        (Stage::Duplicate, 1, Next::Nothing, false),
    ] {
        let told = told_of(&request(stage), &[]);
        assert_eq!((told.steps.len(), told.next, told.by.is_some()), (steps, next, by), "{stage:?}");
        assert_eq!((told.content.as_str(), told.received), ("茶罐破了", day("2026-10-01")));
        assert_eq!(told.resolved.is_some(), stage.is_resolved());
        assert_eq!(told.reply_until.is_some(), stage.is_resolved());
    }
    let mut late = request(Stage::InProgress);
    late.resolve_due = Some(at("2026-10-07 18:00"));
    assert_eq!(told_of(&late, &[]).by, None, "a day that has passed is no promise");
    late.stage = Stage::Rejected;
    late.result = format!("{}咨询房产", OUT_OF_SCOPE[0]);
    assert_eq!((told_of(&late, &[]).next, told_of(&late, &[]).result.as_str()), (Next::OutOfScope, "咨询房产"));
}

#[test]
fn notes_of_colleagues_stay_inside() {
    let mut one = request(Stage::Resolved);
    one.measures = "待客户补充: 照片\n客户很难缠,先拖着\n补发一罐\n致电道歉".into();
    one.cause = "包装薄\n供应商私下换料".into();
    let log = [note("待客户补充: 照片", "待客户补充: 照片\n客户很难缠,先拖着")];
    let told = told_of(&one, &log);
    assert_eq!(told.measures, ["补发一罐", "致电道歉"]);
    assert_eq!((told.cause.as_str(), told.question.as_str()), ("包装薄", ""));
    one.stage = Stage::Reviewed;
    one.measures = "待客户补充: 照片".into();
    let told = told_of(&one, &[]);
    assert_eq!((told.next, told.question.as_str(), told.by), (Next::Answer, "照片", None));
}

#[test]
fn who_may_get_it() {
    let today = day("2026-10-08");
    let mut customer = Customer::new(Id::parse("C0001").unwrap(), "王芳".into());
    let visit = Revisit::planned(Id::parse("V20261010-001").unwrap(), customer.id.clone(), RevisitReason::Cadence, day("2026-10-10"));
    let open = request(Stage::InProgress);
    let of = |name: &str, customer: &Customer, request: Option<&Request>, visit: Option<&Revisit>| {
        refusal(name, Some(customer), request, visit, today)
    };
    for letter in LETTERS {
        let visit = Some(&visit).filter(|_| letter.about.contains(&About::Revisit));
        let done = request(Stage::Resolved);
        assert_eq!(of(letter.name, &customer, Some(&done), visit), None, "{}", letter.name);
    }
    customer.consent = "撤回 2026-10-01".into();
    for letter in LETTERS {
        let visit = Some(&visit).filter(|_| letter.about.contains(&About::Revisit));
        let refused = of(letter.name, &customer, Some(&request(Stage::Resolved)), visit);
        assert_eq!(refused, letter.is_approach.then_some(Refusal::Withdrawn), "{}", letter.name);
    }
    assert_eq!(of("生日", &customer, None, None), None, "the owner knows what their own letter is");
    let mut sore = request(Stage::Resolved);
    sore.feedback = Some(1);
    assert_eq!(of("revisit", &customer, Some(&sore), Some(&visit)), None);
    customer.consent.clear();
    assert_eq!(of("resolution", &customer, Some(&open), None), Some(Refusal::NotResolved));
    let mut gone = request(Stage::Duplicate);
    gone.duplicate_of = Some(Id::parse("R20261001-002").unwrap());
    assert_eq!(of("status", &customer, Some(&gone), None), Some(Refusal::Merged("R20261001-002".into())));
    let past = Revisit { due_on: day("2026-10-07"), ..visit.clone() };
    assert_eq!(of("revisit", &customer, None, Some(&past)), Some(Refusal::Past(day("2026-10-07"))));
    let done = Revisit { status: RevisitStatus::Done, ..visit };
    assert_eq!(of("revisit", &customer, None, Some(&done)), Some(Refusal::NotPlanned(RevisitStatus::Done)));
    customer.status = Some(CustomerStatus::Erased);
    assert_eq!(of("status", &customer, Some(&open), None), Some(Refusal::Erased));
}

#[test]
fn words_of_languages_and_ids_of_steps() {
    for (cell, lang) in [("中文", Some(Lang::Zh)), ("English", Some(Lang::En)), ("zh-CN", Some(Lang::Zh)), ("en", Some(Lang::En))] {
        assert_eq!(language_of(cell), lang, "{cell}");
    }
    for cell in ["", "french", "enough", "zhuang"] {
        assert_eq!(language_of(cell), None, "{cell}");
    }
    assert!(is_language_column("语言") && is_language_column("Language") && !is_language_column("门店"));
    assert_eq!(id_for("apology", "C1", Some("R1")), Some("R1"));
    assert_eq!(id_for("apology", "C1", None), None);
    assert_eq!(id_for("welcome", "C1", Some("R1")), Some("C1"));
    assert_eq!(id_for("生日", "C1", None), Some("C1"));
    assert_eq!(id_for("revisit", "C1", Some("R1")), None);
}
