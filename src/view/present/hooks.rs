//! What a hook is told, and the hooks of a book.

use serde_json::{Map, Value};

use crate::base::lang::Lang;
use crate::model::cell::Locale;
use crate::model::log::LogRow;
use crate::view::grid::{Field, Grid, col};

/// A row of the log as a line of JSON.
pub fn line(row: &LogRow, book: &str, locale: &Locale) -> String {
    let fields = |text: &str| serde_json::from_str::<Value>(text).ok().filter(Value::is_object).unwrap_or_else(|| Map::new().into());
    let told: Map<String, Value> = [
        ("schema", "carebook.change.v1".into()),
        ("book", book.into()),
        ("seq", row.seq.into()),
        ("recorded_at", row.recorded_at.iso(locale.zone).into()),
        ("at", row.at.iso(locale.zone).into()),
        ("actor", row.actor.as_str().into()),
        ("action", row.action.as_str().into()),
        ("table", row.table.as_str().into()),
        ("id", row.id.as_str().into()),
        ("before", fields(&row.before)),
        ("after", fields(&row.after)),
        ("note", row.note.as_str().into()),
    ]
    .into_iter()
    .map(|(name, value): (&str, Value)| (name.to_owned(), value))
    .collect();
    Value::Object(told).to_string() + "\n"
}

/// The hooks: path, code of the state, and why one does not run.
pub fn grid(hooks: &[(String, &'static str, String)], on: bool, lang: Lang) -> Grid {
    let columns =
        vec![col("hook", lang.pick("钩子", "Hook")), col("state", lang.pick("状态", "State")), col("why", lang.pick("说明", "Why"))];
    let mut grid = Grid::new("carebook.hooks.v1", columns);
    grid.notes.push(("on", on.into()));
    for (path, state, why) in hooks {
        let label = match *state {
            "ready" => lang.pick("可运行", "ready"),
            "new" => lang.pick("未允许", "not allowed"),
            "changed" => lang.pick("已改动", "changed"),
            _ => lang.pick("不运行", "refused"),
        };
        grid.rows.push(vec![Field::text(path), Field::coded(label, *state), Field::text(why)]);
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::instant::Instant;

    #[test]
    fn a_line_is_the_row_of_the_log() {
        let raw: crate::model::settings::RawSettings = serde_yaml::from_str("{format: 1}").unwrap();
        let locale = crate::model::settings::Settings::try_from(raw).unwrap().locale();
        let at = Instant::from_timestamp(1_791_000_000);
        let row = LogRow {
            seq: 7,
            recorded_at: at,
            at,
            actor: "小李".into(),
            action: "resolve".into(),
            table: "requests".into(),
            id: "R1".into(),
            before: r#"{"stage":"in_progress"}"#.into(),
            after: String::new(),
            note: "a\nb".into(),
            salt: "s".into(),
            digest: "d".into(),
            chain: "c".into(),
        };
        let line = line(&row, "茶铺", &locale);
        assert_eq!(line.matches('\n').count(), 1);
        let read: Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&read["before"]["stage"], &read["after"]), (&"in_progress".into(), &Map::new().into()));
        assert_eq!((&read["note"], &read["book"], &read["seq"]), (&"a\nb".into(), &"茶铺".into(), &7.into()));
        assert!(read["at"].as_str().unwrap().ends_with("+08:00") && read.get("salt").is_none());
    }
}
