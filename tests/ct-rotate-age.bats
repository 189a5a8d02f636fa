#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# How ct-rotate finds out when a log was rotated last and how old an archive is, on machines whose clock was wrong.

bats_require_minimum_version 1.5.0
load lib/ct-rotate

setup() { rotate_setup; }
teardown() { rotate_teardown; }

numbered() { # numbered AGE...: log.1, log.2 ... with these mtimes, and a log
	local i=0 age
	rm -rf -- "$dir"/* "$dir"/.[!.]*
	for age; do
		i=$((i + 1))
		echo "a$i" >"$dir/log.$i"
		touch -d "$age" "$dir/log.$i"
	done
	echo now >"$dir/log"
}

stamp() { date -u -d "${1:-now}" +%Y%m%dT%H%M%SZ; }

left() { cat "$dir"/log.* "$dir"/log-* 2>/dev/null | sort | tr '\n' ' '; }

@test "maxage with numbers removes each archive that is too old, and no young one behind it" {
	numbered 2000-01-01 '12 hours ago' '20 hours ago' 2003-01-01 '30 hours ago'
	rotate --naming number --maxage 2 "$dir/log"
	[ "$(left)" = "a2 a3 a5 now " ]
	numbered '3 days' '12 hours ago' '9 days ago'
	rotate --naming number --maxage 2 "$dir/log"
	[ "$(left)" = "a1 a2 now " ]
}

@test "archives that maxage removes do not count for --rotate and --max-bytes" {
	numbered 2000-01-01 2000-01-01 '12 hours ago' '13 hours ago' '14 hours ago'
	rotate --naming number --maxage 2 --rotate 3 "$dir/log"
	[ "$(left)" = "a3 a4 now " ]
	numbered 2000-01-01 '12 hours ago'
	truncate -s 1M "$dir/log.1"
	touch -d 2000-01-01 "$dir/log.1"
	rotate --naming number --maxage 2 --max-bytes 1k "$dir/log"
	[ "$(left)" = "a2 now " ]
}

@test "archives stamped with the past or the future take no place from younger ones" {
	for stamp in 19860101T000000Z 20400101T000000Z 20410101T000000Z; do
		echo "$stamp" >"$dir/log-$stamp"
		touch -d "${stamp:0:4}-01-01" "$dir/log-$stamp"
	done
	echo young >"$dir/log-$(stamp '1 day ago')"
	for round in 1 2 3; do
		echo "round $round" >"$dir/log"
		rotate --rotate 4 --maxage 400 "$dir/log"
	done
	[ "$(left)" = "round 1 round 2 round 3 young " ]
	[ "$("$BUILD/ct-rotate" --cat "$dir/log" | tr '\n' ' ')" = "young round 1 round 2 round 3 " ]
}

@test "an archive with a stamp of the future counts as old as its last line" {
	echo future >"$dir/log-20400101T000000Z"
	echo ancient >"$dir/log-20390101T000000Z"
	touch -d '1 hour ago' "$dir/log-20400101T000000Z"
	touch -d '9 days ago' "$dir/log-20390101T000000Z"
	echo older >"$dir/log-$(stamp '1 day ago')"
	echo now >"$dir/log"
	rotate --maxage 5 --rotate 2 "$dir/log"
	[ "$(left)" = "future now " ]
}

@test "maxage removes no archive of a clock that was not set when it was made" {
	for stamp in 19700101T000213Z 19700214T000511Z; do
		echo "$stamp" >"$dir/log-$stamp"
		touch -d "${stamp:0:4}-01-01" "$dir/log-$stamp"
	done
	echo now >"$dir/log"
	rotate --maxage 5 "$dir/log"
	[ "$(left)" = "19700101T000213Z 19700214T000511Z now " ]
	echo more >"$dir/log"
	rotate --maxage 5 --rotate 1 "$dir/log"
	[ "$(left)" = "more " ]
	numbered 1970-01-01 '9 days ago' 1970-03-01
	rotate --naming number --maxage 5 "$dir/log"
	[ "$(left)" = "a1 a3 now " ]
}

@test "a name with a day that does not exist is not one of an archive" {
	for stamp in 20230229T000000Z 20240431T000000Z 20240229T000000Z; do
		echo "$stamp" >"$dir/log-$stamp"
	done
	echo now >"$dir/log"
	rotate --maxage 5 --rotate 3 "$dir/log"
	[ "$(left)" = "20230229T000000Z 20240431T000000Z now " ]
}

@test "while the clock is at 1970, the newest of the older archives stay" {
	command -v faketime >/dev/null || skip "faketime is not installed"
	for day in 10 11 12; do
		echo "$day" >"$dir/log-202601${day}T000000Z"
		touch -d "2026-01-$day" "$dir/log-202601${day}T000000Z"
	done
	echo now >"$dir/log"
	faketime '1970-01-05 00:00' "$BUILD/ct-rotate" -f --rotate 3 --maxage 1 "$dir/log"
	[ "$(left)" = "11 12 now " ]
}

@test "with numbers, the last rotation is neither when the owner nor when the mode of an archive changed" {
	numbered '3 days ago'
	chmod 600 "$dir/log.1"
	"$BUILD/ct-rotate" --daily --naming number "$dir/log"
	[ ! -s "$dir/log" ]
}

@test "with numbers, a log whose last line was of yesterday is rotated once today, not twice" {
	numbered '3 days ago'
	touch -d '2 days ago' "$dir/log"
	"$BUILD/ct-rotate" --daily --naming number "$dir/log"
	[ ! -s "$dir/log" ]
	echo more >"$dir/log"
	"$BUILD/ct-rotate" --daily --naming number "$dir/log"
	[ -s "$dir/log" ]
	touch -d '3 days ago' "$dir/log.1" # another file took its place: what was noted is not about it
	"$BUILD/ct-rotate" --daily --naming number "$dir/log"
	[ ! -s "$dir/log" ]
}

@test "with a date format that leaves out the day, a daily log is rotated once a day" {
	echo 1 >"$dir/log"
	rotate --daily --dateformat -%Y%m "$dir/log"
	echo 2 >"$dir/log"
	# Daily, because the hour may end just now; the names alone say "on the first of the month".
	"$BUILD/ct-rotate" --daily --dateformat -%Y%m "$dir/log"
	[ "$(cat "$dir/log")" = 2 ]
}

@test "a stamp of the future stops no rotation, and forces none twice" {
	for last in 20200101T000000Z 20370101T000000Z; do
		for schedule in hourly daily weekly monthly yearly; do
			rm -rf -- "$dir"/* "$dir"/.[!.]*
			: >"$dir/log-20360101T000000Z"
			: >"$dir/log-$last"
			echo new >"$dir/log"
			"$BUILD/ct-rotate" "--$schedule" "$dir/log"
			[ ! -s "$dir/log" ]
			[ "$schedule" != hourly ] || continue # the hour may end just now
			echo newer >"$dir/log"
			"$BUILD/ct-rotate" "--$schedule" "$dir/log"
			[ -s "$dir/log" ]
		done
	done
}

@test "a last write in the future stops no rotation" {
	numbered 2036-01-01
	"$BUILD/ct-rotate" --daily --naming number "$dir/log"
	[ ! -s "$dir/log" ]
	echo now >"$dir/log"
	touch -d 2036-01-01 "$dir/log"
	"$BUILD/ct-rotate" --size 1 --minage 3 --naming number "$dir/log"
	[ ! -s "$dir/log" ]
}

@test "dateyesterday and datehourago name archives after the time before, and the schedule is not confused" {
	for way in dateyesterday datehourago; do
		rm -rf -- "$dir"/* "$dir"/.[!.]*
		printf 'dateformat -%%s\n%s\n%s {\ndaily\n}\n' "$way" "$dir/log" >"$scratch/conf"
		echo x >"$dir/log"
		before=$(date +%s)
		rotate -c "$scratch/conf"
		name=$(cd "$dir" && echo log-*)
		[ "$way" = datehourago ] && back=3600 || back=86400
		[ $((before - back - ${name#log-})) -le 60 ]
		[ $((${name#log-} - before + back)) -le 60 ]
		echo y >"$dir/log"
		"$BUILD/ct-rotate" -c "$scratch/conf"
		[ -s "$dir/log" ]
	done
}
