#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# The report: its formats, its alarms, and what it says when a source fails. It is never OK by mistake.

bats_require_minimum_version 1.5.0
load lib/needs
load lib/small-disk

. "$BATS_TEST_DIRNAME/lib/wait.bash"
. "$BATS_TEST_DIRNAME/lib/anyone.bash"

setup() {
	export PATH=$BUILD:$BUILD/tests:$PATH
	export ASAN_OPTIONS=detect_leaks=0 # LeakSanitizer cannot trace a process that strace traces
	tmp=$BATS_TEST_TMPDIR
	state=$tmp/state
}

# fake COUNT MAX [DROP [EARLY_DROP]]: makes a directory that --proc reads; without DROP it has no statistics
fake() {
	mkdir -p "$tmp/proc/sys/net/netfilter" "$tmp/proc/sys/kernel" "$tmp/proc/net/stat"
	echo "$1" >"$tmp/proc/sys/net/netfilter/nf_conntrack_count"
	echo "$2" >"$tmp/proc/sys/net/netfilter/nf_conntrack_max"
	echo 65536 >"$tmp/proc/sys/net/netfilter/nf_conntrack_buckets"
	[ -e "$tmp/proc/uptime" ] || echo '1000.25 100.00' >"$tmp/proc/uptime"
	rm -f "$tmp/proc/net/stat/nf_conntrack"
	[ $# -lt 3 ] || printf 'entries found drop early_drop insert_failed\n%08x 00000001 %08x %08x 00000000\n' \
		"$1" "$3" "${4-0}" >"$tmp/proc/net/stat/nf_conntrack"
}

alarm() { ct-stat --proc "$tmp/proc" --state "$state" "$@"; }

new_ns() { # new_ns NAME: makes a namespace that tracks packets on its loopback interface
	needs netlink
	ip netns add "$1"
	ip -n "$1" link set lo up
	ip netns exec "$1" iptables -A OUTPUT -m conntrack --ctstate NEW
}

knock() { # knock NAMESPACE N: makes N new UDP flows
	ip netns exec "$1" bash -c "for ((p = 1; p <= $2; p++)); do echo >/dev/udp/127.0.0.1/\$p; done" 2>/dev/null || true
}

# ---- formats

@test "reports the entries, the limit, the load and the counters from netlink" {
	new_ns plain
	ip netns exec plain ctfill 1000 >/dev/null
	run -0 ct-stat --netns plain
	[[ ${lines[0]} =~ ^netns\ plain:\ 1000\ of\ [0-9]+\ entries\ \([0-9.]+\ %\)$ ]]
	for word in buckets memory early_drop drop insert_failed search_restart 'source          netlink'; do
		[[ $output == *"  $word"* ]]
	done
}

@test "--json has the numbers that conntrack -C and -S print" {
	new_ns json
	ip netns exec json ctfill 500 >/dev/null
	run -0 ip netns exec json ct-stat --json
	[ "$(jq .count <<<"$output")" -eq "$(ip netns exec json conntrack -C)" ]
	[ "$(jq .max <<<"$output")" -eq "$(cat /proc/sys/net/netfilter/nf_conntrack_max)" ]
	for name in found invalid insert insert_failed drop early_drop error search_restart; do
		[ "$(jq ".counters.$name" <<<"$output")" -eq \
			"$(ip netns exec json conntrack -S | grep -o "\b$name=[0-9]*" | awk -F= '{ n += $2 } END { print n }')" ]
	done
	[ "$(jq '.cpus | length' <<<"$output")" -eq "$(ip netns exec json conntrack -S | wc -l)" ]
}

@test "--plugin prints one line with performance data, and errors, on standard output" {
	fake 151335 262144 0
	run -0 --separate-stderr alarm -w 80 -c 90 --plugin
	[ "$output" = "CT-STAT OK - 151335 of 262144 entries (57.7 %) | count=151335;209715;235929;0;262144 early_drop=0c drop=0c insert_failed=0c" ]
	[ -z "$stderr" ]
	fake 240000 262144 0
	run -2 alarm -w 80 -c 90 --plugin
	[[ $output == "CT-STAT CRITICAL - 240000 of 262144 entries (91.5 %): the table is too full |"* ]]
	run -3 --separate-stderr ct-stat --plugin -w 80 --netns nosuch
	[[ $output == *"netns nosuch"* && -z $stderr ]]
}

@test "--prom writes a file that promtool accepts, complete and readable for all users" {
	command -v promtool >/dev/null || skip "promtool is not installed"
	new_ns prom
	ct-stat --netns prom --prom -w 80 --state "$state" | promtool check metrics
	ct-stat --netns all --prom | promtool check metrics
	(umask 077 && ct-stat --prom="$tmp/ct.prom")
	[ "$(stat -c %a "$tmp/ct.prom")" = 644 ]
	promtool check metrics <"$tmp/ct.prom"
	grep -q '^ct_stat_last_run_timestamp_seconds [0-9]' "$tmp/ct.prom"
	grep -q '^ct_stat_early_drop_total 0$' "$tmp/ct.prom"
	[ "$(find "$tmp" -name '*ct.prom*' | wc -l)" -eq 1 ] # and no temporary file beside it
	run -3 ct-stat --prom="$tmp/nosuch/ct.prom"
}

@test "--netns finds a namespace by name or process, reports on all, and rejects an unknown name" {
	new_ns one
	new_ns two
	ip netns exec one ctfill 110 >/dev/null
	ip netns exec two ctfill 220 >/dev/null
	[ "$(ct-stat --netns two --json | jq .count)" -eq 220 ]
	ip netns exec two sleep 600 3>&- &
	wait_for sh -c "[ \"\$(readlink /proc/$!/ns/net)\" = \"$(ip netns exec two readlink /proc/self/ns/net)\" ]"
	[ "$(ct-stat --netns $! --json | jq .count)" -eq 220 ]
	kill $!
	ct-stat --netns all --json >"$tmp/all"
	[ "$(jq -r 'select(.netns == "one") | .count' "$tmp/all")" -eq 110 ]
	[ "$(jq -r 'select(.netns == "two") | .count' "$tmp/all")" -eq 220 ]
	jq -es 'map(.netns) | index("self")' "$tmp/all"
	run -3 ct-stat --netns nosuch
	run -3 ct-stat --netns ../run
	run -1 ct-stat --netns all -w 150 --state "$state" --crit-drop 0 --warn-early-drop 0
	[[ $output == *"CT-STAT OK: netns one"*"CT-STAT WARNING: netns two"* ]]
}

@test "--netns all --plugin shows the worst first, and no label twice" {
	new_ns calm
	new_ns busy
	new_ns self
	ip netns add "odd 'n=1|2%"
	ip netns exec busy ctfill 6000 >/dev/null
	run -2 ct-stat --netns all --plugin -w 5001 -c 5002 --state "$state" --crit-drop 0
	[[ ${lines[0]} == "CT-STAT CRITICAL - netns busy: 6000 of "*" | busy.count=6000;5001;5002;0;"* ]]
	[ "$(grep -c '^CT-STAT ' <<<"$output")" -ge 5 ]
	[ "$(grep -o '|' <<<"$output" | wc -l)" -eq 1 ] # performance data on the first line only
	labels=$(sed -n '1s/.*|//p' <<<"$output" | grep -oE '[^ =]+=')
	[[ $labels == *"odd%20%27n%3D1%7C2%25.count="* ]]
	[ -z "$(sort <<<"$labels" | uniq -d)" ]
	[ "$(ct-stat --netns all --prom | grep '^ct_stat_entries{' | sed 's/}.*//' | sort | uniq -d | wc -l)" -eq 0 ]
	ip netns exec calm ctfill 5001 >/dev/null
	ip netns delete busy
	run -1 ct-stat --netns all --plugin -w 5001 -c 5002 --state "$state" --crit-drop 0
	[[ ${lines[0]} == "CT-STAT WARNING - netns calm: 5001 of "* ]]
	ip netns delete calm
	: >/run/netns/broken
	run -3 ct-stat --netns all --plugin -w 5001 -c 5002 --state "$state" --crit-drop 0
	rm /run/netns/broken
	[[ ${lines[0]} == "CT-STAT UNKNOWN - "*"netns broken: Invalid argument"*" | "*".count=0;"* ]]
	ip netns delete self
	ip netns delete "odd 'n=1|2%"
}

@test "--tsv prints the column names and a line for each namespace, --no-header only the lines" {
	new_ns tsv
	ip netns exec tsv ctfill 30 >/dev/null
	run -0 ct-stat --netns tsv --tsv
	[ "${#lines[@]}" -eq 2 ]
	awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i; n = NF } NR == 2 { if (NF != n) exit 1
		for (i = 1; i <= NF; i++) v[name[i]] = $i } END { exit !(v["netns"] == "tsv" && v["status"] == "OK" &&
		v["count"] == 30 && v["insert"] == 30 && v["early_drop"] == 0 && v["assured"] == "") }' <<<"$output"
	run -0 ct-stat --netns all --tsv --no-header
	grep -qP '^[0-9]+\ttsv\tOK\t30\t' <<<"$output"
	run ! grep early_drop <<<"$output"
}

