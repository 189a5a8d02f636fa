#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors

bats_require_minimum_version 1.5.0
load lib/needs
load lib/net
load lib/gen

setup() {
	cd "$BATS_TEST_DIRNAME" || return
	PATH=$BUILD:$PATH
	tmp=$BATS_TEST_TMPDIR
	data=$BATS_TEST_DIRNAME/data/fw-gen
	man=$BATS_TEST_DIRNAME/../man/fw-profile.5
	rulesets=$BATS_TEST_DIRNAME/../rulesets
}

# restore_all FILE: all four programs accept it, with --test and without
restore_all() {
	local program
	for program in iptables-nft ip6tables-nft iptables-legacy ip6tables-legacy; do
		"$program-restore" --test "$1"
		"$program-restore" "$1"
		unload_here "$program"
	done
}

unload_here() { # unload_here PROGRAM
	"$1-restore" <<<"$EMPTY_TABLES"
}

# rules 4|6 FILE: the number of rules of that family
rules() {
	fw-gen "-$1" "$2" 2>/dev/null | grep -c '^-A'
}

# manual_blocks MARK FUNCTION: calls the function with each literal block of the manual after the comment MARK
manual_blocks() {
	local line text='' inside=0
	while IFS= read -r line; do
		case $line in
		".\\\" $1") inside=1 ;;
		'.Bd '*) [ $inside = 1 ] && inside=2 text='' ;;
		.Ed)
			[ $inside = 2 ] && "$2" "$text"
			[ $inside = 2 ] && inside=0
			;;
		*) [ $inside = 2 ] && text+=${line//\\e/\\}$'\n' ;;
		esac
	done <"$man"
	return 0
}

