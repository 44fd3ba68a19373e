//! Which column of a foreign file feeds which field.

use super::conditions::Conditions;
use super::map_file::{RawAlso, RawMap, SavedMap, fingerprint};
use super::own::OwnSource;
use super::values::Values;
use crate::base::date::DateOrder;
use crate::base::problem::{Problem, Problems, What};
use crate::base::text::fold_key;
use crate::model::cell::Kind;
use crate::model::exported::NUMBER_HEADERS;
use crate::model::rules::Pairs;
use crate::model::table::Table;

/// Columns that our own rejects files carry besides the data.
pub const REASON_HEADERS: [&str; 2] = ["拒收原因", "reject_reason"];

/// Where a field comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Column(usize),
    Constant(String),
    /// A quantity times a unit price, for amounts that the file leaves to be worked out.
    Product(usize, usize),
    /// An amount with its sign turned: files tell refunds as positive sums.
    Negated(usize),
}

/// A further record of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Also {
    pub only: Conditions,
    /// By the table's columns.
    pub sources: Vec<Option<Source>>,
}

/// A file's mapping onto a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// By the table's columns.
    pub sources: Vec<Option<Source>>,
    pub order: DateOrder,
    /// Headers that feed nothing.
    pub unused: Vec<String>,
    /// What the file's words mean.
    pub values: Values,
    /// When the rows are states of a history: the moment of each.
    pub moments: Option<Moments>,
    /// What feeds the owner's columns.
    pub own: Vec<OwnSource>,
    /// Which rows are taken.
    pub only: Conditions,
    /// What else a row gives.
    pub also: Vec<Also>,
    /// The book's currency (ISO 4217), whose signs alone may stand before amounts; none: any.
    pub currency: Option<String>,
}

/// The columns that order the rows of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moments {
    /// When the request came to be so.
    pub changed_at: usize,
    /// A number that rises, for rows of one moment.
    pub order: Option<usize>,
}

/// Where the user wants a field to come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// By the column's header, or its number as `#3`.
    Column(String),
    Constant(String),
}

/// What the user said about the mapping, by field; of two for one field the later holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes(pub Vec<(String, Wish)>);

/// Fields of a history's map that are no columns of the table.
pub const CHANGED_AT: &str = "changed_at";
pub const CHANGED_ORDER: &str = "changed_order";

fn needs_column(field: &str) -> [String; 2] {
    [format!("历史记录需要列 {field}: --map {field}=列名"), format!("a history needs a column for {field}: --map {field}=COLUMN")]
}

impl Wishes {
    /// Whether a wish names this column.
    pub fn name(&self, header: &str) -> bool {
        let is = |wish: &Wish| matches!(wish, Wish::Column(name) if fold_key(name) == fold_key(header));
        self.0.iter().any(|(_, wish)| is(wish))
    }

    /// Takes out the wishes that only a history has.
    pub fn split_history(self) -> (Wishes, Wishes) {
        let (history, others) = self.0.into_iter().partition(|(field, _)| field == CHANGED_AT || field == CHANGED_ORDER);
        (Wishes(others), Wishes(history))
    }

    /// Reads `--map` words: `field=column`, `field==constant`.
    ///
    /// # Errors
    /// [`What::Usage`] for a word without `=`.
    pub fn parse(words: &[String]) -> Result<Wishes, What> {
        let wish = |word: &String| {
            let Some((field, rest)) = word.split_once('=') else {
                let message = [format!("--map {word} 应写成 字段=列名"), format!("--map {word} should be FIELD=COLUMN")];
                return Err(What::Usage { message });
            };
            let wish = match rest.strip_prefix('=') {
                Some(constant) => Wish::Constant(constant.to_owned()),
                None => Wish::Column(rest.trim().to_owned()),
            };
            Ok((field.trim().to_owned(), wish))
        };
        words.iter().map(wish).collect::<Result<_, _>>().map(Wishes)
    }

    /// A saved map's wishes, over which the typed ones go.
    #[must_use]
    pub fn over(self, saved: &RawMap) -> Wishes {
        let pairs = |pairs: &Option<Pairs<String>>| pairs.as_ref().map(|pairs| pairs.0.clone()).unwrap_or_default();
        let columns = pairs(&saved.columns).into_iter().map(|(field, column)| (field, Wish::Column(column)));
        let constants = pairs(&saved.constants).into_iter().map(|(field, text)| (field, Wish::Constant(text)));
        Wishes(columns.chain(constants).chain(self.0).collect())
    }
}

