//! What the verification of sealed reports found, in words and as JSON.

use serde_json::{Value, json};

use crate::base::lang::Lang;
use crate::base::problem::Problems;
use crate::base::text::{many, one_line, truncate};
use crate::engine::report::difference::Difference;
use crate::model::log::LogRow;
use crate::model::seal::Seal;
use crate::view::problem;
use crate::view::report::words as report_words;
use crate::view::text::words;

/// Differences shown of one change, and characters of a value.
const SHOWN: usize = 5;
const LONGEST: usize = 40;

/// How far a sealed report could be computed again.
#[derive(Debug)]
pub enum Proof {
    SameBytes,
    /// Every figure is the same; these texts are not: customers erased since, or another release.
    SameFigures {
        texts: Vec<Difference>,
        erased: Vec<String>,
    },
    Different(Vec<Difference>),
    /// The log or the settings of then cannot be read any more.
    Impossible(Problems),
}

/// A change made after the sealing, and what it alters.
#[derive(Debug)]
pub struct Restatement {
    pub table: String,
    pub id: String,
    /// Its rows of the log; none for a document.
    pub rows: Vec<LogRow>,
    pub alters: Vec<Difference>,
}

impl Proof {
    pub fn is_proven(&self) -> bool {
        matches!(self, Proof::SameBytes | Proof::SameFigures { .. })
    }
}

/// What was asked, and found.
#[derive(Debug)]
pub struct Verification {
    /// What is wrong with the log: nothing is proved by one that was altered.
    pub log: Problems,
    /// Files were edited by hand, and the log does not tell of it yet.
    pub hand_edits: bool,
    /// Sealed reports that the log tells and nobody finds.
    pub gone: Vec<String>,
    /// Those that are there; a seal that cannot be read by its folder.
    pub reports: Vec<Result<Verified, (String, Problems)>>,
}

impl Verification {
    pub fn is_proven(&self) -> bool {
        let proven = |report: &Result<Verified, _>| report.as_ref().is_ok_and(Verified::is_proven);
        self.log.is_empty() && self.gone.is_empty() && self.reports.iter().all(proven)
    }

    /// Whether a report would say something else today, or cannot be made.
    pub fn is_altered(&self) -> bool {
        self.reports.iter().flatten().any(Verified::is_altered)
    }
}

/// One sealed report, verified.
#[derive(Debug)]
pub struct Verified {
    pub folder: String,
    pub seal: Seal,
    /// How many figures it has.
    pub figures: usize,
    /// Files that are not as they were sealed.
    pub broken: Vec<String>,
    pub proof: Proof,
    /// Files edited by hand as a whole since, with the row of the log that tells it: their rows of then are not known.
    pub unknown: Vec<(u32, String)>,
    /// What is otherwise when the same report is asked for today; or why it cannot be asked.
    pub today: Result<Vec<Difference>, Problems>,
    pub restatements: Vec<Restatement>,
}

impl Verified {
    /// Whether the files are as sealed and the figures came out again.
    pub fn is_proven(&self) -> bool {
        self.broken.is_empty() && self.proof.is_proven()
    }

    /// Whether the same report would say something else today.
    pub fn is_altered(&self) -> bool {
        self.today.as_ref().map_or(true, |differ| !differ.is_empty())
    }
}

/// For people.
pub fn text(asked: &Verification, lang: Lang) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut above: Vec<String> = asked.log.iter().map(|found| format!("✗ {}", problem::line(found, lang).trim_end())).collect();
    if !asked.log.is_empty() {
        above.push(
            lang.pick("  日志不完整,以下由它得出的证明都不算数", "  the log is not intact: no proof below that rests on it holds")
                .to_owned(),
        );
    }
    if asked.hand_edits {
        above.push(
            lang.pick(
                "! 有文件被手工改动而日志尚未记载: 先运行 carebook check --adopt,或做任何一次改动",
                "! files were edited by hand and the log does not tell it yet: run `carebook check --adopt`, or make any change, first",
            )
            .to_owned(),
        );
    }
    above.extend(asked.gone.iter().map(|folder| {
        lang.pick(
            format!("✗ {folder}: 日志记有封存,reports/{folder}/ 却已不在"),
            format!("✗ {folder}: the log tells of its seal, and reports/{folder}/ is gone"),
        )
    }));
    if !above.is_empty() {
        parts.push(above.join("\n") + "\n");
    }
    parts.extend(asked.reports.iter().map(|report| match report {
        Ok(verified) => one(verified, lang),
        Err((folder, problems)) => {
            let lines: Vec<String> = problems.iter().map(|found| format!("  ✗ {}", problem::line(found, lang).trim_end())).collect();
            format!("{folder}:\n{}\n", lines.join("\n"))
        }
    }));
    if asked.reports.is_empty() && asked.gone.is_empty() {
        parts.push(lang.pick("没有封存的报告。\n", "No report is sealed.\n").to_owned());
    }
    parts.join("\n")
}

