//! What the user said about a questionnaire's columns: `--map customer=会员号`, `--map nps=Q5`.

use super::mapping::{Wish, Wishes};
use super::survey::column_of;
use crate::base::problem::{Problems, What};
use crate::model::scale::{Scale, detect};
use crate::model::survey_file::{Metric, Question, SurveyFile};
use crate::model::vocabulary::Code;

/// Puts the wishes over a survey. `values` gives a column's answers, for the scale of a question that has none yet.
///
/// # Errors
/// A field or column that does not exist, a score without a scale.
pub fn apply(survey: &mut SurveyFile, wishes: &Wishes, headers: &[String], values: &dyn Fn(usize) -> Vec<String>) -> Result<(), Problems> {
    let mut wrong = Problems::new();
    for (field, wish) in &wishes.0 {
        let Wish::Column(column) = wish else {
            let message = [format!("--map {field}==… 问卷不支持固定值"), format!("--map {field}==…: a survey takes no constants")];
            wrong.push(What::Usage { message }.into());
            continue;
        };
        let numbered = column.strip_prefix('#').and_then(|n| n.parse::<usize>().ok()).filter(|n| (1..=headers.len()).contains(n));
        let Some(at) = numbered.map(|n| n - 1).or_else(|| column_of(headers, column)) else {
            wrong.push(What::UnknownField { name: column.clone(), allowed: headers.to_vec() }.into());
            continue;
        };
        if let Err(what) = put(survey, field, &headers[at], &|| values(at)) {
            wrong.push(what.into());
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn put(survey: &mut SurveyFile, field: &str, header: &str, values: &dyn Fn() -> Vec<String>) -> Result<(), What> {
    if let Some(metric) = Metric::from_text(field) {
        return measure(survey, metric, header, values);
    }
    if field == "comment" {
        release(survey, header);
        survey.columns.comment.push(header.to_owned());
        return Ok(());
    }
    release(survey, header);
    if let Some(single) = survey.columns.single_mut(field) {
        *single = Some(header.to_owned());
        return Ok(());
    }
    let singles = survey.columns.singles().map(|(code, _)| code.to_owned());
    let metrics = Metric::ALL.iter().map(|metric| metric.code().to_owned());
    let allowed = singles.into_iter().chain(std::iter::once("comment".to_owned())).chain(metrics).collect();
    Err(What::UnknownField { name: field.to_owned(), allowed })
}

/// A column has one use.
fn release(survey: &mut SurveyFile, header: &str) {
    survey.questions.retain(|question| question.column != header);
    survey.columns.comment.retain(|name| name != header);
    for (code, _) in survey.columns.clone().singles() {
        if let Some(single) = survey.columns.single_mut(code).filter(|single| single.as_deref() == Some(header)) {
            *single = None;
        }
    }
}

fn measure(survey: &mut SurveyFile, metric: Metric, header: &str, values: &dyn Fn() -> Vec<String>) -> Result<(), What> {
    let present = survey.questions.iter().position(|question| question.column == header);
    let known = present.and_then(|at| survey.questions[at].scale.clone());
    let met = || detect(values().iter().map(String::as_str)).map(|found| found.scale);
    let scale = match metric {
        Metric::Nps => Some(Scale::numbers(0, 10)),
        Metric::Other => known,
        Metric::Csat | Metric::Ces => Some(known.or_else(met).ok_or_else(|| no_scale(metric, header))?),
    };
    match present {
        Some(at) => {
            let question = &mut survey.questions[at];
            (question.metric, question.scale) = (metric, scale);
            // a scored question has one answer
            question.kind = question.kind.filter(|_| metric == Metric::Other || !question.is_several());
        }
        None => {
            release(survey, header);
            let free = |code: &String| survey.questions.iter().all(|question| question.code != *code);
            let code = (1..=survey.questions.len() + 1).map(|n| format!("q{n}")).find(free);
            survey.questions.push(Question { metric, scale, ..Question::plain(code.unwrap_or_default(), header) });
        }
    }
    Ok(())
}

fn no_scale(metric: Metric, header: &str) -> What {
    let code = metric.code();
    let zh = format!("“{header}” 的回答看不出量表,不能作 {code};请在 survey.yaml 中写明 scale");
    let en = format!("the answers to \"{header}\" show no scale, so it cannot be {code}; give its scale in survey.yaml");
    What::Usage { message: [zh, en] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_one_use() {
        let headers = ["nr", "who", "how", "why"].map(str::to_owned);
        let mut survey = SurveyFile::default();
        survey.columns.comment = vec!["how".into(), "why".into()];
        survey.columns.response_id = Some("who".into());
        let words = ["customer=who", "nps=#3", "response_id=nr"].map(str::to_owned);
        let values = |_| vec!["4".to_owned()];
        apply(&mut survey, &Wishes::parse(&words).unwrap(), &headers, &values).unwrap();
        assert_eq!((survey.columns.customer.as_deref(), survey.columns.response_id.as_deref()), (Some("who"), Some("nr")));
        assert_eq!((survey.columns.comment.as_slice(), survey.questions[0].metric), (["why".to_owned()].as_slice(), Metric::Nps));
        let wrong =
            |word: &str| apply(&mut SurveyFile::default(), &Wishes::parse(&[word.to_owned()]).unwrap(), &headers, &|_| vec!["red".into()]);
        for word in ["mood=how", "customer=nobody", "csat=how", "csat==5"] {
            assert_eq!(wrong(word).unwrap_err().len(), 1, "{word}");
        }
    }
}
