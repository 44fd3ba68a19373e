//! Responses of a survey: read against their scales, linked to the archive, taken over once.

use std::borrow::Cow;
use std::collections::HashMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::import::Tally;
use crate::base::id::Id;
use crate::base::problem::What;
use crate::base::text::{fold_email, fold_phone};
use crate::engine::survey_tokens::{Lost, Tokens, Whom, folded};
use crate::model::cell::Score;
use crate::model::customer::Customer;
use crate::model::draft::Draft;
use crate::model::record::Record;
use crate::model::scale::{self, Scale};
use crate::model::survey::{Answer, Response};
use crate::model::survey_choice::{Filled, chosen, says_the_same};
use crate::model::survey_file::{FilledForm, Metric, Question, Source, SurveyFile};

/// Shortest phone that identifies somebody.
const PHONE_DIGITS: usize = 7;

/// A form whose scores are sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    form: FilledForm,
    /// By the survey's questions.
    values: Vec<Option<Score>>,
}

/// What is wrong with a form.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// The answer to this question, by its position.
    Answer(usize, What),
    /// The response's id.
    Id(What),
}

/// Reads the answers of every form on their scales. A wrong score refuses its form; a question that is not
/// scored refuses nothing. A second form with the id of another is refused unless it says the same.
pub fn read(survey: &SurveyFile, forms: Vec<FilledForm>) -> (Vec<Taken>, Vec<(usize, Vec<Fault>)>) {
    let mut taken: Vec<Taken> = Vec::new();
    let mut refused = Vec::new();
    let mut first: HashMap<String, usize> = HashMap::new();
    for form in forms.into_iter().map(|form| coded(survey, form)) {
        let mut faults: Vec<Fault> = Id::parse(&form.id).err().map(Fault::Id).into_iter().collect();
        let values = values(survey, &form, &mut faults);
        let before = first.get(&form.id).map(|at| &taken[*at].form);
        if before.is_some_and(|before| FilledForm { row: form.row, ..before.clone() } != form) {
            faults.push(Fault::Id(What::DuplicateId { table: "responses", id: form.id.clone(), first: String::new() }));
        }
        if faults.is_empty() {
            first.entry(form.id.clone()).or_insert(taken.len());
            taken.push(Taken { form, values });
        } else {
            refused.push((form.row, faults));
        }
    }
    (taken, refused)
}

/// Where the code of our own questionnaire is the response's id, it is the same id however it was typed.
fn coded(survey: &SurveyFile, form: FilledForm) -> FilledForm {
    let is_code = survey.token_key.is_some() && !form.token.is_empty() && form.id == form.token;
    match folded(&form.token).filter(|_| is_code) {
        Some(id) => FilledForm { token: id.clone(), id, ..form },
        None => form,
    }
}

fn values(survey: &SurveyFile, form: &FilledForm, faults: &mut Vec<Fault>) -> Vec<Option<Score>> {
    let mut values = Vec::with_capacity(survey.questions.len());
    for (at, (question, filled)) in survey.questions.iter().zip(&form.answers).enumerate() {
        let Filled::Cell(raw) = filled else {
            values.push(None);
            continue;
        };
        let read = question.scale.as_ref().map_or(Ok(None), |scale| scale.read(&in_words(question, scale, raw)));
        // an NPS answer is a whole number, and its column holds nothing else
        let whole = |score: Score| score.0.is_integer() || question.metric != Metric::Nps;
        values.push(match read {
            Ok(Some(score)) if !whole(score) => {
                faults.push(Fault::Answer(at, What::BadNumber { value: raw.clone() }));
                None
            }
            Ok(score) => score,
            Err(what) => {
                if question.metric != Metric::Other {
                    faults.push(Fault::Answer(at, what));
                }
                None
            }
        });
    }
    values
}

/// What an export by number means: the option of this code, where the grades are words.
fn in_words<'a>(question: &'a Question, scale: &Scale, raw: &'a str) -> Cow<'a, str> {
    let coded = || question.options.iter().find(|choice| choice.code.as_deref() == Some(raw.trim()));
    let named = if scale.labels.is_empty() { None } else { coded() };
    named.map_or(Cow::Borrowed(raw), |choice| Cow::Borrowed(choice.label.as_str()))
}

