#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-load beside the real fail2ban, Docker and wg-quick, and a program that writes rules like kube-proxy.

load ../lib/load
load ../lib/others

setup() {
	load_setup
	others_setup
}
teardown() { load_teardown; }

# knock PORT: connects to this host, and expects the refusal by a ban of 127.0.0.1
knock() { [ "$(in_ns "$BUILD/tests/knock" tcp 127.0.0.1 "$1")" = refused ]; }

# f2b_counts: prints fail2ban's rules with their counters, in order
f2b_counts() { in_ns "iptables-$b-save" -c | grep -E 'f2b-' | grep -v ^:; }

# boots: makes an empty kernel with the same state, as after a boot
boots() {
	local old=$state
	fresh
	state=$old
	rm -rf "$state/run"
}

@test "fail2ban: the first load, by --adopt or by --replace with #@ keep, leaves earlier bans before our rules, with counters" {
	local how names bans text
	for b in $backends; do
		while IFS='|' read -r how names bans; do
			fresh
			# shellcheck disable=SC2086
			fail2ban_setup $names
			fail2ban_start
			ban ports 127.0.0.1 203.0.113.{1..5} 2001:db8:bad::1
			ban all 203.0.113.{6..9}
			ban set 127.0.0.1 203.0.113.{10..15} 2001:db8:bad::2
			wait_for bans_are "$bans" >"$tmp/said" || { cat "$tmp/said"; false; }
			knock 22
			[[ $names != *set* ]] || knock 25
			f2b_counts >"$tmp/before"
			[ "$(grep -cE '^\[[1-9].*(-A f2b-ports -s 127.0.0.1|match-set f2b-set)' "$tmp/before")" = "$(wc -w <<<"${names#* }")" ]
			run -6 put "$gateway"
			for text in "$gateway" "$tmp/next"; do
				{ echo '#@ keep f2b-*'; cat "$text"; } >"$tmp/text"
				put -q $how "$tmp/text"
				bans_are "$bans"
				f2b_counts | diff "$tmp/before" -
				[ "$(in_ns "iptables-$b" -S INPUT | grep -n -m 1 -- '-i lo' | cut -d: -f1)" = $(($(wc -w <<<"$names") + 2)) ] # all of fail2ban's rules come first
				our_rules_are_whole
				knock 22
				f2b_counts >"$tmp/before"
			done
			fail2ban_stop
			no_errors
			[ -z "$(live | grep f2b-)" ]
			put -q "$gateway"
			[ -z "$(in_ns ipset list -n)" ]
			our_rules_are_whole
		done <<-END
			--adopt|ports all set|19
			--replace|ports all|11
		END
	done
}

@test "fail2ban: no ban or unban beside loads, a restart or a stop is lost or revived, and fail2ban logs no error" {
	local n many=${FW_LOADS:-10} left
	left=$((4 * many + 1 - many / 3 * 2))
	for b in $backends; do
		fresh
		put "$gateway"
		fail2ban_setup
		fail2ban_start
		ban ports 127.0.0.1
		wait_for in_ns "iptables-$b" -C f2b-ports -s 127.0.0.1 -j REJECT
		knock 22
		f2b_counts | grep 127.0.0.1 >"$tmp/counted"
		loading
		for ((n = 1; n <= many; n++)); do
			ban ports 203.0.113.$n 2001:db8:bad::$n
			ban all 203.0.113.$((n + 100))
			ban set 203.0.113.$n
			if ((n % 3 == 0)); then
				wait_for grep -q "\[ports\] Ban 203.0.113.$n\$" "$f2b/log"
				wait_for grep -q "\[set\] Ban 203.0.113.$((n - 1))\$" "$f2b/log"
				fail2ban_client set ports unbanip 203.0.113.$n
				fail2ban_client set set unbanip 203.0.113.$((n - 1))
			fi
		done
		wait_for bans_are $left >"$tmp/said" || { cat "$tmp/said"; false; }
		f2b_counts | grep 127.0.0.1 | diff "$tmp/counted" -
		fail2ban_stop
		[ -z "$(live | grep f2b-)" ]
		fail2ban_start
		wait_for bans_are $left >"$tmp/said" || { cat "$tmp/said"; false; }
		loading_ends "$(grep -c ' Ban ' "$f2b/log") bans, $(grep -c ' Unban ' "$f2b/log") unbans"
		bans_are $left
		our_rules_are_whole
		fail2ban_stop
		no_errors
		[ -z "$(live | grep f2b-)" ]
		[ -z "$(in_ns ipset list -n)" ]
		put -q "$tmp/next"
		put -q "$gateway"
		[ -z "$(live | grep f2b-)$(in_ns ipset list -n)" ]
		our_rules_are_whole
	done
}

@test "fail2ban: starts after --boot; a later --boot keeps its rules, and after its stop nothing comes back" {
	for b in $backends; do
		fresh
		put "$tmp/next"
		put "$gateway"
		fail2ban_setup
		fail2ban_start
		ban ports 127.0.0.1 203.0.113.1
		ban set 203.0.113.2
		wait_for bans_are 3 >"$tmp/said" || { cat "$tmp/said"; false; }
		put "$tmp/next"
		fail2ban_stop
		boots
		run -0 put --boot
		[ -z "$(in_ns ipset list -n)" ]
		fail2ban_start # with its old bans
		wait_for bans_are 3 >"$tmp/said" || { cat "$tmp/said"; false; }
		knock 22
		f2b_counts >"$tmp/before"
		run -0 put --boot
		f2b_counts | diff "$tmp/before" -
		bans_are 3
		our_rules_are_whole
		ban set 203.0.113.3
		fail2ban_client set ports unbanip 203.0.113.1
		wait_for bans_are 3 >"$tmp/said" || { cat "$tmp/said"; false; }
		# --boot restores a rule of ours that was removed, and changes none of fail2ban's.
		in_ns "iptables-$b" -D INPUT -i lo -j ACCEPT
		f2b_counts >"$tmp/before"
		run -0 put --boot
		f2b_counts | diff "$tmp/before" -
		bans_are 3
		fail2ban_stop
		run -0 put --boot
		[ -z "$(live | grep f2b-)$(in_ns ipset list -n)" ]
		no_errors
		our_rules_are_whole
	done
}

@test "fail2ban: the first --boot after its start keeps the chains named by #@ keep; it makes the others again at a ban" {
	for b in $backends; do
		fresh
		{ echo '#@ keep f2b-ports'; cat "$gateway"; } >"$tmp/keeping"
		put "$tmp/keeping"
		boots
		fail2ban_setup ports all
		fail2ban_start
		ban ports 127.0.0.1 203.0.113.1
		ban all 203.0.113.2
		wait_for bans_are 3 >"$tmp/said" || { cat "$tmp/said"; false; }
		knock 22
		f2b_counts | grep ports >"$tmp/before"
		run -0 put --boot
		f2b_counts | diff "$tmp/before" -
		our_rules_are_whole
		ban all 203.0.113.3
		wait_for in_ns "iptables-$b" -C f2b-all -s 203.0.113.3 -j REJECT
		fail2ban_stop
		[ -z "$(live | grep f2b-)" ]
		our_rules_are_whole
	done
}

@test "fail2ban: undoing a load keeps what it banned, unbanned, started and stopped meanwhile" {
	local status
	for b in $backends; do
		fresh
		put "$tmp/next"
		put "$gateway"
		fail2ban_setup
		for meanwhile in bans restarts starts stops; do
			case $meanwhile in
			bans)
				fail2ban_start
				ban ports 127.0.0.1 203.0.113.1 203.0.113.2
				ban set 203.0.113.3 203.0.113.4
				wait_for bans_are 5 >"$tmp/said" || { cat "$tmp/said"; false; }
				;;
			starts) fail2ban_stop ;;
			restarts | stops) ;; # it runs
			esac
			knock 22
			put_waiting --confirm 8 "$tmp/next"
			case $meanwhile in
			bans)
				ban ports 203.0.113.5
				ban set 203.0.113.6
				fail2ban_client set ports unbanip 203.0.113.1
				fail2ban_client set set unbanip 203.0.113.3
				;;
			restarts) fail2ban_stop && fail2ban_start ;; # its jumps get another order
			starts) fail2ban_start ;;
			stops) fail2ban_stop ;;
			esac
			[ $meanwhile = stops ] || wait_for bans_are 5 >"$tmp/account" || { cat "$tmp/account"; false; }
			f2b_counts >"$tmp/before" || true
			status=0
			wait $load || status=$?
			[ $status = 9 ] || { cat "$tmp/said"; false; }
			f2b_counts | diff "$tmp/before" -
			[ $meanwhile = stops ] || bans_are 5
			in_ns "iptables-$b" -S INPUT | grep -q 'dport 443'
			our_rules_are_whole
			run -0 put --rollback
			f2b_counts | diff "$tmp/before" -
			run -0 put --rollback
			f2b_counts | diff "$tmp/before" -
			our_rules_are_whole
		done
		[ -z "$(live | grep f2b-)$(in_ns ipset list -n)" ]
		no_errors
	done
}

