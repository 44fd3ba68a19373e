//! YAML that people write: read strictly, with line and column of what is wrong.

use serde::de::DeserializeOwned;

use super::yaml_scan;
use crate::base::problem::{Place, Problem, Problems, What};

/// Largest settings or rules file, in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// Reads a YAML document into plain option structs.
///
/// # Errors
/// One problem with its place: too large, not UTF-8, not plain (`yaml_scan`), or what serde finds.
pub fn parse<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, Problems> {
    let whole = |what: What| vec![Problem::error(what).at(Place::file(name))];
    if bytes.len() > MAX_BYTES {
        return Err(whole(What::TooLarge { limit: "256 kB".into() }));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| whole(What::NotUtf8))?;
    let text = text.trim_start_matches('\u{FEFF}');
    yaml_scan::plain(name, text).map_err(|problem| vec![problem])?;
    let text = if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) { "{}" } else { text };
    serde_yaml::from_str(text).map_err(|error| {
        let (line, column) = error.location().map_or((0, 0), |at| (at.line() as u64, at.column() as u64));
        let message = error.to_string();
        let message = without_types(message.split(" at line ").next().unwrap_or(&message));
        vec![Problem::error(What::Yaml { message }).at(Place { file: name.to_owned(), line, column })]
    })
}

/// What serde says, without the names our types have.
fn without_types(message: &str) -> String {
    match message.split_once("struct Raw") {
        Some((head, rest)) => head.to_owned() + "a mapping" + rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric()),
        None => message.to_owned(),
    }
}

/// Gives problems found while checking a document their file, and the line of the key they name.
pub fn place(problems: Problems, name: &str, text: &str) -> Problems {
    let place = |problem: Problem| {
        let key = problem.field.as_deref().unwrap_or("");
        // a key that is lacking has no place: the file's first line
        let (line, column) = match locate(text, key) {
            (0, _) => (1, 1),
            at => at,
        };
        if problem.place.is_some() { problem } else { problem.at(Place { file: name.to_owned(), line, column }) }
    };
    problems.into_iter().map(place).collect()
}

/// The line and column of a dotted key such as `tiers[1].enter`: the n-th item of the list, then the key in it.
fn locate(text: &str, field: &str) -> (u64, u64) {
    let mut from = 0;
    let mut found = (0, 0);
    for part in field.split('.').filter(|part| !part.is_empty()) {
        let (key, index) = part.split_once('[').map_or((part, None), |(key, i)| (key, i.trim_end_matches(']').parse::<usize>().ok()));
        let Some(at) = find_key(text, from, key) else { break };
        from = at;
        if let Some(item) = index {
            from = items(text, from).nth(item).unwrap_or(from);
        }
        let (line, column) = crate::base::rows::line_column(text, from);
        found = (line, column);
    }
    found
}

/// Where the items of the list after `from` begin; a list within an item stands further in.
fn items(text: &str, from: usize) -> impl Iterator<Item = usize> {
    let starts = text[from..].match_indices("- ").map(move |(i, _)| from + i).filter(|at| starts_item(text, *at));
    let depth = |at: usize| at - text[..at].rfind('\n').map_or(0, |end| end + 1);
    let first = starts.clone().next().map(depth);
    starts.filter(move |at| Some(depth(*at)) == first)
}

fn starts_item(text: &str, at: usize) -> bool {
    text[..at].rsplit('\n').next().is_some_and(|head| head.trim().is_empty())
}

