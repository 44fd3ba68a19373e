//! Why a request is as grave as it is, for the log and for the person at the desk.

use crate::base::lang::Lang;
use crate::model::rules::severity::{Judged, SeverityRules};
use crate::model::vocabulary::Code;

/// The reason; blank when nothing was weighed.
pub fn reason(judged: &Judged, rules: &SeverityRules, lang: Lang) -> String {
    let Some(ruled) = judged.ruled else { return String::new() };
    let lower = |text: &str| lang.pick(text.to_owned(), text.to_lowercase());
    let matrix = judged.signs.matrix.map(|(impact, urgency)| {
        let (i, u) = (rules.impact.word(impact, lang), rules.urgency.word(urgency, lang));
        let (impact, urgency) = (impact + 1, urgency + 1);
        lang.pick(format!("影响 {impact} ({i}) × 紧迫 {urgency} ({u})"), format!("impact {impact} ({i}) × urgency {urgency} ({u})"))
    });
    let raised = judged.signs.purpose.filter(|_| judged.raised).map(|purpose| {
        let (purpose, floor) = (lower(purpose.label(lang)), lower(ruled.label(lang)));
        lang.pick(format!("{purpose}至少为{floor}"), format!("{purpose}: at least {floor}"))
    });
    let why = [matrix, raised].into_iter().flatten().collect::<Vec<_>>().join(lang.pick(",", ", "));
    let (severity, by_rules) = (lower(judged.severity.label(lang)), lower(ruled.label(lang)));
    if judged.signs.given.is_some_and(|given| given != ruled) {
        return lang.pick(
            format!("严重程度 {severity}: 人工指定(按规则为{by_rules}: {why})"),
            format!("severity {severity}: as given (by the rules {by_rules}: {why})"),
        );
    }
    lang.pick(format!("严重程度 {severity}: {why}"), format!("severity {severity}: {why}"))
}
