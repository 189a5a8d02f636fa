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

@test "a suffix matches a host below every prefix, and no neighbour of it" {
	needs packets
	gen <<-END
		zone wan = eth0
		zone lan = eth1
		allow https from any to ::5054:ff:fe12:3456/-64 on lan
		allow ssh from ::5054:ff:fe12:3456/-64 on lan
		allow http from not ::5054:ff:fe12:3456/-64 on lan
	END
	[ -z "$(fw-lint -q "$tmp/rules" 2>&1 | grep host-bits)" ]
	ip -n fw address add 2001:db8:77::1/64 dev eth1
	for address in 2001:db8:1::5054:ff:fe12:3456 2001:db8:77::5054:ff:fe12:3456 2001:db8:77::5054:ff:fe12:3457; do
		ip -n server address add $address/64 dev eth0 preferred_lft 0
	done
	check() {
		try open client tcp 2001:db8:1::5054:ff:fe12:3456 443
		try open client tcp 2001:db8:77::5054:ff:fe12:3456 443
		try dropped client tcp 2001:db8:77::5054:ff:fe12:3457 443
		try dropped client tcp 2001:db8:1::5054:ff:fe12:3456 22
		try_both dropped client tcp SERVER 443
		try open server -s 2001:db8:77::5054:ff:fe12:3456 tcp 2001:db8:77::1 22
		try dropped server -s 2001:db8:77::5054:ff:fe12:3457 tcp 2001:db8:77::1 22
		try dropped server -s 2001:db8:1::5054:ff:fe12:3456 tcp 2001:db8:1::1 80
		try open server -s 2001:db8:1::100 tcp 2001:db8:1::1 80
	}
	with_both check
	ip -n fw address del 2001:db8:77::1/64 dev eth1
	for address in 2001:db8:1::5054:ff:fe12:3456 2001:db8:77::5054:ff:fe12:3456 2001:db8:77::5054:ff:fe12:3457; do
		ip -n server address del $address/64 dev eth0
	done
}

echo_of() { # echo_of open|dropped NAMESPACE ADDRESS...: whether one echo request to each address is answered
	local want=$1 ns=$2 address got
	shift 2
	for address; do
		got=dropped
		if [ "$want" = open ]; then
			in_ns "$ns" ping -q -c 1 -W 10 "$address" >/dev/null && got=open
		else
			in_ns "$ns" ping -q -c 1 -W 1 "$address" >/dev/null && got=open
		fi
		[ "$got" = "$want" ] || { echo "$backend: ping $address from $ns: $got" && return 1; }
	done
}

@test "an ICMP type lets through that type only" {
	needs packets
	gen <<-END
		zone wan = eth0
		zone lan = eth1
		ping off
		allow icmp echo-request, icmpv6 echo-request from wan to lan
		deny icmp timestamp-request, 17, icmpv6 redirect
		deny icmp 8, icmpv6 128 from 203.0.113.9, 2001:db8:e::9
		allow icmp 8, icmpv6 128/0 from wan
	END
	run ! grep -q icmp "$tmp/warnings"
	check() {
		echo_of open client "${SERVER[@]}"
		echo_of dropped server "${CLIENT[@]}" "${INNER[@]}"
		echo_of open client "${FW[@]}"
		run ! in_ns client ping -q -c 1 -W 1 -I 203.0.113.9 198.51.100.1
		run ! in_ns client ping -q -c 1 -W 1 -I 2001:db8:e::9 2001:db8:f::1
		try_both dropped client tcp SERVER 22
	}
	with_both check
	# Other types do not match.
	printf 'zone lan = eth1\nping off\nallow icmp 13, 0, 8/1, icmpv6 129, 128/1\nallow icmp 13, 0, 8/1, icmpv6 129, 128/1 to lan\n' | gen
	check() {
		echo_of dropped client "${FW[@]}" "${SERVER[@]}"
		run ! grep -q 'icmp-type 255' "$tmp/rules"
	}
	with_both check
}

