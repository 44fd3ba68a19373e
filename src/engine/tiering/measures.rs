//! The measures: what each looks at, in which unit, and its value for one customer.
//!
//! To add one: a code in [`Measure`], a row in [`MEASURES`], an arm in [`value`] and [`rows`], and the
//! same row in docs/rules.md (a test compares them).

use rust_decimal::Decimal;

use super::facts::{Facts, Scope};
use crate::base::date::months_between;
use crate::model::customer::Potential;
use crate::model::member::Member;
use crate::model::rules::tiers::Measure;

/// What a measure is, for people.
#[derive(Debug)]
pub struct MeasureInfo {
    pub measure: Measure,
    /// Chinese, English; of a coded measure its codes.
    pub unit: [&'static str; 2],
    /// Whether only facts of the window count; otherwise all up to the as-of date.
    pub windowed: bool,
    /// `table.column`
    pub sources: &'static [&'static str],
    /// Chinese, English.
    pub meaning: [&'static str; 2],
}

/// Every measure, in the order of [`Measure`].
pub const MEASURES: &[MeasureInfo] = &[
    MeasureInfo {
        measure: Measure::Spend,
        unit: ["元(主币单位)", "major units of the currency"],
        windowed: true,
        sources: &["orders.amount", "orders.date"],
        meaning: ["净消费额,已扣退款;没有订单为 0", "spend net of refunds; 0 without orders"],
    },
    MeasureInfo {
        measure: Measure::Frequency,
        unit: ["次", "orders"],
        windowed: true,
        sources: &["orders.id", "orders.kind", "orders.date"],
        meaning: ["不同销售订单的个数,一单多行只算一次;没有为 0", "distinct sales orders, an order of several lines once; 0 without any"],
    },
    MeasureInfo {
        measure: Measure::RecencyDays,
        unit: ["天", "calendar days"],
        windowed: false,
        sources: &["orders.date", "orders.kind"],
        meaning: ["距最近一次销售的天数;从未购买则无数据", "days since the last sale; no data without any sale"],
    },
    MeasureInfo {
        measure: Measure::TenureMonths,
        unit: ["整月", "whole months"],
        windowed: false,
        sources: &["customers.since", "orders.date"],
        meaning: [
            "自建档或首次销售(取较早者)起的整月数;两者皆无则无数据",
            "whole months since the archive date or the first sale, whichever is earlier; no data without either",
        ],
    },
    MeasureInfo {
        measure: Measure::Potential,
        unit: ["high | medium | low", "high | medium | low"],
        windowed: false,
        sources: &["customers.potential"],
        meaning: ["对潜在价值的估计;空白则无数据", "the owner's estimate; no data when blank"],
    },
    MeasureInfo {
        measure: Measure::Satisfaction,
        unit: ["0–100 指数", "index 0–100"],
        windowed: true,
        sources: &["requests.feedback", "revisits.satisfaction", "responses.index"],
        meaning: [
            "诉求评分、回访满意度(1–5 折算为指数)与问卷指数的平均;没有则无数据",
            "mean of request feedback and revisit satisfaction (1–5 as an index) and of survey indexes; no data without any",
        ],
    },
    MeasureInfo {
        measure: Measure::Complaints,
        unit: ["次", "complaints"],
        windowed: true,
        sources: &["requests.type", "requests.received_at", "requests.stage"],
        meaning: ["受理的投诉数,不含重复与不受理的;没有为 0", "complaints received, without duplicates and rejected ones; 0 without any"],
    },
    MeasureInfo {
        measure: Measure::Rfm,
        unit: ["分群代码", "code of a segment"],
        windowed: true,
        sources: &["orders.id", "orders.date", "orders.amount", "orders.kind"],
        meaning: ["RFM 分群(窗口为 rfm.window);从未购买则无数据", "the RFM segment, in the window `rfm.window`; no data without any sale"],
    },
];

/// What a measure says of one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    Number(Decimal),
    Potential(Potential),
    /// Position in the rules.
    Segment(u16),
}

