//! A misread command line, in the user's language.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::base::lang::Lang;

/// Clap's own words in English; ours in Chinese, from the error's kind and context.
pub fn words(error: &clap::Error, lang: Lang) -> String {
    let informs =
        matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand);
    if lang == Lang::En || informs {
        return error.render().to_string();
    }
    let context = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        _ => String::new(),
    };
    let arg = context(ContextKind::InvalidArg);
    let message = match error.kind() {
        ErrorKind::UnknownArgument => format!("没有参数 {arg}"),
        ErrorKind::InvalidSubcommand => format!("没有命令 {}", context(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("缺少 {arg}"),
        ErrorKind::MissingSubcommand => "缺少子命令".to_owned(),
        ErrorKind::InvalidValue if context(ContextKind::InvalidValue).is_empty() => format!("{arg} 需要一个值"),
        ErrorKind::InvalidValue => {
            format!("{arg} 不能是 “{}”,可用: {}", context(ContextKind::InvalidValue), context(ContextKind::ValidValue))
        }
        ErrorKind::ArgumentConflict => format!("{arg} 不能与 {} 同用", context(ContextKind::PriorArg)),
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues => format!("{arg} 的值的个数不对"),
        _ => return error.render().to_string(),
    };
    let suggestion = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let suggestion = suggestion.iter().map(|kind| context(*kind)).find(|text| !text.is_empty());
    let near = suggestion.map_or_else(String::new, |text| format!("\n  提示: 是不是 {text}?"));
    format!("错误: {message}{near}\n  提示: carebook --help 可查看用法\n")
}
