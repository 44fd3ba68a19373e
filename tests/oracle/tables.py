"""Sections that are tables: the same figures of every row (docs/rules.md, "Reports"): targets, causes, repeats, staff and the
quality of the data. Requests are fetched with their verdicts in SQL; what the rows add up to is counted in Python.
"""

import datetime
import re
import unicodedata
from fractions import Fraction

import log
from book import later
from figures import OPEN, RESOLVED, grade, percent, quantile, seconds
from verdicts import STAGES, first_line

HALF = Fraction(1, 2)
WORDS = {"met": True, "late": False, "overdue": False}
ASKED = ("待客户补充: ", "Asked the customer: ")


def accepted(o, days):
    """The requests accepted, each with its verdicts (kept or not, or none) and how late it was."""
    columns = []
    for stage, (case, due, done) in STAGES.items():
        columns += [f"{case} AS {stage}", f"coalesce({done}, :now) - {due} AS {stage}_late"]
    columns.append(f"CASE WHEN stage IN {RESOLVED} THEN resolved_at - received_at END AS seconds")
    query = f"SELECT *, {', '.join(columns)} FROM accepted WHERE received_at_day BETWEEN :from AND :to ORDER BY n"
    rows = [dict(row) for row in o.sql.execute(query, {"now": o.now, "from": days[0], "to": days[1]})]
    for row in rows:
        for stage in STAGES:
            row[stage] = WORDS.get(row[stage])
    return rows


def visits(o, days):
    return [dict(row) for row in o.rows("SELECT * FROM revisits WHERE due_on BETWEEN ? AND ? ORDER BY n", *days)]


def grouped(records, keys_of):
    """Records by their rows; a record without a row is in none."""
    groups = {}
    for record in records:
        for key in keys_of(record):
            groups.setdefault(key, []).append(record)
    return groups


class Table(dict):
    """What is told of a table, and all its rows, which suggestions look at."""

    def __init__(self, rows, most):
        super().__init__(rows=rows[:most], left_out=max(0, len(rows) - most))
        self.whole = rows


def table(o, groups_of, figures, recorded=("requests",), by=None, short=False):
    """A table: the rows that this period or the one before has records of, those with most records first.

    `groups_of` gives the records of each row within some days, `figures` what is told of a row: code and a function of its
    records and of all of them. `by`: the measure the rows stand by, without those that have nothing of it.
    """
    spans = o.spans_of(*recorded)
    groups = {name: {} if span is None else groups_of(span.bounds()) for name, span in spans.items()}
    size = lambda name, key: len(groups[name].get(key, ()))
    keys = sorted({*groups["now"], *groups["before"]})
    keys.sort(key=lambda key: (-size("now", key), -size("before", key)))
    distinct = {name: len({id(one) for rows in of.values() for one in rows}) for name, of in groups.items()}

    def figure(key, code, of):
        value = {name: None if span is None else of(groups[name].get(key, []), distinct[name], key) for name, span in spans.items()}
        return {"code": code} | value

    rows = [{"key": key, "figures": [figure(key, code, of) for code, of in figures.items()]} for key in keys]
    if by:
        now = lambda row: next(one["now"] for one in row["figures"] if one["code"] == by)
        rows = sorted((row for row in rows if now(row)), key=lambda row: -now(row))
    most = o.most if by or short else len(rows)
    return Table(rows, most)


def of(measure):
    """A measure that looks at the records of its row alone."""
    return lambda rows, *_: measure(rows)


def counting(test=lambda row: True):
    return of(lambda rows: sum(map(bool, map(test, rows))))


def sharing(test):
    return of(lambda rows: percent(sum(map(bool, map(test, rows))), len(rows)))


def time(p):
    return of(lambda rows: seconds(quantile([row["seconds"] for row in rows if row["seconds"] is not None], p)))


def verdicts(stage):
    return lambda rows: [row[stage] for row in rows if row[stage] is not None]


def rate(stage):
    return of(lambda rows: percent(sum(verdicts(stage)(rows)), len(verdicts(stage)(rows))))


def judged(stage, kept):
    return of(lambda rows: verdicts(stage)(rows).count(kept))


def lateness(stage):
    return of(lambda rows: seconds(quantile([row[f"{stage}_late"] for row in rows if row[stage] is False], HALF)))


def costs(o):
    def sum_of(rows):
        found = [row["cost"] for row in rows if row["cost"] is not None]
        return o.money(sum(found)) if found else None

    return of(sum_of)


