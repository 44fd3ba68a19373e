//! A first proposal for a survey's mapping, from an export's headers and values: to be checked by its owner.
//!
//! Careful rather than clever: a column that is not surely a score stays `other`, because its answers are kept
//! anyway and a wrong score is worse than none.

mod kinds;
mod measure;
mod roles;
mod source;
#[cfg(test)]
mod tests;

use kinds::{Export, is_overall, may_be_positions, questions, signs};
use measure::{COMMENT, OVERALL, has, topic};
pub use roles::Told;
use roles::{ROLES, date_order, hinted, is_metadata, named};
use source::recognise;

use crate::base::date::DateOrder;
use crate::model::rules::RawLabel;
use crate::model::scale::detect;
use crate::model::survey_file::{Source, SurveyFile};

/// A proposal, and the headers it makes no use of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub survey: SurveyFile,
    pub left_out: Vec<String>,
    pub doubts: Vec<Doubt>,
}

/// What the owner should look at before importing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// Which of day and month stands first, and how that is known.
    Order(DateOrder, Told),
    /// The numbers of these questions may be positions of options.
    Positions(Vec<String>),
    /// Several options in a cell, between signs that options may contain as well: the question.
    Signs(String),
}

/// Proposes a mapping for `columns` of values under `headers`.
pub fn propose(name: &str, headers: &[String], columns: &[Vec<&str>]) -> Proposal {
    let topics: Vec<String> = headers.iter().map(|header| topic(header)).collect();
    let source = recognise(headers, columns);
    let export = Export { headers, columns, source };
    let mut taken = vec![false; headers.len()];
    let title = RawLabel { zh: Some(name.to_owned()), en: Some(name.to_owned()) };
    let mut survey = SurveyFile { title, source: Some(source), ..SurveyFile::default() };
    for role in ROLES {
        let at = named(role, &topics, columns, &taken).or_else(|| hinted(role, &topics, columns, &taken));
        if let (Some(at), Some(field)) = (at, survey.columns.single_mut(role.field)) {
            *field = Some(headers[at].clone());
            taken[at] = true;
        }
    }
    let times = survey.columns.submitted_at.as_ref().and_then(|name| headers.iter().position(|header| header == name));
    let order = times.and_then(|at| date_order(&topics[at], &columns[at]));
    survey.date_order = order.map(|(order, _)| order);
    let (mut left_out, mut open) = (Vec::new(), Vec::new());
    for at in (0..headers.len()).filter(|at| !taken[*at]) {
        if is_metadata(&topics[at], &columns[at]) {
            left_out.push(headers[at].clone());
        } else if is_comment(export, at, &topics[at]) {
            survey.columns.comment.push(headers[at].clone());
        } else {
            open.push(at);
        }
    }
    survey.questions = questions(export, &open);
    // the overall question of satisfaction comes first, since it gives the response its score
    survey.questions.sort_by_key(|question| !is_overall(question, OVERALL));
    let doubts = doubts(export, &survey, order);
    Proposal { survey, left_out, doubts }
}

fn is_comment(export: Export<'_>, at: usize, topic: &str) -> bool {
    let values = &export.columns[at];
    let words = has(topic, COMMENT) || matches!(topic, "title" | "标题");
    words && detect(values.iter().copied()).is_none() && signs(values, export.source).is_none()
}

fn doubts(export: Export<'_>, survey: &SurveyFile, order: Option<(DateOrder, Told)>) -> Vec<Doubt> {
    let mut doubts: Vec<Doubt> = order.map(|(order, told)| Doubt::Order(order, told)).into_iter().collect();
    let is_platform = matches!(export.source, Source::Wjx | Source::Tencent);
    let positions = survey.questions.iter().filter(|question| is_platform && may_be_positions(question, export));
    let mut positions: Vec<String> = positions.map(|question| question.code.clone()).collect();
    positions.dedup();
    if !positions.is_empty() {
        doubts.push(Doubt::Positions(positions));
    }
    let unsure = survey.questions.iter().filter(|question| question.separator.as_deref() == Some(", "));
    doubts.extend(unsure.map(|question| Doubt::Signs(question.code.clone())));
    doubts
}
