#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# The cost of the meaning checks: fw-lint's CPU time with all checks and its memory, on a campus firewall of 94 chains,
# random flat rules with 12 % wildcards in each field, slices of all ports but one, and nested chains; at several sizes,
# for both families. Then rules of which one makes half unreachable, compared with the checks of single rules. Then
# fw-trace. Fails above the bounds that the project promises.
set -u
: "${BUILD:?}"
tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT
bad=0

rules() { # rules FAMILY KIND N
	gawk -v family="$1" -v kind="$2" -v n="$3" '
	function part(n) { return int(rand() * n) }
	function addr() {
		if (family == 4) return "10." part(256) "." part(256) "." part(256)
		return sprintf("2001:db8:%x:%x:%x::%x", part(256), part(256), part(65536), part(65535) + 1)
	}
	function net(  narrow) {
		narrow = rand()
		return addr() "/" (family == 4 ? (narrow < .5 ? 32 : narrow < .75 ? 24 : 20) : (narrow < .5 ? 128 : narrow < .75 ? 64 : 48))
	}
	function service(  kind) {
		kind = rand()
		if (kind < .1) return "-s " net()
		if (kind < .3) return "-s " net() " -d " addr() " -p tcp --dport " part(2000)
		if (kind < .45) return "-s " addr() " -p tcp -m multiport --dports 22,80,443," part(9000)
		if (kind < .85) return "-d " addr() " -p tcp --dport " (kind < .6 ? 22 : kind < .75 ? 443 : part(60000))
		if (kind < .9) return "-s " addr() " -m mac --mac-source 00:11:22:33:44:" sprintf("%02x", part(256))
		return "-d " addr() " -p udp --dport " part(60000)
	}
	function flat(i) {
		for (i = 0; i < n; i++)
			print "-A INPUT" (rand() < .88 ? " -s " net() : "") (rand() < .88 ? " -d " net() : "") \
				(rand() < .88 ? " -p tcp --dport " part(65536) : "") " -j " (rand() < .5 ? "ACCEPT" : "DROP")
	}
	function slices(i) {
		for (i = 0; i < n - 1; i++) print "-A INPUT -p tcp --dport " i " -j DROP"
		print "-A INPUT -p tcp -j ACCEPT"
	}
	function nested(i) {
		for (i = 0; i < n / 5 * 2; i++) print ":c" i " - [0:0]"
		for (i = 0; i < n / 5; i++) {
			print "-A INPUT -d " addr() " -p tcp --dport " part(65536) " -j c" i
			print "-A c" i " -s " net() " -j MARK --set-xmark 1\n-A c" i " -j c" i + n / 5
			print "-A c" i + n / 5 " -s " net() " -j ACCEPT\n-A c" i + n / 5 " -j DROP"
		}
	}
	# half of the rules are unreachable by one, which stands in INPUT, in a chain, or before each pair
	function dead(i) {
		print "-A INPUT -i lo -j ACCEPT"
		for (i = 0; i < n / 2; i++) print "-A INPUT -s 10." int(i / 256) "." i % 256 ".0/24 -p tcp --dport 22 -j ACCEPT"
		print "-A INPUT -s 10.0.0.0/8 -j DROP"
		for (i = 0; i < n / 2 - 2; i++) print "-A INPUT -s 10." int(i / 256) "." i % 256 ".0/24 -p udp --dport 53 -j ACCEPT"
	}
	function deadchain(i) {
		print ":geo - [0:0]\n-A INPUT -p tcp --dport 22 -j geo"
		for (i = 0; i < n / 2; i++) print "-A geo -s 11." int(i / 256) "." i % 256 ".0/24 -j ACCEPT"
		print "-A geo -j DROP"
		for (i = 0; i < n / 2 - 2; i++) print "-A geo -s 12." int(i / 256) "." i % 256 ".0/24 -j ACCEPT"
	}
	function deadpairs(i) {
		print "-A INPUT -p tcp -j ACCEPT"
		for (i = 0; i < n / 2; i++) print "-A INPUT -p udp --dport " i " -j ACCEPT\n-A INPUT -p tcp --dport " i " -j DROP"
	}
	function campus(c, i) {
		for (c = 0; c < 91; c++) print ":vlan" c " - [0:0]"
		print "-A INPUT -i lo -j ACCEPT\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
		print "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
		for (c = 0; c < 91; c++) print "-A FORWARD " (c % 2 ? "-o" : "-i") " vlan" c " -j vlan" c
		for (c = 0; c < 91; c++) {
			for (i = 0; i < int(n / 91) - 3; i++) print "-A vlan" c " " service() " -j " (rand() < .8 ? "ACCEPT" : "DROP")
			print "-A vlan" c " -j " (c % 3 ? "RETURN" : "DROP")
		}
		print "-A FORWARD -j DROP"
	}
	BEGIN {
		srand(1); print "*filter\n:INPUT " (kind == "campus" ? "DROP" : "ACCEPT") " [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]"
		if (kind == "flat") flat()
		if (kind == "slices") slices()
		if (kind == "chains") nested()
		if (kind == "campus") campus()
		if (kind == "dead") dead()
		if (kind == "deadchain") deadchain()
		if (kind == "deadpairs") deadpairs()
		print "COMMIT"
	}'
}

