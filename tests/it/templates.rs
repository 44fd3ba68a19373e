//! Templates of the owner's: listed, written out, tried; nothing outside is reached and customers' text is text.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::Bench;

fn demo() -> Bench {
    let mut bench = Bench::empty("zh");
    let _ = bench.run(&["demo", "."]).ok();
    bench.lang("en");
    bench
}

#[test]
fn listed_written_and_tried() {
    let book = demo();
    let list = book.run(&["report", "templates", "--format", "csv"]).ok();
    assert!(list.contains("report/section.html,built-in,true\n") && list.contains("letters/status.zh.txt,built-in,true\n"), "{list}");
    assert!(book.run(&["report", "templates", "report/style.css"]).ok().contains("@media print"));
    assert!(book.run(&["report", "templates", "report/sectoin.html"]).fails(2).contains("report/section.html"));
    let ran = book.run(&["report", "templates", "report/section.html", "--write", "-n"]);
    assert!(ran.err.contains("would be written") && !book.path("templates").exists(), "{}", ran.err);
    let ran = book.run(&["report", "templates", "report/section.html", "--write"]);
    assert!(ran.code == 0 && ran.err.contains("Wrote templates/report/section.html"), "{}", ran.err);
    book.write("templates/report/section.html", "mine {{ section.titel }}");
    let ran = book.run(&["report", "templates", "--write"]);
    assert!(
        ran.err.contains("Left as they are: report/section.html") && ran.err.contains("Wrote templates/letters/_frame.zh.txt"),
        "{}",
        ran.err
    );
    assert!(book.read("templates/report/section.html").starts_with("mine"));
    assert!(book.run(&["report", "templates", "--format", "csv"]).ok().contains("report/section.html,own,true\n"));

    let said = book.run(&["report", "check-template"]).fails(1);
    let expected = "templates/report/section.html:1:17: there is no field titel; did you mean title?\n  1 | mine {{ section.titel }}\n    |                 ^^^^^\n";
    assert!(said.contains(expected), "{said}");
    let said = book.run(&["report", "2026Q3", "--format", "html", "--lang", "zh"]).fails(1);
    assert!(said.contains("templates/report/section.html:1:17: 没有名为 titel 的字段,是不是 title?"), "{said}");
    book.write("templates/report/section.html", "mine {{ section.title }}");
    let ran = book.run(&["report", "check-template"]);
    assert!(ran.code == 0 && ran.err.contains("templates: nothing wrong."), "{}", ran.err);
    let json = book.run(&["report", "check-template", "report/section.html", "--json"]);
    assert_eq!((json.code, json.out.as_str()), (0, ""));
    assert_eq!(book.run(&["check"]).ok(), "");
    assert!(book.run(&["report", "check-template", "report/none.html"]).fails(2).contains("report/none.html"));
}

#[test]
fn parts_are_reached_and_nothing_else() {
    let book = demo();
    book.write("templates/report/_logo.html", "<p>LOGO {{ section.code }}</p>");
    book.write("templates/report/section-tiers.html", "{% include \"report/_logo.html\" %}");
    book.write("templates/report/_draft.html", "{% broken");
    assert!(book.run(&["report", "2026Q3", "--format", "html"]).ok().contains("<p>LOGO tiers</p>"));
    for (text, expected) in [
        ("{% include \"../../etc/passwd\" %}", "a template may use templates only, not ../../etc/passwd"),
        ("{% extends \"/etc/passwd\" %}", "a template may use templates only, not /etc/passwd"),
        ("{% include \"carebook.yaml\" %}", "there is no template carebook.yaml"),
        ("{% include \"report/_lgo.html\" %}", "there is no template report/_lgo.html; did you mean report/_logo.html?"),
        (
            "{% for customer in customers %}{{ customer.phone }}{% endfor %}",
            "there is no value customers; known: about, lang, period, provenance, report, section, t, version",
        ),
        ("{% for a in range(end=1000000000) %}x{% endfor %}", "the template's loops take too many rounds"),
    ] {
        book.write("templates/report/section-tiers.html", format!("\n{text}"));
        let said = book.run(&["report", "2026Q3", "--format", "html"]).fails(1);
        assert!(said.contains("templates/report/section-tiers.html:2:") && said.contains(expected), "{text}: {said}");
    }
    book.write("templates/report/section-tiers.html", vec![b' '; 1024 * 1024 + 1]);
    assert!(book.run(&["report", "2026Q3", "--format", "html"]).fails(1).contains("section-tiers.html: the file is larger than 1 MB"));
    std::fs::remove_file(book.path("templates/report/section-tiers.html")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", book.path("templates/report/section-tiers.html")).unwrap();
    assert!(book.run(&["report", "2026Q3", "--format", "html"]).fails(1).contains("templates/report/section-tiers.html"));
    std::fs::rename(book.path("templates"), book.path("t")).unwrap();
    std::os::unix::fs::symlink("/etc", book.path("templates")).unwrap();
    assert!(book.run(&["report", "2026Q3", "--format", "html"]).fails(1).contains("templates"));
}

#[test]
fn a_comment_full_of_markup_is_text_even_when_it_is_called_safe() {
    let book = demo();
    let evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\u{1b}[31m\u{202e}[x](javascript:1)";
    let _ = book.run(&["feedback", "R20260928-001", "1", evil]).ok();
    for (file, format) in [("section-satisfaction.html", "html"), ("section-satisfaction.md", "md")] {
        let all = "{% for low in report.satisfaction.low %}{{ low.text | safe }} {{ low.text ~ '' | safe }}{% set x = low.text | safe %}{{ x }}{% endfor %}";
        book.write(&format!("templates/report/{file}"), all);
        let text = book.run(&["report", "2026Q3", "--format", format]).ok();
        assert!(text.contains("alert(1)"), "the words are there: {text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
        let live = |tag: &str| text.match_indices(tag).any(|(at, _)| !text[..at].ends_with('\\'));
        assert!(!live("<script") && !live("<img") && (format == "html" || !live("[x](")), "{text}");
    }
}

/// Paths of all that a value holds; of lists every item speaks.
fn paths(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| paths(value, &format!("{path}.{name}"), found)),
        Value::Array(items) => items.iter().for_each(|item| paths(item, &format!("{path}[]"), found)),
        Value::Null => {}
        _ => {
            found.insert(path.to_owned());
        }
    }
}

/// The sample that templates are tried with has all that a report has.
#[test]
fn the_sample_is_in_step_with_the_report() {
    let book = demo();
    let mut json = book.run(&["report", "2026Q3", "--json"]).json();
    json.as_object_mut().unwrap().remove("schema");
    let sample: Value = serde_json::from_str(include_str!("../../templates/report/sample.json")).unwrap();
    let (mut real, mut tried) = (BTreeSet::new(), BTreeSet::new());
    paths(&json, "report", &mut real);
    paths(&sample, "report", &mut tried);
    let lacking: Vec<&String> = real.difference(&tried).collect();
    assert!(lacking.is_empty(), "add these to templates/report/sample.json, and their meaning to view/report/model.rs: {lacking:?}");
    // the demo has nothing of a year ago, and asked nobody about the effort
    let gone: Vec<&String> = tried.difference(&real).filter(|path| !path.contains("year_ago") && !path.contains("].ces")).collect();
    assert!(gone.is_empty(), "take these out of templates/report/sample.json: {gone:?}");
}
