#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# fw-load --confirm: undone unless confirmed, whatever happens to terminal, session and process; and what
# a run leaves that was killed.

in_turn=1 # the state knows of no kind of iptables
load lib/load

setup() {
	load_setup
	sed 's/443/8443/' "$gateway" >"$tmp/next" 2>/dev/null || true
}
teardown() { load_teardown; }

# in_force PORT: both families allow it
in_force() {
	in_ns iptables-$b -C INPUT -p tcp --dport "$1" -m conntrack --ctstate NEW -j ACCEPT 2>/dev/null &&
		in_ns ip6tables-$b -C INPUT -p tcp --dport "$1" -m conntrack --ctstate NEW -j ACCEPT 2>/dev/null
}

not_in_force() { ! in_force "$1"; }

in_force_or_over() { in_force "$1" || is_over "$2"; }

# patiently COMMAND...: runs it with more and more seconds to confirm, until it says that it came in time
patiently() {
	local seconds
	for seconds in 5 20 80 320; do
		"$@" $seconds && return
		echo "$seconds s were too short"
	done
	return 1
}

@test "case 17: confirmed from another session: kept, status 0" {
	for b in $backends; do
		fresh
		put "$gateway"
		put --confirm 600 "$tmp/next" 3>&- &
		waiting=$!
		wait_for in_force 8443
		run -7 put -w 1 "$gateway"
		[[ $output == *"waits for its confirmation"* ]]
		put --confirm-now
		wait $waiting
		in_force 8443
		[[ $(put --status) == *"good 000002"* ]]
		[ ! -e "$state/run/journal" ]
		run -1 put --confirm-now
	done
}

@test "case 18: T40: not confirmed: rolled back, status 9; a confirmation that comes late is refused" {
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/before"
		run -9 put --confirm 1 "$tmp/next"
		live | diff "$tmp/before" -
		run -1 put --confirm-now
		[[ $(put --status) == *"good 000001"* ]]
		put "$tmp/next"
		in_force 8443
	done
}

@test "the time to confirm begins when the rules are in force, however long the load took" {
	mkdir "$tmp/bin"
	b=nft
	put "$gateway"
	cat >"$tmp/bin/ip6tables-nft-restore" <<-'END'
		#!/bin/sh
		case $* in
		*--noflush*)
			sleep 5
			/usr/sbin/ip6tables-nft-restore "$@" || exit
			cat /proc/uptime >"${0%/bin/*}/committed"
			;;
		*) exec /usr/sbin/ip6tables-nft-restore "$@" ;;
		esac
	END
	chmod 755 "$tmp/bin/ip6tables-nft-restore"
	PATH=$tmp/bin:$PATH put --confirm 600 "$tmp/next" 2>"$tmp/said" 3>&- &
	wait_for grep -q 'is in force for 600 s' "$tmp/said"
	committed=$(cut -d. -f1 "$tmp/committed")
	left=$(put --status | sed -n 's/^pending .*, \([0-9]*\) s left.*/\1/p')
	now=$(cut -d. -f1 /proc/uptime)
	[ $((now + left + 1)) -ge $((committed + 600)) ]
	put --confirm-now
	wait
	# A load that takes longer than its time is not undone before anybody could confirm it.
	sed 's/8443/9443/' "$tmp/next" >"$tmp/third"
	PATH=$tmp/bin:$PATH put --confirm 4 "$tmp/third" 2>"$tmp/said" 3>&- &
	waiting=$!
	wait_for grep -q 'is in force for 4 s' "$tmp/said"
	committed=$(cut -d. -f1 "$tmp/committed")
	rc=0
	wait $waiting || rc=$?
	[ $rc = 9 ]
	[ $(($(cut -d. -f1 /proc/uptime) - committed)) -ge 4 ]
}

# banned_in_time SECONDS: whether two bans came while a load waited for its confirmation
banned_in_time() {
	fresh
	put "$gateway"
	in_ns iptables-$b -N f2b-sshd
	in_ns iptables-$b -I INPUT -j f2b-sshd
	put --confirm "$1" "$tmp/next" 3>&- &
	waiting=$!
	wait_for in_force_or_over 8443 $waiting
	in_ns iptables-$b -A f2b-sshd -s 203.0.113.9 -j DROP
	in_ns iptables-$b -A INPUT -s 203.0.113.10 -j DROP
	! is_over $waiting
}

