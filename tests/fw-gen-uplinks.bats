#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Tests marks of connections with two uplinks: eth0 to the client, by which the default route goes, and eth2 to isp2.

bats_require_minimum_version 1.5.0
load lib/needs
load lib/net
load lib/gen

setup_file() {
	has packets || return 0
	net_up
	gen_forwards
	ip netns add isp2
	ip -n isp2 link set lo up
	in_ns isp2 sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad; echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad'
	ip -n fw link add eth2 type veth peer name eth0 netns isp2
	net_address fw eth2 192.0.2.1/24 2001:db8:2::1/64
	net_address isp2 eth0 192.0.2.7/24 2001:db8:2::7/64
	ip -n isp2 address add 203.0.113.9/32 dev lo
	ip -n isp2 address add 2001:db8:e::9/128 dev lo
	ip -n isp2 route add default via 192.0.2.1
	ip -n isp2 -6 route add default via 2001:db8:2::1
	in_ns fw sh -c 'for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 >$f; done'
	ip -n fw route add default via 198.51.100.7
	ip -n fw -6 route add default via 2001:db8:f::9
	ip -n fw route add default via 192.0.2.7 table 2
	ip -n fw -6 route add default via 2001:db8:2::7 table 2
	in_ns fw sh -c 'ip rule add fwmark 0x2/0xff table 2; ip -6 rule add fwmark 0x2/0xff table 2'
	net_serve fw tcp:22
	net_serve server tcp:22 udp:53 tcp:80 tcp:443
	net_serve client tcp:25
	net_serve isp2 tcp:873 tcp:25
}

teardown_file() {
	in_netns || return 0
	local pid
	for pid in $(ip netns pids isp2 2>/dev/null); do kill "$pid" 2>/dev/null || true; done
	ip netns delete isp2 2>/dev/null || true
	gen_down
}

setup() { gen_setup; }

asked() { # asked WORD: what a far host hears that asks by the second uplink, from the host itself and from forwarded ports
	local port
	for port in 22 8022; do
		try "$1" isp2 -s 203.0.113.9 tcp 192.0.2.1 $port
		try "$1" isp2 -s 2001:db8:e::9 tcp 2001:db8:2::1 $port
	done
	try "$1" isp2 -s 203.0.113.9 udp 192.0.2.1 5353
	try "$1" isp2 -s 2001:db8:e::9 udp 2001:db8:2::1 5353
}

# profile LINE...: a profile with the zones, services on both uplinks, and these lines
profile() {
	printf '%s\n' 'zone wan = eth0' 'zone lan = eth1 at 192.168.1.0/24, 2001:db8:1::/64' 'allow ssh' "$@" \
		'forward tcp 8022 on wan2 to 192.168.1.100 port 22' 'forward tcp 8022 on wan2 to 2001:db8:1::100 port 22' \
		'forward udp 5353 on wan2 to 192.168.1.100 port 53' 'forward udp 5353 on wan2 to 2001:db8:1::100 port 53' | gen
}

@test "marked connections are answered by the uplink by which they came in, forwarded ones too" {
	needs packets
	profile 'zone wan2 = eth2'
	with_both asked dropped
	check() {
		asked open
		try_both open client tcp FW 22
		# The mark is in the lowest byte of the connection, and only on connections of this uplink.
		in_ns fw conntrack -L -p tcp 2>/dev/null >"$tmp/tracked"
		grep 'src=203.0.113.9 dst=192.0.2.1 .* mark=2 ' "$tmp/tracked"
		grep 'src=198.51.100.7 dst=198.51.100.1 .* mark=0 ' "$tmp/tracked"
	}
	for zone in eth2 'eth2, eth7'; do
		profile "zone wan2 = $zone" 'mark connections from wan2 as 0x2'
		with_both check
	done
}

@test "a mark of connections leaves other bits of the mark alone" {
	needs packets
	profile 'zone wan2 = eth2' 'mark ssh from any on wan2 as 0x500/0xf00' 'mark connections from wan2 as 0x2/0xff'
	check() {
		asked open
		[ "$(counted mangle 'set-xmark 0x500/0xf00')" -ge 1 ]
	}
	with_both check
}

@test "rulesets/multiwan.conf answers for its web server by both uplinks, and sends backups by the second one" {
	needs packets
	ip -n server address add 192.168.1.10/24 dev eth0
	fw-gen ../rulesets/multiwan.conf >"$tmp/rules"
	check() {
		local port
		for port in 80 443; do
			try open isp2 -s 203.0.113.9 tcp 192.0.2.1 $port
			try open client tcp 198.51.100.1 $port
		done
		try dropped isp2 -s 203.0.113.9 tcp 192.0.2.1 22
		try open server tcp 198.51.100.7 25
		# The far host 203.0.113.9 is behind the second uplink only.
		try open server -s 192.168.1.100 tcp 203.0.113.9 873
		try open server -s 2001:db8:1::100 tcp 2001:db8:e::9 873
		[ "$(knock server -s 2001:db8:1::100 -v tcp 2001:db8:e::9 873 | sed -n 2p | cut -d' ' -f1)" = 2001:db8:2::1 ]
		[ "$(knock server -t 300 -s 192.168.1.100 tcp 203.0.113.9 25 || true)" != open ]
	}
	with_both check
	ip -n server address del 192.168.1.10/24 dev eth0
}

@test "two uplinks cannot have the same mark, and the explanation names the routing rule" {
	run -1 --separate-stderr fw-gen -c - <<<$'allow ssh\nzone a = eth0\nzone b = eth1\nmark connections from a as 0x2\nmark connections from b as 0x2'
	[[ $stderr == *'<stdin>:5:1: error: the connections from "a" have this mark already, at <stdin>:4'* ]]
	run -1 fw-gen -c - <<<$'allow ssh\nzone a = eth0\nzone b = eth1\nmark connections from a as 0x2\nmark connections from b as 0x102/0xfff'
	fw-gen -c - <<<$'allow ssh\nzone a = eth0\nzone b = eth1\nmark connections from a as 0x2\nmark connections from b as 0x3\nmark ssh from b as 0x2'
	fw-gen -e - <<<$'allow ssh\nzone a = eth0\nmark connections from a as 0x2' | grep -qx '    ip rule add fwmark 0x2/0xff lookup TABLE'
}
