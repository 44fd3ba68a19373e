//! The receipt of an erasure, which is its certificate too: what was erased, when, by whom, why, and what is out of reach.
//! The person is in none of it, but for the id.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::base::text::{many, one_line, width, word};
use crate::model::cell::Locale;
use crate::model::erasure::pseudonym;
use crate::view::text::words;

/// A file that still names the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Still {
    pub path: String,
    pub lines: Vec<usize>,
    pub count: usize,
}

/// Everything that is to be told.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The customer, then those merged into it.
    pub ids: Vec<String>,
    /// The language of the names that stand in the book now.
    pub book_lang: Lang,
    pub at: Instant,
    pub actor: String,
    pub reason: String,
    /// The row of the log.
    pub row: u32,
    /// By table: rows of the customer, and those that lost something.
    pub counted: Vec<(&'static str, usize, usize)>,
    /// Rows of the log that lost something.
    pub log: usize,
    /// Ways back, bases of exports and pushed-out edits that went.
    pub undo: usize,
    pub exports: usize,
    pub conflicts: usize,
    /// Requests that are still open.
    pub open: usize,
    pub still: Vec<Still>,
    pub closed: Vec<String>,
    pub hooks: Vec<String>,
    /// Edits of the very moment, kept under these names.
    pub kept_edits: Vec<String>,
    pub dry_run: bool,
}

/// Nothing is left to erase.
pub fn already(id: &str, lang: Lang) -> String {
    lang.pick(
        format!("{id} 已经抹除,账本里没有其个人信息了。"),
        format!("{id} was erased already; nothing personal is left of it in the book."),
    )
}

/// What will happen, in both languages, for a question and for a refusal.
pub fn what(receipt: &Receipt) -> [String; 2] {
    [Lang::Zh, Lang::En].map(|lang| {
        let ids = receipt.ids.join(lang.pick("、", ", "));
        let tables: Vec<String> = receipt.counted.iter().filter(|(_, _, changed)| *changed > 0).map(|(table, _, n)| rows(table, *n, lang)).collect();
        let (tables, log) = (tables.join(lang.pick("、", ", ")), receipt.log);
        lang.pick(
            format!("将抹除 {ids} 的个人信息: {tables}、日志 {log} 行;不能撤销,此前的改动也不能再撤销"),
            format!(
                "what tells of {ids} would be erased for good: {tables}, {} of the log; neither this nor any change before it can be taken back",
                many(log, "row")
            ),
        )
    })
}

fn rows(table: &str, n: usize, lang: Lang) -> String {
    let label = words::table(table, lang);
    lang.pick(format!("{label} {n} 行"), format!("{} of {}", many(n, "row"), label.to_lowercase()))
}

impl Receipt {
    pub fn json(&self, locale: &Locale) -> Value {
        let tables = self.counted.iter().map(|(table, rows, changed)| json!({"table": table, "rows": rows, "erased": changed}));
        let still = self.still.iter().map(|still| json!({"path": still.path, "lines": still.lines, "count": still.count}));
        json!({
            "schema": "carebook.erasure.v1",
            "customer": self.ids.first(),
            "merged": self.ids.get(1..).unwrap_or_default(),
            "name": self.ids.first().map(|id| pseudonym(id, self.book_lang)),
            "at": self.at.iso(locale.zone),
            "actor": self.actor,
            "reason": self.reason,
            "log_row": self.row,
            "tables": tables.collect::<Vec<_>>(),
            "log_rows_erased": self.log,
            "undo_dropped": self.undo,
            "exports_dropped": self.exports,
            "conflicts_dropped": self.conflicts,
            "open_requests": self.open,
            "still_named_in": still.collect::<Vec<_>>(),
            "not_looked_into": self.closed,
            "hooks": self.hooks,
            "kept_edits": self.kept_edits,
            "dry_run": self.dry_run,
        })
    }

    pub fn text(&self, locale: &Locale, lang: Lang) -> String {
        let mut out = String::new();
        let (dry_run, done) = (lang.pick("抹除(试运行)", "Erasure (dry run)"), lang.pick("抹除凭据", "Certificate of erasure"));
        let _ = writeln!(out, "{}", if self.dry_run { dry_run } else { done });
        pairs(&mut out, &self.head(locale, lang));
        let _ = writeln!(out, "\n{}", lang.pick("抹去个人信息的行(共有的行)", "Rows that lost what is personal (rows there are)"));
        pairs(&mut out, &self.counts(lang));
        let kept = lang.pick(
            "编号、日期、金额、等级、类别、进度、评分等保留,各项统计不变;日志的校验链不变。",
            "Ids, dates, amounts, tiers, categories, stages and scores stay: every figure is what it was, and the chain of the log holds.",
        );
        let _ = writeln!(out, "\n{kept}\n\n{}", lang.pick("抹除不到的", "Out of reach"));
        for line in self.beyond(lang) {
            let _ = writeln!(out, "  - {line}");
        }
        out
    }

