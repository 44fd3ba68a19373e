//! `demo`: a book with two quarters of believable records, on a fixed day. The same as `sample-data/book`.

use crate::base::lang::Lang;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::store::new_book;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder to make it in [default: carebook-demo]
    pub dir: Option<String>,
}

macro_rules! sample {
    ($($path:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/book/", $path)))),+]
    };
}

/// Every file of the sample book; a test holds the list against the folder.
pub const FILES: &[(&str, &str)] = sample![
    "carebook.yaml",
    "absences.csv",
    "contacts.csv",
    "customers.csv",
    "knowledge.csv",
    "staff.csv",
    "interactions/2026Q2.csv",
    "interactions/2026Q3.csv",
    "log/2026Q1.csv",
    "log/2026Q2.csv",
    "log/2026Q3.csv",
    "log/2026Q4.csv",
    "orders/2025Q3.csv",
    "orders/2025Q4.csv",
    "orders/2026Q1.csv",
    "orders/2026Q2.csv",
    "orders/2026Q3.csv",
    "requests/2026Q2.csv",
    "requests/2026Q3.csv",
    "requests/2026Q4.csv",
    "revisits/2026Q2.csv",
    "revisits/2026Q3.csv",
    "revisits/2026Q4.csv",
    "surveys/满意度调查/answers.csv",
    "surveys/满意度调查/responses.csv",
    "surveys/满意度调查/survey.yaml",
    "tiers/2026Q2.csv",
    "tiers/2026Q3.csv",
];

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let dir = args.dir.clone().or_else(|| session.flags.data.as_ref().map(|data| data.display().to_string()));
    let dir = dir.unwrap_or_else(|| "carebook-demo".to_owned());
    // an English reader gets English labels; the records stay as they were told
    let settings = FILES[0].1.replace("language: zh", &format!("language: {}", session.lang.code()));
    let mut files = FILES.to_vec();
    files[0].1 = if session.lang == Lang::Zh { FILES[0].1 } else { &settings };
    if session.flags.dry_run {
        session
            .say(&session.lang.pick(format!("试运行:将在 {dir} 建演示账本。"), format!("Dry run: the demo book would be made in {dir}.")));
        return Ok(Exit::Done);
    }
    let book = new_book::unpack(session.ui.host.path(&dir), &files, &mut session.changed)?;
    session.adopt(book);
    session.say(&session.lang.pick(
        format!("演示账本在 {dir},它的今天是 2026-10-08。\n试试: carebook --data {dir} today\n      carebook --data {dir} report 2026Q3 -o 2026Q3.html"),
        format!("The demo book is in {dir}; its today is 2026-10-08.\nTry: carebook --data {dir} today\n     carebook --data {dir} report 2026Q3 -o 2026Q3.html"),
    ));
    Ok(Exit::Done)
}
