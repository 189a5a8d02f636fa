# SPDX-License-Identifier: GPL-2.0-or-later
# The target NETMAP.
@ mangle FORWARD 4
-p udp -j NETMAP --to 2001:db8::0/8;;FAIL
@ mangle FORWARD 46
-j NETMAP;;FAIL
-j NETMAP ! --to 1/;;FAIL
-j NETMAP ! --to 6;;FAIL
-j NETMAP --t 10.0.0.0/8;;FAIL
-j NETMAP --to;;FAIL
-j NETMAP --to !;;FAIL
-j NETMAP --to "|4|";;FAIL
-j NETMAP --to 0:65535;;FAIL
-j NETMAP --to 2001:db8::0/8 --to 2001:db8::0/8;;FAIL
-j NETMAP --to 2001:db8::0/8 extra;;FAIL
-j NETMAP --to 5/minute;;FAIL
-j NETMAP --to all;;FAIL
-j NETMAP --to any;;FAIL
@ mangle FORWARD 6
-j NETMAP --to 1;;FAIL
-j NETMAP --to 192.0.2.1/24;;FAIL
-j NETMAP --to 2;;FAIL
-j NETMAP --to 256;;FAIL
-j NETMAP --to 4294967295;;FAIL
-j NETMAP --to 6;;FAIL
-j NETMAP --to 65536;;FAIL
@ nat PREROUTING 4
-j NETMAP --to 1;-j NETMAP --to 0.0.0.1/32;OK
-j NETMAP --to 192.0.2.1/24;-j NETMAP --to 192.0.2.0/24;OK
-j NETMAP --to 2;-j NETMAP --to 0.0.0.2/32;OK
-j NETMAP --to 256;-j NETMAP --to 0.0.1.0/32;OK
-j NETMAP --to 4294967295;-j NETMAP --to 255.255.255.255/32;OK
-j NETMAP --to 6;-j NETMAP --to 0.0.0.6/32;OK
-j NETMAP --to 65536;-j NETMAP --to 0.1.0.0/32;OK
@ nat PREROUTING 6
-p udp -j NETMAP --to 2001:db8::0/8;-p udp -j NETMAP --to 2000::/8;OK
