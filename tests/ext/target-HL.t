# SPDX-License-Identifier: GPL-2.0-or-later
# The target HL.
@ mangle FORWARD 4
-j HL --hl-dec 255;;FAIL
-j HL --hl-inc 1;;FAIL
-j HL --hl-inc 2;;FAIL
-j HL --hl-inc 6;;FAIL
@ mangle FORWARD 46
-j HL;;FAIL
-j HL ! --hl-dec 1;;FAIL
-j HL ! --hl-dec 8/;;FAIL
-j HL ! --hl-inc 1;;FAIL
-j HL ! --hl-inc nth;;FAIL
-j HL ! --hl-inc src;;FAIL
-j HL ! --hl-set 0;;FAIL
-j HL --hl-dec;;FAIL
-j HL --hl-dec ANY;;FAIL
-j HL --hl-dec http;;FAIL
-j HL --hl-dec lo;;FAIL
-j HL --hl-inc;;FAIL
-j HL --hl-inc 1 --hl-set 1,31;;FAIL
-j HL --hl-set;;FAIL
-j HL --hl-set 1 --hl-dec 1 --hl-inc 0x10;;FAIL
-j HL --hl-set 1 --hl-inc 1 --hl-dec +1;;FAIL
-j HL --hl-set 1 --hl-inc 1 --hl-dec 192.0.2.1-192.0.2.5:80-70;;FAIL
-j HL 1;;FAIL
-p udp -j HL;;FAIL
@ mangle FORWARD 6
-j HL --hl-dec 255;=;OK
-j HL --hl-inc 1;=;OK
-j HL --hl-inc 2;=;OK
-j HL --hl-inc 6;=;OK
