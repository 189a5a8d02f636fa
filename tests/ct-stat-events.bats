#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# --events prints every change, or a record of how many are missing, and where.

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

joined() { # joined N: waits until N sockets of the namespace listen to events
	wait_for ip netns exec "$ns" awk -v want="$1" '$2 == 12 && $4 != "00000000" { n++ } END { exit n < want }' /proc/net/netlink
}

listen() { # listen OPTION...: starts ct-stat --events, which writes to $tmp/events; $reader is its process
	ct-stat --netns "$ns" --events "$@" >"$tmp/events" 2>"$tmp/err" 3>&- &
	reader=$!
	joined 1
}

finish() { # ends the reader, which still writes the events that wait; returns its status
	kill "$reader"
	wait "$reader"
}

lost() { # lost FILE: prints the sum of its gap records
	grep -oP 'GAP\] lost=\K[0-9]+' "$1" | awk '{ n += $1 } END { print n + 0 }'
}

fill() { ip netns exec "$ns" ctfill "$@" >"$tmp/made" || true; }

# tests/bench/ct-stat.bash measures how fast a reader must be: here each burst fits into the default buffer.
@test "loses none of 150,000 events that come in bursts that fit into the default buffer" {
	listen
	for ((n = 0; n < 150000; n += 15000)); do
		fill -f $n 15000
		wait_for lines_of "$tmp/events" $((n + 15000))
	done
	finish
	[ "$(grep -c '\[NEW\]' "$tmp/events")" -eq 150000 ]
	run ! grep GAP "$tmp/events"
	[ "$(sed 's/^[^ ]* *//; s/ id=[0-9]*$//' "$tmp/events" | sort -u | wc -l)" -eq 150000 ] # each once
	[ ! -s "$tmp/err" ]
}

@test "records a gap after it was stopped: events received and lost add up to all" {
	listen --json
	kill -STOP "$reader"
	fill 150000
	kill -CONT "$reader"
	wait_for grep -q '"gap"' "$tmp/events"
	fill -f 150000 100
	finish
	[ "$(jq -s '[.[] | select(.type == "gap") | .lost] | add' "$tmp/events")" -gt 0 ]
	[ "$(jq -s '[.[] | if .type == "gap" then .lost else 1 end] | add' "$tmp/events")" -eq 150100 ]
	# in its place: after all events received before, and before those that came later
	[ "$(tail -n 101 "$tmp/events" | head -1 | jq -r .type)" = gap ]
	[ "$(tail -n 101 "$tmp/events" | head -1 | jq .count)" -eq 150000 ]
	grep -q 'events were lost' "$tmp/err"
}

@test "ended by a signal, it still writes the events that wait, and a record of the gap" {
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

@test "loses nothing silently with a small buffer and a slow reader" {
	# A reader that reads nothing until all events have happened.
	ct-stat --netns "$ns" --events --buffer 65536 2>/dev/null \
		> >(until [ -e "$tmp/go" ] || [ ! -d "$tmp" ]; do sleep 0.05; done; cat >"$tmp/events") 3>&- &
	reader=$!
	joined 1
	fill 20000
	: >"$tmp/go"
	finish
	all() { [ $(($(grep -c NEW "$tmp/events") + $(lost "$tmp/events"))) -eq 20000 ]; }
	wait_for all # the slow reader ends later
	[ "$(lost "$tmp/events")" -gt 0 ]
}

# A program that has ended has no name any more: which of the listeners still finds it, depends on the moment.
same_sender() { sed 's/ progname=conntrack$//'; }

@test "prints the lines of conntrack -E for the same types and filter" {
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
	diff <(sed 's/^\[[0-9.]*\]//' "$tmp/events" | same_sender) <(sed 's/^\[[0-9.]*\]//' "$tmp/theirs" | same_sender)
	grep -qE '^\[[0-9]{10}\.[0-9]{6}\]' "$tmp/events"
}

@test "--json has the type, id, tuple, time and duration" {
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

@test "names the program that causes an event, if it still runs" {
	command -v strace >/dev/null || skip "strace is not installed"
	listen --json
	# It waits for the kernel's answer, while the event is read.
	ip netns exec "$ns" strace -qq -o "$tmp/trace" -e trace=recvmsg,recvfrom -e inject=recvmsg,recvfrom:delay_enter=5000000:when=1 \
		conntrack -I -p udp -s 10.0.0.1 -d 10.0.0.2 --sport 5 --dport 53 -t 60 >"$tmp/made" 2>&1
	ip netns exec "$ns" bash -c 'iptables -A OUTPUT -m conntrack --ctstate NEW; ip link set lo up; echo >/dev/udp/127.0.0.1/9' || true
	wait_for grep -q '"dport":9[,}]' "$tmp/events"
	finish
	grep '"dport":53,' "$tmp/events" | jq -es '.[0].portid > 0 and .[0].progname == "conntrack"'
	grep '"dport":9[,}]' "$tmp/events" | jq -es 'map(has("portid")) | any | not' # a packet has no program
}

@test "records a gap after ENOBUFS, and goes on" {
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

@test "warns if the kernel reports no events" {
	ip netns exec "$ns" sh -c 'echo 0 >/proc/sys/net/netfilter/nf_conntrack_events'
	listen
	finish
	grep -q 'nf_conntrack_events is 0' "$tmp/err"
}

@test "ends when the reader of its pipe ends" {
	(ct-stat --netns "$ns" --events 3>&- || echo $? >"$tmp/status") | head -n 1 >"$tmp/events" &
	joined 1
	more() { fill -f "$((next += 10))" 10; [ -s "$tmp/status" ]; }
	next=0
	wait_for more
	[ "$(cat "$tmp/status")" -ne 0 ]
}

@test "lost output is an error" {
	ct-stat --netns "$ns" --events >/dev/full 2>"$tmp/err" 3>&- &
	reader=$!
	joined 1
	fill 10
	status=0
	wait "$reader" || status=$? # without run, because a subshell cannot wait for it
	[ "$status" -eq 3 ]
	reader=
	grep -q 'standard output' "$tmp/err"
}
