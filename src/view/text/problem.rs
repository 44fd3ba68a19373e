//! The words of every problem, both languages in one arm.

mod hint;
mod template;

pub use hint::hint;

use super::words;
use crate::base::lang::Lang;
use crate::base::problem::What;

fn join(words: &[String]) -> String {
    words.join(", ")
}

/// What is wrong.
pub fn message(what: &What, lang: Lang) -> String {
    reading(what, lang)
        .or_else(|| value(what, lang))
        .or_else(|| book(what, lang))
        .or_else(|| backup(what, lang))
        .unwrap_or_else(|| command(what, lang))
}

fn reading(what: &What, lang: Lang) -> Option<String> {
    let (zh, en) = match what {
        What::CannotRead { path, reason } => {
            (format!("无法读取 {path}: {}", system_in_chinese(reason)), format!("cannot read {path}: {reason}"))
        }
        What::CannotWrite { path, reason } => {
            (format!("无法写入 {path}: {}", system_in_chinese(reason)), format!("cannot write {path}: {reason}"))
        }
        What::NotUtf8 => ("文件不是 UTF-8 编码".into(), "the file is not UTF-8".into()),
        What::NulByte => ("文件含有 NUL 字节".into(), "the file holds a NUL byte".into()),
        What::UnclosedQuote => ("引号没有结束".into(), "the quote is never closed".into()),
        What::QuoteInBareCell => ("未加引号的单元格中出现引号".into(), "a quote inside an unquoted cell".into()),
        What::TextAfterQuote => ("引号结束后还有文字".into(), "text after the closing quote".into()),
        What::RaggedRow { expected, found } => {
            (format!("这一行有 {found} 格,表头有 {expected} 格"), format!("this row has {found} cells, the header has {expected}"))
        }
        What::DuplicateHeader { name } => (format!("表头重复: {name}"), format!("the header names this column twice: {name}")),
        What::MissingHeader { column } => {
            let label = words::column(column, lang).unwrap_or(column);
            (format!("缺少列: {label} ({column})"), format!("the column {column} is missing"))
        }
        What::EmptyFile => ("文件是空的,连表头也没有".into(), "the file is empty, it has not even a header".into()),
        What::TooLarge { limit } => (format!("文件超过 {limit}"), format!("the file is larger than {limit}")),
        What::MixedEncoding => {
            ("文件混有两种编码(部分行是 UTF-8,部分不是)".into(), "the file mixes encodings: some lines are UTF-8, others are not".into())
        }
        What::UnknownFileType { hint } => {
            (format!("不支持的文件类型 ({hint})"), format!("neither CSV nor a workbook that can be read ({hint})"))
        }
        What::BrokenWorkbook { reason } => (format!("工作簿读不了: {reason}"), format!("the workbook cannot be read: {reason}")),
        What::LockedWorkbook => ("工作簿有密码".into(), "the workbook is locked by a password".into()),
        _ => return None,
    };
    Some(lang.pick(zh, en))
}

