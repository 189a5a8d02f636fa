#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# Boots a Debian with systemd in a container, and checks the rules in force afterwards. `make prove` runs this. The cases
# are data: boots/NAME.case says what is prepared, what is done inside, and which lines must come out.
# FW_TREES=DIR keeps the Debian for the next run, FW_SUITE names another release, and FW_BOOTS=N sets how often the case
# with several faults at once is booted.

bats_require_minimum_version 1.5.0
load ../lib/needs

# unable: prints why nothing can be booted here, or nothing
unable() {
	local why program probe
	has root || { echo "$why"; return; }
	for program in systemd-nspawn debootstrap unshare; do
		has $program || { echo "$why (scripts/install-deps prove)"; return; }
	done
	probe=$(unshare -n -m true 2>&1) || { echo "boots a container: ${probe:-no namespaces here}"; return; }
	[ -d /sys/fs/cgroup ] && [ -n "$(ls /sys/fs/cgroup)" ] || { echo "boots a container: no control groups here"; return; }
	boots/tree "$FW_SUITE" "$FW_TREE" >&2 || { echo "boots a container: debootstrap cannot make $FW_SUITE here"; return; }
	cp "$BUILD/fw-load" "$BATS_FILE_TMPDIR/"
	mount_probe || echo "boots a container: programs of this build do not start in $FW_SUITE"
}

# shellcheck disable=SC2016
mount_probe() {
	unshare -m sh -c 'mount --bind "$1" "$2/mnt" && chroot "$2" /mnt/fw-load --version' sh "$BATS_FILE_TMPDIR" "$FW_TREE" >/dev/null 2>&1
}

setup_file() {
	cd "$BATS_TEST_DIRNAME" || return
	export FW_SUITE=${FW_SUITE:-$(. /etc/os-release; [ "$ID" = debian ] && echo "$VERSION_CODENAME" || echo bookworm)}
	export FW_TREE=${FW_TREES:-$BATS_FILE_TMPDIR}/$FW_SUITE FW_BOOTS=${FW_BOOTS:-20}
	FW_UNABLE=$(unable)
	export FW_UNABLE
}

setup() {
	cd "$BATS_TEST_DIRNAME" || return
	[ -z "$FW_UNABLE" ] || skip "$FW_UNABLE"
}

# open_yet_active: fw-load is active although the last report of the rules is an open policy; a fault in every case
open_yet_active() {
	awk '/: IPv4 [A-Z]/ { open = /IPv[46] ACCEPT/ } /fw-load active/ && open { found = 1 } END { exit !found }' <<<"$output"
}

# ends_as CASE [TIMES]: each boot of the case prints the lines of its `expect` section
ends_as() {
	local time expected
	mapfile -t expected < <(sed '1,/^== expect$/d' "boots/$1.case")
	[ ${#expected[@]} -gt 0 ]
	for ((time = 1; time <= ${2:-1}; time++)); do
		run -0 boots/boot "$FW_TREE" "boots/$1.case"
		diff <(printf '%s\n' "${expected[@]}") - <<<"$output" || { echo "boot $time of $1: > is what came of it"; return 1; }
		! open_yet_active || { echo "boot $time of $1: open, and the unit is active"; return 1; }
	done
}

@test "s1: rules are in force before the network; stopping keeps them; restarting restores flushed ones" {
	ends_as s1
}

@test "s2: netfilter-persistent does not run at boot; restarted later, its rules stay after ours, and the unit fails" {
	ends_as s2 3
}

@test "s3, case T48: our rules are in force after services that flush for two seconds as ours starts" {
	ends_as s3 3
}

@test "s3b: fw-drift reports the result when two loaders are restarted together with ours" {
	ends_as s3b 3
}

@test "s4: restarting nftables flushes our rules and makes the unit inactive; restarting ours puts them back" {
	ends_as s4
}

@test "s5: ufw does not run at boot; started later it makes ours inactive, and ours stops it" {
	ends_as s5
}

@test "s5: other loaders do not run at boot either, also one that waits for the network" {
	ends_as s5-shorewall 3
	ends_as s5-ferm
}

@test "s6: firewalld makes no ordering cycle, and our rules stay" {
	ends_as s6 3
}

@test "s7: safe rules are in force when the unit was enabled before any load" {
	ends_as s7
}

@test "s8: safe rules are in force in every boot when the state's file system cannot be mounted" {
	ends_as s8 "$FW_BOOTS"
}

@test "s8: safe rules are in force when a file system above the state, its device or a required mount is missing" {
	ends_as s8-var
	ends_as s8-var-lib
	ends_as s8-no-device
	ends_as s8-required
}

@test "s8: other mounts that fail do not affect the unit" {
	ends_as s8-others 3
}

@test "s8: the unit waits for a state that is mounted late by nofail" {
	ends_as s8-slow
}

@test "s8: a state on the network makes no ordering cycle; safe rules are in force before the network" {
	ends_as s8-network 2
}

@test "s9: a setting of the rules survives a late sysctl.d" {
	ends_as s9
}

@test "s10: fw-drift fails for a missing rule of ours, but not for a ban" {
	ends_as s10
}

@test "s11: another loader makes the unit inactive, and the start of any service does not bring it back" {
	ends_as s11
}

@test "s12: the unit starts before the network even if other targets want it" {
	ends_as s12
}

@test "s13: of slow services and ours, started one at a time, the last one wins, and fw-drift reports it" {
	ends_as s13 3
}

@test "s14: fw-load makes its folders, and a load is confirmed under systemd" {
	ends_as s14
}

@test "the unit's system call filter allows Landlock, but not mounting" {
	ends_as filter
}

@test "OpenRC: ours is the last of two loaders, even if localmount fails, and stopping keeps the rules" {
	local mounts
	for mounts in ok fails; do
		run -0 boots/openrc "$FW_TREE" $mounts
		[[ $output == *"iptables loads rules too: rc-update del iptables boot"* ]]
		[[ $output == *"as the network begins:"*"-P INPUT DROP"*"--comment ours"*"stopped:"*"-P INPUT DROP"*"--comment ours"* ]]
		[[ ${output#*as the network begins:} != *theirs* ]]
	done
}
