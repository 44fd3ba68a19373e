//! Tables: their columns and how they are cut into files.

use super::cell::Kind;
use super::vocabulary::Word;
use crate::base::date::Quarter;

/// One column of a table.
#[derive(Debug)]
pub struct Column {
    pub word: Word,
    pub kind: Kind,
    /// A blank cell is legal.
    pub optional: bool,
}

/// How a table is cut into files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// One file.
    Whole,
    /// One file per quarter of the date or time in this column.
    Quarter,
    /// One file per survey.
    Survey,
}

/// One table of the book.
#[derive(Debug)]
pub struct Table {
    pub word: Word,
    pub cut: Cut,
    pub columns: &'static [Column],
}

/// One file of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Whole,
    Quarter(Quarter),
    Survey(String),
}

impl Table {
    /// The position of the column of this code.
    pub fn position(&self, code: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.word.code == code)
    }

    /// The position of the column a header names, in either language, by code or alias.
    pub fn find(&self, header: &str) -> Option<usize> {
        self.position(header).or_else(|| self.columns.iter().position(|column| column.word.matches(header)))
    }
}

/// Every table of the book.
pub const ALL: &[&Table] = &[
    &super::customer::CUSTOMERS,
    &super::contact::CONTACTS,
    &super::staff::STAFF,
    &super::staff::ABSENCES,
    &super::order::ORDERS,
    &super::request::REQUESTS,
    &super::revisit::REVISITS,
    &super::interaction::INTERACTIONS,
    &super::knowledge::KNOWLEDGE,
    &super::tier::TIERS,
    &super::points::POINTS,
    &super::practice::PRACTICES,
    &super::survey::RESPONSES,
    &super::survey::ANSWERS,
    &super::log::LOG,
];

/// Something that is done with the records of any table.
pub trait ForRecord {
    type Out;
    fn run<R: super::record::Record>(self) -> Self::Out;
}

/// Does it with the record type of the table of this code; `None` for a code that is none.
pub fn with_record<V: ForRecord>(code: &str, visitor: V) -> Option<V::Out> {
    Some(match code {
        "customers" => visitor.run::<super::customer::Customer>(),
        "contacts" => visitor.run::<super::contact::Contact>(),
        "staff" => visitor.run::<super::staff::Staff>(),
        "absences" => visitor.run::<super::staff::Absence>(),
        "orders" => visitor.run::<super::order::Order>(),
        "requests" => visitor.run::<super::request::Request>(),
        "revisits" => visitor.run::<super::revisit::Revisit>(),
        "interactions" => visitor.run::<super::interaction::Interaction>(),
        "knowledge" => visitor.run::<super::knowledge::Knowledge>(),
        "tiers" => visitor.run::<super::tier::TierDecision>(),
        "points" => visitor.run::<super::points::PointsRow>(),
        "practices" => visitor.run::<super::practice::Practice>(),
        "responses" => visitor.run::<super::survey::Response>(),
        "answers" => visitor.run::<super::survey::Answer>(),
        "log" => visitor.run::<super::log::LogRow>(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    struct CodeOf;

    impl ForRecord for CodeOf {
        type Out = &'static str;
        fn run<R: crate::model::record::Record>(self) -> &'static str {
            R::TABLE.word.code
        }
    }

    #[test]
    fn every_table_has_its_record_type() {
        for table in ALL {
            assert_eq!(with_record(table.word.code, CodeOf), Some(table.word.code));
        }
    }

    #[test]
    fn no_header_names_two_columns() {
        for table in ALL {
            let mut seen: HashMap<String, &str> = HashMap::new();
            for column in table.columns {
                let word = &column.word;
                for name in [word.code, word.zh, word.en].iter().chain(word.aliases) {
                    let key = crate::base::text::fold_key(name);
                    let before = seen.insert(key, word.code);
                    assert!(before.is_none_or(|code| code == word.code), "{}: {name} is {before:?} and {}", table.word.code, word.code);
                }
            }
        }
    }
}
