# SPDX-License-Identifier: GPL-2.0-or-later
# The match nfacct.
@ mangle FORWARD 46
--nfacct-name a -m nfacct;;FAIL
-m nfacct;;FAIL
-m nfacct ! ! --nfacct-name a;;FAIL
-m nfacct ! --nfacct-name 6;;FAIL
-m nfacct ! --nfacct-name :;;FAIL
-m nfacct ! --nfacct-name any;;FAIL
-m nfacct ! --nfacct-name http:https;;FAIL
-m nfacct ! --nfacct-name packets;;FAIL
-m nfacct ! --nfacct-name tcp;;FAIL
-m nfacct --n a;;FAIL
-m nfacct --nf a;-;OK
-m nfacct --nfa a;-;OK
-m nfacct --nfac a;-;OK
-m nfacct --nfacct-name;;FAIL
-m nfacct --nfacct-name ! a;;FAIL
-m nfacct --nfacct-name -x;-;OK
-m nfacct --nfacct-name 1,;-;OK
-m nfacct --nfacct-name 1,2;-;OK
-m nfacct --nfacct-name 1/0;-;OK
-m nfacct --nfacct-name 1mb/s;-;OK
-m nfacct --nfacct-name 2:1;-;OK
-m nfacct --nfacct-name 65536;-;OK
-m nfacct --nfacct-name ALL;-;OK
-m nfacct --nfacct-name [2001:db8::1]:80;-;OK
-m nfacct --nfacct-name a !;;FAIL
-m nfacct --nfacct-name none;-;OK
-m nfacct a;;FAIL
