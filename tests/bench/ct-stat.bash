#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# The cost of ct-stat with 250,000 entries, in ratios of CPU time (user and kernel). Each command runs several times, in
# turns with the others, and its best time counts, because other work on the machine only adds. In brackets: the
# smallest and the largest ratio of a single round, which shows how reliable the number is. Fails if a promise is broken.
set -eu
entries=${ENTRIES:-250000} rounds=${ROUNDS:-9} failed=0
declare -A best memory each

cost() { # cost NAME RUNS COMMAND...: records the best cost, and that of each round
	local name=$1 runs=$2 us kib
	shift 2
	read -r us kib < <("$BUILD/tests/cpucost" "$runs" "$@")
	each[$name]+=" $us"
	if [ -z "${best[$name]-}" ] || [ "$us" -lt "${best[$name]}" ]; then best[$name]=$us; fi
	if [ -z "${memory[$name]-}" ] || [ "$kib" -gt "${memory[$name]}" ]; then memory[$name]=$kib; fi
}

promise() { # promise TEXT MEASURED LIMIT [SPREAD]
	if awk -v a="$2" -v b="$3" 'BEGIN { exit !(a <= b) }'; then
		printf '%-66s %7s <= %s %s\n' "$1" "$2" "$3" "${4-}"
	else
		printf '%-66s %7s >  %s %s NOT KEPT\n' "$1" "$2" "$3" "${4-}"
		failed=1
	fi
}

ratio() { awk -v a="${best[$1]}" -v b="${best[$2]}" 'BEGIN { printf "%.3f", a / b }'; }

spread() { # spread NAME OTHER: prints the smallest and the largest ratio of a round
	paste <(tr ' ' '\n' <<<"${each[$1]# }") <(tr ' ' '\n' <<<"${each[$2]# }") |
		awk '{ r = $1 / $2; if (NR == 1 || r < lo) lo = r; if (r > hi) hi = r } END { printf "(%.3f to %.3f)", lo, hi }'
}

keep() { promise "$1" "$(ratio "$2" "$3")" "$4" "$(spread "$2" "$3")"; } # keep TEXT NAME OTHER LIMIT

"$BUILD/tests/ctfill" "$entries" >/dev/null
for ((round = 0; round < rounds; round++)); do
	cost ignore 1 "$BUILD/tests/ctignore"
	cost top 1 "$BUILD/ct-stat" --top proto,state,src
	cost bounded 1 "$BUILD/ct-stat" --top proto,state,status,family,zone,mark,dport
	cost list 1 conntrack -L
	cost udp 1 "$BUILD/ct-stat" --top proto,state,src -p udp
	cost listudp 1 conntrack -L -p udp
	cost udp4 1 "$BUILD/ct-stat" --top proto,state,src -p udp -4
	cost listudp4 1 conntrack -L -p udp -f ipv4
	cost walk 1 "$BUILD/ct-stat" --top proto -p 253 -4
	cost sample 1 "$BUILD/ct-stat" --top proto,state,src --sample 10000
	cost true 50 /bin/true
	cost report 50 "$BUILD/ct-stat"
done
echo "$entries entries, CPU of a dump received and ignored: $((best[ignore] / 1000)) ms"
keep "--top proto,state,src / receive and ignore" top ignore 1.10
keep "--top proto,state,src / conntrack -L" top list 0.55
# The kernel filters protocols for one family at a time, and conntrack reads both families in one pass. So ct-stat needs
# two passes for both, and these alone, without sending anything, take more than half of the promised time.
keep "--top proto,state,src -p udp -4 / conntrack -L -p udp -f ipv4" udp4 listudp4 0.25
keep "--top proto,state,src -p udp / conntrack -L -p udp, both families" udp listudp 0.25
echo "    of which a walk that sends nothing, twice: $(awk -v a="${best[walk]}" -v b="${best[listudp]}" 'BEGIN { printf "%.3f", 2 * a / b }')"
keep "--sample 10000 / receive and ignore" sample ignore 0.08
promise "report, microseconds (1.5 times /bin/true + 1000)" "${best[report]}" "$((best[true] * 3 / 2 + 1000))"
promise "memory of bounded keys, KiB" "${memory[bounded]}" 6144
promise "memory of proto,state,src, KiB" "${memory[top]}" 6144

# --watch on a terminal for 20 seconds, with a picture every second.
if command -v script >/dev/null; then
	read -r us _ < <("$BUILD/tests/cpucost" 1 script -qec "$BUILD/ct-stat --watch 1" /dev/null < <(sleep 20; printf q))
	promise "--watch 1, share of one processor in 20 s" "$(awk -v us="$us" 'BEGIN { printf "%.3f", us / 20e6 }')" 0.10
fi

# Events as fast as ctfill makes them, up to 150,000 per second, with the default buffer.
conntrack -F 2>/dev/null
events=$(mktemp)
"$BUILD/ct-stat" --events >"$events" &
reader=$!
until grep -q ' 12 .* 0000000[1-9a-f] ' /proc/net/netlink; do sleep 0.1; done # until it listens
"$BUILD/tests/ctfill" -r 150000 200000 >/dev/null
kill "$reader" # it still writes the events that wait
wait "$reader"
promise "events lost of 200,000 at 150,000 a second" "$((200000 - $(grep -c NEW "$events")))" 0
rm -f "$events"
exit $failed
