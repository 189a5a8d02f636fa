# SPDX-License-Identifier: GPL-2.0-or-later
# The match pkttype.
@ mangle FORWARD 46
! -p tcp -m pkttype --pkt-type unicast;=;OK
--protocol tcp -m pkttype --pkt-type unicast;-p tcp -m pkttype --pkt-type unicast;OK
-m pkttype;;FAIL
-m pkttype ! --pkt-type 1;;FAIL
-m pkttype ! --pkt-type 2:1;;FAIL
-m pkttype ! --pkt-type :;;FAIL
-m pkttype ! --pkt-type unicast;=;OK
-m pkttype --pkt-ty unicast;-m pkttype --pkt-type unicast;OK
-m pkttype --pkt-type;;FAIL
-m pkttype --pkt-type 1/foo;;FAIL
-m pkttype --pkt-type 18446744073709551615;;FAIL
-m pkttype --pkt-type ANY;;FAIL
-m pkttype --pkt-type unicast !;;FAIL
-m pkttype unicast;;FAIL
-p udp -m pkttype;;FAIL
