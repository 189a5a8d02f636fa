#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# ct-rotate's command line, names, schedules, pruning and what it refuses as unsafe. Crashes and full disks are
# in ct-rotate-crash.bats, configuration files in ct-rotate-config.bats, pipe mode in ct-rotate-pipe.bats.

# In no user namespace: ct-rotate demands that root owns /, and in a user namespace / belongs to an unknown user.
bats_require_minimum_version 1.5.0
load lib/ct-rotate
load lib/small-disk

setup() { rotate_setup; }
teardown() { rotate_teardown; }

stamp() { date -u -d "${1:-now}" +%Y%m%dT%H%M%SZ; }

# --- command line ------------------------------------------------------------------------------

@test "prints help and version to standard output; misuse goes to standard error with status 2" {
	for option in -h --help; do
		run --separate-stderr "$BUILD/ct-rotate" $option
		[ "$status" -eq 0 ] && [[ $output == "usage: ct-rotate"* ]] && [ -z "$stderr" ]
	done
	for option in -V --version; do
		run "$BUILD/ct-rotate" $option
		[ "$status" -eq 0 ] && [[ $output == "ct-rotate (fw-tools) "* ]]
	done
	while IFS= read -r line; do
		# shellcheck disable=SC2086
		run --separate-stderr "$BUILD/ct-rotate" $line
		[ "$status" -eq 2 ] || { echo "$line: $status"; return 1; }
		[ -z "$output" ] && [[ $stderr == *"ct-rotate:"* ]]
	done <<-'END'

		--no-such-option log
		--rotate many log
		--rotate -2 log
		--size 5X log
		--settle soon log
		--level 0 log
		--threads 17 log
		--threads any log
		--naming roman log
		--dateformat %j log
		--dateformat -%Y/%m log
		--reopen signal:1 log
		--su nobody log
		--su no-such-user:nogroup log
		--create 9 log
		--create 0640:no-such-user log
		--nocreate --copytruncate log
		--verify --cat log
		--every 1d log
		--fsync line log
		--since yesterday log
		--cat --since never log
		-c conf log
		--pipe dir log
		-c conf --verify
	END
}

@test "--cat fails with status 3 when its output cannot be written" {
	seq 3 >"$dir/log"
	run bash -c '"$BUILD/ct-rotate" --cat "$1" >/dev/full' - "$dir/log"
	[ "$status" -eq 3 ]
	[[ $output == *"No space left"* ]]
}