fn value(what: &What, lang: Lang) -> Option<String> {
    let (zh, en) = match what {
        What::CellError { value } => (format!("单元格是公式错误: {value}"), format!("the cell is a formula error: {value}")),
        What::BadDate { value } => (format!("不是日期: {value}"), format!("not a date: {value}")),
        What::AmbiguousDate { value } => (format!("日月顺序不明: {value}"), format!("day or month first? {value}")),
        What::BadInstant { value } => (format!("不是时间: {value}"), format!("not a time: {value}")),
        What::BadPeriod { value } => (format!("不是时间段: {value}"), format!("not a period: {value}")),
        What::BadWindow { value } => (format!("不是统计窗口: {value}"), format!("not a window of time: {value}")),
        What::BadDuration { value } => (format!("不是时长: {value}"), format!("not a length of time: {value}")),
        What::BadMoney { value } => (format!("不是金额: {value}"), format!("not an amount of money: {value}")),
        What::ForeignMoney { value, currency } => {
            (format!("{value} 不是 {currency} 金额"), format!("{value} is of another currency than the book's {currency}"))
        }
        What::BadNumber { value } => (format!("不是数字: {value}"), format!("not a number: {value}")),
        What::OutOfRange { value, min, max } => {
            (format!("{value} 不在 {min} 到 {max} 之间"), format!("{value} is not between {min} and {max}"))
        }
        What::BadId { value } => (format!("不能作编号: {value:?}"), format!("cannot be an id: {value:?}")),
        What::ExponentId { value, perhaps } => {
            let (zh, en) = lost(perhaps.as_deref());
            (format!("编号被表格软件改成了科学计数: {value}{zh}"), format!("a spreadsheet turned this id into an exponent: {value}{en}"))
        }
        What::RoundedId { value, perhaps } => {
            let (zh, en) = lost(Some(perhaps));
            (format!("编号的尾数被表格软件抹成了零: {value}{zh}"), format!("a spreadsheet rounded this id: {value}{en}"))
        }
        What::UnknownCode { value, allowed } => {
            (format!("不认识 “{value}”,可用: {}", join(allowed)), format!("unknown value \"{value}\"; known: {}", join(allowed)))
        }
        What::Required => ("不能为空".into(), "may not be blank".into()),
        What::OwnColumn { column, what } => {
            let said = match &**what {
                What::MissingHeader { .. } => lang.pick("文件没有这一列", "the file lacks this column").to_owned(),
                what => message(what, lang),
            };
            (format!("{column}: {said}"), format!("{column}: {said}"))
        }
        What::DuplicateId { table, id, first } => {
            let table = words::table(table, lang);
            let (zh, en) = if first.is_empty() {
                (String::new(), String::new())
            } else {
                (format!(",首次出现在 {first}"), format!(", first at {first}"))
            };
            (format!("{table}编号 {id} 重复{zh}"), format!("{table}: the id {id} stands twice{en}"))
        }
        What::UnknownReference { table, id } => {
            let table = words::table(table, lang);
            (format!("{table}中没有 {id}"), format!("{table} has no {id}"))
        }
        What::MergeRing { id } => (format!("{id} 经几次合并又并回自己"), format!("{id} was merged in a ring: it leads back to itself")),
        What::StatusOfMerged { merged: true } => {
            ("状态是已合并,却没有并入谁".into(), "the status is merged, and merged_into is blank".into())
        }
        What::StatusOfMerged { merged: false } => {
            ("已并入别的客户,状态却不是已合并".into(), "merged_into is set, and the status is not merged".into())
        }
        What::WrongPartition { belongs } => (format!("这一行应在 {belongs}"), format!("this row belongs in {belongs}")),
        _ => return None,
    };
    Some(lang.pick(zh, en))
}

