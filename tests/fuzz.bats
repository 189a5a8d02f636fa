#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Short runs of the fuzzers of ct-stat and of the state of fw-load. For long runs, use scripts/fuzz with more seconds.

bats_require_minimum_version 1.5.0
load lib/needs

fuzz() {
	[[ $BUILD != *-san ]] || skip "builds its own with sanitizers: the plain build runs it"
	needs clang
	cd "$BATS_TEST_DIRNAME/.." || return
	FUZZ_BUILD=$BATS_TEST_TMPDIR scripts/fuzz "$1" "${FUZZ_SECONDS:-5}"
}

@test "the reader of the kernel's answers and events survives any datagram for some seconds" {
	fuzz ctnetlink
}

@test "the readers of files below /proc survive any bytes for some seconds" {
	fuzz procfiles
}

@test "the reader of state files survives any bytes for some seconds" {
	fuzz history
}

@test "the reader of reports from other machines survives any bytes for some seconds" {
	fuzz fleet
}

@test "the reader of fw-load's journal survives any bytes for some seconds" {
	fuzz journal
}

@test "the readers of fw-load's generations and of streams survive any bytes for some seconds" {
	fuzz generation
}
