use proptest::prelude::*;

use super::import;
use crate::base::id::Id;
use crate::model::contact::{CONTACTS, Contact};
use crate::model::customer::{Customer, CustomerStatus};
use crate::model::draft::Draft;
use crate::model::record::Record;
use crate::ops::fixtures::draft;
use crate::ops::import::{Incoming, Outcome};

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

fn book() -> Draft {
    let mut draft = draft();
    for (customer, into) in [("C1", None), ("C2", None), ("C3", Some("C1"))] {
        let mut customer = Customer::new(id(customer), format!("店{customer}"));
        customer.merged_into = into.map(id);
        customer.status = into.map(|_| CustomerStatus::Merged);
        draft.customers.insert(customer);
    }
    draft
}

/// A row of customer, id (`?` for none), and `field=value` words.
fn row(line: u64, customer: &str, own: &str, set: &[(&str, &str)]) -> Incoming<Contact> {
    let locale = draft().locale();
    let mut cells = vec![String::new(); CONTACTS.columns.len()];
    let has_id = own != "?";
    cells[0] = if has_id { own.into() } else { format!("?{line}") };
    cells[1] = customer.into();
    for (field, value) in set {
        cells[CONTACTS.position(field).unwrap()] = (*value).into();
    }
    let given = cells.iter().enumerate().map(|(at, cell)| !cell.trim().is_empty() && (at > 0 || has_id)).collect();
    Incoming { line, record: Contact::read(&|at| cells[at].as_str(), &locale).unwrap(), has_id, given, own: Vec::new() }
}

fn counts(outcome: &Outcome) -> [usize; 4] {
    [outcome.tally.new, outcome.tally.updated, outcome.tally.unchanged, outcome.refused.len()]
}

fn told(draft: &Draft) -> Vec<String> {
    let mark = |person: &Contact| if person.is_primary() { "*" } else { "" };
    draft.contacts.iter().map(|one| format!("{}{} {} {} {}", one.id, mark(one), one.customer, one.name, one.phone)).collect()
}

#[test]
fn people_are_known_again_by_name_and_number() {
    let mut draft = book();
    let rows = || {
        vec![
            row(2, "C1", "?", &[("name", "王芳"), ("phone", "138 0013 8000"), ("role", "采购")]),
            row(3, "店C1", "?", &[("name", "李雷"), ("phone", "13800138000")]),
            row(4, "C1", "?", &[("name", "王芳")]),
            row(5, "C3", "?", &[("name", "赵敏"), ("primary", "yes")]),
            row(6, "C2", "?", &[("email", "a@b.cn")]),
            row(7, "C9", "?", &[("name", "无")]),
            row(8, "C2", "?", &[("role", "会计")]),
            row(9, "C2", "P0007", &[("name", "钱多")]),
        ]
    };
    let outcome = import(&mut draft, rows());
    assert_eq!((counts(&outcome), outcome.led), ([5, 0, 1, 2], 1));
    let codes: Vec<(u64, &str)> = outcome.refused.iter().map(|one| (one.line, one.what.code())).collect();
    assert_eq!(codes, [(7, "unknown-reference"), (8, "required")]);
    // the file says who is the primary one of C1; the first one of C2 is
    let people = ["P0007* C2 钱多 ", "P0008 C1 王芳 138 0013 8000", "P0009 C1 李雷 13800138000", "P0010* C1 赵敏 ", "P0011 C2  "];
    assert_eq!(told(&draft), people);
    let again = import(&mut draft, rows());
    assert_eq!((counts(&again), told(&draft)), ([0, 0, 6, 2], people.map(str::to_owned).to_vec()));
}

#[test]
fn what_a_row_without_an_id_may_change() {
    let mut draft = book();
    let _ = import(&mut draft, vec![row(2, "C1", "?", &[("name", "王芳"), ("phone", "13800138000")])]);
    let fills = row(2, "C1", "?", &[("phone", "+86 13800138000"), ("email", "w@x.cn"), ("role", "店长")]);
    assert_eq!(counts(&import(&mut draft, vec![fills])), [0, 1, 0, 0]);
    let person = draft.contacts.get("P0001").unwrap();
    assert_eq!((person.phone.as_str(), person.email.as_str(), person.role.as_str()), ("13800138000", "w@x.cn", "店长"));
    // another number is another person of that name; by the id it is a new number
    assert_eq!(counts(&import(&mut draft, vec![row(2, "C1", "?", &[("name", "王芳"), ("phone", "139")])])), [1, 0, 0, 0]);
    assert_eq!(counts(&import(&mut draft, vec![row(2, "C1", "P0001", &[("phone", "137")])])), [0, 1, 0, 0]);
    let ambiguous = import(&mut draft, vec![row(2, "C1", "?", &[("name", "王芳")])]);
    assert_eq!(ambiguous.refused[0].what.code(), "ambiguous");
    let moved = import(&mut draft, vec![row(2, "C2", "P0001", &[("name", "王芳")])]);
    assert_eq!((counts(&moved), moved.refused[0].column.as_ref()), ([0, 0, 0, 1], "customer"));
}

#[test]
fn the_file_moves_the_mark_and_may_not_set_it_twice() {
    let mut draft = book();
    let _ = import(&mut draft, vec![row(2, "C1", "P0001", &[("name", "a")]), row(3, "C3", "P0002", &[("name", "b")])]);
    assert_eq!(told(&draft), ["P0001* C1 a ", "P0002 C1 b "]);
    let twice = [row(2, "C1", "P0002", &[("primary", "是")]), row(3, "C1", "P0001", &[("primary", "是")])];
    let outcome = import(&mut draft, twice.to_vec());
    assert_eq!((counts(&outcome), outcome.refused[0].column.as_ref()), ([0, 1, 0, 1], "primary"));
    assert_eq!(told(&draft), ["P0001 C1 a ", "P0002* C1 b "]);
}

/// Customer, name, phone, email.
type Cells = (usize, Option<String>, Option<String>, Option<String>);

proptest! {
    #[test]
    fn a_file_twice_is_a_file_once(
        cells in prop::collection::vec((0..2_usize, prop::option::of("[ab]"), prop::option::of("1380013800[0-2]"), prop::option::of("[xy]@b\\.cn")), 1..9)
    ) {
        let rows = || -> Vec<Incoming<Contact>> {
            let row = |(line, (customer, name, phone, email)): (usize, &Cells)| {
                let set = [("name", name), ("phone", phone), ("email", email)];
                let set: Vec<(&str, &str)> = set.iter().filter_map(|(field, value)| Some((*field, value.as_deref()?))).collect();
                row(line as u64 + 2, ["C1", "C3"][*customer], "?", &set)
            };
            cells.iter().enumerate().map(row).collect()
        };
        let mut draft = book();
        let first = import(&mut draft, rows());
        let all: usize = counts(&first).iter().sum();
        prop_assert_eq!(all, cells.len());
        let after: Vec<Vec<String>> = draft.contacts.iter().map(|one| one.row(&draft.locale())).collect();
        let again = import(&mut draft, rows());
        prop_assert_eq!((again.tally.new, again.tally.updated), (0, 0));
        prop_assert_eq!(draft.contacts.iter().map(|one| one.row(&draft.locale())).collect::<Vec<_>>(), after);
        let primaries = draft.contacts.iter().filter(|one| one.is_primary()).count();
        prop_assert_eq!(primaries, usize::from(draft.contacts.iter().count() > 0));
    }
}
