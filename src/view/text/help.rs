//! The help in Chinese: one text per command and argument. A test asks for every one of them.

mod archive;
mod contact;
mod knowledge;
mod points;
mod revisit;
mod survey;

/// Rewrites a command's help.
pub fn in_chinese(command: clap::Command) -> clap::Command {
    localise(command, "")
}

fn localise(command: clap::Command, path: &str) -> clap::Command {
    let mut command = match text(path) {
        Some(about) => command.about(about),
        None => command,
    };
    let args: Vec<(String, bool)> = command.get_arguments().map(|arg| (arg.get_id().to_string(), arg.is_positional())).collect();
    for (id, positional) in args {
        let help = text(&format!("{path}.{id}")).or_else(|| text(&format!("*.{id}")));
        let heading = if positional { "参数" } else { "选项" };
        command = command.mut_arg(id, |arg| {
            let heading = if arg.get_help_heading().is_some() { "通用选项" } else { heading };
            arg.help(help.unwrap_or_default()).help_heading(heading)
        });
    }
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for name in names {
        let path = if path.is_empty() { name.clone() } else { format!("{path} {name}") };
        command = command.mut_subcommand(name, |sub| localise(sub, &path));
    }
    let flag = |id: &'static str, short: char, help: &'static str, action: clap::ArgAction| {
        clap::Arg::new(id).short(short).long(id).help(help).action(action).help_heading("选项")
    };
    command = command.disable_help_flag(true).arg(flag("help", 'h', "显示帮助", clap::ArgAction::Help));
    if path.is_empty() {
        command = command.disable_version_flag(true).arg(flag("version", 'V', "显示版本", clap::ArgAction::Version));
    }
    command.subcommand_help_heading("命令").help_template("{about}\n\n用法: {usage}\n\n{all-args}")
}

/// A command's or argument's Chinese help; `*` stands for any command.
fn text(key: &str) -> Option<&'static str> {
    all().find(|(name, _)| *name == key).map(|(_, text)| *text)
}

/// Every text, those of the longer families of commands from files of their own.
fn all() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    [HELP, archive::HELP, contact::HELP, knowledge::HELP, points::HELP, revisit::HELP, survey::HELP].into_iter().flatten()
}

