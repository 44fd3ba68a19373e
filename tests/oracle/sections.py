"""The figures of the report, section by section, computed from the definitions in docs/rules.md ("Reports") and in the
doc comments of src/engine/report/, in SQL where SQL can say it.

Each function gives its section in the shape of the JSON. To add one: a function here, its name in SECTIONS of report.py.
"""

import datetime
from fractions import Fraction

import log
import tables
from figures import OPEN, RESOLVED, grade, mean, percent, quantile, seconds
from verdicts import ANSWER, STANDING, first_line


def heading(o):
    def span(period):
        return None if period is None else {"name": name_of(period), "from": text(period.start), "to": text(period.end)}

    def text(date):
        return date and date.isoformat()

    found = {"schema": "carebook.report.v1", "book": o.book.name, "currency": o.book.currency, "period": span(o.period)}
    names = {"previous" if name == "before" else name: period for name, period in o.spans.items() if name != "now"}
    return found | {name: span(period) for name, period in names.items()} | {"as_of": o.today}


def name_of(period):
    if period.is_all():
        return "all"
    year, month = period.start.year, period.start.month
    if period.months == 12:
        return f"{year}" if month == 1 else f"FY{year}"
    if period.months == 6:
        return f"{year}H{month // 6 + 1}"
    if period.months == 3 and month % 3 == 1:
        return f"{year}Q{month // 3 + 1}"
    if period.months == 1:
        return f"{year}-{month:02}"
    return f"{period.start}" if period.start == period.end else f"{period.start}..{period.end}"


def totals(o):
    def counted(code, table, condition="1", what="*"):
        query = f"SELECT count({what}) FROM {table} WHERE received_at_day BETWEEN ? AND ? AND {condition}"
        return o.figure(code, lambda days: o.one(query, *days))

    refund = "coalesce(kind = 'refund', amount < 0)"

    def ordered(code, what, condition="1"):
        query = f"SELECT {what} FROM orders WHERE date BETWEEN ? AND ? AND {condition}"
        return o.figure(code, lambda days: o.one(query, *days), "orders")

    def amount(figure):
        return {key: o.money(value) if key != "code" and value is not None else value for key, value in figure.items()}

    new = "SELECT count(*) FROM customers WHERE since BETWEEN ? AND ? AND merged_into IS NULL"
    return {
        "requests": [
            counted("received", "requests"),
            counted("complaints", "requests", "type = 'complaint'"),
            counted("resolved", "requests", f"stage IN {RESOLVED}"),
            counted("open", "requests", f"stage IN {OPEN}"),
            counted("reopened", "requests", "reopened > 0"),
            counted("rejected", "requests", "stage = 'rejected'"),
            counted("duplicates", "requests", "stage = 'duplicate'"),
            counted("askers", "requests", what="DISTINCT customer"),
        ],
        "business": [
            ordered("orders", "count(DISTINCT id)", f"NOT {refund}"),
            ordered("buyers", "count(DISTINCT customer)", f"NOT {refund}"),
            amount(ordered("net", "coalesce(sum(amount), 0)")),
            amount(ordered("refunds", "coalesce(-sum(amount), 0)", refund)),
            o.figure("new_customers", lambda days: o.one(new, *days), "orders"),
        ],
    }


def shares(o):
    def grouped(column, blank=True):
        count = f"SELECT {column}, count(*) FROM matters WHERE received_at_day BETWEEN ? AND ? GROUP BY 1"
        counts = {name: {} if span is None else dict(map(tuple, o.rows(count, *span.bounds()))) for name, span in spans.items()}
        # what there was a year ago alone is no row
        rows = [row(key, counts) for key in {*counts["now"], *counts["before"]} if key or blank]
        rows.sort(key=lambda row: (-row["count"], -(row["before"] or 0), row["key"]))
        return rows

    spans = o.spans_of("requests")

    def row(key, counts):
        found = {"key": key}
        for name, of in counts.items():
            known = spans[name] is not None
            total = sum(of.values())
            found["count" if name == "now" else name] = of.get(key, 0) if known else None
            found["share" if name == "now" else f"share_{name}"] = percent(of.get(key, 0), total) if known else None
        return found

    return {
        "category": grouped("trim(category)"),
        "type": grouped("coalesce(type, '')"),
        "purpose": grouped("coalesce(purpose, '')", blank=False),
        "channel": grouped("coalesce(channel, '')"),
        "severity": grouped("severity"),
    }


