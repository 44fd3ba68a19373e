#!/usr/bin/env python3
"""Tells the demo book's story to carebook, command by command, and so makes sample-data/book anew.

    cargo build --release && python3 sample-data/story.py target/release/carebook

Nothing here is a real person. The log's salts are random, so a new telling differs in the log only.
"""
import csv, datetime as dt, os, pathlib, random, shutil, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent
BOOK = HERE / "book"
BIN = pathlib.Path(sys.argv[1]).resolve()
TODAY = dt.date(2026, 10, 8)
random.seed(20261008)


def run(*args, at=None, today=None, by="店主", may_fail=False):
    """One command on the day it happened; `at` is 'YYYY-MM-DD HH:MM'."""
    day = str(at)[:10] if at else str(today or TODAY)
    command = [str(BIN), "--data", str(BOOK), "--lang", "zh", "--today", day, "--actor", by, "--no-input", "-q"]
    if at:
        command += ["--at", str(at)[:16]]
    done = subprocess.run(command + [str(a) for a in args], capture_output=True, text=True, env={"PATH": os.environ["PATH"]}, cwd=HERE)
    if done.returncode and not may_fail:
        sys.exit(f"{' '.join(command[1:] + [str(a) for a in args])}\n{done.stdout}{done.stderr}")
    return done.stdout


# --- the archive -----------------------------------------------------------------------------------------------
STAFF = [("小李", "李静", "客服部", "客服"), ("小陈", "陈亮", "售后部", "维修师傅"), ("老周", "周建国", "门店", "店长"), ("Mei", "Mei Tan", "客服部", "English desk")]
# name, kind, phone, email, region, owner, potential, since, source, channel, monthly orders, usual amount
CUSTOMERS = [
    ("王芳", "个人", "13810010001", "wangfang@example.cn", "城西", "小李", "高", "2023-03-12", "老客介绍", "微信", 2.2, 420),
    ("云栖酒店", "企业", "057188880002", "fb@yunqi-hotel.example", "城东", "老周", "高", "2022-11-01", "展会", "电话", 2.6, 2600),
    ("李雷", "个人", "13810010003", "", "城西", "小李", "中", "2024-06-18", "门店", "电话", 0.9, 180),
    ("Emma Wilson", "个人", "+8613810010004", "emma.wilson@example.com", "城东", "Mei", "中", "2025-01-20", "website", "邮件", 1.1, 260),
    ("赵敏", "个人", "13810010005", "zhaomin@example.cn", "城南", "小李", "中", "2024-02-02", "小红书", "微信", 0.8, 210),
    ("山水文化公司", "企业", "057188880006", "office@shanshui.example", "城北", "老周", "高", "2023-08-15", "老客介绍", "电话", 1.6, 1500),
    ("陈浩", "个人", "13810010007", "", "城西", "小李", "低", "2025-05-06", "门店", "电话", 0.5, 120),
    ("刘洋", "个人", "13810010008", "liuyang@example.cn", "城东", "小李", "中", "2024-09-09", "微信", "微信", 0.9, 300),
    ("Hotel Seaview", "企业", "+85221110009", "procurement@seaview.example", "香港", "Mei", "高", "2024-04-22", "trade fair", "邮件", 1.4, 3200),
    ("孙丽", "个人", "13810010010", "sunli@example.cn", "城南", "小李", "中", "2023-12-01", "老客介绍", "电话", 1.2, 350),
    ("周杰", "个人", "13810010011", "", "城北", "小李", "低", "2026-04-03", "抖音", "微信", 0.6, 150),
    ("吴倩", "个人", "13810010012", "wuqian@example.cn", "城西", "小李", "中", "2026-04-20", "小红书", "微信", 0.7, 190),
    ("郑凯", "个人", "13810010013", "", "城东", "小李", "低", "2025-10-10", "门店", "电话", 0.3, 100),
    ("一杯清茶室", "企业", "057188880014", "hi@yibei.example", "城西", "老周", "中", "2024-07-07", "同行", "微信", 1.8, 880),
    ("冯雪", "个人", "13810010015", "fengxue@example.cn", "城南", "小李", "中", "2025-03-08", "微信", "微信", 0.7, 240),
    ("Lucas Martin", "个人", "+33612345616", "lucas.martin@example.fr", "Paris", "Mei", "中", "2025-06-30", "website", "邮件", 0.5, 520),
    ("蒋文", "个人", "13810010017", "", "城北", "小李", "低", "2024-11-11", "门店", "电话", 0.4, 130),
    ("沈阳阳", "个人", "13810010018", "shen@example.cn", "城东", "小李", "高", "2023-05-20", "老客介绍", "电话", 1.5, 560),
    ("韩梅", "个人", "13810010019", "hanmei@example.cn", "城西", "小李", "中", "2024-01-15", "门店", "微信", 0.9, 230),
    ("杨帆书院", "企业", "057188880020", "tea@yangfan.example", "城南", "老周", "中", "2025-09-01", "老客介绍", "电话", 1.0, 960),
    ("Sofia Rossi", "个人", "+393331234521", "sofia@example.it", "Milano", "Mei", "低", "2026-05-11", "website", "邮件", 0.4, 310),
    ("朱琳", "个人", "13810010022", "", "城东", "小李", "低", "2026-06-18", "抖音", "微信", 0.5, 140),
    ("许强", "个人", "13810010023", "xuqiang@example.cn", "城北", "小李", "中", "2023-10-10", "门店", "电话", 0.0, 0),
    ("何静", "个人", "13810010024", "", "城南", "小李", "中", "2026-07-02", "小红书", "微信", 0.8, 200),
    ("吕伟", "个人", "13810010025", "lvwei@example.cn", "城西", "小李", "低", "2026-07-19", "门店", "电话", 0.5, 110),
    ("Bay Trading Ltd", "企业", "+442070000026", "buy@baytrading.example", "London", "Mei", "高", "2026-08-05", "trade fair", "邮件", 1.2, 2100),
    ("曹颖", "个人", "13810010027", "caoying@example.cn", "城东", "小李", "中", "2026-08-22", "老客介绍", "微信", 0.9, 260),
    ("潘磊", "个人", "13810010028", "", "城北", "", "低", "2026-09-10", "抖音", "微信", 0.4, 90),
]
PRODUCTS = ["明前龙井 100g", "正山小种 250g", "白毫银针 50g", "茉莉花茶 200g", "普洱熟饼 357g", "凤凰单丛 100g", "紫砂壶", "盖碗套装", "茶点礼盒", "企业定制礼盒"]


