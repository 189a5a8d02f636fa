#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Whom ct-rotate trusts: access control lists, configurations and pid files that other users control.

bats_require_minimum_version 1.5.0
load lib/ct-rotate

setup() { rotate_setup; }
teardown() { rotate_teardown; }

refused() { # refused OPTIONS... LOG
	run "$BUILD/ct-rotate" -f "$@"
	[ "$status" -eq 3 ]
	[[ $output == *"[rotate-unsafe]"* ]]
}

lists() { # lists SPEC FILE: set an access control list
	command -v setfacl >/dev/null || skip "setfacl is not installed"
	setfacl -m "$1" "$2" || skip "no access control lists on this file system"
}

@test "a directory that an access control list lets others write to is refused" {
	mkdir -m 700 "$dir"/{user,group,ours,reader,masked}
	mkdir -m 700 "$dir/user/below"
	for name in user group ours reader masked user/below; do echo x >"$dir/$name/log"; done
	lists u:12:rwx "$dir/user"
	lists g:34:rwx "$dir/group"
	lists "u:$(id -u):rwx" "$dir/ours"
	lists u:12:rx "$dir/reader"
	lists u:12:rwx,m::rx "$dir/masked"
	refused "$dir/user/log"
	refused "$dir/user/below/log"
	refused "$dir/group/log"
	rotate "$dir/ours/log"
	rotate "$dir/reader/log"
	rotate "$dir/masked/log"
}

@test "create with a mode leaves the access control list of the old log behind" {
	echo x >"$dir/log"
	lists u:12:rw "$dir/log"
	rotate --naming number --compress --create 0640 "$dir/log"
	run ! grep -q '^user:12' <(getfacl -cpn "$dir/log")
	[ "$(stat -c %a "$dir/log")" = 640 ]
	grep -q '^user:12' <(getfacl -cpn "$dir/log.1.gz") # of the old log
}

@test "the list that a directory gives its files opens no archive and no new log that was closed" {
	echo x >"$dir/log"
	chmod 640 "$dir/log"
	lists d:u:12:r "$dir"
	rotate --naming number --compress "$dir/log"
	for name in log log.1.gz; do
		run ! grep -q '^user:12' <(getfacl -cpn "$dir/$name")
		[ "$(stat -c %a "$dir/$name")" = 640 ]
	done
	echo x >"$dir/log"
	rotate --naming number --copytruncate "$dir/log"
	run ! grep -q '^user:12' <(getfacl -cpn "$dir/log.1")
}

scripted() { # scripted: a configuration whose script writes $dir/ran
	echo x >"$dir/log"
	rm -f "$dir/ran" "$scratch/conf"
	printf '%s\n' "$dir/log {" postrotate "id -u >$dir/ran" endscript '}' >"$scratch/conf"
}

@test "root refuses a configuration that others own or can write to, and reads it for --import-logrotate" {
	needs users
	for change in 'chmod 666' 'chmod 664' 'chown 12' 'chown 12:34'; do
		scripted
		$change "$scratch/conf"
		run "$BUILD/ct-rotate" -f -c "$scratch/conf"
		[ "$status" -eq 2 ]
		[[ $output == *"lets other users write it"*"[rotate-config]"* ]]
		[ ! -e "$dir/ran" ]
		"$BUILD/ct-rotate" --import-logrotate "$scratch/conf" | grep -q postrotate
	done
	scripted
	ln -s conf "$scratch/link"
	rotate -c "$scratch/link"
	[ -e "$dir/ran" ]
	scripted
	chown -h 12 "$scratch/link"
	run "$BUILD/ct-rotate" -f -c "$scratch/link"
	[ "$status" -eq 2 ]
}

@test "a FIFO, a directory or a device as a configuration is refused at once" {
	mkfifo "$scratch/fifo"
	for what in "$scratch/fifo" "$scratch" /dev/null; do
		for option in -c --import-logrotate; do
			run timeout 60 "$BUILD/ct-rotate" "$option" "$what"
			[ "$status" -eq 2 ]
		done
	done
}

# Starts a process as this user, sets $writer, and makes pid files that name it.
daemon() { # daemon USER
	setpriv --reuid "$1" --regid "$1" --clear-groups sleep 1000 &
	writer=$!
	started() { grep -q sleep "/proc/$writer/comm"; }
	wait_for started
	echo "$writer" >"$scratch/pid"
}

hangs_up() { # hangs_up PIDFILE: the process gets a SIGHUP
	echo x >"$dir/log"
	rotate --reopen "pidfile:$1" "$dir/log"
	ended() { is_over "$writer" || grep -q '^State:.Z' "/proc/$writer/status"; }
	wait_for ended
	writer=
}

