#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-load puts in force exactly what the text says, or changes nothing. faults.md lists the cases.

load lib/load

setup() {
	load_setup
	mkdir "$tmp/bin"
}
teardown() { load_teardown; }

# text LINE...: writes $tmp/text, a closed firewall with these lines
text() { printf '%s\n' '*filter' ':INPUT DROP [0:0]' ':FORWARD DROP [0:0]' '-A INPUT -i lo -j ACCEPT' "$@" COMMIT >"$tmp/text"; }

# loaded: puts other rules in force, and saves them in $tmp/before
loaded() {
	fresh
	text '-A INPUT -p tcp -m tcp --dport 443 -j ACCEPT'
	put "$tmp/text"
	live >"$tmp/before"
}

same() { live | diff "$tmp/before" -; }

# refused LINE...: fw-load refuses a text with these lines at the first of them, and changes nothing
refused() {
	text "$@"
	run -1 put "$tmp/text"
	[[ $output == *"text:5:"*"error"* ]] || { echo "$*: $output"; return 1; }
	same
	run -1 put --no-rehearse "$tmp/text"
	same
	run -1 put --check "$tmp/text"
}

@test "case T1: refuses a line that makes iptables-restore print and exit" {
	for b in $backends; do
		loaded
		for line in -h --help -V '-A INPUT -h' '-A INPUT -p tcp --help' '-nh' '--vers' '-A INPUT -p tcp -m tcp --dport 25 -j ACCEPT -h'; do
			refused "$line"
		done
	done
}

@test "case T2: refuses lines that list or check" {
	for b in $backends; do
		loaded
		for line in '-A INPUT -v -j ACCEPT' -L '-L INPUT' -S '-C INPUT -i lo -j ACCEPT'; do
			refused "$line"
		done
	done
}

@test "case T3: refuses lines that edit existing rules" {
	for b in $backends; do
		loaded
		for line in -Z '-Z INPUT' -X '-X user' -F '-F INPUT' '-D INPUT 1' '-D INPUT -i lo -j ACCEPT' '-R INPUT 1 -j DROP' '-E a b'; do
			refused "$line"
		done
		text '-D INPUT 1'
		run -1 put "$tmp/text"
		[[ $output == *"-D"* ]]
	done
}

@test "case T3a: carries out -I, -P and -N in their place" {
	for b in $backends; do
		fresh
		printf '%s\n' '*filter' '-P INPUT DROP' '-N mine' '-A INPUT -s 192.0.2.1 -j mine' '-I INPUT -s 192.0.2.2 -j ACCEPT' \
			'-I INPUT 2 -s 192.0.2.3 -j ACCEPT' '-A mine -j RETURN' COMMIT >"$tmp/text"
		put -4 "$tmp/text"
		in_ns iptables-$b -S | grep -v '^-P [FO]' | diff - <(printf '%s\n' '-P INPUT DROP' '-N mine' '-A INPUT -s 192.0.2.2/32 -j ACCEPT' \
			'-A INPUT -s 192.0.2.3/32 -j ACCEPT' '-A INPUT -s 192.0.2.1/32 -j mine' '-A mine -j RETURN')
		[ "$(in_ns iptables-$b -S FORWARD)" = '-P FORWARD ACCEPT' ]
		loaded
		refused '-I INPUT 3 -j ACCEPT'
	done
}

@test "case T4: undoes a load when a restore prints and exits with 0 without loading" {
	for b in $backends; do
		loaded
		printf '#!/bin/sh\ncase $* in *--noflush*) echo "usage: iptables ..."; exit 0 ;; esac\nexec /usr/sbin/iptables-%s-restore "$@"\n' $b >"$tmp/bin/iptables-$b-restore"
		chmod 755 "$tmp/bin/iptables-$b-restore"
		text
		PATH=$tmp/bin:$PATH run put --no-rehearse --safe-rules /nonexistent "$tmp/text"
		rm "$tmp/bin/iptables-$b-restore"
		[ "$status" = 11 ]
		same
	done
}

@test "case T5: notices a restore that exits with 0 but loads nothing, half of the rules or an open policy" {
	for b in $backends; do
		for how in 'cat >/dev/null' 'grep -v 8443 | /usr/sbin/iptables-$b-restore "$@"' \
			'/usr/sbin/iptables-$b-restore "$@"; /usr/sbin/iptables-$b -P FORWARD ACCEPT'; do
			loaded
			cat >"$tmp/bin/iptables-$b-restore" <<-END
				#!/bin/sh
				b=$b
				cat >$tmp/given
				case \$* in *--noflush*) ! grep -q 'dport 8443' $tmp/given || { $how; exit 0; } <$tmp/given ;; esac
				exec /usr/sbin/iptables-$b-restore "\$@" <$tmp/given
			END
			chmod 755 "$tmp/bin/iptables-$b-restore"
			text '-A INPUT -p tcp -m tcp --dport 8443 -j ACCEPT'
			PATH=$tmp/bin:$PATH run put --no-rehearse --safe-rules /nonexistent "$tmp/text"
			rm "$tmp/bin/iptables-$b-restore"
			# With nft a second try may succeed.
			case $status in
			0) in_ns iptables-$b -C INPUT -p tcp -m tcp --dport 8443 -j ACCEPT ;;
			8 | 11) same ;;
			10) ;;
			*) echo "$how: $status $output"; false ;;
			esac
			[ "$(in_ns iptables-$b -S INPUT | head -n 1)" = '-P INPUT DROP' ]
			[ "$(in_ns iptables-$b -S FORWARD | head -n 1)" = '-P FORWARD DROP' ]
		done
	done
}

