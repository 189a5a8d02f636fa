# SPDX-License-Identifier: GPL-2.0-or-later
# The target NAT.
@ mangle FORWARD 46
-j NAT;;FAIL
-j NAT ! ! --to-source 2001:db8::1;;FAIL
-j NAT ! --to-source 0;;FAIL
-j NAT --to-source;;FAIL
-j NAT --to-source 1/0;;FAIL
-j NAT --to-source 65535:65536;;FAIL
-j NAT 10.0.0.1;;FAIL
-j NAT 2001:db8::1;;FAIL
-p udp -j NAT;;FAIL