def standings(o, days, case, handler=None):
    """How many accepted requests stand how with a due time."""
    query = (
        f"SELECT {case}, count(*) FROM accepted WHERE received_at_day BETWEEN :from AND :to "
        "AND (:handler IS NULL OR trim(handler) = :handler) GROUP BY 1"
    )
    return dict(map(tuple, o.sql.execute(query, {"now": o.now, "from": days[0], "to": days[1], "handler": handler})))


def on_time(counts):
    met, missed = counts.get("met", 0), counts.get("late", 0) + counts.get("overdue", 0)
    return percent(met, met + missed)


def efficiency(o):
    between = "received_at_day BETWEEN ? AND ?"

    def times(days):
        return o.column(f"SELECT seconds FROM timed WHERE {between}", *days)

    def rate(condition):
        part, whole = f"SELECT count(*) FROM accepted WHERE {between} AND {condition}", f"SELECT count(*) FROM accepted WHERE {between}"
        return lambda days: percent(o.one(part, *days), o.one(whole, *days))

    def first_times(days):
        """To the first resolution: of what was reopened the log tells it, or nobody knows."""
        rows = o.rows(f"SELECT * FROM accepted WHERE {between}", *days)
        again = [row for row in rows if (row["reopened"] or 0) > 0]
        return o.column(f"SELECT seconds FROM timed WHERE {between} AND coalesce(reopened, 0) = 0", *days) + [
            firsts[row["id"]] - row["received_at"] for row in again if row["id"] in firsts
        ]

    def handler(days, name):
        of = f"FROM accepted WHERE {between} AND trim(handler) = ?"
        return {
            "name": name,
            "requests": o.one(f"SELECT count(*) {of}", *days, name),
            "resolved": o.one(f"SELECT count(*) {of} AND stage IN {RESOLVED}", *days, name),
            "median": seconds(quantile(o.column(f"SELECT seconds FROM timed WHERE {between} AND trim(handler) = ?", *days, name), Fraction(1, 2))),
            "on_time": on_time(standings(o, days, STANDING, name)),
            "feedback": grade(o.column(f"SELECT feedback {of} AND feedback IS NOT NULL", *days, name)),
        }

    now = o.period.bounds()
    names = o.column(f"SELECT trim(handler) FROM accepted WHERE {between} AND trim(handler) <> '' GROUP BY 1 ORDER BY count(*) DESC, 1", *now)
    due = standings(o, now, STANDING)
    firsts = log.firsts(o)
    return {
        "figures": [
            o.figure("timed", lambda days: len(times(days))),
            o.figure("mean_time", lambda days: seconds(mean(times(days)))),
            o.figure("median_time", lambda days: seconds(quantile(times(days), Fraction(1, 2)))),
            o.figure("median_first_time", lambda days: seconds(quantile(first_times(days), Fraction(1, 2)))),
            o.figure("p90_time", lambda days: seconds(quantile(times(days), Fraction(9, 10)))),
            o.figure("resolution_rate", rate(f"stage IN {RESOLVED}")),
            o.figure("first_resolution_rate", rate(f"stage IN {RESOLVED} AND coalesce(reopened, 0) = 0")),
            o.figure("respond_on_time", lambda days: on_time(standings(o, days, ANSWER))),
            o.figure("resolve_on_time", lambda days: on_time(standings(o, days, STANDING))),
            o.figure("reopen_rate", rate("reopened > 0")),
        ],
        "due": [{"code": code, "requests": due.get(code, 0)} for code in ("met", "late", "overdue", "open", "paused", "none")],
        "handlers": [handler(now, name) for name in names],
    }


