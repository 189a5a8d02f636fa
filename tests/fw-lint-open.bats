#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# What a ruleset leaves open by mistake. Each sample of data/fw-lint-open begins with what must come of it:
#
#	# says ID, # never ID             fw-lint's finding, of each family alone and of both
#	# WORD NAMESPACE knock-arguments  what a packet must find, with one backend, with FW_FULL=1 with both
#	# with a set of the client        there are two, bans4 and bans6

bats_require_minimum_version 1.5.0
load lib/needs
load lib/net
load lib/gen

setup_file() {
	has packets || return 0
	net_up
	gen_forwards
	ip -n client address add 203.0.113.9/24 dev lo
	ip -n fw route add 203.0.113.0/24 via 198.51.100.7
	net_serve fw tcp:22 tcp:25 tcp:80 tcp:3128 udp:53 udp:123
	net_serve server tcp:22 tcp:80
	net_serve client tcp:80
}

teardown_file() { gen_down; }

setup() {
	cd "$BATS_TEST_DIRNAME/data/fw-lint-open" || return
	PATH=$BUILD:$PATH
	tmp=$BATS_TEST_TMPDIR
}

# told FILE [OPTION]: the findings' ids
told() {
	fw-lint -q --format=gcc "${@:2}" "$1" 2>&1 | sed -n 's/.*\[\([a-z0-9-]*\)\]$/\1/p'
}

@test "each sample has the finding that it names, or has not, in each family" {
	local file word id family wrong=0
	for file in *.rules; do
		read -r _ word id <"$file"
		for family in -4 -6 ''; do
			if told "$file" $family | grep -qx "$id"; then
				[ "$word" = says ] || { echo "$file $family: $id is wrong"; wrong=1; }
			else
				[ "$word" = never ] || { echo "$file $family: $id is missing"; wrong=1; }
			fi
		done
	done
	[ "$wrong" = 0 ]
}

# packets FILE: what its head says of packets
packets() {
	local word ns rest
	while read -r _ word ns rest; do
		[[ $word != says && $word != never && $word != with ]] || continue
		if [[ $rest == *[A-Z]* ]]; then
			# shellcheck disable=SC2086
			each_family "$word" "$ns" $rest || return
		else
			# shellcheck disable=SC2086
			try "$word" "$ns" $rest || return
		fi
	done < <(grep '^# ' "$1")
}

# each_family WORD NAMESPACE [OPTION...] PROTOCOL ADDRESSES PORT
each_family() {
	local -n addresses=${*: -2:1}
	local address
	for address in "${addresses[@]}"; do
		try "${@:1:$#-2}" "$address" "${!#}" || return
	done
}

@test "packets find in each sample what its head says, with the backends in turn" {
	needs packets
	local file kind turn=nft wrong=0
	for file in *.rules; do
		if grep -q '^# with a set' "$file"; then
			command -v ipset >/dev/null || continue
			in_ns fw ipset restore <<<$'create bans4 hash:net\nadd bans4 198.51.100.7\ncreate bans6 hash:net family inet6\nadd bans6 2001:db8:f::9'
		fi
		cp "$file" "$tmp/rules"
		turn=$([ "$turn" = nft ] && echo legacy || echo nft)
		for kind in $([ "${FW_FULL-}" = 1 ] && echo nft legacy || echo "${FW_BACKENDS:-$turn}"); do
			load "$kind" || { echo "$file: $kind does not load it"; wrong=1; continue; }
			packets "$file" || { echo "$file"; wrong=1; }
			unload "$kind"
		done
		grep -q '^# with a set' "$file" && in_ns fw ipset destroy
	done
	[ "$wrong" = 0 ]
}
