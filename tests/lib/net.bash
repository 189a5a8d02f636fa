# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# The tutorial's network in namespaces of the test:
#
#	client 198.51.100.7 ---- eth0  fw  eth1 ---- 192.168.1.100, .101 server
#	2001:db8:f::9       203.0.113 is not used    2001:db8:1::100
#
# The firewall is 198.51.100.1 / 2001:db8:f::1 outside and 192.168.1.1 / 2001:db8:1::1 inside.
# Tests run in a network and mount namespace of their own (run-tests), so these names cannot clash with others.
# shellcheck shell=bash

. "${BASH_SOURCE[0]%/*}/wait.bash"

net_up() { # net_up: makes the three namespaces
	local ns
	for ns in client fw server; do
		ip netns add "$ns" || return
		ip -n "$ns" link set lo up
		# Without duplicate address detection, for which the tests would have to wait.
		ip netns exec "$ns" sh -c 'echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad; echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad'
	done
	ip -n fw link add eth0 type veth peer name eth0 netns client
	ip -n fw link add eth1 type veth peer name eth0 netns server
	net_address fw eth0 198.51.100.1/24 2001:db8:f::1/64
	net_address fw eth1 192.168.1.1/24 2001:db8:1::1/64
	net_address client eth0 198.51.100.7/24 2001:db8:f::9/64
	net_address server eth0 192.168.1.100/24 192.168.1.101/24 2001:db8:1::100/64
	ip -n client route add default via 198.51.100.1
	ip -n client -6 route add default via 2001:db8:f::1
	ip -n server route add default via 192.168.1.1
	ip -n server -6 route add default via 2001:db8:1::1
}

net_address() { # net_address NAMESPACE INTERFACE ADDRESS...
	local ns=$1 dev=$2 address
	shift 2
	for address; do ip -n "$ns" address add "$address" dev "$dev"; done
	ip -n "$ns" link set "$dev" up
}

net_down() { # net_down: ends the processes of net_serve, and removes the namespaces
	local ns pid
	for ns in client fw server; do
		# The shell's builtin kill, since a bare system has no other.
		for pid in $(ip netns pids "$ns" 2>/dev/null); do kill "$pid" 2>/dev/null || true; done
		ip netns delete "$ns" 2>/dev/null || true
	done
	return 0
}

net_serve() { # net_serve NAMESPACE tcp:PORT|udp:PORT...: starts a server on these ports, and waits until it is ready
	local ns=$1 ready
	shift
	ready=$(mktemp)
	ip netns exec "$ns" "$BUILD/tests/serve" "$@" >"$ready" 2>&1 3>&- &
	wait_for grep -q ready "$ready" || cat "$ready"
	rm -f "$ready"
}

in_ns() { # in_ns NAMESPACE command...: runs it in the namespace
	ip netns exec "$@"
}

knock() { # knock NAMESPACE [options] tcp|udp ADDRESS PORT: tries a port; see tests/helpers/knock.c
	local ns=$1
	shift
	ip netns exec "$ns" "$BUILD/tests/knock" "$@"
}