/// Takes the forms over. `strangers` are those that no customer could be found for; they are kept all the same.
/// Tokens that lead nowhere are told with their rows.
pub fn import(draft: &mut Draft, name: &str, survey: &SurveyFile, taken: &[Taken]) -> (Tally, Vec<(usize, Lost)>) {
    let mut tally = Tally::default();
    let (links, lost) = links(draft, name, survey, taken);
    let mut present = Present::of(draft);
    for (taken, link) in taken.iter().zip(links) {
        let mut response = response(name, survey, taken);
        (response.customer, response.request) = link;
        let answered = present.remove(response.id.as_str());
        let linked = take(draft, survey, response, answers(name, survey, taken), &answered, &mut tally);
        tally.strangers += usize::from(!linked);
    }
    (tally, lost)
}

/// Customer and request of each form: by the token of our own questionnaire, else by what the form says.
#[expect(clippy::type_complexity, reason = "two lists, each of pairs")]
fn links(draft: &Draft, name: &str, survey: &SurveyFile, taken: &[Taken]) -> (Vec<(Option<Id>, Option<Id>)>, Vec<(usize, Lost)>) {
    let directory = Directory::of(draft.customers.iter());
    let tokens = survey.token_key.as_deref().filter(|_| taken.iter().any(|taken| !taken.form.token.is_empty()));
    let tokens = tokens.map(|key| Tokens::of(key, name, draft.customers.iter().map(|c| &c.id), draft.requests.iter().map(|r| &r.id)));
    let mut lost = Vec::new();
    let link = |taken: &Taken| {
        let form = &taken.form;
        let told = tokens.as_ref().filter(|_| !form.token.is_empty()).map(|tokens| tokens.find(&form.token));
        let by_token = match told {
            Some(Ok(whom)) => Some(whom),
            Some(Err(why)) => {
                lost.push((form.row, why));
                None
            }
            None => None,
        };
        let request = match by_token {
            Some(Whom::Request(id)) => Some(id.clone()),
            _ => Id::parse(&form.request).ok().filter(|id| draft.requests.get(id.as_str()).is_some()),
        };
        let customer = match by_token {
            Some(Whom::Customer(id)) => Some(directory.standing(id)),
            Some(Whom::Request(id)) => {
                draft.requests.get(id.as_str()).and_then(|request| request.customer.as_ref()).map(|id| directory.standing(id))
            }
            None => directory.find(form),
        };
        (customer, request)
    };
    let links = taken.iter().map(link).collect();
    (links, lost)
}

/// The keys of the answers that responses of the book have.
struct Present(HashMap<String, Vec<String>>);

impl Present {
    fn of(draft: &Draft) -> Present {
        let mut keys: HashMap<String, Vec<String>> = HashMap::new();
        for answer in draft.answers.iter().filter(|answer| !answer.raw.is_empty()) {
            keys.entry(answer.response.to_string()).or_default().push(answer.key());
        }
        Present(keys)
    }

    fn remove(&mut self, response: &str) -> Vec<String> {
        self.0.remove(response).unwrap_or_default()
    }
}

/// One response: new, changed or unchanged. Says whether its customer is known.
fn take(
    draft: &mut Draft,
    survey: &SurveyFile,
    mut response: Response,
    answers: Vec<Answer>,
    answered: &[String],
    tally: &mut Tally,
) -> bool {
    let id = response.id.to_string();
    let Some(present) = draft.responses.get(&id).cloned() else {
        let linked = response.customer.is_some();
        response.batch = draft.batch_id();
        draft.responses.insert_batched(response);
        for answer in answers {
            draft.answers.insert_batched(answer);
        }
        tally.new += 1;
        return linked;
    };
    keep_links(&mut response, &present);
    let linked = response.customer.is_some();
    let locale = draft.locale();
    let mut changed = present.row(&locale) != response.row(&locale);
    if changed && let Some(present) = draft.responses.edit(&id) {
        *present = response;
    }
    changed |= restate(draft, survey, answers, answered);
    if changed {
        tally.updated += 1;
    } else {
        tally.unchanged += 1;
    }
    linked
}

