//! `report`: the periodic report, and its templates.

use std::path::Path;

use serde_json::json;

use crate::base::date::Quarter;
use crate::base::instant::Instant;
use crate::base::period::Period;
use crate::base::problem::{Problems, What};
use crate::cli::archive;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::engine::report::{Inputs, OrderFold, OrderTotals, Report, report};
use crate::engine::tiering::index::Index;
use crate::model::cell::Cell;
use crate::model::customer::CUSTOMERS;
use crate::model::member::{Members, MembersReader, Texts};
use crate::model::merged::Merged;
use crate::model::order::{ORDERS, OrderKind};
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::model::rules::tiers::TierRules;
use crate::model::survey::Response;
use crate::model::survey_file::SurveyFile;
use crate::model::tier::TierDecision;
use crate::store::{self, Book, OrderRow, Wanted, parallel};
use crate::view::format::{self, Format};
use crate::view::report::blocks::Section;
use crate::view::report::frame::Frame;
use crate::view::report::sections::{Wording, sections};
use crate::view::report::{document, tables, terminal, workbook};
use crate::view::template::Kind;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// 2026Q3, 2026-07, "last quarter", all … [default: last quarter]; or: templates
    #[arg(value_name = "PERIOD")]
    pub period: Option<String>,
    /// With `templates`: print this one, to start an override
    #[arg(value_name = "NAME")]
    pub template: Option<String>,
    /// Do not compare with the period before
    #[arg(long)]
    pub no_compare: bool,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    if matches!(args.period.as_deref(), Some("templates" | "模板")) {
        return templates(args.template.as_deref(), session);
    }
    let period = match &args.period {
        Some(text) => Period::parse(text, session.today)?,
        None => Period::quarter(Quarter::of(session.today).previous()),
    };
    let format = wanted(session)?;
    let previous = if args.no_compare { None } else { period.previous() };
    let book = session.book()?;
    let tier_rules = book.tier_rules()?.rules;
    let report = compute(session, book, period, previous, &tier_rules)?;
    let wording = Wording { report: &report, tiers: &tier_rules, lang: session.lang };
    let sections = sections(&wording);
    let frame = Frame::of(&report);
    echo(session, period, previous);
    if in_folder(session) && matches!(format, Format::Csv | Format::Tsv) {
        return files(session, &sections, &frame, format);
    }
    let text = write(session, &wording, &frame, &sections, format)?;
    output(session, period, format, &text)?;
    Ok(Exit::Done)
}

/// The formats a report has.
fn wanted(session: &Session<'_>) -> Result<Format, Failure> {
    let terminal = session.flags.output.is_none() && session.ui.host.stdout_is_terminal;
    let format = session.format(if in_folder(session) {
        Format::Html
    } else if terminal {
        Format::Table
    } else {
        Format::Md
    });
    session.refuse_workbook_on_terminal(format)?;
    match format {
        Format::Table | Format::Md | Format::Html | Format::Json | Format::Csv | Format::Tsv | Format::Xlsx => Ok(format),
        _ => {
            let message =
                ["报告的格式: table、md、html、json、csv、xlsx".to_owned(), "a report is table, md, html, json, csv or xlsx".to_owned()];
            Err(What::Usage { message }.into())
        }
    }
}

/// Reads what the report rests on: the period's files and the ones of the period before, not the whole book.
fn compute(
    session: &Session<'_>,
    book: &Book,
    period: Period,
    previous: Option<Period>,
    tier_rules: &TierRules,
) -> Result<Report, Failure> {
    let read = previous.map_or(period, |previous| if period.is_all() { period } else { Period::days(previous.from, period.to) });
    let merged = archive::merged_kept(book)?;
    let (facts, people) = parallel::both(|| Facts::read(book, &merged, (period, previous), read), || People::read(book, &merged, read));
    let (facts, people) = (facts?, people?);
    let service_rules = book.service_rules()?.rules;
    Ok(report(&Inputs {
        settings: &book.settings,
        period,
        previous,
        today: session.today,
        now: session.now,
        members: &people.members,
        names: &|id| people.name(id),
        requests: &facts.requests,
        revisits: &facts.revisits,
        decisions: &facts.decisions,
        surveys: &people.surveys,
        orders: &facts.orders,
        orders_before: facts.orders_before.as_ref(),
        tier_rules,
        service_rules: &service_rules,
        knowledge: &book.all()?,
    }))
}