@test "--tsv leaves unknown values empty, and prints nothing with -q unless there is an alarm" {
	fake 95 100 # no statistics: the columns are empty, not zero
	run -1 alarm -w 80 --tsv --no-header
	[[ $output == *$'\tWARNING\t95\t100\t95.00\t\t65536\t\t\t\t\t\t\t'* ]]
	run -0 alarm -w 96 --crit-drop 0 --warn-early-drop 0 -q --tsv
	[ -z "$output" ]
}

@test "--merge lists the worst machine first, and never takes a missing or old report for OK" {
	fake 10 100 0
	alarm --json >"$tmp/good"
	[ "$(jq -r .host "$tmp/good")" = null ]
	echo far >"$tmp/proc/sys/kernel/hostname"
	fake 95 100 0
	run -1 alarm -w 80 --json
	echo "$output" >>"$tmp/good"
	run -1 ct-stat --merge "$tmp/good"
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[1]} == "WARNING "*" 95.00 %"*" 95 "*" 100 "*" far: the table is filling up" ]]
	[[ ${lines[2]} == "OK "*" 10.00 %"*" $tmp/good" ]] # a machine without a name gets that of its file
	run -1 ct-stat --merge -q <"$tmp/good"
	[ "${#lines[@]}" -eq 2 ]
	run -0 ct-stat --merge -q --tsv <(head -1 "$tmp/good")
	[ -z "$output" ]
	run -3 ct-stat --merge --tsv <(sed -n '1s/"time":[0-9]*/"time":1000000000/p' "$tmp/good")
	[[ ${lines[1]} == $'UNKNOWN\t10.00\t10\t100\t'* ]]
	: >"$tmp/empty"
	run -3 --separate-stderr ct-stat --merge "$tmp/empty" "$tmp/nosuch" <(head -1 "$tmp/good" | head -c 200) <(head -1 "$tmp/good")
	[[ $stderr == *"$tmp/empty: error: contains no report"*"$tmp/nosuch: No such file"*":1: error: not a report of ct-stat --json"* ]]
	[ "${#lines[@]}" -eq 2 ]
	run -1 ct-stat --merge "$tmp/empty" "$tmp/good" # a known alarm is worse than unknown
	ct-stat --json | ct-stat --merge
}

