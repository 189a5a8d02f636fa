# SPDX-License-Identifier: GPL-2.0-or-later
# The target MASQUERADE.
@ mangle FORWARD 46
-j MASQUERADE --to-ports 1-2;;FAIL
-p tcp -j MASQUERADE ! --random;;FAIL
-p tcp -j MASQUERADE ! --random --random-fully --to-ports 1-2;;FAIL
-p tcp -j MASQUERADE ! --random --to-ports 1-2 --random-fully;;FAIL
-p tcp -j MASQUERADE ! --random-fully;;FAIL
-p tcp -j MASQUERADE ! --to-ports !;;FAIL
-p tcp -j MASQUERADE ! --to-ports 1;;FAIL
-p tcp -j MASQUERADE --random !;;FAIL
-p tcp -j MASQUERADE --random ! --to-ports 1-2 --random-fully;;FAIL
-p tcp -j MASQUERADE --random --random-fully --to-ports 1,2;;FAIL
-p tcp -j MASQUERADE --random --random-fully --to-ports 1/0;;FAIL
-p tcp -j MASQUERADE --random --random-fully --to-ports new;;FAIL
-p tcp -j MASQUERADE --random-fully --random --to-ports 1:2;;FAIL
-p tcp -j MASQUERADE --random-fully --random --to-ports 2001:db8::1/ffff::;;FAIL
-p tcp -j MASQUERADE --random-fully --random --to-ports 255/255;;FAIL
-p tcp -j MASQUERADE --random-fully --random --to-ports 4294967296;;FAIL
-p tcp -j MASQUERADE --random-fully --random --to-ports 8/256;;FAIL
-p tcp -j MASQUERADE --random-fully --random --to-ports CS1;;FAIL
-p tcp -j MASQUERADE --random-fully --random-fully;;FAIL
-p tcp -j MASQUERADE --random-fully --to-ports original;;FAIL
-p tcp -j MASQUERADE --to-ports "|41 42|";;FAIL
-p tcp -j MASQUERADE --to-ports 192.0.2.9-192.0.2.1;;FAIL
-p tcp -j MASQUERADE --to-ports 2-1;;FAIL
-p tcp -j MASQUERADE --to-ports 23:59:59;;FAIL
-p tcp -j MASQUERADE --to-ports 255/255;;FAIL
-p tcp -j MASQUERADE --to-ports SYN;;FAIL
-p tcp -j MASQUERADE --to-ports UNICAST,LOCAL;;FAIL
-p tcp -j MASQUERADE --to-ports echo-request;;FAIL
-p tcp -j MASQUERADE 1-2;;FAIL
@ nat POSTROUTING 46
! -p tcp -j MASQUERADE;=;OK
! -p tcp -j MASQUERADE --random-fully;=;OK
-j MASQUERADE;=;OK
-j MASQUERADE --random;=;OK
-j MASQUERADE --random-fully;=;OK
-p tcp -j MASQUERADE;=;OK
-p tcp -j MASQUERADE --random --random-fully --to-ports +1;-p tcp -j MASQUERADE --to-ports 1 --random --random-fully;OK
-p tcp -j MASQUERADE --random --random-fully --to-ports 1-2;-p tcp -j MASQUERADE --to-ports 1-2 --random --random-fully;OK
-p tcp -j MASQUERADE --random --random-fully --to-ports 65535;-p tcp -j MASQUERADE --to-ports 65535 --random --random-fully;OK
-p tcp -j MASQUERADE --random --to-ports 0;-p tcp -j MASQUERADE --to-ports 0 --random;OK
-p tcp -j MASQUERADE --random-fully --random --to-ports 1-2;-p tcp -j MASQUERADE --to-ports 1-2 --random --random-fully;OK
-p tcp -j MASQUERADE --random-fully --random --to-ports 64;-p tcp -j MASQUERADE --to-ports 64 --random --random-fully;OK
-p tcp -j MASQUERADE --random-fully --to-ports 1-2 --random;-p tcp -j MASQUERADE --to-ports 1-2 --random --random-fully;OK
-p tcp -j MASQUERADE --to-por 1-2;-p tcp -j MASQUERADE --to-ports 1-2;OK
-p tcp -j MASQUERADE --to-ports 1-2 --random;=;OK
-p tcp -j MASQUERADE --to-ports 256;=;OK
-p tcp -j MASQUERADE --to-ports 64;=;OK
-p tcp -j MASQUERADE --to-ports http;-p tcp -j MASQUERADE --to-ports 80;OK
-p udp -j MASQUERADE;=;OK
