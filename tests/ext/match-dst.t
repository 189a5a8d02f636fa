# SPDX-License-Identifier: GPL-2.0-or-later
# The match dst.
@ mangle FORWARD 4
-m dst;;FAIL
-m dst ! --dst-len 2;;FAIL
-m dst ! --dst-len 65535;;FAIL
-m dst --dst-len 5 --dst-opts 1:10;;FAIL
-m dst --dst-len 65535;;FAIL
-m dst --dst-opts 1;;FAIL
-m dst --dst-opts 1,31;;FAIL
-m dst --dst-opts 24:00;;FAIL
-m dst --dst-opts 4294967296;;FAIL
-p udp -m dst;;FAIL
-p udp -m dst --dst-opts 1:2;;FAIL
@ mangle FORWARD 46
--dst-not-strict -m dst;;FAIL
-m dst ! --dst-len !;;FAIL
-m dst ! --dst-len 5 --dst-opts 1:2 --dst-not-strict;;FAIL
-m dst ! --dst-not-strict;;FAIL
-m dst ! --dst-opts "|41 42|";;FAIL
-m dst ! --dst-opts +1;;FAIL
-m dst ! --dst-opts -1;;FAIL
-m dst --d 5;;FAIL
-m dst --dst-len;;FAIL
-m dst --dst-len 5 --dst-not-strict --dst-opts 4294967296;;FAIL
-m dst --dst-len 5 --dst-opts 10/hour;;FAIL
-m dst --dst-len echo-request;;FAIL
-m dst --dst-not-strict;;FAIL
-m dst --dst-not-strict --dst-len 5 --dst-opts 1:;;FAIL
-m dst --dst-not-strict --dst-len 5 --dst-opts 256;;FAIL
-m dst --dst-not-strict --dst-opts 1:2 ! --dst-len 5;;FAIL
-m dst --dst-opts;;FAIL
-m dst --dst-opts 2001:db8::1/64;;FAIL
-m dst --dst-opts EF;;FAIL
-m dst 5;;FAIL
-p foo -m dst --dst-not-strict;;FAIL
@ mangle FORWARD 6
-m dst;=;OK
-m dst ! --dst-len 2;=;OK
-m dst ! --dst-len 65535;=;OK
-m dst --dst-len 5 --dst-opts 1:10;=;OK
-m dst --dst-len 65535;=;OK
-m dst --dst-opts 1;=;OK
-m dst --dst-opts 1,31;=;OK
-m dst --dst-opts 24:00;-m dst --dst-opts 24:0;OK
-m dst --dst-opts 4294967296;-m dst --dst-opts 0;OK
-p udp -m dst;=;OK
-p udp -m dst --dst-opts 1:2;=;OK
