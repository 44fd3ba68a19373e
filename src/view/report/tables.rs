//! Sections as tables alone, for formats that hold nothing else: one CSV each, and the tables of a workbook's sheets.

use super::blocks::{Block, Card, Item, Section, compared};
use super::frame::Frame;
use crate::base::lang::Lang;
use crate::base::money::Money;
use crate::engine::report::figure::Number;
use crate::view::chart::Chart;
use crate::view::grid::{Col, Field, Grid, col, num};

/// A table of a section.
pub struct Tabled<'a> {
    /// Names it within its section, whatever the data are.
    pub code: String,
    pub caption: String,
    pub grid: Grid,
    /// The charts it tells, with the columns they draw (now, before).
    pub charts: Vec<(&'a Chart, (usize, Option<usize>))>,
    /// Whether it is there only because of its chart.
    pub of_chart: bool,
    /// What is said beneath it, such as how many rows it was too short for.
    pub notes: Vec<String>,
}

/// The tables of a section in its order. A chart that no table tells is one itself.
pub fn tables(section: &Section, lang: Lang) -> Vec<Tabled<'_>> {
    let mut tables: Vec<(usize, Tabled<'_>)> = Vec::new();
    let plain =
        |code: String, caption: String, grid| Tabled { code, caption, grid, charts: Vec::new(), of_chart: false, notes: Vec::new() };
    for (at, block) in section.blocks.iter().enumerate() {
        match block {
            Block::Cards(cards) => tables.push((at, plain("figures".into(), lang.pick("指标", "Figures").into(), figures(cards, lang)))),
            Block::Table { caption, grid } => tables.push((at, plain(code(section.code, grid), caption.clone(), grid.clone()))),
            Block::Items(items) => tables.push((at, plain("items".into(), section.title.clone(), listed(items, lang)))),
            Block::Chart(chart) if section.told_by(chart).is_none() => {
                let grid = chart.grid(lang);
                let columns = (1, (grid.columns.len() > 2).then_some(2));
                let caption = chart.title.clone();
                tables.push((at, Tabled { charts: vec![(chart, columns)], of_chart: true, ..plain(chart.code.into(), caption, grid) }));
            }
            Block::Note(text) => {
                if let Some((_, above)) = tables.last_mut() {
                    above.notes.push(text.clone());
                }
            }
            Block::Chart(_) | Block::Text(_) => {}
        }
    }
    for block in &section.blocks {
        let Block::Chart(chart) = block else { continue };
        let Some((position, columns)) = section.told_by(chart) else { continue };
        if let Some((_, table)) = tables.iter_mut().find(|(at, _)| *at == position) {
            table.charts.push((chart, columns));
        }
    }
    tables.into_iter().map(|(_, table)| table).collect()
}

/// A table's name: its schema's, or its first column's where the schema is the section's own.
fn code(section: &str, grid: &Grid) -> String {
    let schema = grid.schema.split('.').nth(1).unwrap_or_default();
    let schema = schema.strip_prefix("report_").unwrap_or(schema);
    let first = grid.columns.first().map_or("", |column| column.code.as_str());
    let code = if schema == section { first } else { schema };
    code.replace('_', "-")
}

/// Figures as a table: each beside the ones it is compared with, columns only where something is.
pub fn figures(cards: &[Card], lang: Lang) -> Grid {
    let before = compared(cards);
    let year_ago = cards.iter().any(|card| card.year_ago.is_some());
    let mut columns = vec![col("figure", lang.pick("指标", "Figure")), num("now", lang.pick("本期", "Now"))];
    if before {
        columns.extend([num("before", lang.pick("上期", "Before")), num("change", lang.pick("变化", "Change"))]);
    }
    if year_ago {
        columns.extend([
            num("year_ago", lang.pick("去年同期", "A year ago")),
            num("year_ago_change", lang.pick("同比", "Change on a year ago")),
        ]);
    }
    let mut grid = Grid::new("carebook.report_figures.v1", columns);
    let row = |card: &Card| {
        let mut row = vec![Field::coded(card.label.clone(), card.code), card.now.clone()];
        if before {
            row.extend([card.before.clone(), changed(&card.change, &card.now, Some(&card.before))]);
        }
        if year_ago {
            let then = card.year_ago.clone().unwrap_or_else(Field::blank);
            row.extend([then, changed(&card.year_ago_change, &card.now, card.year_ago.as_ref())]);
        }
        row
    };
    grid.rows = cards.iter().map(row).collect();
    grid
}