@test "-n lists each step and changes nothing" {
	seq 3 >"$dir/log"
	rotate --naming number "$dir/log"
	seq 3 >"$dir/log"
	before=$(find "$dir" -printf '%P %i %T@ %C@\n' | sort)
	run "$BUILD/ct-rotate" -n -f --naming number --compress --rotate 1 --reopen cmd:false "$dir/log"
	[ "$status" -eq 0 ]
	[ "$output" = "$dir/log: rename log.1 to log.2
$dir/log: rotate to log.1
$dir/log: reopen by cmd:false
$dir/log: compress log.1
$dir/log: compress log.2
$dir/log: remove log.2 (too many)" ]
	[ "$(find "$dir" -printf '%P %i %T@ %C@\n' | sort)" = "$before" ]
}

@test "--json prints one object per log, with its result" {
	seq 3 >"$dir/log"
	run "$BUILD/ct-rotate" -f --json --compress "$dir/log"
	[ "$status" -eq 0 ]
	[[ $output == "{\"log\":\"$dir/log\",\"archive\":\"log-"*"Z\",\"rotated\":true,\"deferred\":false,\"compressed\":1,\"removed\":0,\"result\":\"done\"}" ]]
	run --separate-stderr "$BUILD/ct-rotate" -f --json "$dir/none"
	[ "$status" -eq 1 ]
	[[ $output == *'"result":"failed"'* ]]
}

# --- names -------------------------------------------------------------------------------------

@test "date naming: the archive is named after the time of the rotation in UTC and holds what the log held" {
	seq 1000 >"$dir/log"
	before=$(stamp)
	rotate --compress "$dir/log"
	name=$(cd "$dir" && ls log-*.gz)
	[[ $name > "log-$before" || $name == "log-$before.gz" ]]
	[[ $name < "log-$(stamp '1 minute')" ]]
	[ -e "$dir/log" ] && [ ! -s "$dir/log" ]
	gzip -t "$dir/$name"
	zcat "$dir/$name" | cmp - <(seq 1000)
}

@test "date naming: rotations within the same period get numbered names, in order" {
	for i in 1 2 3 4 5; do
		echo "$i" >"$dir/log"
		rotate --compress --dateformat -%Y%m%d "$dir/log"
	done
	day=$(date +%Y%m%d) # of the local time, which is noon
	[ "$(tree "$dir" | tr '\n' ' ')" = "log log-$day-2.gz log-$day-3.gz log-$day-4.gz log-$day-5.gz log-$day.gz " ]
	[ "$("$BUILD/ct-rotate" --dateformat -%Y%m%d --cat "$dir/log" | tr '\n' ' ')" = "1 2 3 4 5 " ]
}

@test "number naming: .1 is the newest archive" {
	for i in 1 2 3; do
		echo "$i" >"$dir/log"
		rotate --naming number --compress "$dir/log"
	done
	[ "$(zcat "$dir"/log.{1,2,3}.gz | tr '\n' ' ')" = "3 2 1 " ]
}

@test "number naming: shifting over a gap keeps every archive" {
	echo new >"$dir/log"
	echo one >"$dir/log.1"
	echo three >"$dir/log.3"
	rotate --naming number "$dir/log"
	[ "$(cat "$dir"/log.{1,2,3} | tr '\n' ' ')" = "new one three " ]
}

@test "never touches a file whose name only resembles an archive's" {
	foreign=(log-2026.txt log-20260101 log-20260101T000000Z.bz2 log-20261301T000000Z log-20260101T000000Z-1
		log-20260101T000000Z-02 log.1 log.gz log-backup.gz .log-20260101T000000Z.txt.tmp logs-20200101T000000Z)
	for name in "${foreign[@]}"; do echo "$name" >"$dir/$name"; done
	touch -d '10 years ago' "$dir"/*
	seq 3 >"$dir/log"
	rotate --compress --rotate 1 --maxage 1 --max-bytes 1 "$dir/log"
	for name in "${foreign[@]}"; do [ "$(cat "$dir/$name")" = "$name" ]; done
}

@test "prunes thousands of archives to 5 in one run" {
	(cd "$dir" && seq 10000 | awk '{ printf "log-%d%02d%02dT%02d%02d00Z.gz\n", 2000 + int($1 / 2000), 1 + $1 % 12, 1 + $1 % 28, $1 % 24, int($1 / 200) % 60 }' | sort -u | xargs touch)
	[ "$(ls "$dir" | wc -l)" -gt 5000 ]
	seq 3 >"$dir/log"
	rotate --rotate 5 "$dir/log"
	[ "$(ls "$dir" | wc -l)" -eq 6 ]
}

# --- when --------------------------------------------------------------------------------------

run_after() { # run_after LAST_ROTATION OPTIONS...: runs on a log that was last rotated at that time
	rm -rf -- "$dir"/* "$dir"/.[!.]*
	echo old >"$dir/log-$(stamp "$1")"
	echo new >"$dir/log"
	shift
	"$BUILD/ct-rotate" "$@" "$dir/log"
}

rotated() { run_after "$@"; [ ! -s "$dir/log" ]; }
kept() { run_after "$@"; [ -s "$dir/log" ]; }

@test "takes the time of the last rotation from the newest archive's name" {
	rotated '2 days ago' --daily
	kept '1 second ago' --weekly
	rotated '8 days ago' --weekly
	rotated '40 days ago' --monthly
	rotated '400 days ago' --yearly
	kept 'now' --yearly
	rotated '2 hours ago' --hourly
}

@test "--daily rotates once a day, and again only with -f" {
	rotated '2 days ago' --daily
	echo more >"$dir/log"
	"$BUILD/ct-rotate" --daily "$dir/log"
	[ -s "$dir/log" ]
	rotate --daily "$dir/log"
	[ ! -s "$dir/log" ]
	[ "$(ls "$dir" | wc -l)" -eq 4 ]
}

@test "a log without archives is as old as its file, whatever its modification time" {
	echo new >"$dir/log"
	touch -d '3 days ago' "$dir/log"
	"$BUILD/ct-rotate" --daily "$dir/log" # made just now, whatever its last write says
	[ -s "$dir/log" ]
}

@test "rotates at --size or more, above --maxsize, and at --minsize or more" {
	head -c 1000 /dev/zero >"$dir/log"
	"$BUILD/ct-rotate" --size 1001 "$dir/log"
	[ -s "$dir/log" ]
	"$BUILD/ct-rotate" --size 1000 "$dir/log"
	[ ! -s "$dir/log" ]
	head -c 1000 /dev/zero >"$dir/log"
	"$BUILD/ct-rotate" --yearly --maxsize 1000 "$dir/log"
	[ -s "$dir/log" ]
	"$BUILD/ct-rotate" --yearly --maxsize 999 "$dir/log"
	[ ! -s "$dir/log" ]
	kept '2 days ago' --daily --minsize 100
	rotated '2 days ago' --daily --minsize 4
}

@test "--minage does not rotate a log that was written to recently" {
	kept '2 days ago' --daily --minage 1
	touch -d '2 days ago' "$dir/log"
	"$BUILD/ct-rotate" --daily --minage 1 "$dir/log"
	[ ! -s "$dir/log" ]
}

@test "a last rotation in the future: warns once, rotates by size only, and keeps the new archive" {
	echo old >"$dir/log-$(stamp '1 day')"
	echo new >"$dir/log"
	run "$BUILD/ct-rotate" --daily "$dir/log"
	[ "$status" -eq 0 ]
	[ "$(grep -c 'is in the future' <<<"$output")" -eq 1 ]
	[ -s "$dir/log" ]
	"$BUILD/ct-rotate" --daily --maxsize 2 --rotate 1 "$dir/log" 2>/dev/null
	[ ! -s "$dir/log" ]
	"$BUILD/ct-rotate" --cat "$dir/log" | grep new # the archive just made is kept, although the other one's name is newer
}

@test "rotates again as soon as a clock that stood at 1970 is right" {
	echo old >"$dir/log-19700101T000010Z"
	echo new >"$dir/log"
	"$BUILD/ct-rotate" --daily "$dir/log"
	[ ! -s "$dir/log" ]
}

@test "--cat keeps the order of archives from the repeated hour at the end of summer time" {
	export TZ=CET-1CEST,M3.5.0,M10.5.0/3
	echo first >"$dir/log-20251026T003000Z"
	echo second >"$dir/log-20251026T013000Z"
	[ "$("$BUILD/ct-rotate" --cat "$dir/log" | tr '\n' ' ')" = "first second " ]
}

@test "rotates an empty log, but not with --notifempty" {
	touch "$dir/log"
	rotate --notifempty "$dir/log"
	[ "$(tree "$dir")" = log ]
	rotate "$dir/log"
	[ "$(tree "$dir" | wc -l)" -eq 2 ]
}

@test "a missing log is status 1, or 0 with --missingok" {
	run "$BUILD/ct-rotate" -f "$dir/log"
	[ "$status" -eq 1 ]
	rotate --missingok "$dir/log"
	rotate --missingok "$dir/none/log"
}

# --- what is kept ------------------------------------------------------------------------------

@test "prunes to 5 when --rotate is lowered from 30 to 5, with both namings" {
	for i in $(seq 10 30); do echo "$i" >"$dir/log-202601${i}T000000Z"; done
	rotate --rotate 5 "$dir/log" --missingok
	echo new >"$dir/log"
	rotate --rotate 5 "$dir/log"
	[ "$(ls "$dir"/log-* | wc -l)" -eq 5 ]
	[ "$("$BUILD/ct-rotate" --cat "$dir/log" | tr '\n' ' ')" = "27 28 29 30 new " ]
	for i in $(seq 1 30); do echo "$i" >"$dir/log.$i"; done
	echo newer >"$dir/log"
	rotate --naming number --rotate 5 "$dir/log"
	[ "$(ls "$dir"/log.* | wc -l)" -eq 5 ]
	[ "$("$BUILD/ct-rotate" --naming number --cat "$dir/log" | tr '\n' ' ')" = "4 3 2 1 newer " ]
}

@test "-v, -n, --verify and --json print no raw control character of a name" {
	local name=$dir/$'log\e[31m\xc2\x9b\xe2\x80\xae'
	for option in -v -n --json '--verify -v'; do
		echo line >"$name"
		# shellcheck disable=SC2086
		run "$BUILD/ct-rotate" -f --compress $option "$name"
		[ "$status" -le 1 ]
		[[ $output == *log* ]]
		run ! grep -q $'\e\|\xc2\x9b\|\xe2\x80\xae' <<<"$output"
	done
}

@test "removes archives by --maxage and by total --max-bytes, but never the newest" {
	echo old >"$dir/log-$(stamp '10 days ago')"
	echo young >"$dir/log-$(stamp '2 days ago')"
	echo new >"$dir/log"
	rotate --maxage 5 "$dir/log"
	[ "$("$BUILD/ct-rotate" --cat "$dir/log" | tr '\n' ' ')" = "young new " ]
	head -c 1000 /dev/zero >"$dir/log"
	rotate --max-bytes 1005 "$dir/log"
	[ "$("$BUILD/ct-rotate" --cat "$dir/log" | wc -c)" -eq 1004 ]
	rotate --max-bytes 1 "$dir/log"
	[ "$(ls "$dir"/log-* | wc -l)" -eq 1 ]
}

@test "--rotate 0 keeps no archive once no process writes to it" {
	echo old >"$dir/log-$(stamp '10 days ago')"
	echo new >"$dir/log"
	rotate --rotate 0 --compress "$dir/log"
	[ "$(tree "$dir")" = log ]
}

@test "--min-free removes the oldest archive when the disk is nearly full" {
	small_disk "$dir" 10M
	for i in 1 2 3; do head -c 3000000 /dev/zero >"$dir/log-2026010${i}T000000Z"; done
	seq 100 >"$dir/log"
	on_disk rotate --min-free 30% "$dir/log"
	[ "$(ls "$dir" | wc -l)" -eq 4 ]
	[ ! -e "$dir/log-20260101T000000Z" ]
}

# --- owner and mode ----------------------------------------------------------------------------

@test "archive and new log keep the log's owner and mode; --create sets those of the new log" {
	needs users processes
	seq 3 >"$dir/log"
	chown 12:34 "$dir/log"
	chmod 0604 "$dir/log"
	touch -d '2026-01-02 03:04:05' "$dir/log"
	rotate --compress "$dir/log"
	[ "$(stat -c '%u:%g %a' "$dir/log")" = "12:34 604" ]
	[ "$(stat -c '%u:%g %a %Y' "$dir"/log-*.gz)" = "12:34 604 $(date -d '2026-01-02 03:04:05' +%s)" ]
	rotate --create 0640:13:35 "$dir/log"
	[ "$(stat -c '%u:%g %a' "$dir/log")" = "13:35 640" ]
}

@test "keeps the access control list on the new log and the compressed archive" {
	command -v setfacl >/dev/null || skip "setfacl is not installed"
	seq 3 >"$dir/log"
	setfacl -m u:12:r "$dir/log" || skip "no access control lists on this file system"
	want=$(getfacl -cpn "$dir/log")
	rotate --compress "$dir/log"
	[ "$(getfacl -cpn "$dir/log")" = "$want" ]
	[ "$(getfacl -cpn "$dir"/log-*.gz)" = "$want" ]
}

@test "keeps the security label on the new log and the compressed archive" {
	seq 3 >"$dir/log"
	python3 -c 'import os, sys; os.setxattr(sys.argv[1], "security.selinux", b"system_u:object_r:var_log_t:s0")' "$dir/log" ||
		skip "no security labels on this file system"
	rotate --compress "$dir/log"
	python3 -c 'import os, sys
for name in sys.argv[1:]: assert os.getxattr(name, "security.selinux") == b"system_u:object_r:var_log_t:s0", name' "$dir/log" "$dir"/log-*.gz
}

@test "works as an ordinary user in that user's own directory" {
	needs users
	chmod 711 "$scratch"
	chown 12:34 "$dir"
	setpriv --reuid 12 --regid 34 --clear-groups bash -c 'seq 3 >"$1/log"; exec "$2" -f --compress "$1/log"' - "$dir" "$(anyone ct-rotate)"
	[ "$(stat -c '%u:%g' "$dir"/log-*.gz)" = 12:34 ]
}

# --- what is refused ---------------------------------------------------------------------------

refused() { # refused OPTIONS... LOG: ct-rotate refuses the log as unsafe
	run "$BUILD/ct-rotate" -f "$@"
	[ "$status" -eq 3 ]
	[[ $output == *"[rotate-unsafe]"* ]]
}

@test "refuses a log that is a symbolic link" {
	seq 3 >"$dir/real"
	ln -s real "$dir/log"
	refused "$dir/log"
	[ "$(tree "$dir" | tr '\n' ' ')" = "log real " ]
}

@test "refuses a path with a symbolic link or with .. in it" {
	mkdir "$dir/real"
	seq 3 >"$dir/real/log"
	ln -s real "$dir/link"
	refused "$dir/link/log"
	refused "$dir/real/../real/log"
	[ "$(tree "$dir/real")" = log ]
}

@test "does not follow a symbolic link in place of an archive, temporary file or lock" {
	echo precious >"$scratch/precious"
	seq 3 >"$dir/log"
	ln -s "$scratch/precious" "$dir/log.1"
	ln -s "$scratch/precious" "$dir/.log.1.gz.tmp"
	run "$BUILD/ct-rotate" -f --naming number --compress "$dir/log"
	[ "$status" -ne 0 ]
	rm "$dir/log.1"
	run "$BUILD/ct-rotate" -f --naming number --compress "$dir/log"
	[ "$status" -eq 1 ]
	rm -f "$dir"/.log*
	ln -s "$scratch/precious" "$dir/.log.lock"
	refused --naming number "$dir/log"
	[ "$(cat "$scratch/precious")" = precious ]
	[ "$(stat -c %a "$scratch/precious")" = 644 ]
}

@test "refuses a log in a directory that others can write in" {
	seq 3 >"$dir/log"
	chmod 777 "$dir"
	refused "$dir/log"
	chmod 1777 "$dir"
	refused "$dir/log"
}

@test "refuses a log in a directory that another user owns or a group can write in, unless --su names that user" {
	needs users
	seq 3 >"$dir/log"
	chmod 770 "$dir"
	chgrp 34 "$dir"
	refused "$dir/log"
	chmod 700 "$dir"
	chown 12 "$dir"
	refused "$dir/log"
	[ "$(tree "$dir")" = log ]
	chmod 711 "$scratch"
	chown -R 12:34 "$dir"
	rotate --su 12:34 --compress "$dir/log"
	[ "$(stat -c %u:%g "$dir"/log-*.gz "$dir/log" "$dir/.log.lock" | sort -u)" = 12:34 ]
}

@test "refuses a path below a directory that others can write in; a sticky one like /tmp is allowed above the log's directory" {
	mkdir -p -m 700 "$dir/a/b"
	chmod 777 "$dir/a"
	seq 3 >"$dir/a/b/log"
	refused "$dir/a/b/log"
	chmod 1777 "$dir/a"
	rotate "$dir/a/b/log"
	chmod 700 "$dir/a"
	mkdir -m 1777 "$dir/b"
	seq 3 >"$dir/b/log"
	refused "$dir/b/log"
}

@test "refuses a log with two names, unless --allowhardlink is given" {
	seq 3 >"$dir/log"
	ln "$dir/log" "$dir/other"
	refused "$dir/log"
	rotate --allowhardlink "$dir/log"
}

@test "refuses a FIFO and a directory at once" {
	mkfifo "$dir/fifo"
	mkdir "$dir/directory"
	for name in fifo directory; do
		run timeout 120 "$BUILD/ct-rotate" -f "$dir/$name"
		[ "$status" -eq 3 ]
	done
}

@test "refuses a device at once" {
	mknod "$dir/device" c 1 3 || skip "makes a device: not allowed here"
	run timeout 120 "$BUILD/ct-rotate" -f "$dir/device"
	[ "$status" -eq 3 ]
}

@test "refuses a lock file that another user owns" {
	needs users
	seq 3 >"$dir/log"
	touch "$dir/.log.lock"
	chown 12 "$dir/.log.lock"
	refused "$dir/log"
}

@test "sets the mode of a lock file that others can open to 600" {
	seq 3 >"$dir/log"
	touch "$dir/.log.lock"
	chmod 666 "$dir/.log.lock"
	rotate "$dir/log"
	[ "$(stat -c %a "$dir/.log.lock")" = 600 ]
}

@test "a log that another instance has locked is status 75, or 0 with -q; --wait waits for it" {
	seq 3 >"$dir/log"
	touch "$dir/.log.lock"
	exec 9<"$dir/.log.lock"
	flock 9
	run "$BUILD/ct-rotate" -f "$dir/log"
	[ "$status" -eq 75 ]
	[[ $output == *"$dir/log: another instance works on this log; --wait waits for it"* ]]
	run -0 "$BUILD/ct-rotate" -f -q "$dir/log"
	[ -z "$output" ]
	[ -s "$dir/log" ]
	run "$BUILD/ct-rotate" -f --wait=100ms "$dir/log"
	[ "$status" -eq 75 ]
	"$BUILD/ct-rotate" -f --wait "$dir/log" 9<&- &
	waiting=$!
	wait_for has_open "$waiting" "$dir/.log.lock"
	[ -s "$dir/log" ]
	exec 9<&-
	wait "$waiting"
	[ ! -s "$dir/log" ]
}

@test "two runs at once make one archive" {
	seq 1000 >"$dir/log"
	# The first run stops half way, and continues when the second has ended.
	cat >"$scratch/reopen" <<-END
		#!/bin/sh
		: >$scratch/reached
		until [ -e $scratch/go ] || [ ! -e $scratch/reached ]; do sleep 0.05; done
	END
	chmod +x "$scratch/reopen"
	"$BUILD/ct-rotate" -f --compress --reopen "cmd:$scratch/reopen" "$dir/log" &
	first=$!
	wait_for test -e "$scratch/reached"
	run "$BUILD/ct-rotate" -f --compress "$dir/log"
	[ "$status" -eq 75 ]
	: >"$scratch/go"
	wait "$first"
	[ "$(ls "$dir"/log-* | wc -l)" -eq 1 ]
}

# The log's directory and a symbolic link to another directory keep changing places.
@test "touches nothing outside while the log's directory and a symbolic link are swapped 10,000 times" {
	mkdir -m 700 "$dir/logs" "$scratch/outside"
	echo precious >"$scratch/outside/log"
	before=$(find "$scratch/outside" -printf '%p %i %s %m %T@ %C@\n')
	seq 3 >"$dir/logs/log"
	ln -s "$scratch/outside" "$dir/trap"
	cat >"$scratch/race" <<-'END'
		"$BUILD/tests/swapper" 10000 "$1" "$2" &
		swapper=$!
		while kill -0 "$swapper" 2>/dev/null; do
			"$BUILD/ct-rotate" -f --compress --rotate 2 --missingok "$3" >/dev/null 2>&1
			case $? in 0) done=$((done + 1)) ;; *) other=$((other + 1)) ;; esac
		done
		wait "$swapper" && echo "${done-0} rotated, ${other-0} refused"
	END
	bash "$scratch/race" "$dir/logs" "$dir/trap" "$dir/logs/log"
	[ "$(find "$scratch/outside" -printf '%p %i %s %m %T@ %C@\n')" = "$before" ]
	seq 3 >"$dir/logs/log"
	ln -s "$scratch/outside/log" "$dir/logs/trap"
	bash "$scratch/race" "$dir/logs/log" "$dir/logs/trap" "$dir/logs/log"
	[ "$(find "$scratch/outside" -printf '%p %i %s %m %T@ %C@\n')" = "$before" ]
	[ "$(cat "$scratch/outside/log")" = precious ]
}

# --- scripts and reopening ---------------------------------------------------------------------

@test "--reopen cmd: runs the command; if it fails, the status is 1 and nothing is compressed" {
	seq 3 >"$dir/log"
	rotate --compress --reopen "cmd:touch $dir/told" "$dir/log"
	[ -e "$dir/told" ]
	seq 3 >"$dir/log"
	run "$BUILD/ct-rotate" -f --compress --reopen cmd:false "$dir/log"
	[ "$status" -eq 1 ]
	[ -n "$(find "$dir" -name 'log-*Z*' ! -name '*.gz')" ]
	rotate --compress --reopen cmd:true "$dir/log"
	[ -z "$(find "$dir" -name 'log-*Z*' ! -name '*.gz')" ]
}

@test "--reopen unit: runs systemctl" {
	mkdir "$scratch/bin"
	printf '#!/bin/sh\necho "$@" >%s\n' "$scratch/called" >"$scratch/bin/systemctl"
	chmod +x "$scratch/bin/systemctl"
	seq 3 >"$dir/log"
	PATH=$scratch/bin:$PATH rotate --reopen unit:rsyslog.service "$dir/log"
	[ "$(cat "$scratch/called")" = "kill --signal=HUP --kill-who=main -- rsyslog.service" ]
}

@test "--reopen pidfile: a file without a process number is an error, a missing file only a warning" {
	for text in "" 1 0 -5 "12x" 99999999999; do
		echo "$text" >"$dir/pid"
		seq 3 >"$dir/log"
		run "$BUILD/ct-rotate" -f --reopen "pidfile:$dir/pid" "$dir/log"
		[ "$status" -eq 1 ]
		[[ $output == *"no process number"* ]]
	done
	rm "$dir/pid"
	run "$BUILD/ct-rotate" -f --reopen "pidfile:$dir/pid" "$dir/log"
	[ "$status" -eq 0 ]
	[[ $output == *"no writer was told"* ]]
}

@test "--reopen pidfile: refuses to signal another user's process" {
	needs users
	seq 3 >"$dir/log"
	sleep 100 &
	writer=$!
	echo "$writer" >"$dir/pid"
	chown 12 "$dir/pid"
	run "$BUILD/ct-rotate" -f --reopen "pidfile:$dir/pid" "$dir/log"
	[ "$status" -eq 1 ]
	[[ $output == *"a process of another user"* ]]
	kill -0 "$writer"
}

# --- compression -------------------------------------------------------------------------------

@test "compresses to a single gzip member, with one thread or several" {
	"$BUILD/tests/make-log" 12000 >"$scratch/all"
	for threads in 1 2 3 auto; do
		cp "$scratch/all" "$dir/log"
		rotate --compress --rotate 1 --threads "$threads" "$dir/log"
		gzip -t "$dir"/log-*.gz
		zcat "$dir"/log-*.gz | cmp - "$scratch/all"
		python3 - "$dir"/log-*.gz <<-'END'
			import sys, zlib
			data = open(sys.argv[1], "rb").read()
			inflate = zlib.decompressobj(31)
			inflate.decompress(data)
			assert inflate.eof and not inflate.unused_data
		END
	done
}

@test "compresses at each level without verifying" {
	"$BUILD/tests/make-log" 3000 >"$scratch/all"
	for level in 1 2 3 4 5 6 7 8 9 fast; do
		cp "$scratch/all" "$dir/log"
		rotate --compress --rotate 1 --level "$level" --no-verify "$dir/log"
		zcat "$dir"/log-*.gz | cmp - "$scratch/all"
	done
}

@test "compresses at least as well as gzip -6" {
	"$BUILD/tests/make-log" 20000 >"$dir/log"
	want=$(gzip -6 <"$dir/log" | wc -c)
	rotate --compress "$dir/log"
	[ "$(stat -c %s "$dir"/log-*.gz)" -le "$want" ]
}

@test "loses no line of the archive when a writer appends while it is being compressed" {
	"$BUILD/tests/make-log" 60000 >"$dir/log"
	rotate "$dir/log"
	archive=$(ls "$dir"/log-*)
	"$BUILD/ct-rotate" --compress --size 1G "$dir/log" 2>/dev/null &
	pid=$!
	compressing() { ls "$dir"/.log-*.tmp >/dev/null 2>&1 || is_over "$pid"; }
	wait_for compressing
	echo "a last line" | dd of="$archive" conv=nocreat,notrunc oflag=append 2>/dev/null || true # unless the archive is gone already
	wait "$pid"
	"$BUILD/ct-rotate" --cat "$dir/log" | tail -n 1 | grep -q 'a last line\|N=59999'
	[ "$("$BUILD/ct-rotate" --cat "$dir/log" | grep -c N=)" -eq 60000 ]
}

@test "--repair resolves an archive that exists both plain and compressed: whole, truncated or different" {
	archive=log-20260101T000000Z
	for case in whole truncated different; do
		rm -f "$dir"/*
		touch "$dir/log"
		seq 10000 >"$dir/$archive"
		case $case in
		whole) gzip -k "$dir/$archive" ;;
		truncated) gzip <"$dir/$archive" | head -c 9000 >"$dir/$archive.gz" ;;
		different) seq 20000 | gzip >"$dir/$archive.gz" ;;
		esac
		run "$BUILD/ct-rotate" --verify "$dir"
		[ "$status" -eq 1 ]
		[[ $output == *"plain archive still exists"* ]]
		"$BUILD/ct-rotate" --repair --compress "$dir/log" 2>/dev/null
		[ ! -e "$dir/$archive" ]
		zcat "$dir/$archive.gz" | cmp - <(seq 10000)
		[ "$case" = whole ] || [ -e "$dir/$archive.gz.bad" ]
	done
	zcat "$dir/$archive.gz.bad" | cmp - <(seq 20000)
}

# --- looking -----------------------------------------------------------------------------------

@test "--verify finds damage, garbage after the end, and files left over from a killed run" {
	seq 10000 >"$dir/log"
	rotate --compress "$dir/log"
	run "$BUILD/ct-rotate" --verify -v "$dir"
	[ "$status" -eq 0 ]
	[[ $output == *": intact" ]]
	archive=$(ls "$dir"/log-*.gz)
	echo garbage >>"$archive"
	run "$BUILD/ct-rotate" --verify "$archive"
	[ "$status" -eq 1 ]
	[[ $output == *"garbage behind the end [rotate-damaged]"* ]]
	truncate -s 100 "$archive"
	touch "$dir/.log-20260101T000000Z.gz.tmp" "$dir/log-20260101T000000Z.gz.bad"
	run "$BUILD/ct-rotate" --verify "$dir/log"
	[ "$status" -eq 1 ]
	echo "$output"
	[[ $output == *"ends too early"*"left over"* || $output == *"left over"*"ends too early"* ]]
	[[ $output == *"was set aside"* ]]
}

@test "--cat --since prints the lines from a time on" {
	printf '2026-01-01T10:00:00+00:00 one\n2026-01-01T11:00:00+00:00 two\n' >"$dir/log-20260101T120000Z"
	printf '2026-01-01T13:00:00+00:00 three\n2026-01-01T14:00:00+01:00 four\n' | gzip >"$dir/log-20260102T000000Z.gz"
	printf '2026-01-02T03:00:00Z five\n' >"$dir/log"
	export TZ=UTC
	cat_since() { "$BUILD/ct-rotate" --cat --since "$1" "$dir/log" | sed 's/.* //' | tr '\n' ' '; }
	[ "$(cat_since 2026-01-01)" = "one two three four five " ]
	[ "$(cat_since 2026-01-01T10:30:00)" = "two three four five " ]
	[ "$(cat_since 2026-01-01T12:00:01)" = "three four five " ]
	[ "$(cat_since 2026-01-01T23:00:00)" = "five " ]
	[ "$(cat_since @1767322800)" = "five " ]
}

@test "--cat and --verify change nothing and need no lock" {
	seq 3 >"$dir/log"
	"$BUILD/ct-rotate" --cat "$dir/log" >/dev/null
	"$BUILD/ct-rotate" --verify "$dir/log"
	[ "$(find "$dir" -mindepth 1 -printf '%P ')" = "log " ]
}

@test "--olddir puts archives into another directory of the same file system, and refuses another file system" {
	mkdir -m 700 "$dir/old"
	seq 3 >"$dir/log"
	rotate --olddir old --compress "$dir/log"
	[ "$(ls "$dir/old"/log-*.gz | wc -l)" -eq 1 ]
	"$BUILD/ct-rotate" --olddir old --cat "$dir/log" | cmp - <(seq 3)
	seq 3 >"$dir/log"
	run "$BUILD/ct-rotate" -f --olddir /proc/sys "$dir/log"
	[ "$status" -eq 1 ]
	[[ $output == *"log's file system"* ]]
	[ -s "$dir/log" ]
}

@test "--copytruncate keeps the same file, and refuses a writer that does not append" {
	seq 3 >"$dir/log"
	inode=$(stat -c %i "$dir/log")
	exec 9>>"$dir/log"
	rotate --copytruncate --compress "$dir/log"
	echo 4 >&9
	exec 9>&-
	[ "$(stat -c %i "$dir/log")" = "$inode" ]
	"$BUILD/ct-rotate" --cat "$dir/log" | cmp - <(seq 4)
	exec 9>"$dir/log"
	echo 5 >&9
	run "$BUILD/ct-rotate" -f --copytruncate "$dir/log"
	exec 9>&-
	[ "$status" -eq 1 ]
	[[ $output == *"without O_APPEND"* ]]
}
