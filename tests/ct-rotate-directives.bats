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

@test "createolddir creates what is missing, with mode and owner, and only if nobody else could write there" {
	echo x >"$dir/log"
	conf log nodateext 'olddir old/of/log' 'createolddir 0750'
	"$BUILD/ct-rotate" -n -f -c "$scratch/conf" | grep -q 'create the directory .*/old/of/log'
	[ ! -e "$dir/old" ]
	rotate -c "$scratch/conf"
	[ "$(stat -c %a "$dir/old" "$dir/old/of" "$dir/old/of/log" | sort -u)" = 750 ]
	[ -e "$dir/old/of/log/log.1" ]
	"$BUILD/ct-rotate" --import-logrotate "$scratch/conf" | grep -qx '    createolddir 0750'
	conf log nodateext "olddir $dir/plain" createolddir
	chmod 711 "$dir"
	rotate -c "$scratch/conf"
	[ "$(stat -c %a "$dir/plain")" = 711 ]
	for mode in 0777 0770 "0750 12" "0755 12 34"; do
		[[ $mode != 0770 ]] || mode="0770 $(id -u) 34"
		conf log nodateext "olddir $dir/open" "createolddir $mode"
		run "$BUILD/ct-rotate" -f -c "$scratch/conf"
		[ "$status" -eq 3 ]
		[[ $output == *"createolddir would let another user replace the archives: use su"* ]]
		[ ! -e "$dir/open" ]
	done
	conf log nodateext "olddir $dir/open" 'createolddir 0700' nocreateolddir
	run "$BUILD/ct-rotate" -f -c "$scratch/conf"
	[ "$status" -eq 1 ]
	[ ! -e "$dir/open" ]
	mkdir -m 777 "$dir/shared" # what is created there would not be ours alone
	conf log nodateext "olddir $dir/shared/below" 'createolddir 0700'
	run "$BUILD/ct-rotate" -f -c "$scratch/conf"
	[ "$status" -eq 3 ]
	[ ! -e "$dir/shared/below" ]
}

