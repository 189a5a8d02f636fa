#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What ct-rotate leaves when it is killed at any system call, when the disk is full or broken, and when
# the writer is late: each line is there, and exactly once after one more run.

load helpers/ct-rotate

setup() { rotate_setup; }
teardown() { rotate_teardown; }

# One log with two archives behind it, all lines numbered; where archives go is $archives.
prepare() { # prepare OPTIONS...
	archives=${archives-$dir}
	mkdir -p -m 700 "$archives"
	seq 1 300 >"$dir/log"
	rotate "$@" "$dir/log"
	seq 301 600 >"$dir/log"
	rotate "$@" "$dir/log"
	seq 601 900 >"$dir/log"
	cp -a "$dir" "$scratch/template"
	seq 1 900 | sort >"$scratch/expected"
}

lines() { # all lines of log and archives
	local file plain=("$dir/log") packed=()
	for file in "$archives"/log[-.]*; do
		case $file in
		*'*') ;;
		*.gz) packed+=("$file") ;;
		*) plain+=("$file") ;;
		esac
	done
	cat "${plain[@]}"
	[ ${#packed[@]} -eq 0 ] || gzip -dc "${packed[@]}"
}

check_step() { # check_step N OPTIONS...: after the kill at call N
	local n=$1
	shift
	[ -e "$dir/log" ] || { echo "call $n: the log is missing"; return 1; }
	lines | sort -u | cmp - "$scratch/expected" || { echo "call $n: lines are missing"; return 1; }
	"$BUILD/ct-rotate" -f --rotate 9 "$@" "$dir/log" 2>"$scratch/err" || { echo "call $n: the next run failed"; return 1; }
	lines | sort | cmp - "$scratch/expected" || { echo "call $n: not each line once"; return 1; }
	for left in "$dir"/.*.tmp "$archives"/.*.tmp "$archives"/*.bad; do
		[ ! -e "$left" ] || { echo "call $n: $left is left over"; return 1; }
	done
}

# The invariant: kill at each call; all lines once or more; one more run; exactly once. From the lock on: before
# that a run only looks, which the first test proves.
kill_at_each_call() { # kill_at_each_call "KILL-AT OPTIONS" AT_LEAST OPTIONS...
	local how=$1 at_least=$2 n state
	shift 2
	prepare "$@"
	for ((n = 1; n < 2000; n++)); do
		rm -rf -- "$dir"
		cp -a "$scratch/template" "$dir"
		state=0
		# shellcheck disable=SC2086
		"$BUILD/tests/kill-at" $how "$n" "$BUILD/ct-rotate" -f --rotate 9 "$@" "$dir/log" >"$scratch/out" 2>&1 || state=$?
		[ "$state" -ne 77 ] || skip "ptrace is not allowed here"
		[ "$state" -eq 0 ] || break
		check_step "$n" "$@" || { cat "$scratch/err"; ls -lA "$dir" "$archives"; return 1; }
	done
	echo "killed at $((n - 1)) calls, then: $(cat "$scratch/out")"
	[ "$state" -eq 1 ] && [ "$n" -gt "$at_least" ] && [ "$(tail -n 1 "$scratch/out")" = 0 ]
}

@test "killed at each call: date naming, compressed, from the very first call" {
	kill_at_each_call "$from_lock" 60 --compress
}

@test "killed at each call: date naming, plain" {
	kill_at_each_call -m 30
}

@test "killed at each call: number naming, compressed" {
	kill_at_each_call -m 50 --naming number --compress
}

@test "killed at each call: number naming, plain" {
	kill_at_each_call -m 30 --naming number
}

@test "killed at each call: number naming, delayed compression" {
	kill_at_each_call -m 50 --naming number --compress --delaycompress
}

@test "killed at each call: a file system that cannot exchange names" {
	kill_at_each_call "-m -e" 50 --compress
}

@test "killed at each call: archives in another directory" {
	archives=$dir/old kill_at_each_call -m 50 --compress --olddir old
}

@test "killed at each call: two threads, and the log has two blocks" {
	prepare() {
		archives=$dir
		"$BUILD/tests/make-log" 4500 >"$dir/log"
		sort "$dir/log" >"$scratch/expected"
		cp -a "$dir" "$scratch/template"
	}
	kill_at_each_call -m 50 --compress --threads 2
}

@test "killed at each call: copytruncate with nobody writing" {
	kill_at_each_call -m 50 --compress --copytruncate
}
