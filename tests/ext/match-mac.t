# SPDX-License-Identifier: GPL-2.0-or-later
# The match mac.
@ mangle FORWARD 46
! -p tcp -m mac --mac-source 00:11:22:33:44:55;=;OK
-m mac;;FAIL
-m mac ! --mac-source 00:11:22:33:44:55;=;OK
-m mac ! --mac-source 6;;FAIL
-m mac --mac- 00:11:22:33:44:55;-m mac --mac-source 00:11:22:33:44:55;OK
-m mac --mac-s 00:11:22:33:44:55;-m mac --mac-source 00:11:22:33:44:55;OK
-m mac --mac-source;;FAIL
-m mac --mac-source !;;FAIL
-m mac --mac-source 0;;FAIL
-m mac --mac-source 1/day;;FAIL
-m mac --mac-source 2;;FAIL
-m mac --mac-source 23:59:59;;FAIL
-m mac --mac-source 65535:65536;;FAIL
-m mac --mac-source=00:11:22:33:44:55;-m mac --mac-source 00:11:22:33:44:55;OK
-m mac 00:11:22:33:44:55;;FAIL
-p udp -m mac;;FAIL
