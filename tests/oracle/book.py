"""A carebook book, read without carebook: its CSV files into SQLite tables of codes, days, seconds and fen.

Only the columns that reports rest on are read. Headers and coded cells may be in Chinese, in English or codes;
the words below are those of the tables in docs/ARCHITECTURE.md and `carebook export --for machine`.
"""

import calendar
import csv
import datetime
import io
import os
import re
import sqlite3
import unicodedata
import zoneinfo

import yaml_subset

# Column: Chinese header, English header, other headers people use. Kinds: t text, c code, d day, i instant, n whole
# number, x decimal, m money, # id.
TABLES = {
    "customers": {
        "id": ("#", "编号", "ID", "客户编号", "customer_id"),
        "name": ("t", "姓名", "Name", "客户名称", "名称"),
        "phone": ("t", "电话", "Phone", "联系电话", "手机", "手机号"),
        "email": ("t", "邮箱", "Email", "电子邮箱", "email address"),
        "verified_on": ("d", "核对日期", "Verified on", "核实日期"),
        "since": ("d", "建档日期", "Since", "建档时间", "注册日期"),
        "tier": ("t", "等级", "Tier", "客户等级"),
        "status": ("c", "状态", "Status", "客户状态"),
        "merged_into": ("#", "并入", "Merged into"),
    },
    "requests": {
        "id": ("#", "诉求编号", "ID", "编号", "工单号"),
        "customer": ("#", "客户编号", "Customer", "客户"),
        "customer_name": ("t", "客户名称", "Customer name", "客户姓名"),
        "category": ("t", "诉求类别", "Category", "类别"),
        "type": ("c", "类型", "Type", "诉求类型"),
        "purpose": ("c", "投诉目的", "Purpose", "目的"),
        "severity": ("c", "严重程度", "Severity", "优先级"),
        "channel": ("c", "渠道", "Channel", "来源"),
        "received_at": ("i", "受理时间", "Received at", "登记时间"),
        "reviewed_at": ("i", "审核时间", "Reviewed at"),
        "stage": ("c", "进度", "Stage", "状态", "status"),
        "handler": ("t", "处理人", "Handler", "经办人"),
        "measures": ("t", "处理措施", "Measures", "措施"),
        "result": ("t", "处理结果", "Result", "结果"),
        "cause": ("t", "原因", "Cause", "根本原因"),
        "responsible": ("t", "责任方", "Responsible", "责任部门", "责任人"),
        "cost": ("m", "成本", "Cost", "赔付金额"),
        "feedback": ("n", "客户评分", "Feedback", "评分"),
        "feedback_text": ("t", "客户反馈", "Feedback text", "反馈意见"),
        "responded_at": ("i", "响应时间", "Responded at"),
        "resolved_at": ("i", "解决时间", "Resolved at", "办结时间"),
        "closed_at": ("i", "关闭时间", "Closed at", "结案时间"),
        "confirmed_at": ("i", "确认时间", "Confirmed at"),
        "reopened": ("n", "重开次数", "Reopened"),
        "acknowledge_due": ("i", "受理期限", "Acknowledge due"),
        "respond_due": ("i", "响应期限", "Respond due"),
        "resolve_due": ("i", "解决期限", "Resolve due"),
        "escalated": ("t", "已升级", "Escalated"),
        "duplicate_of": ("#", "重复于", "Duplicate of"),
        "promise": ("t", "服务承诺", "Promise"),
        "knowledge": ("t", "知识", "Knowledge"),
    },
    "orders": {
        "id": ("#", "订单编号", "ID", "编号", "订单号"),
        "customer": ("#", "客户编号", "Customer", "客户"),
        "date": ("d", "日期", "Date", "订单日期"),
        "amount": ("m", "金额", "Amount", "订单金额"),
        "kind": ("c", "类型", "Kind", "订单类型"),
    },
    "revisits": {
        "id": ("#", "编号", "ID", "回访编号"),
        "customer": ("#", "客户编号", "Customer", "客户"),
        "request": ("#", "诉求编号", "Request", "诉求"),
        "reason": ("c", "原因", "Reason", "回访原因"),
        "due_on": ("d", "计划日期", "Due on", "应回访日期"),
        "staff": ("t", "回访人", "Staff", "员工"),
        "status": ("c", "状态", "Status"),
        "done_at": ("i", "完成时间", "Done at", "回访时间"),
        "satisfaction": ("n", "满意度", "Satisfaction"),
        "needs": ("t", "需求", "Needs"),
        "suggestions": ("t", "建议", "Suggestions"),
        "problems": ("t", "问题", "Problems", "投诉与问题"),
        "outcome": ("t", "结果", "Outcome"),
        "tries": ("n", "尝试次数", "Tries"),
    },
    "tiers": {
        "customer": ("#", "客户编号", "Customer", "客户"),
        "tier": ("t", "等级", "Tier"),
        "previous": ("t", "原等级", "Previous"),
        "decided_on": ("d", "评定日期", "Decided on"),
        "by": ("t", "方式", "By"),
        "reasons": ("t", "理由", "Reasons", "原因"),
    },
    "responses": {
        "id": ("#", "答卷编号", "ID", "编号", "序号"),
        "survey": ("t", "问卷", "Survey"),
        "customer": ("#", "客户编号", "Customer", "客户"),
        "submitted_at": ("i", "提交时间", "Submitted at", "提交答卷时间"),
        "csat": ("x", "满意度", "CSAT"),
        "nps": ("n", "推荐度", "NPS"),
        "ces": ("x", "费力度", "CES"),
        "index": ("x", "指数", "Index"),
        "comment": ("t", "意见", "Comment", "评论", "建议"),
    },
    "interactions": {
        "id": ("#", "编号", "ID", "沟通编号"),
        "customer": ("#", "客户编号", "Customer", "客户"),
        "at": ("i", "时间", "At", "沟通时间"),
    },
    "log": {
        "seq": ("n", "序号", "Seq"),
        "recorded_at": ("i", "记录时间", "Recorded at"),
        "at": ("i", "发生时间", "At"),
        "action": ("t", "动作", "Action"),
        "table": ("t", "表", "Table"),
        "id": ("t", "编号", "ID"),
        "before": ("t", "之前", "Before"),
        "after": ("t", "之后", "After"),
        "note": ("t", "备注", "Note"),
    },
    "knowledge": {
        "id": ("#", "知识编号", "ID", "编号"),
        "title": ("t", "标题", "Title", "问题"),
        "status": ("c", "状态", "Status"),
    },
}

