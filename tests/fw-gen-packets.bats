#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Tests every statement with packets, in both families and with both backends: what it allows passes, and what it
# denies does not.

bats_require_minimum_version 1.5.0
load lib/needs
load lib/net
load lib/anyone
load lib/gen

setup_file() {
	has packets || return 0
	net_up
	gen_forwards
	ip -n client address add 2001:db8:e::9/64 dev lo
	ip -n client address add 203.0.113.9/24 dev lo
	ip -n fw route add 203.0.113.0/24 via 198.51.100.7
	ip -n fw -6 route add 2001:db8:e::/64 via 2001:db8:f::9
	net_serve fw tcp:22 tcp:25 tcp:80 tcp:443 tcp:113 tcp:3128 udp:53 tcp:53 udp:123 udp:500
	net_serve server tcp:22 tcp:80 tcp:443 udp:5060 udp:10000 udp:10001 tcp:8000
	net_serve client tcp:25 tcp:80 udp:53 tcp:443
}

teardown_file() { gen_down; }

setup() {
	needs packets
	gen_setup
}

@test "the first line that matches decides, and what no line allows is denied" {
	gen <<-END
		deny tcp 80
		allow http, https, dns
		reject tcp 113
		reject udp 500
	END
	check() {
		try_both dropped client tcp FW 80
		try_both open client tcp FW 443
		try_both open client tcp FW 53
		try_both open client udp FW 53
		try_both refused client tcp FW 113
		try_both refused client udp FW 500
		try_both dropped client tcp FW 25
		try_both dropped client tcp SERVER 80
		try_both open fw tcp CLIENT 80
	}
	with_both check
}

@test "from matches addresses, ranges, lists, files, exceptions and interfaces" {
	printf '203.0.113.9 # one\n2001:db8:e::/64\n' >"$tmp/list"
	gen <<-END
		zone wan = eth0
		zone lan = eth1
		hosts few = 203.0.113.1-203.0.113.9, 2001:db8:e::9
		hosts many = 203.0.113.1, 203.0.113.3, 203.0.113.5, 203.0.113.7, 203.0.113.9, 192.0.2.1, 2001:db8:e::1, 2001:db8:e::3, 2001:db8:e::5, 2001:db8:e::9, 2001:db8:d::1
		hosts filed in file "list"
		allow tcp 80 from few
		allow tcp 443 from many on wan
		allow tcp 113 from filed
		allow tcp 25 from not few
		allow tcp 22 from not many
		allow tcp 3128 from not wan
		allow udp 53 from many on lan
	END
	check() {
		local port
		for port in 80 443 113; do
			try open client -s 203.0.113.9 tcp 198.51.100.1 $port
			try open client -s 2001:db8:e::9 tcp 2001:db8:f::1 $port
			try_both dropped client tcp FW $port
		done
		for port in 25 22; do
			try dropped client -s 203.0.113.9 tcp 198.51.100.1 $port
			try dropped client -s 2001:db8:e::9 tcp 2001:db8:f::1 $port
			try_both open client tcp FW $port
		done
		try_both dropped client tcp FW 3128
		try_both open server tcp INNER 3128
		try dropped client -s 203.0.113.9 udp 198.51.100.1 53
	}
	with_both check
}

@test "limit drops the fifth quick connection of a source, and no later line accepts it" {
	gen <<-END
		allow tcp 22 limit 4/h log "SSH: "
		allow tcp 22
		allow tcp 80 limit 2/h burst 3 total
	END
	check() {
		[ "$(knock client -t 900 -n 6 tcp 198.51.100.1 22 | uniq -c | tr -s ' ' | paste -sd,)" = " 4 open, 2 dropped" ]
		[ "$(knock client -t 900 -n 5 tcp 2001:db8:f::1 22 | uniq -c | tr -s ' ' | paste -sd,)" = " 4 open, 1 dropped" ]
		[ "$(counted filter 'SSH: ')" -ge 6 ]
		# Another source has a limit of its own.
		try open client -s 203.0.113.9 tcp 198.51.100.1 22
		try open client -s 2001:db8:e::9 tcp 2001:db8:f::1 22
		# "total" counts all sources of a family together.
		[ "$(knock client -t 900 -n 3 tcp 198.51.100.1 80 | sort -u)" = open ]
		try dropped client -s 203.0.113.9 tcp 198.51.100.1 80
	}
	with_both check
}

