//! Service targets: kept or missed, by stage, severity and person.

use super::split::{Shape, or_none};
use super::{Wording, cards, none};
use crate::model::promise::Target;
use crate::model::request::Severity;
use crate::model::vocabulary::Code;
use crate::view::report::blocks::Block;

pub fn blocks(w: &Wording<'_>) -> Vec<Block> {
    let (targets, lang) = (&w.report.targets, w.lang);
    if targets.stages.rows.iter().all(|row| row.now("rate").is_none()) {
        return vec![none(lang, "没有到期的服务承诺。", "No service target fell due.")];
    }
    let stage = |key: &str| Target::from_text(key).map_or(key, |target| target.label(lang)).to_owned();
    let severity = |key: &str| Severity::from_text(key).map_or(key, |severity| severity.label(lang)).to_owned();
    let person = |key: &str| or_none(key, lang.pick("(未分配)", "(unassigned)"));
    let mut blocks = vec![cards(&targets.figures, lang)];
    let stages =
        Shape {
            caption: lang.pick("按环节", "By stage"), what: ["stage", lang.pick("环节", "Stage")], label: &stage, compared: &["rate"]
        };
    blocks.extend(stages.blocks(&targets.stages, "carebook.report_targets.v1", lang));
    let severities = Shape {
        caption: lang.pick("按严重程度", "By severity"),
        what: ["severity", lang.pick("严重程度", "Severity")],
        label: &severity,
        compared: &[],
    };
    blocks.extend(severities.blocks(&targets.severities, "carebook.report_targets_by.v1", lang));
    let staff = Shape {
        caption: lang.pick("按处理人", "By handler"),
        what: ["handler", lang.pick("处理人", "Handler")],
        label: &person,
        compared: &["resolve_rate"],
    };
    blocks.extend(staff.blocks(&targets.staff, "carebook.report_targets_by.v1", lang));
    blocks
}
