#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Several logs, blocks and configurations that name the same things, and scripts that move archives themselves.

bats_require_minimum_version 1.5.0
load lib/ct-rotate

setup() { rotate_setup; }
teardown() { rotate_teardown; }

conf() { # conf [NAME]: the configuration from standard input, LOGS stands for the directory
	sed "s,LOGS,$dir,g" >"$scratch/${1-conf}"
}

@test "a log that two blocks match is rotated once, by the first; other logs are rotated, and the status is 1" {
	for log in app.log b.log; do
		echo new >"$dir/$log"
		echo old >"$dir/$log.1"
	done
	for second in 'LOGS/*.log' 'LOGS//app.log LOGS/b.log' 'LOGS/./[ab]*.log'; do
		conf <<-END
			nodateext
			rotate 9
			LOGS/app.log {
			}
			$second {
			}
		END
		echo "$second" >"$dir/app.log"
		echo "$second" >"$dir/b.log"
		run "$BUILD/ct-rotate" -f -c "$scratch/conf"
		[ "$status" -eq 1 ]
		[ "$(grep -c 'app.log: an earlier block has this log too' <<<"$output")" -eq 1 ]
		[ "$(cat "$dir/app.log.1")" = "$second" ]
		[ "$(cat "$dir/b.log.1")" = "$second" ]
	done
	[ "$(cat "$dir/app.log.4")" = old ]
	[ "$(ls "$dir" | wc -l)" -eq 10 ]
}

@test "a log that a block or the command line names twice is rotated once" {
	conf <<-'END'
		nodateext
		LOGS/log LOGS/*g LOGS//log {
		}
	END
	echo x >"$dir/log"
	rotate -c "$scratch/conf"
	[ "$(tree "$dir" | tr '\n' ' ')" = "log log.1 " ]
	echo y >"$dir/log"
	rotate --naming number "$dir/log" "$dir/./log"
	[ "$(tree "$dir" | tr '\n' ' ')" = "log log.1 log.2 " ]
}

@test "a pattern that matches archives with numbers, or with a date format, does not rotate them" {
	for format in nodateext 'dateformat -%Y%m%d'; do
		rm -f "$dir"/*
		printf 'compress\n%s\n%s {\n}\n' "$format" "$dir/*" >"$scratch/conf"
		for round in 1 2 3; do
			echo "$round" >"$dir/a.log"
			rotate -c "$scratch/conf"
		done
		[ "$(ls "$dir" | wc -l)" -eq 4 ]
		[ "$(ls "$dir"/*.gz | wc -l)" -eq 3 ]
	done
}

@test "two logs whose archives would have the same names: nothing is rotated, status 2" {
	mkdir "$dir"/{a,b,old}
	touch "$dir"/{a,b,old}/log
	for olddir in "olddir $dir/old" "olddir ../old" "olddir $dir//old/"; do
		for logs in "$dir/a/log $dir/b/log" "$dir/*/log"; do
			printf '%s {\n}\n%s {\n%s\n}\n' "$dir/none" "$logs" "$olddir" >"$scratch/conf"
			[[ $olddir != *..* ]] || continue
			sed -i '1a missingok' "$scratch/conf"
			run "$BUILD/ct-rotate" -f -c "$scratch/conf"
			[ "$status" -eq 2 ]
			[[ $output == *"would have the same names"* ]]
		done
	done
	run "$BUILD/ct-rotate" -f --olddir "$dir/old" "$dir/a/log" "$dir/b/log"
	[ "$status" -eq 2 ]
	run "$BUILD/ct-rotate" -f --olddir "$dir/old" "$dir/a/log" "$dir/old/log"
	[ "$status" -eq 2 ]
	[ "$(find "$dir" -type f | wc -l)" -eq 3 ]
	mkdir "$dir"/{a,b}/old
	rotate --naming number --olddir old "$dir/a/log" "$dir/b/log"
	[ -e "$dir/a/old/log.1" ]
	[ -e "$dir/b/old/log.1" ]
}

