//! `survey show`: a survey's scores as a whole, or looked at from one side.

use std::collections::{HashMap, HashSet};

use super::survey::described;
use crate::base::id::Id;
use crate::base::lang::Lang;
use crate::base::period::Period;
use crate::base::problem::{Problem, What};
use crate::base::text::fold_key;
use crate::cli::archive;
use crate::cli::error::{Exit, Failure};
use crate::cli::session::Session;
use crate::engine::survey::groups::{Step, by, trend};
use crate::engine::survey::questions::Given;
use crate::engine::survey::{Summary, comments, drivers, pairs, summary, within};
use crate::model::customer::Customer;
use crate::model::merged::Merged;
use crate::model::request::Request;
use crate::model::survey::{Answer, Response};
use crate::model::survey_file::{Question, SurveyFile};
use crate::view::format::Format;
use crate::view::grid::Grid;
use crate::view::present;
use crate::view::present::survey_analysis as analysis;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of the command line, of which one may be on")]
pub struct ShowArgs {
    /// The survey's name
    pub name: String,
    /// Only responses of this period
    #[arg(short, long)]
    pub period: Option<String>,
    /// Scores by staff, category, tier, region, period, channel, or the answers to a question
    #[arg(long, value_name = "WHAT", group = "side")]
    pub by: Option<String>,
    /// Scores by month or quarter
    #[arg(long, value_name = "STEP", group = "side")]
    pub trend: Option<String>,
    /// Every option and grade of every question, with its share
    #[arg(long, group = "side")]
    pub choices: bool,
    /// What low scores go with
    #[arg(long, group = "side")]
    pub drivers: bool,
    /// Comments by theme, low scores first
    #[arg(long, group = "side")]
    pub comments: bool,
    /// KANO and expectation against what was found, where survey.yaml declares pairs
    #[arg(long, group = "side")]
    pub pairs: bool,
    /// The response rate and who did not answer, of those asked: closed (requests), revisits, or a file that lists them
    #[arg(long, value_name = "WHO", group = "side")]
    pub rate: Option<String>,
}

/// What one survey says, in a period.
pub struct Sheet<'a> {
    pub survey: &'a SurveyFile,
    pub responses: &'a [&'a Response],
    pub given: &'a Given<'a>,
}

pub fn run(args: &ShowArgs, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let period = args.period.as_deref().map(|text| Period::parse(text, session.today)).transpose()?;
    let survey = described(&args.name, session)?;
    let book = session.book()?;
    let mut responses: Vec<Response> = book.of_survey(&args.name)?;
    let answers: Vec<Answer> = book.of_survey(&args.name)?;
    let merged = archive::merged(book)?;
    merged.lead(responses.iter_mut().filter_map(|response| response.customer.as_mut()));
    let kept = within(&responses, period, book.settings.zone);
    let given = Given::of(&survey, &kept, &answers);
    let sheet = Sheet { survey: &survey, responses: &kept, given: &given };
    if let Some(what) = &args.by {
        return groups(what, &sheet, &merged, session);
    }
    if let Some(step) = &args.trend {
        return over_time(step, &sheet, session);
    }
    if let Some(who) = &args.rate {
        return super::survey_rate::run(who, &args.name, &sheet, &merged, period, session);
    }
    if args.drivers || args.comments || args.pairs {
        return side(args, &sheet, session);
    }
    let summary = summary(&survey, &responses, &answers, period, book.settings.zone);
    whole(args, &survey, period, &summary, session)
}

/// What low scores go with, what people say, or pairs of questions.
fn side(args: &ShowArgs, sheet: &Sheet<'_>, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let Sheet { survey, responses, given } = sheet;
    let lang = session.lang;
    if args.drivers {
        let outcome = drivers::outcome(survey);
        let found = drivers::drivers(survey, responses, given);
        session.print(&analysis::drivers(outcome.map(|question| question.code.as_str()), &found, lang))?;
        session.say(&present::survey_show::drivers_line(outcome, lang));
    } else if args.comments {
        let rules = session.book()?.comment_rules()?.rules;
        let found = comments::themes(responses, &rules);
        session.print(&analysis::themes(&found, &rules, lang))?;
        session.say(&analysis::themes_line(&found, &rules, lang));
    } else {
        let (kano, gaps) = (pairs::kano(survey, given), pairs::gaps(survey, given));
        session.print(&analysis::pairs(&kano, &gaps, lang).without_blank_columns())?;
    }
    Ok(Exit::Done)
}

