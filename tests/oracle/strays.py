#!/usr/bin/env python3
"""A book of everything that is rare: python3 tests/oracle/strays.py FOLDER SEED [--language zh|en] [--zone ZONE]

Random cells of every legal kind, at random: each stage with and without its times, due times met to the second and missed by
one, hours the clocks skip or repeat, merged customers in chains and rings, refunds of every spelling, chains of attempts, grades
beside the scale, answers without a day, blanks, words in either language. The same seed makes the same book. Its reports are
held against the oracle; nobody works like that, but every rule is met.
"""

import argparse
import csv
import datetime
import os
import random
import sys

sys.dont_write_bytecode = True

from book import TABLES, WORDS

START, DAYS = datetime.datetime(2024, 10, 1), 750


class Strays:
    def __init__(self, root, seed, language):
        self.root, self.pick, self.language = root, random.Random(seed), language
        self.customers = [f"C{n:04}" for n in range(1, 41)]
        # some are resolved much later than the others
        self.slow = self.pick.choice([0, 0.15, 0.3])
        # what is kept only from some day on has no figures of a year before it
        self.since = {table: self.pick.choice([0, 0, 270, 400]) for table in ("orders", "revisits", "requests")}

    def some(self, chance, value):
        return value() if self.pick.random() < chance else ""

    def word(self, column):
        """A coded cell in any of its spellings."""
        code, words = self.pick.choice(list(WORDS[column].items()))
        return self.pick.choice([code, *words])

    def moment(self, table=None):
        at = START + datetime.timedelta(seconds=self.pick.randrange(self.since.get(table, 0) * 86400, DAYS * 86400))
        return self.pick.choice([at, at.replace(hour=0, minute=0, second=0), at.replace(hour=23, minute=59, second=59), at.replace(hour=2, minute=30)])

    def clock_change(self):
        """A night in which the clocks may jump, in some zone."""
        night = self.pick.choice([(2025, 10, 26), (2026, 3, 29), (2026, 3, 8), (2026, 11, 1)])
        return datetime.datetime(*night, self.pick.randrange(4), self.pick.randrange(60))

    def day(self, table=None):
        return (START + datetime.timedelta(days=self.pick.randrange(self.since.get(table, 0), DAYS))).date()

    def whom(self):
        return self.pick.choice([*self.customers, *self.customers[:5] * 6, "C9999"])

    def text(self, *texts):
        return self.pick.choice([*texts, "", "", " ", f" {texts[0]} ", "=cmd()", "<b>x</b>", "慢,\"很慢\"\n第二行"])

    def write(self, name, columns, rows):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        table = "responses" if name.endswith("responses.csv") else name.split("/")[0].removesuffix(".csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow([TABLES[table][column][1] if self.language == "zh" else column for column in columns])
            out.writerows([row.get(column, "") for column in columns] for row in rows)

    def quarters(self, table, column, rows):
        found = {}
        for row in rows:
            year, month = str(row[column])[:4], str(row[column])[5:7]
            found.setdefault(f"{table}/{year}Q{(int(month) + 2) // 3}.csv", []).append(row)
        for name, part in found.items():
            self.write(name, list(TABLES[table]), part)

    def make(self, zone):
        os.makedirs(self.root, exist_ok=True)
        with open(os.path.join(self.root, "carebook.yaml"), "w", encoding="utf-8") as file:
            file.write(f'format: 1\nname: "strays"\nlanguage: {self.language}\ntime_zone: {zone}\ncurrency: CNY\nfiscal_year_starts: 4\n')
        with open(os.path.join(self.root, "staff.csv"), "w", encoding="utf-8") as file:
            header = "名称,姓名\n" if self.language == "zh" else "name,full_name\n"
            # two bear one full name: it is neither's
            file.write(f"{header}小李,李明\nMei,Zhang Wei\nWei,Zhang Wei\n")
        self.rules()
        self.write("customers.csv", list(TABLES["customers"]), self.archive())
        self.write("knowledge.csv", list(TABLES["knowledge"]), self.entries())
        self.quarters("requests", "received_at", [self.request(n) for n in range(600)])
        self.quarters("orders", "date", [row for n in range(300) for row in self.order(n)])
        self.quarters("revisits", "due_on", [row for n in range(120) for row in self.chain(n)])
        self.quarters("interactions", "at", [{"id": f"T{n:04}", "customer": self.whom(), "at": self.moment()} for n in range(80)])
        self.quarters("tiers", "decided_on", [self.decision() for _ in range(60)])
        for name, scale in (("五级", "[很差, 差, 一般, 好, 很好]"), ("yes-no", "1-2"), ("ten", "0-10"), ("none", None)):
            self.survey(name, scale)

    def rules(self):
        os.makedirs(os.path.join(self.root, "rules"), exist_ok=True)
        with open(os.path.join(self.root, "rules", "categories.yaml"), "w", encoding="utf-8") as file:
            file.write("categories:\n  - {code: quality, label: {zh: 质量, en: Quality}}\n  - {code: price, label: {en: Price}}\n")

    def archive(self):
        rows = [self.customer(one) for one in self.customers]
        # C0003 went into C0002 and that into C0001; C0006 and C0007 into each other, C0008 into them
        for one, into in (("C0003", "C0002"), ("C0002", "C0001"), ("C0006", "C0007"), ("C0007", "C0006"), ("C0008", "C0006")):
            rows[int(one[1:]) - 1].update(merged_into=into, status="merged")
        return rows

    def customer(self, one):
        status = self.some(0.6, lambda: self.pick.choice(["active", "有效", "erased", "已删除"]))
        tier = self.pick.choice(["A", "B", "C", "C", "", "Z"])
        found = {"id": one, "name": self.text("王芳", "李静", "Bay Trading"), "since": self.some(0.7, self.day), "tier": tier, "status": status}
        found |= {"phone": self.some(0.6, lambda: "13800138000"), "email": self.some(0.4, lambda: "x@example.com")}
        return found | {"verified_on": self.some(0.4, self.day)}

    def entries(self):
        return [{"id": f"K{n:04}", "title": f"entry {n}", "status": self.some(0.6, lambda: self.word("knowledge.status"))} for n in range(1, 9)]

    def request(self, n):
        received = self.clock_change() if self.pick.random() < 0.1 else self.moment("requests")
        row = {"id": f"R{n:05}", "received_at": received, "customer": self.some(0.8, self.whom), "customer_name": self.text("王芳")}
        for column, chance in (("type", 0.9), ("purpose", 0.5), ("severity", 1), ("channel", 0.8), ("stage", 1)):
            row[column] = self.some(chance, lambda column=column: self.word(f"requests.{column}"))
        row["category"] = self.pick.choice(["质量", "quality", "QUALITY ", "Ｑuality", "物流", "物流 ", "Ｌ物流", "Price", "price", "咨询", ""])
        row["handler"] = self.pick.choice(["小李", "小李 ", "李明", "Mei", "Ｍei", "Zhang Wei", "老周", ""])
        for column in ("measures", "result", "cause"):
            row[column] = self.text("换新", "退款", "已换新\n并致歉", "待客户补充: 照片\n换新\n换新", "Asked the customer: a photo", "incident")
        row["feedback_text"] = self.text("太慢,但是 price 便宜", "Late again", "chocolate lately", "DELIVERY 包装", "没解决")
        row["responsible"] = self.text("仓储部", "仓储部:60% 小李:40%", "仓储部：33.3％、Mei:66.7%，2026-03-01", "a:60% b:30%", "小李:50% 小李:50%", "50% 的仓库")
        row["cost"] = self.some(0.4, lambda: self.pick.choice(["0", "0.01", "19.90", "1234.55", "-3.33"]))
        row["escalated"] = self.text("resolve-1")
        row["feedback"] = self.some(0.6, lambda: self.pick.choice([1, 2, 3, 4, 5, 4, 5, 5]))
        row["reopened"] = self.some(0.3, lambda: self.pick.choice([0, 0, 1, 3]))
        for column, hours in (("reviewed_at", 20), ("responded_at", 48), ("resolved_at", 400), ("closed_at", 600)):
            hours *= 20 if column == "resolved_at" and self.pick.random() < self.slow else 1
            row[column] = self.some(0.7, lambda hours=hours: received + datetime.timedelta(seconds=self.pick.randrange(hours * 3600)))
        for column, of, hours in (("acknowledge_due", "reviewed_at", 9), ("respond_due", "responded_at", 24), ("resolve_due", "resolved_at", 300)):
            row[column] = self.some(0.7, lambda of=of, hours=hours: self.due(row[of], received, hours))
        row["promise"] = self.some(0.5, lambda: "acknowledge=1h respond=4h resolve=18h rules=built-in")
        row["duplicate_of"] = self.some(0.15, lambda: f"R{self.pick.randrange(600):05}")
        row["knowledge"] = self.some(0.4, lambda: self.pick.choice([";", "；", "、"]).join(f"K{self.pick.randrange(1, 10):04}" for _ in range(self.pick.randrange(1, 4))))
        return row

    def due(self, done, received, hours):
        """To the second, a second before, or some time."""
        near = done and self.pick.random() < 0.4
        return done - datetime.timedelta(seconds=self.pick.randrange(-1, 2)) if near else received + datetime.timedelta(hours=self.pick.randrange(hours))

    def order(self, n):
        date, whom = self.day("orders"), self.whom()
        for _ in range(self.pick.choice([1, 1, 1, 2, 3])):
            kind = self.some(0.6, lambda: self.word("orders.kind"))
            amount = self.pick.choice(["0.00", "0.01", "19.90", "1234.50", "-5.00", "-1234.50"])
            yield {"id": f"D{self.pick.choice([n, n, n, n // 2]):04}", "customer": whom, "date": date, "amount": amount, "kind": kind}

    def chain(self, n):
        """Attempts of one visit, some of them of a time before attempts were counted."""
        due, counted, tries = self.day("revisits"), self.pick.random() < 0.7, 0
        visit = {"customer": self.whom(), "staff": self.pick.choice(["小李", " 小李", "Mei", "老周", ""]), "reason": self.word("revisits.reason"), "request": self.some(0.4, lambda: f"R{self.pick.randrange(600):05}")}
        for at in range(self.pick.choice([1, 1, 2, 3, 4])):
            status = self.word("revisits.status") if at == 0 or self.pick.random() < 0.5 else self.pick.choice(["no_answer", "未接通"])
            failed = status in ("no_answer", *WORDS["revisits.status"]["no_answer"])
            tries += failed
            row = visit | {"id": f"V{n:04}-{at}", "due_on": due, "status": status, "tries": tries if counted and tries else ""}
            row["done_at"] = self.some(0.6, lambda: datetime.datetime.combine(due, datetime.time(self.pick.randrange(24))))
            row["satisfaction"] = self.some(0.5, lambda: self.pick.randrange(1, 6))
            row |= {column: self.text("送货慢", "想要小包装") for column in ("needs", "suggestions", "problems", "outcome")}
            yield row
            due += datetime.timedelta(days=self.pick.randrange(4))
            if not failed:
                tries = 0

    def decision(self):
        tier = lambda: self.pick.choice(["A", "B", "C", "", "Z"])
        return {"customer": self.whom(), "tier": self.pick.choice("ABCZ"), "previous": tier(), "decided_on": self.day(), "by": "规则", "reasons": self.text("得分 70")}

    def survey(self, name, scale):
        question = f'  - {{code: q1, column: "q1", metric: csat, scale: {scale}}}\n' if scale else '  - {code: q1, column: "q1", metric: other}\n'
        question += '  - {code: q2, column: "q2", metric: ces, scale: 1-7}\n' if scale else ""
        path = os.path.join(self.root, "surveys", name, "survey.yaml")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"title: {{zh: {name}}}\nquestions:\n{question}")
        rows = [self.response(name, n) for n in range(self.pick.choice([3, 60]))]
        self.write(f"surveys/{name}/responses.csv", list(TABLES["responses"]), rows)

    def response(self, name, n):
        grade = lambda: self.pick.choice([0, 1, 2, 3, 4, 5, 7, 4.5, 1.5, 2.5, 10, 11])
        row = {"id": f"{name}-{n}", "survey": name, "customer": self.some(0.7, self.whom), "submitted_at": self.some(0.85, self.moment)}
        row |= {"ces": self.some(0.6, grade), "csat": self.some(0.8, grade), "nps": self.some(0.7, lambda: self.pick.randrange(11))}
        return row | {"index": self.some(0.8, lambda: self.pick.choice([0, 25, 50, 50.01, 62.5, 100])), "comment": self.text("太慢", "Price ok, late", "价格贵")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", metavar="FOLDER")
    parser.add_argument("seed", metavar="SEED", type=int)
    parser.add_argument("--language", default="zh", choices=["zh", "en"])
    parser.add_argument("--zone", default="Asia/Shanghai")
    asked = parser.parse_args()
    Strays(asked.folder, asked.seed, asked.language).make(asked.zone)


if __name__ == "__main__":
    main()
