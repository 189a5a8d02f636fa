# SPDX-License-Identifier: GPL-2.0-or-later
# The match hbh.
@ mangle FORWARD 4
-m hbh;;FAIL
-m hbh ! --hbh-len 0;;FAIL
-m hbh ! --hbh-len 5;;FAIL
-m hbh --hbh-len 0x10;;FAIL
-m hbh --hbh-len 5 --hbh-opts 1:2,3;;FAIL
-m hbh --hbh-opts +1;;FAIL
-m hbh --hbh-opts 0x10;;FAIL
-m hbh --hbh-opts 1:2;;FAIL
-m hbh --hbh-opts 6;;FAIL
-p hopopt -m hbh --hbh-len 5;;FAIL
-p udp -m hbh;;FAIL
-p udp -m hbh --hbh-len 5;;FAIL
@ mangle FORWARD 46
--hbh-not-strict -m hbh;;FAIL
-m hbh ! --hbh-len 1mb/s;;FAIL
-m hbh ! --hbh-len 5 ! --hbh-opts 1:2,3 --hbh-not-strict;;FAIL
-m hbh ! --hbh-not-strict;;FAIL
-m hbh ! --hbh-opts 1,31;;FAIL
-m hbh ! --hbh-opts 2;;FAIL
-m hbh ! --hbh-opts :;;FAIL
-m hbh --hbh-len;;FAIL
-m hbh --hbh-len 192.0.2.9-192.0.2.1;;FAIL
-m hbh --hbh-len ALL;;FAIL
-m hbh --hbh-not-strict --hbh-len 0:65535;;FAIL
-m hbh --hbh-not-strict --hbh-len 5 --hbh-opts original;;FAIL
-m hbh --hbh-opts;;FAIL
-m hbh --hbh-opts 10/hour;;FAIL
-m hbh --hbh-opts 1:2,3 --hbh-not-strict --hbh-len INVALID;;FAIL
-m hbh --hbh-opts Minimize-Delay;;FAIL
-m hbh --hbh-opts Mon,Tue;;FAIL
-m hbh 5;;FAIL
@ mangle FORWARD 6
-m hbh;=;OK
-m hbh ! --hbh-len 0;=;OK
-m hbh ! --hbh-len 5;=;OK
-m hbh --hbh-len 0x10;-m hbh --hbh-len 16;OK
-m hbh --hbh-len 5 --hbh-opts 1:2,3;=;OK
-m hbh --hbh-opts +1;-m hbh --hbh-opts 1;OK
-m hbh --hbh-opts 0x10;-m hbh --hbh-opts 16;OK
-m hbh --hbh-opts 1:2;=;OK
-m hbh --hbh-opts 6;=;OK
-p hopopt -m hbh --hbh-len 5;-m hbh --hbh-len 5;OK
-p udp -m hbh;=;OK
-p udp -m hbh --hbh-len 5;=;OK