/// The change as it is worded, and as a number of its own kind.
fn changed(shown: &str, now: &Field, then: Option<&Field>) -> Field {
    let difference = now.number.zip(then.and_then(|then| then.number)).and_then(|(now, then)| match (now, then) {
        (Number::Count(a), Number::Count(b)) => Some(Number::Count(a - b)),
        (Number::Money(a, digits), Number::Money(b, _)) => Some(Number::Money(a - b, digits)),
        // of two shares the difference is in points, not per cent
        (Number::Percent(a), Number::Percent(b)) | (Number::Points(a), Number::Points(b)) => Some(Number::Points(a - b)),
        (Number::Seconds(a), Number::Seconds(b)) => Some(Number::Seconds(a - b)),
        (Number::Grade(a, most), Number::Grade(b, _)) => Some(Number::Grade(a - b, most)),
        _ => None,
    });
    difference.filter(|_| !shown.is_empty()).map_or_else(|| Field::text(shown), |number| Field::measured(shown, number))
}

fn listed(items: &[Item], lang: Lang) -> Grid {
    let columns = [("title", lang.pick("标题", "Title")), ("text", lang.pick("内容", "Text")), ("evidence", lang.pick("依据", "Evidence"))];
    let mut grid = Grid::new("carebook.report_items.v1", columns.map(|(code, label)| col(code, label)).to_vec());
    grid.rows = items.iter().map(|item| [&item.title, &item.text, &item.evidence].map(|text| Field::text(text.clone())).to_vec()).collect();
    grid
}

/// A file for each table, and one for the figures of all sections: names without their endings.
pub fn files(sections: &[Section], frame: &Frame, lang: Lang) -> Vec<(String, Grid)> {
    let mut files = vec![(format!("{}-figures", frame.period), all_figures(sections, lang))];
    for section in sections {
        for table in tables(section, lang).into_iter().filter(|table| table.code != "figures") {
            let name = format!("{}-{}-{}", frame.period, section.code, table.code);
            if table.of_chart {
                // several pictures of one kind are one file, which says whose each row is
                let grid = of_chart(&table);
                match files.iter_mut().find(|(other, known)| *other == name && known.columns == grid.columns) {
                    Some((_, known)) => known.rows.extend(grid.rows),
                    None => files.push((name, grid)),
                }
                continue;
            }
            let taken = |name: &String| files.iter().any(|(other, _)| other == name);
            let free = (2..100).map(|n| format!("{name}-{n}")).find(|name| !taken(name)).filter(|_| taken(&name));
            files.push((free.unwrap_or(name), table.grid));
        }
    }
    files
}

/// A chart's table with its title in every row.
fn of_chart(table: &Tabled<'_>) -> Grid {
    let mut grid = table.grid.clone();
    grid.columns.insert(0, col("chart", ""));
    for row in &mut grid.rows {
        row.insert(0, Field::text(table.caption.clone()));
    }
    grid
}

/// The figures of all sections, each with what it measures.
fn all_figures(sections: &[Section], lang: Lang) -> Grid {
    let columns: Vec<Col> = vec![
        col("section", lang.pick("部分", "Section")),
        col("figure", lang.pick("指标", "Figure")),
        col("unit", lang.pick("单位", "Unit")),
        num("now", lang.pick("本期", "Now")),
        num("before", lang.pick("上期", "Before")),
        num("year_ago", lang.pick("去年同期", "A year ago")),
    ];
    let mut grid = Grid::new("carebook.report_figures.v1", columns);
    for section in sections {
        let cards = section.blocks.iter().filter_map(|block| if let Block::Cards(cards) = block { Some(cards) } else { None });
        for card in cards.flatten() {
            let any = card.now.number.or(card.before.number).or_else(|| card.year_ago.as_ref()?.number).unwrap_or_else(|| kind(card.code));
            grid.rows.push(vec![
                Field::text(section.code),
                Field::coded(card.label.clone(), card.code),
                Field::text(unit(any)),
                card.now.clone(),
                card.before.clone(),
                card.year_ago.clone().unwrap_or_else(Field::blank),
            ]);
        }
    }
    grid
}

