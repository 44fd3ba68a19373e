//! `report templates`: the built-in templates, to start one's own from.

use crate::base::problem::What;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::view::report::document;

#[derive(Debug, clap::Args)]
pub struct TemplatesArgs {
    /// Print this one, to start an override
    #[arg(value_name = "NAME")]
    pub template: Option<String>,
}

pub fn run(args: &TemplatesArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let Some(name) = args.template.as_deref() else {
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