const HELP: &[(&str, &str)] = &[
    ("", "小企业的客户服务,全部在普通文件里"),
    ("*.data", "账本目录 [默认: $CAREBOOK_DIR,否则向上找含 carebook.yaml 的目录]"),
    ("*.lang", "消息与标签的语言: zh 或 en [默认: $CAREBOOK_LANG,否则取账本的]"),
    ("*.today", "把这一天当作今天"),
    ("*.at", "发生时间,用于补录 (2026-11-23 或 \"2026-11-23 09:30\")"),
    ("*.actor", "操作人,记入日志 [默认: $CAREBOOK_ACTOR,否则用户名]"),
    ("*.format", "输出格式"),
    ("*.output", "写入文件;后缀决定格式"),
    ("*.fields", "要显示的列,代码或标签,逗号分隔"),
    ("*.json", "JSON;可指定字段,--json=? 列出字段"),
    ("*.dry_run", "只显示将要发生的变化,账本不动"),
    ("*.wait", "别的 carebook 正在写入时最多等多少秒 [默认: 10]"),
    ("*.no_input", "从不提问,缺什么就报错并指出参数"),
    ("*.quiet", "不显示消息;数据照常输出"),
    ("*.id", "编号,或唯一的尾数,如 1123-1"),
    ("*.reason", "理由"),
    ("init", "新建账本"),
    ("init.dir", "目录 [默认: 当前目录]"),
    ("init.name", "店铺或公司名称"),
    ("init.language", "账本的语言: zh 或 en"),
    ("init.time_zone", "时区,如 Asia/Shanghai"),
    ("init.currency", "货币 (ISO 4217),如 CNY"),
    ("init.fiscal_year_starts", "财年起始月份"),
    ("demo", "演示账本:两个季度的示例记录"),
    ("demo.dir", "建在哪个目录 [默认: carebook-demo]"),
    ("report", "定期报告: 文本、md、html、xlsx、json、csv"),
    ("report.period", "2026Q3、2026-07、2026H1、2026、FY2026 财年、上季度、2026-07-01..2026-08-15、全部…… [默认: 上季度]"),
    ("report.compare", "对比: previous 上期、year_ago 去年同期、none 不对比 [默认: 按 rules/report.yaml]"),
    ("report.no_compare", "不与其他期间对比"),
    ("report.sections", "只要这些章节,按此次序 [默认: 按 rules/report.yaml]"),
    ("report explain", "一个数字由哪些记录得出"),
    ("report explain.figure", "received、median_time、category=物流/count、shares/category=物流/share……;不写:列出所有指标"),
    ("report explain.period", "报告期间 [默认: 上季度]"),
    ("report seal", "把一期报告连同所依据的一切永久封存"),
    ("report seal.period", "已结束的期间 [默认: 上季度]"),
    ("report seal.again", "该期已封存时另封一份: 原因"),
    ("report seal.compare", "对比: previous 上期、year_ago 去年同期、none 不对比 [默认: 按 rules/report.yaml]"),
    ("report seal.no_compare", "不与其他期间对比"),
    ("report seal.sections", "只要这些章节,按此次序 [默认: 按 rules/report.yaml]"),
    ("report verify", "验证封存的报告: 由日志重算并比对,列出此后影响它的改动"),
    ("report verify.period", "已封存的期间或其中一份(2026Q3、2026Q3.2) [默认: 全部]"),
    ("report verify.fail_if_any", "后来的改动会使封存的报告不同时以 1 结束,用于 cron"),
    ("report templates", "列出模板及所用的是哪一份,打印一个,或写进账本供修改"),
    ("report templates.template", "这个模板: 打印;加 --write 则只写这个"),
    ("report templates.write", "写到账本的 templates/ 下;已有的不动"),
    ("report check-template", "检查模板(默认检查自己的): 写法,并用样例填写"),
    ("report check-template.names", "要检查的模板,如 report/section.html、letters/status.zh.txt [默认: 自己的全部]"),
    ("letter", "给客户的信函: welcome 欢迎、apology 致歉、status 进展、resolution 办结、revisit 回访邀请、questionnaire 问卷;list 列表"),
    ("letter.name", "信函名称,也可为 templates/letters/ 中自己的;或: list 列表"),
    ("letter.id", "写的是哪位客户、哪件诉求或哪次回访,依信函而定: 编号或能唯一识别的末尾;客户也可用姓名、电话、邮箱"),
    ("letter.survey", "questionnaire 用哪份问卷 [默认: 唯一一份带编码的]"),
    ("status", "账本概况"),
    ("today", "今天要办的:逾期、到期、等待、回访"),
    ("today.staff", "只看某位员工"),
    ("today.explain", "每件事的紧急度由哪些部分组成"),
    ("today.fail_if_any", "有待办事项时以 1 退出,供定时任务使用"),
    ("intake", "登记诉求或投诉"),
    ("intake.text", "诉求内容;- 表示从标准输入读取"),
    ("intake.customer", "客户:编号、姓名、电话或邮箱"),
    ("intake.name", "客户名称(不在档案中的客户)"),
    ("intake.category", "诉求类别"),
    ("intake.kind", "类型: inquiry|support|suggestion|complaint 或 咨询|支持|建议|投诉"),
    ("intake.purpose", "投诉目的: 建议性|批评性|控告性"),
    ("intake.severity", "严重程度: 轻微|一般|重大|紧急"),
    ("intake.channel", "渠道: 电话|邮件|在线客服|社交媒体|当面|回访"),
    ("intake.related", "与哪条诉求有关,如已过重开期限的那条"),
    ("intake.set", "一个自定义列的值,可重复"),
    ("intake.wish", "客户期望的处理"),
    ("review", "初步审核:受理、不受理、待补充、重复或超出范围"),
    ("review.decision", "accept 受理 | reject 不受理 | duplicate 重复 | need-info 待补充 | out-of-scope 超出范围"),
    ("review.reason", "理由,或需要客户补充什么;不受理、超出范围、待补充时必填"),
    ("*.impact", "影响程度: 1 到 3 或词语;与 --urgency 一起得出严重程度"),
    ("*.urgency", "紧迫程度: 1 到 3 或词语"),
    ("review.of", "与哪条诉求重复"),
    ("review.category", "更正类别"),
    ("review.kind", "更正类型"),
    ("review.purpose", "更正投诉目的"),
    ("review.severity", "更正严重程度"),
    ("review.force", "客户不同也标为重复"),
    ("assign", "把诉求分配给员工:指定,或按规则"),
    ("assign.who", "员工的简称 [默认: 按 rules/assignment.yaml 的规则]"),
    ("assign.all_unassigned", "按规则分配所有已审核、还没有人处理的诉求"),
    ("assign.explain", "列出各规则考虑的人选及原因,不分配"),
    ("start", "开始处理"),
    ("wait", "等待客户"),
    ("resume", "恢复处理"),
    ("escalate", "临近期限或逾期的诉求:提醒、提级、改派"),
    ("escalate.id", "只看这件诉求:编号或其唯一的末尾"),
    ("escalate.run", "执行;不加则只列出将要做的。用于定时任务:每级只执行一次"),
    ("note", "在处理措施后追加一行"),
    ("note.text", "内容"),
    ("resolve", "办结:处理措施与处理结果"),
    ("resolve.text", "处理结果"),
    ("resolve.measures", "处理措施"),
    ("*.cause", "根本原因"),
    ("*.cause_code", "根本原因的代码,见 rules/categories.yaml"),
    ("*.why", "为什么会这样;最多五次,逐层追问"),
    ("*.responsible", "责任部门或责任人;可写比例与判定日期,如 \"客服部:60% 小李:40% 2026-10-08\""),
    ("*.cost", "成本或赔付金额"),
    ("*.knowledge", "所用的知识条目:编号或标题中的词;多条用 ; 分隔"),
    ("confirm", "客户确认结果"),
    ("confirm.by", "由谁确认(不是客户本人时)"),
    ("confirm.how", "确认方式,如 电话"),
    ("feedback", "记录客户评分"),
    ("feedback.score", "1 到 5,或 非常满意|比较满意|一般|不满意|非常不满意"),
    ("feedback.text", "客户的话"),
    ("close", "关闭已确认的诉求"),
    ("close.unconfirmed", "未经客户确认也关闭"),
    ("reopen", "重开已办结或已关闭的诉求"),
    ("merge", "把一条诉求并入另一条同一事项的诉求"),
    ("merge.into", "并入哪一条"),
    ("merge.force", "客户不同也合并"),
    ("link", "关联两条有关的诉求"),
    ("link.other", "另一条诉求的编号"),
    ("link.remove", "取消关联"),
    ("split", "把诉求中的另一件事拆成新的诉求"),
    ("split.text", "另一件事的内容"),
    ("split.category", "新诉求的类别"),
    ("list", "列出记录: requests|customers|staff|revisits|orders|interactions|contacts|knowledge|points|practices"),
    ("list.words", "表名(默认诉求)与筛选条件,见 carebook help filters"),
    ("show", "显示一条记录及其时间线"),
    ("show.clock", "诉求的各项时限,以及逐段计时"),
    ("customer", "客户档案:新增、修改、列出、查看、核对、授权、标签、认领与释放"),
    ("customer add", "新增客户"),
    ("customer add.name", "客户名称"),
    ("customer add.new_id", "编号 [默认: 下一个 C 号]"),
    ("customer add.refuse_duplicates", "可能重复时不新增,以 4 结束"),
    ("customer duplicates", "可能重复的客户及依据"),
    ("customer duplicates.customer", "只看谁可能是这位客户: 编号、姓名、电话或邮箱"),
    ("customer duplicates.least", "达到多少分才列出,1 到 100 [默认: 见 rules/duplicates.yaml]"),
    ("customer duplicates.fail_if_any", "有重复时以 1 结束,供 cron 使用"),
    ("customer distinct", "看似相同的两位是不同客户,不再提示"),
    ("customer distinct.other", "另一位客户"),
    ("customer distinct.remove", "取消标记: 可能还是同一位"),
    ("customer merge", "把一位客户并入另一位;名下的一切照旧,算在后者名下"),
    ("customer merge.customer", "要并入的客户: 编号、姓名、电话或邮箱"),
    ("customer merge.into", "保留的客户"),
    ("customer merge.take", "这些字段取被并入者的值;字段=编号 指明取谁的"),
    ("customer merge.yes", "不再询问,直接合并"),
    ("customer unmerge", "已并入的客户恢复为独立客户"),
    ("customer unmerge.customer", "曾被并入的客户"),
    ("customer add.set", "其他字段,如 电话=138… phone=138…"),
    ("customer edit", "修改客户"),
    ("customer edit.set", "字段=值;值为空则清空"),
    ("customer list", "列出客户"),
    ("customer list.filters", "筛选条件,见 carebook help filters"),
    ("customer show", "查看客户:资料、联系人,以及一条包含全部往来的时间线"),
    ("show.since", "客户的时间线:只看这段时间起的,如 90d、2026Q3 或 全部"),
    ("show.kind", "只看这些: 档案、联系人、订单、诉求、备注、沟通、回访、问卷、等级、积分,逗号分隔"),
    ("show.last", "只看最近几条 [默认: 全部;终端上 30 条]"),
    ("customer show.since", "时间线只看这段时间起的,如 90d、2026Q3 或 全部"),
    ("customer show.kind", "只看这些: 档案、联系人、订单、诉求、备注、沟通、回访、问卷、等级、积分,逗号分隔"),
    ("customer show.last", "只看最近几条 [默认: 全部;终端上 30 条]"),
    ("*.customer", "客户:编号、姓名、电话或邮箱"),
    ("*.contact", "联系人:编号如 P1、姓名、电话或邮箱"),
    ("staff", "员工:新增、修改、列出、请假"),
    ("staff add", "新增员工"),
    ("staff add.set", "其他字段,如 容量=8 负责地区=城西"),
    ("staff add.name", "简称,如 小李"),
    ("staff add.full_name", "姓名"),
    ("staff add.department", "部门"),
    ("staff add.role", "岗位"),
    ("staff add.phone", "电话"),
    ("staff add.email", "邮箱"),
    ("staff add.skill", "技能,可多次"),
    ("staff edit", "修改员工"),
    ("staff edit.name", "员工的简称"),
    ("staff edit.set", "字段=值,如 技能=投诉;退换 容量=8 负责地区=浙江 离职日期=2026-12-31;值为空则清空"),
    ("staff leave", "登记、列出或取消请假"),
    ("staff leave.name", "员工的简称"),
    ("staff leave.when", "日期,或 起..止(含两端)"),
    ("staff leave.list", "列出今天起的请假"),
    ("staff leave.cancel", "取消这一天所在的整段请假"),
    ("staff list", "列出员工"),
    ("staff list.filters", "筛选条件,见 carebook help filters"),
    ("rfm", "最近购买、购买次数、消费金额的分数与分群"),
    ("rfm.filters", "只看符合条件的客户,见 carebook help filters"),
    ("rfm.list", "每位客户一行"),
    ("rfm.segment", "只看这个分群(代码或名称)"),
    ("rfm show", "各分群的客户,或每位客户的分数"),
    ("rfm show.filters", "只看符合条件的客户,见 carebook help filters"),
    ("rfm show.list", "每位客户一行"),
    ("rfm show.segment", "只看这个分群(代码或名称)"),
    ("rfm explain", "一位客户的分数:数值、切点、分群"),
    ("tier what-if", "换一套规则谁会变动、为什么"),
    ("tier what-if.rules", "与 rules/tiers.yaml 同样写法的文件,- 为标准输入,built-in 为内置规则"),
    ("tier what-if.settled", "当作无需等待:不计最短停留、评审日与宽限"),
    ("tier history", "一位客户的每次评定及其有效期"),
    ("tier explain.rows", "逐条列出各指标所依据的记录"),
    ("tier", "按规则分级:查看、评定、解释、试算、历史、设定"),
    ("practice", "各类客户的跟进清单: 计划、到期、列表、查看、完成、跳过"),
    ("practice plan", "为新进入某类的客户建清单,关闭已离开该类的步骤;再次运行不会重复"),
    ("practice plan.until", "只建首个步骤在这一天之前到期的清单 [默认: 全部]"),
    ("practice due", "现在要办的步骤"),
    ("practice due.until", "也包括这一天之前到期的 [默认: 今天]"),
    ("practice due.staff", "只看某位员工"),
    ("practice list", "列出步骤"),
    ("practice list.filters", "过滤条件,见 carebook help filters"),
    ("practice show", "一位客户的清单,逐项打勾"),
    ("practice show.customer", "客户:编号、姓名、电话或邮箱"),
    ("practice done", "某一步已完成"),
    ("practice done.text", "结果"),
    ("practice skip", "不办某一步,须写理由"),
    ("lifecycle", "生命周期: 潜在、新、常规、忠实、问题、沉默、流失;解释"),
    ("lifecycle.filters", "只看符合条件的客户,见 carebook help filters"),
    ("lifecycle.list", "每位客户一行"),
    ("lifecycle.class", "只看这一类(代码或名称)"),
    ("lifecycle show", "各类客户,或每位客户的类别"),
    ("lifecycle show.filters", "只看符合条件的客户,见 carebook help filters"),
    ("lifecycle show.list", "每位客户一行"),
    ("lifecycle show.class", "只看这一类(代码或名称)"),
    ("lifecycle explain", "一位客户的类别:起决定作用的每个数字,以及接下来的变化"),
    ("columns", "自定义列:列出、填写"),
    ("columns list", "列出自定义列:类型、取值、是否必填"),
    ("columns list.table", "只看这张表,如 customers"),
    ("columns set", "填写一条诉求、回访、跟进步骤、知识条目、客户或员工的自定义列"),
    ("columns set.set", "单元格,如 x.门店=城西(值留空即清空)"),
    ("tier", "按规则分级:查看、评定、解释、设定"),
    ("tier.filters", "只看符合条件的客户,见 carebook help filters"),
    ("tier.list", "每位客户一行"),
    ("tier.moves", "只看等级将变更的客户"),
    ("*.as_of", "按当时已登记的内容回答(某日指该日结束时;用于 tier 时:评定日期)"),
    ("*.as_recorded", "与 --as-of 同用:只算当时已登记的,不算后来补录的"),
    ("undo", "撤销最近一次改动,或某行日志所属的改动"),
    ("undo.row", "该改动的日志行号 [默认: 最近一次有效的改动]"),
    ("redo", "重做最近一次撤销"),
    ("log.period", "只看这段时间登记的,如 2026Q3 或 2026-10-08"),
    ("log.action", "只看这个动作,如 办结、导入、手工改动"),
    ("log.last", "只看最后几行"),
    ("check.names", "只做这些检查,如 log、customers [默认: 全部]"),
    ("tier show", "各等级的客户,或谁在哪一级、为什么"),
    ("tier show.filters", "只看符合条件的客户,见 carebook help filters"),
    ("tier show.list", "每位客户一行"),
    ("tier show.moves", "只看等级将变更的客户"),
    ("tier apply", "记录规则带来的变更"),
    ("tier explain", "逐步说明一位客户的得分与等级"),
    ("tier set", "人工设定等级,须写理由与截止日期"),
    ("tier set.tier", "等级的代码或名称"),
    ("tier set.until", "有效的最后一天"),
    ("import", "从 CSV 或工作簿导入;同事改过的导出文件逐格合并"),
    (
        "import.what",
        "customers 客户 | orders 订单 | requests 诉求 | contacts 联系人 | staff 员工 | revisits 回访 | interactions 沟通记录 | knowledge 知识",
    ),
    ("import.theirs", "改过的导出文件:两边都改了的格子取表格的"),
    ("import.ours", "改过的导出文件:两边都改了的格子取账本的"),
    ("import.file", "文件: CSV、xlsx、xls、ods;- 表示标准输入"),
    ("*.map", "列与字段的对应:字段=列名、字段=#3 或 字段==固定值;可多次"),
    ("import.use_map", "使用已保存的对应 maps/NAME.yaml [默认: 表头相符的那一个]"),
    ("import.draft_map", "按这个文件起草 maps/NAME.yaml(附样例),什么也不导入"),
    ("import.no_map", "不用已保存的对应,即使表头相符"),
    ("import.save_map", "把这次的对应存为 maps/NAME.yaml,供下次使用"),
    ("*.encoding", "文件编码: utf-8、gb18030、utf-16le、latin1 [默认: 自动判断]"),
    ("*.date_order", "03/04/2026 这类日期的日月顺序: dmy 或 mdy"),
    ("*.rejects", "拒收的行写到哪里 [默认: 文件名-rejects.csv]"),
    ("import.skip", "表头之前要跳过的行数 [默认: 自动找到表头]"),
    ("import.sheet", "工作簿里的工作表,名称或序号 [默认: 表头最相符的那一张]"),
    ("import.history", "诉求:每件诉求有多行,每行是它在 changed_at 时刻的状态"),
    ("import.create_customers", "订单:为档案中没有的客户建档"),
    ("export", "把一张表导出给同事改,改完可再导入;诉求处理记录表"),
    ("export.words", "表名,或 handling(诉求处理记录表);其后是筛选条件,见 carebook help 筛选"),
    ("export.reader", "给谁看: excel、wps(双击即开)、machine(代码、原样) [默认: excel]"),
    ("export.columns", "要哪些列,代码或标签,逗号分隔 [默认: 全部]"),
    ("sheet", "空白登记表: 表头、下拉选项和一行示例"),
    (
        "sheet.what",
        "customers 客户 | contacts 联系人 | requests 诉求 | orders 订单 | staff 员工 | revisits 回访 | interactions 沟通记录 | knowledge 知识",
    ),
    ("check", "检查账本:无误时无输出,退出码 0"),
    ("check.adopt", "以现有文件为准:不见了的文件是有意删除的"),
    ("log", "变更日志"),
    ("log.id", "只看这条记录"),
    ("log.since", "自何时起,如 90d"),
    ("log.by", "只看此人"),
    ("backup", "把整个账本备份成一个文件;核对备份"),
    ("backup.file", "要写的文件;用 .carebook-backup 之类的后缀便于辨认"),
    ("backup.force", "覆盖已有文件"),
    ("backup.encrypt", "用口令加密:$CAREBOOK_PASSPHRASE、--passphrase-file,或当场输入"),
    ("backup.recipient", "用公钥 (age1…) 加密,不用口令;可多次"),
    ("backup verify", "试恢复并逐一核对;有任何不符以 6 退出"),
    ("backup verify.file", "备份文件"),
    ("*.passphrase_file", "文件的第一行是口令"),
    ("*.identity", "密钥文件 (AGE-SECRET-KEY-1…)"),
    ("restore", "从备份恢复账本,放进空目录"),
    ("restore.file", "备份文件"),
    ("restore.dir", "空目录,或还不存在的目录"),
    ("upgrade", "把旧格式的账本升级到现在的格式,先备份"),
    ("upgrade.backup", "备份写到哪里 [默认: 账本旁边,名称-before-upgrade-日期.carebook-backup]"),
    ("config", "规则:列出、写出默认值"),
    ("config list", "列出规则文件及来源"),
    ("config hooks", "hooks/ 中得知变更的程序,以及是否允许运行"),
    ("config hooks.allow", "允许现有的这些在这份账本上运行;请先看过内容"),
    ("config write", "把默认规则写进账本,以便修改"),
    (
        "config write.name",
        "tiers 等级 | revisits 回访 | service 时限 | calendar 日历 | assignment 分配 | severity 严重程度 | categories 类别 | feedback 反馈与重开 | duplicates 重复客户 | comments 意见主题 | points 积分 | lifecycle 生命周期 | practices 跟进 | archive 档案 | report 报告",
    ),
    ("calendar", "工作日历:每天的时间、两个时刻之间的工作时间、到期时刻"),
    ("calendar show", "列出每一天:类别、时间、名称"),
    ("calendar show.period", "2026-10、本季度、2026…… [默认: 本月]"),
    ("calendar between", "两个时刻之间的工作时间"),
    ("calendar between.start", "起:2026-11-23T09:30+08:00,或日历时区的当地时间 \"2026-11-23 09:30\""),
    ("calendar between.end", "止"),
    ("calendar due", "用完这么多工作时间是什么时候"),
    ("calendar due.start", "起:2026-11-23T09:30+08:00,或日历时区的当地时间 \"2026-11-23 09:30\""),
    ("calendar due.duration", "工作时间:4小时、90分钟、7200s;工作日:2个工作日;日历日:3天、2周、1个月"),
    ("calendar show.staff", "扣除这位员工的缺勤"),
    ("calendar between.staff", "扣除这位员工的缺勤"),
    ("calendar due.staff", "扣除这位员工的缺勤"),
    ("*.pause", "不计的时段 起/止,可多次"),
    ("*.calendar", "使用这个日历文件,不用账本的"),
    ("completions", "生成 shell 补全脚本"),
    ("completions.shell", "bash|zsh|fish|powershell|elvish"),
    ("help", "命令或主题的帮助"),
    ("help.topic", "命令,或主题: 日期 筛选 格式 表格 退出码 环境 定时"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_argument_has_chinese_help() {
        let mut lacking = Vec::new();
        collect(&crate::cli::run::command(crate::base::lang::Lang::En), "", &mut lacking);
        assert_eq!(lacking, [""; 0], "write their Chinese help in view/text/help.rs");
    }

    #[test]
    fn no_help_is_left_over() {
        let command = crate::cli::run::command(crate::base::lang::Lang::En);
        for (key, _) in all().filter(|(key, _)| !key.starts_with('*')) {
            let (path, arg) = key.split_once('.').map_or((*key, None), |(path, arg)| (path, Some(arg)));
            let found = path.split(' ').filter(|name| !name.is_empty()).try_fold(&command, |at, name| at.find_subcommand(name));
            let known = found.is_some_and(|at| arg.is_none_or(|arg| at.get_arguments().any(|a| a.get_id() == arg)));
            assert!(known, "{key} belongs to nothing");
        }
    }

    fn collect(command: &clap::Command, path: &str, lacking: &mut Vec<String>) {
        if text(path).is_none() {
            lacking.push(path.to_owned());
        }
        let ours = command.get_arguments().filter(|arg| !matches!(arg.get_id().as_str(), "help" | "version"));
        for arg in ours {
            let key = format!("{path}.{}", arg.get_id());
            if text(&key).is_none() && text(&format!("*.{}", arg.get_id())).is_none() {
                lacking.push(key);
            }
        }
        for sub in command.get_subcommands() {
            let path = if path.is_empty() { sub.get_name().to_owned() } else { format!("{path} {}", sub.get_name()) };
            collect(sub, &path, lacking);
        }
    }
}