/// What the file does not say never erases what is known: links may have been made by hand.
fn keep_links(response: &mut Response, present: &Response) {
    response.customer = response.customer.take().or_else(|| present.customer.clone());
    response.request = response.request.take().or_else(|| present.request.clone());
    response.submitted_at = response.submitted_at.or(present.submitted_at);
    if response.channel.is_empty() {
        response.channel.clone_from(&present.channel);
    }
    response.batch.clone_from(&present.batch);
    response.follow_up.clone_from(&present.follow_up);
}

/// Whether an answer is the one that is there, by name here and by number there.
fn is_unchanged(survey: &SurveyFile, present: &Answer, answer: &Answer) -> bool {
    let is_asked = |question: &&Question| question.code == answer.question && (question.is_several() || question.sub == answer.sub);
    let same = |question: &Question| says_the_same(question, &answer.sub, &present.raw, &answer.raw);
    present.value == answer.value && survey.questions.iter().find(is_asked).is_some_and(same)
}

/// The answers of a response as the file states them now; one that was taken back stays as a blank row.
fn restate(draft: &mut Draft, survey: &SurveyFile, answers: Vec<Answer>, answered: &[String]) -> bool {
    let stated: Vec<String> = answers.iter().map(Record::key).collect();
    let mut changed = false;
    for (key, answer) in stated.iter().zip(answers) {
        if draft.answers.get(key).is_some_and(|present| is_unchanged(survey, present, &answer)) {
            continue;
        }
        changed = true;
        match draft.answers.edit(key) {
            Some(present) => *present = answer,
            None => draft.answers.insert_batched(answer),
        }
    }
    for key in answered.iter().filter(|key| !stated.contains(key)) {
        if let Some(answer) = draft.answers.edit(key) {
            (answer.raw, answer.value) = (String::new(), None);
            changed = true;
        }
    }
    changed
}

fn response(name: &str, survey: &SurveyFile, taken: &Taken) -> Response {
    let score = |metric: Metric| {
        let main = survey.questions.iter().position(|question| question.metric == metric)?;
        taken.values[main]
    };
    Response {
        id: Id::made(taken.form.id.trim().to_owned()),
        survey: name.to_owned(),
        customer: None,
        request: None,
        submitted_at: taken.form.submitted_at,
        channel: taken.form.channel.clone(),
        csat: score(Metric::Csat),
        nps: score(Metric::Nps).and_then(|score| score.0.to_u32()),
        ces: score(Metric::Ces),
        index: index(survey, &taken.values),
        comment: taken.form.comment.clone(),
        batch: String::new(),
        follow_up: None,
    }
}

/// The mean index of the answered questions of satisfaction and recommendation, to two decimals. Effort is left
/// out: whether much is good depends on how it was asked.
fn index(survey: &SurveyFile, values: &[Option<Score>]) -> Option<Score> {
    let of = |(question, value): (&Question, &Option<Score>)| {
        let counts = matches!(question.metric, Metric::Csat | Metric::Nps);
        Some(question.scale.as_ref().filter(|_| counts)?.index((*value)?).0)
    };
    let indexes: Vec<Decimal> = survey.questions.iter().zip(values).filter_map(of).collect();
    let n = Decimal::from(indexes.len());
    (!indexes.is_empty()).then(|| Score((indexes.iter().sum::<Decimal>() / n).round_dp(2).normalize()))
}

fn answers(name: &str, survey: &SurveyFile, taken: &Taken) -> Vec<Answer> {
    let mut out = Vec::new();
    // 问卷星 by number writes -3 and -2 where it writes (跳过) by text
    let is_passed = |raw: &str| scale::is_skipped(raw) || (survey.source == Some(Source::Wjx) && matches!(raw.trim(), "-3" | "-2"));
    for (question, (filled, value)) in survey.questions.iter().zip(taken.form.answers.iter().zip(&taken.values)) {
        let mut answer = |sub: String, value: Option<Score>, raw: String| {
            let response = Id::made(taken.form.id.trim().to_owned());
            out.push(Answer { survey: name.to_owned(), response, question: question.code.clone(), sub, value, raw });
        };
        match filled {
            _ if question.is_several() => {
                for chosen in chosen(question, filled) {
                    answer(chosen.sub, chosen.rank, chosen.raw);
                }
            }
            Filled::Cell(raw) if !is_passed(raw) => answer(question.sub.clone(), *value, raw.clone()),
            Filled::Cell(_) | Filled::Options(_) => {}
        }
    }
    out
}

