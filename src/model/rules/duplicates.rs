//! `rules/duplicates.yaml`: what speaks for two customers being one, and from how much on it is told.

use serde::Deserialize;

use super::{Plain, Words};
use crate::base::phone::phones;
use crate::base::problem::{Problem, Problems, What};

/// The rules a book has until the owner writes their own.
pub const DEFAULT: &str = include_str!("defaults/duplicates.yaml");

/// What speaks for one customer, or against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sign {
    SamePhone,
    SameEmail,
    SameCompany,
    SameCore,
    SameName,
    SimilarName,
    SameAddress,
    SameContact,
    OtherName,
    OtherPhone,
    OtherEmail,
    OtherKind,
}

impl Sign {
    pub const ALL: [Sign; 12] = [
        Sign::SamePhone,
        Sign::SameEmail,
        Sign::SameCompany,
        Sign::SameCore,
        Sign::SameName,
        Sign::SimilarName,
        Sign::SameAddress,
        Sign::SameContact,
        Sign::OtherName,
        Sign::OtherPhone,
        Sign::OtherEmail,
        Sign::OtherKind,
    ];

    /// Its key in the file, and its code in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Sign::SamePhone => "same_phone",
            Sign::SameEmail => "same_email",
            Sign::SameCompany => "same_company",
            Sign::SameCore => "same_core",
            Sign::SameName => "same_name",
            Sign::SimilarName => "similar_name",
            Sign::SameAddress => "same_address",
            Sign::SameContact => "same_contact",
            Sign::OtherName => "other_name",
            Sign::OtherPhone => "other_phone",
            Sign::OtherEmail => "other_email",
            Sign::OtherKind => "other_kind",
        }
    }

    /// Whether it speaks against.
    fn is_against(self) -> bool {
        matches!(self, Sign::OtherName | Sign::OtherPhone | Sign::OtherEmail | Sign::OtherKind)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawDuplicates {
    tell: Option<Plain>,
    likeness: Option<Plain>,
    same_phone: Option<Plain>,
    same_email: Option<Plain>,
    same_company: Option<Plain>,
    same_core: Option<Plain>,
    same_name: Option<Plain>,
    similar_name: Option<Plain>,
    same_address: Option<Plain>,
    same_contact: Option<Plain>,
    other_name: Option<Plain>,
    other_phone: Option<Plain>,
    other_email: Option<Plain>,
    other_kind: Option<Plain>,
    ignore_phones: Option<Words>,
}

/// The rules, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateRules {
    /// Points from which a pair is told.
    pub tell: i32,
    /// Per cent.
    pub likeness: u32,
    /// In the order of [`Sign::ALL`].
    points: [i32; 12],
    /// Folded numbers that say nothing.
    pub ignored: Vec<String>,
}

impl DuplicateRules {
    pub fn points(&self, sign: Sign) -> i32 {
        self.points[sign as usize]
    }
}

impl RawDuplicates {
    fn given(&self, sign: Sign) -> Option<&Plain> {
        match sign {
            Sign::SamePhone => self.same_phone.as_ref(),
            Sign::SameEmail => self.same_email.as_ref(),
            Sign::SameCompany => self.same_company.as_ref(),
            Sign::SameCore => self.same_core.as_ref(),
            Sign::SameName => self.same_name.as_ref(),
            Sign::SimilarName => self.similar_name.as_ref(),
            Sign::SameAddress => self.same_address.as_ref(),
            Sign::SameContact => self.same_contact.as_ref(),
            Sign::OtherName => self.other_name.as_ref(),
            Sign::OtherPhone => self.other_phone.as_ref(),
            Sign::OtherEmail => self.other_email.as_ref(),
            Sign::OtherKind => self.other_kind.as_ref(),
        }
    }

    /// Checks the rules; keys left out take the built-in default's.
    ///
    /// # Errors
    /// Everything wrong, by key.
    pub fn check(self) -> Result<DuplicateRules, Problems> {
        let default: RawDuplicates = serde_yaml::from_str(DEFAULT).unwrap_or_default();
        let mut wrong = Problems::new();
        let mut number = |field: &'static str, given: Option<&Plain>, usual: Option<&Plain>, least: i32, most: i32| {
            let text = given.or(usual).map_or("0", |plain| plain.0.trim());
            let within = |n: &i32| (least..=most).contains(n);
            let what = match text.parse::<i32>() {
                Ok(n) if within(&n) => return n,
                Ok(n) => What::OutOfRange { value: n.to_string(), min: least.to_string(), max: most.to_string() },
                Err(_) => What::BadNumber { value: text.to_owned() },
            };
            wrong.push(Problem::error(what).field(field));
            0
        };
        let tell = number("tell", self.tell.as_ref(), default.tell.as_ref(), 1, 100);
        let likeness = number("likeness", self.likeness.as_ref(), default.likeness.as_ref(), 50, 100);
        let points = Sign::ALL.map(|sign| {
            let (least, most) = if sign.is_against() { (-100, 0) } else { (0, 100) };
            number(sign.code(), self.given(sign), default.given(sign), least, most)
        });
        let mut ignored = Vec::new();
        for text in self.ignore_phones.unwrap_or_default().0 {
            let found = phones(&text);
            if found.is_empty() {
                wrong.push(Problem::error(What::BadNumber { value: text }).field("ignore_phones"));
            }
            ignored.extend(found.into_iter().map(|phone| phone.number));
        }
        let likeness = u32::try_from(likeness).unwrap_or_default();
        if wrong.is_empty() { Ok(DuplicateRules { tell, likeness, points, ignored }) } else { Err(wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_and_what_is_wrong() {
        let read = |yaml: &str| serde_yaml::from_str::<RawDuplicates>(yaml).unwrap().check();
        let usual = read("{}").unwrap();
        assert_eq!((usual.tell, usual.likeness, usual.points(Sign::SamePhone), usual.points(Sign::OtherKind)), (60, 70, 75, -30));
        // every sign has its own key in the default
        for sign in Sign::ALL {
            assert!(DEFAULT.contains(&format!("\n{}:", sign.code())), "{}", sign.code());
        }
        let own = read("{tell: 80, ignore_phones: [\"400-800-1234\", 021-5555 1234], same_name: 0}").unwrap();
        assert_eq!((own.tell, own.points(Sign::SameName)), (80, 0));
        assert_eq!(own.ignored, ["4008001234", "2155551234"]);
        for (yaml, field) in [
            ("tell: 0", "tell"),
            ("likeness: 20", "likeness"),
            ("same_phone: -1", "same_phone"),
            ("other_name: 5", "other_name"),
            ("same_email: x", "same_email"),
            ("ignore_phones: abc", "ignore_phones"),
        ] {
            assert_eq!(read(yaml).unwrap_err()[0].field.as_deref(), Some(field), "{yaml}");
        }
    }
}
