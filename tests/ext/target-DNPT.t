# SPDX-License-Identifier: GPL-2.0-or-later
# The target DNPT.
@ mangle FORWARD 46
-j DNPT;;FAIL
-j DNPT ! ! --src-pfx 2001:db8::/64;;FAIL
-j DNPT ! --dst-pfx :1;;FAIL
-j DNPT ! --src-pfx !;;FAIL
-j DNPT --dst-pfx;;FAIL
-j DNPT --dst-pfx 192.0.2.9-192.0.2.1;;FAIL
-j DNPT --dst-pfx 2;;FAIL
-j DNPT --dst-pfx 2001:db8:1::/64;;FAIL
-j DNPT --dst-pfx 2001:db8:1::/64 --src-pfx http;;FAIL
-j DNPT --src-pfx;;FAIL
-j DNPT --src-pfx 010;;FAIL
-j DNPT --src-pfx 2001:db8::/64 --dst-pfx 2020;;FAIL
-j DNPT --src-pfx 2001:db8::1;;FAIL
-j DNPT --src-pfx 24:00;;FAIL
-j DNPT --src-pfx :;;FAIL
-j DNPT --src-pfx any;;FAIL
-p udp -j DNPT;;FAIL