@test "limit accepts 4 of 32 connections from 8 addresses of one /64" {
	local i
	gen <<<'allow ssh limit 4/h'
	for i in 1 2 3 4 5 6 7 8; do ip -n client address add "2001:db8:e::a$i/64" dev lo; done
	check() {
		local i
		for i in 1 2 3 4 5 6 7 8; do knock client -t 900 -n 4 -s "2001:db8:e::a$i" tcp 2001:db8:f::1 22 & done >"$tmp/words"
		wait
		[ "$(grep -c open "$tmp/words")" = 4 ]
		[ "$(grep -c dropped "$tmp/words")" = 28 ]
	}
	with_both check
}

@test "ban keeps out a source that exceeded the limit, although the rate would accept it again" {
	gen <<<'allow ssh limit 2/s ban 10m'
	check() {
		local address
		for address in 198.51.100.1 2001:db8:f::1; do
			knock client -t 100 -n 8 tcp $address 22 | paste -sd, | grep -q '^open.*dropped$'
		done
		sleep 1.2
		try_both dropped client tcp FW 22
		try open client -s 203.0.113.9 tcp 198.51.100.1 22
		# A ban is for the whole /64.
		try dropped client -s 2001:db8:f::9 tcp 2001:db8:f::1 22
		try open client -s 2001:db8:e::9 tcp 2001:db8:f::1 22
		in_ns client ip address add 2001:db8:f::bad/64 dev eth0
		try dropped client -s 2001:db8:f::bad tcp 2001:db8:f::1 22
		in_ns client ip address del 2001:db8:f::bad/64 dev eth0
	}
	with_both check
}

@test "max resets connections above its count, for all ports of the line together" {
	gen <<-END
		allow tcp 80, 443 max 2
		allow tcp 25 max 1 total
	END
	check() {
		local address
		for address in 198.51.100.1 2001:db8:f::1; do
			in_ns client bash -c "exec 3<>/dev/tcp/$address/80 4<>/dev/tcp/$address/443; '$BUILD/tests/knock' tcp $address 80" >"$tmp/word" || true
			[ "$(cat "$tmp/word")" = refused ]
		done
		in_ns client bash -c "exec 3<>/dev/tcp/198.51.100.1/25; '$BUILD/tests/knock' -s 203.0.113.9 tcp 198.51.100.1 25" >"$tmp/word" || true
		[ "$(cat "$tmp/word")" = refused ]
	}
	with_both check
}

@test "when and until accept within the time and deny outside of it" {
	gen <<-END
		allow tcp 80 when $(date -u -d '-2 hours' +%H:%M)-$(date -u -d '+2 hours' +%H:%M)
		allow tcp 443 when $(date -u -d '+2 hours' +%H:%M)-$(date -u -d '+4 hours' +%H:%M)
		allow tcp 25 when 00:00-24:00 $(date -u +%a | tr A-Z a-z)-$(date -u -d tomorrow +%a | tr A-Z a-z)
		allow tcp 113 when 00:00-24:00 $(date -u -d '+3 days' +%a | tr A-Z a-z)
		allow tcp 22 until 2037-12-31
		allow tcp 3128 until $(date -u -d yesterday +%F)
	END
	grep -q 'this date has passed' "$tmp/warnings"
	check() {
		local port
		for port in 80 25 22; do try_both open client tcp FW $port; done
		for port in 443 113 3128; do try_both dropped client tcp FW $port; done
	}
	with_both check
}

