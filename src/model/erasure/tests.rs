use std::collections::HashSet;

use super::{Erasure, Nature, SIDES, Traces, nature, pseudonym, wordless};
use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::model::log::LogRow;
use crate::model::survey_question::{Choice, Kind, Question};
use crate::model::table::ALL;

#[test]
fn every_column_of_every_table_is_on_one_side() {
    for table in ALL {
        let sides = SIDES.iter().find(|sides| sides.table == table.word.code);
        let sides = sides.unwrap_or_else(|| panic!("{}: decide what an erasure does with it", table.word.code));
        let listed = || sides.named.iter().chain(sides.personal).chain(sides.kept);
        for column in table.columns {
            let times = listed().filter(|code| **code == column.word.code).count();
            assert_eq!(times, 1, "{}.{}: personal, or kept for the statistics?", table.word.code, column.word.code);
            // what goes must be able to go
            let goes = nature(table.word.code, column.word.code) != Nature::Kept;
            assert!(!goes || column.optional, "{}.{} cannot be blank", table.word.code, column.word.code);
        }
        assert!(listed().all(|code| table.position(code).is_some()), "{}: a column that is none", table.word.code);
    }
    assert_eq!(SIDES.len(), ALL.len());
}

/// The docs have the same lists.
#[test]
fn the_docs_tell_what_goes() {
    let docs = include_str!("../../../docs/rules.md");
    for sides in SIDES.iter().filter(|sides| sides.table != "log") {
        for column in sides.named.iter().chain(sides.personal) {
            let line = docs.lines().find(|line| line.starts_with(&format!("| `{}` |", sides.table)) && line.contains("erasure"));
            let line = line.unwrap_or_else(|| panic!("docs/rules.md has no line of {}", sides.table));
            assert!(line.contains(&format!("`{column}`")), "docs/rules.md: {}.{column}", sides.table);
        }
    }
}

fn erasure() -> Erasure {
    let question = |code: &str, kind, options: &[&str]| Question {
        kind,
        options: options.iter().map(|label| Choice::named(*label)).collect(),
        ..Question::plain(code, code)
    };
    let asked = [
        question("q1", Some(Kind::Single), &["茶", "其他"]),
        question("q2", Some(Kind::Text), &[]),
        question("q3", Some(Kind::Multi), &["茶", "水"]),
    ];
    let questions = asked.into_iter().map(|question| (("s".to_owned(), question.code.clone(), String::new()), question)).collect();
    let records = [("customers", vec!["C1"]), ("requests", vec!["R1"]), ("tiers", vec!["C1 2026-10-01"])];
    let of = |keys: Vec<&str>| keys.into_iter().map(|key| (key.to_owned(), "C1".to_owned())).collect();
    Erasure {
        ids: vec!["C1".into()],
        lang: Lang::Zh,
        phrases: HashSet::from(["已补发".to_owned()]),
        questions,
        records: records.into_iter().map(|(table, keys)| (table, of(keys))).collect(),
        ..Erasure::default()
    }
}

fn instead(table: &str, column: &str, text: &str, others: &[(&str, &str)]) -> String {
    let other = |name: &str| others.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text).to_owned();
    erasure().instead(table, column, text, "C1", &other).unwrap_or_else(|| text.to_owned())
}

#[test]
fn what_stands_in_place_of_a_cell() {
    let name = pseudonym("C1", Lang::Zh);
    let plain = [
        ("customers", "name", "王芳", name.as_str()),
        ("customers", "name", name.as_str(), name.as_str()),
        ("customers", "phone", "138", ""),
        ("customers", "region", "城西", "城西"),
        ("requests", "customer_name", "王芳", name.as_str()),
        ("requests", "customer_name", "", ""),
        ("requests", "content", "漏水", ""),
        ("requests", "cause", "包装", "包装"),
        // the shop's own words, and what nobody else was told
        ("requests", "result", "已补发", "已补发"),
        ("requests", "measures", "已补发 ", "已补发 "),
        ("requests", "measures", "上门向王女士道歉", ""),
        ("requests", "result", "超出受理范围: 邻居的事", "超出受理范围: "),
        ("interactions", "contact", "P0001", "P0001"),
        ("interactions", "contact", "王芳的先生", ""),
        ("unheard", "of", "x", ""),
    ];
    for (table, column, text, expected) in plain {
        assert_eq!(instead(table, column, text, &[]), expected, "{table}.{column} {text}");
    }
    assert_eq!(instead("tiers", "reasons", "得分 76.8", &[("by", "rule")]), "得分 76.8");
    assert_eq!(instead("tiers", "reasons", "老板的同学", &[("by", "manual")]), "");
    let answer = |question: &str, sub: &str, value: &str, raw: &str| {
        instead("answers", "raw", raw, &[("survey", "s"), ("question", question), ("sub", sub), ("value", value)])
    };
    assert_eq!(answer("q1", "", "", "茶"), "茶");
    assert_eq!(answer("q1", "", "", "其他〖王芳推荐〗"), "其他");
    assert_eq!(answer("q1", "", "", "问我先生"), wordless(Lang::Zh));
    assert_eq!(answer("q2", "", "", "我叫王芳"), wordless(Lang::Zh));
    assert_eq!(answer("q3", "茶", "", "茶〖浓的〗"), "茶");
    assert_eq!(answer("q3", "茶", "", "1"), "1");
    assert_eq!(answer("q9", "", "", "我叫王芳"), wordless(Lang::Zh));
    assert_eq!(answer("q9", "", "", wordless(Lang::Zh)), wordless(Lang::Zh));
}

