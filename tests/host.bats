#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# The door to the machine (common/host), call by call: no output or status of a program is trusted blindly, and programs
# inherit only what they need.

in_turn=1 # fw-load.bats, -text and -merge cover the differences between backends
load lib/load

setup() {
	load_setup
	mkdir "$tmp/bin"
	cat >"$tmp/rules" <<-'END'
		*filter
		:INPUT DROP [0:0]
		:FORWARD DROP [0:0]
		:OUTPUT ACCEPT [0:0]
		-A INPUT -i lo -j ACCEPT
		COMMIT
	END
}

teardown() { load_teardown; }

# door CALL ARGUMENT...: makes the call in the namespace, on backend $b, with the programs in $tmp/bin before the system's
door() { PATH=$tmp/bin:$PATH in_ns "$BUILD/tests/door" "$b" "$@"; }

# program NAME: puts a script from standard input in its place; in it $real is the program itself, which answers -V
program() {
	local real
	real=$(command -v "$1")
	{ echo "#!/bin/bash"; echo "real=$real"; echo '[ "${1-}" != -V ] || exec "$real" -V'; cat; } >"$tmp/bin/$1"
	chmod 755 "$tmp/bin/$1"
}

# restorer, saver: like program, for the restore and the saver of backend $b for IPv4
restorer() { program "iptables-$b-restore"; }
saver() { program "iptables-$b-save"; }

@test "loads and reads back the rules of both families at once" {
	for b in $backends; do
		fresh
		run -0 door restore 46 "$tmp/rules"
		[ "$output" = $'IPv4: loaded\nIPv6: loaded' ]
		run -0 door save 46
		[ "$(grep -c '^\[0:0\] -A INPUT -i lo -j ACCEPT$' <<<"$output")" -eq 2 ]
		[ "$(grep -c '^:INPUT DROP' <<<"$output")" -eq 2 ]
	done
}

@test "takes a restore that prints for a refusal, whatever its status" {
	for b in $backends; do
		fresh
		restorer <<<'echo "iptables v1.8.9"; echo more; exit 0'
		run -1 door restore 46 "$tmp/rules"
		[ "${lines[0]}" = "IPv4: refused at line 0: iptables-$b-restore printed \"iptables v1.8.9\" instead of loading the rules" ]
		[ "${lines[1]}" = "IPv6: loaded" ]
		restorer <<<'printf "%0100d" 0; "$real" "$@"'
		run -1 door restore 4 "$tmp/rules"
		[[ $output == *"printed \"$(printf %060d 0) ...\" instead of loading"* ]]
		restorer <<<'echo listed; exit 2'
		run -1 door restore 4 "$tmp/rules"
		[[ $output == *"iptables-$b-restore ended with status 2"* ]]
	done
}

@test "refuses a text that makes the system's restore print help" {
	sed -i 's/^-A INPUT.*/-A INPUT -h/' "$tmp/rules"
	for b in $backends; do
		fresh
		run -1 door restore 4 "$tmp/rules"
		[[ $output == *"instead of loading the rules" ]]
		# Control: the program itself exits with 0.
		in_ns "iptables-$b-restore" "$tmp/rules" >/dev/null
	done
}

