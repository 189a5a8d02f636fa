#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-save: generations, differences from the last load, and the files of distributions.

in_turn=1 # the state is the same for both backends
load lib/load

setup() { load_setup; }
teardown() { load_teardown; }

# check: fw-save --check with a root in which fw-load is enabled, so that it reports only differences
check() { save --check --root "$tmp/root" "$@"; }

enable_unit() {
	mkdir -p "$tmp/root/etc/systemd/system/sysinit.target.wants"
	ln -sf /usr/lib/systemd/system/fw-load.service "$tmp/root/etc/systemd/system/sysinit.target.wants/"
}

# store N [PART]: the path of a generation; PART is .v4 or .v6 in format 1
store() { printf '%s/generations/%06u%s.gz' "$state" "$1" "${2-}"; }

# Table by table, because legacy tables are listed in the order of their first use.
tables() {
	local table
	for table in filter nat; do
		in_ns "iptables-$b-save" -t $table | sed '/^#/d; s/\[[0-9]*:[0-9]*\]/[]/'
		in_ns "ip6tables-$b-save" -t $table | sed '/^#/d; s/\[[0-9]*:[0-9]*\]/[]/'
	done
}

two_loads() {
	put "$gateway"
	sed '/--dport 443/d' "$gateway" | put
}

@test "--list, --show and --diff report what was loaded" {
	for b in $backends; do
		fresh
		two_loads
		run --separate-stderr -0 save --list
		[ "${#lines[@]}" -eq 3 ]
		[[ ${lines[1]} == *" 1  "*root*" 8 "*gateway.rules*"(previous)" ]]
		[[ ${lines[2]} == *" 2  "*root*" 7 "*"<stdin>  (good)" ]]
		run -0 save --verify
		[ -z "$output" ]
		save --show previous >"$tmp/first"
		diff <(grep -v '^#' "$gateway") <(grep -v '^#' "$tmp/first")
		fw-lint -q "$tmp/first" >/dev/null
		run -1 save --diff 1 good
		[[ $output == *$'chain INPUT:\n- gateway.conf:'*'--dport 443'* ]]
		run -0 save --diff 2 running
		[ -z "$output" ]
		run -1 save --show 7
		run -1 save --diff 1 seven
		run -2 save --show
		run -2 save --diff 1
		run -2 save --list --verify
		run -2 save --keep 0
	done
}

@test "--keep keeps the newest generations, and always the good and the previous one" {
	b=nft
	for n in 1 2 3 4; do
		printf '*filter\n-A INPUT -p tcp --dport %d -j ACCEPT\nCOMMIT\n' "$n" | put
	done
	save --keep 3
	[ "$(save --list | awk 'NR > 1 { print $1 }' | xargs)" = "2 3 4" ]
	save --keep 1
	[ "$(save --list | awk 'NR > 1 { print $1 }' | xargs)" = "3 4" ]
}

# ten_thousand N: prints 10,000 rules for IPv4, IPv6 or both, of which a few depend on N
ten_thousand() {
	awk -v seed="$1" 'BEGIN {
		print "*filter\n:INPUT DROP [0:0]"
		for (n = 0; n < 10020; n++) {
			if (n % 501 == seed)
				continue
			port = n % 501 == seed + 100 ? 60000 + seed : 1024 + n * 7 % 30011
			if (n % 5 < 3)
				printf "-4 -A INPUT -s 10.%d.%d.%d/32 -p tcp -m tcp --dport %d -j ACCEPT\n", n / 65536, n / 256 % 256, n % 256, port
			else if (n % 5 == 3)
				printf "-6 -A INPUT -s 2001:db8::%x/128 -p tcp -m tcp --dport %d -j ACCEPT\n", n, port
			else
				printf "-A INPUT -p udp -m udp --dport %d -m comment --comment \"service %d\" -j ACCEPT\n", port, n
		}
		print "COMMIT"
	}'
}

