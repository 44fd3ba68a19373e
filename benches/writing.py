"""Start-up on a small book, and what one registered request costs in a large one."""

import csv
import glob
import os
import shutil
import subprocess
import sys
import tempfile

import measure
import questions

HERE = os.path.dirname(os.path.abspath(__file__))
START_RUNS = 20


def startup(bench):
    """The small commands on a small book, beside a program that does nothing at all."""
    with tempfile.TemporaryDirectory() as folder:
        book = os.path.join(folder, "small")
        generator = os.path.join(HERE, "generate.py")
        subprocess.run([sys.executable, "-B", generator, book, "--customers", "30", "--seed", "1"], check=True)
        context = questions.Context(book)
        with open(os.path.join(book, "requests", context.last + ".csv"), encoding="utf-8", newline="") as file:
            request = next(csv.DictReader(file))["id"]
        commands = {
            "/bin/true": ["/bin/true"],
            "--version": [bench.program, "--version"],
            "list": bench.carebook(context, ["list"]),
            "today": bench.carebook(context, ["today"]),
            "show ID": bench.carebook(context, ["show", request]),
        }
        return [timed(name, "startup", command, START_RUNS, bench.limit) for name, command in commands.items()]


def timed(engine, question, command, runs, limit):
    """Milliseconds count here, so times are taken without the program that takes the peak; that is run once more."""
    once = measure.run(command, limit)
    result = {"engine": engine, "question": question, "status": "done" if once.code == 0 else f"failed: {once.out.strip()[-200:]}"}
    samples = [measure.run(command, limit, memory=False) for _ in range(runs)]
    result.update(measure.summary(samples), peak_kib=once.peak)
    return result


def intake(bench, context):
    """One request each time, on the last day of the book, so that it goes into a quarter that is full already."""
    rows = []
    with tempfile.TemporaryDirectory(dir=os.path.dirname(context.book), prefix=".bench-") as folder:
        for name, keep in (("carebook", context.quarters), ("carebook, last quarter only", [context.last])):
            book = os.path.join(folder, str(len(keep)))
            copy(context.book, book, keep)
            rows.append(registered(bench, context, book, name))
        if "sqlite" in bench.engines:
            database = os.path.join(folder, "requests.db")
            fill(context.book, database)
            command = [sys.executable, "-S", "-c", INSERT, database]
            rows.append(timed("sqlite insert + commit", "intake", command, bench.runs, bench.limit))
            rows.append(timed("python with sqlite3 alone", "intake", [sys.executable, "-S", "-c", "import sqlite3"], bench.runs, bench.limit))
    return rows


def copy(book, to, quarters):
    """A copy of hard links; only the log is truly copied, since it is appended to in place."""
    for path in glob.glob(os.path.join(book, "**", "*.*"), recursive=True):
        name = os.path.relpath(path, book)
        folder, file = os.path.split(name)
        quarterly = folder in ("orders", "requests", "revisits", "interactions", "tiers", "log")
        if os.path.isdir(path) or quarterly and file[:-4] not in quarters:
            continue
        os.makedirs(os.path.join(to, folder), exist_ok=True)
        (shutil.copyfile if folder == "log" else os.link)(path, os.path.join(to, name))


def registered(bench, context, book, name):
    """Registers requests and counts that they are there: one row for each run, and nothing else."""
    words = ["intake", "快递显示签收, 但我没有收到。", "-c", context.customer, "-k", "物流", "-t", "complaint"]
    command = [bench.program, "--data", book, "--today", context.last_day.isoformat(), *words]
    before = count(book, context.last)
    row = timed(name, "intake", command, bench.runs, bench.limit)
    made = count(book, context.last) - before
    if made != bench.runs + 1:
        row["status"] = f"{bench.runs + 1} requests registered, {made} found"
    return row


def count(book, quarter):
    with open(os.path.join(book, "requests", quarter + ".csv"), encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


# a request as carebook writes it, committed durably: SQLite's own defaults
INSERT = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
number = db.execute("SELECT count(*) FROM requests WHERE id >= 'X'").fetchone()[0]
width = len(db.execute("PRAGMA table_info(requests)").fetchall())
row = [f"X{number:06d}", "C0000001", "", "物流", "complaint"] + [""] * (width - 5)
db.execute(f"INSERT INTO requests VALUES ({', '.join('?' * width)})", row)
db.commit()
"""


def fill(book, database):
    """All requests of the book in a table with the id as its key. This is preparation and not timed."""
    import sqlite3

    db = sqlite3.connect(database)
    paths = sorted(glob.glob(os.path.join(book, "requests", "*.csv")))
    for path in paths:
        with open(path, encoding="utf-8", newline="") as file:
            lines = csv.reader(file)
            columns = next(lines)
            named = ", ".join(f'"{column}" TEXT' + (" PRIMARY KEY" if column == "id" else "") for column in columns)
            db.execute(f"CREATE TABLE IF NOT EXISTS requests ({named})")
            db.executemany(f"INSERT INTO requests VALUES ({', '.join('?' * len(columns))})", lines)
            db.commit()
    db.close()
