//! The records behind a figure of the report, as a table.

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::base::lang::Lang;
use crate::base::money::Money;
use crate::base::text::one_line;
use crate::engine::report::basis::{Basis, Lines, Part, Reduce, Source};
use crate::engine::report::explain::{Address, Addressed, id};
use crate::engine::report::figure::Number;
use crate::model::customer::CUSTOMERS;
use crate::model::log::LOG;
use crate::model::request::REQUESTS;
use crate::model::revisit::REVISITS;
use crate::model::survey::RESPONSES;
use crate::model::tier::TIERS;
use crate::model::vocabulary::Code;
use crate::view::grid::{Field, Grid, col, num};
use crate::view::report::sections::field;
use crate::view::report::words;

/// A figure, explained.
#[derive(Debug, Clone, Default)]
pub struct Explanation {
    pub number: Option<Number>,
    /// How the number follows from the rows, in words.
    pub method: String,
    /// Set where the rows are order lines, which are read apart.
    pub lines: Option<Lines>,
    pub orders: Vec<Line>,
    rows: Vec<Vec<Field>>,
}

/// An order line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: String,
    pub date: NaiveDate,
    pub customer: String,
    pub amount: Money,
}

/// Reads a basis out into rows.
pub fn explanation(basis: &Basis<'_>, zone: Tz, names: &dyn Fn(&str) -> String, lang: Lang) -> Explanation {
    let lines = if let Reduce::Lines(lines, _) = basis.reduce { Some(lines) } else { None };
    let mut parts: Vec<&Part<'_>> = basis.parts.iter().collect();
    // what is counted first; then the largest values
    parts.sort_by(|a, b| b.counted.cmp(&a.counted).then(b.value.total_cmp(&a.value)).then_with(|| id(a.source).cmp(&id(b.source))));
    let rows = parts.into_iter().map(|part| row(part, basis.reduce, zone, names, lang)).collect();
    Explanation { number: basis.number(), method: method(basis, lang), lines, orders: Vec::new(), rows }
}

fn method(basis: &Basis<'_>, lang: Lang) -> String {
    let (n, counted) = (basis.parts.len(), basis.parts.iter().filter(|part| part.counted).count());
    match basis.reduce {
        Reduce::Count => lang.pick("下列记录的条数".to_owned(), "the number of these records".to_owned()),
        Reduce::Sum => lang.pick(format!("{n} 条之和"), format!("the sum over {n} records")),
        Reduce::Customers => lang.pick("下列记录涉及的不同客户数".into(), "the number of different customers of these records".into()),
        Reduce::Share => lang.pick(format!("{n} 条中计入 {counted} 条"), format!("{counted} of {n} records count")),
        Reduce::Part(of) => lang.pick(format!("{of} 条中的 {n} 条"), format!("{n} of {of} records")),
        Reduce::Money(_) => lang.pick(format!("{n} 笔金额之和"), format!("the sum of {n} amounts")),
        Reduce::MeanGrade(_) => lang.pick(format!("{n} 个分值的平均"), format!("the mean of {n} grades")),
        Reduce::MeanSeconds => lang.pick(format!("{n} 个时长的平均"), format!("the mean of {n} times")),
        Reduce::Quantile(p) => {
            let percent = p * 100.0;
            lang.pick(format!("{n} 个时长的 {percent:.0}% 分位(第 7 型)"), format!("the {percent:.0} % quantile (type 7) of {n} times"))
        }
        Reduce::Nps => lang.pick(format!("{n} 份中 9–10 分占比减 0–6 分占比"), format!("% of 9–10 less % of 0–6, of {n} answers")),
        Reduce::Lines(lines, _) => of_lines(lines, lang).to_owned(),
    }
}

fn of_lines(lines: Lines, lang: Lang) -> &'static str {
    match lines {
        Lines::Orders => lang.pick("下列订单行的不同订单号数", "the number of different orders of these lines"),
        Lines::Unknown => lang.pick(
            "下列订单行的不同订单号数:客户不在档案中",
            "the number of different orders of these lines, whose customers are not in the archive",
        ),
        Lines::Future => {
            lang.pick("下列订单行的不同订单号数:日期在今天之后", "the number of different orders of these lines, dated after today")
        }
        Lines::Buyers => lang.pick("下列订单行的不同客户数", "the number of different customers of these lines"),
        Lines::Net => lang.pick("下列订单行金额之和(退款为负)", "the sum of these lines (refunds are negative)"),
        Lines::Refunds => lang.pick("下列退款行金额之和,取正", "the sum of these refunds, as a positive amount"),
    }
}

