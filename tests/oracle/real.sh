#!/usr/bin/env bash
# Books of real data, and the proof of their reports: tests/oracle/real.sh DATA [WORK]
#
# DATA holds olist-sample/, uci-incident-log-1000/, cfpb-complaints-349/ and tipdm-complaints-500/ (those that are missing are
# passed over; benches/README.md says where they come from). The data are read and never copied into the project. Books are made
# in WORK, a new folder of the temporary one if not given. CAREBOOK names the program, target/debug/carebook if not given.
set -euo pipefail
data=$(cd "${1:?the folder with the data}" && pwd)
work=${2:-$(mktemp -d)}
here=$(cd "$(dirname "$0")" && pwd)
carebook=$(realpath "${CAREBOOK:-$here/../../target/debug/carebook}")
failed=0
mkdir -p "$work"

say() { printf '%s\n' "$*"; }

# in_book BOOK DAY ARGUMENTS…: carebook on this book on this day
in_book() {
    local book=$1 day=$2
    shift 2
    "$carebook" --data "$work/$book" --today "$day" --lang en -q --no-input "$@"
}

# prove BOOK DAY PERIOD…: the reports of these periods, all of them whatever comes of one
prove() {
    local book=$1 day=$2 period
    shift 2
    for period in "$@"; do
        say "$book $period"
        in_book "$book" "$day" report "$period" --json >"$work/$book-$period.json"
        python3 "$here/report.py" "$work/$book" "$period" --today "$day" --report "$work/$book-$period.json" >"$work/$book-$period.txt" || failed=1
        sed 's/^/  /' "$work/$book-$period.txt"
    done
}

# summary BOOK: how much was compared in all its periods
summary() {
    awk -v book="$1" '/ figures compared,/ { n++; figures += $1; same += $4 } / names and texts compared,/ { texts += $1; same += $6 }
        END { if (n) printf "| %s | %d | %d | %d | %d |\n", book, n, figures, texts, figures + texts - same }' "$work/$1"-*.txt
}

# begin SET BOOK LANGUAGE ZONE CURRENCY: a new book, where the data are there
begin() {
    [ -d "$data/$1" ] || { say "$1: not there, passed over"; return 1; }
    rm -rf "${work:?}/$2"
    "$carebook" init "$work/$2" --name "$2" --language "$3" --time-zone "$4" --currency "$5" -q
    mkdir -p "$work/$2/maps"
}

# Orders, refunds of cancelled ones, reviews as a survey, the bad ones as complaints too, tiers at three days, visits.
olist() {
    begin olist-sample olist en America/Sao_Paulo BRL || return 0
    local set=$data/olist-sample
    cat >"$work/olist/maps/olist.yaml" <<'MAP'
for: orders
columns: {id: order_id, customer: customer_unique_id, date: purchased_at, amount: amount}
constants: {kind: sale}
also:
  - {only: {status: [canceled, unavailable]}, columns: {amount: -amount}, constants: {kind: refund}}
MAP
    cat >"$work/olist/maps/reviews.yaml" <<'MAP'
for: requests
columns:
  id: review_id
  customer: customer_unique_id
  category: title
  content: comment
  received_at: created_at
  resolved_at: answered_at
  feedback: score
  feedback_text: comment
constants: {type: complaint, stage: closed, severity: normal}
only: {score: "<= 3"}
MAP
    in_book olist 2018-08-30 import orders "$set/orders_joined.csv" --use-map olist --create-customers
    in_book olist 2018-08-30 survey import "$set/reviews_joined.csv" --survey reviews --yes \
        --map response_id=review_id --map customer=customer_unique_id --map submitted_at=answered_at --map csat=score --map comment=comment
    in_book olist 2018-08-30 import requests "$set/reviews_joined.csv" --use-map reviews
    for day in 2017-09-30 2018-03-31 2018-08-30; do in_book olist "$day" tier apply --as-of "$day" >>"$work/olist-tiers"; done
    in_book olist 2018-08-30 revisit plan --until 2018-09-30 >"$work/olist-plan"
    prove olist 2018-08-30 2016Q4 2017Q1 2017Q2 2017Q3 2017Q4 2018Q1 2018Q2 2018Q3 2017 2018 2018H1 2018-03 2017-11-20..2017-12-05 all
}

# An incident desk's event log: stages, handlers, reopenings, due times that came with it.
incidents() {
    begin uci-incident-log-1000 incidents en UTC EUR || return 0
    cat >"$work/incidents/maps/desk.yaml" <<'MAP'
for: requests
columns:
  id: number
  stage: incident_state
  severity: priority
  category: category
  handler: assigned_to
  channel: contact_type
  customer_name: caller_id
  cause: closed_code
  content: u_symptom
  received_at: opened_at
  reopened: reopen_count
  changed_at: sys_updated_at
  changed_order: sys_mod_count
constants: {type: support}
date_order: dmy
values:
  stage: {New: registered, Active: in_progress, "Awaiting *": waiting, Resolved: resolved, Closed: closed}
  severity: {1 - Critical: critical, 2 - High: high, 3 - Moderate: normal, 4 - Low: low}
  channel: {Phone: phone, Email: mail, Self service: online, Direct opening: in_person, IVR: phone}
blank: ["?"]
MAP
    in_book incidents 2016-06-01 import requests "$data/uci-incident-log-1000/incident_event_log_first1000.csv" --history --use-map desk
    prove incidents 2016-06-01 2016Q1 2016 2016-02 2016-03 2016-03-01..2016-03-02 all
}

# Complaints about banks: answered, most without a time of solution, none with a customer; companies as handlers.
cfpb() {
    begin cfpb-complaints-349 cfpb en America/New_York USD || return 0
    cat >"$work/cfpb/maps/cfpb.yaml" <<'MAP'
for: requests
columns:
  id: Complaint ID
  category: Product
  cause: Issue
  content: Issue
  received_at: Date received
  responded_at: Date sent to company
  stage: Company response to consumer
  result: Company response to consumer
  channel: Submitted via
  handler: Company
constants: {type: complaint, severity: normal}
date_order: mdy
values:
  stage: {Closed*: closed, In progress: in_progress}
  channel: {Web: online, Phone: phone, Referral: other, Postal mail: mail}
MAP
    in_book cfpb 2016-10-08 import requests "$data/cfpb-complaints-349/Consumer_Complaints.csv" --use-map cfpb
    prove cfpb 2016-10-08 2016Q3 2016-09 2016-09-13..2016-09-13 2016-09-14..2016-09-17 all
}

# Citizens' complaints with the day of the answer, in Chinese.
tipdm() {
    begin tipdm-complaints-500 tipdm zh Asia/Shanghai CNY || return 0
    local file=$data/tipdm-complaints-500/complaints_500_utf8bom.csv
    in_book tipdm 2020-12-31 import customers "$file" --no-map --map id=留言用户 --map name=留言用户
    in_book tipdm 2020-12-31 import requests "$file" --no-map --map id=留言编号 --map customer=留言用户 --map content=留言详情 --map received_at=留言时间 \
        --map resolved_at=答复时间 --map result=答复意见 --map type==投诉 --map stage==已关闭 --map category==留言
    prove tipdm 2020-12-31 2018Q4 2019Q1 2019Q2 2019 2019H2 2020 2019-03 all
}

for set in olist incidents cfpb tipdm; do "$set"; done
printf '\n| book | reports | figures | names and texts | different |\n|---|--:|--:|--:|--:|\n'
for set in olist incidents cfpb tipdm; do summary "$set"; done
exit "$failed"
