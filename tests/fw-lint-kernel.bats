#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# What fw-lint says that the kernel refuses, compared with the running kernel.

bats_require_minimum_version 1.5.0
load lib/needs

setup() {
	cd "$BATS_TEST_DIRNAME" || return
	PATH=$BUILD:$PATH
	tmp=$BATS_TEST_TMPDIR
	places='raw.PREROUTING raw.OUTPUT mangle.PREROUTING mangle.INPUT mangle.FORWARD mangle.OUTPUT mangle.POSTROUTING
		nat.PREROUTING nat.INPUT nat.OUTPUT nat.POSTROUTING filter.INPUT filter.FORWARD filter.OUTPUT security.INPUT'
}

# loads FAMILY FILE: the default backend loads it; if not, refusal has its message. Leaves no rules.
loads() {
	local program=iptables
	[ "$1" = 4 ] || program=ip6tables
	refusal=$("$program-nft-restore" "$2" 2>&1 >/dev/null) || return 1
	sed -n 's/^\*.*/&\nCOMMIT/p' "$2" | "$program-nft-restore"
}

# samples FAMILY: NAME;RULE of each sample: of the rows in common/model/kinds_*.c, and more. What the whole machine has but
# once, and not each namespace, has our number.
samples() {
	"$BUILD/tests/kinds" | cat - data/kernel-samples |
		sed "/^#/d; s/--label a\$/--label lint$$/; s/--label a;/--label lint$$;/; s/--led-trigger-id a/--led-trigger-id lint$$/" |
		awk -F';' -v family="$1" '{
		rule = family == 4 || $3 == "=" ? $2 : $3
		if (rule != "-") print $1 ";" rule
	}'
}

# not_for FILE: the name ends with the last version of iptables that gives these messages, and a later one is installed
not_for() {
	local last=${1##*-}
	last=${last%.in}
	[[ $last == [0-9]* ]] || return 1
	[ "$(printf '%s\n' "$last" "$(pkg-config --modversion xtables)" | sort -V | tail -n 1)" != "$last" ]
}

@test "each sample gives exactly its messages" {
	for case in data/fw-lint-kernel/*.in; do
		! not_for "$case" || continue
		family=4
		[[ $case != *ipv6* ]] || family=6
		(cd "${case%/*}" && fw-lint -q --each -$family --checks=syntax,kernel "${case##*/}" >"$tmp/out" 2>&1) || true
		diff -u "${case%.in}.ok" "$tmp/out"
	done
}

@test "iptables-legacy-restore --test accepts what only the kernel refuses" {
	needs rules
	for case in data/fw-lint-kernel/*.in; do
		! not_for "$case" || continue
		program=iptables-legacy-restore
		[[ $case != *ipv6* ]] || program=ip6tables-legacy-restore
		grep -vE -- '--map-set|-m string --algo xx' "$case" | "$program" --test 2>"$tmp/err" || { cat "$tmp/err"; false; }
	done
}

@test "the kernel refuses what fw-lint refuses: every 7th place of the samples, with FW_FULL=1 each" {
	needs rules
	ipset -exist create hosts hash:ip
	ipset -exist create hosts6 hash:ip family inet6
	at=0
	refused=0
	for family in 4 6; do
		while IFS=';' read -r name rule; do
			for place in $places; do
				at=$((at + 1))
				[ $((at % ${FW_FULL:-7})) -eq 0 ] || continue
				printf '*%s\n-A %s %s\nCOMMIT\n' "${place%.*}" "${place#*.}" "$rule" >"$tmp/text"
				fw-lint -q -$family --checks=kernel "$tmp/text" 2>/dev/null && continue
				refused=$((refused + 1))
				! loads $family "$tmp/text" || { echo "IPv$family $name loads in $place"; false; }
			done
		done < <(samples $family)
	done
	[ $refused -gt 80 ]
}

@test "the kernel loads what fw-lint accepts, all of it in one text" {
	needs rules
	ipset -exist create hosts hash:ip
	ipset -exist create hosts6 hash:ip family inet6
	for family in 4 6; do
		# These samples need objects that do not exist here; fw-lint says so for all but the missing set.
		samples $family | grep -vE '^(ipvs|nfacct|LED|SECMARK|cgroup-path|set-none|CT-timeout-none|CT-helper-none|rateest);' |
			cut -d';' -f2 >"$tmp/rules"
		for place in $places; do
			{ echo "*${place%.*}"; sed "s/^/-A ${place#*.} /" "$tmp/rules"; echo COMMIT; } >"$tmp/text"
			fw-lint -q -$family --each --max=0 --format=gcc --checks=syntax,kernel "$tmp/text" 2>&1 |
				sed -n 's/^[^ ]*:\([0-9]*\):[0-9]*: \(error\|warning: .*nf_tables \(has no\|rejects\)\).*/\1d/p' | sort -u >"$tmp/bad"
			sed -f "$tmp/bad" "$tmp/text" >"$tmp/good"
			[ "$(wc -l <"$tmp/good")" -gt 40 ]
			fw-lint -q --each -$family --checks=syntax,kernel "$tmp/good" 2>"$tmp/said"
			loads $family "$tmp/good" || { echo "IPv$family $place: $refusal"; false; }
		done
	done
}

