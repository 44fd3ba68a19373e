//! Requests with their past: several rows per request, each its state from a moment on.
//!
//! The request comes in its last state; the log gets one row per step between two states, at the step's own time, so that
//! timeline and clocks are as if it had been entered in time. What only verbs write (review, answer, resolution, reopening)
//! follows from the stages, unless the file has a column for it. The exact rules are in docs/rules.md, section Histories.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::requests::{Linked, People, contradiction, entries, link};
use super::{Fate, Incoming, Outcome, Refusal};
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::base::problem::What;
use crate::model::cell::Locale;
use crate::model::draft::{Draft, Lives};
use crate::model::record::Record;
use crate::model::request::{REQUESTS, Request, Stage};

/// A row of a history that the reading of the file accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    pub at: Instant,
    /// Among rows of one moment the lower comes first.
    pub order: Option<i64>,
    pub row: Incoming<Request>,
}

/// What is known beside the rows.
pub struct Known<'a> {
    /// The columns that the file feeds, by the table's positions.
    pub mapped: &'a [bool],
    /// Until when the log tells of requests that are there already.
    pub told: &'a HashMap<String, Instant>,
}

/// Columns that the step into a stage sets and the step back takes away.
const ENDS: [&str; 3] = ["resolved_at", "confirmed_at", "closed_at"];

/// Fills what a row leaves open before it is read: it stays as it was, see [`Life::next`].
pub fn fill(cells: &mut [String]) {
    for (code, stand_in) in [("severity", "normal"), ("stage", "registered")] {
        let at = REQUESTS.position(code).unwrap_or(0);
        if cells[at].trim().is_empty() {
            stand_in.clone_into(&mut cells[at]);
        }
    }
}

/// Takes the histories over. A request that is there already goes on where the log ends.
pub fn import(draft: &mut Draft, rows: Vec<Moment>, known: &Known<'_>) -> Outcome {
    let (locale, batch, people) = (draft.locale(), draft.batch_id(), People::of(draft));
    let mut lives: BTreeMap<String, Vec<Moment>> = BTreeMap::new();
    let mut strangers = 0;
    for mut moment in rows {
        strangers += usize::from(link(draft, &people, &mut moment.row) == Linked::Stranger);
        lives.entry(moment.row.record.id.to_string()).or_default().push(moment);
    }
    let mut lives: Vec<(String, Vec<Moment>)> = lives.into_iter().collect();
    for (_, moments) in &mut lives {
        moments.sort_by_key(|moment| (moment.at, moment.order, moment.row.line));
    }
    // the order of the file decides nothing
    lives.sort_by(|(a, x), (b, y)| (x[0].at, a).cmp(&(y[0].at, b)));
    let (mut fates, mut told, entries) = (Vec::new(), Lives::default(), entries(draft));
    for (id, moments) in lives {
        let life = Life { known, entries: &entries, locale: &locale, batch: &batch };
        match life.lived(draft.requests.get(&id), &moments) {
            Ok(lived) => {
                let counts = !lived.states.is_empty();
                let mut mine = lived.record(draft, &id, &mut told);
                if let Some(last) = moments.last().filter(|_| counts) {
                    own(draft, &id, &last.row, &mut mine);
                }
                fates.extend(mine);
            }
            Err((column, what)) => {
                let refusal = |moment: &Moment| Fate::Refused(Refusal { line: moment.row.line, column: column.into(), what: what.clone() });
                fates.extend(moments.iter().map(refusal));
            }
        }
    }
    Outcome { history: Some(told), ..Outcome::of(fates, strangers) }
}

/// The owner's cells as the last row has them; the log tells of them with the last step.
fn own(draft: &mut Draft, id: &str, row: &Incoming<Request>, fates: &mut [Fate]) {
    if draft.requests.own_differs(id, &row.own, &draft.locale()) {
        draft.requests.set_own(id, &row.own);
        if let Some(fate) = fates.last_mut().filter(|fate| **fate == Fate::Unchanged) {
            *fate = Fate::Updated;
        }
    }
}

