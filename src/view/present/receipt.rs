//! The receipt of an import: what became of every row.

use serde_json::{Value, json};

use crate::base::lang::Lang;
use crate::base::text::{many, word};
use crate::model::draft::Lives;
use crate::model::survey_file::Source;
use crate::model::survey_question::Choice;
use crate::model::vocabulary::Code;
use crate::view::present::returned::Came;
use crate::view::text::words;

/// How a file was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadFrom {
    /// Of a text its encoding, of a workbook its kind.
    pub encoding: &'static str,
    /// Of a text.
    pub delimiter: Option<char>,
    /// Of a workbook, and how many it has.
    pub sheet: Option<String>,
    pub sheets: usize,
    /// The line of the header.
    pub header_line: u64,
}

/// Counts that add up: rows = new + updated + unchanged + rejected.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Receipt {
    pub what: &'static str,
    pub file: String,
    pub read_from: ReadFrom,
    /// The saved map it was read by.
    pub map: Option<String>,
    /// Named by hand, and of no header by which it would be found again: the rejects must be imported with it too.
    pub use_map: bool,
    pub rows: usize,
    /// Rows that the map passes over, and records beyond the first of a row.
    pub passed_over: usize,
    pub further: usize,
    pub new: usize,
    pub updated: usize,
    pub unchanged: usize,
    pub rejected: usize,
    /// Rows whose customer is not in the archive.
    pub strangers: usize,
    /// Of a survey, the platform that wrote the file.
    pub source: Option<Source>,
    /// Questions whose numbers were understood for the first time, with their options.
    pub learned: Vec<(String, Vec<Choice>)>,
    /// Codes of questionnaires that lead to nobody.
    pub lost_tokens: usize,
    /// Questionnaires of our own that came back blank; not among the rows.
    pub unfilled: usize,
    /// How many customers those rows name, where that was counted.
    pub unknown: Option<usize>,
    /// New rows that name merged customers and went to those who stand.
    pub led: usize,
    /// Lines of the book that orders stated anew took the place of.
    pub replaced: usize,
    /// Customers made because orders name them.
    pub created: usize,
    /// Customers who may be there twice now, in words and for machines.
    pub alike: (Vec<String>, Vec<Value>),
    /// So many customers that they were not compared.
    pub uncompared: bool,
    /// Rows with an id that a spreadsheet may have rounded, and the first of them.
    pub rounded: Option<(usize, String)>,
    /// Field code and the header that fed it.
    pub mapped: Vec<(String, String)>,
    /// Field code and the value that every row got.
    pub constants: Vec<(String, String)>,
    pub unused: Vec<String>,
    /// Of rows that were states of requests at moments.
    pub history: Option<Lives>,
    /// Rows that only showed how to fill in the others.
    pub examples: usize,
    /// Of an export that came back.
    pub came: Option<Came>,
    pub rejects_file: Option<String>,
    /// `None` when the book stayed as it was.
    pub batch: Option<String>,
    pub dry_run: bool,
}

impl Receipt {
    pub fn json(&self) -> Value {
        let lives = |lives: Lives| {
            let Lives { requests, steps, reopened_differ, resolved_differ } = lives;
            json!({"requests": requests, "steps": steps, "reopened_differ": reopened_differ, "resolved_differ": resolved_differ})
        };
        let object = |pairs: &[(String, String)]| pairs.iter().cloned().collect::<std::collections::BTreeMap<_, _>>();
        json!({
            "schema": "carebook.receipt.v1", "what": self.what, "file": self.file, "encoding": self.read_from.encoding,
            "delimiter": self.read_from.delimiter, "sheet": self.read_from.sheet, "header_line": self.read_from.header_line,
            "map": self.map, "rows": self.rows, "passed_over": self.passed_over, "further_records": self.further, "new": self.new, "updated": self.updated, "unchanged": self.unchanged, "rejected": self.rejected,
            "unknown_customers": self.unknown.unwrap_or(self.strangers), "rows_of_unknown_customers": self.strangers,
            "created_customers": self.created, "perhaps_rounded": self.rounded.as_ref().map_or(0, |(rows, _)| *rows),
            "mapped": object(&self.mapped), "constants": object(&self.constants), "not_imported": self.unused,
            "history": self.history.map(lives), "rows_of_merged_customers": self.led, "replaced_lines": self.replaced,
            "duplicates": if self.uncompared { Value::Null } else { self.alike.1.clone().into() },
            "examples": self.examples, "merged": self.came.as_ref().map(Came::json),
            "source": self.source.map(Code::code), "unknown_tokens": self.lost_tokens, "unfilled": self.unfilled,
            "learned_options": self.learned.iter().map(|(question, _)| question).collect::<Vec<_>>(),
            "rejects_file": self.rejects_file, "batch": self.batch, "dry_run": self.dry_run,
        })
    }
}