/// What a report does not tell of a request.
const UNTOLD: &[&str] = &[
    "content",
    "wish",
    "received_by",
    "department",
    "responsible",
    "cost",
    "reviewed_at",
    "assigned_at",
    "confirmed_by",
    "confirmed_how",
    "related",
    "batch",
];

/// What happened in both periods.
struct Facts {
    orders: OrderTotals,
    orders_before: Option<OrderTotals>,
    requests: Vec<Request>,
    revisits: Vec<Revisit>,
    decisions: Vec<TierDecision>,
}

impl Facts {
    /// What names a merged customer is told of the one it went into; the decisions on its tier stay its own.
    fn read(book: &Book, merged: &Merged, periods: (Period, Option<Period>), read: Period) -> Result<Facts, Problems> {
        let (orders, orders_before) = orders(book, merged, periods.0, periods.1)?;
        let mut requests: Vec<Request> = book.wanted_within(read, &Wanted { without: UNTOLD, ..Wanted::those(&|_| true) })?;
        // those after it as well: an attempt of its last days is planned again there
        let mut revisits: Vec<Revisit> = book.within(Period::days(read.from, chrono::NaiveDate::MAX))?;
        merged.lead(requests.iter_mut().filter_map(|request| request.customer.as_mut()));
        merged.lead(revisits.iter_mut().map(|revisit| &mut revisit.customer));
        Ok(Facts { orders, orders_before, requests, revisits, decisions: book.within(read)? })
    }
}

/// The archive, and what people answered in both periods.
struct People {
    members: Members,
    index: Index,
    names: Texts,
    surveys: Vec<(String, SurveyFile, Vec<Response>)>,
}

impl People {
    fn read(book: &Book, merged: &Merged, read: Period) -> Result<People, Problems> {
        let mut surveys = Vec::new();
        let locale = book.locale();
        let within = |at: Option<Instant>| at.map_or(read.is_all(), |at| read.contains(at.date(locale.zone)));
        // what is no time is read, and told as such
        let dated = |text: &str| <Option<Instant>>::read(text, &locale).map_or(true, within);
        let keep = |response: &Response| within(response.submitted_at);
        let wanted = Wanted { first: Some(("submitted_at", &dated)), ..Wanted::those(&keep) };
        for name in book.surveys()? {
            if let Some(file) = book.survey(&name)? {
                let mut responses: Vec<Response> = book.wanted_of_survey(&name, &wanted)?;
                merged.lead(responses.iter_mut().filter_map(|response| response.customer.as_mut()));
                surveys.push((name.clone(), file, responses));
            }
        }
        let (members, (ids, names)) = book.derived("archive", &[&CUSTOMERS], "", || {
            let MembersReader { members, ids, names, .. } = book.members(MembersReader::with_names())?;
            Ok((members, (ids, names.unwrap_or_default())))
        })?;
        Ok(People { members: members.without_merged(&ids), index: Index::unmerged(&ids), names, surveys })
    }

    /// The name, or the id where no name is known.
    fn name(&self, id: &str) -> String {
        let name = self.index.get(id).map(|at| self.names.get(at as usize)).filter(|name| !name.trim().is_empty());
        name.unwrap_or(id).to_owned()
    }
}

/// The orders of the period, and of the one before.
fn orders(book: &Book, merged: &Merged, period: Period, previous: Option<Period>) -> Result<(OrderTotals, Option<OrderTotals>), Problems> {
    let each = |fold: &mut OrderFold, order: &OrderRow<'_>| {
        let refund = order.kind.map_or(order.amount.0 < 0, |kind| kind == OrderKind::Refund);
        fold.push(order.id, merged.survivor(order.customer), order.amount, refund);
    };
    let of = |period| book.fold_orders(Some(period), &OrderFold::default, &each, &OrderFold::sort).map(OrderFold::together);
    // buyers who are one now count once
    let asked = format!("{period:?} {previous:?} {:?}", merged.pairs());
    let (now, before) =
        book.derived("orders", &[&ORDERS], &asked, || Ok((of(period)?, previous.map(of).transpose()?.unwrap_or_default())))?;
    Ok((now, previous.map(|_| before)))
}

fn in_folder(session: &Session<'_>) -> bool {
    session.flags.output.as_deref().is_some_and(|output| output.ends_with('/'))
}

