#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# The main job, end to end: a profile becomes rules in a kernel, and the rules decide packets.

bats_require_minimum_version 1.5.0
load lib/needs

setup() {
	cd "$BATS_TEST_DIRNAME" || return
	PATH=$BUILD:$PATH
	. lib/net.bash
	tmp=$BATS_TEST_TMPDIR
	export XTABLES_LOCKFILE=$tmp/xtables.lock
}

teardown() { ! in_netns || net_down; }

# load BACKEND PROFILE: runs the whole pipe on the firewall
load() {
	in_ns fw bash -o pipefail -c "fw-gen '$2' | fw-lint | fw-load --backend $1 -s '$tmp/state-$1'"
}

live() { # live BACKEND: prints both families' rules, without counters, comments, table lines and accepting policies
	in_ns fw sh -c "iptables-$1-save; ip6tables-$1-save" |
		sed '/^#/d; /^\*/d; /^COMMIT/d; /^:[A-Z]* ACCEPT/d; s/\[[0-9]*:[0-9]*\]/[]/'
}

tutorial_packets() { # sends packets of both families and expects the verdicts of the tutorial's policy
	local fw
	for fw in 198.51.100.1 2001:db8:f::1; do
		[ "$(knock client tcp $fw 443)" = open ]
		[ "$(knock client udp $fw 53 || true)" = open ]
		[ "$(knock client -t 300 tcp $fw 25 || true)" = dropped ]
		[ "$(knock client -t 900 -n 5 tcp $fw 22 | tr '\n' ' ' || true)" = "open open open open dropped " ]
	done
	[ "$(knock client tcp 198.51.100.1 8080)" = open ]
	[[ "$(knock client -v tcp 198.51.100.1 2222)" == *198.51.100.7* ]]
	[ "$(knock client -t 300 tcp 192.168.1.100 80 || true)" = dropped ]
	[ "$(knock client -t 300 tcp 2001:db8:1::100 80 || true)" = dropped ]
	[[ "$(knock server -v tcp 198.51.100.7 443)" == *198.51.100.1* ]]
	[[ "$(knock server -v tcp 2001:db8:f::9 443)" == *2001:db8:1::100* ]]
}

@test "the tutorial's policy decides packets of both families as it says, legacy and nft" {
	needs packets
	local kind
	for kind in legacy nft; do
		net_up
		net_serve fw tcp:22 tcp:25 tcp:80 tcp:443 tcp:53 udp:53
		net_serve server tcp:80 tcp:22
		net_serve client tcp:443
		[ "$(knock client tcp 2001:db8:f::1 25)" = open ]
		load $kind ../rulesets/tutorial.conf
		tutorial_packets
		net_down
	done
}

@test "fw-save prints what was loaded, and loading it changes nothing" {
	needs rules
	local kind
	for kind in legacy nft; do
		net_up
		load $kind ../rulesets/tutorial.conf
		live $kind >"$tmp/loaded"
		in_ns fw fw-save --backend $kind -s "$tmp/state-$kind" >"$tmp/saved"
		before=$(in_ns fw "$BUILD/tests/nft-generation")
		in_ns fw fw-load --backend $kind -s "$tmp/state-$kind" "$tmp/saved"
		[ "$(in_ns fw "$BUILD/tests/nft-generation")" = "$before" ]
		diff "$tmp/loaded" <(live $kind)
		fw-lint -q "$tmp/saved"
		# A plain restore of the generated rules gives the same rules.
		net_down
		net_up
		fw-gen ../rulesets/tutorial.conf >"$tmp/generated"
		in_ns fw iptables-$kind-restore "$tmp/generated"
		in_ns fw ip6tables-$kind-restore "$tmp/generated"
		diff <(sort "$tmp/loaded") <(live $kind | sort)
		# A plain restore of the saved rules does too.
		net_down
		net_up
		in_ns fw iptables-$kind-restore "$tmp/saved"
		in_ns fw ip6tables-$kind-restore "$tmp/saved"
		diff <(sort "$tmp/loaded") <(live $kind | sort)
		net_down
	done
}

@test "a bad profile at the start of the pipe leaves the rules unchanged" {
	needs rules
	net_up
	load nft ../rulesets/tutorial.conf
	live nft >"$tmp/before"
	printf 'allow https\nallow shh\n' >"$tmp/bad.conf"
	run -1 load nft "$tmp/bad.conf"
	[[ $output == *"bad.conf:2:7: error: unknown service \"shh\"; did you mean \"ssh\"?"* ]]
	diff "$tmp/before" <(live nft)
}

@test "fw-load refuses the output of a generator that died half way, and keeps the rules" {
	needs rules
	net_up
	load nft ../rulesets/tutorial.conf
	live nft >"$tmp/before"
	fw-gen ../rulesets/web.conf >"$tmp/web" 2>/dev/null || fw-gen ../rulesets/mail.conf >"$tmp/web"
	for share in 1 3 5 9; do
		head -c $(($(wc -c <"$tmp/web") * share / 10)) "$tmp/web" >"$tmp/cut"
		run -1 in_ns fw fw-load --backend nft -s "$tmp/state-nft" "$tmp/cut"
	done
	run -1 in_ns fw fw-load --backend nft -s "$tmp/state-nft" </dev/null
	diff "$tmp/before" <(live nft)
}

@test "every tool ends with status 3 when standard output is full" {
	fw-gen ../rulesets/tutorial.conf >"$tmp/rules"
	run -3 sh -c "fw-gen ../rulesets/tutorial.conf >/dev/full"
	run -3 sh -c "fw-lint '$tmp/rules' >/dev/full"
	for tool in "$BUILD"/fw-* "$BUILD"/ct-*; do
		[ -x "$tool" ] && [ -f "$tool" ] || continue
		run -3 sh -c '"$1" --help >/dev/full' sh "$tool"
		run -3 sh -c '"$1" --version >/dev/full' sh "$tool"
	done
}

@test "fw-save and fw-load -n end with status 3 when standard output is full" {
	needs rules
	net_up
	fw-gen ../rulesets/tutorial.conf >"$tmp/rules"
	run -3 in_ns fw sh -c "fw-save -s '$tmp/state' >/dev/full"
	run -3 in_ns fw sh -c "fw-load -n -s '$tmp/state' '$tmp/rules' >/dev/full"
}

@test "each profile of the project is compiled without findings of fw-lint" {
	for profile in ../rulesets/*.conf; do
		case $profile in *.inc.conf) continue ;; esac
		(cd ../rulesets && fw-gen "$(basename "$profile")") >"$tmp/rules"
		run -0 fw-lint -q "$tmp/rules"
	done
}

@test "iptables-restore --test accepts each profile of the project, both backends, both families" {
	needs rules
	for profile in ../rulesets/*.conf; do
		case $profile in *.inc.conf) continue ;; esac
		(cd ../rulesets && fw-gen "$(basename "$profile")") >"$tmp/rules"
		for kind in nft legacy; do
			for family in iptables ip6tables; do
				$family-$kind-restore --test "$tmp/rules"
			done
		done
	done
}
