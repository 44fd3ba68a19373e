//! A survey's figures against sums done by hand, and the laws they keep.

use super::comments::themes;
use super::drivers::drivers;
use super::groups::{Step, by, trend};
use super::pairs::gaps;
use super::questions::Given;
use super::rate::{Asked, rate};
use super::{summary, within};
use crate::base::id::Id;
use crate::base::instant::Instant;
use crate::model::cell::Score;
use crate::model::merged::Merged;
use crate::model::rules::comments::RawComments;
use crate::model::survey::{Answer, Response};
use crate::model::survey_file::{RawSurvey, SurveyFile};

const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;

fn survey() -> SurveyFile {
    let yaml = "questions:\n- {code: all, column: a, metric: csat, scale: 1-5}\n- {code: speed, column: b, scale: 1-5}\n\
                - {code: way, column: c, kind: multi, options: [shop, phone, mail]}\n- {code: sex, column: d, kind: single}\n\
                gaps: [{name: g, expected: all, found: speed}]";
    serde_yaml::from_str::<RawSurvey>(yaml).unwrap().check().unwrap()
}

fn id(text: &str) -> Id {
    Id::made(text.to_owned())
}

fn response(name: &str, csat: i64, at: &str) -> Response {
    let none = String::new;
    Response {
        id: id(name),
        survey: "s".into(),
        customer: None,
        request: None,
        submitted_at: Instant::parse(at, ZONE, crate::base::date::DateOrder::Iso).ok(),
        channel: none(),
        csat: Some(Score(csat.into())),
        nps: None,
        ces: None,
        index: Some(Score(((csat - 1) * 25).into())),
        comment: none(),
        batch: none(),
        follow_up: None,
    }
}

fn answer(response: &str, question: &str, sub: &str, raw: &str) -> Answer {
    let value = raw.parse::<i64>().ok().map(|n| Score(n.into()));
    Answer { survey: "s".into(), response: id(response), question: question.into(), sub: sub.into(), value, raw: raw.into() }
}

#[test]
fn options_groups_and_what_goes_with_low_scores() {
    let responses = [response("1", 1, "2026-01-05"), response("2", 3, "2026-02-05"), response("3", 5, "2026-02-06"), response("4", 5, "")];
    let mut answers: Vec<Answer> =
        [("1", "1"), ("2", "2"), ("3", "5"), ("4", "4")].iter().map(|(who, grade)| answer(who, "speed", "", grade)).collect();
    answers.extend([("1", "1"), ("2", "3"), ("3", "5"), ("4", "5")].map(|(who, grade)| answer(who, "all", "", grade)));
    answers.extend([("1", "shop"), ("1", "mail"), ("2", "shop"), ("3", "mail"), ("4", "")].map(|(who, way)| answer(who, "way", way, way)));
    let found = summary(&survey(), &responses, &answers, None, ZONE);
    let way = &found.questions[2];
    // three people answered, two of them each option; 2 of 3 is 20.8 % to 93.9 % by Wilson
    let shares: Vec<(&str, usize, f64)> =
        way.choices.iter().map(|choice| (choice.option.as_str(), choice.n, choice.share.value.round())).collect();
    assert_eq!((way.answered, shares), (3, vec![("mail", 2, 67.0), ("shop", 2, 67.0), ("phone", 0, 0.0)]));
    assert!((way.choices[0].share.low - 20.77).abs() < 0.01 && (way.choices[0].share.high - 93.85).abs() < 0.01, "{:?}", way.choices[0]);
    let kept = within(&responses, None, ZONE);
    let given = Given::of(&survey(), &kept, &answers);
    let found = drivers(&survey(), &kept, &given);
    // speed 1, 2 (low): index 0, 50, mean 25; speed 5, 4: 100, 100. −75 ± 1.96 · √(1250 / 2)
    let speed = found.iter().find(|driver| driver.question == "speed").unwrap();
    assert_eq!((speed.with, speed.without, speed.mean_with, speed.mean_without, speed.small), (2, 2, 25.0, 100.0, true));
    assert!((speed.difference.value + 75.0).abs() < 1e-9 && (speed.difference.high + 26.0009).abs() < 1e-3, "{speed:?}");
    // an option that only one did not choose has no other side to compare
    assert!(found.iter().all(|driver| driver.question != "way"));
    let options = given.options(&survey().questions[2]);
    let groups = by(&survey(), &kept, &|response| options.get(response.id.as_str()).cloned().unwrap_or_default());
    let sizes: Vec<(&str, usize)> = groups.iter().map(|group| (group.key.as_str(), group.responses)).collect();
    assert_eq!(sizes, [("mail", 2), ("shop", 2), ("", 1)]);
    assert_eq!(groups[0].csat.as_ref().map(|csat| csat.mean), Some(3.0));
    let months = trend(&survey(), &kept, Step::Month, ZONE);
    assert_eq!(months.iter().map(|group| (group.key.as_str(), group.responses)).collect::<Vec<_>>(), [("2026-01", 1), ("2026-02", 2)]);
    // found − expected: 0, −1, 0, −1
    let gap = &gaps(&survey(), &given)[0];
    assert_eq!((gap.difference.value, gap.difference.n, gap.scale), (-0.5, 4, Some((1, 5))));
    assert!((gap.difference.low.unwrap() + 1.065_793).abs() < 1e-5, "{gap:?}");
}