/// One request's life from its first row that counts to its last.
struct Lived {
    /// The request before the first row, when it is there already.
    present: Option<Request>,
    /// After each row that counts, in order.
    states: Vec<(Instant, Request)>,
    /// Rows that tell of a time the book knows already.
    passed: usize,
    /// Whose it is, where the archive had nobody of the name when it came.
    customer: Option<Id>,
    reopened_differs: bool,
    resolved_differs: bool,
}

impl Lived {
    /// Writes it into the draft; the fate of each row.
    fn record(self, draft: &mut Draft, id: &str, told: &mut Lives) -> Vec<Fate> {
        let locale = draft.locale();
        let mut fates = vec![Fate::Unchanged; self.passed];
        let Some((_, last)) = self.states.last().cloned() else {
            if let Some((customer, fate)) = self.customer.zip(fates.last_mut()) {
                *fate = Fate::Updated;
                draft.requests.edit(id).into_iter().for_each(|request| request.customer = Some(customer.clone()));
            }
            return fates;
        };
        let begun = told.steps;
        told.reopened_differ += usize::from(self.reopened_differs);
        told.resolved_differ += usize::from(self.resolved_differs);
        let is_new = self.present.is_none();
        let mut states = self.states.into_iter();
        let mut before = match self.present {
            Some(present) => {
                if let Some(request) = draft.requests.edit(id).filter(|_| states.as_slice().iter().any(|(_, state)| *state != present)) {
                    *request = last;
                }
                present
            }
            None => {
                draft.requests.insert_batched(last);
                fates.push(Fate::New);
                let Some((_, first)) = states.next() else { return fates };
                first
            }
        };
        for (at, state) in states {
            let changed = draft.requests.tell(id, at, &before, &state, &locale);
            told.steps += usize::from(changed);
            fates.push(if changed { Fate::Updated } else { Fate::Unchanged });
            before = state;
        }
        told.requests += usize::from(is_new || told.steps > begun);
        fates
    }
}

struct Life<'a> {
    known: &'a Known<'a>,
    entries: &'a HashSet<String>,
    locale: &'a Locale,
    batch: &'a str,
}

