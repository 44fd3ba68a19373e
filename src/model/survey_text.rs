//! `survey.yaml` as it is first written: every part with a comment in both languages.

use std::fmt::Write as _;

use super::survey_file::{Columns, Question, SurveyFile};
use super::survey_question::Choice;
use super::vocabulary::Code;
use crate::base::date::DateOrder;
use crate::base::lang::Lang;
use crate::base::text::one_line;

/// The comments of a new file; every part says in both languages what it is for.
const HEAD: &str = "# 问卷:导出文件的哪一列是什么,按什么量表作答。可直接修改,再导入一次即可。
# A survey: which column of the export is what, and on which scale it was answered. Edit it and import again.
";
const ABOUT_COLUMNS: &str = "
# 谁、何时、为哪件事作答(写导出文件的表头;没有的留空)。客户按问卷编码 token,否则按编号、电话、邮箱对应到档案。
# Who answered, when, about what (headers of the export; leave out what it lacks).
# A customer is found by the code printed in the questionnaire (token), else by id, else by phone, else by email.
";
const ABOUT_QUESTIONS: &str = "
# 题目。metric 可为 csat 满意度、nps 推荐度(仅 0-10)、ces 费力度、other 不计分。scale 为 1-5、0-10,或由低到高的标签列表。
# 每种 metric 的第一题是答卷的得分:请把总体满意度排在最前。
# Questions. metric is csat, nps (0-10 only), ces or other (not scored). scale is 1-5, 0-10, or the words from lowest to highest.
# The first question of a metric gives the response its score: put the overall question first.
# kind 可为 single 单选、multi 多选、ranking 排序、text 填空;separator 是同一格内选项之间的符号。
# options 是选项的列表,或“编号: 选项”(按选项序号导出的文件凭它认出选项)。
# kind is single, multi, ranking or text; separator stands between the options in one cell.
# options is the list of the options, or CODE: OPTION, by which an export by number is understood.
";
const ABOUT_ORDER: &str = "
# 03/04/2026 这类日期的日月顺序 iso、dmy、mdy;文件编码 utf-8、gb18030 …
# Order of day and month in dates such as 03/04/2026 (iso, dmy, mdy); the file's encoding.
";

/// The questionnaire that a survey begins with when it is made from scratch, in the book's language.
pub fn questionnaire(lang: Lang) -> &'static str {
    lang.pick(include_str!("rules/defaults/questionnaire.zh.yaml"), include_str!("rules/defaults/questionnaire.en.yaml"))
}

/// The file's text. `left_out` are the columns that nothing takes.
pub fn write(survey: &SurveyFile, left_out: &[String]) -> String {
    let mut out = String::from(HEAD);
    let label = |text: &Option<String>| quoted(text.as_deref().unwrap_or(""));
    let _ = writeln!(out, "title: {{zh: {}, en: {}}}", label(&survey.title.zh), label(&survey.title.en));
    if let Some(source) = survey.source {
        let _ = writeln!(out, "source: {}", source.code());
    }
    out.push_str(ABOUT_COLUMNS);
    write_columns(&mut out, &survey.columns);
    if !left_out.is_empty() {
        let names: Vec<String> = left_out.iter().map(|name| one_line(name)).collect();
        let _ = writeln!(out, "# 未取用的列 / columns not taken — {}", names.join(" | "));
    }
    out.push_str(ABOUT_QUESTIONS);
    out.push_str(if survey.questions.is_empty() { "questions: []\n" } else { "questions:\n" });
    survey.questions.iter().for_each(|question| write_question(&mut out, question));
    out.push_str(ABOUT_ORDER);
    let _ = match survey.date_order {
        Some(order) => writeln!(out, "date_order: {}", code_of(order)),
        None => writeln!(out, "# date_order = iso"),
    };
    if let Some(encoding) = &survey.encoding {
        let _ = writeln!(out, "encoding: {}", quoted(encoding));
    }
    if let Some(key) = &survey.token_key {
        out = with_token_key(&out, key);
    }
    out
}

/// A survey's text with the key of its codes at the end.
pub fn with_token_key(text: &str, key: &str) -> String {
    let about =
        "# 问卷编码的密钥:改动后,已发出的编码不再有效。 The key of the codes in questionnaires: once changed, those handed out are void.";
    format!("{}\n\n{about}\ntoken_key: {}\n", text.trim_end(), quoted(key))
}

