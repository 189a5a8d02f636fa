# SPDX-License-Identifier: GPL-2.0-or-later
# The target CONNSECMARK.
@ mangle FORWARD 46
! -p tcp -j CONNSECMARK --restore;=;OK
! -p tcp -j CONNSECMARK --save;=;OK
--restore -j CONNSECMARK;;FAIL
--save -j CONNSECMARK;;FAIL
-j CONNSECMARK;;FAIL
-j CONNSECMARK ! ! --restore;;FAIL
-j CONNSECMARK ! ! --save;;FAIL
-j CONNSECMARK ! --restore;;FAIL
-j CONNSECMARK ! --save;;FAIL
-j CONNSECMARK ! --save ! --restore;;FAIL
-j CONNSECMARK --restore;=;OK
-j CONNSECMARK --restore !;;FAIL
-j CONNSECMARK --restore --restore;;FAIL
-j CONNSECMARK --restore 1;;FAIL
-j CONNSECMARK --restore=1;;FAIL
-j CONNSECMARK --save;=;OK
-j CONNSECMARK --save !;;FAIL
-j CONNSECMARK --save --restore;;FAIL
-j CONNSECMARK --save --save;;FAIL
-j CONNSECMARK --save=1;;FAIL
-p udp -j CONNSECMARK;;FAIL
-p udp -j CONNSECMARK --restore;=;OK
-p udp -j CONNSECMARK --save;=;OK
