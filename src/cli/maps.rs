//! Saved maps (`maps/NAME.yaml`): the one that is named, or the one made for a file with the same header.

use super::error::Failure;
use super::foreign::{self, Input, Wanted};
use super::session::Session;
use crate::base::problem::{Problems, What};
use crate::exchange::map_file::{RawMap, fingerprint};
use crate::exchange::mapping::CHANGED_AT;
use crate::exchange::rejects;
use crate::exchange::workbook::Ask;
use crate::model::draft::Document;
use crate::store::{self, Book};

/// What was typed about a file's reading; it goes over what a map says.
pub struct Typed<'a> {
    pub file: &'a str,
    pub table: &'static str,
    pub map: Option<&'a str>,
    /// Not even a map that fits.
    pub without_map: bool,
    /// Whether the rows are states of a history.
    pub history: bool,
    pub encoding: Option<&'a str>,
    pub skip: Option<usize>,
    pub sheet: Option<&'a str>,
}

/// A file read, and by which map.
pub struct Found {
    pub input: Input,
    pub map: Option<String>,
    pub saved: RawMap,
}

/// Whether a cell is a header, by what the caller and a map know of it.
type Known<'a> = &'a dyn Fn(&RawMap, &str) -> bool;
/// How much of a text is known, under so many lines.
type Familiar<'a> = &'a dyn Fn(usize, &str) -> usize;

/// How a map wants a file read: lines to skip, sheet, encoding.
type Way = (Option<usize>, Option<String>, Option<String>);

/// Reads a file with the map that is named, that fits its header, or none.
///
/// # Errors
/// A map that is not there or is wrong; two that fit.
pub fn open(session: &Session<'_>, typed: &Typed<'_>, known: Known<'_>, familiar: Familiar<'_>) -> Result<Found, Failure> {
    let bytes = foreign::bytes(session, typed.file)?;
    // our own file of rejected rows: its header stands at the top and its encoding is ours, however the first file was
    let of_rejects = rejects::is_one(&bytes);
    let read = |saved: &RawMap| {
        let saved = &if of_rejects { plainly(saved) } else { saved.clone() };
        let skip = typed.skip.or(saved.skip);
        let is_known = |header: &str| known(saved, header);
        let ask = Ask { sheet: typed.sheet.or(saved.sheet.as_deref()), skip, known: &is_known };
        let familiar = |text: &str| familiar(skip.unwrap_or(0), text);
        let encoding = typed.encoding.or(saved.encoding.as_deref());
        foreign::read(&bytes, &Wanted { file: typed.file, encoding, ask, familiar: &familiar })
    };
    if let Some(name) = typed.map {
        let saved = named(session, name)?;
        return Ok(Found { input: read(&saved)?, map: Some(name.to_owned()), saved });
    }
    let (candidates, broken) = if typed.without_map { Default::default() } else { candidates(session, typed)? };
    let mut fitting: Vec<Found> = Vec::new();
    let mut tried: Vec<(Way, Option<String>)> = Vec::new();
    for (name, saved) in candidates {
        // files are read once for all maps that read them alike
        let way = (saved.skip, saved.sheet.clone(), saved.encoding.clone());
        let before = tried.iter().find(|(known, _)| *known == way).map(|(_, header)| header.clone());
        let header = before.unwrap_or_else(|| read(&saved).ok().map(|input| fingerprint(&input.sheet.headers)));
        if header.is_some() && header == saved.header {
            fitting.push(Found { input: read(&saved)?, map: Some(name), saved });
        }
        tried.push((way, header));
    }
    if fitting.len() > 1 {
        let candidates = fitting.into_iter().filter_map(|found| found.map).map(|name| format!("--use-map {name}")).collect();
        return Err(What::Ambiguous { id: typed.file.to_owned(), candidates }.into());
    }
    if let Some(found) = fitting.pop() {
        return Ok(found);
    }
    let input = read(&RawMap::default())?;
    let header = fingerprint(&input.sheet.headers);
    // the map made for this file, but for a slip in it: without it the rows would be read as something else
    match broken.into_iter().find(|(text, _)| text.contains(&header)) {
        Some((_, problems)) => Err(problems.into()),
        None => Ok(Found { input, map: None, saved: RawMap::default() }),
    }
}

/// Maps that can be read, and the text of those that cannot, with what is wrong.
type Candidates = (Vec<(String, RawMap)>, Vec<(String, Problems)>);

/// The maps of the book for this table that say which header they are of. One that cannot be read stands in the way of no
/// file but its own.
fn candidates(session: &Session<'_>, typed: &Typed<'_>) -> Result<Candidates, Failure> {
    let book = session.book()?;
    let (mut maps, mut broken) = (Vec::new(), Vec::new());
    for name in book.maps()? {
        let document = Document::Map(name.clone());
        let raw = match book.parse_document::<RawMap>(&document) {
            Ok(Some((raw, _))) => raw,
            Ok(None) => continue,
            Err(problems) => {
                broken.push((book.document(&document)?.unwrap_or_default(), problems));
                continue;
            }
        };
        let of_history = raw.columns.as_ref().is_some_and(|columns| columns.0.iter().any(|(field, _)| field == CHANGED_AT));
        if raw.table.as_deref() == Some(typed.table) && raw.header.is_some() && of_history == typed.history {
            maps.push((name, raw));
        }
    }
    Ok((maps, broken))
}

fn named(session: &Session<'_>, name: &str) -> Result<RawMap, Failure> {
    let document = document(name)?;
    match session.book()?.parse_document::<RawMap>(&document)? {
        Some((raw, _)) => Ok(raw),
        None => Err(What::CannotRead { path: Book::document_name(&document), reason: "not there".into() }.into()),
    }
}

/// The document of a map's name.
///
/// # Errors
/// A name that cannot be a file name.
pub fn document(name: &str) -> Result<Document, Failure> {
    if store::layout::is_safe_name(name) { Ok(Document::Map(name.to_owned())) } else { Err(What::BadId { value: name.to_owned() }.into()) }
}

/// A map without what it says of the bytes of its files.
fn plainly(saved: &RawMap) -> RawMap {
    RawMap { skip: None, sheet: None, encoding: None, ..saved.clone() }
}