/// A survey's text with options and their codes put in below a question's column. The lines of others stay as they are.
pub fn with_options(text: &str, column: &str, options: &[Choice]) -> Option<String> {
    let is_column = |line: &str| {
        let Some(value) = line.trim_start().strip_prefix("column:").or_else(|| line.trim_start().strip_prefix("- column:")) else {
            return false;
        };
        serde_yaml::from_str::<String>(value.trim()).is_ok_and(|value| value == column)
    };
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| is_column(line))?;
    let depth = lines[at].find("column:")?;
    let line = format!("{}options: {}", " ".repeat(depth), choices(options));
    // an own list of options ends here: its line is replaced where it is one line
    let within = |line: &&&str| line.len() - line.trim_start().len() >= depth && !line.trim_start().starts_with("- ");
    let own = lines[at + 1..].iter().take_while(within).position(|line| line.trim_start().starts_with("options:"));
    let mut out: Vec<&str> = lines[..=at].to_vec();
    out.extend(own.iter().flat_map(|own| &lines[at + 1..=at + own]));
    out.push(&line);
    out.extend(&lines[own.map_or(at + 1, |own| at + own + 2)..]);
    Some(out.join("\n") + "\n")
}

/// `[茶, 水]`, or `{1: 茶, 2: 水}` where the codes are known.
fn choices(options: &[Choice]) -> String {
    if options.iter().all(|choice| choice.code.is_none()) {
        return list(&options.iter().map(|choice| choice.label.clone()).collect::<Vec<_>>());
    }
    let pair = |choice: &Choice| format!("{}: {}", quoted(choice.code.as_deref().unwrap_or(&choice.label)), quoted(&choice.label));
    format!("{{{}}}", options.iter().map(pair).collect::<Vec<_>>().join(", "))
}

fn code_of(order: DateOrder) -> &'static str {
    match order {
        DateOrder::Iso => "iso",
        DateOrder::DayFirst => "dmy",
        DateOrder::MonthFirst => "mdy",
    }
}

fn write_columns(out: &mut String, columns: &Columns) {
    let singles: Vec<(&str, &String)> = columns.singles().into_iter().filter_map(|(code, column)| Some((code, column.as_ref()?))).collect();
    if singles.is_empty() && columns.comment.is_empty() {
        out.push_str("columns: {}\n");
        return;
    }
    out.push_str("columns:\n");
    for (code, column) in singles {
        let _ = writeln!(out, "  {code}: {}", quoted(column));
    }
    if !columns.comment.is_empty() {
        let _ = writeln!(out, "  comment: {}", list(&columns.comment));
    }
}

fn write_question(out: &mut String, question: &Question) {
    let _ = writeln!(out, "  - code: {}", name(&question.code));
    if !question.sub.is_empty() {
        let _ = writeln!(out, "    sub: {}", quoted(&question.sub));
    }
    if !question.columns.is_empty() {
        let _ = writeln!(out, "    columns: {}", list(&question.columns));
    }
    if !question.column.is_empty() {
        let _ = writeln!(out, "    column: {}", quoted(&question.column));
    }
    if question.text != question.column {
        let _ = writeln!(out, "    text: {}", quoted(&question.text));
    }
    if let Some(kind) = question.kind {
        let _ = writeln!(out, "    kind: {}", kind.code());
    }
    if let Some(separator) = &question.separator {
        let _ = writeln!(out, "    separator: {}", quoted(separator));
    }
    if !question.options.is_empty() {
        let _ = writeln!(out, "    options: {}", choices(&question.options));
    }
    let _ = writeln!(out, "    metric: {}", question.metric.code());
    let _ = match &question.scale {
        Some(scale) if scale.labels.is_empty() => writeln!(out, "    scale: {}-{}", scale.min, scale.max),
        Some(scale) => writeln!(out, "    scale: {}", list(&scale.labels)),
        None => Ok(()),
    };
}

fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// A code that YAML can only take for text stays bare: `q1`.
fn name(code: &str) -> String {
    let bare = code.starts_with('q') && code.len() > 1 && code[1..].bytes().all(|b| b.is_ascii_digit() || b == b'_');
    if bare { code.to_owned() } else { quoted(code) }
}

