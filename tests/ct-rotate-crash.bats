#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# What ct-rotate leaves behind when it is killed at any system call, when the disk is full or broken, and when the
# writer is late: no line is lost, and after one more run each line is there exactly once.

load lib/ct-rotate
load lib/small-disk

setup() { rotate_setup; }
teardown() { rotate_teardown; }

kill_at_each_call() {
	local state=0
	archives=${archives-} dir=$dir scratch=$scratch step=${step-1} no_leaks=${no_leaks-} python3 "$BATS_TEST_DIRNAME/lib/kill-each.py" "$@" || state=$?
	[ "$state" -ne 77 ] || skip "ptrace is not allowed here"
	return "$state"
}

@test "killed at each call, loses no line: date naming, compressed, from the very first call" {
	kill_at_each_call "$from_lock" 60 --compress
}

@test "killed at each call, loses no line: date naming, plain" {
	kill_at_each_call -m 30
}

@test "killed at each call, loses no line: number naming, compressed" {
	kill_at_each_call -m 50 --naming number --compress
}

@test "killed at each call, loses no line: number naming, plain" {
	kill_at_each_call -m 30 --naming number
}

@test "killed at each call, loses no line: number naming, delayed compression" {
	kill_at_each_call -m 50 --naming number --compress --delaycompress
}

@test "killed at each call, loses no line: file system that cannot exchange names" {
	kill_at_each_call "-m -e" 50 --compress
}

@test "killed at each call, loses no line: archives in another directory" {
	archives=$dir/old kill_at_each_call -m 50 --compress --olddir old
}

@test "killed at each call, loses no line: two threads and a log of two blocks" {
	threads=2 step=${step-2} kill_at_each_call -m 50 --compress --threads 2
}

@test "killed at each call, loses no line: compressed in the format of xz" {
	step=${step-2} kill_at_each_call -m 40 --naming number --compress --compresscmd xz
}

@test "killed at each call, loses no line: compressed in the format of zstd" {
	command -v zstd >/dev/null || skip "zstd is not installed"
	step=${step-2} kill_at_each_call -m 40 --compress --compresscmd zstd
}

@test "killed at each call, loses no line: copytruncate without a writer" {
	# -r leaves out calls that only read: copytruncate makes thousands of them to look for writers in /proc.
	kill_at_each_call "-m -r" 40 --compress --copytruncate
}

# --- a late writer -----------------------------------------------------------------------------

start_writer() { # start_writer RATE DELAY_MS: writes until stop_writer
	"$BUILD/tests/late-writer" "$dir/log" "$dir/pid" "$scratch/stop" "$@" >"$scratch/lines" &
	writer=$!
	wait_for lines_of "$dir/log" 100
}

stop_writer() { # sets lines to the number of lines written
	: >"$scratch/stop"
	wait "$writer"
	writer=
	lines=$(cat "$scratch/lines")
}

written() { seq 0 $((lines - 1)) | sed 's/.*/line & of the late writer/'; }

each_line_once() { # log and archives hold each line of the late writer once
	"$BUILD/ct-rotate" --cat "$dir/log" >"$scratch/got"
	written | sort | cmp - <(sort "$scratch/got")
}

@test "date naming: a writer that reopens 200 ms late loses no line in 3 rotations that compress at once" {
	start_writer 2000 200
	for i in 1 2 3; do
		wait_for lines_of "$dir/log" 100
		run "$BUILD/ct-rotate" -f --compress --rotate 9 --settle 2m --reopen "pidfile:$dir/pid" "$dir/log"
		[ "$status" -eq 0 ]
		[ -z "$output" ]
		[ "$(ls "$dir"/log-*.gz | wc -l)" -eq "$i" ]
		[ "$(ls "$dir"/log-* | wc -l)" -eq "$i" ]
	done
	stop_writer
	each_line_once
}

@test "number naming: a writer that reopens 200 ms late loses no line in 3 rotations that compress at once" {
	start_writer 2000 200
	for i in 1 2 3; do
		wait_for lines_of "$dir/log" 100
		rotate --naming number --compress --rotate 9 --settle 2m --reopen "pidfile:$dir/pid" "$dir/log"
		[ "$(ls "$dir"/log.*.gz | wc -l)" -eq "$i" ]
	done
	stop_writer
	"$BUILD/ct-rotate" --naming number --cat "$dir/log" >"$scratch/got"
	written | cmp - "$scratch/got"
}

@test "a writer that never reopens: its later lines are kept, the archive stays plain, and the status is 0" {
	start_writer 2000 -1
	run "$BUILD/ct-rotate" -f --compress --settle 100ms "$dir/log"
	[ "$status" -eq 0 ]
	[[ $output == *deferred* ]]
	[ -z "$(find "$dir" -name '*.gz')" ]
	stop_writer
	[ ! -s "$dir/log" ]
	each_line_once
	"$BUILD/ct-rotate" --compress --size 1G "$dir/log" # no process has the archive open now: this run compresses it
	[ -n "$(find "$dir" -name 'log-*.gz')" ]
	each_line_once
}

@test "the next run sends the signal that a killed run did not send" {
	start_writer 2000 0
	state=0
	for ((n = 1; state == 0; n++)); do # until log and archive have been exchanged
		env ${no_leaks-} "$BUILD/tests/kill-at" -m "$n" "$BUILD/ct-rotate" -f --compress --reopen "pidfile:$dir/pid" "$dir/log" || state=$?
		[ "$state" -ne 77 ] || skip "ptrace is not allowed here"
		ls "$dir" | grep -q 'log-' && [ "$(stat -L -c %i "/proc/$writer/fd/3")" != "$(stat -c %i "$dir/log")" ] && break
	done
	[ "$state" -eq 0 ]
	[ "$(stat -L -c %i "/proc/$writer/fd/3")" != "$(stat -c %i "$dir/log")" ]
	"$BUILD/ct-rotate" --size 1G --compress --settle 2m --reopen "pidfile:$dir/pid" "$dir/log" # not due
	[ -z "$(find "$dir" -name 'log-*' ! -name '*.gz')" ]
	stop_writer
	each_line_once
}