fn book(what: &What, lang: Lang) -> Option<String> {
    let (zh, en) = match what {
        What::NoBook => ("这里没有账本".into(), "there is no book here".into()),
        What::BookExists { path } => (format!("{path} 已有账本"), format!("{path} already holds a book")),
        What::NewerFormat { found, known } => (
            format!("账本格式 {found} 比本程序认识的 {known} 新"),
            format!("the book has format {found}, newer than the {known} this carebook knows"),
        ),
        What::OlderFormat { found: 0, known } => (
            format!("账本是最早的格式(carebook.yaml 没有 format),现在是 {known}"),
            format!("the book has the first format of all (no `format` in carebook.yaml); today's is {known}"),
        ),
        What::OlderFormat { found, known } => {
            (format!("账本格式 {found} 是旧的,现在是 {known}"), format!("the book has the old format {found}; today's is {known}"))
        }
        What::StrayFile => ("不属于账本的文件,未计入".into(), "not a file of the book; it is not counted".into()),
        What::OwnFile { path } => {
            (format!("{path} 是账本自己的文件,不能作为输出"), format!("{path} is the book's own file; nothing is written over it"))
        }
        What::MissingTable => ("账本的文件不见了".into(), "this file of the book is gone".into()),
        What::LogBroken { seq } => (format!("日志第 {seq} 行起被删改"), format!("the log was altered or cut at row {seq}")),
        What::LogForked { seq } => (
            format!("账本在两台电脑上各自改动过:日志从第 {seq} 行起与上次在此写下的不同"),
            format!("the book was changed on two computers: from row {seq} the log is another than the one last written here"),
        ),
        What::Locked { holder } => (format!("账本正被占用: {holder}"), format!("the book is in use: {holder}")),
        What::ChangedUnderneath { path } => {
            (format!("{path} 刚被别人改动,未写入"), format!("{path} was changed meanwhile; nothing was written"))
        }
        What::LockUnavailable { reason } => (
            format!("此处无法加锁,不能写入: {}", system_in_chinese(reason)),
            format!("no lock is possible here, so nothing is written: {reason}"),
        ),
        What::JournalBroken => {
            ("未完成事务的清单损坏,未作改动".into(), "the list of an unfinished change is damaged; nothing was touched".into())
        }
        What::Uncertain { reason } => (format!("结果不确定: {reason}"), format!("the outcome is uncertain: {reason}")),
        What::SymlinkOrSpecial { path } => (format!("{path} 不是普通文件"), format!("{path} is not a regular file")),
        What::NothingToUndo { redo: false } => ("没有可撤销的改动".into(), "there is nothing to undo".into()),
        What::NothingToUndo { redo: true } => ("没有可重做的改动".into(), "there is nothing to redo".into()),
        What::CannotUndo { seq, reason } => {
            (format!("不能撤销日志 {seq} 的改动: {}", reason[0]), format!("the change of log row {seq} cannot be undone: {}", reason[1]))
        }
        What::HistoryTorn { id, line } => (
            format!("{id} 的另一行(第 {line} 行)不能导入,历史须整条导入"),
            format!("another row of {id} (line {line}) cannot be taken; a history comes whole"),
        ),
        What::OrderTorn { id, line } => (
            format!("订单 {id} 的另一行(第 {line} 行)不能导入,一张订单须整单导入"),
            format!("another line of order {id} (line {line}) cannot be taken; an order comes whole"),
        ),
        What::HistoryLost { what } => (what[0].clone(), what[1].clone()),
        What::HookNotRun { why } => (format!("钩子没有运行: {}", why[0]), format!("the hook is not run: {}", why[1])),
        What::HookFailed { why } => {
            (format!("钩子没有成功: {}(变更已经保存)", why[0]), format!("the hook failed: {} (the change stands)", why[1]))
        }
        What::Yaml { message } => (format!("YAML 有误: {}", yaml_in_chinese(message)), message.clone()),
        What::YamlAnchor => ("不允许 YAML 锚点 (&)".into(), "YAML anchors (&) are not allowed".into()),
        What::YamlAlias => ("不允许 YAML 别名 (*)".into(), "YAML aliases (*) are not allowed".into()),
        What::YamlTag => ("不允许 YAML 标签 (!)".into(), "YAML tags (!) are not allowed".into()),
        What::YamlMerge => ("不允许 YAML 合并键 (<<)".into(), "the YAML merge key (<<) is not allowed".into()),
        What::YamlDuplicate { key, line } => {
            (format!("键 {key} 重复,首次出现在第 {line} 行"), format!("the key {key} is given twice, first on line {line}"))
        }
        What::YamlDocuments => ("一个文件中只能有一份 YAML 文档".into(), "a file holds one YAML document, not more".into()),
        What::YamlDepth { limit } => (format!("YAML 嵌套超过 {limit} 层"), format!("YAML nested deeper than {limit} levels")),
        What::YamlUnclear { text } => {
            (format!("{text} 在不同的 YAML 程序中读法不同"), format!("{text} is read differently by different YAML programs"))
        }
        What::YamlLineBreak => (
            "特殊换行符 (U+0085、U+2028、U+2029),请改用普通换行".into(),
            "a special line break (U+0085, U+2028, U+2029); use a plain one".into(),
        ),
        What::RuleConflict { message } => (message[0].clone(), message[1].clone()),
        What::UnknownYears { years } => {
            let years = join(&years.iter().map(i32::to_string).collect::<Vec<_>>());
            (
                format!("{years} 年的节假日安排尚未收录,那些日子只按每周的时间计算"),
                format!("the holidays of {years} are not known yet; its days are counted by the week alone"),
            )
        }
        What::UnknownName { name, allowed } => {
            (format!("不认识 “{name}”,可用: {}", join(allowed)), format!("unknown \"{name}\"; known: {}", join(allowed)))
        }
        _ => return None,
    };
    Some(lang.pick(zh, en))
}

