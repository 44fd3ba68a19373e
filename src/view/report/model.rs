//! What the templates of a report get: a value of every kind, to try templates and to show what each is.

use serde_json::{Value, json};

use super::blocks::{Block, Card, Item, Section};
use super::document;
use super::frame::Frame;
use super::index;
use crate::base::lang::Lang;
use crate::view::chart::{Bar, Chart, Data};
use crate::view::grid::{Field, Grid, col, num};

/// The engine's value of a quarter of the demo book, one item of each list; a test holds it and the engine together.
pub const SAMPLE: &str = include_str!("../../../templates/report/sample.json");

fn report() -> Value {
    serde_json::from_str(SAMPLE).unwrap_or_default()
}

/// A section with every kind of block.
fn sample(lang: Lang) -> Section {
    let mut grid = Grid::new("sample", vec![col("category", lang.pick("类别", "Category")), num("count", lang.pick("件数", "Count"))]);
    grid.rows.push(vec![Field::text(lang.pick("物流", "delivery")), Field::number(9)]);
    let card = Card {
        code: "received",
        label: lang.pick("受理诉求", "Requests received").into(),
        now: Field::number(27),
        before: Field::number(19),
        change: "+8".into(),
        year_ago: Some(Field::number(12)),
        year_ago_change: "+15".into(),
        tone: "good",
    };
    let bar =
        |value: f64, tone| Bar { label: lang.pick("物流", "delivery").into(), value, before: Some(4.0), shown: value.to_string(), tone };
    let chart = |code, about: &str, data| Block::Chart(Chart::new(code, lang.pick("按类别", "By category"), about, ["", ""], data));
    let item = Item {
        title: lang.pick("加固包装", "Pack more firmly").into(),
        text: lang.pick("破损多发", "Breakage is frequent").into(),
        evidence: lang.pick("物流 9 件,上期 4 件", "delivery 9, before 4").into(),
    };
    Section {
        code: "totals",
        title: lang.pick("总量", "Totals").into(),
        blocks: vec![
            Block::Text(vec![lang.pick("本期受理 27 件。", "27 requests were received.").into()]),
            Block::Cards(vec![card]),
            Block::Table { caption: lang.pick("按类别", "By category").into(), grid },
            // told by the table, by a table of its own, by the words beside it
            chart("categories", lang.pick("前十名", "the first ten"), Data::Bars(vec![bar(9.0, "")])),
            chart("grades", "", Data::Columns(vec![bar(7.0, "")])),
            chart("parts", "", Data::Stack(vec![bar(9.0, "good"), bar(1.0, "bad")])),
            Block::Items(vec![item]),
            Block::Note(lang.pick("少于 30 个回答。", "Fewer than 30 answers.").into()),
        ],
    }
}

fn around(lang: Lang) -> Frame {
    let told = |zh: &str, en: &str, value: &str| (lang.pick(zh, en).to_owned(), value.to_owned());
    Frame {
        book: "云雾茶铺".into(),
        currency: "CNY".into(),
        period: "2026Q3".into(),
        range: Some(["2026-07-01".into(), "2026-09-30".into()]),
        previous: Some("2026Q2".into()),
        year_ago: Some("2025Q3".into()),
        as_of: "2026-10-08".into(),
        provenance: vec![told("命令", "Command", "carebook report 2026Q3")],
    }
}

/// What `index.html`, the page over sealed reports, gets.
pub fn index(lang: Lang) -> Value {
    let reading = index::Reading { period: "2026Q3".into(), value: Some(27.0), shown: "27".into() };
    let sealed = index::Sealed {
        period: "2026Q3".into(),
        at: "2026-10-08 09:00".into(),
        by: "小李".into(),
        files: vec![("html".into(), "2026Q3/report.html".into())],
        note: lang.pick("由 2026Q3.2 取代", "replaced by 2026Q3.2").into(),
    };
    let series = vec![index::Series { code: "received", points: vec![reading] }];
    index::values(&index::Index { book: "云雾茶铺".into(), sealed: vec![sealed], series }, "body { }", lang)
}

/// What `section.html` and `section-CODE.html` get.
pub fn section(lang: Lang) -> Value {
    document::section_values(&sample(lang), &around(lang), &report(), lang)
}

/// What `report.html` gets.
pub fn frame(lang: Lang) -> Value {
    let section = sample(lang);
    let filled = json!({"code": section.code, "title": section.title, "body": "<section></section>"});
    document::frame_values(&[filled], &around(lang), "body { }", &report(), lang)
}

