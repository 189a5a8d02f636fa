# SPDX-License-Identifier: GPL-2.0-or-later
# The target DSCP.
@ mangle FORWARD 46
-j DSCP;;FAIL
-j DSCP ! --set-dscp 1;;FAIL
-j DSCP ! --set-dscp-class ANY;;FAIL
-j DSCP ! --set-dscp-class EF;;FAIL
-j DSCP ! --set-dscp-class any;;FAIL
-j DSCP --s 1;;FAIL
-j DSCP --set-dscp;;FAIL
-j DSCP --set-dscp +1;-j DSCP --set-dscp 0x01;OK
-j DSCP --set-dscp 1 --set-dscp-class 1/;;FAIL
-j DSCP --set-dscp 1 --set-dscp-class UNICAST,LOCAL;;FAIL
-j DSCP --set-dscp 1 --set-dscp-class aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;;FAIL
-j DSCP --set-dscp 1 --set-dscp-class random;;FAIL
-j DSCP --set-dscp 1 extra;;FAIL
-j DSCP --set-dscp 1:10;;FAIL
-j DSCP --set-dscp 255/255;;FAIL
-j DSCP --set-dscp 80,443,1000:2000;;FAIL
-j DSCP --set-dscp-class;;FAIL
-j DSCP --set-dscp-class 1/day;;FAIL
-j DSCP --set-dscp-class AF11;-j DSCP --set-dscp 0x0a;OK
-j DSCP --set-dscp-class CS1;-j DSCP --set-dscp 0x08;OK
-j DSCP --set-dscp-class EF --set-dscp 5/minute;;FAIL
-j DSCP --set-dscp-class EF --set-dscp 65536;;FAIL
-j DSCP --set-dscp-class UNICAST,LOCAL;;FAIL
-j DSCP --set-dscp-class=EF;-j DSCP --set-dscp 0x2e;OK
-j DSCP 1;;FAIL
-p udp -j DSCP --set-dscp-class EF;-p udp -j DSCP --set-dscp 0x2e;OK