@test "each name of an ICMP type is what iptables calls so" {
	needs rules
	local family name names
	for family in 4 6; do
		names=$(sed -n "/^}, icmpv6_names/,/^};/!d; s/^\t{ \"\([a-z-]*\)\".*/\1/p" ../common/profile/parse_icmp.c)
		[ $family = 6 ] || names=$(sed -n "/^} icmp_names/,/^}, icmpv6/!d; s/^\t{ \"\([a-z-]*\)\".*/\1/p" ../common/profile/parse_icmp.c)
		[ "$(wc -w <<<"$names")" -ge 25 ]
		{ echo '*filter'; for name in $names; do
			if [ $family = 4 ]; then echo "-A INPUT -p icmp -m icmp --icmp-type ${name/#tos-/TOS-}"; else echo "-A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type $name"; fi
		done; echo COMMIT; } >"$tmp/theirs"
		{ echo 'frame off'; for name in $names; do
			if [ $family = 4 ]; then echo "allow icmp $name"; else echo "allow icmpv6 $name"; fi
		done; } | fw-gen "-$family" - 2>/dev/null | sed 's/ -j ACCEPT//' >"$tmp/ours"
		saved() { # saved FILE
			if [ $family = 4 ]; then
				in_ns fw iptables-legacy-restore "$1" && in_ns fw iptables-legacy-save -t filter
			else
				in_ns fw ip6tables-legacy-restore "$1" && in_ns fw ip6tables-legacy-save -t filter
			fi | grep '^-A INPUT.*icmp'
		}
		diff <(saved "$tmp/theirs") <(saved "$tmp/ours")
		[ "$(saved "$tmp/ours" | wc -l)" = "$(wc -w <<<"$names")" ]
	done
	unload legacy
}

@test "a line that denies what is accepted before it names the cure" {
	told() { printf '%s\n' 'allow ssh' "$@" | fw-gen -c - 2>&1 | grep -c 'warning: \(ping is allowed\|this host needs ICMPv6\)'; }
	[ "$(told 'deny icmp echo-request')" = 1 ]
	[ "$(told 'reject icmp from 192.0.2.1')" = 1 ]
	[ "$(told 'deny icmpv6 router-advertisement')" = 1 ]
	[ "$(told 'ping off' 'deny icmp echo-request, 13')" = 0 ]
	[ "$(told 'frame off' 'deny icmp')" = 0 ]
	[ "$(told 'zone lan = eth1' 'deny icmp to lan' 'deny icmp 13, 17' 'deny icmpv6 139')" = 0 ]
}

@test "forward takes services and lists, from long lists of hosts too, and no other port" {
	needs packets
	gen <<-END
		zone wan = eth0
		zone lan = eth1 at 192.168.1.0/24, 2001:db8:1::/64
		hosts few = 203.0.113.1, 203.0.113.3, 203.0.113.5, 203.0.113.7, 203.0.113.9, 2001:db8:e::1, 2001:db8:e::3, 2001:db8:e::5, 2001:db8:e::7, 2001:db8:e::9
		forward http, https, udp 443 on wan to 192.168.1.100
		forward http, https, udp 443 on wan to 2001:db8:1::100
		forward dns on wan to 192.168.1.100 port 5353
		forward dns on wan to 2001:db8:1::100 port 5353
		forward tcp 2222, 2223 on wan from few to 192.168.1.100
		forward tcp 8022 on wan from few to 192.168.1.100 port 22
		forward tcp 8022 on wan from few to 2001:db8:1::100 port 22
	END
	check() {
		try_both open client tcp FW 80
		try_both open client tcp FW 443
		try_both open client udp FW 443
		try_both open client tcp FW 53
		try_both open client udp FW 53
		try_both dropped client udp FW 80
		try_both dropped client tcp FW 22
		try_both dropped client tcp SERVER 80
		try_both dropped client udp SERVER 5353
		try open client -s 203.0.113.9 tcp 198.51.100.1 8022
		try open client -s 2001:db8:e::9 tcp 2001:db8:f::1 8022
		try_both dropped client tcp FW 8022
	}
	with_both check
}

@test "redirect takes services and lists, and opens the port for them only" {
	needs packets
	gen <<-END
		zone lan = eth1
		redirect dns from lan to port 53
		redirect tcp 80, 8080 from lan to port 3128
	END
	check() {
		local proto
		# Nothing answers DNS at these addresses but the firewall.
		for proto in tcp udp; do
			try open server $proto 203.0.113.200 53
			try open server $proto 2001:db8:e::200 53
		done
		try_both open server tcp CLIENT 8080
		try_both open server tcp CLIENT 80
		try_both dropped server tcp CLIENT 443
		try_both dropped server tcp INNER 3128
		try_both dropped client udp FW 53
	}
	with_both check
}

