# SPDX-License-Identifier: GPL-2.0-or-later
# The match state.
@ mangle FORWARD 46
! -p tcp -m state --state NEW;=;OK
-m state;;FAIL
-m state ! ! --state NEW;;FAIL
-m state ! --state 1;;FAIL
-m state ! --state NEW;=;OK
-m state ! --state new;-m state ! --state NEW;OK
-m state --s NEW;;FAIL
-m state --st NEW;-m state --state NEW;OK
-m state --stat NEW;-m state --state NEW;OK
-m state --state;;FAIL
-m state --state !;;FAIL
-m state --state "";;FAIL
-m state --state 1:;;FAIL
-m state --state echo-request;;FAIL
-m state --state mon;;FAIL
-m state --state=NEW;-m state --state NEW;OK
-m state NEW;;FAIL
-p icmpv6 -m state --state NEW;-p ipv6-icmp -m state --state NEW;OK
-p udp -m state;;FAIL
