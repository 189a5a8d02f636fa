#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# The systemd units, the OpenRC script and the netfilter-persistent plugin that load rules at boot and check them.
# prove/boots.bats tests real boots.

bats_require_minimum_version 1.5.0
load lib/needs

setup() {
	cd "$BATS_TEST_DIRNAME/../share" || return
	PATH=$BUILD:$PATH
	tmp=$BATS_TEST_TMPDIR
	mounted=()
}

teardown() {
	local dir
	for dir in "${mounted[@]}"; do umount "$dir"; done
}

# as_new: makes the machine's state empty and its iptables that of nft, without rules
as_new() {
	local program
	needs rules mounts nft xtables-nft-multi
	cover /var/lib
	mkdir "$tmp/nft"
	for program in iptables ip6tables; do
		ln -s "$(command -v xtables-nft-multi)" "$tmp/nft/$program"
		ln -s "$(command -v xtables-nft-multi)" "$tmp/nft/$program-save"
		ln -s "$(command -v xtables-nft-multi)" "$tmp/nft/$program-restore"
	done
	PATH=$tmp/nft:$PATH
	reboot
}

reboot() {
	nft flush ruleset
	rm -rf /run/fw-tools
}

cover() { # cover DIR...: mounts an empty folder over each
	local dir
	for dir; do
		[ -d "$dir" ] || continue
		mount -t tmpfs tmpfs "$dir"
		mounted=("$dir" "${mounted[@]}")
	done
}

# settings UNIT KEY: prints the words of all lines of this key
settings() {
	sed -n "s/^$2=//p" "systemd/$1" | tr ' ' '\n'
}

@test "the units pass systemd-analyze verify and are hardened" {
	needs systemd-analyze
	mkdir "$tmp/units"
	for unit in systemd/*; do
		sed "s,@SBINDIR@,$BUILD," "$unit" >"$tmp/units/$(basename "$unit")"
	done
	run systemd-analyze verify "$tmp/units/fw-load.service" "$tmp/units/fw-drift.service" "$tmp/units/fw-drift.timer"
	[ -z "$(grep -E 'units/fw-' <<<"$output")" ] || { echo "$output"; false; }
	systemd-analyze security --offline=true --threshold=50 --no-pager "$tmp/units/fw-load.service"
	systemd-analyze security --offline=true --threshold=45 --no-pager "$tmp/units/fw-drift.service"
}

@test "fw-load.service conflicts with every other loader, and starts after it" {
	settings fw-load.service Conflicts | grep -vx shutdown.target | sort >"$tmp/conflicts"
	settings fw-load.service After | grep '\.service$' | grep -v ^systemd- | sort | diff "$tmp/conflicts" -
	# The same loaders that fw-save --check knows.
	sed -n '/loaders\[\] = {/,/^};/p' ../common/host/bootload.c | grep -o '"[a-z0-9-]*"' | tr -d '"' | grep -vx fw-load |
		sed 's/$/.service/' | sort | diff "$tmp/conflicts" -
	for unit in netfilter-persistent iptables ip6tables nftables ufw firewalld; do
		grep -qx "$unit.service" "$tmp/conflicts"
	done
	settings fw-load.service After | grep -qx systemd-sysctl.service
	settings fw-load.service After | grep -qx systemd-modules-load.service
	settings fw-load.service After | grep -qx local-fs.target
	settings fw-load.service Before | grep -qx network-pre.target
}

# An allowlist: before a setting is added here, make sure that it does not make systemd mount anything, wait for a mount,
# or skip the unit.
@test "fw-load.service needs no mount and no mount namespace, and has no condition" {
	known='Description Documentation DefaultDependencies Wants Before After Conflicts Type RemainAfterExit TimeoutStartSec
		ExecStartPre ExecStart StandardInput NoNewPrivileges CapabilityBoundingSet RestrictAddressFamilies RestrictNamespaces
		RestrictRealtime RestrictSUIDSGID MemoryDenyWriteExecute LockPersonality SystemCallArchitectures ProtectClock
		SystemCallFilter SystemCallErrorNumber DevicePolicy UMask WantedBy'
	sed -n 's/^\([A-Za-z]*\)=.*/\1/p' systemd/fw-load.service | sort -u | grep -vxF "$(tr -s ' \t\n' '\n' <<<"$known")" >"$tmp/unknown" || true
	diff /dev/null "$tmp/unknown"
	run ! grep -E '^(After|Wants|Before)=.*\.mount' systemd/fw-load.service # an ordering cycle, if it is a mount from the network
	[[ $(sed -n 's/^ExecStartPre=//p' systemd/fw-load.service) == -* ]]     # its failure does not fail the unit
	run -0 settings fw-load.service Wants
	[ "$output" = network-pre.target ]
}

