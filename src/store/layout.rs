//! Which file of the book is what. The one place that knows paths.

use crate::base::date::Quarter;
use crate::model::draft::Document;
use crate::model::table::{Cut, Part, Table};

pub const SETTINGS: &str = "carebook.yaml";
pub const HIDDEN: &str = ".carebook";
pub const LOCK: &str = ".carebook/lock";
pub const HOLDER: &str = ".carebook/holder";
pub const STAGE: &str = ".carebook/stage";
/// Says that a restore into this folder is not finished.
pub const UNFINISHED: &str = ".carebook/unfinished";
pub const JOURNAL: &str = ".carebook/txn";
pub const UNDO: &str = ".carebook/undo";
pub const CONFLICTS: &str = ".carebook/conflicts";
pub const STATE: &str = ".carebook/state";
pub const CACHE: &str = ".carebook/cache";
/// What went out with exports.
pub const EXPORTS: &str = ".carebook/exports";
pub const BASE: &str = ".carebook/base";
/// The owner's programs that are told of changes, and which of them may run on this copy of the book.
pub const HOOKS: &str = "hooks";
pub const HOOKS_ALLOWED: &str = ".carebook/hooks";
/// Sealed reports, a folder each, and the page that lists them.
pub const REPORTS: &str = "reports";
/// What a seal says, in its folder.
pub const SEAL: &str = "seal.json";
/// The formats a report is sealed in.
pub const SEALED: [&str; 3] = ["report.html", "report.md", "report.json"];
/// The documents it rested on, in its folder.
pub const INPUTS: &str = "inputs";
/// The pages over all sealed reports.
pub const INDEX: [&str; 2] = ["index.html", "index.md"];
pub const SURVEYS: &str = "surveys";
pub const MAPS: &str = "maps";
/// The owner's templates, and the folders they lie in; nothing else is reached from a template.
pub const TEMPLATES: &str = "templates";
pub const TEMPLATE_FOLDERS: [&str; 2] = ["report", "letters"];
/// Newer notices of China's holidays; people write it, carebook only reads it.
pub const CN_DAYS: &str = "rules/cn-days.csv";

/// The file of a part of a table, relative to the book.
pub fn path(table: &Table, part: &Part) -> String {
    let code = table.word.code;
    match part {
        Part::Whole => format!("{code}.csv"),
        Part::Quarter(quarter) => format!("{code}/{quarter}.csv"),
        Part::Survey(name) => format!("{SURVEYS}/{name}/{code}.csv"),
    }
}

/// The folder a table's quarters lie in.
pub fn folder(table: &Table) -> &'static str {
    table.word.code
}

/// The part a file name within a table's folder is; `None` for any other file.
pub fn quarter_of_file(name: &str) -> Option<Quarter> {
    Quarter::parse(name.strip_suffix(".csv")?)
}

/// The file of a document.
pub fn document(document: &Document) -> String {
    match document {
        Document::Survey(name) => format!("{SURVEYS}/{name}/survey.yaml"),
        Document::Map(name) => format!("{MAPS}/{name}.yaml"),
        Document::Rules(name) => format!("rules/{name}.yaml"),
        Document::Report(path) => format!("{REPORTS}/{path}"),
    }
}

/// An owner's template.
pub fn template(name: &str) -> String {
    format!("{TEMPLATES}/{name}")
}

/// Whether a file in a folder of templates is one: letters, digits, `-`, `_` and dots, and an ending that templates have.
pub fn is_template(file: &str) -> bool {
    let endings = [".html", ".md", ".txt", ".css"];
    let plain = file.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    plain
        && file.chars().count() <= 80
        && !file.starts_with(['.', '-'])
        && !file.contains("..")
        && endings.iter().any(|end| file.ends_with(end))
}

/// A file of a sealed report.
pub fn report(folder: &str, file: &str) -> String {
    format!("{REPORTS}/{folder}/{file}")
}

/// Whether a folder's name is one of a sealed report: a period, and a number where it was sealed again (`2026Q3`, `2026Q3.2`).
pub fn is_seal_folder(name: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    !INDEX.contains(&name) && name.len() <= 64 && name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(legal)
}

/// Whether a path is of a document that a seal keeps.
pub fn is_sealed_document(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        [TEMPLATES, "report", file] => is_template(file),
        [first, ..] => is_written(path) && !is_table(path) && first != REPORTS && first != MAPS,
        [] => false,
    }
}

/// Whether a name given by a person may become a file or folder name: letters, digits, CJK, `-`, `_`.
pub fn is_safe_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= 64
        && !name.starts_with(['-', '_'])
        && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

/// Whether a file beside the tables looks like a copy of one: `customers (1).csv`, `staff-DESKTOP.csv`, `customers - 副本.csv`.
pub fn is_copy_of_table(name: &str) -> bool {
    let whole = crate::model::table::ALL.iter().filter(|table| table.cut == Cut::Whole).map(|table| table.word.code);
    let rest = whole.filter_map(|code| name.strip_prefix(code)).find(|rest| !rest.starts_with(char::is_alphanumeric));
    rest.is_some_and(|rest| {
        rest != ".csv" && std::path::Path::new(rest).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
    })
}

