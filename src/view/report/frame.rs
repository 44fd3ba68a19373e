//! What a report says of itself, around its sections: the same in every format.

use crate::base::lang::Lang;
use crate::engine::report::Report;
use crate::engine::report::provenance::Provenance;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frame {
    pub book: String,
    pub currency: String,
    /// The period's name, which is also the name of its files.
    pub period: String,
    /// Its first and last day; none for all records.
    pub range: Option<[String; 2]>,
    /// The periods it is compared with, where it is.
    pub previous: Option<String>,
    pub year_ago: Option<String>,
    pub as_of: String,
    /// What the report rests on, for who looks at it years later: label and value.
    pub provenance: Vec<(String, String)>,
}

/// The name of the period without an end.
const ALL: &str = "all";

/// Digits of a chain that are shown: enough to compare by eye.
const CHAIN_SHOWN: usize = 16;

fn provenance(provenance: &Provenance, lang: Lang) -> Vec<(String, String)> {
    let Provenance { log_row, chain, hand_edits, rules, version, command } = provenance;
    let chain: String = chain.chars().take(CHAIN_SHOWN).collect();
    let records = match (log_row, hand_edits) {
        (0, _) => lang.pick("日志为空".to_owned(), "no log yet".to_owned()),
        (row, false) => lang.pick(format!("至日志第 {row} 行,链 {chain}"), format!("up to log row {row}, chain {chain}")),
        (row, true) => lang.pick(
            format!("至日志第 {row} 行,链 {chain},另有未入日志的手工改动"),
            format!("up to log row {row}, chain {chain}, and edits by hand that the log does not tell yet"),
        ),
    };
    let versions: Vec<String> = rules
        .iter()
        .map(|one| {
            let version = if one.version == "built-in" { lang.pick("内置", "built-in") } else { &one.version };
            format!("{} {version}", one.name)
        })
        .collect();
    vec![
        (lang.pick("记录", "Records").to_owned(), records),
        (lang.pick("规则", "Rules").to_owned(), versions.join(lang.pick("、", ", "))),
        (lang.pick("命令", "Command").to_owned(), command.clone()),
        (lang.pick("版本", "Release").to_owned(), format!("carebook {version}")),
    ]
}

impl Frame {
    pub fn of(report: &Report, lang: Lang) -> Frame {
        Frame {
            book: report.book.clone(),
            currency: report.currency.clone(),
            period: report.period.name.clone(),
            range: report.period.from.clone().zip(report.period.to.clone()).map(|(from, to)| [from, to]),
            previous: report.previous.as_ref().map(|span| span.name.clone()),
            year_ago: report.year_ago.as_ref().map(|span| span.name.clone()),
            as_of: report.as_of.clone(),
            provenance: provenance(&report.provenance, lang),
        }
    }

    /// The report's name without the book's.
    pub fn title(&self, lang: Lang) -> String {
        format!("{} {}", lang.pick("客户服务报告", "Customer service report"), self.shown(lang))
    }

    /// The period as it is shown; all records have no name but this.
    pub fn shown(&self, lang: Lang) -> &str {
        if self.range.is_none() && self.period == ALL { lang.pick("全部记录", "all records") } else { &self.period }
    }

    /// The name of book and report.
    pub fn full_title(&self, lang: Lang) -> String {
        let title = self.title(lang);
        if self.book.is_empty() { title } else { format!("{} · {title}", self.book) }
    }

    /// Days, comparison, as-of and currency: the line under the title.
    pub fn about(&self, lang: Lang) -> String {
        let range = match &self.range {
            Some([from, to]) if from == to => from.clone(),
            Some([from, to]) => format!("{from} – {to}"),
            None => lang.pick("全部记录", "all records").to_owned(),
        };
        let compared: Vec<&str> = self.previous.iter().chain(&self.year_ago).map(String::as_str).collect();
        let compared = (!compared.is_empty()).then(|| {
            let names = compared.join(lang.pick("、", ", "));
            format!("{} {names}", lang.pick("对比", "compared with"))
        });
        let as_of = format!("{} {}", lang.pick("截至", "as of"), self.as_of);
        let currency = format!("{} {}", lang.pick("货币", "currency"), self.currency);
        [Some(range), compared, Some(as_of), Some(currency)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_told_once_and_all_records_have_a_name() {
        let of = |period: &str, range: Option<[&str; 2]>| Frame {
            period: period.into(),
            range: range.map(|days| days.map(str::to_owned)),
            as_of: "2026-10-08".into(),
            currency: "CNY".into(),
            ..Frame::default()
        };
        let day = of("2026-10-01", Some(["2026-10-01"; 2]));
        assert_eq!(day.about(Lang::En), "2026-10-01 · as of 2026-10-08 · currency CNY");
        let all = of("all", None);
        assert_eq!((all.title(Lang::Zh).as_str(), all.shown(Lang::En)), ("客户服务报告 全部记录", "all records"));
        assert_eq!(of("2026Q3", Some(["2026-07-01", "2026-09-30"])).shown(Lang::En), "2026Q3");
    }
}
