# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Compiles profiles, loads them with the system's programs into the namespace fw, and tries them with packets.
# shellcheck shell=bash

# Addresses, IPv4 and IPv6: the firewall outside and inside, the server, the client.
FW=(198.51.100.1 2001:db8:f::1)
INNER=(192.168.1.1 2001:db8:1::1)
SERVER=(192.168.1.100 2001:db8:1::100)
CLIENT=(198.51.100.7 2001:db8:f::9)

gen() { # gen < profile: compiles it into $tmp/rules
	(cd "$tmp" && fw-gen - >rules 2>warnings) || { cat "$tmp/warnings"; return 1; }
}

load() { # load nft|legacy
	in_ns fw "iptables-$1-restore" "$tmp/rules" && in_ns fw "ip6tables-$1-restore" "$tmp/rules" || return
	in_ns fw conntrack -F 2>/dev/null
	backend=$1
}

# All tables of a family, empty and with accepting policies.
EMPTY_TABLES='*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
COMMIT
*nat
COMMIT
*mangle
COMMIT
*raw
COMMIT'

unload() { # unload nft|legacy: in the namespace fw
	in_ns fw "iptables-$1-restore" <<<"$EMPTY_TABLES" && in_ns fw "ip6tables-$1-restore" <<<"$EMPTY_TABLES"
}

# with_both command...: runs it with the rules loaded by one backend, in turn from test to test to save time, or by both if
# FW_BACKENDS names both
with_both() {
	local kind turn=legacy
	[ $((BATS_TEST_NUMBER % 2)) = 0 ] || turn=nft
	for kind in ${FW_BACKENDS:-$turn}; do
		load "$kind"
		echo "# backend $kind"
		"$@" # not behind ||, where bats would ignore failures inside
		unload "$kind"
	done
}

try() { # try WORD NAMESPACE knock-arguments...: the result of knock must be WORD
	local want=$1 got patience=()
	shift
	[ "$want" != dropped ] || patience=(-t 300)
	got=$(knock "$1" "${patience[@]}" "${@:2}") || true
	[ "$got" = "$want" ] || { echo "$backend: $*: $got, not $want"; return 1; }
}

try_both() { # try_both WORD NAMESPACE tcp|udp ADDRESSES PORT: tries both families; ADDRESSES is the name of an array
	local -n addresses=$4
	try "$1" "$2" "$3" "${addresses[0]}" "$5" && try "$1" "$2" "$3" "${addresses[1]}" "$5"
}

counted() { # counted TABLE PATTERN [4|6]: prints the packets counted by the rules that match the pattern
	local program=iptables
	[ "${3-4}" = 4 ] || program=ip6tables
	in_ns fw "$program-$backend-save" -c -t "$1" | grep -E -- "$2" | sed 's/^\[\([0-9]*\):.*/\1/' | awk '{ n += $1 } END { print n + 0 }'
}

# gen_setup: for setup: the programs, $tmp, and no rules in the namespace fw
gen_setup() {
	cd "$BATS_TEST_DIRNAME" || return
	PATH=$BUILD:$PATH
	tmp=$BATS_TEST_TMPDIR
	has packets || return 0
	unload nft
	unload legacy
}

# gen_down: for teardown_file
gen_down() {
	in_netns || return 0
	net_down
}

gen_forwards() { # gen_forwards: fw forwards packets of both families
	in_ns fw sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
}