/// A file for each table, into the folder.
fn files(session: &mut Session<'_>, sections: &[Section], frame: &Frame, format: Format) -> Result<Exit, Failure> {
    let folder = session.flags.output.clone().unwrap_or_default();
    store::make_outside(&session.ui.host.path(&folder))?;
    let ending = if format == Format::Tsv { "tsv" } else { "csv" };
    for (name, grid) in tables::files(sections, frame, session.lang) {
        let path = Path::new(&folder).join(format!("{name}.{ending}"));
        let bytes = format::write(&grid, format, None, session.made())?;
        session.write_output(&path.display().to_string(), &bytes)?;
    }
    Ok(Exit::Done)
}

fn write(session: &Session<'_>, wording: &Wording<'_>, frame: &Frame, sections: &[Section], format: Format) -> Result<Vec<u8>, Failure> {
    let kind = match format {
        Format::Json => {
            let mut document = json!({"schema": "carebook.report.v1"});
            let report = serde_json::to_value(wording.report).map_err(|error| Failure::Internal(error.into()))?;
            if let (Some(into), serde_json::Value::Object(fields)) = (document.as_object_mut(), report) {
                into.extend(fields);
            }
            return Ok(format::json::pretty(&document).into_bytes());
        }
        Format::Csv | Format::Tsv => {
            return Ok(format::write(&document::long_table(sections, wording.lang), format, None, session.made())?);
        }
        Format::Xlsx => return Ok(workbook::write(sections, frame, wording.lang, session.made())?),
        Format::Table => return Ok(terminal::write(sections, frame, session.ui.host.columns(), wording.lang).into_bytes()),
        Format::Html => Kind::Html,
        _ => Kind::Markdown,
    };
    let book = session.book()?;
    let mut own = Vec::new();
    for name in document::names(kind) {
        if let Some(text) = book.template(&name)? {
            own.push((name, text));
        }
    }
    Ok(document::fill(wording, frame, sections, kind, &own)?.into_bytes())
}

fn echo(session: &mut Session<'_>, period: Period, previous: Option<Period>) {
    let compared =
        previous.map_or_else(String::new, |previous| session.lang.pick(format!(",对比 {previous}"), format!(", compared with {previous}")));
    let range = if period.is_all() {
        session.lang.pick("全部记录", "all records").to_owned()
    } else {
        format!("{} – {}", period.from, period.to)
    };
    session.say(&format!("{period}: {range}{compared}"));
}

/// To stdout, to a file, or into a folder under the period's name.
fn output(session: &mut Session<'_>, period: Period, format: Format, bytes: &[u8]) -> Result<(), Failure> {
    let ending = match format {
        Format::Html => "html",
        Format::Json => "json",
        Format::Csv => "csv",
        Format::Xlsx => "xlsx",
        Format::Tsv => "tsv",
        Format::Table => "txt",
        _ => "md",
    };
    match session.flags.output.clone() {
        Some(folder) if folder.ends_with('/') => {
            store::make_outside(&session.ui.host.path(&folder))?;
            let path = Path::new(&folder).join(format!("{period}.{ending}"));
            session.write_output(&path.display().to_string(), bytes)
        }
        _ => session.emit(bytes),
    }
}

/// Lists the built-in templates, or prints one.
fn templates(name: Option<&str>, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let Some(name) = name else {
        let names: Vec<&str> = document::BUILT_IN.iter().map(|(name, _)| *name).collect();
        session.emit((names.join("\n") + "\n").as_bytes())?;
        let text = session.lang.pick(
            "把某个模板写到账本的 templates/ 下同名文件即可覆盖: carebook report templates 名称 -o templates/名称。\n只改一节: 写 templates/report/section-代码.html,例如 section-tiers.html",
            "A file of the same name under the book's templates/ replaces one: carebook report templates NAME -o templates/NAME\nFor one section only: templates/report/section-CODE.html, such as section-tiers.html",
        );
        session.say(text);
        return Ok(Exit::Done);
    };
    let found = document::BUILT_IN.iter().find(|(known, _)| *known == name);
    let allowed = || document::BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect();
    let (_, text) = found.ok_or_else(|| What::UnknownName { name: name.to_owned(), allowed: allowed() })?;
    session.emit(text.as_bytes())?;
    Ok(Exit::Done)
}
