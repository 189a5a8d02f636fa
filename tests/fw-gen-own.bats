#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Tests with packets that a profile does not cut the host off from itself, its neighbours and its addresses.

bats_require_minimum_version 1.5.0
load lib/needs
load lib/net
load lib/gen

setup_file() {
	has packets || return 0
	net_up
	ip -n client address add 203.0.113.9/24 dev lo
	ip -n client address add 2001:db8:e::9/64 dev lo
	ip -n fw route add 203.0.113.0/24 via 198.51.100.7
	ip -n fw -6 route add 2001:db8:e::/64 via 2001:db8:f::9
	net_serve fw tcp:22 tcp:80
	net_serve client tcp:25
}

teardown_file() { gen_down; }

setup() { gen_setup; }

link_local() { # link_local: the firewall's address on the client's link
	ip -n fw -6 -o address show dev eth0 scope link | sed -n 's/.*inet6 \([^/]*\).*/\1/p'
}

own_traffic() { # own_traffic: what must pass with each list of blocked hosts
	local address
	for address in 127.0.0.1 ::1 198.51.100.1 2001:db8:f::1; do try open fw tcp "$address" 22; done
	ip -n client neigh flush all
	in_ns client ping -6 -q -c 1 -W 5 "$(link_local)%eth0" >/dev/null
	try_both open client tcp FW 22
	try dropped client -s 203.0.113.9 tcp 198.51.100.1 22
	try dropped client -s 2001:db8:e::9 tcp 2001:db8:f::1 22
}

@test "a list of blocked hosts with loopback, link-local and own addresses blocks the others only" {
	needs packets
	blocked() { # the list in a file
		gen <<-END
			hosts bogons in file "bogons"
			block from bogons
			allow ssh
		END
		grep -q 'bogons contains 127.0.0.0/8, which is not blocked: this host itself' "$tmp/warnings"
		grep -q 'bogons contains fe80::/10, which is not blocked' "$tmp/warnings"
	}
	printf '%s\n' 0.0.0.0/8 127.0.0.0/8 ::1 fe80::/9 198.51.100.1 2001:db8:f::1 203.0.113.0/24 2001:db8:e::/64 >"$tmp/bogons"
	blocked
	with_both own_traffic
	for i in $(seq 0 2 120); do echo "10.0.$i.0/24"; done >>"$tmp/bogons"
	blocked
	with_both own_traffic
	printf 'block from 126.0.0.0/7, ::/10, 203.0.113.0/24, 2001:db8:e::/64\nallow ssh\n' | gen
	with_both own_traffic
}

@test "a set of another program that holds this host does not cut it off from itself" {
	needs packets
	command -v ipset >/dev/null || skip "no ipset"
	in_ns fw ipset create bans hash:net
	in_ns fw ipset create bans6 hash:net family inet6
	for member in 127.0.0.1 198.51.100.1 203.0.113.9; do in_ns fw ipset add bans $member; done
	for member in ::1 2001:db8:f::1 2001:db8:e::9; do in_ns fw ipset add bans6 $member; done
	printf 'hosts bans in ipset bans, bans6\nblock from bans\nallow ssh\n' | gen
	with_both own_traffic
	in_ns fw ipset destroy bans
	in_ns fw ipset destroy bans6
}

@test "this host renews its IPv4 address although output is denied, and sends nothing else" {
	needs packets
	renewals() { in_ns client iptables-nft -t raw -nvxL PREROUTING | awk '/dpt:67/ { print $1 }'; }
	check() {
		in_ns client iptables-nft -t raw -F
		in_ns client iptables-nft -t raw -A PREROUTING -p udp --sport 68 --dport 67
		echo renew | in_ns fw nc -u -w 1 -p 68 198.51.100.7 67 || true
		[ "$(renewals)" -ge 1 ]
		[[ $(knock fw -t 300 tcp 198.51.100.7 25) == @(dropped|refused) ]]
		[[ $(knock fw -t 300 tcp 2001:db8:f::9 25) == @(dropped|refused) ]]
	}
	for default in 'default out deny' 'default out reject' $'zone vpn = eth1\nconfine self to vpn'; do
		printf 'allow ssh\n%s\n' "$default" | gen
		with_both check
	done
}