@test "from self, by user, by group and default out restrict what this host sends" {
	gen <<-END
		default out deny
		allow http from self
		allow smtp from self by user nobody
		allow dns from self by group root
		allow tcp 443 from self to 198.51.100.7
	END
	check() {
		try_both open fw tcp CLIENT 80
		try_both open fw udp CLIENT 53
		try open fw tcp 198.51.100.7 443
		[[ $(knock fw -t 300 tcp 2001:db8:f::9 443) == @(dropped|refused) ]]
		[[ $(knock fw -t 300 tcp 198.51.100.7 25) == @(dropped|refused) ]]
		[ "$(ip netns exec fw setpriv --reuid=nobody --regid=nogroup --clear-groups "$(anyone tests/knock)" tcp 198.51.100.7 25)" = open ]
		[ "$(ip netns exec fw setpriv --reuid=nobody --regid=nogroup --clear-groups "$(anyone tests/knock)" tcp 2001:db8:f::9 25)" = open ]
		[[ $(ip netns exec fw setpriv --reuid=nobody --regid=nogroup --clear-groups "$(anyone tests/knock)" -t 300 udp 198.51.100.7 53) == @(dropped|refused) ]]
		# Neighbour discovery works although output is denied.
		ip -n fw -6 neighbour flush dev eth0
		try open fw tcp 2001:db8:f::9 80
	}
	with_both check
}

@test "only restricts a line to one family" {
	gen <<-END
		allow tcp 80 only ipv4
		allow tcp 443 only ipv6 note "a note with \"quotes\""
	END
	check() {
		try open client tcp 198.51.100.1 80
		try dropped client tcp 2001:db8:f::1 80
		try dropped client tcp 198.51.100.1 443
		try open client tcp 2001:db8:f::1 443
	}
	with_both check
}

@test "zones are interfaces and networks, and packets are forwarded only as a line says" {
	gen <<-END
		zone wan = eth0
		zone lan = eth1 at 192.168.1.0/24, 2001:db8:1::/64
		allow ssh from lan
		allow http from lan to wan
		allow https from wan to 192.168.1.100, 2001:db8:1::100
	END
	check() {
		try_both open server tcp INNER 22
		try_both dropped client tcp FW 22
		try_both open server tcp CLIENT 80
		try_both dropped server tcp CLIENT 25
		try_both open client tcp SERVER 443
		try_both dropped client tcp SERVER 80
	}
	with_both check
}

@test "block drops all packets of its hosts, even replies" {
	gen <<-END
		hosts abuse = 203.0.113.0/24, 2001:db8:e::/64
		block from abuse
		log blocked 10/m prefix "blocked: "
		allow http from any
	END
	check() {
		try dropped client -s 203.0.113.9 tcp 198.51.100.1 80
		try dropped client -s 2001:db8:e::9 tcp 2001:db8:f::1 80
		try_both open client tcp FW 80
		[ "$(counted raw 'blocked: ')" -ge 1 ]
		[ "$(counted raw 'blocked: ' 6)" -ge 1 ]
	}
	with_both check
}

@test "forward accepts only connections to its port, and the server sees the client's address" {
	gen <<-END
		zone wan = eth0
		zone lan = eth1 at 192.168.1.0/24, 2001:db8:1::/64
		forward tcp 8080 on wan to 192.168.1.100 port 80
		forward tcp 8080 on wan to 2001:db8:1::100 port 80
		forward udp 10000-10001 on wan to 192.168.1.100
		forward tcp 2222 at 198.51.100.1 from 203.0.113.0/24 to 192.168.1.101 port 22
		forward tcp 8081 on wan to 192.168.1.100 port 8000 limit 2/h
	END
	check() {
		try_both open client tcp FW 8080
		[ "$(knock client -v tcp 198.51.100.1 8080 | sed -n 2p | cut -d' ' -f1 | sed 's/^::ffff://')" = 198.51.100.7 ]
		try open client udp 198.51.100.1 10001
		try open client -s 203.0.113.9 tcp 198.51.100.1 2222
		try dropped client tcp 198.51.100.1 2222
		# The port of the target itself is closed.
		try_both dropped client tcp SERVER 80
		[ "$(knock client -t 900 -n 3 tcp 198.51.100.1 8081 | paste -sd,)" = open,open,dropped ]
	}
	with_both check
}

@test "hairpin lets neighbours of the target use the firewall's address" {
	gen <<-END
		zone wan = eth0
		zone lan = eth1 at 192.168.1.0/24, 2001:db8:1::/64
		forward tcp 8080 on wan to 192.168.1.101 port 80 hairpin
		forward tcp 8080 on wan to 2001:db8:1::100 port 80 hairpin
		forward tcp 8443 on wan to 192.168.1.101 port 443
	END
	check() {
		try_both open client tcp FW 8080
		try_both open server tcp FW 8080
		try dropped server tcp 198.51.100.1 8443
	}
	with_both check
}

