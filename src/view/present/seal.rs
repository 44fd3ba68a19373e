//! What the verification of sealed reports found, in words and as JSON.

use serde_json::{Value, json};

use crate::base::lang::Lang;
use crate::base::problem::Problems;
use crate::base::text::{many, one_line, truncate};
use crate::engine::report::difference::Difference;
use crate::model::log::LogRow;
use crate::model::seal::Seal;
use crate::view::problem;
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
    /// What is otherwise when the same report is asked for today.
    pub today: Vec<Difference>,
    pub restatements: Vec<Restatement>,
}

impl Verified {
    /// Whether the files are as sealed and the figures came out again.
    pub fn is_proven(&self) -> bool {
        self.broken.is_empty() && matches!(self.proof, Proof::SameBytes | Proof::SameFigures { .. })
    }

    /// Whether the same report would say something else today.
    pub fn is_altered(&self) -> bool {
        !self.today.is_empty()
    }
}

/// For people.
pub fn text(all: &[Verified], lang: Lang) -> String {
    if all.is_empty() {
        return lang.pick("没有封存的报告。\n", "No report is sealed.\n").to_owned();
    }
    all.iter().map(|verified| one(verified, lang)).collect::<Vec<_>>().join("\n")
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
    if v.today.is_empty() {
        lines.push(lang.pick("  ✓ 此后没有影响它的改动".into(), "  ✓ nothing changed since would alter it".into()));
        return lines.join("\n") + "\n";
    }
    let n = v.today.iter().filter(|difference| difference.is_figure()).count();
    let changes = v.restatements.len();
    lines.push(lang.pick(
        format!("  ! 今天重做会有 {n} 个数字不同;{changes} 处后来的改动影响它:"),
        format!("  ! made today, {} would differ; {} since would alter it:", many(n, "figure"), many(changes, "change")),
    ));
    for restatement in &v.restatements {
        lines.push(format!("    {}", head(restatement, lang)));
        lines.extend(differences(&restatement.alters, lang).into_iter().map(|line| format!("      {line}")));
    }
    lines.join("\n") + "\n"
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
            lines.extend(texts.iter().take(SHOWN).map(|difference| format!("      {}", difference.path)));
            lines
        }
        Proof::Different(found) => {
            let n = found.len();
            let mut lines = vec![lang.pick(
                format!("  ✗ 由日志重算,{n} 个数字不同:"),
                format!("  ✗ computed again from the log, {} differ:", many(n, "figure")),
            )];
            lines.extend(differences(found, lang).into_iter().map(|line| format!("      {line}")));
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

fn differences(found: &[Difference], lang: Lang) -> Vec<String> {
    // figures first: they are what a report is read for
    let (figures, texts): (Vec<&Difference>, Vec<&Difference>) = found.iter().partition(|difference| difference.is_figure());
    let all: Vec<&Difference> = figures.into_iter().chain(texts).collect();
    let mut lines: Vec<String> =
        all.iter().take(SHOWN).map(|d| format!("{}: {} → {}", d.path, value(&d.before), value(&d.after))).collect();
    if all.len() > SHOWN {
        let more = all.len() - SHOWN;
        lines.push(lang.pick(format!("…… 另有 {more} 处"), format!("… and {more} more")));
    }
    lines
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => truncate(&one_line(text), LONGEST),
        other => other.to_string(),
    }
}

/// For machines.
pub fn json(all: &[Verified]) -> Value {
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
            "today": differences(&v.today), "restatements": v.restatements.iter().map(restatement).collect::<Vec<_>>(),
        })
    };
    json!({"schema": "carebook.seal_verification.v1", "reports": all.iter().map(one).collect::<Vec<_>>()})
}