# a column of the shop's own: which branch somebody goes to
OWN_COLUMNS = """columns:
  customers:
    门店: {type: choice, values: [城西店, 城东店], label: {en: Branch}}
"""
BRANCH = {"城西": "城西店", "城北": "城西店", "城东": "城东店", "城南": "城东店"}


def make_archive():
    run_new = [str(BIN), "init", str(BOOK), "--name", "云雾茶铺 Cloud Mist Tea", "--language", "zh", "--no-input", "-q"]
    subprocess.run(run_new, check=True, env={"PATH": os.environ["PATH"]})
    settings = BOOK / "carebook.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + OWN_COLUMNS, encoding="utf-8")
    for name, full, department, role in STAFF:
        run("staff", "add", name, "--full-name", full, "--department", department, "--role", role, today="2026-01-05")
    path = HERE / "customers.csv"
    with open(path, "w", newline="", encoding="utf-8") as f:
        out = csv.writer(f)
        out.writerow(["编号", "客户名称", "类型", "电话", "邮箱", "地区", "负责人", "潜力", "建档日期", "来源", "偏好方式", "门店"])
        for i, (name, kind, phone, email, region, owner, potential, since, source, channel, *_rest) in enumerate(CUSTOMERS, 1):
            if since < "2026-07":
                out.writerow([f"C{i:04}", name, kind, phone, email, region, owner, potential, since, source, channel, BRANCH.get(region, "")])
    run("import", "customers", "customers.csv", today="2026-04-01")


def welcome(since_quarter_start):
    """Customers who came in the third quarter, one by one."""
    for i, (name, kind, phone, email, region, owner, potential, since, source, channel, *_rest) in enumerate(CUSTOMERS, 1):
        if since >= since_quarter_start:
            args = ["customer", "add", name, f"类型={kind}", f"电话={phone}", f"邮箱={email}", f"地区={region}", f"负责人={owner}",
                    f"潜力={potential}", f"来源={source}", f"偏好方式={channel}", "--id", f"C{i:04}"]
            args += [f"x.门店={BRANCH[region]}"] if region in BRANCH else []
            then(dt.datetime.fromisoformat(since + " 08:30"), lambda args=args, since=since: run(*args, today=since))


# customers who stopped buying, and since when
SILENT = {5: dt.date(2025, 12, 10), 13: dt.date(2026, 3, 5), 15: dt.date(2025, 11, 20), 17: dt.date(2026, 5, 20)}


