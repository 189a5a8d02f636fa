#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Tests sentences about addresses with packets: an address can be one of this host or one behind it.

bats_require_minimum_version 1.5.0
load lib/needs
load lib/net
load lib/gen

# A second address of the firewall, and a second server behind it, by family.
OWN=(198.51.100.2 2001:db8:f::2)
OTHER=(192.168.1.101 2001:db8:1::101)

setup_file() {
	has packets || return 0
	net_up
	gen_forwards
	net_address fw eth0 198.51.100.2/24 2001:db8:f::2/64
	ip -n server address add 2001:db8:1::101/64 dev eth0
	net_serve fw tcp:22 tcp:25 tcp:443 tcp:5432 udp:53
	net_serve server tcp:22 tcp:80 tcp:443
	net_serve client tcp:25 tcp:80
}

teardown_file() { gen_down; }

setup() { gen_setup; }

@test "to ADDRESS denies and allows the ports of an own address, and of a host behind this one" {
	needs packets
	gen <<-END
		allow ssh from any to 192.168.1.100, 2001:db8:1::100
		deny tcp 5432 from any to 198.51.100.2, 2001:db8:f::2
		allow tcp 5432
		allow https from any to 198.51.100.2, 2001:db8:f::2 limit 2/h
	END
	check() {
		try_both dropped client tcp OWN 5432
		try_both open client tcp FW 5432
		try_both open client tcp SERVER 22
		try_both dropped client tcp OTHER 22
		try_both dropped client tcp FW 22
		try_both open client tcp OWN 443
		try_both dropped client tcp FW 443
		[ "$(knock client -t 300 -n 2 tcp 198.51.100.2 443 | paste -sd,)" = open,dropped ]
	}
	with_both check
}

@test "a list of addresses is one chain for this host and for the hosts behind it" {
	needs packets
	gen <<-END
		hosts mixed = 198.51.100.2, 192.168.1.101, 192.0.2.1, 192.0.2.3, 192.0.2.5, 2001:db8:f::2, 2001:db8:1::101, 2001:db8:d::1, 2001:db8:d::3, 2001:db8:d::5
		allow https to mixed
	END
	[ "$(grep -c -- '-A fw-2 ' "$tmp/rules")" = 10 ]
	check() {
		try_both open client tcp OWN 443
		try_both open client tcp OTHER 443
		try_both dropped client tcp FW 443
		try_both dropped client tcp SERVER 443
	}
	with_both check
}

@test "to self at ADDRESS and from self at ADDRESS are about that address of this host alone" {
	needs packets
	gen <<-END
		allow ssh to self at 198.51.100.2, 2001:db8:f::2
		deny tcp 25 from self at 198.51.100.2, 2001:db8:f::2
	END
	run ! grep -q -- '-A FORWARD.*198.51.100.2' "$tmp/rules"
	check() {
		try_both open client tcp OWN 22
		try_both dropped client tcp FW 22
		try dropped fw -s 198.51.100.2 tcp 198.51.100.7 25
		try dropped fw -s 2001:db8:f::2 tcp 2001:db8:f::9 25
		try open fw -s 198.51.100.1 tcp 198.51.100.7 25
		try open fw -s 2001:db8:f::1 tcp 2001:db8:f::9 25
	}
	with_both check
}

@test "from ADDRESS to somewhere is about what this host sends from it, too" {
	needs packets
	gen <<-END
		zone wan = eth0
		zone lan = eth1
		allow http from 192.168.1.101, 2001:db8:1::101, 198.51.100.2, 2001:db8:f::2 to any on wan
		deny http from 198.51.100.0/24, 2001:db8:f::/64 to wan
		allow from lan to wan
	END
	check() {
		try open fw -s 198.51.100.2 tcp 198.51.100.7 80
		try open fw -s 2001:db8:f::2 tcp 2001:db8:f::9 80
		try dropped fw -s 198.51.100.1 tcp 198.51.100.7 80
		try dropped fw -s 2001:db8:f::1 tcp 2001:db8:f::9 80
		try open server -s 192.168.1.101 tcp 198.51.100.7 80
		try open server -s 2001:db8:1::101 tcp 2001:db8:f::9 80
	}
	with_both check
}

