# SPDX-License-Identifier: GPL-2.0-or-later
# The match ipv6header.
@ mangle FORWARD 4
-m ipv6header ! --header hop;;FAIL
-m ipv6header --header hop;;FAIL
-m ipv6header --soft ! --header hop;;FAIL
-m ipv6header --soft --header none;;FAIL
@ mangle FORWARD 46
--soft -m ipv6header;;FAIL
-m ipv6header;;FAIL
-m ipv6header ! --header -1;;FAIL
-m ipv6header ! --header -x;;FAIL
-m ipv6header ! --soft;;FAIL
-m ipv6header --header;;FAIL
-m ipv6header --header -x;;FAIL
-m ipv6header --header hop --header hop;;FAIL
-m ipv6header --soft;;FAIL
-m ipv6header --soft --header 2;;FAIL
-m ipv6header --soft --header Minimize-Delay;;FAIL
-m ipv6header hop;;FAIL
@ mangle FORWARD 6
-m ipv6header ! --header hop;-m ipv6header ! --header hop-by-hop;OK
-m ipv6header --header hop;-m ipv6header --header hop-by-hop;OK
-m ipv6header --soft ! --header hop;-m ipv6header ! --header hop-by-hop --soft;OK
-m ipv6header --soft --header none;-m ipv6header --header ipv6-nonxt --soft;OK
