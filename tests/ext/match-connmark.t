# SPDX-License-Identifier: GPL-2.0-or-later
# The match connmark.
@ mangle FORWARD 46
--mark 1/2 -m connmark;;FAIL
-m connmark;;FAIL
-m connmark ! --mark -1;;FAIL
-m connmark ! --mark /;;FAIL
-m connmark ! --mark 1/2;-m connmark ! --mark 0x1/0x2;OK
-m connmark ! --mark 2001:db8::1;;FAIL
-m connmark ! --mark 2020;-m connmark ! --mark 0x7e4;OK
-m connmark --mar 1/2;-m connmark --mark 0x1/0x2;OK
-m connmark --mark;;FAIL
-m connmark --mark ,1;;FAIL
-m connmark --mark 0;-m connmark --mark 0x0;OK
-m connmark --mark 010;-m connmark --mark 0x8;OK
-m connmark --mark 1/2 --mark 1/2;;FAIL
-m connmark --mark 192.0.2.1:80;;FAIL
-m connmark --mark 1mb/s;;FAIL
-m connmark --mark 2020;-m connmark --mark 0x7e4;OK
-m connmark --mark 255/255;-m connmark --mark 0xff/0xff;OK
-m connmark --mark 63;-m connmark --mark 0x3f;OK
-m connmark --mark 65536;-m connmark --mark 0x10000;OK
-m connmark --mark CS1;;FAIL
-m connmark --mark INVALID;;FAIL
-m connmark 1/2;;FAIL
-p udp -m connmark;;FAIL
-ptcp -m connmark --mark 1/2;;FAIL;before 1.8.10
-ptcp -m connmark --mark 1/2;-p tcp -m connmark --mark 0x1/0x2;OK;since 1.8.10