fn find_key(text: &str, from: usize, key: &str) -> Option<usize> {
    let needle = format!("{key}:");
    let boundary = |at: usize| text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
    text[from..].match_indices(&needle).map(|(i, _)| from + i).find(|at| boundary(*at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::map_file::RawMap;
    use crate::model::rules::{
        archive::RawArchive, assignment::RawAssignment, calendar::RawCalendar, revisits::RawRevisits, service::RawService, tiers::RawTiers,
    };
    use crate::model::settings::RawSettings;
    use crate::model::survey_file::RawSurvey;
    use serde_yaml::Value;

    #[test]
    fn places_of_problems() {
        let wrong = parse::<RawTiers>("t.yaml", b"window: 1 year\nfoo: 1\n").unwrap_err();
        assert_eq!(wrong[0].place.as_ref().map(|p| (p.line, p.column)), Some((2, 1)));
        let text = "tiers:\n  - {code: A, enter: 5}\n  - {code: B, enter: 7}\n  - {code: C}\n";
        let raw: RawTiers = parse("t.yaml", text.as_bytes()).unwrap();
        let wrong = place(raw.check().unwrap_err(), "t.yaml", text);
        assert_eq!(wrong[0].place.as_ref().map(|p| (p.line, p.column)), Some((3, 15)));
    }

    #[test]
    fn lists_within_items_are_not_counted() {
        let text = "rules:\n  - to:\n      staff:\n        - a\n        - b\n  - strategy: odd\n    when: {severity: loud}\n";
        let raw: RawAssignment = parse("t.yaml", text.as_bytes()).unwrap();
        let wrong = place(raw.check().unwrap_err(), "t.yaml", text);
        let places: Vec<_> = wrong.iter().filter_map(|problem| problem.place.as_ref()).map(|at| (at.line, at.column)).collect();
        assert_eq!(places, [(7, 12), (6, 5)]);
    }

    #[test]
    fn a_file_of_comments_is_empty_and_no_larger_one_is_read() {
        assert!(parse::<RawTiers>("t.yaml", b"# a & b *x*\nwindow: 1 year # &c\n").is_ok());
        assert!(parse::<RawTiers>("t.yaml", b"# nothing yet\n").is_ok());
        let large = "#".repeat(MAX_BYTES + 1);
        assert!(matches!(parse::<RawTiers>("t.yaml", large.as_bytes()).unwrap_err()[0].what, What::TooLarge { .. }));
        assert!(parse::<RawTiers>("t.yaml", &large.as_bytes()[1..]).is_ok());
    }

    /// Every mapping within a value, with `stray: 1` put into it: the path and the whole.
    fn with_a_stray_key(value: &Value, path: &str, whole: &dyn Fn(Value) -> Value, out: &mut Vec<(String, Value)>) {
        match value {
            Value::Mapping(map) => {
                let mut strayed = map.clone();
                strayed.insert("stray".into(), "1".into());
                out.push((path.to_owned(), whole(Value::Mapping(strayed))));
                for (key, inner) in map {
                    let with = |inner: Value| {
                        let mut map = map.clone();
                        map.insert(key.clone(), inner);
                        whole(Value::Mapping(map))
                    };
                    let key = key.as_str().map_or_else(|| "0".to_owned(), str::to_owned);
                    with_a_stray_key(inner, format!("{path}.{key}").trim_start_matches('.'), &with, out);
                }
            }
            Value::Sequence(list) => {
                for (i, inner) in list.iter().enumerate() {
                    let with = |inner: Value| {
                        let mut list = list.clone();
                        list[i] = inner;
                        whole(Value::Sequence(list))
                    };
                    with_a_stray_key(inner, &format!("{path}[]"), &with, out);
                }
            }
            _ => {}
        }
    }

    /// The mappings of a file that take any key.
    fn open_mappings<T: DeserializeOwned>(text: &str) -> Vec<String> {
        assert!(parse::<T>("t.yaml", text.as_bytes()).is_ok(), "{text}");
        let mut strayed = Vec::new();
        with_a_stray_key(&serde_yaml::from_str(text).unwrap(), "", &|value| value, &mut strayed);
        assert!(!strayed.is_empty());
        let taken = |value: &Value| parse::<T>("t.yaml", serde_yaml::to_string(value).unwrap().as_bytes()).is_ok();
        let mut open: Vec<String> = strayed.into_iter().filter(|(_, value)| taken(value)).map(|(path, _)| path).collect();
        open.dedup();
        open
    }

    #[test]
    fn unknown_keys_are_refused_at_every_level() {
        let label = "label: {zh: 甲, en: A}";
        let tiers = format!(
            "window: 1 year\nfactors:\n- {{measure: spend, weight: 1, steps: {{1: 1}}, missing: 0}}\n- {{measure: potential, weight: 1, \
             values: {{high: 1}}}}\ntiers:\n- {{code: A, {label}, enter: 5, keep: 4}}\nmovement: {{grace: 1 day}}\n"
        );
        assert_eq!(open_mappings::<RawTiers>(&tiers), ["factors[].steps", "factors[].values"]);
        assert_eq!(open_mappings::<RawRevisits>("after_closed: 7 days\ncadence: {A: 30 days}\nretry: 7 days\n"), ["cadence"]);
        assert_eq!(open_mappings::<RawService>("targets: {high: {respond: 1 hour, resolve: 1 day}}\n"), Vec::<String>::new());
        let calendar = "time_zone: UTC\nweek: {mon: ['09:00-12:00']}\nholidays:\n- 2026-10-01\n- {date: 2026-10-02, name: {zh: 甲, en: A}}\n\
                        - {from: 2026-10-03, to: 2026-10-04}\nspecial: {2026-02-16: []}\n";
        assert_eq!(open_mappings::<RawCalendar>(calendar), Vec::<String>::new());
        let wrong = parse::<RawCalendar>("t.yaml", b"holidays:\n  - 2026-10-01\n  - {day: 2026-10-02}\n").unwrap_err();
        assert_eq!(wrong[0].place.as_ref().map(|p| p.line), Some(3));
        let rule = "{name: x, when: {type: complaint, tier: [A]}, to: {staff: a, skill: b}, strategy: named, owner_first: true}";
        assert_eq!(open_mappings::<RawAssignment>(&format!("rules:\n- {rule}\n")), Vec::<String>::new());
        assert_eq!(open_mappings::<RawSettings>("format: 1\nname: x\n"), Vec::<String>::new());
        let columns = "columns:\n  customers:\n    a: {values: [x, {code: y, label: {zh: 甲}}], min: 1}\n";
        assert_eq!(open_mappings::<RawSettings>(columns), Vec::<String>::new());
        let survey =
            "title: {zh: 甲, en: A}\ncolumns: {phone: p, comment: [c]}\nquestions:\n- {code: q1, column: a, metric: nps, scale: 0-10}\n";
        assert_eq!(open_mappings::<RawSurvey>(survey), Vec::<String>::new());
        assert_eq!(open_mappings::<RawArchive>(crate::model::rules::archive::DEFAULT), ["verify.after"]);
        assert_eq!(
            open_mappings::<RawMap>("columns: {amount: a}\nconstants: {kind: sale}\nvalues: {kind: {S: sale}}\nblank: ['?']\nskip: 2\n"),
            ["columns", "constants", "values.kind"]
        );
    }

    #[test]
    fn the_built_in_files_are_plain() {
        use crate::model::rules::{archive, assignment, calendar, revisits, service, tiers};
        let own = include_str!("../../sample-data/book/carebook.yaml");
        for text in [archive::DEFAULT, calendar::DEFAULT, tiers::DEFAULT, revisits::DEFAULT, service::DEFAULT, assignment::DEFAULT, own] {
            assert_eq!(yaml_scan::plain("t.yaml", text), Ok(()));
        }
    }
}