@test "extension: the date or number comes before it, and archives are found by all commands" {
	for naming in number date; do
		rm -f "$dir"/*
		for n in 1 2 3 4; do
			echo $n >"$dir/a.log"
			rotate --rotate 3 --naming $naming --extension .log --compress "$dir/a.log"
		done
		[ "$(ls "$dir"/a[.-]*.log.gz | wc -l)" -eq 3 ]
		[ "$("$BUILD/ct-rotate" --cat --naming $naming --extension .log "$dir/a.log" | tr '\n' ' ')" = "2 3 4 " ]
		"$BUILD/ct-rotate" --verify --naming $naming --extension .log "$dir/a.log"
		[ "$(tree "$dir" | wc -l)" -eq 4 ]
	done
	conf '*.log' "naming date" "extension .log" "size 1"
	echo 5 >"$dir/a.log"
	rotate -c "$scratch/conf"
	rotate -c "$scratch/conf" # a pattern that matches archives too
	[ "$(tree "$dir" | wc -l)" -eq 6 ]
	"$BUILD/ct-rotate" --import-logrotate "$scratch/conf" | grep -qx '    extension .log'
}

@test "extension: two logs whose archives would have the same names are refused" {
	touch "$dir/a" "$dir/a.log"
	printf '%s {\naddextension .log\n}\n' "$dir/a $dir/a.log" >"$scratch/conf"
	run "$BUILD/ct-rotate" -f -c "$scratch/conf"
	[ "$status" -eq 2 ]
	[[ $output == *"would have the same names"* ]]
	sed -i s/add// "$scratch/conf"
	rotate -c "$scratch/conf"
	[ "$(tree "$dir" | wc -l)" -eq 4 ]
	for bad in .gz 1 -x a/b; do
		printf '%s {\nextension %s\n}\n' "$dir/a" "$bad" >"$scratch/conf"
		run "$BUILD/ct-rotate" -n -c "$scratch/conf"
		[ "$status" -eq 2 ]
		run "$BUILD/ct-rotate" -n --extension=$bad "$dir/a"
		[ "$status" -eq 2 ]
	done
}

@test "compresscmd: archives of xz and zstd can be read by these programs, and are counted, printed and checked" {
	for name in xz zstd; do
		command -v $name >/dev/null || continue
		rm -f "$dir"/*
		for n in 1 2 3 4; do
			seq $n 1000 >"$dir/log"
			rotate --rotate 3 --naming number --compress --compresscmd $name --threads $((n % 2 + 1)) "$dir/log"
		done
		[ "$(ls "$dir" | wc -l)" -eq 4 ]
		$name -dc "$dir"/log.1.* | cmp - <(seq 4 1000)
		$name -tq "$dir"/log.*
		"$BUILD/ct-rotate" --cat --naming number "$dir/log" | cmp - <(seq 2 1000; seq 3 1000; seq 4 1000)
		[ "$("$BUILD/ct-rotate" --verify -v --naming number "$dir/log" | grep -c 'intact$')" -eq 3 ]
		[ "$("$BUILD/ct-rotate" --verify -v "$dir" | grep -c 'intact$')" -eq 3 ]
		truncate -s -5 "$dir"/log.2.*
		run "$BUILD/ct-rotate" --verify "$dir"
		[ "$status" -eq 1 ]
		[[ $output == *"ends too early"* ]]
	done
}

@test "compresscmd: after a change, archives of both formats are kept, counted and printed in order" {
	n=0
	for name in gzip xz zstd gzip; do
		n=$((n + 1))
		echo $n >"$dir/log"
		rotate --rotate 3 --naming number --compress --compresscmd $name "$dir/log"
	done
	[ "$(tree "$dir" | tr '\n' ' ')" = "log log.1.gz log.2.zst log.3.xz " ]
	[ "$("$BUILD/ct-rotate" --cat --naming number "$dir/log" | tr '\n' ' ')" = "2 3 4 " ]
	echo 5 | gzip >"$dir/log.3.gz" # logrotate leaves two of one number
	[ "$("$BUILD/ct-rotate" --cat --naming number "$dir/log" | sort | tr '\n' ' ')" = "2 3 4 5 " ]
	rotate --rotate 4 --naming number "$dir/log"
	[ "$(ls "$dir" | tr '\n' ' ')" = "log log.1 log.2.gz log.3.zst log.4.gz log.4.xz " ]
}

@test "compresscmd: what a killed run left is repaired in each format" {
	for name in xz zstd; do
		rm -f "$dir"/*
		seq 1000 >"$dir/log"
		rotate --naming number --compress --compresscmd $name "$dir/log"
		packed=$(ls "$dir"/log.1.*)
		seq 1000 >"$dir/log.1"
		cp "$packed" "$dir/.${packed##*/}.tmp"
		run "$BUILD/ct-rotate" --verify "$dir"
		[ "$(grep -c 'rotate-damaged' <<<"$output")" -eq 2 ]
		"$BUILD/ct-rotate" --repair --naming number "$dir/log" 2>/dev/null
		[ "$(tree "$dir" | tr '\n' ' ')" = "log ${packed##*/} " ]
		seq 1001 >"$dir/log.1"
		"$BUILD/ct-rotate" --repair --naming number --compress --compresscmd $name "$dir/log" 2>/dev/null
		[ "$(tree "$dir" | tr '\n' ' ')" = "log ${packed##*/} ${packed##*/}.bad " ]
		"$BUILD/ct-rotate" --cat --naming number "$dir/log" | cmp - <(seq 1001)
	done
}

@test "compresscmd, compressext and compressoptions: what is not built in is refused with the reason" {
	while IFS='|' read -r lines reason; do
		IFS=';' read -ra parts <<<"$lines"
		conf log "${parts[@]}"
		run "$BUILD/ct-rotate" -n -c "$scratch/conf"
		[ "$status" -eq 2 ]
		[[ $output == *"$reason"* ]] || { echo "$lines: $output"; false; }
	done <<-'END'
		compresscmd /bin/bzip2|gzip, xz and zstd are built in
		compressext .xz|archives of gzip end in .gz
		compresscmd xz;compressext .old.xz|put what comes before .xz into addextension
		compressoptions -9 --rsyncable|--rsyncable is not supported
		level 10|gzip has the levels 1 to 9
	END
	conf log 'compressext .zst' 'compressoptions -19 -T0' 'compresscmd /usr/bin/zstd'
	"$BUILD/ct-rotate" --import-logrotate "$scratch/conf" >"$scratch/out"
	grep -qx '    compresscmd zstd' "$scratch/out"
	grep -qx '    level 19' "$scratch/out"
	run "$BUILD/ct-rotate" --level 10 "$dir/log"
	[ "$status" -eq 2 ]
}