@test "samples become exactly their rules" {
	for case in "$data"/*.conf; do
		(cd "$data" && fw-gen "$(basename "$case")" 2>"$tmp/warnings") >"$tmp/rules"
		diff -u "${case%.conf}.rules" "$tmp/rules"
		[ ! -s "$tmp/warnings" ]
	done
}

@test "the samples load with all four restore programs" {
	needs rules
	ipset create scan4 hash:net
	ipset create scan6 hash:net family inet6
	for case in "$data"/*.conf; do
		for program in iptables-nft ip6tables-nft iptables-legacy ip6tables-legacy; do
			"$program-restore" --test "${case%.conf}.rules" || { echo "$program $case" && return 1; }
		done
	done
	restore_all "$data/statements.rules"
}

@test "the policy of the tutorial takes 15 lines, 30 rules of IPv4 and 35 of IPv6" {
	[ "$(grep -cv -e '^#' -e '^$' -e '^expect' "$rulesets/tutorial.conf")" -le 15 ]
	[ "$(rules 4 "$rulesets/tutorial.conf")" -le 30 ]
	[ "$(rules 6 "$rulesets/tutorial.conf")" -le 35 ]
}

@test "each ruleset compiles without a warning and passes fw-lint" {
	[ "$(ls "$rulesets"/*.conf | wc -l)" -ge 11 ]
	for case in "$rulesets"/*.conf; do
		grep -q '^expect ' "$case"
		fw-gen "$case" >"$tmp/rules" 2>"$tmp/warnings"
		[ ! -s "$tmp/warnings" ]
		fw-lint "$tmp/rules" >"$tmp/linted"
		cmp "$tmp/rules" "$tmp/linted"
	done
}

@test "each ruleset loads with all four programs" {
	needs rules
	for case in "$rulesets"/*.conf; do
		fw-gen "$case" >"$tmp/rules" 2>"$tmp/warnings"
		restore_all "$tmp/rules"
	done
}

@test "the rules of one family, by -4 and -6, load" {
	needs rules
	fw-gen -4 "$rulesets/dmz.conf" >"$tmp/v4"
	fw-gen -6 "$rulesets/dmz.conf" >"$tmp/v6"
	iptables-restore --test "$tmp/v4"
	ip6tables-restore --test "$tmp/v6"
}

@test "-4 and -6 write one family without marks, and together all rules" {
	fw-gen -4 "$rulesets/dmz.conf" >"$tmp/v4"
	fw-gen -6 "$rulesets/dmz.conf" >"$tmp/v6"
	run ! grep -qE '^-[46] ' "$tmp/v4" "$tmp/v6"
	fw-gen "$rulesets/dmz.conf" >"$tmp/both"
	diff <(sed -n 's/^-4 //; /^-6/d; /^-A/p' "$tmp/both") <(grep '^-A' "$tmp/v4")
	diff <(sed -n 's/^-6 //; /^-4/d; /^-A/p' "$tmp/both") <(grep '^-A' "$tmp/v6")
}

@test "the stream is sealed and names the line of each rule, also of a file with quotes in its name" {
	printf 'allow ssh\nexpect allow ssh from 192.0.2.1\n' >"$tmp/a \"b\".conf"
	(cd "$tmp" && fw-gen 'a "b".conf' >rules)
	[ "$(head -1 "$tmp/rules")" = '#@ stream 1' ]
	tail -1 "$tmp/rules" | grep -qE '^#@ end lines=[0-9]+ crc32=[0-9a-f]{8}$'
	grep -A1 '#@ line 1 "a \\"b\\".conf"' "$tmp/rules" | grep -q 'dport 22'
	grep -A1 '#@ line 2 "a \\"b\\".conf"' "$tmp/rules" | grep -qx '#@ expect allow tcp 22 from 192.0.2.1'
	fw-lint -q "$tmp/rules"
	fw-gen - <<<'allow ssh' | grep -q '#@ line 1 "<stdin>"'
	fw-gen <<<'allow ssh' | grep -q '#@ line 1 "<stdin>"'
}

@test "every example of the manual compiles" {
	count=0
	example() {
		count=$((count + 1))
		printf 'allow ssh\n%s' "$1" >"$tmp/example.conf"
		fw-gen -c "$tmp/example.conf" 2>"$tmp/said" || { cat "$tmp/said" && return 1; }
	}
	manual_blocks example example
	[ "$count" -ge 25 ]
}

# each_row FUNCTION: with the word of each statement, then of each option
each_row() {
	local word rest
	while read -r word rest; do
		[ "$word" = options ] || "$1" "$word" || { echo "$1 $word" && return 1; }
	done < <(fw-gen --statements)
}

@test "the manual lists the statements and options of the table" {
	manual_blocks statements printf >"$tmp/list"
	diff "$tmp/list" <(fw-gen --statements)
	sed -n '/^\.Sh GRAMMAR/,/^\.Ed/p' "$man" >"$tmp/grammar"
	in_grammar() { grep -q "\"$1\"" "$tmp/grammar"; }
	each_row in_grammar
	in_heading() { grep -qE "^\.It Cm (.* )?$1( .*)?\$" "$man"; }
	each_row in_heading
}

@test "every statement and option has an example in the manual" {
	manual_blocks example printf >"$tmp/examples"
	in_example() { grep -qE "(^| )$1( |$)" "$tmp/examples"; }
	each_row in_example
}

@test "every statement and option has a sample, whose rules would be others without it" {
	rules_of() { (cd "$data" && fw-gen "$1" 2>/dev/null) | grep -vE '^#@ (line|end|stream)'; }
	in_sample() {
		grep -qE "(^| )$1( |$)" "$data/$1.conf" || return
		[ -e "$data/$1.rules" ] || return
		sed "/^$1 /d; s/ $1 .*//" "$data/$1.conf" >"$tmp/without.conf"
		! cmp -s <(rules_of "$1.conf") <(rules_of "$tmp/without.conf")
	}
	each_row in_sample
}

