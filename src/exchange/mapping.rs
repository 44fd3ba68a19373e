//! Which column of a foreign file feeds which field.

use serde::{Deserialize, Serialize};

use crate::base::date::DateOrder;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;
use crate::model::rules::Pairs;
use crate::model::table::Table;

/// Columns that our own rejects files carry besides the data.
pub const REASON_HEADERS: [&str; 2] = ["拒收原因", "reject_reason"];

/// Where a field comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Column(usize),
    Constant(String),
}

/// A file's mapping onto a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// By the table's columns.
    pub sources: Vec<Option<Source>>,
    pub order: DateOrder,
    /// Headers that feed nothing.
    pub unused: Vec<String>,
}

/// `maps/NAME.yaml` as it stands.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawMap {
    pub columns: Option<Pairs<String>>,
    pub constants: Option<Pairs<String>>,
    pub date_order: Option<String>,
    pub encoding: Option<String>,
}

/// The same for writing.
#[derive(Debug, Serialize)]
pub struct SavedMap {
    pub columns: serde_json::Map<String, serde_json::Value>,
    pub constants: serde_json::Map<String, serde_json::Value>,
    pub date_order: &'static str,
}

/// What the user said about the mapping: `field=column`, `field==constant`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    pub columns: Vec<(String, String)>,
    pub constants: Vec<(String, String)>,
}

impl Wishes {
    /// Reads `--map` words.
    ///
    /// # Errors
    /// [`What::Usage`] for a word without `=`.
    pub fn parse(words: &[String]) -> Result<Wishes, What> {
        let mut wishes = Wishes::default();
        for word in words {
            match (word.split_once("=="), word.split_once('=')) {
                (Some((field, constant)), _) => wishes.constants.push((field.trim().to_owned(), constant.to_owned())),
                (None, Some((field, column))) => wishes.columns.push((field.trim().to_owned(), column.trim().to_owned())),
                (None, None) => {
                    let message = [format!("--map {word} 应写成 字段=列名"), format!("--map {word} should be FIELD=COLUMN")];
                    return Err(What::Usage { message });
                }
            }
        }
        Ok(wishes)
    }

    /// A saved map's wishes, over which the typed ones go.
    #[must_use]
    pub fn over(mut self, raw: &RawMap) -> Wishes {
        let pairs = |pairs: &Option<Pairs<String>>| pairs.as_ref().map(|pairs| pairs.0.clone()).unwrap_or_default();
        let mut columns = pairs(&raw.columns);
        columns.append(&mut self.columns);
        let mut constants = pairs(&raw.constants);
        constants.append(&mut self.constants);
        Wishes { columns, constants }
    }
}

/// `iso`, `dmy` or `mdy`.
pub fn date_order(text: &str) -> Result<DateOrder, What> {
    match text {
        "iso" | "ymd" => Ok(DateOrder::Iso),
        "dmy" => Ok(DateOrder::DayFirst),
        "mdy" => Ok(DateOrder::MonthFirst),
        _ => Err(What::UnknownName { name: text.to_owned(), allowed: ["iso", "dmy", "mdy"].map(str::to_owned).to_vec() }),
    }
}

impl Mapping {
    /// Maps headers to fields: what was said first, then by name in either language.
    ///
    /// # Errors
    /// A field or column that does not exist, or two columns for one field when nothing was said.
    pub fn new(table: &'static Table, headers: &[String], wishes: &Wishes, order: DateOrder) -> Result<Mapping, Problems> {
        let mut wrong = Problems::new();
        let mut sources: Vec<Option<Source>> = vec![None; table.columns.len()];
        let mut said = vec![false; table.columns.len()];
        let mut taken = vec![false; headers.len()];
        for (field, column) in &wishes.columns {
            let at = field_of(table, field).map_err(|what| wrong.push(what.into())).ok();
            let from = column_of(headers, column).map_err(|what| wrong.push(what.into())).ok();
            if let (Some(at), Some(from)) = (at, from) {
                sources[at] = Some(Source::Column(from));
                (said[at], taken[from]) = (true, true);
            }
        }
        for (field, constant) in &wishes.constants {
            match field_of(table, field) {
                Ok(at) => {
                    sources[at] = Some(Source::Constant(constant.clone()));
                    said[at] = true;
                }
                Err(what) => wrong.push(what.into()),
            }
        }
        for (from, header) in headers.iter().enumerate().filter(|(from, header)| !taken[*from] && !is_reason(header)) {
            let Some(at) = table.find(header).filter(|at| !said[*at] && is_importable(table, *at)) else { continue };
            if let Some(Source::Column(first)) = sources[at] {
                let (code, first) = (table.columns[at].word.code, &headers[first]);
                let zh = format!("“{first}” 和 “{header}” 都像是 {code},请用 --map {code}=列名 指定");
                let en = format!("both \"{first}\" and \"{header}\" could be {code}; say which: --map {code}=COLUMN");
                wrong.push(Problem::error(What::Usage { message: [zh, en] }));
            } else {
                sources[at] = Some(Source::Column(from));
            }
        }
        let used = |from: usize| sources.iter().flatten().any(|source| *source == Source::Column(from));
        let unused = headers.iter().enumerate().filter(|(from, header)| !used(*from) && !is_reason(header) && !header.is_empty());
        let unused = unused.map(|(_, header)| header.clone()).collect();
        if wrong.is_empty() { Ok(Mapping { sources, order, unused }) } else { Err(wrong) }
    }