@test "bans that came during an unconfirmed load survive its rollback" {
	for b in $backends; do
		patiently banned_in_time
		rc=0
		wait $waiting || rc=$?
		[ $rc = 9 ]
		in_force 443
		not_in_force 8443
		in_ns iptables-$b -C f2b-sshd -s 203.0.113.9 -j DROP
		in_ns iptables-$b -C INPUT -s 203.0.113.10 -j DROP
		[[ $(in_ns iptables-$b -S INPUT | sed -n 2p) == *f2b-sshd* ]]
		[ "$(in_ns iptables-$b -S INPUT | grep -c '\-j denied')" = 1 ]
	done
}

# session END SECONDS: fw-load --confirm in the foreground of a terminal, and how that ends.
session() {
	python3 - "$1" "ip netns exec $ns ip6tables-$b -C INPUT -p tcp --dport 8443 -m conntrack --ctstate NEW -j ACCEPT" \
		ip netns exec "$ns" fw-load -b "$b" -s "$state" --confirm "$2" "$tmp/next" <<-'END' 3>&-
		import os, pty, signal, subprocess, sys, time
		end, in_force, command = sys.argv[1], sys.argv[2].split(), sys.argv[3:]
		pid, master = pty.fork()
		if pid == 0:
		    os.execvp(command[0], command)
		while subprocess.run(in_force, capture_output=True).returncode != 0:
		    if os.waitpid(pid, os.WNOHANG)[0] != 0: sys.exit("it was over before it was seen")
		    time.sleep(0.05)
		if end == "hangup": os.killpg(pid, signal.SIGHUP)
		if end == "close": os.close(master)
		if end == "kill": os.kill(pid, signal.SIGKILL)
		if end == "yes":
		    os.write(master, b"yes\n")
		    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
		time.sleep(0.3)
	END
}

# still_in_force END SECONDS: whether the load is in force when the session has ended
still_in_force() {
	fresh
	put "$gateway"
	session "$1" "$2" && in_force 8443
}

@test "case 14: SIGHUP to the process group during --confirm: the guard rolls back" {
	for b in $backends; do
		patiently still_in_force hangup
		wait_for in_force 443
		wait_for test ! -e "$state/run/journal"
		not_in_force 8443
	done
}

@test "case 15: the terminal is closed during --confirm: the guard rolls back" {
	for b in $backends; do
		patiently still_in_force close
		wait_for in_force 443
		not_in_force 8443
	done
}

@test "case 16: the foreground is killed during --confirm: the guard rolls back" {
	for b in $backends; do
		patiently still_in_force kill
		wait_for in_force 443
		not_in_force 8443
	done
}

@test "the word yes on the terminal confirms" {
	for b in $backends; do
		fresh
		put "$gateway"
		session yes 600
		in_force 8443
		[ ! -e "$state/run/journal" ]
	done
}

@test "the guard is killed too: the next run rolls back" {
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/before"
		session kill 3600
		pids=$(ip netns pids "$ns")
		kill -9 $pids
		in_force 8443
		run -0 put --status
		[[ $output == *"interrupted"* ]]
		live | diff "$tmp/before" -
	done
}

@test "case 19: the deadline does not move with the clock: no file of ours holds a time of day" {
	b=nft
	put "$gateway"
	put --confirm 600 "$tmp/next" 3>&- &
	wait_for in_force 8443
	read -r _ deadline < <(grep deadline "$state/run/journal")
	up=$(awk '{ printf "%d", 1000 * $1 }' /proc/uptime)
	[ "$deadline" -gt "$up" ] && [ "$deadline" -le $((up + 601000)) ]
	put --confirm-now
	wait
}