@test "numbers at the borders of what the kernel takes: fw-lint's answer is the kernel's, for every 150th" {
	needs rules
	run -0 python3 prove/numbers.py "$BUILD/fw-lint" 150
	[[ $output == *", 0 unsaid, 0 wrong" ]]
}

@test "what some kernels refuse is a warning that says may, what all refuse an error" {
	lint() {
		printf '*filter\n-A INPUT %s\nCOMMIT\n' "$1" >"$tmp/one"
		fw-lint -q -4 --format=gcc --checks=syntax,kernel "$tmp/one" 2>&1 | grep -v " rule read" || true
	}
	[ -z "$(lint '-m hashlimit --hashlimit-name a --hashlimit-upto 40/s --hashlimit-burst 20')" ]
	[[ $(lint '-m hashlimit --hashlimit-name a --hashlimit-upto 1/day --hashlimit-burst 3') == *"warning: "*" may "*"[kernel-depends]" ]]
	[[ $(lint '-m hashlimit --hashlimit-name a --hashlimit-upto 1/day --hashlimit-burst 2') == *"error: "*"[kernel-value]" ]]
	[ -z "$(lint '-m recent --rcheck --hitcount 255')" ]
	[[ $(lint '-m recent --rcheck --hitcount 256') == *"warning: "*" may "*"[kernel-depends]" ]]
	[[ $(lint '-m recent --rcheck --hitcount 65536') == *"error: "*"[kernel-value]" ]]
	[[ $(lint '-m limit --limit 1/hour --limit-burst 32') == *" may "*"[kernel-depends]" ]]
	[[ $(lint '-m bpf --bytecode "2,52 0 0 0,6 0 0 1"') == *"divides by 0"*"[kernel-value]" ]]
	[[ $(lint '-m bpf --bytecode "2,96 0 0 1,6 0 0 1"') == *"did not write"*"[kernel-value]" ]]
}

