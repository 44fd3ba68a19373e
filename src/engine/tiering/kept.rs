//! The sums as bytes, so that the next question need not add them up again.

use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::facts::{LeftOut, Scope, Sums, Totals, Voice};
use crate::base::packed::Packed;
use crate::model::member::Day;

impl Packed for Day {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Day> {
        i32::unpack(bytes).map(Day)
    }
}

impl Packed for Scope {
    fn pack(&self, out: &mut Vec<u8>) {
        (Day::from(self.as_of), (Day::from(self.after), Day::from(self.last))).pack(out);
        (self.zone.name().to_owned(), self.digits).pack(out);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Scope> {
        let (as_of, (after, last)) = <(Day, (Day, Day))>::unpack(bytes)?;
        let (zone, digits) = <(String, u32)>::unpack(bytes)?;
        Some(Scope { as_of: as_of.date()?, after: after.date(), last: last.date()?, zone: zone.parse::<Tz>().ok()?, digits })
    }
}

impl Packed for Sums {
    fn pack(&self, out: &mut Vec<u8>) {
        self.spend.pack(out);
        ((self.lines, self.sale_lines), (self.orders, self.sales)).pack(out);
        (self.first_sale, self.last_sale).pack(out);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Sums> {
        let spend = i64::unpack(bytes)?;
        let ((lines, sale_lines), (orders, sales)) = <((u32, u32), (u32, u32))>::unpack(bytes)?;
        let (first_sale, last_sale) = <(Day, Day)>::unpack(bytes)?;
        Some(Sums { spend, lines, sale_lines, orders, sales, first_sale, last_sale })
    }
}

impl Packed for Voice {
    fn pack(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.satisfaction.serialize());
        (self.answers, self.complaints).pack(out);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Voice> {
        let (satisfaction, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        let (answers, complaints) = <(u32, u32)>::unpack(bytes)?;
        Some(Voice { satisfaction: Decimal::deserialize(*satisfaction), answers, complaints })
    }
}

impl Packed for Totals {
    fn pack(&self, out: &mut Vec<u8>) {
        self.scope.pack(out);
        self.sums.pack(out);
        self.voices.pack(out);
        self.carried.iter().map(|(at, spend)| (*at, *spend)).collect::<Vec<_>>().pack(out);
        self.refunds.pack(out);
        self.segments.pack(out);
        let LeftOut { future_dated, unknown_customers, undated } = self.left_out;
        (future_dated, (unknown_customers, undated)).pack(out);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Totals> {
        let (scope, sums, voices) = (Scope::unpack(bytes)?, Vec::unpack(bytes)?, Vec::unpack(bytes)?);
        let carried = Vec::<(u32, i128)>::unpack(bytes)?.into_iter().collect();
        let (refunds, segments) = (Vec::unpack(bytes)?, Vec::unpack(bytes)?);
        let (future_dated, (unknown_customers, undated)) = Packed::unpack(bytes)?;
        Some(Totals { scope, sums, voices, carried, refunds, segments, left_out: LeftOut { future_dated, unknown_customers, undated } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_come_back_as_they_were() {
        let day = |text: &str| text.parse().unwrap();
        let scope = Scope { as_of: day("2026-11-23"), after: None, last: day("2026-11-22"), zone: chrono_tz::Asia::Shanghai, digits: 2 };
        let sums =
            Sums { spend: -5, lines: 1, sale_lines: 2, orders: 3, sales: 4, first_sale: Day::from(scope.as_of), last_sale: Day::NONE };
        let voice = Voice { satisfaction: Decimal::new(-1235, 1), answers: 7, complaints: 8 };
        let left_out = LeftOut { future_dated: 1, unknown_customers: 2, undated: 3 };
        let (carried, refunds) = ([(1, i128::MAX)].into(), vec![(0, (Day::from(scope.as_of), 5))]);
        let totals = Totals { scope, sums: vec![sums; 2], voices: vec![voice], carried, refunds, segments: vec![3, u16::MAX], left_out };
        let mut bytes = Vec::new();
        totals.pack(&mut bytes);
        assert_eq!(Totals::unpack(&mut bytes.as_slice()), Some(totals.clone()));
        let windowed = Totals { scope: Scope { after: Some(day("2025-11-23")), ..scope }, ..totals };
        bytes.clear();
        windowed.pack(&mut bytes);
        assert_eq!(Totals::unpack(&mut bytes.as_slice()), Some(windowed));
    }
}
