#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# --adopt: archives of logrotate get the names of ct-rotate's, so that retention counts them.

# In no user namespace: ct-rotate demands that root owns /, and in a user namespace / belongs to an unknown user.
bats_require_minimum_version 1.5.0
load lib/ct-rotate

setup() { rotate_setup; }
teardown() { rotate_teardown; }

adopt() { "$BUILD/ct-rotate" --adopt "$@" 2>"$scratch/notes"; }

archive() { # archive NAME TEXT TIME: a file with this text and time, compressed by the suffix of its name
	case $1 in
	*.gz) echo "$2" | gzip >"$dir/$1" ;;
	*.xz) echo "$2" | xz >"$dir/$1" ;;
	*) echo "$2" >"$dir/$1" ;;
	esac
	touch -d "$3" "$dir/$1"
}

# Number 3 was written to after 2, as after a restored backup: the numbers tell the order.
tree_of_numbers() {
	echo now >"$dir/log"
	archive log.1 one '2026-01-10 01:00:00Z'
	archive log.2.gz two '2026-01-09 01:00:00Z'
	archive log.3.gz three '2026-01-12 01:00:00Z'
	archive log.4.gz four '2026-01-07 01:00:00Z'
}

tree_of_dates() {
	echo now >"$dir/log"
	archive log-20260131 one '2026-01-31 05:00:00Z'
	archive log-20260130.gz two '2026-01-30 05:00:00Z'
	archive log-20260129.gz three '2026-02-20 05:00:00Z' # touched; the name tells more
}

content() { "$BUILD/ct-rotate" --cat "$@" "$dir/log" | tr '\n' ' '; }

@test "numbered archives are named by date, in their order, and a second run changes nothing" {
	tree_of_numbers
	"$BUILD/ct-rotate" --adopt -n "$dir/log" | grep -q 'rename log.2.gz to log-20260109T010000Z.gz'
	[ -e "$dir/log.1" ]
	adopt "$dir/log"
	grep -q 'renamed files of archives: 4 \[rotate-note\]' "$scratch/notes"
	[ "$(tree "$dir" | tr '\n' ' ')" = "log log-20260107T010000Z.gz log-20260109T005959Z.gz log-20260109T010000Z.gz log-20260110T010000Z " ]
	[ "$(content)" = "four three two one now " ]
	tree "$dir" >"$scratch/before"
	adopt "$dir/log"
	[ ! -s "$scratch/notes" ]
	tree "$dir" | diff "$scratch/before" -
	rotate --rotate 3 "$dir/log"
	[ "$(content)" = "two one now " ]
}

@test "dated archives are named by the time of the last line on their day, in either naming" {
	TZ=UTC
	tree_of_dates
	cp -a "$dir" "$scratch/copy"
	adopt "$dir/log"
	[ "$(tree "$dir" | tr '\n' ' ')" = "log log-20260129T000000Z.gz log-20260130T050000Z.gz log-20260131T050000Z " ]
	[ "$(content)" = "three two one now " ]
	rm -r "$dir"
	mv "$scratch/copy" "$dir"
	for run in 1 2; do
		adopt --naming number "$dir/log"
		[ "$(tree "$dir" | tr '\n' ' ')" = "log log.1 log.2.gz log.3.gz " ]
	done
	[ "$(content --naming number)" = "three two one now " ]
	rotate --naming number --rotate 2 "$dir/log"
	[ "$(content --naming number)" = "one now " ]
}

@test "dated archives in the format of the configuration are ours already" {
	TZ=UTC
	tree_of_dates
	adopt --dateformat -%Y%m%d "$dir/log"
	[ ! -s "$scratch/notes" ]
	[ "$(tree "$dir" | tr '\n' ' ')" = "log log-20260129.gz log-20260130.gz log-20260131 " ]
}

@test "dated archives are put among numbered ones by their times" {
	TZ=UTC
	tree_of_numbers
	tree_of_dates
	archive log-20260108.gz eight '2026-01-08 03:00:00Z'
	for run in 1 2; do
		adopt --naming number "$dir/log"
		[ "$(content --naming number)" = "four eight three two one three two one now " ]
		[ "$(ls "$dir" | wc -l)" -eq 9 ]
	done
}