# docker_story HOOK: makes, changes and removes Docker's rules in steps. Calls `HOOK before STEP' before each step, and
# `HOOK behind STEP' after it.
docker_story() {
	local step
	for step in start network web dns restart remove unwind again; do
		"$1" before $step
		case $step in
		start | again) docker_start ;;
		network) docker network create -o com.docker.network.bridge.name=br-one --subnet 172.18.0.0/16 one ;;
		web) run_container web --restart always -p 8080:80 ;;
		dns) run_container dns --network one -p 8053:53/udp -p 8054:80 ;;
		restart) docker_stop && docker_start && wait_for web_is_up ;;
		remove) [ -z "$containers" ] || docker rm -f web ;;
		unwind)
			[ -z "$containers" ] || docker rm -f dns
			docker network rm one
			docker_stop
			;;
		esac
		"$1" behind $step
	done
	docker_end
}

web_is_up() { [ -z "$containers" ] || in_ns "iptables-$b" -t nat -S DOCKER | grep -q 'dport 8080'; }

alone() { [ $1 = before ] || docker_rules >"$tmp/alone-$b-$2"; }

# with_loads: a hook; loads run during each step, and after it Docker's rules are those that it makes alone
with_loads() {
	if [ "$1" = before ]; then
		loading
	else
		loading_ends "Docker: $2"
		docker_rules | diff "$tmp/alone-$b-$2" -
		[[ $(in_ns "iptables-$b" -S FORWARD 1) == *DOCKER-USER ]]
		in_ns "iptables-$b" -S FORWARD | tail -n 1 | grep -qE -- '-j (denied|refused)' # it matches all packets
		our_rules_are_whole
	fi
}

