# SPDX-License-Identifier: GPL-2.0-or-later
# The target REJECT.
@ filter INPUT 4
! -p tcp -j REJECT;! -p tcp -j REJECT --reject-with icmp-port-unreachable;OK
-j REJECT;-j REJECT --reject-with icmp-port-unreachable;OK
-p tcp -j REJECT;-p tcp -j REJECT --reject-with icmp-port-unreachable;OK
-p udp -j REJECT;-p udp -j REJECT --reject-with icmp-port-unreachable;OK
@ filter INPUT 46
-p tcp -j REJECT --rejec tcp-reset;-p tcp -j REJECT --reject-with tcp-reset;OK
-p tcp -j REJECT --reject-with=tcp-reset;-p tcp -j REJECT --reject-with tcp-reset;OK
@ filter INPUT 6
! -p tcp -j REJECT;! -p tcp -j REJECT --reject-with icmp6-port-unreachable;OK
-j REJECT;-j REJECT --reject-with icmp6-port-unreachable;OK
-p tcp -j REJECT;-p tcp -j REJECT --reject-with icmp6-port-unreachable;OK
-p udp -j REJECT;-p udp -j REJECT --reject-with icmp6-port-unreachable;OK
@ mangle FORWARD 46
-p tcp --reject-with tcp-reset -j REJECT;;FAIL
-p tcp -j REJECT ! --reject-with 00:11:22:33:44:55;;FAIL
-p tcp -j REJECT ! --reject-with 0x10;;FAIL
-p tcp -j REJECT ! --reject-with 1/0;;FAIL
-p tcp -j REJECT ! --reject-with aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;;FAIL
-p tcp -j REJECT ! --reject-with bm;;FAIL
-p tcp -j REJECT ! --reject-with lo;;FAIL
-p tcp -j REJECT --r tcp-reset;;FAIL
-p tcp -j REJECT --re tcp-reset;;FAIL
-p tcp -j REJECT --reject-with;;FAIL
-p tcp -j REJECT --reject-with -x;;FAIL
-p tcp -j REJECT --reject-with 192.0.2.1/24;;FAIL
-p tcp -j REJECT --reject-with bm;;FAIL
-p tcp -j REJECT tcp-reset;;FAIL
-p udp -j REJECT --reject-with tcp-reset;-;OK
