"""What the sections compute with: exact fractions, quantiles, and figures of several periods beside each other."""

from fractions import Fraction
import math

RESOLVED = ("resolved", "confirmed", "closed")
OPEN = ("registered", "reviewed", "assigned", "in_progress", "waiting")
# What is recorded of a period, and the day it belongs to.
RECORDS = {"requests": "received_at_day", "orders": "date", "revisits": "due_on", "responses": "submitted_at_day"}
DAYS = RECORDS | {"tiers": "decided_on"}


class Near:
    """A number that the report rounds to so many digits, or gives as computed (None)."""

    def __init__(self, value, digits=None):
        self.value, self.digits = value, digits

    def equals(self, other):
        if not isinstance(other, (int, float)) or isinstance(other, bool):
            return False
        slack = 0 if self.digits is None else Fraction(1, 2 * 10**self.digits)
        return abs(Fraction(other) - Fraction(self.value)) <= slack + abs(Fraction(self.value)) / 10**12

    def __str__(self):
        value = float(self.value)
        return repr(value) if self.digits is None else repr(round(value, self.digits))


def percent(part, whole):
    """A share in per cent; none of nothing."""
    return Near(Fraction(100 * part, whole), 4) if whole else None


def seconds(value):
    return None if value is None else Near(value, 3)


def grade(values):
    """The mean grade."""
    return Near(mean(values), 6) if values else None


def mean(values):
    return sum(map(Fraction, values)) / len(values) if values else None


def quantile(values, p):
    """Type 7 of Hyndman and Fan."""
    if not values:
        return None
    values, at = sorted(values), p * (len(values) - 1)
    low = math.floor(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


class Oracle:
    """A book, a period with the ones beside it, and the moment asked for."""

    def __init__(self, book, period, today, spans):
        self.book, self.sql, self.period, self.today = book, book.sql, period, today
        self.now = book.noon(today)
        # what figures stand beside each other: this period, the one before, the same a year ago
        self.spans = {"now": period} | {name: span for name, span in spans.items()}
        if not self.kept(self.spans.get("year_ago"), *RECORDS):
            self.spans["year_ago"] = None
        self.sql.executescript(
            "CREATE VIEW matters AS SELECT * FROM requests WHERE stage <> 'duplicate';"
            "CREATE VIEW accepted AS SELECT * FROM matters WHERE stage <> 'rejected';"
            "CREATE VIEW timed AS SELECT *, resolved_at - received_at AS seconds FROM accepted "
            f"WHERE stage IN {RESOLVED} AND resolved_at IS NOT NULL;"
        )
        self.done = {}
        # how many rows lists have
        self.most = int(book.rules("report").get("rows", 10))

    def rows(self, query, *values):
        return self.sql.execute(query, values).fetchall()

    def one(self, query, *values):
        return self.rows(query, *values)[0][0]

    def column(self, query, *values):
        return [row[0] for row in self.rows(query, *values)]

    def kept(self, span, *tables):
        """Whether there are records of these days in one of the tables."""
        return span is not None and any(self.one(f"SELECT count(*) FROM {table} WHERE {DAYS[table]} BETWEEN ? AND ?", *span.bounds()) for table in tables)

    def spans_of(self, *tables):
        """Of a year ago there are figures only where such records are kept of then."""
        return {name: span if name != "year_ago" or self.kept(span, *tables) else None for name, span in self.spans.items()}

    def figure(self, code, of, table="requests"):
        """A figure of every span; `of` gets the first and last day. It rests on records of this table."""
        return {"code": code} | {name: None if span is None else of(span.bounds()) for name, span in self.spans_of(table).items()}

    def beside(self, name, of):
        """A value for each span, under names such as `csat_before`."""
        return {name if span == "now" else f"{name}_{span}": None if days is None else of(days.bounds()) for span, days in self.spans.items()}

    def money(self, minor):
        """As reports write amounts."""
        digits, sign = self.book.digits, "-" if minor < 0 else ""
        text = str(abs(minor)).rjust(digits + 1, "0")
        return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else sign + text
