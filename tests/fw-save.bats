#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-save writes all rules in force as one text for both families.

in_turn=1 # fw-load.bats, -text and -merge cover the differences between backends
load lib/load

setup() { load_setup; }
teardown() { load_teardown; }

@test "loading the output of fw-save changes nothing" {
	for b in $backends; do
		fresh
		put "$gateway"
		in_ns iptables-$b -N lone
		in_ns iptables-$b -A INPUT -j lone
		in_ns ip6tables-$b -P OUTPUT DROP
		in_ns ip6tables-$b -t mangle -A FORWARD -j MARK --set-mark 7
		live >"$tmp/before"
		save --all >"$tmp/saved"
		run -0 put -n "$tmp/saved"
		[[ $output != *"change "* ]]
		save --all | put
		live | diff "$tmp/before" -
		run -0 put -n "$tmp/saved"
		[ -z "$output" ]
	done
}

@test "a saved stream restores both families in an empty namespace" {
	for b in $backends; do
		fresh
		put "$gateway"
		in_ns iptables-$b -N lone
		in_ns iptables-$b -I INPUT 2 -j lone
		in_ns ip6tables-$b -P OUTPUT DROP
		live >"$tmp/before"
		save --all >"$tmp/saved"
		fresh
		put "$tmp/saved"
		diff <(without_empty_tables "$tmp/before") <(live | without_empty_tables)
		fresh
		in_ns iptables-$b-restore "$tmp/saved"
		in_ns ip6tables-$b-restore "$tmp/saved"
		diff <(without_empty_tables "$tmp/before") <(live | without_empty_tables)
	done
}

# without_empty_tables: prints rules, and leaves out empty tables
without_empty_tables() {
	awk '/^\*/ { head = $0; body = ""; full = 0; next }
		/^COMMIT/ { if (full) printf "%s\n%s%s\n", head, body, $0; next }
		{ body = body $0 "\n"; if ($0 !~ /^:[A-Z]+ ACCEPT/) full = 1 }' "$@"
}

@test "writes a rule of both families once, marks the others, and keeps the order" {
	b=nft
	printf '*filter\n-A INPUT -s 192.0.2.1 -j DROP\n-A INPUT -i a -j DROP\n-A INPUT -i b -j DROP\n-A INPUT -i c -j DROP\nCOMMIT\n' | in_ns iptables-nft-restore
	printf '*filter\n-A INPUT -i c -j DROP\n-A INPUT -i a -j DROP\n-A INPUT -s 2001:db8::/32 -j DROP\n-A INPUT -i b -j DROP\nCOMMIT\n' | in_ns ip6tables-nft-restore
	save | grep -- -A >"$tmp/lines"
	diff - "$tmp/lines" <<-END
		-4 -A INPUT -s 192.0.2.1/32 -j DROP
		-6 -A INPUT -i c -j DROP
		-A INPUT -i a -j DROP
		-6 -A INPUT -s 2001:db8::/32 -j DROP
		-A INPUT -i b -j DROP
		-4 -A INPUT -i c -j DROP
	END
}

@test "-c writes the counters, and fw-load --counters restores them" {
	for b in $backends; do
		fresh
		printf '*filter\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n' | put
		packets 3
		save -c >"$tmp/saved"
		grep -q '^\[3:99\] -4 -A INPUT -i lo -j ACCEPT' "$tmp/saved"
		printf '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n' | put --replace
		put --counters "$tmp/saved"
		in_ns iptables-$b-save -c | grep -q '^\[3:99\] -A INPUT -i lo'
	done
}

@test "-6 writes plain text that loads for IPv6 alone" {
	for b in $backends; do
		fresh
		put "$gateway"
		save -6 >"$tmp/v6"
		live >"$tmp/before"
		run ! grep -q '#@' "$tmp/v6"
		run -0 put -n "$tmp/v6"
		[[ $output != *"change "* ]]
		in_ns ip6tables-$b-restore "$tmp/v6"
		live | diff "$tmp/before" -
	done
}

