#!/usr/bin/env python3
"""Draws how the time and the memory of one question grow with the book, from the JSON files that compare.py wrote.

    python3 benches/plot.py benches/results/*.json [--question tier] [--out benches/growth.svg]

Both axes are logarithmic: what grows in proportion to the book is a straight line that rises by one decade in a decade.
"""

import argparse
import html
import json
import math
import os

WIDTH, HEIGHT = 460, 340
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 34, 42
LEGEND = 24
COLOURS = {"carebook": "#b3261e", "duckdb": "#b8860b", "sqlite": "#1f5fa8", "polars": "#2e7d32", "mlr": "#6a3fa0"}
PANELS = [("wall_min", 1, "seconds"), ("peak_kib", 1 / 1024, "peak MiB")]


def points(paths, question):
    """{engine: {customers: row}} of all files; a later file's figure replaces an earlier one's."""
    found = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        for book in report["books"]:
            for row in book["results"]:
                if row["question"] == question and row.get("status") == "equal":
                    found.setdefault(row["engine"], {})[book["customers"]] = row
    return found


class Axis:
    """A logarithmic axis over whole decades."""

    def __init__(self, values, start, end):
        self.low, self.high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        self.high = max(self.high, self.low + 1)
        self.start, self.end = start, end

    def at(self, value):
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def decades(self):
        return [10.0**power for power in range(self.low, self.high + 1)]


def short(value):
    if value >= 1e6:
        return f"{value / 1e6:g} M"
    return f"{value / 1e3:g} k" if value >= 1e3 else f"{value:g}"


def panel(found, offset, key, factor, title):
    """One diagram: frame, grid, a line for each engine."""
    rows = [(n, row[key] * factor) for sizes in found.values() for n, row in sizes.items() if row.get(key)]
    x = Axis([n for n, _ in rows], offset + LEFT, offset + WIDTH - RIGHT)
    y = Axis([value for _, value in rows], HEIGHT - BOTTOM, TOP)
    out = [f'<text x="{offset + LEFT}" y="{TOP - 12}" class="title">{title}</text>']
    for value in x.decades():
        out.append(f'<path class="grid" d="M{x.at(value):.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        out.append(f'<text x="{x.at(value):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{short(value)}</text>')
    for value in y.decades():
        out.append(f'<path class="grid" d="M{offset + LEFT} {y.at(value):.1f}H{offset + WIDTH - RIGHT}"/>')
        out.append(f'<text x="{offset + LEFT - 6}" y="{y.at(value) + 4:.1f}" text-anchor="end">{short(value)}</text>')
    out.append(f'<text x="{(x.start + x.end) / 2:.1f}" y="{HEIGHT - 8}" text-anchor="middle">customers</text>')
    for engine, sizes in found.items():
        out += line(engine, [(x.at(n), y.at(row[key] * factor)) for n, row in sorted(sizes.items()) if row.get(key)])
    return out


def style(engine):
    """Colour by the engine, dashed where its tables were kept."""
    colour = COLOURS.get(engine.split(",")[0], "#555")
    dashed = ' stroke-dasharray="5 4"' if "," in engine else ""
    return f'stroke="{colour}"{dashed} stroke-width="{2.6 if engine == "carebook" else 1.5}"', colour


def line(engine, places):
    stroke, colour = style(engine)
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{colour}"/>' for x, y in places]
    return [f'<path fill="none" {stroke} d="M{path}"/>', *dots]


def legend(engines):
    out, x, y = [], LEFT, HEIGHT + LEGEND / 2
    for engine in engines:
        out.append(f'<path fill="none" {style(engine)[0]} d="M{x:.1f} {y}h18"/>')
        out.append(f'<text x="{x + 22:.1f}" y="{y + 4}">{html.escape(engine)}</text>')
        # about six units for a letter of this size
        x += 44 + 6 * len(engine)
    return out


def svg(found, question):
    wide, high = WIDTH * len(PANELS), HEIGHT + LEGEND
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img">',
        f"<title>{html.escape(question)}: time and memory over the number of customers</title>",
        "<style>text{font:11px sans-serif;fill:#333}.title{font-weight:bold}.grid{stroke:#ddd;fill:none}</style>",
        f'<rect width="{wide}" height="{high}" fill="#fff"/>',
    ]
    for i, (key, factor, title) in enumerate(PANELS):
        out += panel(found, i * WIDTH, key, factor, f"{question}: {title}")
    return "\n".join([*out, *legend(list(found)), "</svg>"]) + "\n"


def main():
    parser = argparse.ArgumentParser(description="Draw the growth of one question.")
    parser.add_argument("files", nargs="+", metavar="JSON")
    parser.add_argument("--question", default="tier")
    parser.add_argument("--out", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "growth.svg"))
    args = parser.parse_args()
    found = points(args.files, args.question)
    if not found:
        raise SystemExit(f"no answers to {args.question} that are equal in these files")
    with open(args.out, "w", encoding="utf-8") as file:
        file.write(svg(found, args.question))


if __name__ == "__main__":
    main()