    fn head(&self, locale: &Locale, lang: Lang) -> Vec<(String, String)> {
        let main = self.ids.first().map(String::as_str).unwrap_or_default();
        let mut customer = main.to_owned();
        if let Some(merged) = self.ids.get(1..).filter(|merged| !merged.is_empty()) {
            let merged = merged.join(lang.pick("、", ", "));
            customer += &lang.pick(format!(" (连同并入的 {merged})"), format!(" (and {merged}, merged into it)"));
        }
        let pair = |zh: &str, en: &str, value: String| (lang.pick(zh, en).to_owned(), value);
        let mut head = vec![
            pair("客户", "Customer", customer),
            pair("现称", "Now called", pseudonym(main, self.book_lang)),
            pair("时间", "When", self.at.minute(locale.zone)),
            pair("操作人", "By", one_line(&self.actor)),
            pair("理由", "Reason", one_line(&self.reason)),
        ];
        if !self.dry_run {
            head.push(pair("日志", "Log row", self.row.to_string()));
        }
        head
    }

    fn counts(&self, lang: Lang) -> Vec<(String, String)> {
        let table =
            |(table, rows, changed): &(&'static str, usize, usize)| (words::table(table, lang).to_owned(), format!("{changed} ({rows})"));
        let mut counts: Vec<(String, String)> = self.counted.iter().map(table).collect();
        counts.push((words::table("log", lang).to_owned(), self.log.to_string()));
        for (zh, en, n) in [
            ("撤销记录", "Ways back (undo)", self.undo),
            ("导出底本", "Bases of exports", self.exports),
            ("冲突副本", "Pushed-out edits", self.conflicts),
        ] {
            if n > 0 {
                counts.push((lang.pick(zh, en).to_owned(), n.to_string()));
            }
        }
        counts
    }

    /// What the erasure did not reach, and what there is to do about it.
    fn beyond(&self, lang: Lang) -> Vec<String> {
        let ids: Vec<String> = self.ids.iter().take(1).map(|id| word(id)).collect();
        let typed = ids.join(" ");
        let mut lines = vec![
            lang.pick(
                format!("此前的备份和账本的其他副本: 还原之后再运行 carebook customer erase {typed};名单见 carebook customer list status:erased"),
                format!(
                    "backups and other copies made before: after restoring one, `carebook customer erase {typed}` again; `carebook customer list status:erased` tells whom"
                ),
            ),
            lang.pick("已经导出、打印或发给别人的文件和报告", "files and reports that were exported, printed or sent").to_owned(),
            lang.pick(
                "没有填客户编号的诉求和答卷: 是不是此人无从得知",
                "requests and responses without a customer: whether they are this person's cannot be known",
            )
            .to_owned(),
        ];
        if !self.hooks.is_empty() {
            let hooks = self.hooks.join(", ");
            lines.push(lang.pick(format!("{hooks} 已经告知过的接收方"), format!("whoever was told by {hooks}")));
        }
        lines.extend(self.still.iter().map(|still| still_named(still, lang)));
        if !self.closed.is_empty() {
            let closed = self.closed.join(", ");
            lines.push(lang.pick(format!("看不了内容的: {closed}"), format!("could not be looked into: {closed}")));
        }
        lines.extend(self.kept_edits.iter().map(|path| {
            lang.pick(
                format!("{path}: 您在此刻的手工改动,看过后请删除"),
                format!("{path}: your edit of this very moment; look at it, then delete it"),
            )
        }));
        if self.ids.iter().any(|id| id.contains('@') || id.chars().filter(char::is_ascii_digit).count() >= 11) {
            lines.push(
                lang.pick(
                    "编号本身像电话、证件号或邮箱: 编号不变",
                    "the id itself looks like a phone, an identity number or an email: ids stay",
                )
                .to_owned(),
            );
        }
        if self.open > 0 {
            let n = self.open;
            lines.push(lang.pick(format!("还有 {n} 条诉求没有办结,请处理"), format!("{} still open: see to it", many(n, "request"))));
        }
        lines
    }
}

fn still_named(still: &Still, lang: Lang) -> String {
    let path = &still.path;
    if still.count == 0 {
        return lang.pick(format!("{path}: 文件名里有"), format!("{path}: in its name"));
    }
    let lines = still.lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(lang.pick("、", ", "));
    let more = if still.count > still.lines.len() { " …" } else { "" };
    lang.pick(
        format!("{path} 里还有同样的姓名、电话、邮箱或地址(第 {lines}{more} 行): 也可能是别人的,请核对"),
        format!("{path} still has the same name, phone, email or address (line {lines}{more}): it may be somebody else's, look at it"),
    )
}

fn pairs(out: &mut String, pairs: &[(String, String)]) {
    let widest = pairs.iter().map(|(label, _)| width(label)).max().unwrap_or_default();
    for (label, value) in pairs {
        // writing to a string does not fail
        let _ = writeln!(out, "  {label}{}  {value}", " ".repeat(widest - width(label)));
    }
}
