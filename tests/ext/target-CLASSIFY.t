# SPDX-License-Identifier: GPL-2.0-or-later
# The target CLASSIFY.
@ mangle FORWARD 46
--set-class 1:2 -j CLASSIFY;;FAIL
-j CLASSIFY;;FAIL
-j CLASSIFY ! --set-class ,1;;FAIL
-j CLASSIFY ! --set-class 1:;;FAIL
-j CLASSIFY ! --set-class 2;;FAIL
-j CLASSIFY ! --set-class 6;;FAIL
-j CLASSIFY ! --set-class eth+;;FAIL
-j CLASSIFY --s 1:2;;FAIL
-j CLASSIFY --set-cl 1:2;-j CLASSIFY --set-class 0001:0002;OK
-j CLASSIFY --set-cla 1:2;-j CLASSIFY --set-class 0001:0002;OK
-j CLASSIFY --set-class;;FAIL
-j CLASSIFY --set-class 01:00;-j CLASSIFY --set-class 0001:0000;OK
-j CLASSIFY --set-class 0:65535;-j CLASSIFY --set-class 0000:5535;OK
-j CLASSIFY --set-class 1:10;-j CLASSIFY --set-class 0001:0010;OK
-j CLASSIFY --set-class 2-1;;FAIL
-j CLASSIFY --set-class 2001:db8::1/129;-j CLASSIFY --set-class 2001:0db8;OK
-j CLASSIFY --set-class 2001:db8::1/64;-j CLASSIFY --set-class 2001:0db8;OK
-j CLASSIFY --set-class 23:59:59;-j CLASSIFY --set-class 0023:0059;OK
-j CLASSIFY --set-class 24:00;-j CLASSIFY --set-class 0024:0000;OK
-j CLASSIFY --set-class 256;;FAIL
-j CLASSIFY --set-class 65536;;FAIL
-j CLASSIFY --set-class src;;FAIL
-j CLASSIFY --set-class=1:2;-j CLASSIFY --set-class 0001:0002;OK
-j CLASSIFY 1:2;;FAIL
-p udp -j CLASSIFY;;FAIL