/// Every value, by its path or the end of it, with its meaning.
#[cfg(test)]
pub const MEANINGS: &[(&str, &str)] = &[
    ("lang", "the language of the report: `zh-CN` or `en`"),
    ("style", "the text of `report/style.css`; markup of the program's own, written as it is"),
    ("version", "the version of carebook"),
    ("period", "the period as the title has it: its name, or \"all records\""),
    ("running", "book and title for the head of every printed page, written for between the quotes of a style sheet"),
    ("about", "the line under the title: days, comparison, as of, currency"),
    ("provenance[].label", "what the report rests on, as its foot says it: the name of a line"),
    ("provenance[].value", "the line"),
    ("sections[].code", "which section"),
    ("sections[].title", "its title"),
    ("sections[].body", "the section, filled; markup of the program's own, written as it is"),
    ("section.code", "which section"),
    ("section.title", "its title"),
    ("blocks[].kind", "`text`, `cards`, `table`, `chart`, `items` or `note`; the other fields depend on it"),
    ("blocks[].sentences[]", "of `text`: its sentences"),
    ("blocks[].cards[].code", "of `cards`: which figure"),
    ("blocks[].cards[].label", "what it is called"),
    ("blocks[].cards[].now", "the figure, as it is shown"),
    ("blocks[].cards[].before", "of the period before"),
    ("blocks[].cards[].change", "the difference; may be blank"),
    ("blocks[].cards[].year_ago", "of the same period a year ago"),
    ("blocks[].cards[].year_ago_change", "the difference from it; may be blank"),
    ("blocks[].cards[].tone", "whether the change is `good`, `bad` or `even`"),
    ("blocks[].cards[].arrow", "↑, ↓ or → for the change; may be blank"),
    ("blocks[].cards[].year_ago_arrow", "the same for the other change"),
    ("blocks[].before", "of `cards`: whether any is compared with the period before"),
    ("blocks[].year_ago", "of `cards`: whether any is compared with a year ago"),
    ("blocks[].id", "of `table` and `chart`: its name in the page"),
    ("blocks[].rows[][].short", "whether it is short enough to stay on one line"),
    ("blocks[].caption", "of `table`: what it shows"),
    ("blocks[].stack", "whether its rows are stacked on a phone"),
    ("blocks[].columns[].label", "the head of a column"),
    ("blocks[].columns[].right", "whether it stands to the right, as numbers do"),
    ("blocks[].rows[][].text", "a cell"),
    ("blocks[].rows[][].right", "as its column's"),
    ("blocks[].rows[][].label", "the head of its column"),
    ("blocks[].title", "of `chart`: what it shows"),
    ("blocks[].svg", "of `chart`: the picture; markup of the program's own, written as it is"),
    ("blocks[].about", "of `chart`: what to know about it; may be blank"),
    ("blocks[].told_by", "of `chart`: the `id` of the table of this section with the same figures; nothing where there is none"),
    ("blocks[].legend[].label", "of `chart`: a part of the picture; none where it needs no words"),
    ("blocks[].legend[].shown", "its figure"),
    ("blocks[].legend[].tone", "its colour: `good`, `bad` or `even`"),
    ("blocks[].data", "of `chart`: its figures as a table; nothing where a table or the legend tells them"),
    ("data.kind", "`table`, with the fields of one"),
    ("data.id", "its name in the page"),
    ("data.caption", "what it shows"),
    ("data.stack", "whether its rows are stacked on a phone"),
    ("data.columns[].label", "the head of a column"),
    ("data.columns[].right", "whether it stands to the right, as numbers do"),
    ("data.rows[][].text", "a cell"),
    ("data.rows[][].right", "as its column's"),
    ("data.rows[][].label", "the head of its column"),
    ("data.rows[][].short", "whether it is short enough to stay on one line"),
    ("blocks[].items[].title", "of `items`: a suggestion"),
    ("blocks[].items[].text", "what it says"),
    ("blocks[].items[].evidence", "the figures it rests on"),
    ("blocks[].text", "of `note`: small print"),
    ("t.title", "words of the frame, in the report's language: the heading"),
    ("t.compared", "\"compared with\""),
    ("t.everything", "\"all records\""),
    ("t.as_of", "\"as of\""),
    ("t.before", "\"before\""),
    ("t.contents", "\"Contents\""),
    ("t.currency", "\"currency\""),
    ("t.figure", "\"Figure\""),
    ("t.now", "\"Now\""),
    ("t.change", "\"Change\""),
    ("t.year_ago", "\"a year ago\""),
    ("t.change_year", "\"Change on a year ago\""),
    ("t.before_head", "\"Before\", over a column"),
    ("t.year_ago_head", "\"A year ago\", over a column"),
    ("t.data", "\"Figures\", over the table under a chart"),
    ("t.skip", "\"Skip to the report\""),
    ("t.rests_on", "\"What it rests on\""),
    ("t.made_by", "\"made by carebook\", before the version"),
    ("t.made_by_end", "what Chinese says behind the version; blank in English"),
    ("report.book", "the book's name; may be blank"),
    ("report.currency", "of all amounts"),
    ("report.as_of", "the day it was made for"),
    ("period.name", "the period"),
    ("period.from", "its first day; nothing for all records"),
    ("period.to", "its last day; nothing for all records"),
    ("previous.name", "the period before; `report.previous` is nothing where it is not compared"),
    ("previous.from", "its first day"),
    ("previous.to", "its last day"),
    ("year_ago.name", "the same period a year ago; `report.year_ago` is nothing where it is not compared"),
    ("year_ago.from", "its first day"),
    ("year_ago.to", "its last day"),
    ("code", "which figure; docs/rules.md, Reports, defines each"),
    ("now", "the figure; nothing where there are no data. Shares are percent, times seconds, amounts text"),
    ("before", "the same of the period before, else nothing"),
    ("year_ago", "the same of a year ago, else nothing"),
    ("key", "the category's own text, or a code; blank for requests without"),
    ("count", "how many"),
    ("share", "percent"),
    ("share_before", "percent in the period before, else nothing"),
    ("share_year_ago", "percent a year ago, else nothing"),
    ("due[].code", "how requests stand with their due times"),
    ("requests", "how many requests"),
    ("resolved", "how many of them are resolved"),
    ("median", "median handling time in seconds, else nothing"),
    ("on_time", "percent of those with a due time that were on time, else nothing"),
    ("handlers[].feedback", "mean of the grades, else nothing"),
    ("handlers[].name", "a member of staff"),
    ("category", "the category"),
    ("complaints", "how many of them are complaints"),
    ("causes[].text", "a root cause"),
    ("solutions[].text", "a measure"),
    ("knowledge.id", "the entry of the knowledge base used most; `knowledge` is nothing where there is none"),
    ("knowledge.title", "its title"),
    ("customer", "the customer's id"),
    ("name", "the customer's name"),
    ("without_category", "requests without a category"),
    ("without_customer", "requests without a customer of the archive"),
    ("complaints_resolved", "complaints that are resolved"),
    ("complaints_without_cause", "those of them without a root cause"),
    ("n", "how many answered"),
    ("mean", "the mean"),
    ("value", "percent; of NPS points"),
    ("low", "lower end of the 95 % interval"),
    ("high", "upper end of it"),
    ("boxes", "how many of the best grades the share counts"),
    ("min", "the worst grade"),
    ("max", "the best grade"),
    ("distribution[]", "how many gave each grade, the worst first"),
    ("small", "fewer than 30 answers"),
    ("surveys[].name", "the survey"),
    ("responses", "its responses in the period"),
    ("promoters", "9 or 10"),
    ("passives", "7 or 8"),
    ("detractors", "0 to 6"),
    ("low[].customer", "the customer's name"),
    ("notes[].customer", "the customer's name"),
    ("low[].source", "the request or the response"),
    ("low[].text", "what the customer said"),
    ("tier", "the tier; blank: not yet rated"),
    ("customers", "how many customers"),
    ("from", "the tier before; blank: none"),
    ("to", "the tier now"),
    ("direction", "`up`, `down`, `same` or `new`"),
    ("on", "from which day"),
    ("reasons", "why"),
    ("up", "how many went up"),
    ("down", "how many went down"),
    ("new", "how many were rated for the first time"),
    ("notes[].revisit", "the revisit"),
    ("needs", "what the customer needs"),
    ("notes[].suggestions", "what the customer suggests"),
    ("notes[].problems", "what troubles the customer"),
    ("outcome", "what came of it"),
    ("suggestions[].rule", "the rule behind the suggestion"),
    ("suggestions[].about", "what it is about, such as a category; may be blank"),
    ("figure", "the figure that made it"),
    ("limit", "what it is held against, else nothing"),
    ("rows[].key", "what the row is of: a code, a name, or the text as it was written"),
    ("figures[].code", "which figure; docs/rules.md, Reports, defines each"),
    ("left_out", "how many more there are than the list has rows"),
    ("reopened[].request", "the request"),
    ("reopened[].times", "how often it was reopened"),
    ("reopened[].stage", "where it stands now, as a code"),
    ("again[].now", "complaints in this category in the period"),
    ("again[].before", "complaints in it in the period before"),
    ("imports[].batch", "the import"),
    ("imports[].on", "on which day"),
    ("imports[].table", "into which table"),
    ("imports[].file", "the file that was read"),
    ("imports[].new", "rows that were new"),
    ("imports[].updated", "rows that changed a record"),
    ("imports[].unchanged", "rows that changed nothing"),
    ("imports[].rejected", "rows that were rejected"),
    ("ces.min", "the lowest answer there is"),
    ("ces.max", "the highest"),
    ("ces_before.min", "the lowest answer there is"),
    ("ces_before.max", "the highest"),
    ("ces_year_ago.min", "the lowest answer there is"),
    ("ces_year_ago.max", "the highest"),
    ("ces.distribution[]", "how many gave each answer, the lowest first"),
    ("ces_before.distribution[]", "how many gave each answer, the lowest first"),
    ("ces_year_ago.distribution[]", "how many gave each answer, the lowest first"),
    ("themes[].code", "the theme; blank: none"),
    ("themes[].comments", "comments with it"),
    ("themes[].low", "how many of them are from dissatisfied customers"),
    ("themes[].source", "the request or the response that is quoted"),
    ("themes[].quote", "what the customer said"),
    ("at_risk[].class", "`silent` or `lost`"),
    ("at_risk[].since", "since when"),
    ("at_risk[].last", "the last sign of life"),
    ("at_risk[].value", "the value at risk; docs/rules.md, Lifecycle, defines it"),
    ("overdue[].revisit", "the revisit"),
    ("overdue[].due", "the day it was planned for"),
    ("overdue[].days_late", "how many days ago that was"),
    ("overdue[].staff", "who was to do it; may be blank"),
    ("provenance.log_row", "the last row of the log that the records tell of; 0: none"),
    ("provenance.chain", "the chain of that row: the digest of all rows up to it"),
    ("provenance.hand_edits", "files were edited by hand since, and the log does not tell it yet"),
    ("provenance.rules[].name", "a document of rules"),
    ("provenance.rules[].version", "the head of its SHA-256, or `built-in`"),
    ("provenance.version", "the version of carebook"),
    ("provenance.command", "the command that gives the report again"),
];

