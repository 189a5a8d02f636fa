#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# ct-rotate --pipe: lines from a pipe into DIR/current and its archives.

# In no user namespace: ct-rotate demands that root owns /, and in a user namespace / belongs to an unknown user.
bats_require_minimum_version 1.5.0
load lib/ct-rotate
load lib/small-disk

setup() { rotate_setup; }
teardown() { rotate_teardown; }

# A child may still be compressing after its parent has ended; until it is done, that archive exists twice.
settled() { wait_for none_left; }
none_left() { ! pgrep -f "ct-rotate --pipe $dir" >/dev/null; }
all() { settled; "$BUILD/ct-rotate" --cat "$dir"; }

@test "writes lines to current, and archives it at the end of a line once it is large" {
	seq 20000 | "$BUILD/ct-rotate" --pipe "$dir" --size 20k --compress
	all | cmp - <(seq 20000)
	[ "$(ls "$dir"/current-*.gz | wc -l)" -ge 4 ]
	for archive in "$dir"/current-*.gz; do
		[ "$(zcat "$archive" | tail -c 1 | od -An -c | tr -d ' ')" = '\n' ]
	done
}

@test "makes no archive larger than --size when input comes slowly" {
	for i in 1 2 3 4 5 6; do seq 1000; sleep 0.2; done | "$BUILD/ct-rotate" --pipe "$dir" --size 2000
	largest=$(stat -c %s "$dir"/current-* | sort -n | tail -n 1)
	[ "$largest" -le 2000 ]
}

@test "reads a regular file as input" {
	seq 30000 >"$scratch/in"
	"$BUILD/ct-rotate" --pipe "$dir" --size 50k <"$scratch/in"
	all | cmp - "$scratch/in"
	[ "$(ls "$dir"/current-* | wc -l)" -ge 2 ]
}

@test "limits the archives by number and by bytes" {
	for i in $(seq 8); do
		seq 1000
		sleep 0.15
	done | "$BUILD/ct-rotate" --pipe "$dir" --size 1k --rotate 3
	[ "$(ls "$dir"/current-* | wc -l)" -eq 3 ]
	for i in $(seq 8); do
		seq 1000
		sleep 0.15
	done | "$BUILD/ct-rotate" --pipe "$dir" --size 1k --max-bytes 2500
	[ "$(cat "$dir"/current-* | wc -c)" -le 2500 ]
}

archived() { ls "$dir" | grep -q current-; }

@test "archives by age with --every" {
	{
		echo one
		wait_for archived >&2
		echo two
	} | "$BUILD/ct-rotate" --pipe "$dir" --every 1s --fsync sec
	[ "$(cat "$(ls "$dir"/current-* | head -n 1)")" = one ]
	[ "$(all | tr '\n' ' ')" = "one two " ]
}

