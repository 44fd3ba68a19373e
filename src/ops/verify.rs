//! Looking at a customer's data: it is true as of a day, or is put right in the same change.

use chrono::NaiveDate;

use super::customer;
use super::fields::Setting;
use crate::base::problem::Problems;
use crate::model::customer::Customer;
use crate::model::draft::Draft;
use crate::model::stamp::Stamp;

/// The customer was verified on a day; fields that were wrong are set. A later verification stays the last one.
pub fn verify(draft: &mut Draft, stamp: &Stamp, id: &str, settings: &[Setting], on: NaiveDate) -> Result<Customer, Problems> {
    customer::refuse_erased(draft, id)?;
    let changed = customer::edit(draft, stamp, id, settings)?;
    let verified = Customer { verified_on: changed.verified_on.max(Some(on)), ..changed };
    if let Some(customer) = draft.customers.edit(id) {
        customer.clone_from(&verified);
    }
    Ok(verified)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::fixtures::{draft, stamp};

    #[test]
    fn the_day_and_the_corrections_are_one_change() {
        let mut draft = draft();
        let id = customer::add(&mut draft, &stamp(), None, "王芳", &[]).unwrap().id.to_string();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let settings = [("电话".to_owned(), "138".to_owned())];
        let verified = verify(&mut draft, &stamp(), &id, &settings, day("2026-10-08")).unwrap();
        assert_eq!((verified.phone.as_str(), verified.verified_on), ("138", Some(day("2026-10-08"))));
        // entered late, it does not take the later one back
        assert_eq!(verify(&mut draft, &stamp(), &id, &[], day("2026-10-01")).unwrap().verified_on, Some(day("2026-10-08")));
        assert!(verify(&mut draft, &stamp(), &id, &[("tier".into(), "A".into())], day("2026-10-08")).is_err());
        // nobody has looked at data tomorrow
        let tomorrow = [("verified_on".to_owned(), "2026-10-09".to_owned())];
        assert!(verify(&mut draft, &stamp(), &id, &tomorrow, day("2026-10-08")).is_err());
        assert!(customer::edit(&mut draft, &stamp(), &id, &tomorrow).is_err());
        assert!(customer::add(&mut draft, &stamp(), None, "李强", &tomorrow).is_err());
        assert!(verify(&mut draft, &stamp(), "C9", &[], day("2026-10-08")).is_err());
    }
}