@test "every match and target that is installed has a row" {
	"$BUILD/tests/kinds" | cut -d';' -f1 >"$tmp/rows"
	dir=$(pkg-config --variable=xtlibdir xtables)
	for path in "$dir"/lib{xt,ipt,ip6t}_*.so; do
		name=${path##*/lib*_}
		name=${name%.so}
		[ "$name" != standard ] || continue
		grep -qx "$name" "$tmp/rows" || { echo "$name has no row in common/model/kinds_*.c"; false; }
	done
}

# Texts at the limit of what loads: $tmp/unused has a fault in a chain that no rule calls, $tmp/fifteen jumps as deep
# as the kernel allows, $tmp/sixteen one level deeper.
make_edges() {
	printf '*filter\n:a2 - [0:0]\n:a - [0:0]\n-A a -m mac --mac-source 00:11:22:33:44:55\n-A a -j a2\nCOMMIT\n' >"$tmp/unused"
	sed '/c16 -j c17/d' data/fw-lint-kernel/depth.in | sed 's/-A c15 -j c16/-A c15 -p tcp/' >"$tmp/fifteen"
	sed '/c16 -j c17/d' data/fw-lint-kernel/depth.in | sed 's/-A c\([0-9]*\) -j/-A c\1 -g/' >"$tmp/sixteen"
}

@test "fw-lint knows hooks through user chains, loops and the depth of jumps" {
	make_edges
	fw-lint -q -4 --checks=syntax,kernel "$tmp/unused"
	run -0 fw-lint -q -4 --checks=syntax,kernel "$tmp/fifteen"
	[[ $output == *": 0 errors, 0 warnings, 0 notes;"* ]]
	run -0 fw-lint -q -4 --checks=syntax,kernel "$tmp/sixteen"
	[[ $output == *"[jump-depth]"* ]]
	printf '*mangle\n:self - [0:0]\n-A self -j self\nCOMMIT\n' >"$tmp/loop"
	run -0 fw-lint -q -4 --checks=syntax,kernel "$tmp/loop"
	[[ $output == *"[chain-loop-unused]"* ]]
}

@test "the kernel agrees about hooks through user chains, loops and the depth of jumps" {
	needs rules
	for case in data/fw-lint-kernel/{hooks,tables,protocols,values,loops,depth}.in; do
		run -1 loads 4 "$case"
	done
	make_edges
	loads 4 "$tmp/unused"
	loads 4 "$tmp/fifteen"
	run -1 loads 4 "$tmp/sixteen"
}

@test "a row and a loop of 100,000 chains overflow no stack" {
	n=100000
	{
		echo '*filter'
		seq -f ':c%.0f - [0:0]' $n
		echo '-A INPUT -j c1'
		seq $((n - 1)) | awk '{ print "-A c" $1 " -j c" $1 + 1 }'
		echo 'COMMIT'
	} >"$tmp/row"
	run -0 fw-lint -q -4 --format=gcc --checks=syntax,kernel "$tmp/row"
	[[ ${lines[0]} == *"[jump-depth]"* ]]
	[ "${#lines[@]}" -eq 2 ]
	sed "s/^COMMIT/-A c$n -j c1\n&/" "$tmp/row" >"$tmp/ring"
	run -1 fw-lint -q -4 --format=gcc --checks=syntax,kernel "$tmp/ring"
	[[ $output == *"c$n leads back to c1"*"[chain-loop]"* ]]
}

@test "names the port that is loaded for a number above 65535, which some extensions take" {
	needs rules
	warned=0
	for option in '-p tcp --dport' '-p udp --sport' '-p udp --dport' '-p dccp --dport' '-m conntrack --ctorigdstport'; do
		for port in 1 65534 65535 65536 65537 99999 131071 131072 4294967295 4294967296 4294967297; do
			printf '*filter\n-A INPUT %s %s -j ACCEPT\nCOMMIT\n' "$option" "$port" >"$tmp/rules"
			said=$(fw-lint -q --checks=syntax,kernel "$tmp/rules" 2>&1) || true
			loaded=refused
			! iptables-legacy-restore "$tmp/rules" 2>/dev/null ||
				loaded=$(iptables-legacy-save | sed -n 's/.*port \([0-9]*\) .*/\1/p')
			case $loaded in
			refused) [[ $said == *" error: "* ]] ;;
			"$port") [[ $said == *" 0 errors, 0 warnings"* ]] ;;
			*) [[ $said == *"iptables loads $port as $loaded "* ]] && warned=$((warned + 1)) ;;
			esac || { echo "$option $port is $loaded: $said"; false; }
			iptables-legacy -F
		done
	done
	# Without this, the C library refuses such numbers by now.
	[ $warned -gt 0 ] || echo "# no number above 65535 is taken here" >&3
}
