//! A survey's questionnaire: as text, as a page to print, and as a sheet with a row for each person.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::base::lang::Lang;
use crate::base::text::{harmless, one_line};
use crate::model::survey_file::{Kind, Question, SurveyFile};
use crate::model::survey_header::unnumbered;
use crate::view::format::markup::escape_html;
use crate::view::grid::{Col, Field, Grid};

/// Whose questionnaire it is; blank where it is anybody's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    pub token: String,
    pub customer: String,
    pub name: String,
    pub request: String,
    /// What the request was about.
    pub about: String,
}

/// How a question is answered on paper.
enum Ways {
    /// One of these, best first for grades.
    One(Vec<String>),
    Several(Vec<String>),
    Ranked(Vec<String>),
    Words,
}

fn ways(question: &Question) -> Ways {
    let options = || question.options.iter().map(|choice| one_line(&choice.label)).collect::<Vec<_>>();
    match (&question.scale, question.kind) {
        (Some(scale), _) if scale.labels.is_empty() => Ways::One((scale.min..=scale.max).map(|n| n.to_string()).collect()),
        (Some(scale), _) => Ways::One(scale.labels.iter().rev().map(|label| one_line(label)).collect()),
        (None, _) if question.options.is_empty() => Ways::Words,
        (None, Some(Kind::Multi)) => Ways::Several(options()),
        (None, Some(Kind::Ranking)) => Ways::Ranked(options()),
        (None, _) => Ways::One(options()),
    }
}

fn asked(question: &Question) -> String {
    let sub = if question.sub.is_empty() || question.text.contains(&question.sub) { String::new() } else { format!(" [{}]", question.sub) };
    one_line(&format!("{}{sub}", unnumbered(&question.text)))
}

fn how(ways: &Ways, lang: Lang) -> &'static str {
    match ways {
        Ways::Several(_) => lang.pick("（可多选）", " (any number)"),
        Ways::Ranked(_) => lang.pick("（请写出名次，1 为首选）", " (number them, 1 is first)"),
        Ways::One(_) | Ways::Words => "",
    }
}

/// Who it is for, and its code.
fn head(form: &Form, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    if !form.name.is_empty() {
        lines.push(lang.pick(format!("客户: {}", one_line(&form.name)), format!("Customer: {}", one_line(&form.name))));
    }
    if !form.request.is_empty() {
        let about = one_line(&form.about);
        lines.push(lang.pick(format!("诉求 {}: {about}", form.request), format!("Request {}: {about}", form.request)));
    }
    if !form.token.is_empty() {
        lines.push(lang.pick(format!("问卷编码: {}", form.token), format!("Code: {}", form.token)));
    }
    lines
}

/// The questionnaires as text, a line of dashes between them.
pub fn text(title: &str, survey: &SurveyFile, forms: &[Form], lang: Lang) -> String {
    let rule = format!("\n{}\n\n", "-".repeat(60));
    forms.iter().map(|form| text_of(title, survey, form, lang)).collect::<Vec<_>>().join(&rule)
}

fn text_of(title: &str, survey: &SurveyFile, form: &Form, lang: Lang) -> String {
    let mut out = format!("{}\n", one_line(title));
    for line in head(form, lang) {
        let _ = writeln!(out, "{line}");
    }
    let mut number = 0;
    for question in &survey.questions {
        number += 1;
        let ways = ways(question);
        let _ = writeln!(out, "\n{number}. {}{}", asked(question), how(&ways, lang));
        let row = |mark: &str, options: &[String]| options.iter().map(|option| format!("{mark} {option}")).collect::<Vec<_>>().join("   ");
        let _ = match &ways {
            Ways::One(options) => writeln!(out, "   {}", row("( )", options)),
            Ways::Several(options) => writeln!(out, "   {}", row("[ ]", options)),
            Ways::Ranked(options) => writeln!(out, "   {}", row("___", options)),
            Ways::Words => writeln!(out, "   {}", "_".repeat(50)),
        };
    }
    for comment in &survey.columns.comment {
        number += 1;
        let _ = writeln!(out, "\n{number}. {}\n   {1}\n   {1}", one_line(unnumbered(comment)), "_".repeat(50));
    }
    out
}

/// The questions for a letter: what is asked, how, and the options with the mark before each.
pub fn questions(survey: &SurveyFile, lang: Lang) -> Vec<Value> {
    let of = |text: String, ways: &Ways| {
        let (mark, options): (&str, &[String]) = match ways {
            Ways::One(options) => ("( )", options),
            Ways::Several(options) => ("[ ]", options),
            Ways::Ranked(options) => ("___", options),
            Ways::Words => ("", &[]),
        };
        json!({"text": text, "how": how(ways, lang), "mark": mark, "several": !matches!(ways, Ways::One(_)), "options": options})
    };
    let asked = survey.questions.iter().map(|question| of(asked(question), &ways(question)));
    asked.chain(survey.columns.comment.iter().map(|comment| of(one_line(unnumbered(comment)), &Ways::Words))).collect()
}

const STYLE: &str = ":root{color-scheme:light}body{font:15px/1.6 sans-serif;margin:0;color:#111;background:#fff}section{max-width:46em;margin:2em auto;padding:0 1.5em}h1{font-size:1.4em}ol{padding-left:1.6em}li{margin:1.1em 0;break-inside:avoid}.who{color:#444}.code{font-family:monospace;font-size:1.15em}.o{display:inline-block;margin-right:1.4em;white-space:nowrap}.b{display:inline-block;width:.9em;height:.9em;border:1px solid #444;margin-right:.4em;vertical-align:-.1em}.b.r{border-radius:50%}.l{border-bottom:1px solid #777;height:1.9em}section+section{break-before:page}@media print{section{margin:0 auto}}";