@test "case T6: refuses -M PROGRAM in any spelling, and never runs the program" {
	command -v strace >/dev/null || skip "strace is not installed"
	[[ $BUILD != *-san ]] || skip "strace and the leak checker cannot both trace"
	b=legacy
	printf '#!/bin/sh\n: >%s/ran\n' "$tmp" >"$tmp/program"
	chmod 755 "$tmp/program"
	for option in "-M $tmp/program" "--modprobe=$tmp/program" "--modp $tmp/program" "-nM $tmp/program"; do
		text "-A INPUT $option -p tcp -m tcp --dport 25 -j ACCEPT"
		# The system calls fail as if ip_tables were not loaded.
		run -1 in_ns strace -f -qq -o /dev/null -P /proc/net/ip_tables_names -e inject=newfstatat,lstat,stat:error=ENOENT \
			fw-load -b $b -s "$state" "$tmp/text"
		[ ! -e "$tmp/ran" ]
	done
}

@test "case T7: refuses a rule that iptables-save would print wider, or loads it exactly" {
	for b in $backends; do
		for which in dport sport; do
			loaded
			text "-A INPUT -p tcp -m tcp ! --$which : -j ACCEPT"
			run put "$tmp/text"
			if [ "$status" -ne 0 ]; then
				refused "-A INPUT -p tcp -m tcp ! --$which : -j ACCEPT"
				continue
			fi
			# libxtables 1.8.11 and later write the rule as it is.
			in_ns iptables-$b-save | grep -q -- "! --$which 0:65535 -j ACCEPT"
			[ $b = legacy ] || in_ns nft list chain ip filter INPUT | grep -q 'port != 0-65535'
		done
	done
}

@test "case T8: loads every sample that iptables accepts as it is written, or refuses it and changes nothing" {
	b=nft
	grep -h ';OK$' ext/*.t 2>/dev/null | awk 'NR % 40 == 1' | cut -d';' -f1 >"$tmp/samples"
	[ -s "$tmp/samples" ] || skip "there are no samples"
	before=
	while IFS= read -r rule; do
		printf '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT %s\nCOMMIT\n' "$rule" >"$tmp/text"
		run put -q -4 --replace "$tmp/text"
		now=$(in_ns iptables-nft-save -t filter | grep '^-A' || true)
		case $status in
		0)
			in_ns iptables-nft-restore "$tmp/text"
			before=$(in_ns iptables-nft-save -t filter | grep '^-A' || true)
			[ "$now" = "$before" ] || { echo "fw-load: $now; iptables-nft-restore: $before"; false; }
			;;
		1 | 11) [ "$now" = "$before" ] || { echo "changed by $rule: $now"; false; } ;;
		*) echo "$rule: $status $output" && false ;;
		esac
	done <"$tmp/samples"
}

@test "case T9: refuses a host name, and asks no name server" {
	command -v strace >/dev/null || skip "strace is not installed"
	[[ $BUILD != *-san ]] || skip "strace and the leak checker cannot both trace"
	for b in $backends; do
		loaded
		refused '-A INPUT -s localhost -j ACCEPT'
		refused '-4 -A INPUT -d friend.example -j ACCEPT'
	done
	text '-A INPUT -s friend.example -j ACCEPT'
	run -1 in_ns strace -f -qq -o "$tmp/trace" -e trace=connect,openat fw-load -b nft -s "$state" "$tmp/text"
	run ! grep -E 'resolv.conf|htons\(53\)|nss/' "$tmp/trace"
}

@test "case T11: accepts a last line without a newline only if it is a whole COMMIT or a comment" {
	for b in $backends; do
		loaded
		text '-A INPUT -p tcp -m tcp --dport 80 -j ACCEPT'
		head -c -1 "$tmp/text" >"$tmp/commit"
		{ cat "$tmp/text"; printf '# Completed'; } >"$tmp/comment"
		head -c -3 "$tmp/text" >"$tmp/cut"
		head -c -10 "$tmp/text" >"$tmp/rule"
		run -1 put "$tmp/cut"
		run -1 put "$tmp/rule"
		same
		put "$tmp/commit"
		in_ns iptables-$b -C INPUT -p tcp -m tcp --dport 80 -j ACCEPT
		put "$tmp/comment"
	done
}

@test "case T47: --no-rehearse undoes what the kernel refuses; the same text again makes no generation" {
	for b in $backends; do
		loaded
		text '-A INPUT -j MASQUERADE'
		run -11 put --no-rehearse "$tmp/text"
		same
		text '-A INPUT -p tcp --dport 80 -j ACCEPT'
		for i in 1 2 3; do put --no-rehearse "$tmp/text"; done
		[[ $(put --status) == *"good 000002"*"previous 000001"* ]]
	done
}