fn row(table: &str, id: &str, action: &str, before: &str, after: &str, note: &str) -> LogRow {
    let at = Instant::from_utc(chrono::DateTime::UNIX_EPOCH);
    let text = str::to_owned;
    LogRow {
        seq: 3,
        recorded_at: at,
        at,
        actor: text("me"),
        action: text(action),
        table: text(table),
        id: text(id),
        before: text(before),
        after: text(after),
        note: text(note),
        salt: text("s"),
        digest: text("d"),
        chain: text("c"),
    }
}

#[test]
fn a_row_of_the_log_keeps_its_fields_and_loses_what_is_personal() {
    let erasure = erasure();
    let left = |row: &LogRow| erasure.whose(row).and_then(|whose| erasure.redacted(row, whose));
    let edit = row(
        "customers",
        "C1",
        "edit",
        r#"{"phone":"1","region":"A","x.shop":"w"}"#,
        r#"{"phone":"2","region":"B","x.shop":null}"#,
        "moved",
    );
    let bare = left(&edit).unwrap();
    assert_eq!(bare.before, r#"{"phone":null,"region":"A","x.shop":null}"#);
    assert_eq!((bare.after.as_str(), bare.note.as_str(), bare.salt.as_str()), (r#"{"phone":null,"region":"B","x.shop":null}"#, "", ""));
    assert_eq!((bare.digest, bare.chain), (edit.digest, edit.chain));
    // a second time there is nothing to do
    assert_eq!(left(&LogRow { before: bare.before, after: bare.after, note: bare.note, ..edit_of("C1") }), None);
    // nothing personal in it; somebody else's; an import, which stands for many
    assert_eq!(left(&row("requests", "R1", "start", r#"{"stage":"assigned"}"#, r#"{"stage":"in_progress"}"#, "")), None);
    assert_eq!(left(&row("requests", "R2", "note", r#"{"measures":""}"#, r#"{"measures":"x"}"#, "")), None);
    assert_eq!(left(&row("requests", "B3", "import", "", r#"{"file":"a.csv"}"#, "")), None);
    // the note of an undo says which row it takes back
    assert_eq!(left(&row("requests", "R1", "undo", r#"{"stage":"a"}"#, r#"{"stage":"b"}"#, "2 start")), None);
    // a record that is in no table any more, but said whose it was
    let gone = left(&row("contacts", "P1", "remove", r#"{"id":"P1","customer":"C1","name":"李雷"}"#, "", "")).unwrap();
    assert_eq!(gone.before, r#"{"id":"P1","customer":"C1","name":null}"#);
    let named = left(&row("customers", "C1", "add", "", r#"{"id":"C1","name":"王芳"}"#, "")).unwrap();
    assert_eq!(named.after, r#"{"id":"C1","name":"已抹除客户 C1"}"#);
    assert_eq!(left(&row("customers", "C1", "erase", r#"{"status":null}"#, r#"{"status":"erased"}"#, "asked")), None);
}

fn edit_of(id: &str) -> LogRow {
    row("customers", id, "edit", "", "", "")
}

#[test]
fn traces_are_found_as_whole_words_and_short_ones_are_none() {
    let mut traces = Traces::default();
    let cells = [("name", "Ann"), ("phone", "138-0013-8000; 0571 8888"), ("email", "a@b.cn"), ("contact", "李"), ("address", "Mill Lane")];
    traces.add("customers", &|column| cells.iter().find(|(known, _)| *known == column).map_or("", |(_, text)| text).to_owned());
    for text in ["to Ann.", "13800138000057188 88 13800138000", "write to a@b.cn", "x 138-0013-8000", "Mill Lane 3"] {
        assert!(traces.is_in(text) || text.starts_with("138"), "{text}");
    }
    for text in ["annual", "Annual report", "李雷", "0571", "a@b.cnx"] {
        assert!(!traces.is_in(text), "{text}");
    }
    assert_eq!(traces.lines("a\nAnn\nb\nMill Lane"), [2, 4]);
    traces.leave_out(&["Erased customer Ann".to_owned()]);
    assert!(!traces.is_in("to Ann."));
}
