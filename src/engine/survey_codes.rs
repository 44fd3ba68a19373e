//! What the numbers of an export by number mean: learned from the same responses by name.
//!
//! Platforms write an answer as its option's text or as the option's position. Where the book has a response by name and the file has it by
//! number (or the other way round), each number goes with one option. Numbers that go with two are told, and nothing is guessed.

use std::collections::{BTreeMap, HashMap};

use crate::base::problem::What;
use crate::model::scale::is_blank;
use crate::model::survey::Answer;
use crate::model::survey_choice::{Filled, head};
use crate::model::survey_file::{FilledForm, Kind, Question, Source, SurveyFile};
use crate::model::survey_question::Choice;

/// A survey that knows more than before, and the questions it learned of.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    pub survey: SurveyFile,
    pub questions: Vec<(String, Vec<Choice>)>,
}

/// Whether a question has options whose codes are not known. Where nobody said how it is answered, only platforms that write positions
/// are taken to have written some.
fn is_open(survey: &SurveyFile, question: &Question) -> bool {
    let writes_positions = matches!(survey.source, Some(Source::Wjx | Source::Tencent));
    let has_options = match (&question.scale, question.kind) {
        (Some(scale), _) => !scale.labels.is_empty(),
        (None, Some(kind)) => kind == Kind::Single,
        (None, None) => writes_positions,
    };
    has_options && question.options.iter().all(|choice| choice.code.is_none())
}

pub fn may_learn(survey: &SurveyFile) -> bool {
    survey.questions.iter().any(|question| is_open(survey, question))
}

/// Compares the file's answers with the book's.
///
/// # Errors
/// Numbers that go with different options: it is another survey, or one of the two was changed.
pub fn learn(survey: &SurveyFile, forms: &[FilledForm], present: &[Answer]) -> Result<Learned, What> {
    let mut learned = Learned { survey: survey.clone(), questions: Vec::new() };
    if present.is_empty() {
        return Ok(learned);
    }
    let said: HashMap<(&str, &str, &str), &str> = present
        .iter()
        .map(|answer| ((answer.response.as_str(), answer.question.as_str(), answer.sub.as_str()), answer.raw.as_str()))
        .collect();
    let mut codes: Vec<&str> =
        survey.questions.iter().filter(|question| is_open(survey, question)).map(|question| question.code.as_str()).collect();
    codes.dedup();
    for code in codes {
        let Some(meaning) = meaning(code, &pairs(survey, code, forms, &said))? else { continue };
        let options = with_others(survey, code, meaning);
        for question in learned.survey.questions.iter_mut().filter(|question| question.code == code) {
            question.options.clone_from(&options);
        }
        learned.questions.push((code.to_owned(), options));
    }
    Ok(learned)
}

/// What the book says and what the file says, of all rows of a matrix together.
fn pairs<'a>(
    survey: &SurveyFile,
    code: &str,
    forms: &'a [FilledForm],
    said: &HashMap<(&str, &str, &str), &'a str>,
) -> Vec<(&'a str, &'a str)> {
    let mut pairs = Vec::new();
    for (at, question) in survey.questions.iter().enumerate().filter(|(_, question)| question.code == code) {
        for form in forms {
            let before = said.get(&(form.id.trim(), code, question.sub.as_str()));
            if let (Some(before), Filled::Cell(now)) = (before, &form.answers[at])
                && !is_blank(before)
                && !is_blank(now)
            {
                pairs.push((head(before), head(now)));
            }
        }
    }
    pairs
}

/// Option by number, where one side has numbers alone and the other has words.
fn meaning(code: &str, pairs: &[(&str, &str)]) -> Result<Option<BTreeMap<u32, String>>, What> {
    let numbers = |side: &dyn Fn(&(&str, &str)) -> Option<u32>| pairs.iter().map(side).collect::<Option<Vec<u32>>>();
    let (before, now) = (numbers(&|pair| pair.0.parse().ok()), numbers(&|pair| pair.1.parse().ok()));
    let (numbers, words): (Vec<u32>, Vec<&str>) = match (before, now) {
        (None, Some(now)) => (now, pairs.iter().map(|pair| pair.0).collect()),
        (Some(before), None) => (before, pairs.iter().map(|pair| pair.1).collect()),
        _ => return Ok(None),
    };
    let (mut by_number, mut by_word) = (BTreeMap::new(), HashMap::new());
    for (number, word) in numbers.into_iter().zip(words) {
        let known = by_number.entry(number).or_insert_with(|| word.to_owned()).clone();
        let back = *by_word.entry(word).or_insert(number);
        if known != word || back != number {
            return Err(contradiction(code, number, &known, word));
        }
    }
    Ok(Some(by_number))
}