@test "reports a restore that dies, fails silently or cannot be started" {
	for b in $backends; do
		fresh
		restorer <<<'kill -SEGV $$'
		run -1 door restore 4 "$tmp/rules"
		[ "$output" = "IPv4: refused at line 0: iptables-$b-restore was killed by signal 11" ]
		restorer <<<'exit 3'
		run -1 door restore 4 "$tmp/rules"
		[ "$output" = "IPv4: refused at line 0: iptables-$b-restore ended with status 3" ]
		# For IPv6, because the door asks only the program for IPv4 for its version.
		printf '#!/nonexistent\n' >"$tmp/bin/ip6tables-$b-restore"
		chmod 755 "$tmp/bin/ip6tables-$b-restore"
		run -1 door restore 6 "$tmp/rules"
		[ "$output" = "IPv6: error: No such file or directory" ]
		rm "$tmp"/bin/*
	done
}

@test "case T15: a saver that is killed, fails or stops half way is an error, never a shorter list of rules" {
	for b in $backends; do
		fresh
		door restore 46 "$tmp/rules"
		for script in 'kill -SEGV $$' 'kill -KILL $$' '"$real" "$@"; exit 1' '"$real" "$@" | head -c 60' \
			'"$real" "$@" | sed "/^COMMIT/,\$d"' '"$real" "$@" | tr -d "\n"' '"$real" "$@"; echo -A INPUT -j DROP' \
			'"$real" "$@"; echo hello' '"$real" "$@"; printf "*nat\n"' '"$real" "$@"; printf "# half a line"' \
			'"$real" "$@"; printf "*nat\nCOMMIT\0\n"'; do
			saver <<<"$script"
			run --separate-stderr -1 door save 46
			[ "$output" = "error: Input/output error" ] || { echo "$script: $output"; return 1; }
			[[ $stderr == *"iptables-$b-save"* ]] || { echo "$script: $stderr"; return 1; }
		done
		saver <<<'"$real" "$@"'
		run -0 door save 46
	done
}

@test "does not trust a legacy saver that prints nothing or leaves a table out" {
	b=legacy
	door restore 46 "$tmp/rules"
	in_ns iptables-legacy -t nat -A POSTROUTING -j MASQUERADE
	saver <<<'exit 0'
	run --separate-stderr -1 door save 46
	[[ $stderr == *"iptables-legacy-save omits table "* ]]
	saver <<<'"$real" -c -t filter'
	run --separate-stderr -1 door save 46
	[[ $stderr == *"iptables-legacy-save omits table nat"* ]]
}

@test "distinguishes rules made with nft in a table of iptables from a failure" {
	b=nft
	door restore 46 "$tmp/rules"
	in_ns nft add rule ip filter INPUT ct state '{ new, established }' counter accept
	run --separate-stderr -1 door save 46
	[ "$output" = "error: Bad message" ]
	[[ $stderr == *"made with nft"* ]]
}

@test "runs a saver again that fails while another program commits" {
	b=nft
	door restore 46 "$tmp/rules"
	saver <<-END
		if [ ! -e $tmp/once ]; then
			: >$tmp/once
			iptables-nft -N passing
			exit 1
		fi
		"\$real" "\$@"
	END
	run -0 door save 4
	[[ $output == *":passing - "* ]]
	# Control: without a commit, the first failure counts.
	saver <<<'exit 1'
	run -1 door save 4
}

@test "case T43: prints control characters of programs' messages escaped" {
	for b in $backends; do
		fresh
		restorer <<<'printf "iptables-restore: line 4 failed: \033]0;owned\a \xc2\x9b2J.\n" >&2; exit 1'
		run -1 door restore 4 "$tmp/rules"
		[ "$output" = 'IPv4: refused at line 4: \x1b]0;owned\x07 \xc2\x9b2J' ]
		restorer <<<'printf "\033[2J"'
		run -1 door restore 4 "$tmp/rules"
		[[ $output == *'printed "\x1b[2J" instead'* ]]
		door restore 6 "$tmp/rules"
		program "ip6tables-$b-save" <<<'printf "\033[31mno\a\n" >&2; exit 7'
		run --separate-stderr -1 door save 6
		[[ $stderr == *'status 7: \x1b[31mno\x07'* ]]
		[[ $stderr != *$'\033'* ]]
	done
}

@test "programs inherit three variables, three descriptors and their lock, the directory / and umask 077" {
	local want='LC_ALL PATH XTABLES_LOCKFILE
0 1 2
/
0077'
	for b in $backends; do
		fresh
		restorer <<-END
			(
				tr '\\0' '\\n' </proc/\$\$/environ | sed 's/=.*//' | sort | xargs
				(cd /proc/\$\$/fd && for n in *; do case \$n-\$(readlink \$n) in 255-* | *-/memfd:xtables.lock*) ;; *) echo \$n ;; esac; done | xargs)
				pwd
				umask
			) >$tmp/seen
			exec "\$real" "\$@"
		END
		SECRET=1 LD_BIND_NOW=1 LANG=de_DE.UTF-8 door restore 4 "$tmp/rules" 7<"$tmp/rules" 30>"$tmp/other"
		[ "$(cat "$tmp/seen")" = "$want" ] || { cat "$tmp/seen"; return 1; }
	done
}

@test "passes on XTABLES_LIBDIR only if it is an absolute directory that no other user can write to" {
	b=nft
	mkdir "$tmp/lib"
	restorer <<<"echo \"\$XTABLES_LIBDIR\" >$tmp/seen; exec \"\$real\" \"\$@\""
	# The directory has no library for `length`, so the rule is refused: the variable takes effect.
	sed -i 's/^-A INPUT.*/-A INPUT -p udp -m length --length 5 -j ACCEPT/' "$tmp/rules"
	XTABLES_LIBDIR=$tmp/lib run -1 door restore 4 "$tmp/rules"
	[[ $output == *"length"* ]]
	[ "$(cat "$tmp/seen")" = "$tmp/lib" ]
	chmod 777 "$tmp/lib"
	XTABLES_LIBDIR=$tmp/lib run -3 door restore 4 "$tmp/rules"
	[[ $output == *"XTABLES_LIBDIR: $tmp/lib can be written to by other users"* ]]
	XTABLES_LIBDIR=lib run -3 door restore 4 "$tmp/rules"
	[[ $output == *"XTABLES_LIBDIR: lib is not the absolute path of a directory"* ]]
	run -0 door restore 4 "$tmp/rules"
}

