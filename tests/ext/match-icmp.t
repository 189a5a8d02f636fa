# SPDX-License-Identifier: GPL-2.0-or-later
# The match icmp.
@ mangle FORWARD 4
! -p tcp -m icmp --icmp-type 8;-;OK
-m icmp --icmp-type 8;-;OK
-p icmp -m icmp ! --icmp-type 8;=;OK
-p icmp -m icmp --icmp-type 0;=;OK
-p icmp -m icmp --icmp-type 2;=;OK
-p icmp -m icmp --icmp-type echo-request;-p icmp -m icmp --icmp-type 8;OK
-p udplite -m icmp --icmp-type 8;-;OK
@ mangle FORWARD 46
-m icmp;;FAIL
-p foo -m icmp --icmp-type 8;;FAIL
-p icmp -m icmp ! --icmp-type SYN,ACK;;FAIL
-p icmp -m icmp --icmp-type -1;;FAIL
-p icmp -m icmp --icmp-type 2-1;;FAIL
-p icmp -m icmp --icmp-type 2001:db8::1/ffff::;;FAIL
-p icmp -m icmp --icmp-type 2:1;;FAIL
-p icmp -m icmp --icmp-type 8 !;;FAIL
-p icmp -m icmp --icmp-type 80,443,1000:2000;;FAIL
-p icmp -m icmp 8;;FAIL
-p udp -m icmp;;FAIL
@ mangle FORWARD 6
! -p tcp -m icmp --icmp-type 8;;FAIL
-m icmp --icmp-type 8;;FAIL
-p icmp -m icmp ! --icmp-type 8;;FAIL
-p icmp -m icmp --icmp-type 0;;FAIL
-p icmp -m icmp --icmp-type 2;;FAIL
-p icmp -m icmp --icmp-type echo-request;;FAIL
-p udplite -m icmp --icmp-type 8;;FAIL
