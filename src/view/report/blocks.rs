//! Blocks: what a section is made of, the same for every format.

use serde_json::{Value, json};

use crate::base::lang::Lang;
use crate::base::text::width;
use crate::view::chart::{Chart, Data};
use crate::view::grid::{Field, Grid};

/// A section, worded.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    pub code: &'static str,
    pub title: String,
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Sentences.
    Text(Vec<String>),
    Cards(Vec<Card>),
    Table {
        caption: String,
        grid: Grid,
    },
    /// Data that each format draws by its own means.
    Chart(Chart),
    Items(Vec<Item>),
    /// Small print.
    Note(String),
}

/// A figure beside the one before, and the one a year ago.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    pub code: &'static str,
    pub label: String,
    pub now: Field,
    pub before: Field,
    pub change: String,
    /// None where nothing is compared with a year ago.
    pub year_ago: Option<Field>,
    /// Blank where one of the two is not known.
    pub year_ago_change: String,
    /// `good`, `bad` or `even`.
    pub tone: &'static str,
}

/// A titled paragraph with its evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub title: String,
    pub text: String,
    pub evidence: String,
}

impl Section {
    /// For a template. Every table and chart has an id that no other on the page has.
    pub fn values(&self, lang: Lang) -> Value {
        let value = |(at, block): (usize, &Block)| {
            let id = format!("{}-{}", self.code, at + 1);
            match block {
                Block::Chart(chart) => self.chart(&id, chart, lang),
                other => other.values(&id),
            }
        };
        let blocks: Vec<Value> = self.blocks.iter().enumerate().map(value).collect();
        json!({"code": self.code, "title": self.title, "blocks": blocks})
    }

    /// The table of this section that tells what a chart draws: its position among the blocks, and its columns (now, before).
    pub fn told_by(&self, chart: &Chart) -> Option<(usize, (usize, Option<usize>))> {
        let tells = |(at, block): (usize, &Block)| match block {
            Block::Table { grid, .. } => chart.columns_in(grid).map(|columns| (at, columns)),
            _ => None,
        };
        self.blocks.iter().enumerate().find_map(tells)
    }

    fn chart(&self, id: &str, chart: &Chart, lang: Lang) -> Value {
        let table = self.told_by(chart).map(|(at, _)| format!("{}-{}", self.code, at + 1));
        let part = |bar: &crate::view::chart::Bar| json!({"label": bar.label, "shown": bar.shown, "tone": bar.tone});
        let legend: Vec<Value> = match &chart.data {
            Data::Stack(parts) => parts.iter().map(part).collect(),
            _ => Vec::new(),
        };
        // what stands in no table, nor in words beside the picture, gets a table of its own
        let own = (table.is_none() && legend.is_empty()).then(|| tabled(&chart.title, &chart.grid(lang), id));
        json!({
            "kind": "chart", "id": id, "title": chart.title, "about": chart.about, "svg": chart.svg(id), "legend": legend,
            "told_by": table, "data": own,
        })
    }
}

impl Block {
    fn values(&self, id: &str) -> Value {
        match self {
            Block::Text(sentences) => json!({"kind": "text", "sentences": sentences}),
            Block::Cards(cards) => {
                let year_ago = cards.iter().any(|card| card.year_ago.is_some());
                json!({"kind": "cards", "before": compared(cards), "year_ago": year_ago, "cards": cards.iter().map(Card::values).collect::<Vec<_>>()})
            }
            Block::Table { caption, grid } => tabled(caption, grid, id),
            // with its section, which knows the table that tells it
            Block::Chart(chart) => json!({"kind": "chart", "id": id, "title": chart.title}),
            Block::Items(items) => {
                let item = |item: &Item| json!({"title": item.title, "text": item.text, "evidence": item.evidence});
                json!({"kind": "items", "items": items.iter().map(item).collect::<Vec<_>>()})
            }
            Block::Note(text) => json!({"kind": "note", "text": text}),
        }
    }
}

/// Whether any of these figures has one of the period before beside it.
pub fn compared(cards: &[Card]) -> bool {
    cards.iter().any(|card| card.before.number.is_some() || !card.change.is_empty())
}

