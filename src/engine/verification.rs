//! Verification: whose data was looked at too long ago (docs/rules.md, Keeping the archive true).

use chrono::NaiveDate;

use crate::model::cell::Locale;
use crate::model::customer::Customer;
use crate::model::rules::archive::VerifyRules;

/// The last day on which a customer's data counts as true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// The rules ask for no verification.
    Forever,
    Until(NaiveDate),
    /// Neither a verification nor the day of the entry is known.
    Never,
}

/// Data was true when it was entered: who was never verified counts from that day.
fn holds(customer: &Customer, rules: &VerifyRules) -> Holds {
    let Some(span) = rules.holds(&customer.tier).filter(|_| customer.is_active()) else { return Holds::Forever };
    customer.verified_on.or(customer.since).map_or(Holds::Never, |day| Holds::Until(span.after(day)))
}

/// Whether somebody is to look at a customer's data again.
pub fn is_overdue(customer: &Customer, rules: &VerifyRules, today: NaiveDate) -> bool {
    match holds(customer, rules) {
        Holds::Forever => false,
        Holds::Until(last) => last < today,
        Holds::Never => true,
    }
}

/// A customer to be verified.
#[derive(Debug, Clone, PartialEq)]
pub struct Overdue<'a> {
    pub customer: &'a Customer,
    /// Days since the verification ran out; `None` where nothing tells when the data was true.
    pub days_over: Option<i64>,
    /// Columns that are to be looked at and are blank.
    pub blank: Vec<usize>,
}

/// Those to be verified, the longest overdue first; those of whom no day is known come last.
pub fn overdue<'a>(customers: &'a [Customer], rules: &VerifyRules, today: NaiveDate, locale: &Locale) -> Vec<Overdue<'a>> {
    let one = |customer: &'a Customer| {
        let days_over = match holds(customer, rules) {
            Holds::Until(last) => Some((today - last).num_days()),
            Holds::Forever | Holds::Never => None,
        };
        Overdue { customer, days_over, blank: rules.blank(customer, locale) }
    };
    let mut found: Vec<Overdue<'a>> = customers.iter().filter(|customer| is_overdue(customer, rules, today)).map(one).collect();
    found.sort_by(|a, b| b.days_over.cmp(&a.days_over).then_with(|| a.customer.id.cmp(&b.customer.id)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::date::DateOrder;
    use crate::base::id::Id;
    use crate::base::lang::Lang;
    use crate::model::customer::CustomerStatus;
    use crate::model::rules::archive::RawArchive;

    fn customer(id: &str, tier: &str, since: &str, verified: &str) -> Customer {
        let mut customer = Customer::new(Id::parse(id).unwrap(), String::new());
        (customer.tier, customer.since, customer.verified_on) = (tier.into(), since.parse().ok(), verified.parse().ok());
        customer
    }

    #[test]
    fn the_longest_overdue_come_first_and_those_without_a_day_last() {
        let rules = serde_yaml::from_str::<RawArchive>("verify: {after: {A: 30 days, N: off, others: 1 year}}").unwrap();
        let rules = rules.check().unwrap().verify;
        let mut gone = customer("gone", "A", "2020-01-01", "");
        gone.status = Some(CustomerStatus::Merged);
        let customers = [
            customer("nothing", "", "", ""),
            customer("last-day", "A", "2020-01-01", "2026-10-24"),
            customer("one-day", "A", "", "2026-10-23"),
            customer("never", "B", "2025-11-13", ""),
            customer("off", "N", "2020-01-01", ""),
            customer("future", "A", "", "2027-01-01"),
            gone,
        ];
        let locale = Locale { lang: Lang::Zh, zone: chrono_tz::UTC, digits: 2, order: DateOrder::Iso };
        let found = overdue(&customers, &rules, "2026-11-23".parse().unwrap(), &locale);
        let found: Vec<_> = found.iter().map(|one| (one.customer.id.as_str(), one.days_over)).collect();
        assert_eq!(found, [("never", Some(10)), ("one-day", Some(1)), ("nothing", None)]);
    }
}