fn backup(what: &What, lang: Lang) -> Option<String> {
    let (zh, en) = match what {
        What::FileNotFound { path } => (format!("找不到文件 {path}"), format!("there is no file {path}")),
        What::FolderNotEmpty { path } => (format!("{path} 不是空目录"), format!("{path} is not an empty folder")),
        What::BackupInside { path } => {
            (format!("{path} 在账本目录里,会和账本一起丢失"), format!("{path} is in the book's own folder and would be lost with it"))
        }
        What::NotBackedUp { path } => {
            (format!("{path} 是链接或特殊文件,不在备份中"), format!("{path} is a link or a special file; it is not in the backup"))
        }
        What::NotABackup { path } => {
            (format!("{path} 不是 carebook 的备份,或开头已损坏"), format!("{path} is no backup of carebook, or its beginning is damaged"))
        }
        What::NewerBackup { found, known } => (
            format!("备份格式 {found} 比本程序认识的 {known} 新"),
            format!("the backup has format {found}, newer than the {known} this carebook knows"),
        ),
        What::BackupDamaged { path, message: [zh, en] } => {
            (format!("备份 {path} 已损坏: {zh}"), format!("the backup {path} is damaged: {en}"))
        }
        What::NoSpace { path, needed, free } => {
            (format!("{path} 需要 {needed} 字节,只剩 {free}"), format!("{path} would need {needed} bytes, and only {free} are free"))
        }
        What::SecretNeeded { .. } => ("备份已加密".into(), "the backup is encrypted".into()),
        What::WrongSecret { by_passphrase: true } => {
            ("口令不对,或备份开头已损坏".into(), "the passphrase does not open this backup, or its beginning is damaged".into())
        }
        What::WrongSecret { .. } => {
            ("密钥打不开这份备份,或备份开头已损坏".into(), "the key does not open this backup, or its beginning is damaged".into())
        }
        What::BadKey { flag } => (format!("{flag} 不是 age 密钥"), format!("{flag}: not an age key")),
        _ => return None,
    };
    Some(lang.pick(zh, en))
}

/// What the system says, where it is of the usual; its number is kept for those who look it up.
fn system_in_chinese(reason: &str) -> String {
    let pairs = [
        ("No such file or directory", "没有这个文件或文件夹"),
        ("Permission denied", "没有权限"),
        ("Operation not permitted", "不允许这样做"),
        ("Is a directory", "这是文件夹"),
        ("Not a directory", "这不是文件夹"),
        ("File exists", "文件已存在"),
        ("No space left on device", "磁盘已满"),
        ("Read-only file system", "文件系统只读"),
        ("Input/output error", "读写出错"),
        ("(os error", "(系统错误"),
        ("not there", "不存在"),
    ];
    pairs.iter().fold(reason.to_owned(), |text, (en, zh)| text.replace(en, zh))
}

/// The YAML reader's own words, where they are of a known shape.
fn yaml_in_chinese(message: &str) -> String {
    let pairs = [
        (
            "a list does not belong here: a text such as `30 days`, a number or a mapping does",
            "此处不能是列表,应为文字(如 `30 days`)、数字或“键: 值”",
        ),
        ("unknown field", "不认识的键"),
        ("unknown variant", "不认识的值"),
        (", expected one of", ",可用:"),
        (", expected", ",应为"),
        ("missing field", "缺少键"),
        ("duplicate key", "重复的键"),
        ("duplicate field", "重复的键"),
    ];
    // a type is told by the reader itself, so that no text of the owner's is put into other words
    let (head, types) = message.split_once("invalid type: ").unwrap_or((message, ""));
    let head = pairs.iter().fold(head.to_owned(), |text, (en, zh)| text.replace(en, zh));
    if types.is_empty() {
        return head;
    }
    let (found, wanted) = types.rsplit_once(", expected ").unwrap_or((types, ""));
    let (kind, value) = found.split_once(' ').filter(|_| found.ends_with(['`', '"'])).unwrap_or((found, ""));
    let value = if value.is_empty() { String::new() } else { format!(" {value}") };
    format!("{head}类型不对:{}{value},应为{}", yaml_type(kind), yaml_type(wanted))
}

/// A type of YAML as the reader calls it.
fn yaml_type(name: &str) -> &str {
    match name.trim_start_matches("a ").trim_start_matches("an ") {
        "sequence" => "列表",
        "map" | "mapping" => "“键: 值”",
        "string" => "文字",
        "boolean" | "bool" => "true 或 false",
        "integer" | "u8" | "u16" | "u32" | "u64" | "i32" | "i64" | "usize" => "整数",
        "floating point" | "float" => "小数",
        "unit value" | "null" => "空值",
        "text or a list of texts" => "文字或文字的列表",
        name if name.starts_with("struct ") => "“键: 值”",
        name => name,
    }
}

