#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-load beside other programs: their rules stay in place, or go when an option asks for that.

load lib/load

setup() { load_setup; }
teardown() { load_teardown; }

# Makes rules as fail2ban does, for both families.
make_fail2ban() {
	local t
	for t in iptables-$b ip6tables-$b; do
		in_ns $t -N f2b-sshd
		in_ns $t -A f2b-sshd -j RETURN
		in_ns $t -I INPUT -p tcp -m multiport --dports 22 -j f2b-sshd
	done
	in_ns iptables-$b -I f2b-sshd 1 -s 203.0.113.66 -j REJECT --reject-with icmp-port-unreachable
}

# Makes rules as Docker does, for IPv4 alone.
make_docker() {
	in_ns sh -e -c "
		t=iptables-$b
		\$t -N DOCKER; \$t -N DOCKER-USER; \$t -N DOCKER-ISOLATION-STAGE-1; \$t -N DOCKER-ISOLATION-STAGE-2
		\$t -t nat -N DOCKER
		\$t -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
		\$t -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
		\$t -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
		\$t -t nat -A DOCKER -i docker0 -j RETURN
		\$t -t nat -A DOCKER ! -i docker0 -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
		\$t -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
		\$t -A DOCKER-ISOLATION-STAGE-1 -j RETURN
		\$t -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
		\$t -A DOCKER-ISOLATION-STAGE-2 -j RETURN
		\$t -A DOCKER-USER -j RETURN
		\$t -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp --dport 80 -j ACCEPT
		\$t -I FORWARD -i docker0 -o docker0 -j ACCEPT
		\$t -I FORWARD -i docker0 ! -o docker0 -j ACCEPT
		\$t -I FORWARD -o docker0 -j DOCKER
		\$t -I FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
		\$t -I FORWARD -j DOCKER-ISOLATION-STAGE-1
		\$t -I FORWARD -j DOCKER-USER"
}

# Prints the rules of other programs in their order.
foreign() { in_ns iptables-$b-save; in_ns ip6tables-$b-save; }
foreign_rules() { foreign | grep -E 'f2b-|DOCKER|docker0'; }

@test "case 24: refuses a first load onto unknown rules, status 6, and names the choices" {
	for b in $backends; do
		fresh
		make_fail2ban
		live >"$tmp/before"
		run -6 put "$gateway"
		[[ $output == *"f2b-sshd"*"--adopt"*"--replace"*"--keep"* ]]
		live | diff "$tmp/before" -
		fresh
		in_ns iptables-$b -P FORWARD DROP
		run -6 put <<<$'*filter\n-A INPUT -i lo -j ACCEPT\nCOMMIT'
		in_ns iptables-$b -P FORWARD ACCEPT
		run -0 put <<<$'*filter\n-A INPUT -i lo -j ACCEPT\nCOMMIT'
	done
}

@test "a first load accepts rules in force that the text has too" {
	for b in $backends; do
		fresh
		in_ns iptables-$b-restore "$gateway"
		in_ns ip6tables-$b-restore "$gateway"
		live >"$tmp/before"
		put "$gateway"
		live | diff "$tmp/before" -
	done
}

@test "keeps another program's rule as narrow as it is, even if iptables-save prints it wider" {
	b=legacy
	printf '%s\n' '*filter' ':INPUT DROP' '-A INPUT -p tcp --dport 22 -j ACCEPT' COMMIT >"$tmp/one"
	put "$tmp/one"
	in_ns iptables-legacy -I INPUT -p tcp ! --dport : -j ACCEPT
	in_ns sh -c 'iptables-legacy-save | grep -q -- "-A INPUT -p tcp -m tcp -j ACCEPT"' || skip "this iptables prints the rule as it is"
	closed() { ! in_ns timeout 1 bash -c 'exec 3<>/dev/tcp/127.0.0.1/9' 2>/dev/null && [ "$(in_ns iptables-legacy -nvxL INPUT 1 | awk '{ print $1 }')" = 0 ]; }
	closed
	for port in 23 24; do
		sed "s/22/$port/" "$tmp/one" >"$tmp/next"
		put -q "$tmp/next"
		[ "$(in_ns iptables-legacy -S INPUT | sed -n 3p)" = "-A INPUT -p tcp -m tcp --dport $port -j ACCEPT" ]
		closed
	done
	run -9 put -q --confirm 1 "$tmp/one"
	closed
}

