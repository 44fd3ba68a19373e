//! What the owner configures: Raw (as in the YAML file) → checked rules.
//!
//! Each file declares a `Raw…` of plain option structs (so serde keeps line and column), the
//! checked type, the built-in default as YAML text, and `check`. All keys are optional.

pub mod archive;
pub mod assignment;
pub mod calendar;
pub mod categories;
pub mod cn_days;
pub mod comments;
pub mod duplicates;
pub mod feedback;
pub mod lifecycle;
pub mod points;
pub mod practices;
pub mod report;
pub mod revisits;
pub mod rfm;
pub mod service;
pub mod severity;
pub mod tiers;

use std::fmt;
use std::marker::PhantomData;

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::base::lang::Lang;
use crate::base::problem::What;

/// A label in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawLabel {
    #[serde(default)]
    pub zh: Option<String>,
    #[serde(default)]
    pub en: Option<String>,
}

impl RawLabel {
    /// The label in this language, else in the other, else the code.
    pub fn pick(&self, lang: Lang, code: &str) -> String {
        let (first, second) = lang.pick((&self.zh, &self.en), (&self.en, &self.zh));
        first.as_ref().or(second.as_ref()).cloned().unwrap_or_else(|| code.to_owned())
    }
}

/// A YAML mapping with its order kept and a repeated key refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairs<V>(pub Vec<(String, V)>);

impl<V> Default for Pairs<V> {
    fn default() -> Self {
        Pairs(Vec::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Pairs<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Reader<V> {
            type Value = Pairs<V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<V>, A::Error> {
                let mut pairs: Vec<(String, V)> = Vec::new();
                while let Some((key, value)) = map.next_entry::<Plain, V>()? {
                    if pairs.iter().any(|(known, _)| *known == key.0) {
                        return Err(A::Error::custom(format!("duplicate key `{}`", key.0)));
                    }
                    pairs.push((key.0, value));
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Reader(PhantomData))
    }
}

/// One text, or a list of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(pub Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Words;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Words, E> {
                Ok(Words(vec![text.to_owned()]))
            }
            // a category or a tier may be called by a number
            fn visit_u64<E: Error>(self, number: u64) -> Result<Words, E> {
                Ok(Words(vec![number.to_string()]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Words, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = list.next_element::<Plain>()? {
                    words.push(word.0);
                }
                Ok(Words(words))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// A scalar as its text, so that no number passes through a float.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plain(pub String);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Plain)
    }
}

impl Plain {
    /// The scalar as an exact decimal.
    ///
    /// # Errors
    /// [`What::BadNumber`] for anything but digits, one point and a sign.
    pub fn decimal(&self) -> Result<Decimal, What> {
        let legal = self.0.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
        self.0.parse().ok().filter(|_| legal).ok_or_else(|| What::BadNumber { value: self.0.clone() })
    }
}
