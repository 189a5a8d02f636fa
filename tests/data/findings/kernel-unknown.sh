#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An extension of iptables that the table does not have: a copy of the match cpu under another name.
libdir=$(dirname "$(find /usr/lib /usr/lib64 /usr/libexec -name libxt_cpu.so -print -quit 2>/dev/null)")
mkdir "$BATS_TEST_TMPDIR/xtables"
ln -s "$libdir"/*.so "$BATS_TEST_TMPDIR/xtables"
LC_ALL=C sed 's/\x00cpu\x00/\x00cpx\x00/g' "$libdir/libxt_cpu.so" >"$BATS_TEST_TMPDIR/xtables/libxt_cpx.so"
printf '*filter\n-A INPUT -m cpx --cpx 0 -j ACCEPT\nCOMMIT\n' | XTABLES_LIBDIR=$BATS_TEST_TMPDIR/xtables fw-lint -q -4
