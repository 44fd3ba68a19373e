"""Where customers stand today (docs/rules.md, "Lifecycle"). Since when is found by going back day by day."""

import bisect
import datetime
import math
from fractions import Fraction

from book import ONE_DAY, later, months_later
from figures import OPEN, percent

CLASSES = ("potential", "new", "regular", "loyal", "problem", "silent", "lost")
SEVERITIES = ("low", "normal", "high", "critical")


def lifecycle(o):
    known, rules = facts(o), o.book.rules_or_default("lifecycle")
    # who was erased was a customer all the same
    customers = o.column("SELECT id FROM customers WHERE coalesce(status, 'active') = 'active' OR (status = 'erased' AND merged_into IS NULL) ORDER BY n")
    usual = book_median(known, customers) or Fraction(rules["rhythm"]["usual"].split()[0])
    lives = [Life(rules, usual, known.get(one, Facts()), o.today) for one in customers]
    of = {code: [(one, life) for one, life in zip(customers, lives) if life.now == code] for code in CLASSES}
    days = o.period.bounds()

    def figure(code, now):
        return {"code": code, "now": now, "before": None, "year_ago": None}

    def value(code):
        return o.money(sum(life.value for _, life in of[code])) if of[code] else None

    def newly(code):
        return sum(days[0] <= life.since().isoformat() <= days[1] for _, life in of[code])

    def row(code):
        figures = [("customers", len(of[code])), ("share", percent(len(of[code]), len(customers))), ("value", value(code))]
        return {"key": code, "figures": [figure(*one) for one in figures]}

    risks = sorted(of["silent"] + of["lost"], key=lambda one: (-one[1].value, customers.index(one[0])))
    return {
        "figures": [
            figure("silent_value", value("silent")),
            figure("lost_value", value("lost")),
            figure("newly_silent", newly("silent")),
            figure("newly_lost", newly("lost")),
        ],
        "classes": {"rows": [row(code) for code in CLASSES], "left_out": 0},
        "at_risk": [
            {"customer": one, "name": o.book.customer_name(one), "class": life.now, "since": life.since().isoformat()}
            | {"last": life.signs[-1].isoformat(), "value": o.money(life.value)}
            for one, life in risks[: o.most]
        ],
        "left_out": max(0, len(risks) - o.most),
    }


class Facts:
    """What is known of a customer: lines of orders, days of contact, answers, complaints."""

    def __init__(self):
        self.lines, self.contacts, self.answers, self.complaints = [], [], [], []

    def purchases(self):
        return sorted({day for day, _, sale in self.lines if sale})


def facts(o):
    """By customer, up to today."""
    known = {}
    add = lambda one: known.setdefault(one, Facts())
    date = datetime.date.fromisoformat
    for row in o.rows("SELECT customer, date, amount, coalesce(kind = 'sale', amount >= 0) AS sale FROM orders WHERE date <= ?", o.today):
        add(row["customer"]).lines.append((date(row["date"]), row["amount"], row["sale"]))
    for row in o.rows("SELECT * FROM requests WHERE customer IS NOT NULL AND received_at_day <= ?", o.today):
        one, received = add(row["customer"]), date(row["received_at_day"])
        one.contacts += [received] + ([date(row["confirmed_at_day"])] if row["confirmed_at"] and row["confirmed_at_day"] <= o.today else [])
        if row["feedback"]:
            one.answers.append((received, Fraction(25 * (row["feedback"] - 1))))
        if row["type"] == "complaint" and row["stage"] not in ("rejected", "duplicate"):
            ends = [day for at, day in sorted((row[at], row[f"{at}_day"]) for at in ("resolved_at", "closed_at", "confirmed_at") if row[at] is not None)]
            ended = None if row["stage"] in OPEN else date(ends[0]) if ends else received
            one.complaints.append((received, ended, SEVERITIES.index(row["severity"])))
    for row in o.rows("SELECT customer, at_day AS day, NULL AS answer FROM interactions WHERE customer IS NOT NULL"):
        told(add, row, o.today)
    done = "SELECT customer, coalesce(done_at_day, due_on) AS day, 25.0 * (satisfaction - 1) AS answer FROM revisits WHERE status = 'done'"
    for row in o.rows(done) + o.rows('SELECT customer, submitted_at_day AS day, "index" AS answer FROM responses WHERE customer IS NOT NULL AND submitted_at IS NOT NULL'):
        told(add, row, o.today)
    return known


