# SPDX-License-Identifier: GPL-2.0-or-later
# The target ECN.
@ mangle FORWARD 4
! -p tcp -j ECN --ecn-tcp-remove;-;OK
-j ECN --ecn-ip-ect 1;=;OK
-j ECN --ecn-tcp-cwr 1;-;OK
-j ECN --ecn-tcp-ece 1;-;OK
-j ECN --ecn-tcp-remove;-;OK
@ mangle FORWARD 46
-j ECN;;FAIL
-p tcp --ecn-tcp-ece 1 -j ECN;;FAIL
-p tcp -j ECN;;FAIL
-p tcp -j ECN ! ! --ecn-tcp-remove;;FAIL
-p tcp -j ECN ! --ecn-ip-ect /;;FAIL
-p tcp -j ECN ! --ecn-ip-ect 4294967296;;FAIL
-p tcp -j ECN ! --ecn-tcp-cwr :;;FAIL
-p tcp -j ECN ! --ecn-tcp-ece 0:65535;;FAIL
-p tcp -j ECN ! --ecn-tcp-ece 1;;FAIL
-p tcp -j ECN ! --ecn-tcp-remove;;FAIL
-p tcp -j ECN --e 1;;FAIL
-p tcp -j ECN --ecn-ip-ect;;FAIL
-p tcp -j ECN --ecn-ip-ect 0:65535;;FAIL
-p tcp -j ECN --ecn-ip-ect 0x10;;FAIL
-p tcp -j ECN --ecn-tcp-cwr 1 --ecn-tcp-cwr 1;;FAIL
-p tcp -j ECN --ecn-tcp-cwr SYN;;FAIL
-p tcp -j ECN --ecn-tcp-ece 1 --ecn-tcp-remove ! --ecn-ip-ect 1 --ecn-tcp-cwr 1;;FAIL
-p tcp -j ECN --ecn-tcp-remove ! --ecn-ip-ect 1 --ecn-tcp-ece 1;;FAIL
-p tcp -j ECN --ecn-tcp-remove --ecn-ip-ect 1 --ecn-tcp-cwr 1 ! --ecn-tcp-ece 1;;FAIL
-p tcp -j ECN --ecn-tcp-remove --ecn-tcp-cwr 1 --ecn-tcp-ece 192.0.2.1:80-90;;FAIL
-p tcp -j ECN --ecn-tcp-remove --ecn-tcp-ece 1 --ecn-tcp-cwr ssh,http;;FAIL
-p tcp -j ECN --ecn-tcp-remove --ecn-tcp-ece 2020;;FAIL
-p tcp -j ECN 1;;FAIL
-p udp -j ECN;;FAIL
@ mangle FORWARD 6
! -p tcp -j ECN --ecn-tcp-remove;;FAIL
-j ECN --ecn-ip-ect 1;;FAIL
-j ECN --ecn-tcp-cwr 1;;FAIL
-j ECN --ecn-tcp-ece 1;;FAIL
-j ECN --ecn-tcp-remove;;FAIL