# --- orders ----------------------------------------------------------------------------------------------------
def make_orders(first, last, name):
    """Each customer at their own rhythm; a few refunds; two orders of several lines."""
    rows, number = [], {"n": 0}
    for i, (_n, kind, _p, _e, _r, _o, _po, since, _s, _c, monthly, usual) in enumerate(CUSTOMERS, 1):
        day = max(first, dt.date.fromisoformat(since))
        while monthly and day <= last:
            day += dt.timedelta(days=max(2, int(random.gauss(30 / monthly, 30 / monthly / 4))))
            silent = day > SILENT.get(i, dt.date.max)
            if day > last or silent:
                continue
            number["n"] += 1
            order = f"D{day:%y%m}{number['n']:03}"
            lines = 2 if random.random() < 0.12 else 1
            for _ in range(lines):
                amount = round(usual / lines * random.uniform(0.6, 1.5), 1)
                product = "企业定制礼盒" if kind == "企业" and random.random() < 0.5 else random.choice(PRODUCTS)
                rows.append((day, order, f"C{i:04}", f"{amount:.2f}", random.randint(1, 4), product, "销售"))
            if random.random() < 0.05:
                rows.append((day + dt.timedelta(days=3), order, f"C{i:04}", f"-{amount:.2f}", 1, product, "退款"))
    rows.sort()
    with open(HERE / name, "w", newline="", encoding="gb18030") as f:
        out = csv.writer(f, lineterminator="\r\n")
        out.writerow(["下单日期", "订单号", "客户编号", "实付金额", "数量", "商品名称", "订单类型"])
        for day, *rest in rows:
            out.writerow([f"{day.year}/{day.month}/{day.day}", *rest])


# --- requests --------------------------------------------------------------------------------------------------
EVENTS = []  # (time, what to do): told life by life, done in the order of time


def then(when, do):
    EVENTS.append((when, len(EVENTS), do))


def happen():
    """Does everything that was told, as a shop would have: in the order of time."""
    while EVENTS:
        EVENTS.sort()
        EVENTS.pop(0)[2]()


class Request:
    """One request and the steps of its life, told hour by hour."""

    def __init__(self, when, who, category, kind, content, channel="微信", severity=None, purpose=None, wish=None, by="小李"):
        self.t = dt.datetime.fromisoformat(when)
        customer = next((f"C{i:04}" for i, c in enumerate(CUSTOMERS, 1) if c[0] == who), None)
        known = ["--customer", customer] if customer else ["--name", who]
        args = ["intake", content, *known, "--category", category, "--type", kind, "--channel", channel, "--format", "id"]
        for flag, value in (("--severity", severity), ("--purpose", purpose), ("--wish", wish)):
            args += [flag, value] if value else []
        self.by = by
        then(self.t, lambda at=self.t: self.register(args, at, by))

    def register(self, args, at, by):
        run(*args, at=at, by=by)
        self.id = run("list", f"received_at:{at:%Y-%m-%d}", "--format", "id").split()[-1]

    def step(self, hours, *args, by=None):
        self.t += dt.timedelta(hours=hours)
        verb, *rest = args
        who = by or self.by
        then(self.t, lambda at=self.t: run(verb, self.id, *[a.id if isinstance(a, Request) else a for a in rest], at=at, by=who))
        return self

    def accept(self, who, hours=1, **fix):
        flags = [x for k, v in fix.items() for x in (f"--{k}", v)]
        self.step(hours, "review", "accept", *flags, by="老周").step(0.5, "assign", who, by="老周")
        self.by = who
        return self

    def work(self, hours=2):
        return self.step(hours, "start")

    def solve(self, hours, measures, result, cause=None, responsible=None, cost=None):
        extra = [x for flag, v in (("--cause", cause), ("--responsible", responsible), ("--cost", cost)) if v for x in (flag, v)]
        return self.step(hours, "resolve", result, "--measures", measures, *extra)

    def end(self, score=None, words="", how="微信", hours=20, close=True):
        self.step(hours, "confirm", "--how", how)
        if score:
            self.step(1, "feedback", score, *([words] if words else []))
        return self.step(1, "close") if close else self