@test "every bad line of the manual causes exactly its message, status 1 and no output" {
	prelude= table= count=0
	take_prelude() { prelude=$1; }
	take_table() { table=$1; }
	manual_blocks prelude take_prelude
	manual_blocks bad take_table
	while IFS= read -r line && IFS= read -r message; do
		count=$((count + 1)) message=${message#$'\t'}
		printf '%s%s\n' "$prelude" "$line" >"$tmp/FILE"
		run -1 --separate-stderr sh -c 'cd "$1" && exec fw-gen FILE' sh "$tmp"
		[ -z "$output" ]
		[ "$(head -1 <<<"$stderr")" = "FILE:4:$message [profile]" ] || { echo "$line: $stderr" && return 1; }
		[ "$(sed -n 2p <<<"$stderr")" = "    $line" ]
		[ "$(grep -c ': error: ' <<<"$stderr")" = 1 ]
	done <<<"${table%$'\n'}"
	[ "$count" -ge 60 ]
}

@test "the stream names the zones, which fw-lint reads, passes on and checks" {
	fw-gen - 2>/dev/null <<<$'allow ssh\nzone wan = eth0, ppp+\nzone lan = eth1 at 10.0.0.0/8\nzone boxes = docker' >"$tmp/rules"
	[ "$(grep '^#@ zone' "$tmp/rules" | paste -sd,)" = '#@ zone wan eth0 ppp+,#@ zone lan eth1,#@ zone boxes docker0 br-+' ]
	fw-lint "$tmp/rules" 2>"$tmp/said" | cmp "$tmp/rules" -
	fw-lint -q "$tmp/rules" 2>&1 | grep -q '0 errors, 0 warnings'
	fw-gen -6 - 2>/dev/null <<<$'allow ssh\nzone wan = eth0' | grep -qx '#@ zone wan eth0'
	said() { # said LINE...: what fw-lint says of these directives
		{ printf '%s\n' "$@"; fw-gen -4 - <<<'allow ssh' | grep -v '^#'; } | fw-lint -q - 2>&1
	}
	said '#@ zone wan' | grep -q '^<stdin>:1:12: error: this directive needs more words'
	said '#@ zone wan eth0' '#@ zone wan interface0123456' | grep -q '^<stdin>:2: error: expected a zone and its interfaces'
	said '#@ zone wan ../eth0' | grep -q '^<stdin>:1: error: expected a zone and its interfaces'
	said '#@ zone wan eth0' '#@ zone wan eth0 eth1' | grep -q '^<stdin>:2: error: this zone is already declared with other interfaces'
	run ! grep zone <(said '#@ zone wan eth0' '#@ zone  wan	eth0' '#@ zone wan2 eth0')
}

@test "the caret underlines the word" {
	run -1 --separate-stderr fw-gen - <<<'allow shh limit 4/60s'
	[ "$stderr" = '<stdin>:1:7: error: unknown service "shh"; did you mean "ssh"? [profile]
    allow shh limit 4/60s
          ^~~' ]
}

@test "prints the first twenty errors in the order of the lines, and the number of the others" {
	for i in $(seq 1 3 90); do printf 'alow x\nallow nothing-of-that-name\nzone a%s\n' "$i"; done >"$tmp/p"
	run -1 --separate-stderr fw-gen "$tmp/p"
	[ -z "$output" ]
	[ "$(grep -c '\[profile\]' <<<"$stderr")" = 21 ]
	grep -q '70 more errors are not shown' <<<"$stderr"
	grep -oE "^$tmp/p:[0-9]+" <<<"$stderr" | cut -d: -f2 | sort -nc
}

@test "writes the rules in spite of warnings" {
	cases=(
		'allow ssh|allow ssh from 192.0.2.1|2:1: warning: unreachable: <stdin>:1 decides about every packet that this line matches'
		'allow ssh|allow|2:1: warning: this line allows everything from everywhere: add a service or "from"'
		'allow ssh|allow http until 2001-01-01|2:18: warning: this date has passed: the line has no effect'
		'zone a = eth0 at 10.0.0.0/8|allow ssh from a|2:16: warning: zone "a" has networks of IPv4 only, so it matches nothing in IPv6: add "only ipv4" if you mean that'
		'allow ssh|allow ftp|2:7: warning: ftp opens more connections: add a line "helper ftp from ..."'
		'allow ssh|allow http from self by user no-such-user|2:30: warning: no user "no-such-user" in /etc/passwd here: it must exist where the rules are loaded'
		'allow ssh|hosts none in file "/dev/null"|2:20: warning: no address in "/dev/null": "none" never matches'
	)
	for case in "${cases[@]}"; do
		IFS='|' read -r first second message <<<"$case"
		run -0 --separate-stderr fw-gen - <<<"$first"$'\n'"$second"
		[ "$(head -1 <<<"$stderr")" = "<stdin>:$message [profile-warning]" ] || { echo "$stderr" && return 1; }
		grep -q COMMIT <<<"$output"
	done
	run -0 --separate-stderr fw-gen - <<<'allow http'
	[ "$stderr" = '<stdin>: warning: no line allows SSH: anyone who manages this host remotely is locked out [profile-warning]' ]
	run -0 --separate-stderr fw-gen -c - <<<'allow ssh'
	[ -z "$stderr$output" ]
}

@test "include finds files beside the including one, and rejects circles, depth and missing files" {
	mkdir -p "$tmp/d/e"
	echo 'include "d/one.conf"' >"$tmp/p.conf"
	printf 'allow ssh\ninclude "e/two.conf"\n' >"$tmp/d/one.conf"
	printf 'allow shh\n' >"$tmp/d/e/two.conf"
	run -1 --separate-stderr sh -c 'cd "$1" && fw-gen p.conf' sh "$tmp"
	[[ $stderr == 'd/e/two.conf:1:7: error: unknown service "shh"'* ]]
	printf 'hosts h in file "list"\nallow http from h\n' >"$tmp/d/e/two.conf"
	echo 192.0.2.1 >"$tmp/d/e/list"
	fw-gen "$tmp/p.conf" | grep -q -- '-s 192.0.2.1 -p tcp -m tcp --dport 80'
	echo 'include "../../p.conf"' >"$tmp/d/e/two.conf"
	run -1 --separate-stderr sh -c 'cd "$1" && fw-gen p.conf' sh "$tmp"
	[[ $stderr == *'error: '* ]]
	echo 'include "self.conf"' >"$tmp/self.conf"
	run -1 --separate-stderr sh -c 'cd "$1" && fw-gen self.conf' sh "$tmp"
	[[ $stderr == 'self.conf:1:9: error: self.conf includes itself'* ]]
	for i in $(seq 20); do echo "include \"n$((i + 1))\"" >"$tmp/n$i"; done
	run -1 --separate-stderr sh -c 'cd "$1" && fw-gen n1' sh "$tmp"
	[[ $stderr == 'n17:1:9: error: profiles are included more than 16 deep'* ]]
	run -1 --separate-stderr sh -c 'cd "$1" && echo "include \"gone\"" | fw-gen' sh "$tmp"
	[[ $stderr == '<stdin>:1:9: error: cannot read "gone": No such file or directory'* ]]
}

@test "include of a directory reads its profiles in order, and leaves out what is no profile" {
	mkdir -p "$tmp/conf.d/more" "$tmp/empty.d"
	printf 'include "conf.d/"\ninclude "empty.d/"\n' >"$tmp/p.conf"
	echo 'deny http' >"$tmp/conf.d/9.conf"
	echo 'allow ssh' >"$tmp/conf.d/10-Z.conf"
	echo 'allow dns limit 5/m' >"$tmp/conf.d/10-a.conf"
	printf 'include "more/"\n' >"$tmp/conf.d/a.conf"
	echo 'deny imap' >"$tmp/conf.d/more/one.conf"
	for name in .hidden.conf README a.conf~ b.conf.bak conf; do echo 'no profile' >"$tmp/conf.d/$name"; done
	compiled() { (cd "$tmp" && fw-gen p.conf 2>warnings); }
	compiled >"$tmp/rules"
	[ ! -s "$tmp/warnings" ]
	[ "$(sed -n 's/^#@ line [0-9]* "\(.*[.]d.*\)"/\1/p' "$tmp/rules" | paste -sd' ')" = 'conf.d/10-Z.conf conf.d/10-a.conf conf.d/9.conf conf.d/more/one.conf' ]
	# Another file does not change the names of the rest.
	names() { compiled | grep -oE 'fw-10-a[^ ]*' | sort -u; }
	names >"$tmp/before"
	[ -s "$tmp/before" ]
	echo 'allow pop3 limit 5/m' >"$tmp/conf.d/0.conf"
	names | diff "$tmp/before" -
	ln -s 9.conf "$tmp/conf.d/b.conf"
	mkfifo "$tmp/conf.d/c.conf"
	mkdir "$tmp/conf.d/d.conf"
	compiled >"$tmp/rules"
	[ "$(grep -c '^p.conf:1:9: warning: conf.d/[bcd].conf is not a regular file: it is left out' "$tmp/warnings")" = 3 ]
	echo 'alow http' >"$tmp/conf.d/10-a.conf"
	run -1 --separate-stderr compiled
	grep -q '^conf.d/10-a.conf:1:1: error: unknown statement "alow"' "$tmp/warnings"
	echo 'include "./"' >"$tmp/conf.d/10-a.conf"
	run -1 --separate-stderr timeout 20 sh -c 'cd "$1" && fw-gen p.conf' sh "$tmp"
	run -1 --separate-stderr fw-gen -c - <<<"include \"$tmp/conf.d\""
	[[ $stderr == *"error: \"$tmp/conf.d\" is a directory: write \"$tmp/conf.d/\" to include its profiles"* ]]
	run -1 --separate-stderr fw-gen -c - <<<"include \"$tmp/p.conf/\""
	[[ $stderr == *'Not a directory'* ]]
}

@test "a hosts file becomes the fewest networks, a tree above 32 and ipsets above 256" {
	printf '10.0.0.0/25 10.0.0.128/25, 10.0.0.7\n# comment\n10.0.1.0/24;x\n2001:db8::/33\n2001:db8:8000::/33\n' >"$tmp/list"
	printf 'allow ssh\nhosts h in file "%s/list"\ndeny from h\n' "$tmp" >"$tmp/p"
	fw-gen "$tmp/p" >"$tmp/rules"
	[ "$(grep -c 'j DROP' <<<"$(grep -- '-s 10' "$tmp/rules")")" = 1 ]
	grep -qx -- '-4 -A INPUT -s 10.0.0.0/23 -j DROP' "$tmp/rules"
	grep -qx -- '-6 -A INPUT -s 2001:db8::/32 -j DROP' "$tmp/rules"
	echo '10.0.0.x' >>"$tmp/list"
	run -1 --separate-stderr fw-gen "$tmp/p"
	[[ $stderr == "$tmp/list:6:1: error: expected an address, not \"10.0.0.x\""* ]]
	for i in $(seq 0 99); do echo "10.$((i / 100)).$((i % 100 * 2)).0/24"; done >"$tmp/list"
	fw-gen "$tmp/p" >"$tmp/rules"
	[ "$(grep -c -- '-A INPUT.*fw-3' "$tmp/rules")" = 1 ]
	[ "$(grep -c -- '-s 10.*-j DROP' "$tmp/rules")" = 100 ]
	for i in $(seq 0 299); do echo "10.$((i / 100)).$((i % 100 * 2)).0/24"; done >"$tmp/list"
	fw-gen "$tmp/p" >"$tmp/rules"
	grep -qx '#@ set fw-h hash:net inet' "$tmp/rules"
	[ "$(grep -c '^#@ member ' "$tmp/rules")" = 300 ]
	grep -qx -- '-4 -A INPUT -m set --match-set fw-h src -j DROP' "$tmp/rules"
	fw-gen --no-sets "$tmp/p" >"$tmp/rules"
	run ! grep -q 'match-set' "$tmp/rules"
	[ "$(grep -c -- '-s 10.*-j DROP' "$tmp/rules")" = 300 ]
	# No chain of the tree is longer than 16 rules.
	[ "$(grep -oE -- '-A fw-3[^ ]*' "$tmp/rules" | sort | uniq -c | sort -rn | awk 'NR == 1 { print $1 }')" -le 16 ]
}

@test "a tree of chains decides like the list" {
	needs packets
	for i in $(seq 0 299); do echo "127.$((i / 100)).$((i % 100 * 2)).0/24"; done >"$tmp/list"
	printf 'frame off\ndefault in allow\nhosts h in file "%s/list"\ndeny from h\n' "$tmp" >"$tmp/p"
	fw-gen --no-sets -4 "$tmp/p" >"$tmp/rules"
	"$BUILD/tests/serve" tcp:7777 3>&- >"$tmp/served" &
	server=$!
	wait_for grep -q ready "$tmp/served"
	for backend in nft legacy; do
		"iptables-$backend-restore" "$tmp/rules"
		for source in 127.0.0.9 127.0.2.255 127.1.100.1 127.2.198.200; do
			[ "$("$BUILD/tests/knock" -t 300 -s $source tcp 127.255.0.1 7777 || true)" = dropped ]
		done
		for source in 127.0.1.0 127.0.3.255 127.1.199.1 127.2.199.0 127.3.0.1; do
			[ "$("$BUILD/tests/knock" -s $source tcp 127.255.0.1 7777)" = open ]
		done
		unload_here "iptables-$backend"
	done
	kill $server
}

@test "--explain prints each line with its rules, and --services the table" {
	fw-gen --explain "$rulesets/tutorial.conf" >"$tmp/out"
	grep -A2 'allow https, dns$' "$tmp/out" | grep -q -- '    filter  -A INPUT -p tcp -m multiport --dports 443,53'
	[ "$(grep -c "^$rulesets/tutorial.conf:" "$tmp/out")" = "$(grep -cv -e '^#' -e '^$' "$rulesets/tutorial.conf")" ]
	[ "$(grep -cE '^    [a-z]+ +(-[46] )?-A' "$tmp/out")" = "$(fw-gen "$rulesets/tutorial.conf" | grep -cE '^(-[46] )?-A')" ]
	[ "$(fw-gen --services | wc -l)" -ge 100 ]
	fw-gen --services | grep -qE '^ssh +tcp 22 '
	# Each name is a service, and the table is sorted, because it is searched by bisection.
	fw-gen --services | cut -d' ' -f1 | LC_ALL=C sort -c
	fw-gen --services | awk '{ print "allow", $1 }' | fw-gen -c - 2>/dev/null
}

@test "keep leaves out the chain that a docker zone fills, but no other name of the pattern" {
	fw-gen - 2>/dev/null <<<'keep DOCKER*, f2b-*' | grep -qx '#@ keep DOCKER\* f2b-\*'
	patterns=$(fw-gen - 2>/dev/null <<<$'zone c = docker\nkeep DOCKER*, f2b-*' | sed -n 's/^#@ keep //p')
	kept() { # kept NAME
		local pattern
		for pattern in "${words[@]}"; do
			# shellcheck disable=SC2254
			case $1 in $pattern) return 0 ;; esac
		done
		return 1
	}
	IFS=' ' read -ra words <<<"$patterns"
	for name in DOCKER DOCKER-FORWARD DOCKER-ISOLATION-STAGE-1 DOCKER-U DOCKER-USERS DOCKERX DOCKER-USES f2b-sshd; do kept "$name"; done
	for name in DOCKER-USER DOCKE KUBE-SVC f2b; do ! kept "$name"; done
	run -1 --separate-stderr fw-gen - <<<$'zone c = docker\nkeep DOCKER-USER'
	[[ $stderr == '<stdin>:2:6: error: DOCKER-USER cannot be kept: the docker zone fills it'* ]]
	run -1 --separate-stderr fw-gen - <<<$'zone c = docker\nkeep D*-USER'
	[[ $stderr == '<stdin>:2:6: error: "D*-USER" matches DOCKER-USER, which the docker zone fills'* ]]
}

@test "-s and -m print lines for sysctl.d and modules-load.d" {
	fw-gen -s "$rulesets/tutorial.conf" | grep -qx 'net.netfilter.nf_conntrack_max=262144'
	fw-gen -s "$rulesets/tutorial.conf" | grep -qx 'net.ipv6.conf.all.forwarding=1'
	[ "$(fw-gen -m "$rulesets/tutorial.conf" | paste -sd' ')" = 'nf_conntrack_ftp nf_nat_ftp nf_conntrack_irc nf_nat_irc' ]
	[ -z "$(fw-gen -s "$rulesets/web.conf")$(fw-gen -m "$rulesets/web.conf")" ]
}

@test "every key of conntrack is a setting of the kernel" {
	[ -d /proc/sys/net/netfilter ] || skip "asks the kernel for its settings: it has none of conntrack here"
	keys=$(sed -n '/^The keys are:/,/\.$/p' "$man" | sed 's/^The keys are://' | tr -d '.\n' | tr ',' ' ')
	[ "$(wc -w <<<"$keys")" -ge 25 ]
	for key in $keys; do
		file=$(fw-gen -s - 2>/dev/null <<<"conntrack $key 1" | cut -d= -f1)
		[ -e "/proc/sys/${file//.//}" ] || { echo "no $file" && return 1; }
	done
}

@test "finds services in /etc/services that are not in the table" {
	name=$(awk '$2 ~ /\/tcp$/ && $1 !~ /[^a-z0-9-]/ { print $1, $2 }' /etc/services | while read -r name port; do
		fw-gen --services | grep -q "^$name " || { echo "$name ${port%/tcp}" && break; }
	done)
	[ -n "$name" ] || skip "no /etc/services"
	fw-gen - 2>/dev/null <<<"allow ${name% *}" | grep -qE -- "dports? ([0-9,]*,)?${name#* } "
}

@test "import makes a profile that produces the same rules in the same order" {
	needs rules
	# plain: the rules without counters, chain by chain
	plain() {
		"$1-save" | sed 's/\[.*\]//' | awk '/^\*/ { table = $0 } /^:/ { print table, $1, $2 } /^-A/ { print table, $0 }' | sort -s -k1,3
	}
	for table in raw nat mangle filter; do iptables-legacy -t $table -L -n >/dev/null && ip6tables-legacy -t $table -L -n >/dev/null; done
	for case in "$rulesets"/tutorial.conf "$rulesets"/dmz.conf "$data"/import.rules; do
		case $case in
		*.conf) fw-gen "$case" >"$tmp/rules" ;;
		*) cp "$case" "$tmp/rules" ;;
		esac
		for backend in nft legacy; do
			iptables-$backend-restore "$tmp/rules" && ip6tables-$backend-restore "$tmp/rules"
			plain iptables-$backend >"$tmp/v4" && plain ip6tables-$backend >"$tmp/v6"
			{ iptables-$backend-save; ip6tables-$backend-save; } | fw-gen --import >"$tmp/p.conf"
			unload_here iptables-$backend && unload_here ip6tables-$backend
			fw-gen "$tmp/p.conf" >"$tmp/again" 2>"$tmp/warnings"
			iptables-$backend-restore "$tmp/again" && ip6tables-$backend-restore "$tmp/again"
			plain iptables-$backend | diff "$tmp/v4" -
			plain ip6tables-$backend | diff "$tmp/v6" -
			unload_here iptables-$backend && unload_here ip6tables-$backend
		done
	done
}

