//! `customer add|edit|list|show`, and the way to the others.

use serde_json::json;

use crate::base::id::Id;
use crate::base::problem::What;
use crate::cli::archive;
use crate::cli::error::{Exit, Failure};
use crate::cli::find;
use crate::cli::keeping;
use crate::cli::own;
use crate::cli::session::Session;
use crate::model::customer::{CUSTOMERS, CustomerStatus};
use crate::model::draft::{Draft, Need};
use crate::ops;
use crate::view::present;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add a customer
    #[command(visible_alias = "新增")]
    Add(AddArgs),
    /// Change fields of a customer
    #[command(visible_alias = "修改")]
    Edit(EditArgs),
    /// List customers
    #[command(visible_alias = "列表")]
    List(ListArgs),
    /// Show a customer: data, people, and one timeline of everything
    #[command(visible_alias = "查看")]
    Show(ShowArgs),
    /// Who may be entered twice, with reasons
    #[command(visible_alias = "查重")]
    Duplicates(super::duplicates::DuplicatesArgs),
    /// Two who look alike are two customers: not told again
    #[command(visible_alias = "不同")]
    Distinct(super::duplicates::DistinctArgs),
    /// Merge a customer into another; what names it stays and counts for the other
    #[command(visible_alias = "合并")]
    Merge(super::merge_customer::MergeArgs),
    /// A merged customer stands for itself again
    #[command(visible_alias = "取消合并")]
    Unmerge(super::merge_customer::UnmergeArgs),
    /// Erase what tells of a person; the figures stay. Cannot be taken back
    #[command(visible_alias = "抹除")]
    Erase(super::erase::Args),
    /// The data is true as of a day, or put right; who is to be verified
    #[command(visible_alias = "核对")]
    Verify(super::verify::Args),
    /// Consent given or withdrawn, or another basis for keeping the data
    #[command(visible_alias = "授权")]
    Consent(super::consent::Args),
    /// Put tags on customers, or take them off
    #[command(visible_alias = "标签")]
    Tag(super::tags::TagArgs),
    /// The tags there are, and how many have each
    #[command(visible_alias = "全部标签")]
    Tags(super::tags::TagsArgs),
    /// Become the owner of customers
    #[command(visible_alias = "认领")]
    Claim(super::owner::ClaimArgs),
    /// Give customers up, or see and release those nobody looked after
    #[command(visible_alias = "释放")]
    Release(super::owner::ReleaseArgs),
    /// The customers without an owner
    #[command(visible_alias = "公海")]
    Pool(super::owner::PoolArgs),
}

#[derive(Debug, clap::Args)]
pub struct AddArgs {
    /// The customer's name
    pub name: Option<String>,
    /// Other fields, such as phone=138… kind=company
    #[arg(value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
    /// The id [default: the next C number]
    #[arg(long = "id", value_name = "ID")]
    pub new_id: Option<String>,
    /// End with 4 and add nothing when somebody like that may be there already
    #[arg(long)]
    pub refuse_duplicates: bool,
}

#[derive(Debug, clap::Args)]
pub struct EditArgs {
    /// The customer: id, name, phone or email
    pub customer: String,
    /// Fields, such as phone=139… note= (a blank value empties the field)
    #[arg(value_name = "FIELD=VALUE", required = true)]
    pub set: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Filters, see `carebook help filters`
    pub filters: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// The customer: id, name, phone or email
    pub customer: String,
    #[command(flatten)]
    pub timeline: super::show_customer::TimelineArgs,
}

pub fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Add(args) => add(args, session),
        Command::Edit(args) => edit(args, session),
        Command::List(args) => super::list::of("customers", &args.filters, session),
        Command::Show(args) => super::show_customer::run(&args.customer, &args.timeline, session),
        Command::Duplicates(args) => super::duplicates::duplicates(args, session),
        Command::Distinct(args) => super::duplicates::distinct(args, session),
        Command::Merge(args) => super::merge_customer::merge(args, session),
        Command::Unmerge(args) => super::merge_customer::unmerge(args, session),
        Command::Erase(args) => super::erase::run(args, session),
        Command::Verify(args) => super::verify::run(args, session),
        Command::Consent(args) => super::consent::run(args, session),
        Command::Tag(args) => super::tags::tag(args, session),
        Command::Tags(args) => super::tags::tags(args, session),
        Command::Claim(args) => super::owner::claim(args, session),
        Command::Release(args) => super::owner::release(args, session),
        Command::Pool(args) => super::owner::pool(args, session),
    }
}