# while_waiting: a hook; each step happens while a load waits for its confirmation, and stays when the load is undone
while_waiting() {
	local status=0
	if [ "$1" = before ]; then
		put -q --confirm 3 "$tmp/next" 2>"$tmp/said" 3>&- &
		waiting=$!
		wait_for in_ns "iptables-$b" -C INPUT -p tcp --dport 8443 -m conntrack --ctstate NEW -j ACCEPT 2>/dev/null
	else
		wait $waiting || status=$?
		[ $status = 9 ] || { cat "$tmp/said"; false; }
		docker_rules | diff "$tmp/alone-$b-$2" -
		in_ns "iptables-$b" -S FORWARD | tail -n 1 | grep -q -- '-j denied'
		our_rules_are_whole
	fi
}

@test "Docker: beside loads its rules are those that it makes alone, through restarts, networks and containers" {
	for b in $backends; do
		fresh
		docker_setup
		docker_story alone
		[ -z "$containers" ] || grep -q 'dport 8080 -j DNAT' "$tmp/alone-$b-web"
		for hook in with_loads while_waiting; do
			fresh
			docker_setup
			put "$gateway"
			docker_story $hook
		done
	done
}

# a_client: makes a namespace client with 198.51.100.7 and .8 on the firewall's eth0
a_client() {
	ip netns delete client 2>/dev/null || true
	ip netns add client
	ip -n "$ns" link add eth0 type veth peer name eth0 netns client
	ip -n "$ns" address add 198.51.100.1/24 dev eth0
	ip -n "$ns" link set eth0 up
	ip -n client address add 198.51.100.7/24 dev eth0
	ip -n client address add 198.51.100.8/24 dev eth0
	ip -n client link set eth0 up
}

