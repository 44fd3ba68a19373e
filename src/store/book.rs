//! A book: opened for questions under a shared lock, or for one change under the writer's.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::cache;
use super::commit::{Committed, Transaction};
use super::csv_table::CsvFile;
use super::disk::{Disk, hash};
use super::journal;
use super::layout;
use super::load::{self, Loaded};
use super::lock::{self, Lock};
use super::log_file::{self, Tip};
use super::memory::State;
use super::parallel;
use super::scan;
use super::settings_file;
use super::settle;
use super::yaml_file;
use crate::base::instant::Instant;
use crate::base::lang::Lang;
use crate::base::packed::Packed;
use crate::base::period::Period;
use crate::base::problem::{Place, Problem, Problems, What};
use crate::model::cell::{Cell, Locale};
use crate::model::customer::{CUSTOMERS, Customer, Sought};
use crate::model::draft::{Document, Draft, Need, Origin, Which};
use crate::model::history::History;
use crate::model::log::LogRow;
use crate::model::member::{self, MembersReader};
use crate::model::order::{ORDERS, Order, OrderKind};
use crate::model::record::Record;
use crate::model::rules::revisits::{RawRevisits, RevisitRules};
use crate::model::rules::service::{RawService, ServiceRules};
use crate::model::rules::tiers::{RawTiers, TierRules};
use crate::model::settings::Settings;
use crate::model::survey::Response;
use crate::model::survey_file::{RawSurvey, SurveyFile};
use crate::model::table::{Part, Table};

/// An opened book.
#[derive(Debug)]
pub struct Book {
    pub settings: Settings,
    disk: Disk,
    lock: Option<Lock>,
    /// Questions are asked of the book as it stood: what the log tells since.
    history: Option<History>,
}

/// Rules and the version of the file they came from.
#[derive(Debug, Clone)]
pub struct Ruled<T> {
    pub rules: T,
    /// First eight digits of the file's SHA-256; `built-in` without a file.
    pub hash: String,
}

/// One order line as it streams by.
#[derive(Debug, Clone, Copy)]
pub struct OrderRow<'a> {
    pub id: &'a str,
    pub customer: &'a str,
    pub date: chrono::NaiveDate,
    pub amount: crate::base::money::Money,
    pub kind: Option<OrderKind>,
    pub quantity: &'a str,
    pub product: &'a str,
    /// The import it came with.
    pub batch: &'a str,
}

/// Which records are asked for.
pub type Keep<'a, R> = &'a (dyn Fn(&R) -> bool + Sync);

/// Places a problem in a column of the row at hand.
pub type Locator<'a> = dyn Fn(Option<&str>, What) -> Problem + 'a;

fn lift(problem: Problem) -> Problems {
    vec![problem]
}

/// The nearest folder upwards that holds a book.
pub fn discover(from: &Path) -> Option<PathBuf> {
    from.ancestors().find(|folder| Disk::new(folder.to_path_buf()).has(layout::SETTINGS).unwrap_or(false)).map(Path::to_path_buf)
}

impl Book {
    /// Opens the book in a folder for reading: a consistent state, also beside a writer.
    ///
    /// # Errors
    /// [`What::NoBook`], a faulty `carebook.yaml`, or a writer that does not finish.
    pub fn open(root: PathBuf) -> Result<Book, Problems> {
        Book::settled(Disk::new(root), settings_file::read)
    }

    /// Opens a book that may be of an older format, for the commands that look at such a book: `check`, `backup`, `upgrade`.
    pub fn open_older(root: PathBuf) -> Result<Book, Problems> {
        Book::settled(Disk::new(root), |disk| settings_file::of_any_format(disk).map(|(_, settings)| settings))
    }

    fn settled(disk: Disk, settings: impl Fn(&Disk) -> Result<Settings, Problems>) -> Result<Book, Problems> {
        // a newer book is left alone, what is unfinished in it too; an older one may be an upgrade that was cut off
        settings_file::of_any_format(&disk)?;
        let lock = settle::shared(&disk)?;
        let settings = settings(&disk)?;
        State::load(&disk).map_err(lift)?.refuse_missing(&disk)?;
        Ok(Book { settings, disk, lock: Some(lock), history: None })
    }