/// The questionnaires as one page of its own: no scripts, nothing from elsewhere, each on a sheet of paper.
pub fn html(title: &str, survey: &SurveyFile, forms: &[Form], lang: Lang) -> String {
    let title = safe(title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n",
        lang.code()
    );
    for form in forms {
        let _ = writeln!(out, "<section>\n<h1>{title}</h1>");
        for line in head(form, lang) {
            let _ = writeln!(out, "<p class=\"who\">{}</p>", safe(&line));
        }
        out.push_str("<ol>\n");
        for question in &survey.questions {
            let ways = ways(question);
            let _ = writeln!(out, "<li>{}{}<br>{}</li>", safe(&asked(question)), how(&ways, lang), boxes(&ways));
        }
        for comment in &survey.columns.comment {
            let _ = writeln!(out, "<li>{}<div class=\"l\"></div><div class=\"l\"></div></li>", safe(unnumbered(comment)));
        }
        out.push_str("</ol>\n</section>\n");
    }
    out + "</body>\n</html>\n"
}

fn safe(text: &str) -> String {
    escape_html(&harmless(&one_line(text)))
}

fn boxes(ways: &Ways) -> String {
    let (class, options) = match ways {
        Ways::One(options) => ("b r", options),
        Ways::Several(options) | Ways::Ranked(options) => ("b", options),
        Ways::Words => return "<div class=\"l\"></div>".into(),
    };
    let mut out = String::new();
    for option in options {
        let _ = write!(out, "<span class=\"o\"><span class=\"{class}\"></span>{}</span>", safe(option));
    }
    out
}

/// What the sheet calls the code where the survey has no name for it.
pub fn token_header(survey: &SurveyFile, lang: Lang) -> String {
    survey.columns.token.clone().unwrap_or_else(|| lang.pick("问卷编码", "token").to_owned())
}

/// One row per person with the survey's own headers, to be filled in and imported again.
pub fn grid(survey: &SurveyFile, forms: &[Form], lang: Lang) -> Grid {
    let token = token_header(survey, lang);
    let columns = &survey.columns;
    let name = |column: &Option<String>, usual: &str| column.clone().unwrap_or_else(|| usual.to_owned());
    let known = [
        token.clone(),
        name(&columns.customer, lang.pick("客户编号", "customer")),
        lang.pick("客户名称", "name").to_owned(),
        name(&columns.request, lang.pick("诉求编号", "request")),
    ];
    let singles = columns.singles().into_iter().filter_map(|(_, column)| column.clone());
    let asked = survey
        .questions
        .iter()
        .flat_map(|question| if question.columns.is_empty() { vec![question.column.clone()] } else { question.columns.clone() });
    let mut headers = known.to_vec();
    for header in singles.chain(asked).chain(columns.comment.clone()) {
        if !headers.contains(&header) {
            headers.push(header);
        }
    }
    let column = |header: &String| Col { code: header.clone(), label: header.clone(), right: false, whole: false };
    let mut grid = Grid::new("carebook.survey_form.v1", headers.iter().map(column).collect());
    for form in forms {
        let filled = [&form.token, &form.customer, &form.name, &form.request].map(Field::text);
        grid.rows.push(filled.into_iter().chain((known.len()..headers.len()).map(|_| Field::text(""))).collect());
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::survey_file::RawSurvey;

    fn survey() -> SurveyFile {
        let yaml = "title: {zh: 反馈, en: Feedback}\ncolumns: {token: code, response_id: code, comment: [why <b>]}\nquestions:\n\
                    - {code: q1, column: how, text: 'How <was> it?', metric: csat, scale: [差, 中, 好]}\n\
                    - {code: q2, column: what, kind: multi, options: [茶, 水]}\n- {code: q3, column: r, metric: nps, scale: 0-10}\n\
                    - {code: q4, column: words}";
        serde_yaml::from_str::<RawSurvey>(yaml).unwrap().check().unwrap()
    }

    #[test]
    fn on_paper_and_on_a_page() {
        let form = Form { token: "AAAAA-BBBBB".into(), name: "<王芳>".into(), ..Form::default() };
        let text = text("反馈", &survey(), std::slice::from_ref(&form), Lang::Zh);
        assert!(text.contains("问卷编码: AAAAA-BBBBB") && text.contains("( ) 好   ( ) 中   ( ) 差"), "{text}");
        assert!(text.contains("2. what（可多选）\n   [ ] 茶   [ ] 水") && text.contains("( ) 0   ( ) 1"), "{text}");
        let html = html("反馈", &survey(), &[form.clone(), Form::default()], Lang::En);
        assert!(html.contains("&lt;王芳&gt;") && html.contains("How &lt;was&gt; it?") && html.contains("why &lt;b&gt;"), "{html}");
        assert!(!html.contains("<script") && !html.contains("<王芳>") && html.matches("<section>").count() == 2, "{html}");
        let grid = grid(&survey(), &[form], Lang::En);
        let headers: Vec<&str> = grid.columns.iter().map(|column| column.code.as_str()).collect();
        assert_eq!(headers, ["code", "customer", "name", "request", "how", "what", "r", "words", "why <b>"]);
        assert_eq!((grid.rows[0].len(), grid.rows[0][0].shown.as_str()), (9, "AAAAA-BBBBB"));
    }
}
