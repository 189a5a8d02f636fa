#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# ct-rotate's cost: compared with gzip -6 of the same log, two threads with one, memory, and a log of 5 GB. Rounds take
# turns and the best of each counts, so that other work on the machine matters less. Fails above a limit.
set -euo pipefail
: "${BUILD:?}"
dir=$(mktemp -d)
trap 'rm -rf -- "$dir"' EXIT
rounds=${ROUNDS:-3}
bad=0

lowest() { # lowest COLUMN FILE
	sort -n -k "$1,$1" "$2" | head -n 1 | cut -d ' ' -f "$1"
}

say() { # say NAME VALUE LIMIT
	local verdict=good
	awk -v v="$2" -v l="$3" 'BEGIN { exit !(v <= l) }' || { verdict="ABOVE THE LIMIT"; bad=1; }
	printf '%-58s %10s  limit %-8s %s\n' "$1" "$2" "$3" "$verdict"
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'; }

rotate() { # rotate RESULT OPTIONS...: rotates a copy of the log, which is on the disk already
	local result=$1
	shift
	cp "$dir/sample" "$dir/log"
	sync -f "$dir/log"
	taskset -c "$cpus" "$BUILD/tests/measure" "$BUILD/ct-rotate" -f --compress "$@" "$dir/log" >>"$result"
	stat -c %s "$dir"/log-*.gz >"$result.bytes"
	rm "$dir"/log-*
}

cpus=0
[ "$(nproc)" -lt 2 ] || cpus=0,1
"$BUILD/tests/make-log" "${LINES_OF_LOG:-712000}" >"$dir/sample"
echo "log of $(stat -c %s "$dir/sample") bytes, best of $rounds rounds"
for ((i = 0; i < rounds; i++)); do
	cp "$dir/sample" "$dir/g"
	taskset -c "$cpus" "$BUILD/tests/measure" gzip -6 "$dir/g" >>"$dir/gzip"
	stat -c %s "$dir/g.gz" >"$dir/gzip.bytes"
	rm "$dir/g.gz"
	rotate "$dir/one"
	rotate "$dir/two" --threads 2
done
say "CPU time, of gzip -6" "$(ratio "$(lowest 2 "$dir/one")" "$(lowest 2 "$dir/gzip")")" 0.90
say "size, of gzip -6" "$(ratio "$(cat "$dir/one.bytes")" "$(cat "$dir/gzip.bytes")")" 1.0
say "size with two threads, of gzip -6" "$(ratio "$(cat "$dir/two.bytes")" "$(cat "$dir/gzip.bytes")")" 1.0
if [ "$cpus" = 0,1 ]; then
	say "wall time with two threads on two processors, of one" "$(ratio "$(lowest 1 "$dir/two")" "$(lowest 1 "$dir/one")")" 0.55
fi
say "memory with one thread, KiB" "$(lowest 3 "$dir/one")" 8192
say "memory with two threads, KiB" "$(lowest 3 "$dir/two")" 16384

truncate -s 5G "$dir/log"
"$BUILD/tests/measure" "$BUILD/ct-rotate" -f --compress --threads "$(nproc)" "$dir/log" >"$dir/sparse"
[ "$(gzip -dc "$dir"/log-*.gz | wc -c)" -eq 5368709120 ]
gzip -t "$dir"/log-*.gz
say "a sparse log of 5 GB: memory, KiB" "$(cut -d ' ' -f 3 "$dir/sparse")" $((8192 * $(nproc)))
exit $bad