def second_quarter():
    R = Request
    R("2026-04-03 10:12", "王芳", "质量", "投诉", "明前龙井有受潮的味道,封口没封好。", purpose="批评性", wish="换新茶").accept("小李").work().solve(
        20, "核对批次,当天寄出新茶并回收旧茶", "已换新,客户收到", "仓库除湿机停机,封口机温度偏低", "仓储部", "168").end(5, "处理很快,谢谢")
    R("2026-04-07 15:40", "陈浩", "物流", "投诉", "快递显示签收,但我没有收到。", channel="电话", purpose="批评性").accept("小李").work(1).step(
        3, "wait", "--reason", "等客户问门卫").step(26, "resume").solve(5, "联系快递核查,找到放在驿站的包裹", "包裹已取到", "快递未电话通知", "承运商").end(4)
    R("2026-04-09 09:05", "Emma Wilson", "咨询", "咨询", "Do you ship the gift box to Singapore, and how long does it take?", channel="邮件", by="Mei").accept("Mei").work(1).solve(
        2, "Sent the price list and shipping times", "Customer ordered one box").end(5, "Very clear answer", "邮件")
    R("2026-04-14 11:30", "云栖酒店", "发票", "支持", "三月的货款发票抬头开错了,请重开。", channel="电话").accept("老周").work().solve(
        28, "作废原发票,按新抬头重开并快递", "新发票已寄到", "开票信息未核对", "财务").end(4, "", "电话")
    R("2026-04-16 16:20", "赵敏", "服务态度", "投诉", "周末到店,店员一直看手机,问两遍才回答。", channel="当面", purpose="批评性", severity="重大").accept("老周").work(3).solve(
        30, "店长当面道歉,赠体验券;晨会重申接待规范", "客户接受道歉", "周末人手不足,接待规范不清", "门店", "50").end(3, "希望真的能改", "电话")
    R("2026-04-21 14:00", "一杯清茶室", "维修", "支持", "紫砂壶壶嘴磕了,能修吗?", channel="当面").accept("小陈").work(20).solve(
        60, "金缮修补,试水三次", "已修好取走", "客户磕碰", None, "120").end(5, "手艺真好", "当面")
    R("2026-04-25 10:45", "刘洋", "建议", "建议", "希望小包装多一些,出差方便。").accept("老周").work().solve(40, "记入选品会", "六月推出 5g 独立小包").end(5)
    R("2026-05-04 13:15", "孙丽", "物流", "投诉", "盖碗到手碎了一只,包装太薄。", purpose="批评性", wish="补发").accept("小李").work(1).solve(
        22, "补发一套,改用双层气柱袋", "补发件完好送达", "易碎品未用加厚包装", "仓储部", "88").end(5)
    R("2026-05-09 17:50", "李雷", "质量", "投诉", "普洱饼里有一根头发!", channel="电话", severity="紧急", purpose="控告性", wish="退款并说明原因").accept("老周", 0.5).work(0.5).solve(
        18, "全额退款,封存同批并送检,书面说明", "检测合格,属包装环节混入,已书面致歉", "包装间未戴网帽", "生产部", "560").end(3, "结果还行,希望以后注意", "电话")
    R("2026-05-12 09:30", "Hotel Seaview", "交付", "投诉", "The May delivery arrived four days late and our tea event had no matcha.", channel="邮件", severity="重大", purpose="批评性",
      by="Mei").accept("Mei").work(2).step(5, "wait", "--reason", "customer checks the event contract").step(30, "resume").solve(
        60, "Air freight at our cost, new delivery calendar agreed", "Delivered; 8 % credit on the invoice", "Customs papers sent late", "Logistics", "960").end(
        3, "Please warn us earlier next time.", "邮件")
    first = R("2026-05-18 10:00", "韩梅", "会员", "咨询", "积分什么时候过期?", channel="微信").accept("小李").work(1).solve(1, "说明积分规则并发链接", "客户已了解")
    again = R("2026-05-18 15:30", "韩梅", "会员", "咨询", "积分过期时间在哪里查?")
    again.step(1, "review", "duplicate", first, by="老周")
    first.end(4)
    R("2026-05-23 11:11", "周杰", "价格", "投诉", "昨天买的今天就降价,要求退差价。", purpose="批评性").accept("小李").work().solve(
        10, "按七日价保规则退差价", "已退差价 36 元", "价保规则未在商品页写明", "运营部", "36").end(5, "没想到这么干脆")
    R("2026-05-28 19:20", "路人甲", "其他", "投诉", "你们隔壁装修太吵。", channel="电话").step(
        2, "review", "reject", "--reason", "不属于本店事务,已建议联系物业", by="老周")
    R("2026-06-02 10:10", "山水文化公司", "定制", "支持", "企业礼盒的烫金 logo 颜色偏暗。", channel="电话").accept("老周").work().step(
        4, "wait", "--reason", "等客户寄色样").step(50, "resume").solve(70, "按色样重印 200 只", "验收通过", "色样未书面确认", "设计", "640").end(4, "", "电话")
    R("2026-06-06 12:00", "沈阳阳", "质量", "投诉", "这批单丛比上次淡很多。", purpose="建议性").accept("小李").work().solve(
        26, "寄送两款对比样,说明今年气候影响", "客户换购另一款", "年份差异未提前说明", "采购部").end(4)
    R("2026-06-11 16:45", "郑凯", "物流", "投诉", "催了三次还没发货。", purpose="批评性", severity="重大").accept("小李", 5).work(20).solve(
        96, "加急发货并致歉", "已收到", "订单漏单,未进拣货队列", "仓储部", "20").step(18, "feedback", "2", "下次不想再买了").step(30, "close", "--unconfirmed")
    R("2026-06-16 10:30", "冯雪", "活动", "咨询", "周六的品茶会还有位置吗?").accept("小李").work(0.5).solve(0.5, "查看名额并登记", "已报名两位").end(5)
    R("2026-06-20 14:30", "Lucas Martin", "物流", "投诉", "Parcel has been at customs for 9 days without any news from you.", channel="邮件", purpose="批评性", by="Mei").accept("Mei").work(3).solve(
        50, "Sent the missing invoice to the carrier, daily updates to the customer", "Released and delivered", "Invoice missing in the customs file", "Logistics").end(
        4, "Good that you kept me informed", "邮件")
    R("2026-06-27 09:50", "吴倩", "维修", "支持", "盖碗盖子松了,能配一个吗?", channel="微信").accept("小陈").work(5).solve(48, "配同款盖子", "已寄出", None, None, "15").end(5)


