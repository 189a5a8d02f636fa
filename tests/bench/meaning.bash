#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the meaning costs: fw-lint's processor time, and its memory, beside reading the same rules into the model.
# Random flat rules with 12 % wildcards each way, slices of all ports but one, and chains in chains.
set -u
: "${BUILD:?}"
tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT

rules() { # rules KIND N
	awk -v kind="$1" -v n="$2" '
	function addr() { return "10." int(rand() * 256) "." int(rand() * 256) "." int(rand() * 256) }
	function net() { return addr() "/" (rand() < .5 ? 32 : rand() < .5 ? 24 : 20) }
	BEGIN {
		srand(1); print "*filter\n:INPUT ACCEPT [0:0]"
		if (kind == "flat")
			for (i = 0; i < n; i++)
				print "-A INPUT" (rand() < .88 ? " -s " net() : "") (rand() < .88 ? " -d " net() : "") \
					(rand() < .88 ? " -p tcp --dport " int(rand() * 65536) : "") " -j " (rand() < .5 ? "ACCEPT" : "DROP")
		if (kind == "slices") {
			for (i = 0; i < n - 1; i++) print "-A INPUT -p tcp --dport " i " -j DROP"
			print "-A INPUT -p tcp -m tcp -j ACCEPT"
		}
		if (kind == "chains") {
			for (i = 0; i < n / 5 * 2; i++) print ":c" i " - [0:0]"
			for (i = 0; i < n / 5; i++) {
				print "-A INPUT -d " addr() " -p tcp --dport " int(rand() * 65536) " -j c" i
				print "-A c" i " -s " net() " -j MARK --set-xmark 1\n-A c" i " -j c" i + n / 5
				print "-A c" i + n / 5 " -s " net() " -j ACCEPT\n-A c" i + n / 5 " -j DROP"
			}
		}
		print "COMMIT"
	}'
}

cost() { # cost PROGRAM ARGUMENT...: "seconds megabytes"
	/usr/bin/time -f '%U %M' "$@" 2>&1 >/dev/null | tail -1 | awk '{ printf "%6.2f s %5d MB", $1, $2 / 1024 }'
}

for line in "flat 5000" "flat 20000" "flat 100000" "slices 65536" "chains 20000" "chains 100000"; do
	# shellcheck disable=SC2086
	rules $line >"$tmp/rules.v4"
	printf '%-14s fw-lint %s   reading alone %s\n' "$line" "$(cost "$BUILD/fw-lint" -q "$tmp/rules.v4")" \
		"$(cost "$BUILD/tests/reprint" 4 "$tmp/rules.v4")"
done
rules flat 100000 >"$tmp/rules.v4"
awk 'BEGIN { srand(2); for (i = 0; i < 100000; i++) printf "in eth0 tcp 10.%d.%d.%d:%d -> 10.%d.%d.%d:%d new\n",
	rand() * 256, rand() * 256, rand() * 256, rand() * 65536, rand() * 256, rand() * 256, rand() * 256, rand() * 65536 }' >"$tmp/packets"
head -1 "$tmp/packets" >"$tmp/one"
printf 'fw-trace, 100000 rules: one packet %s, 100000 packets %s\n' "$(cost "$BUILD/fw-trace" -R "$tmp/rules.v4" -p "$tmp/one")" \
	"$(cost "$BUILD/fw-trace" -R "$tmp/rules.v4" -p "$tmp/packets")"
