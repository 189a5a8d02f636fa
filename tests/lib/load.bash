# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# For the tests of fw-load and fw-save: each test has a network namespace of its own, $ns, without rules, and a state
# folder of its own, $state.
# shellcheck shell=bash

. "${BASH_SOURCE[0]%/*}/needs.bash"
. "${BASH_SOURCE[0]%/*}/wait.bash"
. "${BASH_SOURCE[0]%/*}/anyone.bash"

# choose_backends: sets backends, the kinds of iptables to test: both; or, to save time, one per test in turn, with
# sanitizers and in files that set `in_turn=1` because their subject does not depend on the backend.
# FW_BACKENDS="nft legacy" tests both everywhere.
choose_backends() {
	backends=${FW_BACKENDS:-nft legacy}
	[[ -z ${FW_BACKENDS-} && ( -n ${in_turn-} || $BUILD == *-san ) ]] || return 0
	[ $((BATS_TEST_NUMBER % 2)) = 0 ] && backends=nft || backends=legacy
}

load_setup() {
	bats_require_minimum_version 1.5.0
	needs rules
	choose_backends
	cd "${BASH_SOURCE[0]%/*}/.." || return
	PATH=$BUILD:$PATH
	export XTABLES_LOCKFILE=$BATS_TEST_TMPDIR/xtables.lock
	tmp=$BATS_TEST_TMPDIR
	gateway=data/fw-load/gateway.rules
	fresh
}

# fresh: makes an empty namespace and an empty state, at the start of a test and for the next backend of a loop
fresh() {
	ns=t$RANDOM$RANDOM
	state=$tmp/state-$ns
	ip netns add "$ns"
	ip -n "$ns" link set lo up
}

load_teardown() {
	local name
	in_netns || return 0
	ip netns list 2>/dev/null | while read -r name _; do
		for pid in $(ip netns pids "$name" 2>/dev/null); do kill "$pid" 2>/dev/null || true; done
		ip netns delete "$name"
	done
	return 0
}

# in_ns COMMAND...: runs it in the namespace
in_ns() { ip netns exec "$ns" "$@"; }

# put ARGUMENT...: runs fw-load in the namespace, for backend $b
put() { in_ns "${fw_load:-fw-load}" -b "$b" -s "$state" "$@"; }

# put_waiting OPTION... TEXT: loads it in the background with --confirm in the options, and waits until it is in force. Sets
# load to the process; its messages are in $tmp/said.
put_waiting() {
	: >"$tmp/said" # those of an earlier load must not be taken for this one's
	put "$@" 2>"$tmp/said" 3>&- &
	load=$!
	wait_for grep -q 'is in force for' "$tmp/said"
}

save() { in_ns fw-save -b "$b" -s "$state" "$@"; }

# live: prints both families' rules in force, without comments and counters
live() {
	in_ns "iptables-$b-save" | sed '/^#/d; s/\[[0-9]*:[0-9]*\]/[]/'
	in_ns "ip6tables-$b-save" | sed '/^#/d; s/\[[0-9]*:[0-9]*\]/[]/'
}

# seal: makes a sealed stream of standard input
seal() {
	python3 -c '
import sys, zlib
text = b"#@ stream 1\n" + sys.stdin.buffer.read()
sys.stdout.buffer.write(text + b"#@ end lines=%d crc32=%08x\n" % (text.count(b"\n"), zlib.crc32(text)))'
}

# old_format: rewrites all generations of $state in format 1
old_format() {
	local file part number
	for file in "$state"/generations/*.gz; do
		number=$(basename "$file" .gz)
		fw-save -s "$state" --show "$number" >"$tmp/input"
		for part in v4 v6; do fw-save -s "$state" -"${part#v}" --show "$number" >"$tmp/$part"; done
		{
			echo "# loaded $(note when) by $(note who) with fw-load from $(note from), backend $(note backend), families $(note families), kernel $(note kernel)"
			sed '/^#@ end/d; s/^#@ stream.*/# sealed by its maker/' "$tmp/input"
		} | seal | gzip >"$tmp/old.gz" # a temporary file, since the notes are read from the one that it replaces
		mv "$tmp/old.gz" "$state/generations/$number.gz"
		for part in v4 v6; do
			[ ! -s "$tmp/$part" ] ||
				{ sed -nE '/^#@ (module|sysctl|keep|set|member)/p' "$tmp/input"; cat "$tmp/$part"; } | seal | gzip >"$state/generations/$number.$part.gz"
		done
	done
	rm "$state/format"
}

# note KEY: prints this note of the generation in $file
note() { zcat "$file" | sed -n "s/^$1 //p" | head -n 1; }

# generation: prints the generation of nf_tables in the namespace, which each commit increments
generation() { in_ns "$BUILD/tests/nft-generation"; }

# packets N: sends N packets of 33 bytes over loopback to a port that receives them
packets() {
	in_ns python3 -c '
import socket, sys
to = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
to.bind(("127.0.0.1", 5000))
for _ in range(int(sys.argv[1])): socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"fives", to.getsockname())' "$1"
}

hold() { # hold FILE: lets another process hold the lock of FILE until let_go
	rm -f "$tmp/let-go"
	flock "$1" sh -c 'until [ -e "$1" ] || [ ! -d "${1%/*}" ]; do sleep 0.05; done' hold "$tmp/let-go" 3>&- &
	holder=$!
	wait_for is_locked "$1"
}

let_go() {
	: >"$tmp/let-go"
	wait "$holder"
}
