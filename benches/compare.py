#!/usr/bin/env python3
"""Measures carebook beside DuckDB, SQLite, polars and Miller on the same book, each question a whole process.

    python3 benches/compare.py BOOK… --carebook target/release/carebook [--runs 3] [--only tier,report,…] [--json OUT]

Answers are compared before anything is timed; where one differs, it is named and no ratio is printed for it. The books
are only read: what writes works on a copy of hard links beside the book.
"""

import argparse
import importlib.util
import json
import os
import shutil
import shutil
import subprocess
import sys
import tempfile

import measure
import questions
import writing

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = ["duckdb", "sqlite", "polars", "mlr"]
# per customer only on books of this size: the list of a million is not what is measured
EACH_AT_MOST = 20_000
KEPT = "tables kept"
FRESH = "carebook, nothing kept"


def available(engine):
    if engine == "mlr":
        return shutil.which("mlr") is not None
    return importlib.util.find_spec({"sqlite": "sqlite3"}.get(engine, engine)) is not None


def version(engine):
    code = {
        "duckdb": "import duckdb; print(duckdb.__version__)",
        "polars": "import polars; print(polars.__version__)",
        "sqlite": "import sqlite3; print(sqlite3.sqlite_version)",
    }
    command = ["mlr", "--version"] if engine == "mlr" else [sys.executable, "-c", code[engine]]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


class Bench:
    """The settings of one run of this program."""

    def __init__(self, args):
        self.program, self.runs, self.limit = os.path.abspath(args.carebook), args.runs, args.limit
        self.only = set(args.only.split(",")) if args.only else None
        self.as_of = args.as_of
        wanted = args.engines.split(",") if args.engines else PEERS
        self.engines = [engine for engine in wanted if available(engine)]
        for engine in wanted:
            if engine not in self.engines:
                print(f"skipped: {engine} is not installed", file=sys.stderr)

    def wants(self, name):
        return self.only is None or name in self.only or name.split("_")[0] in self.only

    def carebook(self, context, words):
        return [self.program, "--data", context.book, "--today", context.as_of, *words]

    def peer(self, engine, context, question, args):
        script = os.path.join(HERE, "peers.py")
        return [sys.executable, "-B", script, engine, question, context.book, json.dumps(args, ensure_ascii=False)]


# ---- one question ----

def ask(bench, context, question):
    """One question's results, carebook's first."""
    note(f"{context.customers:,} customers, {question.name}: answers")
    with tempfile.TemporaryDirectory(dir=os.path.dirname(context.book), prefix=".bench-") as folder:
        commands = {"carebook": bench.carebook(context, question.carebook)}
        if question.name in ("tier", "report"):
            commands[FRESH] = commands["carebook"]
        for engine in bench.engines:
            commands[engine] = bench.peer(engine, context, question.peer, question.args)
        if question.name == "tier":
            commands |= kept(bench, context, question, folder)
        return measured(bench, context, question, commands)


def kept(bench, context, question, folder):
    """The same question where a database was filled before and is kept: its filling is not timed."""
    commands = {}
    for engine in ("duckdb", "sqlite"):
        if engine in bench.engines:
            args = {**question.args, "database": os.path.join(folder, engine)}
            measure.run(bench.peer(engine, context, "fill_for_tier", args), bench.limit)
            commands[f"{engine}, {KEPT}"] = bench.peer(engine, context, "tier", args)
    return commands


def timed(bench, context, engine, command):
    """One run; of carebook with nothing kept from the run before, where that is asked."""
    if engine == FRESH:
        shutil.rmtree(os.path.join(context.book, ".carebook", "cache"), ignore_errors=True)
    return measure.run(command, bench.limit)


def measured(bench, context, question, commands):
    """Answers first, then times."""
    results, answers = {}, {}
    for engine, command in commands.items():
        sample = timed(bench, context, engine, command)
        results[engine] = {"engine": engine, "question": question.name, "status": status(sample, bench.limit)}
        if results[engine]["status"] == "equal":
            read = question.ours if engine.startswith("carebook") else question.theirs
            answers[engine] = read(sample.out)
    compare(question, results, answers)
    for engine, result in results.items():
        # a wrong answer is timed too, and marked: no ratio is made of it
        if engine in answers:
            note(f"{question.name}: {engine}")
            result.update(measure.summary([timed(bench, context, engine, commands[engine]) for _ in range(bench.runs)]))
    return list(results.values())