/// Whether a path is one that carebook writes: the only ones a journal may name.
pub fn is_written(path: &str) -> bool {
    let tables = crate::model::table::ALL;
    let parts: Vec<&str> = path.split('/').collect();
    let yaml = |file: &str| file.strip_suffix(".yaml").is_some_and(is_safe_name);
    match parts[..] {
        [file] => tables.iter().any(|t| t.cut == Cut::Whole && path == self::path(t, &Part::Whole)) || file == SETTINGS,
        ["rules" | MAPS, file] => yaml(file),
        [REPORTS, file] => INDEX.contains(&file),
        [folder, file] => tables.iter().any(|t| t.cut == Cut::Quarter && t.word.code == folder) && quarter_of_file(file).is_some(),
        [REPORTS, folder, file] => is_seal_folder(folder) && (file == SEAL || SEALED.contains(&file)),
        [REPORTS, folder, INPUTS, ..] => is_seal_folder(folder) && is_sealed_document(&parts[3..].join("/")),
        [SURVEYS, name, file] => is_safe_name(name) && matches!(file, "survey.yaml" | "responses.csv" | "answers.csv"),
        _ => false,
    }
}

/// Whether a path is one of those beside the book that keep earlier values: an erasure lets them go, and its journal may
/// name no others.
pub fn is_kept_copy(path: &str) -> bool {
    let folder = [UNDO, CONFLICTS, EXPORTS, CACHE, BASE].into_iter().find(|folder| path.starts_with(folder));
    let name = folder.and_then(|folder| path[folder.len()..].strip_prefix('/'));
    name.is_some_and(|name| !name.is_empty() && !name.starts_with('.') && !name.contains('/'))
}

/// Whether a path that carebook writes is a file of a table.
pub fn is_table(path: &str) -> bool {
    is_written(path) && path.ends_with(".csv")
}

/// The table a file belongs to, and the part of it; `None` for documents.
pub fn table_of(path: &str) -> Option<(&'static Table, Part)> {
    let parts: Vec<&str> = path.split('/').collect();
    let named = |code: &str| crate::model::table::ALL.iter().copied().find(|table| table.word.code == code);
    match parts[..] {
        [file] => Some((named(file.strip_suffix(".csv")?)?, Part::Whole)),
        [folder, file] => Some((named(folder)?, Part::Quarter(quarter_of_file(file)?))),
        [SURVEYS, survey, file] => Some((named(file.strip_suffix(".csv")?)?, Part::Survey(survey.to_owned()))),
        _ => None,
    }
    .filter(|(table, part)| self::path(table, part) == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_seen_and_other_files_left_alone() {
        for name in ["customers (1).csv", "staff-DESKTOP-AB12.csv", "customers - 副本.csv", "customers (conflicted copy 2025-04-10).CSV"]
        {
            assert!(is_copy_of_table(name), "{name}");
        }
        for name in ["customers.csv", "orders.csv", "staffing.csv", "notes.txt", "customers.md"] {
            assert!(!is_copy_of_table(name), "{name}");
        }
    }

    #[test]
    fn templates_have_plain_names() {
        for name in ["report.html", "_logo.html", "生日.zh.txt", "section-tiers.md"] {
            assert!(is_template(name), "{name}");
        }
        for name in [".x.html", "a/b.html", "..html", "a..b.html", "x.html~", "x.HTML", "-x.html", "x y.html", "x.sh", "passwd"] {
            assert!(!is_template(name), "{name}");
        }
    }

    #[test]
    fn an_erasure_lets_go_of_copies_and_of_nothing_else() {
        for path in
            [".carebook/undo/000007", ".carebook/base/requests-2026Q4.csv", ".carebook/cache/archive", ".carebook/conflicts/a-b.csv"]
        {
            assert!(is_kept_copy(path), "{path}");
        }
        for path in [".carebook/undo", ".carebook/undo/", ".carebook/undo/..", ".carebook/undo/1/patch", ".carebook/state", "customers.csv"]
        {
            assert!(!is_kept_copy(path), "{path}");
        }
    }

    #[test]
    fn only_our_own_paths_are_written() {
        for path in [
            "customers.csv",
            "orders/2026Q4.csv",
            "surveys/门店/answers.csv",
            "rules/tiers.yaml",
            "log/2026Q1.csv",
            "carebook.yaml",
            "reports/index.html",
            "reports/2026Q3.2/seal.json",
            "reports/2026-07-01..2026-08-15/inputs/surveys/门店/survey.yaml",
            "reports/2026Q3/inputs/templates/report/style.css",
        ] {
            assert!(is_written(path), "{path}");
            let back = table_of(path).map(|(table, part)| self::path(table, &part));
            assert_eq!(back.as_deref(), is_table(path).then_some(path));
        }
        for path in [
            "../x.csv",
            "/etc/passwd",
            "orders/2026Q4 (1).csv",
            "orders/../a.csv",
            "surveys/../answers.csv",
            "x.csv",
            "rules/a/b.yaml",
            "orders.csv",
            "reports/../seal.json",
            "reports/2026Q3/inputs/customers.csv",
            "reports/2026Q3/inputs/reports/2026Q3/seal.json",
            "reports/2026Q3/inputs/templates/report/..",
            "reports/2026Q3/other.txt",
        ] {
            assert!(!is_written(path), "{path}");
        }
    }
}
