# SPDX-License-Identifier: GPL-2.0-or-later
# The match helper.
@ mangle FORWARD 46
! -p tcp -m helper --helper ftp;=;OK
--helper ftp -m helper;;FAIL
-m helper;;FAIL
-m helper ! ! --helper ftp;;FAIL
-m helper ! --helper !;-m helper ! --helper "!";OK
-m helper ! --helper /;-m helper ! --helper "/";OK
-m helper ! --helper 00:11:22:33:44:55;-m helper ! --helper "00:11:22:33:44:55";OK
-m helper ! --helper 8/;-m helper ! --helper "8/";OK
-m helper --helper;;FAIL
-m helper --helper "|41 42|";=;OK
-m helper --helper 1-2;=;OK
-m helper --helper 10kb/s;-m helper --helper "10kb/s";OK
-m helper --helper 8/0;-m helper --helper "8/0";OK
-m helper --helper ALL;=;OK
-m helper --helper bm;=;OK
-m helper --helper ipv6;=;OK
-m helper --helper none;=;OK
-m helper ftp;;FAIL
-p udp -m helper;;FAIL