@test "a rule added by hand that equals one of ours does not move another program's jump" {
	for b in $backends; do
		fresh
		make_fail2ban
		printf '%s\n' '*filter' ':INPUT DROP' '-A INPUT -p tcp --dport 22 -j ACCEPT' '-A INPUT -p tcp --dport 443 -j ACCEPT' COMMIT >"$tmp/two"
		put --adopt "$tmp/two"
		in_ns iptables-$b -I INPUT -p tcp --dport 22 -j ACCEPT
		put "$tmp/two" 2>/dev/null
		in_ns iptables-$b -S INPUT | grep -n . | grep -q '^3:.*f2b-sshd'
		sed 's/443/8443/' "$tmp/two" >"$tmp/next"
		put "$tmp/next" 2>/dev/null
		in_ns iptables-$b -S INPUT | grep -n . | grep -q '^3:.*f2b-sshd'
	done
}

@test "undoing a load does not bring back what other programs removed while it waited" {
	for b in $backends; do
		fresh
		put "$gateway"
		make_fail2ban
		in_ns iptables-$b -I INPUT -s 203.0.113.9 -j ACCEPT
		in_ns iptables-$b -A f2b-sshd -s 203.0.113.67 -j REJECT
		sed 's/443/8443/' "$gateway" >"$tmp/next"
		put_waiting --confirm 3 "$tmp/next"
		in_ns iptables-$b -D INPUT -s 203.0.113.9 -j ACCEPT
		in_ns iptables-$b -D f2b-sshd -s 203.0.113.67 -j REJECT
		for t in ip6tables-$b; do
			in_ns $t -D INPUT -p tcp -m multiport --dports 22 -j f2b-sshd
			in_ns $t -F f2b-sshd
			in_ns $t -X f2b-sshd
		done
		wait
		in_ns iptables-$b -C INPUT -p tcp --dport 443 -m conntrack --ctstate NEW -j ACCEPT
		in_ns iptables-$b -C INPUT -p tcp -m multiport --dports 22 -j f2b-sshd
		run ! in_ns iptables-$b -C INPUT -s 203.0.113.9 -j ACCEPT
		[ "$(in_ns ip6tables-$b -S | grep -c f2b)" = 0 ]
		[ "$(in_ns iptables-$b -S | grep -c 203.0.113.67)" = 0 ]
	done
}

@test "undoing a load keeps what other programs wrote while it waited, in order and with counters" {
	theirs() { in_ns "iptables-$b-save" -c -t filter | grep -E -- '^:?(\[[0-9:]*\] )?-A (J[0-9]|INPUT .*-j J[0-9])'; }
	for b in $backends; do
		fresh
		in_ns iptables-$b -A INPUT -p udp --dport 5000 -j ACCEPT
		put --adopt "$gateway" 2>/dev/null
		in_ns sh -e -c "for j in 1 2 3 4; do iptables-$b -N J\$j; iptables-$b -A INPUT -p udp -j J\$j; done
			iptables-$b -N J6; iptables-$b -A J3 -j J6; iptables-$b -A J3 -s 203.0.113.1; iptables-$b -A J3 -s 203.0.113.2
			for n in 1 2 3 4; do iptables-$b -A J1 -s 203.0.113.\$n -j DROP; iptables-$b -D INPUT -p udp -j J\$n; iptables-$b -I INPUT -p udp -j J\$n; done"
		sed 's/443/8443/; s/-i lo -j/-i lo+ -j/' "$gateway" >"$tmp/next" # a rule before the others changes too
		put_waiting --confirm 3 "$tmp/next"
		in_ns sh -e -c "# J4 J3 J2 J1 become J1 J4 J5 J3, and the rules of J1 are replaced
			iptables-$b -D INPUT -p udp -j J1; iptables-$b -I INPUT -p udp -j J1
			iptables-$b -D INPUT -p udp -j J2; iptables-$b -X J2
			iptables-$b -N J5; iptables-$b -I INPUT 3 -p udp -j J5
			iptables-$b -D J3 -j J6; iptables-$b -X J6; iptables-$b -I J3 -j J1
			printf '*filter\n:J1 - [0:0]\n-A J1 -s 203.0.113.9 -j DROP\n-A J1 -s 203.0.113.3 -j DROP\n-A J1 -s 203.0.113.1 -j DROP\nCOMMIT\n' |
				iptables-$b-restore --noflush"
		packets 5
		theirs >"$tmp/theirs"
		status=0
		wait $! || status=$?
		[ $status = 9 ]
		theirs | diff "$tmp/theirs" -
		[ "$(grep -c '^.5:165. -A INPUT' "$tmp/theirs")" = 4 ]
		in_ns iptables-$b -S INPUT | sed -n 6p | grep -q -- '-i lo -j'
		live | grep -q 'dport 443'
	done
}

