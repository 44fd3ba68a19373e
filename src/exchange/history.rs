//! Rows that are states of records at moments: the moment of each, and which records cannot be taken whole.

use std::collections::{HashMap, HashSet};

use super::mapping::{Mapping, Moments};
use super::sheet::{Sheet, SheetRow};
use super::typed::{Candidate, Rejected, unguarded};
use crate::base::instant::Instant;
use crate::base::problem::{Problem, What};
use crate::model::cell::Locale;
use crate::model::record::Record;

/// A record as it stood from a moment on.
#[derive(Debug, Clone, PartialEq)]
pub struct State<R> {
    pub at: Instant,
    /// For states of one moment.
    pub order: Option<i64>,
    pub candidate: Candidate<R>,
}

/// The moments of the rows. A record of which one row cannot be taken is not taken at all: half a history is another one,
/// and the mended rows would come too late.
pub fn states<R: Record>(
    sheet: &Sheet,
    mapping: &Mapping,
    moments: &Moments,
    taken: Vec<Candidate<R>>,
    rejected: &mut Vec<Rejected>,
    locale: &Locale,
) -> Vec<State<R>> {
    let locale = Locale { order: mapping.order, ..*locale };
    let by_line: HashMap<u64, &SheetRow> = sheet.rows.iter().map(|row| (row.line, row)).collect();
    let mut states = Vec::new();
    for candidate in taken {
        let Some(row) = by_line.get(&candidate.line) else { continue };
        match moment(sheet, mapping, moments, row, &locale, candidate.has_id) {
            Ok((at, order)) => states.push(State { at, order, candidate }),
            Err(problem) => rejected.push(Rejected { row: (*row).clone(), problems: vec![problem] }),
        }
    }
    let id_of = |row: &SheetRow| mapping.column(0).and_then(|from| row.cells.get(from)).map(|id| unguarded(id).trim().to_owned());
    let mut torn: HashMap<String, u64> = HashMap::new();
    for row in rejected.iter() {
        if let Some(id) = id_of(&row.row).filter(|id| !id.is_empty()) {
            let line = torn.entry(id).or_insert(row.row.line);
            *line = row.row.line.min(*line);
        }
    }
    let (lost, whole): (Vec<State<R>>, Vec<State<R>>) =
        states.into_iter().partition(|state| torn.contains_key(&state.candidate.record.key()));
    rejected.extend(lost.into_iter().filter_map(|state| {
        let row = *by_line.get(&state.candidate.line)?;
        let id = state.candidate.record.key();
        let line = torn.get(&id).copied().unwrap_or_default();
        let problem = Problem::error(What::HistoryTorn { id, line }).at(row.place(&sheet.file, mapping.column(0))).field("id");
        Some(Rejected { row: row.clone(), problems: vec![problem] })
    }));
    let lines: HashSet<u64> = rejected.iter().map(|row| row.row.line).collect();
    debug_assert_eq!(lines.len(), rejected.len(), "a row is rejected once");
    whole
}

fn moment(
    sheet: &Sheet,
    mapping: &Mapping,
    moments: &Moments,
    row: &SheetRow,
    locale: &Locale,
    has_id: bool,
) -> Result<(Instant, Option<i64>), Problem> {
    let wrong = |column: Option<usize>, field: &str, what: What| Problem::error(what).at(row.place(&sheet.file, column)).field(field);
    if !has_id {
        return Err(wrong(mapping.column(0), "id", What::Required));
    }
    let cell = |column: usize| row.cells.get(column).map(|text| unguarded(text).trim()).filter(|text| !mapping.values.means_nothing(text));
    let text = cell(moments.changed_at).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| wrong(Some(moments.changed_at), "changed_at", What::Required))?;
    let at = Instant::parse(text, locale.zone, locale.order).map_err(|what| wrong(Some(moments.changed_at), "changed_at", what))?;
    let order = moments.order.and_then(|column| Some((column, cell(column).filter(|text| !text.is_empty())?)));
    let number = |(column, text): (usize, &str)| {
        text.parse::<i64>().map_err(|_| wrong(Some(column), "changed_order", What::BadNumber { value: text.to_owned() }))
    };
    Ok((at, order.map(number).transpose()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::date::DateOrder;
    use crate::base::lang::Lang;
    use crate::exchange::mapping::Wishes;
    use crate::exchange::typed;
    use crate::model::request::{REQUESTS, Request};

    #[test]
    fn a_record_comes_whole_or_not_at_all() {
        let locale = Locale { lang: Lang::En, zone: chrono_tz::UTC, digits: 2, order: DateOrder::Iso };
        let text = "id,stage,at,n\nA,new,2026-01-01 09:00,1\nB,new,2026-01-01 09:00,1\nA,odd,2026-01-02 09:00,2\nB,closed,,2\n\
                    C,new,2026-01-03,x\nD,new,2026-01-03,7\n,new,2026-01-03,8\n";
        let sheet = Sheet::parse("f.csv", text).unwrap();
        let wishes = Wishes::parse(&["changed_at=at".into(), "changed_order=n".into()]).unwrap();
        let (own, history) = wishes.split_history();
        let mapping = Mapping::new(&REQUESTS, &sheet.headers, &own, DateOrder::Iso).unwrap();
        let mapping = mapping.of_history(&REQUESTS, &sheet.headers, &history).unwrap();
        assert!(mapping.unused.is_empty());
        let fill = |cells: &mut [String]| cells[REQUESTS.position("severity").unwrap()] = "normal".into();
        let typed::Read { taken, mut rejected, .. } = typed::read::<Request>(&sheet, &mapping, &locale, fill);
        let states = states(&sheet, &mapping, mapping.moments.as_ref().unwrap(), taken, &mut rejected, &locale);
        assert_eq!(states.iter().map(|state| (state.candidate.record.key(), state.order)).collect::<Vec<_>>(), [("D".into(), Some(7))]);
        let mut told: Vec<_> = rejected.iter().map(|row| (row.row.line, row.problems[0].what.code())).collect();
        told.sort_unstable();
        let codes = [(2, "history-torn"), (3, "history-torn"), (4, "unknown-code"), (5, "required"), (6, "bad-number"), (8, "required")];
        assert_eq!(told, codes);
    }
}
