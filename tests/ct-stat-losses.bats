#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# What the kernel lost, and why: a full table is never confused with NAT that is out of ports, or with packets that clash.

bats_require_minimum_version 1.5.0
load lib/needs

setup() {
	export PATH=$BUILD:$BUILD/tests:$PATH
	tmp=$BATS_TEST_TMPDIR
	state=$tmp/state
}

# fake COUNT COUNTER=N...: makes a directory that --proc reads, of a table of 1000 entries
fake() {
	local count=$1 head=entries line
	shift
	mkdir -p "$tmp/proc/sys/net/netfilter" "$tmp/proc/net/stat"
	echo "$count" >"$tmp/proc/sys/net/netfilter/nf_conntrack_count"
	echo 1000 >"$tmp/proc/sys/net/netfilter/nf_conntrack_max"
	line=$(printf %08x "$count")
	declare -A value=([found]=0 [insert_failed]=0 [drop]=0 [early_drop]=0 [clashres]=0 [chainlength]=0)
	local set
	for set; do value[${set%=*}]=${set#*=}; done
	for set in "${!value[@]}"; do
		head+=" $set"
		line+=$(printf ' %08x' "${value[$set]}")
	done
	printf '%s\n%s\n' "$head" "$line" >"$tmp/proc/net/stat/nf_conntrack"
}

alarm() { ct-stat --proc "$tmp/proc" --state "$state" -w 80 -c 90 "$@"; }

new_link() { # new_link NAME: makes a namespace that sends to 192.0.2.2, where nobody answers
	needs netlink
	ip netns add "$1"
	ip -n "$1" link add out type veth peer name far
	ip -n "$1" link set far up
	ip -n "$1" addr add 192.0.2.1/24 dev out
	ip -n "$1" addr add 2001:db8::1/64 dev out nodad
	ip -n "$1" link set out up
	ip -n "$1" neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev out
	ip -n "$1" neigh add 2001:db8::2 lladdr 02:00:00:00:00:02 dev out
}

send_from_sockets() { # send_from_sockets NAMESPACE ADDRESS N: a UDP packet from each of N sockets
	ip netns exec "$1" python3 -c '
import socket, sys
kind = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
ends = [socket.socket(kind, socket.SOCK_DGRAM) for i in range(int(sys.argv[2]))]
for end in ends:
    try: end.sendto(b"x", (sys.argv[1], 9999))
    except OSError: pass' "$2" "$3"
}

# ---- recorded counters

@test "drop with insert_failed is not critical, and its cause is named" {
	while read -r status cause counters; do
		rm -f "$state"
		# shellcheck disable=SC2086
		fake 10 $counters
		run "-$status" alarm --plugin
		run "-$status" alarm --json --state "$tmp/none"
		rm -f "$tmp/none"
		[ "$(jq -r .cause <<<"$output")" = "$cause" ]
		[ "$(jq -r .refused <<<"$output")" -eq 0 ]
	done <<-'M'
		1 nat drop=17 insert_failed=17 found=53
		0 clash drop=17 insert_failed=17 clashres=400 found=3
		0 collision drop=17 insert_failed=17
		0 collision drop=17 insert_failed=17 found=99 clashres=1
		0 none insert_failed=17
		0 none clashres=40000 found=50000
		0 chain insert_failed=3 chainlength=3
	M
}

@test "a full table is critical, and so are packets that are refused for another cause" {
	while read -r status count cause counters; do
		rm -f "$state"
		# shellcheck disable=SC2086
		fake "$count" $counters
		run "-$status" ct-stat --proc "$tmp/proc" --state "$state" -c 2000 --json
		[ "$(jq -r .cause <<<"$output")" = "$cause" ]
	done <<-'M'
		2 1000 full drop=1
		2 1000 full drop=20 insert_failed=5 found=90
		2 500 full drop=20 insert_failed=5 early_drop=7
		2 1000 full drop=20 insert_failed=4000
		2 10 memory drop=20
		2 10 memory drop=20 insert_failed=5
		2 10 memory drop=20 invalid=19
		1 10 reopen drop=20 invalid=20
		2 1000 full drop=20 invalid=20
		1 1000 eviction early_drop=7
		1 1000 eviction early_drop=7 drop=3 insert_failed=3
		1 999 nat drop=17 insert_failed=17 found=90
	M
}

@test "each format names the cause" {
	fake 10 drop=17 insert_failed=17 found=53
	run -1 alarm --plugin
	[[ $output == "CT-STAT WARNING - 10 of 1000 entries (1.0 %): insert_failed +17 since the start: NAT found no free address and port |"* ]]
	run -0 ct-stat --proc "$tmp/proc"
	[[ $output == *"cause           nat: insert_failed +17 since the start: NAT found no free address and port"* ]]
	run -0 ct-stat --proc "$tmp/proc" --prom
	[[ $output == *$'\n'"ct_stat_cause 4"$'\n'* && $output == *$'\n'"ct_stat_refused_packets 0"$'\n'* ]]
	[[ $output == *$'\n'"ct_stat_collided_packets 17"* ]]
	rm "$state"
	fake 10 drop=17 insert_failed=17 clashres=53
	run -0 alarm --plugin # no alarm, and yet it is said
	[[ $output == "CT-STAT OK - 10 of 1000 entries (1.0 %): insert_failed +17 since the start: packets of one connection"* ]]
	run -0 alarm --plugin # once
	[[ $output == "CT-STAT OK - 10 of 1000 entries (1.0 %) |"* ]]
}

@test "--warn-insert-failed warns of any cause, and 0 of none" {
	fake 10 drop=17 insert_failed=17 clashres=53
	run -1 alarm --warn-insert-failed 17
	rm "$state"
	run -0 alarm --warn-insert-failed 18
	rm "$state"
	fake 10 drop=17 insert_failed=17 found=53
	run -0 alarm --warn-insert-failed 0
	rm "$state"
	run -1 alarm --warn-insert-failed 17
	rm "$state"
	run -0 alarm --warn-insert-failed 18
}

@test "only growth counts: an exhausted range of last week is no cause of today" {
	fake 10 drop=170 insert_failed=170 found=530
	run -1 alarm
	fake 1000 drop=171 insert_failed=170 found=530
	run -2 alarm -w 99% -c 2000 --json
	[ "$(jq -c '[.cause, .refused, .collided]' <<<"$output")" = '["full",1,0]' ]
}

# ---- the kernel

@test "an exhausted range of SNAT is a warning that names NAT, for IPv4 and IPv6, with both backends" {
	command -v python3 >/dev/null || skip "python3 is not installed"
	for backend in nft legacy; do
		new_link "snat$backend"
		ip netns exec "snat$backend" "iptables-$backend" -t nat -A POSTROUTING -p udp -j SNAT --to-source 192.0.2.1:5000-5002
		ip netns exec "snat$backend" "ip6tables-$backend" -t nat -A POSTROUTING -p udp -j SNAT --to-source '[2001:db8::1]:5000-5002'
		rm -f "$state"
		run -0 ip netns exec "snat$backend" ct-stat --plugin -w 80 -c 90 --state "$state"
		for address in 192.0.2.2 2001:db8::2; do
			send_from_sockets "snat$backend" "$address" 20
			run -1 ip netns exec "snat$backend" ct-stat --plugin -w 80 -c 90 --state "$state"
			[[ $output == "CT-STAT WARNING - "*": insert_failed +17: NAT found no free address and port |"* ]]
		done
		run -0 ip netns exec "snat$backend" ct-stat --advise
		[[ $output == *"[nat-exhausted]"* && $output != *"[table-full]"* ]]
		ip netns delete "snat$backend"
	done
}

@test "packets that clash are not critical, whether the kernel resolves the clashes or not" {
	command -v python3 >/dev/null || skip "python3 is not installed"
	new_link storm
	ip netns exec storm iptables -t nat -A OUTPUT -p udp -m statistic --mode random --probability 0.5 -j DNAT --to 192.0.2.2
	ip netns exec storm iptables -t nat -A OUTPUT -p udp -j DNAT --to 192.0.2.2:54
	ip netns exec storm python3 - <<-'P'
		import os, socket, struct, time
		# The same SYN and the same datagram from several processes at the same moment, again and again.
		start = time.monotonic() + 0.3
		def tcp(port):
		    return struct.pack("!HHIIBBHHH", port, 80, 1, 0, 5 << 4, 2, 1000, 0, 0)
		udp = []
		for i in range(2000):
		    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) if i < 500 else None
		    if end: end.connect(("192.0.2.2", 53)); udp.append(end)
		children = []
		for n in range(4):
		    if os.fork() == 0:
		        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
		        for i in range(2000):
		            while time.monotonic() < start + i * 0.0003: pass
		            try:
		                raw.sendto(tcp(1024 + i), ("192.0.2.2", 0))
		                if i < len(udp): udp[i].send(b"x")
		            except OSError: pass
		        os._exit(0)
		for n in range(4): os.wait()
	P
	ip netns exec storm conntrack -S
	run -0 ip netns exec storm ct-stat --plugin -w 80 -c 90 --state "$state"
	ip netns exec storm ct-stat --json --state "$tmp/none" >"$tmp/json"
	jq -c '[.cause, .refused, .collided, .counters.clash_resolve]' "$tmp/json"
	[ "$(jq .refused "$tmp/json")" -eq 0 ]
	if [ "$(jq .counters.drop "$tmp/json")" -gt 0 ]; then # how many clash depends on the machine
		[[ $(jq -r .cause "$tmp/json") =~ ^(clash|collision)$ && $output == *"insert_failed +"* ]]
	fi
	run -0 ip netns exec storm ct-stat --advise
	[[ $output != *"[table-full]"* ]]
}