@test "undoing a load keeps what other programs' rules counted while it waited" {
	theirs() { in_ns "iptables-$b-save" -c -t filter | grep -- '-j J'; }
	for b in $backends; do
		fresh
		put "$gateway"
		in_ns sh -e -c "iptables-$b -N J1; iptables-$b -A J1 -s 203.0.113.1 -j DROP
			iptables-$b -I INPUT -p udp -j J1; iptables-$b -A INPUT -j J1"
		packets 2
		sed 's/443/8443/; s/-i lo -j/-i lo+ -j/' "$gateway" >"$tmp/next"
		put_waiting --confirm 3 "$tmp/next"
		packets 5
		theirs >"$tmp/theirs"
		grep -q '^.7:231. ' "$tmp/theirs"
		status=0
		wait $! || status=$?
		[ $status = 9 ]
		theirs | diff "$tmp/theirs" -
		in_ns iptables-$b -S INPUT | sed -n '2p; $p' | grep -c -- '-j J1' | grep -qx 2
	done
}

@test "undoing a load drops the rules that jump to a chain that another program removed while it waited" {
	for b in $backends; do
		fresh
		for chain in X Y; do in_ns iptables-$b -N $chain; done
		in_ns iptables-$b -A INPUT -j Y
		in_ns iptables-$b -A Y -j X
		put -q --keep X --confirm 3 "$gateway" 2>"$tmp/said" 3>&- &
		wait_for in_ns iptables-$b -C INPUT -i lo -j ACCEPT
		wait_for in_ns iptables-$b -X X
		status=0
		wait $! || status=$?
		[ "$status" = 9 ]
		in_ns iptables-$b -C INPUT -j Y
		[ "$(in_ns iptables-$b -S | grep -c -- '-A Y\|-N X')" = 0 ]
	done
}

@test "a first load keeps bans and jumps before our rules, but puts an accepting rule after them" {
	for b in $backends; do
		fresh
		make_fail2ban
		in_ns iptables-$b -I INPUT -s 203.0.113.67 -j DROP
		in_ns iptables-$b -I INPUT -s 203.0.113.68 -p tcp -j REJECT
		in_ns iptables-$b -A INPUT -p udp --dport 9 -j ACCEPT
		in_ns iptables-$b -A INPUT -s 203.0.113.69 -j DROP
		put --adopt <<<$'*filter\n:INPUT DROP\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT' 2>/dev/null
		diff - <(in_ns iptables-$b -S INPUT) <<-END
			-P INPUT DROP
			-A INPUT -s 203.0.113.68/32 -p tcp -j REJECT --reject-with icmp-port-unreachable
			-A INPUT -s 203.0.113.67/32 -j DROP
			-A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd
			-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
			-A INPUT -p udp -m udp --dport 9 -j ACCEPT
			-A INPUT -s 203.0.113.69/32 -j DROP
		END
	done
}

@test "--adopt keeps Docker's and fail2ban's chains, --replace removes them, --keep keeps some" {
	for b in $backends; do
		fresh
		make_docker
		make_fail2ban
		foreign_rules | sort >"$tmp/foreign"
		put --adopt "$gateway"
		foreign_rules | sort | diff "$tmp/foreign" -
		# fail2ban's jump comes before our ACCEPTs, and Docker's before our last rule.
		[[ $(in_ns iptables-$b -S INPUT 2) == *f2b-sshd* ]] || [[ $(in_ns iptables-$b -S INPUT 1) == *f2b-sshd* ]]
		[[ $(in_ns iptables-$b -S FORWARD 1) == *DOCKER-USER* ]]
		[[ $(in_ns iptables-$b -S INPUT | tail -1) == *"-j denied" ]]
		put --keep 'f2b-*' --replace "$gateway"
		foreign_rules | grep -c f2b-
		run ! grep DOCKER <(foreign)
		put --replace "$gateway"
		[ -z "$(foreign_rules)" ]
	done
}

