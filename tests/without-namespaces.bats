#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# The demo and the tests where namespaces cannot be made, as in a container with Docker's default capabilities.

bats_require_minimum_version 1.5.0

setup() {
	[[ $BUILD != *-san ]] || skip "does not use the programs: the plain build runs it"
	cd "$BATS_TEST_DIRNAME/.." || return
	tmp=$BATS_TEST_TMPDIR
	apart=(scripts/without-namespaces)
	# If this is such a place already, the commands run directly.
	scripts/netns-run true 2>/dev/null || apart=()
	"${apart[@]}" true 2>/dev/null || skip "makes a user namespace: refused here, as in a chroot"
}

@test "netns-run ends with status 77 and one line that says why" {
	run -77 --separate-stderr "${apart[@]}" scripts/netns-run touch "$tmp/ran"
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "netns-run: no network namespaces here: "?* ]]
	[ ! -e "$tmp/ran" ]
	run -2 scripts/netns-run
}

@test "netns-run passes on the command's status and arguments" {
	[ ${#apart[@]} -gt 0 ] || skip "makes a network namespace: none here"
	run -3 --separate-stderr scripts/netns-run sh -c 'printf "<%s>" "$@"; exit 3' sh 'a b' '' "c'd"
	[ "$output" = "<a b><><c'd>" ]
	[ -z "$stderr" ]
	run -0 scripts/netns-run sh -c '[ "$FW_NETNS" = "$(readlink /proc/self/ns/net)" ] && [ "$FW_NETNS" != "$1" ]' sh "$(readlink /proc/self/ns/net)"
}

@test "the demo shows what needs no namespace, and says what it left out and why" {
	make -q all || skip "builds programs that other tests are running: the build is older than the sources"
	run -0 "${apart[@]}" scripts/demo <&-
	for part in '# fw-gen rulesets/tutorial.conf | fw-lint' 'ACCEPT by line' 'DROP by line' \
		'IPv4: change filter, raw, nat, with iptables-' '# ct-stat' 'unknown service "shh"'; do
		[[ $output == *"$part"* ]] || { echo "$output"; echo "not shown: $part"; return 1; }
	done
	[[ $output != *WRONG* ]]
	[ "$(grep -c '^Not shown, because they need network namespaces: .* (no network namespaces here: .*)\.$' <<<"$output")" -eq 1 ]
}

@test "tests that need no namespace pass, and the others are skipped with a reason" {
	run -0 --separate-stderr "${apart[@]}" env TEST_JOBS=2 scripts/run-tests "$BUILD" tests/fw-lint.bats tests/fw-load-words.bats \
		tests/fw-load-races.bats tests/pipeline.bats tests/ct-stat-events.bats "$BUILD"/tests/unit/{base,text}
	echo "$output"
	[[ ${lines[-1]} =~ ^([0-9]+)\ passed,\ 0\ failed,\ ([0-9]+)\ skipped$ ]]
	[ "${BASH_REMATCH[1]}" -ge 80 ]
	skipped=${BASH_REMATCH[2]}
	[ "$skipped" -ge 20 ]
	reason=' # skip (loads rules|sends packets|reads netlink): no network namespace here$'
	[ "$(grep -cE "^[^:]+\.bats: ok .*$reason" <<<"$output")" -eq "$skipped" ]
	[[ $output == *"netns-run: no network namespaces here: "* ]]
	[ "$(sed -nE 's/^skipped ([0-9]+): .*/\1/p' <<<"$output" | awk '{ n += $1 } END { print n }')" -eq "$skipped" ]
	[[ ${lines[-2]} == "skipped "* ]]
}
