//! The words of what is wrong in a template.

use crate::base::problem::{Limit, Named, TemplateFault};

/// How many known names are listed at most.
const SHOWN: usize = 12;

/// What is wrong, with the line it stands in.
pub fn words(fault: &TemplateFault, excerpt: &str) -> (String, String) {
    let (zh, en) = said(fault);
    if excerpt.is_empty() { (zh, en) } else { (format!("{zh}\n{excerpt}"), format!("{en}\n{excerpt}")) }
}

fn said(fault: &TemplateFault) -> (String, String) {
    match fault {
        TemplateFault::Syntax { says } => (format!("模板写法有误: {says}"), format!("this is not how a template is written: {says}")),
        TemplateFault::Unknown { named, name, near, known } => {
            let (zh, en) = noun(*named);
            let (meant, near_en) =
                near.as_ref().map_or_else(|| listed(known), |near| (format!(",是不是 {near}?"), format!("; did you mean {near}?")));
            (format!("没有名为 {name} 的{zh}{meant}"), format!("there is no {en} {name}{near_en}"))
        }
        TemplateFault::Blank { name } => (format!("{name} 在这里没有值"), format!("{name} has no value here")),
        TemplateFault::Outside { name } => {
            (format!("模板只能引用 templates/ 里的模板,不能引用 {name}"), format!("a template may use templates only, not {name}"))
        }
        TemplateFault::Circle { chain } => {
            let ring = chain.join(" → ");
            (format!("模板互相引用,没有尽头: {ring}"), format!("templates that use each other without end: {ring}"))
        }
        TemplateFault::TooMuch { limit } => too_much(*limit),
        TemplateFault::Comprehension => ("模板里不能用 [… for …] 生成列表".into(), "a template may not make a list by [… for …]".into()),
        TemplateFault::Fill { says } => (format!("模板填不出来: {says}"), format!("the template cannot be filled: {says}")),
    }
}

fn listed(known: &[String]) -> (String, String) {
    if known.is_empty() {
        return (String::new(), String::new());
    }
    let mut names = known.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if known.len() > SHOWN {
        names.push_str(" …");
    }
    (format!(";已知: {names}"), format!("; known: {names}"))
}

fn noun(named: Named) -> (&'static str, &'static str) {
    match named {
        Named::Variable => ("值", "value"),
        Named::Field => ("字段", "field"),
        Named::Filter => ("过滤器", "filter"),
        Named::Test => ("判断", "test"),
        Named::Function => ("函数", "function"),
        Named::Component => ("组件", "component"),
        Named::Template => ("模板", "template"),
        Named::Block => ("区块", "block"),
    }
}

fn too_much(limit: Limit) -> (String, String) {
    let (zh, en) = match limit {
        Limit::Steps => ("模板的循环太多,已停止", "the template's loops take too many rounds; it was stopped"),
        Limit::Text => ("模板写出的文字过长,已停止", "the template writes too much text; it was stopped"),
        Limit::Depth => ("组件互相调用太深,已停止", "components within components, too deep; it was stopped"),
    };
    (zh.to_owned(), en.to_owned())
}

/// What to do next.
pub fn hint(fault: &TemplateFault) -> (String, String) {
    let (zh, en) = match fault {
        TemplateFault::Unknown { named: Named::Variable | Named::Field, .. } | TemplateFault::Blank { .. } => (
            "docs/templates.md 列出模板能用的每个值;可能没有的值写成 {% if 值 %}…{% endif %}",
            "docs/templates.md lists every value a template gets; one that may be missing goes into {% if VALUE %}…{% endif %}",
        ),
        TemplateFault::Unknown { named: Named::Template, .. } | TemplateFault::Outside { .. } => (
            "把要引用的文件直接放进 templates/report/ 或 templates/letters/(不能是链接),写成 {% include \"report/_名称.html\" %}",
            "put the file right into templates/report/ or templates/letters/ (no link) and write {% include \"report/_name.html\" %}",
        ),
        TemplateFault::TooMuch { .. } | TemplateFault::Circle { .. } => ("去掉重复的循环或引用", "take the repeated loop or include away"),
        TemplateFault::Comprehension => ("改用 {% for x in 列表 %}…{% endfor %}", "use {% for x in list %}…{% endfor %}"),
        TemplateFault::Syntax { .. } | TemplateFault::Unknown { .. } | TemplateFault::Fill { .. } => (
            "改好后用 carebook report check-template 检查;写法见 docs/templates.md",
            "mend it and run `carebook report check-template`; docs/templates.md shows how templates are written",
        ),
    };
    (zh.to_owned(), en.to_owned())
}
