#!/usr/bin/env python3
"""Writes a carebook book of any size, always the same one for the same arguments.

    python3 benches/generate.py OUT --customers 100000 --seed 1 [--quarters 12] [--last 2026Q3] [--log]

Rows are streamed: what is held in memory does not grow with the number of customers. Each file has a random stream
of its own, so that one file does not change when another one does. Only the standard library is used, and not its csv
module: the few texts that need quoting are quoted once, before the loop.
"""

import argparse
import hashlib
import hmac
import math
import os
import sys
from datetime import date, timedelta
from random import Random

import rules

BATCH = 5000
DAY = 24 * 60
ZONE_OFFSET = "+08:00"
CLOCK = [f"{minute // 60:02d}:{minute % 60:02d}:00" for minute in range(DAY)]

ORDERS_PER_CUSTOMER = 10
REQUESTS_PER_CUSTOMER = 2
LOG_ROWS_PER_REQUEST = 5

CUSTOMER_COLUMNS = (
    "id,name,kind,contact,phone,email,address,region,industry,size,owner,source,consent,preferred_channel,preferred_time,"
    "potential,since,verified_on,tier,tier_since,tier_until,tags,status,merged_into,batch,note"
)
STAFF_COLUMNS = "name,full_name,department,role,skills,regions,capacity,email,phone,from,until"
ORDER_COLUMNS = "id,customer,date,amount,quantity,product,kind,batch"
REQUEST_COLUMNS = (
    "id,customer,customer_name,category,type,purpose,severity,channel,content,wish,received_at,received_by,stage,department,"
    "handler,measures,result,cause,responsible,cost,feedback,feedback_text,reviewed_at,assigned_at,responded_at,resolved_at,"
    "confirmed_at,confirmed_how,closed_at,reopened,respond_due,resolve_due,duplicate_of,related,batch"
)
RESPONSE_COLUMNS = "id,survey,customer,request,submitted_at,channel,csat,nps,ces,index,comment,batch"
LOG_COLUMNS = "seq,recorded_at,at,actor,action,table,id,before,after,note,salt,digest,chain"

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉萍红建文宇浩然子涵欣怡"
TRADES = ["酒店", "书院", "茶馆", "科技有限公司", "贸易有限公司", "物业, 服务中心", '"云栖"会所']
REGIONS = ["杭州", "上海", "苏州", "南京", "北京", "广州", "成都", "武汉"]
STAFF = ["小李", "小陈", "小王", "小赵", "小孙", "老周", "老吴", "Mei", "小何", "小高", "小林", "小罗"]
NOTES = [
    "老客户, 喜欢龙井",
    '要求发票抬头写"全称"',
    "送货前请先打电话\n下午三点以后方便",
    '地址难找, 认准"梧桐里"的牌坊\n二楼左手边',
    "对花粉过敏",
]
# product and its price in fen
PRODUCTS = [
    ("明前龙井 250g", 36800), ("正山小种 250g", 17900), ("茉莉花茶 200g", 8800), ("白毫银针 50g", 26600), ("紫砂壶", 68000),
    ('普洱"小青柑" 8粒装, 礼袋', 5900), ("铁观音 500g, 浓香", 21900), ('马克杯 "早安"', 4500), ("冷泡茶包 20 袋", 3990),
    ("企业定制礼盒\n含贺卡", 128000), ("凤凰单丛 100g", 15800), ("茶点拼盘", 2980), ("桂花乌龙 150g", 9900), ("茶课体验券", 19900),
]
CATEGORIES = ["质量", "物流", "咨询", "发票", "售后", "活动, 积分"]
CONTENTS = [
    "茶有点潮, 封口没封好。",
    '快递显示"已签收", 但我没有收到。',
    "第一次买白茶, 怎么存?",
    "发票抬头写错了, 请重开\n税号在订单备注里",
    "礼盒里少了一罐茶。",
    '客服说"明天发", 已经三天了\n请尽快处理, 谢谢',
    "积分怎么用?",
    "建议出小包装。",
]
MEASURES = ["核对批次, 当天寄出新茶", "联系快递核查", "发存储指南", "重开发票"]
RESULTS = ['已换新, 客户说"很快"', "包裹已取到", "客户满意", "发票已寄出"]
CAUSES = ["仓库除湿机停机", "快递未电话通知", "", "下单时填写有误"]
COMMENTS = ["", "", "", "很满意", "周末人太少", '"小李"很耐心, 点赞', "物流可以再快些\n茶很好"]
TYPES = ["inquiry", "inquiry", "support", "complaint", "complaint", "suggestion"]
SEVERITIES = ["low", "normal", "normal", "normal", "normal", "normal", "high", "critical"]
RESPOND_HOURS = {"low": 48, "normal": 24, "high": 12, "critical": 4}
RESOLVE_HOURS = {"low": 120, "normal": 72, "high": 48, "critical": 24}
CHANNELS = ["phone", "online", "social", "mail", "in_person"]