# The manual says 1.2 MB for 20 generations; this is a quarter of that.
@test "5 different generations of 10,000 rules each take less than 300 kB" {
	local bytes
	[[ $BUILD != *-san ]] || skip "tests the size of files, which sanitizers do not change"
	b=nft
	[ "$(ten_thousand 1 | grep -c -- -A)" -eq 10000 ]
	for n in $(seq 5); do ten_thousand "$n" | put --no-rehearse; done
	[ "$(save --list | awk 'NR > 1 && $4 + $5 > 11000' | wc -l)" -eq 5 ]
	[ "$(for n in $(seq 5); do save --show "$n" | sha256sum; done | sort -u | wc -l)" -eq 5 ]
	bytes=$(find "$state/generations" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
	echo "$bytes bytes"
	[ "$bytes" -lt 300000 ]
	run -0 save --verify
}

@test "case 42: --check reports a rule added by hand with status 1, and no difference with status 0" {
	for b in $backends; do
		fresh
		enable_unit
		put "$gateway"
		run -0 check
		[ -z "$output" ]
		in_ns "iptables-$b" -A INPUT -s 203.0.113.77 -j ACCEPT
		run --separate-stderr -1 check
		diff - <(echo "$output") <<-END
			IPv4, table filter, chain INPUT:
			+ -A INPUT -s 203.0.113.77/32 -j ACCEPT
		END
		[[ $stderr == *"1 difference between generation 000001"*"[drift]"* ]]
		# No rule of ours is missing.
		run -0 check --own
		in_ns "iptables-$b" -D INPUT -s 203.0.113.77 -j ACCEPT
		run -0 check
	done
}

@test "case 42: --rollback keeps a rule added by hand, and --rollback --replace removes it" {
	for b in $backends; do
		fresh
		enable_unit
		two_loads
		in_ns "iptables-$b" -A INPUT -s 203.0.113.77 -j ACCEPT
		put --rollback
		in_ns "iptables-$b" -C INPUT -s 203.0.113.77 -j ACCEPT
		in_ns "iptables-$b" -S INPUT | grep -q -- '--dport 443'
		run -1 check
		[[ $output == *"+ -A INPUT -s 203.0.113.77/32 -j ACCEPT"* ]]
		put --rollback --replace
		run ! in_ns "iptables-$b" -C INPUT -s 203.0.113.77 -j ACCEPT
		run -0 check
	done
}

@test "--check reports a missing rule as the user wrote it, with its file and line" {
	for b in $backends; do
		fresh
		enable_unit
		put "$gateway"
		in_ns "ip6tables-$b" -D INPUT -p tcp --dport 443 -m conntrack --ctstate NEW -j ACCEPT
		in_ns "iptables-$b" -P FORWARD ACCEPT
		run --separate-stderr -1 check
		[[ $output == *$'IPv6, table filter, chain INPUT:\n- gateway.conf:'*': '*'--dport 443'* ]]
		[[ $output == *$'chain FORWARD:\n- :FORWARD DROP\n+ :FORWARD ACCEPT'* ]]
		# Without a profile: the file and line of the rules, also for a line with several addresses.
		printf '*filter\n:INPUT ACCEPT [0:0]\n# a comment\n-4 -A INPUT -s 192.0.2.1,192.0.2.2 -j DROP\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n' >"$tmp/my.rules"
		put --replace "$tmp/my.rules"
		in_ns "iptables-$b" -D INPUT -i lo -j ACCEPT
		in_ns "iptables-$b" -D INPUT -s 192.0.2.2 -j DROP
		run --separate-stderr -1 check
		diff - <(echo "$output") <<-END
			IPv4, table filter, chain INPUT:
			- $tmp/my.rules:4: -4 -A INPUT -s 192.0.2.1,192.0.2.2 -j DROP
			- $tmp/my.rules:5: -A INPUT -i lo -j ACCEPT
		END
	done
}

@test "--check --meaning tells which packets a drift concerns, or that the meaning is the same" {
	for b in $backends; do
		fresh
		enable_unit
		put "$gateway"
		run -0 check --meaning
		[ -z "$output" ]
		# A rule that no packet reaches any more than before.
		in_ns "iptables-$b" -A FORWARD -m comment --comment last -j DROP
		run --separate-stderr -1 check --meaning
		[[ $output == *"+ -A FORWARD -m comment --comment last -j DROP"*"IPv4: same meaning"*"IPv6: same meaning"* ]]
		[[ $stderr == *"1 difference between generation 000001"* ]]
		in_ns "iptables-$b" -D FORWARD -m comment --comment last -j DROP
		in_ns "iptables-$b" -I INPUT -s 203.0.113.77 -p tcp --dport 5432 -j ACCEPT
		run --separate-stderr -1 check --meaning -4
		[[ $output == *"IPv4, filter INPUT:"*"  + rule in force: -A INPUT -s 203.0.113.77/32 -p tcp -m tcp --dport 5432 -j ACCEPT"* ]]
		[[ $output == *"  newly accepted: tcp to this host, port 5432, from 203.0.113.77"*"now accepted by rule in force: "*"such as: "* ]]
		[[ $output != *" line "* && $output != *IPv6* ]]
		run -0 check --meaning --own
		# Chains that are left out of the drift are left out of its meaning.
		in_ns "iptables-$b" -N f2b-sshd
		in_ns "iptables-$b" -A f2b-sshd -s 203.0.113.9 -j DROP
		in_ns "iptables-$b" -I INPUT -j f2b-sshd
		run -1 check --meaning --ignore 'f2b-*'
		[[ $output != *203.0.113.9* ]]
		in_ns "iptables-$b" -D INPUT -s 203.0.113.77 -p tcp --dport 5432 -j ACCEPT
		run -0 check --meaning --ignore 'f2b-*'
	done
	run -2 save --list --meaning
}

@test "--check reports settings, skips kept and ignored chains, and --syslog writes to syslog" {
	b=nft
	enable_unit
	{
		echo '#@ sysctl net.ipv4.conf.all.log_martians=1'
		echo '#@ keep DOCKER*'
		cat "$gateway"
	} | put
	in_ns iptables-nft -N DOCKER-USER
	in_ns iptables-nft -I FORWARD -j DOCKER-USER
	in_ns iptables-nft -A DOCKER-USER -j RETURN
	run -0 check
	in_ns iptables-nft -N f2b-sshd
	in_ns iptables-nft -I INPUT -j f2b-sshd
	run -1 check
	run -0 check --ignore 'f2b-*'
	in_ns sysctl -q net.ipv4.conf.all.log_martians=0
	run --separate-stderr -1 check --ignore 'f2b-*'
	[ "${lines[1]}" = "- net.ipv4.conf.all.log_martians=1" ]
	[ "${lines[2]}" = "+ net.ipv4.conf.all.log_martians=0" ]
	# syslog(3) writes to /dev/log, here a socket of the test in a mount namespace of its own.
	cat >"$tmp/listen" <<-'END'
		import os, socket, subprocess, sys
		log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		log.bind("/dev/log")
		log.settimeout(120)
		subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
		print(log.recv(4096).decode())
	END
	run -0 in_ns unshare -m sh -c "mount -t tmpfs tmpfs /dev && mknod /dev/null c 1 3 && mknod /dev/urandom c 1 9 && exec python3 '$tmp/listen' fw-save -b nft -s '$state' --check --syslog --ignore 'f2b-*' --root '$tmp/root'"
	[[ $output == *"fw-save["*"setting net.ipv4.conf.all.log_martians:"* ]]
}

@test "--check warns when nothing loads the rules at boot" {
	b=nft
	put "$gateway"
	mkdir -p "$tmp/root"
	run -0 check
	[[ $output == *"nothing loads rules at boot"* ]]
	mkdir -p "$tmp/root/etc/network/if-pre-up.d"
	printf '#!/bin/sh\n# iptables-restore was here once\n' >"$tmp/root/etc/network/if-pre-up.d/firewall"
	run -0 check
	[[ $output == *"nothing loads rules at boot"* ]]
	echo 'iptables-restore </etc/firewall' >>"$tmp/root/etc/network/if-pre-up.d/firewall"
	run -0 check
	[ -z "$output" ]
	rm -r "$tmp/root"
	mkdir -p "$tmp/root/etc/rc2.d"
	touch "$tmp/root/etc/rc2.d/S01netfilter-persistent"
	run -0 check
	[ -z "$output" ]
	rm -r "$tmp/root"
	enable_unit
	run -0 check
	[ -z "$output" ]
}

@test "--check without a generation, or with a damaged one, is status 3" {
	b=nft
	run -3 check
	[[ $output == *"no load is recorded in"* ]]
	put "$gateway"
	echo garbage >"$(store 1)"
	run -3 check
	[[ $output == *"000001.gz: truncated or altered"* ]]
}

# damage HOW FILE: damages or replaces a file of the state
damage() {
	case $1 in
	cut) truncate -s -9 "$2" ;;
	longer) echo >>"$2" ;;
	garbage) head -c 300 /dev/urandom >"$2" ;;
	repacked) zcat "$2" | gzip >"$2.other" && mv "$2.other" "$2" ;;
	flip) zcat "$2" | sed 's/-i lo/-i lx/; s/^=\(.*\)+/=\1+1/' | gzip >"$2.other" && mv "$2.other" "$2" ;;
	missing) rm "$2" ;;
	unsealed) zcat "$2" | sed '$d' | gzip >"$2.other" && mv "$2.other" "$2" ;;
	others) chmod 666 "$2" ;;
	link) mv "$2" "$2.real" && ln -s "$2.real" "$2" ;;
	fifo) rm "$2" && mkfifo "$2" ;;
	folder) rm "$2" && mkdir "$2" ;;
	esac
}