# Code: Chinese, English, other words, by table and column.
WORDS = {
    "customers.status": {"active": ("有效", "Active", "正常"), "merged": ("已合并", "Merged"), "erased": ("已删除", "Erased")},
    "requests.type": {
        "inquiry": ("咨询", "Inquiry", "询问", "question"),
        "support": ("支持", "Support", "服务", "报修", "求助", "service"),
        "suggestion": ("建议", "Suggestion"),
        "complaint": ("投诉", "Complaint"),
    },
    "requests.purpose": {
        "suggestion": ("建议性", "Suggesting", "建议性投诉"),
        "criticism": ("批评性", "Criticising", "批评性投诉"),
        "accusation": ("控告性", "Accusing", "控告性投诉"),
    },
    "requests.severity": {
        "low": ("轻微", "Low", "低"),
        "normal": ("一般", "Normal", "普通", "中", "medium", "moderate"),
        "high": ("重大", "High", "高", "严重"),
        "critical": ("紧急", "Critical", "特急", "urgent"),
    },
    "requests.channel": {
        "phone": ("电话", "Phone", "来电", "热线", "telephone", "call"),
        "mail": ("邮件", "Mail", "电子邮件", "邮箱", "email", "e-mail", "信函", "postal mail"),
        "online": ("在线客服", "Online", "在线", "网站", "web", "网页", "chat"),
        "social": ("社交媒体", "Social media", "微信", "微博", "wechat", "小红书", "抖音"),
        "in_person": ("当面", "In person", "到店", "上门", "现场", "面访", "visit", "walk-in"),
        "revisit": ("回访", "Revisit", "跟踪回访"),
        "other": ("其他", "Other"),
    },
    "requests.stage": {
        "registered": ("已登记", "Registered", "登记", "待审核", "new"),
        "reviewed": ("已审核", "Reviewed", "待分配"),
        "assigned": ("已分配", "Assigned", "待处理"),
        "in_progress": ("处理中", "In progress", "处理", "active"),
        "waiting": ("等待客户", "Waiting", "等待", "pending"),
        "resolved": ("已解决", "Resolved", "已办结", "办结", "已处理", "已答复"),
        "confirmed": ("已确认", "Confirmed"),
        "closed": ("已关闭", "Closed", "已结案", "结案", "关闭"),
        "rejected": ("不受理", "Rejected", "已驳回"),
        "duplicate": ("重复", "Duplicate", "重复诉求"),
    },
    "orders.kind": {"sale": ("销售", "Sale", "订单", "付款"), "refund": ("退款", "Refund", "退货")},
    "revisits.reason": {
        "cadence": ("定期", "Cadence", "定期回访"),
        "request": ("诉求", "Request", "诉求回访"),
        "new": ("新客户", "New"),
        "silent": ("沉默", "Silent"),
        "survey": ("调查", "Survey"),
        "manual": ("人工", "Manual"),
    },
    "revisits.status": {
        "planned": ("计划", "Planned", "待回访"),
        "done": ("完成", "Done", "已完成", "已回访"),
        "no_answer": ("未接通", "No answer", "无人接听"),
        "skipped": ("跳过", "Skipped", "已跳过", "取消"),
    },
    "knowledge.status": {"current": ("有效", "Current", "现行"), "retired": ("停用", "Retired", "作废", "已停用")},
}

