# SPDX-License-Identifier: GPL-2.0-or-later
# The target TTL.
@ mangle FORWARD 4
-j TTL --ttl-dec 0x10;-j TTL --ttl-dec 16;OK
-j TTL --ttl-dec 63;=;OK
-j TTL --ttl-set 255;=;OK
-j TTL --ttl-set 6;=;OK
@ mangle FORWARD 46
-j TTL;;FAIL
-j TTL ! --ttl-dec 1;;FAIL
-j TTL ! --ttl-inc 1;;FAIL
-j TTL ! --ttl-inc 2;;FAIL
-j TTL ! --ttl-set 0;;FAIL
-j TTL ! --ttl-set 1 --ttl-dec 1;;FAIL
-j TTL ! --ttl-set 192.0.2.1;;FAIL
-j TTL ! --ttl-set root;;FAIL
-j TTL --t 1;;FAIL
-j TTL --ttl-dec;;FAIL
-j TTL --ttl-dec 1 --ttl-inc 1 --ttl-set 65535:65536;;FAIL
-j TTL --ttl-dec 1 --ttl-set 0:0;;FAIL
-j TTL --ttl-inc;;FAIL
-j TTL --ttl-inc 1 --ttl-dec 1 --ttl-set 1;;FAIL
-j TTL --ttl-inc 1 --ttl-set 1 --ttl-dec 6;;FAIL
-j TTL --ttl-set;;FAIL
-j TTL --ttl-set 1 --ttl-inc 1 --ttl-dec 10kb/s;;FAIL
-j TTL --ttl-set 1/s;;FAIL
-j TTL --ttl-set 192.0.2;;FAIL
-j TTL 1;;FAIL
@ mangle FORWARD 6
-j TTL --ttl-dec 0x10;;FAIL
-j TTL --ttl-dec 63;;FAIL
-j TTL --ttl-set 255;;FAIL
-j TTL --ttl-set 6;;FAIL