    /// The mapping as `maps/NAME.yaml`.
    pub fn save(&self, table: &'static Table, headers: &[String]) -> SavedMap {
        let order = match self.order {
            DateOrder::Iso => "iso",
            DateOrder::DayFirst => "dmy",
            DateOrder::MonthFirst => "mdy",
        };
        let mut saved = SavedMap { columns: serde_json::Map::new(), constants: serde_json::Map::new(), date_order: order };
        for (at, source) in self.sources.iter().enumerate() {
            let code = table.columns[at].word.code.to_owned();
            match source {
                Some(Source::Column(from)) => saved.columns.insert(code, headers[*from].clone().into()),
                Some(Source::Constant(text)) => saved.constants.insert(code, text.clone().into()),
                None => None,
            };
        }
        saved
    }

    /// The file column that feeds a field.
    pub fn column(&self, at: usize) -> Option<usize> {
        match self.sources.get(at) {
            Some(Some(Source::Column(from))) => Some(*from),
            _ => None,
        }
    }
}

/// A batch is carebook's to set.
fn is_importable(table: &Table, at: usize) -> bool {
    table.columns[at].word.code != "batch"
}

fn is_reason(header: &str) -> bool {
    REASON_HEADERS.iter().any(|reason| fold_key(reason) == fold_key(header))
}

fn field_of(table: &'static Table, name: &str) -> Result<usize, What> {
    let known = || table.columns.iter().map(|column| column.word.code.to_owned()).filter(|code| code != "batch").collect();
    table.find(name).filter(|at| is_importable(table, *at)).ok_or_else(|| What::UnknownField { name: name.to_owned(), allowed: known() })
}

/// A column by its header, or by its number: `#3`.
fn column_of(headers: &[String], name: &str) -> Result<usize, What> {
    let numbered = name.strip_prefix('#').and_then(|n| n.parse::<usize>().ok()).filter(|n| (1..=headers.len()).contains(n));
    let named = || headers.iter().position(|header| header == name).or_else(|| headers.iter().position(|h| fold_key(h) == fold_key(name)));
    numbered.map(|n| n - 1).or_else(named).ok_or_else(|| What::UnknownField { name: name.to_owned(), allowed: headers.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::order::ORDERS;

    fn map(headers: &[&str], words: &[&str]) -> Result<Mapping, Problems> {
        let headers: Vec<String> = headers.iter().map(|&h| h.to_owned()).collect();
        let words: Vec<String> = words.iter().map(|&w| w.to_owned()).collect();
        Mapping::new(&ORDERS, &headers, &Wishes::parse(&words).unwrap(), DateOrder::Iso)
    }

    #[test]
    fn by_name_by_wish_by_number() {
        let mapping = map(&["order_id", "客户编号", "下单日期 ", "实付金额", "店"], &["product=店", "kind==sale"]).unwrap();
        assert_eq!(mapping.column(ORDERS.position("id").unwrap()), Some(0));
        assert_eq!(mapping.column(ORDERS.position("amount").unwrap()), Some(3));
        assert_eq!(mapping.column(ORDERS.position("product").unwrap()), Some(4));
        assert!(mapping.unused.is_empty());
        assert_eq!(map(&["a", "b"], &["id=#2"]).unwrap().column(0), Some(1));
    }

    #[test]
    fn two_columns_for_one_field_are_a_question() {
        assert!(matches!(map(&["金额", "实付金额"], &[]).unwrap_err()[0].what, What::Usage { .. }));
        assert_eq!(map(&["金额", "实付金额"], &["amount=实付金额"]).unwrap().unused, ["金额"]);
        assert!(matches!(map(&["a"], &["amount=b"]).unwrap_err()[0].what, What::UnknownField { .. }));
        assert!(map(&["拒收原因", "金额"], &[]).unwrap().unused.is_empty());
    }
}