@test "import turns a rule with an interface into a line with a zone" {
	fw-gen --import -4 "$data/import.rules" | grep -qx 'allow tcp 22 from 192.0.2.0/24 on if-eth0'
	fw-gen --import -4 "$data/import.rules" | grep -qx 'masquerade from 10.0.0.0/8 to if-eth0'
}

@test "import rejects input that is not a ruleset and names the place" {
	run -1 --separate-stderr fw-gen --import - <<<'iptables -A INPUT -j DROP'
	[ -z "$output" ]
	[[ $stderr == '<stdin>:1:1: error: expected a table (*filter), as iptables-save writes it'* ]]
	run -1 --separate-stderr fw-gen --import - <<<$'*filter\n-A INPUT -j DROP'
	[[ $stderr == *'error: the input ends inside a table: COMMIT is missing'* ]]
	run -1 --separate-stderr fw-gen --import - <<<$'*filter\n-I INPUT -j DROP'
	[[ $stderr == '<stdin>:2:1: error: expected a rule (-A CHAIN ...)'* ]]
	run -1 --separate-stderr fw-gen --import /dev/null
	[ -z "$output" ]
}

@test "misuse, help, version, lost output and unreadable input have their exit statuses" {
	run -2 --separate-stderr fw-gen -4 -6 "$rulesets/web.conf"
	[[ $stderr == *'-4 and -6 exclude each other'* ]]
	run -2 fw-gen -s -m "$rulesets/web.conf"
	run -2 fw-gen --no-such-option
	run -2 fw-gen one two
	run -0 --separate-stderr fw-gen --help
	[[ $output == usage:* ]]
	run -0 fw-gen --version
	run -3 --separate-stderr sh -c 'fw-gen "$1" >/dev/full' sh "$rulesets/web.conf"
	[[ $stderr == *'standard output'* ]]
	run -3 fw-gen /nonexistent
}