def third_quarter():
    R = Request
    R("2026-07-02 10:20", "王芳", "质量", "投诉", "茉莉花茶有点潮,跟四月一样的问题。", purpose="批评性", severity="重大", wish="彻底解决仓库问题").accept("小李").work(1).solve(
        24, "换新;检查仓库湿度,更换除湿机", "已换新,湿度每日记录", "仓库除湿不足", "仓储部", "96").end(4, "希望不要有第三次")
    R("2026-07-06 15:00", "何静", "咨询", "咨询", "第一次买白茶,怎么存?").accept("小李").work(0.5).solve(0.5, "发存储指南", "客户收藏了指南").end(5, "讲得很细")
    R("2026-07-08 11:40", "云栖酒店", "交付", "投诉", "周会议用茶少送了两箱。", channel="电话", severity="重大", purpose="批评性").accept("老周", 0.5).work(0.5).solve(
        6, "当天补送,司机与仓库双签", "两小时内补齐", "出库未复核", "仓储部", "60").end(4, "补得快", "电话")
    late = R("2026-07-13 16:10", "刘洋", "物流", "投诉", "包裹外箱破了,茶罐凹陷。", purpose="批评性").accept("小李", 6).work(20)
    late.solve(90, "补发一罐", "已补发", "易碎品未用加厚包装", "仓储部", "118").end(3, "等得有点久")
    R("2026-07-15 09:15", "Emma Wilson", "质量", "投诉", "The jasmine tea smells of cardboard.", channel="邮件", purpose="批评性", by="Mei").accept("Mei").work(2).solve(
        26, "Replaced the tin, changed the inner bag", "Replacement accepted", "仓库除湿不足", "仓储部", "90").end(4, "Better now", "邮件")
    R("2026-07-20 13:30", "一杯清茶室", "价格", "咨询", "一次买十饼有没有批发价?", channel="当面").accept("老周").work(1).solve(3, "给出阶梯报价", "客户下单十二饼").end(5, "", "当面")
    again = R("2026-07-24 10:05", "孙丽", "维修", "支持", "修好的壶又漏水了。", channel="当面", severity="重大").accept("小陈").work(4).solve(
        30, "重新打磨密封", "试水不漏", "第一次修补时间不够", "售后部").end(None, close=True)
    again.step(70, "reopen", "--reason", "用了两天又开始渗水", by="小李").step(3, "start", by="小陈").solve(80, "整只更换同款新壶", "客户满意换新", "旧壶胎体有暗裂", "售后部", "380").end(4, "最后解决了")
    R("2026-07-29 18:00", "赵敏", "服务态度", "投诉", "又是周末没人招呼,收银的还说“爱买不买”。", channel="当面", severity="紧急", purpose="控告性", wish="道歉并处理当事人").accept("老周", 0.5).work(1).solve(
        20, "店长上门致歉,当事员工停岗培训,周末加一名兼职", "客户表示再观察", "周末人手不足", "门店", "200").end(2, "态度问题不是第一次了", "电话")
    R("2026-08-03 10:30", "山水文化公司", "发票", "支持", "请把七月三张小票合开一张专票。", channel="电话").accept("老周").work().solve(20, "合并开票", "专票已寄出").end(5, "", "电话")
    R("2026-08-06 14:20", "Bay Trading Ltd", "咨询", "咨询", "Could you send the pesticide test report for the 2026 Longjing?", channel="邮件", by="Mei").accept("Mei").work(1).solve(
        20, "Sent the laboratory report with a translation", "Customer placed a first order").end(5, "Excellent service", "邮件")
    R("2026-08-10 09:40", "沈阳阳", "物流", "投诉", "中秋礼盒预售说 8 月 8 日发,到现在没动静。", purpose="批评性", severity="重大").accept("小李", 3).work(8).step(
        2, "note", "仓库缺礼盒外套,供应商 8/13 到货").solve(88, "到货当天发出,赠手提袋", "已收到礼盒", "预售未核对库存", "运营部", "30").end(3)
    R("2026-08-14 16:00", "冯雪", "建议", "建议", "品茶会能不能开亲子场?").accept("老周").work(10).solve(60, "九月试办一场", "客户已报名亲子场").end(5, "谢谢采纳")
    R("2026-08-18 11:25", "韩梅", "会员", "投诉", "积分少了 200 分。", purpose="批评性").accept("小李").work(2).solve(20, "核对流水,补回积分", "积分已补回", "退货冲销重复", "运营部").end(4)
    R("2026-08-21 20:10", "朱琳", "物流", "投诉", "晚到五天,送人的茶没赶上生日。", channel="微信", purpose="批评性", severity="重大").accept("小李", 14).work(10).solve(
        70, "退运费,送贺卡与小样", "客户接受", "承运商爆仓,未提前告知", "承运商", "25").end(2, "道歉来得太晚")
    R("2026-08-25 10:50", "Hotel Seaview", "交付", "支持", "Please move the September delivery to the 5th.", channel="邮件", by="Mei").accept("Mei").work(1).solve(5, "Calendar changed, confirmed by the carrier", "Confirmed").end(5, "", "邮件")
    R("2026-08-29 15:35", "杨帆书院", "定制", "支持", "书院开学礼盒想加书签。", channel="电话").accept("老周").work(3).step(3, "wait", "--reason", "等书院给图").step(40, "resume").solve(
        30, "加印书签并装盒", "已交付 80 份").end(5, "学生们很喜欢", "电话")
    R("2026-09-02 09:20", "吕伟", "质量", "投诉", "买的小种有异味,像放在洗衣粉旁边。", channel="电话", purpose="批评性").accept("小李").work(2).solve(
        22, "换新并致歉", "已换新", "门店货架与日化同区", "门店", "66").end(4, "", "电话")
    first = R("2026-09-05 17:00", "陈浩", "物流", "投诉", "说好送上门,放在了驿站。", purpose="批评性").accept("小李").work(2)
    dup = R("2026-09-06 09:10", "陈浩", "物流", "投诉", "又放驿站了,昨天刚说过。")
    dup.step(1, "review", "duplicate", first, by="老周")
    first.solve(20, "投诉承运商,加备注“必须上门”", "下次备注生效", "快递未电话通知", "承运商").end(3)
    R("2026-09-09 13:45", "Sofia Rossi", "咨询", "咨询", "Is the gaiwan dishwasher safe?", channel="邮件", by="Mei").accept("Mei").work(1).solve(1, "Explained hand washing", "Customer thanked us").end(5, "", "邮件")
    R("2026-09-12 10:00", "曹颖", "活动", "咨询", "亲子品茶会几岁可以参加?").accept("小李").work(0.5).solve(0.5, "说明 5 岁以上", "已报名").end(5)
    R("2026-09-15 11:30", "王芳", "物流", "投诉", "盖碗又碎了一只。", purpose="批评性").accept("小李").work(1).solve(
        20, "补发,检查加厚包装执行情况", "已补发", "易碎品未用加厚包装", "仓储部", "48").end(3, "包装一直没改好")
    R("2026-09-19 16:30", "许强", "其他", "投诉", "我没在你家买过东西,为什么给我发短信?", channel="电话", purpose="控告性", severity="重大").accept("老周", 2).work(2).solve(
        24, "查明为旧名单导入,当天停发并致歉", "已退订并删除推广标记", "营销名单未核对授权", "运营部").end(3, "", "电话")
    R("2026-09-22 10:15", "Lucas Martin", "维修", "支持", "The lid of my yixing pot is chipped, can you repair it by mail?", channel="邮件", by="Mei").accept("小陈").work(30).step(
        4, "wait", "--reason", "pot is on its way")
    R("2026-09-25 14:40", "吴倩", "质量", "投诉", "银针碎末很多。", purpose="建议性").accept("小李").work(2).solve(30, "寄样复核,补偿小样", "客户认可", "运输挤压", "承运商", "20").step(20, "confirm", "--how", "微信")
    R("2026-09-28 09:30", "云栖酒店", "交付", "投诉", "国庆用茶还没有确认送货时间。", channel="电话", severity="重大", purpose="批评性").accept("老周", 1).work(2).solve(
        5, "确认 9 月 30 日上午送达", "按时送达", "节前排车未通知", "物流").end(4, "", "电话")
    # the new quarter: work in hand on the demo's today
    R("2026-10-02 10:10", "潘磊", "物流", "投诉", "假期下的单一直没发。", purpose="批评性", severity="重大").accept("小李", 3).work(20)
    R("2026-10-05 15:20", "沈阳阳", "质量", "投诉", "礼盒里少了一罐茶。", purpose="批评性", wish="补发").accept("小李", 2)
    R("2026-10-06 11:00", "曹颖", "会员", "咨询", "生日双倍积分怎么用?").accept("小李").work(1).step(1, "wait", "--reason", "等客户提供订单号")
    R("2026-10-07 16:45", "Bay Trading Ltd", "交付", "投诉", "Two cartons of the first shipment are wet. We want a claim form today.", channel="邮件", severity="紧急", purpose="批评性", by="Mei").step(
        2, "review", "accept", by="老周")
    R("2026-10-08 09:05", "杨帆书院", "咨询", "咨询", "想订十月茶课的茶样,最晚几号下单?", channel="电话", by="老周")