# ---- alarms

@test "compares limits exactly" {
	fake 209715 262144 0
	alarm -w 80 -c 90
	fake 209716 262144 0
	run -1 alarm -w 80 -c 90
	[[ $output == "CT-STAT WARNING: 209716 of 262144 entries (80.0 %): the table is filling up"* ]]
	fake 235930 262144 0
	run -2 alarm -w 80 -c 90
	fake 3435973835 4294967295 0
	alarm -w 80
	fake 3435973836 4294967295 0
	run -1 alarm -w 80
	fake 150000 262144 0
	run -1 alarm -w 150000
	alarm -w 150001
	alarm -w 57.3
	run -1 alarm -w 57.2
}

@test "reports a table without a limit, and one with more entries than its limit" {
	fake 5000 0 0
	run -0 alarm -w 80 -c 90
	[[ $output == *"5000 entries, no limit set"* ]]
	[ "$(alarm --json | jq -c '[.max, .percent]')" = '[0,null]' ]
	run -1 alarm -w 4000
	fake 300000 262144 0
	run -2 alarm -w 80 -c 100
}

@test "-q prints nothing unless there is an alarm" {
	fake 10 100 0
	run -0 --separate-stderr alarm --warn 80 -q
	[ -z "$output$stderr" ]
	fake 90 100 0
	run -1 --separate-stderr alarm --warn 80 -q
	[[ $output == "CT-STAT WARNING: 90 of 100 entries"* && -z $stderr ]]
}

@test "warns of early_drop and is critical for drop, only once because of the state file" {
	fake 10 100 0 0
	alarm -w 80
	fake 10 100 0 3
	run -1 alarm -w 80
	[[ $output == *"early_drop +3"* ]]
	run -0 alarm -w 80
	fake 10 100 2 3
	run -2 alarm -w 80
	[[ $output == *"drop +2"* ]]
	run -0 alarm -w 80
	fake 10 100 4 5
	run -0 alarm -w 80 --crit-drop 0 --warn-early-drop 0
	fake 10 100 5 7
	run -0 alarm -w 80 --crit-drop 2 --warn-early-drop 3
}

@test "continues a counter that wrapped around" {
	fake 10 100 4294967295
	alarm -w 80 --crit-drop 0
	fake 10 100 2
	run -2 alarm -w 80
	[[ $output == *"drop +3"* ]]
}

@test "counts everything since the start in the first run" {
	fake 10 100 7
	run -2 alarm -w 80
	[[ $output == *"drop +7"*"since the start"* ]]
	run -0 alarm -w 80
}

# after SECONDS: sets the boot clock of the directory to that many seconds after its first report
after() { echo "$((1000 + $1)).75 100.00" >"$tmp/proc/uptime"; }

@test "--full-in makes a forecast from the state file" {
	fake 10000 100000 0
	alarm -w 99
	cp "$state" "$tmp/first"
	fake 40000 100000 0
	after 300 # 60,000 left, at 100 per second
	run -1 alarm -w 99 --full-in 601s
	[[ $output == *"full in 10 min"* ]]
	cp "$tmp/first" "$state"
	run -0 alarm -w 99 --full-in 600s
	sed 's/^max .*/max 50000/' "$tmp/first" >"$state" # the limit has changed since then
	run -0 alarm -w 99 --full-in 1h
	cp "$tmp/first" "$state"
	after 59 # too short for a forecast
	run -0 alarm -w 99 --full-in 1h
}

@test "--proc takes the boot clock from its directory, not from this machine" {
	fake 10 100 0
	after 86400
	alarm -w 80
	grep -qx 'boottime 87400' "$state"
	rm "$tmp/proc/uptime" # without a boot clock
	before=$(cut -d. -f1 /proc/uptime)
	alarm -w 80 --crit-drop 0 --warn-early-drop 0
	at=$(sed -n 's/^boottime //p' "$state")
	[ "$at" -ge "$before" ] && [ "$at" -le "$(cut -d. -f1 /proc/uptime)" ]
}

@test "--interval measures twice and writes no state file" {
	new_ns twice
	# Stop it when it sleeps, so that the entries are made between its two snapshots, however long that takes.
	inject "clock_nanosleep:signal=SIGSTOP:when=1" sh -c 'echo $$ >"$1" && exec ct-stat --netns twice --interval 1 --json' \
		sh "$tmp/pid" >"$tmp/j" 3>&- &
	wait_for grep -q 'stopped by SIGSTOP' "$tmp/trace"
	ip netns exec twice ctfill 300 >/dev/null
	kill -CONT "$(cat "$tmp/pid")"
	wait $!
	[ "$(jq -c '[.change, .since, .growth.insert]' "$tmp/j")" = '[300,"interval",300]' ]
	[ ! -e "$state" ]
}

