#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-load while other programs change rules as it records, commits, reads back and undoes.

load lib/load

setup() {
	load_setup
	mkdir "$tmp/bin"
	sed 's/443/8443/' "$gateway" >"$tmp/next"
}
teardown() { load_teardown; }

# program NAME: makes a script of that name from standard input, which beside puts before the system's program
program() {
	{ echo '#!/bin/sh'; cat; } >"$tmp/bin/$1"
	chmod 755 "$tmp/bin/$1"
}

beside() { PATH=$tmp/bin:$PATH "$@"; } # runs a command with those scripts

# recording: the load is writing its record
recording() { compgen -G "$state/generations/.*.tmp" >/dev/null; }

@test "keeps a ban that comes while the record is written" {
	[[ $BUILD != *-san ]] || skip "a sanitizer must be the first library"
	# An fsync that waits until a file exists.
	cat >"$tmp/slow.c" <<-'END'
		#include <stdlib.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		int fsync(int fd) {
			while (access(getenv("SLOW_UNTIL"), F_OK) != 0) usleep(20000);
			return (int)syscall(SYS_fsync, fd);
		}
	END
	cc -shared -fPIC -o "$tmp/slow.so" "$tmp/slow.c"
	b=nft
	for fast in '' --no-rehearse; do
		fresh
		put "$gateway"
		rm -f "$tmp/go"
		# shellcheck disable=SC2086
		in_ns env LD_PRELOAD="$tmp/slow.so" SLOW_UNTIL="$tmp/go" fw-load -q -b nft -s "$state" $fast "$tmp/next" 3>&- &
		loading=$!
		wait_for recording
		in_ns iptables-nft -I INPUT -s 203.0.113.78 -j DROP
		: >"$tmp/go"
		wait $loading
		in_ns iptables-nft -C INPUT -s 203.0.113.78 -j DROP
		in_ns iptables-nft -C INPUT -p tcp --dport 8443 -m conntrack --ctstate NEW -j ACCEPT
	done
}

@test "a saver that fails before the commit changes no rule; after one that fails later the load is undone" {
	b=nft
	program iptables-nft-save <<-END
		echo >>"$tmp/saves"
		grep -qw \$(wc -l <"$tmp/saves") "$tmp/fails" && { echo "no memory" >&2; exit 1; }
		exec /usr/sbin/iptables-nft-save "\$@"
	END
	# fw-load runs a failed saver once more. The first saver of a rehearsed load reads the scratch namespace.
	while IFS=: read -r fails status fast; do
		fresh
		put "$gateway"
		in_ns nft add table ip somebodys # so that the rules in force have to be read
		live >"$tmp/before"
		: >"$tmp/saves"
		echo "$fails" >"$tmp/fails"
		beside run "-$status" put $fast "$tmp/next"
		[[ $output == *"ended with status 1: no memory"* ]]
		live | diff "$tmp/before" -
	done <<-END
		1 2:3:--no-rehearse
		2 3:11:--no-rehearse
		1:3:-q
		2 3:3:-q
		3 4:11:-q
	END
}

@test "does not take the rules of a load with the other backend for those in force" {
	printf '*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n' >"$tmp/as-saved"
	b=legacy
	put "$tmp/as-saved"
	for p in iptables ip6tables; do in_ns $p-legacy -F; in_ns $p-legacy -P INPUT ACCEPT; done
	b=nft
	put --no-rehearse "$tmp/as-saved"
	in_ns iptables-nft -C INPUT -p tcp --dport 22 -j ACCEPT
	in_ns ip6tables-nft -C INPUT -p tcp --dport 22 -j ACCEPT
}

@test "loads completely through a restore that writes its errors elsewhere" {
	for b in $backends; do
		fresh
		for p in iptables ip6tables; do
			program $p-$b-restore <<<"exec /usr/sbin/$p-$b-restore \"\$@\" 2>>'$tmp/errors'"
		done
		beside put --no-rehearse "$gateway"
		in_ns ip6tables-$b -C INPUT -p ipv6-icmp -j ACCEPT
	done
}

@test "undoes a load when a setting fails while the result is read" {
	b=nft
	put "$gateway"
	live >"$tmp/before"
	program iptables-nft-save <<-END
		echo >>"$tmp/saves"
		[ \$(wc -l <"$tmp/saves") -ne 1 ] || sleep 1
		exec /usr/sbin/iptables-nft-save "\$@"
	END
	{ echo '#@ sysctl net.ipv4.ip_nonlocal_bind=7777777777777'; cat "$tmp/next"; } >"$tmp/bad"
	beside run put --no-rehearse "$tmp/bad"
	[ "$status" = 4 ]
	[[ $output == *"the rules are as before"* ]]
	live | diff "$tmp/before" -
}

