"""The tier rules of the generated books, once: the generator writes them as YAML, the peers turn them into queries.

Weights, points and steps are whole numbers on purpose: every engine can then score in exact integers.
"""

WINDOW_MONTHS = 12

# measure, weight, steps (least value, points) rising; spend steps are in major units of the currency
FACTORS = [
    ("spend", 50, [(0, 0), (500, 20), (2000, 40), (5000, 60), (10000, 80), (30000, 100)]),
    ("frequency", 30, [(0, 0), (2, 20), (4, 45), (8, 70), (16, 100)]),
    ("recency_days", 20, [(0, 100), (31, 80), (61, 60), (121, 40), (181, 20), (366, 0)]),
]

# from the top: code, label, enter, keep; the last takes everybody else
TIERS = [("A", "Key", 65, 58), ("B", "Growing", 35, 30), ("C", "Standard", None, None)]


def as_yaml():
    """`rules/tiers.yaml` of a generated book."""
    lines = [f"window: {WINDOW_MONTHS} months", "factors:"]
    for measure, weight, steps in FACTORS:
        pairs = ", ".join(f"{least}: {points}" for least, points in steps)
        lines.append(f"  - {{measure: {measure}, weight: {weight}, steps: {{{pairs}}}}}")
    lines.append("tiers:")
    for code, label, enter, keep in TIERS:
        thresholds = "" if enter is None else f", enter: {enter}, keep: {keep}"
        lines.append(f"  - {{code: {code}, label: {{en: {label}}}{thresholds}}}")
    return "\n".join(lines) + "\n"


def points_sql(measure, column, factor=1):
    """A CASE that gives the points of a measure held in `column`, whose unit is `factor` times finer than the rules'."""
    steps = next(steps for name, _, steps in FACTORS if name == measure)
    arms = " ".join(f"WHEN {column} >= {least * factor} THEN {points}" for least, points in reversed(steps))
    return f"(CASE {arms} ELSE 0 END)"


def weight(measure):
    return next(weight for name, weight, _ in FACTORS if name == measure)


def tier_sql(tenths):
    """A CASE from a score in tenths to a tier, for customers who have none yet."""
    arms = " ".join(f"WHEN {tenths} >= {enter * 10} THEN '{code}'" for code, _, enter, _ in TIERS if enter is not None)
    return f"(CASE {arms} ELSE '{TIERS[-1][0]}' END)"
