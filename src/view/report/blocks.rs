//! Blocks: what a section is made of, the same for every format.

use serde_json::{Value, json};

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
    /// An SVG picture; formats without pictures leave it out, its table stands beside it.
    Chart {
        title: String,
        svg: String,
    },
    Items(Vec<Item>),
    /// Small print.
    Note(String),
}

/// A figure beside the one before.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    pub code: &'static str,
    pub label: String,
    pub now: Field,
    pub before: Field,
    pub change: String,
    pub year_ago: Field,
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
    /// For a template.
    pub fn values(&self) -> Value {
        json!({"code": self.code, "title": self.title, "blocks": self.blocks.iter().map(Block::values).collect::<Vec<_>>()})
    }
}

impl Block {
    fn values(&self) -> Value {
        match self {
            Block::Text(sentences) => json!({"kind": "text", "sentences": sentences}),
            Block::Cards(cards) => json!({"kind": "cards", "cards": cards.iter().map(Card::values).collect::<Vec<_>>()}),
            Block::Table { caption, grid } => table(caption, grid),
            Block::Chart { title, svg } => json!({"kind": "chart", "title": title, "svg": svg}),
            Block::Items(items) => {
                let item = |item: &Item| json!({"title": item.title, "text": item.text, "evidence": item.evidence});
                json!({"kind": "items", "items": items.iter().map(item).collect::<Vec<_>>()})
            }
            Block::Note(text) => json!({"kind": "note", "text": text}),
        }
    }
}

impl Card {
    fn values(&self) -> Value {
        json!({"code": self.code, "label": self.label, "now": self.now.shown, "before": self.before.shown, "change": self.change,
            "year_ago": self.year_ago.shown, "year_ago_change": self.year_ago_change, "tone": self.tone})
    }
}

fn table(caption: &str, grid: &Grid) -> Value {
    let columns: Vec<Value> = grid.columns.iter().map(|column| json!({"label": column.label, "right": column.right})).collect();
    let row = |row: &Vec<Field>| -> Value {
        row.iter()
            .zip(&grid.columns)
            .map(|(field, column)| json!({"text": field.shown, "right": column.right, "label": column.label}))
            .collect()
    };
    // on a phone a table of numbers stays a table; one with sentences is stacked, row by row
    let stack = grid.columns.iter().skip(1).any(|column| !column.right);
    json!({"kind": "table", "caption": caption, "stack": stack, "columns": columns, "rows": grid.rows.iter().map(row).collect::<Vec<_>>()})
}