@test "an empty list never matches every host" {
	printf 'allow ssh\nhosts h in file "/dev/null"\nallow http from h\ndeny dns from h\n' >"$tmp/p"
	fw-gen "$tmp/p" 2>/dev/null >"$tmp/rules"
	run ! grep -qE 'dports? [0-9,]*(80|53)' "$tmp/rules"
	run -1 --separate-stderr fw-gen - <<<$'hosts h in file "/dev/null"\ndeny from not h'
	[[ $stderr == *'<stdin>:2:11: error: "not" with an empty list would match everyone'* ]]
}

@test "rejects carriage returns and control characters" {
	run -1 --separate-stderr fw-gen - < <(printf 'allow ssh\r\n')
	[[ $stderr == '<stdin>:1:10: error: carriage return: save this file with Unix line endings'* ]]
	run -1 --separate-stderr fw-gen - < <(printf 'allow \0ssh\n')
	[[ $stderr == '<stdin>:1:7: error: a profile must not contain control characters'* ]]
	fw-gen - < <(printf 'allow ssh') | grep -q 'dport 22'
}

@test "the kernel accepts the lowest and the highest value of each key of conntrack" {
	needs rules
	for key in acct timestamp checksum log-invalid generic icmp icmpv6 gre gre-stream udp udp-stream tcp-loose \
		tcp-be-liberal tcp-max-retrans tcp-syn-sent tcp-syn-recv tcp-established tcp-fin-wait tcp-close-wait tcp-last-ack \
		tcp-time-wait tcp-close tcp-unacknowledged sctp-established; do
		run -1 --separate-stderr fw-gen -c - <<<"conntrack $key 99999999999"
		run -1 --separate-stderr fw-gen -c - <<<"conntrack $key 4294967295"
		[[ $stderr =~ must\ be\ from\ ([0-9]+)\ to\ ([0-9]+), ]]
		low=${BASH_REMATCH[1]} high=${BASH_REMATCH[2]}
		for value in $((high + 1)) $((low - 1)); do run -1 fw-gen -c - <<<"conntrack $key $value"; done
		for value in $low $((low + 1)) $((high - 1)) "$high"; do
			setting=$(fw-gen -s - 2>/dev/null <<<"conntrack $key $value")
			file=/proc/sys/$(tr . / <<<"${setting%%=*}")
			[ -w "$file" ] || continue
			echo "${setting#*=}" >"$file" || { echo "$setting" && return 1; }
			[ "$(cat "$file")" = "$value" ]
		done
	done
}

