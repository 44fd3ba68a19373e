//! A survey's scores by a dimension, and over time.

use std::collections::BTreeMap;

use chrono::Datelike;
use chrono_tz::Tz;
use serde::Serialize;

use super::{csat, grades, nps};
use crate::base::date::Quarter;
use crate::engine::scores::{Csat, Grades, Mean, Nps, mean};
use crate::model::cell::Score;
use crate::model::survey::Response;
use crate::model::survey_file::{Metric, SurveyFile};

/// The scores of those who have something in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// Blank: nothing is known.
    pub key: String,
    pub responses: usize,
    pub csat: Option<Csat>,
    pub nps: Option<Nps>,
    pub ces: Option<Grades>,
    pub index: Option<Mean>,
}

/// Steps of a trend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Month,
    Quarter,
}

/// Groups by what `keys` says of each response: none puts it among the unknown, several into each of them. The largest group comes
/// first, the unknown last.
pub fn by(survey: &SurveyFile, responses: &[&Response], keys: &dyn Fn(&Response) -> Vec<String>) -> Vec<Group> {
    let mut groups = grouped(survey, responses, keys);
    groups.sort_by(|a, b| (a.key.is_empty(), b.responses, &a.key).cmp(&(b.key.is_empty(), a.responses, &b.key)));
    groups
}

/// Groups by the time of submission, the earliest first. What has none is in no step.
pub fn trend(survey: &SurveyFile, responses: &[&Response], step: Step, zone: Tz) -> Vec<Group> {
    let key = |response: &Response| {
        let date = response.submitted_at.map(|at| at.date(zone));
        let named = date.map(|date| match step {
            Step::Month => format!("{}-{:02}", date.year(), date.month()),
            Step::Quarter => Quarter::of(date).to_string(),
        });
        named.into_iter().collect()
    };
    let mut groups = grouped(survey, responses, &key);
    groups.retain(|group| !group.key.is_empty());
    groups
}

fn grouped(survey: &SurveyFile, responses: &[&Response], keys: &dyn Fn(&Response) -> Vec<String>) -> Vec<Group> {
    let mut groups: BTreeMap<String, Vec<&Response>> = BTreeMap::new();
    for response in responses {
        let mut keys = keys(response);
        if keys.is_empty() {
            keys.push(String::new());
        }
        for key in keys {
            groups.entry(key).or_default().push(response);
        }
    }
    groups.into_iter().map(|(key, responses)| summed(survey, key, &responses)).collect()
}

fn summed(survey: &SurveyFile, key: String, responses: &[&Response]) -> Group {
    let indexes: Vec<f64> = responses.iter().filter_map(|response| response.index).map(Score::value).collect();
    Group {
        key,
        responses: responses.len(),
        csat: csat(survey.scale(Metric::Csat), responses.iter().filter_map(|response| response.csat)),
        nps: nps(responses.iter().filter_map(|response| response.nps)),
        ces: grades(survey.scale(Metric::Ces), responses.iter().filter_map(|response| response.ces)),
        index: mean(&indexes),
    }
}
