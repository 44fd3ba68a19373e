//! What a report says of itself, around its sections: the same in every format.

use crate::base::lang::Lang;
use crate::engine::report::Report;

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

impl Frame {
    pub fn of(report: &Report) -> Frame {
        Frame {
            book: report.book.clone(),
            currency: report.currency.clone(),
            period: report.period.name.clone(),
            range: report.period.from.clone().zip(report.period.to.clone()).map(|(from, to)| [from, to]),
            previous: report.previous.as_ref().map(|span| span.name.clone()),
            year_ago: None,
            as_of: report.as_of.clone(),
            provenance: Vec::new(),
        }
    }

    /// The report's name without the book's.
    pub fn title(&self, lang: Lang) -> String {
        format!("{} {}", lang.pick("客户服务报告", "Customer service report"), self.period)
    }

    /// The name of book and report.
    pub fn full_title(&self, lang: Lang) -> String {
        let title = self.title(lang);
        if self.book.is_empty() { title } else { format!("{} · {title}", self.book) }
    }

    /// Days, comparison, as-of and currency: the line under the title.
    pub fn about(&self, lang: Lang) -> String {
        let range = match &self.range {
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