#[test]
fn low_comments_come_first() {
    let said = |response: Response, text: &str| Response { comment: text.into(), ..response };
    let responses = [
        said(response("1", 5, "2026-01-05"), "fast delivery"),
        said(response("2", 1, "2026-01-04"), "delivery took too long"),
        said(response("3", 1, "2026-01-06"), "???"),
    ];
    let rules = serde_yaml::from_str::<RawComments>("{}").unwrap().check().unwrap();
    let found = themes(&within(&responses, None, ZONE), &rules);
    let told: Vec<(&str, Vec<&str>)> =
        found.iter().map(|theme| (theme.code.as_str(), theme.comments.iter().map(|said| said.response.as_str()).collect())).collect();
    assert_eq!(told, [("delivery", vec!["2", "1"]), ("speed", vec!["2"]), ("", vec!["3"])]);
}

#[test]
fn whoever_was_asked_about_a_request_answers_about_it() {
    let of = |name: &str, customer: &str, request: Option<&str>, at: &str| Response {
        customer: Some(id(customer)),
        request: request.map(id),
        ..response(name, 5, at)
    };
    let responses = [of("1", "C1", Some("R1"), "2026-01-05"), of("2", "C2", None, "2026-01-05"), of("3", "C3", Some("R9"), "2026-01-05")];
    let asked = |customer: &str, request: Option<&str>, since: &str| Asked {
        customer: Some(id(customer)),
        request: request.map(id),
        since: Instant::parse(since, ZONE, crate::base::date::DateOrder::Iso).ok(),
    };
    let kept = within(&responses, None, ZONE);
    let all = vec![
        asked("C1", Some("R1"), ""),
        asked("C1", Some("R1"), ""),
        asked("C1", Some("R2"), ""),
        asked("C2", Some("R3"), "2026-01-04"),
        asked("C2", Some("R4"), "2026-01-06"),
        asked("C3", Some("R5"), ""),
        asked("C2", None, ""),
    ];
    let found = rate(all, &kept, &Merged::default()).unwrap();
    let silent: Vec<&str> = found.silent.iter().filter_map(|asked| asked.request.as_ref()).map(Id::as_str).collect();
    assert_eq!((found.asked, found.answered, silent), (6, 3, vec!["R2", "R4", "R5"]));
    assert!((found.share.value - 50.0).abs() < 1e-9 && rate(Vec::new(), &kept, &Merged::default()).is_none());
}

proptest::proptest! {
    /// Of one option each, the counts add up to those who answered, the shares to 100; groups are a partition.
    #[test]
    fn single_choices_add_up(picks in proptest::collection::vec(proptest::option::of(0_usize..4), 0..40)) {
        let names: Vec<String> = (0..picks.len()).map(|n| n.to_string()).collect();
        let responses: Vec<Response> = names.iter().map(|name| response(name, 3, "2026-01-05")).collect();
        let picked = names.iter().zip(&picks).filter_map(|(name, pick)| Some(answer(name, "sex", "", ["a", "b", "c", "d"][(*pick)?])));
        let answers: Vec<Answer> = picked.collect();
        let found = summary(&survey(), &responses, &answers, None, ZONE);
        let sex = &found.questions[3];
        let sum: usize = sex.choices.iter().map(|choice| choice.n).sum();
        proptest::prop_assert_eq!((sum, sex.answered), (answers.len(), answers.len()));
        let shares: f64 = sex.choices.iter().map(|choice| choice.share.value).sum();
        proptest::prop_assert!(answers.is_empty() || (shares - 100.0).abs() < 1e-6);
        proptest::prop_assert!(sex.choices.iter().all(|choice| choice.share.low <= choice.share.value && choice.share.value <= choice.share.high));
        let kept = within(&responses, None, ZONE);
        let options = Given::of(&survey(), &kept, &answers).options(&survey().questions[3]);
        let groups = by(&survey(), &kept, &|response| options.get(response.id.as_str()).cloned().unwrap_or_default());
        proptest::prop_assert_eq!(groups.iter().map(|group| group.responses).sum::<usize>(), responses.len());
    }
}
