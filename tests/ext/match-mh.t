# SPDX-License-Identifier: GPL-2.0-or-later
# The match mh.
@ mangle FORWARD 4
! -p tcp -m mh;;FAIL
-m mh;;FAIL
-m mh --mh-type brr;;FAIL
-p mh --mh-type brr -m mh;;FAIL
-p mh -m mh;;FAIL
-p mh -m mh ! --mh-type brr;;FAIL
-p mh -m mh --mh- brr;;FAIL
-p mh -m mh --mh-type 0;;FAIL
-p mh -m mh --mh-type :80;;FAIL
-p udp -m mh;;FAIL
@ mangle FORWARD 46
-p mh -m mh ! --mh-type !;;FAIL
-p mh -m mh ! --mh-type 1/;;FAIL
-p mh -m mh ! --mh-type 10:1;;FAIL
-p mh -m mh --mh-type 192.0.2.1:80;;FAIL
-p mh -m mh --mh-type 2:1;;FAIL
-p mh -m mh brr;;FAIL
@ mangle FORWARD 6
! -p tcp -m mh;-;OK
-m mh;-;OK
-m mh --mh-type brr;-;OK
-p mh --mh-type brr -m mh;-p mobility-header -m mh --mh-type 0 -m mh;OK
-p mh -m mh;-p mobility-header -m mh;OK
-p mh -m mh ! --mh-type brr;-p mobility-header -m mh ! --mh-type 0;OK
-p mh -m mh --mh- brr;-p mobility-header -m mh --mh-type 0;OK
-p mh -m mh --mh-type 0;-p mobility-header -m mh --mh-type 0;OK
-p mh -m mh --mh-type :80;-p mobility-header -m mh --mh-type 0:80;OK
-p udp -m mh;-;OK
