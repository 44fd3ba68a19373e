//! Filters by how customers stand with consent, which is no column: `consent:withdrawn`.

use chrono::NaiveDate;

use super::filter::{self, Filter};
use crate::base::problem::What;
use crate::base::text::fold_key;
use crate::model::cell::Locale;
use crate::model::consent::{Standing, standing};
use crate::model::customer::{CUSTOMERS, Customer};
use crate::model::rules::archive::ConsentRules;
use crate::model::vocabulary::Code;

/// A checked filter of customers: of their columns, and of their standing.
#[derive(Debug)]
pub struct CustomerFilter {
    standings: Vec<Standing>,
    /// What standings are told by, where they are asked for.
    rules: Option<ConsentRules>,
    columns: Filter,
    today: NaiveDate,
}

impl CustomerFilter {
    /// Reads the words. `consent:` with a standing asks for that; with any other text for cells that contain it.
    ///
    /// # Errors
    /// [`What::BadFilter`], as [`Filter::parse`].
    pub fn parse(words: &[String], today: NaiveDate) -> Result<CustomerFilter, What> {
        let column = CUSTOMERS.position("consent");
        let asked = |word: &String| {
            let (name, value) = filter::pair(word)?;
            Standing::from_text(value).filter(|_| column.is_some() && CUSTOMERS.find(name) == column && !fold_key(value).is_empty())
        };
        let others: Vec<String> = words.iter().filter(|word| asked(word).is_none()).cloned().collect();
        let standings = words.iter().filter_map(asked).collect();
        Ok(CustomerFilter { standings, rules: None, columns: Filter::parse::<Customer>(&others, today)?, today })
    }

    /// Whether it asks how customers stand, for which the rules are needed.
    pub fn asks_for_standing(&self) -> bool {
        !self.standings.is_empty()
    }

    #[must_use]
    pub fn by(self, rules: ConsentRules) -> CustomerFilter {
        CustomerFilter { rules: Some(rules), ..self }
    }

    pub fn matches(&self, customer: &Customer, locale: &Locale) -> bool {
        let stands = |wanted: &Standing| self.rules.as_ref().is_some_and(|rules| standing(&customer.consent, rules, self.today) == *wanted);
        self.standings.iter().all(stands) && self.columns.matches(customer, locale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::date::DateOrder;
    use crate::base::id::Id;
    use crate::base::lang::Lang;
    use crate::model::rules::archive::RawArchive;

    #[test]
    fn standings_and_texts() {
        let rules = RawArchive::default().check().unwrap().consent;
        let today = "2026-11-23".parse().unwrap();
        let locale = Locale { lang: Lang::Zh, zone: chrono_tz::UTC, digits: 2, order: DateOrder::Iso };
        let finds = |words: &[&str], consent: &str| {
            let mut customer = Customer::new(Id::parse("C1").unwrap(), "王芳".into());
            customer.consent = consent.into();
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            CustomerFilter::parse(&words, today).unwrap().by(rules.clone()).matches(&customer, &locale)
        };
        assert!(finds(&["consent:withdrawn"], "撤回 2026-01-01") && !finds(&["consent:withdrawn"], "同意"));
        assert!(finds(&["授权:已撤回", "王"], "拒绝") && !finds(&["授权:已撤回", "李"], "拒绝"));
        assert!(finds(&["consent:missing"], "") && finds(&["consent:"], "") && finds(&["consent:unclear"], "问过"));
        assert!(finds(&["consent:电话"], "同意 2026-01-01 (电话)") && !finds(&["consent:电话"], "同意"));
        assert!(CustomerFilter::parse(&["nothing:x".to_owned()], today).is_err());
    }
}
