#!/bin/bash
# Kills a run just before each of its system calls that change the disk, one after the other, and looks at what is left.
#
#   tests/faults/publish.sh target/release/sendmart
#
# Needs strace. For every call and every k: a new file arrives, the run is killed before its k-th such call, the live file
# must open and be whole and not older than before, the next run must finish, and nothing may be left half written.
# A thread has its own count of calls, so k goes on until no thread makes a k-th one and the run ends by itself.
set -u
program=$(realpath "$1")
checkout=$(realpath "$(dirname "$0")/../..")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
calls=${CALLS:-"rename renameat linkat unlink unlinkat fsync fdatasync mkdir chmod fchmod ftruncate"}
published=$checkout/config/demo/data/published_ehcp/2025-06-26/timeliness_20_week.csv
whole="SELECT CASE WHEN (SELECT count(*) FROM mart.published_ehcp_timeliness) = (SELECT sum(rows_accepted) FROM meta.delivery)
       THEN generation END AS generation FROM meta.generation"

mkdir -p "$place"/{inbox,sql/marts,sql/checks,sql/kpis,pipelines/published_ehcp/{tables,layouts}}
ln -s "$checkout/config" "$place/config"
for file in pipelines/published_ehcp/{pipeline.toml,{tables,layouts}/timeliness.toml} sql/kpis/ehcp_20_week.sql sql/checks/kpi_grain.sql; do
    ln -s "$checkout/$file" "$place/$file"
done
printf 'keep_generations = 1\n[[source]]\ncollection = "published_ehcp"\nfolder.path = "inbox"\nreceived = "2025-06-26"\n' >"$place/place.toml"

sendmart() { "$program" --place "$place" --config "$place/place.toml" "$@"; }
generation() { sendmart --json query "$whole" | grep -o '[0-9]*'; }
number=0 points=0 violations=0
deliver() { number=$((number + 1)); { head -1 "$published"; tail -n +2 "$published" | tail -n +$((number % 60 + 1)) | head -$((20 + number / 60)); } >"$place/inbox/$number.csv"; }
violation() { violations=$((violations + 1)); echo "VIOLATION $call $k: $*"; }

deliver && sendmart run >/dev/null || exit 1
# Every kill meets the same place: a run makes more such calls the more deliveries there are.
base=$place.base
trap 'rm -rf "$place" "$base"' EXIT
mkdir "$base" && cp -a "$place/var" "$place/inbox" "$base/"
for call in $calls; do
    for ((k = 1; ; k++)); do
        rm -rf "$place/var" "$place/inbox"
        cp -a "$base/var" "$base/inbox" "$place/"
        deliver
        before=$(generation)
        # In a shell of its own, which would otherwise tell of every kill.
        code=$({ strace -f -qq -o /dev/null -e trace="$call" -e inject="$call:signal=KILL:when=$k" \
            "$program" --place "$place" --config "$place/place.toml" run; echo $? >&3; } 3>&1 >/dev/null 2>&1)
        after=$(generation)
        [ -n "$after" ] && [ "$after" -ge "$before" ] || violation "the live file gives generation '$after', before it was $before"
        sendmart run >/dev/null 2>"$place/err2" || violation "the next run ends with $?: $(cat "$place/err2")"
        [ "$(generation)" -gt "$before" ] || violation "the next run published nothing"
        left=$(find "$place/var" \( -path '*/staging/*' -o -path '*/incoming/*' -o -name '.*' -o -name '*.wal' -o -name '*.tmp*' \))
        [ -z "$left" ] || violation "left behind: $left"
        for seen in "$after" "$(generation)"; do
            cat "$place"/var/ledger/runs/*.jsonl | grep '"state":"published"' | grep -q "\"generation\":$seen," ||
                violation "readers saw generation $seen, which the ledger does not call published"
        done
        [ $code -eq 0 ] && break
        points=$((points + 1))
    done
    echo "$call: $((k - 1)) points"
done
echo "$points points, $violations violations"
[ "$violations" -eq 0 ]