fn over_time(step: &str, sheet: &Sheet<'_>, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let step = match step {
        "month" | "月" => Step::Month,
        "quarter" | "季度" | "季" => Step::Quarter,
        other => return Err(unknown(other, &["month", "quarter"], "--trend")),
    };
    let found = trend(sheet.survey, sheet.responses, step, session.book()?.settings.zone);
    let lang = session.lang;
    print(&analysis::groups("carebook.survey_trend.v1", lang.pick("时间", "Time"), &found, lang), session)
}

/// Every question, or every option and grade of them.
fn whole(
    args: &ShowArgs,
    survey: &SurveyFile,
    period: Option<Period>,
    summary: &Summary,
    session: &mut Session<'_>,
) -> Result<Exit, Failure> {
    let lang = session.lang;
    if args.choices {
        let labels = |question: &Question| question.scale.as_ref().map(|scale| scale.labels.clone());
        let labels: Vec<Option<Vec<String>>> = survey.questions.iter().map(labels).collect();
        session.print(&analysis::choices(summary, &labels, lang))?;
        return Ok(Exit::Done);
    }
    match session.format(Format::Table) {
        Format::Json if session.flags.fields.is_empty() && session.flags.json.as_deref().is_none_or(str::is_empty) => {
            session.print_json(&present::survey::json(&args.name, period, summary))?;
        }
        Format::Table => {
            let text = present::survey_show::text(&args.name, survey, period, summary, lang);
            session.print_text(&text)?;
        }
        _ => session.print(&present::survey::by_question(summary, lang))?,
    }
    Ok(Exit::Done)
}

fn unknown(typed: &str, allowed: &[&str], flag: &'static str) -> Failure {
    let allowed = allowed.iter().map(|name| (*name).to_owned()).collect();
    Problem::error(What::UnknownName { name: typed.to_owned(), allowed }).field(flag).into()
}

/// What responses may be grouped by.
enum Dimension<'a> {
    Staff,
    Category,
    Tier,
    Region,
    Period,
    Channel,
    Question(&'a Question),
}

