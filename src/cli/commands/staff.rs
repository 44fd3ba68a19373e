//! `staff add|edit|list|leave`.

use chrono::NaiveDate;

use crate::base::duration::Span;
use crate::base::id::Id;
use crate::base::period::Period;
use crate::base::problem::What;
use crate::cli::error::{Exit, Failure};
use crate::cli::own;
use crate::cli::session::Session;
use crate::model::draft::Need;
use crate::model::staff::{Absence, Staff};
use crate::ops::staff::{self, Particulars};
use crate::view::grid::Grid;
use crate::view::present;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add a member of staff
    #[command(visible_alias = "新增")]
    Add(AddArgs),
    /// Change fields of a member of staff
    #[command(visible_alias = "修改")]
    Edit(EditArgs),
    /// Enter, list or cancel a leave
    #[command(visible_alias = "请假")]
    Leave(LeaveArgs),
    /// List the staff, and who is away today
    #[command(visible_alias = "列表")]
    List(ListArgs),
}

#[derive(Debug, clap::Args)]
pub struct AddArgs {
    /// Short name, unique
    pub name: String,
    /// Full name
    #[arg(long)]
    pub full_name: Option<String>,
    /// Department
    #[arg(short, long)]
    pub department: Option<String>,
    /// Role
    #[arg(long)]
    pub role: Option<String>,
    /// Phone
    #[arg(long)]
    pub phone: Option<String>,
    /// Email
    #[arg(long)]
    pub email: Option<String>,
    /// A skill; may be repeated
    #[arg(long)]
    pub skill: Vec<String>,
    /// Other fields, such as capacity=8 regions=north
    #[arg(value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct EditArgs {
    /// Short name
    pub name: String,
    /// Fields, such as skills=repair;returns capacity=8 regions=north until=2026-12-31 (a blank value empties the field)
    #[arg(value_name = "FIELD=VALUE", required = true)]
    pub set: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct LeaveArgs {
    /// Short name
    #[arg(required_unless_present = "list")]
    pub name: Option<String>,
    /// A day, or FROM..TO with both included
    #[arg(value_name = "DATE|FROM..TO", required_unless_present = "list")]
    pub when: Option<String>,
    /// Why
    #[arg(short, long, conflicts_with = "list")]
    pub reason: Option<String>,
    /// List the leaves from today on
    #[arg(long, conflicts_with_all = ["when", "cancel"])]
    pub list: bool,
    /// Cancel the whole leave that this day is in
    #[arg(long)]
    pub cancel: bool,
}

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Filters, see `carebook help filters`
    pub filters: Vec<String>,
}

pub fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Add(args) => add(args, session),
        Command::Edit(args) => edit(args, session),
        Command::Leave(args) => leave(args, session),
        Command::List(args) => super::list::of("staff", &args.filters, session),
    }
}

fn add(args: &AddArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let name = Id::parse(&args.name)?;
    let settings = super::customer::assignments(&args.set)?;
    let mut draft = session.draft(&[Need::Staff])?;
    let stamp = session.stamp("add")?;
    let particulars = Particulars {
        full_name: args.full_name.clone().unwrap_or_default(),
        department: args.department.clone().unwrap_or_default(),
        role: args.role.clone().unwrap_or_default(),
        phone: args.phone.clone().unwrap_or_default(),
        email: args.email.clone().unwrap_or_default(),
        skills: args.skill.clone(),
    };
    staff::add(&mut draft, &stamp, name, particulars, &settings)?;
    let committed = session.commit(&draft, &stamp)?;
    if !committed.dry_run {
        session.say(&session.lang.pick(format!("已新增员工 {}。", args.name), format!("Added {} to the staff.", args.name)));
    }
    Ok(Exit::Done)
}

fn edit(args: &EditArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let settings = super::customer::assignments(&args.set)?;
    let mut draft = session.draft(&[Need::Staff])?;
    let stamp = session.stamp("edit")?;
    let changed = staff::edit(&mut draft, &args.name, &settings)?;
    let committed = session.commit(&draft, &stamp)?;
    if session.wants_json() {
        session.print(&own::grid("carebook.staff.v1", &changed, &draft.staff, session)?)?;
    }
    if committed.changed > 0 && !committed.dry_run {
        session.say(&session.lang.pick(format!("已修改员工 {}。", changed.name), format!("Changed {} of the staff.", changed.name)));
    }
    Ok(Exit::Done)
}

fn leave(args: &LeaveArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let (name, when) = match (&args.name, &args.when) {
        (Some(name), Some(when)) => (name, when),
        (name, _) => return leaves(name.as_deref(), session),
    };
    let days = days(when, session.today)?;
    let mut draft = session.draft(&[Need::Staff, Need::Absences])?;
    let mut stamp = session.stamp(if args.cancel { "cancel-leave" } else { "leave" })?;
    stamp.note = args.reason.clone().unwrap_or_default();
    let absence =
        if args.cancel { staff::cancel_leave(&mut draft, name, days)? } else { staff::leave(&mut draft, name, days, &stamp.note)? };
    let committed = session.commit(&draft, &stamp)?;
    if session.wants_json() {
        let (locale, currency) = (draft.locale(), draft.settings.currency.clone());
        session.print(&Grid::of("carebook.absence.v1", &[&absence], &locale, session.lang, &currency))?;
    }
    if !committed.dry_run {
        session.say(&present::staff::leave(&absence, args.cancel, session.lang));
    }
    Ok(Exit::Done)
}

/// A day or a range of days. A length of time such as `3d` would mean days gone by: nobody types it for a leave.
fn days(typed: &str, today: NaiveDate) -> Result<Period, What> {
    let period = Period::parse(typed, today)?;
    let is_length = Span::parse(typed).is_ok() || period.is_all();
    if is_length { Err(What::BadPeriod { value: typed.to_owned() }) } else { Ok(period) }
}

/// The leaves that are not over, the earliest first.
fn leaves(name: Option<&str>, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let book = session.book()?;
    let everybody: Vec<Staff> = book.all()?;
    let name = name.map(|name| staff::find(everybody.iter(), name)).transpose()?.map(|one| &one.name);
    let today = session.today;
    let mut absences: Vec<Absence> =
        book.some(&|absence: &Absence| absence.until >= today && name.is_none_or(|name| absence.staff == *name))?;
    absences.sort_by(|a, b| (a.from, &a.staff).cmp(&(b.from, &b.staff)));
    if absences.is_empty() && !session.wants_table() {
        session.say(session.lang.pick("今天起没有人请假。", "Nobody has leave from today on."));
        return Ok(Exit::Done);
    }
    let (locale, currency) = (book.locale(), book.settings.currency.clone());
    let rows: Vec<&Absence> = absences.iter().collect();
    session.print(&Grid::of("carebook.absence.v1", &rows, &locale, session.lang, &currency))?;
    Ok(Exit::Done)
}
