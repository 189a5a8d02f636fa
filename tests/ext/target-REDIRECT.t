# SPDX-License-Identifier: GPL-2.0-or-later
# The target REDIRECT.
@ mangle FORWARD 46
-j REDIRECT --to-ports 1;;FAIL
-p tcp --to-ports 1 -j REDIRECT;;FAIL
-p tcp -j REDIRECT ! --random;;FAIL
-p tcp -j REDIRECT ! --to-ports 01:00;;FAIL
-p tcp -j REDIRECT ! --to-ports 192.0.2;;FAIL
-p tcp -j REDIRECT ! --to-ports :;;FAIL
-p tcp -j REDIRECT --random --to-ports 00:11:22:33:44:55;;FAIL
-p tcp -j REDIRECT --random --to-ports 1,;;FAIL
-p tcp -j REDIRECT --random --to-ports 1/day;;FAIL
-p tcp -j REDIRECT --random --to-ports 2001:db8::1/129;;FAIL
-p tcp -j REDIRECT --random --to-ports 2020-01-01T00:00:00;;FAIL
-p tcp -j REDIRECT --random --to-ports 255/255;;FAIL
-p tcp -j REDIRECT --random --to-ports 65536;;FAIL
-p tcp -j REDIRECT --random --to-ports none;;FAIL
-p tcp -j REDIRECT --random --to-ports tcp;;FAIL
-p tcp -j REDIRECT --to-ports !;;FAIL
-p tcp -j REDIRECT --to-ports 00:11:22:33:44:55;;FAIL
-p tcp -j REDIRECT --to-ports 1,31;;FAIL
-p tcp -j REDIRECT --to-ports 1/day;;FAIL
-p tcp -j REDIRECT --to-ports 10/hour;;FAIL
-p tcp -j REDIRECT --to-ports 4294967296;;FAIL
-p tcp -j REDIRECT 1;;FAIL
@ nat PREROUTING 46
! -p tcp -j REDIRECT;=;OK
-j REDIRECT;=;OK
-j REDIRECT --random;=;OK
-p tcp -j REDIRECT;=;OK
-p tcp -j REDIRECT --random --to-ports 010;-p tcp -j REDIRECT --to-ports 8 --random;OK
-p tcp -j REDIRECT --random --to-ports 255;-p tcp -j REDIRECT --to-ports 255 --random;OK
-p tcp -j REDIRECT --random --to-ports 32;-p tcp -j REDIRECT --to-ports 32 --random;OK
-p tcp -j REDIRECT --to- 1;-p tcp -j REDIRECT --to-ports 1;OK
-p tcp -j REDIRECT --to-po 1;-p tcp -j REDIRECT --to-ports 1;OK
-p tcp -j REDIRECT --to-ports 1;=;OK
-p tcp -j REDIRECT --to-ports 1 --random;=;OK
-p tcp -j REDIRECT --to-ports 2;=;OK
-p tcp -j REDIRECT --to-ports 256;=;OK
-p tcp -j REDIRECT --to-ports=1;-p tcp -j REDIRECT --to-ports 1;OK
-p udp -j REDIRECT;=;OK
-p udp -j REDIRECT --random;=;OK
