# SPDX-License-Identifier: GPL-2.0-or-later
# The match length.
@ mangle FORWARD 46
! -p tcp -m length --length 1;=;OK
-m length;;FAIL
-m length ! --length 1;=;OK
-m length ! --length 4294967295;;FAIL
-m length ! --length packets;;FAIL
-m length --l 1;;FAIL
-m length --le 1;-m length --length 1;OK
-m length --length;;FAIL
-m length --length 0;=;OK
-m length --length 010;-m length --length 8;OK
-m length --length 01:00;-m length --length 1:0;OK;before 1.8.11
-m length --length 01:00;;FAIL;since 1.8.11
-m length --length 0:65535;=;OK
-m length --length 0x10;-m length --length 16;OK
-m length --length 1 !;;FAIL
-m length --length 1,,2;;FAIL
-m length --length 10:1;=;OK;before 1.8.11
-m length --length 10:1;;FAIL;since 1.8.11
-m length --length 192.0.2.1/24;;FAIL
-m length --length 192.0.2.1/255.255.0.0;;FAIL
-m length --length 1mb/s;;FAIL
-m length --length 2020;=;OK
-m length --length 6;=;OK
-m length --length 64;=;OK
-m length --length :80;-m length --length 0:80;OK
-m length --length SNAT;;FAIL
-m length --length abc;;FAIL
-m length --length bytes;;FAIL
-m length --length lo;;FAIL
-m length 1;;FAIL
-p udp -m length;;FAIL
