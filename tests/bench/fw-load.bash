#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# T17, T45 and T46: fw-load under traffic and beside bans, and its time compared with plain restores of the same text.
#	BENCH_LOADS (1000; 0: no traffic) reloads on each of BENCH_BACKENDS (nft legacy), BENCH_RATE (20000/s)
#	BENCH_BAN_LOADS (400; 0: none) reloads of 20 rules in INPUT and as many of BENCH_RULES, beside 1,500 bans in INPUT
#	BENCH_RULES (10000), each kind of load BENCH_ROUNDS (7) times; BENCH_MANY (100000; 0: none), once, on a terminal
# Fails when a packet is lost or leaks, when a ban is lost, when a load beside bans takes more than 12 s, or when the
# control does not leak, since then the harness would see no leak. A promise about time that is broken is only marked,
# because other work on the machine changes the time.
set -u
loads=${BENCH_LOADS:-1000} rules=${BENCH_RULES:-10000} rate=${BENCH_RATE:-20000} rounds=${BENCH_ROUNDS:-7} many=${BENCH_MANY:-100000} ban_loads=${BENCH_BAN_LOADS:-400} backends=${BENCH_BACKENDS:-nft legacy}
work=$(mktemp -d)
trap 'rm -rf "$work"; for ns in lf lc; do ip netns delete $ns; done 2>/dev/null' EXIT
export PATH=$BUILD:$PATH XTABLES_LOCKFILE=$work/xtables.lock
failed=0

ip netns add lf && ip netns add lc || exit 3
ip -n lf link add eth0 type veth peer name eth0 netns lc
ip -n lf address add 10.9.0.1/24 dev eth0
ip -n lc address add 10.9.0.2/24 dev eth0
ip -n lf link set eth0 up
ip -n lc link set eth0 up
ip netns exec lc sysctl -qw net.ipv4.ip_local_port_range='1024 65000' net.ipv4.tcp_syn_retries=1

# Two texts that differ, so that each load commits. They have no last DROP rule, so that the policy alone must hold.
for n in 1 2; do
	printf '*filter\n:INPUT DROP [0:0]\n-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n'
	printf -- '-A INPUT -p udp --dport 5000 -j ACCEPT\n'
	for i in 1 2 3 4 5 6 7; do printf -- '-A INPUT -p tcp --dport %d -j ACCEPT\n' $((n * 10000 + i)); done
	printf 'COMMIT\n'
done | awk -v w="$work" '/^\*/ { n++ } { print > (w "/rules." n) }'

# Rules are in force before and after each load, so a load must not be visible from outside.
traffic() { # traffic NAME LOADS COMMAND...: runs the command with 1 and 2 in turn, and prints one line of counts
	local name=$1 count=$2 receiver sender
	shift 2
	ip netns exec lf "$BUILD/tests/leak" receive 7200 >"$work/received" &
	receiver=$!
	until ip netns exec lf ss -Hlun | grep -q ':5000 '; do sleep 0.1; done
	ip netns exec lc "$BUILD/tests/leak" send 10.9.0.1 "$rate" 7200 >"$work/sent" &
	sender=$!
	# Goes on until 400,000 SYNs are sent, however quick the loads are.
	ip netns exec lf bash -c '
		for ((i = 0; i < '"$count"' || SECONDS < '$((600000 / rate))'; i++)); do "$@" $((i % 2 + 1)) || exit 9; done
		echo $i' load "$@" >"$work/count" || { echo "$name: a load failed"; failed=1; }
	kill $sender
	wait $sender
	sleep 1
	until ip netns exec lf ss -Hlun | awk '$4 ~ /:5000$/ && $2 > 0 { exit 1 }'; do sleep 0.1; done
	kill $receiver
	wait
	echo "$name: $(cat "$work/count") loads, $(cat "$work/sent"), $(cat "$work/received")"
	# The receiver reports gaps; packets lost before its first or after its last one only show in this sum.
	[ "$(result received)" = "$(cut -d' ' -f2 "$work/sent")" ] || { echo "FAILED: $name: packets are missing"; failed=1; }
}

result() { grep -o "$1 [0-9]*" "$work/received" | cut -d' ' -f2; }