/// `iso`, `dmy` or `mdy`.
pub fn date_order(text: &str) -> Result<DateOrder, What> {
    match text {
        "iso" | "ymd" => Ok(DateOrder::Iso),
        "dmy" => Ok(DateOrder::DayFirst),
        "mdy" => Ok(DateOrder::MonthFirst),
        _ => Err(What::UnknownName { name: text.to_owned(), allowed: ["iso", "dmy", "mdy"].map(str::to_owned).to_vec() }),
    }
}

impl Mapping {
    /// Maps headers to fields: what was said first, then by name in either language.
    ///
    /// # Errors
    /// A field or column that does not exist, or two columns for one field when nothing was said.
    pub fn new(table: &'static Table, headers: &[String], wishes: &Wishes, order: DateOrder) -> Result<Mapping, Problems> {
        let mut wrong = Problems::new();
        let mut sources: Vec<Option<Source>> = vec![None; table.columns.len()];
        for (field, wish) in &wishes.0 {
            let source = field_of(table, field).and_then(|at| Ok((at, source_of(headers, table.columns[at].kind, wish)?)));
            match source {
                Ok((at, source)) => sources[at] = Some(source),
                Err(what) => wrong.push(what.into()),
            }
        }
        let said: Vec<bool> = sources.iter().map(Option::is_some).collect();
        let taken = |from: usize, sources: &[Option<Source>]| sources.iter().flatten().any(|source| source.uses(from));
        for (from, header) in headers.iter().enumerate() {
            let Some(at) = table.find(header).filter(|at| !said[*at] && is_importable(table, *at) && is_plain(table, *at)) else {
                continue;
            };
            if is_reason(header) || sources.contains(&Some(Source::Column(from))) {
                continue;
            }
            if let Some(Source::Column(first)) = sources[at] {
                wrong.push(two_for_one(table.columns[at].word.code, &headers[first], header));
            } else {
                sources[at] = Some(Source::Column(from));
            }
        }
        let unused = headers.iter().enumerate();
        let unused =
            unused.filter(|(from, header)| !taken(*from, &sources) && !is_reason(header) && !is_number(header) && !header.is_empty());
        let unused = unused.map(|(_, header)| header.clone()).collect();
        let mapping = Mapping {
            sources,
            order,
            unused,
            values: Values::default(),
            moments: None,
            own: Vec::new(),
            only: Conditions::default(),
            also: Vec::new(),
            currency: None,
        };
        if wrong.is_empty() { Ok(mapping) } else { Err(wrong) }
    }

    /// The same with a map's conditions and further records.
    ///
    /// # Errors
    /// A column or field that is none, by its key in the map.
    pub fn with_conditions(mut self, table: &'static Table, headers: &[String], saved: &RawMap) -> Result<Mapping, Problems> {
        one_source_each(table, saved.columns.as_ref(), saved.constants.as_ref(), "")?;
        self.only = Conditions::new(saved.only.as_ref(), headers, "only")?;
        for (at, raw) in saved.also.iter().flatten().enumerate() {
            let also = self.also(table, headers, raw, at)?;
            let used = |header: &String| {
                let from = headers.iter().position(|known| known == header);
                from.is_some_and(|from| also.sources.iter().flatten().any(|source| source.uses(from)))
            };
            self.unused.retain(|header| !used(header));
            self.also.push(also);
        }
        Ok(self)
    }