def told(add, row, today):
    if row["day"] <= today:
        one, day = add(row["customer"]), datetime.date.fromisoformat(row["day"])
        one.contacts.append(day)
        if row["answer"] is not None:
            one.answers.append((day, Fraction(str(row["answer"]))))


def median(values):
    values, half = sorted(values), len(values) // 2
    return Fraction(values[half]) if len(values) % 2 else Fraction(values[half - 1] + values[half], 2)


def intervals(purchases):
    return [(b - a).days for a, b in zip(purchases, purchases[1:])]


def book_median(known, customers):
    own = [intervals(known[one].purchases()) for one in customers if one in known]
    own = [median(days) for days in own if days]
    return median(own) if own else None


class Life:
    def __init__(self, rules, book, known, today):
        self.rules, self.book, self.known, self.today = rules, book, known, datetime.date.fromisoformat(today)
        self.purchases = known.purchases()
        self.signs = sorted({*self.purchases, *known.contacts})
        self.answers = sorted(known.answers)
        # after each sign of life since the first purchase the latest of the silent and of the lost days
        self.marks = [day for day in self.signs if self.purchases and day >= self.purchases[0]]
        self.ends = {"silent": [], "lost": []}
        for day in self.marks:
            for code, found in self.ends.items():
                found.append(max([self.end(code, day), *found[-1:]]))
        self.now = self.on(self.today)
        self.value = self.at_risk()

    def end(self, code, sign):
        rule = self.rules[code]
        days = intervals(self.purchases[: bisect.bisect_right(self.purchases, sign)])
        wanted = int(self.rules["rhythm"]["intervals"])
        usual = self.book if not days else median(days)
        if days and len(days) < wanted:
            usual = (len(days) * usual + (wanted - len(days)) * self.book) / wanted
        usual = Fraction(math.floor(usual * 10 + Fraction(1, 2)), 10)
        silent = sign + math.ceil(Fraction(rule["factor"]) * usual) * ONE_DAY
        return min(max(silent, later(sign, rule["floor"])), later(sign, rule["limit"]))

    def on(self, day):
        """The class on a day, by the facts up to then."""
        if self.has_problem(day):
            return "problem"
        at = bisect.bisect_right(self.marks, day) - 1
        if at < 0:
            return "potential"
        for code in ("lost", "silent"):
            if self.ends[code][at] <= day:
                return code
        first, loyal = self.purchases[0], self.rules["loyal"]
        if day < later(first, self.rules["new"]["within"]):
            return "new"
        content = self.satisfaction(day, loyal["within"])
        content = loyal["unheard"] == "yes" if content is None else content >= int(loyal["satisfaction"])
        often = bisect.bisect_right(self.purchases, day) >= int(loyal["purchases"])
        return "loyal" if later(first, loyal["tenure"]) <= day and often and content else "regular"

    def has_problem(self, day):
        rule = self.rules["problem"]
        for received, ended, severity in self.known.complaints:
            if severity >= SEVERITIES.index(rule["severity"]) and received <= day:
                if ended is None or day < ended or day < later(received, rule["received_within"]):
                    return True
        content = self.satisfaction(day, rule["within"])
        return content is not None and content < int(rule["satisfaction_below"])

    def satisfaction(self, day, within):
        """The mean of the answers given within a time up to the last one, and for as long after it."""
        given = [answer for answer in self.answers if answer[0] <= day]
        if not given or day >= later(given[-1][0], within):
            return None
        counted = [index for on, index in given if given[-1][0] < later(on, within)]
        return sum(counted) / len(counted)

    def since(self):
        """Of somebody who has bought: the first day of the class without a break."""
        day = self.today
        while day > self.signs[0] and self.on(day - ONE_DAY) == self.now:
            day -= ONE_DAY
        return day

    def at_risk(self):
        if not self.purchases:
            return 0
        number, unit = self.rules["value"].split()
        months = int(number) * (12 if unit.startswith("year") else 1)
        after = months_later(self.purchases[-1], -months)
        return max(0, sum(amount for day, amount, _ in self.known.lines if day > after))
