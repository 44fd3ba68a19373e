//! `columns:` → checked: no name stands for two things, every key fits its type.

use std::collections::HashMap;

use super::value::Bounds;
use super::{Choice, Columns, OwnColumn, OwnKind, RawChoice, RawColumn, RawColumns};
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::{fold_key, looks_like_formula, width};
use crate::model::rules::{Pairs, Plain, RawLabel};
use crate::model::table::{self, Table};

/// The widest a name may be, in columns of a terminal.
const WIDEST: usize = 60;

/// What separates names, fields and values on a command line, in a list of fields, in a cell.
const SEPARATORS: [char; 9] = [':', '：', '=', ',', ';', '；', '、', '"', '.'];

const TYPES: [&str; 8] = ["text", "integer", "number", "money", "date", "yes_no", "choice", "tags"];

impl Columns {
    /// # Errors
    /// Every key that is wrong, by its dotted name.
    pub fn check(raw: &RawColumns) -> Result<Columns, Problems> {
        let mut columns = Columns::default();
        let mut wrong = Problems::new();
        for (name, declared) in &raw.0 {
            let field = format!("columns.{name}");
            let Some(table) = table_of(name) else {
                let allowed = extensible().map(|table| table.word.code.to_owned()).collect();
                wrong.push(Problem::error(What::UnknownName { name: name.clone(), allowed }).field(field));
                continue;
            };
            if !columns.of(table).is_empty() {
                let zh = format!("{name} 与前面的是同一张表");
                let en = format!("{name} is the same table as one before");
                wrong.push(conflict(zh, en).field(field));
                continue;
            }
            columns.tables.push((table.word.code, of_table(table, declared, &field, &mut wrong)));
        }
        if wrong.is_empty() { Ok(columns) } else { Err(wrong) }
    }
}

/// The log is carebook's alone.
fn extensible() -> impl Iterator<Item = &'static Table> {
    table::ALL.iter().copied().filter(|table| table.word.code != "log")
}

fn table_of(name: &str) -> Option<&'static Table> {
    extensible().find(|table| table.word.matches(name))
}

fn conflict(zh: String, en: String) -> Problem {
    Problem::error(What::RuleConflict { message: [zh, en] })
}

fn of_table(table: &'static Table, declared: &Pairs<RawColumn>, field: &str, wrong: &mut Problems) -> Vec<OwnColumn> {
    let mut columns = Vec::new();
    // every name that is taken, and by which column
    let mut taken: HashMap<String, String> = HashMap::new();
    for (name, raw) in &declared.0 {
        let field = format!("{field}.{name}");
        let column = match column(name, raw) {
            Ok(column) => column,
            Err((key, problem)) => {
                let field = if key.is_empty() { field } else { format!("{field}.{key}") };
                wrong.push(problem.field(field));
                continue;
            }
        };
        for called in column.names() {
            if let Some(problem) = unfit(called).or_else(|| clash(table, called, &column.name, &taken)) {
                wrong.push(problem.field(field.clone()));
            }
        }
        let names: Vec<String> = column.names().map(fold_key).collect();
        taken.extend(names.into_iter().map(|key| (key, column.name.clone())));
        columns.push(column);
    }
    columns
}

/// Why a name cannot be one.
fn unfit(name: &str) -> Option<Problem> {
    let shown = name.escape_debug().to_string();
    if fold_key(name).is_empty() || name.trim() != name || name.chars().any(char::is_control) || looks_like_formula(name) {
        return Some(conflict(format!("“{shown}” 不能作列名"), format!("\"{shown}\" cannot be the name of a column")));
    }
    if let Some(sign) = name.chars().find(|c| SEPARATORS.contains(c)) {
        let zh = format!("列名 “{shown}” 不能含 {sign}");
        return Some(conflict(zh, format!("the name of a column may not hold {sign} ({shown})")));
    }
    let wide = width(name) > WIDEST;
    wide.then(|| conflict(format!("列名 “{shown}” 太长"), format!("the name of this column is too long: {shown}")))
}

/// Whether a name means a built-in column of the table or another of the owner's.
fn clash(table: &Table, name: &str, own: &str, taken: &HashMap<String, String>) -> Option<Problem> {
    if let Some(at) = table.find(name) {
        let word = &table.columns[at].word;
        let zh = format!("“{name}” 已是内置列 {}({})", word.zh, word.code);
        return Some(conflict(zh, format!("\"{name}\" is a built-in column already: {}", word.code)));
    }
    let other = taken.get(&fold_key(name)).filter(|other| *other != own)?;
    Some(conflict(format!("“{name}” 已是列 {other} 的名称"), format!("\"{name}\" is a name of the column {other} already")))
}

