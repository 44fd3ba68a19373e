#!/usr/bin/env python3
"""Proof of `carebook report PERIOD --json`: every figure computed again, from the book's CSV files, without carebook.

    python3 tests/oracle/report.py BOOK PERIOD [--report FILE.json] [--today DAY] [--carebook PROGRAM]

Without --report the report is asked of carebook. Prints a table (figure, carebook, oracle, equal?) and ends with 1 where a
figure differs, with 3 where none differs but one is not compared (unless its section is named by --but). Definitions:
docs/rules.md, "Reports". Only Python's standard library is used. A day means its noon, as for carebook's --today.
"""

import argparse
import json
import subprocess
import sys

sys.dont_write_bytecode = True

import lifecycle
import scores
import sections
import suggestions
import tables
from book import Book, Period
from figures import Near, Oracle

# Section of the JSON: how it is computed. Later ones may use what earlier ones found (`o.done`).
SECTIONS = {
    "totals": sections.totals,
    "shares": sections.shares,
    "efficiency": sections.efficiency,
    "targets": tables.targets,
    "problems": sections.problems,
    "causes": tables.causes,
    "repeats": tables.repeats,
    "staff": tables.staff,
    "quality": tables.quality,
    "satisfaction": scores.satisfaction,
    "tiers": sections.tiers,
    "lifecycle": lifecycle.lifecycle,
    "revisits": sections.revisits,
    "suggestions": suggestions.suggestions,
}
# What names a row of a list, the first that fits.
NAMES = [("rule", "about"), ("code",), ("key",), ("revisit",), ("source",), ("customer", "to", "on"), ("request",), ("batch",), ("customer", "category"), ("category",), ("tier",), ("name",), ("text",)]


def main():
    asked = arguments()
    book = Book(asked.book)
    found = json.load(sys.stdin if asked.report == "-" else open(asked.report, encoding="utf-8")) if asked.report else run(asked)
    today = asked.today or book.today or found["as_of"]
    period = Period.parse(asked.period, book.fiscal_year_starts)
    spans = {"before": None if asked.no_compare else period.before(), "year_ago": None if asked.no_compare else period.year_ago()}
    if spans["year_ago"] == spans["before"]:
        # told once
        spans["year_ago"] = None
    oracle = Oracle(book, period, today, spans)
    heading = sections.heading(oracle)
    # where it comes from is no figure: `report verify` proves it
    found.pop("provenance", None)
    table = Table()
    table.compare("", {key: found.pop(key, None) for key in heading}, heading)
    for name, section in found.items():
        if name not in SECTIONS:
            table.skip(name, section)
            continue
        oracle.done[name] = SECTIONS[name](oracle)
        table.compare(name, fired(name, section), fired(name, oracle.done[name]))
    for name in SECTIONS.keys() - found.keys():
        table.compare(name, None, SECTIONS[name](oracle))
    table.print(asked.all)
    return table.code(asked.but.split(","))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("book", metavar="BOOK", help="the book's folder")
    parser.add_argument("period", metavar="PERIOD", help="2026Q3, 2026-07, 2026H1, 2026, FY2026, FROM..TO, all")
    parser.add_argument("--report", metavar="FILE", help="the report as JSON; - reads it from stdin")
    parser.add_argument("--today", metavar="DAY", help="the day the report was made on [default: the book's, else the report's]")
    parser.add_argument("--carebook", metavar="PROGRAM", default="target/debug/carebook", help="[default: %(default)s]")
    parser.add_argument("--no-compare", action="store_true", help="the report was made with --no-compare")
    parser.add_argument("--but", metavar="SECTIONS", default="", help="sections that need not be compared, with commas between")
    parser.add_argument("--all", action="store_true", help="print equal figures as well")
    return parser.parse_args()


