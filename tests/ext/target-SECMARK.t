# SPDX-License-Identifier: GPL-2.0-or-later
# The target SECMARK.
@ mangle FORWARD 46
! -p tcp -j SECMARK --selctx a;-;OK
--selctx a -j SECMARK;;FAIL
-j SECMARK;;FAIL
-j SECMARK ! --selctx 1;;FAIL
-j SECMARK ! --selctx 192.0.2.1:80;;FAIL
-j SECMARK ! --selctx 24:00;;FAIL
-j SECMARK ! --selctx :;;FAIL
-j SECMARK ! --selctx ALL;;FAIL
-j SECMARK ! --selctx LOCAL;;FAIL
-j SECMARK --s a;;FAIL
-j SECMARK --sel a;-;OK
-j SECMARK --selctx;;FAIL
-j SECMARK --selctx +1;-;OK
-j SECMARK --selctx 0x1f/0xf;-;OK
-j SECMARK --selctx 1,31;-;OK
-j SECMARK --selctx 255;-;OK
-j SECMARK --selctx 65536;-;OK
-j SECMARK --selctx LOCAL;-;OK
-j SECMARK --selctx SYN,ACK;-;OK
-j SECMARK --selctx UNICAST,LOCAL;-;OK
-j SECMARK --selctx a !;;FAIL
-j SECMARK --selctx a --selctx a;;FAIL
-j SECMARK --selctx a extra;;FAIL
-j SECMARK --selctx mon;-;OK
-j SECMARK --selctx root;-;OK
-j SECMARK --selctx src;-;OK
-j SECMARK a;;FAIL
