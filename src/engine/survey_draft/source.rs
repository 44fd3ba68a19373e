//! Which platform wrote an export, known by the headers that only it has.

use super::measure::topic;
use crate::base::text::fold_key;
use crate::model::survey_file::Source;

/// What Google Forms calls the time, in the languages met.
const TIMESTAMPS: &[&str] = &[
    "timestamp",
    "时间戳记",
    "时间戳",
    "時間戳記",
    "タイムスタンプ",
    "타임스탬프",
    "horodateur",
    "zeitstempel",
    "marca temporal",
    "carimbo de data/hora",
    "informazioni cronologiche",
    "отметка времени",
    "tijdstempel",
];

/// Recognises the platform. Users take metadata columns away, so one sure name is enough.
pub fn recognise(headers: &[String], columns: &[Vec<&str>]) -> Source {
    let names: Vec<String> = headers.iter().map(|header| fold_key(header)).collect();
    let has = |name: &str| names.iter().any(|known| known == name);
    let numbered = || headers.iter().filter(|header| header.contains('、') && topic(header) != fold_key(header)).count();
    if has("来自ip") || has("提交答卷时间") || has("所用时间") || headers.iter().any(|header| is_numbered_option(header)) {
        Source::Wjx
    } else if has("答题时长") || (has("开始答题时间") && has("结束答题时间")) {
        Source::Tencent
    } else if has("respondent id") && has("collector id") {
        Source::SurveyMonkey
    } else if has("network id") || (has("#") && has("submit date (utc)")) {
        Source::Typeform
    } else if has("startlanguage") || has("start language") || (has("submitdate") && has("lastpage")) {
        Source::LimeSurvey
    } else if names.first().is_some_and(|name| TIMESTAMPS.contains(&name.as_str())) {
        google(columns.first().map_or(&[], Vec::as_slice))
    } else if has("序号") && numbered() > 1 {
        Source::Wjx
    } else {
        Source::Other
    }
}

/// `第6题(运动)`
fn is_numbered_option(header: &str) -> bool {
    let rest = header.trim().strip_prefix('第').map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    rest.is_some_and(|rest| rest.starts_with("题(") || rest.starts_with("题（"))
}

/// The download says AM or PM and names its zone; the sheet writes times as the sheet's own.
fn google(times: &[&str]) -> Source {
    let is_download = |text: &&str| text.contains(" AM ") || text.contains(" PM ") || text.contains("GMT");
    if times.iter().any(is_download) { Source::GoogleForms } else { Source::GoogleSheets }
}