def quoted(text):
    """A text as a CSV cell."""
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n') else text


def cells(texts):
    return [quoted(text) for text in texts]


class Quarter:
    """A calendar quarter: its name, its days, and minutes counted from its first midnight."""

    def __init__(self, year, number):
        self.year, self.number = year, number
        self.first = date(year, number * 3 - 2, 1)
        self.days = (self.after().first_day() - self.first).days
        # requests of the last day end weeks after the quarter
        span = [self.first + timedelta(days=i) for i in range(self.days + 60)]
        self.iso = [day.isoformat() for day in span]
        self.compact = [text.replace("-", "") for text in self.iso]

    def after(self):
        return Following(self.year, self.number)

    def name(self):
        return f"{self.year}Q{self.number}"

    def moment(self, minute):
        return f"{self.iso[minute // DAY]} {CLOCK[minute % DAY]}"


class Following:
    """The quarter after one, as far as its first day."""

    def __init__(self, year, number):
        self.year, self.number = (year, number + 1) if number < 4 else (year + 1, 1)

    def first_day(self):
        return date(self.year, self.number * 3 - 2, 1)


def quarters(last, count):
    """The last `count` quarters, oldest first."""
    year, number = int(last[:4]), int(last[5:])
    index = year * 4 + number - 1
    return [Quarter(i // 4, i % 4 + 1) for i in range(index - count + 1, index + 1)]


def part(total, i, count):
    """How many of `total` rows the i-th of `count` files holds: they differ by one at most."""
    return total * (i + 1) // count - total * i // count


class Book:
    """What is to be written: where, how many, and from which seed."""

    def __init__(self, args):
        self.root, self.customers, self.seed = args.out, args.customers, args.seed
        self.quarters = quarters(args.last, args.quarters)
        self.step = coprime(self.customers)
        self.width = max(7, len(str(self.customers)))

    def random(self, name):
        """The random stream of one file."""
        return Random(f"{self.seed}/{self.customers}/{name}")

    def customer(self, u):
        """A customer for a random number: few buy a lot, and they are spread over the archive."""
        rank = int(self.customers * u**2.5)
        return f"C{rank * self.step % self.customers + 1:0{self.width}d}"

    def write(self, name, header, rows):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(header + "\n")
            batch = []
            for row in rows:
                batch.append(row)
                if len(batch) == BATCH:
                    file.write("".join(batch))
                    batch.clear()
            file.write("".join(batch))

    def write_text(self, name, text):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)


def coprime(n):
    """A step that visits every residue of n once, about the golden section of n."""
    step = max(1, int(n * 0.618))
    while math.gcd(step, n) != 1:
        step += 1
    return step


def person(random):
    given = "".join(GIVEN[int(random() * len(GIVEN))] for _ in range(1 + int(random() * 2)))
    return SURNAMES[int(random() * len(SURNAMES))] + given


def customers(book):
    random = book.random("customers").random
    notes, trades = cells(NOTES), TRADES
    days = [(book.quarters[0].first - timedelta(days=700 - i)).isoformat() for i in range(700)]
    days += [day for quarter in book.quarters for day in quarter.iso[: quarter.days]]
    for number in range(1, book.customers + 1):
        name, kind, contact = person(random), "person", ""
        if random() < 0.15:
            name, kind, contact = quoted(REGIONS[number % 8] + name + trades[number % len(trades)]), "company", name
        note = notes[number % len(notes)] if random() < 0.2 else ""
        potential = ("high", "medium", "low", "")[int(random() * 4)]
        since = days[int(random() * len(days))]
        yield (
            f"C{number:0{book.width}d},{name},{kind},{contact},13{number % 10}{number:08d},c{number}@example.com,,{REGIONS[number * 7 % 8]},,,"
            f"{STAFF[number % 12]},门店,,phone,,{potential},{since},,,,,,active,,,{note}\n"
        )


def staff(book):
    started = book.quarters[0].first.isoformat()
    for i, name in enumerate(STAFF):
        yield f"{name},{SURNAMES[i]}{GIVEN[i]},客服部,客服,,,20,s{i}@example.com,,{started},\n"


def orders(book, at, quarter, wanted):
    """Order lines by date. One in twelve orders has a second line, one line in fifty gives money back."""
    random = book.random(f"orders/{quarter.name()}").random
    products = [(quoted(name), price) for name, price in PRODUCTS]
    count, days, iso = len(products), quarter.days, quarter.iso
    prefix = f"O{quarter.year % 100}{quarter.number}"
    line = number = 0
    while line < wanted:
        number += 1
        day, customer = iso[line * days // wanted], book.customer(random())
        lines = 2 if random() < 0.08 and line + 1 < wanted else 1
        for _ in range(lines):
            u = random()
            product, price = products[int(u * u * count)]
            quantity = 1 + int(4 * random() ** 3)
            fen = price * quantity * (80 + int(random() * 21)) // 100
            sign, kind = "", "sale"
            if lines == 1 and random() < 0.022:
                sign, kind = "-", "refund"
            # a blank kind is legal: the sign of the amount tells
            kind = "" if u < 0.03 else kind
            yield f"{prefix}{number:08d},{customer},{day},{sign}{fen // 100}.{fen % 100:02d},{quantity},{product},{kind},\n"
        line += lines


def slots(quarter, wanted):
    """When requests come in: (id, day, minute of the quarter), rising. The log tells of the same ones."""
    day, number = -1, 0
    for i in range(wanted):
        today = i * quarter.days // wanted
        number = number + 1 if today == day else 1
        day = today
        per_day = wanted // quarter.days + 1
        minute = day * DAY + 8 * 60 + (number - 1) * 600 // per_day
        yield f"R{quarter.compact[day]}-{number:03d}", day, minute


STEPS = ["registered", "reviewed", "assigned", "in_progress", "resolved", "confirmed", "closed"]


def course(random, received, resolve_hours, now):
    """The minutes at which a request reached its stages, as far as that had happened by now."""
    gaps = (
        5 + int(random() * 120),
        2 + int(random() * 60),
        5 + int(random() * 600),
        # most promises are kept, some are not
        10 + int(random() ** 2 * resolve_hours * 90),
        60 + int(random() * 2000),
        10 + int(random() * 2000),
    )
    times, at = [], received
    for gap in gaps:
        at += gap
        if at > now:
            break
        times.append(at)
    # one in a hundred gets stuck on the way
    return times[: int(random() * 4)] if random() < 0.01 else times


def request_texts():
    return {
        "content": cells(CONTENTS), "measures": cells(MEASURES), "result": cells(RESULTS), "cause": cells(CAUSES),
        "comment": cells(COMMENTS), "category": cells(CATEGORIES),
    }


def requests(book, at, quarter, wanted):
    random = book.random(f"requests/{quarter.name()}").random
    texts = request_texts()
    last = at == len(book.quarters) - 1
    # the book is told as of the end of its last quarter: what came in shortly before is still being worked on
    now = (quarter.days + (0 if last else 55)) * DAY
    previous = ""
    for id, _, minute in slots(quarter, wanted):
        yield request(book, random, texts, quarter, id, minute, now, previous)
        previous = id


def request(book, random, texts, quarter, id, minute, now, previous):
    pick = lambda options: options[int(random() * len(options))]
    customer = book.customer(random()) if random() < 0.98 else ""
    name = "" if customer else person(random)
    type, severity, handler, u = pick(TYPES), pick(SEVERITIES), pick(STAFF), random()
    purpose = pick(("suggestion", "criticism", "criticism", "accusation")) if type == "complaint" else ""
    times = course(random, minute, RESOLVE_HOURS[severity], now)
    stage, duplicate_of = STEPS[len(times)], ""
    if u < 0.02 and previous:
        stage, times, duplicate_of = "duplicate", times[:1], previous
    elif u < 0.04:
        stage, times = "rejected", times[:1]
    elif u < 0.05 and stage == "in_progress":
        stage = "waiting"
    if len(times) < 2:
        handler = ""
    reached = [quarter.moment(time) for time in times] + [""] * (6 - len(times))
    reviewed, assigned, responded, resolved, confirmed, closed = reached
    measures, result, cause = (pick(texts["measures"]), pick(texts["result"]), pick(texts["cause"])) if resolved else ("", "", "")
    feedback, comment = ("12334444555"[int(random() * 11)], pick(texts["comment"])) if confirmed and random() < 0.6 else ("", "")
    how = "phone" if confirmed else ""
    reopened = "1" if resolved and random() < 0.03 else ""
    due = [quarter.moment(minute + hours[severity] * 60) for hours in (RESPOND_HOURS, RESOLVE_HOURS)]
    return (
        f"{id},{customer},{name},{pick(texts['category'])},{type},{purpose},{severity},{pick(CHANNELS)},{pick(texts['content'])},,"
        f"{quarter.moment(minute)},{pick(STAFF)},{stage},客服部,{handler},{measures},{result},{cause},,,{feedback},{comment},"
        f"{reviewed},{assigned},{responded},{resolved},{confirmed},{how},{closed},{reopened},{due[0]},{due[1]},{duplicate_of},,\n"
    )


def responses(book):
    random = book.random("responses").random
    comments = cells(COMMENTS)
    total, count = book.customers, len(book.quarters)
    number = 0
    for at, quarter in enumerate(book.quarters):
        wanted = part(total, at, count)
        for i in range(wanted):
            number += 1
            minute = i * quarter.days * DAY // wanted
            csat, nps = int("12334444555"[int(random() * 11)]), int(random() ** 0.5 * 11)
            index = f"{(csat - 1) * 12.5 + nps * 5:g}"
            comment = comments[int(random() * len(comments))]
            yield f"S{number:08d},service,{book.customer(random())},,{quarter.moment(minute)},微信,{csat},{nps},,{index},{comment},\n"


SURVEY = """title: {zh: "服务满意度", en: "Service"}
columns:
  response_id: "id"
  customer: "customer"
  submitted_at: "at"
  channel: "channel"
  comment: ["comment"]
questions:
  - code: q1
    column: "satisfied"
    metric: csat
    scale: 1-5
  - code: q2
    column: "recommend"
    metric: nps
    scale: 0-10
"""

LOG_STEPS = [
    ("intake", "", '{"stage":"registered","content":"茶有点潮, 封口没封好。"}'),
    ("review", '{"stage":"registered"}', '{"stage":"reviewed"}'),
    ("assign", '{"stage":"reviewed"}', '{"stage":"assigned","handler":"小李"}'),
    ("start", '{"stage":"assigned"}', '{"stage":"in_progress"}'),
    ("resolve", '{"stage":"in_progress"}', '{"stage":"resolved","result":"已换新"}'),
]


def framed(part):
    """A part of a hashed message: its length in eight bytes, then itself."""
    data = part.encode()
    return len(data).to_bytes(8, "big") + data


class Log:
    """The log's rows with digests and chain that hold; the chain runs through all quarters."""

    def __init__(self, book):
        self.random = book.random("log").getrandbits
        self.seq, self.chain = 0, ""
        note = framed("")
        self.steps = [
            (action, quoted(before), quoted(after), framed(before) + framed(after) + note, framed(action) + framed("requests"))
            for action, before, after in LOG_STEPS
        ]

    def rows(self, quarter, wanted):
        """Five rows for each request, written down together when it was received."""
        for id, _, minute in slots(quarter, wanted):
            yield self.of_request(id, quarter.moment(minute))

    def of_request(self, id, moment):
        iso = framed(moment.replace(" ", "T") + ZONE_OFFSET)
        framed_id, out = framed(id), []
        for number, (action, before, after, values, words) in enumerate(self.steps):
            actor = STAFF[(self.seq + number) % 12]
            self.seq += 1
            salt = f"{self.random(96):024x}"
            digest = hmac.digest(salt.encode(), values, "sha256").hex()
            message = framed(self.chain) + framed(str(self.seq)) + iso + iso + framed(actor) + words + framed_id + framed(digest)
            self.chain = hashlib.sha256(message).hexdigest()
            out.append(f"{self.seq},{moment},{moment},{actor},{action},requests,{id},{before},{after},,{salt},{digest},{self.chain}\n")
        return "".join(out)


def settings():
    return (
        'format: 1\nname: "Bench Book"\nlanguage: en\ntime_zone: Asia/Shanghai\ncurrency: CNY\nfiscal_year_starts: 1\n'
    )


def generate(book, with_log):
    log, count = Log(book), len(book.quarters)
    book.write("customers.csv", CUSTOMER_COLUMNS, customers(book))
    book.write("staff.csv", STAFF_COLUMNS, staff(book))
    for at, quarter in enumerate(book.quarters):
        lines = part(ORDERS_PER_CUSTOMER * book.customers, at, count)
        received = part(REQUESTS_PER_CUSTOMER * book.customers, at, count)
        book.write(f"orders/{quarter.name()}.csv", ORDER_COLUMNS, orders(book, at, quarter, lines))
        book.write(f"requests/{quarter.name()}.csv", REQUEST_COLUMNS, requests(book, at, quarter, received))
        if with_log:
            book.write(f"log/{quarter.name()}.csv", LOG_COLUMNS, log.rows(quarter, received))
    book.write_text("surveys/service/survey.yaml", SURVEY)
    book.write("surveys/service/responses.csv", RESPONSE_COLUMNS, responses(book))
    book.write_text("rules/tiers.yaml", rules.as_yaml())
    # the settings come last: a folder is a book once they are there
    book.write_text("carebook.yaml", settings())


def arguments():
    parser = argparse.ArgumentParser(description="Write a carebook book of any size.")
    parser.add_argument("out", help="a folder that does not exist yet")
    parser.add_argument("--customers", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--quarters", type=int, default=12)
    parser.add_argument("--last", default="2026Q3")
    parser.add_argument("--log", action="store_true", help="also a log of ten rows per customer, with a chain that holds")
    return parser.parse_args()


def main():
    args = arguments()
    if os.path.exists(args.out) and os.listdir(args.out):
        sys.exit(f"{args.out} is there already")
    generate(Book(args), args.log)


if __name__ == "__main__":
    main()
