//! `report explain FIGURE`: the records a number was counted from, read and counted anew.

use std::sync::Mutex;

use super::report::{Choice, period};
use super::report_data::is_unknown;
use super::report_read::{Periods, Reading, is_refund};
use crate::base::period::Period;
use crate::base::problem::What;
use crate::cli::archive;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::engine::report::basis::Lines;
use crate::engine::report::explain::{Addressed, addresses, basis, matching};
use crate::engine::report::figure::Number;
use crate::engine::report::side::Sides;
use crate::engine::report::{OrderFold, report, totals};
use crate::store::{Book, OrderRow};
use crate::view::present::report_explanation::{self as present, Line};

#[derive(Debug, clap::Args)]
#[expect(clippy::doc_markdown, reason = "doc comments are the help that is printed")]
pub struct ExplainArgs {
    /// received, median_time, category=Delivery/count, shares/category=Delivery/share …; without: every figure there is
    #[arg(value_name = "FIGURE")]
    pub figure: Option<String>,
    /// The report's period [default: last quarter]
    #[arg(value_name = "PERIOD")]
    pub period: Option<String>,
}

pub fn run(args: &ExplainArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    // a lone period asks for its list
    let typed = args.figure.as_deref().filter(|_| args.period.is_none());
    let lone = typed.and_then(|text| Some((period(Some(text), session).ok()?, ())));
    let (figure, period) = match lone {
        Some((period, ())) => (None, period),
        None => (args.figure.as_deref(), period(args.period.as_deref(), session)?),
    };
    let book = session.book()?;
    let rules = Choice::default().over(book.report_rules()?.rules)?;
    let periods = Periods::of(period, rules.compare);
    let reading = Reading::of(book, &rules, periods, (session.today, session.now))?;
    let all = reading.ask(|inputs| addresses(&report(inputs)));
    let Some(figure) = figure else {
        session.print(&present::list(&all, session.lang))?;
        return Ok(Exit::Done);
    };
    let (address, number) = one(figure, &all)?;
    let lang = session.lang;
    let explanation = reading.ask(|inputs| {
        let sides = Sides::of(inputs);
        basis(&sides.now, address).map(|basis| present::explanation(&basis, inputs.settings.zone, inputs.names, lang))
    });
    let mut explanation = explanation.unwrap_or_default();
    if let Some(lines) = explanation.lines {
        let digits = book.settings.locale().digits;
        (explanation.orders, explanation.number) = order_lines(book, period, lines, digits, &reading)?;
    }
    // as they are written: the last bit of a share may be rounded another way
    let written = |number: &Option<Number>| serde_json::to_value(number).unwrap_or_default();
    if written(&explanation.number) != written(number) {
        // cannot come about: both are the same reduction. If it does, nobody must be misled
        return Err(Failure::Internal(anyhow::anyhow!("the records of {address} give another number than the report")));
    }
    print(&present::Titled { address: address.to_string(), period: period.to_string(), explanation }, session)
}

/// Figures named at most where a text may mean several.
const CANDIDATES: usize = 8;

/// The one figure a text means.
fn one<'a>(text: &str, all: &'a [Addressed]) -> Result<&'a Addressed, Failure> {
    match matching(text, all)[..] {
        [one] => Ok(one),
        [] => {
            let names: Vec<String> = all.iter().map(|(address, _)| address.to_string()).collect();
            let codes = all.iter().map(|(address, _)| address.code);
            let nearest = crate::base::text::nearest(text, names.iter().map(String::as_str).chain(codes)).map(str::to_owned);
            Err(What::NotFound { noun: "figures", id: text.to_owned(), nearest }.into())
        }
        ref many => {
            let mut candidates: Vec<String> = many.iter().take(CANDIDATES).map(|(address, _)| address.to_string()).collect();
            if many.len() > CANDIDATES {
                candidates.push("…".to_owned());
            }
            Err(What::Ambiguous { id: text.to_owned(), candidates }.into())
        }
    }
}

/// The order lines of the period that a number was summed from, and the number they give.
fn order_lines(book: &Book, period: Period, lines: Lines, digits: u32, reading: &Reading) -> Result<(Vec<Line>, Option<Number>), Failure> {
    let merged = archive::merged_kept(book)?;
    let found: Mutex<Vec<Line>> = Mutex::new(Vec::new());
    let each = |fold: &mut OrderFold, order: &OrderRow<'_>| {
        // what is counted of orders astray are the orders, refunds too
        let astray = matches!(lines, Lines::Unknown | Lines::Future);
        let refund = !astray && is_refund(order);
        let customer = merged.survivor(order.customer);
        let told = match lines {
            Lines::Unknown => is_unknown(reading.index(), order),
            Lines::Future => order.date > reading.today,
            _ => true,
        };
        if !told {
            return;
        }
        fold.push(order.id, customer, order.amount, refund);
        let wanted = match lines {
            Lines::Orders | Lines::Buyers => !refund,
            Lines::Refunds => refund,
            Lines::Net | Lines::Unknown | Lines::Future => true,
        };
        if wanted {
            let line = Line { id: order.id.to_owned(), date: order.date, customer: reading.name(customer), amount: order.amount };
            found.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(line);
        }
    };
    let folds = book.fold_orders(Some(period), &OrderFold::default, &each, &OrderFold::sort)?;
    let number = totals::of_orders(&OrderFold::together(folds), lines, digits);
    let mut found = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    found.sort_by(|a, b| (a.date, &a.id, a.amount).cmp(&(b.date, &b.id, b.amount)));
    Ok((found, Some(number)))
}

fn print(titled: &present::Titled, session: &mut Session<'_>) -> Result<Exit, Failure> {
    session.say(&titled.heading(session.lang));
    let settings = &session.book()?.settings;
    let grid = titled.grid(settings.locale().digits, &settings.currency, session.lang);
    session.print(&grid)?;
    Ok(Exit::Done)
}