fn row(part: &Part<'_>, reduce: Reduce, zone: Tz, names: &dyn Fn(&str) -> String, lang: Lang) -> Vec<Field> {
    let customer = part.source.customer().map(names).unwrap_or_default();
    let (table, date, about) = match part.source {
        Source::Request(request) => {
            let about = [request.category.trim(), request.stage.label(lang), request.handler.trim()];
            (&REQUESTS, Some(request.received_at.date(zone)), joined(&about))
        }
        Source::Revisit(revisit) => (&REVISITS, Some(revisit.due_on), joined(&[revisit.status.label(lang), revisit.staff.trim()])),
        Source::Response(name, response) => (&RESPONSES, response.submitted_at.map(|at| at.date(zone)), name.to_owned()),
        Source::Decision(decision) => (&TIERS, Some(decision.decided_on), format!("{} → {}", decision.previous, decision.tier)),
        Source::Customer(_) => (&CUSTOMERS, None, String::new()),
        Source::Import(import) => (&LOG, import.on.parse().ok(), import.file.clone()),
    };
    let value = match reduce {
        Reduce::MeanSeconds | Reduce::Quantile(_) => field(Some(Number::Seconds(part.value)), lang),
        Reduce::Money(digits) => field(Basis { parts: vec![*part], reduce: Reduce::Money(digits) }.number(), lang),
        Reduce::MeanGrade(_) | Reduce::Nps | Reduce::Sum => Field::coded(part.value.to_string(), part.value),
        _ => Field::blank(),
    };
    // only of a share some do not count
    let counted = part.counted || reduce != Reduce::Share;
    let counts = if counted { lang.pick("是", "yes") } else { lang.pick("否", "no") };
    vec![
        Field::text(id(part.source)),
        Field::coded(table.word.label(lang), table.word.code),
        date.map_or_else(Field::blank, |date| Field::text(date.to_string())),
        Field::text(one_line(&customer)),
        Field::text(one_line(&about)),
        value,
        Field::coded(counts, counted),
    ]
}

fn joined(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ")
}

/// An explanation with what it explains.
pub struct Titled {
    pub address: String,
    pub period: String,
    pub explanation: Explanation,
}

impl Titled {
    /// One line: which figure, how much, from what.
    pub fn heading(&self, lang: Lang) -> String {
        let Titled { address, period, explanation } = self;
        let shown = explanation.number.map_or_else(|| "–".to_owned(), |number| words::number(number, lang));
        lang.pick(
            format!("{address} ({period}) = {shown}:{}", explanation.method),
            format!("{address} ({period}) = {shown}: {}", explanation.method),
        )
    }

    pub fn grid(&self, digits: u32, currency: &str, lang: Lang) -> Grid {
        let mut grid = if self.explanation.lines.is_some() { self.order_lines(digits, lang) } else { self.records(lang) };
        grid.currency = Some(currency.to_owned());
        let number = serde_json::to_value(self.explanation.number).unwrap_or_default();
        grid.notes = vec![
            ("figure", self.address.clone().into()),
            ("period", self.period.clone().into()),
            ("number", number),
            ("method", self.explanation.method.clone().into()),
        ];
        grid
    }

    fn records(&self, lang: Lang) -> Grid {
        let columns = vec![
            col("id", lang.pick("编号", "ID")),
            col("table", lang.pick("表", "Table")),
            col("date", lang.pick("日期", "Date")),
            col("customer", lang.pick("客户", "Customer")),
            col("about", lang.pick("说明", "About")),
            num("value", lang.pick("数值", "Value")),
            col("counts", lang.pick("计入", "Counts")),
        ];
        let mut grid = Grid::new("carebook.report_explanation.v1", columns);
        grid.rows.clone_from(&self.explanation.rows);
        grid
    }

    fn order_lines(&self, digits: u32, lang: Lang) -> Grid {
        let columns = vec![
            col("id", lang.pick("订单号", "Order")),
            col("date", lang.pick("日期", "Date")),
            col("customer", lang.pick("客户", "Customer")),
            num("amount", lang.pick("金额", "Amount")),
        ];
        let mut grid = Grid::new("carebook.report_explanation.v1", columns);
        let row = |line: &Line| {
            let customer = one_line(&line.customer);
            vec![Field::text(&line.id), Field::text(line.date.to_string()), Field::text(customer), Field::money(line.amount, digits)]
        };
        grid.rows = self.explanation.orders.iter().map(row).collect();
        grid
    }
}

/// Every figure that can be explained.
pub fn list(all: &[Addressed], lang: Lang) -> Grid {
    let columns = vec![
        col("figure", lang.pick("指标", "Figure")),
        col("section", lang.pick("章节", "Section")),
        num("number", lang.pick("数值", "Number")),
    ];
    let mut grid = Grid::new("carebook.report_figures.v1", columns);
    let row = |(address, number): &Addressed| {
        let Address { section, .. } = address;
        vec![Field::text(address.to_string()), Field::coded(words::section(section, lang), *section), field(*number, lang)]
    };
    grid.rows = all.iter().map(row).collect();
    grid
}
