#!/usr/bin/env python3
"""One short table of all questions and sizes, from the JSON files that compare.py wrote; for the README.

    python3 benches/summary.py benches/results/*.json

A cell holds the least wall time and the peak memory, with the start of the process and the loading of libraries in it. The fastest is bold.
"""

import json
import sys

ENGINES = ["carebook", "carebook, nothing kept", "duckdb", "sqlite", "polars", "mlr"]


def reports(paths):
    for path in paths:
        with open(path, encoding="utf-8") as file:
            yield json.load(file)


def cell(row, best):
    if row is None:
        return "–"
    if "wall_min" not in row or row["status"] not in ("equal", "done"):
        return row["status"].split(":")[0]
    wall, peak = row["wall_min"], row["peak_kib"] / 1024
    shown = f"{wall * 1000:.0f} ms" if wall < 1 else f"{wall:.2f} s"
    return (f"**{shown}**" if wall == best else shown) + f", {peak:.0f} MiB"


def questions(all_reports):
    """{(question, customers): {engine: row}}, rising by question as asked and by size."""
    found = {}
    for report in all_reports:
        for book in report["books"]:
            for row in book["results"]:
                found.setdefault((row["question"], book["customers"]), {})[row["engine"]] = row
    order = list(dict.fromkeys(question for question, _ in found))
    return dict(sorted(found.items(), key=lambda item: (order.index(item[0][0]), item[0][1])))


def compared(found):
    lines = ["| question | customers | " + " | ".join(ENGINES) + " |", "|---|--:|" + "--:|" * len(ENGINES)]
    for (question, customers), rows in found.items():
        if question == "intake":
            continue
        right = [rows[engine]["wall_min"] for engine in ENGINES if rows.get(engine, {}).get("status") == "equal"]
        cells = [cell(rows.get(engine), min(right, default=None)) for engine in ENGINES]
        lines.append(f"| {question} | {customers:,} | " + " | ".join(cells) + " |")
    return lines


def other(found, all_reports):
    """What has rows of its own: tables kept, intake, start-up."""
    lines = ["| | customers | time, memory |", "|---|--:|--:|"]
    for (question, customers), rows in found.items():
        for engine, row in rows.items():
            if question == "intake" or ("," in engine and engine not in ENGINES):
                lines.append(f"| {question}: {engine} | {customers:,} | {cell(row, None)} |")
    for report in all_reports:
        for row in report.get("startup", []):
            lines.append(f"| start: {row['engine']} | 30 | {row['wall_min'] * 1000:.1f} ms, {row['peak_kib'] / 1024:.0f} MiB |")
    return lines


def main():
    all_reports = list(reports(sys.argv[1:]))
    found = questions(all_reports)
    for report in all_reports:
        machine = report["machine"]
        books = [book for book in report["books"]]
        loads = [f"{book['load_before'][0]:g}–{book['load_after'][0]:g} at {book['customers']:,}" for book in books]
        versions = ", ".join([report["carebook"], *(f"{name} {text}".replace("mlr mlr", "mlr") for name, text in report["versions"].items())])
        print(f"{machine['cores']} cores ({machine['cpu']}), {machine['memory_gib']} GiB, load {', '.join(loads)}; {report['runs']} runs; {versions}.\n")
        for book in books:
            for row in book.get("each", []):
                print(f"Tiers one by one as of {row['as_of']}: {row['status']}.\n")
    loading = ", ".join(f"{engine} {row['wall_min'] * 1000:.0f} ms" for engine, row in all_reports[0]["loading"].items())
    print(f"Loading alone, contained in the times: {loading}.\n")
    print("\n".join([*compared(found), "", *other(found, all_reports)]))


if __name__ == "__main__":
    main()