    /// Writes a file for people, whole or not at all; never over one of a book's own files.
    ///
    /// # Errors
    /// [`What::OwnFile`], or what the disk says.
    pub fn write_outside(book: Option<&Book>, path: &Path, bytes: &[u8]) -> Result<(), Problem> {
        let within = book.and_then(|book| super::disk::within_book(book.root(), path));
        let own = |path: &String| layout::is_written(path) || path.starts_with(layout::HIDDEN);
        match within.filter(own) {
            Some(path) => Err(Problem::error(What::OwnFile { path })),
            None => super::disk::write_outside(path, bytes),
        }
    }

    /// The language of the book in a folder, read without waiting for anybody.
    pub fn language(root: PathBuf) -> Option<Lang> {
        settings_file::of_any_format(&Disk::new(root)).ok().map(|(_, settings)| settings.lang)
    }

    /// Takes the files as they are now: one that is gone was removed on purpose. Makes the empty archive anew where it is missing.
    pub fn adopt(root: PathBuf, now: Instant) -> Result<Committed, Problems> {
        let disk = Disk::new(root);
        let settings = settings_file::read(&disk)?;
        {
            let _lock = lock::exclusive(&disk, "check --adopt").map_err(lift)?;
            journal::recover(&disk).map_err(lift)?;
            super::new_book::make_tables(&disk, settings.lang).map_err(lift)?;
        }
        let mut transaction = Transaction::adopt(disk, &settings.locale(), now)?;
        transaction.commit_edits(now, &settings.locale())
    }

    /// From now on every question is asked of the book as it stood at this moment, by the log.
    ///
    /// # Errors
    /// [`What::HistoryLost`], or what is wrong in the log.
    pub fn as_of(&mut self, moment: Instant) -> Result<(), Problems> {
        let rows = load::log_after(&self.disk, moment, &self.locale())?;
        self.history = Some(History::new(rows).map_err(lift)?);
        Ok(())
    }

    /// Whether questions are asked of the past.
    pub fn is_past(&self) -> bool {
        self.history.is_some()
    }

    /// Files whose rows as of then are not known.
    pub fn unknown_files(&self) -> Vec<String> {
        self.history.iter().flat_map(History::unknown_files).map(str::to_owned).collect()
    }

    pub fn root(&self) -> &Path {
        self.disk.root()
    }

    pub fn locale(&self) -> Locale {
        self.settings.locale()
    }

    /// Becomes the writer: lets go of the shared lock, waits for the other.
    pub fn begin(&mut self, holder: &str, now: Instant) -> Result<Transaction, Problems> {
        self.lock = None;
        Transaction::begin(self.disk.clone(), &self.locale(), holder, now)
    }

    /// Every record of a table.
    pub fn all<R: Record>(&self) -> Result<Vec<R>, Problems> {
        self.some(&|_| true)
    }

    /// The records of a table that are asked for; the others are let go as they are read.
    pub fn some<R: Record>(&self, keep: Keep<'_, R>) -> Result<Vec<R>, Problems> {
        self.read_parts(&load::parts(&self.disk, R::TABLE).map_err(lift)?, &|_| true, keep)
    }

    /// The records whose id a text may name: only the quarter it carries is read, where it carries one.
    pub fn named<R: Record>(&self, typed: &str) -> Result<Vec<R>, Problems> {
        let parts = load::wanted(&self.disk, R::TABLE, &Which::Of(typed.to_owned())).map_err(lift)?;
        self.read_parts(&parts, &|part| parts.contains(part), &|record: &R| crate::base::id::names(typed, &record.key()))
    }

    /// The records of the quarters a period touches; rows outside the period are the caller's to leave out.
    pub fn within<R: Record>(&self, period: Period) -> Result<Vec<R>, Problems> {
        self.some_within(period, &|_| true)
    }

    /// Those of them that are asked for.
    pub fn some_within<R: Record>(&self, period: Period, keep: Keep<'_, R>) -> Result<Vec<R>, Problems> {
        let parts = load::parts(&self.disk, R::TABLE).map_err(lift)?;
        self.read_parts(&in_period(parts, Some(period)), &|part| !in_period(vec![part.clone()], Some(period)).is_empty(), keep)
    }

    /// One survey's records.
    pub fn of_survey<R: Record>(&self, survey: &str) -> Result<Vec<R>, Problems> {
        let part = Part::Survey(survey.to_owned());
        self.read_parts(std::slice::from_ref(&part), &|other| *other == part, &|_| true)
    }

