# SPDX-License-Identifier: GPL-2.0-or-later
# The match l2tp.
@ mangle FORWARD 46
--pid 1 -m l2tp;;FAIL
-m l2tp;;FAIL
-m l2tp ! --pid 1;;FAIL
-m l2tp --pid;;FAIL
-m l2tp 1;;FAIL
