//! The people who serve: leave, and who is away.

use chrono::NaiveDate;

use crate::base::lang::Lang;
use crate::model::staff::{Absence, Staff, away_until};
use crate::view::grid::{Field, Grid, col};

/// After a leave was entered or cancelled.
pub fn leave(absence: &Absence, cancelled: bool, lang: Lang) -> String {
    let Absence { staff, from, until, .. } = absence;
    let days = if from == until { from.to_string() } else { format!("{from}..{until}") };
    let (zh, en) = if cancelled {
        (format!("已取消 {staff} 的请假 {days}。"), format!("Cancelled the leave of {staff}, {days}."))
    } else {
        (format!("{staff} 请假 {days}。"), format!("{staff} is on leave {days}."))
    };
    lang.pick(zh, en)
}

/// Adds the last day of leave of those who are away today.
pub fn add_away(grid: &mut Grid, staff: &[&Staff], absences: &[Absence], today: NaiveDate, lang: Lang) {
    grid.columns.push(col("away_until", lang.pick("休假至", "Away until")));
    for (row, one) in grid.rows.iter_mut().zip(staff) {
        let until = away_until(absences, one.name.as_str(), today);
        row.push(until.map_or_else(Field::blank, |day| Field::text(day.to_string())));
    }
}
