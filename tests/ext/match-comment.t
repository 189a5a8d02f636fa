# SPDX-License-Identifier: GPL-2.0-or-later
# The match comment.
@ mangle FORWARD 46
-m comment;;FAIL
-m comment ! ! --comment hello;;FAIL
-m comment ! --comment ,1;;FAIL
-m comment ! --comment /;;FAIL
-m comment ! --comment 010;;FAIL
-m comment ! --comment 1,2;;FAIL
-m comment ! --comment 2;;FAIL
-m comment ! --comment 64;;FAIL
-m comment --commen hello;-m comment --comment hello;OK
-m comment --comment;;FAIL
-m comment --comment ,1;-m comment --comment ",1";OK
-m comment --comment 01:00;-m comment --comment "01:00";OK
-m comment --comment 0:1:2:3:4:5;-m comment --comment "0:1:2:3:4:5";OK
-m comment --comment 0x1f/0xf;-m comment --comment "0x1f/0xf";OK
-m comment --comment 1-2;=;OK
-m comment --comment 1/2;-m comment --comment "1/2";OK
-m comment --comment 192.0.2.1-192.0.2.5:80-70;-m comment --comment "192.0.2.1-192.0.2.5:80-70";OK
-m comment --comment 24:00;-m comment --comment "24:00";OK
-m comment --comment 255/255;-m comment --comment "255/255";OK
-m comment --comment all;=;OK
-m comment --comment both;=;OK
-m comment --comment hello !;;FAIL
-m comment --comment hello --comment hello;;FAIL
-m comment hello;;FAIL
-p udp -m comment;;FAIL
