#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-save when something fails: the old file stays, and doubtful rules are never written.

in_turn=1 # the state is the same for both backends
load lib/load

setup() { load_setup; }
teardown() { load_teardown; }

@test "case 26: beside nft's own rules in table filter, writes no file with -o or --layout, status 3" {
	b=nft
	put "$gateway"
	in_ns nft add rule ip filter INPUT ct state '{ new, established }' counter accept
	echo old >"$tmp/rules"
	run --separate-stderr -3 save -o "$tmp/rules"
	[ "$(cat "$tmp/rules")" = old ]
	[[ $stderr == *"able "*"made with nft"* ]]
	mkdir -p "$tmp/root/etc/iptables"
	run -3 save --layout debian --root "$tmp/root"
	[ -z "$(ls -A "$tmp/root/etc/iptables")" ]
	run -3 save --check
	# Control: iptables-nft-save itself succeeds, and leaves the table out.
	run -0 in_ns iptables-nft-save
	[[ $output != *"*filter"* ]]
}

@test "case 27: on a disk of any small size, leaves the old file or writes all of the new one" {
	local room good=0 bad=0
	b=nft
	put "$gateway"
	for n in $(seq 400); do echo "-A INPUT -s 192.0.2.$((n % 250))/32 -p tcp -m tcp --dport $n -j ACCEPT"; done |
		{ echo '*filter'; cat; echo COMMIT; } | in_ns iptables-nft-restore
	save --all >"$tmp/want"
	mkdir "$tmp/small"
	for room in 0 1 2 3 6 9 12 40; do
		mount -t tmpfs -o size=$((4096 * (room + 2))) tmpfs "$tmp/small"
		echo old >"$tmp/small/rules"
		head -c 4096 /dev/zero >"$tmp/small/fill"
		if save --all -o "$tmp/small/rules" 2>"$tmp/err"; then
			cmp "$tmp/want" "$tmp/small/rules"
			good=$((good + 1))
		else
			[ "$?" -eq 3 ]
			grep -q 'No space left on device' "$tmp/err"
			[ "$(cat "$tmp/small/rules")" = old ]
			bad=$((bad + 1))
		fi
		[ "$(ls -A "$tmp/small" | xargs)" = "fill rules" ]
		umount "$tmp/small"
	done
	[ "$good" -ge 1 ]
	[ "$bad" -ge 4 ]
}

@test "case 27: leaves the old file when a call that writes or renames fails, status 3" {
	local call
	b=nft
	put "$gateway"
	save >"$tmp/want"
	export ASAN_OPTIONS=detect_leaks=0
	for call in write:ENOSPC fsync:EIO renameat:EDQUOT fchmod:EPERM lseek:EIO; do
		IFS=: read -r name error <<<"$call"
		rm -rf "$tmp/dir"
		mkdir "$tmp/dir"
		echo old >"$tmp/dir/rules"
		run -3 in_ns strace -qq -o "$tmp/trace" -e "trace=$name" -e "inject=$name:error=$error:when=1" \
			fw-save -b nft -s "$state" -o "$tmp/dir/rules"
		grep -q INJECTED "$tmp/trace"
		[ "$(cat "$tmp/dir/rules")" = old ] || { echo "$name"; return 1; }
		[ "$(ls -A "$tmp/dir")" = rules ] || { echo "$name"; return 1; }
	done
}

@test "case 32: killed around the sync or the rename, leaves the old file or the new one, whole" {
	local call
	b=nft
	put "$gateway"
	save >"$tmp/want"
	export ASAN_OPTIONS=detect_leaks=0
	for call in fsync:1:old lseek:1:old fsync:2:old renameat:1:old fsync:3:new; do
		IFS=: read -r name when expect <<<"$call"
		rm -rf "$tmp/dir"
		mkdir "$tmp/dir"
		echo old >"$tmp/dir/rules"
		# error= prevents the call itself, so that the signal comes before it takes effect.
		in_ns strace -qq -o "$tmp/trace" -e "trace=$name" -e "inject=$name:error=EIO:signal=KILL:when=$when" \
			fw-save -b nft -s "$state" -o "$tmp/dir/rules" || true
		grep -q 'killed by SIGKILL' "$tmp/trace"
		if [ "$expect" = old ]; then
			[ "$(cat "$tmp/dir/rules")" = old ] || { echo "$call"; return 1; }
		else
			cmp "$tmp/want" "$tmp/dir/rules" || { echo "$call"; return 1; }
		fi
		# A file left over is no obstacle to the next run.
		save -o "$tmp/dir/rules"
		cmp "$tmp/want" "$tmp/dir/rules"
	done
}