@test "without rules writes a stream that loads" {
	for b in $backends; do
		fresh
		save >"$tmp/saved"
		run -0 put -n "$tmp/saved"
		[[ $output != *"change "* ]]
	done
}

@test "a full disk is status 3 and leaves the old file unchanged" {
	b=nft
	put "$gateway"
	run -3 bash -c "ip netns exec $ns fw-save -b nft -s '$state' >/dev/full"
	mkdir "$tmp/small"
	mount -t tmpfs -o size=8k tmpfs "$tmp/small"
	echo old >"$tmp/small/rules"
	head -c 8192 /dev/zero >"$tmp/small/fill" || true
	run -3 save -o "$tmp/small/rules"
	[ "$(cat "$tmp/small/rules")" = old ]
	[ "$(ls -A "$tmp/small")" = "$(printf 'fill\nrules')" ]
	umount "$tmp/small"
	save -o "$tmp/rules"
	[ "$(stat -c %a "$tmp/rules")" = 600 ]
	save | cmp - "$tmp/rules"
}

@test "does not trust a saver that fails or leaves a table open" {
	b=nft
	put "$gateway"
	mkdir "$tmp/bin"
	printf '#!/bin/sh\n/usr/sbin/ip6tables-nft-save "$@"\nexit 1\n' >"$tmp/bin/ip6tables-nft-save"
	chmod 755 "$tmp/bin/ip6tables-nft-save"
	PATH=$tmp/bin:$PATH run -3 save
	printf '#!/bin/sh\n/usr/sbin/ip6tables-nft-save "$@" | head -n 12\n' >"$tmp/bin/ip6tables-nft-save"
	PATH=$tmp/bin:$PATH run -3 save
	[[ $output == *"without COMMIT"* ]]
	PATH=$tmp/bin:$PATH run -3 put "$gateway"
}

@test "rules of nft's own, which iptables-save would leave out, are status 3 without output" {
	b=nft
	put "$gateway"
	for rule in 'meta hour 12 counter accept' 'ct state { new, established } counter accept'; do
		in_ns nft add rule ip filter INPUT $rule
		run --separate-stderr -3 save
		[ -z "$output" ]
		[[ $stderr == *"made with nft"* ]]
	done
}

@test "saves only the rules of the last load; --all saves the others too" {
	for b in $backends; do
		fresh
		put "$gateway"
		save >"$tmp/clean"
		in_ns "iptables-$b" -N f2b-sshd
		in_ns "iptables-$b" -A f2b-sshd -s 203.0.113.5 -j REJECT
		in_ns "iptables-$b" -I INPUT -j f2b-sshd
		in_ns "ip6tables-$b" -t raw -A PREROUTING -j ACCEPT
		save 2>"$tmp/err" | diff "$tmp/clean" -
		grep -q 'rules and chains in force (3 and 1) that are not part of the last load' "$tmp/err"
		save --all >"$tmp/all" 2>"$tmp/err"
		[ ! -s "$tmp/err" ]
		grep -q '^-4 -A f2b-sshd -s 203.0.113.5/32 -j REJECT' "$tmp/all"
		grep -q '^-6 -A PREROUTING -j ACCEPT' "$tmp/all"
		# A rule of ours that was removed by hand is not saved, since it is not in force.
		in_ns "iptables-$b" -D INPUT -i lo -j ACCEPT
		save -4 2>/dev/null | grep -c -- '-i lo' | grep -qx 0
	done
}