# --- knowledge -------------------------------------------------------------------------------------------------
def know():
    """What was learned, and the requests it was learned from or helped with."""
    entries = [
        ("2026-07-04 17:00", "茶叶受潮有异味:先换新,再查除湿", "质量", "当天换新并回收旧茶;查仓库湿度记录,超过 60% 即停发同批", "受潮;除湿", ["受潮的味道", "有点潮", "smells of cardboard"]),
        ("2026-07-17 17:00", "易碎品破损:补发并用双层气柱袋", "物流", "不等承运商定责,先补发;改用双层气柱袋,外箱贴易碎", "易碎;包装", ["碎了一只", "外箱破了"]),
        ("2026-09-16 17:00", "快递未送上门", "物流", "投诉承运商,订单备注“必须上门”,当日回电客户", "快递;驿站", ["没有收到", "放在了驿站"]),
    ]
    for number, (when, title, category, solution, tags, heard) in enumerate(entries, 1):
        def learn(number=number, when=when, title=title, category=category, solution=solution, tags=tags, heard=heard):
            run("knowledge", "add", title, "-k", category, "--solution", solution, "--tags", tags, at=when, by="小李")
            ids = [run("list", f"content:{words}", "--format", "id").split() for words in heard]
            run("knowledge", "link", f"K{number}", *sorted({i for found in ids for i in found}), at=when, by="小李")
        then(dt.datetime.fromisoformat(when), learn)


