# SPDX-License-Identifier: GPL-2.0-or-later
# The target SET. Its test makes the sets hosts, hosts6 and pairs, which --test looks for.
@ mangle FORWARD 4
-j SET --add-set hosts src;=;OK
-j SET --add-set hosts dst;=;OK
-j SET ! --add-set hosts src;-j SET --add-set hosts src;OK
-j SET --add-set hosts src --exist;=;OK
-j SET --add-set hosts src --exist --exist;-j SET --add-set hosts src --exist;OK
-j SET --add-set hosts src --timeout 5;=;OK
-j SET --add-set hosts src --timeout 0x10;-j SET --add-set hosts src --timeout 16;OK
-j SET --add-set hosts src --timeout 4294967294;=;OK
-j SET --add-set hosts src --exist --timeout 5;=;OK
-j SET --exist --add-set hosts src;-j SET --add-set hosts src --exist;OK
-j SET --del-set hosts src;=;OK
-j SET --add-set hosts src --del-set hosts dst;=;OK
-j SET --map-set hosts src --map-mark;=;OK
-j SET --map-set hosts src --map-prio --map-queue;=;OK
-j SET --map-set hosts src --map-mark --map-prio --map-queue;=;OK
-j SET;;FAIL
-j SET --add-set;;FAIL
-j SET --add-set hosts;;FAIL
-j SET --add-set hosts foo;;FAIL
-j SET --add-set hosts src,;;FAIL
-j SET --add-set hosts src --add-set pairs src,dst;;FAIL
-j SET --add-set hosts src --timeout 4294967295;;FAIL
-j SET --add-set hosts src --timeout x;;FAIL
-j SET --del-set hosts src --exist;;FAIL
-j SET --del-set hosts src --timeout 5;;FAIL
-j SET --map-set hosts src;;FAIL
-j SET --add-set hosts src --map-mark;;FAIL
-j SET --map-mark;;FAIL
-j SET --exist;;FAIL
@ mangle FORWARD 6
-j SET --add-set hosts6 src;=;OK
