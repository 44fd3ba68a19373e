use std::collections::HashSet;

use proptest::prelude::*;

use super::{Crowd, Crowded, Desk, Pair, Profile, among, pairs};
use crate::base::id::Id;
use crate::model::contact::Contact;
use crate::model::customer::{Customer, CustomerKind, CustomerStatus};
use crate::model::merged::Merged;
use crate::model::rules::duplicates::{DuplicateRules, RawDuplicates};

fn rules() -> DuplicateRules {
    RawDuplicates::default().check().unwrap()
}

fn customer(id: &str, name: &str, phone: &str, email: &str) -> Customer {
    let mut customer = Customer::new(Id::parse(id).unwrap(), name.into());
    (customer.phone, customer.email) = (phone.into(), email.into());
    customer
}

/// The points of two customers, with the signs.
fn points(one: &Customer, other: &Customer) -> (i32, Vec<&'static str>) {
    let (rules, merged) = (rules(), Merged::default());
    let desk = Desk::new(&rules, &merged, &[]);
    let (score, reasons) = desk.judge(&desk.profile(one).unwrap(), &desk.profile(other).unwrap());
    (score, reasons.iter().map(|reason| reason.sign.code()).collect())
}

fn told<'a>(archive: &'a [Customer], contacts: &[Contact]) -> (Vec<String>, Vec<Crowded>) {
    let (rules, merged) = (rules(), Merged::of(archive));
    let contacts = contacts.to_vec();
    let desk = Desk::new(&rules, &merged, &contacts);
    let found = pairs(&desk, archive.iter().filter_map(|customer| desk.profile(customer)).collect(), rules.tell, None);
    let line = |pair: &Pair<'a>| {
        let into = pair.merged_into.as_ref().map_or(String::new(), |into| format!(" → {into}"));
        format!("{} {} {}{into}", pair.one.id, pair.other.id, pair.score)
    };
    (found.pairs.iter().map(line).collect(), found.crowded)
}

#[test]
fn the_table_of_points() {
    let mut firm = customer("C1", "北京纷扬科技有限公司", "010-5555 1234", "");
    firm.kind = Some(CustomerKind::Company);
    let cases: [(Customer, i32, &[&str]); 7] = [
        (customer("C2", "纷扬科技", "", ""), 70, &["same_core"]),
        (customer("C2", "北京市紛揚科技公司", "", ""), 80, &["same_company"]),
        (customer("C2", "上海纷扬科技有限公司", "", ""), 40, &["similar_name"]),
        (customer("C2", "纷扬科技", "13800138000", ""), 65, &["same_core", "other_phone"]),
        (customer("C2", "王芳", "010 5555 1234转8", ""), 60, &["same_phone", "other_name"]),
        (customer("C2", "", "+86 10 55551234", ""), 75, &["same_phone"]),
        (customer("C2", "王芳", "", ""), 0, &["other_name"]),
    ];
    for (other, score, signs) in &cases {
        assert_eq!(points(&firm, other), (*score, signs.to_vec()), "{}", other.name);
    }
    // who is a person is not a company, whatever they share
    let mut person = customer("C3", "纷扬科技", "", "");
    person.kind = Some(CustomerKind::Person);
    assert_eq!(points(&firm, &person), (40, vec!["same_core", "other_kind"]));
    // people share names; a second sign makes them one
    let (mut one, mut other) = (customer("C4", "张伟", "13800138000", "a@b.cn"), customer("C5", "張偉", "13900139000", "A@B.CN"));
    assert_eq!(points(&one, &other), (100, vec!["same_email", "same_name", "other_phone"]));
    other.email = "c@b.cn".into();
    assert_eq!(points(&one, &other), (50, vec!["same_name", "other_phone", "other_email"]));
    (one.address, other.address) = ("西湖区文三路1号".into(), "西湖區 文三路１号".into());
    (one.contact, other.contact) = ("李雷".into(), "李 雷".into());
    assert_eq!(points(&one, &other), (90, vec!["same_name", "same_address", "same_contact", "other_phone", "other_email"]));
    // numbers tell shops apart
    let shops = ["城西茶庄第1分店", "城西茶庄第2分店"].map(|name| customer("C6", name, "", ""));
    assert_eq!(points(&shops[0], &shops[1]), (0, vec!["other_name"]));
    assert_eq!(points(&customer("C7", "Jon Smith", "", ""), &customer("C8", "John Smith", "", "")), (40, vec!["similar_name"]));
}

#[test]
fn who_was_said_to_be_another_is_not_told_again() {
    let mut archive = [customer("C1", "张伟", "13800138000", ""), customer("C2", "张伟", "13800138000", "")];
    assert_eq!(told(&archive, &[]).0, ["C1 C2 100"]);
    archive[1].distinct_from.0.push("C1".into());
    assert!(told(&archive, &[]).0.is_empty());
}