# Headers of staff.csv that are read.
STAFF = {"name": "name", "名称": "name", "short name": "name", "full_name": "full_name", "姓名": "full_name", "full name": "full_name"}

SQL_TYPES = {"n": "INTEGER", "m": "INTEGER", "i": "INTEGER", "x": "REAL"}
DIGITS = {0: "JPY KRW VND CLP ISK PYG UGX XAF XOF", 3: "BHD IQD JOD KWD LYD OMR TND"}
csv.field_size_limit(2**30)


class Unreadable(Exception):
    """A cell or a file that says nothing this reader understands."""


def fold(text):
    """Upper and lower case, widths and blanks at the ends do not count."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def words_of(table, column):
    """Every spelling of a coded column, folded, with its code."""
    known = WORDS[f"{table}.{column}"]
    found = {fold(word): code for code, words in known.items() for word in words}
    found.update({code: code for code in known})
    return found


class Book:
    """The tables of a book in `self.sql`; `day` columns are ISO dates of the book's zone, instants seconds since 1970."""

    def __init__(self, root):
        self.root = root
        settings = yaml_subset.load(self.text("carebook.yaml"))
        self.settings = settings
        self.name = settings.get("name", "")
        self.currency = settings.get("currency", "CNY")
        self.fiscal_year_starts = int(settings.get("fiscal_year_starts", 1))
        self.today = settings.get("today")
        self.zone = zoneinfo.ZoneInfo(settings.get("time_zone", "UTC"))
        self.digits = next((n for n, codes in DIGITS.items() if self.currency in codes.split()), 2)
        self.sql = sqlite3.connect(":memory:")
        self.sql.row_factory = sqlite3.Row
        for table in TABLES:
            self.load(table)
        self.lead_merged()
        self.name_once()

    def path(self, name):
        return os.path.join(self.root, name)

    def text(self, name):
        try:
            with open(self.path(name), encoding="utf-8-sig", newline="") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def rules(self, name):
        """A file of rules/, as far as it says something."""
        return yaml_subset.load(self.text(f"rules/{name}.yaml"))

    def rules_or_default(self, name):
        """The same over what `carebook config write NAME` would write."""
        default = os.path.join(os.path.dirname(__file__), "..", "..", "src", "model", "rules", "defaults", f"{name}.yaml")
        with open(default, encoding="utf-8") as file:
            return yaml_subset.load(file.read()) | self.rules(name)

    def surveys(self):
        """The surveys by name, with their files."""
        folder = self.path("surveys")
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        return {name: yaml_subset.load(self.text(f"surveys/{name}/survey.yaml")) for name in names if self.text(f"surveys/{name}/survey.yaml")}

    def files(self, table):
        if table == "responses":
            return [f"surveys/{name}/responses.csv" for name in self.surveys()]
        if os.path.isdir(self.path(table)):
            return [f"{table}/{name}" for name in sorted(os.listdir(self.path(table))) if re.fullmatch(r"\d{4}Q[1-4]\.csv", name)]
        return [f"{table}.csv"]

    def load(self, table):
        columns = TABLES[table]
        derived = [f"{name}_day" for name, spec in columns.items() if spec[0] == "i"]
        fields = ['"n" INTEGER PRIMARY KEY'] + [f'"{name}" {SQL_TYPES.get(spec[0], "TEXT")}' for name, spec in columns.items()]
        self.sql.execute(f'CREATE TABLE {table} ({", ".join(fields + [name + " TEXT" for name in derived])})')
        number = 0
        for file in self.files(table):
            for row in self.rows(table, file):
                number += 1
                marks = ",".join("?" * (1 + len(row)))
                self.sql.execute(f"INSERT INTO {table} VALUES ({marks})", [number, *row])

    def rows(self, table, file):
        columns = TABLES[table]
        lines = csv.reader(io.StringIO(self.text(file), newline=""))
        header = next(lines, None)
        if header is None:
            return
        places = {name: place_of(header, name, spec) for name, spec in columns.items()}
        words = {name: words_of(table, name) for name, spec in columns.items() if spec[0] == "c"}
        for cells in lines:
            if not any(cells):
                continue
            row, days = [], []
            for name, spec in columns.items():
                place = places[name]
                cell = cells[place] if place is not None and place < len(cells) else ""
                try:
                    value = self.value(spec[0], cell, words.get(name))
                except (ValueError, KeyError) as error:
                    raise Unreadable(f"{file}:{lines.line_num}: {name}: {cell!r} ({error})") from error
                row.append(value)
                if spec[0] == "i":
                    days.append(None if value is None else self.day_of(value))
            yield row + days

    def value(self, kind, cell, words):
        if kind == "t":
            return cell
        if not cell.strip():
            return None
        if kind == "#":
            return cell.strip()
        if kind == "c":
            return words[fold(cell)] if fold(cell) in words else words[re.sub("[ -]", "_", fold(cell))]
        if kind == "d":
            return day(cell)
        if kind == "i":
            return self.instant(cell)
        if kind == "m":
            return money(cell, self.digits)
        return float(fold(cell)) if kind == "x" else int(fold(cell))

    def instant(self, text):
        """Seconds since 1970 of a local time, or of one with its offset."""
        found = re.fullmatch(r"(.+?)(?:[ T]|(?<=日))\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?", fold(text).replace("t", "T").replace("z", "Z"))
        if not found:
            return self.local(datetime.datetime.fromisoformat(day(text)))
        date, hour, minute, second, offset = found.groups()
        moment = datetime.datetime.fromisoformat(day(date)).replace(hour=int(hour), minute=int(minute), second=int(second or 0))
        if offset:
            return int(moment.replace(tzinfo=datetime.datetime.strptime(offset, "%z").tzinfo).timestamp())
        return self.local(moment)

    def local(self, moment):
        """Of an hour that occurs twice the first; of one that is left out the moment the clocks jump."""
        at = int(moment.replace(tzinfo=self.zone, fold=0).timestamp())
        if datetime.datetime.fromtimestamp(at, self.zone).replace(tzinfo=None) == moment:
            return at
        low, high = at - 2 * 86400, at
        before = datetime.datetime.fromtimestamp(low, self.zone).utcoffset()
        while high - low > 1:
            middle = (low + high) // 2
            same = datetime.datetime.fromtimestamp(middle, self.zone).utcoffset() == before
            low, high = (middle, high) if same else (low, middle)
        return high

    def day_of(self, instant):
        return datetime.datetime.fromtimestamp(instant, self.zone).date().isoformat()

    def noon(self, date):
        return self.local(datetime.datetime.fromisoformat(date).replace(hour=12))

    def lead_merged(self):
        """What names a merged customer counts for the one at the end of the chain; a ring leads nowhere."""
        steps = dict(self.sql.execute("SELECT id, merged_into FROM customers WHERE merged_into IS NOT NULL"))
        survivors = {}
        for start in steps:
            at, seen = start, set()
            while at in steps and at not in seen:
                seen.add(at)
                at = steps[at]
            if at not in steps:
                survivors[start] = at
        self.sql.create_function("survivor", 1, lambda one: survivors.get(one, one))
        for table in ("requests", "orders", "revisits", "responses", "interactions"):
            self.sql.execute(f"UPDATE {table} SET customer = survivor(customer) WHERE customer IS NOT NULL")

    def name_once(self):
        """A category by its code or label is the one of the rules, a handler by the full name the one of the staff."""
        language = self.settings.get("language", "zh")
        names, people, bearers = {}, {}, {}
        for category in self.rules("categories").get("categories") or []:
            label = category.get("label") or {}
            label = {"zh": label, "en": label} if isinstance(label, str) else label
            other = label.get("zh") or label.get("en")
            for word in (category["code"], *label.values()):
                names.setdefault(fold(word), label.get(language) or other or category["code"])
        for person in csv.DictReader(io.StringIO(self.text("staff.csv"), newline="")):
            person = {STAFF.get(fold(header)): cell or "" for header, cell in person.items() if header}
            for name in {person.get("name", "").strip(), person.get("full_name", "")} - {""}:
                bearers[name] = bearers.get(name, 0) + 1
                people[name] = person["name"].strip()
        plain = lambda text: unicodedata.normalize("NFKC", text).strip()
        self.sql.create_function("category_of", 1, lambda text: names.get(fold(text), plain(text)))
        self.sql.create_function("handler_of", 1, lambda text: people[plain(text)] if bearers.get(plain(text)) == 1 else plain(text))
        self.sql.execute("UPDATE requests SET category = category_of(category), handler = handler_of(handler)")

    def customer_name(self, one):
        row = self.sql.execute("SELECT name FROM customers WHERE id = ? ORDER BY n LIMIT 1", [one]).fetchone()
        return row["name"] if row and row["name"].strip() else one


