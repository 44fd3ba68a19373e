use super::check::check;
use super::*;
use crate::base::lang::Lang;
use serde_json::json;

fn fill(kind: Kind, template: &str, text: &str) -> Result<String, Problem> {
    let values = json!({ "text": text, "mark": "<b>", "customers": [{"name": "王芳"}, {"name": "<i>"}], "one": {"colour": 1} });
    let templates =
        Templates::compile(&[Source::own("report/t.svg", template)], &["report/t.svg"], kind).map_err(|mut all| all.remove(0))?;
    templates.fill("report/t.svg", &values, &["mark"])
}

fn line(problem: &Problem) -> String {
    crate::view::problem::line(problem, Lang::En)
}

fn fault(template: &str) -> String {
    line(&fill(Kind::Html, template, "x").unwrap_err())
}

#[test]
fn customers_text_stays_text() {
    assert_eq!(fill(Kind::Html, "<p title=\"{{ text }}\">", "\"><script>").unwrap(), "<p title=\"&quot;&gt;&lt;script&gt;\">");
    assert_eq!(fill(Kind::Markdown, "| {{ text }} |", "a|b\n# [x](y) <i>").unwrap(), "| a\\|b # \\[x\\](y) \\<i> |");
    assert_eq!(fill(Kind::Html, "{{ text }}", "{{ text }}").unwrap(), "{{ text }}");
    let evil = "<script>alert(1)</script>\u{1b}[31m\u{202e}";
    for template in [
        "{{ text }}",
        "{{ text | safe }}",
        "{{ text | escape_html | safe }}",
        "{{ text | trim | safe }}",
        "{{ text ~ '' | safe }}",
        "{% set x = text | safe %}{{ x }}",
        "{% set x %}{{ text | safe }}{% endset %}{{ x | safe }}",
        "{{ text | newlines_to_br }}",
        "{{ mark ~ text }}",
        "{{ [mark, text] | join(sep='') }}",
        "{{ mark | replace(from='b', to=text) }}",
        "{% component c(t) %}{{ t | safe }}{% endcomponent %}{{ <c t={text} /> }}",
        "{% for c in text %}{{ c | safe }}{% endfor %}",
    ] {
        for kind in [Kind::Html, Kind::Markdown, Kind::Text] {
            let out = fill(kind, template, evil).unwrap();
            assert!(!out.contains(['\u{1b}', '\u{202e}']), "{template}: {out}");
            assert!(kind != Kind::Html || !out.contains("<script"), "{template}: {out}");
            assert!(kind != Kind::Markdown || out.match_indices("<script").all(|(at, _)| out[..at].ends_with('\\')), "{template}: {out}");
        }
    }
    assert_eq!(fill(Kind::Html, "{{ mark }}{{ mark | safe }}", "").unwrap(), "<b><b>");
}

