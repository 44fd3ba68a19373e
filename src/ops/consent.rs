//! Consent given, withdrawn, or another basis found.

use super::customer;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::one_line;
use crate::model::consent::{self, Consent, Says};
use crate::model::customer::Customer;
use crate::model::draft::Draft;
use crate::model::rules::archive::ConsentRules;

/// Writes it into the customer's cell, in the words of the book. What stood there is in the log.
///
/// # Errors
/// What stands there is of a later day, whichever of the two it is: a paper found late does not undo what was said after it.
/// Who was erased gives no basis any more.
pub fn set(draft: &mut Draft, id: &str, said: &Consent, rules: &ConsentRules) -> Result<Customer, Problems> {
    let lang = draft.settings.lang;
    if said.says != Says::Withdrawn {
        customer::refuse_erased(draft, id)?;
    }
    let not_found = || vec![What::NotFound { noun: "customers", id: id.to_owned(), nearest: None }.into()];
    let customer = draft.customers.edit(id).ok_or_else(not_found)?;
    let stands = consent::said_on(&customer.consent);
    if let (Some(stands), Some(on)) = (stands, said.on)
        && stands > on
    {
        let present = one_line(&customer.consent);
        let zh = format!("{on} 早于现有记录的 {stands} ({present}),以较晚的为准;确需改写请用 carebook customer edit 的 consent=");
        let en = format!(
            "{on} is earlier than {stands}, of which \"{present}\" stands: the later holds; `carebook customer edit` with consent= corrects it"
        );
        return Err(vec![Problem::error(What::Usage { message: [zh, en] }).field("--on")]);
    }
    customer.consent = said.write(rules, lang);
    Ok(customer.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rules::archive::RawArchive;
    use crate::ops::fixtures::{draft, stamp};

    #[test]
    fn the_later_of_two_days_stands() {
        let rules = serde_yaml::from_str::<RawArchive>("{}").unwrap().check().unwrap().consent;
        let mut draft = draft();
        let id = customer::add(&mut draft, &stamp(), None, "王芳", &[]).unwrap().id.to_string();
        let mut say = |word: &str, on: &str| {
            let said = Consent::new(consent::meaning(word, &rules).unwrap(), on.parse().unwrap(), "");
            set(&mut draft, &id, &said, &rules).map(|customer| customer.consent)
        };
        assert_eq!(say("given", "2026-01-01").unwrap(), "同意 2026-01-01");
        assert_eq!(say("withdrawn", "2026-09-01").unwrap(), "撤回 2026-09-01");
        let text = format!("{:?}", say("given", "2024-01-01").unwrap_err());
        assert!(text.contains("2024-01-01") && text.contains("2026-09-01"), "{text}");
        assert_eq!(say("given", "2026-09-02").unwrap(), "同意 2026-09-02");
        assert!(say("withdrawn", "2026-09-01").is_err() && say("withdrawn", "2026-09-02").is_ok());
        draft.customers.edit(&id).unwrap().status = Some(crate::model::customer::CustomerStatus::Erased);
        let given = Consent::new(Says::Basis("consent".into()), "2026-10-01".parse().unwrap(), "");
        assert!(set(&mut draft, &id, &given, &rules).is_err());
    }
}
