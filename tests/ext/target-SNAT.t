# SPDX-License-Identifier: GPL-2.0-or-later
# The target SNAT.
@ mangle FORWARD 4
-p udp -j SNAT --persistent --random --to-source 2001:db8::1 --random-fully;;FAIL
-p udp -j SNAT --random --to-source 2001:db8::1;;FAIL
-p udp -j SNAT --random-fully --random --persistent --to-source 2001:db8::1;;FAIL
-p udp -j SNAT --random-fully --to-source 2001:db8::1 --persistent;;FAIL
-p udp -j SNAT --to- 2001:db8::1;;FAIL
-p udp -j SNAT --to-source 2001:db8::1 --persistent;;FAIL
-p udp -j SNAT --to-source 2001:db8::1 --persistent --random-fully --random;;FAIL
@ mangle FORWARD 46
-j SNAT;;FAIL
-j SNAT --persistent;;FAIL
-j SNAT --random;;FAIL
-j SNAT --random-fully;;FAIL
-p udp -j SNAT;;FAIL
-p udp -j SNAT ! --persistent;;FAIL
-p udp -j SNAT ! --random;;FAIL
-p udp -j SNAT ! --random --persistent --random-fully ! --to-source 10.0.0.1;;FAIL
-p udp -j SNAT ! --random-fully;;FAIL
-p udp -j SNAT ! --to-source 2001:db8::1 --persistent --random;;FAIL
-p udp -j SNAT ! --to-source 255/255;;FAIL
-p udp -j SNAT ! --to-source 6;;FAIL
-p udp -j SNAT ! --to-source 8/;;FAIL
-p udp -j SNAT ! --to-source :1;;FAIL
-p udp -j SNAT ! --to-source kmp;;FAIL
-p udp -j SNAT --persistent --random-fully --to-source 2-1;;FAIL
-p udp -j SNAT --persistent --to-source 1,31;;FAIL
-p udp -j SNAT --random --random-fully --persistent ! --to-source 10.0.0.1;;FAIL
-p udp -j SNAT --random --random-fully --to-source 00:11:22:33:44:55;;FAIL
-p udp -j SNAT --random --to-source root;;FAIL
-p udp -j SNAT --random-fully --persistent --to-source bytes;;FAIL
-p udp -j SNAT --random-fully --to-source 6;;FAIL
-p udp -j SNAT --random-fully=1;;FAIL
-p udp -j SNAT --random=1;;FAIL
-p udp -j SNAT --to-source;;FAIL
-p udp -j SNAT --to-source 1,;;FAIL
-p udp -j SNAT --to-source 1,2;;FAIL
-p udp -j SNAT --to-source 1,31;;FAIL
-p udp -j SNAT --to-source 10.0.0.1 --random ! --random-fully --persistent;;FAIL
-p udp -j SNAT --to-source 2001:db8::1 --random --persistent ! --random-fully;;FAIL
-p udp -j SNAT --to-source 65535:65536;;FAIL
-p udp -j SNAT --to-source mon;;FAIL
@ mangle FORWARD 6
! -p tcp -j SNAT --to-source 10.0.0.1;;FAIL
-p udp -j SNAT --persistent --random-fully --random --to-source 192.0.2.1-192.0.2.9;;FAIL
-p udp -j SNAT --persistent --random-fully --to-source 10.0.0.1 --random;;FAIL
-p udp -j SNAT --persistent --random-fully --to-source 192.0.2.1;;FAIL
-p udp -j SNAT --random --persistent --to-source 10.0.0.1 --random-fully;;FAIL
-p udp -j SNAT --random-fully --random --persistent --to-source 192.0.2.1:80;;FAIL
-p udp -j SNAT --to 10.0.0.1;;FAIL
-p udp -j SNAT --to-source 10.0.0.1 --persistent --random-fully;;FAIL
-p udp -j SNAT --to-source 10.0.0.1 --random --persistent;;FAIL
-p udp -j SNAT --to-source 10.0.0.1 --random --random-fully;;FAIL
-p udp -j SNAT --to-source 10.0.0.1 --random-fully;;FAIL
@ nat POSTROUTING 4
! -p tcp -j SNAT --to-source 10.0.0.1;=;OK
-p udp -j SNAT --persistent --random-fully --random --to-source 192.0.2.1-192.0.2.9;-p udp -j SNAT --to-source 192.0.2.1-192.0.2.9 --random --random-fully --persistent;OK
-p udp -j SNAT --persistent --random-fully --to-source 10.0.0.1 --random;-p udp -j SNAT --to-source 10.0.0.1 --random --random-fully --persistent;OK
-p udp -j SNAT --persistent --random-fully --to-source 192.0.2.1;-p udp -j SNAT --to-source 192.0.2.1 --random-fully --persistent;OK
-p udp -j SNAT --random --persistent --to-source 10.0.0.1 --random-fully;-p udp -j SNAT --to-source 10.0.0.1 --random --random-fully --persistent;OK
-p udp -j SNAT --random-fully --random --persistent --to-source 192.0.2.1:80;-p udp -j SNAT --to-source 192.0.2.1:80 --random --random-fully --persistent;OK
-p udp -j SNAT --to 10.0.0.1;-p udp -j SNAT --to-source 10.0.0.1;OK
-p udp -j SNAT --to-source 10.0.0.1 --persistent --random-fully;-p udp -j SNAT --to-source 10.0.0.1 --random-fully --persistent;OK
-p udp -j SNAT --to-source 10.0.0.1 --random --persistent;=;OK
-p udp -j SNAT --to-source 10.0.0.1 --random --random-fully;=;OK
-p udp -j SNAT --to-source 10.0.0.1 --random-fully;=;OK
@ nat POSTROUTING 46
-p udp -j SNAT --random --to-source 01:00;-p udp -j SNAT --to-source :0 --random;OK
-p udp -j SNAT --random-fully --random --to-source 24:00;-p udp -j SNAT --to-source :0 --random --random-fully;OK
-p udp -j SNAT --to-source 01:00;-p udp -j SNAT --to-source :0;OK
@ nat POSTROUTING 6
-p udp -j SNAT --persistent --random --to-source 2001:db8::1 --random-fully;-p udp -j SNAT --to-source 2001:db8::1 --random --random-fully --persistent;OK
-p udp -j SNAT --random --to-source 2001:db8::1;-p udp -j SNAT --to-source 2001:db8::1 --random;OK
-p udp -j SNAT --random-fully --random --persistent --to-source 2001:db8::1;-p udp -j SNAT --to-source 2001:db8::1 --random --random-fully --persistent;OK
-p udp -j SNAT --random-fully --to-source 2001:db8::1 --persistent;-p udp -j SNAT --to-source 2001:db8::1 --random-fully --persistent;OK
-p udp -j SNAT --to- 2001:db8::1;-p udp -j SNAT --to-source 2001:db8::1;OK
-p udp -j SNAT --to-source 2001:db8::1 --persistent;=;OK
-p udp -j SNAT --to-source 2001:db8::1 --persistent --random-fully --random;-p udp -j SNAT --to-source 2001:db8::1 --random --random-fully --persistent;OK
