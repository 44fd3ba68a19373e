use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Account, adjust, gift, redeem, refer, take_up};
use crate::base::id::Id;
use crate::base::problem::What;
use crate::engine::points::Ledger;
use crate::engine::points::booking::Booking;
use crate::model::points::{PointsKind, PointsRow};
use crate::model::rules::points::{MOST, PointsRules, RawPoints};
use crate::ops::fixtures::{draft, stamp};

fn rules(yaml: &str) -> PointsRules {
    serde_yaml::from_str::<RawPoints>(yaml).unwrap().check(&[]).unwrap()
}

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

#[test]
fn what_is_entered_by_hand() {
    let mut draft = draft();
    draft.made.insert("L20261008-".into(), 4);
    let rules = rules("{expire: 12 months, expire_at: month_end, redeem: {minimum: 10}}");
    let customer = id("C1");
    let mut rows = Vec::new();
    let today: NaiveDate = "2026-10-08".parse().unwrap();
    macro_rules! account {
        () => {
            Account { customer: &customer, rows: &rows, rules: &rules, today }
        };
    }
    for (points, until, reason) in [(0, None, "x"), (MOST + 1, None, "x"), (5, None, " "), (5, Some("2026-10-07"), "x")] {
        let until = until.map(|day| day.parse().unwrap());
        assert!(gift(&mut draft, &stamp(), account!(), points, until, reason).is_err(), "{points} {reason}");
    }
    let given = gift(&mut draft, &stamp(), account!(), 50, None, "生日").unwrap();
    assert_eq!((given.id.as_str(), given.expires_on, given.staff.as_str()), ("L20261008-005", "2027-10-31".parse().ok(), "小李"));
    rows.push(given);
    let short = redeem(&mut draft, &stamp(), account!(), 51, "").unwrap_err();
    assert_eq!(short[0].what, What::PointsShort { customer: "C1".into(), wanted: 51, available: 50 });
    assert!(matches!(redeem(&mut draft, &stamp(), account!(), 9, "").unwrap_err()[0].what, What::OutOfRange { .. }));
    let spent = redeem(&mut draft, &stamp(), account!(), 30, "杯子").unwrap();
    assert_eq!((spent.id.as_str(), spent.points, spent.expires_on), ("L20261008-006", -30, None));
    rows.push(spent);
    assert!(adjust(&mut draft, &stamp(), account!(), -21, "x").is_err());
    for wrong in [0, i64::MIN, MOST + 1] {
        assert!(adjust(&mut draft, &stamp(), account!(), wrong, "x").is_err());
    }
    assert!(adjust(&mut draft, &stamp(), account!(), 5, "").is_err());
    rows.push(adjust(&mut draft, &stamp(), account!(), -20, "x").unwrap());
    assert_eq!((Ledger::replay(&rows, today).balance(), draft.points.iter().count()), (0, 3));
}

#[test]
fn a_referral_is_noted_once() {
    let mut draft = draft();
    let mut refer = |from: &str, to: &str, known: &[(&str, &str)], bought| {
        let known: Vec<(String, String)> = known.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        refer(&mut draft, &stamp(), &id(from), &id(to), &known, bought).map(|row| row.points)
    };
    assert_eq!(refer("C1", "C2", &[("C3", "C1")], false), Ok(0));
    for (from, to, known, bought) in [
        ("C1", "C1", None, false),
        ("C1", "C2", Some(("C3", "C2")), false),
        ("C1", "C2", Some(("C2", "C1")), false),
        ("C1", "C2", None, true),
    ] {
        assert!(refer(from, to, known.as_slice(), bought).is_err(), "{from} {to}");
    }
}

#[test]
fn what_is_booked_is_one_batch_with_numbers_of_its_days() {
    let mut draft = draft();
    let day: NaiveDate = "2026-10-01".parse().unwrap();
    let row = |points| PointsRow::new(id("C1"), day, PointsKind::Earn, points);
    let booking = Booking { rows: vec![row(1), row(2)], ..Booking::default() };
    assert_eq!(take_up(&mut draft, Booking::default(), day, HashMap::new()), 0);
    assert!(draft.batch.is_none());
    assert_eq!(take_up(&mut draft, booking, day, HashMap::from([(day, 7)])), 2);
    let ids: Vec<(&str, &str)> = draft.points.iter().map(|row| (row.id.as_str(), row.batch.as_str())).collect();
    assert_eq!(ids, [("L20261001-008", "B1"), ("L20261001-009", "B1")]);
    assert_eq!(draft.batch.unwrap().facts["earn"], 3);
}