    fn also(&self, table: &'static Table, headers: &[String], raw: &RawAlso, at: usize) -> Result<Also, Problems> {
        let mut sources = self.sources.clone();
        let (columns, constants) = (raw.columns.as_ref(), raw.constants.as_ref());
        let is_blank = |pairs: Option<&Pairs<String>>| pairs.is_none_or(|pairs| pairs.0.is_empty());
        if is_blank(columns) && is_blank(constants) && raw.only.as_ref().is_none_or(|only| only.0.is_empty()) {
            return Err(vec![Problem::error(What::Required).field(format!("also[{at}]"))]);
        }
        one_source_each(table, columns, constants, &format!("also[{at}]."))?;
        let columns = columns.into_iter().flat_map(|pairs| &pairs.0).map(|(field, name)| (field, "columns", Wish::Column(name.clone())));
        let constants =
            constants.into_iter().flat_map(|pairs| &pairs.0).map(|(field, text)| (field, "constants", Wish::Constant(text.clone())));
        for (field, kind, wish) in columns.chain(constants) {
            let found = field_of(table, field).and_then(|to| Ok((to, source_of(headers, table.columns[to].kind, &wish)?)));
            let (to, source) = found.map_err(|what| vec![Problem::error(what).field(format!("also[{at}].{kind}.{field}"))])?;
            sources[to] = Some(source);
        }
        Ok(Also { only: Conditions::new(raw.only.as_ref(), headers, &format!("also[{at}].only"))?, sources })
    }

    /// The mapping of a history: where nothing else says when a request was received, its first moment does.
    ///
    /// # Errors
    /// A column that does not exist, or none that gives the moments.
    pub fn of_history(mut self, table: &'static Table, headers: &[String], wishes: &Wishes) -> Result<Mapping, What> {
        let column = |field: &str| -> Result<Option<usize>, What> {
            let said = wishes.0.iter().rev().find(|(name, _)| name == field);
            match said {
                Some((_, Wish::Column(name))) => column_of(headers, name).map(Some),
                Some((name, Wish::Constant(_))) => Err(What::Usage { message: needs_column(name) }),
                None => Ok(headers.iter().position(|header| fold_key(header) == field)),
            }
        };
        let (changed_at, order) = (column(CHANGED_AT)?, column(CHANGED_ORDER)?);
        let changed_at = changed_at.ok_or_else(|| What::Usage { message: needs_column(CHANGED_AT) })?;
        let lacking = ["id", "stage"].into_iter().find(|code| table.position(code).is_none_or(|at| self.sources[at].is_none()));
        if let Some(code) = lacking {
            return Err(What::Usage { message: needs_column(code) });
        }
        if let Some(received) = table.position("received_at").filter(|at| self.sources[*at].is_none()) {
            self.sources[received] = Some(Source::Column(changed_at));
        }
        self.unused.retain(|header| ![Some(changed_at), order].iter().flatten().any(|at| headers[*at] == *header));
        self.moments = Some(Moments { changed_at, order });
        Ok(self)
    }

    /// The mapping as `maps/NAME.yaml`.
    pub fn save(&self, table: &'static Table, headers: &[String], encoding: Option<&str>, skip: usize, sheet: Option<String>) -> SavedMap {
        let order = match self.order {
            DateOrder::Iso => "iso",
            DateOrder::DayFirst => "dmy",
            DateOrder::MonthFirst => "mdy",
        };
        let (values, blank) = self.values.saved(table);
        let mut saved = SavedMap {
            table: table.word.code,
            header: fingerprint(headers),
            columns: serde_json::Map::new(),
            constants: serde_json::Map::new(),
            date_order: order,
            encoding: encoding.map(str::to_owned),
            skip: Some(skip).filter(|skip| *skip > 0),
            sheet,
            values,
            blank,
        };
        if let Some(Moments { changed_at, order }) = &self.moments {
            saved.columns.insert(CHANGED_AT.to_owned(), name_of(headers, *changed_at).into());
            if let Some(order) = order {
                saved.columns.insert(CHANGED_ORDER.to_owned(), name_of(headers, *order).into());
            }
        }
        let built_in = self.sources.iter().enumerate().map(|(at, source)| (table.columns[at].word.code.to_owned(), source.as_ref()));
        for (code, source) in built_in.chain(self.own.iter().map(|own| (own.column.code(), Some(&own.source)))) {
            match source {
                Some(Source::Column(from)) => saved.columns.insert(code, name_of(headers, *from).into()),
                Some(Source::Product(a, b)) => {
                    let product = format!("{}{TIMES}{}", name_of(headers, *a), name_of(headers, *b));
                    saved.columns.insert(code, product.into())
                }
                Some(Source::Negated(from)) => saved.columns.insert(code, format!("-{}", name_of(headers, *from)).into()),
                Some(Source::Constant(text)) => saved.constants.insert(code, text.clone().into()),
                None => None,
            };
        }
        saved
    }