@test "redirect leads to a port that is closed to direct connections" {
	gen <<-END
		zone lan = eth1
		redirect tcp 80 from lan to port 3128
	END
	check() {
		[ "$(knock server -v tcp 198.51.100.7 80 | head -1)" = open ]
		try_both open server tcp CLIENT 80
		try_both dropped server tcp INNER 3128
	}
	with_both check
}

@test "masquerade, snat and map change the address that the other side sees" {
	seen() { # seen NAMESPACE ADDRESS PORT
		knock "$1" -v tcp "$2" "$3" | sed -n 2p | cut -d' ' -f1 | sed 's/^::ffff://'
	}
	gen <<-END
		zone wan = eth0
		zone lan = eth1 at 192.168.1.0/24, 2001:db8:1::/64
		allow from lan to wan
		allow http from wan to lan
		masquerade from lan to wan
		snat from 2001:db8:1::/64 to wan as 2001:db8:f::77
		map 198.51.100.96/27 on wan to 192.168.1.96/27
	END
	ip -n fw address add 2001:db8:f::77/64 dev eth0
	ip -n client route add 198.51.100.100 via 198.51.100.1
	check() {
		[ "$(seen server 198.51.100.7 80)" = 198.51.100.1 ]
		[ "$(seen server 2001:db8:f::9 80)" = 2001:db8:f::77 ]
		try open client tcp 198.51.100.100 80
		try dropped client tcp 198.51.100.100 443
	}
	with_both check
	ip -n fw address del 2001:db8:f::77/64 dev eth0
	gen <<-END
		zone wan = eth0
		zone lan = eth1 at 192.168.1.0/24, 2001:db8:1::/64
		allow from lan to wan
		masquerade from lan to wan both
	END
	check() {
		[ "$(seen server 198.51.100.7 80)" = 198.51.100.1 ]
		[ "$(seen server 2001:db8:f::9 80)" = 2001:db8:f::1 ]
	}
	with_both check
}

@test "mark sets marks and classes, and clamp sets segment sizes" {
	gen <<-END
		zone wan = eth0
		zone lan = eth1 at 192.168.1.0/24, 2001:db8:1::/64
		mark tcp 22 from wan as 0x10
		mark tcp 80 from wan as 0x2/0xff
		mark tcp 443 from self as dscp af21
		mark udp 5060 from wan to lan as dscp ef
		raw INPUT -m mark --mark 0x10 -j ACCEPT
		raw INPUT -m mark --mark 0x2/0xff -j ACCEPT
		allow sip, http from wan to lan
		clamp mss 1200 to lan
	END
	for program in iptables-nft ip6tables-nft; do
		in_ns server $program -A INPUT -p udp --dport 5060 -m dscp --dscp-class EF -j ACCEPT
		in_ns server $program -A INPUT -p tcp --dport 80 --tcp-flags SYN,ACK SYN -m tcpmss --mss 1200 -j ACCEPT
		in_ns client $program -A INPUT -p tcp --dport 443 -m dscp --dscp-class AF21 -j ACCEPT
	done
	check() {
		try_both open client tcp FW 22
		try_both open client tcp FW 80
		try_both dropped client tcp FW 25
		try_both open client udp SERVER 5060
		try_both open client tcp SERVER 80
		try_both open fw tcp CLIENT 443
	}
	with_both check
	seen() { # seen NAMESPACE: each rule there has counted a packet
		in_ns "$1" iptables-nft-save -c >"$tmp/seen"
		in_ns "$1" ip6tables-nft-save -c >>"$tmp/seen"
		grep -q -- '-A INPUT' "$tmp/seen"
		run ! grep -E '^\[0:0\] -A INPUT' "$tmp/seen"
	}
	seen server
	seen client
	for program in iptables-nft ip6tables-nft; do
		in_ns server $program -F
		in_ns client $program -F
	done
}