@test "no unit runs a command on stop or reload, so that stopping never opens the host" {
	run ! grep -E '^Exec(Stop|StopPost|Reload)=' systemd/fw-*.service
}

@test "the system call filter of fw-load.service allows the calls that confine child processes" {
	needs systemd-analyze
	filter=$(sed -n 's/^SystemCallFilter=//p' systemd/fw-load.service)
	for word in $filter; do
		case $word in
		@*) systemd-analyze syscall-filter "$word" | sed -n 's/^    *//p' ;;
		*) echo "$word" ;;
		esac
	done >"$tmp/direct"
	for ((depth = 0; depth < 3; depth++)); do
		for set in $(grep '^@' "$tmp/direct" | sort -u); do systemd-analyze syscall-filter "$set" | sed -n 's/^    *//p'; done >>"$tmp/direct"
	done
	for call in landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp capset prctl unshare setns \
		init_module finit_module clone3 execve setrlimit setpriority; do
		grep -qx $call "$tmp/direct" || { echo "$call is not permitted"; false; }
	done
	grep -qx SystemCallErrorNumber=ENOSYS systemd/fw-load.service
}

@test "fw-drift reports a missing rule of ours, but not a ban" {
	needs rules
	command=$(sed -n 's,^ExecStart=@SBINDIR@/,,p' systemd/fw-drift.service)
	printf '%s\n' '*filter' ':INPUT DROP' '-A INPUT -i lo -j ACCEPT' '-A INPUT -p tcp --dport 22 -j ACCEPT' COMMIT |
		fw-load -q -b nft -s "$tmp/state"
	iptables-nft -N bans
	iptables-nft -A bans -s 203.0.113.5 -j REJECT
	iptables-nft -I INPUT -p tcp --dport 22 -j bans
	# shellcheck disable=SC2086
	run -0 $command -q -b nft -s "$tmp/state"
	iptables-nft -D INPUT -i lo -j ACCEPT
	# shellcheck disable=SC2086
	run -1 $command -q -b nft -s "$tmp/state"
	[[ $output == *"- "*"-i lo -j ACCEPT"* ]]
}

@test "the first load says how to load the rules at boot, unless that is enabled" {
	as_new
	cover /etc/systemd /usr/lib/systemd/system /etc/rc?.d /etc/runlevels /etc/network /etc/cron.d /etc/local.d
	printf '*filter\n:INPUT DROP\nCOMMIT\n' >"$tmp/one"
	run -0 fw-load --replace "$tmp/one"
	[[ $output == *"systemctl enable fw-load.service"* ]]
	printf '*filter\n:INPUT DROP\n:FORWARD DROP\nCOMMIT\n' >"$tmp/two"
	run -0 fw-load "$tmp/two"
	[ -z "$output" ]
	rm -r /var/lib/fw-tools
	mkdir -p /etc/systemd/system/sysinit.target.wants
	touch /etc/systemd/system/sysinit.target.wants/fw-load.service
	run -0 fw-load --replace "$tmp/one"
	[ -z "$output" ]
}

# openrc FUNCTION: runs a function of the OpenRC script, with stubs of OpenRC's commands that print their arguments
openrc() {
	sh -euc '
		after() { echo "after $*"; }
		before() { echo "before $*"; }
		need() { echo "need $*"; }
		provide() { :; }
		ewarn() { echo "warning: $*"; }
		ebegin() { :; }
		eend() { return "$1"; }
		. "$1"
		"$2"' openrc "$tmp/openrc" "$1"
}

@test "OpenRC: starts after every other loader, warns about enabled ones, needs no service, and stop does nothing" {
	sed "s,@SBINDIR@,$tmp/bin,; s,/etc/runlevels,$tmp/levels," openrc/fw-load >"$tmp/openrc"
	run -0 openrc depend
	[[ $output != *need* && $output == *"before net"* && $output == *localmount* ]]
	loaders=$(sed -n 's/^other_loaders="\(.*\)"$/\1/p' "$tmp/openrc")
	[[ $output == *"after $loaders"* && $loaders == "iptables ip6tables nftables ufw firewalld"* ]]

	mkdir -p "$tmp/levels/boot" "$tmp/levels/default" "$tmp/bin"
	run -0 openrc start_pre
	[ -z "$output" ]
	ln -s /nonexistent/fw-load "$tmp/levels/boot/fw-load"
	ln -s /nonexistent/iptables "$tmp/levels/boot/iptables"
	ln -s /nonexistent/ufw "$tmp/levels/default/ufw"
	run -0 openrc start_pre
	[ "${lines[0]}" = "warning: iptables loads rules too: rc-update del iptables boot" ]
	[ "${lines[1]}" = "warning: ufw loads rules too: rc-update del ufw default" ]
	[ "${#lines[@]}" -eq 2 ]

	printf '#!/bin/sh\necho "fw-load $*"\nexit 12\n' >"$tmp/bin/fw-load"
	chmod 755 "$tmp/bin/fw-load"
	run -12 openrc start
	[ "$output" = "fw-load --boot" ]
	run -0 openrc stop
	[ -z "$output" ]
}

