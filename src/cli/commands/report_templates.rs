//! `report templates`, `report check-template`: the templates of reports and letters, and the owner's own.

use serde_json::json;

use crate::base::problem::{Problem, What};
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::view::grid::Grid;
use crate::view::present;
use crate::view::templates::Catalogue;

#[derive(Debug, clap::Args)]
pub struct TemplatesArgs {
    /// This one: printed, or with --write the only one written
    #[arg(value_name = "NAME")]
    pub template: Option<String>,
    /// Put them under the book's templates/, to be changed there; what is there already stays
    #[arg(long)]
    pub write: bool,
}

#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Such as report/section.html or letters/status.zh.txt [default: all of your own]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
}

pub fn run(args: &TemplatesArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let catalogue = Catalogue::of(&session.book()?.templates()?);
    if args.write {
        return write(args, &catalogue, session);
    }
    let Some(name) = args.template.as_deref() else {
        let grid: Grid = present::templates::list(&catalogue, session.lang);
        session.print(&grid)?;
        let text = session.lang.pick(
            "carebook report templates 名称 --write 把一个写进账本的 templates/ 供修改;只改报告的一节: 写 templates/report/section-代码.html,例如 section-tiers.html",
            "`carebook report templates NAME --write` puts one under the book's templates/ to be changed. For one section of a report only: templates/report/section-CODE.html, such as section-tiers.html",
        );
        session.say(text);
        return Ok(Exit::Done);
    };
    let text = catalogue.text(name).ok_or_else(|| unknown(name, &catalogue))?;
    session.emit(text.as_bytes())?;
    Ok(Exit::Done)
}

fn unknown(name: &str, catalogue: &Catalogue) -> Problem {
    What::UnknownName { name: name.to_owned(), allowed: catalogue.names().into_iter().map(str::to_owned).collect() }.into()
}

fn write(args: &TemplatesArgs, catalogue: &Catalogue, session: &mut Session<'_>) -> Result<Exit, Failure> {
    session.refuse_past()?;
    let wanted: Vec<(&str, &str)> = match args.template.as_deref() {
        Some(name) => vec![(name, catalogue.built_in(name).ok_or_else(|| unknown(name, catalogue))?)],
        None => catalogue.all_built_in(),
    };
    let (mut written, mut kept) = (Vec::new(), Vec::new());
    for (name, text) in wanted {
        let is_new = !catalogue.is_own(name) && (session.flags.dry_run || session.book()?.create_template(name, text)?);
        if is_new { written.push(name) } else { kept.push(name) }
    }
    if session.wants_json() {
        let dry_run = session.flags.dry_run;
        session.print_json(&json!({"schema": "carebook.templates_written.v1", "written": written, "kept": kept, "dry_run": dry_run}))?;
    }
    for line in present::templates::written(&written, &kept, session.flags.dry_run, session.lang) {
        session.say(&line);
    }
    Ok(Exit::Done)
}

pub fn check(args: &CheckArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let catalogue = Catalogue::of(&session.book()?.templates()?);
    let names: Vec<&str> = if args.names.is_empty() { catalogue.own() } else { args.names.iter().map(String::as_str).collect() };
    if let Some(strange) = names.iter().find(|name| catalogue.text(name).is_none()) {
        return Err(unknown(strange, &catalogue).into());
    }
    let problems = catalogue.check(&names);
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let n = names.len();
    session.say(&present::templates::sound(n, session.lang));
    Ok(Exit::Done)
}