@test "import keeps protocols of the other family, mapped addresses, empty chains and policies as they are" {
	needs rules
	back() { # back 4|6 [POLICY] RULE...: the rules after the import and the compilation, as the kernel says them
		local program=iptables-nft
		[ "$1" = 4 ] || program=ip6tables-nft
		printf '%s\n' '*filter' ":INPUT $2 [0:0]" ':FORWARD ACCEPT [0:0]' ':empty - [0:0]' "${@:3}" COMMIT >"$tmp/in"
		$program-restore "$tmp/in" || return
		$program-save -t filter | grep '^[:-]' | sed 's/\[.*//' >"$tmp/before"
		fw-gen -i "-$1" "$tmp/in" >"$tmp/p" || return
		fw-gen "-$1" "$tmp/p" >"$tmp/out" 2>"$tmp/said" || { cat "$tmp/said" && return 1; }
		unload_here $program
		$program-restore "$tmp/out" || return
		$program-save -t filter | grep '^[:-]' | sed 's/\[.*//' | diff "$tmp/before" - || return
		unload_here $program
	}
	back 4 DROP '-A INPUT -p ipv6-icmp -j ACCEPT' '-A INPUT -s 10.0.0.1/32 -p ipv6-icmp -j ACCEPT'
	back 6 DROP '-A INPUT -p icmp -j ACCEPT' '-A INPUT -s 2001:db8::1/128 -p icmp -j DROP' '-A INPUT -p igmp -j ACCEPT'
	back 6 ACCEPT '-A INPUT -s ::ffff:192.0.2.1/128 -j DROP' '-A INPUT -s ::ffff:192.0.2.0/120 -i eth0 -j DROP'
	back 4 DROP '-A INPUT -d 192.0.2.1/32 -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW -j ACCEPT' '-A INPUT -d 192.0.2.0/24 -j DROP'
	back 4 DROP '-A FORWARD -d 192.0.2.1/32 -j DROP' '-A FORWARD -s 192.0.2.1/32 -o eth0 -j DROP' '-A FORWARD -s 192.0.2.1/32 -d 10.0.0.0/8 -i eth0 -o eth1 -j DROP'
	back 4 DROP '-A OUTPUT -s 192.0.2.1/32 -o eth0 -j DROP' '-A OUTPUT -d 10.0.0.0/8 -j DROP'
}