def problems(o):
    days = o.period.bounds()
    between = "received_at_day BETWEEN ? AND ?"
    # the five commonest categories, of equals those with more complaints
    groups = o.rows(
        f"SELECT trim(category), count(*), coalesce(sum(type = 'complaint'), 0) FROM accepted WHERE {between} AND trim(category) <> '' "
        "GROUP BY 1 ORDER BY 2 DESC, 3 DESC, 1 LIMIT 5",
        *days,
    )
    linked = links(o, days)
    entries = {row["id"]: row for row in o.rows("SELECT * FROM knowledge ORDER BY n") if row["status"] != "retired"}

    def common(category, count, complaints):
        # those resolved last come first: of texts that are equally frequent the newest counts
        rows = o.rows(f"SELECT * FROM accepted WHERE {between} AND trim(category) = ? ORDER BY resolved_at IS NULL, resolved_at DESC, id DESC", *days, category)
        resolved = [row for row in rows if row["stage"] in RESOLVED]
        return {
            "category": category,
            "count": count,
            "complaints": complaints,
            "median": seconds(quantile(o.column(f"SELECT seconds FROM timed WHERE {between} AND trim(category) = ?", *days, category), Fraction(1, 2))),
            "causes": most_frequent([first_line(row["cause"]) for row in rows]),
            "solutions": most_frequent([row["measures"].strip() or row["result"].strip() for row in resolved]),
            "knowledge": entry([one for row in rows for one in linked.get(row["id"], ())]),
        }

    def entry(ids):
        counts = {one: ids.count(one) for one in ids if one in entries}
        if not counts:
            return None
        best = min(counts, key=lambda one: (-counts[one], one))
        return {"id": best, "title": entries[best]["title"], "count": counts[best]}

    repeats = o.rows(
        f"SELECT customer, trim(category) AS category, count(*) AS count FROM accepted WHERE {between} AND type = 'complaint' "
        "AND trim(category) <> '' AND customer IS NOT NULL GROUP BY 1, 2 HAVING count(*) >= 2 ORDER BY 1, 2",
        *days,
    )
    resolved = f"FROM accepted WHERE {between} AND type = 'complaint' AND stage IN {RESOLVED}"
    return {
        "common": [common(*group) for group in groups],
        "repeats": [dict(row) | {"name": o.book.customer_name(row["customer"])} for row in repeats],
        "quality": {
            "requests": o.one(f"SELECT count(*) FROM matters WHERE {between}", *days),
            "without_category": o.one(f"SELECT count(*) FROM matters WHERE {between} AND trim(category) = ''", *days),
            "without_customer": o.one(f"SELECT count(*) FROM matters WHERE {between} AND customer IS NULL", *days),
            "complaints_resolved": o.one(f"SELECT count(*) {resolved}", *days),
            "complaints_without_cause": sum(not cause.strip() for cause in o.column(f"SELECT cause {resolved}", *days)),
        },
    }


def most_frequent(texts):
    """Three at most; of equals the one met first."""
    texts = [text for text in texts if text]
    found = sorted(dict.fromkeys(texts), key=lambda text: -texts.count(text))
    return [{"text": text, "count": texts.count(text)} for text in found[:3]]


def links(o, days):
    """The entries of the knowledge base by the request they answered; a merged request's are those of the one it went into."""
    rows = {row["id"]: row for row in o.rows("SELECT * FROM requests WHERE received_at_day BETWEEN ? AND ?", *days)}
    found = {}
    for row in rows.values():
        ids = [part.strip() for part in row["knowledge"].replace("；", ";").replace("、", ";").split(";") if part.strip()]
        at, steps = row["id"], 0
        while at in rows and rows[at]["duplicate_of"] and steps < len(rows):
            at, steps = rows[at]["duplicate_of"], steps + 1
        found.setdefault(at, set()).update(ids)
    return found


def tiers(o):
    file = o.book.rules("tiers").get("tiers")
    codes = [tier["code"] for tier in file] if file else ["A", "B", "C"]
    active = "FROM customers WHERE coalesce(status, 'active') IN ('active', 'erased')"
    held = dict(map(tuple, o.rows(f"SELECT tier, count(*) {active} GROUP BY 1")))
    total = sum(held.values())
    counts = {code: held.get(code, 0) for code in codes}
    if total > sum(counts.values()):
        counts[""] = total - sum(counts.values())
    rows = o.rows("SELECT * FROM tiers WHERE decided_on BETWEEN ? AND ?", *o.period.bounds())
    moves = [
        {"customer": row["customer"], "name": o.book.customer_name(row["customer"]), "from": row["previous"], "to": row["tier"]}
        | {"direction": direction(codes, row), "on": row["decided_on"], "reasons": row["reasons"]}
        for row in rows
        if direction(codes, row)
    ]
    ways = ["down", "up", "new"]

    def went(way):
        decided = lambda days: o.rows("SELECT * FROM tiers WHERE decided_on BETWEEN ? AND ?", *days)
        return o.figure(way, lambda days: sum(direction(codes, row) == way for row in decided(days)), "tiers")

    moves.sort(key=lambda move: (ways.index(move["direction"]), move["on"], move["customer"]))
    return {
        "counts": [{"tier": code, "customers": n, "share": percent(n, total)} for code, n in counts.items()],
        "moves": moves,
        "figures": [went(way) for way in ("up", "down", "new")],
    } | {way: sum(move["direction"] == way for move in moves) for way in ways}


