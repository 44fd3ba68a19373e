//! The owner's columns of a record, set by name.

use super::fields::{self, Setting};
use crate::base::problem::{Problem, Problems, What};
use crate::model::cell::Locale;
use crate::model::columns::PREFIX;
use crate::model::draft::Rows;
use crate::model::record::Record;

/// Sets cells of a record; a blank text empties one. A `new` record must have what is required.
///
/// # Errors
/// A field that is none of the owner's, a column that is not there, a value that does not fit its own.
pub fn set<R: Record>(rows: &mut Rows<R>, key: &str, settings: &[Setting], new: bool, locale: &Locale) -> Result<(), Problems> {
    let (others, own) = fields::split(settings);
    if !others.is_empty() {
        let allowed = || rows.own_columns().iter().map(|column| column.code()).collect();
        // the prefix may have been left out
        let name = |name: &String| {
            if rows.own_columns().iter().any(|column| column.answers(name)) { format!("{PREFIX}{name}?") } else { name.clone() }
        };
        let unknown = |(field, _): &Setting| Problem::error(What::UnknownField { name: name(field), allowed: allowed() });
        return Err(others.iter().map(unknown).collect());
    }
    let cells = if new { fields::own_of_new(rows, &own, locale)? } else { fields::own(rows, &own, locale)? };
    rows.set_own(key, &cells);
    Ok(())
}