    /// The file column that feeds a field.
    pub fn column(&self, at: usize) -> Option<usize> {
        match self.sources.get(at) {
            Some(Some(Source::Column(from))) => Some(*from),
            _ => None,
        }
    }
}

/// A batch is carebook's to set.
fn is_importable(table: &Table, at: usize) -> bool {
    table.columns[at].word.code != "batch"
}

/// What names records of this book, or what this book promised, is taken where it is asked for alone: in other files
/// such headings mean something else.
fn is_plain(table: &Table, at: usize) -> bool {
    !matches!(table.columns[at].word.code, "knowledge" | "related" | "duplicate_of" | "promise" | "escalated" | "distinct_from")
}

/// Whether a header is that of the column with the numbers of exports.
pub fn is_number(header: &str) -> bool {
    let key = fold_key(header);
    NUMBER_HEADERS.iter().any(|known| key == *known)
}

/// Whether a column holds the reasons of an earlier rejection.
pub fn is_reason(header: &str) -> bool {
    REASON_HEADERS.iter().any(|reason| fold_key(reason) == fold_key(header))
}

/// A field comes from a column or is a constant: of both, nobody could say which was meant.
fn one_source_each(
    table: &'static Table,
    columns: Option<&Pairs<String>>,
    constants: Option<&Pairs<String>>,
    prefix: &str,
) -> Result<(), Problems> {
    let key = |field: &str| table.find(field).map_or_else(|| fold_key(field), |at| table.columns[at].word.code.to_owned());
    let fed: Vec<String> = columns.into_iter().flat_map(|pairs| &pairs.0).map(|(field, _)| key(field)).collect();
    let both = constants.into_iter().flat_map(|pairs| &pairs.0).filter(|(field, _)| fed.contains(&key(field)));
    let message = || ["columns 里已有这个字段".to_owned(), "this field stands under `columns` as well".to_owned()];
    let problem = |(field, _): &(String, String)| {
        Problem::error(What::RuleConflict { message: message() }).field(format!("{prefix}constants.{field}"))
    };
    let wrong: Problems = both.map(problem).collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn field_of(table: &'static Table, name: &str) -> Result<usize, What> {
    let known = || table.columns.iter().map(|column| column.word.code.to_owned()).filter(|code| code != "batch").collect();
    table.find(name).filter(|at| is_importable(table, *at)).ok_or_else(|| What::UnknownField { name: name.to_owned(), allowed: known() })
}

/// Between the two columns of a product.
const TIMES: char = '*';

impl Source {
    pub(super) fn uses(&self, column: usize) -> bool {
        match self {
            Source::Column(from) | Source::Negated(from) => *from == column,
            Source::Product(a, b) => *a == column || *b == column,
            Source::Constant(_) => false,
        }
    }
}

pub(super) fn source_of(headers: &[String], kind: Kind, wish: &Wish) -> Result<Source, What> {
    let name = match wish {
        Wish::Constant(text) => return Ok(Source::Constant(text.clone())),
        Wish::Column(name) => name,
    };
    let whole = column_of(headers, name).map(Source::Column);
    if let Some(name) = name.strip_prefix('-').filter(|_| kind == Kind::Money && whole.is_err()) {
        return column_of(headers, name.trim()).map(Source::Negated);
    }
    // a header may have a star in it
    match name.split_once(TIMES).filter(|_| kind == Kind::Money && whole.is_err()) {
        Some((a, b)) => Ok(Source::Product(column_of(headers, a.trim())?, column_of(headers, b.trim())?)),
        None => whole,
    }
}

/// A column by its header, or by its number: `#3`.
pub(super) fn column_of(headers: &[String], name: &str) -> Result<usize, What> {
    let numbered = name.strip_prefix('#').and_then(|n| n.parse::<usize>().ok()).filter(|n| (1..=headers.len()).contains(n));
    let same = |exactly: bool| -> Vec<usize> {
        let same = |header: &String| if exactly { header == name } else { fold_key(header) == fold_key(name) };
        (0..headers.len()).filter(|at| same(&headers[*at])).collect()
    };
    let exact = same(true);
    let named = if exact.is_empty() { same(false) } else { exact };
    match (named[..].split_first(), numbered) {
        (Some((first, [])), _) => Ok(*first),
        (Some(_), _) => Err(What::Ambiguous { id: name.to_owned(), candidates: named.iter().map(|at| format!("#{}", at + 1)).collect() }),
        (None, Some(number)) => Ok(number - 1),
        (None, None) => Err(What::UnknownField { name: name.to_owned(), allowed: headers.to_vec() }),
    }
}

/// How a column is named so that it is found again: by its header, or by its number where that is not enough.
pub(super) fn name_of(headers: &[String], at: usize) -> String {
    if column_of(headers, &headers[at]) == Ok(at) { headers[at].clone() } else { format!("#{}", at + 1) }
}

fn two_for_one(code: &str, first: &str, second: &str) -> Problem {
    let zh = format!("“{first}” 和 “{second}” 都像是 {code},请用 --map {code}=列名 指定");
    let en = format!("both \"{first}\" and \"{second}\" could be {code}; say which: --map {code}=COLUMN");
    Problem::error(What::Usage { message: [zh, en] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::order::ORDERS;

    fn map(headers: &[&str], words: &[&str]) -> Result<Mapping, Problems> {
        let headers: Vec<String> = headers.iter().map(|&h| h.to_owned()).collect();
        let words: Vec<String> = words.iter().map(|&w| w.to_owned()).collect();
        Mapping::new(&ORDERS, &headers, &Wishes::parse(&words).unwrap(), DateOrder::Iso)
    }

    #[test]
    fn by_name_by_wish_by_number() {
        let mapping = map(&["order_id", "客户编号", "下单日期 ", "实付金额", "店"], &["product=店", "kind==sale"]).unwrap();
        assert_eq!(mapping.column(ORDERS.position("id").unwrap()), Some(0));
        assert_eq!(mapping.column(ORDERS.position("amount").unwrap()), Some(3));
        assert_eq!(mapping.column(ORDERS.position("product").unwrap()), Some(4));
        assert!(mapping.unused.is_empty());
        assert_eq!(map(&["a", "b"], &["id=#2"]).unwrap().column(0), Some(1));
        let amount = ORDERS.position("amount").unwrap();
        let product = map(&["Qty", "Price", "note"], &["amount=Qty * Price", "quantity=Qty"]).unwrap();
        assert_eq!((&product.sources[amount], product.unused), (&Some(Source::Product(0, 1)), vec!["note".to_owned()]));
        assert_eq!(map(&["a*b", "a", "b"], &["amount=a*b"]).unwrap().column(amount), Some(0));
        assert!(map(&["a", "b"], &["id=a*b"]).is_err());
    }

    #[test]
    fn two_columns_for_one_field_are_a_question() {
        assert!(matches!(map(&["金额", "实付金额"], &[]).unwrap_err()[0].what, What::Usage { .. }));
        assert_eq!(map(&["金额", "实付金额"], &["amount=实付金额"]).unwrap().unused, ["金额"]);
        assert!(matches!(map(&["a"], &["amount=b"]).unwrap_err()[0].what, What::UnknownField { .. }));
        assert!(map(&["拒收原因", "金额"], &[]).unwrap().unused.is_empty());
        assert!(matches!(map(&["x", "x"], &["amount=x"]).unwrap_err()[0].what, What::Ambiguous { .. }));
    }

    #[test]
    fn a_saved_map_gives_way_to_what_is_typed() {
        let saved: RawMap = serde_yaml::from_str("{columns: {amount: a}, constants: {kind: sale}, skip: 2}").unwrap();
        let headers = ["a", "k", "x", "x"].map(str::to_owned);
        let typed = ["kind=k", "amount==5", "product=#4"].map(str::to_owned);
        let wishes = Wishes::parse(&typed).unwrap().over(&saved);
        let mapping = Mapping::new(&ORDERS, &headers, &wishes, DateOrder::Iso).unwrap();
        let source = |code: &str| mapping.sources[ORDERS.position(code).unwrap()].clone();
        assert_eq!((source("kind"), source("amount")), (Some(Source::Column(1)), Some(Source::Constant("5".into()))));
        let again = mapping.save(&ORDERS, &headers, Some("gb18030"), 0, None);
        assert_eq!((&again.columns["kind"], &again.columns["product"]), (&"k".into(), &"#4".into()));
        assert!(serde_yaml::from_str::<RawMap>("{colums: {}}").is_err());
    }
}
