#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# run-tests itself: what counts as a failure, and that a run leaves nothing behind.

bats_require_minimum_version 1.5.0
load lib/wait

setup() {
	[[ $BUILD != *-san ]] || skip "does not use the programs: the plain build runs it"
	cd "$BATS_TEST_DIRNAME/.." || return
	tmp=$BATS_TEST_TMPDIR
}

sample() { # sample NAME: makes a bats file from standard input, with %test for @test, which bats would find in this file
	sed 's/^[[:space:]]*%test/@test/' >"$tmp/$1.bats"
}

last() { [ "${lines[-1]}" = "$1" ] || { echo "$output"; return 1; }; }

@test "counts passed, failed and skipped tests, and prints the reasons before the last line" {
	sample a <<-'END'
		%test "good" { true; }
		%test "bad" { false; }
		%test "other" { skip "runs nosuch: not installed"; }
		%test "another" { skip "runs nosuch: not installed"; }
	END
	run -1 --separate-stderr scripts/run-tests "$BUILD" "$tmp/a.bats"
	last "1 passed, 1 failed, 2 skipped"
	[ "${lines[-2]}" = "skipped 2: runs nosuch: not installed" ]
	[[ $output == *"FAILED a.bats"*"not ok 2 bad"* ]]
	[[ $output == *"a.bats: ok 3 other # skip runs nosuch: not installed"* ]]
}

@test "a file that runs no test is a failure" {
	sample a <<<'exit 0'
	run -1 --separate-stderr scripts/run-tests "$BUILD" "$tmp/a.bats"
	last "0 passed, 1 failed, 0 skipped"
}

@test "names and ends a process that outlives its file, and counts it as a failure" {
	sample a <<-END
		%test "leaves a process" { setsid sleep 4321 3>&- & echo \$! >"$tmp/pid"; }
	END
	sample b <<<'%test "leaves none" { true; }'
	run -1 --separate-stderr scripts/run-tests "$BUILD" "$tmp/a.bats" "$tmp/b.bats"
	last "2 passed, 1 failed, 0 skipped"
	[[ $output == *"FAILED a.bats"*"processes that outlived their tests:"*"sleep 4321"* ]]
	for ((i = 0; i < 600; i++)); do # it was killed, but its new parent may take time to reap it
		kill -0 "$(cat "$tmp/pid")" 2>/dev/null || break
		sleep 0.1
	done
	[ "$i" -lt 600 ]
}

@test "removes what a test leaves in TMPDIR" {
	sample a <<-END
		%test "leaves a file" { mktemp >"$tmp/name"; mktemp -d >>"$tmp/name"; }
	END
	run -0 --separate-stderr scripts/run-tests "$BUILD" "$tmp/a.bats"
	while read -r name; do [ ! -e "$name" ]; done <"$tmp/name"
	[ "$(wc -l <"$tmp/name")" -eq 2 ]
}

@test "an interrupted run ends all its processes and removes its files" {
	sample a <<-END
		%test "waits" { setsid sleep 4321 3>&- & echo \$! >"$tmp/pid"; echo "\$TMPDIR" >"$tmp/dir"; sleep 4322; }
	END
	scripts/run-tests "$BUILD" "$tmp/a.bats" >/dev/null 2>&1 3>&- &
	run=$!
	wait_for test -s "$tmp/dir"
	kill "$run"
	wait "$run" || true
	run ! kill -0 "$(cat "$tmp/pid")"
	[ ! -e "$(cat "$tmp/dir")" ]
}