# damaged HOW FILE: fw-save names FILE of generation 2 as damaged and neither shows nor uses it; generation 1 is intact
damaged() {
	run --separate-stderr -1 save --verify
	[[ $stderr == *"generation 2 is damaged: $2: "*"(good)"* ]] || { echo "$1 $2: $stderr"; return 1; }
	[[ $stderr != *"generation 1 "* ]]
	run -1 save --list
	run --separate-stderr -1 save --show 2
	[ -z "$output" ]
	run --separate-stderr -3 save
	[ -z "$output" ]
	run -0 save --all
	run -0 save --show 1
}

@test "case 29: names a damaged generation, and neither shows it nor compares with it" {
	local how
	b=nft
	two_loads
	cp -a "$state" "$tmp/whole"
	for how in cut longer garbage repacked flip unsealed others link fifo folder; do
		rm -rf "$state"
		cp -a "$tmp/whole" "$state"
		damage $how "$(store 2)"
		damaged $how 000002.gz
	done
	rm -rf "$state"
	cp -a "$tmp/whole" "$state"
	rm "$(store 2)"
	run -1 save --verify
	[[ $output == *"000002 is the good one, but it is missing"* ]]
	run --separate-stderr -3 save
	[ -z "$output" ]
}

@test "case 29: names each damaged part of a generation of format 1" {
	local how part
	b=nft
	two_loads
	old_format
	cp -a "$state" "$tmp/whole"
	for how in cut garbage flip missing unsealed others fifo; do
		for part in "" .v4 .v6; do
			case $how$part in *.v6 | missing* | cut* | flip) ;; *) continue ;; esac
			rm -rf "$state"
			cp -a "$tmp/whole" "$state"
			damage $how "$(store 2 "$part")"
			damaged $how "000002$part.gz"
		done
	done
}