@test "case T41: with closed standard descriptors, no socket or lock takes their numbers" {
	for b in $backends; do
		fresh
		for closed in '0<&-' '1>&-' '2>&-' '0<&- 1>&- 2>&-'; do
			rm -f "$tmp"/{asks,seen}
			# The child lacks the capabilities to look at its parent, so it asks the test to look.
			restorer <<<"echo \$PPID >$tmp/asks; until [ -e $tmp/seen ]; do sleep 0.01; done; exec \"\$real\" \"\$@\""
			{ wait_for test -s "$tmp/asks" && ls -l "/proc/$(cat "$tmp/asks")/fd" >"$tmp/listed"; mv "$tmp/listed" "$tmp/seen" || : >"$tmp/seen"; } 3>&- &
			eval "door restore 46 '$tmp/rules' $closed" >"$tmp/out" 2>&1 || [[ $closed == *1* ]]
			wait $!
			for n in 0 1 2; do
				! grep -E " $n -> (socket|/memfd|anon_inode)" "$tmp/seen" || { echo "$closed"; cat "$tmp/seen"; return 1; }
				grep -qE " $n -> " "$tmp/seen"
			done
			[ "$(in_ns "iptables-$b-save" | grep -c 'lo -j ACCEPT')" -eq 1 ]
			in_ns "iptables-$b" -F
		done
	done
}

@test "case T38: with low limits on descriptors, file size or memory, loads everything or nothing" {
	local limit status memory=(--as={8,24,48,100,200,400}000000 --stack={65536,1048576} --data={1,16,64}000000)
	[[ $BUILD != *-san ]] || memory=() # a sanitizer needs terabytes of addresses
	for b in $backends; do
		fresh
		door restore 46 "$tmp/rules"
		live >"$tmp/before"
		sed 's/-i lo/-i lo2/' "$tmp/rules" >"$tmp/next"
		for limit in --nofile={3,8,16,31,32,40} --fsize={0,1024,1048576} "${memory[@]}"; do
			status=0
			PATH=$tmp/bin:$PATH in_ns prlimit "$limit" "$BUILD/tests/door" "$b" restore 46 "$tmp/next" >"$tmp/out" 2>&1 || status=$?
			case $status in
			0) live >"$tmp/after"
			   [ "$(grep -c lo2 "$tmp/after")" -eq 2 ] || { echo "$limit: not loaded"; return 1; }
			   door restore 46 "$tmp/rules" ;;
			1 | 3 | 127) live | cmp - "$tmp/before" || { echo "$limit: status $status"; cat "$tmp/out"; return 1; } ;;
			*) echo "$limit: status $status"; cat "$tmp/out"; return 1 ;;
			esac
		done
	done
}

@test "a scratch door tries rules and sets without changing those in force" {
	for b in $backends; do
		fresh
		door restore 46 "$tmp/rules"
		in_ns ipset create black hash:net
		in_ns ipset add black 192.0.2.0/24
		live >"$tmp/before"
		sed 's/^-A INPUT.*/&\n-A INPUT -m set --match-set black src -j DROP/' "$tmp/rules" >"$tmp/next"
		run -0 door rehearse 4 "$tmp/next"
		[[ $output == *"--match-set black src -j DROP"* ]]
		[ "$(grep -c '^\*' <<<"$output")" -eq 1 ]
		live | cmp - "$tmp/before"
		run -1 door rehearse 4 <(sed 's/-i lo/-m set --match-set white src/' "$tmp/rules")
		[[ $output == *"Set white doesn't exist"* ]]
	done
}

@test "legacy: adds the reason from the kernel's log to a refusal" {
	b=legacy
	[ -r /dev/kmsg ] || skip "the kernel's log cannot be read"
	sed -i 's/^-A INPUT.*/-A INPUT -p tcp -j TCPMSS --clamp-mss-to-pmtu/' "$tmp/rules"
	run -1 door rehearse 46 "$tmp/rules"
	[[ ${lines[0]} == "IPv4: refused at line 6: the kernel refused it (the kernel's log says: x"*TCPMSS* ]]
}

# confined CAPABILITY COMMAND...: runs the command without this capability, as root of a user namespace that allows no
# further ones
confined() {
	in_ns unshare -U -r sh -ec 'echo 0 >/proc/sys/user/max_user_namespaces
		exec setpriv --bounding-set="-$1" --inh-caps="-$1" "$2" "$3" "$4" "$5" "$6"' sh "$@"
}

