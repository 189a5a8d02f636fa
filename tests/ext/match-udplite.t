# SPDX-License-Identifier: GPL-2.0-or-later
# The match udplite.
@ mangle FORWARD 46
-m udplite;;FAIL
-m udplite --dport 1;;FAIL
-m udplite --sport 1;;FAIL
-p foo -m udplite --sport 1;;FAIL
-p udp -m udplite;;FAIL
-p udplite -m udplite ! --dport 1;;FAIL
-p udplite -m udplite ! --dport :;;FAIL
-p udplite -m udplite ! --sport 1;;FAIL
-p udplite -m udplite ! --sport 6;;FAIL
