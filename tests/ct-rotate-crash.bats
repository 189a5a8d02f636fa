#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What ct-rotate leaves when it is killed at any system call, when the disk is full or broken, and when
# the writer is late: each line is there, and exactly once after one more run.

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
	threads=2 step=${step-2} kill_at_each_call -m 50 --compress --threads 2
}

@test "killed at each call: copytruncate with nobody writing" {
	# It looks at all of /proc for writers: thousands of calls that only read.
	kill_at_each_call "-m -r" 40 --compress --copytruncate
}

# --- a late writer -----------------------------------------------------------------------------

start_writer() { # start_writer RATE DELAY_MS: writes until stop_writer
	"$BUILD/tests/late-writer" "$dir/log" "$dir/pid" "$scratch/stop" "$@" >"$scratch/lines" &
	writer=$!
	wait_for lines_of "$dir/log" 100
}

stop_writer() { # $lines is what it wrote
	: >"$scratch/stop"
	wait "$writer"
	writer=
	lines=$(cat "$scratch/lines")
}

written() { seq 0 $((lines - 1)) | sed 's/.*/line & of the late writer/'; }

each_line_once() { # of the late writer, in log and archives
	"$BUILD/ct-rotate" --cat "$dir/log" >"$scratch/got"
	written | sort | cmp - <(sort "$scratch/got")
}

@test "a writer that reopens 200 ms late loses nothing in 3 rotations, compressed in the same run" {
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

@test "the same with numbers for names" {
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

@test "a writer that never reopens: the archive stays plain, with status 0, and its later lines are kept" {
	start_writer 2000 -1
	run "$BUILD/ct-rotate" -f --compress --settle 100ms "$dir/log"
	[ "$status" -eq 0 ]
	[[ $output == *deferred* ]]
	[ -z "$(find "$dir" -name '*.gz')" ]
	stop_writer
	[ ! -s "$dir/log" ]
	each_line_once
	"$BUILD/ct-rotate" --compress --size 1G "$dir/log" # nobody holds it now: this run compresses it
	[ -n "$(find "$dir" -name 'log-*.gz')" ]
	each_line_once
}

@test "a run that was killed before its signal: the next one sends it" {
	start_writer 2000 0
	state=0
	for ((n = 1; state == 0; n++)); do # until the exchange happened
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

@test "a full disk while compressing: nothing lost, status 1, again and again; with room all is well" {
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

# Every call that can fail so, one after the other; then one run with a healthy disk.
fail_each() { # fail_each ERROR CALL...: with $options
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
			[ "$status" -ne 127 ] || continue # the loader's
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

# Without harm may fail: the note in the lock file, and what the loader tries in several places.
harmless() { # harmless CALL TRACE
	grep INJECTED "$2" | grep -qE '\.log\.lock>|\.so|/lib|/zoneinfo/|/proc/'
}

@test "no space at each write, at each name made or changed: nothing lost, and the next run heals" {
	options=--compress
	fail_each ENOSPC write pwrite64 renameat2 openat fchmod fsync
	[ "${failed-0}" -ge 14 ]
}

@test "no space, with numbers" {
	options="--naming number --compress"
	fail_each ENOSPC write renameat2 openat fsync
	[ "${failed-0}" -ge 12 ]
}

@test "a disk that fails: EIO of each fsync and each read" {
	options=--compress
	fail_each EIO fsync pread64 read unlinkat
	[ "${failed-0}" -ge 10 ]
}

@test "no room for the archive's name: the log is untouched" {
	seq 100 >"$dir/log"
	touch "$dir/.log.lock" "$dir/filler"
	small_disk "$dir" 1M 3
	run on_disk "$BUILD/ct-rotate" -f --compress "$dir/log"
	[ "$status" -eq 1 ]
	[[ $output == *"cannot create "*": No space left on device"* ]]
	seq 100 | cmp - "$dir/log"
	[ "$(tree "$dir" | tr '\n' ' ')" = "filler log " ]
}

@test "a limit on the size of files (ulimit -f): as a full disk, no signal" {
	"$BUILD/tests/make-log" 20000 >"$dir/log"
	cp "$dir/log" "$scratch/all"
	run bash -c 'ulimit -f 100; exec "$@"' - "$BUILD/ct-rotate" -f --compress "$dir/log"
	[ "$status" -eq 1 ]
	[[ $output == *"File too large"* ]]
	"$BUILD/ct-rotate" --cat "$dir/log" | cmp - "$scratch/all"
	rotate --compress "$dir/log"
	"$BUILD/ct-rotate" --cat "$dir/log" | cmp - "$scratch/all"
}

@test "a read-only file system: status 1, nothing half done" {
	seq 100 >"$dir/log"
	small_disk "$dir" 0
	run on_disk "$BUILD/ct-rotate" -f --compress "$dir/log"
	[ "$status" -eq 1 ]
	[[ $output == *"Read-only file system"* ]]
	[ "$(tree "$dir")" = log ]
}