@test "an allowed address alone makes no rule for what this host sends where nothing denies it" {
	fw-gen - >"$tmp/rules" <<<$'zone wan = eth0\nallow ssh\nallow http from 198.51.100.2 to wan'
	run ! grep -q -- '-A OUTPUT' "$tmp/rules"
}

@test "an address alone does not turn forwarding on, and a line that can only be about this host is told" {
	sysctls() { fw-gen -s - <<<$'allow ssh\nzone lan = eth1 at 192.168.1.0/24\n'"$1" 2>"$tmp/warnings"; }
	[ -z "$(sysctls 'allow http from any to 192.168.1.5')" ]
	grep -q '3:24: warning: "to 192.168.1.5" can only be an address of this host here; say "to self at 192.168.1.5", or "on ZONE" for a host behind it' "$tmp/warnings"
	[ -z "$(sysctls $'hosts h = 192.168.1.5, 192.168.1.6\ndeny http from any to h')" ]
	grep -q '"to h" can only be an address' "$tmp/warnings"
	for line in 'allow http from any to 192.168.1.5 on lan' 'allow http from any to lan only ipv4' \
		'masquerade from 192.168.1.0/24 to lan' 'snat from 192.168.1.5 to lan as 192.168.1.1' 'map 10.0.0.0/24 on lan to 192.168.1.0/24'; do
		[ "$(sysctls "$line")" = net.ipv4.ip_forward=1 ] || { echo "$line" && return 1; }
		[ ! -s "$tmp/warnings" ]
	done
	[ -z "$(sysctls $'allow http to self at 192.168.1.1')" ]
	[ ! -s "$tmp/warnings" ]
	for line in 'masquerade from 192.168.1.0/24 to lan' 'default forward allow' 'raw FORWARD -j ACCEPT' 'zone c = docker'; do
		sysctls $'allow http to 192.168.1.5\n'"$line" >/dev/null
		[ ! -s "$tmp/warnings" ] || { cat "$tmp/warnings" && return 1; }
	done
}

@test "expect deny to an address holds only if this host and the way to others are closed" {
	kept() { # kept LINE...: no promise of the profile is broken
		printf '%s\n' 'zone lan = eth1' 'masquerade from 10.0.0.0/8 to lan' "$@" | fw-gen - 2>/dev/null | fw-lint -q 2>"$tmp/linted"
	}
	broken() { # broken TEXT LINE...
		run ! kept "${@:2}"
		grep -q "$1" "$tmp/linted" || { cat "$tmp/linted" && return 1; }
	}
	kept 'allow ssh' 'expect deny tcp 5432 from any to 192.0.2.1'
	broken 'may be accepted in INPUT' 'allow tcp 5432' 'expect deny tcp 5432 from any to 192.0.2.1'
	broken 'may be accepted in FORWARD' 'deny tcp 5432' 'allow tcp 5432 from any to 192.0.2.1 on lan' 'expect deny tcp 5432 from any to 192.0.2.1'
	kept 'allow tcp 5432' 'expect allow tcp 5432 from any to 192.0.2.1'
	kept 'allow tcp 5432 from any to 192.0.2.1 on lan' 'expect allow tcp 5432 from any to 192.0.2.1'
	broken 'is dropped in INPUT and in FORWARD' 'allow ssh' 'expect allow tcp 5432 from any to 192.0.2.1'
	# "self at" is about this host only, "on" and "any" about others only.
	kept 'allow tcp 5432 from any to 192.0.2.1 on lan' 'expect deny tcp 5432 to self at 192.0.2.1'
	kept 'allow tcp 5432' 'expect deny tcp 5432 from any to 192.0.2.1 on lan' 'expect deny tcp 5432 from 192.0.2.9 to any'
	broken 'is dropped' 'allow tcp 5432 from any to 192.0.2.1 on lan' 'expect allow tcp 5432 to self at 192.0.2.1'
}

