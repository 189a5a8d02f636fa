# SPDX-License-Identifier: GPL-2.0-or-later
# The target TPROXY.
@ mangle FORWARD 4
-p tcp -j TPROXY --on-ip 2001:db8::1 --on-port 1 --tproxy-mark 63;;FAIL
-p tcp -j TPROXY --on-port 1 --on-ip 2001:db8::1;;FAIL
-p tcp -j TPROXY --tproxy-mark 1/2 --on-ip 2001:db8::1 --on-port 255;;FAIL
@ mangle FORWARD 46
! -p tcp -j TPROXY --on-ip 2001:db8::1;;FAIL
-j TPROXY;;FAIL
-j TPROXY --on-port 1;-;OK
-j TPROXY --tproxy-mark 1/2;;FAIL
-p tcp -j TPROXY;;FAIL
-p tcp -j TPROXY ! --on-ip :;;FAIL
-p tcp -j TPROXY ! --on-port 6;;FAIL
-p tcp -j TPROXY ! --on-port 8/;;FAIL
-p tcp -j TPROXY ! --on-port TCP;;FAIL
-p tcp -j TPROXY ! --tproxy-mark 15;;FAIL
-p tcp -j TPROXY --on-ip;;FAIL
-p tcp -j TPROXY --on-ip 10.0.0.1 --on-port 1 --tproxy-mark :1;;FAIL
-p tcp -j TPROXY --on-ip 10.0.0.1 --on-port 1 --tproxy-mark bm;;FAIL
-p tcp -j TPROXY --on-ip 10.0.0.1 --tproxy-mark 1/2 --on-port 80,443,1000:2000;;FAIL
-p tcp -j TPROXY --on-ip 2001:db8::1 --tproxy-mark !;;FAIL
-p tcp -j TPROXY --on-ip 2001:db8::1 --tproxy-mark 1/2 --on-port original;;FAIL
-p tcp -j TPROXY --on-ip 2001:db8::1 --tproxy-mark 10:1;;FAIL
-p tcp -j TPROXY --on-ip SNAT;;FAIL
-p tcp -j TPROXY --on-ip lo;;FAIL
-p tcp -j TPROXY --on-port 1 --on-ip 10.0.0.1 --tproxy-mark 192.0.2.1-192.0.2.5:80-70;;FAIL
-p tcp -j TPROXY --on-port 1 --on-ip 2001:db8::1 --tproxy-mark 2001:db8::1;;FAIL
-p tcp -j TPROXY --on-port :80;;FAIL
-p tcp -j TPROXY --on-port all;;FAIL
-p tcp -j TPROXY --on-port random;;FAIL
-p tcp -j TPROXY --tproxy-mark 1/2 --on-port 1 --on-ip 2001:db8::1/64;;FAIL
-p tcp -j TPROXY --tproxy-mark 1/2 --on-port 1 --on-ip bm;;FAIL
-p tcp -j TPROXY --tproxy-mark 1/2 --on-port 1 --on-ip original;;FAIL
-p tcp -j TPROXY --tproxy-mark 1:;;FAIL
-p tcp -j TPROXY 1;;FAIL
-p udp -j TPROXY;;FAIL
@ mangle FORWARD 6
-p tcp -j TPROXY --on-ip 10.0.0.1 --tproxy-mark 1/2 --on-port +1;;FAIL
-p tcp -j TPROXY --on-ip 10.0.0.1 --tproxy-mark 1/2 --on-port 010;;FAIL
-p tcp -j TPROXY --on-port 1 --on-ip 10.0.0.1 --tproxy-mark 2020;;FAIL
-p tcp -j TPROXY --tproxy-mark 1/2 --on-port 1 --on-ip 255;;FAIL
@ mangle PREROUTING 4
-p tcp -j TPROXY --on-ip 10.0.0.1 --tproxy-mark 1/2 --on-port +1;-p tcp -j TPROXY --on-port 1 --on-ip 10.0.0.1 --tproxy-mark 0x1/0x2;OK
-p tcp -j TPROXY --on-ip 10.0.0.1 --tproxy-mark 1/2 --on-port 010;-p tcp -j TPROXY --on-port 10 --on-ip 10.0.0.1 --tproxy-mark 0x1/0x2;OK
-p tcp -j TPROXY --on-por 1;-p tcp -j TPROXY --on-port 1 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0;OK
-p tcp -j TPROXY --on-port 1 --on-ip 10.0.0.1 --tproxy-mark 2020;-p tcp -j TPROXY --on-port 1 --on-ip 10.0.0.1 --tproxy-mark 0x7e4/0xffffffff;OK
-p tcp -j TPROXY --on-port 1 --tproxy-mark 0;-p tcp -j TPROXY --on-port 1 --on-ip 0.0.0.0 --tproxy-mark 0x0/0xffffffff;OK
-p tcp -j TPROXY --on-port 15;-p tcp -j TPROXY --on-port 15 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0;OK
-p tcp -j TPROXY --on-port 4294967296;-p tcp -j TPROXY --on-port 0 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0;OK
-p tcp -j TPROXY --on-port 63;-p tcp -j TPROXY --on-port 63 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0;OK
-p tcp -j TPROXY --tproxy-mark 1/2 --on-port 1 --on-ip 255;-p tcp -j TPROXY --on-port 1 --on-ip 0.0.0.255 --tproxy-mark 0x1/0x2;OK
@ mangle PREROUTING 6
-p tcp -j TPROXY --on-ip 2001:db8::1 --on-port 1 --tproxy-mark 63;-p tcp -j TPROXY --on-port 1 --on-ip 2001:db8::1 --tproxy-mark 0x3f/0xffffffff;OK
-p tcp -j TPROXY --on-por 1;-p tcp -j TPROXY --on-port 1 --on-ip :: --tproxy-mark 0x0/0x0;OK
-p tcp -j TPROXY --on-port 1 --on-ip 2001:db8::1;-p tcp -j TPROXY --on-port 1 --on-ip 2001:db8::1 --tproxy-mark 0x0/0x0;OK
-p tcp -j TPROXY --on-port 1 --tproxy-mark 0;-p tcp -j TPROXY --on-port 1 --on-ip :: --tproxy-mark 0x0/0xffffffff;OK
-p tcp -j TPROXY --on-port 15;-p tcp -j TPROXY --on-port 15 --on-ip :: --tproxy-mark 0x0/0x0;OK
-p tcp -j TPROXY --on-port 4294967296;-p tcp -j TPROXY --on-port 0 --on-ip :: --tproxy-mark 0x0/0x0;OK
-p tcp -j TPROXY --on-port 63;-p tcp -j TPROXY --on-port 63 --on-ip :: --tproxy-mark 0x0/0x0;OK
-p tcp -j TPROXY --tproxy-mark 1/2 --on-ip 2001:db8::1 --on-port 255;-p tcp -j TPROXY --on-port 255 --on-ip 2001:db8::1 --tproxy-mark 0x1/0x2;OK