impl Card {
    fn values(&self) -> Value {
        json!({
            "code": self.code, "label": self.label, "now": self.now.shown, "before": self.before.shown, "change": self.change,
            "year_ago": self.year_ago.as_ref().map(|field| field.shown.clone()), "year_ago_change": self.year_ago_change,
            "arrow": arrow(&self.change), "year_ago_arrow": arrow(&self.year_ago_change), "tone": self.tone,
        })
    }
}

/// The direction of a change as a sign: what colour says must be seen without it.
fn arrow(change: &str) -> &'static str {
    let moved = change.chars().any(|c| ('1'..='9').contains(&c));
    match change.chars().next() {
        Some('+') if moved => "↑",
        Some('−') if moved => "↓",
        Some(_) => "→",
        None => "",
    }
}

/// Columns of text on a phone, and of a cell that stays on one line.
const PHONE: usize = 58;
const SHORT: usize = 14;

fn tabled(caption: &str, grid: &Grid, id: &str) -> Value {
    let columns: Vec<Value> = grid.columns.iter().map(|column| json!({"label": column.label, "right": column.right})).collect();
    let row = |row: &Vec<Field>| -> Value {
        row.iter()
            .zip(&grid.columns)
            // a name or a day is not broken in two
            .map(|(field, column)| json!({"text": field.shown, "right": column.right, "label": column.label, "short": width(&field.shown) <= SHORT}))
            .collect()
    };
    // on a phone a table of numbers stays a table; one with sentences, or too wide for it, is stacked, row by row
    let word = |label: &str| label.split(|c: char| !c.is_ascii_alphanumeric()).map(str::len).max().unwrap_or(0);
    let widest = |at: usize| grid.rows.iter().map(|row| width(&row[at].shown)).max().unwrap_or(0).max(word(&grid.columns[at].label)) + 2;
    let sentences = grid.columns.iter().skip(1).any(|column| !column.right);
    let stack = sentences || (0..grid.columns.len()).map(widest).sum::<usize>() > PHONE;
    let rows: Vec<Value> = grid.rows.iter().map(row).collect();
    json!({"kind": "table", "id": id, "caption": caption, "stack": stack, "columns": columns, "rows": rows})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::chart::Bar;
    use crate::view::grid::{col, num};

    #[test]
    fn a_chart_names_its_table_or_brings_one() {
        let bar = |label: &str, value: f64| Bar { label: label.into(), value, before: None, shown: value.to_string(), tone: "" };
        let chart = |data| Block::Chart(Chart::new("x", "T", "", ["G", "N"], data));
        let mut grid = Grid::new("carebook.test.v1", vec![col("k", "K"), num("n", "N")]);
        grid.rows.push(vec![Field::text("a"), Field::number(3)]);
        let table = Block::Table { caption: "C".into(), grid };
        let bars = chart(Data::Bars(vec![bar("a", 3.0)]));
        let with = Section { code: "s", title: String::new(), blocks: vec![bars.clone(), table] }.values(Lang::En);
        assert_eq!((&with["blocks"][0]["told_by"], &with["blocks"][0]["data"]), (&json!("s-2"), &Value::Null));
        assert_eq!(with["blocks"][1]["id"], "s-2");
        let alone = Section { code: "s", title: String::new(), blocks: vec![bars, chart(Data::Stack(vec![bar("b", 1.0)]))] };
        let alone = alone.values(Lang::En);
        assert_eq!(alone["blocks"][0]["data"]["rows"][0][1]["text"], "3");
        assert_eq!((&alone["blocks"][1]["data"], &alone["blocks"][1]["legend"][0]["label"]), (&Value::Null, &json!("b")));
    }

    #[test]
    fn arrows_follow_the_sign_and_not_the_colour() {
        let arrows = ["+3", "−2.0 points", "±0", "+0.0 points", "−0.0", ""].map(arrow);
        assert_eq!(arrows, ["↑", "↓", "→", "→", "→", ""]);
    }
}
