#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-load --cuts says which live connections a load cuts. Each statement is compared with what real connections do.

load lib/load

setup() { load_setup; b=nft; }
teardown() { load_teardown; }

# The host $ns has a client on eth0 (198.51.100.7, 2001:db8:f::9) and a server on eth1 (192.0.2.10, .11, 2001:db8:1::10).
cable() {
	local end
	c=$ns-c s=$ns-s
	for end in c s; do
		ip netns add "${!end}"
		ip -n "${!end}" link set lo up
		quick "${!end}"
	done
	quick "$ns"
	ip -n "$ns" link add eth0 type veth peer name eth0 netns "$c"
	ip -n "$ns" link add eth1 type veth peer name eth0 netns "$s"
	address "$ns" eth0 198.51.100.1/24 2001:db8:f::1/64
	address "$ns" eth1 192.0.2.1/24 2001:db8:1::1/64
	address "$c" eth0 198.51.100.7/24 2001:db8:f::9/64
	address "$s" eth0 192.0.2.10/24 192.0.2.11/24 2001:db8:1::10/64
	ip -n "$c" route add default via 198.51.100.1
	ip -n "$s" route add default via 192.0.2.1
	ip -n "$c" route add default via 2001:db8:f::1
	ip -n "$s" route add default via 2001:db8:1::1
	in_ns sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

quick() { ip netns exec "$1" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0; }

address() { # address NAMESPACE INTERFACE ADDRESS...
	local to=$1 dev=$2 one
	for one in "${@:3}"; do ip -n "$to" address add "$one" dev "$dev"; done
	ip -n "$to" link set "$dev" up
}

serve() { # serve NAMESPACE PORT...
	ip netns exec "$1" python3 lib/connections.py serve "${@:2}" >"$tmp/served-$1" 2>&1 3>&- &
	wait_for grep -q ready "$tmp/served-$1"
}

hold_open() { # hold_open [--listen] tcp:PORT:ADDRESS...: opens these connections from the client, and keeps them
	rm -f "$tmp/held".*
	ip netns exec "$c" python3 lib/connections.py hold "$tmp/held" "$@" >"$tmp/fates" 2>&1 3>&- &
	wait_for test -e "$tmp/held.up" -o -e "$tmp/held.done"
}

fates() { # prints what becomes of them now
	: >"$tmp/held.go"
	wait_for test -e "$tmp/held.done"
	cat "$tmp/fates"
}

filter() { # filter RULE...: a text with these rules, INPUT and FORWARD dropping
	printf '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n'
	printf -- '-A %s\n' "$@"
	printf 'COMMIT\n'
}

# forget: no rules and no tracked connections, as on a new host
forget() { in_ns nft flush ruleset; in_ns conntrack -F 2>/dev/null; rm -rf "$state"; }

known='INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'
through='FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'
# Neighbours must go on finding each other.
neighbours='INPUT -p ipv6-icmp -j ACCEPT'

@test "says which connection the new rules cut, by the line that drops it, and the plan says it too" {
	cable
	serve "$ns" 22 443
	filter "$known" 'INPUT -p tcp --dport 22 -j ACCEPT' 'INPUT -p tcp --dport 443 -j ACCEPT' | put
	hold_open tcp:22:198.51.100.1 tcp:443:198.51.100.1 tcp:443:198.51.100.1
	filter 'INPUT -p tcp --dport 22 -j ACCEPT' 'INPUT -p tcp --dport 443 -j REJECT' >"$tmp/new"
	run -0 --separate-stderr put -n "$tmp/new"
	[[ $output == *$'\nof 3 live connections at the moment, these rules cut 2 at once\n  cut: tcp 443 to this host: 2 from 198.51.100.0/24, rejected by '"$tmp/new:6" ]]
	run -0 put "$tmp/new"
	[[ $output == "fw-load: of 3 live connections at the moment, these rules cut 2 at once"* ]]
	[ "$(fates | grep -c ' cut')" = 2 ]
	grep -qx 'tcp:22:198.51.100.1 goes on' "$tmp/fates"
}

@test "says nothing of connections that the new rules treat as those in force do" {
	cable
	serve "$ns" 22
	filter "$known" 'INPUT -p tcp --dport 22 -j ACCEPT' | put
	hold_open tcp:22:198.51.100.1
	filter "$known" 'INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -j ACCEPT' 'INPUT -p tcp --dport 80 -j ACCEPT' >"$tmp/new"
	run -0 put --cuts=refuse "$tmp/new"
	[ -z "$output" ]
	[ "$(fates)" = $'tcp:22:198.51.100.1 goes on\ntcp:22:198.51.100.1 opens' ]
}

@test "a connection that goes on, but cannot be opened again, is a line of its own" {
	cable
	serve "$ns" 22
	filter "$known" 'INPUT -p tcp --dport 22 -j ACCEPT' | put
	hold_open tcp:22:198.51.100.1
	run -0 put --cuts=refuse < <(filter "$known")
	[ "$output" = "fw-load: of 1 live connection at the moment, these rules cut 0 at once, and 1 more cannot be opened again
  cannot be opened again: tcp 22 to this host: 1 from 198.51.100.0/24, dropped by the policy of INPUT" ]
	[ "$(fates)" = $'tcp:22:198.51.100.1 goes on\ntcp:22:198.51.100.1 closed' ]
}

# untracked SPEAKER RULE...: a session that is older than the first rule; prints what fw-load says and what happens
untracked() {
	local speaker=$1 listen=
	shift
	forget
	[ "$speaker" = client ] || listen=--listen
	hold_open $listen tcp:22:198.51.100.1
	filter "$@" | put --cuts=report
	[ "$speaker" = client ] || kill -USR1 "$(ip netns pids "$ns")"
	fates | head -n 1
}

@test "a session that no rule tracked before: cut if the other side speaks first" {
	cable
	serve "$ns" 22
	run untracked client "$known"
	[[ $output == *"may cut "*"cut if the other side speaks first: tcp 22 to this host"*"tcp:22:198.51.100.1 cut" ]]
	run untracked server "$known"
	[[ $output == *"cut if the other side speaks first"*"tcp:22:198.51.100.1 goes on" ]]
	run untracked client "$known" 'INPUT -p tcp --syn --dport 22 -j ACCEPT'
	[[ $output == *"cut if the other side speaks first"*"tcp:22:198.51.100.1 cut" ]]
	run untracked client "$known" 'INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -j ACCEPT'
	[ "$output" = "tcp:22:198.51.100.1 goes on" ]
	in_ns sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
	run untracked client "$known" 'INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -j ACCEPT'
	[[ $output == *"  cut: tcp 22 to this host: "*"tcp:22:198.51.100.1 cut" ]]
	run untracked client 'INPUT -p tcp --dport 23 -j ACCEPT'
	[[ $output == *"  cut: tcp 22 to this host: "*"tcp:22:198.51.100.1 cut" ]]
}

nat() { # nat RULE...: a table before that of filter
	printf '*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n'
	[ $# -eq 0 ] || printf -- '-A %s\n' "$@"
	printf 'COMMIT\n'
}

# translated: a connection through DNAT before the text of standard input is loaded; prints what is said and what happens
translated() {
	forget
	{
		nat 'PREROUTING -d 198.51.100.1/32 -p tcp --dport 8443 -j DNAT --to-destination 192.0.2.10:443'
		filter "$through" 'FORWARD -d 192.0.2.10 -p tcp --dport 443 -j ACCEPT'
	} | put -4
	hold_open tcp:8443:198.51.100.1
	put -4 --cuts=report "$@"
	fates
}

to_server='PREROUTING -d 198.51.100.1/32 -p tcp --dport 8443 -j DNAT --to-destination 192.0.2.10:443'
goes_on_closed=$'tcp:8443:198.51.100.1 goes on\ntcp:8443:198.51.100.1 closed'

@test "a translated connection goes on without its DNAT rule, but cannot be opened again" {
	cable
	serve "$s" 443
	run translated < <(nat; filter "$through" 'FORWARD -d 192.0.2.10 -p tcp --dport 443 -j ACCEPT')
	[[ $output == *"cannot be opened again: tcp 8443 through this host: 1 from 198.51.100.0/24, dropped by the policy of INPUT
$goes_on_closed" ]]
}

@test "a translated connection goes on when its DNAT rule leads to another server, but cannot be opened again" {
	cable
	serve "$s" 443
	run translated < <(nat "${to_server/2.10/2.12}"; filter "$through" 'FORWARD -d 192.0.2.12 -p tcp --dport 443 -j ACCEPT')
	[[ $output == *"cannot be opened again: tcp 8443 through this host: 1 from 198.51.100.0/24, it is translated otherwise
$goes_on_closed" ]]
}

@test "a translated connection is cut when only its way there is allowed" {
	cable
	serve "$s" 443
	run translated < <(nat "$to_server"; filter 'FORWARD -d 192.0.2.10 -p tcp --dport 443 -j ACCEPT')
	[[ $output == *"  cut: tcp 8443 through this host: 1 from 198.51.100.0/24, dropped by the policy of FORWARD"*" cut"* ]]
}

@test "a translated connection is cut when it is not tracked any more" {
	cable
	serve "$s" 443
	run translated < <(
		printf '*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j CT --notrack\nCOMMIT\n'
		nat "$to_server"
		filter "$through" 'FORWARD -d 192.0.2.10 -p tcp --dport 443 -j ACCEPT'
	)
	[[ $output == *"  cut: tcp 8443 through this host: 1 "*" cut"* ]]
}

# With so many, fw-load first looks which of them the changed rules can concern.
@test "finds a translated connection among thousands, whose DNAT rule is gone" {
	cable
	serve "$s" 443
	forget
	{ nat "$to_server"; filter "$through" 'FORWARD -d 192.0.2.10 -p tcp --dport 443 -j ACCEPT'; } | put -4
	hold_open tcp:8443:198.51.100.1
	in_ns "$BUILD/tests/ctfill" -a 10000 >/dev/null
	put -4 --cuts=off < <(nat; filter "$through" 'FORWARD -d 192.0.2.10 -p tcp --dport 443 -j ACCEPT')
	run -0 put -4 -v < <(nat; filter "$through" 'FORWARD -d 192.0.2.10 -p tcp --dport 443 -j ACCEPT' 'INPUT -p tcp --dport 999 -j DROP')
	[[ $output != *cut* ]]
	run -0 put -4 -v < <(nat; filter 'FORWARD -p tcp --dport 443 -m conntrack --ctstate DNAT -j DROP' "$through")
	[[ $output == *"  cut: tcp 8443 through this host: 1 from 198.51.100.0/24, dropped by"* ]]
	[ "$(fates | head -n 1)" = 'tcp:8443:198.51.100.1 cut' ]
}

@test "a translated connection goes on when the text has no table nat: its chains stay" {
	cable
	serve "$s" 443
	run translated --replace < <(filter "$through" 'FORWARD -d 192.0.2.10 -p tcp --dport 443 -j ACCEPT')
	[[ $output == *"cannot be opened again"*"$goes_on_closed" ]]
}

# --- the own session ---------------------------------------------------------------------------------

# as_session ADDRESS COMMAND...: a client at ADDRESS of the host logs in, and its shell runs the command in $ns. Its output is
# in $tmp/said.
as_session() {
	local address=$1
	shift
	rm -f "$tmp/said" "$tmp/held".*
	(
		status=0
		in_ns "${ssh_env[@]}" python3 lib/connections.py session 22 "$@" >"$tmp/said" 2>&1 3>&- </dev/null || status=$?
		echo "status $status" >>"$tmp/said"
	) 3>&- &
	wait_for grep -q -e ready -e status "$tmp/said"
	hold_open "tcp:22:$address"
	wait_for grep -q '^status' "$tmp/said"
	cat "$tmp/said"
}

ssh_env=()
closing() { filter "$neighbours" 'INPUT -p tcp --dport 443 -j ACCEPT' >"$tmp/new"; } # no rule lets an SSH session live
load_new() { echo fw-load -b "$b" -s "$state" "$@" "$tmp/new"; }

own='nothing was changed, as your own session would be cut'

@test "refuses to cut the session of the user: status 13, and rules, generations and state stay byte by byte" {
	for b in nft legacy; do
		fresh
		cable
		filter "$known" "$neighbours" 'INPUT -p tcp --dport 22 -j ACCEPT' | put
		live >"$tmp/before"
		(cd "$state" && find . -type f ! -name '*lock*' -exec sha256sum {} + | sort) >"$tmp/state-before"
		closing
		as_session 198.51.100.1 $(load_new)
		grep -qx 'status 13' "$tmp/said"
		grep -q "$own" "$tmp/said"
		grep -qE '^  cut: your own session, 198.51.100.7:[0-9]+ -> 198.51.100.1:22, dropped by the policy of INPUT$' "$tmp/said"
		live | diff "$tmp/before" -
		(cd "$state" && find . -type f ! -name '*lock*' -exec sha256sum {} + | sort) | diff "$tmp/state-before" -
	done
}

@test "--force lists the session all the same, loads, and the generation records how many were cut" {
	cable
	filter "$known" "$neighbours" 'INPUT -p tcp --dport 22 -j ACCEPT' | put
	closing
	as_session 198.51.100.1 $(load_new --force)
	grep -qx 'status 0' "$tmp/said"
	grep -q 'cut: your own session' "$tmp/said"
	fates | grep -qx 'tcp:22:198.51.100.1 cut'
	zcat "$state/generations/000002.gz" | grep -qx 'cut 1'
	fw-save -s "$state" --show 2 | diff "$tmp/new" -
}

@test "finds the session without the environment, in another session of processes, and over IPv6" {
	cable
	filter "$known" "$neighbours" 'INPUT -p tcp --dport 22 -j ACCEPT' | put
	closing
	ssh_env=(env -u SSH_CONNECTION)
	as_session 198.51.100.1 env -i "PATH=$PATH" $(load_new)
	grep -qx 'status 13' "$tmp/said"
	as_session 198.51.100.1 setsid -w $(load_new)
	grep -qx 'status 13' "$tmp/said"
	as_session 198.51.100.1 sh -c "env -i $BUILD/$(load_new) 2>&1; echo \$?" sh
	grep -qx 13 "$tmp/said"
	as_session 2001:db8:f::1 $(load_new)
	grep -qx 'status 13' "$tmp/said"
	grep -qE 'your own session, \[2001:db8:f::9\]:[0-9]+ -> \[2001:db8:f::1\]:22' "$tmp/said"
}

@test "the example of the manual" {
	cable
	serve "$ns" 443
	filter "$known" 'INPUT -p tcp --dport 22 -j ACCEPT' 'INPUT -p tcp --dport 443 -j ACCEPT' | put
	sed -n '/^# cat web.rules/,/^# fw-load/p' ../man/fw-load.8 | sed '1d; $d' >"$tmp/web.rules"
	sed -n '/^# fw-load -4 web.rules/,/^.Ed/p' ../man/fw-load.8 | sed '1d; $d' >"$tmp/wanted"
	ip netns exec "$c" python3 lib/connections.py hold "$tmp/web" tcp:443:198.51.100.1 tcp:443:198.51.100.1 >"$tmp/web.said" 2>&1 3>&- &
	wait_for test -e "$tmp/web.up"
	as_session 198.51.100.1 sh -c "cd '$tmp' && exec fw-load -b nft -s '$state' -4 web.rules"
	sed -E '/^(ready|status)/d; s/:[0-9]+ ->/:40112 ->/' "$tmp/said" | diff "$tmp/wanted" -
}

@test "--confirm loads with a warning although the session of the user is cut, and undoes the load" {
	cable
	filter "$known" "$neighbours" 'INPUT -p tcp --dport 22 -j ACCEPT' | put
	closing
	as_session 198.51.100.1 $(load_new --confirm 2)
	grep -q 'cut: your own session' "$tmp/said"
	grep -q 'warning: your own session will be cut' "$tmp/said"
	grep -qx 'status 9' "$tmp/said"
	in_ns iptables-nft -C INPUT -p tcp --dport 22 -j ACCEPT
}

@test "--cuts=refuse, report and off, and a rollback, which is never refused" {
	cable
	serve "$ns" 22
	filter "$known" 'INPUT -p tcp --dport 22 -j ACCEPT' | put
	filter 'INPUT -p tcp --dport 443 -j ACCEPT' >"$tmp/new"
	put --cuts=off "$tmp/new"
	filter "$known" 'INPUT -p tcp --dport 22 -j ACCEPT' | put
	hold_open tcp:22:198.51.100.1
	live >"$tmp/before"
	run -13 put --cuts=refuse "$tmp/new"
	[[ $output == *"nothing was changed, as live connections would be cut"* ]]
	live | diff "$tmp/before" -
	run -0 put --cuts=off "$tmp/new"
	[ -z "$output" ]
	filter "$known" 'INPUT -p tcp --dport 22 -j ACCEPT' | put
	run -0 put --rollback
	[[ $output == *"cut: tcp 22"* ]]
	run -2 put --cuts=no "$tmp/new"
	run -2 put --force --check "$tmp/new"
	run -0 put --cuts refuse --force --replace "$tmp/new"
}

# --- faults ------------------------------------------------------------------------------------------

# breaking ERRNO [TIMES]: requests to the tracking table fail from now on
breaking() {
	needs cc
	[ -e "$tmp/no-conntrack.so" ] || cc -shared -fPIC -o "$tmp/no-conntrack.so" lib/no-conntrack.c
	export CT_ERRNO=$1 CT_TIMES=${2-1000}
	preload=(env "LD_PRELOAD=$tmp/no-conntrack.so" "ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0")
}

@test "where the tracking table cannot be read, one warning says so, and the session is judged by its socket" {
	cable
	serve "$ns" 443
	filter "$known" 'INPUT -p tcp --dport 22 -j ACCEPT' 'INPUT -p tcp --dport 443 -j ACCEPT' | put
	hold_open tcp:443:198.51.100.1
	breaking 1
	closing
	run -0 in_ns "${preload[@]}" fw-load -b nft -s "$state" -n "$tmp/new"
	[ "$(grep -c warning <<<"$output")" = 1 ]
	[[ $output == *"live connections: the tracked connections cannot be read: Operation not permitted"* ]]
	as_session 198.51.100.1 "${preload[@]}" $(load_new)
	grep -qx 'status 13' "$tmp/said"
	grep -q 'of 1 live connection at the moment' "$tmp/said"
	filter "$known" 'INPUT -p tcp --dport 80 -j ACCEPT' >"$tmp/new"
	as_session 198.51.100.1 "${preload[@]}" $(load_new)
	grep -qx 'status 0' "$tmp/said"
}

@test "reads the tracking table once more if others changed it meanwhile" {
	cable
	serve "$ns" 22
	filter "$known" 'INPUT -p tcp --dport 22 -j ACCEPT' | put
	hold_open tcp:22:198.51.100.1
	breaking 4 1
	filter 'INPUT -p tcp --dport 443 -j ACCEPT' >"$tmp/new"
	run -13 in_ns "${preload[@]}" fw-load -b nft -s "$state" --cuts=refuse "$tmp/new"
	[[ $output != *warning* ]]
}

@test "an old SSH_CONNECTION, or a session of another network namespace, is nobody's" {
	cable
	serve "$ns" 22
	filter "$known" 'INPUT -p tcp --dport 22 -j ACCEPT' | put
	hold_open tcp:22:198.51.100.1
	closing
	run -0 in_ns env SSH_CONNECTION='198.51.100.7 1 198.51.100.1 22' fw-load -b nft -s "$state" "$tmp/new"
	[[ $output == *"cut: tcp 22 to this host: 1"* ]]
	filter "$known" 'INPUT -p tcp --dport 22 -j ACCEPT' | put
	# The session is one of the server, from which the rules of $ns are loaded.
	address=192.0.2.10
	ip netns exec "$s" python3 lib/connections.py session 23 ip netns exec "$ns" fw-load -b nft -s "$state" "$tmp/new" >"$tmp/said" 2>&1 3>&- </dev/null &
	wait_for grep -q ready "$tmp/said"
	ip netns exec "$s" python3 lib/connections.py hold "$tmp/inner" tcp:23:127.0.0.1 >/dev/null 2>&1 3>&- &
	wait_for grep -q 'live connection' "$tmp/said"
	[[ $(cat "$tmp/said") != *"$own"* ]]
	grep -q 'cut: tcp 22 to this host' "$tmp/said"
}

@test "a refusal stands when nobody reads what is said" {
	cable
	serve "$ns" 22
	filter "$known" 'INPUT -p tcp --dport 22 -j ACCEPT' | put
	hold_open tcp:22:198.51.100.1
	live >"$tmp/before"
	filter 'INPUT -p tcp --dport 443 -j ACCEPT' >"$tmp/new"
	mkfifo "$tmp/pipe"
	exec 7<>"$tmp/pipe" 8>"$tmp/pipe" 7<&-
	status=0
	put --cuts=refuse "$tmp/new" 2>&8 || status=$?
	exec 8>&-
	[ "$status" = 13 ]
	live | diff "$tmp/before" -
}

# tests/prove/cuts.py SEED COUNT tries more; `make prove` runs it.
@test "random rules: what is listed as cut is dead, and what is not listed goes on and can be opened again" {
	cd "$tmp"
	for b in nft legacy; do
		run -0 timeout 300 "$BATS_TEST_DIRNAME/../scripts/netns-run" python3 "$BATS_TEST_DIRNAME/prove/cuts.py" 2 1 $b
	done
}

@test "refuses to cut the session on a host where nothing is tracked yet, because its user is the next to send" {
	cable
	closing
	as_session 198.51.100.1 $(load_new)
	grep -qx 'status 13' "$tmp/said"
	grep -qE '^  cut: your own session, ' "$tmp/said"
	filter "$known" "$neighbours" 'INPUT -p tcp --dport 443 -j ACCEPT' >"$tmp/new"
	as_session 198.51.100.1 $(load_new)
	grep -qx 'status 13' "$tmp/said"
	grep -qE '^  cut if the other side speaks first: your own session, ' "$tmp/said"
	filter "$known" "$neighbours" 'INPUT -p tcp --dport 22 -j ACCEPT' >"$tmp/new"
	as_session 198.51.100.1 $(load_new)
	[ "$(cat "$tmp/said")" = $'ready\nstatus 0' ]
	[[ $(fates) == 'tcp:22:198.51.100.1 '* ]]
}

@test "keeps to twenty lines, and -v lists all" {
	local port ports=()
	cable
	for ((port = 2000; port < 2030; port++)); do ports+=("$port"); done
	serve "$ns" "${ports[@]}"
	filter "$known" 'INPUT -p tcp -j ACCEPT' | put
	hold_open $(printf "tcp:%s:198.51.100.1 " "${ports[@]}")
	filter 'INPUT -p tcp --dport 1 -j ACCEPT' >"$tmp/new"
	run -0 put -n "$tmp/new"
	[ "$(grep -c '^  ' <<<"$output")" -le 18 ]
	[[ $output == *$'\n  and 16 more lines like these' ]]
	run -13 put -v --cuts=refuse "$tmp/new"
	[ "$(grep -c '^  cut: tcp ' <<<"$output")" = 30 ]
}

@test "finds the session through su" {
	needs root
	cable
	filter "$known" "$neighbours" 'INPUT -p tcp --dport 22 -j ACCEPT' | put
	closing
	as_session 198.51.100.1 su - root -c "PATH='$PATH' XTABLES_LOCKFILE='$XTABLES_LOCKFILE' $(load_new)"
	grep -qx 'status 13' "$tmp/said"
	grep -q "$own" "$tmp/said"
}