/// The receipt for people.
pub fn text(receipt: &Receipt, lang: Lang) -> String {
    let Receipt { rows, new, updated, unchanged, rejected, file, read_from, .. } = receipt;
    let what = words::table(receipt.what, lang);
    let constant = |(field, text): &(String, String)| format!("{} = {text}", label(field, lang));
    let mapped = receipt.mapped.iter().map(|(field, header)| column(field, header, lang));
    let mapped = mapped.chain(receipt.constants.iter().map(constant)).collect::<Vec<_>>().join(", ");
    let read = how(read_from, lang)
        + &receipt.map.as_ref().map_or_else(String::new, |map| lang.pick(format!(", 按 maps/{map}.yaml"), format!(", by maps/{map}.yaml")));
    let mut lines =
        vec![lang.pick(
            format!("{file}: {read}, {rows} 行 → {what}"),
            format!("{file}: {read}, {} → {}", many(rows, "row"), what.to_lowercase()),
        )];
    if let Some(source) = receipt.source.filter(|source| *source != Source::Other) {
        let platform = source.label(lang);
        lines.push(lang.pick(format!("  问卷平台: {platform}"), format!("  platform: {platform}")));
    }
    // an export has our own headers: which feeds which is nothing to look over
    if receipt.came.is_none() {
        lines.push(lang.pick(format!("  对应: {mapped}"), format!("  mapped: {mapped}")));
    }
    if !receipt.unused.is_empty() {
        let unused = receipt.unused.join(", ");
        lines.push(lang.pick(format!("  未导入的列: {unused}"), format!("  not imported: {unused}")));
    }
    let records = records(receipt, lang);
    lines.push(lang.pick(
        format!("  {rows} 行{records} = {new} 新增 + {updated} 更新 + {unchanged} 未变 + {rejected} 拒收"),
        format!("  {}{records} = {new} new + {updated} updated + {unchanged} unchanged + {rejected} rejected", many(rows, "row")),
    ));
    lines.extend(receipt.came.iter().flat_map(|came| came.lines(receipt.dry_run, lang)));
    if receipt.examples > 0 {
        let n = receipt.examples;
        lines.push(lang.pick(format!("  示例行 {n} 行,已跳过"), format!("  {} passed over", many(n, "example row"))));
    }
    lines.extend(notes(receipt, lang));
    if let Some(file) = &receipt.rejects_file {
        let with = receipt.map.as_ref().filter(|_| receipt.use_map).map(|map| format!("--use-map {}", word(map)));
        lines.push(lang.pick(
            format!("  拒收的行在 {file}:改正后可再次导入{}", with.as_ref().map_or_else(String::new, |with| format!(",并加 {with}"))),
            format!(
                "  rejected rows are in {file}: mend them and import that file{}",
                with.map_or_else(String::new, |with| format!(" with {with}"))
            ),
        ));
    }
    lines.join("\n")
}

/// How rows become records, where a map says that they are not one each.
fn records(receipt: &Receipt, lang: Lang) -> String {
    let Receipt { passed_over, further, .. } = receipt;
    let passed = lang.pick(format!(" - {passed_over} 按对应略过"), format!(" - {passed_over} passed over by the map"));
    let more = lang.pick(format!(" + {further} 同一行的另一条"), format!(" + {}", many(further, "further record")));
    [(*passed_over, passed), (*further, more)].into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text).collect()
}

/// What deserves a look though it was taken.
fn notes(receipt: &Receipt, lang: Lang) -> Vec<String> {
    let mut notes = Vec::new();
    let n = receipt.strangers;
    if n > 0 && receipt.what == "responses" {
        notes.push(lang.pick(
            format!("  注意: {n} 份答卷没有对应到客户,已照常保存;补齐档案后再导入一次即可关联"),
            format!("  note: {n} responses belong to nobody in the archive; they are kept, and importing again later links them"),
        ));
    } else if let Some(unknown) = receipt.unknown.filter(|unknown| *unknown > 0) {
        notes.push(lang.pick(
            format!("  注意: {unknown} 位客户 ({n} 行) 不在档案中;加 --create-customers 可一并建档"),
            format!("  note: {} ({}) not in the archive; --create-customers adds them", many(unknown, "customer"), many(n, "row")),
        ));
    } else if n > 0 {
        notes.push(lang.pick(
            format!("  注意: {n} 行的客户不在档案中;补齐档案后再导入一次即可关联"),
            format!("  note: the customers of {n} rows are not in the archive; importing again later links them"),
        ));
    }
    if receipt.led > 0 {
        let led = receipt.led;
        notes.push(lang.pick(
            format!("  {led} 行的客户已并入别的客户,记在合并后的客户名下"),
            format!("  {} name merged customers and went to those they were merged into", many(led, "row")),
        ));
    }
    if receipt.replaced > 0 {
        let replaced = receipt.replaced;
        notes.push(lang.pick(
            format!("  账本中原有的 {replaced} 行被重新给出的订单替换"),
            format!("  {} of the book replaced by orders stated anew", many(replaced, "line")),
        ));
    }
    if !receipt.learned.is_empty() {
        let names = receipt.learned.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>().join(", ");
        notes.push(lang.pick(
            format!("  由同编号的答卷得知选项序号的含义: {names}"),
            format!("  learned what the numbers of options mean, from the same responses by text: {names}"),
        ));
    }
    if receipt.unfilled > 0 {
        let n = receipt.unfilled;
        notes.push(
            lang.pick(
                format!("  {n} 份问卷没有填写,未计入"),
                format!("  {} came back blank and are no responses", many(n, "questionnaire")),
            ),
        );
    }
    if receipt.lost_tokens > 0 {
        let n = receipt.lost_tokens;
        notes.push(
            lang.pick(format!("  注意: {n} 个问卷编码无效"), format!("  note: {} of questionnaires lead to nobody", many(n, "code"))),
        );
    }
    notes.extend(twice(&receipt.alike.0, lang));
    if receipt.uncompared {
        notes.push(lang.pick(
            "  客户太多,没有逐一查重: carebook customer duplicates".into(),
            "  so many customers were not compared along with it: `carebook customer duplicates` does".into(),
        ));
    }
    notes.extend(receipt.history.iter().flat_map(|lives| lived(lives, lang)));
    if receipt.created > 0 {
        let created = receipt.created;
        notes.push(lang.pick(format!("  新建客户档案 {created} 位"), format!("  {} added to the archive", many(created, "customer"))));
    }
    if let Some((rows, example)) = &receipt.rounded {
        notes.push(lang.pick(
            format!("  注意: {rows} 行的编号或电话超过 15 位且尾数全为 0 (如 {example}),可能被表格软件取整过"),
            format!(
                "  note: {rows} rows have an id or phone past 15 digits that ends in zeros ({example}): a spreadsheet may have rounded it"
            ),
        ));
    }
    notes
}

