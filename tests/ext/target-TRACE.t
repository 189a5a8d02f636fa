# SPDX-License-Identifier: GPL-2.0-or-later
# The target TRACE.
@ raw PREROUTING 46
! -p tcp -j TRACE;=;OK
-j TRACE;=;OK
-p udp -j TRACE;=;OK
