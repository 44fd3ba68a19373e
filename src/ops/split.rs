//! Splitting a second matter off a request (拆分): one message, two requests, each with its own life.

use super::intake::next_id;
use super::link::link;
use super::step::not_found;
use crate::base::problem::{Problem, Problems, What};
use crate::model::draft::Draft;
use crate::model::request::{Request, Severity, Stage};
use crate::model::stamp::Stamp;

/// Registers the second matter as a request of its own: the same customer, received when, how and by whom the first
/// was, so its clock starts there too. Its severity is the usual one of its category, else the first one's, until its own review.
/// The draft holds the quarter the first was received in.
pub fn split(
    draft: &mut Draft,
    stamp: &Stamp,
    id: &str,
    content: String,
    category: String,
    usual: Option<Severity>,
) -> Result<Request, Problems> {
    let zone = draft.settings.zone;
    let first = draft.requests.get(id).cloned().ok_or_else(|| not_found(id))?;
    if let Some(into) = first.duplicate_of.as_ref().filter(|_| first.stage == Stage::Duplicate) {
        let message = [format!("{id} 已并入 {into},请从 {into} 拆分"), format!("{id} is merged into {into}: split {into}")];
        return Err(vec![What::Usage { message }.into()]);
    }
    if stamp.at < first.received_at {
        let what = What::TimeOrder { value: stamp.at.minute(zone), earlier: first.received_at.minute(zone) };
        return Err(vec![Problem::error(what).field("--at")]);
    }
    let mut request = Request::new(next_id(draft, first.received_at.date(zone)), first.received_at, content);
    request.customer = first.customer;
    request.customer_name = first.customer_name;
    request.received_by = first.received_by;
    request.channel = first.channel;
    request.severity = usual.unwrap_or(first.severity);
    request.category = category;
    let new = request.id.clone();
    draft.requests.insert(request);
    link(draft, id, new.as_str(), true)?;
    draft.requests.get(new.as_str()).cloned().ok_or_else(|| not_found(new.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::fixtures::{draft, request, stamp};

    #[test]
    fn the_second_matter_has_its_own_clock_from_the_first_receipt() {
        let mut draft = draft();
        let mut first = request("R20261001-007", "C1");
        first.severity = Severity::High;
        draft.requests.insert(first.clone());
        let new = split(&mut draft, &stamp(), "R20261001-007", "发票也错了".into(), "发票".into(), None).unwrap();
        assert_eq!((new.id.as_str(), new.related.as_str(), new.stage), ("R20261001-008", "R20261001-007", Stage::Registered));
        assert_eq!((new.received_at, &new.customer, new.severity), (first.received_at, &first.customer, Severity::High));
        assert_eq!(draft.requests.get("R20261001-007").unwrap().related, "R20261001-008");
    }
}
