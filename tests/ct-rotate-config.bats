#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# ct-rotate.conf(5): logrotate's files, the order of scripts, several logs at once.

# In no user namespace: ct-rotate demands that root owns /, and in a user namespace / belongs to an unknown user.
bats_require_minimum_version 1.5.0
load lib/ct-rotate

setup() { rotate_setup; }
teardown() { rotate_teardown; }

conf() { # conf: writes the configuration from standard input; LOGS in it stands for the log directory
	sed "s,LOGS,$dir,g" >"$scratch/conf"
}

@test "the tutorial's logrotate file works with only its paths and owner changed" {
	printf '#!/bin/sh\necho told >>%s/told\n' "$scratch" >"$scratch/rsyslog-rotate"
	chmod +x "$scratch/rsyslog-rotate"
	sed "s,/var/log,$dir,; s,/usr/lib/rsyslog,$scratch,; s,root root,$(id -u) $(id -g)," "$BATS_TEST_DIRNAME/data/ct-rotate/tutorial.conf" >"$scratch/conf"
	[ "$(grep -c "$scratch" "$scratch/conf")" -eq 2 ]
	log=$dir/iptables.log
	silent() { [ "$("$BUILD/ct-rotate" -c "$scratch/conf" 2>&1)" = "" ]; }
	silent # missingok
	[ ! -e "$log" ]
	seq 1000 >"$log"
	chmod 600 "$log"
	touch "$log-$(date -u -d '2 days ago' +%Y%m%dT%H%M%SZ)"
	silent
	[ "$(cat "$scratch/told")" = told ]
	[ "$(stat -c '%a %s' "$log")" = "640 0" ]
	"$BUILD/ct-rotate" --cat "$log" | cmp - <(seq 1000)
	[ "$(ls "$log"-*.gz | wc -l)" -eq 2 ]
	silent # not due again on the same day
	[ "$(ls "$dir" | wc -l)" -eq 3 ]
}

# Rows of the table of directives: NAME KIND.
directives() { sed -nE 's|^\t\{ \.name = "([a-z]+)", \.kind = ([A-Z_]+),? .*|\1 \2|p' "$BATS_TEST_DIRNAME/../common/rotate/directive.c"; }

@test "every directive is in the manual page" {
	directives >"$scratch/rows"
	[ "$(wc -l <"$scratch/rows")" -ge 70 ]
	while read -r name _; do
		grep -E '^\.(It )?Ic ' "$BATS_TEST_DIRNAME/../man/ct-rotate.conf.5" | grep -qw "$name" || { echo "$name is not in ct-rotate.conf(5)"; false; }
	done <"$scratch/rows"
}

@test "every directive with a switch or a plain value is printed by --import-logrotate" {
	while read -r name kind; do
		case $kind in
		TURN_ON) line=$name ;;
		BYTES | DAYS) line="$name 5" ;;
		MILLISECONDS) line="$name 5ms" ;;
		*) continue ;;
		esac
		[ "$name" != verify ] || line=noverify # what is the default is not printed
		# sharedscripts means something only beside a script.
		printf '/var/log/a {\n%s\npostrotate\ntrue\nendscript\n}\n' "$line" >"$scratch/conf"
		"$BUILD/ct-rotate" --import-logrotate "$scratch/conf" >"$scratch/out"
		grep -qx "    $line" "$scratch/out" || { echo "$line is lost"; false; }
	done < <(directives)
}

@test "reports each fault with file, line and column" {
	cd "$BATS_TEST_DIRNAME/data/ct-rotate"
	run --separate-stderr "$BUILD/ct-rotate" -f -c bad.in
	[ "$status" -eq 2 ]
	diff -u bad.ok <(grep '\[rotate-config\]' <<<"$stderr")
}

@test "an unknown directive stops the run before any log is rotated" {
	seq 3 >"$dir/a"
	seq 3 >"$dir/b"
	conf <<-'END'
		LOGS/a {
			rotate 3
		}
		LOGS/b {
			rotate 3
			frobnicate
		}
	END
	run "$BUILD/ct-rotate" -f -c "$scratch/conf"
	[ "$status" -eq 2 ]
	[[ $output == *"conf:6:1: error: unknown directive frobnicate [rotate-config]"* ]]
	[ "$(tree "$dir" | tr '\n' ' ')" = "a b " ]
}