# A restore that refuses IPv6 after IPv4 is committed.
refuse_ipv6() {
	program ip6tables-nft-restore <<-END
		case \$* in *--noflush*) ;; *) exec /usr/sbin/ip6tables-nft-restore "\$@" ;; esac
		cat >"$tmp/given"
		grep -qE -- '-[AI] .*8443' "$tmp/given" || exec /usr/sbin/ip6tables-nft-restore "\$@" <"$tmp/given"
		echo "ip6tables-restore: line 4 failed" >&2
		exit 1
	END
}

@test "--no-rehearse: undoes a load even where nothing can be rehearsed" {
	b=nft
	refuse_ipv6
	sed 's/--dport 443/--destination-port 8443/' "$gateway" >"$tmp/next"
	put "$gateway"
	in_ns iptables-nft -N f2b-x
	in_ns iptables-nft -A f2b-x -s 203.0.113.9 -j DROP
	live >"$tmp/before"
	beside run -11 in_ns setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin \
		"$BUILD/fw-load" -b nft -s "$state" --no-rehearse "$tmp/next"
	live | diff "$tmp/before" -
	# The same where the rehearsal in a scratch namespace is refused.
	program iptables-nft-restore <<-'END'
		case $* in *--noflush* | -V) ;; *) echo "line 3 failed" >&2; exit 1 ;; esac
		exec /usr/sbin/iptables-nft-restore "$@"
	END
	beside run -11 put --no-rehearse "$tmp/next"
	live | diff "$tmp/before" -
}

@test "undoing a load does not bring back a chain that another program removes meanwhile" {
	b=nft
	refuse_ipv6
	put "$gateway"
	in_ns sh -e -c 'for c in J8 J9; do iptables-nft -N $c; iptables-nft -A $c -s 203.0.113.9 -j DROP; done; iptables-nft -A J8 -j J9'
	# Another program changes the chains just before the first try to undo commits.
	program iptables-nft-restore <<-END
		case \$* in *--noflush*) ;; *) exec /usr/sbin/iptables-nft-restore "\$@" ;; esac
		cat >"$tmp/given4"
		if grep -q -- '-A .*dport 443' "$tmp/given4" && [ ! -e "$tmp/removed" ]; then
			: >"$tmp/removed"
			iptables-nft -F J8 && iptables-nft -A J8 -s 203.0.113.8 -j DROP && iptables-nft -F J9 && iptables-nft -X J9
			echo "iptables-restore: line 4 failed" >&2
			exit 1
		fi
		exec /usr/sbin/iptables-nft-restore "\$@" <"$tmp/given4"
	END
	beside run put --no-rehearse "$tmp/next"
	[ "$status" = 8 ] || [ "$status" = 11 ]
	[ -e "$tmp/removed" ]
	live | grep -q 'dport 443'
	[ "$(in_ns iptables-nft -S | grep J)" = "-N J8
-A J8 -s 203.0.113.8/32 -j DROP" ]
}

# Another process adds rules as fast as it can; reading 10,000 rules takes longer than the time between two of them.
@test "loads or saves 10,000 rules, or gives up, beside a writer that adds 3,000 without a pause; none is lost" {
	b=nft
	for k in 1 2; do
		{ printf '%s\n' '*filter' ':INPUT DROP' ':many -' '-A INPUT -j many'
			awk -v k=$k 'BEGIN { for (i = 1; i <= 10000; i++) print "-A many -p tcp -m tcp --sport " i " --dport " k * 20000 " -j ACCEPT" }'
			echo COMMIT; } >"$tmp/text$k"
	done
	put -q "$tmp/text1"
	in_ns bash -c 'n=0; while [ ! -e "$0/stop" ] && [ $n -lt 3000 ]; do n=$((n + 1)); nft add rule ip filter INPUT ip saddr 10.77.0.1 counter drop; done; echo $n >"$0/added"' "$tmp" &
	wait_for in_ns iptables-nft -C INPUT -s 10.77.0.1 -j DROP
	run put -q "$tmp/text2"
	[ "$status" = 0 ] || [ "$status" = 8 ] || { echo "$status: $output"; false; }
	loaded=$status
	run save
	[ "$status" = 0 ] || [[ $status == 3 && $output == *"the rules changed during each of"* ]]
	touch "$tmp/stop"
	wait
	in_ns iptables-nft-save -t filter >"$tmp/now"
	[ "$(grep -c 10.77.0.1 "$tmp/now")" = "$(cat "$tmp/added")" ]
	[ "$(grep -c "dport $((loaded == 0 ? 40000 : 20000))" "$tmp/now")" = 10000 ]
	put -q "$tmp/text1"
}