@test "two archives of one number are both kept, and one that a killed run left is repaired" {
	echo now >"$dir/log"
	archive log.1 one '2026-01-10 01:00:00Z'
	archive log.1.gz two '2026-01-09 01:00:00Z'
	archive log.1.xz three '2026-01-08 01:00:00Z'
	seq 1000 >"$dir/log.2"
	gzip <"$dir/log.2" | head -c 500 >"$dir/log.2.gz"
	touch -d '2026-01-07' "$dir"/log.2*
	cp -a "$dir" "$scratch/copy"
	for run in 1 2; do
		adopt --naming number "$dir/log"
		[ "$(tree "$dir" | tr '\n' ' ')" = "log log.1 log.2.gz log.2.gz.bad log.3.xz log.4 " ]
	done
	[ "$(content --naming number)" = "$(seq 1000 | tr '\n' ' ')three two one now " ]
	rm -r "$dir"
	mv "$scratch/copy" "$dir"
	adopt "$dir/log"
	[ "$(content)" = "$(seq 1000 | tr '\n' ' ')three two one now " ]
	[ "$(ls "$dir" | wc -l)" -eq 6 ]
	[ "$(ls "$dir"/*.bad | wc -l)" -eq 1 ]
}

@test "an archive that a killed run left plain and compressed is repaired before anything has another name" {
	for kind in whole half; do
		for naming in date number; do
			for stop in 1 2 3; do
				rm -rf "$dir"
				mkdir -m 700 "$dir"
				echo now >"$dir/log"
				archive log.1 one '2026-01-10 01:00:00Z'
				archive log-20260109 nine '2026-01-09 01:00:00Z'
				seq 1000 >"$dir/log.2"
				gzip <"$dir/log.2" >"$dir/log.2.gz"
				[ $kind = whole ] || truncate -s 500 "$dir/log.2.gz"
				touch -d '2026-01-07' "$dir"/log.2*
				adopt -n --naming $naming "$dir/log" >"$scratch/steps"
				sed -n 's/.*: rename \(.*\) to \(.*\)/mv -n \1 \2/p; s/.*: remove \(.*\), because.*/rm \1/p
					s/.*: set \(.*\) aside, because.*/mv \1 \1.bad/p' "$scratch/steps" | head -n $stop >"$scratch/half"
				[ -s "$scratch/half" ]
				(cd "$dir" && . "$scratch/half")
				adopt --naming $naming "$dir/log"
				[ "$(content --naming $naming)" = "$(seq 1000 | tr '\n' ' ')nine one now " ]
				"$BUILD/ct-rotate" --verify --naming $naming "$dir/log" || [ $kind = half ]
			done
		done
	done
}

@test "a rotation that was interrupted must be repaired first" {
	tree_of_numbers
	echo log.1 >"$dir/.log.lock"
	chmod 600 "$dir/.log.lock"
	run "$BUILD/ct-rotate" --adopt "$dir/log"
	[ "$status" -eq 1 ]
	[[ $output == *"run ct-rotate --repair first"* ]]
	[ "$(tree "$dir" | wc -l)" -eq 5 ]
}

@test "nothing is replaced: a name that is taken moves the archive a second back" {
	archive log.1 one '2026-01-10 01:00:00Z'
	archive log-20260110T010000Z ours '2026-01-10 01:00:00Z'
	archive log-20260110T005959Z.gz ours2 '2026-01-10 01:00:00Z'
	adopt "$dir/log" # the log itself is missing
	[ "$(cat "$dir/log-20260110T005958Z")" = one ]
	[ "$(cat "$dir/log-20260110T010000Z")" = ours ]
	[ "$(ls "$dir" | wc -l)" -eq 3 ]
}

@test "files that are no archives of this log, or of a format that is not built in, stay" {
	TZ=UTC
	tree_of_numbers
	rm "$dir"/log.[234]*
	ln -s log "$dir/log.5"
	mkdir "$dir/log.6"
	touch "$dir"/{log.0,log.07,log.1x,logs.1,log-20261331,log-backup,log.9.bz2}
	adopt "$dir/log"
	grep -q 'log.9.bz2 stays: only gzip, xz and zstd are built in' "$scratch/notes"
	[ "$(tree "$dir" | tr '\n' ' ')" = "log log-20260110T010000Z log-20261331 log-backup log.0 log.07 log.1x log.5 log.6 log.9.bz2 logs.1 " ]
}

