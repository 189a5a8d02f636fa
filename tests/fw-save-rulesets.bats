#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# fw-save and fw-load over each ruleset that there is.

load lib/load

setup() { load_setup; }
teardown() { load_teardown; }

# Every ruleset that is here. The corpus is not part of the project: where it lies beside it, it counts too.
rulesets() {
	local file
	for file in data/ruleset/*.rules data/fw-load/*.rules ../../shared/corpus/*.rules; do
		[ -e "$file" ] && echo "$file"
	done
	for file in ../rulesets/*.conf; do
		[ -e "$file" ] || continue
		fw-gen "$file" >"$tmp/$(basename "$file" .conf).rules" 2>"$tmp/gen.err" && echo "$tmp/$(basename "$file" .conf).rules"
	done
	return 0
}

# load_anyhow FILE: in force, through fw-load, or where it refuses the text through iptables-restore itself.
load_anyhow() {
	put --replace "$1" 2>"$tmp/err" && return
	in_ns "iptables-$b-restore" "$1" 2>>"$tmp/err"
}

@test "fw-save | fw-load makes no commit, for every ruleset, both backends, with and without counters" {
	local count=0 file before
	for b in $backends; do
		for file in $(rulesets); do
			fresh
			in_ns ipset create bad4 hash:ip
			in_ns ipset create bad6 hash:ip family inet6
			load_anyhow "$file" || continue
			live >"$tmp/before"
			before=$(generation)
			save >"$tmp/saved"
			put --replace "$tmp/saved"
			save -c >"$tmp/counted"
			put --replace --counters "$tmp/counted"
			live | diff "$tmp/before" - || { echo "$b $file"; return 1; }
			[ "$b" = legacy ] || [ "$(generation)" = "$before" ] || { echo "$file"; return 1; }
			save -4 | in_ns "iptables-$b-restore" --test
			save -6 | in_ns "ip6tables-$b-restore" --test
			count=$((count + 1))
		done
	done
	echo "$count rulesets"
	[ "$count" -ge 4 ]
}