# --- a full or broken disk ---------------------------------------------------------------------

@test "a full disk while compressing loses nothing and is status 1 each time; with space, the next run compresses" {
	"$BUILD/tests/make-log" 20000 >"$dir/log"
	cp "$dir/log" "$scratch/all"
	small_disk "$dir" "$(stat -c %s "$dir/log")" # the log fills it
	for i in 1 2; do
		run on_disk "$BUILD/ct-rotate" -f --compress --rotate 9 "$dir/log"
		[ "$status" -eq 1 ]
		[[ $output == *"No space left on device"* ]]
		[ -z "$(find "$dir" -name '*.tmp' -o -name '*.gz')" ]
		"$BUILD/ct-rotate" --cat "$dir/log" | cmp - "$scratch/all"
	done
	disk_size 8M
	on_disk rotate --compress --rotate 9 "$dir/log"
	[ -z "$(find "$dir" -name 'log-*' ! -name '*.gz')" ]
	"$BUILD/ct-rotate" --cat "$dir/log" | cmp - "$scratch/all"
}

# fail_each ERROR CALL...: runs ct-rotate with $options, each time with one occurrence of a CALL failing with ERROR.
# After each, one more run with a healthy disk must leave each line exactly once.
fail_each() {
	local error=$1 call n
	shift
	seq 1 900 >"$dir/log"
	rotate $options "$dir/log"
	seq 901 1200 >"$dir/log"
	cp -a "$dir" "$scratch/template"
	seq 1 1200 >"$scratch/expected"
	strace -o /dev/null true 2>/dev/null || skip "strace is not allowed here"
	for call in "$@"; do
		for ((n = 1; n < 100; n++)); do
			rm -rf "$dir"
			cp -a "$scratch/template" "$dir"
			status=0
			output=$(env ${no_leaks-} strace -f -y -o "$scratch/trace" -e trace="$call" \
				-e inject="$call:error=$error:when=$n" "$BUILD/ct-rotate" -f --rotate 9 $options "$dir/log" 2>&1) || status=$?
			grep -q INJECTED "$scratch/trace" || break
			[ "$status" -ne 127 ] || continue # the dynamic loader failed, not ct-rotate
			echo "$call $n: status $status: $output"
			[ "$status" -eq 1 ] || [ "$status" -eq 3 ] || { [ "$status" -eq 0 ] && harmless "$call" "$scratch/trace"; } || { grep INJECTED "$scratch/trace"; return 1; }
			"$BUILD/ct-rotate" $options --cat "$dir/log" | sort -n | uniq | cmp - "$scratch/expected"
			rotate --rotate 9 $options "$dir/log"
			"$BUILD/ct-rotate" $options --cat "$dir/log" | sort -n | cmp - "$scratch/expected"
			[ -z "$(find "$dir" -name '*.tmp')" ]
			failed=$((${failed-0} + 1))
		done
	done
}

# harmless CALL TRACE: the failed call was one that may fail: a note in the lock file, or a file that the dynamic
# loader or the C library looks for in several places
harmless() {
	grep INJECTED "$2" | grep -qE '\.log\.lock>|\.so|/lib|/zoneinfo/|/proc/'
}

@test "date naming: ENOSPC at any write or change of a name loses nothing, and the next run finishes" {
	options=--compress
	fail_each ENOSPC write pwrite64 renameat2 openat fchmod fsync
	[ "${failed-0}" -ge 14 ]
}

@test "number naming: ENOSPC at any write or change of a name loses nothing, and the next run finishes" {
	options="--naming number --compress"
	fail_each ENOSPC write renameat2 openat fsync
	[ "${failed-0}" -ge 12 ]
}

@test "EIO from any fsync, read or unlink loses nothing, and the next run finishes" {
	options=--compress
	fail_each EIO fsync pread64 read unlinkat
	[ "${failed-0}" -ge 10 ]
}

@test "leaves the log untouched when the archive's name cannot be created" {
	seq 100 >"$dir/log"
	touch "$dir/.log.lock" "$dir/filler"
	small_disk "$dir" 1M 3
	run on_disk "$BUILD/ct-rotate" -f --compress "$dir/log"
	[ "$status" -eq 1 ]
	[[ $output == *"cannot create "*": No space left on device"* ]]
	seq 100 | cmp - "$dir/log"
	[ "$(tree "$dir" | tr '\n' ' ')" = "filler log " ]
}

@test "a limit on file size (ulimit -f) is handled like a full disk, not as a fatal signal" {
	"$BUILD/tests/make-log" 20000 >"$dir/log"
	cp "$dir/log" "$scratch/all"
	run bash -c 'ulimit -f 100; exec "$@"' - "$BUILD/ct-rotate" -f --compress "$dir/log"
	[ "$status" -eq 1 ]
	[[ $output == *"File too large"* ]]
	"$BUILD/ct-rotate" --cat "$dir/log" | cmp - "$scratch/all"
	rotate --compress "$dir/log"
	"$BUILD/ct-rotate" --cat "$dir/log" | cmp - "$scratch/all"
}

@test "a read-only file system is status 1, and no file is left half done" {
	seq 100 >"$dir/log"
	small_disk "$dir" 0
	run on_disk "$BUILD/ct-rotate" -f --compress "$dir/log"
	[ "$status" -eq 1 ]
	[[ $output == *"Read-only file system"* ]]
	[ "$(tree "$dir")" = log ]
}
