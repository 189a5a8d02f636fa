# SPDX-License-Identifier: GPL-2.0-or-later
# The match u32.
@ mangle FORWARD 46
-m u32;;FAIL
-m u32 ! --u32 "0=1";-m u32 ! --u32 "0x0=0x1";OK
-m u32 ! --u32 0;;FAIL
-m u32 ! --u32 32;;FAIL
-m u32 "0=1";;FAIL
-m u32 --u "0=1";-m u32 --u32 "0x0=0x1";OK
-m u32 --u32;;FAIL
-m u32 --u32 !;;FAIL
-m u32 --u32 "|4|";;FAIL
-m u32 --u32 1-2;;FAIL
-m u32 --u32 1/day;;FAIL
-m u32 --u32 15;;FAIL
-m u32 --u32 192.0.2.1:80;;FAIL
-m u32 --u32 2001:db8::1-2001:db8::9;;FAIL
-m u32 --u32 63;;FAIL
-m u32 --u32 AF11;;FAIL
-p udp -m u32;;FAIL