    /// The records of these parts, as they stood when the book is asked of the past; `belongs` says which parts are asked for.
    fn read_parts<R: Record>(&self, parts: &[Part], belongs: &dyn Fn(&Part) -> bool, keep: Keep<'_, R>) -> Result<Vec<R>, Problems> {
        let Some(history) = &self.history else { return self.read_now(parts, keep) };
        let records = self.read_now(parts, &|_| true)?;
        let locale = self.locale();
        let mut records: Vec<R> = history.rewound(records, &locale);
        if R::TABLE.word.code == "answers" {
            // an answer came with its response
            let responses: Vec<Response> = self.read_now(parts, &|_| true)?;
            let later: HashSet<String> =
                responses.iter().filter(|response| history.is_later(*response, &locale)).map(Record::key).collect();
            records.retain(|answer| !later.contains(&answer.written(0, &locale)));
        }
        records.retain(|record| belongs(&record.part(&locale)) && keep(record));
        Ok(records)
    }

    fn read_now<R: Record>(&self, parts: &[Part], keep: Keep<'_, R>) -> Result<Vec<R>, Problems> {
        let locale = self.locale();
        let read = |part: &Part| -> Result<Vec<R>, Problems> {
            let Some(file) = self.file(R::TABLE, part)? else { return Ok(Vec::new()) };
            let mut records = Vec::new();
            let mut wrong = Problems::new();
            for row in 0..file.len() {
                match file.read::<R>(row, &locale) {
                    Ok(record) if keep(&record) => records.push(record),
                    Ok(_) => {}
                    Err(mut problems) => wrong.append(&mut problems),
                }
            }
            if wrong.is_empty() { Ok(records) } else { Err(wrong) }
        };
        let mut records = Vec::new();
        let mut wrong = Problems::new();
        for result in parallel::map(parts, &read) {
            match result {
                Ok(mut read) => records.append(&mut read),
                Err(mut problems) => wrong.append(&mut problems),
            }
        }
        if wrong.is_empty() { Ok(records) } else { Err(wrong) }
    }

    fn file(&self, table: &'static Table, part: &Part) -> Result<Option<CsvFile>, Problems> {
        let path = layout::path(table, part);
        let bytes = self.disk.read(&path).map_err(lift)?;
        bytes.map(|bytes| CsvFile::parse(table, &path, bytes)).transpose()
    }

