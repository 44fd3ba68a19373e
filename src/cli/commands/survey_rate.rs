//! `survey show --rate`: of those who were asked, who answered. Who was asked is said, never guessed.

use super::survey_show::Sheet;
use crate::base::id::Id;
use crate::base::period::Period;
use crate::base::problem::{Place, Problem, What};
use crate::base::text::fold_key;
use crate::cli::error::{Exit, Failure};
use crate::cli::foreign::{self, Wanted};
use crate::cli::session::Session;
use crate::engine::survey::rate::{Asked, rate};
use crate::engine::survey_tokens::{Tokens, Whom};
use crate::exchange::survey::column_of;
use crate::exchange::workbook::Ask;
use crate::model::customer::Customer;
use crate::model::merged::Merged;
use crate::model::request::Request;
use crate::model::revisit::Revisit;
use crate::view::present::survey_analysis as present;

/// What a list calls the customer, the request and the code of the questionnaire.
const CUSTOMER: &[&str] = &["customer", "客户编号", "客户", "customer_id", "customer id", "会员号", "id", "编号"];
const REQUEST: &[&str] = &["request", "诉求编号", "诉求", "request_id", "request id", "ticket", "工单号"];
const TOKEN: &[&str] = &["token", "问卷编码", "编码", "code"];

pub fn run(
    who: &str,
    name: &str,
    sheet: &Sheet<'_>,
    merged: &Merged,
    period: Option<Period>,
    session: &mut Session<'_>,
) -> Result<Exit, Failure> {
    let (asked, denominator) = match who {
        "closed" | "已关闭" => (closed(period, session)?, session.lang.pick("已关闭的诉求", "closed requests").to_owned()),
        "revisits" | "回访" => (revisited(period, session)?, session.lang.pick("已完成的回访", "revisits done").to_owned()),
        file => (listed(file, name, sheet, session)?, file.to_owned()),
    };
    let found = rate(asked, sheet.responses, merged);
    session.print(&present::rate(&denominator, found.as_ref(), session.lang))?;
    session.say(&present::rate_line(&denominator, found.as_ref(), session.lang));
    Ok(Exit::Done)
}

/// Requests closed in the period.
fn closed(period: Option<Period>, session: &Session<'_>) -> Result<Vec<Asked>, Failure> {
    let book = session.book()?;
    let zone = book.settings.zone;
    let within = |request: &Request| request.closed_at.is_some_and(|at| period.is_none_or(|period| period.contains(at.date(zone))));
    let requests: Vec<Request> = book.some(&within)?;
    let asked = |request: Request| Asked { customer: request.customer, since: request.closed_at, request: Some(request.id) };
    Ok(requests.into_iter().map(asked).collect())
}

/// Customers whose revisit was done in the period.
fn revisited(period: Option<Period>, session: &Session<'_>) -> Result<Vec<Asked>, Failure> {
    let book = session.book()?;
    let zone = book.settings.zone;
    let within = |revisit: &Revisit| revisit.done_at.is_some_and(|at| period.is_none_or(|period| period.contains(at.date(zone))));
    let revisits: Vec<Revisit> = book.some(&within)?;
    let asked = |revisit: Revisit| Asked { customer: Some(revisit.customer), request: revisit.request, since: revisit.done_at };
    Ok(revisits.into_iter().map(asked).collect())
}

/// Whoever a file lists by customer, request or code: such as the sheet of `survey form`.
fn listed(file: &str, name: &str, sheet: &Sheet<'_>, session: &Session<'_>) -> Result<Vec<Asked>, Failure> {
    let known = |header: &str| [CUSTOMER, REQUEST, TOKEN].iter().any(|names| names.contains(&fold_key(header).as_str()));
    let ask = Ask { sheet: None, skip: None, known: &known };
    let input = foreign::open(session, &Wanted { file, encoding: None, ask, familiar: &|_| 0 })?;
    let headers = &input.sheet.headers;
    let find = |names: &[&str]| names.iter().find_map(|name| column_of(headers, name));
    let (customer, request, token) = (find(CUSTOMER), find(REQUEST), find(TOKEN));
    if customer.is_none() && request.is_none() && token.is_none() {
        let allowed = [CUSTOMER[0], REQUEST[0], TOKEN[0]].map(str::to_owned).to_vec();
        let what = What::UnknownField { name: headers.join(", "), allowed };
        return Err(Problem::error(what).at(Place { file: file.to_owned(), line: input.sheet.header_line, column: 1 }).into());
    }
    let tokens = match (token, sheet.survey.token_key.as_deref()) {
        (Some(_), Some(key)) => Some(tokens(key, name, session)?),
        _ => None,
    };
    let mut asked = Vec::new();
    for row in &input.sheet.rows {
        let cell = |at: Option<usize>| at.and_then(|at| row.cells.get(at)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
        let id = |at: Option<usize>| cell(at).and_then(|cell| Id::parse(cell).ok());
        let mut one = Asked { customer: id(customer), request: id(request), since: None };
        if let Some(Ok(whom)) = cell(token).and_then(|cell| Some(tokens.as_ref()?.find(cell))) {
            match whom {
                Whom::Customer(id) => one.customer = Some(id.clone()),
                Whom::Request(id) => one.request = Some(id.clone()),
            }
        }
        if one.customer.is_some() || one.request.is_some() {
            asked.push(one);
        }
    }
    Ok(asked)
}

/// The codes of everybody in the book.
fn tokens(key: &str, name: &str, session: &Session<'_>) -> Result<Tokens, Failure> {
    let book = session.book()?;
    let customers: Vec<Customer> = book.all()?;
    let requests: Vec<Request> = book.all()?;
    Ok(Tokens::of(key, name, customers.iter().map(|customer| &customer.id), requests.iter().map(|request| &request.id)))
}