@test "writes the modules, sets and settings that the rules depend on, with the values in force" {
	for b in $backends; do
		fresh
		in_ns ipset create inner hash:net
		in_ns ipset add inner 192.0.2.0/24
		in_ns ipset create outer list:set
		in_ns ipset add outer inner
		in_ns ipset create unused hash:ip
		in_ns "iptables-$b" -A INPUT -m set --match-set outer src -j DROP
		in_ns "iptables-$b" -A INPUT -m comment --comment "no --match-set unused src" -j DROP
		in_ns "iptables-$b" -t raw -A PREROUTING -p tcp --dport 21 -j CT --helper ftp
		in_ns "iptables-$b" -t nat -A POSTROUTING -o eth0 -j MASQUERADE
		save >"$tmp/saved"
		diff - <(grep '^#@' "$tmp/saved" | sed '/^#@ end/d; s/ maxelem.*//; s/ size.*//') <<-END
			#@ stream 1
			#@ module nf_conntrack_ftp
			#@ set-open inner hash:net family inet
			#@ set-open outer list:set
		END
		in_ns sysctl -q net.ipv4.ip_forward=1
		save | grep -qx '#@ sysctl net.ipv4.ip_forward=1'
		# A setting of the last load is saved with its present value.
		{ echo '#@ sysctl net.ipv4.conf.all.log_martians=1'; cat "$gateway"; } >"$tmp/with"
		put --replace "$tmp/with"
		in_ns sysctl -q net.ipv4.conf.all.log_martians=0
		save | grep -qx '#@ sysctl net.ipv4.conf.all.log_martians=0'
		save --all | grep -qx '#@ sysctl net.ipv4.conf.all.log_martians=0'
	done
}

@test "a saved stream restores sets of the last load with their members, and other sets without" {
	b=nft
	in_ns ipset create theirs hash:net timeout 600
	in_ns ipset add theirs 203.0.113.0/24
	in_ns iptables-nft -A INPUT -m set --match-set theirs src -j DROP
	{
		echo '#@ set bad hash:net,iface comment'
		echo '#@ member 192.0.2.0/24,eth0 comment "two words"'
		printf '*filter\n:INPUT ACCEPT [0:0]\n-4 -A INPUT -m set --match-set bad src,src -j DROP\nCOMMIT\n'
	} >"$tmp/with"
	put --adopt "$tmp/with"
	in_ns ipset save bad | sed 's/ initval.*//' >"$tmp/sets"
	save --all >"$tmp/saved"
	fresh
	put "$tmp/saved"
	in_ns ipset save bad | sed 's/ initval.*//' | diff "$tmp/sets" -
	in_ns ipset save theirs >"$tmp/theirs"
	grep -q '^create theirs hash:net .*timeout 600' "$tmp/theirs"
	run ! grep '^add' "$tmp/theirs" # at the start of a line: the random initval may hold "add" as well
	in_ns iptables-nft -C INPUT -m set --match-set bad src,src -j DROP
}

@test "a rule whose set has a blank in its name is status 3 without output, as iptables-save does not quote the name" {
	for b in $backends; do
		fresh
		in_ns ipset create 'with blank' hash:ip
		in_ns ipset create with hash:ip,port
		in_ns iptables-$b -A INPUT -m set ! --match-set with src,dst -j DROP
		run -0 save --all
		in_ns iptables-$b -A INPUT -m set --match-set 'with blank' src -j DROP
		run -3 save --all
		[[ $output == *"the name of a set contains a blank"*"-A INPUT -m set --match-set with blank src -j DROP"* ]]
		[[ $output != *"*filter"* ]]
	done
}

@test "warns about permanent members that are not saved" {
	b=nft
	in_ns ipset create static hash:ip
	in_ns ipset add static 192.0.2.1
	in_ns ipset create lapsing hash:ip timeout 600
	in_ns ipset add lapsing 192.0.2.1
	in_ns iptables-nft -A INPUT -m set --match-set static src -j DROP
	in_ns iptables-nft -A INPUT -m set --match-set lapsing src -j DROP
	run -0 --separate-stderr save
	[[ $stderr == *"set static is saved without its members"* && $stderr != *lapsing* ]]
}