#[test]
fn faults_have_their_place() {
    for (template, expected) in [
        ("a\n{{ txt }}", "error: templates/report/t.svg:2:4: there is no value txt; did you mean text?\n  2 | {{ txt }}\n    |    ^^^"),
        (
            "{{ one.color }}",
            "error: templates/report/t.svg:1:8: there is no field color; did you mean colour?\n  1 | {{ one.color }}\n    |        ^^^^^",
        ),
        (
            "王 {{ nothing.here }}",
            "error: templates/report/t.svg:1:6: there is no value nothing; known: customers, mark, one, text\n  1 | 王 {{ nothing.here }}\n    |       ^^^^^^^",
        ),
        (
            "{% for c in customer %}{% endfor %}",
            "error: templates/report/t.svg:1:13: there is no value customer; did you mean customers?\n  1 | {% for c in customer %}{% endfor %}\n    |             ^^^^^^^^",
        ),
        (
            "{% for c in customers %}\n{{ c.nam }}{% endfor %}",
            "error: templates/report/t.svg:2:6: there is no field nam; did you mean name?\n  2 | {{ c.nam }}{% endfor %}\n    |      ^^^",
        ),
        (
            "{% for c in one.colour %}{% endfor %}",
            "error: templates/report/t.svg:1:13: the template cannot be filled: Iteration not possible on type `u64`\n  1 | {% for c in one.colour %}{% endfor %}\n    |             ^^^^^^^^^^",
        ),
        ("{% for c in one.colours %}{% endfor %}", "error: templates/report/t.svg:1:13: there is no field colours; did you mean colour?"),
        (
            "{{ text | uper }}",
            "error: templates/report/t.svg:1:11: there is no filter uper; did you mean upper?\n  1 | {{ text | uper }}\n    |           ^^^^",
        ),
        ("{% if text is strin %}{% endif %}", "error: templates/report/t.svg:1:15: there is no test strin; did you mean string?"),
        ("{{ rang(end=1) }}", "error: templates/report/t.svg:1:4: there is no function rang; did you mean range?"),
        ("{% for c in customers %}{{ c.name }}", "error: templates/report/t.svg:1:"),
        ("{% if %}", "error: templates/report/t.svg:1:7: this is not how a template is written: "),
        ("{{ text", "error: templates/report/t.svg:1:"),
        (
            "{% include \"report/u.svg\" %}",
            "error: templates/report/t.svg:1:1: there is no template report/u.svg; did you mean report/t.svg?",
        ),
        (
            "{% include \"report/t.svg\" %}",
            "error: templates/report/t.svg:1:1: templates that use each other without end: report/t.svg → report/t.svg",
        ),
        ("{% extends \"report/t.svg\" %}", "error: templates/report/t.svg:1:1: templates that use each other without end: report/t.svg"),
        ("{{ [c for c in customers] }}", "error: templates/report/t.svg:1:7: a template may not make a list by [… for …]"),
        ("{{ throw(message=\"no \" ~ text) }}", "error: templates/report/t.svg:1:4: the template cannot be filled: no x"),
        ("{{ 1 / 0 }}", "error: templates/report/t.svg:1:"),
    ] {
        let said = fault(template);
        assert!(said.starts_with(expected), "{template}\n{said}\n{expected}");
    }
    let twice = Templates::compile(&[Source::own("t", "{{ a | b }}\n{{ c | d }}")], &["t"], Kind::Html).unwrap_err();
    assert_eq!(twice.iter().map(|problem| problem.place.clone().unwrap().line).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn nothing_outside_is_reached() {
    for path in ["../../etc/passwd", "/etc/passwd", "report/../../carebook.yaml", "C:/x"] {
        for tag in ["include", "extends"] {
            let said = fault(&format!("\n{{% {tag} \"{path}\" %}}"));
            let expected = format!("error: templates/report/t.svg:2:1: a template may use templates only, not {path}\n");
            assert!(said.starts_with(&expected), "{said}");
        }
    }
    assert!(fault("{% include '..\\\\x' %}").contains("may use templates only, not ..\\x"));
    assert!(fault("{% import \"/etc/passwd\" as p %}").contains("t.svg:1:"));
    // a name that is only worked out when the template is filled leads nowhere either
    assert!(fault("{% set f = \"/etc/passwd\" %}{% include f %}").contains("t.svg:1:"));
}

#[test]
fn whatever_has_no_end_is_stopped() {
    let long = "{% for a in range(end=9999) %}{% for b in range(end=9999) %}{% endfor %}{% endfor %}";
    for (template, expected) in [
        (long, "too many rounds"),
        ("{% set r = range(end=99999) %}{% for a in r %}{% for b in r %}{% endfor %}{% endfor %}", "too many rounds"),
        ("{% for a in range(end=1000000000) %}{% endfor %}", "t.svg:1:13: the template's loops take too many rounds"),
        ("{% for a in range(end=1, step_by=0) %}{% endfor %}", "too many rounds"),
        ("{% set s = 'ab' %}{% for a in range(end=99) %}{% set_global s = s ~ s %}{% endfor %}", "too much text"),
        ("{% set_global s = 'ab' %}{% for a in range(end=99) %}{% set_global s %}{{ s }}{{ s }}{% endset %}{% endfor %}", "too much text"),
        ("{% component c() %}{{ <c /> }}{% endcomponent %}{{ <c /> }}", "too deep"),
        ("{% component c() %}{{ <c /> }}{{ <c /> }}{{ <c /> }}{% endcomponent %}{{ <c /> }}", "too deep"),
        ("{% for a in range(end=999999) %}0123456789012345678901234567890123456789{% endfor %}", "too much text"),
    ] {
        let said = fault(template);
        assert!(said.contains(expected) && said.contains("templates/report/t.svg"), "{template}\n{said}");
    }
    assert_eq!(fill(Kind::Html, "{% for a in range(start=3, end=0, step_by=-1) %}{{ a }}{% endfor %}", "").unwrap(), "321");
}

#[test]
fn a_page_without_a_policy_gets_one() {
    let page = fill(Kind::Html, "<html><head><title>x</title></head>{{ text }}</html>", "http-equiv=\"Content-Security-Policy\"").unwrap();
    assert!(page.starts_with("<html><head>\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'"), "{page}");
    let own = "<head><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src https:\"></head>";
    assert_eq!(fill(Kind::Html, own, "").unwrap(), own);
}

#[test]
fn partials_are_the_owners_first() {
    let sources = [
        Source::built_in("a", "built in {% include \"_p\" %}"),
        Source::own("_p", "part"),
        Source::own("a", "own {% include \"_p\" %}"),
        Source::own("_draft", "{% broken"),
    ];
    let templates = Templates::compile(&sources, &["a"], Kind::Text).unwrap();
    assert_eq!(templates.fill("a", &json!({}), &[]).unwrap(), "own part");
    let wrong = Templates::compile(&[Source::built_in("a", "{{")], &["a"], Kind::Text).unwrap_err();
    assert!(line(&wrong[0]).starts_with("error: built-in a:1:"), "{wrong:?}");
}

#[test]
fn a_check_tries_every_case_it_can() {
    let sample = json!({"title": "T", "rows": [{"name": "n"}], "note": null});
    let of = |text: &str| check("t", &[Source::own("t", text)], Kind::Html, std::slice::from_ref(&sample), &[]);
    assert_eq!(of("{{ title }}{% for row in rows %}{{ row.name }}{% endfor %}{% if note %}{{ note }}{% endif %}"), []);
    for (template, expected) in [
        ("{% if note %}\n{{ titel }}{% endif %}", "templates/t:2:4: there is no value titel; did you mean title?"),
        ("{% if not rows %}{{ rows | first }}{{ row.name }}{% endif %}", "there is no value row; did you mean rows?"),
        ("{% for row in rows %}{{ row.nam }}{% else %}{{ nix }}{% endfor %}", "there is no field nam; did you mean name?"),
        ("{% if title %}{% else %}{{ 1 / 0 }}{% endif %}", "cannot be filled"),
    ] {
        let said: Vec<String> = of(template).iter().map(line).collect();
        assert!(said.iter().any(|line| line.contains(expected)), "{template}: {said:?}");
    }
    assert_eq!(of("{% if other is defined %}{{ other }}{% endif %}{{ more | default(value='') }}"), []);
}

#[test]
fn every_known_filter_and_test_is_known() {
    for filter in super::fault::FILTERS {
        let said = fill(Kind::Html, &format!("{{{{ text | {filter} }}}}"), "x").map_err(|wrong| line(&wrong));
        assert!(said.as_ref().err().is_none_or(|said| !said.contains("there is no")), "{said:?}");
    }
    for test in super::fault::TESTS {
        let said = fill(Kind::Html, &format!("{{% if text is {test} %}}{{% endif %}}"), "x").map_err(|wrong| line(&wrong));
        assert!(said.as_ref().err().is_none_or(|said| !said.contains("there is no")), "{said:?}");
    }
}
