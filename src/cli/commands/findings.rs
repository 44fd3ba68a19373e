//! The flags of what was found out, shared by `resolve`, `confirm` and `close`.

use crate::base::id::Id;
use crate::base::problem::Problem;
use crate::cli::commands::intake::coded;
use crate::cli::error::Failure;
use crate::cli::find;
use crate::cli::session::Session;
use crate::model::knowledge::Knowledge;
use crate::model::rules::categories::CategoryRules;
use crate::ops::findings::Findings;
use crate::view::present;

#[derive(Debug, Clone, Default, clap::Args)]
pub struct FoundArgs {
    /// The root cause
    #[arg(long)]
    pub cause: Option<String>,
    /// The root cause's code, see rules/categories.yaml
    #[arg(long, value_name = "CODE")]
    pub cause_code: Option<String>,
    /// Why it came to that; up to five times, each a why of the one before
    #[arg(long, value_name = "TEXT")]
    pub why: Vec<String>,
    /// Who is responsible: a name, or shares such as "Desk:60% Ann:40% 2026-10-08"
    #[arg(long)]
    pub responsible: Option<String>,
    /// Cost or compensation
    #[arg(long, value_name = "AMOUNT", visible_alias = "compensation")]
    pub cost: Option<String>,
    /// The entry of the knowledge base that answered it: id or words of its title; several separated by ;
    #[arg(long, value_name = "ENTRY")]
    pub knowledge: Vec<String>,
}

impl FoundArgs {
    /// What was found out, checked against the causes of the rules and the knowledge base.
    pub fn read(&self, rules: &CategoryRules, session: &mut Session<'_>) -> Result<Findings, Failure> {
        let locale = session.locale()?;
        let code = self.cause_code.as_deref().map(|typed| rules.cause(typed, locale.lang)).transpose();
        Ok(Findings {
            cause_code: code.map_err(|what| Problem::error(what).field("--cause-code"))?,
            cause: self.cause.clone().unwrap_or_default(),
            whys: self.why.iter().filter(|why| !why.trim().is_empty()).cloned().collect(),
            responsible: self.responsible.clone().unwrap_or_default(),
            cost: coded(self.cost.as_deref(), &locale)?,
            knowledge: self.entries(session)?,
        })
    }

    /// The entries that were named. One that is retired is taken, and told: a person decides.
    fn entries(&self, session: &mut Session<'_>) -> Result<Vec<Id>, Failure> {
        let mut named = Vec::new();
        if self.knowledge.is_empty() {
            return Ok(named);
        }
        let entries: Vec<Knowledge> = session.book()?.all()?;
        for typed in self.knowledge.iter().flat_map(|several| several.split([';', '；'])).filter(|typed| !typed.trim().is_empty()) {
            let entry = find::knowledge(typed.trim(), &entries).map_err(|what| Problem::error(what).field("--knowledge"))?;
            if !entry.is_current() {
                session.say(&present::knowledge::is_retired(entry, session.lang));
            }
            named.push(entry.id.clone());
        }
        Ok(named)
    }
}