@test "a configuration that cannot be read or contains a NUL byte is status 2" {
	run "$BUILD/ct-rotate" -f -c "$scratch/none"
	[ "$status" -eq 2 ]
	printf '/a {\n\0}\n' >"$scratch/conf"
	run "$BUILD/ct-rotate" -f -c "$scratch/conf"
	[ "$status" -eq 2 ]
	[[ $output == *NUL* ]]
}

@test "reads defaults, patterns, quotes, several paths, = and comments" {
	touch "$dir/a.log" "$dir/b.log" "$dir/c d.log" "$dir/e.txt"
	conf <<-'END'
		# defaults for the blocks below
		compress
		rotate=2
		naming number # not dates

		LOGS/[ab].log
		"LOGS/c d.log"
		{
			size = 1
			nocompress
			minsize=0
		}
		'LOGS/e.txt' {
			size 1k
		}
	END
	for f in "$dir"/*; do echo x >"$f"; done
	"$BUILD/ct-rotate" -c "$scratch/conf"
	[ "$(tree "$dir" | tr '\n' ' ')" = "a.log a.log.1 b.log b.log.1 c d.log c d.log.1 e.txt " ]
	head -c 2000 /dev/zero >"$dir/e.txt"
	"$BUILD/ct-rotate" -c - <"$scratch/conf"
	[ -e "$dir/e.txt.1.gz" ]
}

@test "a pattern that also matches archives does not rotate them" {
	echo x >"$dir/a"
	conf <<-'END'
		LOGS/a* {
			size 1
		}
	END
	for i in 1 2 3; do
		echo x >"$dir/a"
		"$BUILD/ct-rotate" -c "$scratch/conf"
	done
	[ "$(ls "$dir" | wc -l)" -eq 4 ]
}

@test "a pattern that matches nothing is status 1, or 0 with missingok; other logs are rotated" {
	echo x >"$dir/a"
	conf <<-'END'
		LOGS/*.none {
		}
		LOGS/a {
		}
	END
	run "$BUILD/ct-rotate" -f -c "$scratch/conf"
	[ "$status" -eq 1 ]
	[ ! -s "$dir/a" ]
	sed -i '1a missingok' "$scratch/conf"
	rotate -c "$scratch/conf"
}

@test "runs scripts in order and with the documented arguments" {
	touch "$dir/a" "$dir/b"
	conf <<-'END'
		LOGS/a LOGS/b {
			naming number
			firstaction
				echo "first $1" >>LOGS/said
			endscript
			prerotate
				echo "pre $1 $(ls LOGS/*.1 2>/dev/null | wc -l)" >>LOGS/said
			endscript
			postrotate
				echo "post $1 $2 $(ls LOGS/*.1 | wc -l)" >>LOGS/said
			endscript
			lastaction
				echo "last $1" >>LOGS/said
			endscript
		}
	END
	rotate -c "$scratch/conf"
	[ "$(sed "s,$dir,LOGS,g" "$dir/said")" = "first LOGS/a LOGS/b
pre LOGS/a 0
post LOGS/a LOGS/a.1 1
pre LOGS/b 1
post LOGS/b LOGS/b.1 2
last LOGS/a LOGS/b" ]
	rm "$dir/said"
	sed -i 's/naming number/&\nsharedscripts/' "$scratch/conf"
	rotate -c "$scratch/conf"
	[ "$(sed "s,$dir,LOGS,g" "$dir/said")" = "first LOGS/a LOGS/b
pre LOGS/a LOGS/b 2
post LOGS/a LOGS/b  2
last LOGS/a LOGS/b" ]
	rm "$dir/said"
	sed -i 's/naming number/&\nnotifempty/' "$scratch/conf"
	rotate -c "$scratch/conf"
	[ ! -e "$dir/said" ] # nothing to rotate, no script
}

# fail_script WHICH: lets the script WHICH fail and prints the files left and the scripts that ran
fail_script() {
	rm -rf -- "$dir"/*
	echo x >"$dir/a"
	conf <<-END
		LOGS/a {
			naming number
			compress
			firstaction
				[ $1 != first ]
			endscript
			prerotate
				[ $1 != pre ] && echo pre >>LOGS/said
			endscript
			postrotate
				[ $1 != post ] && echo post >>LOGS/said
			endscript
			lastaction
				echo last >>LOGS/said
				[ $1 != last ]
			endscript
		}
	END
	run "$BUILD/ct-rotate" -f -c "$scratch/conf"
	[ "$status" -eq 1 ]
	tree "$dir" | tr '\n' ' '
	cat "$dir/said" 2>/dev/null | tr '\n' ' '
}

@test "a failing script stops exactly the steps that depend on it" {
	[ "$(fail_script first)" = "a " ]
	[ "$(fail_script pre)" = "a said last " ]
	[ "$(fail_script post)" = "a a.1 said pre last " ]
	[ "$(fail_script last)" = "a a.1.gz said pre post last " ]
}

@test "kills a script that hangs, and its children; the archive is kept uncompressed" {
	echo x >"$dir/a"
	conf <<-'END'
		LOGS/a {
			compress
			scripttimeout 3s
			postrotate
				sleep 1000 & echo $! >LOGS/pid
				wait
			endscript
		}
	END
	run timeout 120 "$BUILD/ct-rotate" -f -c "$scratch/conf"
	[ "$status" -eq 1 ]
	[[ $output == *"did not end in time"* ]]
	[ -z "$(find "$dir" -name '*.gz')" ]
	"$BUILD/ct-rotate" --cat "$dir/a" | grep -q x
	[ -s "$dir/pid" ]
	ended() { is_over "$(cat "$dir/pid")" || grep -q '^State:.Z' "/proc/$(cat "$dir/pid")/status"; }
	wait_for ended
}

@test "a script that kills its parent is status 1; the archive is kept uncompressed" {
	echo x >"$dir/a"
	conf <<-'END'
		LOGS/a {
			compress
			postrotate
				kill -9 $PPID
			endscript
		}
	END
	run "$BUILD/ct-rotate" -f -c "$scratch/conf"
	[ "$status" -eq 1 ]
	[[ $output == *"killed the process that waits for it"* ]]
	[ -z "$(find "$dir" -name '*.gz')" ]
	"$BUILD/ct-rotate" --cat "$dir/a" | grep -q x
}

@test "runs scripts as root and handles files as the user that su names" {
	needs users
	chmod 711 "$scratch"
	echo x >"$dir/a"
	chown -R 12:34 "$dir"
	conf <<-'END'
		LOGS/a {
			su 12 34
			naming number
			postrotate
				id -u >LOGS/uid
			endscript
		}
	END
	rotate -c "$scratch/conf"
	[ "$(cat "$dir/uid")" = 0 ]
	[ "$(stat -c %u "$dir/a" "$dir/a.1" | sort -u)" = 12 ]
}

@test "--import-logrotate names what it leaves out, and reads its own output back unchanged" {
	conf <<-'END'
		compress
		/var/log/x /var/log/y {
			weekly 3
			rotate 4
			mail root
			create 0600 root root
			sharedscripts
			postrotate
				true
			endscript
		}
	END
	run --separate-stderr "$BUILD/ct-rotate" --import-logrotate "$scratch/conf"
	[ "$status" -eq 0 ]
	[[ $stderr == *"conf:5:1: warning: mail is not supported: ct-rotate sends no mail"* ]]
	[[ $output == *"weekly 3"*"rotate 4"*"compress"*"sharedscripts"*"create 0600 0 0"*"postrotate"*"true"*"endscript"* ]]
	[[ $output == *"# Without delaycompress"* ]]
	echo "$output" >"$scratch/again"
	[ "$("$BUILD/ct-rotate" --import-logrotate "$scratch/again")" = "$output" ]
	run "$BUILD/ct-rotate" --import-logrotate "$BATS_TEST_DIRNAME/data/ct-rotate/tutorial.conf"
	[ "$status" -eq 0 ]
}

@test "the examples in the manual pages work" {
	sed -n '/^\.Bd -literal/,/^\.Ed/p' "$BATS_TEST_DIRNAME/../man/ct-rotate.conf.5" | grep -v '^\.' >"$scratch/conf"
	[ "$(grep -c '{' "$scratch/conf")" -eq 3 ]
	run "$BUILD/ct-rotate" --import-logrotate "$scratch/conf"
	[ "$status" -eq 0 ]
	[[ $output != *"left out"* && $output == *"reopen pidfile:/run/fw-logger.pid"* ]]
	# Those of ct-rotate(8), with the test's own paths and -n.
	examples=0
	while IFS= read -r line; do
		line=${line#.Dl }
		line=${line//\/var\/log\/iptables.log/$dir/log}
		line=${line//\/etc\/ct-rotate.conf/$scratch/conf}
		line=${line/unit:rsyslog.service/cmd:true}
		line=${line/--adopt/-n --adopt}
		line=${line/*| ct-rotate --pipe \/var\/log/seq 3 | ct-rotate --pipe $dir}
		seq 3 >"$dir/log"
		PATH=$BUILD:$PATH bash -c "${line/ct-rotate -c/ct-rotate -n -c}" >"$scratch/out" 2>&1 || { echo "$line"; cat "$scratch/out"; [[ $line == *-c* ]]; }
		examples=$((examples + 1))
	done < <(grep '^\.Dl ' "$BATS_TEST_DIRNAME/../man/ct-rotate.8")
	[ "$examples" -eq 6 ]
	seq 3 | cmp - "$dir/kernel/current"
}

@test "include reads a file and a directory in their places, without taboo files" {
	mkdir "$scratch/d"
	for name in 1 2 3 skip.dpkg-old skip~ skip,v .hidden.swp mine.off other.txt; do
		echo x >"$dir/${name//[^a-z0-9]/}"
		printf '%s {\nsize 1\n}\n' "$dir/${name//[^a-z0-9]/}" >"$scratch/d/$name"
	done
	mkdir "$scratch/d/directory"
	mkfifo "$scratch/d/fifo"
	sed -i '1i naming number' "$scratch/d/2" # holds from there on, as if the line stood here
	echo x >"$dir/last"
	printf '%s\n' "tabooext + .off, .foo" "taboopat other.*" "include $scratch/d" "include=$scratch/last" >"$scratch/conf"
	printf '%s {\nsize 1\n}\n' "$dir/last" >"$scratch/last"
	"$BUILD/ct-rotate" -c "$scratch/conf"
	[ "$(cd "$dir" && ls | grep -v '^1-' | tr '\n' ' ')" = "1 2 2.1 3 3.1 hiddenswp last last.1 mineoff othertxt skip skipdpkgold skipv " ]
	[ ! -s "$dir/1" ]
	printf '%s\n' "tabooext 3" "include $scratch/d" >"$scratch/conf" # replaces the list; its own comma separates
	run "$BUILD/ct-rotate" -n -f -c "$scratch/conf"
	[[ $output == *"$dir/skip"* && $output == *"$dir/mineoff"* && $output != *"$dir/3:"* ]]
}

@test "an included file with an error is left out, the others are used, and the status is 1" {
	mkdir "$scratch/d"
	for name in a b c; do
		echo x >"$dir/$name"
		printf 'naming number\n%s {\nsize 1\n}\n' "$dir/$name" >"$scratch/d/$name"
	done
	printf 'rotate 0\nfrobnicate\n' >>"$scratch/d/b"
	echo "include $scratch/d" >"$scratch/conf"
	run "$BUILD/ct-rotate" -c "$scratch/conf"
	[ "$status" -eq 1 ]
	[[ $output == *"d/b:6:1: error: unknown directive frobnicate"* ]]
	[ "$(tree "$dir" | tr '\n' ' ')" = "a a.1 b c c.1 " ]
	printf '%s {\nsize 1\n}\n' "$dir/none" >"$scratch/d/b"
	for bad in "include $scratch/none" 'include' "$dir/x {"$'\n'"include $scratch/d"$'\n''}'; do
		echo "$bad" >"$scratch/conf"
		run "$BUILD/ct-rotate" -f -c "$scratch/conf"
		[ "$status" -eq 2 ]
	done
	[ ! -e "$dir/a.2" ]
}

@test "files that include each other end with an error" {
	echo "include $scratch/conf" >"$scratch/conf"
	run timeout 60 "$BUILD/ct-rotate" -c "$scratch/conf"
	[ "$status" -eq 1 ]
	[[ $output == *"include each other"* ]]
}

@test "root leaves out an included file that others can write to" {
	needs users
	echo x >"$dir/a"
	mkdir "$scratch/d"
	printf '%s {\nsize 1\n}\n' "$dir/a" >"$scratch/d/a"
	chmod 666 "$scratch/d/a"
	echo "include $scratch/d" >"$scratch/conf"
	run "$BUILD/ct-rotate" -c "$scratch/conf"
	[ "$status" -eq 1 ]
	[ -s "$dir/a" ]
}

@test "ignoreduplicates: a log that an earlier block has is silently left to it, whichever of them says so" {
	for which in 1 2; do
		rm -f "$dir"/*
		echo x >"$dir/a"
		conf <<-END
			nodateext
			LOGS/a {
			$([ $which = 2 ] || echo ignoreduplicates)
			}
			LOGS/a LOGS/* {
			$([ $which = 1 ] || echo ignoreduplicates)
			compress
			}
		END
		run "$BUILD/ct-rotate" -f -c "$scratch/conf"
		[ "$status" -eq 0 ]
		[ "$output" = "" ]
		[ "$(tree "$dir" | tr '\n' ' ')" = "a a.1 " ]
	done
}

@test "--import-logrotate leaves out a block that it did not understand, with a warning" {
	while IFS= read -r head; do
		printf '%s\n' "$head" 'rotate 3' '}' '/var/log/good.log {' 'rotate 4' '}' >"$scratch/conf"
		run --separate-stderr "$BUILD/ct-rotate" --import-logrotate "$scratch/conf"
		[ "$status" -eq 0 ]
		[[ $stderr == *"conf:1: warning: this block is left out"* ]]
		[ "$(grep -c '{$' <<<"$output")" -eq 1 ]
		[[ $output == *'"/var/log/good.log" {'* ]]
		run "$BUILD/ct-rotate" -n -c "$scratch/conf"
		[ "$status" -eq 2 ]
	done <<-'END'
		relative.log {
		/var/log/a.log relative.log {
		/var/log/a.log /var/log/{x,y}.log {
		/var/log/{x,y}.log {
		/var/log/a.log { daily
	END
	for line in 'su no-such-user root' 'create 0640 no-such-user' 'size 5X' 'olddir' 'dateformat -%j' '{'; do
		printf '%s\n' '/var/log/a.log {' "$line" '}' >"$scratch/conf"
		run --separate-stderr "$BUILD/ct-rotate" --import-logrotate "$scratch/conf"
		[ "$status" -eq 0 ]
		[ "$output" = "" ]
		[[ $stderr == *"this block is left out"* ]]
	done
	printf '%s\n' '"/var/log/a.log ' '{' '}' >"$scratch/conf"
	run --separate-stderr "$BUILD/ct-rotate" --import-logrotate "$scratch/conf"
	[ "$output" = "" ]
	[[ $stderr == *"this quote is never closed"* ]]
}

@test "what --import-logrotate prints is read again as the same, with quotes, backslashes and blanks" {
	printf '%s\n' "'$dir/a\"b.log' \"$dir/c\\\\d {e}.log\" {" 'olddir "o \"d\\"' "reopen cmd:echo \"a {b\"" \
		'dateformat "-%Y #x"' 'create 0600' '}' "$dir/n.log {" nodateext 'create 0600' 'nocreate' '}' >"$scratch/conf"
	"$BUILD/ct-rotate" --import-logrotate "$scratch/conf" >"$scratch/again"
	"$BUILD/ct-rotate" --import-logrotate "$scratch/again" | diff "$scratch/again" -
	for file in conf again; do
		rm -rf "$dir"/*
		mkdir "$dir/o \"d\\"
		for name in 'a"b' 'c\d {e}' n; do echo x >"$dir/$name.log"; done
		rotate -c "$scratch/$file"
		tree "$dir" >"$scratch/$file.tree"
	done
	diff "$scratch/conf.tree" "$scratch/again.tree"
	[ "$(wc -l <"$scratch/conf.tree")" -eq 6 ]
}

@test "the reader of configurations survives any input for some seconds, with sanitizers" {
	[[ $BUILD != *-san ]] || skip "builds its own with sanitizers: the plain build runs it"
	cd "$BATS_TEST_DIRNAME/.."
	FUZZ_STANDALONE=1 FUZZ_BUILD=$scratch scripts/fuzz rotate "${FUZZ_SECONDS:-5}" tests/data/ct-rotate/bad.in tests/data/ct-rotate/tutorial.conf
}
