//! `carebook help WORD`: a command's help, or one of the topics.

/// Turns `help intake` into `intake --help`; `help` alone into `--help`. Topics stay with the help command.
pub fn rewrite(mut args: Vec<String>, command: &clap::Command) -> Vec<String> {
    let Some(at) = first_word(&args, command).filter(|at| matches!(args[*at].as_str(), "help" | "帮助")) else { return args };
    if args.get(at + 1).is_some_and(|next| crate::view::text::topics::is_topic(next)) {
        return args;
    }
    args.remove(at);
    args.push("--help".to_owned());
    args
}

/// Where the first word stands that is neither a flag nor its value: the command's name.
fn first_word(args: &[String], command: &clap::Command) -> Option<usize> {
    let mut at = 1;
    while args.get(at)?.starts_with('-') {
        at += if waits_for_value(&args[at], command) { 2 } else { 1 };
    }
    Some(at)
}

/// Of `--lang`, `-o`: the next word is its value. `--lang=zh` and `--json` stand alone.
fn waits_for_value(flag: &str, command: &clap::Command) -> bool {
    command.get_arguments().any(|arg| {
        let is = arg.get_long().is_some_and(|long| flag.strip_prefix("--") == Some(long))
            || arg.get_short().is_some_and(|short| flag.strip_prefix('-') == Some(short.encode_utf8(&mut [0; 4])));
        is && arg.get_action().takes_values() && !arg.is_require_equals_set()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::lang::Lang;

    #[test]
    fn help_comes_first_or_after_flags_and_their_values() {
        let command = crate::cli::run::command(Lang::En);
        let of = |typed: &str| rewrite(typed.split(' ').map(str::to_owned).collect(), &command).join(" ");
        assert_eq!(of("carebook help customer verify"), "carebook customer verify --help");
        assert_eq!(of("carebook --lang zh help intake"), "carebook --lang zh intake --help");
        assert_eq!(of("carebook --lang=zh -q -o x.txt --json help intake"), "carebook --lang=zh -q -o x.txt --json intake --help");
        assert_eq!(of("carebook help"), "carebook --help");
        // a topic, and a word that is no command
        for whole in ["carebook help filters", "carebook --lang zh help filters", "carebook note 1 help", "carebook -q"] {
            assert_eq!(of(whole), whole);
        }
    }
}
