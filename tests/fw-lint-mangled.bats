#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Damaged texts: fw-lint never crashes, and a changed ruleset never passes for the original.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME" || return
	PATH=$BUILD:$PATH
	tmp=$BATS_TEST_TMPDIR
	{
		printf '#@ stream 1\n*filter\n:INPUT DROP [0:0]\n:ssh - [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j ssh\n'
		printf -- '-4 -A ssh -s 192.0.2.0/24 -m limit --limit 3/min -j ACCEPT\n-A ssh -j LOG --log-prefix "a b "\nCOMMIT\n'
	} >"$tmp/open"
	lines=$(wc -l <"$tmp/open")
	crc=$(gzip -c <"$tmp/open" | tail -c 8 | head -c 4 | od -An -tx4 --endian=little | tr -d ' ')
	{ cat "$tmp/open"; printf '#@ end lines=%s crc32=%s\n' "$lines" "$crc"; } >"$tmp/sealed"
}

# flip FILE AT BIT: prints FILE with one bit of the byte at AT flipped
flip() {
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	head -c "$2" "$1"
	# shellcheck disable=SC2059
	printf "\\x$(printf '%02x' $((byte ^ 1 << $3)))"
	tail -c +$(($2 + 2)) "$1"
}

# tests/unit/text.c flips each byte; with FW_FULL=1 this test does too.
@test "refuses a sealed stream with one bit flipped, and prints nothing" {
	fw-lint "$tmp/sealed" 2>/dev/null | cmp - "$tmp/sealed"
	size=$(stat -c %s "$tmp/sealed")
	for ((at = 0; at < size; at += ${FW_FULL:-5})); do
		flip "$tmp/sealed" $at $((at % 7)) >"$tmp/flipped"
		status=0
		fw-lint "$tmp/flipped" >"$tmp/out" 2>/dev/null || status=$?
		[ $status -eq 1 ] || { echo "byte $at, bit $((at % 7)): status $status"; false; }
		[ ! -s "$tmp/out" ]
	done
}

@test "without a seal, a text with one bit flipped is refused or passed through byte for byte" {
	sed 1d "$tmp/open" >"$tmp/plain"
	size=$(stat -c %s "$tmp/plain")
	for ((at = 0; at < size; at += ${FW_FULL:-7})); do
		flip "$tmp/plain" $at $((at % 7)) >"$tmp/flipped"
		status=0
		fw-lint "$tmp/flipped" >"$tmp/out" 2>/dev/null || status=$?
		case $status in
		0) cmp "$tmp/flipped" "$tmp/out" ;;
		1) [ ! -s "$tmp/out" ] ;;
		*) echo "byte $at, bit $((at % 7)): status $status"; false ;;
		esac
	done
}

@test "refuses each prefix of a sealed stream" {
	size=$(stat -c %s "$tmp/sealed")
	for ((at = 0; at < size; at += ${FW_FULL:-27})); do
		head -c $at "$tmp/sealed" >"$tmp/cut"
		run -1 fw-lint -q "$tmp/cut"
	done
}
