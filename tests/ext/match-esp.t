# SPDX-License-Identifier: GPL-2.0-or-later
# The match esp.
@ mangle FORWARD 46
! -p tcp -m esp;-;OK
-m esp;-;OK
-m esp --espspi 1;-;OK
-p esp -m esp;=;OK
-p esp -m esp ! --espspi 1;=;OK
-p esp -m esp ! --espspi 2;=;OK
-p esp -m esp ! --espspi 2001:db8::1/129;;FAIL
-p esp -m esp ! --espspi 23:59:59;;FAIL
-p esp -m esp ! --espspi Mo;;FAIL
-p esp -m esp ! --espspi SYN;;FAIL
-p esp -m esp --esps 1;-p esp -m esp --espspi 1;OK
-p esp -m esp --espspi 00:11:22:33:44:55;;FAIL
-p esp -m esp --espspi 010;-p esp -m esp --espspi 8;OK
-p esp -m esp --espspi 1 !;;FAIL
-p esp -m esp --espspi 192.0.2.1:80;;FAIL
-p esp -m esp --espspi 1:;-p esp -m esp --espspi 1:4294967295;OK
-p esp -m esp --espspi 1:2;=;OK
-p esp -m esp --espspi 1mb/s;;FAIL
-p esp -m esp --espspi 255/255;;FAIL
-p esp -m esp --espspi 4294967295;=;OK
-p esp -m esp --espspi 4294967296;;FAIL
-p esp -m esp --espspi 5/minute;;FAIL
-p esp -m esp --espspi 65535:65536;=;OK
-p esp -m esp --espspi original;;FAIL
-p esp -m esp --espspi src;;FAIL
-p esp -m esp 1;;FAIL
-p udp -m esp;-;OK
-p udp -m esp --espspi 1;-;OK