@test "#@ keep in the text works without an option, and a pattern that matches nothing is no error" {
	for b in $backends; do
		fresh
		make_fail2ban
		foreign_rules | sort >"$tmp/foreign"
		{ echo '#@ keep f2b-* DOCKER*'; cat "$gateway"; } >"$tmp/keeping"
		put "$tmp/keeping"
		foreign_rules | sort | diff "$tmp/foreign" -
		put --replace "$tmp/keeping"
		foreign_rules | sort | diff "$tmp/foreign" -
	done
}

@test "case 23: a reload keeps other programs' chains, their place and counters, and removes our unused chain" {
	for b in $backends; do
		fresh
		put "$gateway"
		make_docker
		make_fail2ban
		in_ns iptables-$b -I INPUT -i lo -p udp --dport 5000 -m comment --comment theirs
		packets 4
		in_ns iptables-$b-save -c | grep -E 'f2b-|DOCKER|docker0|theirs' | grep -v ^: >"$tmp/foreign"
		grep -q '^\[4:132\].*theirs' "$tmp/foreign"
		sed 's/denied/refused/; s/443/8443/' "$gateway" | sed 's/:denied/:refused/; s/-A denied/-A refused/' >"$tmp/next"
		put "$tmp/next"
		in_ns iptables-$b-save -c | grep -E 'f2b-|DOCKER|docker0|theirs' | grep -v ^: | diff "$tmp/foreign" -
		in_ns iptables-$b -C INPUT -p tcp --dport 8443 -m conntrack --ctstate NEW -j ACCEPT
		run ! in_ns iptables-$b -S denied
		[[ $(in_ns iptables-$b -S INPUT | sed -n 2p) == *theirs* ]]
	done
}

@test "keeps our unused chain if another program's rule jumps to it, with a warning" {
	for b in $backends; do
		fresh
		put "$gateway"
		in_ns iptables-$b -I FORWARD -s 192.0.2.1 -j denied
		printf '*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n' >"$tmp/next"
		run -0 put "$tmp/next"
		[[ $output == *"still jump to denied"* ]]
		in_ns iptables-$b -S denied
		run ! in_ns ip6tables-$b -S denied
	done
}

@test "keeps a rule added by hand, and one copy when the text has it too; --replace removes it" {
	for b in $backends; do
		fresh
		put "$gateway"
		in_ns iptables-$b -A INPUT -s 192.0.2.7 -j ACCEPT
		put "$gateway"
		in_ns iptables-$b -C INPUT -s 192.0.2.7 -j ACCEPT
		sed 's/^-A INPUT -j denied/-4 -A INPUT -s 192.0.2.7 -j ACCEPT\n&/' "$gateway" >"$tmp/next"
		put "$tmp/next"
		[ "$(in_ns iptables-$b -S INPUT | grep -c 192.0.2.7)" = 1 ]
		in_ns iptables-$b -A INPUT -s 192.0.2.8 -j ACCEPT
		put --replace "$tmp/next"
		run ! in_ns iptables-$b -C INPUT -s 192.0.2.8 -j ACCEPT
	done
}

@test "case 22: loads beside a ban loop lose no ban, and jumps keep their place" {
	for b in $backends; do
		fresh
		put "$gateway"
		make_docker
		make_fail2ban
		sed 's/443/8443/' "$gateway" >"$tmp/next"
		foreign_rules | grep -v 203.0.113 >"$tmp/foreign"
		# A ban ends after 100 others, so that the chain stays short however long the loads take. A lost ban cannot be
		# removed, and then the loop fails.
		ip netns exec "$ns" bash -c '
			ban() { iptables-'$b' -w "$@" -s 203.0.113.$((i % 250 + 1)) -p tcp --dport $((i / 250 + 1)) -j REJECT; }
			for ((n = 1; ; n++)); do
				[ ! -e "$1" ] || { echo $((n - 1)); exit; }
				i=$n ban -I f2b-sshd 1 || exit
				[ $n -le 100 ] || i=$((n - 100)) ban -D f2b-sshd || exit
				sleep 0.01
			done' bans "$tmp/stop-$b" >"$tmp/bans" 3>&- &
		banning=$!
		ip netns exec "$ns" bash -c '
			for ((i = 0; i < $5; i++)); do
				fw-load -q -b "$1" -s "$2" "$3" && fw-load -q -b "$1" -s "$2" "$4" || exit
			done' loads "$b" "$state" "$tmp/next" "$gateway" "${FW_LOADS:-8}"
		touch "$tmp/stop-$b"
		wait $banning
		bans=$(cat "$tmp/bans")
		[ "$bans" -gt 10 ]
		[ "$(in_ns iptables-$b -S f2b-sshd | grep -c -- '--dport')" -eq $((bans < 100 ? bans : 100)) ]
		echo "# $b: $bans bans during $((2 * ${FW_LOADS:-8})) loads" >&3
		foreign_rules | grep -v 203.0.113 | diff "$tmp/foreign" -
	done
}