@test "keeps NUL bytes, a line of 1 MB, and a last line without a newline" {
	{ printf 'a\0b\n'; head -c 1000000 /dev/zero | tr '\0' x; echo; printf 'the end'; } >"$scratch/in"
	cat "$scratch/in" | "$BUILD/ct-rotate" --pipe "$dir" --size 1k --compress
	all | cmp - "$scratch/in"
	echo next | "$BUILD/ct-rotate" --pipe "$dir" # begins a line of its own
	[ "$(all | tail -n 2)" = "the end
next" ]
}

@test "SIGTERM: reads what is in the pipe, then ends with status 0" {
	mkfifo "$scratch/fifo"
	"$BUILD/ct-rotate" --pipe "$dir" <"$scratch/fifo" &
	pid=$!
	exec 9>"$scratch/fifo"
	seq 5000 >&9
	wait_for test -s "$dir/current"
	kill -STOP "$pid"
	seq 5001 10000 >&9
	kill -TERM "$pid"
	kill -CONT "$pid"
	wait "$pid"
	exec 9>&-
	all | cmp - <(seq 10000)
}

# handles_term PID: the process handles or blocks SIGTERM, which would kill one that has just started
handles_term() {
	local mask
	for mask in $(sed -n 's/^Sig\(Cgt\|Blk\):[[:space:]]*//p' "/proc/$1/status"); do
		[ $((0x$mask & 1 << 14)) -eq 0 ] || return 0
	done
	return 1
}

took_all() { [ "$("$BUILD/ct-rotate" --cat "$dir" 2>/dev/null | tail -n 1)" = 200000 ]; }

# The pipe outlives the tool, as it does under a supervisor, and the writer never stops.
@test "keeps every line exactly once when killed again and again under load" {
	mkfifo "$scratch/fifo"
	exec 9<>"$scratch/fifo"
	for ((k = 0; k < 40; k++)); do
		seq $((k * 5000 + 1)) $((k * 5000 + 5000))
		sleep 0.03
	done >&9 &
	writer=$!
	kills=0
	while kill -0 "$writer" 2>/dev/null; do
		"$BUILD/ct-rotate" --pipe "$dir" --size 100k --compress --wait <&9 9<&- &
		pid=$!
		sleep "$(printf 0.%03d $((RANDOM % (40 + 10 * kills % 900) + 10)))" # ever longer, so that a slow machine makes progress
		kill -KILL "$pid"
		wait "$pid" || true
		kills=$((kills + 1))
	done
	writer=
	"$BUILD/ct-rotate" --pipe "$dir" --compress --wait <&9 9<&- &
	pid=$!
	wait_for took_all
	wait_for handles_term "$pid" # the run before may have read everything
	kill -TERM "$pid"
	wait "$pid"
	exec 9>&-
	echo "$kills kills"
	[ "$kills" -ge 3 ]
	all | cmp - <(seq 200000)
}

@test "keeps every line exactly once when killed at each call" {
	seq 500 >"$scratch/in"
	for ((n = 1; n < 2000; n += 5)); do
		rm -rf -- "$dir"/* "$dir"/.[!.]*
		state=0
		cat "$scratch/in" | {
			env ${no_leaks-} "$BUILD/tests/kill-at" -m "$n" "$BUILD/ct-rotate" --pipe "$dir" --size 1k --compress >/dev/null 2>&1 || state=$?
			[ "$state" -ne 77 ] || exit 77
			"$BUILD/ct-rotate" --pipe "$dir" --size 1k --wait 2>/dev/null
			exit "$state"
		} || state=$?
		[ "$state" -ne 77 ] || skip "ptrace is not allowed here"
		all | cmp - "$scratch/in" || { echo "call $n"; ls -lA "$dir"; return 1; }
		[ "$state" -eq 0 ] || break
	done
	echo "$n"
	[ "$n" -gt 60 ] && [ "$state" -eq 1 ]
}

@test "a full disk does not block the writer: dropped lines are counted, and logging resumes" {
	small_disk "$dir" 200K
	mkfifo "$scratch/fifo"
	on_disk "$BUILD/ct-rotate" --pipe "$dir" --size 1G <"$scratch/fifo" 2>"$scratch/err" &
	pid=$!
	exec 9>"$scratch/fifo"
	timeout 600 seq 200000 >&9 # more than the disk and the pipe hold
	wait_for grep -q 'lines are dropped and counted: No space left' "$scratch/err"
	disk_size 4M
	wait_for grep -aq 'ct-rotate: gap' "$dir/current"
	echo after >&9
	exec 9>&-
	state=0
	wait "$pid" || state=$?
	[ "$state" -eq 1 ]
	gap=$(grep -a 'ct-rotate: gap' "$dir/current")
	[[ $gap =~ gap:\ ([0-9]+)\ lines\ \(([0-9]+)\ bytes\)\ dropped\ since\ 20.*Z:\ No\ space ]]
	[ "$(tail -n 1 "$dir/current")" = after ]
	kept=$(grep -ac '^[0-9]*$' "$dir/current")
	echo "kept $kept, $gap"
	# Each line is kept or counted; a line that the full disk cut is both.
	sum=$((kept + BASH_REMATCH[1]))
	[ "$sum" -ge 200000 ] && [ "$sum" -le 200001 ]
}

@test "a full disk: removes the oldest archive instead of dropping new lines" {
	small_disk "$dir" 300K
	seq 100000 | on_disk "$BUILD/ct-rotate" --pipe "$dir" --size 50k --rotate 100
	run ! grep -aq gap "$dir"/current*
	[ "$(tail -n 1 "$dir/current")" = 100000 ]
	all | cmp - <(all | awk 'NR == 1 { first = $1 } END { for (i = first; i <= 100000; i++) print i }')
}

@test "a directory that another instance uses is status 75" {
	mkfifo "$scratch/fifo"
	"$BUILD/ct-rotate" --pipe "$dir" <"$scratch/fifo" &
	pid=$!
	exec 9>"$scratch/fifo"
	echo x >&9
	wait_for test -s "$dir/current"
	run "$BUILD/ct-rotate" --pipe "$dir" </dev/null
	[ "$status" -eq 75 ]
	exec 9>&-
	wait "$pid"
}

@test "refuses a directory that others can write in" {
	chmod 777 "$dir"
	run "$BUILD/ct-rotate" --pipe "$dir" </dev/null
	[ "$status" -eq 3 ]
	[ -z "$(ls -A "$dir")" ]
}

@test "creates a missing directory" {
	echo x | "$BUILD/ct-rotate" --pipe "$dir/new"
	[ "$(cat "$dir/new/current")" = x ]
}

@test "--fsync line syncs after each line" {
	strace -o /dev/null true 2>/dev/null || skip "strace is not allowed here"
	# Each line waits for the one before it to be in the file: lines that come together are synced together.
	for i in 1 2 3; do echo "$i"; wait_for lines_of "$dir/current" "$i" >&2; done | env ${no_leaks-} strace -f -e trace=fdatasync -o "$scratch/trace" "$BUILD/ct-rotate" --pipe "$dir" --fsync line
	[ "$(grep -c 'fdatasync.*= 0' "$scratch/trace")" -ge 3 ]
}
