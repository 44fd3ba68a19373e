//! The help topics, in both languages.

use crate::base::lang::Lang;

/// The topics of `carebook help TOPIC`.
pub const NAMES: &[&str] = &["dates", "filters", "formats", "csv", "orders", "exit-codes", "environment", "cron"];

/// The same in Chinese, in the same order.
const ZH_NAMES: &[&str] = &["日期", "筛选", "格式", "表格", "订单", "退出码", "环境", "定时"];

/// Whether a word is a topic, in either language.
pub fn is_topic(word: &str) -> bool {
    NAMES.contains(&word) || ZH_NAMES.contains(&word)
}

/// A topic's text.
pub fn text(topic: &str, lang: Lang) -> Option<&'static str> {
    let topic = ZH_NAMES.iter().position(|name| *name == topic).map_or(topic, |i| NAMES[i]);
    let (zh, en) = match topic {
        "dates" => (
            "日期与时间段\n  2026-11-23  2026/7/1  2026年7月1日      某一天\n  2026Q3  q3  2026年第3季度  上季度  本季度   季度\n  2026-07  本月  上月                       月\n  2026  今年  去年  2026H1                   年、半年\n  90d  2w  30天                             截至今天的时长\n  2026-07-01..2026-09-30                    起止(含两端)\n  all  全部                                 全部记录\n--today 日期 可把任何一天当作今天;--at 时间 用于补录。\n",
            "Dates and periods\n  2026-11-23  2026/7/1  2026年7月1日      a day\n  2026Q3  q3  \"last quarter\"  上季度      a quarter\n  2026-07  \"this month\"  本月             a month\n  2026  2026H1  \"last year\"               a year, a half-year\n  90d  2w  30天                           so long until today\n  2026-07-01..2026-09-30                  from..to, both included\n  all                                     everything\n--today DATE takes any day as today; --at TIME is for what is entered late.\n",
        ),
        "filters" => (
            "筛选条件(须同时满足)\n  stage:open        未结诉求\n  字段:值           代码、中文或英文标签都可以,如 severity:high、等级:A、处理人:小李\n  字段:             该字段为空\n  since:90d until:2026-09-30   按该表的第一个日期列\n  received_at:2026Q3           某日期列落在时间段内\n  ontime:late       诉求与解决期限:met 按期、late 超期完成、overdue 已逾期、open 未到期、paused 暂停、none 无期限\n  overdue:yes       诉求已超过解决期限(late 与 overdue);overdue:no 为其余\n  x.门店:城西       自加的列,见 carebook help csv\n  客户:C0001        该客户的,也含并入它的客户的\n  class:silent      某一生命周期类别的客户: 潜在、新、常规、忠实、问题、沉默、流失\n  授权:withdrawn    客户列表按授权状况:missing 缺失、given 已有依据、expired 已过期、withdrawn 已撤回、unclear 不明\n  其他词            任一文字列包含它\n",
            "Filters (all must hold)\n  stage:open        requests that still need work\n  field:value       code or label in either language: severity:high tier:A handler:小李\n  field:            the field is blank\n  since:90d until:2026-09-30   by the table's first date column\n  received_at:2026Q3           a date column within a period\n  ontime:late       requests by their due time: met, late, overdue, open (not due yet), paused, none\n  overdue:yes       requests past their due time (late or overdue); overdue:no the others\n  x.branch:west     a column of your own, see `carebook help csv`\n  customer:C0001    theirs, and that of customers merged into them\n  class:silent      customers of a lifecycle class: potential, new, regular, loyal, problem, silent, lost\n  consent:withdrawn customers by how they stand: missing, given, expired, withdrawn, unclear\n  any other word    some text column contains it\n",
        ),
        "formats" => (
            "输出格式(--format,或由 -o 文件名的后缀决定)\n  table  对齐的表格(默认)   plain  每行一条,制表符分隔\n  csv tsv  代码表头           json  单一文档,含 schema\n  jsonl  每行一个对象          md html  文档表格\n  id  只有编号                 xlsx  工作簿(用 -o 文件.xlsx)\n  ics  日历(仅 today 和 revisit due)\n--json=字段,字段 只要这些字段;--json=? 列出字段。\n没有表格的输出 (如 tier explain、customer show、check) 只有 table、json、jsonl。\n",
            "Output formats (--format, or by the ending of -o FILE)\n  table  aligned columns (default)   plain  one line each, tab-separated\n  csv tsv  codes as header            json  one document with its schema\n  jsonl  one object a line            md html  tables for documents\n  id  ids only                         xlsx  a workbook (with -o FILE.xlsx)\n  ics  a calendar (today and revisit due alone)\n--json=A,B gives these fields only; --json=? lists the fields.\nWhat has no table (tier explain, customer show, check …) has table, json and jsonl alone.\n",
        ),
        "csv" => (
            "账本中的 CSV\n  UTF-8、逗号分隔;可以用表格软件打开和修改。行序、列序、自加的列、BOM、CRLF 都会保留。\n  自加的列用 x.列名 指称:list customers x.门店:城西 --fields id,x.门店,customer edit C1 x.门店=城西。\n  在 carebook.yaml 的 columns: 下可声明类型与取值(text integer number money date yes_no choice tags):\n    columns: {customers: {门店: {values: [城西, 城东], label: {en: Branch}}, 生日: {type: date}}}\n  carebook columns list 列出它们,check 逐格检查,导入按列名或 --map x.门店=列名 填入。\n  表头和代码值可写代码、中文或英文。以 = + - @ 开头的文字前有一个 ',读取时自动去掉。\n  改完运行 carebook check。\n  给同事改: carebook export 表 -o 文件.xlsx,改完 carebook import 表 文件 -n 预览;空白表: carebook sheet 表。\n",
            "The book's CSV files\n  UTF-8, commas; open and edit them in any spreadsheet program. Row order, column order, your own columns,\n  BOM and CRLF are kept. Headers and coded values may be codes, Chinese or English labels.\n  Text that starts with = + - @ carries one ', taken off on reading. Run `carebook check` after editing.\n  A column of your own is x.NAME: list customers x.branch:west --fields id,x.branch; customer edit C1 x.branch=west.\n  Under `columns:` in carebook.yaml it gets a type (text integer number money date yes_no choice tags) and values:\n    columns: {customers: {branch: {values: [west, east], label: {zh: 门店}}, birthday: {type: date}}}\n  `carebook columns list` names them, `check` checks every cell, imports fill them by name or --map x.branch=COLUMN.\n  For colleagues: `carebook export TABLE -o FILE.xlsx`, then `carebook import TABLE FILE -n`; `carebook sheet TABLE` is an empty one.\n",
        ),
        "orders" => (
            "导入订单 (carebook import orders)\n  有订单号的销售行:文件给出该订单的全部销售行,与账本不同时整单替换。\n  有订单号的退款行:逐次累加。账本中已有相同的一行(订单号、日期、金额、商品、数量)则未变,否则新增,不删除。\n  没有订单号的行:账本中已有内容相同的行则未变,否则新增。\n  一张订单在文件中有一行不能导入时,整单拒收:改正拒收文件后再导入即完整。\n  回执说明账本中有多少行被替换。\n",
            "Importing orders (carebook import orders)\n  Sales lines with an id: the file states all sales lines of that order; where they differ from the book, they replace them.\n  Refund lines with an id add up: one that is in the book (same id, date, amount, product, quantity) is unchanged,\n  any other is new, and none is removed.\n  Rows without ids: one with the same content in the book is unchanged, any other is new.\n  An order of which one line of the file cannot be taken is rejected with all its lines: mend the rejects and import them.\n  The receipt tells how many lines of the book were replaced.\n",
        ),
        "exit-codes" => (
            "退出码\n  0 完成或无事可做   1 失败   2 用法错误   3 找不到或不唯一   4 需要输入或确认\n  5 账本被占用或刚被改动   6 检查或导入发现坏行,或备份已损坏   7 结果不确定,运行 carebook check\n",
            "Exit codes\n  0 done or nothing to do   1 failed   2 usage   3 not found or ambiguous   4 input or confirmation needed\n  5 locked, or changed underneath   6 check or import found bad rows, or a backup is damaged   7 outcome uncertain: run `carebook check`\n",
        ),
        "environment" => (
            "环境变量(参数优先)\n  CAREBOOK_DIR 账本目录   CAREBOOK_LANG zh|en   CAREBOOK_TODAY 日期   CAREBOOK_ACTOR 操作人\n  CAREBOOK_NO_INPUT 不提问   CAREBOOK_PASSPHRASE 加密备份的口令   TMPDIR 核对备份时的临时目录\n",
            "Environment (flags come first)\n  CAREBOOK_DIR the book   CAREBOOK_LANG zh|en   CAREBOOK_TODAY a date   CAREBOOK_ACTOR who acts\n  CAREBOOK_NO_INPUT never ask   CAREBOOK_PASSPHRASE of encrypted backups   TMPDIR where backups are verified\n",
        ),
        "cron" => (
            "定时任务(cron 没有终端、语言和 HOME:语言与时区取自账本)\n  0 7 2 1,4,7,10 *  carebook --data /srv/book report 上季度 -o /srv/reports/ -q\n  30 8 * * 1-5      carebook --data /srv/book today --fail-if-any -q || mail …\n",
            "Cron has no terminal, no locale and no HOME: the book decides language and zone\n  0 7 2 1,4,7,10 *  carebook --data /srv/book report \"last quarter\" -o /srv/reports/ -q\n  30 8 * * 1-5      carebook --data /srv/book today --fail-if-any -q || mail …\n",
        ),
        _ => return None,
    };
    Some(lang.pick(zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_has_a_text() {
        for name in NAMES {
            assert_eq!(NAMES.len(), ZH_NAMES.len());
            assert!(text(name, Lang::Zh).is_some() && text(name, Lang::En).is_some(), "{name}");
        }
    }
}