fn one(v: &Verified, lang: Lang) -> String {
    let (at, by, row) = (&v.seal.sealed_at, one_line(&v.seal.by), v.seal.log_row);
    let mut lines = vec![lang.pick(
        format!("{}: {by} 于 {at} 封存,记录至日志第 {row} 行", v.folder),
        format!("{}: sealed by {by} on {at}, records up to log row {row}", v.folder),
    )];
    lines.push(match &v.broken[..] {
        [] => lang.pick("  ✓ 文件与封存时一致".into(), "  ✓ the files are as they were sealed".into()),
        broken => {
            let names = broken.join(", ");
            lang.pick(format!("  ✗ 与封存时不一致的文件: {names}"), format!("  ✗ files that are not as they were sealed: {names}"))
        }
    });
    lines.extend(proof(v, lang));
    lines.extend(today(v, lang));
    lines.join("\n") + "\n"
}

/// What the report would say today.
fn today(v: &Verified, lang: Lang) -> Vec<String> {
    let differ = match &v.today {
        Err(problems) => {
            let mut lines = vec![lang.pick("  ! 今天无法重做:".to_owned(), "  ! today it cannot be made:".to_owned())];
            lines.extend(problems.iter().map(|found| format!("      {}", problem::line(found, lang).trim_end())));
            return lines;
        }
        Ok(differ) => differ,
    };
    let n = differ.iter().filter(|difference| difference.is_figure()).count();
    if differ.is_empty() && v.proof.is_proven() {
        return vec![lang.pick("  ✓ 此后没有影响它的改动".into(), "  ✓ nothing changed since would alter it".into())];
    }
    if !v.proof.is_proven() {
        let same = lang.pick("  ! 今天重做,与封存时的数字相同".to_owned(), "  ! made today, its figures are those sealed".to_owned());
        let others = lang.pick(
            format!("  ! 今天重做,与封存时有 {n} 个数字不同;由哪处改动所致已无从得知"),
            format!("  ! made today, {} would differ from those sealed; which change did it cannot be told", many(n, "figure")),
        );
        return vec![if differ.is_empty() { same } else { others }];
    }
    let changes = v.restatements.len();
    let mut lines = vec![lang.pick(
        format!("  ! 今天重做会有 {n} 个数字不同;{changes} 处后来的改动影响它:"),
        format!("  ! made today, {} would differ; {} since would alter it:", many(n, "figure"), many(changes, "change")),
    )];
    for restatement in &v.restatements {
        lines.push(format!("    {}", head(restatement, lang)));
        lines.extend(differences(&restatement.alters, lang).into_iter().map(|line| format!("      {line}")));
    }
    lines
}

