# SPDX-License-Identifier: GPL-2.0-or-later
# The match hl.
@ mangle FORWARD 4
-m hl ! --hl-eq 1;;FAIL
-m hl --hl 1;;FAIL
-m hl --hl-gt 2;;FAIL
-m hl --hl-gt 63;;FAIL
-p ip -m hl --hl-lt 1;;FAIL
@ mangle FORWARD 46
--hl-eq 1 -m hl;;FAIL
-m hl;;FAIL
-m hl ! --hl-eq :;;FAIL
-m hl ! --hl-gt 1;;FAIL
-m hl ! --hl-gt 1,;;FAIL
-m hl ! --hl-lt !;;FAIL
-m hl ! --hl-lt 1;;FAIL
-m hl --hl-eq;;FAIL
-m hl --hl-eq 1 --hl-eq 1;;FAIL
-m hl --hl-gt;;FAIL
-m hl --hl-gt /;;FAIL
-m hl --hl-gt 1 --hl-lt 1 --hl-eq 010;;FAIL
-m hl --hl-lt;;FAIL
-m hl --hl-lt 0:1:2:3:4:5;;FAIL
-m hl --hl-lt 1 --hl-eq 1 --hl-gt 64;;FAIL
-m hl --hl-lt 1 --hl-eq bm;;FAIL
-m hl --hl-lt bm;;FAIL
-m hl 1;;FAIL
@ mangle FORWARD 6
-m hl ! --hl-eq 1;=;OK
-m hl --hl 1;-m hl --hl-eq 1;OK
-m hl --hl-gt 2;=;OK
-m hl --hl-gt 63;=;OK
-p ip -m hl --hl-lt 1;-m hl --hl-lt 1;OK
