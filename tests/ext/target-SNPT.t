# SPDX-License-Identifier: GPL-2.0-or-later
# The target SNPT.
@ mangle FORWARD 4
-j SNPT --src-pfx 2001:db8::/64 --dst-pfx 2001:db8::1/64;;FAIL
@ mangle FORWARD 46
-j SNPT;;FAIL
-j SNPT ! --dst-pfx "";;FAIL
-j SNPT ! --dst-pfx :1;;FAIL
-j SNPT ! --src-pfx -1;;FAIL
-j SNPT --dst-pfx;;FAIL
-j SNPT --dst-pfx 1/2;;FAIL
-j SNPT --dst-pfx 2001:db8:1::/64 --src-pfx 2020;;FAIL
-j SNPT --dst-pfx 6;;FAIL
-j SNPT --src-pfx;;FAIL
-j SNPT --src-pfx 10:1;;FAIL
-j SNPT --src-pfx 2;;FAIL
-j SNPT --src-pfx 2001:db8::/64 --dst-pfx 2020;;FAIL
-j SNPT --src-pfx 2001:db8::/64 --dst-pfx any;;FAIL
-j SNPT --src-pfx 2001:db8::/64 --dst-pfx eth+;;FAIL
-j SNPT --src-pfx packets;;FAIL
-p udp -j SNPT;;FAIL
@ mangle FORWARD 6
-j SNPT --src-pfx 2001:db8::/64 --dst-pfx 2001:db8::1/64;-;OK