fn contradiction(code: &str, number: u32, one: &str, other: &str) -> What {
    let zh = format!(
        "{code}: 序号 {number} 既对应“{one}”又对应“{other}”,与账本里同编号的答卷不符;请确认是同一份问卷,或在 survey.yaml 中写明 options"
    );
    let en = format!(
        "{code}: the number {number} stands for \"{one}\" and for \"{other}\" by the responses of the same ids; is it the same survey? \
         Else give `options` in survey.yaml"
    );
    What::Usage { message: [zh, en] }
}

/// The options with their numbers, and those nobody chose, which have none.
fn with_others(survey: &SurveyFile, code: &str, meaning: BTreeMap<u32, String>) -> Vec<Choice> {
    let mut options: Vec<Choice> = meaning.into_iter().map(|(number, label)| Choice { code: Some(number.to_string()), label }).collect();
    let listed = survey.questions.iter().filter(|question| question.code == code).flat_map(|question| &question.options);
    for choice in listed {
        if !options.iter().any(|known| known.label == choice.label) {
            options.push(Choice { code: Some(choice.label.clone()), label: choice.label.clone() });
        }
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;

    fn answer(response: &str, raw: &str) -> Answer {
        let (survey, question) = ("s".to_owned(), "q".to_owned());
        Answer { survey, response: Id::made(response.into()), question, sub: String::new(), value: None, raw: raw.into() }
    }

    fn form(id: &str, raw: &str) -> FilledForm {
        let blank = String::new;
        FilledForm {
            row: 0,
            id: id.into(),
            customer: blank(),
            request: blank(),
            phone: blank(),
            email: blank(),
            token: blank(),
            submitted_at: None,
            channel: blank(),
            comment: blank(),
            answers: vec![Filled::Cell(raw.into())],
        }
    }

    fn learned(book: &[(&str, &str)], file: &[(&str, &str)]) -> Result<Vec<String>, What> {
        let question = Question { kind: Some(Kind::Single), options: vec![Choice::named("八部")], ..Question::plain("q", "q") };
        let survey = SurveyFile { questions: vec![question], ..SurveyFile::default() };
        let present: Vec<Answer> = book.iter().map(|(id, raw)| answer(id, raw)).collect();
        let forms: Vec<FilledForm> = file.iter().map(|(id, raw)| form(id, raw)).collect();
        let options = learn(&survey, &forms, &present)?.questions;
        Ok(options.into_iter().flat_map(|(_, options)| options).map(|c| format!("{}={}", c.code.unwrap_or_default(), c.label)).collect())
    }

    #[test]
    fn numbers_are_learned_in_either_order() {
        let (words, numbers) =
            ([("1", "一部"), ("2", "其他〖三部〗"), ("3", "一部"), ("4", "(跳过)")], [("1", "1"), ("2", "9"), ("3", "1"), ("4", "-3")]);
        let wanted = ["1=一部", "9=其他", "八部=八部"].map(str::to_owned).to_vec();
        assert_eq!(learned(&words, &numbers), Ok(wanted.clone()));
        assert_eq!(learned(&numbers, &words), Ok(wanted));
        // other responses teach nothing, nor do words of words or numbers of numbers
        for (book, file) in [(&words, &words), (&numbers, &numbers)] {
            assert_eq!(learned(book, file), Ok(Vec::new()));
        }
        assert_eq!(learned(&words, &[("7", "1")]), Ok(Vec::new()));
    }

    #[test]
    fn what_does_not_agree_is_told_and_not_guessed() {
        assert!(learned(&[("1", "一部"), ("2", "两部")], &[("1", "1"), ("2", "1")]).is_err());
        assert!(learned(&[("1", "一部"), ("2", "一部")], &[("1", "1"), ("2", "2")]).is_err());
    }
}