reload_under_traffic() {
	for b in $backends; do
		cat >"$work/load-$b" <<-END
			#!/bin/sh
			exec fw-load -q -b $b -s $work/state-$b $work/rules.\$1
		END
		chmod 755 "$work/load-$b"
		ip netns exec lf fw-load -q -b $b -s "$work/state-$b" "$work/rules.1"
		traffic "fw-load $b" "$loads" "$work/load-$b"
		[ "$(result lost)$(result leaked)$(result connected)" = 000 ] || { echo "FAILED: fw-load $b loses or leaks"; failed=1; }
		ip netns exec lf sh -c "printf '*filter\n:INPUT ACCEPT\nCOMMIT\n' | fw-load -q -b $b -s $work/state-$b --replace"
	done
	cat >"$work/plain" <<-END
		#!/bin/sh
		iptables-nft-restore $work/rules.\$1
	END
	chmod 755 "$work/plain"
	ip netns exec lf "$work/plain" 1
	traffic "control: iptables-nft-restore" "$((loads < 300 ? loads : 300))" "$work/plain"
	[ $(($(result leaked) + $(result connected))) -gt 0 ] || { echo "FAILED: the control leaks nothing, so this proves nothing"; failed=1; }
	ip netns exec lf nft flush ruleset
}
[ "$loads" -eq 0 ] || reload_under_traffic

# Another program bans 1,500 addresses, one after the other, in the chain that each load replaces.
beside_bans() { # beside_bans RULES PAUSE: loads RULES rules in turn, with PAUSE seconds between two bans
	local n=0 start took status worst=0 overtaken=0 bans
	for i in 1 2; do
		awk -v k=$i -v n="$1" 'BEGIN { print "*filter\n:INPUT DROP [0:0]"
			for (i = 0; i < n; i++) printf "-A INPUT -p tcp -m tcp --sport %d --dport %d -j ACCEPT\n", 1 + i, k * 20000 + i % 20000
			print "COMMIT" }' >"$work/bans.$i"
	done
	ip netns exec lf fw-load -q -b nft -s "$work/state-bans" --adopt "$work/bans.2"
	: >"$work/banned"
	ip netns exec lf bash -c '
		for ((i = 0; i < 1500; i++)); do
			a=10.77.$((i / 250)).$((i % 250))
			iptables-nft -I INPUT -s $a -j DROP && echo $a >>"$0"
			sleep "$1"
		done' "$work/banned" "$2" &
	bans=$!
	while [ $n -lt "$ban_loads" ] || kill -0 $bans 2>/dev/null; do
		n=$((n + 1)) start=${EPOCHREALTIME/./}
		status=0
		ip netns exec lf fw-load -q -b nft -s "$work/state-bans" "$work/bans.$((n % 2 + 1))" 2>"$work/said" || status=$?
		took=$(((${EPOCHREALTIME/./} - start) / 1000))
		[ $took -le $worst ] || worst=$took
		[ $status != 8 ] || overtaken=$((overtaken + 1))
		[ $status = 0 ] || [ $status = 8 ] || { echo "FAILED: status $status"; cat "$work/said"; failed=1; break; }
	done
	wait $bans
	n=$((n + 1))
	ip netns exec lf fw-load -q -b nft -s "$work/state-bans" "$work/bans.$((n % 2 + 1))" 2>"$work/said" || { cat "$work/said"; failed=1; }
	ip netns exec lf iptables-nft-save -t filter | grep -- '^-A INPUT' >"$work/now"
	echo "$1 rules: $((n - 1)) loads beside $(wc -l <"$work/banned") bans, $overtaken gave up (8), the longest took $worst ms"
	[ $worst -le 12000 ] || { echo "FAILED: a load took more than 12 s"; failed=1; }
	sed 's,.*,-A INPUT -s &/32 -j DROP,' "$work/banned" | sort | diff - <(grep 10.77. "$work/now" | sort) || { echo "FAILED: bans are lost"; failed=1; }
	grep '^-A' "$work/bans.$((n % 2 + 1))" | diff -q - <(grep -v 10.77. "$work/now") >/dev/null || { echo "FAILED: other rules are in force"; failed=1; }
	ip netns exec lf nft flush ruleset
	rm -rf "$work/state-bans"
}
[ "$ban_loads" -eq 0 ] || for size in 20 "$rules"; do
	beside_bans "$size" "$([ "$size" = 20 ] && echo 0.03 || echo 0.3)"
done

