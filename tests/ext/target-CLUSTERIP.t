# SPDX-License-Identifier: GPL-2.0-or-later
# The target CLUSTERIP.
@ mangle FORWARD 4
-j CLUSTERIP;-;OK
@ mangle FORWARD 46
--new -j CLUSTERIP;;FAIL
-j CLUSTERIP ! --clustermac 1;;FAIL
-j CLUSTERIP ! --hash-init 0;;FAIL
-j CLUSTERIP ! --hashmode 1;;FAIL
-j CLUSTERIP ! --local-node 1;;FAIL
-j CLUSTERIP ! --new;;FAIL
-j CLUSTERIP ! --total-nodes 2;;FAIL
-j CLUSTERIP --clustermac;;FAIL
-j CLUSTERIP --clustermac EF;;FAIL
-j CLUSTERIP --hash-init;;FAIL
-j CLUSTERIP --hash-init 1 --clustermac 01:02:03:04:05:06 --new --total-nodes none;;FAIL
-j CLUSTERIP --hash-init 1 --total-nodes 2 --hashmode sourceip --local-node ,1;;FAIL
-j CLUSTERIP --hashmode;;FAIL
-j CLUSTERIP --hashmode sourceip --hash-init 1 --new --local-node ssh,http;;FAIL
-j CLUSTERIP --local-node;;FAIL
-j CLUSTERIP --new --hash-init random;;FAIL
-j CLUSTERIP --new --hashmode sourceip --total-nodes 2 --clustermac 80,443,1000:2000;;FAIL
-j CLUSTERIP --new --local-node 1 --clustermac echo-request;;FAIL
-j CLUSTERIP --new --local-node 1 --total-nodes 2 --clustermac 32;;FAIL
-j CLUSTERIP --new --total-nodes 1/foo;;FAIL
-j CLUSTERIP --t 2;;FAIL
-j CLUSTERIP --total-nodes;;FAIL
-j CLUSTERIP 1;;FAIL
-j CLUSTERIP 2;;FAIL
@ mangle FORWARD 6
-j CLUSTERIP;;FAIL