# --- people and talks ------------------------------------------------------------------------------------------
def people_and_talks():
    """Who is to be reached at the companies, and what was said between requests and revisits."""
    people = [
        ("2026-04-02 09:10", "C0002", "林岚", ["职务=采购经理", "电话=13810020021", "偏好时间=上午"]), ("2026-04-02 09:15", "C0002", "沈国栋", ["职务=餐饮总监", "电话=13810020022"]),
        ("2026-04-08 10:00", "C0006", "罗佳", ["职务=行政", "电话=13810020061", "邮箱=luojia@shanshui.example"]), ("2026-05-12 10:00", "C0009", "Grace Lau", ["职务=Procurement", "邮箱=grace.lau@seaview.example"]),
        ("2026-06-03 14:00", "C0014", "尹一", ["职务=店主", "电话=13810020141", "偏好时间=14:00-17:00"]), ("2026-08-06 15:00", "C0026", "Tom Hughes", ["职务=Buyer", "邮箱=tom@baytrading.example"]),
        ("2026-08-28 11:00", "C0020", "顾老师", ["职务=教务", "电话=13810020201"]),
    ]
    for when, customer, name, fields in people:
        then(dt.datetime.fromisoformat(when), lambda when=when, customer=customer, name=name, fields=fields: run("contact", "add", customer, name, *fields, at=when, by="老周"))
    talks = [
        ("2026-04-22 10:20", "C0002", "林岚", "电话", "去", "确认五月用茶清单,要两款新样", "老周"), ("2026-05-21 16:00", "C0009", "Grace Lau", "邮件", "in", "Asked for the autumn price list", "Mei"),
        ("2026-06-12 15:10", "C0006", "罗佳", "当面", "去", "带样拜访,谈中秋定制", "老周"), ("2026-06-29 11:30", "C0018", "", "电话", "来", "问新茶什么时候到", "小李"),
        ("2026-07-16 14:40", "C0014", "尹一", "微信", "来", "打听老顾客价,已发阶梯报价", "老周"), ("2026-08-12 09:50", "C0026", "Tom Hughes", "邮件", "去", "Sent samples of three teas", "Mei"),
        ("2026-09-04 10:15", "C0020", "顾老师", "电话", "来", "开学茶课改到周三", "老周"), ("2026-09-17 17:20", "C0001", "", "微信", "去", "为包装的事再次致歉,说明改进进度", "小李"),
        ("2026-09-29 09:00", "C0002", "沈国栋", "电话", "去", "核对国庆送货时间与数量", "老周"),
    ]
    for when, customer, who, channel, direction, text, by in talks:
        known = ["--contact", who] if who else []
        then(dt.datetime.fromisoformat(when), lambda when=when, customer=customer, known=known, channel=channel, direction=direction, text=text, by=by:
             run("interaction", "add", customer, text, "--channel", channel, "--direction", direction, *known, at=when, by=by))


# --- revisits, surveys, tiers ----------------------------------------------------------------------------------
ANSWERS = [
    ("5", "", "", "", "换得快"), ("4", "想要小包装", "", "", "继续购买"), ("3", "", "周末多派人", "排队", "店长跟进"),
    ("4", "", "", "", "一切正常"), ("5", "企业礼盒", "", "", "转介绍一位朋友"), ("2", "", "", "破损多次", "登记为投诉"),
]


