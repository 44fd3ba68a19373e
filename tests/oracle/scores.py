"""Satisfaction: the grades of requests and surveys (docs/rules.md, "Reports"; src/engine/scores.rs)."""

import math
import re

import tables
from book import fold
from figures import Near, grade, mean, percent

# the 97.5 % point of the normal distribution, and the answers below which a score is marked
Z = 1.959964
FEW = 30


def satisfaction(o):
    def feedback(days):
        return csat(o.column("SELECT feedback FROM matters WHERE received_at_day BETWEEN ? AND ? AND feedback IS NOT NULL", *days), 1, 5)

    def rated(key):
        marks = lambda rows: [row["feedback"] for row in rows if row["feedback"] is not None and 1 <= row["feedback"] <= 5]
        figures = {
            "answers": tables.of(lambda rows: len(marks(rows))),
            "top2": tables.of(lambda rows: percent(sum(mark >= 4 for mark in marks(rows)), len(marks(rows)))),
            "mean": tables.of(lambda rows: grade(marks(rows))),
        }
        return tables.table(o, lambda days: tables.grouped(tables.accepted(o, days), lambda row: [row[key].strip()]), figures, by="answers")

    surveys = [survey(o, name, file) for name, file in o.book.surveys().items()]
    found = {"surveys": [found for found in surveys if found], "low": low(o)}
    return o.beside("feedback", feedback) | found | {"categories": rated("category"), "handlers": rated("handler"), "themes": themes(o)}


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


def grades(answers, lowest, highest):
    """Of effort there is a mean, and no verdict on who is content."""
    score = csat(answers, lowest, highest)
    return score and {key: score[key] for key in ("n", "mean", "min", "max", "distribution", "small")}


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
    ends, effort = ends_of(file, "csat"), ends_of(file, "ces")
    answered = {span: len(submitted(o, name, "id", days.bounds())) for span, days in o.spans.items() if days is not None}
    if not any(answered.get(span) for span in ("now", "before")):
        return None
    return (
        {"name": name, "responses": answered["now"]}
        | o.beside("csat", lambda days: csat(submitted(o, name, "csat", days), *ends) if ends else None)
        | o.beside("nps", lambda days: nps(submitted(o, name, "nps", days)))
        | o.beside("ces", lambda days: grades(submitted(o, name, "ces", days), *effort) if effort else None)
    )


def ends_of(file, metric):
    """The lowest and the highest grade of the first question of a metric."""
    scale = next((question.get("scale") for question in file.get("questions") or [] if question.get("metric") == metric), None)
    return (1, len(scale)) if isinstance(scale, list) else tuple(map(int, scale.replace("..", "-").split("-"))) if scale else None


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


def themes(o):
    """What was written with grades and in surveys, by the words of the rules; the newest of the dissatisfied is quoted, else the newest."""
    days = o.period.bounds()
    said = [
        (row["feedback_text"], (row["feedback"] or 9) <= 3, row["resolved_at"] or row["received_at"], row["id"])
        for row in o.rows("SELECT * FROM matters WHERE received_at_day BETWEEN ? AND ? ORDER BY n", *days)
    ]
    for name in o.book.surveys():
        said += [
            (row["comment"], row["index"] is not None and row["index"] <= 50, row["submitted_at"] or -math.inf, row["id"])
            for row in tables.answers(o, name, days)
        ]
    rules = o.book.rules_or_default("comments")
    found = {}
    for one in said:
        fit = [theme["code"] for theme in rules["themes"] if any(is_in(word, one[0]) for word in words_of(theme))]
        for code in (fit[:1] if rules.get("match") == "first" else fit) or [""]:
            if one[0].strip():
                found.setdefault(code, []).append(one)
    rows = []
    for code, voices in sorted(found.items()):
        # of one id and one moment the one told last, and surveys are told after requests
        text, _, _, source = max(reversed(voices), key=lambda voice: voice[1:])
        rows.append({"code": code, "comments": len(voices), "low": sum(voice[1] for voice in voices), "source": source, "quote": text.strip()})
    return sorted(rows, key=lambda row: (row["code"] == "", -row["low"], -row["comments"]))


def words_of(theme):
    return theme["words"] if isinstance(theme["words"], list) else [theme["words"]]


def is_in(word, text):
    """Latin words stand alone, or begin one (`deliver*`); others stand anywhere."""
    begins, word = word.endswith("*"), fold(word.rstrip("*"))
    if not re.match("[a-z]", word):
        return word in fold(text)
    return re.search(rf"(?<![a-z]){re.escape(word)}" + ("" if begins else "(?![a-z])"), fold(text)) is not None