def place_of(header, name, spec):
    """The column's place: its own names come before those people use."""
    folded = [fold(cell).strip("*:") for cell in header]
    for wanted in ([name, *spec[1:3]], spec[3:]):
        found = next((at for at, cell in enumerate(folded) if cell in map(fold, wanted)), None)
        if found is not None:
            return found
    return None


def day(text):
    parts = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})[日号]?", fold(text))
    if not parts:
        raise ValueError("no date")
    return datetime.date(*map(int, parts.groups())).isoformat()


def money(text, digits):
    """Minor units."""
    body = re.sub(r"[¥$€£,元 ]|R\$|CNY|RMB|USD|EUR|GBP", "", unicodedata.normalize("NFKC", text).strip())
    found = re.fullmatch(r"(-)?(\d+)(?:\.(\d*))?", body)
    if not found:
        raise ValueError("no amount")
    sign, whole, cents = found.group(1), found.group(2), (found.group(3) or "").rstrip("0")
    if len(cents) > digits:
        raise ValueError("too many decimals")
    minor = int(whole + cents.ljust(digits, "0"))
    return -minor if sign else minor


def months_later(date, months):
    """The same day so many months later, or the month's last."""
    months += date.year * 12 + date.month - 1
    year, month = divmod(months, 12)
    return datetime.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))


