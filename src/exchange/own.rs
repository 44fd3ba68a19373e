//! Columns of a foreign file that feed the owner's declared columns.

use super::mapping::{Mapping, Source, Wishes, is_reason, source_of};
use super::sheet::{Sheet, SheetRow};
use super::typed::cell_text;
use crate::base::problem::{Problem, Problems, What};
use crate::model::cell::Locale;
use crate::model::columns::{self, OwnColumn, own_name};

/// A declared column, its position among those of the table, and where its cells come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSource {
    pub at: usize,
    pub column: OwnColumn,
    pub source: Source,
}

impl Wishes {
    /// Takes out the wishes for the owner's columns, by their names without the prefix.
    pub fn split_own(self) -> (Wishes, Wishes) {
        let (own, others): (Vec<_>, Vec<_>) = self.0.into_iter().partition(|(field, _)| own_name(field).is_some());
        let bare = |(field, wish): (String, _)| (own_name(&field).unwrap_or_default().to_owned(), wish);
        (Wishes(others), Wishes(own.into_iter().map(bare).collect()))
    }
}

impl Mapping {
    /// The mapping with the declared columns of the table: what was said first, then by name, label or alias among the
    /// headers that feed nothing yet.
    ///
    /// # Errors
    /// A column that is not declared, or a header that is not there.
    pub fn with_own(mut self, declared: &[OwnColumn], headers: &[String], wishes: &Wishes) -> Result<Mapping, Problems> {
        let mut wrong = Problems::new();
        let mut own: Vec<OwnSource> = Vec::new();
        for (name, wish) in &wishes.0 {
            let found = columns::named(declared, name).and_then(|at| Ok((at, source_of(headers, declared[at].cell_kind(), wish)?)));
            match found {
                Ok((at, source)) => {
                    own.retain(|known| known.at != at);
                    own.push(OwnSource { at, column: declared[at].clone(), source });
                }
                Err(what) => wrong.push(what.into()),
            }
        }
        for (at, column) in declared.iter().enumerate() {
            if own.iter().any(|known| known.at == at) {
                continue;
            }
            let is_free = |from: usize| self.unused.contains(&headers[from]) && !is_reason(&headers[from]);
            let bare: Vec<String> = headers.iter().map(|header| own_name(header).unwrap_or(header).to_owned()).collect();
            if let Some(from) = column.place(&bare, is_free) {
                own.push(OwnSource { at, column: column.clone(), source: Source::Column(from) });
            }
        }
        own.sort_by_key(|own| own.at);
        self.unused.retain(|header| {
            !own.iter().any(|own| headers.iter().enumerate().any(|(from, known)| known == header && own.source.uses(from)))
        });
        self.own = own;
        if wrong.is_empty() { Ok(self) } else { Err(wrong) }
    }

    /// The file column that feeds a column of the owner's, by its `x.NAME`.
    pub fn own_column(&self, code: &str) -> Option<usize> {
        let own = self.own.iter().find(|own| own.column.code() == code)?;
        if let Source::Column(from) = own.source { Some(from) } else { None }
    }

    /// The owner's cells of a row that are filled, as they are to stand in the book.
    pub(super) fn own_cells(&self, sheet: &Sheet, row: &SheetRow, locale: &Locale) -> Result<Vec<(usize, String)>, Vec<Problem>> {
        let (mut cells, mut wrong) = (Vec::new(), Vec::new());
        for OwnSource { at, column, source } in &self.own {
            let text = cell_text(column.cell_kind(), source, row, &self.values, locale.digits);
            match column.settled(&text, locale) {
                Ok(text) if text.is_empty() => {}
                Ok(text) => cells.push((*at, text)),
                Err(what) => {
                    let from = match source {
                        Source::Column(from) => Some(*from),
                        _ => None,
                    };
                    let what = What::OwnColumn { column: column.code(), what: Box::new(what) };
                    wrong.push(Problem::error(what).at(row.place(&sheet.file, from)).field(column.code()));
                }
            }
        }
        if wrong.is_empty() { Ok(cells) } else { Err(wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::date::DateOrder;
    use crate::base::lang::Lang;
    use crate::exchange::typed;
    use crate::model::columns::{Columns, RawColumns};
    use crate::model::customer::{CUSTOMERS, Customer};

    fn declared() -> Vec<OwnColumn> {
        let yaml = "customers:\n  门店: {values: [城西, 城东], label: {en: Branch}, aliases: [分店]}\n  limit: {type: money}\n";
        let raw: RawColumns = serde_yaml::from_str(yaml).unwrap();
        Columns::check(&raw).unwrap().of(&CUSTOMERS).to_vec()
    }

    fn mapping(headers: &str, words: &[&str]) -> Result<Mapping, Problems> {
        let headers: Vec<String> = headers.split(',').map(str::to_owned).collect();
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        let (others, own) = Wishes::parse(&words).unwrap().split_own();
        Mapping::new(&CUSTOMERS, &headers, &others, DateOrder::Iso)?.with_own(&declared(), &headers, &own)
    }

    #[test]
    fn by_name_label_alias_or_wish() {
        for (headers, words) in [
            ("编号,门店,x", &[][..]),
            ("编号,branch,x", &[]),
            ("编号,分店 ,x", &[]),
            ("编号,x.门店,x", &[]),
            ("编号,Shop,x", &["x.门店=Shop"]),
            ("编号,Shop,x", &["X.Branch=#2"]),
        ] {
            let mapping = mapping(headers, words).unwrap();
            assert_eq!(
                mapping.own.iter().map(|own| (own.at, own.source.clone())).collect::<Vec<_>>(),
                [(0, Source::Column(1))],
                "{headers}"
            );
            assert_eq!(mapping.unused, ["x"], "{headers}");
        }
        assert_eq!(mapping("编号,门店", &["x.门店==城东", "x.limit=门店"]).unwrap().own[0].source, Source::Constant("城东".into()));
        for words in [&["x.shop=门店"][..], &["x.门店=没有"]] {
            assert!(matches!(mapping("编号,门店", words).unwrap_err()[0].what, What::UnknownField { .. }));
        }
    }

    #[test]
    fn a_cell_that_does_not_fit_rejects_its_row() {
        let sheet = Sheet::parse("f.csv", "编号,姓名,分店,limit\nC1,a,城西,\"¥1,200\"\nC2,b,城南,x\nC3,c,,\n").unwrap();
        let mapping = Mapping::new(&CUSTOMERS, &sheet.headers, &Wishes::default(), DateOrder::Iso).unwrap();
        let mapping = mapping.with_own(&declared(), &sheet.headers, &Wishes::default()).unwrap();
        let locale = Locale { lang: Lang::Zh, zone: chrono_tz::UTC, digits: 2, order: DateOrder::Iso };
        let typed::Read { taken, rejected, .. } = typed::read::<Customer>(&sheet, &mapping, &locale, |_| {});
        let own: Vec<_> = taken.iter().map(|row| row.own.clone()).collect();
        assert_eq!(own, [vec![(0, "城西".to_owned()), (1, "1200.00".to_owned())], Vec::new()]);
        let places: Vec<_> = rejected[0].problems.iter().map(|p| (p.what.code(), p.place.as_ref().unwrap().column)).collect();
        assert_eq!(places, [("own-column", 6), ("own-column", 9)]);
    }
}