@test "the logs of a configuration are adopted, in its olddir and with its extension" {
	mkdir -m 700 "$dir/old"
	touch "$dir"/{a,b}.log
	archive old/a.1.log one '2026-01-10 01:00:00Z'
	archive old/a.2.log.gz two '2026-01-09 01:00:00Z'
	archive old/b.1.log three '2026-01-09 01:00:00Z'
	printf '%s {\nolddir old\nextension .log\nsize 1\n}\n' "$dir/*.log" >"$scratch/conf"
	adopt -c "$scratch/conf"
	[ "$(tree "$dir/old" | tr '\n' ' ')" = "a-20260109T010000Z.log.gz a-20260110T010000Z.log b-20260109T010000Z.log " ]
	run "$BUILD/ct-rotate" --adopt --repair "$dir/a.log"
	[ "$status" -eq 2 ]
}

@test "an adoption that is interrupted after any file goes on with the same result" {
	for naming in date number; do
		for stop in 1 2 3 4 5; do
			rm -rf "$dir"
			mkdir -m 700 "$dir"
			tree_of_numbers
			archive log-20260108.gz eight '2026-01-08 03:00:00Z'
			archive log-20260131.gz new '2026-01-31 03:00:00Z'
			[ "$stop" = 1 ] && adopt -n --naming $naming "$dir/log" >"$scratch/$naming.steps"
			sed -n 's/.*: rename \(.*\) to \(.*\)/mv -n \1 \2/p' "$scratch/$naming.steps" | head -n "$stop" >"$scratch/half"
			[ "$(wc -l <"$scratch/half")" -eq "$stop" ]
			(cd "$dir" && . "$scratch/half")
			adopt --naming $naming "$dir/log"
			[ "$(ls "$dir" | wc -l)" -eq 7 ]
			[ "$(content --naming $naming)" = "four eight three two one new now " ]
		done
	done
}

@test "what logrotate made in five rounds is taken over completely, and counted" {
	needs logrotate
	for way in 'nodateext' 'nodateext,compress' 'nodateext,compress,delaycompress' 'dateext,dateformat -%Y%m%d,compress'; do
		rm -rf "$dir"
		mkdir -m 700 "$dir"
		{ printf '%s {\nrotate 9\ncreate\n' "$dir/log"; tr , '\n' <<<"$way"; printf '}\n'; } >"$scratch/peer"
		for round in 1 2 3 4; do
			echo "$round" >"$dir/log"
			touch -d "2026-01-0$round" "$dir/log"
			logrotate -f -s "$scratch/state" "$scratch/peer"
			[[ $way != dateext* ]] || for file in "$dir"/log-*; do # a day for each round
				[[ $file == *-2026010[1-4]* ]] || mv "$file" "$dir/log-2026010$round${file##*[0-9]}"
			done
		done
		echo now >"$dir/log"
		adopt "$dir/log"
		[ "$(content)" = "1 2 3 4 now " ]
		rotate --rotate 2 "$dir/log"
		[ "$(content)" = "4 now " ]
	done
}

@test "archives whose last line has no believable time keep their order, and are found again" {
	echo now >"$dir/log"
	for n in 1 2 3; do archive "log.$n" "a$n" '1970-01-01 00:00:00Z'; done
	adopt "$dir/log"
	[ "$(content)" = 'a3 a2 a1 now ' ]
	before=$(ls "$dir")
	adopt "$dir/log"
	[ "$(ls "$dir")" = "$before" ]
}

@test "hourly archives that were copied later keep the order of their names" {
	echo now >"$dir/log"
	for hour in 01 02 03 04 05; do archive "log-20260131$hour" "h$hour" '2026-01-31 20:00:00Z'; done
	touch -d '2026-01-31 08:30:00Z' "$dir/log-2026013104" # written to once more
	adopt "$dir/log"
	[ "$(content)" = 'h01 h02 h03 h04 h05 now ' ]
}
