#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-load --confirm undoes a load unless it is confirmed, whatever happens to terminal, session and process; and
# the next run completes or undoes a run that was killed.

in_turn=1 # the state is the same for both backends
load lib/load

setup() {
	load_setup
	sed 's/443/8443/' "$gateway" >"$tmp/next" 2>/dev/null || true
}
teardown() { load_teardown; }

# in_force PORT: both families accept new connections to the port
in_force() {
	in_ns iptables-$b -C INPUT -p tcp --dport "$1" -m conntrack --ctstate NEW -j ACCEPT 2>/dev/null &&
		in_ns ip6tables-$b -C INPUT -p tcp --dport "$1" -m conntrack --ctstate NEW -j ACCEPT 2>/dev/null
}

not_in_force() { ! in_force "$1"; }

in_force_or_over() { in_force "$1" || is_over "$2"; }

# patiently COMMAND...: runs the command with ever more seconds to confirm, until it reports that they sufficed
patiently() {
	local seconds
	for seconds in 5 20 80 320; do
		"$@" $seconds && return
		echo "$seconds s were too short"
	done
	return 1
}

@test "case 17: keeps a load that another session confirms, status 0" {
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

@test "case 18: T40: undoes an unconfirmed load, status 9, and refuses a late confirmation" {
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

@test "the time to confirm starts when the rules are in force, however long the load took" {
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
	PATH=$tmp/bin:$PATH put_waiting --confirm 600 "$tmp/next"
	committed=$(cut -d. -f1 "$tmp/committed")
	left=$(put --status | sed -n 's/^pending .*, \([0-9]*\) s left.*/\1/p')
	now=$(cut -d. -f1 /proc/uptime)
	[ $((now + left + 1)) -ge $((committed + 600)) ]
	put --confirm-now
	wait
	# A load that takes longer than the time to confirm is not undone before it can be confirmed.
	sed 's/8443/9443/' "$tmp/next" >"$tmp/third"
	PATH=$tmp/bin:$PATH put_waiting --confirm 4 "$tmp/third"
	committed=$(cut -d. -f1 "$tmp/committed")
	rc=0
	wait $load || rc=$?
	[ $rc = 9 ]
	[ $(($(cut -d. -f1 /proc/uptime) - committed)) -ge 4 ]
}

# banned_in_time SECONDS: adds two bans while a load waits for its confirmation; fails if the load was over too early
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

@test "undoing an unconfirmed load keeps bans that came meanwhile" {
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

# session END SECONDS: runs fw-load --confirm in the foreground of a terminal, and ends it by END
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

# still_in_force END SECONDS: the load is still in force after the session has ended
still_in_force() {
	fresh
	put "$gateway"
	session "$1" "$2" && in_force 8443
}

@test "case 14: the guard undoes the load after SIGHUP to the process group" {
	for b in $backends; do
		patiently still_in_force hangup
		wait_for in_force 443
		wait_for test ! -e "$state/run/journal"
		not_in_force 8443
	done
}

@test "case 15: the guard undoes the load after the terminal is closed" {
	for b in $backends; do
		patiently still_in_force close
		wait_for in_force 443
		not_in_force 8443
	done
}

@test "case 16: the guard undoes the load after the foreground process is killed" {
	for b in $backends; do
		patiently still_in_force kill
		wait_for in_force 443
		not_in_force 8443
	done
}

@test "the word yes on the terminal confirms the load" {
	for b in $backends; do
		fresh
		put "$gateway"
		session yes 600
		in_force 8443
		[ ! -e "$state/run/journal" ]
	done
}

@test "the next run undoes the load when the guard was killed too" {
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

@test "case 19: the journal holds the deadline as uptime, not as a time of day" {
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

@test "case 19: setting the clock by an hour does not move the deadline" {
	[[ $BUILD != *-san ]] || skip "a sanitizer must be the first library"
	# A wall clock, for fw-load and its guard alone, that jumps when a file appears.
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
	# Control: the clock does jump.
	: >"$tmp/back"
	[ $(($(date +%s) - $(LD_PRELOAD=$tmp/clock.so date +%s))) -ge 3599 ]
	rm "$tmp/back"
	jumped_in_time() { # jumped_in_time SECONDS: lets the clock jump while a load waits; fails if the load was over too early
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
			# The load ends neither a second early nor an hour late.
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

@test "under systemd the guard runs as a unit, with absolute paths and the caller's environment and safe rules" {
	mkdir "$tmp/bin" "$tmp/here"
	cp "$gateway" "$tmp/here/gateway.rules"
	# Like systemd: another working directory, and no environment but what --setenv passes on.
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
	guarded_in_time() { # guarded_in_time SECONDS: fails if the load was over too early
		fresh
		rc=0
		rm -rf "$tmp/bin/refuse" "$tmp/here/state-$b"
		PATH=$tmp/bin:$PATH in_ns unshare -p -f --mount-proc bash "$tmp/run" "$1" || rc=$?
		[ $rc != 30 ]
	}
	for b in $backends; do
		# A restore that fails when the guard undoes the load: the guard must find it through the caller's PATH.
		cat >"$tmp/bin/iptables-$b-restore" <<-END
			#!/bin/sh
			case \$* in *--noflush*) [ ! -e "\$(dirname "\$0")/refuse" ] || exit 1 ;; esac
			exec /usr/sbin/iptables-$b-restore "\$@"
		END
		chmod 755 "$tmp"/bin/*
		# Runs as the first process of a PID namespace, like a machine's init; ending it ends the guard too.
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

@test "--rollback loads the previous generation, or one by its number" {
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

@test "case 12: T19: killed at a call that writes the state, ends with all old or all new rules after the next run" {
	command -v strace >/dev/null || skip "strace is not installed"
	[[ $BUILD != *-san ]] || skip "strace and the leak checker cannot both trace"
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/old"
		put "$tmp/next"
		live >"$tmp/new"
		put "$gateway"
		kills=0
		# Half of the calls with each backend, since they do not depend on it. tests/unit/transaction.c dies at each.
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

# links: prints the numbers of the good generation and the previous one
links() { put -q --status | awk '/^good/ { good = $2 } /^previous/ { print good, $2 }'; }

@test "undoes a load whose generation cannot become the good one, and keeps good and previous" {
	command -v strace >/dev/null || skip "strace is not installed"
	[[ $BUILD != *-san ]] || skip "strace and the leak checker cannot both trace"
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

@test "an old generation that cannot be removed is a warning, and the load succeeds" {
	b=legacy
	mkdir -p "$state/generations/000001.gz"
	for ((i = 2; i <= 21; i++)); do : >"$state/generations/$(printf %06u $i).gz"; done
	run -0 put "$gateway"
	[[ $output == *"old generations in"*"Is a directory"* ]]
	[[ $(put --status) == *"good 000022"* ]]
	run -3 in_ns fw-save -s "$state" --keep 1
	[[ $output == *"Is a directory"* ]]
}

@test "fw-save --keep waits for a running load" {
	b=nft
	put "$gateway"
	hold "$state/run/lock"
	run -3 in_ns fw-save -s "$state" -w 1 --keep 1
	[[ $output == *"is held by fw-load"* ]]
	let_go
	in_ns fw-save -s "$state" -w 1 --keep 1
}

@test "case 13: killed between two tables, puts both back in the next run" {
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

@test "case 12: killed while a restore still runs, undoes its commit in the next run" {
	mkdir "$tmp/bin"
	for b in $backends; do
		fresh
		put "$gateway"
		live >"$tmp/before"
		# A restore that commits after fw-load is dead, when the next run has ended or waits.
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

# The situation after a boot: no rules, and nothing in the state's run folder.
reboot() {
	ip netns delete "$ns"
	ip netns add "$ns"
	ip -n "$ns" link set lo up
	rm -rf "$state/run"
}

# T19
@test "case 12: killed at a call, its restores included, ends with all old or all new rules after the next run or boot" {
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
		# About 4,000 calls, most of them by restores and savers. FW_KILL_STEP=1 kills at each of them.
		for ((n = 3; ; n += ${FW_KILL_STEP:-149})); do
			left=0 fast=()
			((n % 2)) || fast=(--no-rehearse) # fewer calls, in another order
			in_ns "$BUILD/tests/kill-at" -m "$n" fw-load -q -b "$b" "${fast[@]}" -s "$state" "$tmp/next" >"$tmp/said" 2>&1 || left=$?
			[ "$left" -ne 77 ] || skip "ptrace is not allowed here"
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

@test "the waiting process reports that the guard could not undo the load, status 10, with the guard's messages" {
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
		PATH=$tmp/bin:$PATH put_waiting --safe-rules /nonexistent --confirm 2 "$tmp/next"
		: >"$tmp/fail-$ns"
		status=0
		wait $! || status=$?
		cat "$tmp/said"
		[ "$status" = 10 ]
		grep -q 'in force now: the compiled-in safe rules' "$tmp/said"
		grep -q 'was not confirmed and could not be undone' "$tmp/said"
	done
}

@test "an unconfirmed --rollback to the good generation ends with status 9" {
	b=nft
	put "$gateway"
	in_ns iptables-nft -P INPUT ACCEPT
	run -9 put -q --rollback --confirm 1 1
	[ "$(in_ns iptables-nft -S INPUT | head -n 1)" = '-P INPUT ACCEPT' ]
}

@test "--status succeeds at every moment of a load that starts to wait" {
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