/// The same for the page over sealed reports.
#[cfg(test)]
pub const INDEX_MEANINGS: &[(&str, &str)] = &[
    ("lang", "the language of the page: `zh-CN` or `en`"),
    ("style", "the text of `report/style.css`; markup of the program's own, written as it is"),
    ("book", "the book's name; may be blank"),
    ("title", "the heading"),
    ("running", "book and title for the head of every printed page, written for between the quotes of a style sheet"),
    ("sealed[].period", "a sealed report, the newest first: its period"),
    ("sealed[].sealed_at", "when it was sealed"),
    ("sealed[].by", "by whom"),
    ("sealed[].files[].label", "one of its files: which format"),
    ("sealed[].files[].href", "its place, from the page"),
    ("sealed[].note", "such as which seal took its place; may be blank"),
    ("figures[].code", "a main figure over the periods"),
    ("figures[].label", "what it is called"),
    ("figures[].latest", "the last period that has it, and the figure"),
    ("figures[].svg", "its curve; markup of the program's own, written as it is"),
    ("figures[].rows[].period", "a period"),
    ("figures[].rows[].shown", "the figure of the period"),
    ("figures[].cells[]", "the figure of each of `periods`; blank where there is none"),
    ("periods[]", "the periods of all figures"),
    ("t.title", "words, in the language of the page: \"Customer service report\""),
    ("t.compared", "\"compared with\""),
    ("t.everything", "\"all records\""),
    ("t.as_of", "\"as of\""),
    ("t.before", "\"before\""),
    ("t.contents", "\"Contents\""),
    ("t.currency", "\"currency\""),
    ("t.figure", "\"Figure\""),
    ("t.now", "\"Now\""),
    ("t.change", "\"Change\""),
    ("t.year_ago", "\"a year ago\""),
    ("t.change_year", "\"Change on a year ago\""),
    ("t.before_head", "\"Before\", over a column"),
    ("t.year_ago_head", "\"A year ago\", over a column"),
    ("t.data", "\"Figures\""),
    ("t.skip", "\"Skip to the report\""),
    ("t.rests_on", "\"What it rests on\""),
    ("t.made_by", "\"made by carebook\", before the version"),
    ("t.made_by_end", "what Chinese says behind the version; blank in English"),
    ("t.reports", "\"Sealed reports\""),
    ("t.period", "\"Period\""),
    ("t.sealed_at", "\"Sealed\""),
    ("t.by", "\"By\""),
    ("t.files", "\"Files\""),
    ("t.note", "\"Note\""),
    ("t.trends", "\"The main figures over time\""),
    ("t.none", "what stands there while nothing is sealed"),
    ("version", "the version of carebook"),
];
