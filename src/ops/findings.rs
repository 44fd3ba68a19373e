//! What was found out about a request: the root cause with its code and its whys, who answers for it, what it cost.

use crate::base::id::Id;
use crate::base::lang::Lang;
use crate::base::money::Money;
use crate::base::problem::{Problem, Problems, What};
use crate::model::draft::Draft;
use crate::model::request::Request;
use crate::model::responsible;

/// So many times is asked why.
const WHYS: usize = 5;

/// How a line of the cause begins that answers a why.
const WHY: [&str; 2] = ["为什么: ", "Why: "];

/// Blank fields leave what stands there already.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// The root cause's word, as it is to stand in the book.
    pub cause_code: Option<String>,
    pub cause: String,
    pub whys: Vec<String>,
    pub responsible: String,
    pub cost: Option<Money>,
    /// The entries of the knowledge base that answered it.
    pub knowledge: Vec<Id>,
}

impl Findings {
    /// Whether anything was found out.
    pub fn is_blank(&self) -> bool {
        let texts = self.cause.trim().is_empty() && self.responsible.trim().is_empty() && self.whys.is_empty();
        texts && self.cause_code.is_none() && self.cost.is_none() && self.knowledge.is_empty()
    }

    /// Refuses what cannot be kept.
    pub fn check(&self) -> Result<(), Problems> {
        if self.whys.len() > WHYS {
            let message = [format!("--why 最多 {WHYS} 次"), format!("--why is given {WHYS} times at most")];
            return Err(vec![Problem::error(What::Usage { message }).field("--why")]);
        }
        responsible::read(&self.responsible).map(drop).map_err(|what| vec![Problem::error(what).field("--responsible")])
    }

    /// Writes them on the request. The cause is lines: its code's word, the free text, the whys.
    pub fn apply(&self, request: &mut Request, lang: Lang) {
        let is_why = |line: &&str| WHY.iter().any(|mark| line.starts_with(mark));
        let present = request.cause.clone();
        let mut lines: Vec<String> = if self.cause_code.is_none() && self.cause.trim().is_empty() {
            present.lines().filter(|line| !is_why(line)).map(str::to_owned).collect()
        } else {
            let text = Some(self.cause.trim().to_owned()).filter(|text| !text.is_empty());
            self.cause_code.iter().cloned().chain(text).collect()
        };
        if self.whys.is_empty() {
            lines.extend(present.lines().filter(is_why).map(str::to_owned));
        } else {
            let mark = lang.pick(WHY[0], WHY[1]);
            lines.extend(self.whys.iter().map(|why| format!("{mark}{}", crate::base::text::one_line(why))));
        }
        request.cause = lines.join("\n");
        if !self.responsible.trim().is_empty() {
            request.responsible.clone_from(&self.responsible);
        }
        request.cost = self.cost.or(request.cost);
        self.knowledge.iter().for_each(|entry| request.set_knowledge(entry, true));
    }
}

/// Adds findings to a request that is confirmed or closed.
pub fn add(draft: &mut Draft, id: &str, findings: &Findings) -> Result<(), Problems> {
    findings.check()?;
    let lang = draft.settings.lang;
    if let Some(request) = draft.requests.edit(id).filter(|_| !findings.is_blank()) {
        findings.apply(request, lang);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::fixtures::request;

    #[test]
    fn the_cause_is_lines_and_what_is_left_out_stays() {
        let mut request = request("R1", "C1");
        let why = |text: &str| vec![text.to_owned()];
        Findings { cause_code: Some("流程".into()), cause: "漏检".into(), whys: why("没有抽查"), ..Findings::default() }
            .apply(&mut request, Lang::Zh);
        assert_eq!(request.cause, "流程\n漏检\n为什么: 没有抽查");
        Findings { whys: vec!["没有\n标准".into(), "没人写".into()], ..Findings::default() }.apply(&mut request, Lang::Zh);
        assert_eq!(request.cause, "流程\n漏检\n为什么: 没有 标准\n为什么: 没人写");
        Findings { cause: "另有原因".into(), responsible: "客服部".into(), ..Findings::default() }.apply(&mut request, Lang::Zh);
        assert_eq!(request.cause, "另有原因\n为什么: 没有 标准\n为什么: 没人写");
        assert!(Findings { whys: vec!["x".into(); 6], ..Findings::default() }.check().is_err());
        assert!(Findings { responsible: "a:50%".into(), ..Findings::default() }.check().is_err());
    }
}
