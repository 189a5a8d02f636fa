#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# The cost of fw-gen (a thousand statements, a list of 100,000 networks), and of a packet that passes a long list: as an
# ipset, as a tree of chains, as plain rules. Fails if a promise is broken.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

promise() { # promise TEXT MEASURED LIMIT
	if awk -v a="$2" -v b="$3" 'BEGIN { exit !(a <= b) }'; then
		printf '%-62s %8s <= %s\n' "$1" "$2" "$3"
	else
		printf '%-62s %8s >  %s  NOT KEPT\n' "$1" "$2" "$3"
		failed=1
	fi
}

# best COMMAND...: prints the shortest time of seven runs, in milliseconds, and the largest memory, in KiB
best() {
	local i us kib least=999999999 most=0
	for i in 1 2 3 4 5 6 7; do
		read -r us kib < <("$BUILD/tests/cpucost" 1 "$@")
		[ "$us" -ge "$least" ] || least=$us
		[ "$kib" -le "$most" ] || most=$kib
	done
	ms=$((least / 1000)) memory=$most
}

networks() { # networks COUNT: prints as many /24, none adjacent to another
	awk -v count="$1" 'BEGIN { for (i = 0; i < count; i++) printf "%d.%d.%d.0/24\n", 11 + int(i / 32768), int(i / 128) % 256, i % 128 * 2 }'
}

for ((i = 0; i < 1000; i++)); do
	echo "allow tcp $((i + 1000)), udp $((i + 3000)) from 10.0.$((i % 250)).0/24, 2001:db8:$i::/48 limit 10/m"
done >"$tmp/thousand.conf"
best "$BUILD/fw-gen" -c "$tmp/thousand.conf" 2>/dev/null
promise "1,000 statements, ms" "$ms" 50
promise "  their memory, KiB" "$memory" 204800
networks 100000 >"$tmp/list"
printf 'hosts long in file "list"\nblock from long\nallow ssh\n' >"$tmp/long.conf"
best "$BUILD/fw-gen" "$tmp/long.conf"
promise "100,000 networks as ipsets, ms" "$ms" 500
promise "  their memory, KiB" "$memory" 204800
best "$BUILD/fw-gen" --no-sets "$tmp/long.conf"
promise "100,000 networks as a tree, ms" "$ms" 500
promise "  its memory, KiB" "$memory" 204800

# Packets: UDP over loopback, through raw PREROUTING, from an address between two networks in the last third of the list,
# so that they are compared like the packets of a stranger.
stranger() { # stranger COUNT
	local i=$(($1 * 2 / 3))
	echo "$((11 + i / 32768)).$((i / 128 % 256)).$((i % 128 * 2 + 1)).1"
}

cost() { # cost NAME: prints the nanoseconds per packet, less those with an empty table
	local i us kib least=999999999
	for i in 1 2 3 4 5; do
		read -r us kib < <("$BUILD/tests/cpucost" 1 "$BUILD/tests/udpflood" "$source" 40000)
		[ "$us" -ge "$least" ] || least=$us
	done
	ns=$((least * 1000 / 40000))
	[ "$1" != nothing ] || empty=$ns
	printf '%-40s %6d ns a packet, %6d beyond an empty table\n' "$1" "$ns" $((ns - empty))
}

[ "$(id -u)" -eq 0 ] || exit $failed
for backend in legacy nft; do
	echo "with $backend:"
	source=127.0.0.1
	cost nothing
	for count in 16 64 256 1024 100000; do
		networks "$count" >"$tmp/list"
		source=$(stranger "$count")
		ip address replace "$source/32" dev lo
		if [ "$count" -le 1024 ]; then
			{ echo '*raw'; sed 's/.*/-A PREROUTING -s & -j DROP/' "$tmp/list"; echo COMMIT; } | "iptables-$backend-restore"
			cost "$count networks as plain rules"
			plain=$ns
		fi
		"iptables-$backend" -t raw -F
		if [ "$count" -ge 256 ]; then
			printf 'frame off\ndefault in allow\ndefault forward allow\nhosts long in file "list"\nblock from long\n' >"$tmp/long.conf"
			[ "$count" -gt 256 ] || networks 257 >"$tmp/list"
			"$BUILD/fw-gen" -4 --no-sets "$tmp/long.conf" | "iptables-$backend-restore"
			cost "$count networks as a tree"
			tree=$ns
			"iptables-$backend" -t raw -F
			"iptables-$backend" -t raw -X
			{ echo 'create long hash:net maxelem 200000'; sed 's/^/add long /' "$tmp/list"; } | ipset restore
			"iptables-$backend" -t raw -A PREROUTING -m set --match-set long src -j DROP
			cost "$count networks as an ipset"
			promise "  ipset / tree of $count" "$(awk -v a="$ns" -v b="$tree" 'BEGIN { printf "%.3f", a / b }')" 1.10
			[ "$count" -gt 1024 ] || promise "  ipset / plain rules of $count" "$(awk -v a="$ns" -v b="$plain" 'BEGIN { printf "%.3f", a / b }')" 1.10
			"iptables-$backend" -t raw -F
			ipset destroy long
		fi
	done
done
exit $failed