impl Life<'_> {
    fn lived(&self, present: Option<&Request>, moments: &[Moment]) -> Result<Lived, (&'static str, What)> {
        let since = present.map(|present| self.known.told.get(present.id.as_str()).copied().unwrap_or_else(|| latest(present)));
        let passed = moments.iter().take_while(|moment| since.is_some_and(|since| moment.at <= since)).count();
        let mut states: Vec<(Instant, Request)> = Vec::new();
        let mut returns = 0_u32;
        for moment in &moments[passed..] {
            let before = states.last().map(|(_, state)| state).or(present);
            let state = match before {
                Some(before) => self.next(before, moment)?,
                None => self.first(moment),
            };
            returns += u32::from(before.is_some_and(|before| before.stage.is_resolved() && state.stage.is_open()));
            states.push((moment.at, state));
        }
        let counted = present.and_then(|present| present.reopened).unwrap_or(0) + returns;
        let last = &moments[moments.len() - 1].row.record;
        let customer = last.customer.clone().filter(|_| present.is_some_and(|present| present.customer.is_none()));
        let mut lived = Lived { present: present.cloned(), states, passed, customer, reopened_differs: false, resolved_differs: false };
        if let Some((_, state)) = lived.states.last() {
            lived.reopened_differs = self.feeds("reopened") && state.reopened.unwrap_or(0) != counted;
            lived.resolved_differs = self.end_by_columns(&mut lived.states, last);
        }
        if let Some((_, last)) = lived.states.last() {
            contradiction(last, self.entries, self.locale).map_or(Ok(()), Err)?;
            if lived.present.as_ref().is_some_and(|present| present.batch.is_empty() && present != last) {
                let id = &last.id;
                let zh = format!("{id} 是在本账本中登记的,它的经过由本账本记录");
                return Err((
                    "id",
                    What::RuleConflict { message: [zh, format!("{id} was registered in this book, which tells its story")] },
                ));
            }
        }
        Ok(lived)
    }

    fn feeds(&self, code: &str) -> bool {
        REQUESTS.position(code).is_some_and(|at| self.known.mapped.get(at) == Some(&true))
    }

    /// The state that a new request begins with.
    fn first(&self, moment: &Moment) -> Request {
        let mut request = Request { batch: self.batch.to_owned(), ..moment.row.record.clone() };
        (request.resolved_at, request.confirmed_at, request.closed_at) = (None, None, None);
        self.derive((Stage::Registered, ""), &mut request, moment.at);
        request
    }

    /// The state after a row: the file's columns as the row has them, blank ones too. A blank stage or severity stays.
    fn next(&self, before: &Request, moment: &Moment) -> Result<Request, (&'static str, What)> {
        let row = &moment.row;
        let mut cells = before.row(self.locale);
        for (at, column) in REQUESTS.columns.iter().enumerate() {
            let fed = self.known.mapped[at] || row.given[at];
            let stays = match column.word.code {
                "id" | "received_at" | "batch" => true,
                "stage" | "severity" => !row.given[at],
                code => ENDS.contains(&code),
            };
            if fed && !stays {
                cells[at] = row.record.written(at, self.locale);
            }
        }
        let read = Request::read(&|at| cells[at].as_str(), self.locale);
        let wrong =
            |mut wrong: Vec<(usize, What)>| wrong.pop().map_or(("id", What::Required), |(at, what)| (REQUESTS.columns[at].word.code, what));
        let mut request = read.map_err(wrong)?;
        self.derive((before.stage, &before.handler), &mut request, moment.at);
        Ok(request)
    }

    /// What the verbs would have written by the way.
    fn derive(&self, (stage, handler): (Stage, &str), request: &mut Request, at: Instant) {
        let at = at.max(request.received_at);
        let now = request.stage;
        let answered = now.is_resolved() || matches!(now, Stage::InProgress | Stage::Waiting);
        if now != Stage::Registered && !self.feeds("reviewed_at") {
            request.reviewed_at = request.reviewed_at.or(Some(at));
        }
        if request.handler != handler && !request.handler.is_empty() && !self.feeds("assigned_at") {
            request.assigned_at = Some(at);
        }
        if answered && !self.feeds("responded_at") {
            request.responded_at = request.responded_at.or(Some(at));
        }
        if now.is_open() && stage.is_resolved() {
            (request.resolved_at, request.confirmed_at, request.closed_at) = (None, None, None);
            if !self.feeds("reopened") {
                request.reopened = Some(request.reopened.unwrap_or(0) + 1);
            }
        }
        if now.is_resolved() && !stage.is_resolved() {
            request.resolved_at = Some(at);
        }
        if now != stage {
            request.confirmed_at = if now == Stage::Confirmed { Some(at) } else { request.confirmed_at };
            request.closed_at = Some(at).filter(|_| now == Stage::Closed);
        }
    }

    /// The last resolution by the file's own columns, as the last row has them; whether they say otherwise than the stages.
    fn end_by_columns(&self, states: &mut [(Instant, Request)], last: &Request) -> bool {
        let open = states.iter().rposition(|(_, state)| !state.stage.is_resolved());
        let mut differs = false;
        for (_, state) in &mut states[open.map_or(0, |at| at + 1)..] {
            if self.feeds("resolved_at") {
                differs |= last.resolved_at.is_some() && last.resolved_at != state.resolved_at;
                state.resolved_at = last.resolved_at;
            }
            if self.feeds("confirmed_at") && matches!(state.stage, Stage::Confirmed | Stage::Closed) {
                state.confirmed_at = last.confirmed_at;
            }
            if self.feeds("closed_at") && state.stage == Stage::Closed {
                state.closed_at = last.closed_at;
            }
        }
        differs
    }
}