def targets(o):
    def all_kept(days):
        judged = [[row[stage] for stage in STAGES if row[stage] is not None] for row in accepted(o, days)]
        judged = [one for one in judged if one]
        return percent(sum(map(all, judged)), len(judged))

    def stages():
        rows = []
        for stage in STAGES:
            measures = {"met": judged(stage, True), "missed": judged(stage, False), "rate": rate(stage), "lateness": lateness(stage)}
            rows.append({"key": stage, "figures": [o.figure(code, lambda days, m=measure: m(accepted(o, days))) for code, measure in measures.items()]})
        return {"rows": rows, "left_out": 0}

    personal = {
        "respond_rate": rate("respond"),
        "resolve_rate": rate("resolve"),
        "resolve_missed": judged("resolve", False),
        "resolve_lateness": lateness("resolve"),
    }
    return {
        "figures": [
            o.figure("all_kept", all_kept),
            o.figure("escalated", lambda days: sum(bool(row["escalated"].strip()) for row in accepted(o, days))),
        ],
        "stages": stages(),
        "severities": table(o, lambda days: grouped(accepted(o, days), lambda row: [row["severity"]]), {"acknowledge_rate": rate("acknowledge")} | personal),
        "staff": table(o, lambda days: grouped(accepted(o, days), lambda row: [row["handler"].strip()]), personal),
    }


def is_complaint(row):
    return row["type"] == "complaint"


def is_reopened(row):
    return (row["reopened"] or 0) > 0


def causes(o):
    def caused(days):
        resolved = [row for row in accepted(o, days) if row["stage"] in RESOLVED]
        return percent(sum(bool(row["cause"].strip()) for row in resolved), len(resolved))

    def own_costs(rows, _, key):
        found = [row["cost"] * part_of(row, key) for row in rows if row["cost"] is not None]
        # of a half cent the amount grows away from nothing
        total = sum(found, Fraction(0))
        return o.money(int(abs(total) + HALF) * (1 if total >= 0 else -1)) if found else None

    by = lambda keys_of: lambda days: grouped(accepted(o, days), keys_of)
    count = {"count": counting()}
    complaints = {"complaints": counting(is_complaint)}
    return {
        "figures": [o.figure("caused", caused), o.figure("costs", lambda days: costs(o)(accepted(o, days)))],
        "by_cause": table(
            o,
            by(lambda row: [first_line(row["cause"])] if row["cause"].strip() else []),
            count | {"share": lambda rows, told, _: percent(len(rows), told)} | complaints | {"median_time": time(HALF), "costs": costs(o)},
            short=True,
        ),
        "responsible": table(o, by(lambda row: list(parts(row["responsible"]))), count | complaints | {"costs": own_costs}, short=True),
        "measures": table(o, by(lambda row: set(lines(row["measures"]))), count | {"reopen_rate": sharing(is_reopened)}, by="count"),
    }


def parts(text):
    """Who answers for a request, with the part of each. What is not written as shares of a hundred is one name."""
    folded = unicodedata.normalize("NFKC", text)
    found = {}
    for part in re.split(r"[ \t,;、,；]+", folded) if "%" in folded else []:
        share = re.fullmatch(r"(.+):(\d+(?:\.\d+)?)%", part)
        if share and Fraction(share.group(2)) > 0:
            found[share.group(1)] = found.get(share.group(1), 0) + Fraction(share.group(2)) / 100
        elif part and not re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", part):
            found = {}
            break
    if sum(found.values()) == 1:
        return found
    return {text.strip(): Fraction(1)} if text.strip() else {}


def part_of(row, name):
    return parts(row["responsible"])[name]


def lines(text):
    """What was done: the lines of the measures, questions to the customer left out."""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith(ASKED)]


def repeats(o):
    def complaints(days):
        """By customer and category."""
        told = lambda row: is_complaint(row) and row["customer"] is not None and row["category"].strip()
        return grouped(filter(told, accepted(o, days)), lambda row: [(row["customer"], row["category"].strip())])

    def repeaters(days):
        return len({customer for (customer, _), rows in complaints(days).items() if len(rows) >= 2})

    back = sorted(filter(is_reopened, accepted(o, o.period.bounds())), key=lambda row: (-row["reopened"], -row["received_at"], row["id"]))
    before = complaints(o.spans["before"].bounds()) if o.spans["before"] else {}
    now = complaints(o.period.bounds())
    again = sorted((key for key in now if key in before), key=lambda key: (-len(now[key]) - len(before[key]), key))
    return {
        "figures": [o.figure("repeaters", repeaters)],
        "categories": table(
            o,
            lambda days: grouped(accepted(o, days), lambda row: [row["category"].strip()]),
            {"reopened": counting(is_reopened), "reopen_rate": sharing(is_reopened)},
            by="reopened",
        ),
        "reopened": [
            {
                "request": row["id"],
                "customer": row["customer"],
                "name": o.book.customer_name(row["customer"]) if row["customer"] else row["customer_name"],
                "category": row["category"].strip(),
                "times": row["reopened"],
                "stage": row["stage"],
            }
            for row in back[: o.most]
        ],
        "left_out": max(0, len(back) - o.most),
        "again": [
            {"customer": customer, "name": o.book.customer_name(customer), "category": category}
            | {"now": len(now[customer, category]), "before": len(before[customer, category])}
            for customer, category in again
        ],
    }