/// The archive by what a form may say of a customer.
struct Directory<'a> {
    ids: HashMap<&'a str, &'a Customer>,
    phones: HashMap<String, Vec<&'a Customer>>,
    emails: HashMap<String, Vec<&'a Customer>>,
}

/// Each once, also where several that were merged into one had the same phone.
fn reached<'a>(list: &mut Vec<&'a Customer>, customer: &'a Customer) {
    if !list.iter().any(|known| known.id == customer.id) {
        list.push(customer);
    }
}

impl<'a> Directory<'a> {
    fn of(customers: impl Iterator<Item = &'a Customer> + Clone) -> Directory<'a> {
        let mut directory = Directory { ids: HashMap::new(), phones: HashMap::new(), emails: HashMap::new() };
        for customer in customers.clone() {
            directory.ids.insert(customer.id.as_str(), customer);
        }
        for customer in customers {
            // a merged customer's phone reaches whoever it went into
            let stands = directory.survivor(customer);
            if !stands.is_active() {
                continue;
            }
            let phone = fold_phone(&customer.phone);
            if phone.len() >= PHONE_DIGITS {
                reached(directory.phones.entry(phone).or_default(), stands);
            }
            if customer.email.contains('@') {
                reached(directory.emails.entry(fold_email(&customer.email)).or_default(), stands);
            }
        }
        directory
    }

    /// The id of the customer whom this one counts for.
    fn standing(&self, id: &Id) -> Id {
        self.ids.get(id.as_str()).map_or_else(|| id.clone(), |customer| self.survivor(customer).id.clone())
    }

    /// By id, else by phone, else by email; what fits two customers fits none.
    fn find(&self, form: &FilledForm) -> Option<Id> {
        let only = |found: Option<&Vec<&Customer>>| match found.map(Vec::as_slice) {
            Some([one]) => Some(one.id.clone()),
            _ => None,
        };
        let by_id = || self.ids.get(form.customer.as_str()).map(|customer| self.survivor(customer).id.clone());
        by_id().or_else(|| only(self.phones.get(&fold_phone(&form.phone)))).or_else(|| only(self.emails.get(&fold_email(&form.email))))
    }

    /// The customer into whom a merged one went.
    fn survivor(&self, customer: &'a Customer) -> &'a Customer {
        let mut at = customer;
        // as many steps as there are customers: a circle made by hand ends too
        for _ in 0..self.ids.len() {
            match at.merged_into.as_ref().filter(|_| !at.is_active()).and_then(|id| self.ids.get(id.as_str())) {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::{RawSettings, Settings};
    use crate::model::survey_file::RawSurvey;

    const SURVEY: &str = "questions:
- {code: all, column: a, metric: csat, scale: [差, 中, 好]}
- {code: nps, column: b, metric: nps, scale: 0-10}
- {code: way, column: c, scale: 1-5}";

    fn survey() -> SurveyFile {
        serde_yaml::from_str::<RawSurvey>(SURVEY).unwrap().check().unwrap()
    }

    fn draft() -> Draft {
        let raw: RawSettings = serde_yaml::from_str("{format: 1}").unwrap();
        Draft::new(Settings::try_from(raw).unwrap(), 7)
    }

    fn form(id: &str, answers: [&str; 3]) -> FilledForm {
        FilledForm {
            row: 0,
            id: id.into(),
            customer: String::new(),
            request: String::new(),
            phone: String::new(),
            email: String::new(),
            token: String::new(),
            submitted_at: None,
            channel: String::new(),
            comment: String::new(),
            answers: answers.map(|raw| Filled::Cell(raw.to_owned())).to_vec(),
        }
    }

    fn import_all(draft: &mut Draft, forms: Vec<FilledForm>) -> Tally {
        let (taken, refused) = read(&survey(), forms);
        assert_eq!(refused, []);
        import(draft, "s", &survey(), &taken).0
    }

    #[test]
    fn scores_stand_on_their_own_scales() {
        let mut draft = draft();
        let tally = import_all(&mut draft, vec![form("1", ["好", "9", "often"]), form("2", ["", "（跳过）", ""])]);
        assert_eq!((tally.new, tally.strangers, draft.answers.iter().count()), (2, 2, 3));
        let response = draft.responses.get("1").unwrap();
        assert_eq!((response.csat, response.nps, response.index), (Some(Score(3.into())), Some(9), Some(Score(95.into()))));
        assert_eq!((draft.answers.get("1 way ").unwrap().value, draft.answers.get("1 way ").unwrap().raw.as_str()), (None, "often"));
        assert_eq!((draft.responses.get("2").unwrap().index, response.batch.as_str()), (None, "B7"));
        let again = import_all(&mut draft, vec![form("1", ["好", "9", "often"])]);
        assert_eq!(again.unchanged, 1);
        let changed = import_all(&mut draft, vec![form("1", ["好", "", "often"])]);
        assert_eq!((changed.updated, draft.answers.get("1 nps ").unwrap().raw.as_str()), (1, ""));
        assert_eq!(import_all(&mut draft, vec![form("1", ["好", "", "often"])]).unchanged, 1);
    }

    #[test]
    fn wrong_scores_refuse_the_form() {
        let forms =
            vec![form("1", ["好", "11", ""]), form("2", ["棒", "-1", "99"]), form("3", ["好", "7.5", ""]), form("-4", ["", "", ""])];
        let (taken, refused) = read(&survey(), forms);
        assert!(taken.is_empty());
        assert!(matches!(refused[0].1[..], [Fault::Answer(1, What::OutOfRange { .. })]));
        assert!(matches!(refused[1].1[..], [Fault::Answer(0, What::UnknownCode { .. }), Fault::Answer(1, What::OutOfRange { .. })]));
        assert!(matches!(refused[2].1[..], [Fault::Answer(1, What::BadNumber { .. })]));
        assert!(matches!(refused[3].1[..], [Fault::Id(_)]));
        let (taken, refused) = read(&survey(), vec![form("1", ["好", "", ""]), form("1", ["好", "", ""]), form("1", ["差", "", ""])]);
        assert_eq!((taken.len(), refused.len()), (2, 1));
    }

    #[test]
    fn a_code_that_is_the_id_is_one_however_it_is_typed() {
        let code = crate::engine::survey_tokens::token("key", "s", &Whom::Customer(Id::made("C1".into())));
        let typed = |text: String| FilledForm { token: text.clone(), ..form(&text, ["好", "9", ""]) };
        let all = || vec![typed(code.clone()), typed(code.to_lowercase()), typed(code.replace('-', ""))];
        let own = SurveyFile { token_key: Some("key".into()), ..survey() };
        let ids = |survey: &SurveyFile| read(survey, all()).0.into_iter().map(|taken| taken.form.id == code).collect::<Vec<_>>();
        assert_eq!((ids(&own), ids(&survey())), (vec![true; 3], vec![true, false, false]));
    }

    #[test]
    fn customers_are_found_where_they_are_unmistakable() {
        let mut draft = draft();
        for (id, phone, email) in
            [("C1", "13800138000", "a@x.cn"), ("C2", "138 0013 8001", ""), ("C3", "13800138001", "A@X.CN"), ("C4", "1", "d@x.cn")]
        {
            let mut customer = Customer::new(Id::made(id.into()), String::new());
            (customer.phone, customer.email) = (phone.into(), email.into());
            draft.customers.insert(customer);
        }
        let merged = draft.customers.edit("C4").unwrap();
        (merged.status, merged.merged_into) = (Some(crate::model::customer::CustomerStatus::Merged), Some(Id::made("C1".into())));
        let directory = Directory::of(draft.customers.iter());
        let find = |customer: &str, phone: &str, email: &str| {
            let form = FilledForm { customer: customer.into(), phone: phone.into(), email: email.into(), ..form("1", ["", "", ""]) };
            directory.find(&form).map(|id| id.to_string())
        };
        assert_eq!(find("C2", "", ""), Some("C2".into()));
        assert_eq!(find("C4", "", ""), Some("C1".into()));
        // an address that only a merged customer has reaches whoever that one went into
        assert_eq!(find("", "", "d@x.cn"), Some("C1".into()));
        assert_eq!(find("C9", "+86 138 0013 8000", ""), Some("C1".into()));
        assert_eq!((find("", "13800138001", ""), find("", "", "a@x.cn"), find("", "", "")), (None, None, None));
    }
}