@test "case 19: the clock is set back and forth by an hour while a confirmation is waited for: the deadline stays" {
	[[ $BUILD != *-san ]] || skip "a sanitizer must be the first library"
	# A clock of the day that jumps when the file is there, for fw-load and its guard alone; it notes who asks.
	cat >"$tmp/clock.c" <<-'END'
		#define _GNU_SOURCE
		#include <stdlib.h>
		#include <sys/syscall.h>
		#include <sys/time.h>
		#include <time.h>
		#include <unistd.h>
		static long jump(void) {
			return access(getenv("CLOCK_BACK"), F_OK) == 0 ? -3600 : access(getenv("CLOCK_ON"), F_OK) == 0 ? 3600 : 0;
		}
		int clock_gettime(clockid_t id, struct timespec *t) {
			int got = (int)syscall(SYS_clock_gettime, id, t);
			if (id == CLOCK_REALTIME) t->tv_sec += jump();
			return got;
		}
		time_t time(time_t *out) {
			struct timespec t;
			clock_gettime(CLOCK_REALTIME, &t);
			if (out != NULL) *out = t.tv_sec;
			return t.tv_sec;
		}
		int gettimeofday(struct timeval *restrict tv, void *restrict zone) {
			struct timespec t;
			(void)zone;
			clock_gettime(CLOCK_REALTIME, &t);
			*tv = (struct timeval){ t.tv_sec, t.tv_nsec / 1000 };
			return 0;
		}
	END
	cc -shared -fPIC -o "$tmp/clock.so" "$tmp/clock.c"
	export CLOCK_BACK=$tmp/back CLOCK_ON=$tmp/on
	# The clock does jump.
	: >"$tmp/back"
	[ $(($(date +%s) - $(LD_PRELOAD=$tmp/clock.so date +%s))) -ge 3599 ]
	rm "$tmp/back"
	jumped_in_time() { # jumped_in_time SECONDS: whether the clock jumped while a load waited for its confirmation
		fresh
		put "$gateway"
		live >"$tmp/before"
		rm -f "$tmp/$jump"
		LD_PRELOAD=$tmp/clock.so put --confirm "$1" "$tmp/next" 3>&- &
		waiting=$!
		wait_for in_force_or_over 8443 $waiting
		deadline=$(awk '/^deadline/ { print int($2 / 1000) }' "$state/run/journal")
		: >"$tmp/$jump"
		[ -n "$deadline" ] && ! is_over $waiting
	}
	for b in $backends; do
		for jump in $([ $b = nft ] && echo back || echo on); do
			patiently jumped_in_time
			# Not a second early, and not an hour late.
			wait_for is_over $waiting
			read -r now _ </proc/uptime
			[ "${now%.*}" -ge "$deadline" ]
			rc=0
			wait $waiting || rc=$?
			[ $rc = 9 ]
			live | diff "$tmp/before" -
			rm "$tmp/$jump"
		done
	done
}

