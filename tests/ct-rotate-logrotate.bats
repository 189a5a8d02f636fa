#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Debian's logrotate and ct-rotate run on the same trees and configurations and must leave the same contents, apart
# from the deliberate differences that data/ct-rotate/differences lists.

# In no user namespace: ct-rotate demands that root owns /, and in a user namespace / belongs to an unknown user.
bats_require_minimum_version 1.5.0
load lib/ct-rotate

setup() {
	rotate_setup
	chmod 711 "$scratch"
}
teardown() { rotate_teardown; }

@test "leaves the same as logrotate in at least 64 situations, apart from the listed differences" {
	needs logrotate
	[ "$(id -u)" -eq 0 ] || skip "runs logrotate as cron does: not root here"
	for program in gzip xz zstd; do
		command -v "$program" >/dev/null || skip "logrotate runs $program: it is not installed"
	done
	data=$BATS_TEST_DIRNAME/data/ct-rotate
	has users && has processes && no_users= || no_users=1
	BUILD=$BUILD no_users=$no_users scratch=$scratch bash "$BATS_TEST_DIRNAME/lib/compare.bash" "$data/situations.bash" >"$scratch/result" 2>"$scratch/diffs"
	grep -v '^#' "$data/differences" | sed 's/: .*//' | sort >"$scratch/expected"
	version=$(logrotate --version 2>&1 | sed -n '1s/.* //p')
	# logrotate knows %z since 3.22.
	[ "$(printf '%s\n' 3.22 "$version" | sort -V | head -n 1)" != 3.22 ] || sed -i '/^dateformat with a zone$/d' "$scratch/expected"
	sed -n 's/^differs: //p' "$scratch/result" | sort >"$scratch/got"
	cat "$scratch/diffs"
	diff -u "$scratch/expected" "$scratch/got"
	[ "$(grep -c '^same: \|^left out: ' "$scratch/result")" -ge 64 ]
	[ "$(grep -c '^left out: ' "$scratch/result")" -eq $((${no_users:-0} * 5)) ]
}

# logrotate loses lines in this situation; the test prints how many it kept and demands all of them from ct-rotate.
@test "loses no line of an archive whose compression was killed" {
	needs logrotate
	seq 100000 >"$dir/log"
	printf '%s {\n rotate 5\n compress\n nodateext\n create\n}\n' "$dir/log" >"$scratch/conf"
	seq 100000 >"$dir/log.1" # as if gzip had been killed before its last byte
	gzip <"$dir/log.1" | head -c 1000 >"$dir/log.1.gz"
	: >"$dir/log"
	cp -a "$dir" "$scratch/copy"
	logrotate -f -s "$scratch/state" "$scratch/conf"
	lost=$(cat "$dir"/log.1 "$dir"/log.2 2>/dev/null | wc -l)
	lost=$((lost + $(zcat "$dir"/*.gz 2>/dev/null | wc -l)))
	rm -r "$dir"
	mv "$scratch/copy" "$dir"
	rotate --naming number -c "$scratch/conf"
	zcat "$dir"/log.*.gz | cmp - <(seq 100000)
	echo "logrotate: $lost of 100000 lines left"
}

@test "a main configuration with drop-ins of the usual kinds leaves the same after four forced rounds" {
	needs logrotate
	[ "$(id -u)" -eq 0 ] && has users && has processes || skip "runs logrotate as cron does: not root here"
	for program in gzip xz zstd; do
		command -v "$program" >/dev/null || skip "logrotate runs $program: it is not installed"
	done
	data=$BATS_TEST_DIRNAME/data/ct-rotate
	[ "$(BUILD=$BUILD scratch=$scratch bash "$BATS_TEST_DIRNAME/lib/compare-dropins.bash" "$data/dropins.conf" "$data/dropins" 4 | tee /dev/stderr)" = \
		"12 logs, 42 files: the same" ]
}

# What logrotate does not know, what the drop-ins show, and what names the time of the run.
own=' nodateyesterday nodatehourago maxbytes minfree verify noverify level threads naming reopen settle scripttimeout include tabooext taboopat '

@test "every directive that logrotate has too is in a situation that is compared with it" {
	data=$BATS_TEST_DIRNAME/data/ct-rotate
	grep -v '^#' "$data/situations.bash" >"$scratch/situations"
	sed -nE 's|^\t\{ \.name = "([a-z]+)", \.kind = ([A-Z_]+),? .*|\1 \2|p' "$BATS_TEST_DIRNAME/../common/rotate/directive.c" >"$scratch/rows"
	[ "$(wc -l <"$scratch/rows")" -ge 70 ]
	missing=
	while read -r name kind; do
		[ "$kind" != LEFT_OUT ] && [[ $own != *" $name "* ]] || continue
		grep -qE "(^|[ ;{])$name([ ;=]|$)" "$scratch/situations" || missing+=" $name"
	done <"$scratch/rows"
	echo "in no situation:$missing"
	[ "$missing" = "" ]
}