@test "antispoof drops a source that is routed elsewhere, before any other rule" {
	gen <<-END
		zone wan = eth0
		antispoof on wan
		allow http
	END
	ip -n client address add 192.168.1.55/32 dev lo
	ip -n client address add 2001:db8:1::55/128 dev lo
	check() {
		try_both open client tcp FW 80
		try dropped client -s 192.168.1.55 tcp 198.51.100.1 80
		try dropped client -s 2001:db8:1::55 tcp 2001:db8:f::1 80
		[ "$(counted raw rpfilter)" -ge 1 ]
		[ "$(counted raw rpfilter 6)" -ge 1 ]
	}
	with_both check
	ip -n client address del 192.168.1.55/32 dev lo
	ip -n client address del 2001:db8:1::55/128 dev lo
}

@test "notrack exempts requests and replies from tracking, also when output is denied" {
	local default
	for default in allow deny; do
		gen <<-END
			default out $default
			notrack udp 53
			allow dns
		END
		check() {
			try_both open client udp FW 53
			try_both open client tcp FW 53
			[ "$(in_ns fw conntrack -L -p udp 2>/dev/null | grep -c dport=53)" = 0 ]
			[ "$(in_ns fw conntrack -L -p tcp 2>/dev/null | grep -c dport=53)" -ge 1 ]
		}
		with_both check
	done
}

@test "strict syn drops packets of a connection that the kernel does not know" {
	talk() { # talk TRIES: whether a line comes through after the kernel forgot the connection
		local listener
		: >"$tmp/heard"
		ip netns exec fw timeout 600 nc -l -p 9000 >"$tmp/heard" 3>&- &
		listener=$!
		wait_for in_ns fw grep -q ':2328 .* 0A ' /proc/net/tcp # 9000 is listened to
		in_ns client timeout 600 bash -c '
			exec 3<>/dev/tcp/198.51.100.1/9000
			until ip netns exec fw conntrack -L -p tcp 2>/dev/null | grep -q "ESTABLISHED .* dport=9000 "; do sleep 0.05; done
			ip netns exec fw conntrack -F 2>/dev/null
			echo still here >&3
			for ((i = 0; i < $2; i++)); do [ ! -s "$1" ] || break; sleep 0.05; done' talk "$tmp/heard" "$1" || true
		kill $listener 2>/dev/null
		wait
		[ -s "$tmp/heard" ] && echo heard || echo lost
	}
	gen <<<'allow tcp 9000'
	check() { [ "$(talk 2400)" = heard ]; }
	with_both check
	printf 'strict syn\nallow tcp 9000\n' | gen
	check() { [ "$(talk 20)" = lost ]; }
	with_both check
}

@test "ping accepts echo requests at its rate, none when off, ten a second by default" {
	echoes() { # echoes ADDRESS COUNT [SECONDS]: how many come back, the last of them within that time
		in_ns client ping -q -i 0.002 -c "$2" -W "${3-0.3}" "$1" | sed -n 's/.* \([0-9]*\) received.*/\1/p'
	}
	gen <<<'ping 2/s'
	check() {
		# The exact number depends on how long they take.
		[ "$(echoes 198.51.100.1 100)" -lt 75 ]
		[ "$(echoes 2001:db8:f::1 100)" -lt 75 ]
	}
	with_both check
	gen <<<'ping off'
	check() {
		[ "$(echoes 198.51.100.1 2)" = 0 ]
		[ "$(echoes 2001:db8:f::1 2)" = 0 ]
	}
	with_both check
	gen <<<'allow ssh'
	check() {
		[ "$(echoes 198.51.100.1 19 30)" = 19 ]
		[ "$(echoes 198.51.100.1 400)" -lt 350 ]
		[ "$(echoes 2001:db8:f::1 19 30)" = 19 ]
	}
	with_both check
}

@test "default in and default forward can reject and allow" {
	printf 'default in reject\ndefault forward allow\nallow http\n' | gen
	check() {
		try_both open client tcp FW 80
		try_both refused client tcp FW 25
		try_both refused client udp FW 500
		try_both open client tcp SERVER 80
	}
	with_both check
	printf 'default in allow\ndeny tcp 25\ndefault forward reject\ndefault out reject\nallow dns from self\n' | gen
	check() {
		try_both open client tcp FW 443
		try_both dropped client tcp FW 25
		try_both refused client tcp SERVER 80
		try_both open fw udp CLIENT 53
		try_both refused fw tcp CLIENT 80
	}
	with_both check
}