cost() { # cost RUNS PROGRAM ARGUMENT...: prints "SECONDS MEGABYTES" of the best run
	"$BUILD/tests/cpucost" "$@" 2>/dev/null | awk '{ printf "%.2f %d\n", $1 / 1e6, $2 / 1024 }'
}

say() { # say NAME BOUND SECONDS MEGABYTES: fails above BOUND seconds (0: no promise), and always above 1 GB of memory
	awk -v name="$1" -v bound="$2" -v s="$3" -v mb="$4" 'BEGIN {
		over = mb >= 1000 || (bound > 0 && s > bound)
		promise = bound > 0 ? "(bound " bound ")" : ""
		printf "%-32s %5.2f s CPU %-13s %4d MB%s\n", name, s, promise, mb, over ? "  NOT KEPT" : ""
		exit over
	}' || bad=1
}

while read -r kind count bound; do
	for family in 4 6; do
		rules "$family" "$kind" "$count" >"$tmp/rules.v$family"
		"$BUILD/fw-lint" -q --checks=syntax,kernel "$tmp/rules.v$family" || exit 1 # with errors, the meaning checks would not run
		read -r s mb < <(cost 3 "$BUILD/fw-lint" -q --checks=all "$tmp/rules.v$family")
		say "$(printf '%6d rules, %s, IPv%d' "$count" "$kind" "$family")" "$bound" "${s:-999}" "${mb:-0}"
	done
done <<-END
	campus 5500 0.15
	campus 20000 0
	campus 100000 0
	flat 5000 0.5
	flat 20000 0
	flat 100000 5
	slices 65536 1
	chains 20000 0
	chains 100000 5
END

# One unreachable rule or thousands by the same cause: the work and the output stay small.
for kind in dead deadchain deadpairs; do
	rules 4 "$kind" 11764 >"$tmp/rules.v4"
	read -r single _ < <(cost 3 "$BUILD/fw-lint" -q -4 --checks=syntax,kernel "$tmp/rules.v4")
	read -r all mb < <(cost 3 "$BUILD/fw-lint" -q -4 "$tmp/rules.v4")
	bound=$(awk -v s="${single:-0}" 'BEGIN { printf "%.2f", 1.5 * s + 0.5 }')
	say " 11764 rules, $kind" "$bound" "${all:-999}" "${mb:-0}"
	lines=$("$BUILD/fw-lint" -q -4 "$tmp/rules.v4" 2>&1 | wc -l)
	[ "$lines" -le 20 ] || { echo "$lines lines of output (bound 20)  NOT KEPT"; bad=1; }
done

rules 4 flat 100000 >"$tmp/rules.v4"
awk 'BEGIN { srand(2); for (i = 0; i < 200000; i++) printf "in eth0 tcp 10.%d.%d.%d:%d -> 10.%d.%d.%d:%d new\n",
	rand() * 256, rand() * 256, rand() * 256, rand() * 65536, rand() * 256, rand() * 256, rand() * 256, rand() * 65536 }' >"$tmp/packets"
head -1 "$tmp/packets" >"$tmp/one"
read -r one _ < <(cost 3 "$BUILD/fw-trace" -R "$tmp/rules.v4" -p "$tmp/one")
read -r all mb < <(cost 3 "$BUILD/fw-trace" -R "$tmp/rules.v4" -p "$tmp/packets")
awk -v one="${one:-0}" -v all="${all:-999}" -v mb="${mb:-0}" 'BEGIN {
	rate = 199999 / (all - one)
	printf "fw-trace, 100000 rules: %d packets a second of CPU (bound 100000), %.2f s before the first, %d MB%s\n", rate, one, mb,
		(rate < 100000 ? "  NOT KEPT" : "")
	exit rate < 100000
}' || bad=1
exit "$bad"
