//! Whether a request was resolved by its due time (是否按期), as its row tells it at a moment.

use super::request::{Request, Stage};
use super::vocabulary::codes;
use crate::base::instant::Instant;

codes! {
    /// How a request stands with its due time. A due time that came with an import counts like one that was promised.
    Punctuality {
        Met = "met", "按期", "On time", ["ontime", "on-time"];
        Late = "late", "超期完成", "Late";
        Overdue = "overdue", "已逾期", "Overdue";
        Open = "open", "未到期", "Not due yet";
        Paused = "paused", "暂停", "Paused";
        Unbound = "none", "无期限", "No due time";
    }
}

impl Punctuality {
    /// Of a request at a moment. Exactly at the due time is in time.
    pub fn of(request: &Request, now: Instant) -> Punctuality {
        let Some(due) = request.resolve_due else { return Punctuality::Unbound };
        let waits = request.stage == Stage::Waiting && !request.promise.is_empty();
        match (request.stage, done_at(request)) {
            (Stage::Rejected | Stage::Duplicate, _) => Punctuality::Unbound,
            (stage, Some(done)) if stage.is_resolved() => if_in_time(done <= due, Punctuality::Met, Punctuality::Late),
            // done, and nobody knows when
            (stage, None) if stage.is_resolved() => Punctuality::Unbound,
            // the clock of a promise stands while the customer is waited for
            _ if waits => Punctuality::Paused,
            _ => if_in_time(now <= due, Punctuality::Open, Punctuality::Overdue),
        }
    }

    /// Whether the due time passed before the work was done.
    pub fn is_past_due(self) -> bool {
        matches!(self, Punctuality::Late | Punctuality::Overdue)
    }
}

/// When it was done: resolved, or closed where only that is known.
pub fn done_at(request: &Request) -> Option<Instant> {
    request.resolved_at.or(request.closed_at).filter(|_| request.stage.is_resolved())
}

fn if_in_time(in_time: bool, yes: Punctuality, no: Punctuality) -> Punctuality {
    if in_time { yes } else { no }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;

    fn at(hours: i64) -> Instant {
        Instant::from_utc(chrono::DateTime::UNIX_EPOCH).plus_seconds(hours * 3600)
    }

    fn request(stage: Stage, due: Option<i64>, resolved: Option<i64>, closed: Option<i64>) -> Request {
        let mut request = Request::new(Id::parse("R1").unwrap(), at(0), "x".into());
        (request.stage, request.resolve_due) = (stage, due.map(at));
        (request.resolved_at, request.closed_at) = (resolved.map(at), closed.map(at));
        request
    }

    #[test]
    fn by_the_row_and_the_moment() {
        use Punctuality::{Late, Met, Open, Overdue, Paused, Unbound};
        let of = |stage, due, resolved, closed| Punctuality::of(&request(stage, due, resolved, closed), at(10));
        assert_eq!(of(Stage::Resolved, Some(5), Some(5), None), Met);
        assert_eq!(of(Stage::Closed, Some(5), Some(6), Some(7)), Late);
        assert_eq!(of(Stage::Closed, Some(5), None, Some(5)), Met);
        assert_eq!(of(Stage::Closed, Some(5), None, None), Unbound);
        assert_eq!(of(Stage::Registered, Some(10), None, None), Open);
        assert_eq!(of(Stage::Assigned, Some(9), None, None), Overdue);
        // reopened: what it once was resolved at does not count
        assert_eq!(of(Stage::Assigned, Some(9), Some(3), None), Overdue);
        assert_eq!(of(Stage::Rejected, Some(9), None, None), Unbound);
        assert_eq!(of(Stage::Closed, None, Some(3), None), Unbound);
        let mut waiting = request(Stage::Waiting, Some(9), None, None);
        assert_eq!(Punctuality::of(&waiting, at(10)), Overdue);
        waiting.promise.resolve = Some(9 * 3600);
        assert_eq!(Punctuality::of(&waiting, at(10)), Paused);
    }
}
