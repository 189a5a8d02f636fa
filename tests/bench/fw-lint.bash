#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-lint compared with iptables-legacy-restore --test on the same text, with interleaved runs: the ratio of the best times,
# and the peak memory. Fails above the bounds that the project promises.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

rules() { # rules COUNT OPTIONS: prints a table of COUNT rules
	echo '*filter'
	echo ':INPUT DROP [0:0]'
	awk -v count="$1" -v address="$2" 'BEGIN {
		for (i = 0; i < count; i++)
			printf "-A INPUT %s-p tcp -m tcp --dport %d -m conntrack --ctstate NEW -j ACCEPT\n",
				address ? sprintf("-s 10.%d.%d.%d/32 ", i / 65536, int(i / 256) % 256, i % 256) : "", i % 60000 + 1
	}'
	echo COMMIT
}

best() { # best COMMAND...: prints the time of the shortest of five runs, in seconds, and its memory in KiB
	local i
	for i in 1 2 3 4 5; do
		/usr/bin/env python3 - "$@" <<-'END'
			import os, resource, subprocess, sys, time
			start = time.monotonic()
			code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
			wall = time.monotonic() - start
			assert code == 0, code
			print("%.4f %d" % (wall, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
		END
	done | sort -n | head -1
}

bad=0
compare() { # compare NAME FILE BOUND fw-lint-options...
	local name=$1 file=$2 bound=$3 ours theirs
	shift 3
	theirs=$(best iptables-legacy-restore --test "$file")
	ours=$(best "$BUILD/fw-lint" -q "$@" "$file")
	awk -v name="$name" -v ours="$ours" -v theirs="$theirs" -v bound="$bound" 'BEGIN {
		split(ours, o); split(theirs, t)
		printf "%-44s %.2f times (bound %s), %d MiB\n", name, o[1] / t[1], bound, o[2] / 1024
		exit o[1] / t[1] > bound || o[2] > 400 * 1024
	}' || bad=1
}

rules 100000 yes >"$tmp/v4.rules"
rules 100000 "" >"$tmp/both.rules"
compare "100,000 rules, IPv4, syntax" "$tmp/v4.rules" 1.3 -4 --checks=syntax
compare "100,000 rules, IPv4, syntax and kernel" "$tmp/v4.rules" 1.3 -4 --checks=syntax,kernel
compare "100,000 rules, both families, syntax and kernel" "$tmp/both.rules" 1.3 --checks=syntax,kernel
exit $bad
