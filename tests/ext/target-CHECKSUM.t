# SPDX-License-Identifier: GPL-2.0-or-later
# The target CHECKSUM.
@ mangle FORWARD 46
! -p tcp -j CHECKSUM --checksum-fill;=;OK
--checksum-fill -j CHECKSUM;;FAIL
-j CHECKSUM;;FAIL
-j CHECKSUM ! ! --checksum-fill;;FAIL
-j CHECKSUM ! --checksum-fill;;FAIL
-j CHECKSUM --checksum-fill;=;OK
-j CHECKSUM --checksum-fill !;;FAIL
-j CHECKSUM --checksum-fill --checksum-fill;;FAIL
-j CHECKSUM --checksum-fill 1;;FAIL
-j CHECKSUM --checksum-fill=1;;FAIL
-p udp -j CHECKSUM;;FAIL
-p udp -j CHECKSUM --checksum-fill;=;OK
