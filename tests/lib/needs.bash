# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# What a test needs besides the project's own programs. `needs rules` as its first line, or in setup, skips it where rules
# cannot be loaded; run-tests counts the skipped tests by reason. In setup_file, where bats cannot skip, use
# `has rules || return 0`.
# shellcheck shell=bash

# in_netns: this is a namespace of scripts/netns-run. Only there may tests load rules or make interfaces.
in_netns() {
	[ -n "${FW_NETNS-}" ] && [ "$FW_NETNS" = "$(readlink /proc/self/ns/net)" ]
}

# has_users: root of the machine or of a container, not just of a user namespace without other users
has_users() {
	[ "$(id -u)" -eq 0 ] && setpriv --reuid=65534 --regid=65534 --clear-groups true 2>/dev/null
}

# as_nobody COMMAND...: runs it without rights, as nobody if possible, else as this user
as_nobody() {
	if has_users; then
		setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all "$@"
	elif [ "$(id -u)" -eq 0 ]; then
		setpriv --bounding-set=-all --inh-caps=-all "$@"
	else
		"$@"
	fi
}

# lacking: prints what an ordinary user's namespace lacks, or nothing if rules can be loaded and packets sent. Only root
# can load modules, and some kernels deny users' namespaces tables or interfaces.
lacking() {
	local program table
	for program in iptables-nft ip6tables-nft iptables-legacy ip6tables-legacy; do
		for table in filter nat mangle raw; do
			"$program" -t $table -S >/dev/null 2>&1 || { echo "$program has no table $table in this user's namespace"; return; }
		done
	done
	ip link add probe0 type veth peer name probe1 && ip link delete probe0 || echo "no pairs of interfaces in this user's namespace"
	conntrack -L >/dev/null 2>&1 || { echo "no connection tracking in this user's namespace"; return; }
	iptables-legacy-save >/dev/null 2>&1 || { echo "iptables-legacy-save may not read its tables in this user's namespace"; return; }
	iptables-nft -A OUTPUT -m owner --uid-owner 65534 2>/dev/null || { echo "no rules about other users in this user's namespace"; return; }
	{ echo '*filter'; for ((i = 1; i <= 10000; i++)); do echo "-A FORWARD -p tcp --dport $i -m comment --comment n$i -j ACCEPT"; done; echo COMMIT; } |
		iptables-nft-restore 2>/dev/null || echo "no commit of 10,000 rules in this user's namespace"
}

has() { # has WHAT: it is available; if not, why says what the test does and what is missing
	case $1 in
	rules | packets | netlink)
		case $1 in
		rules) why="loads rules" ;;
		packets) why="sends packets" ;;
		netlink) why="reads netlink" ;;
		esac
		why+=": ${FW_LACKING:-no network namespace here}"
		[ -z "${FW_LACKING-}" ] && in_netns
		;;
	mounts)
		why="mounts file systems: no mount namespace here"
		in_netns
		;;
	root) # of the machine
		why="changes the machine's settings: not root here"
		[ "$(id -u)" -eq 0 ] && [ "$(awk '{ n += $3 } END { print n }' /proc/self/uid_map)" -gt 1 ]
		;;
	users)
		why="acts as other users: not root here, or root of a user namespace without them"
		has_users
		;;
	processes) # of other users
		why="asks what other users' processes have open: CAP_SYS_PTRACE is missing here"
		[ $((0x$(awk '/^CapEff/ { print $2 }' /proc/self/status) >> 19 & 1)) -eq 1 ]
		;;
	tracing)
		why="traces programs: strace is missing or not allowed"
		strace -o /dev/null true 2>/dev/null
		;;
	*)
		why="runs $1: not installed"
		command -v "$1" >/dev/null
		;;
	esac
}

needs() { # needs WHAT...: skips the test unless all of these are available
	local what why
	for what; do has "$what" || skip "$why"; done
}
