# SPDX-License-Identifier: GPL-2.0-or-later
# The target DNAT.
@ mangle FORWARD 4
-p tcp -j DNAT --persistent --to-destination 2001:db8::1;;FAIL
-p tcp -j DNAT --random --persistent --to-destination 2001:db8::1;;FAIL
-p tcp -j DNAT --random --to-destination 2001:db8::1;;FAIL
-p tcp -j DNAT --to 2001:db8::1-2001:db8::9;;FAIL
-p tcp -j DNAT --to-destination 2001:db8::1 --persistent --random;;FAIL
-p tcp -j DNAT --to-destination [2001:db8::1]:80;;FAIL
@ mangle FORWARD 46
-j DNAT;;FAIL
-j DNAT --persistent;;FAIL
-j DNAT --random;;FAIL
-p tcp -j DNAT ! --persistent;;FAIL
-p tcp -j DNAT ! --random;;FAIL
-p tcp -j DNAT ! --to 2;;FAIL
-p tcp -j DNAT ! --to 2001:db8::2;;FAIL
-p tcp -j DNAT ! --to 6;;FAIL
-p tcp -j DNAT ! --to-destination !;;FAIL
-p tcp -j DNAT ! --to-destination :;;FAIL
-p tcp -j DNAT --persistent --random --to 63;;FAIL
-p tcp -j DNAT --persistent --to-destination 0:1:2:3:4:5;;FAIL
-p tcp -j DNAT --random --persistent --to 10.0.0.2 --to-destination 2001:db8::1-2001:db8::9;;FAIL
-p tcp -j DNAT --random --persistent --to 2001:db8::2 --to-destination :80;;FAIL
-p tcp -j DNAT --random --persistent --to all;;FAIL
-p tcp -j DNAT --random --to 2001:db8::2 --persistent --to-destination 2-1;;FAIL
-p tcp -j DNAT --random --to original;;FAIL
-p tcp -j DNAT --to;;FAIL
-p tcp -j DNAT --to 10.0.0.2 --persistent --random --to-destination -x;;FAIL
-p tcp -j DNAT --to 10.0.0.2 --to-destination SYN,ACK;;FAIL
-p tcp -j DNAT --to 10.0.0.2 --to-destination both;;FAIL
-p tcp -j DNAT --to 2001:db8::2 --random --persistent --to-destination 010;;FAIL
-p tcp -j DNAT --to 2001:db8::2 --random --to-destination kmp;;FAIL
-p tcp -j DNAT --to CS1;;FAIL
-p tcp -j DNAT --to packets;;FAIL
-p tcp -j DNAT --to-destination;;FAIL
-p tcp -j DNAT --to-destination !;;FAIL
-p tcp -j DNAT --to-destination 0:65535;;FAIL
-p tcp -j DNAT --to-destination 10.0.0.1 --persistent --to bm;;FAIL
-p tcp -j DNAT --to-destination 1:2;;FAIL
-p tcp -j DNAT --to-destination 2001:db8::1 --persistent --to 255;;FAIL
-p tcp -j DNAT --to-destination :;;FAIL
-p udp -j DNAT;;FAIL
@ mangle FORWARD 6
-j DNAT --to 10.0.0.2;;FAIL
-p tcp -j DNAT --random --to 10.0.0.2;;FAIL
-p tcp -j DNAT --to 10.0.0.1;;FAIL
-p tcp -j DNAT --to 10.0.0.2 --random;;FAIL
-p tcp -j DNAT --to-destination 10.0.0.1 --persistent --random;;FAIL
-p tcp -j DNAT --to-destination 10.0.0.1 --random;;FAIL
-p tcp -j DNAT --to-destination 192.0.2.1:80;;FAIL
@ nat PREROUTING 4
-j DNAT --to 10.0.0.2;-j DNAT --to-destination 10.0.0.2;OK
-p tcp -j DNAT --random --to 10.0.0.2;-p tcp -j DNAT --to-destination 10.0.0.2 --random;OK
-p tcp -j DNAT --to 10.0.0.1;-p tcp -j DNAT --to-destination 10.0.0.1;OK
-p tcp -j DNAT --to 10.0.0.2 --random;-p tcp -j DNAT --to-destination 10.0.0.2 --random;OK
-p tcp -j DNAT --to-destination 10.0.0.1 --persistent --random;-p tcp -j DNAT --to-destination 10.0.0.1 --random --persistent;OK
-p tcp -j DNAT --to-destination 10.0.0.1 --random;=;OK
-p tcp -j DNAT --to-destination 192.0.2.1:80;=;OK
@ nat PREROUTING 46
-p tcp -j DNAT --persistent --to-destination 10:1;-p tcp -j DNAT --to-destination :1 --persistent;OK
-p tcp -j DNAT --persistent --to-destination :1;-p tcp -j DNAT --to-destination :1 --persistent;OK
-p tcp -j DNAT --random --persistent --to-destination 24:00;-p tcp -j DNAT --to-destination :0 --random --persistent;OK
-p tcp -j DNAT --random --to :80;-p tcp -j DNAT --to-destination :80 --random;OK
-p tcp -j DNAT --to-destination 01:00;-p tcp -j DNAT --to-destination :0;OK
@ nat PREROUTING 6
-p tcp -j DNAT --persistent --to-destination 2001:db8::1;-p tcp -j DNAT --to-destination 2001:db8::1 --persistent;OK
-p tcp -j DNAT --random --persistent --to-destination 2001:db8::1;-p tcp -j DNAT --to-destination 2001:db8::1 --random --persistent;OK
-p tcp -j DNAT --random --to-destination 2001:db8::1;-p tcp -j DNAT --to-destination 2001:db8::1 --random;OK
-p tcp -j DNAT --to 2001:db8::1-2001:db8::9;-p tcp -j DNAT --to-destination 2001:db8::1-2001:db8::9;OK
-p tcp -j DNAT --to-destination 2001:db8::1 --persistent --random;-p tcp -j DNAT --to-destination 2001:db8::1 --random --persistent;OK
-p tcp -j DNAT --to-destination [2001:db8::1]:80;=;OK
