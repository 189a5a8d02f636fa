#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Tests confine with packets: nothing leaves beside the zone, whatever a mark or a route does. The zone is eth1; eth0
# is the clear side, where the client counts what arrives.

bats_require_minimum_version 1.5.0
load lib/needs
load lib/net
load lib/gen

# Hosts that both sides could reach, by family.
FAR=(203.0.113.77 2001:db8:e::77)

setup_file() {
	has packets || return 0
	local ns
	net_up
	gen_forwards
	for ns in client server; do
		ip -n $ns address add 203.0.113.77/32 dev lo
		ip -n $ns -6 address add 2001:db8:e::77/128 dev lo
	done
	# The mark 7 leads to the clear side.
	in_ns fw sh -c 'ip rule add fwmark 0x7 table 7; ip -6 rule add fwmark 0x7 table 7; for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 >$f; done'
	ip -n fw route add default via 198.51.100.7 table 7
	ip -n fw -6 route add default via 2001:db8:f::9 table 7
	net_serve fw tcp:22
	net_serve server tcp:22 tcp:80
	net_serve client tcp:22 tcp:80 udp:51820 udp:53 tcp:25
}

teardown_file() { gen_down; }

setup() {
	gen_setup
	! has packets || by eth1
}

by() { # by eth0|eth1: the way to the far hosts
	local via=(192.168.1.100 2001:db8:1::100)
	[ "$1" = eth1 ] || via=(198.51.100.7 2001:db8:f::9)
	ip -n fw route replace 203.0.113.77 via "${via[0]}"
	ip -n fw -6 route replace 2001:db8:e::77 via "${via[1]}" # a host route: replaced, not added to
}

watch_clear() { # watch_clear: counts from now on what arrives for the far hosts
	ip -n fw neigh flush all # a packet of an earlier step may still wait there for the answer of a neighbour
	ip -n fw -6 neigh flush all
	in_ns client iptables-nft -t raw -F
	in_ns client ip6tables-nft -t raw -F
	in_ns client iptables-nft -t raw -A PREROUTING -i eth0 -d 203.0.113.77
	in_ns client ip6tables-nft -t raw -A PREROUTING -i eth0 -d 2001:db8:e::77
}

in_clear() { # in_clear: the packets of both families
	{ in_ns client iptables-nft -t raw -nvxL PREROUTING; in_ns client ip6tables-nft -t raw -nvxL PREROUTING; } |
		awk '$1 ~ /^[0-9]+$/ { n += $1 } END { print n + 0 }'
}

@test "confine self holds new connections that a mark leads elsewhere, where default out leaks" {
	needs packets
	check() {
		watch_clear
		knock fw -t 300 -s "$2" tcp "${FAR[0]}" 80 >"$tmp/word" || true
		knock fw -t 300 -s "$3" tcp "${FAR[1]}" 80 >"$tmp/word" || true
		[ "$([ "$(in_clear)" = 0 ] && echo held || echo leaked)" = "$1" ]
	}
	printf 'zone vpn = eth1\ndefault out deny\nallow from self to any on vpn\nmark http from self as 0x7\n' | gen
	grep -q 'add "confine self to vpn"' "$tmp/warnings"
	with_both check leaked 192.168.1.1 2001:db8:1::1
	printf 'zone vpn = eth1\nconfine self to vpn\nmark http from self as 0x7\n' | gen
	with_both check held 192.168.1.1 2001:db8:1::1
	# The same from an address of the clear side, by which the answers would come back.
	with_both check held 198.51.100.1 2001:db8:f::1
}

@test "confine self holds a connection whose route moves, even when its address is gone" {
	needs packets
	printf 'zone vpn = eth1\nconfine self to vpn\n' | gen
	moves() { # moves ADDRESS NETWORK-OF-THE-SOURCE: what a connection sends behind the move
		local pid
		: >"$tmp/est"
		ip netns exec fw timeout 60 bash -c "exec 4<>/dev/tcp/$1/80; echo est >'$tmp/est'; until [ -e '$tmp/moved' ]; do sleep 0.05; done; for i in 1 2 3 4 5; do echo hello >&4; sleep 0.1; done" 3>&- 2>/dev/null &
		pid=$!
		wait_for grep -q est "$tmp/est"
		watch_clear
		by eth0
		[ -z "$2" ] || ip -n fw address del "$2" dev eth1
		: >"$tmp/moved"
		wait $pid || true
		[ -z "$2" ] || ip -n fw address add "$2" dev eth1
		rm -f "$tmp/moved"
		by eth1
	}
	check() {
		local address
		for address in "${FAR[@]}"; do
			moves "$address" ''
			[ "$(in_clear)" = 0 ]
		done
		moves 2001:db8:e::77 2001:db8:1::1/64
		[ "$(in_clear)" = 0 ]
	}
	with_both check
}