def staff(o):
    def people(days):
        groups = grouped(accepted(o, days), lambda row: [row["handler"].strip()])
        for name, rows in grouped(visits(o, days), lambda row: [row["staff"].strip()]).items():
            groups.setdefault(name, []).extend(rows)
        return groups

    def requests(measure):
        return lambda rows, *_: measure([row for row in rows if "received_at" in row])

    marks = lambda rows: [row["feedback"] for row in rows if row["feedback"] is not None]
    work = {
        "requests": requests(counting()),
        "open": requests(counting(lambda row: row["stage"] in OPEN)),
        "resolved": requests(counting(lambda row: row["stage"] in RESOLVED)),
        "reopened": requests(counting(is_reopened)),
        "median": requests(time(HALF)),
        "p90": requests(time(Fraction(9, 10))),
        "on_time": requests(rate("resolve")),
        "feedback": requests(lambda rows: grade(marks(rows))),
        "answers": requests(lambda rows: len(marks(rows))),
        "revisits_done": of(lambda rows: sum("due_on" in row and row["status"] == "done" for row in rows)),
    }
    unassigned = lambda row: not row["handler"].strip() and row["stage"] in OPEN
    return {
        "figures": [
            o.figure("accepted", lambda days: len(accepted(o, days))),
            o.figure("unassigned", lambda days: sum(map(unassigned, accepted(o, days)))),
        ],
        "handlers": table(o, people, work, recorded=("requests", "revisits")),
    }


def quality(o):
    matters = lambda days: [dict(row) for row in o.rows("SELECT * FROM matters WHERE received_at_day BETWEEN ? AND ?", *days)]
    resolved = lambda days: [row for row in accepted(o, days) if row["stage"] in RESOLVED]
    complaints = lambda days: list(filter(is_complaint, resolved(days)))
    responses = lambda days: [row for name in o.book.surveys() for row in answers(o, name, days)]
    # what is lacking: of which records, and when it is
    lacks = {
        "without_category": (matters, lambda row: not row["category"].strip()),
        "without_customer": (matters, lambda row: row["customer"] is None),
        "without_channel": (matters, lambda row: row["channel"] is None),
        "without_handler": (resolved, lambda row: not row["handler"].strip()),
        "resolved_without_measures": (resolved, lambda row: not lines(row["measures"]) and not row["result"].strip()),
        "complaints_without_cause": (complaints, lambda row: not row["cause"].strip()),
        "complaints_without_responsible": (complaints, lambda row: not row["responsible"].strip()),
        "responses_unlinked": (responses, lambda row: row["customer"] is None),
    }

    def lacking(key, records, test):
        rows = lambda days: list(map(test, records(days)))
        return {
            "key": key,
            "figures": [
                o.figure("count", lambda days: sum(rows(days))),
                o.figure("of", lambda days: len(rows(days))),
                o.figure("share", lambda days: percent(sum(rows(days)), len(rows(days)))),
            ],
        }

    imports = log.imports(o)
    known = "SELECT id FROM customers"
    counts = {
        "unreachable": sum(not row["phone"].strip() and not row["email"].strip() for row in active(o)),
        "unverified": sum(map(unverified(o), active(o))),
        "unknown_orders": o.one(f"SELECT count(DISTINCT id) FROM orders WHERE date BETWEEN ? AND ? AND coalesce(customer, '') NOT IN ({known})", *o.period.bounds()),
        "future_orders": o.one("SELECT count(DISTINCT id) FROM orders WHERE date BETWEEN ? AND ? AND date > ?", *o.period.bounds(), o.today),
        "imports": len(imports),
        "rejected_rows": sum(row["rejected"] for row in imports),
    }
    return {
        "lacking": {"rows": [lacking(key, *what) for key, what in lacks.items()], "left_out": 0},
        "figures": [{"code": code, "now": value, "before": None, "year_ago": None} for code, value in counts.items()],
        "imports": imports[::-1][: o.most],
        "left_out": max(0, len(imports) - o.most),
    }


def answers(o, name, days):
    """A survey's responses of these days; undated ones belong to all time alone."""
    return o.rows("SELECT * FROM responses WHERE survey = ? AND coalesce(submitted_at_day, '') BETWEEN ? AND ?", name, *days)


def active(o):
    return o.rows("SELECT * FROM customers WHERE coalesce(status, 'active') = 'active' ORDER BY n")


def unverified(o):
    """Whose data were verified, or entered, longer ago than the rules of the tier hold."""
    after = (o.book.rules("archive").get("verify") or {}).get("after") or {"A": "180 days", "B": "365 days", "others": "365 days"}
    after = {"others": after} if isinstance(after, str) else after

    def overdue(row):
        span = after.get(row["tier"].strip(), after.get("others"))
        if span is None or span == "off":
            return False
        day = row["verified_on"] or row["since"]
        return day is None or later(datetime.date.fromisoformat(day), span).isoformat() < o.today

    return overdue
