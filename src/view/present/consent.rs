//! Consent: how a customer stands, and what follows from it.

use crate::base::lang::Lang;
use crate::base::text::{many, one_line};
use crate::model::consent::Standing;
use crate::model::customer::Customer;
use crate::model::revisit::Revisit;

/// After an entry.
pub fn stands(customer: &Customer, lang: Lang) -> String {
    let (id, name, cell) = (&customer.id, customer.title(), &customer.consent);
    lang.pick(format!("客户 {id} {name} 的授权: {cell}。"), format!("Consent of customer {id} {name}: {cell}."))
}

/// Visits that are planned for somebody who withdrew.
pub fn planned(revisits: &[Revisit], lang: Lang) -> String {
    let n = revisits.len();
    let ids: Vec<&str> = revisits.iter().take(5).map(|revisit| revisit.id.as_str()).collect();
    let (ids, first) = (ids.join(lang.pick("、", ", ")), ids.first().copied().unwrap_or_default());
    let visits = many(n, "revisit");
    let (zh, en) = ("客户已撤回同意", "consent withdrawn");
    lang.pick(
        format!("仍计划着 {n} 次回访: {ids}。取消: carebook revisit skip {first} --reason {zh}"),
        format!("{visits} still planned: {ids}. Leave them out: carebook revisit skip {first} --reason \"{en}\""),
    )
}

/// Whoever deals with the customer is to know.
pub fn withdrawn(customer: &Customer, lang: Lang) -> String {
    let (id, name, cell) = (&customer.id, customer.title(), one_line(&customer.consent));
    lang.pick(
        format!("注意: 客户 {id} {name} 已撤回同意({cell}),除处理来件外不要主动联系。"),
        format!("Note: customer {id} {name} withdrew consent ({cell}); answer them, but do not approach them."),
    )
}

/// A line below a customer's data, where there is something to know.
pub fn line(stands: Option<Standing>, lang: Lang) -> String {
    match stands {
        Some(Standing::Withdrawn) => {
            lang.pick("授权已撤回:不要主动联系,不安排回访。\n", "Consent was withdrawn: do not approach them, plan no revisits.\n")
        }
        Some(Standing::Expired) => lang.pick("同意已过期,请重新征得。\n", "Consent has expired: ask for it again.\n"),
        Some(Standing::Unclear) => lang.pick(
            "授权一栏看不明白,请用 carebook customer consent 记录。\n",
            "What stands under consent is unclear: enter it with `carebook customer consent`.\n",
        ),
        Some(Standing::Missing | Standing::Given) | None => "",
    }
    .to_owned()
}