def revisit_round(day, until, share):
    """Does the planned revisits that were due, in order; some are not reached, some are left."""
    run("revisit", "plan", "--until", until, today=day, by="老周", may_fail=True)
    due = run("list", "revisits", "status:planned", f"due_on:2026-04-01..{until}", "--format", "id").split()
    for i, visit in enumerate(due):
        at = f"{day} {9 + i % 8:02}:30"
        luck = random.random()
        if luck < share * 0.82:
            score, needs, suggestions, problems, outcome = ANSWERS[i % len(ANSWERS)]
            flags = [x for flag, v in (("--needs", needs), ("--suggestions", suggestions), ("--problems", problems), ("--outcome", outcome)) if v for x in (flag, v)]
            run("revisit", "done", visit, "--satisfaction", score, "--method", "电话", *flags, at=at, by="小李")
        elif luck < share * 0.92:
            run("revisit", "attempt", visit, at=at, by="小李")
        elif luck < share:
            run("revisit", "skip", visit, "--reason", "客户出国", at=at, by="小李")


def make_survey():
    """A satisfaction survey sent in September, as 问卷星 exports it."""
    random.seed(7)
    said = {
        "非常满意": ["", "客服很耐心", "会再来", "Great tea, quick answers", "修壶的师傅手艺好"],
        "比较满意": ["", "茶好,物流可以再快些", "价格略高", "希望多些小包装"],
        "一般": ["", "包装要改", "周末人太少"],
        "不满意": ["周末店里没人理", "Great tea, slow shipping", "破了两次了 <script>alert(1)</script>"],
        "非常不满意": ["说好回电,一直没回"],
    }
    grades = ["非常满意"] * 9 + ["比较满意"] * 11 + ["一般"] * 5 + ["不满意"] * 3 + ["非常不满意"]
    with open(HERE / "survey.csv", "w", newline="", encoding="utf-8-sig") as f:
        out = csv.writer(f, lineterminator="\r\n")
        out.writerow(["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "1、您的手机号", "2、您对我们的服务总体满意吗?", "3、您有多大可能把我们推荐给朋友(0-10)?", "4、意见与建议"])
        number = 0
        for quarter, start, n in (("Q2", dt.datetime(2026, 6, 8, 9), 16), ("Q3", dt.datetime(2026, 9, 3, 9), 24)):
            for i in range(n):
                number += 1
                who = CUSTOMERS[(number * 7) % len(CUSTOMERS)]
                grade = random.choice(grades)
                recommend = {"非常满意": (9, 10), "比较满意": (7, 9), "一般": (5, 7), "不满意": (2, 5), "非常不满意": (0, 2)}[grade]
                when = start + dt.timedelta(hours=i * 17)
                out.writerow([number, f"{when:%Y/%m/%d %H:%M:%S}", f"{random.randint(35, 180)}秒", "微信", "N/A", "", who[2] if number % 6 else "", grade,
                              random.randint(*recommend) if number % 9 else "(跳过)", said[grade][number % len(said[grade])]])


def day(text, *commands):
    """What is done at the end of a day."""
    for command in commands:
        then(dt.datetime.fromisoformat(text + " 23:00"), command)


def main():
    shutil.rmtree(BOOK, ignore_errors=True)
    make_archive()
    make_orders(dt.date(2025, 9, 20), dt.date(2026, 3, 31), "orders-before.csv")
    run("import", "orders", "orders-before.csv", today="2026-04-01")
    run("tier", "apply", today="2026-04-01")
    second_quarter()
    third_quarter()
    make_orders(dt.date(2026, 4, 1), dt.date(2026, 6, 30), "orders-q2.csv")
    make_orders(dt.date(2026, 7, 1), dt.date(2026, 9, 30), "orders-q3.csv")
    make_survey()
    day("2026-06-22", lambda: revisit_round("2026-06-22", "2026-06-30", 0.9))
    day("2026-06-30", lambda: run("import", "orders", "orders-q2.csv", today="2026-06-30"))
    then(dt.datetime(2026, 7, 1, 8), lambda: run("tier", "apply", today="2026-07-01"))
    welcome("2026-07")
    day("2026-08-12", lambda: revisit_round("2026-08-12", "2026-08-12", 0.9))
    day("2026-09-24", lambda: revisit_round("2026-09-24", "2026-09-24", 0.8))
    day("2026-09-30", lambda: run("import", "orders", "orders-q3.csv", today="2026-09-30"),
        lambda: run("survey", "import", "survey.csv", "--survey", "满意度调查", "--yes", today="2026-09-30"),
        lambda: run("tier", "apply", today="2026-09-30"))
    know()
    people_and_talks()
    then(dt.datetime(2026, 9, 20, 18), lambda: run("customer", "consent", "C0023", "withdrawn", "--how", "电话", today="2026-09-20", by="老周"))
    then(dt.datetime(2026, 9, 28, 18), lambda: run("staff", "leave", "小陈", "2026-10-01..2026-10-12", "-r", "婚假", at="2026-09-28 18:00"))
    happen()
    run("revisit", "plan", "--until", "2026-10-15", by="老周")
    settings = BOOK / "carebook.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "today: 2026-10-08   # 演示账本停在这一天 the demo lives on this day\n", encoding="utf-8")
    print(run("check") or "clean")
    shutil.rmtree(BOOK / ".carebook", ignore_errors=True)


main()