def later(date, span):
    """The day so much later: `30 days`, `12 months`, `1 year`."""
    number, unit = fold(span).split()
    unit = unit.rstrip("s")
    if unit in ("day", "week"):
        return date + datetime.timedelta(days=int(number) * (7 if unit == "week" else 1))
    return months_later(date, int(number) * {"month": 1, "quarter": 3, "year": 12}[unit])


ONE_DAY = datetime.timedelta(days=1)


class Period:
    """Days from `start` to `end`, both included; `months` where it is of whole months; all time without them."""

    def __init__(self, start=None, end=None, months=None):
        self.start, self.end, self.months = start, end, months

    def __eq__(self, other):
        return isinstance(other, Period) and (self.start, self.end, self.months) == (other.start, other.end, other.months)

    @staticmethod
    def parse(text, fiscal_year_starts=1):
        """`2026`, `2026H1`, `2026Q3`, `2026-07`, `FY2026` (begins in 2026), `2026-07-01..2026-08-15`, a day, `all`."""
        if text == "all":
            return Period()
        if re.fullmatch(r"FY\d{4}", text):
            return Period.whole(datetime.date(int(text[2:]), fiscal_year_starts, 1), 12)
        if ".." in text:
            first, last = (Period.parse(part) for part in text.split(".."))
            return Period(first.start, last.end)
        found = re.fullmatch(r"(\d{4})(?:([QH])([1-4])|-(\d{2}))?(?:-(\d{2}))?", text)
        if not found:
            raise SystemExit(f"unknown period: {text}")
        year, letter, number, month, date = found.groups()
        if date:
            one = datetime.date.fromisoformat(text)
            return Period(one, one)
        months = {None: 1 if month else 12, "Q": 3, "H": 6}[letter]
        first = int(month) if month else (int(number or 1) - 1) * months + 1
        return Period.whole(datetime.date(int(year), first, 1), months)

    @staticmethod
    def whole(start, months):
        return Period(start, months_later(start, months) - ONE_DAY, months)

    def is_all(self):
        return self.start is None

    def before(self):
        """The one of the same length just before."""
        if self.is_all():
            return None
        if self.months:
            return Period.whole(months_later(self.start, -self.months), self.months)
        return Period(self.start - (self.end - self.start) - ONE_DAY, self.start - ONE_DAY)

    def year_ago(self):
        """The same days a year earlier."""
        if self.is_all():
            return None
        if self.months:
            return Period.whole(months_later(self.start, -12), self.months)
        return Period(months_later(self.start, -12), months_later(self.end, -12))

    def bounds(self):
        """For SQL: the first and the last day."""
        return ("", "9999-12-31") if self.is_all() else (self.start.isoformat(), self.end.isoformat())