@test "case 20: of two loads at once, one waits for the other, and the rules are those of one of them" {
	for b in $backends; do
		fresh
		put "$gateway"
		sed 's/443/8443/' "$gateway" >"$tmp/one"
		sed 's/443/9443/' "$gateway" >"$tmp/two"
		for ((i = 0; i < 3; i++)); do
			put -w 600 "$tmp/one" 3>&- & one=$!
			put -w 600 "$tmp/two" 3>&- & two=$!
			wait $one
			wait $two
			[ "$(in_ns iptables-$b -S INPUT | grep -cE 'dport (8443|9443)')" = 1 ]
			# The savers wait for no lock, and neither does iptables 1.8.11.
			diff <(in_ns iptables-$b-save | grep -o 'dport [89]443') <(in_ns ip6tables-$b-save | grep -o 'dport [89]443')
		done
	done
}

@test "after -4 the rules loaded for IPv6 still belong to fw-load" {
	for b in $backends; do
		fresh
		put "$gateway"
		sed 's/443/8443/' "$gateway" >"$tmp/next"
		put -4 "$tmp/next"
		in_ns ip6tables-$b -C INPUT -p tcp --dport 443 -m conntrack --ctstate NEW -j ACCEPT
		put "$tmp/next"
		[ "$(in_ns ip6tables-$b -S INPUT | grep -c 443)" = 1 ]
	done
}

@test "keeps a ban that comes between the two commits of a load that fails" {
	mkdir "$tmp/bin"
	b=nft # loads with the legacy backend hold the lock that fail2ban waits for
	put "$gateway"
	make_fail2ban
	cat >"$tmp/bin/ip6tables-nft-restore" <<-'END'
		#!/bin/sh
		case $* in *--noflush*) ;; *) exec /usr/sbin/ip6tables-nft-restore "$@" ;; esac
		cat >/dev/null # the input ends only after IPv4 is committed
		iptables-nft -C INPUT -p tcp --dport 8443 -m conntrack --ctstate NEW -j ACCEPT || exit 1
		iptables-nft -I f2b-sshd 1 -s 203.0.113.77 -j REJECT
		iptables-nft -I INPUT 1 -s 203.0.113.78 -j DROP
		iptables-nft -D f2b-sshd -s 203.0.113.66 -j REJECT
		echo "ip6tables-restore: line 4 failed" >&2
		exit 1
	END
	chmod 755 "$tmp/bin/ip6tables-nft-restore"
	live >"$tmp/before"
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	PATH=$tmp/bin:$PATH run -8 put "$tmp/next" # the other program's changes may be the cause
	in_ns iptables-nft -C f2b-sshd -s 203.0.113.77 -j REJECT
	in_ns iptables-nft -C INPUT -s 203.0.113.78 -j DROP
	run ! in_ns iptables-nft -C f2b-sshd -s 203.0.113.66 -j REJECT
	# Everything but the bans is unchanged.
	diff <(grep -v 203.0.113 "$tmp/before") <(live | grep -v 203.0.113)
}

@test "-4 replaces the settings of IPv4, keeps those of IPv6, and both are set at boot" {
	for b in $backends; do
		fresh
		{
			echo '#@ sysctl net.ipv4.conf.all.rp_filter=1'
			echo '#@ sysctl net.ipv6.conf.all.accept_ra=0'
			cat "$gateway"
		} >"$tmp/first"
		put "$tmp/first"
		{ echo '#@ sysctl net.ipv4.conf.all.rp_filter=2'; sed 's/443/8443/' "$gateway"; } >"$tmp/second"
		put -4 "$tmp/second"
		zcat "$state/generations/000002.gz" | sed -n '/^extras/,$p' >"$tmp/extras"
		grep -q 'net.ipv6.conf.all.accept_ra=0' "$tmp/extras"
		[ "$(grep rp_filter "$tmp/extras")" = '#@ sysctl net.ipv4.conf.all.rp_filter=2' ]
		in_ns sh -c 'echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter; echo 1 >/proc/sys/net/ipv6/conf/all/accept_ra'
		run -0 put --boot
		[ "$(in_ns cat /proc/sys/net/ipv4/conf/all/rp_filter)" = 2 ]
		[ "$(in_ns cat /proc/sys/net/ipv6/conf/all/accept_ra)" = 0 ]
	done
}