/// The key that is wrong, and how.
type Wrong = (&'static str, Problem);

fn column(name: &str, raw: &RawColumn) -> Result<OwnColumn, Wrong> {
    let code = raw.r#type.as_deref().unwrap_or(if raw.values.is_some() { "choice" } else { "text" });
    let values = || choices(raw.values.as_deref().unwrap_or_default());
    let kind = match code {
        "text" => OwnKind::Text,
        "integer" => OwnKind::Integer(bounds(raw)?),
        "number" => OwnKind::Number(bounds(raw)?),
        "money" => OwnKind::Money(bounds(raw)?),
        "date" => OwnKind::Date,
        "yes_no" => OwnKind::YesNo,
        "choice" => OwnKind::Choice(values()?),
        "tags" => OwnKind::Tags(values()?),
        other => {
            let allowed = TYPES.map(str::to_owned).to_vec();
            return Err(("type", Problem::error(What::UnknownName { name: other.to_owned(), allowed })));
        }
    };
    let numeric = matches!(kind, OwnKind::Integer(_) | OwnKind::Number(_) | OwnKind::Money(_));
    let coded = matches!(kind, OwnKind::Choice(_) | OwnKind::Tags(_));
    let stray =
        [("min", raw.min.is_some() && !numeric), ("max", raw.max.is_some() && !numeric), ("values", raw.values.is_some() && !coded)];
    if let Some((key, _)) = stray.into_iter().find(|(_, stray)| *stray) {
        return Err((key, conflict(format!("{key} 不适用于类型 {code}"), format!("{key} says nothing of the type {code}"))));
    }
    if matches!(&kind, OwnKind::Choice(choices) if choices.is_empty()) {
        return Err(("", conflict("choice 需要 values: [..]".into(), "a choice needs values: [..]".into())));
    }
    Ok(OwnColumn {
        name: name.to_owned(),
        label: raw.label.clone().unwrap_or_default(),
        aliases: raw.aliases.clone().unwrap_or_default().0,
        required: raw.required.unwrap_or(false),
        kind,
        declared: true,
    })
}

fn bounds(raw: &RawColumn) -> Result<Bounds, Wrong> {
    let bound = |key: &'static str, plain: &Option<Plain>| {
        plain.as_ref().map(Plain::decimal).transpose().map_err(|what| (key, Problem::error(what)))
    };
    let (min, max) = (bound("min", &raw.min)?, bound("max", &raw.max)?);
    match (min, max) {
        (Some(least), Some(most)) if least > most => {
            Err(("min", conflict(format!("min {least} 大于 max {most}"), format!("min {least} is more than max {most}"))))
        }
        _ => Ok(Bounds { min, max }),
    }
}

fn choices(raw: &[RawChoice]) -> Result<Vec<Choice>, Wrong> {
    let mut choices: Vec<Choice> = Vec::new();
    for RawChoice(value) in raw {
        let RawLabel { zh, en } = value.label.clone().unwrap_or_default();
        let code = value.code.as_ref().map(|code| code.0.clone()).or_else(|| en.clone()).or_else(|| zh.clone()).unwrap_or_default();
        let aliases = value.aliases.clone().unwrap_or_default().0;
        let choice = Choice { code, label: RawLabel { zh, en }, aliases };
        let separates = |key: &String| key.is_empty() || key.contains([';', '；', '、']) || key.chars().any(char::is_control);
        if choice.keys().any(|key| separates(&key)) {
            let zh = format!("“{}” 不能作取值", choice.code);
            return Err(("values", conflict(zh, format!("\"{}\" cannot be a value", choice.code))));
        }
        let twice = choices.iter().find(|other| choice.keys().any(|key| other.keys().any(|known| known == key)));
        if let Some(other) = twice {
            let zh = format!("取值 “{}” 与 “{}” 同名", choice.code, other.code);
            return Err(("values", conflict(zh, format!("the values \"{}\" and \"{}\" have a name in common", choice.code, other.code))));
        }
        choices.push(choice);
    }
    Ok(choices)
}
