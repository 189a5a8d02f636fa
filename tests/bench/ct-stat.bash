#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What ct-stat costs with 250,000 entries, as ratios within this run: CPU time of user and kernel, the best of
# several runs taken in turns. Fails where a promised ratio is not kept.
set -eu
entries=${ENTRIES:-250000} rounds=${ROUNDS:-5} failed=0
declare -A best memory

cost() { # cost NAME RUNS COMMAND...: keeps the best
	local name=$1 runs=$2 us kib
	shift 2
	read -r us kib < <("$BUILD/tests/cpucost" "$runs" "$@")
	if [ -z "${best[$name]-}" ] || [ "$us" -lt "${best[$name]}" ]; then best[$name]=$us; fi
	if [ -z "${memory[$name]-}" ] || [ "$kib" -gt "${memory[$name]}" ]; then memory[$name]=$kib; fi
}

promise() { # promise TEXT MEASURED LIMIT
	if awk -v a="$2" -v b="$3" 'BEGIN { exit !(a <= b) }'; then
		printf '%-62s %8s <= %s\n' "$1" "$2" "$3"
	else
		printf '%-62s %8s >  %s  NOT KEPT\n' "$1" "$2" "$3"
		failed=1
	fi
}

ratio() { awk -v a="${best[$1]}" -v b="${best[$2]}" 'BEGIN { printf "%.3f", a / b }'; }

"$BUILD/tests/ctfill" "$entries" >/dev/null
for ((round = 0; round < rounds; round++)); do
	cost ignore 1 "$BUILD/tests/ctignore"
	cost top 1 "$BUILD/ct-stat" --top proto,state,src
	cost bounded 1 "$BUILD/ct-stat" --top proto,state,status,family,zone,mark,dport
	cost list 1 conntrack -L
	cost udp 1 "$BUILD/ct-stat" --top proto,state,src -p udp
	cost listudp 1 conntrack -L -p udp
	cost sample 1 "$BUILD/ct-stat" --top proto,state,src --sample 10000
	cost true 50 /bin/true
	cost report 50 "$BUILD/ct-stat"
done
echo "$entries entries, CPU of a dump received and ignored: $((best[ignore] / 1000)) ms"
promise "--top proto,state,src / receive and ignore" "$(ratio top ignore)" 1.10
promise "--top proto,state,src / conntrack -L" "$(ratio top list)" 0.55
promise "--top proto,state,src -p udp / conntrack -L -p udp" "$(ratio udp listudp)" 0.25
promise "--sample 10000 / receive and ignore" "$(ratio sample ignore)" 0.08
promise "report, microseconds (1.5 times /bin/true + 1000)" "${best[report]}" "$((best[true] * 3 / 2 + 1000))"
promise "memory of bounded keys, KiB" "${memory[bounded]}" 6144
promise "memory of proto,state,src, KiB" "${memory[top]}" 6144

# A picture for 20 seconds on a terminal, asked for every second.
if command -v script >/dev/null; then
	read -r us _ < <("$BUILD/tests/cpucost" 1 script -qec "$BUILD/ct-stat --watch 1" /dev/null < <(sleep 20; printf q))
	promise "--watch 1, share of one processor in 20 s" "$(awk -v us="$us" 'BEGIN { printf "%.3f", us / 20e6 }')" 0.10
fi

# Events as fast as the filler makes them, at 150,000 a second, with the default buffer.
conntrack -F 2>/dev/null
events=$(mktemp)
"$BUILD/ct-stat" --events >"$events" &
reader=$!
sleep 0.5
"$BUILD/tests/ctfill" -r 150000 200000 >/dev/null
sleep 1.5
kill "$reader"
wait "$reader"
promise "events lost of 200,000 at 150,000 a second" "$((200000 - $(grep -c NEW "$events")))" 0
rm -f "$events"
exit $failed
