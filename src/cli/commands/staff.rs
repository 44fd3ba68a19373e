//! `staff add|list`.

use crate::base::id::Id;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::model::draft::Need;
use crate::ops::staff::{self, Particulars};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add a member of staff
    #[command(visible_alias = "新增")]
    Add(AddArgs),
    /// List the staff
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
}

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Filters, see `carebook help filters`
    pub filters: Vec<String>,
}

pub fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Add(args) => add(args, session),
        Command::List(args) => super::list::of("staff", &args.filters, session),
    }
}

fn add(args: &AddArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let name = Id::parse(&args.name)?;
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
    staff::add(&mut draft, &stamp, name, particulars)?;
    let committed = session.commit(&draft, &stamp)?;
    if !committed.dry_run {
        session.say(&session.lang.pick(format!("已新增员工 {}。", args.name), format!("Added {} to the staff.", args.name)));
    }
    Ok(Exit::Done)
}