def run(asked):
    command = [asked.carebook, "--data", asked.book, "report", asked.period, "--json", "-q"]
    command += ["--today", asked.today] if asked.today else []
    command += ["--no-compare"] if asked.no_compare else []
    ran = subprocess.run(command, stdout=subprocess.PIPE)
    if ran.returncode:
        sys.exit(f"carebook ended with {ran.returncode}: {' '.join(command)}")
    return json.loads(ran.stdout)


def fired(name, section):
    """Of every rule of the suggestions also whether it fired, so that its silence is compared too."""
    if name != "suggestions" or section is None:
        return section
    rules = suggestions.RULES + [row["rule"] for row in section]
    return {"fired": {rule: any(row["rule"] == rule for row in section) for rule in rules}, "rows": section}


def leaves(node, path=""):
    """Every value of a document by its path; the rows of a list by their names, and the names in their order."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        rows = [name_of(row) for row in node]
        if rows and rows[0] is None:
            for at, value in enumerate(node):
                yield from leaves(value, f"{path}[{at}]")
            return
        yield f"{path} rows", rows
        for at, (row, value) in enumerate(zip(rows, node)):
            again = f"#{rows[:at].count(row) + 1}" if row in rows[:at] else ""
            yield from leaves(value, f"{path}[{row}{again}]")
    else:
        yield path, node


def name_of(row):
    if not isinstance(row, dict):
        return None
    names = next((names for names in NAMES if all(name in row for name in names)), ())
    return " ".join(str(row[name]) for name in names)


class Table:
    """What was compared."""

    def __init__(self):
        self.lines, self.skipped = [], {}

    def compare(self, path, carebook, oracle):
        carebook, oracle = dict(leaves(carebook, path)), dict(leaves(oracle, path))
        for name, value in oracle.items():
            there = name in carebook
            self.lines.append((name, carebook.get(name, "(missing)"), value, there and equal(carebook[name], value)))
        for name in carebook.keys() - oracle.keys():
            self.skipped[name] = carebook[name]

    def skip(self, name, section):
        self.skipped.update(leaves(section, name))

    def print(self, everything):
        for name, carebook, oracle, same in self.lines:
            if everything or not same:
                print(f"{name}\t{show(carebook)}\t{show(oracle)}\t{'equal' if same else 'DIFFERENT'}")
        sections = {}
        for name, value in self.skipped.items():
            known = name.split(".")[0].split("[")[0].split(" ")[0]
            if known in SECTIONS:
                print(f"{name}\t{show(value)}\t\tNOT COMPARED")
            else:
                sections[known] = sections.get(known, 0) + 1
        for name, count in sections.items():
            print(f"section {name}\t{count} values\t\tNOT COMPARED")
        texts = [same for _, _, value, same in self.lines if is_text(value)]
        figures = [same for _, _, value, same in self.lines if not is_text(value)]
        if self.skipped:
            print(f"{len(self.skipped)} values NOT COMPARED")
        print(f"{len(texts)} names and texts compared, {sum(texts)} equal")
        print(f"{len(figures)} figures compared, {sum(figures)} equal")

    def code(self, but):
        if not all(same for _, _, _, same in self.lines):
            return 1
        left = [name for name in self.skipped if not any(name.startswith(section) for section in but if section)]
        return 3 if left else 0


def is_text(value):
    """Amounts are written as texts and are figures."""
    return isinstance(value, list) or (isinstance(value, str) and not value.replace(".", "", 1).lstrip("-").isdigit())


def equal(carebook, oracle):
    if isinstance(oracle, Near):
        return oracle.equals(carebook)
    if isinstance(oracle, bool) or isinstance(carebook, bool):
        return oracle is carebook
    return oracle == carebook


def show(value):
    if isinstance(value, Near):
        return str(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))[:200]
    return {None: "–", True: "yes", False: "no"}.get(value, value) if value is None or isinstance(value, bool) else str(value).replace("\n", "\\n")[:200]


if __name__ == "__main__":
    sys.exit(main())
