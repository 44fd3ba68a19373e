//! The changes whose every call to the disk fails, each with the book it is made in.

use super::Place;

/// A change and the book it is made in.
#[derive(Clone, Copy)]
pub struct Verb {
    pub today: &'static str,
    pub args: &'static [&'static str],
    pub prepare: fn(&mut Place),
    /// A file system that cannot exchange two names.
    pub no_exchange: bool,
    /// A file system without hard links.
    pub no_links: bool,
    /// A text that is nowhere in the folder once the change is there.
    pub gone: Option<&'static str>,
}

pub const DAY: &str = "2026-10-08";
pub const VERB: Verb = Verb { today: DAY, args: &[], prepare: new_book, no_exchange: false, no_links: false, gone: None };

fn new_book(place: &mut Place) {
    place.well(DAY, &["init", "--name", "Tea", "--language", "en", "--time-zone", "Asia/Shanghai", "--currency", "CNY"]);
}

fn used_book(place: &mut Place) {
    new_book(place);
    place.well(DAY, &["staff", "add", "Li"]);
    place.well(DAY, &["staff", "add", "Zoe", "from=2026-01-01", "until=2026-10-07"]);
    place.well(DAY, &["customer", "add", "Ann", "phone=13800138000"]);
    place.well(DAY, &["customer", "add", "Bob", "owner=Zoe"]);
    place.well(DAY, &["tier", "set", "1", "A", "--until", "2027-12-31", "--reason", "first"]);
    place.well(DAY, &["intake", "torn bag", "-c", "Ann"]);
    place.well(DAY, &["contact", "add", "Bob", "Eve", "phone=13900139000"]);
    place.well(DAY, &["interaction", "add", "Bob", "asked for a price", "--contact", "Eve"]);
    place.well(DAY, &["revisit", "add", "Ann", "2027-01-05"]);
    place.write("../orders.csv", "id,customer,date,amount\nD1,C0001,2026-06-30,12.5\nD1,C0001,2026-06-30,2\nD2,C0002,2026-09-30,3\n");
    place.well(DAY, &["import", "orders", "../orders.csv"]);
    place.write("../orders.csv", "id,customer,date,amount\nD1,C0001,2026-06-30,13\nD3,C0009,2026-10-01,4\nD2,C0002,2026-10-02,5\n");
    place.write("../answers.csv", "Response ID,Phone,\"How likely are you to recommend us, 0-10?\"\na,13800138000,2\nb,,10\n");
    place.write("../people.csv", "id,name,phone\nC0001,Ann,139\nC0007,Eve,137\n");
}

/// A request that somebody put into the wrong quarter by hand.
fn misplaced_request(place: &mut Place) {
    used_book(place);
    let (right, wrong) = (place.root().join("requests/2026Q4.csv"), place.root().join("requests/2026Q3.csv"));
    std::fs::copy(&right, wrong).unwrap();
    let text = std::fs::read_to_string(&right).unwrap();
    std::fs::write(right, format!("{}\n", text.lines().next().unwrap())).unwrap();
}

fn closed_to_be(place: &mut Place) {
    used_book(place);
    place.well(DAY, &["review", "1", "accept"]);
    place.well(DAY, &["assign", "1", "Li"]);
    place.well(DAY, &["resolve", "1", "new bag", "--measures", "sent"]);
    place.well(DAY, &["confirm", "1", "--how", "phone"]);
}

fn edited_export(place: &mut Place) {
    used_book(place);
    place.well(DAY, &["export", "customers", "-o", "../back.csv"]);
    let text = std::fs::read_to_string(place.root().join("../back.csv")).unwrap();
    place.write("../back.csv", &text.replace("13800138000", "139").replace("Bob", "Bo"));
}

fn undone(place: &mut Place) {
    used_book(place);
    place.well(DAY, &["undo"]);
}

fn answered(place: &mut Place) {
    used_book(place);
    place.well(DAY, SURVEY.args);
}

fn with_a_column(place: &mut Place) {
    used_book(place);
    place.write("carebook.yaml", "{format: 1, time_zone: Asia/Shanghai, columns: {customers: {vip: {type: yes_no}}}}");
}

fn exported(place: &mut Place) {
    used_book(place);
    place.well(DAY, &["export", "customers", "-o", "../back.csv"]);
}

fn edited_by_hand(place: &mut Place) {
    used_book(place);
    let archive = std::fs::read_to_string(place.root().join("customers.csv")).unwrap();
    place.write("customers.csv", &archive.replace("Ann", "Anna"));
}

pub const FIRST: Verb = Verb { args: &["customer", "add", "Ann"], ..VERB };
pub const EDIT: Verb = Verb { args: &["customer", "edit", "C0001", "phone=139"], prepare: used_book, ..VERB };
pub const COLUMN: Verb = Verb { args: &["customer", "edit", "C0001", "x.vip=yes"], prepare: with_a_column, ..VERB };
pub const RELEASE: Verb = Verb { args: &["customer", "release", "--run"], prepare: used_book, ..VERB };
pub const CLOSE: Verb = Verb { args: &["close", "1"], prepare: closed_to_be, ..VERB };
const LED_TO: &[&str] = &["revisit", "done", "V20270105-001", "--new-request", "wet", "--customer", "phone=139"];
pub const OUTCOME: Verb = Verb { args: LED_TO, prepare: used_book, ..VERB };
pub const QUARTER: Verb = Verb { today: "2027-01-05", args: &["intake", "late", "-c", "Bob"], prepare: used_book, ..VERB };
pub const MOVE: Verb = Verb { args: &["review", "1", "accept"], prepare: misplaced_request, ..VERB };
pub const ORDERS: Verb = Verb { args: &["import", "orders", "../orders.csv", "--create-customers"], prepare: used_book, ..VERB };
pub const PEOPLE: Verb = Verb { args: &["import", "customers", "../people.csv", "--save-map", "people"], prepare: used_book, ..VERB };
pub const RETURNED: Verb = Verb { args: &["import", "customers", "../back.csv"], prepare: edited_export, ..VERB };
pub const RULES: Verb = Verb { args: &["config", "write", "tiers"], prepare: used_book, ..VERB };
pub const SURVEY: Verb = Verb { args: &["survey", "import", "../answers.csv", "--yes"], prepare: used_book, ..VERB };
pub const CHECKLISTS: Verb = Verb { args: &["practice", "plan"], prepare: used_book, ..VERB };
pub const UNDO: Verb = Verb { args: &["undo"], prepare: closed_to_be, ..VERB };
pub const UNDO_OF_A_FILE: Verb = Verb { args: &["undo"], prepare: used_book, ..VERB };
pub const REDO: Verb = Verb { args: &["redo"], prepare: undone, ..VERB };
pub const REMOVED: Verb = Verb { args: &["contact", "remove", "P0001", "-r", "left"], prepare: used_book, ..VERB };
pub const ERASE: Verb =
    Verb { args: &["customer", "erase", "C0001", "-r", "asked", "--yes"], prepare: exported, gone: Some("13800138000"), ..VERB };
pub const SEAL: Verb = Verb { args: &["report", "seal", "2026-09", "--sections", "totals"], prepare: used_book, ..VERB };
pub const EDITED: Verb = Verb { args: &["intake", "cup", "-c", "Bob"], prepare: edited_by_hand, ..VERB };
pub const FOLLOW_UP: Verb = Verb { args: &["survey", "follow-up", "answers", "--yes"], prepare: answered, ..VERB };