# Time: on the clock, and CPU time, in milliseconds.
timed() { # timed NAME COMMAND...: adds a line to $work/times.NAME
	local name=$1 TIMEFORMAT='%R %U %S'
	shift
	{ time "$@" >"$work/out" 2>&1; } 2>>"$work/times.$name" || { cat "$work/out"; echo "failed: $*"; exit 1; }
}
bars() { # bars KIND WHAT RATIO: prints whether the promised ratio is kept
	local most=
	[ "$2" = work ] || case $b:$1 in
	*read,*) ;;
	legacy:*) most=2.5 ;;
	nft:'fw-load') most=3.5 ;;
	nft:'fw-load --no-rehearse') most=2.5 ;;
	nft:'fw-load, 1 in 100') most=2.5 ;;
	nft:'fw-load --no-rehearse, 1 in 100') most=1.6 ;;
	esac
	[ -z "$most" ] || awk -v r="$3" -v most="$most" 'BEGIN { printf " %s %s%s", r <= most ? "<=" : ">", most, r <= most ? "" : " NOT KEPT" }'
}
middle() { # middle NAME clock|work: prints the median
	awk -v work="$([ "$2" = work ] && echo 1 || echo 0)" '{ printf "%d\n", 1000 * (work ? $2 + $3 : $1) }' "$work/times.$1" |
		sort -n | sed -n "$(((rounds + 1) / 2))p"
}
write_many() { # write_many RULES: writes $work/many.1; many.2, with every rule different; many.few, with one in a hundred
	python3 - "$work" "$1" <<-'END'
		import sys
		for n in "1", "2", "few":
		    with open("%s/many.%s" % (sys.argv[1], n), "w") as out:
		        print("*filter\n:INPUT DROP [0:0]\n:mine - [0:0]\n-A INPUT -j mine", file=out)
		        for i in range(int(sys.argv[2])):
		            kind = "1" if n == "few" and i % 100 != 50 else n
		            print("-A mine -p tcp -m tcp --dport %d -m comment --comment n%s-%d -j ACCEPT" % (i % 65000 + 1, kind, i), file=out)
		        print("COMMIT", file=out)
	END
}

write_many "$rules"
# In turn, so that other work on the machine affects all kinds; before each load, the other text is in force.
for b in $backends; do
	plain() { ip netns exec lf sh -c "iptables-$b-restore $work/many.$1 && ip6tables-$b-restore $work/many.$1"; }
	# The system's programs without ours: save the old rules, restore, save the new ones.
	least() {
		ip netns exec lf sh -c "
			both() { iptables-$b-\$1 \$2 & ip6tables-$b-\$1 \$2; wait; }
			both save -c
			case $b in
			nft) iptables-$b-restore $work/many.$1 && ip6tables-$b-restore $work/many.$1 ;;
			legacy) XTABLES_LOCKFILE=$work/lock.4 iptables-$b-restore $work/many.$1 & ip6tables-$b-restore $work/many.$1; wait ;;
			esac
			both save -c"
	}
	ours() { ip netns exec lf fw-load -q -b $b -s "$work/state-$b" --replace "${@:2}" "$work/many.$1"; }
	rm -f "$work"/times.*
	for ((i = 0; i < rounds; i++)); do
		plain 1
		timed plain plain 2
		plain 1
		timed 'read, restore, read' least 2
		ours 1 --no-rehearse
		timed 'fw-load --no-rehearse' ours 2 --no-rehearse
		timed fw-load ours 1
		timed 'fw-load, 1 in 100' ours few
		timed 'fw-load --no-rehearse, 1 in 100' ours 1 --no-rehearse
	done
	for kind in 'read, restore, read' 'fw-load --no-rehearse' fw-load 'fw-load --no-rehearse, 1 in 100' 'fw-load, 1 in 100'; do
		for what in clock work; do
			p=$(middle plain "$what") t=$(middle "$kind" "$what")
			ratio=$(awk -v p="$p" -v t="$t" 'BEGIN { printf "%.2f", t / p }')
			echo "$b, $rules rules, both families, $what: plain $p ms, $kind $t ms, ratio $ratio$(bars "$kind" "$what" "$ratio")"
		done
	done
	ip netns exec lf sh -c "printf '*filter\n:INPUT ACCEPT\nCOMMIT\n' | fw-load -q -b $b -s $work/state-$b --replace"
done

# Very many rules, on a terminal, which shows the progress.
[ "$many" -eq 0 ] || write_many "$many"
for b in $backends; do
	[ "$many" -gt 0 ] || break
	rm -f "$work"/times.* "$work/said"
	rounds=1
	timed many ip netns exec lf script -qec "fw-load -b $b -s $work/state-$b --replace $work/many.1" "$work/said"
	count=$(ip netns exec lf sh -c "iptables-$b-save; ip6tables-$b-save" | grep -c -- '^-A mine')
	lines=$(tr '\r' '\n' <"$work/said" | grep -cE 'fw-load: [a-zA-Z0-9 ]+, [0-9]+ s')
	echo "$b, $many rules, both families: $(middle many clock) ms by the clock, $(middle many work) ms of work, $lines progress lines"
	[ "$count" -eq $((2 * many)) ] || { echo "FAILED: $count rules are in force"; failed=1; }
	[ "$lines" -gt 0 ] || { echo "FAILED: no progress on the terminal"; failed=1; }
	ip netns exec lf sh -c "printf '*filter\n:INPUT ACCEPT\nCOMMIT\n' | fw-load -q -b $b -s $work/state-$b --replace"
done
exit $failed
