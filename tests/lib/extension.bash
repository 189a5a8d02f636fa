# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# shellcheck shell=bash
# Extensions of iptables that misbehave.

# extension NAME PARSE SAVE: builds a match that runs these C statements when it is read and written; in $libdir, with
# iptables' own extensions
extension() {
	libdir=$tmp/xtables
	[ -d "$libdir" ] || { mkdir "$libdir" && ln -s "$(pkg-config --variable=xtlibdir xtables)"/*.so "$libdir"; }
	cat >"$tmp/$1.c" <<-END
		#include <getopt.h>
		#include <signal.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <unistd.h>
		#include <sys/resource.h>
		#include <xtables.h>
		/* Killed by the kernel: the process itself may send no signal. */
		static void run_out_of_time(void) { struct rlimit second = { 1, 1 }; setrlimit(RLIMIT_CPU, &second); for (;;); }
		static const struct option options[] = { { "does", 0, NULL, 1 }, { NULL, 0, NULL, 0 } };
		static int parse(int c, char **argv, int invert, unsigned *flags, const void *entry, struct xt_entry_match **match)
		{
			$2;
			return 1;
		}
		static void save(const void *ip, const struct xt_entry_match *match)
		{
			$3;
		}
		static struct xtables_match it = {
			.version = XTABLES_VERSION, .name = "$1", .family = NFPROTO_UNSPEC, .parse = parse, .save = save, .extra_opts = options,
		};
		__attribute__((constructor)) static void begin(void) { xtables_register_match(&it); }
	END
	${CC:-cc} -shared -fPIC -w -o "$libdir/libxt_$1.so" "$tmp/$1.c"
	export XTABLES_LIBDIR=$libdir
	printf '*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp\n-A INPUT -m %s --does\n-A INPUT -p udp\nCOMMIT\n' "$1" >"$tmp/text"
}