/// Customers who may be there twice now: how many pairs, and the likeliest.
fn twice(pairs: &[String], lang: Lang) -> Vec<String> {
    const TOLD: usize = 10;
    if pairs.is_empty() {
        return Vec::new();
    }
    let n = pairs.len();
    let mut lines = vec![lang.pick(
        format!("  注意: {n} 对客户可能重复,未合并;carebook customer duplicates 列出全部"),
        format!("  note: {} of customers may be one; nothing was merged, `carebook customer duplicates` lists them", many(n, "pair")),
    )];
    lines.extend(pairs.iter().take(TOLD).map(|pair| format!("    {pair}")));
    if n > TOLD {
        lines.push(format!("    … {}", n - TOLD));
    }
    lines
}

/// What histories came to, and where the file's columns say otherwise than its stages.
fn lived(lives: &Lives, lang: Lang) -> Vec<String> {
    let Lives { requests, steps, reopened_differ, resolved_differ } = lives;
    let mut notes = vec![lang.pick(
        format!("  {requests} 件诉求的经过,{steps} 步记入日志"),
        format!("  the histories of {requests} requests, {steps} steps in the log"),
    )];
    if *reopened_differ > 0 {
        notes.push(lang.pick(
            format!("  注意: {reopened_differ} 件诉求的重开次数与进度不符,以该列为准"),
            format!("  note: of {reopened_differ} requests the column of reopenings says otherwise than the stages; the column holds"),
        ));
    }
    if *resolved_differ > 0 {
        notes.push(lang.pick(
            format!("  注意: {resolved_differ} 件诉求的解决时间列与进度不符,以该列为准;计时仍按进度"),
            format!("  note: of {resolved_differ} requests the resolved_at column says otherwise than the stages; the column holds, clocks go by the stages"),
        ));
    }
    notes
}

/// The kind of file; the sheet where there are several, and where the header was where it is not at the top.
fn how(read_from: &ReadFrom, lang: Lang) -> String {
    let mut parts = vec![read_from.encoding.to_owned()];
    parts.extend(read_from.delimiter.and_then(|c| delimiter(c, lang)));
    if let Some(sheet) = read_from.sheet.as_ref().filter(|_| read_from.sheets > 1) {
        let n = read_from.sheets;
        parts.push(lang.pick(format!("工作表 {sheet} (共 {n} 个)"), format!("sheet {sheet} of {n}")));
    }
    let line = read_from.header_line;
    if line > 1 {
        parts.push(lang.pick(format!("表头在第 {line} 行"), format!("header in line {line}")));
    }
    parts.join(", ")
}

/// Said only where it is not the usual comma.
fn delimiter(delimiter: char, lang: Lang) -> Option<String> {
    let (zh, en) = match delimiter {
        ';' => ("分号", "semicolons"),
        '\t' => ("制表符", "tabs"),
        '|' => ("竖线", "bars"),
        _ => return None,
    };
    Some(lang.pick(format!("{zh}分隔"), en.to_owned()))
}

fn label(field: &str, lang: Lang) -> &str {
    lang.pick(words::column(field, lang).unwrap_or(field), field)
}

fn column(field: &str, header: &str, lang: Lang) -> String {
    let label = label(field, lang);
    if label == header { header.to_owned() } else { format!("{header} → {label}") }
}
