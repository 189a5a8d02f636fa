#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# What fw-load and fw-save do where no rules can be loaded: plans, help, misuse, files of distributions.

bats_require_minimum_version 1.5.0
load lib/anyone

setup() {
	cd "$BATS_TEST_DIRNAME" || return
	PATH=$BUILD:$PATH
	tmp=$BATS_TEST_TMPDIR
	gateway=data/fw-load/gateway.rules
}

@test "-n --assume-empty prints the whole plan, even as an unprivileged user" {
	for backend in nft legacy; do
		run -0 --separate-stderr as_nobody "$(anyone fw-load)" -n --assume-empty -s /nonexistent/state -b $backend - <"$gateway"
		[ "${lines[0]}" = "record generation 000001 in /nonexistent/state" ]
		[[ $output == *"IPv4: change filter, "*" with iptables-$backend-restore; IPv6: change filter, "*" with ip6tables-$backend-restore"* ]]
		[ "${lines[-1]}" = "make generation 000001 the good one" ]
	done
	run -0 --separate-stderr as_nobody "$(anyone fw-load)" -n --assume-empty -s /nonexistent/state -4 - <"$gateway"
	[[ $output == *"IPv4: change filter"* && $output != *IPv6* ]]
}

@test "--assume-empty needs -n, and a damaged text has no plan" {
	run -2 fw-load --assume-empty "$gateway"
	[[ $output == *"--assume-empty is only valid with -n"* ]]
	run -2 fw-load -n --rollback --assume-empty
	run -2 fw-load --check --assume-empty "$gateway"
	fw-gen ../rulesets/web.conf | sed 5d >"$tmp/damaged"
	run -1 --separate-stderr fw-load -n --assume-empty -s "$tmp/state" "$tmp/damaged"
	[ -z "$output" ]
}

@test "help, version and misuse work without rights to load rules" {
	for tool in fw-load fw-save; do
		run -0 --separate-stderr $tool --help
		[[ $output == usage:* && -z $stderr ]]
		run -0 $tool --version
		run -2 $tool --no-such-option
		run -2 $tool -b other
		run -3 bash -c "$tool --help >/dev/full"
	done
	run -2 fw-load one two
	run -2 fw-save operand
	for options in --show '--diff 1' '--list --verify' '--keep 0' '--layout suse' '--layout debian -o x'; do
		# shellcheck disable=SC2086
		run -2 fw-save $options
	done
}

@test "fw-save --from reads a distribution's files" {
	mkdir -p "$tmp/etc/sysconfig"
	printf '*filter\n:INPUT DROP [0:0]\nCOMMIT\n' | tee "$tmp/etc/sysconfig/iptables" >"$tmp/etc/sysconfig/ip6tables"
	run -0 fw-save --from rhel --root "$tmp"
	[[ $output == *":INPUT DROP"* ]]
	rm "$tmp/etc/sysconfig/ip6tables"
	run -0 --separate-stderr fw-save --from rhel --root "$tmp"
	[[ $stderr == *"no IPv6 rules"* ]]
	rm "$tmp/etc/sysconfig/iptables"
	run -3 fw-save --from rhel --root "$tmp"
}

@test "fw-save --list of an empty state succeeds, and --verify fails" {
	run -0 as_nobody "$(anyone fw-save)" --list -s /nonexistent/fw-tools
	run -1 fw-save --verify -s "$tmp/nothing"
	[[ $output == *"there is no generation in"* ]]
}

@test "names an option that takes no argument, and an unknown one" {
	for option in --plan --check --confirm-now --counters; do
		run -2 fw-load "$option=foo" "$gateway"
		[[ $output == *"fw-load: $option takes no argument"* ]]
	done
	run -2 fw-load --keep=foo -xn
	[[ $output == *"unknown option -x"* ]]
	run -2 fw-load --unknown=foo
	[[ $output == *"unknown option --unknown"* ]]
}

@test "faults.md: every numbered fault has a test" {
	grep -ho '^@test "case [0-9, ]*:' ./*.bats prove/*.bats | grep -o '[0-9]*' | sort -un >"$tmp/tested"
	printf '37\n40\n' >>"$tmp/tested" # tests/bench/fw-load.bash
	grep -o '^| [0-9]* |' faults.md | tr -d '| ' >"$tmp/listed"
	[ "$(wc -l <"$tmp/listed")" = 42 ]
	sort -n "$tmp/tested" | diff - "$tmp/listed"
	# The promises: each file that the table names has a test of the case.
	while IFS='|' read -r _ case _ _ where; do
		for file in $(tr -d ',|' <<<"$where"); do
			case $file in
			bench/*) [ -e "$file" ] ;;
			*) grep -qE "\b${case// /}\b" "$file" || { echo "no test of $case in $file"; false; } ;;
			esac
		done
	done < <(grep '^| T' faults.md)
}

@test "an option that has no effect on a command is misuse" {
	while read -r words; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr $words -s "$tmp/state" </dev/null
		[[ $stderr == *" is only valid with "* ]] || { echo "$words: $stderr"; false; }
	done <<-'END'
		fw-load --boot --replace
		fw-load --boot --adopt
		fw-load --boot --no-rehearse
		fw-load --boot --confirm 5
		fw-load --boot -n
		fw-load --boot -4
		fw-load --status --replace
		fw-load --status --keep X
		fw-load --status -n
		fw-load --confirm-now --confirm 5
		fw-load --confirm-now --counters
		fw-load --rollback --counters
		fw-load --rollback -6
		fw-load --check --no-rehearse
		fw-load --check --confirm 5
		fw-load --check --adopt
		fw-save --own
		fw-save --ignore x
		fw-save --syslog
		fw-save --root /x
		fw-save --check --all
		fw-save --check --counters
		fw-save --check -o x
		fw-save --diff 1 1 --own
		fw-save --diff 1 1 --syslog
		fw-save --list -4
		fw-save --verify --own
		fw-save --keep 3 -6
		fw-save --show 1 --ignore y
	END
}
