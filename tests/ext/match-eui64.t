# SPDX-License-Identifier: GPL-2.0-or-later
# The match eui64.
@ mangle FORWARD 4
! -p tcp -m eui64;;FAIL
-m eui64;;FAIL
-p udp -m eui64;;FAIL
@ mangle FORWARD 6
! -p tcp -m eui64;=;OK
-m eui64;=;OK
-p udp -m eui64;=;OK
