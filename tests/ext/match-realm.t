# SPDX-License-Identifier: GPL-2.0-or-later
# The match realm.
@ mangle FORWARD 4
-m realm ! --realm 1;-m realm ! --realm 0x1;OK
-m realm --real 1;-m realm --realm 0x1;OK
-m realm --realm 1500;-m realm --realm 0x5dc;OK
-m realm --realm 255;-m realm --realm 0xff;OK
-m realm --realm 65536;-m realm --realm 0x10000;OK
-m realm --realm=1;-m realm --realm 0x1;OK
@ mangle FORWARD 46
-m realm;;FAIL
-m realm ! --realm 1:;;FAIL
-m realm ! --realm nth;;FAIL
-m realm --r 1;;FAIL
-m realm --realm;;FAIL
-m realm --realm 192.0.2.1:80;;FAIL
-m realm --realm :1;;FAIL
-m realm --realm INVALID;;FAIL
-m realm --realm both;;FAIL
-m realm 1;;FAIL
@ mangle FORWARD 6
-m realm ! --realm 1;;FAIL
-m realm --real 1;;FAIL
-m realm --realm 1500;;FAIL
-m realm --realm 255;;FAIL
-m realm --realm 65536;;FAIL
-m realm --realm=1;;FAIL
