//! `carebook help WORD`: a command's help, or one of the topics.

/// Turns `help intake` into `intake --help`; `help` alone into `--help`. Topics stay with the help command.
pub fn rewrite(args: Vec<String>) -> Vec<String> {
    let Some(at) = args.iter().position(|arg| matches!(arg.as_str(), "help" | "帮助")).filter(|at| *at >= 1) else { return args };
    let only_flags_before = args[1..at].iter().all(|arg| arg.starts_with('-'));
    let next = args.get(at + 1).map(String::as_str);
    if !only_flags_before || next.is_some_and(crate::view::text::topics::is_topic) {
        return args;
    }
    let mut args = args;
    args.remove(at);
    args.push("--help".to_owned());
    args
}
