#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# A short run of the fuzzer. For a long run, use scripts/fuzz with more seconds.

bats_require_minimum_version 1.5.0

@test "the profile reader and the import survive random input for some seconds, with sanitizers" {
	[[ $BUILD != *-san ]] || skip "builds its own with sanitizers: the plain build runs it"
	cd "$BATS_TEST_DIRNAME/.." || return
	mkdir "$BATS_TEST_TMPDIR/seeds"
	cp rulesets/*.conf tests/data/fw-gen/*.conf tests/data/fw-gen/import.rules "$BATS_TEST_TMPDIR/seeds"
	# The examples and the bad lines of the manual are seeds too.
	awk -v dir="$BATS_TEST_TMPDIR/seeds" '/^\.\\" (example|bad)/ { n++ } /^\.Ed/ { on = 0 } on { print > (dir "/" n) } /^\.Bd/ && n { on = 1 }' man/fw-profile.5
	FUZZ_STANDALONE=1 FUZZ_BUILD=$BATS_TEST_TMPDIR scripts/fuzz profile "${FUZZ_SECONDS:-5}" "$BATS_TEST_TMPDIR"/seeds/*
}