# old_files DIR: makes the files of Debian with rules, and those of RHEL and DIR/rules with the text "old"
old_files() {
	rm -rf "$1"
	mkdir -p "$1/etc/iptables" "$1/etc/sysconfig"
	printf '*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n' | tee "$1/etc/iptables/rules.v4" >"$1/etc/iptables/rules.v6"
	echo old | tee "$1/rules" "$1/etc/sysconfig/iptables" >"$1/etc/sysconfig/ip6tables"
}

# kill_each_save FILES OPTION...: kills fw-save at each of its system calls in turn; each of FILES must be the old one
# or the new one, whole. fw-save reads files instead of rules, so that each run makes the same calls.
kill_each_save() {
	local files=$1 n=0 status=0 file old new=0
	shift
	old_files "$tmp/all"
	fw-save --from debian --root "$tmp/all" "$@"
	old_files "$tmp/dir"
	cp -a "$tmp/dir" "$tmp/template"
	while [ "$status" -eq 0 ]; do
		n=$((n + ${step-1}))
		rm -rf "$tmp/dir"
		cp -a "$tmp/template" "$tmp/dir"
		"$BUILD/tests/kill-at" "$n" "$BUILD/fw-save" --from debian --root "$tmp/dir" "${@//$tmp\/all/$tmp\/dir}" >"$tmp/out" 2>&1 || status=$?
		old=0
		for file in $files; do
			if [ "$(cat "$tmp/dir/$file")" = old ]; then
				old=$((old + 1))
			else
				cmp "$tmp/all/$file" "$tmp/dir/$file" || { echo "call $n: $file"; return 1; }
			fi
		done
		[ "$old" -gt 0 ] || new=$((new + 1))
	done
	[ "$status" -ne 77 ] || skip "ptrace is not allowed here"
	echo "killed at $n calls; $new times all was new; then: $(cat "$tmp/out")"
	[ "$status" -eq 1 ] && [ "$(cat "$tmp/out")" = 0 ] && [ "$n" -gt 60 ] && [ "$new" -ge 1 ] && [ "$old" -eq 0 ]
}

# Sanitizers add 1,000 calls, and find leaks by ptrace, which only one tracer can use at a time.
large_steps() {
	[[ $BUILD != *-san ]] || step=13
	export ASAN_OPTIONS=detect_leaks=0
}

@test "case 32: -o killed at each system call leaves the old file or the new one, whole" {
	large_steps
	kill_each_save rules -o "$tmp/all/rules"
}

@test "case 32: --layout killed at each system call leaves each file old or new, whole" {
	large_steps
	kill_each_save "etc/sysconfig/iptables etc/sysconfig/ip6tables" --layout rhel
}

