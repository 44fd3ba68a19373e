use std::collections::HashSet;

use super::{Counted, erase, records, refuse, traces};
use crate::base::id::Id;
use crate::base::lang::Lang;
use crate::base::problem::What;
use crate::model::contact::Contact;
use crate::model::customer::{Customer, CustomerStatus};
use crate::model::draft::{Act, Draft, Origin, Rows};
use crate::model::erasure::Erasure;
use crate::model::interaction::Interaction;
use crate::model::record::Record;
use crate::model::request::Stage;
use crate::model::table::Part;
use crate::ops::fixtures::{at, draft, request, stamp};

fn load<R: Record>(rows: &mut Rows<R>, row: usize, record: R) {
    rows.load(Origin { part: Part::Whole, row }, record);
}

/// A customer with somebody merged into it, a person, a request and a talk; as loaded.
fn loaded() -> Draft {
    let mut draft = draft();
    let mut ann = Customer::new(Id::parse("C1").unwrap(), "王芳".into());
    (ann.phone, ann.region, ann.tier, ann.note) = ("13800138000".into(), "城西".into(), "A".into(), "爱喝龙井".into());
    let mut twin = Customer::new(Id::parse("C2").unwrap(), "王 芳".into());
    (twin.status, twin.merged_into) = (Some(CustomerStatus::Merged), Id::parse("C1").ok());
    load(&mut draft.customers, 0, ann);
    load(&mut draft.customers, 1, twin);
    let mut person = Contact::new(Id::parse("P1").unwrap(), Id::parse("C1").unwrap(), "李雷".into());
    person.phone = "13900139000".into();
    load(&mut draft.contacts, 0, person);
    let mut told = request("R1", "C2");
    (told.feedback, told.feedback_text, told.stage) = (Some(2), "太慢".into(), Stage::Closed);
    (told.measures, told.result, told.cause) = ("向王芳致歉".into(), "已补发".into(), "物流".into());
    let part = told.part(&draft.locale());
    draft.requests.load(Origin { part, row: 0 }, told);
    let talk = Interaction::new(Id::parse("T1").unwrap(), Id::parse("C1").unwrap(), at("2026-10-01 10:00"), "问价".into());
    let part = talk.part(&draft.locale());
    draft.interactions.load(Origin { part, row: 0 }, talk);
    draft
}

fn erased() -> (Draft, Vec<Counted>) {
    let mut draft = loaded();
    let records = records(&draft);
    let phrases = HashSet::from(["已补发".to_owned()]);
    let erasure = Erasure { ids: vec!["C1".into(), "C2".into()], lang: Lang::Zh, phrases, records, ..Erasure::default() };
    let counted = erase(&mut draft, &erasure).unwrap();
    (draft, counted)
}

#[test]
fn what_is_personal_goes_and_what_counts_stays() {
    let (draft, counted) = erased();
    let ann = draft.customers.get("C1").unwrap();
    assert_eq!((ann.name.as_str(), ann.phone.as_str(), ann.note.as_str()), ("已抹除客户 C1", "", ""));
    assert_eq!((ann.region.as_str(), ann.tier.as_str(), ann.status), ("城西", "A", Some(CustomerStatus::Erased)));
    let twin = draft.customers.get("C2").unwrap();
    assert_eq!((twin.name.as_str(), twin.status), ("已抹除客户 C2", Some(CustomerStatus::Erased)));
    assert!(ann.is_counted() && !twin.is_counted() && !ann.is_active());
    let person = draft.contacts.get("P1").unwrap();
    assert_eq!((person.title(), person.customer.as_str(), person.phone.as_str()), ("P1", "C1", ""));
    let told = draft.requests.get("R1").unwrap();
    assert_eq!((told.customer_name.as_str(), told.content.as_str(), told.feedback_text.as_str()), ("已抹除客户 C2", "", ""));
    assert_eq!((told.measures.as_str(), told.result.as_str(), told.cause.as_str()), ("", "已补发", "物流"));
    assert_eq!((told.feedback, told.stage), (Some(2), Stage::Closed));
    let counts: Vec<(&str, usize, usize)> = counted.iter().map(|counted| (counted.table, counted.rows, counted.changed)).collect();
    assert_eq!(counts, [("customers", 2, 2), ("contacts", 1, 1), ("requests", 1, 1), ("interactions", 1, 1)]);
    assert!(draft.changes().iter().all(|change| matches!(change.act, Act::Update { .. })));
}

#[test]
fn a_second_time_nothing_is_left_to_do() {
    let (first, _) = erased();
    let mut again = draft();
    first.customers.iter().enumerate().for_each(|(row, customer)| load(&mut again.customers, row, customer.clone()));
    let records = records(&again);
    let erasure = Erasure { ids: vec!["C1".into(), "C2".into()], lang: Lang::Zh, records, ..Erasure::default() };
    assert!(erase(&mut again, &erasure).unwrap().iter().all(|counted| counted.changed == 0));
    assert!(again.changes().is_empty());
}

#[test]
fn own_columns_of_people_go_and_elsewhere_those_of_free_text() {
    use crate::model::settings::{RawSettings, Settings};
    let yaml =
        "{format: 1, time_zone: UTC, columns: {customers: {vip: {type: yes_no}}, requests: {lot: {type: integer}, said: {type: text}}}}";
    let raw: RawSettings = serde_yaml::from_str(yaml).unwrap();
    let mut draft = Draft::new(Settings::try_from(raw).unwrap(), 1);
    load(&mut draft.customers, 0, Customer::new(Id::parse("C1").unwrap(), "Ann".into()));
    draft.customers.load_own(vec!["yes".into()]);
    load(&mut draft.requests, 0, request("R1", "C1"));
    draft.requests.load_own(vec!["7".into(), "her sister".into()]);
    let records = records(&draft);
    let erasure =
        Erasure { ids: vec!["C1".into()], records, columns: draft.settings.columns.clone(), lang: Lang::En, ..Erasure::default() };
    erase(&mut draft, &erasure).unwrap();
    assert_eq!(
        (draft.customers.own_cells("C1"), draft.requests.own_cells("R1")),
        (&[String::new()][..], &["7".to_owned(), String::new()][..])
    );
    assert_eq!(draft.customers.get("C1").unwrap().name, "Erased customer C1");
}

#[test]
fn a_merged_customer_and_a_reason_that_names_the_person_are_refused() {
    let draft = loaded();
    let traces = traces(&draft);
    let (ann, twin) = (draft.customers.get("C1").unwrap(), draft.customers.get("C2").unwrap());
    assert!(refuse(ann, "C1", "本人要求", &traces).is_ok());
    for reason in ["王芳要求", "来电 13800138000", "李雷代办"] {
        assert!(refuse(ann, "C1", reason, &traces).is_err(), "{reason}");
    }
    let refused = refuse(twin, "C1", "本人要求", &traces).unwrap_err();
    assert!(matches!(&refused[0].what, What::Usage { message } if message[1].contains("customer erase C1")));
}

#[test]
fn the_status_alone_is_not_set_by_hand() {
    let mut draft = loaded();
    let set = [("status".to_owned(), "erased".to_owned())];
    assert!(crate::ops::customer::edit(&mut draft, &stamp(), "C1", &set).is_err());
}