fn proof(v: &Verified, lang: Lang) -> Vec<String> {
    match &v.proof {
        Proof::SameBytes => vec![lang.pick(
            format!("  ✓ 由日志重算,逐字节相同({} 个数字)", v.figures),
            format!("  ✓ computed again from the log: the same bytes ({} figures)", v.figures),
        )],
        Proof::SameFigures { texts, erased } => {
            let why = match (&erased[..], v.seal.version == env!("CARGO_PKG_VERSION")) {
                ([], true) => lang.pick("名称或文字不同".to_owned(), "names or texts differ".to_owned()),
                ([], false) => lang
                    .pick(format!("由 {} 版写成,文字不同", v.seal.version), format!("written by release {}, texts differ", v.seal.version)),
                (erased, _) => {
                    let ids = erased.join(", ");
                    lang.pick(
                        format!("此后已抹除客户 {ids},名称与原话已不可得"),
                        format!("customers erased since: {ids}; their names and words are gone"),
                    )
                }
            };
            let mut lines = vec![lang.pick(
                format!("  ✓ 由日志重算,{} 个数字相同;{why}({} 处)", same(v, texts), texts.len()),
                format!("  ✓ computed again from the log: {} figures are the same; {why} ({} places)", same(v, texts), texts.len()),
            )];
            lines.extend(texts.iter().take(SHOWN).map(|difference| format!("      {}", named(&difference.path))));
            lines
        }
        Proof::Different(found) => {
            let n = found.len();
            let mut lines = vec![match n {
                0 => lang.pick(
                    "  ✗ 由日志重算,文件的字节不同".to_owned(),
                    "  ✗ computed again from the log, the bytes of the files differ".to_owned(),
                ),
                _ => lang
                    .pick(format!("  ✗ 由日志重算,{n} 处不同:"), format!("  ✗ computed again from the log, {} differ:", many(n, "place"))),
            }];
            lines.extend(differences(found, lang).into_iter().map(|line| format!("      {line}")));
            lines.extend(v.unknown.iter().map(|(seq, file)| {
                lang.pick(
                    format!("      日志 {seq}: {file} 被整体手工改过,当时的行已无从得知"),
                    format!("      log {seq}: {file} was edited by hand as a whole; its rows of then are not known"),
                )
            }));
            lines
        }
        Proof::Impossible(problems) => {
            let mut lines =
                vec![lang.pick("  ✗ 已不能由日志重算:".to_owned(), "  ✗ it cannot be computed from the log any more:".to_owned())];
            lines.extend(problems.iter().map(|found| format!("      {}", problem::line(found, lang))));
            lines
        }
    }
}

/// How many figures came out the same: all but counts of words that are gone.
fn same(v: &Verified, texts: &[Difference]) -> usize {
    v.figures - texts.iter().filter(|difference| difference.is_figure() && !difference.before.is_null()).count()
}

fn head(restatement: &Restatement, lang: Lang) -> String {
    let (table, id) = (words::table(&restatement.table, lang), &restatement.id);
    let Some(last) = restatement.rows.last() else {
        return lang.pick(format!("{id} 已改"), format!("{id} was changed"));
    };
    let rows: Vec<String> = restatement.rows.iter().map(|row| row.seq.to_string()).collect();
    let rows = rows.join(", ");
    let mut actions: Vec<String> = Vec::new();
    for row in &restatement.rows {
        let action = words::action(&row.action, lang);
        if !actions.contains(&action) {
            actions.push(action);
        }
    }
    let (actions, actor) = (actions.join(lang.pick("、", ", ")), one_line(&last.actor));
    lang.pick(format!("日志 {rows}: {table} {id} {actions}({actor})"), format!("log {rows}: {table} {id}, {actions} by {actor}"))
}

/// The sections of which a difference is told first.
const FIRST: &[&str] = &["totals", "efficiency", "targets", "satisfaction", "revisits", "tiers", "shares"];
/// Words in the path that say nothing to a person.
const PLUMBING: &[&str] = &["figures", "rows", "now", "requests", "business"];

fn differences(found: &[Difference], lang: Lang) -> Vec<String> {
    let rank = |d: &Difference| {
        let section = d.path.split('/').next().unwrap_or_default();
        let depth = d.path.matches('/').count();
        (!d.is_figure(), d.path.ends_with("before"), FIRST.iter().position(|first| *first == section).unwrap_or(FIRST.len()), depth)
    };
    let mut all: Vec<&Difference> = found.iter().collect();
    all.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.path.cmp(&b.path)));
    let line = |d: &&Difference| format!("{}: {} → {}", named(&d.path), value(d, &d.before, lang), value(d, &d.after, lang));
    let mut lines: Vec<String> = all.iter().take(SHOWN).map(line).collect();
    if all.len() > SHOWN {
        let more = all.len() - SHOWN;
        lines.push(lang.pick(format!("…… 另有 {more} 处"), format!("… and {more} more")));
    }
    lines
}