@test "-c twice: both files are read, as one" {
	for name in a b; do echo x >"$dir/$name"; done
	printf 'nodateext\n%s {\nsize 1\n}\n' "$dir/a" >"$scratch/a.conf"
	printf '%s {\nsize 1\n}\n' "$dir/b" >"$scratch/b.conf"
	"$BUILD/ct-rotate" -c "$scratch/a.conf" --config "$scratch/b.conf"
	[ "$(tree "$dir" | tr '\n' ' ')" = "a a.1 b b.1 " ]
	echo frobnicate >>"$scratch/b.conf"
	run "$BUILD/ct-rotate" -f -c "$scratch/a.conf" -c "$scratch/b.conf"
	[ "$status" -eq 2 ]
	[[ $output == *"b.conf:4:1: error: unknown directive"* ]]
	[ ! -e "$dir/a.2" ]
	run "$BUILD/ct-rotate" -f -c "$scratch/a.conf" -c "$scratch/a.conf"
	[ "$status" -eq 2 ]
}

@test "an archive that a script removed, moved away or compressed is no error, and takes no place" {
	local script
	for script in 'rm -f LOGS/log.4' 'mv LOGS/log.2 LOGS/away' 'rm LOGS/log.1' 'gzip LOGS/log.1' 'gzip LOGS/log.3'; do
		for compress in compress nocompress; do
			rm -rf -- "$dir"/*
			echo new >"$dir/log"
			for i in 1 2 3; do echo "$i" >"$dir/log.$i"; done
			conf <<-END
				LOGS/log {
					nodateext
					rotate 3
					$compress
					postrotate
						$script
					endscript
				}
			END
			rotate -c "$scratch/conf"
			[ "$(ls "$dir" | grep -c 'log\.')" -eq 3 ]
		done
	done
	for script in 'rm LOGS/log.1' 'gzip LOGS/log.2' 'mv LOGS/log.3 LOGS/away'; do
		rm -rf -- "$dir"/*
		echo new >"$dir/log"
		for i in 1 2 3; do echo "$i" >"$dir/log.$i"; done
		conf <<-END
			LOGS/log {
				nodateext
				rotate 3
				prerotate
					$script
				endscript
			}
		END
		rotate -c "$scratch/conf"
		[ "$(cat "$dir/log.1")" = new ]
	done
}

@test "a log that is not there leaves no lock behind, but a lock that remembers something stays" {
	"$BUILD/ct-rotate" --missingok "$dir/none"
	[ -z "$(ls -A "$dir")" ]
	run "$BUILD/ct-rotate" "$dir/none"
	[ "$status" -eq 1 ]
	mkfifo "$dir/fifo"
	run "$BUILD/ct-rotate" "$dir/fifo"
	[ "$(ls -A "$dir")" = fifo ]
	rm "$dir/fifo"
	echo x >"$dir/log"
	rotate --naming number "$dir/log"
	rm "$dir/log"
	"$BUILD/ct-rotate" --naming number --missingok "$dir/log"
	[ -s "$dir/.log.lock" ] # when it was rotated last
	rm "$dir/log.1"
	"$BUILD/ct-rotate" --naming number --missingok "$dir/log"
	[ -z "$(ls -A "$dir")" ]
}

@test "runs that remove and take the lock of a missing log at the same time exclude each other" {
	for i in $(seq 20); do
		for j in 1 2 3 4; do "$BUILD/ct-rotate" -q --missingok "$dir/none" & done
		wait
	done
	[ -z "$(ls -A "$dir")" ]
}

@test "copytruncate keeps the holes of a log" {
	blocks() { du -k "$1" | cut -f 1; }
	{
		echo a
		truncate -s 8M /dev/stdout
	} >"$dir/log"
	echo b >>"$dir/log"
	truncate -s 16M "$dir/log"
	[ "$(blocks "$dir/log")" -lt 1000 ] || skip "no sparse files here"
	cp --sparse=always "$dir/log" "$scratch/before"
	rotate --naming number --copytruncate "$dir/log"
	cmp "$dir/log.1" "$scratch/before"
	[ "$(blocks "$dir/log.1")" -lt 1000 ]
	[ ! -s "$dir/log" ]
	truncate -s 3M "$dir/log" # nothing but a hole
	rotate --naming number --copytruncate "$dir/log"
	[ "$(stat -c %s "$dir/log.1")" -eq $((3 << 20)) ]
	[ "$(blocks "$dir/log.1")" -lt 1000 ]
	for i in $(seq 5); do seq 100000; truncate -s +70k /dev/stdout; done >>"$dir/log"
	cp "$dir/log" "$scratch/before"
	rotate --naming number --copytruncate --compress "$dir/log"
	zcat "$dir/log.1.gz" | cmp - "$scratch/before"
}
