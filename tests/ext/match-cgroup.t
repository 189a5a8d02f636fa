# SPDX-License-Identifier: GPL-2.0-or-later
# The match cgroup.
@ filter INPUT 46
-m cgroup ! --cgroup 1;=;OK
-m cgroup --cg 1;-m cgroup --cgroup 1;OK
-m cgroup --cgroup 0x10;-m cgroup --cgroup 16;OK
@ mangle FORWARD 46
-m cgroup;-;OK
-m cgroup ! ! --path a/b;;FAIL
-m cgroup ! --cgroup 2001:db8::1/129;;FAIL
-m cgroup ! --cgroup ANY;;FAIL
-m cgroup ! --path :;-;OK
-m cgroup ! --path eth+;-;OK
-m cgroup ! --path http;-;OK
-m cgroup --c 1;;FAIL
-m cgroup --cgroup;;FAIL
-m cgroup --cgroup ,1;;FAIL
-m cgroup --cgroup 1 --path "|41 42|";-;OK
-m cgroup --cgroup 1 --path 18446744073709551616;-;OK
-m cgroup --cgroup 1 --path 192.0.2.1-192.0.2.5:80-70;-;OK
-m cgroup --cgroup 1 --path 192.0.2.1:80;-;OK
-m cgroup --cgroup 1 --path EF;-;OK
-m cgroup --cgroup 1 --path kmp;-;OK
-m cgroup --cgroup CS1;;FAIL
-m cgroup --cgroup NEW,ESTABLISHED;;FAIL
-m cgroup --cgroup http;;FAIL
-m cgroup --path;;FAIL
-m cgroup --path "a b";-;OK
-m cgroup --path 1;-;OK
-m cgroup --path 2001:db8::1/ffff::;-;OK
-m cgroup --path 4294967296;-;OK
-m cgroup --path 64;-;OK
-m cgroup --path a/b --cgroup "a b";;FAIL
-m cgroup --path a/b --cgroup 010;-;OK
-m cgroup --path a/b --cgroup 192.0.2;;FAIL
-m cgroup 1;;FAIL
-p udp -m cgroup;-;OK
-p udp -m cgroup --path a/b;-;OK