# from LAST-NUMBER PORT: prints the result of a connection from 198.51.100.LAST-NUMBER to the firewall's port
from() {
	local word
	word=$(ip netns exec client "$BUILD/tests/knock" -t "${3-10000}" -s "198.51.100.$1" tcp 198.51.100.1 "$2") || true
	echo "$word"
}

# counted_as FILE: Docker's rules and counters are those of FILE
counted_as() { docker_rules -c | diff "$1" -; }

@test "Docker: before the first load or after a boot, published ports answer, and its rules keep place and counters" {
	local how
	for b in $backends; do
		for how in --adopt --boot; do
			fresh
			docker_setup
			[ -n "$containers" ] || skip "no containers here"
			a_client
			if [ $how = --boot ]; then
				put "$gateway"
				put --boot
			fi
			docker_start
			run_container web -p 8080:80
			[ $how = --boot ] || put -q --adopt "$gateway"
			wait_for web_answers
			[ "$(from 8 8080)" = open ]
			docker_rules >"$tmp/rules"
			docker_rules -c >"$tmp/before"
			grep -q '^\[[1-9].*dport 8080 -j DNAT' "$tmp/before"
			grep -q '^\[[1-9].*dport 80 -j ACCEPT' "$tmp/before"
			in_ns "iptables-$b" -S FORWARD | tail -n 1 | grep -q -- '-j denied'
			for words in "$tmp/next" "--no-rehearse $gateway" --boot --rollback --rollback "--confirm 1 $tmp/next"; do
				# shellcheck disable=SC2086
				run put -q $words
				[ "$status" = 0 ] || [[ $status == 9 && $words == --confirm* ]]
				counted_as "$tmp/before"
				our_rules_are_whole
			done
			[ "$(from 7 8080)" = open ]
			docker_rules | diff "$tmp/rules" -
			docker_end
			put -q "$tmp/next"
			[ -z "$(docker_rules | grep 8080)" ]
			our_rules_are_whole
		done
	done
}

web_answers() { [ "$(from 7 8080 900)" = open ]; }

# theirs: prints Docker's own rules, without those of the profile about its bridges
theirs() { docker_rules -c | grep -vE 'DOCKER-USER|-o eth0|br-\+'; }

@test "Docker: a profile opens its ports only to the clients that it names, across reloads and restarts" {
	local first
	for b in $backends; do
		for first in docker fw-load; do
			fresh
			docker_setup
			[ -n "$containers" ] || skip "no containers here"
			a_client
			printf '%s\n' 'zone wan = eth0' 'zone containers = docker' 'keep DOCKER*' 'allow ssh' \
				'allow tcp 8080 from 198.51.100.7 to containers' 'allow from containers to wan' >"$tmp/profile"
			fw-gen "$tmp/profile" >"$tmp/one"
			sed 's/ssh/ssh, https/' "$tmp/profile" | fw-gen - >"$tmp/two"
			if [ $first = docker ]; then
				docker_start
				run -6 put "$tmp/one"
				put -q --adopt "$tmp/one"
			else
				put "$tmp/one"
				put --boot
				docker_start
			fi
			run_container web --restart always -p 8080:80
			for step in load restart load boot load; do
				case $step in
				load) put -q "$tmp/two" && put -q "$tmp/one" ;;
				boot) put --boot ;;
				restart) docker_stop && docker_start ;;
				esac
				wait_for web_answers
				[ "$(from 8 8080 900)" = dropped ]
				theirs >"$tmp/before"
				[ "$(in_ns "iptables-$b" -S FORWARD 1)" = '-A FORWARD -j DOCKER-USER' ]
				in_ns "iptables-$b" -S FORWARD | tail -n 1 | grep -q -- '-j fw-denied-fwd'
				put -q "$tmp/two"
				put -q "$tmp/one"
				theirs | diff "$tmp/before" -
				run -0 save -q --check --own
			done
			docker_end
			put -q "$tmp/two"
			run -0 save -q --check --own
		done
	done
}

