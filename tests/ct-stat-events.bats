#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --events: every change, or a record that says how many are missing and where.

bats_require_minimum_version 1.5.0

setup() {
	export PATH=$BUILD:$BUILD/tests:$PATH
	tmp=$BATS_TEST_TMPDIR
	ns=ev$BATS_TEST_NUMBER
	ip netns add "$ns"
	rate=150000
	case $BUILD in *-san) rate=20000 ;; esac # the sanitizers make the reader slower, not wrong
}

teardown() {
	[ -z "${reader-}" ] || kill -KILL "$reader" 2>/dev/null || true
	ip netns delete "$ns"
}

joined() { # joined N: until N sockets of the namespace listen to events
	for _ in $(seq 500); do
		ip netns exec "$ns" awk -v want="$1" '$2 == 12 && $4 != "00000000" { n++ } END { exit n < want }' /proc/net/netlink && return
		sleep 0.02
	done
	return 1
}

listen() { # listen OPTION...: ct-stat --events into $tmp/events; $reader is its process
	ct-stat --netns "$ns" --events "$@" >"$tmp/events" 2>"$tmp/err" 3>&- &
	reader=$!
	joined 1
}

settle() { # until no more lines come
	local before=-1 now=0
	while [ "$before" != "$now" ]; do
		before=$now
		sleep 0.6
		now=$(stat -c %s "$tmp/events")
	done
}

finish() { # ends the reader; its status
	settle
	kill "$reader"
	wait "$reader"
}

fill() { ip netns exec "$ns" ctfill "$@" >"$tmp/made" || true; }

@test "none lost at 150,000 a second with the default buffer" {
	listen
	fill -r "$rate" 150000
	finish
	[ "$(grep -c '\[NEW\]' "$tmp/events")" -eq 150000 ]
	run ! grep GAP "$tmp/events"
	[ "$(sed 's/^[^ ]* *//; s/ id=[0-9]*$//' "$tmp/events" | sort -u | wc -l)" -eq 150000 ] # and each once
	[ ! -s "$tmp/err" ]
}

@test "a reader that is stopped for a second announces the gap: received and lost are all" {
	listen --json
	kill -STOP "$reader"
	fill -r "$rate" 150000
	sleep 1
	kill -CONT "$reader"
	settle
	fill -f 150000 100
	finish
	[ "$(jq -s '[.[] | select(.type == "gap") | .lost] | add' "$tmp/events")" -gt 0 ]
	[ "$(jq -s '[.[] | if .type == "gap" then .lost else 1 end] | add' "$tmp/events")" -eq 150100 ]
	# in its place: behind all that was received before, in front of what came after
	[ "$(tail -n 101 "$tmp/events" | head -1 | jq -r .type)" = gap ]
	[ "$(tail -n 101 "$tmp/events" | head -1 | jq .count)" -eq 150000 ]
	grep -q 'events were lost' "$tmp/err"
}

@test "a small buffer and a slow reader: still nothing is lost silently" {
	ct-stat --netns "$ns" --events --buffer 65536 2>/dev/null > >(while IFS= read -r line; do echo "$line"; done >"$tmp/events") 3>&- &
	reader=$!
	joined 1
	fill -r 50000 20000
	finish
	sleep 1
	gaps=$(grep -oP 'GAP\] lost=\K[0-9]+' "$tmp/events" | awk '{ n += $1 } END { print n + 0 }')
	[ $(($(grep -c NEW "$tmp/events") + gaps)) -eq 20000 ]
	[ "$gaps" -gt 0 ]
}