@test "lists, shows, compares and prunes generations of format 1 like those of format 2" {
	b=nft
	enable_unit
	two_loads
	sed 's/--dport 443/--dport 8443/' "$gateway" | put
	run -0 save --list
	list=$output
	for n in 1 2 3; do save --show $n | grep -v '^#' >"$tmp/$n"; done
	old_format
	run -0 save --verify
	[ -z "$output" ]
	run -0 save --list
	diff <(awk '{ print $1, $2, $3, $4, $5, $7, $8 }' <<<"$list") <(awk '{ print $1, $2, $3, $4, $5, $7, $8 }' <<<"$output")
	for n in 1 2 3; do diff "$tmp/$n" <(save --show $n | grep -v '^#'); done
	run -1 save --diff 1 good
	[[ $output == *$'chain INPUT:\n- gateway.conf:'*'--dport 443'* ]]
	run -0 check
	in_ns iptables-nft -D INPUT -p tcp --dport 8443 -m conntrack --ctstate NEW -j ACCEPT
	run -1 check
	[[ $output == *"--dport 8443"* ]]
	save --keep 1
	[ "$(save --list | awk 'NR > 1 { print $1 }' | xargs)" = "2 3" ]
	[ "$(ls "$state/generations" | xargs)" = "000002.gz 000002.v4.gz 000002.v6.gz 000003.gz 000003.v4.gz 000003.v6.gz" ]
}

@test "--layout debian and rhel write files that iptables-restore and --from read" {
	for b in $backends; do
		for layout in debian rhel; do
			fresh
			rm -rf "$tmp/root"
			mkdir -p "$tmp/root/etc/iptables" "$tmp/root/etc/sysconfig"
			put "$gateway"
			tables >"$tmp/before"
			save --layout $layout --root "$tmp/root"
			case $layout in
			debian) v4=$tmp/root/etc/iptables/rules.v4 v6=$tmp/root/etc/iptables/rules.v6 ;;
			rhel) v4=$tmp/root/etc/sysconfig/iptables v6=$tmp/root/etc/sysconfig/ip6tables ;;
			esac
			[ "$(stat -c %a "$v4" "$v6" | xargs)" = "600 600" ]
			fresh
			in_ns "iptables-$b-restore" <"$v4"
			in_ns "ip6tables-$b-restore" <"$v6"
			tables | diff "$tmp/before" -
			fresh
			save --from $layout --root "$tmp/root" | put
			tables | diff "$tmp/before" -
		done
		rm "$v6"
		run -0 --separate-stderr save --from rhel --root "$tmp/root"
		[[ $stderr == *"no IPv6 rules"* ]]
		rm "$v4"
		run -3 save --from rhel --root "$tmp/root"
		run -3 save --layout debian --root "$tmp/nowhere"
		run -2 save --layout suse
		run -2 save --layout debian -o x
	done
}