fn command(what: &What, lang: Lang) -> String {
    let (zh, en) = match what {
        What::Usage { message } | What::ConfirmationNeeded { what: message, .. } => (message[0].clone(), message[1].clone()),
        What::NotFound { noun, id, .. } => {
            let noun = words::table(noun, lang);
            (format!("{noun}中找不到 {id}"), format!("{noun}: there is no {id}"))
        }
        What::Ambiguous { id, candidates } => (format!("{id} 可指: {}", join(candidates)), format!("{id} may mean: {}", join(candidates))),
        What::InputNeeded { flag } => (format!("需要 {flag}"), format!("{flag} is needed")),
        What::IllegalStage { id, stage, verb, .. } => (
            format!("{id} 现在是“{}”,不能 {verb}", words::stage(stage, lang)),
            format!("{id} is {}; {verb} is not possible now", words::stage(stage, lang).to_lowercase()),
        ),
        What::BrokenSeal { reason } => (format!("封存说明读不出: {reason}"), format!("the seal cannot be read: {reason}")),
        What::SealAltered => ("不是封存时的内容".into(), "is not as it was sealed".into()),
        What::GateMissing { id, verb, columns } => {
            let labels: Vec<&str> = columns.iter().map(|code| words::column(code, lang).unwrap_or(code)).collect();
            (
                format!("{id} 在 {verb} 之前须填: {}", labels.join("、")),
                format!("before {verb}, {id} needs: {}", labels.join(", ").to_lowercase()),
            )
        }
        What::TimeOrder { value, earlier } => (format!("{value} 早于 {earlier}"), format!("{value} is before {earlier}")),
        What::Unavailable { who, why: [zh, en] } => (format!("{who}: {zh}"), format!("{who}: {en}")),
        What::NobodyEligible { id, why: [zh, en] } => (format!("{id} 没有分配: {zh}"), format!("{id} stays unassigned: {en}")),
        What::MergedCustomer { id, into } => (format!("{id} 已并入 {into}"), format!("{id} was merged into {into}")),
        What::GuardedCell { command: Some(command) } => {
            (format!("这一格不在表格里改,请用 {command}"), format!("a sheet does not change this cell: use `{command}`"))
        }
        What::GuardedCell { command: None } => {
            ("这一格由 carebook 自己维护".into(), "a sheet does not change this cell: carebook keeps it itself".into())
        }
        What::CellConflict { id, base, theirs, ours } => (
            format!("{id}: 两边都改了: 导出时 “{base}”,表格里 “{theirs}”,账本里 “{ours}”"),
            format!("{id}: changed on both sides: exported \"{base}\", the sheet says \"{theirs}\", the book \"{ours}\""),
        ),
        What::TwiceInSheet { id, first } => (format!("{id} 在第 {first} 行已有一行"), format!("{id} has a row already, in line {first}")),
        What::OpenElsewhere { path } => (format!("{path} 正在别的程序里打开"), format!("{path} is open in another program")),
        What::PerhapsDuplicate { found } => {
            (format!("未新增,可能已有: {}", join(found)), format!("nothing was added; perhaps there already: {}", join(found)))
        }
        What::PointsShort { customer, wanted, available } => (
            format!("{customer} 的积分不够:要用 {wanted},那天起最多可用 {available}"),
            format!("{customer} has not enough points: {wanted} wanted, {available} at most from that day on"),
        ),
        What::ClaimRefused { id, why: [zh, en] } => (format!("{id} 不能认领: {zh}"), format!("{id} cannot be claimed: {en}")),
        What::NoBasis { standing: [zh, en], says } if says.trim().is_empty() => {
            (format!("处理个人信息的依据: {zh}"), format!("basis for keeping the data: {}", en.to_lowercase()))
        }
        What::NoBasis { standing: [zh, en], says } => {
            (format!("处理个人信息的依据{zh}: {says}"), format!("basis for keeping the data {}: {says}", en.to_lowercase()))
        }
        What::UnknownSource { name, near: Some(near) } => {
            (format!("来源 {name} 不在列表中,是不是 {near}?"), format!("the source {name} is not in the list; did you mean {near}?"))
        }
        What::UnknownSource { name, near: None } => (format!("来源 {name} 不在列表中"), format!("the source {name} is not in the list")),
        What::NothingToImport => ("文件中没有数据行".into(), "the file has no rows of data".into()),
        What::UnknownField { name, allowed } => {
            (format!("没有字段 {name},可用: {}", join(allowed)), format!("no field {name}; known: {}", join(allowed)))
        }
        What::BadFilter { filter, allowed } => (
            format!("看不懂筛选条件 {filter},可用: {}", join(allowed)),
            format!("cannot read the filter {filter}; known: {}", join(allowed)),
        ),
        What::Template { fault, excerpt } => template::words(fault, excerpt),
        // the other groups are worded above; their code is better than nothing
        other => (other.code().to_owned(), other.code().to_owned()),
    };
    lang.pick(zh, en)
}

/// The stored value that digits were lost from, where one alone may have been it.
fn lost(perhaps: Option<&str>) -> (String, String) {
    perhaps.map_or_else(Default::default, |whole| (format!(",可能是 {whole}"), format!("; perhaps {whole}")))
}
