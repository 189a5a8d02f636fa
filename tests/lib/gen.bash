# SPDX-License-Identifier: GPL-2.0-or-later
# Profiles compiled, loaded with the system's own programs into the namespace fw, and tried with packets.
# shellcheck shell=bash

# The firewall and the server, by family.
FW=(198.51.100.1 2001:db8:f::1)
INNER=(192.168.1.1 2001:db8:1::1)
SERVER=(192.168.1.100 2001:db8:1::100)
CLIENT=(198.51.100.7 2001:db8:f::9)

gen() { # gen < profile: its rules are in $tmp/rules
	(cd "$tmp" && fw-gen - >rules 2>warnings) || { cat "$tmp/warnings"; return 1; }
}

load() { # load nft|legacy
	in_ns fw "iptables-$1-restore" "$tmp/rules" && in_ns fw "ip6tables-$1-restore" "$tmp/rules" || return
	in_ns fw conntrack -F 2>/dev/null
	backend=$1
}

# Every table of a family, empty and open.
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

with_both() { # with_both command...: with each backend, or for time with one a test, in turn, unless FW_BACKENDS names both
	local kind turn=legacy
	[ $((BATS_TEST_NUMBER % 2)) = 0 ] || turn=nft
	for kind in ${FW_BACKENDS:-$turn}; do
		load "$kind"
		echo "# backend $kind"
		"$@" # plainly: after || its failures would not count
		unload "$kind"
	done
}

try() { # try WORD NAMESPACE knock-arguments...: what must come of it
	local want=$1 got patience=()
	shift
	[ "$want" != dropped ] || patience=(-t 300)
	got=$(knock "$1" "${patience[@]}" "${@:2}") || true
	[ "$got" = "$want" ] || { echo "$backend: $*: $got, not $want"; return 1; }
}

try_both() { # try_both WORD NAMESPACE tcp|udp ADDRESSES PORT: ADDRESSES names an array, one a family
	local -n addresses=$4
	try "$1" "$2" "$3" "${addresses[0]}" "$5" && try "$1" "$2" "$3" "${addresses[1]}" "$5"
}

counted() { # counted TABLE PATTERN [4|6]: the packets of the rules that match
	local program=iptables
	[ "${3-4}" = 4 ] || program=ip6tables
	in_ns fw "$program-$backend-save" -c -t "$1" | grep -E -- "$2" | sed 's/^\[\([0-9]*\):.*/\1/' | awk '{ n += $1 } END { print n + 0 }'
}