    /// Streams the order lines of a period, partition by partition.
    pub fn scan_orders(&self, period: Option<Period>, each: &mut dyn FnMut(&OrderRow<'_>)) -> Result<(), Problems> {
        if self.history.is_none() {
            return self.scan_parts(period, each);
        }
        let locale = self.locale();
        let orders: Vec<Order> = self.all()?;
        for order in orders.iter().filter(|order| period.is_none_or(|period| period.contains(order.date))) {
            let quantity = order.written(ORDERS.position("quantity").unwrap_or_default(), &locale);
            each(&OrderRow {
                id: order.id.as_str(),
                customer: order.customer.as_str(),
                date: order.date,
                amount: order.amount,
                kind: order.kind,
                quantity: &quantity,
                product: &order.product,
                batch: &order.batch,
            });
        }
        Ok(())
    }

    fn scan_parts(&self, period: Option<Period>, each: &mut dyn FnMut(&OrderRow<'_>)) -> Result<(), Problems> {
        let locale = self.locale();
        let mut wrong = Problems::new();
        for part in in_period(load::parts(&self.disk, &ORDERS).map_err(lift)?, period) {
            let within = |date: NaiveDate| period.is_none_or(|period| period.contains(date));
            self.stream_orders(&part, &locale, ALL_COLUMNS, &mut |order| {
                if within(order.date) {
                    each(order);
                }
            })
            .unwrap_or_else(|mut problems| wrong.append(&mut problems));
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    fn stream_orders(&self, part: &Part, locale: &Locale, columns: [bool; 8], each: &mut dyn FnMut(&OrderRow<'_>)) -> Result<(), Problems> {
        let path = layout::path(&ORDERS, part);
        let read = scan::rows(&self.disk, &ORDERS, &path, &mut |row| {
            let cells: [Cow<'_, str>; 8] = std::array::from_fn(|at| if columns[at] { row.cell(at) } else { Cow::Borrowed("") });
            order_of(&cells, locale).map(|order| each(&order)).is_ok()
        });
        match read.map_err(lift)? {
            scan::Read::Whole => Ok(()),
            scan::Read::Faulty => Err(self.faults_in_orders(part, locale)),
        }
    }

    /// What is wrong in a file of orders, row by row, with the places.
    fn faults_in_orders(&self, part: &Part, locale: &Locale) -> Problems {
        match self.file(&ORDERS, part) {
            Ok(Some(file)) => (0..file.len()).filter_map(|row| with_order(&file, row, locale, &mut |_| {}).err()).collect(),
            Ok(None) => lift(Problem::error(What::MissingTable).at(Place::file(layout::path(&ORDERS, part)))),
            Err(problems) => problems,
        }
    }

    /// Folds the order lines of a period into accumulators, one for each thread; the lines of one file stay in order.
    /// They come with what is summed up: without quantity, product and batch.
    pub fn fold_orders<A: Send>(
        &self,
        period: Option<Period>,
        new: &(dyn Fn() -> A + Sync),
        each: &(dyn Fn(&mut A, &OrderRow<'_>) + Sync),
        last: &(dyn Fn(&mut A) + Sync),
    ) -> Result<Vec<A>, Problems> {
        if self.history.is_some() {
            let mut accumulator = new();
            self.scan_orders(period, &mut |order| each(&mut accumulator, order))?;
            last(&mut accumulator);
            return Ok(vec![accumulator]);
        }
        let locale = self.locale();
        let parts = in_period(load::parts(&self.disk, &ORDERS).map_err(lift)?, period);
        let within = |date: NaiveDate| period.is_none_or(|period| period.contains(date));
        let take = |(accumulator, wrong): &mut (A, Problems), part: &Part| {
            let mut each = |order: &OrderRow<'_>| {
                if within(order.date) {
                    each(accumulator, order);
                }
            };
            self.stream_orders(part, &locale, SUMMED_COLUMNS, &mut each).unwrap_or_else(|mut problems| wrong.append(&mut problems));
        };
        let folded = parallel::fold(&parts, &|| (new(), Problems::new()), &take);
        let (mut accumulators, wrong): (Vec<A>, Vec<Problems>) = folded.into_iter().unzip();
        let mut wrong: Problems = wrong.into_iter().flatten().collect();
        if wrong.is_empty() {
            parallel::each_mut(&mut accumulators, last);
            return Ok(accumulators);
        }
        wrong.sort_by(|a, b| a.place.cmp(&b.place));
        Err(wrong)
    }

    /// The archive in few bytes, for tiers.
    pub fn members(&self) -> Result<MembersReader, Problems> {
        let locale = self.locale();
        let mut reader = MembersReader::default();
        let columns = member::columns();
        if self.history.is_some() {
            return self.members_of_all();
        }
        let path = layout::path(&CUSTOMERS, &Part::Whole);
        let read = scan::rows(&self.disk, &CUSTOMERS, &path, &mut |row| {
            let cells = columns.map(|column| row.cell(column));
            reader.row(cells.each_ref().map(AsRef::as_ref), &locale).is_ok()
        });
        match read.map_err(lift)? {
            scan::Read::Whole => Ok(reader),
            // says what and where
            scan::Read::Faulty => self.members_of_all(),
        }
    }

    fn members_of_all(&self) -> Result<MembersReader, Problems> {
        let locale = self.locale();
        let mut reader = MembersReader::default();
        for customer in self.all::<Customer>()? {
            let cells = member::columns().map(|column| customer.written(column, &locale));
            reader.row(cells.each_ref().map(String::as_str), &locale).map_err(|(_, what)| lift(what.into()))?;
        }
        Ok(reader)
    }

    /// A value that rests on the files of these tables, the settings, the rules and what is `asked` alone: as kept from an
    /// earlier run, or worked out now. Of the past nothing is kept.
    ///
    /// # Errors
    /// Those of the work.
    pub fn derived<T: Packed>(
        &self,
        name: &'static str,
        tables: &[&'static Table],
        asked: &str,
        work: impl FnOnce() -> Result<T, Problems>,
    ) -> Result<T, Problems> {
        if self.is_past() {
            return work();
        }
        let key = || cache::Key::of(&self.disk, name, &self.inputs(tables)?, asked);
        let before = key().map_err(lift)?;
        if let Some(kept) = cache::load(&self.disk, &before) {
            return Ok(kept);
        }
        let value = work()?;
        // a hand edit in between belongs to neither
        if key().is_ok_and(|after| after == before) {
            cache::save(&self.disk, &before, &value);
        }
        Ok(value)
    }

    fn inputs(&self, tables: &[&'static Table]) -> Result<Vec<String>, Problem> {
        let mut paths = vec![layout::SETTINGS.to_owned()];
        paths.extend(self.disk.list("rules")?.into_iter().map(|name| format!("rules/{name}")));
        for table in tables {
            paths.extend(load::parts(&self.disk, table)?.iter().map(|part| layout::path(table, part)));
        }
        Ok(paths)
    }

    /// The tier rules in force.
    pub fn tier_rules(&self) -> Result<Ruled<TierRules>, Problems> {
        self.rules("tiers", |raw: RawTiers| raw.check())
    }

    /// The revisit rules in force.
    pub fn revisit_rules(&self) -> Result<Ruled<RevisitRules>, Problems> {
        self.rules("revisits", |raw: RawRevisits| raw.check())
    }

    /// The service targets in force.
    pub fn service_rules(&self) -> Result<Ruled<ServiceRules>, Problems> {
        self.rules("service", |raw: RawService| raw.check())
    }

    fn rules<Raw: Default + serde::de::DeserializeOwned, T>(
        &self,
        name: &str,
        check: impl Fn(Raw) -> Result<T, Problems>,
    ) -> Result<Ruled<T>, Problems> {
        let path = layout::document(&Document::Rules(name.to_owned()));
        let Some(bytes) = self.disk.read(&path).map_err(lift)? else {
            return check(Raw::default()).map(|rules| Ruled { rules, hash: "built-in".into() });
        };
        let raw: Raw = yaml_file::parse(&path, &bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        let rules = check(raw).map_err(|problems| yaml_file::place(problems, &path, &text))?;
        Ok(Ruled { rules, hash: hash(&bytes)[..8].to_owned() })
    }

    /// The text of a document, when there is one.
    pub fn document(&self, document: &Document) -> Result<Option<String>, Problems> {
        self.text(&layout::document(document))
    }

    /// The file name of a document, for messages.
    pub fn document_name(document: &Document) -> String {
        layout::document(document)
    }

    /// Reads a document into plain option structs, with places for what is wrong.
    pub fn parse_document<T: serde::de::DeserializeOwned>(&self, document: &Document) -> Result<Option<(T, String)>, Problems> {
        let Some(text) = self.document(document)? else { return Ok(None) };
        let raw = yaml_file::parse(&layout::document(document), text.as_bytes())?;
        Ok(Some((raw, text)))
    }

    /// Gives problems found while checking a document their file and line.
    pub fn place_in(document: &Document, text: &str, problems: Problems) -> Problems {
        yaml_file::place(problems, &layout::document(document), text)
    }

    /// A survey's columns, questions and scales; `None` when nothing describes it.
    pub fn survey(&self, name: &str) -> Result<Option<SurveyFile>, Problems> {
        let document = Document::Survey(name.to_owned());
        let Some((raw, text)) = self.parse_document::<RawSurvey>(&document)? else { return Ok(None) };
        raw.check().map(Some).map_err(|problems| Book::place_in(&document, &text, problems))
    }

    /// The names of the book's surveys, sorted.
    pub fn surveys(&self) -> Result<Vec<String>, Problems> {
        load::surveys(&self.disk).map_err(lift)
    }

    /// The owner's override of a template, such as `report/report.html`.
    pub fn template(&self, name: &str) -> Result<Option<String>, Problems> {
        let safe = name.split('/').all(|part| !part.is_empty() && !part.starts_with('.'));
        if safe { self.text(&layout::template(name)) } else { Ok(None) }
    }

    fn text(&self, path: &str) -> Result<Option<String>, Problems> {
        let Some(bytes) = self.disk.read(path).map_err(lift)? else { return Ok(None) };
        let text = String::from_utf8(bytes).map_err(|_| vec![Problem::error(What::NotUtf8).at(Place::file(path))])?;
        Ok(Some(text.trim_start_matches('\u{FEFF}').to_owned()))
    }

    /// Checks every row of a table's files; hands the readable records over with the place of each.
    pub fn inspect<R: Record>(&self, each: &mut dyn FnMut(R, &Locator<'_>)) -> Problems {
        let locale = self.locale();
        let mut wrong = Problems::new();
        let parts = match load::parts(&self.disk, R::TABLE) {
            Ok(parts) => parts,
            Err(problem) => return vec![problem],
        };
        for part in parts {
            let file = match self.file(R::TABLE, &part) {
                Ok(Some(file)) => file,
                Ok(None) => continue,
                Err(mut problems) => {
                    wrong.append(&mut problems);
                    continue;
                }
            };
            for row in 0..file.len() {
                match file.read::<R>(row, &locale) {
                    Ok(record) => {
                        let belongs = record.part(&locale);
                        // the log is ordered by seq: after a clock went back its rows stay where they were written
                        let ordered_otherwise = R::TABLE.word.code == "log";
                        if belongs != part && !ordered_otherwise {
                            let path = layout::path(R::TABLE, &belongs);
                            wrong.push(file.problem(row, Some(0), What::WrongPartition { belongs: path }));
                        }
                        let at = |code: Option<&str>, what: What| file.problem(row, code.and_then(|code| R::TABLE.position(code)), what);
                        each(record, &at);
                    }
                    Err(mut problems) => wrong.append(&mut problems),
                }
            }
        }
        wrong
    }

    /// Files in the tables' folders that are no part of the book: copies of sync programs, strays.
    pub fn strays(&self) -> Result<Problems, Problems> {
        let mut found = Problems::new();
        for table in crate::model::table::ALL.iter().filter(|table| table.cut == crate::model::table::Cut::Quarter) {
            let folder = layout::folder(table);
            for name in self.disk.list(folder).map_err(lift)? {
                if layout::quarter_of_file(&name).is_none() && !is_editors_own(&name) {
                    found.push(Problem::warning(What::StrayFile).at(Place::file(format!("{folder}/{name}"))));
                }
            }
        }
        for name in self.disk.list(".").map_err(lift)? {
            let copy = layout::is_copy_of_table(&name) && !is_editors_own(&name);
            if copy {
                found.push(Problem::warning(What::StrayFile).at(Place::file(name)));
            }
        }
        Ok(found)
    }

    /// Walks the log's chain; a problem at the first row that was removed or altered.
    pub fn check_log(&self) -> Problems {
        let locale = self.locale();
        let mut tip = Tip::default();
        let mut wrong = Problems::new();
        for part in load::parts(&self.disk, &crate::model::log::LOG).unwrap_or_default() {
            match self.read_now::<LogRow>(std::slice::from_ref(&part), &|_| true) {
                Ok(rows) => {
                    if let Some(seq) = log_file::first_break(&mut tip, &rows, &locale) {
                        let place = Place::file(layout::path(&crate::model::log::LOG, &part));
                        wrong.push(Problem::error(What::LogBroken { seq: seq.to_string() }).at(place));
                        break;
                    }
                }
                // an unreadable row was already reported by the table's own check
                Err(_) => break,
            }
        }
        let remembered = State::load(&self.disk).ok().and_then(|state| state.last);
        if let Some(known) = remembered.filter(|known| wrong.is_empty() && known.tip.seq > tip.seq) {
            let what = What::LogBroken { seq: (tip.seq + 1).to_string() };
            wrong.push(Problem::error(what).at(Place::file(known.path)));
        }
        wrong
    }
}

impl Transaction {
    /// Loads what a verb needs.
    pub fn draft(&mut self, settings: &Settings, needs: &[Need]) -> Result<Draft, Problems> {
        let mut draft = Draft::new(settings.clone(), self.next_seq());
        draft.made.clone_from(&self.state.made);
        let locale = settings.locale();
        let disk = self.disk.clone();
        for need in needs {
            let loaded = &mut self.loaded;
            match need {
                Need::Customers => loaded.rows(&disk, &[Part::Whole], &locale, &mut draft.customers)?,
                Need::Customer(typed) => {
                    let sought = Sought::new(typed);
                    let columns = ["id", "name", "phone", "email"].map(|code| CUSTOMERS.position(code).unwrap_or_default());
                    let may_be = |file: &CsvFile, row: usize| {
                        let [id, name, phone, email] = columns.map(|column| file.cell(row, column));
                        sought.names_id(&id) || sought.is_called(&name, &phone, &email)
                    };
                    loaded.some_rows(&disk, &[Part::Whole], &locale, &mut draft.customers, &may_be)?;
                }
                Need::Staff => loaded.rows(&disk, &[Part::Whole], &locale, &mut draft.staff)?,
                Need::Requests(which) => fill(loaded, &disk, which, &locale, &mut draft.requests)?,
                Need::Revisits(which) => fill(loaded, &disk, which, &locale, &mut draft.revisits)?,
                Need::Tiers(which) => fill(loaded, &disk, which, &locale, &mut draft.tiers)?,
                Need::Responses(survey) => {
                    let part = [Part::Survey(survey.clone())];
                    loaded.rows(&disk, &part, &locale, &mut draft.responses)?;
                    loaded.rows(&disk, &part, &locale, &mut draft.answers)?;
                }
                Need::Orders => {}
            }
        }
        Ok(draft)
    }
}

impl Transaction {
    /// Streams every order line with its place. Files with a line that `each` answers `true` to stay loaded, so its
    /// place holds until the commit; of the others only the hash is kept, to see a change underneath.
    pub fn scan_order_lines(&mut self, locale: &Locale, each: &mut dyn FnMut(Origin, &OrderRow<'_>) -> bool) -> Result<(), Problems> {
        let mut wrong = Problems::new();
        for part in load::parts(&self.disk, &ORDERS).map_err(lift)? {
            let mut hit = false;
            let disk = self.disk.clone();
            let Some(file) = self.loaded.part(&disk, &ORDERS, &part)? else { continue };
            for row in 0..file.len() {
                let read = with_order(file, row, locale, &mut |order| hit |= each(Origin { part: part.clone(), row }, order));
                wrong.extend(read.err());
            }
            if !hit {
                self.loaded.forget(&layout::path(&ORDERS, &part));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

fn fill<R: Record>(
    loaded: &mut Loaded,
    disk: &Disk,
    which: &Which,
    locale: &Locale,
    rows: &mut crate::model::draft::Rows<R>,
) -> Result<(), Problems> {
    let parts = load::wanted(disk, R::TABLE, which).map_err(lift)?;
    loaded.rows(disk, &parts, locale, rows)
}

fn in_period(parts: Vec<Part>, period: Option<Period>) -> Vec<Part> {
    let Some(period) = period else { return parts };
    let touches = |part: &Part| match part {
        Part::Quarter(quarter) => quarter.start() <= period.to && period.from <= quarter.end(),
        Part::Whole | Part::Survey(_) => true,
    };
    parts.into_iter().filter(touches).collect()
}

/// Lock files of office programs and editors: theirs, and gone when they close.
fn is_editors_own(name: &str) -> bool {
    name.starts_with("~$") || name.starts_with(".~lock") || name.starts_with('.') || name.ends_with('~') || name.ends_with(".swp")
}

/// An order line of a whole file's row, or the problem with its place.
fn with_order(file: &CsvFile, row: usize, locale: &Locale, each: &mut dyn FnMut(&OrderRow<'_>)) -> Result<(), Problem> {
    let cells: [Cow<'_, str>; 8] = std::array::from_fn(|column| file.cell(row, column));
    let order = order_of(&cells, locale).map_err(|(column, what)| file.problem(row, Some(column), what))?;
    each(&order);
    Ok(())
}

/// An order line by its cells, in the order of the record's declaration.
fn order_of<'a>(cells: &'a [Cow<'_, str>; 8], locale: &Locale) -> Result<OrderRow<'a>, (usize, What)> {
    let at = |column: usize| move |what: What| (column, what);
    Ok(OrderRow {
        id: required(&cells[0]).map_err(at(0))?,
        customer: required(&cells[1]).map_err(at(1))?,
        date: Cell::read(&cells[2], locale).map_err(at(2))?,
        amount: Cell::read(&cells[3], locale).map_err(at(3))?,
        kind: Cell::read(&cells[6], locale).map_err(at(6))?,
        quantity: &cells[4],
        product: &cells[5],
        batch: &cells[7],
    })
}

/// The columns of an order line that are read.
const ALL_COLUMNS: [bool; 8] = [true; 8];
/// Those that sums rest on: id, customer, date, amount, kind.
const SUMMED_COLUMNS: [bool; 8] = [true, true, true, true, false, false, true, false];

fn required(text: &str) -> Result<&str, What> {
    let text = text.trim();
    if text.is_empty() { Err(What::Required) } else { Ok(text) }
}
