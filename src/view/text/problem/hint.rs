//! What to do next after a problem.

use crate::base::lang::Lang;
use crate::base::problem::What;
use crate::base::text::word;
use crate::view::text::words;

/// What to do next, where one thing helps.
pub fn hint(what: &What, lang: Lang) -> Option<String> {
    if let What::OwnColumn { what, .. } = what {
        return hint(what, lang);
    }
    let (zh, en) = match what {
        What::NoBook => {
            ("先运行 carebook init,或用 --data 指定账本目录".into(), "run `carebook init`, or name the book with --data DIR".into())
        }
        What::BookExists { .. } => ("换一个空目录,或用 --data 打开它".into(), "choose another folder, or open it with --data".into()),
        What::NewerFormat { .. } => (
            format!("请安装更新的 carebook(本程序是 {})", env!("CARGO_PKG_VERSION")),
            format!("install a newer carebook (this is {})", env!("CARGO_PKG_VERSION")),
        ),
        What::OlderFormat { .. } => ("运行 carebook upgrade(会先备份)".into(), "run `carebook upgrade`; it makes a backup first".into()),
        What::NewerBackup { .. } => ("请升级 carebook".into(), "upgrade carebook".into()),
        What::FolderNotEmpty { .. } => ("换一个空目录或新目录".into(), "name an empty folder, or one that is not there yet".into()),
        What::BackupInside { .. } => ("写到别处,最好是另一块磁盘".into(), "write it elsewhere, best to another disk".into()),
        What::NotABackup { .. } | What::BackupDamaged { .. } => ("改用另一份备份".into(), "use another backup".into()),
        What::SecretNeeded { flag: "--identity" } => ("加上 --identity 密钥文件".into(), "add --identity FILE with the secret key".into()),
        What::SecretNeeded { .. } => (
            "加上 --passphrase-file 文件,或设环境变量 CAREBOOK_PASSPHRASE".into(),
            "add --passphrase-file FILE, or set CAREBOOK_PASSPHRASE".into(),
        ),
        What::BadKey { flag: "--recipient" } => ("公钥形如 age1…".into(), "a public key begins with age1".into()),
        What::BadKey { .. } => ("密钥文件中有一行 AGE-SECRET-KEY-1…".into(), "the file has a line AGE-SECRET-KEY-1…".into()),
        What::ForeignMoney { currency, .. } => {
            (format!("先换算成 {currency};符号写错时去掉它"), format!("convert it to {currency}; take the sign away where it is wrong"))
        }
        What::NotUtf8 => (
            "导入的文件若是西欧编码,请加 --encoding latin1;账本文件须存为 UTF-8".into(),
            "for a Western European file that is imported, add --encoding latin1; a file of the book must be saved as UTF-8".into(),
        ),
        What::AmbiguousDate { .. } => {
            ("用 --date-order dmy 或 mdy 说明,或写成 2026-11-23".into(), "say --date-order dmy or mdy, or write 2026-11-23".into())
        }
        What::BadPeriod { .. } => (
            "例如 2026Q3、2026-07、上季度、本月、90d、2026-07-01..2026-09-30".into(),
            "such as 2026Q3, 2026-07, \"last quarter\", 90d, 2026-07-01..2026-09-30".into(),
        ),
        What::BadWindow { .. } => (
            "写成 12 months、365 days、calendar year、2 fiscal years、last calendar year 或 all".into(),
            "write 12 months, 365 days, calendar year, 2 fiscal years, last calendar year, or all".into(),
        ),
        What::BadDuration { .. } => (
            "例如 90 days、12 months、30天;工作时间如 4小时、90分钟、2个工作日".into(),
            "such as 90 days, 2 weeks, 12 months; of working time 4 hours, 90 minutes, 2 workdays".into(),
        ),
        What::UnknownYears { .. } => (
            "国务院公布后写进 rules/cn-days.csv(格式见 docs/rules.md)".into(),
            "once the notice is out, write it into rules/cn-days.csv (docs/rules.md has the format)".into(),
        ),
        What::StrayFile => (
            "多半是同步软件或另存的副本:合并后移走".into(),
            "probably a copy by a sync program or by \"save as\": merge it and move it away".into(),
        ),
        What::Locked { .. } | What::ChangedUnderneath { .. } => ("稍后重试".into(), "try again in a moment".into()),
        What::NothingToUndo { redo: true } => {
            ("重做的是最近一次撤销,而现在没有撤销过的改动".into(), "redo takes back the latest undo, and none stands".into())
        }
        What::LockUnavailable { .. } => (
            "试运行 (-n) 也按写入者的方式读取,同样需要锁;查询不需要。也可把账本复制到可写的地方".into(),
            "a rehearsal (-n) reads as a writer does and needs the lock too; questions do not. Or copy the book to where you may write"
                .into(),
        ),
        What::NothingToUndo { .. } | What::CannotUndo { .. } => {
            ("carebook log 可查看全部改动".into(), "`carebook log` shows every change".into())
        }
        What::MissingTable => (
            "从备份或 git 找回;若是有意删除,运行 carebook check --adopt".into(),
            "get it back from a backup or from git; if it was removed on purpose, run `carebook check --adopt`".into(),
        ),
        What::LogForked { .. } => (
            "核对同步软件留下的副本,合并后运行 carebook check --adopt".into(),
            "look for the copy your sync program kept, bring both together, then run `carebook check --adopt`".into(),
        ),
        What::SealAltered => (
            "从备份或 git 中找回原文件;carebook report verify 说明是否还能证明".into(),
            "get the file back from a backup or from git; `carebook report verify` tells what can still be proved".into(),
        ),
        What::BrokenSeal { .. } => ("从备份或 git 中找回 seal.json".into(), "get seal.json back from a backup or from git".into()),
        What::LogBroken { .. } => ("从备份或 git 中找回该文件".into(), "get the file back from a backup or from git".into()),
        What::NotFound { nearest: Some(near), .. } => (format!("是不是 {near}?"), format!("did you mean {near}?")),
        What::NotFound { noun: "seals", .. } => ("carebook report verify 列出全部".into(), "`carebook report verify` lists all".into()),
        What::NotFound { noun: "figures", .. } => ("carebook report explain 列出全部".into(), "`carebook report explain` lists all".into()),
        What::NotFound { noun: "surveys", .. } => ("carebook survey list 可查看全部".into(), "`carebook survey list` shows all".into()),
        What::NotFound { noun, .. } => (format!("carebook list {noun} 可查看全部"), format!("`carebook list {noun}` shows all")),
        What::MergedCustomer { id, into } => (
            format!("改用 {into};或取消合并: carebook customer unmerge {}", word(id)),
            format!("name {into}, or take the merge back: carebook customer unmerge {}", word(id)),
        ),
        What::CellConflict { .. } => ("--theirs 取表格的,--ours 取账本的".into(), "--theirs takes the sheet's, --ours the book's".into()),
        What::TwiceInSheet { .. } => ("若是新的一条,清空它的编号".into(), "when this one is meant to be new, clear its id".into()),
        What::OpenElsewhere { .. } => (
            "请先关闭它;若已没有程序打开它,删掉旁边的锁文件 (.~lock… 或 ~$…)".into(),
            "close it first; if no program has it open, remove the lock file beside it (.~lock… or ~$…)".into(),
        ),
        What::MergeRing { .. } | What::StatusOfMerged { .. } => {
            ("在 customers.csv 中改正 状态 和 并入 两列".into(), "correct the columns status and merged_into in customers.csv".into())
        }
        What::PerhapsDuplicate { .. } => {
            ("确是另一位客户时去掉 --refuse-duplicates".into(), "when it is another customer, leave out --refuse-duplicates".into())
        }
        What::ClaimRefused { .. } => ("确有必要时加 --force --reason 理由".into(), "where it must be: --force --reason WHY".into()),
        What::NoBasis { .. } => {
            ("补上: carebook customer consent 编号 given|依据".into(), "enter it: carebook customer consent ID given|BASIS".into())
        }
        What::UnknownSource { near: None, .. } => {
            ("改用列表中的来源,或写进 rules/archive.yaml".into(), "use one of the list, or add it to rules/archive.yaml".into())
        }
        What::Ambiguous { candidates, .. } if candidates.iter().any(|one| one.starts_with("--use-map ")) => {
            ("请用 --use-map 指定其一".into(), "say which with --use-map".into())
        }
        What::Ambiguous { .. } => ("请写完整编号".into(), "give the whole id".into()),
        What::InputNeeded { flag: "WHO" } => (
            "写上员工;或写分配规则: carebook config write assignment".into(),
            "name the person, or write rules: `carebook config write assignment`".into(),
        ),
        What::InputNeeded { flag: "rules/assignment.yaml" } => {
            ("写分配规则: carebook config write assignment".into(), "write the rules: `carebook config write assignment`".into())
        }
        What::NobodyEligible { id, .. } => {
            let id = word(id);
            (
                format!("carebook assign {id} --explain 可看原因;或写上员工: carebook assign {id} 员工"),
                format!("`carebook assign {id} --explain` shows why; or name somebody: carebook assign {id} WHO"),
            )
        }
        What::InputNeeded { flag } => (format!("加上 {flag}"), format!("add {flag}")),
        What::ConfirmationNeeded { flag, .. } => {
            (format!("确认后加 {flag} 再运行一次"), format!("when it is right, run it again with {flag}"))
        }
        What::IllegalStage { id, allowed, .. } if allowed.is_empty() => {
            (format!("{id} 已结束;可登记新的诉求"), format!("{id} has ended; register a new request with `carebook intake`"))
        }
        What::IllegalStage { id, allowed, .. } => {
            (format!("现在可以: carebook {} {id}", allowed.join("|")), format!("possible now: carebook {} {id}", allowed.join("|")))
        }
        What::GateMissing { id, verb, columns } => return Some(gate_hint(id, verb, columns, lang)),
        What::YamlAnchor | What::YamlAlias | What::YamlTag => ("如果是文字,请加引号".into(), "put it in quotes, if it is a text".into()),
        What::YamlMerge => ("把各项写全".into(), "write the entries out".into()),
        What::TooLarge { .. } => ("把文件分成几份".into(), "split the file".into()),
        What::Uncertain { .. } => ("运行 carebook check".into(), "run `carebook check`".into()),
        What::UnknownReference { .. } => ("先新增该记录,或改正编号".into(), "add that record first, or correct the id".into()),
        What::MissingHeader { .. } => {
            ("加上这一列,或导入时用 --map 字段=列名".into(), "add the column, or map one to it: --map FIELD=COLUMN".into())
        }
        What::BrokenWorkbook { .. } | What::UnknownFileType { .. } => {
            ("在表格软件中另存为 xlsx 或 CSV".into(), "save it as xlsx or CSV in the spreadsheet program".into())
        }
        What::LockedWorkbook => ("在表格软件中去掉密码再保存".into(), "save it without the password in the spreadsheet program".into()),
        What::CellError { .. } => {
            ("在表格软件中打开并保存一次以算出公式,或改正公式;也可在对应里写 blank".into(), "open and save it in a spreadsheet program so that formulas are worked out, or mend the formula; or name it under `blank:` in the map".into())
        }
        What::Template { fault, .. } => super::template::hint(fault),
        _ => return None,
    };
    Some(lang.pick(zh, en))
}