redirected() { # redirected yes|no SOURCE DESTINATION: whether a request to port 80 comes to port 3128 of the firewall
	local family=ipv4 got=no
	[[ $3 != *:* ]] || family=ipv6
	in_ns fw conntrack -F 2>/dev/null
	try open server -s "$2" tcp "$3" 80 || return
	! in_ns fw conntrack -L -f $family 2>/dev/null | grep -q sport=3128 || got=yes
	[ "$got" = "$1" ] || { echo "$backend: from $2 to $3: redirected: $got" && return 1; }
}

@test "except leaves destinations, sources and this host out of a redirect" {
	needs packets
	gen <<-END
		zone wan = eth0
		zone lan = eth1 at 192.168.1.0/24, 2001:db8:1::/64
		allow http from lan to wan
		allow http from lan
		redirect http from lan to port 3128 except to 203.0.113.0/24, 2001:db8:e::/64 except from 192.168.1.101, 2001:db8:1::101 except to self
	END
	check() {
		redirected yes 192.168.1.100 198.51.100.7
		redirected yes 2001:db8:1::100 2001:db8:f::9
		redirected no 192.168.1.100 203.0.113.9
		redirected no 2001:db8:1::100 2001:db8:e::9
		redirected no 192.168.1.101 198.51.100.7
		redirected no 2001:db8:1::101 2001:db8:f::9
		redirected no 192.168.1.100 192.168.1.1
		redirected no 2001:db8:1::100 2001:db8:1::1
		try_both dropped server tcp INNER 3128
	}
	with_both check
	# One exception needs no chain.
	printf 'zone wan = eth0\nzone lan = eth1\nallow http from lan to wan\nredirect http from lan to port 3128 except to 203.0.113.9, 2001:db8:e::9\n' | gen
	run ! grep -q '^:fw-4' "$tmp/rules"
	check() {
		redirected yes 192.168.1.100 198.51.100.7
		redirected yes 2001:db8:1::100 2001:db8:f::9
		redirected no 192.168.1.100 203.0.113.9
		redirected no 2001:db8:1::100 2001:db8:e::9
	}
	with_both check
}

@test "except leaves hosts out of forward, masquerade, snat, mark and block" {
	needs packets
	seen() { # seen ADDRESS: the source that the client sees
		knock server -v tcp "$1" 25 | sed -n 2p | cut -d' ' -f1 | sed 's/^::ffff://'
	}
	gen <<-END
		zone wan = eth0
		zone lan = eth1 at 192.168.1.0/24, 2001:db8:1::/64
		hosts far = 203.0.113.9, 203.0.113.11, 2001:db8:e::9, 2001:db8:e::11
		forward tcp 8080 on wan to 192.168.1.100 port 80 except from far
		forward tcp 8080 on wan to 2001:db8:1::100 port 80 except from 2001:db8:e::9
		masquerade from lan to wan both except to 203.0.113.0/24, 2001:db8:e::/64
		allow smtp from lan to wan
		mark tcp 22 from wan as 0x10 except from far
		raw INPUT -m mark --mark 0x10 -j ACCEPT
		block from 203.0.113.0/24, 2001:db8:e::/64 except from far
		allow http
	END
	ip -n client address add 203.0.113.10/32 dev lo
	ip -n client address add 2001:db8:e::10/128 dev lo
	ip -n client route add 192.168.1.0/24 via 198.51.100.1
	check() {
		try_both open client tcp FW 8080
		try dropped client -s 203.0.113.9 tcp 198.51.100.1 8080
		try dropped client -s 2001:db8:e::9 tcp 2001:db8:f::1 8080
		[ "$(seen 198.51.100.7)" = 198.51.100.1 ]
		[ "$(seen 2001:db8:f::9)" = 2001:db8:f::1 ]
		[ "$(seen 203.0.113.9)" = 192.168.1.100 ]
		[[ $(seen 2001:db8:e::9) == 2001:db8:1::* ]]
		try_both open client tcp FW 22
		try dropped client -s 203.0.113.9 tcp 198.51.100.1 22
		try dropped client -s 2001:db8:e::9 tcp 2001:db8:f::1 22
		try open client -s 203.0.113.9 tcp 198.51.100.1 80
		try open client -s 2001:db8:e::9 tcp 2001:db8:f::1 80
		try dropped client -s 203.0.113.10 tcp 198.51.100.1 80
		try dropped client -s 2001:db8:e::10 tcp 2001:db8:f::1 80
	}
	with_both check
	gen <<-END
		zone wan = eth0
		zone lan = eth1 at 192.168.1.0/24, 2001:db8:1::/64
		snat from 192.168.1.0/24 to wan as 198.51.100.1 except from 192.168.1.100, 192.168.1.102
		allow smtp from lan to wan
	END
	check() {
		[ "$(seen 198.51.100.7)" = 192.168.1.100 ]
		[ "$(knock server -s 192.168.1.101 -v tcp 198.51.100.7 25 | sed -n 2p | cut -d' ' -f1 | sed 's/^::ffff://')" = 198.51.100.1 ]
	}
	with_both check
	ip -n client route del 192.168.1.0/24
	ip -n client address del 203.0.113.10/32 dev lo
	ip -n client address del 2001:db8:e::10/128 dev lo
}

