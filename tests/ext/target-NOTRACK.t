# SPDX-License-Identifier: GPL-2.0-or-later
# The target NOTRACK.
@ raw PREROUTING 46
! -p tcp -j NOTRACK;=;OK
-j NOTRACK;=;OK
-p udp -j NOTRACK;=;OK