@test "--assured counts only the entries that the kernel may not evict" {
	new_ns assured
	ip netns exec assured ctfill -u 300 >/dev/null
	ip netns exec assured ctfill -a -f 300 200 >/dev/null
	[ "$(ct-stat --netns assured --assured --json | jq .assured)" -eq 200 ]
	run -3 setpriv --bounding-set=-net_admin ip netns exec assured ct-stat --assured -w 80 --state "$state"
}

@test "--warn-assured and --crit-assured raise an alarm by the entries that the kernel may not evict" {
	new_ns held
	ip netns exec held ctfill -u 300 >/dev/null
	ip netns exec held ctfill -a -f 300 200 >/dev/null
	held() { ct-stat --netns held --warn-early-drop 0 --crit-drop 0 --state "$state" "$@"; }
	run -0 held --warn-assured 201 --crit-assured 202 --plugin
	[[ $output == "CT-STAT OK - "*" assured=200;201;202 "* ]]
	run -1 held --warn-assured 200
	[[ $output == *"many assured entries"* ]]
	run -1 held --warn-assured 0.01% --crit-assured 99
	run -2 held --warn-assured 150 --crit-assured 200
	[[ $output == *"too many assured entries"* ]]
	[ "$(held --crit-assured 200 --json | jq -c '[.status, .assured]')" = '["CRITICAL",200]' ]
	run -3 setpriv --bounding-set=-net_admin ip netns exec held ct-stat --warn-assured 150 --state "$state"
	[[ $output == *"assured entries: "* ]]
	run -3 --separate-stderr ct-stat --warn-assured 50 --crit-assured 40
	[[ $stderr == *"the limit of --warn-assured is above that of --crit-assured"* ]]
	run -3 --separate-stderr ct-stat --crit-assured x
	[[ $stderr == *"--crit-assured needs a percentage or a number of entries, not x"* ]]
	run -3 --separate-stderr ct-stat --list --crit-assured 50
	[[ $stderr == *"--crit-assured is only valid with the report"* ]]
}

@test "--assured does not count the entries of this system for the files of another one" {
	needs netlink
	fake 10 100 0 0
	run -3 ct-stat --proc "$tmp/proc" --assured --state "$state" -w 99
	[[ $output == *"assured entries: Operation not supported"* ]]
	[ "$(ct-stat --proc "$tmp/proc" --assured --json | jq .assured)" = null ]
}

# syslog REPEAT: adds to $tmp/log what a report sends to /dev/log, which no daemon receives
syslog() {
	strace -qq -s 400 -o "$tmp/trace" -e trace=connect,sendto -e inject=connect:retval=0 -e inject=sendto:retval=1 \
		ct-stat --proc "$tmp/proc" --state "$state" -w 80 -q --syslog=local3.err --repeat "$1" >/dev/null || true
	grep -c '^connect.*"/dev/log"' "$tmp/trace" >>"$tmp/connected" || true
	sed -n 's/^sendto([0-9]*, "//p' "$tmp/trace" >>"$tmp/log"
}

@test "--syslog logs changes of the level, and reminders with --repeat" {
	needs tracing
	fake 10 100 0
	syslog 1h
	[ ! -s "$tmp/log" ]
	fake 90 100 0
	syslog 1h
	syslog 1h
	syslog 1h
	[ "$(wc -l <"$tmp/log")" -eq 1 ]
	echo '1002.25 100.00' >"$tmp/proc/uptime"
	syslog 1s
	fake 10 100 0
	syslog 1h
	syslog 1h
	cat "$tmp/log"
	[ "$(wc -l <"$tmp/log")" -eq 3 ]
	[ "$(grep -c '^<155>.*CT-STAT WARNING: 90 of 100' "$tmp/log")" -eq 2 ]
	grep -q '^<155>.*ct-stat\[[0-9]*\]: CT-STAT OK: 10 of 100' <(tail -n 1 "$tmp/log")
	[ "$(grep -c 1 "$tmp/connected")" -eq 3 ]
}

# ---- a real full table

@test "a full table: warns of evicted entries, and is critical for dropped packets" {
	max=$(cat /proc/sys/net/netfilter/nf_conntrack_max)
	[ "$max" -le 1000000 ] || skip "nf_conntrack_max is $max: too many to fill"
	new_ns full
	ip netns exec full ctfill -u "$max" >/dev/null || true
	run -1 ct-stat --netns full -w 99 --state "$state" --warn-early-drop 0
	knock full 300
	run -1 ct-stat --netns full -w 100000000 --state "$state"
	[[ $output == *"early_drop +"* && $output != *"; drop"* ]]
	ip netns exec full conntrack -F 2>/dev/null
	ip netns exec full ctfill -a "$max" >/dev/null || true
	knock full 300
	run -2 ct-stat --netns full -w 100000000 --state "$state"
	[[ $output == *"drop +"* ]]
	ip netns delete full
}

# ---- faults