# in_order TRACE NAME...: each file is replaced so that a loss of power leaves the old or the new one: the temporary is
# synced before the rename, its directory after it, and no other call touches the file.
in_order() {
	python3 - "$@" <<-'END'
		import re, sys
		lines = [re.sub(r"^\d+ +", "", line) for line in open(sys.argv[1])]
		opened, dirty, synced, moved = {}, set(), set(), {}
		kept = set()
		for line in lines:
		    call = re.match(r"(\w+)\((.*)\)\s+= (-?\d+)", line)
		    if call is None:
		        continue
		    name, args, result = call[1], call[2], int(call[3])
		    first = args.split(",")[0]
		    words = re.findall(r'"([^"]*)"', args)
		    if name == "openat" and result >= 0:
		        opened[result] = words[0]
		        target = words[0].split("/")[-1] in sys.argv[2:]
		        assert not (target and re.search("O_WRONLY|O_RDWR|O_TRUNC", args)), line
		    elif name in ("write", "pwrite64", "writev", "ftruncate", "fchmod", "fchown", "fsetxattr") and int(first) in opened:
		        dirty.add(opened[int(first)])
		        assert opened[int(first)] not in moved, "changed behind its rename: " + line
		    elif name == "fsync" and result == 0:
		        path = opened[int(first)]
		        dirty.discard(path)
		        synced.add(path)
		        kept.update(new for new, directory in moved.values() if directory == path)
		    elif name == "renameat" and result == 0:
		        source, new = words
		        assert source in synced and source not in dirty, "not synced: " + line
		        moved[source] = (new, opened[int(first)])
		    elif name in ("unlink", "unlinkat", "rename", "link", "truncate"):
		        raise AssertionError(line)
		assert kept == set(sys.argv[2:]), "in place for good: %s" % kept
	END
}

@test "case 32: writes, syncs, renames and syncs the directory, in this order" {
	local trace="openat,write,pwrite64,writev,ftruncate,truncate,fchmod,fchown,fsetxattr,fsync,rename,renameat,link,unlink,unlinkat"
	large_steps
	b=nft
	put "$gateway"
	old_files "$tmp/dir"
	in_ns strace -qq -o "$tmp/trace" -e "trace=$trace" fw-save -b nft -s "$state" -o "$tmp/dir/rules"
	in_order "$tmp/trace" rules
	in_ns strace -qq -o "$tmp/trace" -e "trace=$trace" fw-save -b nft -s "$state" --layout rhel --root "$tmp/dir"
	in_order "$tmp/trace" iptables ip6tables
	# Control: the check fails without the last sync, and without any.
	sed "$(grep -n '^fsync' "$tmp/trace" | tail -n 1 | cut -d: -f1)d" "$tmp/trace" >"$tmp/less"
	run ! in_order "$tmp/less" iptables ip6tables
	sed '/^fsync/d' "$tmp/trace" >"$tmp/less"
	run ! in_order "$tmp/less" iptables ip6tables
}

# both_tables N: prints a commit of the rules of version N to two tables of IPv4 and one of IPv6
both_tables() {
	cat <<-END
		flush chain ip filter INPUT
		flush chain ip nat PREROUTING
		flush chain ip6 filter INPUT
		$(for n in $(seq 200); do echo "add rule ip filter INPUT ip saddr 10.$1.0.$n counter drop"; done)
		add rule ip nat PREROUTING ip daddr 10.$1.0.1 counter accept
		$(for n in $(seq 200); do echo "add rule ip6 filter INPUT ip6 saddr 2001:db8:$1::$n counter drop"; done)
	END
}

# mixed TEXT: the text has rules of version 1 and of version 2
mixed() {
	local a b
	a=$(grep -cE '10\.1\.0\.|2001:db8:1::' <<<"$1") b=$(grep -cE '10\.2\.0\.|2001:db8:2::' <<<"$1")
	[ "$a" -gt 0 ] && [ "$b" -gt 0 ]
}