/// The latest moment a request tells of by itself.
fn latest(request: &Request) -> Instant {
    let Request { reviewed_at, assigned_at, responded_at, resolved_at, confirmed_at, closed_at, .. } = request;
    let told = [reviewed_at, assigned_at, responded_at, resolved_at, confirmed_at, closed_at];
    told.into_iter().flatten().copied().max().map_or(request.received_at, |at| at.max(request.received_at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::draft::{Change, Origin};
    use crate::model::settings::{RawSettings, Settings};
    use crate::model::table::Part;
    use proptest::prelude::*;

    const HOUR: i64 = 3600;

    fn draft() -> Draft {
        let raw: RawSettings = serde_yaml::from_str("{format: 1, time_zone: UTC}").unwrap();
        Draft::new(Settings::try_from(raw).unwrap(), 3)
    }

    fn at(hours: i64) -> Instant {
        Instant::start_of("2026-10-08".parse().unwrap(), chrono_tz::UTC).plus_seconds(hours * HOUR)
    }

    fn mapped(codes: &[&str]) -> Vec<bool> {
        REQUESTS
            .columns
            .iter()
            .map(|column| ["id", "stage", "handler", "received_at"].iter().chain(codes).any(|code| *code == column.word.code))
            .collect()
    }

    fn moment(id: &str, hours: i64, order: i64, stage: Stage, handler: &str) -> Moment {
        let mut record = Request::new(crate::base::id::Id::parse(id).unwrap(), at(0), String::new());
        (record.stage, record.handler) = (stage, handler.to_owned());
        let given = mapped(if handler.is_empty() { &[] } else { &["handler"] });
        Moment {
            at: at(hours),
            order: Some(order),
            row: Incoming { line: u64::try_from(hours * 100 + order).unwrap(), record, has_id: true, given, own: Vec::new() },
        }
    }

    fn life() -> Vec<Moment> {
        use Stage::{Closed, InProgress, Registered, Resolved, Waiting};
        vec![
            moment("I1", 1, 0, Registered, ""),
            moment("I1", 2, 1, InProgress, "Mei"),
            moment("I1", 2, 2, Waiting, "Mei"),
            moment("I1", 5, 3, Resolved, "Mei"),
            moment("I1", 7, 4, InProgress, "Li"),
            moment("I1", 9, 5, Resolved, "Li"),
            moment("I1", 30, 6, Closed, "Li"),
        ]
    }

    fn take(draft: &mut Draft, rows: Vec<Moment>, codes: &[&str], told: &[(&str, i64)]) -> Outcome {
        let told = told.iter().map(|(id, hours)| ((*id).to_owned(), at(*hours))).collect();
        import(draft, rows, &Known { mapped: &mapped(codes), told: &told })
    }

    fn counts(outcome: &Outcome) -> [usize; 4] {
        [outcome.tally.new, outcome.tally.updated, outcome.tally.unchanged, outcome.refused.len()]
    }

    fn told(changes: &[Change]) -> Vec<(i64, String)> {
        let steps = changes.iter().flat_map(|change| &change.steps);
        steps
            .map(|step| (step.at.seconds_since(at(0)) / HOUR, step.after.get("stage").map(ToString::to_string).unwrap_or_default()))
            .collect()
    }

    #[test]
    fn a_life_is_its_last_state_and_its_steps() {
        let mut draft = draft();
        let outcome = take(&mut draft, life(), &[], &[]);
        assert_eq!(counts(&outcome), [1, 6, 0, 0]);
        assert_eq!(outcome.history, Some(Lives { requests: 1, steps: 6, ..Lives::default() }));
        let request = draft.requests.get("I1").unwrap();
        assert_eq!((request.stage, request.reopened, request.handler.as_str()), (Stage::Closed, Some(1), "Li"));
        assert_eq!((request.reviewed_at, request.responded_at), (Some(at(2)), Some(at(2))));
        assert_eq!((request.assigned_at, request.resolved_at, request.closed_at), (Some(at(7)), Some(at(9)), Some(at(30))));
        assert_eq!((request.received_at, request.batch.as_str()), (at(0), "B3"));
        let hours: Vec<i64> = told(&draft.changes()).into_iter().map(|(hours, _)| hours).collect();
        assert_eq!(hours, [2, 2, 5, 7, 9, 30]);
    }

    #[test]
    fn the_files_own_columns_hold_for_the_last_resolution() {
        let mut rows = life();
        for moment in &mut rows {
            (moment.row.record.resolved_at, moment.row.record.reopened) = (Some(at(8)), Some(0));
        }
        let mut draft = draft();
        let outcome = take(&mut draft, rows, &["resolved_at", "reopened"], &[]);
        let lives = outcome.history.unwrap();
        assert_eq!((lives.reopened_differ, lives.resolved_differ), (1, 1));
        let request = draft.requests.get("I1").unwrap();
        assert_eq!((request.resolved_at, request.reopened, request.closed_at), (Some(at(8)), Some(0), Some(at(30))));
        // the first resolution is told as the stages have it
        let changes = draft.changes();
        let first = changes[0].steps.iter().find(|step| step.after.contains_key("resolved_at")).unwrap();
        assert_eq!(first.after["resolved_at"], at(5).iso(chrono_tz::UTC));
    }

    /// The requests as the next import would load them.
    fn loaded(draft: &Draft) -> Draft {
        let mut next = self::draft();
        for (row, request) in draft.requests.iter().enumerate() {
            next.requests.load(Origin { part: Part::Whole, row }, request.clone());
        }
        next
    }

    #[test]
    fn what_came_since_goes_on_where_the_log_ends() {
        let (mut first, mut whole) = (draft(), draft());
        let _ = take(&mut first, life()[..4].to_vec(), &[], &[]);
        let _ = take(&mut whole, life(), &[], &[]);
        let mut second = loaded(&first);
        let outcome = take(&mut second, life(), &[], &[("I1", 5)]);
        assert_eq!(counts(&outcome), [0, 3, 4, 0]);
        assert_eq!(second.requests.get("I1"), whole.requests.get("I1"));
        let mut third = loaded(&second);
        assert_eq!(counts(&take(&mut third, life(), &[], &[("I1", 30)])), [0, 0, 7, 0]);
        assert!(third.changes().is_empty());
        // steps that lead back to where they began are told
        let mut back = life()[..3].to_vec();
        back.extend([moment("I1", 3, 0, Stage::InProgress, "Mei"), moment("I1", 4, 0, Stage::Waiting, "Mei")]);
        let mut before = draft();
        let _ = take(&mut before, back[..3].to_vec(), &[], &[]);
        let mut after = loaded(&before);
        assert_eq!(counts(&take(&mut after, back, &[], &[("I1", 2)])), [0, 2, 3, 0]);
        assert_eq!(told(&after.changes()).len(), 2);
    }

    #[test]
    fn what_was_registered_here_is_not_told_anew() {
        let mut draft = draft();
        draft
            .requests
            .load(Origin { part: Part::Whole, row: 0 }, Request::new(crate::base::id::Id::parse("I1").unwrap(), at(0), String::new()));
        let outcome = take(&mut draft, life(), &[], &[]);
        assert_eq!(counts(&outcome), [0, 0, 0, 7]);
        assert!(draft.changes().is_empty());
        // and nothing is resolved before it was received
        let mut rows = life();
        for moment in &mut rows {
            moment.row.record.resolved_at = Some(at(-1));
        }
        assert_eq!(counts(&take(&mut self::draft(), rows, &["resolved_at"], &[])), [0, 0, 0, 7]);
    }

    proptest! {
        #[test]
        fn the_order_of_the_file_decides_nothing(order in Just((0..14_usize).collect::<Vec<_>>()).prop_shuffle()) {
            let mut rows = life();
            rows.extend(life().into_iter().map(|moment| {
                let mut other = moment;
                other.row.record.id = crate::base::id::Id::parse("A2").unwrap();
                other
            }));
            let (mut sorted, mut shuffled) = (draft(), draft());
            let _ = take(&mut sorted, rows.clone(), &[], &[]);
            let _ = take(&mut shuffled, order.iter().map(|at| rows[*at].clone()).collect(), &[], &[]);
            let steps = |draft: &Draft| draft.changes().into_iter().map(|change| (change.key, change.steps)).collect::<Vec<_>>();
            prop_assert_eq!(sorted.requests.iter().collect::<Vec<_>>(), shuffled.requests.iter().collect::<Vec<_>>());
            prop_assert_eq!(steps(&sorted), steps(&shuffled));
        }
    }
}