@test "except of notrack keeps requests and their answers tracked" {
	needs packets
	printf 'zone wan = eth0\nzone lan = eth1\nnotrack tcp 22 except from lan\nallow ssh\n' | gen
	tracked() { in_ns fw conntrack -L -f "$1" -p tcp -d "$2" 2>/dev/null | grep -c dport=22; }
	check() {
		in_ns fw conntrack -F 2>/dev/null
		try_both open client tcp FW 22
		try_both open server tcp INNER 22
		[ "$(tracked ipv4 198.51.100.1)$(tracked ipv6 2001:db8:f::1)" = 00 ]
		[ "$(tracked ipv4 192.168.1.1)$(tracked ipv6 2001:db8:1::1)" = 11 ]
		# The answers are tracked too, else the connections would look unanswered.
		in_ns fw conntrack -L -p tcp >"$tmp/tracked" 2>/dev/null
		[ "$(wc -l <"$tmp/tracked")" = 2 ] || { cat "$tmp/tracked" && return 1; }
		run ! grep UNREPLIED "$tmp/tracked"
	}
	with_both check
}

@test "an empty list of hosts redirects nobody" {
	fw-gen - 2>/dev/null <<<$'allow ssh\nhosts h in file "/dev/null"\nredirect tcp 80 from h to port 3128' >"$tmp/rules"
	run ! grep -q REDIRECT "$tmp/rules"
}

@test "a list takes in other lists, and leaves out what follows not" {
	needs packets
	printf '203.0.113.9\n2001:db8:e::9\n' >"$tmp/far"
	gen <<-END
		hosts staff = far, few, not 203.0.113.10, not 2001:db8:e::10
		hosts few = 198.51.100.0/24, 203.0.113.10, 2001:db8:e::10, not 198.51.100.7
		hosts far in file "far"
		allow tcp 22 from staff
		allow tcp 80 from not staff
	END
	ip -n client address add 203.0.113.10/32 dev lo
	ip -n client address add 2001:db8:e::10/128 dev lo
	check() {
		try open client -s 203.0.113.9 tcp 198.51.100.1 22
		try open client -s 2001:db8:e::9 tcp 2001:db8:f::1 22
		try dropped client -s 203.0.113.10 tcp 198.51.100.1 22
		try dropped client -s 2001:db8:e::10 tcp 2001:db8:f::1 22
		try_both dropped client tcp FW 22
		try_both open client tcp FW 80
		try dropped client -s 203.0.113.9 tcp 198.51.100.1 80
		try open client -s 2001:db8:e::10 tcp 2001:db8:f::1 80
	}
	with_both check
	ip -n client address del 203.0.113.10/32 dev lo
	ip -n client address del 2001:db8:e::10/128 dev lo
}