spared() { # spared PIDFILE: ct-rotate refuses it, and the process runs on
	echo x >"$dir/log"
	run "$BUILD/ct-rotate" -f --reopen "pidfile:$1" "$dir/log"
	[ "$status" -eq 1 ]
	kill -0 "$writer"
}

@test "pid files: a directory of another user can name only that user's processes" {
	needs users processes
	chmod 711 "$scratch"
	mkdir "$scratch/app"
	chown 12:34 "$scratch/app"
	daemon 0
	cp "$scratch/pid" "$scratch/app/pid" # root's own file, but the user can put another one in its place
	spared "$scratch/app/pid"
	chown 12 "$scratch/app/pid"
	spared "$scratch/app/pid"
	rm "$scratch/app/pid"
	ln -s "$scratch/pid" "$scratch/app/pid"
	spared "$scratch/app/pid"
	ln -s "$scratch" "$scratch/app/way"
	spared "$scratch/app/way/pid"
	ln -s app/pid "$scratch/link"
	spared "$scratch/link"
	rm "$scratch/app/pid"
	ln "$scratch/pid" "$scratch/app/pid"
	spared "$scratch/app/pid"
	mkdir -m 1777 "$scratch/tmp"
	ln "$scratch/pid" "$scratch/tmp/pid"
	spared "$scratch/tmp/pid"
	kill "$writer"
	daemon 12
	cp "$scratch/pid" "$scratch/app/own"
	chown 12 "$scratch/app/own"
	hangs_up "$scratch/app/own"
}

@test "pid files: one that everybody or a group can write to is refused" {
	needs users processes
	daemon 0
	chmod 666 "$scratch/pid"
	spared "$scratch/pid"
	chmod 664 "$scratch/pid"
	chgrp 34 "$scratch/pid"
	spared "$scratch/pid"
	chmod 644 "$scratch/pid"
	mkdir -m 777 "$scratch/open"
	cp "$scratch/pid" "$scratch/open/pid"
	spared "$scratch/open/pid"
}

@test "pid files: a directory or file of a user that others can write to, by a list or a group, is refused" {
	needs users processes
	chmod 711 "$scratch"
	mkdir "$scratch/app"
	daemon 12
	cp "$scratch/pid" "$scratch/app/pid"
	chown -R 12:34 "$scratch/app"
	lists u:56:rwx "$scratch/app"
	spared "$scratch/app/pid"
	setfacl -b -m g:56:rwx "$scratch/app"
	spared "$scratch/app/pid"
	setfacl -b "$scratch/app"
	chmod 775 "$scratch/app"
	spared "$scratch/app/pid"
	chmod 755 "$scratch/app"
	setfacl -m u:56:rw "$scratch/app/pid"
	spared "$scratch/app/pid"
	setfacl -b "$scratch/app/pid"
	chmod 664 "$scratch/app/pid"
	spared "$scratch/app/pid"
	chmod 644 "$scratch/app/pid"
	# These let nobody else write: the mask, a right to read, the user again, and the sticky bit.
	setfacl -m u:56:rwx,m::rx "$scratch/app"
	setfacl -m u:12:rw,u:56:r "$scratch/app/pid"
	hangs_up "$scratch/app/pid"
	daemon 12
	cp "$scratch/pid" "$scratch/app/own"
	chown 12:34 "$scratch/app/own"
	setfacl -b -m u:56:rwx "$scratch/app"
	chmod +t "$scratch/app"
	hangs_up "$scratch/app/own"
}

@test "pid files: links that only root could make are followed" {
	needs users processes
	mkdir "$scratch/run"
	daemon 0
	cp "$scratch/pid" "$scratch/run/pid"
	ln -s run "$scratch/way"
	ln -s "$scratch/way/pid" "$scratch/link"
	hangs_up "$scratch/link"
	ln -s loop "$scratch/loop"
	echo x >"$dir/log"
	run timeout 60 "$BUILD/ct-rotate" -f --reopen "pidfile:$scratch/loop" "$dir/log"
	[ "$status" -eq 1 ]
	mkfifo "$scratch/fifo"
	echo x >"$dir/log"
	run timeout 60 "$BUILD/ct-rotate" -f --reopen "pidfile:$scratch/fifo" "$dir/log"
	[ "$status" -eq 1 ]
}

@test "a limit on the size of files ends nothing by a signal, not even --help" {
	limited() { (ulimit -f 0; "$BUILD/ct-rotate" "$@" >"$scratch/out" 2>/dev/null); }
	run limited --help
	[ "$status" -eq 3 ]
	seq 1000 >"$dir/log"
	for way in --compress --copytruncate --nocreate; do
		run limited -f "$way" "$dir/log"
		[ "$status" -lt 128 ]
	done
	[ "$("$BUILD/ct-rotate" --cat "$dir/log" | wc -l)" -eq 1000 ]
}
