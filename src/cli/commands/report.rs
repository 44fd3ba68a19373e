//! `report`: the periodic report, and its templates.

use std::path::Path;

use serde_json::json;

use crate::base::date::Quarter;
use crate::base::period::Period;
use crate::base::problem::What;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::engine::report::{Inputs, OrderTotals, Report, report};
use crate::model::order::OrderKind;
use crate::model::rules::tiers::TierRules;
use crate::store::{self, Book};
use crate::view::format::{self, Format};
use crate::view::report::blocks::Section;
use crate::view::report::document;
use crate::view::report::sections::{Wording, sections};
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
    let text = write(session, &wording, &sections, format)?;
    echo(session, period, previous);
    output(session, period, format, &text)?;
    Ok(Exit::Done)
}

/// The formats a report has.
fn wanted(session: &Session<'_>) -> Result<Format, Failure> {
    let folder = session.flags.output.as_deref().is_some_and(|output| output.ends_with('/'));
    let format = session.format(if folder { Format::Html } else { Format::Md });
    match format {
        Format::Md | Format::Html | Format::Json | Format::Csv | Format::Tsv => Ok(format),
        _ => {
            let message = ["报告的格式: md、html、json、csv".to_owned(), "a report is md, html, json or csv".to_owned()];
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
    let mut surveys = Vec::new();
    for name in book.surveys()? {
        if let Some(file) = super::survey::survey_file(book, &name)? {
            let responses = book.of_survey(&name)?;
            surveys.push((name, file, responses));
        }
    }
    let orders = order_totals(book, period)?;
    let orders_before = previous.map(|previous| order_totals(book, previous)).transpose()?;
    let (customers, requests) = (book.all()?, book.within(read)?);
    let (revisits, decisions) = (book.within(read)?, book.within(read)?);
    let service_rules = book.service_rules()?.rules;
    Ok(report(&Inputs {
        settings: &book.settings,
        period,
        previous,
        today: session.today,
        now: session.now,
        customers: &customers,
        requests: &requests,
        revisits: &revisits,
        decisions: &decisions,
        surveys: &surveys,
        orders: &orders,
        orders_before: orders_before.as_ref(),
        tier_rules,
        service_rules: &service_rules,
    }))
}

fn order_totals(book: &Book, period: Period) -> Result<OrderTotals, Failure> {
    let mut totals = OrderTotals::default();
    book.scan_orders(Some(period), &mut |order| {
        let refund = order.kind.map_or(order.amount.0 < 0, |kind| kind == OrderKind::Refund);
        totals.push(order.id, order.customer, order.amount, refund);
    })?;
    Ok(totals)
}

fn write(session: &Session<'_>, wording: &Wording<'_>, sections: &[Section], format: Format) -> Result<String, Failure> {
    let kind = match format {
        Format::Json => {
            let mut document = json!({"schema": "carebook.report.v1"});
            let report = serde_json::to_value(wording.report).map_err(|error| Failure::Internal(error.into()))?;
            if let (Some(into), serde_json::Value::Object(fields)) = (document.as_object_mut(), report) {
                into.extend(fields);
            }
            return Ok(format::json::pretty(&document));
        }
        Format::Csv | Format::Tsv => return Ok(format::write(&document::long_table(sections, wording.lang), format, None)),
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
    Ok(document::fill(wording, sections, kind, &own)?)
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
fn output(session: &mut Session<'_>, period: Period, format: Format, text: &str) -> Result<(), Failure> {
    let ending = match format {
        Format::Html => "html",
        Format::Json => "json",
        Format::Csv => "csv",
        Format::Tsv => "tsv",
        _ => "md",
    };
    match session.flags.output.clone() {
        Some(folder) if folder.ends_with('/') => {
            store::make_outside(&session.ui.host.path(&folder))?;
            let path = Path::new(&folder).join(format!("{period}.{ending}"));
            session.write_output(&path.display().to_string(), text.as_bytes())
        }
        _ => session.emit(text.as_bytes()),
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
