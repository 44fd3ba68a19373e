"""Satisfaction: the grades of requests and surveys (docs/rules.md, "Reports"; src/engine/scores.rs)."""

import math

from figures import Near, mean

# the 97.5 % point of the normal distribution, and the answers below which a score is marked
Z = 1.959964
FEW = 30


def satisfaction(o):
    def feedback(days):
        return csat(o.column("SELECT feedback FROM matters WHERE received_at_day BETWEEN ? AND ? AND feedback IS NOT NULL", *days), 1, 5)

    surveys = [survey(o, name, file) for name, file in o.book.surveys().items()]
    return o.beside("feedback", feedback) | {"surveys": [found for found in surveys if found], "low": low(o)}


def csat(grades, lowest, highest):
    """The share of the two best grades (of three or two the best) with its Wilson interval, and the mean."""
    grades = [one for one in grades if lowest <= one <= highest]
    n = len(grades)
    if not n:
        return None
    boxes = 2 if highest - lowest >= 3 else 1
    best = sum(one >= highest - boxes + 1 for one in grades)
    p, z2 = best / n, Z * Z
    middle, spread = p + z2 / (2 * n), Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    bounds = [(middle + sign * spread) / (1 + z2 / n) for sign in (-1, 1)]
    return {
        "n": n,
        "mean": Near(mean(grades)),
        "top2": {"value": Near(100 * p), "low": Near(100 * max(0, min(p, bounds[0]))), "high": Near(100 * min(1, max(p, bounds[1])))},
        "boxes": boxes,
        "min": lowest,
        "max": highest,
        "distribution": [sum(math.floor(one) == step for one in grades) for step in range(lowest, highest + 1)],
        "small": n < FEW,
    }


def nps(answers):
    """% of 9–10 less % of 0–6, with the interval of the variance p + d − (p − d)²."""
    answers = [one for one in answers if 0 <= one <= 10]
    n = len(answers)
    if not n:
        return None
    promoters, detractors = sum(one >= 9 for one in answers), sum(one <= 6 for one in answers)
    p, d = promoters / n, detractors / n
    spread = 100 * Z * math.sqrt((p + d - (p - d) ** 2) / n)
    value = 100 * (p - d)
    return {
        "n": n,
        "promoters": promoters,
        "passives": n - promoters - detractors,
        "detractors": detractors,
        "distribution": [answers.count(step) for step in range(11)],
        "score": {"value": Near(value), "low": Near(max(-100, value - spread)), "high": Near(min(100, value + spread))},
        "small": n < FEW,
    }


def submitted(o, name, what, days):
    """A column of a survey's responses of these days; undated ones belong to all time alone."""
    query = f"SELECT {what} FROM responses WHERE survey = ? AND coalesce(submitted_at_day, '') BETWEEN ? AND ?"
    return [value for value in o.column(query, name, *days) if value is not None]


def survey(o, name, file):
    scale = next((question.get("scale") for question in file.get("questions") or [] if question.get("metric") == "csat"), None)
    ends = (1, len(scale)) if isinstance(scale, list) else tuple(map(int, scale.replace("..", "-").split("-"))) if scale else None
    answered = {span: len(submitted(o, name, "id", days.bounds())) for span, days in o.spans.items() if days is not None}
    if not any(answered.get(span) for span in ("now", "before")):
        return None
    return (
        {"name": name, "responses": answered["now"]}
        | o.beside("csat", lambda days: csat(submitted(o, name, "csat", days), *ends) if ends else None)
        | o.beside("nps", lambda days: nps(submitted(o, name, "nps", days)))
    )


def low(o):
    """What was written with a grade of 3 or less, then in each survey with an index of 50 or less: of each ten, the newest first."""
    days = o.period.bounds()
    found = [
        {"source": row["id"], "customer": row["customer_name"], "text": row["feedback_text"]}
        for row in o.rows("SELECT * FROM matters WHERE received_at_day BETWEEN ? AND ? AND feedback <= 3 ORDER BY received_at DESC, id DESC", *days)
        if row["feedback_text"].strip()
    ][:10]
    for name in o.book.surveys():
        rows = o.rows(
            'SELECT * FROM responses WHERE survey = ? AND coalesce(submitted_at_day, \'\') BETWEEN ? AND ? AND "index" <= 50 '
            "ORDER BY submitted_at IS NULL, submitted_at DESC, id DESC",
            name,
            *days,
        )
        rows = [row for row in rows if row["comment"].strip()][:10]
        found += [{"source": row["id"], "customer": row["customer"] and o.book.customer_name(row["customer"]) or "", "text": row["comment"]} for row in rows]
    return found
