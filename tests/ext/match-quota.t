# SPDX-License-Identifier: GPL-2.0-or-later
# The match quota.
@ mangle FORWARD 46
! -p tcp -m quota --quota 1;=;OK
--quota 1 -m quota;;FAIL
-m quota;;FAIL
-m quota ! --quota /;;FAIL
-m quota ! --quota 2020;=;OK
-m quota ! --quota 2:1;;FAIL
-m quota ! --quota 6;=;OK
-m quota ! --quota :;;FAIL
-m quota --q 1;-m quota --quota 1;OK
-m quota --quota;;FAIL
-m quota --quota +1;-m quota --quota 1;OK
-m quota --quota 0:1:2:3:4:5;;FAIL
-m quota --quota 0x10;-m quota --quota 16;OK
-m quota --quota 192.0.2.9-192.0.2.1;;FAIL
-m quota --quota 2;=;OK
-m quota --quota 256;=;OK
-m quota --quota 2:1;;FAIL
-m quota --quota 4294967295;=;OK
-m quota --quota 6;=;OK
-m quota --quota 63;=;OK
-m quota --quota 64;=;OK
-m quota 1;;FAIL
-p all -m quota --quota 1;-m quota --quota 1;OK
-p udp -m quota;;FAIL