@test "types, filters, and the line of conntrack -E" {
	listen --only new,destroy -p udp
	ip netns exec "$ns" conntrack -E -o timestamp,id -p udp -e NEW,DESTROY >"$tmp/theirs" 2>/dev/null 3>&- &
	other=$!
	joined 2
	ip netns exec "$ns" sh -c '
		conntrack -I -p udp -s 10.0.0.1 -d 10.0.0.2 --sport 5 --dport 53 -t 60 -u SEEN_REPLY
		conntrack -U -p udp -s 10.0.0.1 -d 10.0.0.2 --sport 5 --dport 53 -m 7
		conntrack -I -p tcp -s 10.0.0.1 -d 10.0.0.2 --sport 5 --dport 53 -t 60 --state ESTABLISHED
		conntrack -D -p udp' >/dev/null 2>&1
	sleep 0.5
	finish
	kill "$other" || true
	[ "$(wc -l <"$tmp/events")" -eq 2 ]
	diff <(sed 's/^\[[0-9.]*\]//' "$tmp/events") <(sed 's/^\[[0-9.]*\]//; s/ \[USERSPACE\].*//' "$tmp/theirs")
	grep -qE '^\[[0-9]{10}\.[0-9]{6}\]' "$tmp/events"
}

@test "--json: type, id, tuple; time and duration" {
	ip netns exec "$ns" sh -c 'echo 1 >/proc/sys/net/netfilter/nf_conntrack_timestamp'
	listen --json
	ip netns exec "$ns" sh -c '
		conntrack -I -p udp -s 10.0.0.1 -d 10.0.0.2 --sport 5 --dport 53 -t 60 -m 9
		conntrack -U -p udp -s 10.0.0.1 -d 10.0.0.2 --sport 5 --dport 53 -m 7
		conntrack -D -p udp' >/dev/null 2>&1
	finish
	[ "$(jq -rs 'map(.type) | join(" ")' "$tmp/events")" = "new update destroy" ]
	[ "$(jq -rs 'map(.id) | unique | length' "$tmp/events")" -eq 1 ]
	[ "$(jq -rs '.[2] | "\(.src) \(.dport) \(.mark) \(.zone) \(.reply.src)"' "$tmp/events")" = "10.0.0.1 53 7 0 10.0.0.2" ]
	[ "$(jq -s '.[2].stop > .[2].start' "$tmp/events")" = true ]
	[ "$(jq -s '.[2].duration >= 0 and .[2].duration < 60' "$tmp/events")" = true ]
}

@test "ENOBUFS injected: announced, and the listing goes on" {
	export ASAN_OPTIONS=detect_leaks=0
	strace -qq -f -o "$tmp/trace" -e trace=recvmmsg -e inject=recvmmsg:error=ENOBUFS:when=2 \
		ct-stat --netns "$ns" --events >"$tmp/events" 2>"$tmp/err" 3>&- &
	tracer=$!
	sleep 1
	fill -r 1000 20
	sleep 0.5
	fill -f 20 -r 1000 20
	settle
	reader=$(pgrep -P "$tracer")
	kill "$reader"
	wait "$tracer" || true
	grep -q INJECTED "$tmp/trace"
	[ "$(grep -c GAP "$tmp/events")" -eq 1 ]
	[ "$(grep -c NEW "$tmp/events")" -eq 40 ]
}

@test "events are off: said, not silent" {
	ip netns exec "$ns" sh -c 'echo 0 >/proc/sys/net/netfilter/nf_conntrack_events'
	listen
	finish
	grep -q 'nf_conntrack_events is 0' "$tmp/err"
}

@test "a reader that goes away ends us" {
	(ct-stat --netns "$ns" --events 3>&- || echo $? >"$tmp/status") | head -n 1 >"$tmp/events" &
	joined 1
	fill -r 1000 100
	sleep 0.5
	fill -f 100 -r 1000 100
	for _ in $(seq 100); do [ ! -s "$tmp/status" ] || break; sleep 0.05; done
	[ "$(cat "$tmp/status")" -ne 0 ]
}

@test "made to be piped into a file that is lost: an error" {
	ct-stat --netns "$ns" --events >/dev/full 2>"$tmp/err" 3>&- &
	reader=$!
	joined 1
	fill 10
	run -3 wait "$reader"
	reader=
	grep -q 'standard output' "$tmp/err"
}