@test "limit and max of an untracked port, and what needs connections, are refused" {
	refused() { # refused WORD LINE...
		run -1 --separate-stderr fw-gen -c - < <(printf '%s\n' 'zone wan = eth0' 'zone lan = eth1' "${@:2}")
		[[ $stderr == *"error: \"$1\" needs connections, but \"notrack\" at <stdin>:"* ]] || { echo "$stderr" && return 1; }
	}
	refused limit 'notrack tcp 80' 'allow http limit 4/m'
	refused limit 'allow tcp 1-1000 limit 4/m' 'notrack tcp 80, udp 53'
	refused max 'notrack http' 'allow max 5'
	refused forward 'notrack tcp 80' 'forward tcp 80 on wan to 192.168.1.5'
	refused redirect 'redirect tcp 80 from lan to port 3128' 'notrack http'
	refused helper 'notrack ftp' 'helper ftp from lan'
	fw-gen -c - <<<$'allow ssh\nnotrack udp 53\nallow dns\nallow tcp 53 limit 4/m\nallow dns from self limit 4/m'
}

@test "a byte order mark is no part of a profile or a list, and blanks of a word processor are told" {
	printf '\xef\xbb\xbfallow ssh\nhosts h in file "list"\nallow http from h\ninclude "more"\n' >"$tmp/p"
	printf '\xef\xbb\xbf192.0.2.1\n' >"$tmp/list"
	printf '\xef\xbb\xbfallow dns\n' >"$tmp/more"
	(cd "$tmp" && fw-gen p >rules 2>warnings)
	[ ! -s "$tmp/warnings" ]
	grep -q -- '-s 192.0.2.1 .*--dport 80' "$tmp/rules"
	grep -q -- '--dport 53' "$tmp/rules"
	run -1 --separate-stderr fw-gen - < <(printf 'allow\xc2\xa0ssh\n')
	[[ $stderr == '<stdin>:1:6: error: a no-break space or quote of a word processor: write a plain space or "'* ]]
	run -1 --separate-stderr fw-gen - < <(printf 'allow ssh log \xe2\x80\x9cssh\xe2\x80\x9d\n')
	[[ $stderr == '<stdin>:1:15: error: a no-break space'* ]]
	fw-gen -c - < <(printf 'allow ssh # a comment\xc2\xa0with one\nallow http note "also\xc2\xa0here"\n')
}

@test "host bits are told, and IPv4-mapped addresses are refused, in lines and in files" {
	printf '10.0.0.5/8\n10.1.0.5/16\n2001:db8::1/32\n' >"$tmp/list"
	(cd "$tmp" && printf 'allow ssh\nhosts h in file "list"\nallow http from h, 192.0.2.7/24\nzone z = eth0 at 192.0.2.1/24, 2001:db8::1/64\n' | fw-gen -c - 2>warnings)
	grep -q '^list:1:1: warning: host bits set: this is all of 10.0.0.0/8' "$tmp/warnings"
	[ "$(grep -c '^list.*host bits' "$tmp/warnings")" = 1 ]
	grep -q '^<stdin>:3:20: warning: host bits set: this is all of 192.0.2.0/24' "$tmp/warnings"
	[ "$(grep -c '^<stdin>:4.*host bits' "$tmp/warnings")" = 2 ]
	echo ::ffff:192.0.2.0/120 >"$tmp/list"
	run -1 --separate-stderr sh -c 'cd "$1" && printf "hosts h in file \"list\"\n" | fw-gen -c -' sh "$tmp"
	[[ $stderr == 'list:1:1: error: no packet carries the IPv4-mapped address "::ffff:192.0.2.0/120": write 192.0.2.0/24'* ]]
}

@test "a FIFO is refused as an included profile and as a list, and a device without a writer is not waited for" {
	mkfifo "$tmp/fifo"
	run -1 --separate-stderr timeout 20 fw-gen -c - <<<"include \"$tmp/fifo\""
	[[ $stderr == *'cannot read'* ]]
	run -1 --separate-stderr timeout 20 fw-gen -c - <<<"hosts h in file \"$tmp/fifo\""
	[[ $stderr == *'cannot read'* ]]
	fw-gen -c - <<<$'allow ssh\ninclude "/dev/null"'
}