@test "under systemd the guard is a unit: with absolute paths, our environment, and safe rules of its own" {
	mkdir "$tmp/bin" "$tmp/here"
	cp "$gateway" "$tmp/here/gateway.rules"
	# As systemd does it: another directory, and no environment but what is passed on.
	cat >"$tmp/bin/systemd-run" <<-'END'
		#!/bin/bash
		printf '%s\n' "$@" >"$(dirname "$0")/asked"
		env=()
		while [[ $1 == --* ]]; do
			case $1 in
			--setenv=*=*) env+=("${1#--setenv=}") ;;
			--quiet | --collect | --description=*) ;;
			*) exit 1 ;;
			esac
			shift
		done
		[[ $1 == /* ]] || exit 1
		{ cd / && exec env -i "${env[@]}" setsid "$@"; } </dev/null >/dev/null 2>&1 3>&- &
	END
	printf '*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 2222 -j ACCEPT\nCOMMIT\n' >"$tmp/here/safe"
	guarded_in_time() { # guarded_in_time SECONDS: status 30 if the time was over too early
		fresh
		rc=0
		rm -rf "$tmp/bin/refuse" "$tmp/here/state-$b"
		PATH=$tmp/bin:$PATH in_ns unshare -p -f --mount-proc bash "$tmp/run" "$1" || rc=$?
		[ $rc != 30 ]
	}
	for b in $backends; do
		# For the guard there is a restore that refuses: it must find it by our PATH.
		cat >"$tmp/bin/iptables-$b-restore" <<-END
			#!/bin/sh
			case \$* in *--noflush*) [ ! -e "\$(dirname "\$0")/refuse" ] || exit 1 ;; esac
			exec /usr/sbin/iptables-$b-restore "\$@"
		END
		chmod 755 "$tmp"/bin/*
		# The first process of a namespace of its own: what lives in that of the network, as a machine's does.
		cat >"$tmp/run" <<-END
			mkdir -p /run/systemd/system
			cd "$tmp/here"
			fw-load -b $b -s state-$b gateway.rules || exit
			fw-load -b $b -s state-$b --safe-rules safe --confirm 1 "$tmp/next"
			[ \$? = 9 ] || exit 20
			iptables-$b -C INPUT -p tcp --dport 443 -m conntrack --ctstate NEW -j ACCEPT || exit 21
			fw-load -b $b -s state-$b --safe-rules safe --confirm \$1 "$tmp/next" &
			until ip6tables-$b -C INPUT -p tcp --dport 8443 -m conntrack --ctstate NEW -j ACCEPT 2>/dev/null; do
				kill -0 \$! || exit 30
				sleep 0.05
			done
			: >"$tmp/bin/refuse"
			kill -0 \$! || exit 30
			wait
			iptables-$b -C INPUT -p tcp --dport 2222 -j ACCEPT || exit 22
		END
		patiently guarded_in_time
		[ $rc = 0 ]
		rmdir /run/systemd/system /run/systemd
		grep -qx -- --guard "$tmp/bin/asked"
		grep -qx -- "$tmp/here/state-$b" "$tmp/bin/asked"
		grep -qx -- "$tmp/here/safe" "$tmp/bin/asked"
		grep -qx -- "--setenv=XTABLES_LOCKFILE=$XTABLES_LOCKFILE" "$tmp/bin/asked"
	done
}

@test "--rollback loads the previous generation, or one by number" {
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/first"
		put "$tmp/next"
		put --rollback
		live | diff "$tmp/first" -
		[[ $(put --status) == *"good 000001"*"previous 000002"* ]]
		put --rollback 2
		in_force 8443
		run -1 put --rollback 77
		in_force 8443
	done
}

@test "case 12: T19: killed at any system call that writes the state: old or new, whole, after the next run" {
	command -v strace >/dev/null || skip "strace is missing"
	[[ $BUILD != *-san ]] || skip "strace and the leak checker do not go together"
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/old"
		put "$tmp/next"
		live >"$tmp/new"
		put "$gateway"
		kills=0
		# Half of the calls with each backend: they do not know of backends. tests/unit/transaction.c dies at each.
		calls="fsync unlink flock"
		[ $b = nft ] || calls="renameat,renameat2 symlink vfork,clone,clone3"
		for call in $calls; do
			for n in 1 2 3 5 8 12; do
				links=$(links)
				run in_ns strace -f -qq -o /dev/null -e trace="$call" -e inject="$call":signal=KILL:when=$n \
					fw-load -q -b $b -s "$state" "$tmp/next"
				[ "$status" = 137 ] && kills=$((kills + 1))
				put -q --status >/dev/null
				[ "$(links)" = "$links" ] || [[ $(links) == *" ${links% *}" ]] || {
					echo "$b: killed at $call $n: good and previous were $links, are $(links)"
					false
				}
				live | sed '/^\*raw/,/^COMMIT/d' >"$tmp/now"
				cmp -s "$tmp/now" "$tmp/old" || cmp -s "$tmp/now" "$tmp/new" || {
					echo "$b: killed at $call $n: neither old nor new"
					diff "$tmp/now" "$tmp/new"
					false
				}
				[ ! -e "$state/run/journal" ]
				put -q "$gateway"
				live | diff "$tmp/old" -
				[ "$status" = 137 ] || break
			done
		done
		echo "$b: $kills kills"
		[ $kills -ge 7 ]
	done
}

# The good generation and the previous one.
links() { put -q --status | awk '/^good/ { good = $2 } /^previous/ { print good, $2 }'; }

@test "a generation that cannot become the good one: undone, and good and previous are what they were" {
	command -v strace >/dev/null || skip "strace is missing"
	[[ $BUILD != *-san ]] || skip "strace and the leak checker do not go together"
	b=nft
	put "$gateway"
	put "$tmp/next"
	put "$gateway"
	live >"$tmp/before"
	before=$(links)
	for fault in renameat2:error=EIO:when=1 renameat2:error=EIO:when=2 renameat2:error=EIO:when=3 symlink:error=ENOSPC:when=1 symlink:error=ENOSPC:when=2; do
		run -11 in_ns strace -qq -o /dev/null -e trace="${fault%%:*}" -e inject="$fault" fw-load -b nft -s "$state" "$tmp/next"
		[[ $output == *"the rules are as before"* ]]
		live | diff "$tmp/before" -
		[ "$(links)" = "$before" ]
		[ ! -e "$state/run/journal" ]
		[ -z "$(find "$state" -name '*.tmp')" ]
	done
	put "$tmp/next"
	[[ $(links) == *" ${before% *}" ]]
}

@test "an old generation that cannot be removed: a warning, and the load is done" {
	b=legacy
	mkdir -p "$state/generations/000001.gz"
	for ((i = 2; i <= 21; i++)); do : >"$state/generations/$(printf %06u $i).gz"; done
	run -0 put "$gateway"
	[[ $output == *"old generations in"*"Is a directory"* ]]
	[[ $(put --status) == *"good 000022"* ]]
	run -3 in_ns fw-save -s "$state" --keep 1
	[[ $output == *"Is a directory"* ]]
}

@test "fw-save --keep waits for a load" {
	b=nft
	put "$gateway"
	hold "$state/run/lock"
	run -3 in_ns fw-save -s "$state" -w 1 --keep 1
	[[ $output == *"is held by fw-load"* ]]
	let_go
	in_ns fw-save -s "$state" -w 1 --keep 1
}

@test "case 13: killed between two tables: the next run puts both back" {
	mkdir "$tmp/bin"
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/before"
		cat >"$tmp/bin/iptables-$b-restore" <<-END
			#!/bin/sh
			case \$* in
			*--noflush*) sed '/COMMIT/q' | /usr/sbin/iptables-$b-restore "\$@"; kill -9 \$PPID ;;
			*) exec /usr/sbin/iptables-$b-restore "\$@" ;;
			esac
		END
		chmod 755 "$tmp/bin/iptables-$b-restore"
		sed 's/443/8443/; s/eth0/eth9/' "$gateway" >"$tmp/both"
		PATH=$tmp/bin:$PATH run put "$tmp/both"
		[ "$status" = 137 ]
		run ! diff "$tmp/before" <(live)
		run -0 put --status
		live | diff "$tmp/before" -
	done
}

@test "case 12: killed while a restore goes on: the next run waits for it, then undoes it" {
	mkdir "$tmp/bin"
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/before"
		# One that commits when fw-load is dead, and when the next run is over or waits.
		cat >"$tmp/bin/iptables-$b-restore" <<-END
			#!/bin/sh
			case \$* in
			*--noflush*)
				cat >"$tmp/program"
				kill -9 \$PPID
				for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
					[ -e "$tmp/over" ] || sleep 0.1
				done
				/usr/sbin/iptables-$b-restore "\$@" <"$tmp/program"
				: >"$tmp/committed"
				;;
			*) exec /usr/sbin/iptables-$b-restore "\$@" ;;
			esac
		END
		chmod 755 "$tmp/bin/iptables-$b-restore"
		rm -f "$tmp/over" "$tmp/committed"
		PATH=$tmp/bin:$PATH run put "$tmp/next"
		[ "$status" = 137 ]
		run -0 put --status
		: >"$tmp/over"
		wait_for test -e "$tmp/committed"
		[[ $output == *"interrupted"* ]]
		live | diff "$tmp/before" -
	done
}

# As after a boot: no rules, nothing in /run, another boot's id.
reboot() {
	ip netns delete "$ns"
	ip netns add "$ns"
	ip -n "$ns" link set lo up
	rm -rf "$state/run"
}

# T19
@test "case 12: killed at any call, its restores too: old or new, whole and in both families, after the next run or a boot" {
	local n left fast
	[[ $BUILD != *-san ]] || export ASAN_OPTIONS=detect_leaks=0
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/old"
		reboot
		put --boot
		live >"$tmp/old-booted"
		put "$tmp/next"
		live >"$tmp/new"
		reboot
		put --boot
		live >"$tmp/new-booted"
		put "$gateway"
		kills=0
		# About 4,000 calls, most of them of the restores and savers. Each is a kill of its own for FW_KILL_STEP=1.
		for ((n = 3; ; n += ${FW_KILL_STEP:-149})); do
			left=0 fast=()
			((n % 2)) || fast=(--no-rehearse) # fewer calls, in another order
			in_ns "$BUILD/tests/kill-at" -m "$n" fw-load -q -b "$b" "${fast[@]}" -s "$state" "$tmp/next" >"$tmp/said" 2>&1 || left=$?
			[ "$left" -ne 77 ] || skip "tracing is not allowed here"
			if ((kills++ % 2)); then
				put -q --status >/dev/null
				set -- "$tmp/old" "$tmp/new"
			else
				reboot
				put -q --boot
				set -- "$tmp/old-booted" "$tmp/new-booted"
			fi
			live >"$tmp/now"
			cmp -s "$tmp/now" "$1" || cmp -s "$tmp/now" "$2" || {
				echo "$b: killed at call $n: neither old nor new"
				diff "$tmp/now" "$2"
				false
			}
			[ ! -e "$state/run/journal" ]
			put -q "$gateway"
			[ "$left" -eq 0 ] || [ ${#fast[@]} -gt 0 ] || break
		done
		echo "$b: $kills kills"
		[ "$left" -eq 1 ] && [ "$(tail -n 1 "$tmp/said")" = 0 ]
		[ "$kills" -ge 15 ]
	done
}

@test "what the guard could not undo is told by who waits: status 10, and the guard's messages" {
	for b in $backends; do
		fresh
		put "$gateway"
		mkdir -p "$tmp/bin"
		for t in iptables ip6tables; do
			cat >"$tmp/bin/$t-$b-restore" <<-END
				#!/bin/sh
				[ ! -e "$tmp/fail-$ns" ] || case \$* in *--noflush*) echo "$t-restore: line 2 failed" >&2; exit 1 ;; esac
				exec /usr/sbin/$t-$b-restore "\$@"
			END
			chmod 755 "$tmp/bin/$t-$b-restore"
		done
		sed 's/443/8443/' "$gateway" >"$tmp/next"
		PATH=$tmp/bin:$PATH put --safe-rules /nonexistent --confirm 2 "$tmp/next" >"$tmp/said" 2>&1 3>&- &
		wait_for grep -q 'is in force for' "$tmp/said"
		: >"$tmp/fail-$ns"
		status=0
		wait $! || status=$?
		cat "$tmp/said"
		[ "$status" = 10 ]
		grep -q 'in force now: the compiled-in safe rules' "$tmp/said"
		grep -q 'was not confirmed and could not be undone' "$tmp/said"
	done
}

@test "a rollback to the good generation that lapses ends with 9" {
	b=nft
	put "$gateway"
	in_ns iptables-nft -P INPUT ACCEPT
	run -9 put -q --rollback --confirm 1 1
	[ "$(in_ns iptables-nft -S INPUT | head -n 1)" = '-P INPUT ACCEPT' ]
}

@test "--status during a load that comes to wait is no failure" {
	b=nft
	put "$gateway"
	for n in 1 2 3 4; do
		sed "s/443/844$n/" "$gateway" >"$tmp/next"
		put -q --confirm 60 "$tmp/next" &
		output=
		until [[ $output == *pending* ]]; do run -0 put --status; done
		put --confirm-now
		wait $!
	done
}