@test "-4 after the safe rules records these for IPv6 in the generation" {
	for b in $backends; do
		fresh
		run -12 put --boot --safe-rules /nonexistent
		run -0 put -4 "$gateway"
		[[ $output == *"IPv6: the safe rules stay in force"* ]]
		live >"$tmp/before"
		run -0 in_ns fw-save -b "$b" -s "$state" --verify
		[[ $(in_ns fw-save -b "$b" -s "$state" --show 1 -6) == *":INPUT DROP"*"-A INPUT -i lo -j ACCEPT"* ]]
		ip netns delete "$ns"
		ip netns add "$ns"
		run -0 put --boot
		live | diff "$tmp/before" -
	done
}

@test "refuses -4 when the good generation is damaged, and changes nothing" {
	b=nft
	put "$gateway"
	live >"$tmp/before"
	echo garbage >"$state/generations/000001.gz"
	sed 's/443/8443/' "$gateway" >"$tmp/next"
	run -3 put -4 "$tmp/next"
	[[ $output == *"load both families"* ]]
	live | diff "$tmp/before" -
	put --replace "$tmp/next"
}

@test "a few changes in a long chain keep the counters of its other rules" {
	b=nft
	long() { # long N: prints 3,000 rules, of which every hundredth depends on N
		printf '*filter\n:INPUT ACCEPT [0:0]\n:own - [0:0]\n-A INPUT -p udp -j own\n'
		awk -v n="$1" 'BEGIN { for (i = 0; i < 3000; i++)
			printf "-A own -p udp -m udp --sport %d --dport %d\n", i % 100 == 50 ? 1000 + i * n : 1, i == 2999 ? 5000 : 10000 + i }'
		echo COMMIT
	}
	long 1 >"$tmp/one"
	long 2 | sed 's/--sport 1 --dport 5000/--dport 5000/' >"$tmp/two"
	sed -i 's/--sport 1 --dport 5000/--dport 5000/' "$tmp/one"
	put "$tmp/one"
	packets 5
	for text in two one two; do
		put "$tmp/$text"
		in_ns iptables-nft-save -c -t filter | sed -n 's/^\[[0-9:]*\] -A own/-A own/p' | diff - <(grep '^-A own' "$tmp/$text") | head -n 4
		in_ns iptables-nft-save -c -t filter | grep -qF '[5:165] -A own -p udp -m udp --dport 5000'
	done
}

@test "undoing a load leaves a policy that another program set meanwhile, also in a table that it did not change" {
	printf '*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n' >"$tmp/a"
	sed "s/^COMMIT/-A INPUT -p udp --dport 53 -j ACCEPT\n&/" "$tmp/a" >"$tmp/filter"
	{ cat "$tmp/a"; printf '*nat\n-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080\nCOMMIT\n'; } >"$tmp/nat"
	for b in $backends; do
		for next in filter nat; do
			fresh
			put --replace "$tmp/a"
			put_waiting --confirm 3 "$tmp/$next"
			in_ns iptables-$b -P FORWARD DROP
			in_ns ip6tables-$b -P OUTPUT DROP
			status=0
			wait "$load" || status=$?
			[ "$status" = 9 ]
			[ "$(in_ns iptables-$b -S | grep -e '^-P' -e -A)" = $'-P INPUT DROP\n-P FORWARD DROP\n-P OUTPUT ACCEPT\n-A INPUT -i lo -j ACCEPT' ]
			in_ns ip6tables-$b -S OUTPUT | grep -qx -e '-P OUTPUT DROP'
			in_ns ip6tables-$b -P OUTPUT ACCEPT
		done
	done
}

@test "--keep with a pattern that fits ACCEPT too keeps chains and the jumps to them only" {
	for b in $backends; do
		fresh
		put "$gateway"
		in_ns iptables-$b -N APP
		in_ns iptables-$b -A APP -s 203.0.113.9 -j DROP
		in_ns iptables-$b -I INPUT -j ACCEPT
		in_ns iptables-$b -I INPUT -j APP
		put -q --replace --keep 'A*' "$gateway"
		run ! in_ns iptables-$b -C INPUT -j ACCEPT
		in_ns iptables-$b -C INPUT -j APP
		in_ns iptables-$b -C APP -s 203.0.113.9 -j DROP
	done
}
