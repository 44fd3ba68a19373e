"""The benchmark's questions, asked of other engines over a book's CSV files. One process answers one question:

    python3 benches/peers.py ENGINE QUESTION BOOK '{"as_of": "2026-10-08", …}'

ENGINE is duckdb, sqlite, polars or mlr; the answer is printed as JSON, in the form compare.py expects, or as CSV for
lists. QUESTION `import` only loads the engine, so that this share can be subtracted; `fill_for_tier` fills the database
named in the arguments, which `tier` then uses instead of the CSV files. Money is summed in exact decimals
or whole fen everywhere, and scores are whole tenths: an answer that differs by a fen is a wrong answer.
"""

import csv
import glob
import json
import os
import subprocess
import sys

import rules

THREADS = 2
ORDER_COLUMNS = ["id", "customer", "date", "amount", "quantity", "product", "kind", "batch"]
REPORT_COLUMNS = ["category", "received_at", "stage", "resolved_at"]
OPEN = ["registered", "reviewed", "assigned", "in_progress", "waiting"]


def partitions(book, table):
    return sorted(glob.glob(os.path.join(book, table, "*.csv")))


def header(path):
    with open(path, encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


# ---- the questions in SQL, in a dialect that both DuckDB and SQLite take. `fen` is the amount in whole fen. ----

SALE = "(kind = 'sale' OR ((kind IS NULL OR kind = '') AND fen >= 0))"


def tier_sql(args, days_since):
    """Customers, spend, orders and score per tier. `days_since` turns a date column into whole days before the as-of day."""
    frequency, spend = rules.weight("frequency"), rules.weight("spend")
    recency, known = rules.weight("recency_days"), "last_sale IS NOT NULL"
    return f"""
WITH facts AS (
  SELECT customer,
         sum(CASE WHEN date > '{args["after"]}' THEN fen ELSE 0 END) AS spend,
         count(DISTINCT CASE WHEN date > '{args["after"]}' AND {SALE} THEN id END) AS orders,
         max(CASE WHEN {SALE} THEN date END) AS last_sale
  FROM orders WHERE date <= '{args["as_of"]}' GROUP BY customer),
everybody AS (
  SELECT c.id, coalesce(spend, 0) AS spend, coalesce(orders, 0) AS orders, last_sale
  FROM customers c LEFT JOIN facts f ON f.customer = c.id WHERE c.status = '' OR c.status = 'active' OR c.status IS NULL),
weighed AS (
  SELECT id, spend, orders, last_sale,
         {spend} * {rules.points_sql("spend", "spend", 100)} + {frequency} * {rules.points_sql("frequency", "orders")}
         + CASE WHEN {known} THEN {recency} * {rules.points_sql("recency_days", days_since("last_sale"))} ELSE 0 END AS total,
         {spend + frequency} + CASE WHEN {known} THEN {recency} ELSE 0 END AS weights
  FROM everybody),
scored AS (SELECT *, (20 * total + weights) {args["div"]} (2 * weights) AS tenths FROM weighed)
"""


TIER_SUMMARY = "SELECT tier, count(*), sum(spend), sum(orders), sum(tenths) FROM (SELECT *, {tier} AS tier FROM scored) t GROUP BY tier ORDER BY tier"


def tier_answer(rows):
    keys = ("customers", "spend", "orders", "tenths")
    return {row[0]: dict(zip(keys, map(int, row[1:]))) for row in rows}


ORDERS_OF_QUARTER = f"SELECT count(*), count(DISTINCT CASE WHEN {SALE} THEN id END), sum(fen) FROM orders_{{}}"
CATEGORIES = "SELECT category, count(*) FROM requests_{} WHERE stage <> 'duplicate' GROUP BY category ORDER BY category"
TIMED = "stage NOT IN ('duplicate', 'rejected')"


def report_answer(lines, orders, fen, categories, received, seconds):
    return {
        "lines": lines, "orders": orders, "fen": int(fen or 0), "received": received,
        "categories": {name: count for name, count in categories}, "mean_time": None if seconds is None else float(seconds),
    }


def list_sql(args, contains):
    """The list questions: a table and what must hold."""
    if args["list"] == "open_high":
        return "requests", "stage IN ({}) AND severity = 'high'".format(", ".join(f"'{stage}'" for stage in OPEN))
    if args["list"] == "orders_of":
        return "orders", f"customer = '{args['customer']}'"
    return "requests", contains("content", args["word"])


# ---- DuckDB ----

class DuckDB:
    def __init__(self, book, args):
        import duckdb

        self.book, self.args = book, args
        path = args.get("database")
        self.filled = bool(path) and os.path.exists(path)
        self.db = duckdb.connect(path or ":memory:", config={"threads": THREADS})

    def read(self, paths, types):
        columns = ", ".join(f"'{name}': '{types.get(name, 'VARCHAR')}'" for name in header(paths[0]))
        files = ", ".join(f"'{path}'" for path in paths)
        return (
            f"read_csv([{files}], columns = {{{columns}}}, header = true, auto_detect = false, delim = ',', quote = '\"', "
            "escape = '\"', new_line = '\\n')"
        )

    def view(self, name, paths, types, more=""):
        self.db.execute(f"CREATE VIEW {name} AS SELECT *{more} FROM {self.read(paths, types)}")

    def orders(self, name, paths):
        self.view(name, paths, {"date": "DATE", "amount": "DECIMAL(18,2)"}, ", CAST(amount * 100 AS BIGINT) AS fen")

    def of_book(self):
        self.orders("csv_orders", partitions(self.book, "orders"))
        self.view("csv_customers", [os.path.join(self.book, "customers.csv")], {})

    def fill_for_tier(self):
        """The tables a question needs, kept in a database: preparation of `tier` without reading CSV."""
        self.of_book()
        self.db.execute("CREATE TABLE orders AS SELECT id, customer, date, kind, fen FROM csv_orders")
        self.db.execute("CREATE TABLE customers AS SELECT id, status FROM csv_customers")
        self.db.execute("DROP VIEW csv_orders")
        self.db.execute("DROP VIEW csv_customers")

    def scored(self):
        if not self.filled:
            self.of_book()
            for table in ("orders", "customers"):
                self.db.execute(f"CREATE VIEW {table} AS SELECT * FROM csv_{table}")
        self.args["div"] = "//"
        return tier_sql(self.args, lambda column: f"date_diff('day', {column}, DATE '{self.args['as_of']}')")

    def tier(self):
        sql = self.scored() + TIER_SUMMARY.format(tier=rules.tier_sql("tenths"))
        return tier_answer(self.db.execute(sql).fetchall())

    def tier_each(self):
        sql = self.scored() + f"SELECT id, tenths, spend, {rules.tier_sql('tenths')} FROM scored ORDER BY id"
        return [[row[0], int(row[1]), int(row[2]), row[3]] for row in self.db.execute(sql).fetchall()]

    def report(self):
        return {quarter: self.quarter(quarter) for quarter in self.args["quarters"]}

    def quarter(self, quarter):
        self.orders(f"orders_{quarter}", [os.path.join(self.book, "orders", quarter + ".csv")])
        types = {"received_at": "TIMESTAMP", "resolved_at": "TIMESTAMP"}
        self.view(f"requests_{quarter}", [os.path.join(self.book, "requests", quarter + ".csv")], types)
        one = lambda sql: self.db.execute(sql.format(quarter)).fetchone()
        lines, orders, fen = one(ORDERS_OF_QUARTER)
        categories = self.db.execute(CATEGORIES.format(quarter)).fetchall()
        received, seconds = one(f"SELECT count(*), avg(date_diff('second', received_at, resolved_at)) FILTER ({TIMED}) FROM requests_{{}}")
        return report_answer(lines, orders, fen, categories, received, seconds)

    def list(self):
        table, test = list_sql(self.args, lambda column, word: f"contains({column}, '{word}')")
        sql = f"SELECT * FROM {self.read(partitions(self.book, table), {})} WHERE {test}"
        self.db.execute(f"COPY ({sql}) TO '/dev/stdout' (FORMAT csv, HEADER)")


# ---- SQLite: a file is filled from the CSV files first, which is what a question over plain files costs it ----

class SQLite:
    def __init__(self, book, args):
        import sqlite3

        self.book, self.args = book, args
        path = args.get("database")
        self.filled = bool(path) and os.path.exists(path)
        # "" is a database on disk that vanishes with the process
        self.db = sqlite3.connect(path or "")
        self.db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144;")

    def rows(self, paths, columns):
        for path in paths:
            with open(path, encoding="utf-8", newline="") as file:
                lines = csv.reader(file)
                titles = next(lines)
                picked = [titles.index(column) for column in columns]
                for line in lines:
                    yield [line[i] for i in picked]

    def fill(self, name, columns, types, rows):
        named = ", ".join(f"{column} {types.get(column, 'TEXT')}" for column in columns)
        self.db.execute(f"CREATE TABLE {name} ({named})")
        self.db.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", rows)
        self.db.commit()

    def orders(self, name, paths):
        rows = self.rows(paths, ["id", "customer", "date", "amount", "kind"])
        in_fen = ((id, customer, day, int(amount.replace(".", "")), kind) for id, customer, day, amount, kind in rows)
        self.fill(name, ["id", "customer", "date", "fen", "kind"], {"fen": "INTEGER"}, in_fen)

    def fill_for_tier(self):
        if not self.filled:
            self.orders("orders", partitions(self.book, "orders"))
            customers = self.rows([os.path.join(self.book, "customers.csv")], ["id", "status"])
            self.fill("customers", ["id", "status"], {}, customers)

    def tier(self):
        self.fill_for_tier()
        self.args["div"] = "/"
        sql = tier_sql(self.args, lambda column: f"CAST(julianday('{self.args['as_of']}') - julianday({column}) AS INTEGER)")
        return tier_answer(self.db.execute(sql + TIER_SUMMARY.format(tier=rules.tier_sql("tenths"))).fetchall())

    def report(self):
        return {quarter: self.quarter(quarter) for quarter in self.args["quarters"]}

    def quarter(self, quarter):
        self.orders(f"orders_{quarter}", [os.path.join(self.book, "orders", quarter + ".csv")])
        path = os.path.join(self.book, "requests", quarter + ".csv")
        self.fill(f"requests_{quarter}", REPORT_COLUMNS, {}, self.rows([path], REPORT_COLUMNS))
        one = lambda sql: self.db.execute(sql.format(quarter)).fetchone()
        lines, orders, fen = one(ORDERS_OF_QUARTER)
        categories = self.db.execute(CATEGORIES.format(quarter)).fetchall()
        elapsed = "CASE WHEN resolved_at <> '' THEN unixepoch(resolved_at) - unixepoch(received_at) END"
        received, seconds = one(f"SELECT count(*), avg(CASE WHEN {TIMED} THEN {elapsed} END) FROM requests_{{}}")
        return report_answer(lines, orders, fen, categories, received, seconds)

    def list(self):
        table, test = list_sql(self.args, lambda column, word: f"instr({column}, '{word}') > 0")
        paths = partitions(self.book, table)
        columns = header(paths[0])
        self.fill(table, columns, {}, self.rows(paths, columns))
        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow(columns)
        out.writerows(self.db.execute(f"SELECT * FROM {table} WHERE {test}"))


# ---- polars ----

class Polars:
    def __init__(self, book, args):
        os.environ.setdefault("POLARS_MAX_THREADS", str(THREADS))
        import polars

        self.book, self.args, self.pl = book, args, polars

    def scan(self, paths, types):
        schema = {name: types.get(name, self.pl.String) for name in header(paths[0])}
        return self.pl.scan_csv(paths, schema=schema)

    def orders(self, paths):
        pl = self.pl
        lines = self.scan(paths, {"date": pl.Date, "amount": pl.Decimal(18, 2)})
        kind = pl.col("kind").fill_null("")
        sale = (kind == "sale") | ((kind == "") & (pl.col("amount") >= 0))
        return lines.with_columns(fen=(pl.col("amount") * 100).cast(pl.Int64), sale=sale)

    def day(self, name):
        return self.pl.lit(self.args[name]).str.to_date()

    def facts(self):
        pl, sale = self.pl, self.pl.col("sale")
        lines = self.orders(partitions(self.book, "orders")).filter(pl.col("date") <= self.day("as_of"))
        within = pl.col("date") > self.day("after")
        return lines.group_by("customer").agg(
            spend=pl.col("fen").filter(within).sum(),
            orders=pl.col("id").filter(within & sale).n_unique(),
            last_sale=pl.col("date").filter(sale).max(),
        )

    def points(self, measure, column, factor=1):
        steps = next(steps for name, _, steps in rules.FACTORS if name == measure)
        out = self.pl.lit(0)
        for least, points in steps:
            out = self.pl.when(column >= least * factor).then(points).otherwise(out)
        return out.cast(self.pl.Int64)

    def tier(self):
        pl = self.pl
        customers = self.scan([os.path.join(self.book, "customers.csv")], {})
        active = customers.filter(pl.col("status").fill_null("").is_in(["", "active"])).select("id")
        rows = active.join(self.facts(), left_on="id", right_on="customer", how="left")
        rows = rows.with_columns(pl.col("spend", "orders").fill_null(0).cast(pl.Int64))
        days = (self.day("as_of") - pl.col("last_sale")).dt.total_days()
        known, weight = pl.col("last_sale").is_not_null(), rules.weight
        total = weight("spend") * self.points("spend", pl.col("spend"), 100) + weight("frequency") * self.points("frequency", pl.col("orders"))
        total += pl.when(known).then(weight("recency_days") * self.points("recency_days", days)).otherwise(0)
        weights = weight("spend") + weight("frequency") + pl.when(known).then(weight("recency_days")).otherwise(0).cast(pl.Int64)
        rows = rows.with_columns(tenths=(20 * total + weights) // (2 * weights)).with_columns(tier=self.tier_of(pl.col("tenths")))
        sums = [pl.len().alias("customers")] + [pl.col(name).sum() for name in ("spend", "orders", "tenths")]
        return tier_answer(rows.group_by("tier").agg(sums).sort("tier").collect(engine="streaming").rows())

    def tier_of(self, tenths):
        out = self.pl.lit(rules.TIERS[-1][0])
        for code, _, enter, _ in reversed(rules.TIERS[:-1]):
            out = self.pl.when(tenths >= enter * 10).then(self.pl.lit(code)).otherwise(out)
        return out

    def report(self):
        return {quarter: self.quarter(quarter) for quarter in self.args["quarters"]}

    def quarter(self, quarter):
        pl = self.pl
        lines = self.orders([os.path.join(self.book, "orders", quarter + ".csv")])
        distinct = pl.col("id").filter(pl.col("sale")).n_unique()
        sums = lines.select(lines=pl.len(), orders=distinct, fen=pl.col("fen").sum())
        moment = {"received_at": pl.Datetime, "resolved_at": pl.Datetime}
        requests = self.scan([os.path.join(self.book, "requests", quarter + ".csv")], moment)
        categories = requests.filter(pl.col("stage") != "duplicate").group_by("category").len().sort("category")
        seconds = (pl.col("resolved_at") - pl.col("received_at")).dt.total_seconds()
        timed = ~pl.col("stage").is_in(["duplicate", "rejected"])
        times = requests.select(received=pl.len(), mean=seconds.filter(timed).mean())
        sums, categories, times = pl.collect_all([sums, categories, times], engine="streaming")
        received, mean = times.row(0)
        return report_answer(*sums.row(0), categories.rows(), received, mean)

    def list(self):
        pl, args = self.pl, self.args
        table = "orders" if args["list"] == "orders_of" else "requests"
        rows = self.scan(partitions(self.book, table), {})
        tests = {
            "open_high": lambda: pl.col("stage").is_in(OPEN) & (pl.col("severity") == "high"),
            "orders_of": lambda: pl.col("customer") == args["customer"],
            "word": lambda: pl.col("content").str.contains(args["word"], literal=True),
        }
        sys.stdout.write(rows.filter(tests[args["list"]]()).collect(engine="streaming").write_csv())


# ---- Miller: its own language; exact because amounts are turned into whole fen ----

class Miller:
    def __init__(self, book, args):
        self.book, self.args = book, args

    def run(self, arguments, paths, **options):
        done = subprocess.run(["mlr", *arguments, *paths], check=True, **options)
        return done.stdout

    def records(self, program, paths):
        printed = self.run(["--icsv", "--ojson", "-S", "put", "-q", program], paths, capture_output=True, text=True)
        return json.loads(printed)

    def steps(self, measure, variable, factor=1):
        steps = next(steps for name, _, steps in rules.FACTORS if name == measure)
        arms = [f"{variable} >= {least * factor} ? {points}" for least, points in reversed(steps)]
        return "(" + " : ".join(arms) + " : 0)"

    FOLD = """
$fen = int(gsub($amount, "[.]", ""));
$sale = $kind == "sale" || ($kind == "" && $fen >= 0);
"""

    def tier(self):
        arms = [f'if (tenths >= {enter * 10}) {{ tier = "{code}" }}' for code, _, enter, _ in rules.TIERS[:-1]]
        weight = rules.weight
        program = f"""
if (is_present($amount)) {{
  if ($date <= "{self.args["as_of"]}") {{
    {self.FOLD}
    if ($sale && (is_absent(@last[$customer]) || $date > @last[$customer])) {{ @last[$customer] = $date }}
    if ($date > "{self.args["after"]}") {{
      @spend[$customer] += $fen;
      if ($sale && is_absent(@seen[$customer][$id])) {{ @seen[$customer][$id] = 1; @orders[$customer] += 1 }}
    }}
  }}
}} elif ($status == "" || $status == "active") {{ @active[$id] = 1 }}
end {{
  as_of = strptime("{self.args["as_of"]}", "%Y-%m-%d");
  for (id, one in @active) {{
    spend = is_present(@spend[id]) ? @spend[id] : 0;
    orders = is_present(@orders[id]) ? @orders[id] : 0;
    total = {weight("spend")} * {self.steps("spend", "spend", 100)} + {weight("frequency")} * {self.steps("frequency", "orders")};
    weights = {weight("spend") + weight("frequency")};
    if (is_present(@last[id])) {{
      days = (as_of - strptime(@last[id], "%Y-%m-%d")) // 86400;
      total += {weight("recency_days")} * {self.steps("recency_days", "days")};
      weights += {weight("recency_days")};
    }}
    tenths = (20 * total + weights) // (2 * weights);
    tier = "{rules.TIERS[-1][0]}";
    {" el".join(arms)}
    @out[tier]["customers"] += 1; @out[tier]["spend"] += spend; @out[tier]["orders"] += orders; @out[tier]["tenths"] += tenths;
  }}
  emit @out, "tier";
}}"""
        found = self.records(program, [os.path.join(self.book, "customers.csv"), *partitions(self.book, "orders")])
        return {row.pop("tier"): row for row in found}

    def report(self):
        return {quarter: self.quarter(quarter) for quarter in self.args["quarters"]}

    def quarter(self, quarter):
        program = f"""
begin {{ @o = {{"lines": 0, "orders": 0, "fen": 0, "received": 0, "timed": 0, "seconds": 0}} }}
if (is_present($amount)) {{
  {self.FOLD}
  @o["lines"] += 1; @o["fen"] += $fen;
  if ($sale && is_absent(@seen[$id])) {{ @seen[$id] = 1; @o["orders"] += 1 }}
}} else {{
  @o["received"] += 1;
  if ($stage != "duplicate") {{
    @o["categories"][$category] += 1;
    if ($stage != "rejected" && $resolved_at != "") {{
      @o["timed"] += 1;
      @o["seconds"] += strptime($resolved_at, "%Y-%m-%d %H:%M:%S") - strptime($received_at, "%Y-%m-%d %H:%M:%S");
    }}
  }}
}}
end {{ emit @o }}"""
        [found] = self.records(program, [os.path.join(self.book, table, quarter + ".csv") for table in ("orders", "requests")])
        mean = found["seconds"] / found["timed"] if found["timed"] else None
        return report_answer(found["lines"], found["orders"], found["fen"], found["categories"].items(), found["received"], mean)

    def list(self):
        args = self.args
        table = "orders" if args["list"] == "orders_of" else "requests"
        tests = {
            "open_high": '$severity == "high" && ' + "(" + " || ".join(f'$stage == "{stage}"' for stage in OPEN) + ")",
            "orders_of": f'$customer == "{args.get("customer")}"',
            "word": f'$content =~ "{args.get("word")}"',
        }
        self.run(["--icsv", "--ocsv", "-S", "filter", tests[args["list"]]], partitions(self.book, table))


ENGINES = {"duckdb": DuckDB, "sqlite": SQLite, "polars": Polars, "mlr": Miller}


def main():
    engine, question, book, args = sys.argv[1:]
    asked = ENGINES[engine](book, json.loads(args))
    if question == "import":
        return
    answer = getattr(asked, question)()
    if answer is not None:
        json.dump(answer, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