@test "fault: without CAP_NET_ADMIN, or as nobody, it reads the counters from /proc" {
	new_ns faults
	ip netns exec faults ctfill 200 >/dev/null
	for who in --bounding-set=-net_admin '--reuid=65534 --clear-groups'; do
		# shellcheck disable=SC2086
		run -0 ip netns exec faults setpriv $who "$(anyone ct-stat)"
		[[ ${lines[0]} == "200 of "* && $output == *"source          /proc/net/stat (netlink: Operation not permitted)"* ]]
		# shellcheck disable=SC2086
		run -1 ip netns exec faults setpriv $who "$(anyone ct-stat)" -w 150 -c 1000 --state "$state"
		# shellcheck disable=SC2086
		run -3 --separate-stderr ip netns exec faults setpriv $who "$(anyone ct-stat)" --top proto
		[[ -z $output && $stderr == *"CAP_NET_ADMIN"* ]]
		# shellcheck disable=SC2086
		run -3 ip netns exec faults setpriv $who "$(anyone ct-stat)" --list
		# shellcheck disable=SC2086
		run -3 ip netns exec faults setpriv $who "$(anyone ct-stat)" --events
	done
}

@test "fault: as nobody it keeps no state, and is OK while nothing was dropped since the start" {
	new_ns nobody
	run -0 ip netns exec nobody setpriv --reuid=65534 --clear-groups "$(anyone ct-stat)" --warn 80 -q
	[ -z "$output" ]
}

@test "fault: with the sysctl files hidden it reads count and max from netlink" {
	new_ns hidden
	ip netns exec hidden ctfill 70 >/dev/null
	run -0 ip netns exec hidden unshare -m sh -c 'mount -t tmpfs tmpfs /proc/sys/net/netfilter && ct-stat --json'
	[ "$(jq -c '[.count, .buckets, .source]' <<<"$output")" = '[70,null,"netlink"]' ]
	[ "$(jq .max <<<"$output")" -eq "$(cat /proc/sys/net/netfilter/nf_conntrack_max)" ]
}

@test "fault: with the sysctl files hidden and no CAP_NET_ADMIN it reads the entries from /proc/net/stat, and the limit is unknown" {
	new_ns hidden2
	ip netns exec hidden2 ctfill 70 >/dev/null
	hide() { ip netns exec hidden2 unshare -m sh -c 'mount -t tmpfs tmpfs /proc/sys/net && exec setpriv --bounding-set=-net_admin "$@"' sh "$@"; }
	run -0 hide ct-stat --json
	[ "$(jq -c '[.count, .max]' <<<"$output")" = '[70,null]' ]
	run -3 hide ct-stat -w 80 --state "$state"
	[[ $output == "CT-STAT UNKNOWN:"*"nf_conntrack_max is not known"* ]]
	run -0 hide ct-stat -w 5000 --state "$state"
}

@test "fault: without statistics it judges the percentage, and the counters are unknown" {
	fake 10 100
	run -3 alarm -w 80
	[[ $output == "CT-STAT UNKNOWN:"*"drop is not known"* ]]
	fake 95 100
	run -1 alarm -w 80
	run -2 alarm -w 80 -c 90
	fake 10 100
	run -0 alarm
	[[ $output == *"drop            n/a"* ]]
}

@test "fault: truncated or foreign statistics are unknown, not zero" {
	fake 10 100 0
	for text in 'entries found drop' $'entries drop early_drop\n0000000a 000000' $'entries drop early_drop\n0000000a 00000000 0000000x' ''; do
		printf %s "$text" >"$tmp/proc/net/stat/nf_conntrack"
		run -3 alarm -w 80
		[[ $output == *"drop is not known"* ]]
	done
}

@test "fault: falls back to /proc where a filter of address families denies netlink" {
	new_ns family
	ip netns exec family ctfill 40 >/dev/null
	run -0 inject "socket:error=EAFNOSUPPORT" ct-stat --netns family
	[[ ${lines[0]} == *"40 of "* && $output == *"source          /proc/net/stat (netlink: Address family not supported by protocol)"* ]]
	run -3 --separate-stderr inject "socket:error=EAFNOSUPPORT" ct-stat --netns family --top proto
	[[ -z $output && $stderr == *"netlink: Address family"* ]]
}

@test "fault: without netlink and statistics it judges the percentage, and the counters are unknown" {
	new_ns bare
	ip netns exec bare ctfill 200 >/dev/null
	cat >"$tmp/hide" <<-'H' # nothing can be mounted over /proc/net, so build another /proc without it
		mount -t tmpfs tmpfs "$1" && mkdir "$1/sys" "$1/self" && mount --rbind /proc/sys "$1/sys" &&
			mount --bind "/proc/$$" "$1/self" && mount --move "$1" /proc # sanitizers read their own process
		shift
		exec setpriv --bounding-set=-net_admin "$@"
	H
	mkdir "$tmp/newproc"
	hide() { ip netns exec bare unshare -m sh "$tmp/hide" "$tmp/newproc" "$@"; }
	run -0 hide ct-stat
	[[ ${lines[0]} == "200 of "* && $output == *"early_drop      n/a"*"source          sysctl only: no counters (netlink: Operation not permitted)"* ]]
	run -3 hide ct-stat -w 80 --state "$state"
	[[ $output == "CT-STAT UNKNOWN: 200 of "*"drop is not known; early_drop is not known"* ]]
	run -1 hide ct-stat -w 150 --state "$state"
	run -0 hide ct-stat -w 80 --crit-drop 0 --warn-early-drop 0 --state "$state"
}