@test "--layout warns about sets that its files cannot hold" {
	b=nft
	mkdir -p "$tmp/root/etc/iptables"
	in_ns ipset create bad hash:ip
	in_ns iptables-nft -A INPUT -m set --match-set bad src -j DROP
	run -0 save --layout debian --root "$tmp/root"
	[[ $output == *"cannot contain the modules, settings and sets"*"#@ set-open bad"* ]]
}

@test "a generation of format 1 without the file of a family is damaged" {
	b=nft
	two_loads
	old_format
	rm "$(store 2 .v6)"
	run -1 save --verify
	[[ $output == *"generation 2 is damaged: 000002.v6.gz"* ]]
	run -3 save
}

@test "--verify fails without generations, and when the good one is missing" {
	b=nft
	run -1 save --verify
	[[ $output == *"there is no generation in"* ]]
	two_loads
	rm "$state"/generations/*
	run -1 save --verify
	[[ $output == *"000002 is the good one, but it is missing"* ]]
}

@test "patterns apply to chains, not to verdicts, and a kept pattern is written once" {
	b=nft
	put <<-'END'
		#@ keep D*
		*filter
		:INPUT DROP [0:0]
		-A INPUT -p tcp --dport 22 -j ACCEPT
		-4 -A INPUT -s 192.0.2.9 -j DROP
		COMMIT
	END
	[ "$(save | grep -c '^#@ keep')" -eq 1 ]
	in_ns iptables-nft -D INPUT -s 192.0.2.9/32 -j DROP
	run -1 check
	run -1 check --ignore 'D*'
}

@test "names of zones stay in the generation, the saved text and the difference, and change nothing else" {
	for b in $backends; do
		fresh
		{ printf '%s\n' '#@ zone wan eth0 ppp+' '#@ zone lan eth1'; cat "$gateway"; } >"$tmp/named"
		put "$tmp/named"
		tables >"$tmp/before"
		save --show good | grep '^#@ zone' | diff - <(printf '%s\n' '#@ zone wan eth0 ppp+' '#@ zone lan eth1')
		save | grep '^#@ zone' | diff - <(printf '%s\n' '#@ zone wan eth0 ppp+' '#@ zone lan eth1')
		check
		# Nothing to load, and then only another name.
		put "$tmp/named"
		[ "$(save --list | wc -l)" = 2 ]
		sed 's/^#@ zone wan/#@ zone outside/' "$tmp/named" | put
		[ "$(save --list | wc -l)" = 3 ]
		tables | diff "$tmp/before" -
		run -1 save --diff 1 2
		[[ $output == *'- zone wan eth0 ppp+'*'+ zone outside eth0 ppp+'* ]]
		# What was saved can be loaded.
		save >"$tmp/saved"
		fresh
		put "$tmp/saved"
		save --show good | grep -qx '#@ zone outside eth0 ppp+'
		# A file of a distribution has no place for names, and needs none.
		mkdir -p "$tmp/root/etc/iptables"
		save --layout debian --root "$tmp/root" 2>"$tmp/said" || { cat "$tmp/said" && return 1; }
		run ! grep zone "$tmp/said"
	done
}

@test "saves a load that waits for its confirmation, with a warning" {
	b=nft
	put "$gateway"
	sed 's/--dport 443/--dport 8443/' "$gateway" >"$tmp/b.rules"
	in_ns fw-load -q -b $b -s "$state" --confirm 3600 "$tmp/b.rules" </dev/null >/dev/null 2>&1 3>&- &
	waits() { in_ns iptables-nft-save | grep -q -- '--dport 8443' && put --status | grep -q pending; }
	wait_for waits
	run --separate-stderr -0 save
	[[ $output == *"--dport 8443"* && $stderr == *"waits for its confirmation"* ]]
	in_ns fw-load -q -b $b -s "$state" --confirm-now
	wait
}
