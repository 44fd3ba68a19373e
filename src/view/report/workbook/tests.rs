//! What stands in the workbook of a report.

use std::io::{Cursor, Read};

use super::write;
use crate::base::lang::Lang;
use crate::view::report::blocks::{Block, Section};
use crate::view::report::frame::Frame;
use crate::view::report::tables::example;

fn frame() -> Frame {
    Frame {
        book: "R&D 茶铺".into(),
        period: "2026Q3".into(),
        currency: "CNY".into(),
        as_of: "2026-10-08".into(),
        provenance: vec![("digest".into(), "=1+1".into())],
        ..Frame::default()
    }
}

fn sections() -> Vec<Section> {
    let summary =
        Section { code: "summary", title: "摘要".into(), blocks: vec![Block::Text(vec!["本期受理诉求 3 件。".into()])] };
    vec![summary, example(Lang::Zh), example(Lang::Zh)]
}

fn made() -> chrono::NaiveDateTime {
    chrono::NaiveDateTime::parse_from_str("2026-10-08 09:00:00", "%Y-%m-%d %H:%M:%S").unwrap()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn cells_are_what_they_are() {
    let bytes = write(&sections(), &frame(), Lang::Zh, made()).unwrap();
    let sheet = part(&bytes, "xl/worksheets/sheet2.xml");
    for held in ["<v>1234</v>", "<v>-123.45</v>", "<v>0.873</v>", "<v>2.5</v>", "<v>3.77</v>", "<v>-16.7</v>", "<v>1.5</v>"] {
        assert!(sheet.contains(held), "{held} in {sheet}");
    }
    assert!(!sheet.contains("<f>"), "a formula");
    let styles = part(&bytes, "xl/styles.xml");
    for code in [
        "#,##0",
        "[$CNY] #,##0.00;-[$CNY] #,##0.00",
        "0.0%",
        "+0.0&quot; 个百分点&quot;;-0.0&quot; 个百分点&quot;;&quot;±&quot;0.0&quot; 个百分点&quot;",
    ] {
        assert!(styles.contains(&format!("formatCode=\"{code}\"")) || code == "#,##0", "{code} in {styles}");
    }
    let texts = part(&bytes, "xl/sharedStrings.xml");
    assert!(texts.contains("=1+1 &lt;b&gt;&amp;\\u{202e}") && texts.contains("时长 (小时)"), "{texts}");
}

#[test]
fn charts_draw_cells_and_are_named() {
    let bytes = write(&sections(), &frame(), Lang::Zh, made()).unwrap();
    let charts: Vec<String> = (1..=5).map(|n| part(&bytes, &format!("xl/charts/chart{n}.xml"))).collect();
    assert!(charts[0].contains("barDir val=\"bar\"") && charts[0].contains("各类别诉求数") && charts[0].contains("件数"), "{}", charts[0]);
    // the table that tells it: now and before
    assert_eq!(charts[0].matches("<c:ser>").count(), 2);
    assert!(charts[0].contains("'示例 -x-'!$B$") && charts[0].contains("'示例 -x-'!$C$"), "{}", charts[0]);
    assert!(
        charts[1].contains("barDir val=\"col\"") && charts[4].contains("<c:lineChart>") && charts[4].contains("dispBlanksAs val=\"gap\"")
    );
    assert!(charts[2].contains("B3261E"), "grades have their colours");
}

#[test]
fn the_first_sheet_links_and_every_sheet_prints() {
    let bytes = write(&sections(), &frame(), Lang::Zh, made()).unwrap();
    let first = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(first.contains("location=\"'示例 -x-'!A1\"") && first.contains("location=\"'示例 -x--2'!A1\""), "{first}");
    for n in 1..=3 {
        let sheet = part(&bytes, &format!("xl/worksheets/sheet{n}.xml"));
        assert!(
            sheet.contains("paperSize=\"9\"") && sheet.contains("orientation=\"landscape\"") && sheet.contains("fitToHeight=\"0\""),
            "{sheet}"
        );
        assert!(
            sheet.contains("R&amp;&amp;D 茶铺") && sheet.contains("&amp;P / &amp;N") && sheet.contains("numberStoredAsText=\"1\""),
            "{sheet}"
        );
    }
}

#[test]
fn the_same_report_is_the_same_bytes() {
    assert_eq!(write(&sections(), &frame(), Lang::En, made()).unwrap(), write(&sections(), &frame(), Lang::En, made()).unwrap());
}

#[test]
fn a_note_stands_beneath_its_table_and_few_answers_are_marked() {
    use crate::engine::report::figure::count;
    use crate::view::grid::{Field, Grid, col, num};
    let table = |name: &str| {
        let mut grid = Grid::new("carebook.test.v1", vec![col("name", "N"), num("n", "份数")]);
        grid.rows.push(vec![Field::text(name), Field::measured("7 (样本少)", count(7))]);
        Block::Table { caption: format!("表 {name}"), grid }
    };
    let blocks = vec![table("甲"), Block::Note("另有 3 行未列出。".into()), table("乙")];
    let bytes = write(&[Section { code: "staff", title: "员工".into(), blocks }], &frame(), Lang::Zh, made()).unwrap();
    let (texts, sheet) = (part(&bytes, "xl/sharedStrings.xml"), part(&bytes, "xl/worksheets/sheet2.xml"));
    let at = |text: &str| texts.find(&format!(">{text}<")).unwrap_or_else(|| panic!("{text} in {texts}"));
    assert!(at("甲") < at("另有 3 行未列出。") && at("另有 3 行未列出。") < at("乙"), "in the order of the cells");
    assert!(sheet.contains("<v>7</v>"), "still a number: {sheet}");
    let styles = part(&bytes, "xl/styles.xml");
    assert!(styles.contains("formatCode=\"#,##0&quot; (样本少)&quot;\""), "{styles}");
}

#[test]
fn names_of_sheets_are_whole() {
    for (code, _) in crate::view::report::sections::SECTIONS {
        for lang in [Lang::Zh, Lang::En] {
            let title = crate::view::report::words::section(code, lang);
            assert!(crate::view::report::words::short_section(code, title, lang).chars().count() <= 31, "{title}");
        }
    }
}
