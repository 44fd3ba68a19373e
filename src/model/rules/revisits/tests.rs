use super::{DEFAULT, Interval, RawRevisits, Retry, RevisitRules};
use crate::base::duration::Span;
use crate::base::problem::Problems;
use crate::model::lifecycle::Class;

fn read(yaml: &str) -> Result<RevisitRules, Problems> {
    serde_yaml::from_str::<RawRevisits>(yaml).unwrap().check()
}

fn wrong(yaml: &str) -> (String, &'static str) {
    let problems = read(yaml).unwrap_err();
    (problems[0].field.clone().unwrap_or_default(), problems[0].what.code())
}

#[test]
fn the_default_file_says_what_holds_without_it() {
    assert_eq!(read("{}").unwrap(), read(DEFAULT).unwrap());
    assert_eq!(read("{}").unwrap().retry, Retry { after: Span::Days(3), at_most: 3 });
}

#[test]
fn rules_of_before_still_mean_the_same() {
    let rules = read("after_closed: off\ncadence: {A: 30 days, C: off}\nretry: 5 days").unwrap();
    let a = Interval { wanted: Span::Days(30), longest: None };
    assert_eq!(rules.after_closed, None);
    assert_eq!((rules.interval("A", None), rules.interval("A", Some(Class::Lost))), (Some(a), Some(a)));
    assert_eq!((rules.interval("C", None), rules.interval("B", None), rules.interval("", None)), (None, None, None));
    assert_eq!(rules.retry, Retry { after: Span::Days(5), at_most: 3 });
}

#[test]
fn tier_and_class() {
    let rules = read(
        "cadence:
  C: {wanted: 180 days, longest: 1 year, classes: {new: {wanted: 30 days}, 问题客户: {wanted: 14 days, longest: 21 days}, silent: 30 days, lost: off}}
  D: {classes: {problem: 7 days}}
  others: {wanted: 12 months}",
    )
    .unwrap();
    let of = |tier, class| rules.interval(tier, class).map(|interval| (interval.wanted, interval.longest));
    let year = Some(Span::Months(12));
    assert_eq!(of("C", None), Some((Span::Days(180), year)));
    assert_eq!(of("C", Some(Class::Regular)), of("C", None));
    assert_eq!(of("C", Some(Class::New)), Some((Span::Days(30), year)));
    assert_eq!(of("C", Some(Class::Problem)), Some((Span::Days(14), Some(Span::Days(21)))));
    assert_eq!(of("C", Some(Class::Silent)), Some((Span::Days(30), year)));
    assert_eq!(of("C", Some(Class::Lost)), None);
    assert_eq!((of("D", None), of("D", Some(Class::Problem))), (None, Some((Span::Days(7), None))));
    assert_eq!((of("", None), of("X", None)), (Some((Span::Months(12), None)), Some((Span::Months(12), None))));
    assert!(rules.asks_class() && !read("{}").unwrap().asks_class());
}

#[test]
fn how_many_a_day() {
    let rules = read("per_day: {小李: 5, Ann: off, others: 7}\nahead: 0").unwrap();
    let cap = |name: &str| rules.per_day.of([name]);
    assert_eq!((cap("小李"), cap("ann"), cap("小王"), rules.per_day.of(["x", "小李"])), (Some(5), None, Some(7), Some(5)));
    assert_eq!(rules.ahead, 0);
    assert_eq!(read("per_day: off").unwrap().per_day.of(["x"]), None);
    assert_eq!(read("per_day: {小李: 5}").unwrap().per_day.of(["x"]), Some(8));
    assert_eq!(read("new: [7 days, 30 days]").unwrap().new, [Span::Days(7), Span::Days(30)]);
    assert_eq!((read("new: 7 days").unwrap().new.len(), read("new: off").unwrap().new.len()), (1, 0));
}

#[test]
fn what_is_wrong_is_named_by_its_key() {
    for (yaml, field, code) in [
        ("cadence: {A: soon}", "cadence.A", "bad-duration"),
        ("cadence: {A: 0 days}", "cadence.A", "out-of-range"),
        ("cadence: {A: {wanted: 30 days, longest: 20 days}}", "cadence.A.longest", "rule-conflict"),
        ("cadence: {A: {longest: 20 days}}", "cadence.A", "required"),
        ("cadence: {A: {wanted: 9 days, longest: 9 days, classes: {new: 10 days}}}", "cadence.A.classes.new", "rule-conflict"),
        (
            "cadence: {A: {wanted: 9 days, longest: 9 days, classes: {new: {wanted: 10 days}}}}",
            "cadence.A.classes.new.wanted",
            "rule-conflict",
        ),
        ("cadence: {A: {wanted: 9 days, classes: {odd: 10 days}}}", "cadence.A.classes.odd", "unknown-name"),
        ("cadence: {A: {wanted: 9 days, classes: {new: off, 新客户: 9 days}}}", "cadence.A.classes.新客户", "rule-conflict"),
        ("new: [30 days, 7 days]", "new", "rule-conflict"),
        ("new: [soon]", "new", "bad-duration"),
        ("retry: {after: 3 days, at_most: 0}", "retry.at_most", "out-of-range"),
        ("retry: often", "retry", "bad-duration"),
        ("per_day: 0", "per_day", "out-of-range"),
        ("per_day: {Ann: many}", "per_day.Ann", "bad-number"),
        ("ahead: -1", "ahead", "out-of-range"),
    ] {
        assert_eq!(wrong(yaml), (field.to_owned(), code), "{yaml}");
    }
    for yaml in
        ["cadence: {A: {wanted: 9 days, wnted: 3}}", "cadence: {A: [9 days]}", "retry: {at_last: 3}", "cadence: {A: 9 days, A: 8 days}"]
    {
        assert!(serde_yaml::from_str::<RawRevisits>(yaml).is_err(), "{yaml}");
    }
}