@test "case T42: a scratch door names a missing CAP_SYS_ADMIN, and works for an ordinary user in a user namespace" {
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare -rn true 2>/dev/null || skip "ordinary users cannot make namespaces here"
	for b in $backends; do
		fresh
		run -1 confined sys_admin "$BUILD/tests/door" "$b" rehearse 4 "$tmp/rules"
		[ "${lines[0]}" = "hint: CAP_SYS_ADMIN is missing: add it, or load without a rehearsal (--no-rehearse)" ]
		[ "${lines[1]}" = "error: Operation not permitted" ]
		chmod 644 "$tmp/rules"
		# The test opens the files, since the user cannot enter the folders.
		run -0 in_ns setpriv --reuid=65534 --regid=65534 --clear-groups /proc/self/fd/9 "$b" rehearse 4 /dev/stdin \
			<"$tmp/rules" 9<"$BUILD/tests/door"
		[ "${lines[0]}" = "IPv4: loaded" ]
		[[ $output == *"-A INPUT -i lo -j ACCEPT"* ]]
	done
}

@test "case T42: legacy: without IPv6 in the kernel, a refusal suggests to load IPv4 alone" {
	b=legacy
	run in_ns "$BUILD/tests/no-ipv6" "$BUILD/tests/door" $b restore 46 "$tmp/rules"
	[ "${status}" -ne 77 ] || skip "no seccomp here"
	[ "${lines[0]}" = "IPv4: loaded" ]
	[[ ${lines[1]} == "IPv6: refused at line "*"; this kernel has no IPv6: load only IPv4 (-4)" ]]
	# Control: with IPv6 the same text loads.
	run -0 door restore 46 "$tmp/rules"
}

@test "reading rules without rights is an error" {
	for b in $backends; do
		fresh
		door restore 46 "$tmp/rules"
		run --separate-stderr -1 in_ns setpriv --bounding-set=-all --inh-caps=-all "$BUILD/tests/door" "$b" save 46
		[[ $output == "error: "* ]]
		[[ $stderr == *"Permission denied"* || $stderr == *"Operation not permitted"* ]]
	done
}

@test "distinguishes a missing set, a missing ipset and a failing ipset" {
	b=nft
	run -1 door set-save black
	[ "$output" = "error: No such file or directory" ]
	echo 'create black hash:net' >"$tmp/lines"
	run -0 door set-restore black "$tmp/lines"
	run -0 door set-save black
	[[ $output == "create black hash:net family inet "* ]]
	echo 'add black nonsense' >"$tmp/lines"
	run --separate-stderr -1 door set-restore black "$tmp/lines"
	[[ $stderr == *"set black: ipset ended with status 1: "*"nonsense"* ]]
	program ipset <<<'kill -SEGV $$'
	run -1 door set-save black
	[ "$output" = "error: Input/output error" ]
	program ipset <<<'printf "Name: black\n"'
	run --separate-stderr -1 door set-restore black "$tmp/lines"
	[[ $stderr == *"set black: ipset printed something"* ]]
	rm "$tmp/bin/ipset"
	run -1 in_ns unshare -m sh -c 'mount --bind /dev/null "$(readlink -f "$(command -v ipset)")" && exec "$@"' sh \
		"$BUILD/tests/door" nft set-save black
	[ "$output" = "error: Function not implemented" ]
}

@test "writes and reads back settings, but only those below net." {
	b=nft
	run -0 door get net.ipv4.ip_forward
	[ "$output" = 0 ]
	run -0 door set net/ipv4/ip_forward 1
	run -0 door get net.ipv4.ip_forward
	[ "$output" = 1 ]
	run -1 door set net.ipv4.ip_forward yes
	[ "$output" = "error: Invalid argument" ]
	run -1 door set kernel.panic 1
	run -1 door set net/../kernel/panic 1
	[ "$output" = "error: Invalid argument" ]
}

@test "reports a lock that another process holds, and takes it once it is free" {
	b=legacy
	mkfifo "$tmp/hold"
	door lock state "$tmp/lock" 1 <"$tmp/hold" >"$tmp/said" &
	exec 8>"$tmp/hold"
	until grep -q locked "$tmp/said"; do sleep 0.02; done
	run -1 door lock state "$tmp/lock" 0 </dev/null
	[ "$output" = "error: Resource temporarily unavailable" ]
	exec 8>&-
	wait
	run -0 door lock state "$tmp/lock" 5 </dev/null
	run -0 door lock xtables "$tmp/lock" 5 </dev/null
	b=nft
	run -0 door lock xtables "$tmp/lock" 5 </dev/null
}

@test "the number of commits grows for nft, and is always 0 for legacy" {
	b=nft
	run -0 door generation
	local before=$output
	in_ns iptables-nft -N one
	run -0 door generation
	[ "$output" -gt "$before" ]
	b=legacy
	run -0 door generation
	[ "$output" = 0 ]
}
