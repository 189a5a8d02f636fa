# SPDX-License-Identifier: GPL-2.0-or-later
# The match cpu.
@ mangle FORWARD 46
--cpu 0 -m cpu;;FAIL
-m cpu;;FAIL
-m cpu ! --cpu "a b";;FAIL
-m cpu ! --cpu 0;=;OK
-m cpu ! --cpu 1;=;OK
-m cpu ! --cpu 1000000/s;;FAIL
-m cpu ! --cpu 32;=;OK
-m cpu ! --cpu eth+;;FAIL
-m cpu --c 0;;FAIL
-m cpu --cp 0;-m cpu --cpu 0;OK
-m cpu --cpu;;FAIL
-m cpu --cpu 0x10;-m cpu --cpu 16;OK
-m cpu --cpu 1mb/s;;FAIL
-m cpu --cpu 2020;=;OK
-m cpu --cpu 256;=;OK
-m cpu --cpu 6;=;OK
-m cpu --cpu 63;=;OK
-m cpu --cpu 65535;=;OK
-m cpu --cpu 65536;=;OK
-m cpu --cpu :80;;FAIL
-m cpu --cpu SYN;;FAIL
-m cpu --cpu=0;-m cpu --cpu 0;OK
-m cpu 0;;FAIL
