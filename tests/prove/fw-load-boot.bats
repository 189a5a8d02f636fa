#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# fw-load on a booted Debian kernel with modules, and across power losses. `make prove` runs this. The first run fetches
# a kernel with apt; each boot takes about ten seconds.

setup_file() {
	bats_require_minimum_version 1.5.0
	local tool
	for tool in qemu-system-x86_64 cpio mkfs.ext4 strace; do
		command -v $tool >/dev/null || skip "$tool is missing: apt-get install qemu-system-x86 cpio e2fsprogs strace"
	done
}

setup() {
	tmp=$BATS_TEST_TMPDIR
	mkdir -p "$tmp/overlay/etc/modprobe.d" "$tmp/overlay/r"
	# A folder over which the guest mounts no file system; -b adds the libraries.
	cp "$BUILD/fw-load" "$BUILD/fw-save" "$tmp/overlay/r"
	cat >"$tmp/overlay/r/one" <<-'END'
		#@ module nf_conntrack_ftp
		#@ sysctl net.netfilter.nf_conntrack_max=12345
		#@ sysctl net.ipv4.ip_forward=1
		*filter
		:INPUT DROP [0:0]
		:FORWARD DROP [0:0]
		-A INPUT -i lo -j ACCEPT
		-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
		-A INPUT -p tcp -m tcp --dport 443 -j ACCEPT
		COMMIT
	END
	sed 's/443/8443/' "$tmp/overlay/r/one" >"$tmp/overlay/r/two"
	cat >"$tmp/overlay/r/lib" <<-END
		# Standard error goes to a file, since a progress line on a terminal would hide the output after it.
		load() { /r/fw-load -s /state/fw "\$@" 2>/tmp/said; set -- \$?; cat /tmp/said; return \$1; }
		has() { iptables -S INPUT | grep -q -- "--dport \$1 " && ip6tables -S INPUT | grep -q -- "--dport \$1 "; }
		# wait_for COMMAND...: repeats it until it succeeds
		wait_for() { for n in \$(seq 900); do "\$@" && return; sleep 0.1; done; echo "waited for: \$*"; return 99; }
		calls() { [ "\$(grep -c "^[0-9]* *\$1(" /tmp/trace)" -ge "\$2" ]; }
		# hold CALL N PROGRAM...: runs the program up to its Nth CALL, or the first one that names the path N; that call
		# never completes. strace writes a call down when it begins.
		hold() {
			call=\$1 nth=\$2 path=
			shift 2
			case \$nth in /*) path="-P \$nth" nth=1 ;; esac
			: >/tmp/trace
			strace -f -qq -e signal=none -o /tmp/trace -e trace=\$call \$path -e inject=\$call:delay_enter=900000000:when=\$nth "\$@" >/tmp/held 2>&1 &
			wait_for calls \$call \$nth || { cat /tmp/held; return 99; }
		}
		lose_power() { echo POWERLOSS; sleep 60; }
		. /r/test
	END
}

# boot [OPTION...] TEXT: boots the guest and runs the shell text in it, with `load` and `has`; /state is kept in $tmp/disk
boot() {
	local options=("${@:1:$#-1}")
	printf '%s\n' "${@: -1}" >"$tmp/overlay/r/test"
	"$BATS_TEST_DIRNAME/qemu-boot-test" -t 300 -d "$tmp/disk" -b "$BUILD/fw-load" -b "$BUILD/fw-save" -b strace \
		"${options[@]}" "$tmp/overlay" '. /r/lib'
}

@test "case 35: loads modules, settings and rules of both families with each backend, and again after a boot" {
	for b in nft legacy; do
		rm -f "$tmp/disk"
		run -0 boot "load -b $b /r/one && grep -q ^nf_conntrack_ftp /proc/modules && cat /proc/sys/net/netfilter/nf_conntrack_max"
		[[ $output == *12345* ]]
		run -0 boot "
			[ ! -e /proc/sys/net/netfilter/nf_conntrack_max ] || exit 20
			load -b $b --boot || exit
			grep -q ^nf_conntrack_ftp /proc/modules || exit 21
			[ \"\$(cat /proc/sys/net/netfilter/nf_conntrack_max)\" = 12345 ] || exit 22
			[ \"\$(cat /proc/sys/net/ipv4/ip_forward)\" = 1 ] || exit 23
			iptables-$b-save | grep -q 'dport 443' && ip6tables-$b-save | grep -q 'dport 443' || exit 24
			iptables-$b-save | grep -q ':INPUT DROP' || exit 25"
	done
}

@test "case 31: the boot after a power loss right after a load has its rules" {
	run -0 boot -p 'load /r/one && lose_power'
	run -0 boot 'load --boot && has 443'
}

@test "case 33: the boot after a power loss during an unconfirmed load has the last confirmed rules" {
	run -0 boot 'load /r/one'
	run -0 boot -p 'load --boot && { load --confirm 600 /r/two & wait_for has 8443 && lose_power; }'
	run -0 boot 'load --boot && has 443 && ! has 8443 && [ ! -e /state/fw/run/journal ]'
	[[ $output == *"not confirmed before the machine went down"* ]]
}

# A load syncs and renames the generation and the journal and syncs their directories, commits both families, gives the
# generation its final name, renames `good`, and removes the journal.
@test "the boot after a power loss inside a load has the old rules until the rename of good, and then the new ones" {
	local point
	run -0 boot 'load /r/one'
	cp "$tmp/disk" "$tmp/before"
	for point in "fsync 1" "renameat 1" "renameat2 1" "renameat2 /state/fw/.good.tmp"; do
		cp "$tmp/before" "$tmp/disk"
		run -0 boot -p "load --boot && hold $point /r/fw-load -s /state/fw /r/two && lose_power"
		run -0 boot 'load --boot && has 443 && ! has 8443'
	done
	cp "$tmp/before" "$tmp/disk"
	run -0 boot -p "load --boot && hold unlink /state/fw/run/journal /r/fw-load -s /state/fw /r/two && has 8443 && lose_power"
	run -0 boot 'load --boot && has 8443 && ! has 443'
}

@test "case 32: a power loss inside fw-save -o leaves a whole file, and before the rename the old one" {
	local point
	run -0 boot 'load /r/one && /r/fw-save -o /state/rules'
	cp "$tmp/disk" "$tmp/before"
	for point in "fsync 1" "fsync 2" "renameat 1"; do
		cp "$tmp/before" "$tmp/disk"
		run -0 boot -p "load /r/two && hold $point /r/fw-save -o /state/rules && lose_power"
		run -0 boot 'load --replace /state/rules && has 443 && ! has 8443'
	done
	# After the rename either file is right, but it must be whole.
	cp "$tmp/before" "$tmp/disk"
	run -0 boot -p "load /r/two && hold fsync 3 /r/fw-save -o /state/rules && lose_power"
	run -0 boot 'load --replace /state/rules && { has 443 || has 8443; }'
}

@test "case 31: a power loss right after fw-save -o leaves the new file" {
	run -0 boot 'load /r/one && /r/fw-save -o /state/rules'
	run -0 boot -p 'load /r/two && /r/fw-save -o /state/rules && lose_power'
	run -0 boot 'load --replace /state/rules && has 8443 && ! has 443'
	# Control: a file that was not synced is missing or empty.
	run -0 boot -p 'load /r/one && iptables-save >/state/unsynced && grep -q 443 /state/unsynced && lose_power'
	run -0 boot '[ ! -s /state/unsynced ]'
}

@test "case 34: a module that is missing, blacklisted or has a command is status 4, and the command is not run" {
	echo 'blacklist nf_conntrack_irc' >"$tmp/overlay/etc/modprobe.d/a.conf"
	echo 'install nf_conntrack_tftp /bin/touch /tmp/it-ran' >>"$tmp/overlay/etc/modprobe.d/a.conf"
	for name in no_such_module nf_conntrack_irc nf_conntrack_tftp; do
		sed "s/nf_conntrack_ftp/$name/" "$tmp/overlay/r/one" >"$tmp/overlay/r/$name"
		run -0 boot "
			load /r/$name; [ \$? = 4 ] || exit 20
			[ ! -e /tmp/it-ran ] || exit 21
			[ -z \"\$(iptables-save | grep -- -A)\" ] || exit 22
			sed -i 's/module /module? /' /r/$name; load /r/$name && has 443"
		[[ $output == *"module $name"* ]]
	done
}

@test "case 34: loads the safe rules at boot when a module is gone, status 12" {
	run -0 boot 'load /r/one'
	run -0 boot 'rm /lib/modules/*/kernel/net/netfilter/nf_conntrack_ftp.ko* || exit; load --boot; [ $? = 12 ] &&
		iptables -S | grep -q -- "-P INPUT DROP" && ip6tables -S | grep -q -- "-P INPUT DROP"'
}
