"""What the log tells: imports, and when requests were resolved for the first time. An undo or a redo begins its note with the
number of the row it takes back, and takes nothing back where it was itself taken back."""

import json

from figures import RESOLVED

TAKING = ("undo", "redo", "undone", "redone")


def imports(o):
    """Imports told of in the period, the oldest first: batches that say how many rows they rejected."""
    found = []
    for row in o.rows('SELECT * FROM log WHERE recorded_at_day BETWEEN ? AND ? AND before = \'\' AND id = \'B\' || seq ORDER BY seq', *o.period.bounds()):
        facts = json.loads(row["after"]) if row["after"] else {}
        if "rejected" in facts:
            heads = {"batch": row["id"], "on": row["recorded_at_day"], "table": row["table"], "file": facts.get("file", "")}
            found.append(heads | {key: facts.get(key, 0) for key in ("new", "updated", "unchanged", "rejected")})
    return found


def firsts(o):
    """The first resolution of requests that were reopened, as far as the log tells it."""
    found = {}
    for one in o.column("SELECT id FROM requests WHERE reopened > 0"):
        rows = o.rows("SELECT * FROM log WHERE \"table\" = 'requests' AND id = ?", one)
        gone = set()
        for row in sorted(rows, key=lambda row: -row["seq"]):
            if row["action"] in TAKING:
                target = row["note"].split()[:1]
                if row["seq"] not in gone and target and target[0].isdigit():
                    gone.add(int(target[0]))
                gone.add(row["seq"])
        steps = [row for row in sorted(rows, key=lambda row: (row["at"], row["seq"])) if row["seq"] not in gone and row["before"] and row["after"]]
        changes = [(row["at"], json.loads(row["before"]), json.loads(row["after"])) for row in steps]
        times = [at for at, _, after in changes if after.get("stage") in RESOLVED]
        again = [before for _, before, after in changes if after.get("reopened")]
        # the first reopening tells which resolution it took back, unless others that are not told came before it
        if again and again[0].get("reopened"):
            continue
        times += [o.book.instant(before["resolved_at"]) for before in again[:1] if before.get("resolved_at")]
        if times:
            found[one] = min(times)
    return found