/// A YAML scalar that is text whatever is in it. Double quotes with escapes, unless the text has double quotes itself.
fn quoted(text: &str) -> String {
    if text.contains('"') && !text.chars().any(char::is_control) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rules::RawLabel;
    use crate::model::scale::Scale;
    use crate::model::survey_file::{Kind, Metric, RawSurvey, Source};

    fn check(yaml: &str) -> Result<SurveyFile, crate::base::problem::Problems> {
        serde_yaml::from_str::<RawSurvey>(yaml).unwrap().check()
    }

    #[test]
    fn what_is_written_is_read() {
        let question = |code: &str, column: &str, metric, scale| Question { metric, scale, ..Question::plain(code, column) };
        let survey = SurveyFile {
            title: RawLabel { zh: Some("门店 & 服务".into()), en: Some("x".into()) },
            source: Some(Source::Wjx),
            columns: Columns {
                response_id: Some("序号".into()),
                comment: vec!["他说 \"好\" & it's *fine*".into(), "两\n行".into()],
                ..Columns::default()
            },
            questions: vec![
                question("q1", "满意吗: 总体", Metric::Csat, Some(Scale::grades(["差", "好"]))),
                Question { sub: "茶, 水".into(), text: "几星".into(), ..question("q2", "第2题(茶, 水)", Metric::Other, None) },
                question("q3", "推荐", Metric::Nps, Some(Scale::numbers(0, 10))),
                Question {
                    kind: Some(Kind::Multi),
                    separator: Some(", ".into()),
                    options: vec![Choice::named("茶, 热"), Choice::named("1: x")],
                    ..question("q4", "喝什么", Metric::Other, None)
                },
                Question {
                    kind: Some(Kind::Single),
                    options: vec![
                        Choice { code: Some("1".into()), label: "男".into() },
                        Choice { code: Some("02".into()), label: "女".into() },
                    ],
                    columns: vec!["a".into(), "b".into()],
                    ..question("q5", "c", Metric::Other, None)
                },
            ],
            kano: Vec::new(),
            gaps: Vec::new(),
            date_order: Some(DateOrder::DayFirst),
            encoding: Some("gb18030".into()),
            token_key: Some("0f".into()),
        };
        let text = write(&survey, &["来自IP".into()]);
        assert_eq!(check(&text), Ok(survey), "{text}");
        assert_eq!(check(&write(&SurveyFile::default(), &[])).unwrap().questions, []);
    }

    #[test]
    fn options_are_put_in_below_their_question() {
        let options =
            [Choice { code: Some("1".into()), label: "茶".into() }, Choice { code: Some("2".into()), label: "水: \"热\"".into() }];
        let text = "# mine\nquestions:\n  - code: q1\n    column: '1、喝什么 '\n    metric: other\n  - column: \"2\"\n    code: q2\n";
        let put = with_options(text, "1、喝什么 ", &options).unwrap();
        assert!(put.starts_with("# mine\n") && put.contains("喝什么 '\n    options: {"), "{put}");
        let survey = check(&put).unwrap();
        assert_eq!((survey.questions[0].options.as_slice(), survey.questions[1].options.len()), (options.as_slice(), 0));
        // an own list on one line gives way, that of the next question stays
        let again = with_options(&with_options(&put, "2", &options[..1]).unwrap(), "1、喝什么 ", &options[..1]).unwrap();
        let survey = check(&again).unwrap();
        assert_eq!((survey.questions[0].options.len(), survey.questions[1].options.len()), (1, 1));
        assert_eq!(with_options("questions: [{code: q, column: 茶}]", "茶", &options), None);
        assert_eq!(check(&with_token_key("title: {en: x}\n", "ab")).unwrap().token_key.as_deref(), Some("ab"));
    }

    #[test]
    fn the_questionnaires_to_begin_with_are_sound() {
        for (lang, comments) in [(Lang::Zh, "其他建议"), (Lang::En, "Suggestions")] {
            let survey = check(questionnaire(lang)).unwrap();
            assert_eq!((survey.csat_scale().unwrap().points(), survey.columns.comment[1].as_str()), (5, comments));
            assert_eq!(survey.columns.token, survey.columns.response_id);
        }
    }
}