/// The value of a measure; `None` where there is no data. No orders and no complaints are data: 0.
pub fn value(measure: Measure, customer: &Member<'_>, facts: &Facts, scope: &Scope) -> Option<Value> {
    let number = match measure {
        Measure::Spend => Decimal::try_from_i128_with_scale(facts.spend, scope.digits).ok(),
        Measure::Frequency => Some(facts.orders.into()),
        Measure::RecencyDays => facts.last_sale.map(|last| (scope.as_of - last).num_days().into()),
        Measure::TenureMonths => {
            let since = customer.since.filter(|since| *since <= scope.as_of);
            let start = [since, facts.first_sale].into_iter().flatten().min();
            start.map(|start| months_between(start, scope.as_of).into())
        }
        Measure::Potential => return customer.potential.map(Value::Potential),
        Measure::Satisfaction => facts.satisfaction.checked_div(facts.answers.into()),
        Measure::Complaints => Some(facts.complaints.into()),
        Measure::Rfm => return facts.segment.map(Value::Segment),
    };
    number.map(Value::Number)
}

/// How many source rows the value rests on.
pub fn rows(measure: Measure, customer: &Member<'_>, facts: &Facts) -> u32 {
    match measure {
        Measure::Spend => facts.lines,
        Measure::Frequency => facts.sale_lines,
        Measure::RecencyDays => facts.sales,
        Measure::TenureMonths => facts.sales + u32::from(customer.since.is_some()),
        Measure::Potential => u32::from(customer.potential.is_some()),
        Measure::Satisfaction => facts.answers,
        Measure::Complaints => facts.complaints,
        Measure::Rfm => facts.sales,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::duration::Span;
    use crate::base::id::Id;
    use crate::base::window::Window;
    use crate::model::customer::Customer;
    use crate::model::vocabulary::Code;

    #[test]
    fn every_measure_has_its_row_in_code_and_in_the_manual() {
        let measures: Vec<Measure> = MEASURES.iter().map(|info| info.measure).collect();
        assert_eq!(measures, Measure::ALL);
        let line = |info: &MeasureInfo| {
            let (code, unit, meaning) = (info.measure.code(), info.unit[1].replace('|', "\\|"), info.meaning);
            let window = if info.windowed { "window" } else { "all time" };
            format!("| `{code}` | {unit} | {window} | {} | {} | {} |\n", info.sources.join(", "), meaning[1], meaning[0])
        };
        let table: String = MEASURES.iter().map(line).collect();
        let manual = include_str!("../../../docs/rules.md");
        assert!(manual.contains(&table), "docs/rules.md lacks this table:\n{table}");
    }

    #[test]
    fn sources_are_columns_of_the_book() {
        for source in MEASURES.iter().flat_map(|info| info.sources) {
            let (table, column) = source.split_once('.').unwrap();
            let table = crate::model::table::ALL.iter().find(|t| t.word.code == table).unwrap();
            assert!(table.position(column).is_some(), "{source}");
        }
    }

    #[test]
    fn nothing_is_not_the_same_as_zero() {
        let as_of = "2026-11-23".parse().unwrap();
        let scope = Scope::new(as_of, Window::Rolling(Span::Months(12)).on(as_of, 1), chrono_tz::UTC, 2);
        let mut customer = Customer::new(Id::parse("C1").unwrap(), String::new());
        let zero = Some(Value::Number(Decimal::ZERO));
        let of = |customer: &Customer, facts: &Facts| {
            Measure::ALL.iter().map(|m| value(*m, &Member::of(customer), facts, &scope)).collect::<Vec<_>>()
        };
        assert_eq!(of(&customer, &Facts::default()), [zero, zero, None, None, None, None, zero, None]);
        customer.since = Some("2026-05-24".parse().unwrap());
        let facts = Facts { spend: 123_456, satisfaction: 175.into(), answers: 2, ..Facts::default() };
        let known = of(&customer, &facts);
        assert_eq!((known[0], known[3]), (Some(Value::Number(Decimal::new(123_456, 2))), Some(Value::Number(5.into()))));
        assert_eq!(known[5], Some(Value::Number(Decimal::new(875, 1))));
    }
}