/// What a figure is, of which no number tells it: one of its kind.
pub fn kind(code: &str) -> Number {
    match code {
        "net" | "refunds" | "costs" | "silent_value" | "lost_value" => Number::Money(Money(0), 0),
        "revisit_satisfaction" | "feedback" => Number::Grade(0.0, 5),
        "nps" => Number::Points(0.0),
        "coverage" | "all_kept" | "caused" => Number::Percent(0.0),
        code if code.ends_with("_rate") || code.ends_with("_on_time") => Number::Percent(0.0),
        code if code.ends_with("_time") => Number::Seconds(0.0),
        _ => Number::Count(0),
    }
}

/// What a number counts, as machines are told.
fn unit(number: Number) -> &'static str {
    match number {
        Number::Count(_) => "count",
        Number::Money(..) => "money",
        Number::Percent(_) => "percent",
        Number::Seconds(_) => "seconds",
        Number::Grade(..) => "grade",
        Number::Points(_) => "points",
    }
}

/// A section of every kind of block, for the tests of the formats.
#[cfg(test)]
pub fn example(lang: Lang) -> Section {
    use crate::engine::report::figure::count;
    use crate::view::chart::{Bar, Data, Point};
    use crate::view::report::words;
    let shown = |number: Number| Field::measured(words::number(number, lang), number);
    let card = |code: &'static str, now: Number, before: Number| Card {
        code,
        label: words::figure(code, lang).to_owned(),
        now: shown(now),
        before: shown(before),
        change: words::change(now, before, lang),
        year_ago: Some(Field::coded("–", serde_json::Value::Null)),
        year_ago_change: String::new(),
        tone: "good",
    };
    let bar = |label: &str, value: f64, tone| Bar { label: label.into(), value, before: None, shown: format!("{value} · 50.0 %"), tone };
    let compared = |label: &str, value, before| Bar { before: Some(before), ..bar(label, value, "") };
    let mut grid = Grid::new(
        "carebook.report_shares.v1",
        vec![col("category", "类别"), num("count", "件数"), num("before", "上期"), num("median", "时长")],
    );
    let row = |key: &str, numbers: [usize; 2]| {
        vec![Field::text(key), shown(count(numbers[0])), shown(count(numbers[1])), shown(Number::Seconds(5400.0))]
    };
    grid.rows = vec![row("物流", [3, 1]), row("=1+1 <b>&\u{202e}", [1, 2])];
    let bars = vec![compared("物流", 3.0, 1.0), compared("=1+1 <b>&\u{202e}", 1.0, 2.0)];
    let point = |label: &str, field: Field| Point { label: label.into(), field };
    let line = vec![
        point("2026Q1", shown(count(3))),
        point("2026Q2", Field::coded("–", serde_json::Value::Null)),
        point("2026Q3", shown(count(5))),
    ];
    let money = |minor: i128| Number::Money(Money(minor), 2);
    Section {
        code: "example",
        title: "示例 [x]".into(),
        blocks: vec![
            Block::Text(vec!["本期受理诉求 3 件,其中投诉 1 件;已解决 2 件,未结 1 件。 <script>x</script>".into()]),
            Block::Cards(vec![
                card("received", count(1234), count(1200)),
                card("net", money(-12_345), money(100)),
                card("resolution_rate", Number::Percent(87.3), Number::Percent(90.0)),
                card("median_time", Number::Seconds(9000.0), Number::Seconds(12600.0)),
                card("feedback", Number::Grade(3.77, 5), Number::Grade(3.87, 5)),
                card("nps", Number::Points(-16.7), Number::Points(-20.0)),
            ]),
            Block::Chart(Chart::new("categories", "各类别诉求数", "细条为上期", ["类别", "件数"], Data::Bars(bars))),
            Block::Table { caption: "按类别".into(), grid },
            Block::Chart(Chart::new(
                "customers",
                "各等级客户数",
                "",
                ["等级", "客户数"],
                Data::Columns(vec![bar("A", 2.0, ""), bar("B", 2.0, "")]),
            )),
            Block::Chart(Chart::new(
                "grades",
                "诉求评分",
                "",
                ["评分", "份数"],
                Data::Stack(vec![bar("不满意", 1.0, "a"), bar("满意", 1.0, "e")]),
            )),
            Block::Chart(Chart::new(
                "grades",
                "问卷",
                "",
                ["评分", "份数"],
                Data::Stack(vec![bar("不满意", 0.0, "a"), bar("满意", 2.0, "e")]),
            )),
            Block::Chart(Chart::new("received", "走势", "", ["季度", "件数"], Data::Line(line))),
            Block::Items(vec![Item {
                title: "重开偏多".into(),
                text: "办结前先向客户确认结果。".into(),
                evidence: "本期 6.0 % [reopen_rate]".into(),
            }]),
            Block::Note("“–” 表示没有数据。".into()),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_for_each_table_under_a_name_that_stays() {
        let frame = Frame { period: "2026Q3".into(), ..Frame::default() };
        let files = files(&[example(Lang::Zh), example(Lang::Zh)], &frame, Lang::Zh);
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        let first = ["figures", "example-shares", "example-customers", "example-grades", "example-received", "example-items"];
        assert_eq!(names[..6], first.map(|name| format!("2026Q3-{name}")));
        assert_eq!(names[6..], ["2026Q3-example-shares-2", "2026Q3-example-items-2"]);
        let csv = |at: usize| {
            let bytes = crate::view::format::write(&files[at].1, crate::view::format::Format::Csv, None, chrono::NaiveDateTime::default());
            String::from_utf8(bytes.unwrap()).unwrap()
        };
        let figures = csv(0);
        assert!(figures.starts_with("section,figure,unit,now,before,year_ago\nexample,received,count,1234,1200,\n"), "{figures}");
        assert!(
            figures.contains("example,net,money,-123.45,1.00,\n") && figures.contains("example,nps,points,-16.7,-20.0,\n"),
            "{figures}"
        );
        assert!(csv(3).starts_with("chart,group,value\n诉求评分,不满意,1\n诉求评分,满意,1\n问卷,不满意,0\n问卷,满意,2\n"), "{}", csv(3));
    }

    #[test]
    fn a_table_of_the_sections_own_kind_is_named_by_its_first_column() {
        let grid = |schema| Grid::new(schema, vec![col("channel", "")]);
        assert_eq!(code("shares", &grid("carebook.report_shares.v1")), "channel");
        assert_eq!(code("problems", &grid("carebook.report_repeats.v1")), "repeats");
    }

    #[test]
    fn a_note_stands_with_the_table_above_it() {
        let section = example(Lang::En);
        let tables = tables(&section, Lang::En);
        let with: Vec<&str> = tables.iter().filter(|table| !table.notes.is_empty()).map(|table| table.code.as_str()).collect();
        assert_eq!(with, ["items"]);
    }

    #[test]
    fn a_figure_without_data_has_its_unit() {
        let mut section = example(Lang::En);
        let units = |section: &Section| -> Vec<String> {
            all_figures(std::slice::from_ref(section), Lang::En).rows.iter().map(|row| row[2].shown.clone()).collect()
        };
        let known = units(&section);
        for block in &mut section.blocks {
            let Block::Cards(cards) = block else { continue };
            for card in cards {
                (card.now, card.before) = (Field::blank(), Field::blank());
            }
        }
        assert_eq!(units(&section), known);
        assert_eq!(known, ["count", "money", "percent", "seconds", "grade", "points"]);
    }

    #[test]
    fn a_change_of_shares_is_in_points() {
        let grid = figures(
            match &example(Lang::En).blocks[1] {
                Block::Cards(cards) => cards,
                _ => &[],
            },
            Lang::En,
        );
        let change = &grid.rows[2][3];
        assert!(matches!(change.number, Some(Number::Points(points)) if (points + 2.7).abs() < 1e-9), "{change:?}");
        assert_eq!((grid.rows[2][3].shown.as_str(), grid.rows[1][1].shown.as_str()), ("−2.7 points", "−123.45"));
    }
}
