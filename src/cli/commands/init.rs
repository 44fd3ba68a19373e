//! `init`: a new book.

use crate::base::lang::Lang;
use crate::base::problem::{Problem, Problems};
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::model::settings::{FORMAT, RawSettings, Settings};
use crate::store::new_book;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder [default: the present one]
    pub dir: Option<String>,
    /// Name of the shop or company
    #[arg(long)]
    pub name: Option<String>,
    /// Language of the book: zh or en
    #[arg(long, value_name = "LANG")]
    pub language: Option<String>,
    /// Time zone, such as Asia/Shanghai
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// Currency (ISO 4217), such as CNY
    #[arg(long)]
    pub currency: Option<String>,
    /// First month of the fiscal year
    #[arg(long, value_name = "MONTH")]
    pub fiscal_year_starts: Option<u32>,
}

pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let typed = args.dir.clone().or_else(|| session.flags.data.as_ref().map(|data| data.display().to_string()));
    let typed = typed.unwrap_or_else(|| ".".to_owned());
    let settings = settings(args, session)?;
    if session.flags.dry_run {
        session.say(&session.lang.pick(format!("试运行:将在 {typed} 新建账本。"), format!("Dry run: a book would be made in {typed}.")));
        return Ok(Exit::Done);
    }
    let book = new_book::create(session.ui.host.path(&typed), &settings, &mut session.changed)?;
    session.adopt(book);
    let text = session.lang.pick(
        format!("已在 {typed} 新建账本。\n下一步: carebook --data {typed} customer add 姓名,或 carebook --data {typed} import customers 文件.csv"),
        format!("Made a book in {typed}.\nNext: carebook --data {typed} customer add NAME, or carebook --data {typed} import customers FILE.csv"),
    );
    session.say(&text);
    Ok(Exit::Done)
}

/// Flags, then questions on a terminal, then what the language suggests.
fn settings(args: &Args, session: &mut Session<'_>) -> Result<Settings, Failure> {
    let name = answer(session, args.name.as_ref(), ["店铺或公司名称", "Name of the shop or company"], "")?;
    let proposed = session.lang.code();
    let language = answer(session, args.language.as_ref(), ["账本的语言 (zh 或 en)", "Language of the book (zh or en)"], proposed)?;
    let (zone, currency) = Lang::parse(&language).unwrap_or_default().pick(("Asia/Shanghai", "CNY"), ("UTC", "USD"));
    let zone = answer(session, args.time_zone.as_ref(), ["时区", "Time zone"], zone)?;
    let currency = answer(session, args.currency.as_ref(), ["货币 (ISO 4217)", "Currency (ISO 4217)"], currency)?;
    let raw = RawSettings {
        format: FORMAT,
        name,
        language: Some(language),
        time_zone: Some(zone),
        currency: Some(currency.to_uppercase()),
        fiscal_year_starts: args.fiscal_year_starts,
        today: None,
        hooks: None,
        hook_seconds: None,
        sender: None,
        columns: None,
    };
    Settings::try_from(raw).map_err(|problems| Failure::Problems(as_flags(problems)))
}

/// A flag's value, else the answer on a terminal, else what is proposed.
fn answer(session: &mut Session<'_>, given: Option<&String>, question: [&str; 2], proposed: &str) -> Result<String, Failure> {
    match given {
        Some(given) => Ok(given.clone()),
        None if session.can_ask() => session.ask(session.lang.pick(question[0], question[1]), proposed),
        None => Ok(proposed.to_owned()),
    }
}

/// A setting's problem under the name of its flag.
fn as_flags(problems: Problems) -> Problems {
    let flag = |problem: Problem| {
        let field = problem.field.as_deref().map(|field| format!("--{}", field.replace('_', "-")));
        Problem { field, ..problem }
    };
    problems.into_iter().map(flag).collect()
}
