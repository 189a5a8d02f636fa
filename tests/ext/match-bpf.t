# SPDX-License-Identifier: GPL-2.0-or-later
# The match bpf.
@ mangle FORWARD 46
! -p tcp -m bpf --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0";=;OK
-m bpf;;FAIL
-m bpf ! --bytecode lo;;FAIL
-m bpf ! --object-pinned ,1;;FAIL
-m bpf ! --object-pinned /x ! --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0";;FAIL
-m bpf ! --object-pinned 1;;FAIL
-m bpf --bytecode;;FAIL
-m bpf --bytecode "4,48 -x;;FAIL
-m bpf --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0" --object-pinned 192.0.2.9-192.0.2.1;;FAIL
-m bpf --bytecode "4,48 2001:db8::1-2001:db8::9;;FAIL
-m bpf --bytecode "4,48 2020-01-01T00:00:00;;FAIL
-m bpf --bytecode "4,48 8/0;;FAIL
-m bpf --bytecode "4,48 ANY;;FAIL
-m bpf --bytecode 1:10;;FAIL
-m bpf --bytecode SYN,ACK;;FAIL
-m bpf --o /x;;FAIL
-m bpf --object-pinned;;FAIL
-m bpf --object-pinned /x --bytecode ALL;;FAIL
-m bpf --object-pinned /x --bytecode all;;FAIL
-m bpf /x;;FAIL
-p udp -m bpf;;FAIL
-p udp -m bpf --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0";=;OK