@test "lists of lists become the fewest networks, and circles, sets and empty lists are told" {
	seq -f '10.%g.0.0/16' 0 255 >"$tmp/many"
	members() { # members LIST: the networks of a profile that allows ssh from x
		printf '%s\n' "$@" 'allow ssh from x' | (cd "$tmp" && fw-gen -4 - 2>warnings) | sed -n 's/^-A INPUT -s \([^ ]*\) .*dport 22.*/\1/p' | paste -sd' '
	}
	[ "$(members 'hosts x = a, b' 'hosts a = 10.0.0.0/9' 'hosts b in file "many"')" = 10.0.0.0/8 ]
	[ "$(members 'hosts x = b, not a, 10.0.0.1' 'hosts a = c' 'hosts c = 10.0.0.0/9' 'hosts b in file "many"')" = 10.128.0.0/9 ]
	[ "$(members 'hosts x = 192.0.2.0/24, not 192.0.2.1-192.0.2.254')" = '192.0.2.0 192.0.2.255' ]
	[ -z "$(members 'hosts x = a, not 192.0.2.0/24' 'hosts a = 192.0.2.7')" ]
	grep -q '^<stdin>:1:7: warning: nothing is left in "x": it never matches' "$tmp/warnings"
	run -1 --separate-stderr fw-gen -c - <<<$'allow ssh\nhosts a = b\nhosts b = c, 192.0.2.1\nhosts c = not a, b'
	[ "$(grep -c 'contains itself' <<<"$stderr")" -ge 1 ]
	run -1 --separate-stderr fw-gen -c - <<<$'allow ssh\nhosts a in ipset bans\nhosts b = a'
	[[ $stderr == *'<stdin>:3:11: error: "a" is filled by another program: name it beside this list, not in it'* ]]
	run -1 --separate-stderr fw-gen -c - <<<$'allow ssh\nhosts b = www.example.org'
	[[ $stderr == *'is a host name'* ]]
}

@test "log with nflog hands new connections to a group, and none to the kernel log" {
	needs packets
	local prefix=123456789012345678901234567890123456789012345678901234567890123 # the longest: 63 bytes
	gen <<-END
		allow tcp 22 log 100/s "ssh \"quoted\": " nflog 3
		deny tcp 25 log 100/s nflog 65535
		allow tcp 80 log 100/s "$prefix" nflog 4
	END
	check() {
		local family
		try_both open client tcp FW 22
		try_both dropped client tcp FW 25
		try_both open client tcp FW 80
		for family in 4 6; do
			[ "$(counted filter 'nflog-group 3' $family)" = 1 ]
			[ "$(counted filter 'nflog-group 65535' $family)" -ge 1 ]
			[ "$(counted filter "$prefix" $family)" = 1 ]
			[ "$(counted filter 'j LOG .*(ssh|quoted)' $family)" = 0 ]
		done
	}
	with_both check
}

@test "over ipsec refuses packets in clear, not over ipsec takes them, and masquerade still rewrites them" {
	needs packets
	gen <<-END
		zone wan = eth0
		zone lan = eth1 at 192.168.1.0/24, 2001:db8:1::/64
		allow tcp 22 from any over ipsec
		allow tcp 80 from any not over ipsec
		allow tcp 22 from any over ipsec to lan
		allow tcp 80 from wan not over ipsec to lan
		allow tcp 443 from lan to any over ipsec
		allow tcp 25 from lan to any on wan not over ipsec
		masquerade from lan to wan both
	END
	check() {
		try_both dropped client tcp FW 22
		try_both open client tcp FW 80
		try_both dropped client tcp SERVER 22
		try_both open client tcp SERVER 80
		try_both dropped server tcp CLIENT 443
		try_both open server tcp CLIENT 25
		[ "$(knock server -v tcp 198.51.100.7 25 | sed -n 2p | cut -d' ' -f1 | sed 's/^::ffff://')" = 198.51.100.1 ]
		[ "$(knock server -v tcp 2001:db8:f::9 25 | sed -n 2p | cut -d' ' -f1)" = 2001:db8:f::1 ]
		[ "$(counted nat 'dir out --pol none' 4)" -ge 1 ]
		[ "$(counted nat 'dir out --pol none' 6)" -ge 1 ]
	}
	with_both check
}
