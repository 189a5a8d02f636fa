#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-save compared with iptables-save && ip6tables-save, with interleaved runs: the ratio of the best times, on the clock
# and of CPU time, since other work on the machine spoils the first. Fails when both are above the bound that the project
# promises for 10,000 rules per family. Then 100,000 rules in one chain, which the kernel reads in quadratic time: the same
# ratio, and the time with other buffer sizes.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export XTABLES_LOCKFILE=$tmp/xtables.lock

rules() { # rules COUNT FAMILY CHAINS: prints a filter table of COUNT rules of six or more words, spread over CHAINS chains
	awk -v count="$1" -v family="$2" -v chains="$3" 'BEGIN {
		print "*filter"
		for (c = 0; c < chains; c++) printf ":c%d - [0:0]\n", c
		for (i = 0; i < count; i++) {
			source = family == 4 ? sprintf("10.%d.%d.%d/32", i / 65536, int(i / 256) % 256, i % 256) : sprintf("2001:db8::%x:%x/128", i / 65536, i % 65536)
			printf "-A c%d -s %s -p tcp -m tcp --dport %d -m conntrack --ctstate NEW -m comment --comment \"rule %d\" -j ACCEPT\n", i % chains, source, i % 60000 + 1, i
		}
		print "COMMIT"
	}'
}

theirs() { "iptables-$b-save" -c && "ip6tables-$b-save" -c; }
ours() { "$BUILD/fw-save" -q -b "$b" -c -s "$tmp/state"; }
seconds() { # seconds COMMAND...: prints the seconds of one run, on the clock and of CPU time
	local TIMEFORMAT='%R %U %S'
	{ time "$@" >"$tmp/out" 2>"$tmp/err"; } 2>&1 | awk '{ print $1, $2 + $3 }'
}

load() { # load COUNT CHAINS: loads a table of rules for both families
	rules "$1" 4 "$2" | "iptables-$b-restore"
	rules "$1" 6 "$2" | "ip6tables-$b-restore"
}

bad=0
compare() { # compare TEXT ROUNDS BOUND
	local i
	: >"$tmp/ours"
	: >"$tmp/theirs"
	for ((i = 0; i < $2; i++)); do
		seconds theirs >>"$tmp/theirs"
		seconds ours >>"$tmp/ours"
	done
	awk -v text="$b, $1" -v bound="$3" '
		NR == FNR { if (!(t && t < $1)) t = $1; if (!(tc && tc < $2)) tc = $2; next }
		{ if (!(o && o < $1)) o = $1; if (!(oc && oc < $2)) oc = $2 }
		END {
			printf "%-42s %6.2f s, theirs %6.2f s: %.2f times; processors %5.2f s, theirs %5.2f s: %.2f times%s\n",
				text, o, t, o / t, oc, tc, oc / tc, bound ? " (bound " bound ")" : ""
			exit bound && o / t > bound && oc / tc > bound
		}' "$tmp/theirs" "$tmp/ours" || bad=1
}

# After a load, fw-save also reads its record, to distinguish our rules from those of others.
after_load() {
	ours >"$tmp/saved" 2>/dev/null
	"$BUILD/fw-load" -q -b "$b" -s "$tmp/state" --replace "$tmp/saved"
	compare "10,000 rules a family, of a load" 5 ""
	rm -r "$tmp/state"
}

# Legacy in a namespace of its own, because where both backends were used, fw-save checks the other one too.
if [ "${1-}" = legacy ]; then
	b=legacy
	load 10000 1
	compare "10,000 rules a family, one chain" 9 1.3
	after_load
	exit "$bad"
fi
# The search for nft's rules in iptables' tables, part of each save, which reads all of the rules once more.
look() { # look WHAT MILLISECONDS
	"$BUILD/tests/door" nft look 46 | awk -v what="$1" -v most="$2" '{ print what ", the look at nft'\''s objects, " $0 ($5 > most ? "   more than the " most " ms that are promised" : "") }'
}

b=nft
load 10000 1
compare "10,000 rules a family, one chain" 7 1.3
look "10,000 rules a family" 100
after_load
unshare -n bash "$0" legacy || bad=1
[ "${1-}" = short ] && exit "$bad"

load 100000 1
compare "100,000 rules a family, one chain" 1 ""
for size in 16384 32768 65536 1048576; do
	echo "one dump of this chain, IPv4, buffer of $size bytes: $("$BUILD/tests/nft-dump" "$size" filter c0)"
done
load 100000 100
compare "100,000 rules a family, 100 chains" 1 ""
exit "$bad"