def status(sample, limit):
    if sample.cut:
        return f"cut off after {limit:g} s"
    if sample.code != 0:
        return f"failed ({sample.code}): {sample.out.strip()[-200:]}"
    return "equal"


def compare(question, results, answers):
    """Marks every answer that is not the reference's: the first peer's that has one."""
    reference = next((engine for engine in answers if not engine.startswith("carebook")), None)
    for engine, answer in answers.items():
        if reference is None:
            results[engine]["status"] = "not checked"
        elif engine != reference:
            found = question.same(answer, answers[reference])
            if found:
                results[engine]["status"] = f"differs from {reference}: {found}"


def check_each(bench, context):
    """Every customer's score, spend and tier against DuckDB, on two days: one after the last order, one in between."""
    if "duckdb" not in bench.engines or context.customers > EACH_AT_MOST:
        return []
    out = []
    for as_of in (context.as_of, context.last_day.replace(day=11).isoformat()):
        args = {**context.peer_args(), "as_of": as_of, "after": context.after(as_of)}
        ours = measure.run(bench.carebook(context, ["tier", "--list", "--as-of", as_of, "--format", "csv", "-q"]), bench.limit)
        theirs = measure.run(bench.peer("duckdb", context, "tier_each", args), bench.limit)
        if ours.code or theirs.code:
            out.append({"as_of": as_of, "status": "failed: " + (ours if ours.code else theirs).out.strip()[-200:]})
            continue
        found = questions.first_difference(questions.tier_list_ours(ours.out), questions.tier_list_theirs(theirs.out))
        out.append({"as_of": as_of, "status": f"differs: {found}" if found else f"equal for {context.customers:,} customers"})
    return out


# ---- one book ----

def on_book(bench, path):
    context = questions.Context(path, bench.as_of)
    book = {"book": os.path.basename(context.book), "customers": context.customers, "as_of": context.as_of, "results": [], "load_before": measure.load()}
    if bench.wants("tier"):
        book["each"] = check_each(bench, context)
    for question in questions.all_questions(context):
        if bench.wants(question.name):
            book["results"] += ask(bench, context, question)
    if bench.wants("intake"):
        note(f"{context.customers:,} customers, intake")
        book["results"] += writing.intake(bench, context)
    book["load_after"] = measure.load()
    return book


def imports(bench, context):
    """What it costs a peer to start Python and load its library, without any question."""
    def loading(engine):
        command = bench.peer(engine, context, "import", {})
        return measure.summary([measure.run(command, bench.limit) for _ in range(max(bench.runs, 5))])

    return {engine: loading(engine) for engine in bench.engines}


def note(text):
    print(f"· {text}", file=sys.stderr, flush=True)


# ---- printing ----

def mib(kib):
    return "–" if kib is None else f"{kib / 1024:.1f}"


def seconds(value):
    return f"{value:.4f}" if value < 0.1 else f"{value:.2f}"


def ratio(result, ours, key):
    """How many times the first row's, which is carebook's; only between answers known to be right."""
    comparable = all(row["status"] in ("equal", "done") and row.get(key) for row in (result, ours))
    return f"{result[key] / ours[key]:.2f}" if comparable else "–"


