"""The questions: what carebook is asked, what the peers are asked, and when two answers are the same."""

import csv
import glob
import io
import json
import os
import re
from collections import Counter
from datetime import date, timedelta

import rules

# half of the last digit that the report prints of a mean time
MEAN_TOLERANCE = 0.00051


class Context:
    """A book and the days it is asked about."""

    def __init__(self, book, as_of=None):
        self.book = os.path.abspath(book)
        self.quarters = sorted(os.path.basename(path)[:-4] for path in glob.glob(os.path.join(book, "orders", "*.csv")))
        self.last = self.quarters[-1]
        self.last_day = end_of(self.last)
        self.as_of = as_of or (self.last_day + timedelta(days=8)).isoformat()
        self.customers = count_customers(self.book)
        self.customer = first_buyer(os.path.join(self.book, "orders", self.last + ".csv"))

    def after(self, as_of):
        """The day before the window's first. A day the month lacks becomes the month's last one."""
        day = date.fromisoformat(as_of)
        year, month = divmod(day.year * 12 + day.month - 1 - rules.WINDOW_MONTHS, 12)
        last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
        return date(year, month + 1, min(day.day, last)).isoformat()

    def peer_args(self, **more):
        quarters = self.quarters[-2:][::-1]
        return {"as_of": self.as_of, "after": self.after(self.as_of), "quarters": quarters, "customer": self.customer, **more}


def end_of(quarter):
    year, number = int(quarter[:4]), int(quarter[5:])
    first = date(year + number // 4, number % 4 * 3 + 1, 1)
    return first - timedelta(days=1)


def count_customers(book):
    """Ids are given in order, so the last one tells; a note may hold line breaks."""
    with open(os.path.join(book, "customers.csv"), "rb") as file:
        file.seek(max(0, os.path.getsize(file.name) - 4096))
        return int(re.findall(rb"^C(\d{7,}),", file.read(), re.MULTILINE)[-1])


def first_buyer(path):
    with open(path, encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))["customer"]


class Question:
    """`carebook` and `peer` are what to ask; `ours` and `theirs` read the answers; `same` names the first difference."""

    def __init__(self, name, title, carebook, peer, args, ours, theirs, same):
        self.name, self.title, self.carebook, self.peer, self.args = name, title, carebook, peer, args
        self.ours, self.theirs, self.same = ours, theirs, same


def all_questions(context):
    return [tier(context), report(context), *lists(context)]


def tier(context):
    return Question(
        "tier", "Spend, orders and last sale of every customer, scored into tiers",
        ["tier", "--as-of", context.as_of, "--format", "csv", "-q"], "tier", context.peer_args(),
        tier_ours, lambda text: json.loads(text), tier_difference,
    )


def fen(text):
    return int(text.replace(".", ""))


def tier_ours(text):
    rows = list(csv.DictReader(io.StringIO(text)))
    scores = [row["mean_score"] for row in rows if int(row["customers"])]
    return {
        "customers": {row["tier"]: int(row["proposed"]) for row in rows if int(row["proposed"])},
        "spend": sum(fen(row["spend"]) for row in rows),
        # nobody has a tier yet, so one row holds everybody and its mean is the mean of all
        "mean": round(float(scores[0]) * 10) if len(scores) == 1 else None,
    }


def tier_theirs(answer):
    customers = sum(row["customers"] for row in answer.values())
    tenths = sum(row["tenths"] for row in answer.values())
    return {
        "customers": {tier: row["customers"] for tier, row in answer.items()},
        "spend": sum(row["spend"] for row in answer.values()),
        "mean": (2 * tenths + customers) // (2 * customers),
    }


def tier_difference(ours, theirs):
    """Between carebook's answer and a peer's, or between two peers'."""
    if "spend" in ours:
        theirs = tier_theirs(theirs)
    return first_difference(ours, theirs)


def first_difference(ours, theirs):
    for key in sorted(set(ours) | set(theirs), key=str):
        if ours.get(key) != theirs.get(key):
            return f"{key}: {ours.get(key)} against {theirs.get(key)}"
    return None


def report(context):
    now, before = context.quarters[-1], context.quarters[-2]
    return Question(
        "report", f"The report of {now} beside {before}",
        ["report", now, "--format", "json", "-q"], "report", context.peer_args(),
        lambda text: report_ours(text, now, before), report_theirs, report_difference,
    )


def report_ours(text, now, before):
    report = json.loads(text)
    figure = {f["code"]: f for part in (report["totals"]["requests"], report["totals"]["business"], report["efficiency"]["figures"]) for f in part}
    out = {}
    for quarter, side, count in ((now, "now", "count"), (before, "before", "before")):
        of = lambda code: figure[code][side]
        categories = {row["key"]: row[count] for row in report["shares"]["category"] if row[count]}
        out[quarter] = {
            "orders": of("orders"), "fen": fen(of("net")), "received": of("received"), "mean_time": of("mean_time"), "categories": categories,
        }
    return out


def report_theirs(text):
    answer = json.loads(text)
    for quarter in answer.values():
        quarter.pop("lines")
    return answer


def report_difference(ours, theirs):
    for quarter, mine in ours.items():
        other = theirs[quarter]
        apart = abs((mine["mean_time"] or 0) - (other["mean_time"] or 0))
        if apart > MEAN_TOLERANCE:
            return f"{quarter} mean_time: {mine['mean_time']} against {other['mean_time']}"
        rest = lambda figures: {key: value for key, value in figures.items() if key != "mean_time"}
        found = first_difference(rest(mine), rest(other))
        if found:
            return f"{quarter} {found}"
    return None


WORD = "已经三天"


def lists(context):
    asked = [
        ("open_high", "Open requests of high severity", ["list", "stage:open", "severity:high"]),
        ("orders_of", "One customer's order lines of all time", ["list", "orders", f"customer:{context.customer}"]),
        ("word", "Requests whose text contains a word", ["list", f"content:{WORD}"]),
    ]
    for name, title, words in asked:
        args = context.peer_args(list=name, word=WORD)
        yield Question(f"list_{name}", title, [*words, "--format", "csv", "-q"], "list", args, our_rows, rows_of, rows_difference)


# for programs carebook writes a moment with its offset; the file, and so the peers, without
MOMENT = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\+08:00$")


def our_rows(text):
    found = rows_of(text)
    plain = Counter()
    for row, times in found["rows"].items():
        plain[tuple(MOMENT.sub(r"\1 \2", cell) for cell in row)] += times
    return {**found, "rows": plain}


def rows_of(text):
    rows = list(csv.reader(io.StringIO(text, newline="")))
    return {"header": rows[0] if rows else [], "rows": Counter(map(tuple, rows[1:]))}


def rows_difference(ours, theirs):
    if ours["header"] != theirs["header"]:
        return f"header: {ours['header']} against {theirs['header']}"
    more, less = ours["rows"] - theirs["rows"], theirs["rows"] - ours["rows"]
    if more or less:
        sample = next(iter(more or less))
        return f"{sum(more.values())} rows too many, {sum(less.values())} missing of {sum(theirs['rows'].values())}, e.g. {sample[:3]}"
    return None


def tier_list_ours(text):
    """Score in tenths, spend in fen and proposed tier by customer."""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return {row["id"]: (round(float(row["score"]) * 10), fen(row["spend"]), row["proposed"]) for row in rows}


def tier_list_theirs(text):
    return {row[0]: tuple(row[1:]) for row in json.loads(text)}