# The saver reads, and another program inserts a rule before it ends, so that the rules change during every look.
@test "loads although another program inserts a rule during each of many looks; no rule is lost" {
	b=nft
	put -q "$gateway"
	in_ns iptables-nft -N other # so that the rules in force have to be read
	program iptables-nft-save <<-END
		/usr/sbin/iptables-nft-save "\$@" || exit
		[ "\$(readlink /proc/self/ns/net)" = "$(in_ns readlink /proc/self/ns/net)" ] || exit 0 # a rehearsal
		echo >>"$tmp/saves"
		n=\$(wc -l <"$tmp/saves")
		[ \$n -gt 8 ] || iptables-nft -I INPUT -s 10.77.0.\$n -j DROP
	END
	for fast in '' --no-rehearse; do
		: >"$tmp/saves"
		# shellcheck disable=SC2086
		run -0 beside put -q $fast "$tmp/next"
		n=$(wc -l <"$tmp/saves")
		[ "$n" -ge 2 ]
		[ "$(in_ns iptables-nft -S INPUT | grep -c -- '-s 10\.77\.0\.')" = $((n < 8 ? n : 8)) ]
		in_ns iptables-nft -S INPUT | grep -q 'dport 8443'
		put -q --replace "$gateway"
		in_ns iptables-nft -N other
	done
}

@test "loads as a whole or not at all beside a writer that keeps inserting into INPUT" {
	b=nft
	for port in 80 81; do
		printf '%s\n' '*filter' ':INPUT DROP' ':FORWARD DROP' '-A INPUT -i lo -j ACCEPT' '-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT' \
			"-A INPUT -p tcp --dport $port -j ACCEPT" '-A INPUT -p tcp --dport 22 -j ACCEPT' COMMIT >"$tmp/$port"
	done
	put "$tmp/80"
	in_ns bash -c 'n=0; while [ ! -e "$0/stop" ]; do n=$((n + 1)); iptables-nft -I INPUT -s 11.$((n / 250)).0.$((n % 250)) -j DROP; done; echo $n >"$0/added"' "$tmp" &
	wait_for in_ns iptables-nft -C INPUT -s 11.0.0.1 -j DROP
	for port in 81 80 81 80; do
		run put -q "$tmp/$port"
		[ "$status" = 0 ] || [ "$status" = 8 ] || { echo "$status: $output"; false; }
		loaded=$([ "$status" = 0 ] && echo $port || echo "${loaded:-80}")
		in_ns iptables-nft-save -t filter | grep -v '11\.' >"$tmp/now"
		diff - <(sed -n 's/^-A INPUT //p' "$tmp/now") <<-END
			-i lo -j ACCEPT
			-m conntrack --ctstate ESTABLISHED -j ACCEPT
			-p tcp -m tcp --dport $loaded -j ACCEPT
			-p tcp -m tcp --dport 22 -j ACCEPT
		END
	done
	touch "$tmp/stop"
	wait
	[ "$(in_ns iptables-nft -S INPUT | grep -c -- '-s 11\.')" = "$(cat "$tmp/added")" ]
}

# The chain that the load would have made is not there, so that it cannot be removed: the whole table is put back.
@test "undoes a load that died before its commit although the rules can never be read" {
	b=nft
	printf '%s\n' '*filter' ':INPUT DROP' '-A INPUT -p tcp -m tcp --dport 8022 -j ACCEPT' COMMIT >"$tmp/a"
	printf '%s\n' '*filter' ':INPUT DROP' ':new -' '-A INPUT -p tcp --dport 8022 -j ACCEPT' '-A INPUT -j new' '-A new -j RETURN' COMMIT >"$tmp/b"
	put "$tmp/a"
	program iptables-nft-restore <<-END
		[ ! -e "$state/run/journal" ] || { kill -KILL \$PPID; exit 1; }
		exec /usr/sbin/iptables-nft-restore "\$@"
	END
	beside run put --no-rehearse "$tmp/b"
	[ -e "$state/run/journal" ]
	rm "$tmp/bin/iptables-nft-restore"
	program iptables-nft-save <<-END
		/usr/sbin/iptables-nft-save "\$@"
		nft 'add set ip filter other { type ipv4_addr; }; delete set ip filter other'
		nft 'add set ip filter other { type ipv4_addr; }'
		nft 'delete set ip filter other'
	END
	beside run put --status
	echo "$output"
	[[ $output == *"rules before the load are in force again, but could not be read back"* ]]
	[ "$(in_ns iptables-nft -S INPUT)" = $'-P INPUT DROP\n-A INPUT -p tcp -m tcp --dport 8022 -j ACCEPT' ]
}

@test "finishes a load before it acts on a signal" {
	for b in $backends; do
		for signal in TERM INT HUP QUIT ALRM USR1; do
			fresh
			put "$gateway"
			program "iptables-$b-restore" <<-END
				case \$* in *--noflush*) kill -$signal \$PPID ;; esac
				exec /usr/sbin/iptables-$b-restore "\$@"
			END
			# --default-signal, because a background job of a shell ignores INT.
			run beside in_ns env --default-signal fw-load -q -b $b -s "$state" --no-rehearse "$tmp/next"
			[ "$status" -gt 128 ]
			in_ns iptables-$b -S INPUT | grep -q 'dport 8443'
			in_ns ip6tables-$b -S INPUT | grep -q 'dport 8443'
			[ ! -e "$state/run/journal" ]
			run -0 put -n "$tmp/next"
			[ -z "$output" ]
		done
	done
}