impl<'a> Dimension<'a> {
    /// A dimension as typed; a question by its code, its column or its text.
    fn parse(typed: &str, survey: &'a SurveyFile) -> Result<Dimension<'a>, Failure> {
        let key = fold_key(typed);
        Ok(match key.as_str() {
            "staff" | "handler" | "员工" | "处理人" => Dimension::Staff,
            "category" | "类别" => Dimension::Category,
            "tier" | "等级" => Dimension::Tier,
            "region" | "地区" => Dimension::Region,
            "period" | "quarter" | "时间" | "季度" => Dimension::Period,
            "channel" | "渠道" => Dimension::Channel,
            _ => {
                let is = |question: &&Question| {
                    [&question.code, &question.name(), &question.column, &question.text].iter().any(|name| fold_key(name) == key)
                };
                let found = survey.questions.iter().find(is);
                let names: Vec<String> = survey.questions.iter().map(Question::name).collect();
                let fixed = ["staff", "category", "tier", "region", "period", "channel"];
                let allowed: Vec<&str> = fixed.into_iter().chain(names.iter().map(String::as_str)).collect();
                Dimension::Question(found.ok_or_else(|| unknown(typed, &allowed, "--by"))?)
            }
        })
    }

    fn label(&self, lang: Lang) -> String {
        match self {
            Dimension::Staff => lang.pick("处理人", "Handler").into(),
            Dimension::Category => lang.pick("诉求类别", "Category").into(),
            Dimension::Tier => lang.pick("等级", "Tier").into(),
            Dimension::Region => lang.pick("地区", "Region").into(),
            Dimension::Period => lang.pick("季度", "Quarter").into(),
            Dimension::Channel => lang.pick("渠道", "Channel").into(),
            Dimension::Question(question) => crate::base::text::one_line(&question.text),
        }
    }
}

fn groups(typed: &str, sheet: &Sheet<'_>, merged: &Merged, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let dimension = Dimension::parse(typed, sheet.survey)?;
    let lang = session.lang;
    let book = session.book()?;
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty()).into_iter().collect::<Vec<String>>();
    let found = match &dimension {
        Dimension::Period => trend(sheet.survey, sheet.responses, Step::Quarter, book.settings.zone),
        Dimension::Channel => by(sheet.survey, sheet.responses, &|response| filled(&response.channel)),
        Dimension::Question(question) => {
            let options = match question.scale {
                Some(_) => grades(question, sheet.given),
                None => sheet.given.options(question),
            };
            by(sheet.survey, sheet.responses, &|response| options.get(response.id.as_str()).cloned().unwrap_or_default())
        }
        Dimension::Staff | Dimension::Category => {
            let wanted: HashSet<&str> = sheet.responses.iter().filter_map(|response| response.request.as_ref()).map(Id::as_str).collect();
            let requests: Vec<Request> =
                if wanted.is_empty() { Vec::new() } else { book.some(&|request: &Request| wanted.contains(request.id.as_str()))? };
            let is_staff = matches!(dimension, Dimension::Staff);
            let of = |request: &Request| if is_staff { request.handler.clone() } else { request.category.clone() };
            let values: HashMap<&str, String> = requests.iter().map(|request| (request.id.as_str(), of(request))).collect();
            let key = |response: &Response| response.request.as_ref().and_then(|id| values.get(id.as_str())).map(|value| filled(value));
            by(sheet.survey, sheet.responses, &|response| key(response).unwrap_or_default())
        }
        Dimension::Tier | Dimension::Region => {
            let wanted: HashSet<&str> = sheet.responses.iter().filter_map(|response| response.customer.as_ref()).map(Id::as_str).collect();
            let customers: Vec<Customer> = archive::standing(book, &wanted)?;
            let is_tier = matches!(dimension, Dimension::Tier);
            let of = |customer: &Customer| if is_tier { customer.tier.clone() } else { customer.region.clone() };
            let values: HashMap<&str, String> = customers.iter().map(|customer| (customer.id.as_str(), of(customer))).collect();
            let key = |response: &Response| values.get(merged.survivor(response.customer.as_ref()?.as_str())).map(|value| filled(value));
            by(sheet.survey, sheet.responses, &|response| key(response).unwrap_or_default())
        }
    };
    let grid = analysis::groups("carebook.survey_group.v1", &dimension.label(lang), &found, lang);
    print(&grid, session)
}

/// What of groups a person looks at; files have every column.
const SHOWN: &[&str] =
    &["key", "responses", "csat_mean", "csat_top2", "csat_low", "csat_high", "nps", "nps_low", "nps_high", "ces_mean", "index", "small"];

fn print(grid: &Grid, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let for_people = matches!(session.format(Format::Table), Format::Table | Format::Plain | Format::Md | Format::Html);
    if for_people && session.flags.fields.is_empty() {
        session.print(&grid.select(SHOWN).without_blank_columns())?;
    } else {
        session.print(grid)?;
    }
    Ok(Exit::Done)
}

/// The grade each response gave, in the scale's words where it has some.
fn grades<'a>(question: &Question, given: &Given<'a>) -> HashMap<&'a str, Vec<String>> {
    use rust_decimal::prelude::ToPrimitive;
    let labels = question.scale.as_ref().map(|scale| scale.labels.as_slice()).unwrap_or_default();
    let word = |score: crate::model::cell::Score| {
        let at = score.0.to_usize().and_then(|step| step.checked_sub(1));
        at.and_then(|at| labels.get(at)).cloned().unwrap_or_else(|| score.0.normalize().to_string())
    };
    given.values(question).into_iter().map(|(response, score)| (response, vec![word(score)])).collect()
}