# Data that the far host never gets is repeated after the program has closed its socket and exited: no socket, no address.
@test "confine self holds what is repeated for a closed socket when its address is gone" {
	needs packets
	orphan() { # orphan: leaves such a connection; its route and its address move to the clear side
		local pid
		: >"$tmp/est"
		ip netns exec fw timeout 60 bash -c "exec 4<>/dev/tcp/2001:db8:e::77/80; cat <&4 >/dev/null; echo est >'$tmp/est'; until [ -e '$tmp/deaf' ]; do sleep 0.05; done; echo hello >&4" 3>&- 2>/dev/null &
		pid=$!
		wait_for grep -q est "$tmp/est"
		in_ns server ip6tables-nft -t raw -A PREROUTING -d 2001:db8:e::77 -j DROP
		: >"$tmp/deaf"
		wait $pid
		rm "$tmp/deaf"
		watch_clear
		by eth0
		ip -n fw address del 2001:db8:1::1/64 dev eth1
	}
	over() {
		in_ns server ip6tables-nft -t raw -F PREROUTING
		ip -n fw address add 2001:db8:1::1/64 dev eth1 nodad
		by eth1
	}
	leaked() { [ "$(in_clear)" -gt 0 ]; }
	held() { in_ns fw "ip6tables-$backend" -t mangle -nvxL OUTPUT | grep -q '^ *[1-9].*!LOCAL'; }
	printf 'zone vpn = eth1
' | gen
	control() { orphan; wait_for leaked; over; }
	with_both control
	printf 'zone vpn = eth1
confine self to vpn
' | gen
	check() { orphan; wait_for held; [ "$(in_clear)" = 0 ]; over; }
	with_both check
}

@test "confine self leaves the loopback, the neighbours and the exceptions alone, and nothing else" {
	needs packets
	gen <<-END
		zone wan = eth0
		zone vpn = eth1
		allow ssh
		confine self to vpn except udp 51820 to 198.51.100.7, 2001:db8:f::9 on wan
	END
	grep -q 'answers to what this line accepts cannot leave beside "vpn"' "$tmp/warnings"
	check() {
		ip -n fw neigh flush all
		try_both open fw udp CLIENT 51820
		try_both dropped fw tcp CLIENT 25
		try refused fw udp 198.51.100.7 53 # the sender is told
		try_both open fw tcp SERVER 22
		try open fw tcp 127.0.0.1 22
		try open fw tcp ::1 22
		try_both dropped client tcp FW 22
		try_both open server tcp INNER 22
		# An echo request with the hop limit of a neighbour is none.
		run ! in_ns fw ping -6 -t 255 -c 1 -W 1 2001:db8:f::9
	}
	with_both check
	gen <<-END
		zone vpn = eth1
		hosts admins = 198.51.100.0/24, 2001:db8:f::/64
		allow ssh from admins
		confine self to vpn except to admins
	END
	[ ! -s "$tmp/warnings" ]
	check() { try_both open client tcp FW 22; }
	with_both check
}

@test "confine of a zone drops what goes elsewhere, also from an address that the zone does not name" {
	needs packets
	gen <<-END
		zone wan = eth0
		zone lan = eth1 at 192.168.1.0/24
		zone vpn = wg0, wg1
		default forward allow
		confine lan to vpn except http to any on wan
	END
	check() {
		try_both dropped server tcp CLIENT 25
		try_both dropped server tcp CLIENT 22
		try_both open server tcp CLIENT 80
	}
	with_both check
	printf 'zone wan = eth0\nzone lan = eth1 at 192.168.1.0/24\ndefault forward allow\nconfine lan to wan\n' | gen
	check() { try_both open server tcp CLIENT 22; }
	with_both check
}

@test "confine of addresses is about this host and the hosts behind it" {
	needs packets
	gen <<-END
		zone vpn = eth2
		default forward allow
		confine 192.168.1.101, 198.51.100.1, 2001:db8:f::1 to vpn except tcp 80 to any
	END
	check() {
		try dropped server -s 192.168.1.101 tcp 198.51.100.7 22
		try open server -s 192.168.1.100 tcp 198.51.100.7 22
		try open server -s 192.168.1.101 tcp 198.51.100.7 80
		try dropped fw -s 198.51.100.1 tcp 198.51.100.7 22
		try dropped fw -s 2001:db8:f::1 tcp 2001:db8:f::9 22
		try open fw -s 198.51.100.1 tcp 198.51.100.7 80
	}
	with_both check
}

@test "a line that is no fence for what this host sends names confine" {
	told() { printf '%s\n' 'zone wan = eth0' 'zone vpn = tun0' 'zone rack = eth1 at 10.0.0.0/8, fd00::/8' 'allow ssh' "$@" | fw-gen -c - 2>&1 | grep -c confine; }
	[ "$(told 'default out deny' 'allow from self to any on vpn')" = 1 ]
	[ "$(told 'default out reject' 'allow http, https from self to vpn')" = 1 ]
	[ "$(told 'deny from self to not vpn')" = 1 ]
	[ "$(told 'deny from self to any on wan' 'mark http from self as 0x7')" = 1 ]
	[ "$(told 'deny http from self to wan' 'raw mangle OUTPUT -p tcp -j MARK --set-mark 7')" = 1 ]
	[ "$(told 'default out deny' 'allow dns from self to rack')" = 0 ]
	[ "$(told 'default out deny' 'allow dns from self')" = 0 ]
	[ "$(told 'deny smtp from self to wan')" = 0 ]
	[ "$(told 'default out deny' 'allow from self to any on vpn' 'confine self to vpn except to 10.0.0.0/8, fd00::/8')" = 0 ]
}
