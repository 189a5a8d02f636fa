#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Tests words that narrow a line with packets: source ports, MAC addresses, ICMP types, exceptions, and lists.

bats_require_minimum_version 1.5.0
load lib/needs
load lib/net
load lib/gen

setup_file() {
	has packets || return 0
	net_up
	gen_forwards
	ip -n client address add 2001:db8:e::9/64 dev lo
	ip -n client address add 203.0.113.9/24 dev lo
	ip -n fw route add 203.0.113.0/24 via 198.51.100.7
	ip -n fw -6 route add 2001:db8:e::/64 via 2001:db8:f::9
	ip -n server address add 2001:db8:1::101/64 dev eth0 preferred_lft 0
	net_serve fw tcp:22 tcp:25 tcp:80 tcp:443 tcp:3128 tcp:53 udp:53 udp:123 udp:500
	net_serve server tcp:22 tcp:80 tcp:443 tcp:53 udp:53 udp:443 tcp:5353 udp:5353
	net_serve client tcp:22 tcp:25 tcp:80 udp:53 tcp:443
}

teardown_file() { gen_down; }

setup() { gen_setup; }

@test "a source port narrows a line to packets from it" {
	needs packets
	gen <<-END
		zone wan = eth0
		zone lan = eth1
		allow udp 500 from any port 123
		allow udp 53, 123 from any port 123, 6700-6800
		allow dns from wan port 1000-2000, 3000 to lan
	END
	from_port() { # from_port WORD PORT udp|tcp ADDRESSES PORT
		local -n addresses=$4
		try "$1" client -s 198.51.100.7 -p "$2" "$3" "${addresses[0]}" "$5"
		try "$1" client -s 2001:db8:f::9 -p "$2" "$3" "${addresses[1]}" "$5"
	}
	check() {
		from_port open 123 udp FW 500
		from_port dropped 124 udp FW 500
		from_port open 6750 udp FW 53
		from_port open 123 udp FW 123
		from_port dropped 6801 udp FW 53
		from_port dropped 6750 udp FW 500
		from_port open 1500 udp SERVER 53
		from_port open 3000 tcp SERVER 53
		from_port dropped 999 udp SERVER 53
		from_port dropped 2001 tcp SERVER 53
	}
	with_both check
}

@test "a source port of an allowed line without a port is told, and a narrower line does not shadow a wider one" {
	told() { printf '%s\n' 'allow ssh' "$@" | fw-gen -c - 2>&1; }
	told 'allow udp from any port 123' | grep -q '^<stdin>:2:20: warning: the sender chooses its source port'
	[ -z "$(told 'deny udp from any port 123' 'allow udp from self port 123' 'allow udp 53 from any port 53')" ]
	[ -z "$(told 'allow udp 53 from any port 53' 'allow udp 53' 'deny tcp from any port 1-9' 'deny tcp from any port 5-10')" ]
	told 'allow udp 53 from any port 50-60' 'allow udp 53 from any port 53, 55-60' | grep -q '^<stdin>:3:1: warning: unreachable'
}

@test "mac matches the sender on the link, for this host and for hosts behind it" {
	needs packets
	local client other
	client=$(ip -n client -o link show eth0 | sed 's/.*ether \([^ ]*\).*/\1/')
	other=$(ip -n server -o link show eth0 | sed 's/.*ether \([^ ]*\).*/\1/')
	gen <<-END
		zone wan = eth0
		zone lan = eth1
		allow tcp 22 from mac $client
		allow tcp 25 from not mac $client
		allow tcp 80 from mac $client, mac $other on lan
		allow tcp 443 from not mac $client, not mac 02:00:5e:00:53:01
		allow tcp 22 from mac $client to lan
		block from mac 02:00:5e:00:53:77
	END
	check() {
		try_both open client tcp FW 22
		try_both dropped server tcp INNER 22
		try_both dropped client tcp FW 25
		try_both open server tcp INNER 25
		try_both dropped client tcp FW 80
		try_both open server tcp INNER 80
		try_both dropped client tcp FW 443
		try_both open server tcp INNER 443
		try_both open client tcp SERVER 22
		try_both dropped client tcp SERVER 80
		# The address is that of the last hop, whatever the source address is.
		try open client -s 203.0.113.9 tcp 198.51.100.1 22
		try open client -s 2001:db8:e::9 tcp 2001:db8:f::1 22
	}
	with_both check
	printf 'allow ssh\nblock from mac %s\n' "$client" | gen
	check() {
		try_both dropped client tcp FW 22
		try_both open server tcp INNER 22
	}
	with_both check
}

@test "a MAC address on a tunnel is told" {
	printf 'zone vpn = wg0\nallow ssh\nallow http from mac 02:00:5e:00:53:01 on vpn\n' | fw-gen -c - 2>&1 |
		grep -q '^<stdin>:3:17: warning: never matches on "wg0": its packets have no MAC address'
}