@test "-o keeps a file's owner, mode, access control list and label; a new file is readable by its owner alone" {
	b=nft
	put "$gateway"
	tmp=$(mktemp -d /run/attributes.XXXXXX) # a tmpfs, which has access control lists and labels
	save -o "$tmp/new"
	[ "$(stat -c %a "$tmp/new")" = 600 ]
	echo old >"$tmp/old"
	chown 1:2 "$tmp/old"
	chmod 640 "$tmp/old"
	python3 - "$tmp/old" <<-'END' || skip "no access control lists or no labels on this file system"
		import os, struct, sys
		entry = lambda tag, perm, who=0xffffffff: struct.pack("<HHI", tag, perm, who)
		acl = struct.pack("<I", 2) + entry(1, 6) + entry(2, 4, 1234) + entry(4, 4) + entry(16, 4) + entry(32, 0)
		os.setxattr(sys.argv[1], "system.posix_acl_access", acl)
		os.setxattr(sys.argv[1], "security.selinux", b"system_u:object_r:etc_t:s0\0")
	END
	attributes() {
		python3 -c '
import os, sys
for name in ("system.posix_acl_access", "security.selinux"): print(os.getxattr(sys.argv[1], name))' "$1"
		stat -c '%u:%g %a' "$1"
	}
	attributes "$tmp/old" >"$tmp/before"
	save -o "$tmp/old"
	attributes "$tmp/old" | diff "$tmp/before" -
	save | cmp - "$tmp/old"
}

@test "legacy: waits for the lock of iptables, but not for ever" {
	b=legacy
	put "$gateway"
	hold "$XTABLES_LOCKFILE"
	run -3 save -w 1
	[[ $output == *"lock of iptables is held"* ]]
	ip netns exec "$ns" fw-save -b legacy -s "$state" -w 600 >"$tmp/saved" 3>&- &
	saving=$!
	# Release the lock once fw-save has the lock file open, and so waits.
	wait_for has_open $saving "$XTABLES_LOCKFILE"
	[ ! -s "$tmp/saved" ]
	let_go
	wait $saving
	grep -q -- '-A INPUT' "$tmp/saved"
}

@test "does not save rules of the other backend, and says so" {
	b=nft
	put "$gateway"
	in_ns iptables-legacy -A INPUT -j ACCEPT
	run -0 save
	[[ $output == *"rules of iptables-legacy-restore are also in force"* ]]
	run -2 save operand
	run -2 save -b other
	run -0 fw-save --help
	run -3 bash -c 'fw-save --help >/dev/full'
}

@test "-o writes through symbolic links, to devices, FIFOs and descriptors, but follows no foreign link in a sticky folder" {
	b=nft
	put "$gateway"
	mkdir "$tmp/there"
	echo old >"$tmp/there/real"
	chmod 640 "$tmp/there/real"
	ln -s there/real "$tmp/link"
	ln -s link "$tmp/second"
	ln -s "$tmp/there/new" "$tmp/dangling"
	for name in link second dangling; do
		save -q -o "$tmp/$name"
		[ -L "$tmp/$name" ]
		grep -q COMMIT "$tmp/$name"
		echo old >"$tmp/$name"
	done
	[ "$(stat -c %a "$tmp/there/real")" = 640 ]
	[ "$(stat -c %a "$tmp/there/new")" = 600 ]
	save -q -o /dev/null
	[ -c /dev/null ]
	for name in /dev/stdout /dev/fd/1 /proc/self/fd/1; do
		{ echo first; save -q -o $name; } >"$tmp/out"
		[ "$(head -n 1 "$tmp/out")" = first ]
		grep -q COMMIT "$tmp/out"
		save -q -o $name | grep -q COMMIT
	done
	# A file named through /proc is replaced; a descriptor is written at its present offset.
	seq 5000 >"$tmp/long"
	(cd "$tmp" && save -q -o /proc/self/cwd/long)
	[ "$(tail -n 1 "$tmp/long" | cut -c1-7)" = '#@ end ' ]
	echo first >"$tmp/appended"
	save -q -o /dev/fd/4 4>>"$tmp/appended"
	[ "$(head -n 1 "$tmp/appended")" = first ]
	mkfifo "$tmp/fifo"
	cat "$tmp/fifo" >"$tmp/read" &
	save -q -o "$tmp/fifo"
	wait $!
	grep -q COMMIT "$tmp/read"
	[ -p "$tmp/fifo" ]
	ln -s circle "$tmp/circle"
	run -3 save -q -o "$tmp/circle"
	run -3 save -q -o "$tmp/there"
	# A link that another user put into a folder like /tmp is not followed.
	mkdir -m 1777 "$tmp/all"
	ln -s "$tmp/there/real" "$tmp/all/link"
	chown -h 65534 "$tmp/all/link"
	run -3 save -q -o "$tmp/all/link"
	grep -qx old "$tmp/there/real"
}

