# SPDX-License-Identifier: GPL-2.0-or-later
# The match socket.
@ filter INPUT 46
! -p tcp -m socket;=;OK
! -p tcp -m socket --nowildcard;=;OK
-m socket;=;OK
-m socket --nowildcard;=;OK
-m socket --nowildcard --transparent --restore-skmark;-m socket --transparent --nowildcard --restore-skmark;OK
-m socket --restore-skmark;=;OK
-m socket --restore-skmark --nowildcard;-m socket --nowildcard --restore-skmark;OK
-m socket --restore-skmark --nowildcard --transparent;-m socket --transparent --nowildcard --restore-skmark;OK
-m socket --restore-skmark --transparent --nowildcard;-m socket --transparent --nowildcard --restore-skmark;OK
-m socket --transparent;=;OK
-m socket --transparent --nowildcard;=;OK
-m socket --transparent --restore-skmark;=;OK
-m socket --transparent --restore-skmark --nowildcard;-m socket --transparent --nowildcard --restore-skmark;OK
-p 0 -m socket --nowildcard;-m socket --nowildcard;OK
-p TCP -m socket --transparent;-p tcp -m socket --transparent;OK
-p esp -m socket --restore-skmark;=;OK
-p icmpv6 -m socket --nowildcard;-p ipv6-icmp -m socket --nowildcard;OK
-p udp -m socket;=;OK
-p udp -m socket --transparent;=;OK
@ mangle FORWARD 46
--nowildcard -m socket;;FAIL
--restore-skmark -m socket;;FAIL
--transparent -m socket;;FAIL
-m socket ! ! --nowildcard;;FAIL
-m socket ! ! --restore-skmark;;FAIL
-m socket ! ! --transparent;;FAIL
-m socket ! --nowildcard;;FAIL
-m socket ! --nowildcard --restore-skmark;;FAIL
-m socket ! --nowildcard --transparent;;FAIL
-m socket ! --restore-skmark;;FAIL
-m socket ! --restore-skmark --transparent;;FAIL
-m socket ! --transparent;;FAIL
-m socket ! --transparent ! --nowildcard --restore-skmark;;FAIL
-m socket --nowildcard ! --transparent ! --restore-skmark;;FAIL
-m socket --nowildcard --nowildcard;;FAIL
-m socket --nowildcard=1;;FAIL
-m socket --restore-skmark !;;FAIL
-m socket --restore-skmark ! --nowildcard --transparent;;FAIL
-m socket --restore-skmark ! --transparent --nowildcard;;FAIL
-m socket --restore-skmark --restore-skmark;;FAIL
-m socket --restore-skmark 1;;FAIL
-m socket --transparent --transparent;;FAIL
-m socket --transparent 1;;FAIL
-m socket --transparent=1;;FAIL
