"""The rules of the suggestions (docs/rules.md, "Suggestions"), from the oracle's own figures."""

from fractions import Fraction

from figures import Near

RULES = """resolution_rate respond_on_time resolve_on_time reopen_rate p90_time category_rise category_complaints repeat
without_cause feedback_low survey_low accusations coverage fallen late_stage overloaded cause reopened silent lacking
rejected_rows""".split()


def suggestions(o):
    """Every rule that fires, in the order of the sections."""
    found = []

    def fire(rule, about="", figure=None, before=None, limit=None):
        found.append({"rule": rule, "about": about, "figure": figure, "before": before, "limit": limit})

    figures = {row["code"]: row for row in o.done["efficiency"]["figures"] + o.done["revisits"]["figures"]}

    def when(rule, test, limit):
        figure = figures[rule]
        if figure["now"] is not None and test(figure["now"].value):
            fire(rule, "", figure["now"], figure["before"], limit)

    for rule in ("resolution_rate", "respond_on_time", "resolve_on_time"):
        when(rule, lambda now: now < 90, Near(90, 4))
    when("reopen_rate", lambda now: now >= 5, Near(5, 4))
    between = o.period.bounds()
    usual = figures["median_time"]["now"] and 3 * figures["median_time"]["now"].value
    if figures["timed"]["now"] >= 10:
        when("p90_time", lambda now: now > usual, Near(usual, 3))
    categories(o, fire)
    satisfaction(o, fire)
    accusing = o.one("SELECT count(*) FROM accepted WHERE received_at_day BETWEEN ? AND ? AND purpose = 'accusation'", *between)
    if accusing:
        fire("accusations", figure=accusing)
    when("coverage", lambda now: now < 80, Near(80, 4))
    fallen = [move["name"] for move in o.done["tiers"]["moves"] if move["direction"] == "down"]
    if fallen:
        fire("fallen", ", ".join(fallen[:5]), figure=len(fallen))
    work(o, fire)
    silent(o, fire)
    data(o, fire)
    return found


def numbers(table):
    """The rows of a table with their figures by code."""
    return [(row["key"], {figure["code"]: figure for figure in row["figures"]}) for row in getattr(table, "whole", table["rows"])]


def work(o, fire):
    """The stage with most misses, who has most of what is open, causes, and what was reopened."""
    late = [(key, of) for key, of in numbers(o.done["targets"]["stages"]) if of["missed"]["now"] >= 3 and of["rate"]["now"].value < 90]
    if late:
        # of equals the one that falls due last
        key, of = max(reversed(late), key=lambda row: row[1]["missed"]["now"])
        fire("late_stage", key, of["rate"]["now"], of["rate"]["before"], Near(90, 4))
    people = numbers(o.done["staff"]["handlers"])
    whole = sum(of["open"]["now"] for _, of in people)
    named = [(key, of["open"]["now"]) for key, of in people if key]
    most = max((of["open"]["now"] for _, of in people), default=0)
    those = [key for key, of in people if of["open"]["now"] == most]
    if whole >= 5 and len(named) > 1 and len(those) == 1 and those[0] and 100 * most >= 50 * whole:
        fire("overloaded", those[0], Near(Fraction(100 * most, whole), 4), None, Near(50, 4))
    for key, of in numbers(o.done["causes"]["by_cause"]):
        if of["count"]["now"] >= 3:
            fire("cause", key, of["count"]["now"], of["count"]["before"], 3)
    for key, of in numbers(o.done["repeats"]["categories"]):
        if key and of["reopened"]["now"] >= 2:
            fire("reopened", key, of["reopened"]["now"], of["reopened"]["before"], 2)


def silent(o, fire):
    life = o.done.get("lifecycle")
    if not life:
        return
    value = {key: Fraction(of["value"]["now"] or 0) for key, of in numbers(life["classes"])}
    whole = sum(value.values())
    if whole and value["silent"] and 100 * value["silent"] >= 5 * whole:
        names = [row["name"] for row in life["at_risk"] if row["class"] == "silent"]
        fire("silent", ", ".join(names[:5]), Near(100 * value["silent"] / whole, 4), None, Near(5, 4))


def data(o, fire):
    lacks = [(key, of) for key, of in numbers(o.done["quality"]["lacking"]) if key != "complaints_without_cause" and of["count"]["now"] >= 3]
    for key, of in sorted(lacks, key=lambda row: -row[1]["count"]["now"]):
        if of["share"]["now"].value >= 20:
            fire("lacking", key, of["share"]["now"], of["share"]["before"], Near(20, 4))
    rejected = next(row["now"] for row in o.done["quality"]["figures"] if row["code"] == "rejected_rows")
    if rejected:
        fire("rejected_rows", "", rejected, None, 1)


def categories(o, fire):
    for row in o.done["shares"]["category"]:
        shares = (row["share"], row["share_before"])
        if row["key"] and row["count"] >= 3 and None not in shares and shares[0].value - shares[1].value >= 10:
            fire("category_rise", row["key"], *shares, Near(10, 4))
    complained = o.rows(
        "SELECT trim(category), count(*), coalesce(sum(type = 'complaint'), 0) FROM accepted WHERE received_at_day BETWEEN ? AND ? "
        "AND trim(category) <> '' GROUP BY 1 ORDER BY 2 DESC, 3 DESC, 1",
        *o.period.bounds(),
    )
    for category, _, complaints in complained:
        if complaints >= 3:
            fire("category_complaints", category, figure=complaints, limit=3)
    for row in o.done["problems"]["repeats"]:
        fire("repeat", f"{row['name']} · {row['category']}", figure=row["count"])
    quality = o.done["problems"]["quality"]
    without, resolved = quality["complaints_without_cause"], quality["complaints_resolved"]
    if resolved and Fraction(without, resolved) >= Fraction(3, 10):
        fire("without_cause", figure=Near(Fraction(100 * without, resolved), 4), limit=Near(30, 4))


def satisfaction(o, fire):
    def top(score):
        return score and Near(score["top2"]["value"].value, 4)

    def low(score):
        return score and score["n"] >= 5 and score["top2"]["value"].value < 80

    found = o.done["satisfaction"]
    if low(found["feedback"]):
        fire("feedback_low", "", top(found["feedback"]), top(found["feedback_before"]), Near(80, 4))
    for survey in found["surveys"]:
        if low(survey["csat"]):
            fire("survey_low", survey["name"], top(survey["csat"]), top(survey["csat_before"]), Near(80, 4))
