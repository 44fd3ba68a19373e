//! The words of a foreign file for coded values, as a saved map (`maps/NAME.yaml`) gives them: `values:` and `blank:`.

use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;
use crate::model::cell::Kind;
use crate::model::rules::{Pairs, Plain, Words};
use crate::model::table::Table;

/// By field: the file's word and ours, in the order of the map.
pub type RawValues = Pairs<Pairs<Plain>>;

/// What cells say instead of our words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// By the table's columns: word of the file (a `*` at its end stands for any rest) and ours.
    by_column: Vec<(usize, Vec<(String, String)>)>,
    /// Cells that mean nothing, such as `?`.
    blank: Vec<String>,
}

impl Values {
    /// Checks a map's words against the table.
    ///
    /// # Errors
    /// A field that is none, or a word that is no value of its field.
    pub fn new(table: &Table, values: Option<&RawValues>, blank: Option<&Words>) -> Result<Values, Problems> {
        let mut wrong = Problems::new();
        let mut by_column = Vec::new();
        for (field, pairs) in values.map_or(&[][..], |values| &values.0) {
            let key = format!("values.{field}");
            let Some(at) = table.find(field).filter(|at| table.columns[*at].word.code != "batch") else {
                let allowed = table.columns.iter().map(|column| column.word.code.to_owned()).filter(|code| code != "batch").collect();
                wrong.push(Problem::error(What::UnknownName { name: field.clone(), allowed }).field(key));
                continue;
            };
            for (theirs, ours) in &pairs.0 {
                if let Some(what) = no_value(table.columns[at].kind, &ours.0) {
                    wrong.push(Problem::error(what).field(format!("{key}.{}", in_key(theirs))));
                }
            }
            by_column.push((at, pairs.0.iter().map(|(theirs, ours)| (theirs.clone(), ours.0.clone())).collect()));
        }
        let blank = blank.map(|blank| blank.0.clone()).unwrap_or_default();
        if wrong.is_empty() { Ok(Values { by_column, blank }) } else { Err(wrong) }
    }

    /// What a cell of a column says in our words: the same text where the map says nothing of it.
    /// The whole word comes before one with `*`, the longer of those before the shorter.
    pub fn translated<'a>(&'a self, column: usize, text: &'a str) -> &'a str {
        let cell = text.trim();
        if self.means_nothing(cell) {
            return "";
        }
        let Some((_, pairs)) = self.by_column.iter().find(|(at, _)| *at == column).filter(|_| !cell.is_empty()) else { return text };
        let key = fold_key(cell);
        let whole = pairs.iter().find(|(theirs, _)| fold_key(theirs) == key);
        let head = |theirs: &str| theirs.strip_suffix('*').map(fold_key).filter(|head| key.starts_with(head.as_str()));
        let starts = || pairs.iter().filter_map(|pair| Some((head(&pair.0)?.len(), pair))).max_by_key(|(length, _)| *length);
        whole.or_else(|| starts().map(|(_, pair)| pair)).map_or(text, |(_, ours)| ours.as_str())
    }

    /// Whether a cell stands for a missing value.
    pub fn means_nothing(&self, text: &str) -> bool {
        self.blank.iter().any(|blank| blank.trim() == text.trim())
    }

    /// For saving, by field.
    pub fn saved(&self, table: &Table) -> (serde_json::Map<String, serde_json::Value>, Vec<String>) {
        let object = |pairs: &[(String, String)]| pairs.iter().map(|(theirs, ours)| (theirs.clone(), ours.clone().into())).collect();
        let field = |(at, pairs): &(usize, Vec<(String, String)>)| {
            (table.columns[*at].word.code.to_owned(), serde_json::Value::Object(object(pairs)))
        };
        (self.by_column.iter().map(field).collect(), self.blank.clone())
    }
}

/// Why a word cannot stand in a column of this kind; blank can.
fn no_value(kind: Kind, text: &str) -> Option<What> {
    let Kind::Code(words) = kind else { return None };
    let is_one = text.trim().is_empty() || words.iter().any(|word| word.matches(text));
    let allowed = || words.iter().map(|word| format!("{} ({})", word.code, word.zh)).collect();
    (!is_one).then(|| What::UnknownCode { value: crate::base::text::truncate(text.trim(), 40), allowed: allowed() })
}

/// A key as the search for its line reads it: `.` and `[` divide there.
fn in_key(text: &str) -> &str {
    text.split(['.', '[']).next().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::request::REQUESTS;

    fn values(text: &str) -> Result<Values, Problems> {
        let raw: RawValues = serde_yaml::from_str(text).unwrap();
        Values::new(&REQUESTS, Some(&raw), Some(&Words(vec!["?".into()])))
    }

    #[test]
    fn words_of_a_file_become_ours() {
        let values =
            values("{stage: {New: registered, 'Awaiting *': waiting, 'Awaiting Vendor': in_progress}, severity: {1: 紧急}}").unwrap();
        let stage = REQUESTS.position("stage").unwrap();
        let said = |text| values.translated(stage, text);
        assert_eq!(
            [said("new "), said("Awaiting Problem"), said("awaiting vendor"), said("Closed"), said(" ? "), said("")],
            ["registered", "waiting", "in_progress", "Closed", "", ""]
        );
        assert_eq!(values.translated(REQUESTS.position("severity").unwrap(), "1"), "紧急");
        assert_eq!(values.translated(REQUESTS.position("content").unwrap(), "New"), "New");
    }

    #[test]
    fn what_is_no_field_or_value_is_named() {
        let wrong = values("{stag: {New: registered}, stage: {New: fresh}}").unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|problem| (problem.what.code(), problem.field.as_deref().unwrap())).collect();
        assert_eq!(fields, [("unknown-name", "values.stag"), ("unknown-code", "values.stage.New")]);
    }
}