@test "case 38: nft: never saves a mix while rules of two tables and both families change" {
	local n saves=0 text
	b=nft
	for n in iptables ip6tables; do
		in_ns $n-nft -A INPUT -j DROP
		in_ns $n-nft -t nat -A PREROUTING -j ACCEPT
	done
	both_tables 1 >"$tmp/a.nft"
	both_tables 2 >"$tmp/b.nft"
	in_ns nft -f "$tmp/a.nft"
	# Short pauses, in which fw-save cannot finish reading, and long ones of four times the duration of a run.
	start=${EPOCHREALTIME/./}
	save >"$tmp/undisturbed"
	long=$(awk -v us=$((${EPOCHREALTIME/./} - start)) 'BEGIN { print us < 250000 ? 1 : us * 4 / 1e6 }')
	in_ns bash -c 'while [ ! -e "$1/stop" ]; do
		for pause in 0.1 0.1 0.1 0.1 "$2"; do for f in a b; do nft -f "$1/$f.nft"; sleep "$pause"; done; done
	done' writer "$tmp" "$long" 3>&- &
	for n in $(seq 40); do
		if text=$(save 2>"$tmp/err"); then
			saves=$((saves + 1))
			! mixed "$text" || { echo "a mix"; touch "$tmp/stop"; return 1; }
		else
			grep -q 'the rules changed during each of' "$tmp/err"
		fi
	done
	touch "$tmp/stop"
	wait
	[ "$saves" -ge 1 ]
	# Control: the system's savers, run one after the other with a change between them, do give a mix.
	in_ns nft -f "$tmp/a.nft"
	text=$(in_ns iptables-nft-save; in_ns nft -f "$tmp/b.nft"; in_ns ip6tables-nft-save)
	mixed "$text"
	echo "# $saves saves"
}

@test "case 38: rules that change faster than they can be read are status 3 without output" {
	b=nft
	put "$gateway"
	mkdir "$tmp/bin"
	# A saver after which another commit always follows.
	printf '#!/bin/sh\n/usr/sbin/iptables-nft-save "$@"\niptables-nft -t mangle -A INPUT -j MARK --set-mark 1\n' >"$tmp/bin/iptables-nft-save"
	chmod 755 "$tmp/bin/iptables-nft-save"
	PATH=$tmp/bin:$PATH run --separate-stderr -3 save
	[ -z "$output" ]
	[[ $stderr == *"changed during each of 5 attempts"* ]]
	[ "$(in_ns iptables-nft-save -t mangle | grep -c MARK)" -eq 5 ]
}

@test "case 38: legacy: never saves a mix while two tables change under the lock" {
	local n saves=0 text
	b=legacy
	for n in 1 2; do
		{
			echo '*filter'
			for k in $(seq 200); do echo "-A INPUT -s 10.$n.0.$k -j DROP"; done
			printf 'COMMIT\n*nat\n-A PREROUTING -d 10.%d.0.1 -j ACCEPT\nCOMMIT\n' $n
		} >"$tmp/$n.rules"
	done
	in_ns iptables-legacy-restore "$tmp/1.rules"
	# A writer that holds the lock for all of its tables, as fw-load does. iptables-legacy-restore releases it after each
	# table, so that a reader cannot know that it is between two.
	in_ns bash -c "while [ ! -e '$tmp/stop' ]; do for f in 1 2; do flock '$XTABLES_LOCKFILE' env XTABLES_LOCKFILE='$tmp/own' iptables-legacy-restore -w 5 '$tmp/'\$f.rules; done; done" 3>&- &
	for n in $(seq 40); do
		text=$(save -w 100 2>/dev/null) || continue
		saves=$((saves + 1))
		! mixed "$text" || { echo "a mix"; touch "$tmp/stop"; return 1; }
	done
	touch "$tmp/stop"
	wait
	[ "$saves" -ge 20 ]
}

@test "case 41: without root, saving is status 3 without output, and --list works" {
	b=nft
	put "$gateway"
	for b in $backends; do
		run -3 in_ns setpriv --reuid 65534 --regid 65534 --clear-groups env XTABLES_LOCKFILE=/run/none "$(anyone fw-save)" -b "$b" -s /run/nothing
		[[ $output != *"#@ stream"* ]]
	done
	run -0 setpriv --reuid 65534 --regid 65534 --clear-groups "$(anyone fw-save)" --list -s /run/nothing
}

@test "output that cannot be written is status 3" {
	b=nft
	put "$gateway"
	run -3 bash -c "ip netns exec $ns fw-save -b nft -s '$state' >/dev/full"
	run -3 bash -c "ip netns exec $ns fw-save -b nft -s '$state' --show 1 >/dev/full"
	run -3 bash -c "ip netns exec $ns fw-save -b nft -s '$state' --list >/dev/full"
}