# plugin ARGUMENT...: runs the plugin with the programs in $BUILD
plugin() {
	sed "s,@SBINDIR@,$BUILD,g" netfilter-persistent/15-fw-tools >"$tmp/plugin"
	sh "$tmp/plugin" "$@"
}

good() { fw-save --show good; }

@test "netfilter-persistent: start loads the good rules, stop and flush do not open the host" {
	mkdir "$tmp/bin"
	printf '#!/bin/sh\necho "fw-load $*"\n' >"$tmp/bin/fw-load"
	chmod 755 "$tmp/bin/fw-load"
	BUILD=$tmp/bin
	for word in start restart reload force-reload; do
		run -0 plugin $word
		[ "$output" = "fw-load --boot" ]
	done
	run -0 plugin stop
	[[ $output == *"stay in force"* ]]
	run -1 plugin flush
	[[ $output == *"not flushed"* ]]
	run -2 plugin
}

@test "netfilter-persistent: save records changes made by hand, and says what it left out" {
	as_new
	printf '%s\n' "#@ keep docker*" '*filter' ':INPUT DROP' '-A INPUT -i lo -j ACCEPT' '-A INPUT -p tcp --dport 22 -j ACCEPT' COMMIT |
		fw-load -q --replace
	run -0 plugin save
	[[ $output == *"nothing to save: generation 000001 is what is in force"* ]]

	iptables -A INPUT -p tcp --dport 8080 -m comment --comment "not -j bans here" -j ACCEPT
	ip6tables -D INPUT -p tcp --dport 22 -j ACCEPT
	ip6tables -P FORWARD DROP
	iptables -N bans
	iptables -A bans -s 192.0.2.1 -j REJECT
	iptables -I INPUT -j bans
	iptables -t nat -N bans2
	iptables-save | grep -v '^#' >"$tmp/before"
	run -0 plugin save
	[[ $output == *"saved: generation 000002"* && $output == *"not saved"*"chains bans bans2;"* ]]
	iptables-save | grep -v '^#' | sed 's/\[.*\]//' | diff - <(sed 's/\[.*\]//' "$tmp/before")

	run -0 good
	[[ $output == *"#@ keep docker*"* ]]
	[[ $output == *'-4 -A INPUT -p tcp -m tcp --dport 8080 -m comment --comment "not -j bans here" -j ACCEPT'* ]]
	[[ $output == *'-4 -A INPUT -p tcp -m tcp --dport 22 -j ACCEPT'* && $output == *"-6 -P FORWARD DROP"* ]]
	run ! grep -E 'bans2|-j bans$|192\.0\.2\.1' <<<"$output"

	# The situation after the next boot.
	reboot
	fw-load --boot
	iptables -C INPUT -p tcp --dport 8080 -m comment --comment "not -j bans here" -j ACCEPT
	run ! ip6tables -C INPUT -p tcp --dport 22 -j ACCEPT
}

@test "netfilter-persistent: the first save records plain rules, and refuses unknown chains" {
	as_new
	iptables -A INPUT -p tcp --dport 22 -j ACCEPT
	iptables -N bans
	run -1 plugin save
	[[ $output == *"nothing was saved"*"bans"*"fw-save | fw-load"* ]]
	[ ! -e /var/lib/fw-tools/good ]
	iptables -X bans
	run -0 plugin save
	[[ $output == *"saved: generation 000001"* ]]
	run -0 good
	[[ $output == *"--dport 22"* ]]
}

@test "netfilter-persistent: save fails when the rules cannot be read, and keeps the good generation" {
	as_new
	printf '*filter\n:INPUT DROP\nCOMMIT\n' | fw-load -q --replace
	nft add rule ip filter INPUT tcp dport '{ 1, 2 }' drop
	run -3 plugin save
	[[ $output == *"made with nft"*"nothing was saved"* ]]
	run -0 readlink /var/lib/fw-tools/good
	[[ $output == *000001* ]]
}