/// A path without what only a program needs: `efficiency/figures/mean_time/now` → `efficiency/mean_time`.
fn named(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let last = parts.len() - 1;
    // what is called like the plumbing keeps its name where it is the figure itself
    let is_said = |at: usize| at == 0 || !PLUMBING.contains(&parts[at]) || (at == last && parts[at] != "now");
    (0..parts.len()).filter(|at| is_said(*at)).map(|at| parts[at]).collect::<Vec<_>>().join("/")
}

/// Figures whose numbers are seconds.
fn is_time(path: &str) -> bool {
    let is = |part: &str| {
        (part.ends_with("_time") && !part.ends_with("on_time")) || part.contains("lateness") || matches!(part, "median" | "p90")
    };
    path.split('/').any(is)
}

fn value(difference: &Difference, value: &Value, lang: Lang) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => truncate(&one_line(text), LONGEST),
        Value::Number(n) if is_time(&difference.path) => {
            n.as_f64().map_or_else(|| n.to_string(), |seconds| report_words::duration(seconds, lang))
        }
        Value::Number(n) => n.as_i64().map_or_else(|| n.as_f64().map_or_else(|| n.to_string(), rounded), |n| n.to_string()),
        other => other.to_string(),
    }
}

/// Two decimals are enough to see what changed.
fn rounded(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// For machines.
pub fn json(asked: &Verification) -> Value {
    let difference = |d: &Difference| json!({"path": d.path, "before": d.before, "after": d.after});
    let differences = |found: &[Difference]| found.iter().map(difference).collect::<Vec<_>>();
    let restatement = |r: &Restatement| {
        let rows: Vec<Value> = r.rows.iter().map(|row| json!({"log_row": row.seq, "action": row.action, "actor": row.actor})).collect();
        json!({"table": r.table, "id": r.id, "log": rows, "alters": differences(&r.alters)})
    };
    let one = |v: &Verified| {
        let (proof, differ, erased) = match &v.proof {
            Proof::SameBytes => ("same_bytes", Vec::new(), Vec::new()),
            Proof::SameFigures { texts, erased } => ("same_figures", differences(texts), erased.clone()),
            Proof::Different(found) => ("different", differences(found), Vec::new()),
            Proof::Impossible(_) => ("impossible", Vec::new(), Vec::new()),
        };
        json!({
            "report": v.folder, "period": v.seal.period, "sealed_at": v.seal.sealed_at, "by": v.seal.by, "log_row": v.seal.log_row,
            "proven": v.is_proven(), "proof": proof, "figures": v.figures, "broken": v.broken, "differences": differ, "erased": erased,
            "today": v.today.as_ref().map(|found| differences(found)).ok(), "restatements": v.restatements.iter().map(restatement).collect::<Vec<_>>(),
        })
    };
    let unreadable = |folder: &String| json!({"report": folder, "proven": false, "proof": "unreadable"});
    let each = asked.reports.iter().map(|report| report.as_ref().map_or_else(|(folder, _)| unreadable(folder), one));
    json!({
        "schema": "carebook.seal_verification.v1", "proven": asked.is_proven(), "log_intact": asked.log.is_empty(),
        "hand_edits": asked.hand_edits, "gone": asked.gone, "reports": each.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_named_and_written_for_people() {
        let of = |path: &str, before: Value, after: Value| Difference { path: path.into(), before, after };
        let found = [
            of("causes/by_cause/rows/迟到/figures/median_time/now", json!(30600.0), Value::Null),
            of("efficiency/figures/mean_time/now", json!(148_425.0), json!(153_547.826)),
            of("totals/requests/received/before", json!(20), json!(21)),
            of("totals/requests/received/now", json!(26), json!(27)),
            of("efficiency/figures/resolve_on_time/now", json!(96.66667), json!(90.0)),
        ];
        let lines = differences(&found, Lang::En);
        assert_eq!(
            lines,
            [
                "totals/received: 26 → 27",
                "efficiency/mean_time: 1 d 17 h → 1 d 18 h",
                "efficiency/resolve_on_time: 96.67 → 90",
                "causes/by_cause/迟到/median_time: 8 h 30 min → –",
                "totals/received/before: 20 → 21",
            ]
        );
    }
}