def table(results, loading):
    ours = results[0]
    lines = [
        f"| engine | min s | median s | min s less loading | peak MiB | time ÷ {ours['engine']} | memory ÷ {ours['engine']} | answer |",
        "|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    for row in results:
        if "wall_min" not in row:
            lines.append(f"| {row['engine']} | – | – | – | – | – | – | {row['status']} |")
            continue
        loaded = loading.get(row["engine"].split(",")[0], {"wall_min": 0})
        less = row["wall_min"] - loaded["wall_min"]
        lines.append(
            f"| {row['engine']} | {seconds(row['wall_min'])} | {seconds(row['wall_median'])} | {seconds(max(less, 0))} | {mib(row['peak_kib'])} "
            f"| {ratio(row, ours, 'wall_min')} | {ratio(row, ours, 'peak_kib')} | {row['status']} |"
        )
    return "\n".join(lines)


TITLES = {
    "startup": "Start-up on a small book (30 customers)",
    "intake": "One request registered and committed",
}


def document(report):
    machine = report["machine"]
    out = [
        f"{machine['cores']} cores ({machine['cpu']}), {machine['memory_gib']} GiB; load {' '.join(map(str, machine['load']))} at the start; "
        f"{report['runs']} runs each; {report['carebook']}; " + ", ".join(f"{k} {v}" for k, v in report["versions"].items()),
        "",
        "Loading alone: " + ", ".join(f"{engine} {seconds(row['wall_min'])} s, {mib(row['peak_kib'])} MiB" for engine, row in report["loading"].items()),
    ]
    if report.get("startup"):
        out += ["", f"### {TITLES['startup']}", "", table(report["startup"], {})]
    for book in report["books"]:
        out += ["", f"### {book['customers']:,} customers, as of {book['as_of']}; load {book['load_before'][0]} to {book['load_after'][0]}"]
        out += ["", *(f"Tiers one by one as of {row['as_of']}: {row['status']}." for row in book.get("each", []))]
        for name in dict.fromkeys(row["question"] for row in book["results"]):
            rows = [row for row in book["results"] if row["question"] == name]
            loading = {} if name == "intake" else report["loading"]
            out += ["", f"**{name}**: {report['titles'].get(name, '')}", "", table(rows, loading)]
    if len(report["books"]) > 1:
        out += ["", "### Growth of `tier`", "", growth(report["books"])]
    return "\n".join(out) + "\n"


def growth(books):
    """Minimum of the wall time by engine and number of customers."""
    found = {(row["engine"], book["customers"]): row for book in books for row in book["results"] if row["question"] == "tier"}
    sizes = [book["customers"] for book in books]
    lines = ["| engine | " + " | ".join(f"{n:,}" for n in sizes) + " |", "|---|" + "--:|" * len(sizes)]
    for engine in dict.fromkeys(engine for engine, _ in found):
        cells = [found.get((engine, n), {}) for n in sizes]
        shown = [f"{seconds(row['wall_min'])} s, {mib(row['peak_kib'])} MiB" if "wall_min" in row else row.get("status", "–") for row in cells]
        lines.append(f"| {engine} | " + " | ".join(shown) + " |")
    return "\n".join(lines)


def arguments():
    parser = argparse.ArgumentParser(description="Measure carebook beside DuckDB, SQLite, polars and Miller.")
    parser.add_argument("books", nargs="+", metavar="BOOK", help="books written by generate.py")
    parser.add_argument("--carebook", required=True, help="the program to measure")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", help="tier, report, list, startup, intake; comma-separated")
    parser.add_argument("--engines", help="duckdb, sqlite, polars, mlr; comma-separated [default: those installed]")
    parser.add_argument("--limit", type=float, default=300, help="seconds after which a process is cut off")
    parser.add_argument("--as-of", help="the day asked about [default: a week after the last quarter]")
    parser.add_argument("--json", help="also write the figures there")
    return parser.parse_args()


def main():
    args = arguments()
    bench = Bench(args)
    first = questions.Context(args.books[0], args.as_of)
    report = {
        "machine": measure.machine(), "runs": bench.runs, "versions": {engine: version(engine) for engine in bench.engines},
        "carebook": subprocess.run([bench.program, "--version"], capture_output=True, text=True, check=True).stdout.strip(),
        "titles": {question.name: question.title for question in questions.all_questions(first)} | TITLES,
        "loading": imports(bench, first),
        "startup": writing.startup(bench) if bench.wants("startup") else [],
        "books": [on_book(bench, path) for path in args.books],
    }
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(report, file, ensure_ascii=False, indent=1)
    print(document(report))


if __name__ == "__main__":
    main()