@test "fault: an unreadable count or max is unknown" {
	fake 10 100 0
	echo nonsense >"$tmp/proc/sys/net/netfilter/nf_conntrack_max"
	run -3 alarm -w 80
	[[ $output == *"nf_conntrack_max is not known"* ]]
	fake 10 100
	echo -5 >"$tmp/proc/sys/net/netfilter/nf_conntrack_count"
	run -3 alarm -w 80
	[[ $output == *"number of entries is not known"* ]]
	run -3 alarm
}

@test "fault: is unknown where connection tracking is not active, unless --absent-ok is given" {
	mkdir "$tmp/proc"
	run -3 alarm -w 80
	[ "$output" = "CT-STAT UNKNOWN: connection tracking is not active here" ]
	run -3 alarm
	run -0 alarm -w 80 --absent-ok
	[ "$(alarm --absent-ok --json | jq -c '[.active, .count]')" = '[false,null]' ]
	run -3 alarm -w 80 --plugin
	[[ $output == "CT-STAT UNKNOWN - connection tracking is not active"* ]]
}

@test "fault: ignores a state file of another boot, of another namespace or from the future" {
	for edit in 's/^boot_id .*/boot_id 0000/' 's/^namespace .*/namespace 1/' 's/^boottime .*/boottime 99999999999/'; do
		fake 10 100 5
		alarm -w 80 --crit-drop 0
		alarm -w 80
		sed -i "$edit" "$state"
		run -2 alarm -w 80
		[[ $output == *"drop +5"*"since the start"* ]]
	done
}

@test "fault: compares the boot clock, so setting the wall clock makes no difference" {
	fake 10 100 5
	alarm -w 80 --crit-drop 0
	sed -i 's/^wall .*/wall 99999999999/' "$state"
	fake 10 100 6
	run -2 alarm -w 80
	[[ $output == *"drop +1"* && $output != *"since the start"* ]]
}

@test "fault: reports a damaged state file once, and starts over" {
	fake 10 100 0
	alarm -w 80
	head -c 100 "$state" >"$tmp/cut" && cp "$tmp/cut" "$state"
	run -3 alarm -w 80
	[[ $output == *"CT-STAT UNKNOWN:"*"damaged; starting over"* ]]
	run -0 alarm -w 80
}

@test "fault: a state file that cannot be written is unknown, and hides no alarm" {
	mkdir "$tmp/small"
	state=$tmp/small/state
	fake 10 100 0
	alarm -w 80
	small_disk "$tmp/small" 4K # the old state file fills it
	cp "$state" "$tmp/before"
	run -3 on_disk alarm -w 80
	[[ $output == "CT-STAT UNKNOWN:"*"not saved: No space left on device"* ]]
	cmp "$state" "$tmp/before"
	fake 85 100 0
	run -1 on_disk alarm -w 80
	fake 85 100 1
	run -2 on_disk alarm -w 80
	state=$tmp/nosuch/state
	fake 10 100 0
	run -3 alarm -w 80
	[[ $output == *"not saved: No such file or directory"* ]]
}

@test "fault: reports a state file that this user may not read" {
	new_ns secret
	ip netns exec secret ct-stat -w 80 --state "$state"
	chmod 600 "$state" && chmod 755 "$tmp"
	run -3 ip netns exec secret setpriv --reuid=65534 --clear-groups "$(anyone ct-stat)" -w 80 --state "$state"
	[[ $output == "CT-STAT UNKNOWN:"*"state: Permission denied"* ]]
}

@test "fault: a full disk leaves the old file of --prom unchanged" {
	mkdir "$tmp/small"
	ct-stat --prom="$tmp/small/ct.prom"
	cp "$tmp/small/ct.prom" "$tmp/before"
	small_disk "$tmp/small" 8K
	dd if=/dev/zero of="$tmp/small/fill" bs=1k count=4 2>/dev/null
	run -3 --separate-stderr on_disk ct-stat --prom="$tmp/small/ct.prom"
	[[ $stderr == *"ct.prom: No space left on device"* ]]
	cmp "$tmp/small/ct.prom" "$tmp/before"
	[ "$(find "$tmp/small" -type f | wc -l)" -eq 2 ]
}

@test "fault: reports a namespace that cannot be entered, and measures the others" {
	new_ns good
	ip netns exec good ctfill 20 >/dev/null
	: >/run/netns/broken
	run -3 --separate-stderr ct-stat --netns all --tsv --no-header
	rm /run/netns/broken
	[[ $stderr == *"netns broken: Invalid argument"* ]]
	grep -qP '\tgood\tOK\t20\t' <<<"$output"
}

inject() { # inject SYSCALL:WHAT command...
	local what=$1
	shift
	strace -qq -o "$tmp/trace" -e "trace=${what%%:*}" -e "inject=$what" "$@"
}

@test "fault: tries again after EINTR" {
	new_ns eintr
	ip netns exec eintr ctfill 3000 >/dev/null
	ct-stat --netns eintr --list | awk '{ $3 = ""; print }' | sort >"$tmp/whole"
	for when in 1 2 3 5+3; do
		inject "recvfrom:error=EINTR:when=$when" ct-stat --netns eintr --list | awk '{ $3 = ""; print }' | sort | cmp - "$tmp/whole"
		grep -q INJECTED "$tmp/trace"
	done
	inject "sendto:error=EINTR:when=1" ct-stat --netns eintr --top proto >"$tmp/out"
	grep -q tcp "$tmp/out"
	grep -q INJECTED "$tmp/trace"
}