fn add(args: &AddArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let name = match &args.name {
        Some(name) => name.clone(),
        None if session.can_ask() => {
            let question = session.lang.pick("客户名称", "Name of the customer");
            session.ask(question, "")?
        }
        None => String::new(),
    };
    if name.trim().is_empty() {
        return Err(What::InputNeeded { flag: "NAME" }.into());
    }
    let id = args.new_id.as_deref().map(Id::parse).transpose()?;
    let mut settings = assignments(&args.set)?;
    let rules = keeping::settle(&mut settings, session)?;
    let mut draft = session.draft(&[Need::Customers])?;
    let stamp = session.stamp("add")?;
    let customer = ops::customer::add(&mut draft, &stamp, id, &name, &settings)?;
    let alike = archive::alike(session, &customer, draft.customers.iter())?;
    if args.refuse_duplicates && !alike.lines.is_empty() {
        if session.wants_json() {
            session.print_json(&json!({"schema": "carebook.likely_duplicates.v1", "duplicates": alike.json}))?;
        }
        return Err(What::PerhapsDuplicate { found: alike.lines }.into());
    }
    let committed = session.commit(&draft, &stamp)?;
    if session.wants_json() {
        let mut grid = own::grid("carebook.customer.v1", &customer, &draft.customers, session)?;
        grid.notes.push(("duplicates", alike.json.into()));
        session.print(&grid)?;
    }
    if !committed.dry_run {
        session.say(&present::customer::added(&customer, session.lang));
    }
    if let Some(other) = alike.ids.first() {
        session.say(&present::duplicates::told(&alike.lines, session.lang));
        session.say(&present::duplicates::next(other, customer.id.as_str(), session.lang));
    }
    keeping::tell_doubts(&customer, None, rules.as_ref(), session);
    Ok(Exit::Done)
}

fn edit(args: &EditArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut settings = assignments(&args.set)?;
    let rules = keeping::settle(&mut settings, session)?;
    let (mut draft, id) = find::draft_with_customer(session, &args.customer, &[])?;
    refuse_erased(&draft, &id, &settings)?;
    let stamp = session.stamp("edit")?;
    let customer = ops::customer::edit(&mut draft, &stamp, &id, &settings)?;
    let committed = session.commit(&draft, &stamp)?;
    if session.wants_json() {
        session.print(&own::grid("carebook.customer.v1", &customer, &draft.customers, session)?)?;
    }
    if committed.changed > 0 && !committed.dry_run {
        session.say(&present::customer::changed(&customer, session.lang));
    }
    keeping::tell_doubts(&customer, draft.customers.before(&id), rules.as_ref(), session);
    Ok(Exit::Done)
}

/// Nothing new is kept of an erased customer, unless they come back with another status.
fn refuse_erased(draft: &Draft, id: &str, settings: &[(String, String)]) -> Result<(), What> {
    let is_erased = draft.customers.get(id).is_some_and(|customer| customer.status == Some(CustomerStatus::Erased));
    let is_status = |field: &str| CUSTOMERS.position(field).is_some_and(|at| CUSTOMERS.columns[at].word.code == "status");
    if !is_erased || settings.iter().any(|(field, _)| is_status(field)) {
        return Ok(());
    }
    let zh = format!("{id} 已抹除,不再记录其资料;若属误抹,先 carebook customer edit {id} status=active");
    let en = format!("{id} was erased, and nothing new is kept of them; if that was a mistake: carebook customer edit {id} status=active");
    Err(What::Usage { message: [zh, en] })
}

/// `field=value` words.
pub fn assignments(words: &[String]) -> Result<Vec<(String, String)>, What> {
    let split = |word: &String| {
        let pair = word.split_once('=').map(|(field, value)| (field.trim().to_owned(), value.to_owned()));
        let message = [format!("{word} 应写成 字段=值"), format!("{word} should be FIELD=VALUE")];
        pair.ok_or(What::Usage { message })
    };
    words.iter().map(split).collect()
}