@test "names of chains, limits and bans stay when another file is included, and differ between files" {
	mkdir -p "$tmp/d/e"
	for file in d/web.conf d/e/web.conf d/new.conf; do
		printf 'allow http limit 4/m ban 1h\nallow pop3 from 10.0.0.1, 10.0.0.3, 10.0.0.5, 10.0.0.7, 10.0.0.9\n' >"$tmp/$file"
	done
	names() { # names FILE...: those of a profile that includes these
		printf 'allow ssh\n' >"$tmp/p.conf"
		printf 'include "%s"\n' "$@" >>"$tmp/p.conf"
		(cd "$tmp" && fw-gen p.conf 2>/dev/null) | grep -oE 'fw-(ban6?-)?(web|new)[^ ]*' | sort -u
	}
	names d/web.conf d/e/web.conf >"$tmp/before"
	names d/new.conf d/web.conf d/e/web.conf | grep -v new | diff "$tmp/before" -
	names d/e/web.conf d/web.conf | diff "$tmp/before" -
	[ "$(wc -l <"$tmp/before")" = 8 ]
	# From elsewhere, and once more.
	(cd / && fw-gen "$tmp/p.conf" 2>/dev/null) | grep -oE 'fw-(ban6?-)?(web|new)[^ ]*' | sort -u | diff "$tmp/before" -
	[ "$(names d/web.conf d/web.conf | wc -l)" = 8 ]
	run ! grep -E '.{29}' <(names d/web.conf d/e/web.conf | grep -v ban | grep -v -- '-4m4')
}
