#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# fw-load beside the real programs that write rules: fail2ban, Docker, wg-quick, and one that writes as kube-proxy does.

load ../lib/load
load ../lib/others

setup() {
	load_setup
	others_setup
}
teardown() { load_teardown; }

# knock PORT: a connection to this host, which a ban of 127.0.0.1 refuses
knock() { [ "$(in_ns "$BUILD/tests/knock" tcp 127.0.0.1 "$1")" = refused ]; }

# fail2ban's rules with their counts, in their order.
f2b_counts() { in_ns "iptables-$b-save" -c | grep -E 'f2b-' | grep -v ^:; }

# boots: the same state after a boot, with an empty kernel
boots() {
	local old=$state
	fresh
	state=$old
	rm -rf "$state/run"
}

@test "fail2ban from before the first load: --adopt, and --replace with a keep line, leave its bans in front, with their counts" {
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
				[ "$(in_ns "iptables-$b" -S INPUT | grep -n -m 1 -- '-i lo' | cut -d: -f1)" = $(($(wc -w <<<"$names") + 2)) ] # all of theirs in front
				ours_is_whole
				knock 22
				f2b_counts >"$tmp/before"
			done
			fail2ban_stop
			no_errors
			[ -z "$(live | grep f2b-)" ]
			put -q "$gateway"
			[ -z "$(in_ns ipset list -n)" ]
			ours_is_whole
		done <<-END
			--adopt|ports all set|19
			--replace|ports all|11
		END
	done
}

@test "fail2ban behind the first load: bans and unbans beside loads, a restart and a stop: none lost, none revived, no error" {
	local n
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
		for ((n = 1; n <= ${FW_LOADS:-10}; n++)); do
			ban ports 203.0.113.$n 2001:db8:bad::$n
			ban all 203.0.113.$((n + 100))
			ban set 203.0.113.$n
			if ((n % 3 == 0)); then
				wait_for grep -q "\[ports\] Ban 203.0.113.$n\$" "$f2b/log"
				fail2ban_client set ports unbanip 203.0.113.$n
				fail2ban_client set set unbanip 203.0.113.$((n - 1))
			fi
		done
		wait_for bans_are >"$tmp/said" || { cat "$tmp/said"; false; }
		f2b_counts | grep 127.0.0.1 | diff "$tmp/counted" -
		fail2ban_stop
		[ -z "$(live | grep f2b-)" ]
		fail2ban_start
		wait_for bans_are >"$tmp/said" || { cat "$tmp/said"; false; }
		loading_ends "$(grep -c ' Ban ' "$f2b/log") bans, $(grep -c ' Unban ' "$f2b/log") unbans"
		bans_are
		ours_is_whole
		fail2ban_stop
		no_errors
		[ -z "$(live | grep f2b-)" ]
		[ -z "$(in_ns ipset list -n)" ]
		put -q "$tmp/next"
		put -q "$gateway"
		[ -z "$(live | grep f2b-)$(in_ns ipset list -n)" ]
		ours_is_whole
	done
}

@test "fail2ban at boot: it starts behind the first one, and one that comes later leaves it alone; stopped, nothing comes back" {
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
		ours_is_whole
		ban set 203.0.113.3
		fail2ban_client set ports unbanip 203.0.113.1
		wait_for bans_are 3 >"$tmp/said" || { cat "$tmp/said"; false; }
		# Rules of ours are gone by mistake: a boot brings them back, and nothing of fail2ban's.
		in_ns "iptables-$b" -D INPUT -i lo -j ACCEPT
		f2b_counts >"$tmp/before"
		run -0 put --boot
		f2b_counts | diff "$tmp/before" -
		bans_are 3
		fail2ban_stop
		run -0 put --boot
		[ -z "$(live | grep f2b-)$(in_ns ipset list -n)" ]
		no_errors
		ours_is_whole
	done
}

@test "fail2ban before the first load after a boot: its chains that are kept stay, the others it makes again when it bans" {
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
		ours_is_whole
		ban all 203.0.113.3
		wait_for in_ns "iptables-$b" -C f2b-all -s 203.0.113.3 -j REJECT
		fail2ban_stop
		[ -z "$(live | grep f2b-)" ]
		ours_is_whole
	done
}

@test "fail2ban beside loads that are undone: what it bans, unbans, starts and stops meanwhile stays so" {
	local status
	for b in $backends; do
		fresh
		put "$tmp/next"
		put "$gateway"
		fail2ban_setup
		for meanwhile in bans starts stops; do
			case $meanwhile in
			bans)
				fail2ban_start
				ban ports 127.0.0.1 203.0.113.1 203.0.113.2
				ban set 203.0.113.3 203.0.113.4
				wait_for bans_are 5 >"$tmp/said" || { cat "$tmp/said"; false; }
				;;
			starts) fail2ban_stop ;;
			stops) ;; # it runs
			esac
			knock 22
			put --confirm 8 "$tmp/next" 2>"$tmp/said" 3>&- &
			confirming=$!
			wait_for grep -q 'is in force for' "$tmp/said"
			case $meanwhile in
			bans)
				ban ports 203.0.113.5
				ban set 203.0.113.6
				fail2ban_client set ports unbanip 203.0.113.1
				fail2ban_client set set unbanip 203.0.113.3
				;;
			starts) fail2ban_start ;;
			stops) fail2ban_stop ;;
			esac
			[ $meanwhile = stops ] || wait_for bans_are 5 >"$tmp/account" || { cat "$tmp/account"; false; }
			f2b_counts >"$tmp/before" || true
			status=0
			wait $confirming || status=$?
			[ $status = 9 ] || { cat "$tmp/said"; false; }
			f2b_counts | diff "$tmp/before" -
			[ $meanwhile = stops ] || bans_are 5
			in_ns "iptables-$b" -S INPUT | grep -q 'dport 443'
			ours_is_whole
			run -0 put --rollback
			f2b_counts | diff "$tmp/before" -
			run -0 put --rollback
			f2b_counts | diff "$tmp/before" -
			ours_is_whole
		done
		[ -z "$(live | grep f2b-)$(in_ns ipset list -n)" ]
		no_errors
	done
}