/// How each lacking column is given: by a flag of the verb, by another command, or in the file.
fn gate_hint(id: &str, verb: &str, columns: &[&'static str], lang: Lang) -> String {
    let id = &word(id);
    let (mut flags, mut commands, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    for column in columns {
        match *column {
            "result" if verb != "resolve" && verb != "confirm" && verb != "close" => flags.push("--reason".to_owned()),
            "result" => flags.push("RESULT".to_owned()),
            "note" => flags.push("--reason".to_owned()),
            "measures" if verb != "resolve" => commands.push(format!("carebook note {id} TEXT")),
            "confirmed_how" if verb == "confirm" => flags.push("--how".to_owned()),
            "confirmed_by" if verb == "confirm" => flags.push("--by".to_owned()),
            "confirmed_by" => commands.push(format!("carebook confirm {id} --by WHO")),
            "confirmed_how" | "confirmed_at" => commands.push(format!("carebook confirm {id} --how HOW")),
            "feedback" | "feedback_text" => commands.push(format!("carebook feedback {id} SCORE TEXT")),
            "department" | "handler" => commands.push(format!("carebook assign {id} WHO")),
            "measures" | "cause" | "responsible" | "cost" | "knowledge" => flags.push(format!("--{column}")),
            other => cells.push(words::column(other, lang).unwrap_or(other).to_owned()),
        }
    }
    commands.dedup();
    let mut hints = Vec::new();
    if !flags.is_empty() {
        hints.push(lang.pick(format!("加上 {}", flags.join(" ")), format!("add {}", flags.join(" "))));
    }
    hints.extend(commands.into_iter().map(|command| lang.pick(format!("先运行 {command}"), format!("first run `{command}`"))));
    if !cells.is_empty() {
        let cells = cells.join(lang.pick("、", ", "));
        hints.push(lang.pick(format!("在 requests/ 的表格中填写 {cells}"), format!("fill in {cells} in the file under requests/")));
    }
    hints.join(lang.pick(";", "; "))
}
