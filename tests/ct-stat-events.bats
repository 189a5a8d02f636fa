#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --events: every change, or a record that says how many are missing and where.

bats_require_minimum_version 1.5.0
load lib/needs

. "$BATS_TEST_DIRNAME/lib/wait.bash"

setup() {
	needs netlink
	export PATH=$BUILD:$BUILD/tests:$PATH
	tmp=$BATS_TEST_TMPDIR
	ns=ev$BATS_TEST_NUMBER
	ip netns add "$ns"
}

teardown() {
	in_netns && [ -n "${ns-}" ] || return 0 # skipped
	[ -z "${reader-}" ] || kill -KILL "$reader" 2>/dev/null || true
	ip netns delete "$ns"
}

joined() { # joined N: until N sockets of the namespace listen to events
	wait_for ip netns exec "$ns" awk -v want="$1" '$2 == 12 && $4 != "00000000" { n++ } END { exit n < want }' /proc/net/netlink
}

listen() { # listen OPTION...: ct-stat --events into $tmp/events; $reader is its process
	ct-stat --netns "$ns" --events "$@" >"$tmp/events" 2>"$tmp/err" 3>&- &
	reader=$!
	joined 1
}

finish() { # ends the reader, which still writes what is waiting; its status
	kill "$reader"
	wait "$reader"
}

lost() { # lost FILE: how many events its gap records say
	grep -oP 'GAP\] lost=\K[0-9]+' "$1" | awk '{ n += $1 } END { print n + 0 }'
}

fill() { ip netns exec "$ns" ctfill "$@" >"$tmp/made" || true; }

# How fast a reader must be is for tests/bench/ct-stat.bash: here the default buffer holds each burst.
@test "none of 150,000 events is lost, in bursts that the default buffer holds" {
	listen
	for ((n = 0; n < 150000; n += 15000)); do
		fill -f $n 15000
		wait_for lines_of "$tmp/events" $((n + 15000))
	done
	finish
	[ "$(grep -c '\[NEW\]' "$tmp/events")" -eq 150000 ]
	run ! grep GAP "$tmp/events"
	[ "$(sed 's/^[^ ]* *//; s/ id=[0-9]*$//' "$tmp/events" | sort -u | wc -l)" -eq 150000 ] # and each once
	[ ! -s "$tmp/err" ]
}

@test "a reader that is stopped announces the gap: received and lost are all" {
	listen --json
	kill -STOP "$reader"
	fill 150000
	kill -CONT "$reader"
	wait_for grep -q '"gap"' "$tmp/events"
	fill -f 150000 100
	finish
	[ "$(jq -s '[.[] | select(.type == "gap") | .lost] | add' "$tmp/events")" -gt 0 ]
	[ "$(jq -s '[.[] | if .type == "gap" then .lost else 1 end] | add' "$tmp/events")" -eq 150100 ]
	# in its place: behind all that was received before, in front of what came after
	[ "$(tail -n 101 "$tmp/events" | head -1 | jq -r .type)" = gap ]
	[ "$(tail -n 101 "$tmp/events" | head -1 | jq .count)" -eq 150000 ]
	grep -q 'events were lost' "$tmp/err"
}

@test "ended while events wait: they are still written, and a gap that nobody was told of is" {
	listen
	kill -STOP "$reader"
	fill 150000
	kill "$reader"
	kill -CONT "$reader"
	wait "$reader"
	gaps=$(lost "$tmp/events")
	[ "$gaps" -gt 0 ]
	[ $(($(grep -c NEW "$tmp/events") + gaps)) -eq 150000 ]
}

@test "a small buffer and a slow reader: still nothing is lost silently" {
	# One that reads nothing until everything has happened.
	ct-stat --netns "$ns" --events --buffer 65536 2>/dev/null \
		> >(until [ -e "$tmp/go" ] || [ ! -d "$tmp" ]; do sleep 0.05; done; cat >"$tmp/events") 3>&- &
	reader=$!
	joined 1
	fill 20000
	: >"$tmp/go"
	finish
	all() { [ $(($(grep -c NEW "$tmp/events") + $(lost "$tmp/events"))) -eq 20000 ]; }
	wait_for all # the slow reader has its own end
	[ "$(lost "$tmp/events")" -gt 0 ]
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
	wait_for lines_of "$tmp/theirs" 2
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
	joined 1
	fill -r 1000 20
	wait_for grep -q GAP "$tmp/events"
	fill -f 20 -r 1000 20
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
	more() { fill -f "$((next += 10))" 10; [ -s "$tmp/status" ]; }
	next=0
	wait_for more
	[ "$(cat "$tmp/status")" -ne 0 ]
}

@test "made to be piped into a file that is lost: an error" {
	ct-stat --netns "$ns" --events >/dev/full 2>"$tmp/err" 3>&- &
	reader=$!
	joined 1
	fill 10
	status=0
	wait "$reader" || status=$? # not by run: it is no child of a subshell
	[ "$status" -eq 3 ]
	reader=
	grep -q 'standard output' "$tmp/err"
}
