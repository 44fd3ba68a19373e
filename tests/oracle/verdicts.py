"""Whether requests were in time, in SQL, and the first line of a text."""

from figures import RESOLVED

# "On time?" in docs/rules.md
STANDING = f"""CASE
    WHEN resolve_due IS NULL THEN 'none'
    WHEN stage IN {RESOLVED} AND coalesce(resolved_at, closed_at) IS NULL THEN 'none'
    WHEN stage IN {RESOLVED} AND coalesce(resolved_at, closed_at) <= resolve_due THEN 'met'
    WHEN stage IN {RESOLVED} THEN 'late'
    WHEN stage = 'waiting' AND promise LIKE '%=%' THEN 'paused'
    WHEN :now <= resolve_due THEN 'open'
    ELSE 'overdue' END"""
# "Clocks": waiting for the customer stops the clock of the solution and no other; who resolves has answered
ANSWERED = f"coalesce(responded_at, CASE WHEN stage IN {RESOLVED} THEN coalesce(resolved_at, closed_at) END)"
ANSWER = f"""CASE
    WHEN respond_due IS NULL THEN 'none'
    WHEN {ANSWERED} <= respond_due THEN 'met'
    WHEN {ANSWERED} IS NOT NULL THEN 'late'
    WHEN stage IN {RESOLVED} THEN 'none'
    WHEN :now <= respond_due THEN 'open'
    ELSE 'overdue' END"""
ACKNOWLEDGE = """CASE
    WHEN acknowledge_due IS NULL THEN 'none'
    WHEN reviewed_at <= acknowledge_due THEN 'met'
    WHEN reviewed_at IS NOT NULL THEN 'late'
    WHEN stage = 'registered' AND acknowledge_due < :now THEN 'overdue'
    ELSE 'none' END"""
DONE = f"CASE WHEN stage IN {RESOLVED} THEN coalesce(resolved_at, closed_at) END"
# Stage: the verdict, the due time, and when it was done.
STAGES = {
    "acknowledge": (ACKNOWLEDGE, "acknowledge_due", "reviewed_at"),
    "respond": (ANSWER, "respond_due", ANSWERED),
    "resolve": (STANDING, "resolve_due", DONE),
}


def first_line(text):
    return text.strip().split("\n")[0].strip()