@test "fault: after ENOBUFS or ENOMEM from netlink the report uses /proc, and --top and --list fail" {
	new_ns enobufs
	ip netns exec enobufs ctfill 3000 >/dev/null
	for error in ENOBUFS ENOMEM; do
		run -0 inject "recvfrom:error=$error:when=1" ct-stat --netns enobufs
		[[ ${lines[0]} == *"3000 of "* && $output == *"source          /proc/net/stat"* ]]
		run -0 inject "recvfrom:error=$error:when=2" ct-stat --netns enobufs --json
		[ "$(jq .count <<<"$output")" -eq 3000 ]
		run -3 --separate-stderr inject "recvfrom:error=$error:when=4" ct-stat --netns enobufs --top proto
		[[ -z $output && $stderr == *"reading the table"* ]]
		run -3 inject "recvfrom:error=$error:when=4" ct-stat --netns enobufs --list
		run -3 inject "socket:error=$error:when=1" ct-stat --netns enobufs --top proto
	done
}

@test "fault: after a truncated answer the report uses /proc, and --top and --list fail" {
	new_ns short
	ip netns exec short ctfill 3000 >/dev/null
	for got in 0 10 20 100; do # bytes of the first answer, and of a later part of the table
		run -0 inject "recvfrom:retval=$got:when=1" ct-stat --netns short
		[[ ${lines[0]} == *"3000 of "* && $output == *"source          /proc/net/stat"* ]]
		run -3 --separate-stderr inject "recvfrom:retval=$got:when=5" ct-stat --netns short --top proto
		[[ -z $output && $stderr == *"reading the table"* ]]
		run -3 inject "recvfrom:retval=$got:when=5" ct-stat --netns short --list
	done
}

@test "makes no request that could load a module" {
	needs netlink
	mkdir "$tmp/proc"
	run -3 inject "socket:error=EPERM:when=100" ct-stat --proc "$tmp/proc"
	run ! grep NETLINK "$tmp/trace"
	# as if nf_conntrack were a module, and the module that answers were not loaded
	cat >"$tmp/modules" <<-'M'
		mount -t tmpfs tmpfs /sys/module
		mkdir /sys/module/nf_conntrack
		echo live >/sys/module/nf_conntrack/initstate
		exec "$@"
	M
	run -0 inject "socket:error=EPERM:when=100" unshare -m sh "$tmp/modules" ct-stat
	[[ $output == *"source          /proc/net/stat (netlink: nf_conntrack_netlink is not loaded)"* ]]
	for mode in --list --events '--top proto'; do
		# shellcheck disable=SC2086
		run -3 --separate-stderr inject "socket:error=EPERM:when=100" unshare -m sh "$tmp/modules" ct-stat $mode
		[[ -z $output && $stderr == *"nf_conntrack_netlink, which is not loaded"* ]]
	done
	run ! grep NETLINK "$tmp/trace"
}

# ---- the rest

@test "exits with 2 on misuse, and with 3 where 2 would mean critical" {
	run -2 ct-stat --nosuch
	[[ $output == *"--nosuch"* ]]
	run -2 ct-stat operand
	run -2 ct-stat --json --prom
	run -3 ct-stat --warn
	run -3 ct-stat --warn abc
	run -3 ct-stat -c 80x
	run -3 ct-stat --plugin --nosuch
	run -3 ct-stat --merge --warn 80
	for args in '--sample 9' '--by bytes' '-n 3' '--list -n 3' '--only new' '--top proto -o id' '--list --buffer 9' \
		'--advise --interval 5' '--sysctl --json' '--list --tsv' '--no-header' '--top proto -q' '--repeat 1h' \
		'--advise --assured' '--events --absent-ok' '--watch --prom'; do
		# shellcheck disable=SC2086
		run -2 ct-stat $args # no option is ignored silently
		[[ $output == *' is only valid with '* ]]
	done
	run -0 ct-stat --help
	[[ ${lines[0]} == usage:* ]]
	run -0 ct-stat --version
}

@test "a message names the option and what it needs" {
	while IFS='|' read -r args text; do
		# shellcheck disable=SC2086
		run -2 ct-stat $args
		[[ ${lines[0]} == "ct-stat: $text" ]]
	done <<-'M'
		--list --dport https|--dport needs a port number, not https
		--list -s example.com|-s needs an address or a network such as 10.0.0.0/8 or fd00::/8, not example.com
		--list -p nosuch|-p needs a protocol such as tcp, udp, icmpv6 or 47, not nosuch
		--list --zone -1|--zone needs a number up to 65535, not -1
		--list --tcp-state OPEN?|--tcp-state needs a state such as TIME_WAIT, not OPEN?
		--list --status assured,odd|--status needs words such as assured,src_nat, not assured,odd
		--list --status assured,|--status needs words such as assured,src_nat, not assured,
		--list -m x|-m needs a number or number/mask, not x
		--list -o timestamp|-o does not know the word "timestamp"
		--events --only new,old|--only does not know the word "old"
		--top proto,|--top cannot count by ""
		--prom=|--prom needs a name, but it is empty
		--netns=|--netns needs a name, but it is empty
		--interval 0|--interval needs a number of at least 1
		--list --advise|use one of --merge, --top, --list, --expect, --events, --watch, --advise and --sysctl
	M
}

