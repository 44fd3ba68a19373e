use super::{done, plan, skip};
use crate::base::id::Id;
use crate::base::problem::What;
use crate::engine::practice::{Plan, Start};
use crate::model::lifecycle::Class;
use crate::model::practice::StepStatus;
use crate::ops::fixtures::{draft, stamp};

fn start(customer: &str, step: &str, due_on: &str) -> Start {
    Start {
        customer: Id::parse(customer).unwrap(),
        class: Class::New,
        since: "2026-10-01".parse().unwrap(),
        step: step.into(),
        title: step.into(),
        due_on: due_on.parse().unwrap(),
        staff: String::new(),
        request: None,
        letter: String::new(),
    }
}

#[test]
fn a_run_is_one_batch_and_what_was_left_is_skipped_with_the_reason() {
    let (mut draft, stamp) = (draft(), stamp());
    let start = vec![start("C1", "a", "2026-10-09"), start("C2", "a", "2026-10-09"), start("C2", "b", "2026-10-12")];
    let made = plan(&mut draft, &stamp, &Plan { start, ..Plan::default() });
    let ids: Vec<&str> = made.started.iter().map(|practice| practice.id.as_str()).collect();
    assert_eq!(ids, ["S20261009-001", "S20261009-002", "S20261012-001"]);
    let batch = draft.batch.clone().unwrap();
    assert_eq!((batch.table, batch.facts["rows"].as_u64(), batch.facts["checklists"].as_u64()), ("practices", Some(3), Some(2)));
    let close = vec![(Id::parse(ids[0]).unwrap(), Some(Class::Silent)), (Id::parse(ids[1]).unwrap(), None)];
    let closed = plan(&mut draft, &stamp, &Plan { close, ..Plan::default() }).closed;
    assert_eq!(
        closed.iter().map(|practice| practice.note.as_str()).collect::<Vec<_>>(),
        ["客户已不是新客户: 沉默客户", "客户已不是有效客户"]
    );
    assert!(closed.iter().all(|practice| practice.status == StepStatus::Skipped && practice.done_at == Some(stamp.at)));
}

#[test]
fn a_step_is_done_or_skipped_once() {
    let (mut draft, stamp) = (draft(), stamp());
    let start = vec![start("C1", "a", "2026-10-09"), start("C1", "b", "2026-10-09")];
    plan(&mut draft, &stamp, &Plan { start, ..Plan::default() });
    let step = done(&mut draft, &stamp, "S20261009-001", " 已寄出 ").unwrap();
    assert_eq!(
        (step.status, step.outcome.as_str(), step.staff.as_str(), step.done_at),
        (StepStatus::Done, "已寄出", "小李", Some(stamp.at))
    );
    assert!(matches!(done(&mut draft, &stamp, "S20261009-001", "").unwrap_err()[0].what, What::IllegalStage { stage: "done", .. }));
    assert_eq!(skip(&mut draft, &stamp, "S20261009-002", " ").unwrap_err()[0].what, What::Required);
    assert_eq!(skip(&mut draft, &stamp, "S20261009-002", "搬走了").unwrap().note, "搬走了");
    assert!(matches!(skip(&mut draft, &stamp, "S9", "x").unwrap_err()[0].what, What::NotFound { .. }));
}
