//! Low scores become requests: once per response, by the link that the response keeps.

use super::intake::{Intake, intake};
use super::link::link;
use crate::base::id::Id;
use crate::base::lang::Lang;
use crate::base::problem::Problems;
use crate::model::draft::Draft;
use crate::model::merged::Merged;
use crate::model::stamp::Stamp;
use crate::model::survey::Response;

/// Whether a response asks for somebody's attention: at or below this index (0 to 100), or a detractor, and nobody was told yet.
pub fn is_due(response: &Response, at_most: f64) -> bool {
    let low = response.index.is_some_and(|index| index.value() <= at_most) || response.nps.is_some_and(|nps| nps <= 6);
    low && response.follow_up.is_none()
}

/// Registers a request for each of these responses; the draft has their rows, those of their customers, and the requests they are about.
///
/// # Errors
/// What linking to the request it is about says.
pub fn follow_up(
    draft: &mut Draft,
    stamp: &Stamp,
    survey: &str,
    ids: &[String],
    category: &str,
    merged: &Merged,
) -> Result<Vec<Id>, Problems> {
    let lang = draft.settings.locale().lang;
    let mut made = Vec::new();
    for id in ids {
        let Some(response) = draft.responses.get(id).filter(|response| response.follow_up.is_none()).cloned() else { continue };
        let input = Intake {
            content: content(survey, &response, lang),
            customer: response.customer.as_ref().map(|id| Id::made(merged.survivor(id.as_str()).to_owned())),
            category: category.to_owned(),
            ..Intake::default()
        };
        let request = intake(draft, stamp, input).id;
        if let Some(about) = response.request.as_ref().filter(|about| draft.requests.get(about.as_str()).is_some()) {
            link(draft, request.as_str(), about.as_str(), true)?;
        }
        if let Some(response) = draft.responses.edit(id) {
            response.follow_up = Some(request.clone());
        }
        made.push(request);
    }
    Ok(made)
}

/// What the request says: the scores, and the person's own words.
pub fn content(survey: &str, response: &Response, lang: Lang) -> String {
    let score = |name: &str, text: Option<String>| text.map(|text| format!("{name} {text}"));
    let scores = [
        score(lang.pick("满意度", "satisfaction"), response.csat.map(|score| score.0.normalize().to_string())),
        score(lang.pick("推荐度", "recommendation"), response.nps.map(|nps| nps.to_string())),
        score(lang.pick("指数", "index"), response.index.map(|index| index.0.normalize().to_string())),
    ];
    let scores = scores.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let id = &response.id;
    let head =
        lang.pick(format!("问卷 {survey} 答卷 {id} 低分 ({scores})"), format!("Survey {survey}, response {id}: low score ({scores})"));
    let words = response.comment.trim();
    if words.is_empty() { head } else { format!("{head}: {words}") }
}
