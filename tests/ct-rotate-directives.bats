#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Directives of logrotate that need more than a switch: names, directories, scripts and formats.

# In no user namespace: ct-rotate demands that root owns /, and in a user namespace / belongs to an unknown user.
bats_require_minimum_version 1.5.0
load lib/ct-rotate

setup() { rotate_setup; }
teardown() { rotate_teardown; }

conf() { # conf LOG LINES...: a block for the log with these lines
	{ printf '%s {\n' "$dir/$1"; shift; printf '%s\n' "$@" '}'; } >"$scratch/conf"
}

@test "preremove runs before each archive is removed, with its path, and a failure keeps the archive" {
	for n in 1 2 3; do echo $n >"$dir/log.$n"; done
	gzip "$dir/log.3"
	echo x >"$dir/log"
	conf log nodateext 'rotate 2' preremove "test -e \"\$1\" && echo \"\$1 \$#\" >>$scratch/said" endscript
	"$BUILD/ct-rotate" -n -f -c "$scratch/conf" | grep -q 'run preremove for log.4.gz'
	[ ! -e "$scratch/said" ]
	rotate -c "$scratch/conf"
	[ "$(cat "$scratch/said")" = "$dir/log.4.gz 1
$dir/log.3 1" ]
	[ "$(tree "$dir" | tr '\n' ' ')" = "log log.1 log.2 " ]
	"$BUILD/ct-rotate" --import-logrotate "$scratch/conf" | grep -q '^    preremove$'
	conf log nodateext 'rotate 2' preremove 'exit 7' endscript
	run "$BUILD/ct-rotate" -f -c "$scratch/conf"
	[ "$status" -eq 1 ]
	[[ $output == *"preremove, so that log.3 stays: exited with status 7"* ]]
	[ "$(tree "$dir" | tr '\n' ' ')" = "log log.1 log.2 log.3 " ]
}