@test "forward on a zone takes what comes to this host, and leaves other hosts behind it alone" {
	needs packets
	answered_by() { # answered_by FAMILY ADDRESS: who answers port 80 there
		in_ns fw conntrack -F 2>/dev/null
		knock client tcp "$2" 80 >/dev/null
		in_ns fw conntrack -L -f "$1" -p tcp -d "$2" 2>/dev/null | sed -n '1s/.* src=\([^ ]*\) dst=[^ ]* sport=80 .*/\1/p'
	}
	gen <<-END
		zone wan = eth0
		zone lan = eth1 at 192.168.1.0/24, 2001:db8:1::/64
		allow http from wan to 192.168.1.101, 2001:db8:1::101 on lan
		forward tcp 80 on wan to 192.168.1.100
		forward tcp 80 on wan to 2001:db8:1::100
	END
	check() {
		[ "$(answered_by ipv4 192.168.1.101)" = 192.168.1.101 ]
		[ "$(answered_by ipv6 2001:db8:1::101)" = 2001:db8:1::101 ]
		[ "$(answered_by ipv4 198.51.100.1)" = 192.168.1.100 ]
		[ "$(answered_by ipv6 2001:db8:f::1)" = 2001:db8:1::100 ]
		# Each address of this host is one of its own.
		[ "$(answered_by ipv4 198.51.100.2)" = 192.168.1.100 ]
		try_both dropped client tcp SERVER 80
	}
	with_both check
}

@test "forward at an address needs no from, also for an address that is only routed to this host" {
	needs packets
	ip -n client route add 198.51.100.77 via 198.51.100.1
	ip -n client -6 route add 2001:db8:77::1 via 2001:db8:f::1
	gen <<-END
		zone lan = eth1 at 192.168.1.0/24, 2001:db8:1::/64
		forward tcp 80 at 198.51.100.77 to 192.168.1.100
		forward tcp 80 at 2001:db8:77::1 to 2001:db8:1::100 port 443
		forward tcp 8022 at 198.51.100.1 to 192.168.1.100 port 22 limit 10/s hairpin
	END
	check() {
		try open client tcp 198.51.100.77 80
		try open client tcp 2001:db8:77::1 80
		try open client tcp 198.51.100.1 8022
		try open server tcp 198.51.100.1 8022
		try dropped client tcp 198.51.100.2 8022
		try_both dropped client tcp FW 80
	}
	with_both check
	ip -n client route del 198.51.100.77
	ip -n client -6 route del 2001:db8:77::1
}

@test "notrack exempts the port of this host, and leaves forwarded connections to the same port tracked" {
	needs packets
	gen <<-END
		zone wan = eth0
		zone lan = eth1 at 192.168.1.0/24, 2001:db8:1::/64
		notrack tcp 22
		allow ssh
		allow ssh from lan to wan
		allow ssh from wan to lan
	END
	tracked() { in_ns fw conntrack -L -f "$1" -p tcp -d "$2" 2>/dev/null | grep -c dport=22; }
	check() {
		try_both open client tcp FW 22
		try_both open client tcp SERVER 22
		[ "$(tracked ipv4 198.51.100.1)$(tracked ipv6 2001:db8:f::1)" = 00 ]
		[ "$(tracked ipv4 192.168.1.100)$(tracked ipv6 2001:db8:1::100)" = 11 ]
	}
	with_both check
}

@test "mark from ADDRESS marks what this host sends from that address, too" {
	needs packets
	printf 'zone lan = eth1\nallow ssh\nmark tcp 25 from 198.51.100.2, 2001:db8:f::2 as 0x1\nmark tcp 80 from lan as 0x2\n' | gen
	printf '%s\n' '*filter' '-A OUTPUT -m mark --mark 0x1 -j DROP' COMMIT >"$tmp/marked"
	check() {
		in_ns fw "iptables-$backend-restore" -n "$tmp/marked"
		in_ns fw "ip6tables-$backend-restore" -n "$tmp/marked"
		try dropped fw -s 198.51.100.2 tcp 198.51.100.7 25
		try dropped fw -s 2001:db8:f::2 tcp 2001:db8:f::9 25
		try open fw -s 198.51.100.1 tcp 198.51.100.7 25
		try open fw -s 2001:db8:f::1 tcp 2001:db8:f::9 25
		try open fw -s 198.51.100.2 tcp 198.51.100.7 80
	}
	with_both check
}
