#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# fw-load on a booted Debian kernel with modules, and across losses of power. `make prove` runs this: the
# first run fetches a kernel with apt, and each boot takes about ten seconds.

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
	# At a place that no file system of the guest is mounted over; -b brings the libraries.
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
		# Standard error is no terminal: a progress line would hide what follows it.
		load() { /r/fw-load -s /state/fw "\$@" 2>/tmp/said; set -- \$?; cat /tmp/said; return \$1; }
		has() { iptables -S INPUT | grep -q -- "--dport \$1 " && ip6tables -S INPUT | grep -q -- "--dport \$1 "; }
		. /r/test
	END
}

# boot [OPTION...] TEXT: the shell text is run in the guest, with `load` and `has`; /state is kept in $tmp/disk
boot() {
	local options=("${@:1:$#-1}")
	printf '%s\n' "${@: -1}" >"$tmp/overlay/r/test"
	"$BATS_TEST_DIRNAME/qemu-boot-test" -d "$tmp/disk" -b "$BUILD/fw-load" -b "$BUILD/fw-save" -b strace \
		"${options[@]}" "$tmp/overlay" '. /r/lib'
}

@test "modules, settings and rules of both families, on each backend, and again after a boot" {
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

@test "power lost right after a load: the boot has its rules" {
	run -0 boot -p 'load /r/one && echo POWERLOSS; sleep 5'
	run -0 boot 'load --boot && has 443'
}

@test "power lost during an unconfirmed load: the boot has the last confirmed rules" {
	run -0 boot 'load /r/one'
	run -0 boot -p 'load --boot; load --confirm 60 /r/two & sleep 6; has 8443 && echo POWERLOSS; sleep 5'
	run -0 boot 'load --boot && has 443 && ! has 8443 && [ ! -e /state/fw/pending ]'
	[[ $output == *"never confirmed"* ]]
}

@test "power lost inside a load, before the record is synced and before it becomes the good one" {
	run -0 boot 'load /r/one'
	for call in fsync rename; do
		run -0 boot -p "load --boot; strace -qq -o /dev/null -e trace=$call -e inject=$call:delay_enter=30000000 /r/fw-load -s /state/fw /r/two & sleep 5; echo POWERLOSS; sleep 5"
		run -0 boot 'load --boot && has 443 && ! has 8443'
	done
}

@test "power lost inside fw-save -o: the old file is whole" {
	run -0 boot "load /r/one && /r/fw-save -o /state/rules && load -q /r/two"
	for call in fsync rename renameat; do
		run -0 boot -p "load --boot; strace -qq -o /dev/null -e trace=$call -e inject=$call:delay_enter=30000000 /r/fw-save -o /state/rules & sleep 4; echo POWERLOSS; sleep 5"
		run -0 boot 'load --replace /state/rules && has 443'
	done
	run -0 boot -p "load --boot; load /r/two; /r/fw-save -o /state/rules && echo POWERLOSS; sleep 5"
	run -0 boot 'load --replace /state/rules && has 8443'
}

@test "a module that is missing, blacklisted, or has a command: status 4, and the command is not run" {
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

@test "a good generation whose module is gone: at boot the safe rules, status 12" {
	run -0 boot 'load /r/one'
	run -0 boot 'find /lib/modules -name "nf_conntrack_ftp.ko*" -delete; depmod; load --boot; [ $? = 12 ] &&
		iptables -S | grep -q -- "-P INPUT DROP" && ip6tables -S | grep -q -- "-P INPUT DROP"'
}