@test "log denied, invalid and nflog count packets, and off makes no log rule" {
	printf 'log denied 10/m burst 3 prefix "no %%c: "\ndefault out deny\n' | gen
	check() {
		knock client -t 30 -n 5 tcp 198.51.100.1 25 || true
		knock client -t 30 tcp 192.168.1.100 25 || true
		knock fw -t 30 tcp 198.51.100.7 25 || true
		[ "$(counted filter '"no INPUT: "')" = 3 ]
		[ "$(counted filter '"no FORWARD: "')" -ge 1 ]
		[ "$(counted filter '"no OUTPUT: "')" -ge 1 ]
	}
	with_both check
	printf 'log denied 10/m nflog 7\nlog invalid off\n' | gen
	check() {
		try_both dropped client tcp FW 25
		[ "$(counted filter 'nflog-group 7')" -ge 1 ]
	}
	with_both check
	printf 'log denied off\nlog invalid off\nallow ssh limit 1/h\n' | gen
	run ! grep -q LOG "$tmp/rules"
	check() {
		[ "$(knock client -t 900 -n 2 tcp 198.51.100.1 22 | paste -sd,)" = open,dropped ]
	}
	with_both check
}

@test "helper makes the kernel follow the protocol on its port" {
	gen <<-END
		zone wan = eth0
		service myftp = tcp 113 helper ftp
		helper myftp from wan
		allow myftp
	END
	check() {
		try_both open client tcp FW 113
		in_ns fw conntrack -L 2>/dev/null | grep -q 'dport=113 .*helper=ftp'
	}
	with_both check
}

@test "docker: a published port is open only if a line names its published number" {
	ip netns add container
	ip -n fw link add docker0 type bridge
	ip -n fw link add veth0 type veth peer name eth0 netns container
	ip -n fw link set veth0 master docker0
	ip -n fw link set veth0 up
	net_address fw docker0 172.17.0.1/16
	net_address container eth0 172.17.0.2/16
	ip -n container route add default via 172.17.0.1
	net_serve container tcp:8443 tcp:5432 tcp:9000
	# The raw lines stand for the rules of Docker itself.
	gen <<-END
		zone wan = eth0
		zone containers = docker
		allow tcp 443 from any to containers max 2
		allow tcp 9090 from 203.0.113.0/24 to containers limit 2/h
		allow http from containers to wan
		raw nat PREROUTING -i eth0 -p tcp --dport 443 -j DNAT --to-destination 172.17.0.2:8443
		raw nat PREROUTING -i eth0 -p tcp --dport 5432 -j DNAT --to-destination 172.17.0.2:5432
		raw nat PREROUTING -i eth0 -p tcp --dport 9090 -j DNAT --to-destination 172.17.0.2:9000
		raw -4 FORWARD -o docker0 -j ACCEPT
	END
	sed -i 's/^-A PREROUTING -i eth0/-4 &/' "$tmp/rules"
	check() {
		try open client tcp 198.51.100.1 443
		try dropped client tcp 198.51.100.1 5432
		try dropped client tcp 198.51.100.1 9090
		[ "$(knock client -t 900 -n 3 -s 203.0.113.9 tcp 198.51.100.1 9090 | paste -sd,)" = open,open,dropped ]
		try open container tcp 198.51.100.7 80
		try dropped container tcp 198.51.100.7 443
	}
	with_both check
	for pid in $(ip netns pids container); do kill "$pid"; done
	ip netns delete container
	ip -n fw link delete docker0
}

@test "frame off adds no rules: what no line allows meets the policy" {
	printf 'frame off\nallow http\n' | gen
	check() {
		try_both dropped client tcp FW 443
		[ "$(in_ns client ping -q -c 1 -W 0.3 198.51.100.1 | grep -c ' 0 received')" = 1 ]
		knock client -t 30 tcp 198.51.100.1 80 || true
		[ "$(counted filter 'dport 80')" -ge 1 ]
	}
	with_both check
	[ "$(grep -c '^-A' "$tmp/rules")" = 1 ]
}