# mixed_loads N: makes N runs of all kinds in turn. Some are killed, so that the next run undoes them; some stay
# unconfirmed.
mixed_loads() {
	local n status want words
	for ((n = 0; n < $1; n++)); do
		((n % 2)) && words="$gateway" || words=$tmp/next
		want=0
		case $((n % 12)) in
		2) words=--boot ;;
		3) words="--confirm 1 $words" want=9 ;;
		5) words=--rollback ;;
		7) words="--no-rehearse $words" ;;
		8) words="-4 $words" ;;
		9 | 10 | 11) want=137 ;;
		esac
		status=0
		# shellcheck disable=SC2086
		if [ $want = 137 ]; then
			in_ns timeout -s KILL "0.$((n * 7 % 25 + 10))" fw-load -q -b "$b" -s "$state" $words || status=$?
		else
			put -q $words || status=$?
		fi >>"$tmp/said" 2>&1
		[ $status = 0 ] || [ $status = $want ] || { echo "fw-load $words: status $status"; cat "$tmp/said"; return 1; }
	done
}

@test "kube-proxy: of hundreds of rules that a program like it rewrites all the time, none is lost, moved or revived" {
	for b in $backends; do
		fresh
		put "$gateway"
		rm -f "$tmp/enough"
		in_ns "$BATS_TEST_DIRNAME/kube.py" --backend "$b" --stop "$tmp/enough" >"$tmp/kube" 2>&1 3>&- &
		kube=$!
		wait_for in_ns "iptables-$b" -t nat -S KUBE-SERVICES >/dev/null 2>&1
		mixed_loads "${FW_LOADS:-24}"
		touch "$tmp/enough"
		wait $kube || { cat "$tmp/kube"; false; }
		echo "# $b: ${FW_LOADS:-24} loads beside $(cat "$tmp/kube")" >&3
		put -q "$tmp/next"
		our_rules_are_whole
	done
}

@test "wg-quick: beside loads its rules are those that it makes alone, and down removes all, with nft and without" {
	local how n
	for b in $backends; do
		for how in iptables nft; do
			fresh
			wg_setup $how
			wg_quick up
			wg_rules >"$tmp/alone"
			wg_quick down
			wg_rules >"$tmp/alone-down"
			fresh
			wg_setup $how
			put "$gateway"
			for n in 1 2 3; do
				loading
				wg_quick up
				loading_ends "wg-quick up, $how"
				wg_rules | unkeyed | diff <(unkeyed <"$tmp/alone") -
				wg_rules -c >"$tmp/before"
				for words in "$tmp/next" "$gateway" --boot --rollback "--confirm 1 $tmp/next"; do
					# shellcheck disable=SC2086
					run put -q $words
					[ "$status" = 0 ] || [[ $status == 9 && $words == --confirm* ]]
					wg_rules -c | diff "$tmp/before" -
				done
				our_rules_are_whole
				loading
				wg_quick down
				loading_ends "wg-quick down, $how"
				wg_rules | diff "$tmp/alone-down" -
				our_rules_are_whole
			done
		done
	done
}

# The interface's link-local IPv6 address differs each time.
unkeyed() { sed -E 's/fe80::[0-9a-f:]+/fe80::/'; }