def direction(codes, row):
    if row["previous"] not in codes:
        return "new"
    if row["tier"] not in codes or row["tier"] == row["previous"]:
        return None
    return "up" if codes.index(row["tier"]) < codes.index(row["previous"]) else "down"


# An attempt that nobody answered was planned again where the next visit of its chain carries its number on; before attempts
# were numbered the next one was always planned.
CHAIN = "PARTITION BY customer, reason, coalesce(request, '') ORDER BY due_on, id"
VISITS = f"""SELECT *, status = 'no_answer' AND (tries IS NULL OR following = tries) AS again FROM (
    SELECT *, lead(CASE WHEN status = 'no_answer' THEN max(tries - 1, 0) ELSE tries END) OVER ({CHAIN}) AS following FROM revisits)"""


def revisits(o):
    def counted(code, condition="1"):
        query = f"SELECT count(*) FROM revisits WHERE due_on BETWEEN ? AND ? AND {condition}"
        return o.figure(code, lambda days: o.one(query, *days), "revisits")

    def due(days):
        """Done and due: those done, and those whose day is over and that were not planned again."""
        over = "status = 'done' OR (due_on < ? AND NOT coalesce(again, 0))"
        query = f"SELECT coalesce(sum(status = 'done'), 0), count(*) FROM ({VISITS}) WHERE due_on BETWEEN ? AND ? AND ({over})"
        return o.rows(query, *days, o.today)[0]

    def by(key):
        """The same of each tier, or of everybody who makes them."""
        query = f"SELECT *, coalesce({key}, '') AS key FROM ({VISITS}) WHERE due_on BETWEEN ? AND ?"
        done = lambda row: row["status"] == "done"
        is_due = lambda row: done(row) or (row["due_on"] < o.today and not row["again"])
        covered = {
            "due": tables.counting(is_due),
            "done": tables.counting(done),
            "overdue": tables.counting(lambda row: row["status"] == "planned" and row["due_on"] < o.today),
            "coverage": tables.of(lambda rows: percent(sum(map(done, rows)), sum(map(is_due, rows)))),
        }
        return tables.table(o, lambda days: tables.grouped(map(dict, o.rows(query, *days)), lambda row: [row["key"]]), covered, recorded=("revisits",))

    late = o.rows("SELECT * FROM revisits WHERE due_on BETWEEN ? AND ? AND status = 'planned' AND due_on < ? ORDER BY due_on, id", *o.period.bounds(), o.today)
    scores = "SELECT satisfaction FROM revisits WHERE due_on BETWEEN ? AND ? AND satisfaction IS NOT NULL"
    notes = [
        {key: row[key] for key in ("needs", "suggestions", "problems", "outcome")} | {"revisit": row["id"], "customer": o.book.customer_name(row["customer"])}
        for row in o.rows("SELECT * FROM revisits WHERE due_on BETWEEN ? AND ? ORDER BY done_at IS NULL, done_at DESC, id DESC", *o.period.bounds())
        if any(row[key].strip() for key in ("needs", "suggestions", "problems"))
    ]
    return {
        "figures": [
            o.figure("due", lambda days: due(days)[1], "revisits"),
            counted("done", "status = 'done'"),
            counted("no_answer", "status = 'no_answer'"),
            counted("skipped", "status = 'skipped'"),
            counted("overdue", f"status = 'planned' AND due_on < '{o.today}'"),
            o.figure("coverage", lambda days: percent(*due(days)), "revisits"),
            o.figure("revisit_satisfaction", lambda days: grade(o.column(scores, *days)), "revisits"),
        ],
        "notes": notes[:10],
        "left_out": max(0, len(late) - o.most),
        "overdue": [
            {"revisit": row["id"], "customer": row["customer"], "name": o.book.customer_name(row["customer"]), "due": row["due_on"]}
            | {"days_late": days_between(row["due_on"], o.today), "staff": row["staff"].strip()}
            for row in late[: o.most]
        ],
        "tiers": by("(SELECT trim(tier) FROM customers WHERE id = customer ORDER BY customers.n LIMIT 1)"),
        "staff": by("trim(staff)"),
    }


def days_between(first, last):
    return (datetime.date.fromisoformat(last) - datetime.date.fromisoformat(first)).days