#[test]
fn who_was_merged_is_told_as_such() {
    let mut archive = [
        customer("C1", "纷扬科技", "01055551234", ""),
        customer("C2", "紛揚", "13800138000", ""),
        customer("C3", "芬扬", "13800138000", ""),
    ];
    (archive[1].status, archive[1].merged_into) = (Some(CustomerStatus::Merged), Some(archive[0].id.clone()));
    assert_eq!(told(&archive, &[]).0, ["C3 C2 60 → C1"]);
    // told with the one who stands, it is not told again
    (archive[0].kind, archive[2].name) = (Some(CustomerKind::Company), "纷扬科技".into());
    assert_eq!(told(&archive, &[]).0, ["C1 C3 75"]);
    archive[2].status = Some(CustomerStatus::Erased);
    assert!(told(&archive, &[]).0.is_empty());
}

#[test]
fn the_people_at_a_customer_count() {
    let archive = [customer("C1", "纷扬科技", "", ""), customer("C2", "", "13800138000", "")];
    let mut contact = Contact::new(Id::parse("P1").unwrap(), archive[0].id.clone(), "李雷".into());
    contact.phone = "138 0013 8000".into();
    assert_eq!(told(&archive, &[contact]).0, ["C1 C2 75"]);
    assert!(told(&archive, &[]).0.is_empty());
}

#[test]
fn what_very_many_share_says_nothing_and_is_told() {
    let mut archive: Vec<Customer> =
        (0..60).map(|n| customer(&format!("C{n}"), &format!("客{}", char::from_u32(0x5000 + n).unwrap()), "02155551234", "")).collect();
    archive.push(customer("D1", "李雷", "021-5555 1234", "l@b.cn"));
    archive.push(customer("D2", "李雷", "", "l@b.cn"));
    let (pairs, crowded) = told(&archive, &[]);
    assert_eq!(pairs, ["D1 D2 100"]);
    assert_eq!(crowded, [Crowded { crowd: Crowd::Phone, value: "2155551234".into(), customers: 61 }]);
    // the same for one who is looked at alone
    let (rules, merged) = (rules(), Merged::default());
    let desk = Desk::new(&rules, &merged, &[]);
    let profiles: Vec<Profile<'_>> = archive.iter().filter_map(|customer| desk.profile(customer)).collect();
    let found = among(&desk, &profiles[60], profiles.iter().cloned(), rules.tell);
    assert_eq!(found.iter().map(|pair| pair.other.id.as_str()).collect::<Vec<_>>(), ["D2"]);
}

#[test]
fn a_name_of_very_many_is_not_paired_by_itself() {
    let mut archive: Vec<Customer> = (0..60).map(|n| customer(&format!("C{n}"), "张伟", "", "")).collect();
    archive[7].email = "a@b.cn".into();
    archive[9].email = "a@b.cn".into();
    let (pairs, crowded) = told(&archive, &[]);
    assert_eq!(pairs, ["C7 C9 100"]);
    assert_eq!(crowded, [Crowded { crowd: Crowd::Name, value: "张伟".into(), customers: 60 }]);
    let (rules, merged) = (rules(), Merged::default());
    let desk = Desk::new(&rules, &merged, &[]);
    let profiles: Vec<Profile<'_>> = archive.iter().filter_map(|customer| desk.profile(customer)).collect();
    let of = |at: usize| among(&desk, &profiles[at], profiles.iter().cloned(), rules.tell).len();
    assert_eq!((of(7), of(8)), (1, 0));
}

fn some_archive() -> impl Strategy<Value = Vec<Customer>> {
    let name = "(北京|上海)?[纷扬科技茶叶王]{1,5}(有限公司|店)?|[a-c]{1,6} [a-c]{1,4}( Ltd)?";
    let one = (
        name,
        prop::sample::select(vec!["", "13800138000", "13900139000/010-55551234", "+86 10 5555 1234"]),
        prop::sample::select(vec!["", "a@b.cn", "c@d.cn"]),
    );
    prop::collection::vec(one, 2..14)
        .prop_map(|rows| rows.iter().zip(1..).map(|((name, phone, email), n)| customer(&format!("C{n}"), name, phone, email)).collect())
}

proptest! {
    #[test]
    fn the_points_do_not_depend_on_the_order(archive in some_archive()) {
        let (rules, merged) = (rules(), Merged::default());
        let desk = Desk::new(&rules, &merged, &[]);
        let profiles: Vec<Profile<'_>> = archive.iter().filter_map(|customer| desk.profile(customer)).collect();
        for one in &profiles {
            for other in &profiles {
                prop_assert_eq!(desk.judge(one, other), desk.judge(other, one));
            }
        }
    }

    #[test]
    fn the_pairs_are_those_found_by_comparing_all_with_all(archive in some_archive()) {
        let (rules, merged) = (rules(), Merged::default());
        let desk = Desk::new(&rules, &merged, &[]);
        // addresses and contacts alone are no ground for comparing: 40 is the least that has one
        let least = 40;
        let profiles: Vec<Profile<'_>> = archive.iter().filter_map(|customer| desk.profile(customer)).collect();
        let found: HashSet<(String, String)> = pairs(&desk, profiles.clone(), least, None).pairs.iter().map(|pair| (pair.one.id.to_string(), pair.other.id.to_string())).collect();
        for (at, one) in profiles.iter().enumerate() {
            for other in &profiles[at + 1..] {
                let is_told = found.contains(&(one.customer.id.to_string(), other.customer.id.to_string()));
                prop_assert_eq!(is_told, desk.judge(one, other).0 >= least, "{} {}", &one.customer.name, &other.customer.name);
            }
        }
    }
}