@test "-o removes temporary files of killed runs, and keeps those of running ones" {
	b=nft
	put "$gateway"
	mkdir "$tmp/o"
	: >"$tmp/o/.x.0123456789abcdef.tmp"
	: >"$tmp/o/.x.fedcba9876543210.tmp"
	: >"$tmp/o/.x.note.tmp"
	: >"$tmp/o/.y.0123456789abcdef.tmp"
	hold "$tmp/o/.x.fedcba9876543210.tmp"
	save -q -o "$tmp/o/x"
	let_go
	[ "$(ls -A "$tmp/o" | sort | tr '\n' ' ')" = '.x.fedcba9876543210.tmp .x.note.tmp .y.0123456789abcdef.tmp x ' ]
	# A run that is killed after it has made its temporary file.
	run in_ns strace -f -qq -o "$tmp/trace" -e trace=fsync -e inject=fsync:signal=KILL:when=1 fw-save -q -b nft -s "$state" -o "$tmp/o/z"
	[ "$(ls -A "$tmp/o" | grep -c '^\.z\.')" = 1 ]
	save -q -o "$tmp/o/z"
	[ "$(ls -A "$tmp/o" | grep -c '^\.z\.')" = 0 ]
}

@test "several runs that write the same file at once all succeed, leave it whole, and leave no temporary file" {
	b=nft
	put "$gateway"
	mkdir "$tmp/o"
	for n in 1 2 3; do
		(for i in $(seq 25); do save -q -o "$tmp/o/x" || exit 1; done) 3>&- &
		pids[n]=$!
	done
	for n in 1 2 3; do wait "${pids[n]}"; done
	fw-lint -q --checks=stream,syntax "$tmp/o/x" # the checksum of a stream shows any mixture
	grep -q '^#@ end ' "$tmp/o/x"
	[ "$(ls -A "$tmp/o")" = x ]
}

@test "--from refuses a file in which iptables-save says that it left a table out" {
	mkdir -p "$tmp/r/etc/iptables"
	printf '*filter\n:INPUT DROP [0:0]\nCOMMIT\n' >"$tmp/r/etc/iptables/rules.v4"
	for line in "# Table \`nat' is incompatible, use 'nft' tool." "# Table \`filter' contains incompatible base-chains, use 'nft' tool to list them."; do
		printf '%s\n' "$line" >"$tmp/r/etc/iptables/rules.v6"
		run -3 --separate-stderr fw-save --from debian --root "$tmp/r"
		[ -z "$output" ]
		[[ $stderr == *"rules.v6 is incomplete"*"use 'nft' tool"* ]]
	done
}

@test "--check ignores a setting that a container cannot change" {
	b=nft
	{ echo '#@ sysctl net.netfilter.nf_conntrack_buckets=77777'; cat "$gateway"; } >"$tmp/with"
	in_ns test ! -w /proc/sys/net/netfilter/nf_conntrack_buckets || skip "the setting can be set here"
	put "$tmp/with"
	save -q --check
}
