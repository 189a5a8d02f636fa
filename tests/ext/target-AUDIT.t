# SPDX-License-Identifier: GPL-2.0-or-later
# The target AUDIT.
@ mangle FORWARD 46
! -p tcp -j AUDIT --type accept;=;OK
-j AUDIT;;FAIL
-j AUDIT ! --type 2;;FAIL
-j AUDIT ! --type :1;;FAIL
-j AUDIT ! --type :80;;FAIL
-j AUDIT ! --type accept;;FAIL
-j AUDIT ! --type http;;FAIL
-j AUDIT --ty accept;-j AUDIT --type accept;OK
-j AUDIT --type;;FAIL
-j AUDIT --type 0:1:2:3:4:5;;FAIL
-j AUDIT --type 4294967296;;FAIL
-j AUDIT --type 65535:65536;;FAIL
-j AUDIT --type Mo;;FAIL
-j AUDIT --type accept !;;FAIL
-j AUDIT accept;;FAIL
-p udp -j AUDIT;;FAIL