@test "a closed standard output is an error, and no output goes to a netlink socket" {
	new_ns closed
	ip netns exec closed ctfill 3000 >/dev/null
	for args in '' --list '--top proto' --json --help "-w 80 -c 90 --state '$state'"; do
		# shellcheck disable=SC2086
		run -3 --separate-stderr inject "write:error=EIO:when=1000" bash -c "exec ct-stat --netns closed $args >&-"
		[[ $stderr == *"standard output: Bad file descriptor"* ]]
		run ! grep -E '^write\(1,.*= [0-9]' "$tmp/trace"
	done
}

@test "lost output is an error" {
	for args in '' --json --plugin --prom; do
		run -3 bash -c "ct-stat $args >/dev/full"
	done
}

@test "--advise names what it measured, and never goes below RFC 5382" {
	new_ns advise
	ip netns exec advise ctfill 5000 >/dev/null
	set_key() { ip netns exec advise sh -c "echo $2 >/proc/sys/net/netfilter/nf_conntrack_$1"; }
	set_key tcp_timeout_established 432000
	run -0 ct-stat --netns advise --advise
	[[ $output == *"net.netfilter.nf_conntrack_tcp_timeout_established = 7440"*  ]]
	[[ $output == *"432000 s"*"entries are ESTABLISHED"* ]]
	set_key tcp_timeout_established 600
	run -0 ct-stat --netns advise --advise
	[[ $output == *"600 s: RFC 5382 requires at least 7440 s"* ]]
	set_key udp_timeout_stream 10
	set_key tcp_timeout_time_wait 900
	set_key tcp_timeout_close_wait 3600
	set_key acct 1
	ip netns exec advise ctfill -f 5000 -s 1 5000 >/dev/null || true
	run -0 ct-stat --netns advise --advise --json
	[ "$(jq -r '[.advice[].name] | sort | join(" ")' <<<"$output")" = "acct established-short one-source time-wait udp-stream-short" ]
	[ "$(jq '[.advice[] | select(.sysctl // "" | test("tcp_timeout_established")) | .value >= 7440] | all' <<<"$output")" = true ]
	[ "$(jq '[.advice[] | select(.sysctl // "" | test("tcp_timeout_(time|close)_wait")) | .value >= 240] | all' <<<"$output")" = true ]
}

@test "--sysctl prints settings that the kernel accepts, and then there is nothing to change" {
	new_ns sysctl
	ip netns exec sysctl sh -c 'echo 432000 >/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established'
	ct-stat --netns sysctl --sysctl >"$tmp/99-conntrack.conf"
	run ! grep -vE '^(#.*|net\.netfilter\.[a-z_]+ = [0-9]+)$' "$tmp/99-conntrack.conf"
	for key in max buckets tcp_timeout_established tcp_timeout_time_wait udp_timeout udp_timeout_stream; do
		grep -qE "^#?net\.netfilter\.nf_conntrack_$key = [0-9]+$" "$tmp/99-conntrack.conf"
	done
	grep '^net' "$tmp/99-conntrack.conf" | while IFS=' =' read -r key value; do
		ip netns exec sysctl sh -c "echo $value >/proc/sys/${key//.//}"
	done
	[ "$(ct-stat --netns sysctl --advise)" = "nothing to change" ]
}

@test "--advise raises the limit of a full table" {
	max=$(cat /proc/sys/net/netfilter/nf_conntrack_max)
	[ "$max" -le 1000000 ] || skip "nf_conntrack_max is $max: too many to fill"
	new_ns fulladvice
	ip netns exec fulladvice ctfill $((max * 9 / 10)) >/dev/null
	run -0 ct-stat --netns fulladvice --advise
	[[ $output == *"[table-full]"* && $output == *"read-only here"* ]]
	ip netns delete fulladvice
}

@test "--watch without a terminal prints plain lines with rates" {
	new_ns watch
	ct-stat --netns watch --watch 1 </dev/null >"$tmp/out" 3>&- &
	wait_for lines_of "$tmp/out" 1
	ip netns exec watch ctfill 1000 >/dev/null
	wait_for grep -q ' count=1000 .*change/s=+0.0' "$tmp/out"
	kill $!
	wait $!
	[[ $(head -1 "$tmp/out") == *" count=0 "*"change/s=+0.0 early_drop/s=0.0 drop/s=0.0 insert_failed/s=0.0" ]]
	[[ $(tail -1 "$tmp/out") == *" count=1000 "* ]]
	grep -qE ' change/s=\+[1-9]' "$tmp/out"
}

@test "--watch on a terminal shows lists, obeys keys, and restores the terminal" {
	command -v script >/dev/null || skip "script is not installed"
	new_ns watchtty
	ip netns exec watchtty ctfill 1000 >/dev/null
	mkfifo "$tmp/keys"
	script -qefc "stty rows 24 cols 90; ct-stat --netns watchtty --watch 1; stty -a" "$tmp/tty" <"$tmp/keys" >/dev/null 3>&- &
	exec 9>"$tmp/keys"
	wait_for grep -q '10.0.0.0 ' "$tmp/tty"
	printf 4 >&9
	wait_for grep -q '^tcp  ' "$tmp/tty"
	printf p >&9
	wait_for grep -q paused "$tmp/tty"
	printf 6 >&9 # the new key is counted at once, even while paused
	wait_for grep -q '^ASSURED  ' "$tmp/tty"
	printf q >&9
	exec 9>&-
	wait $!
	grep -q $'\342\226\201' "$tmp/tty"
	grep -qE '(^| )icanon' "$tmp/tty"
}
