# SPDX-License-Identifier: GPL-2.0-or-later
# The match osf.
@ mangle FORWARD 4
-m osf ! --genre /;-;OK
-m osf ! --genre http;-;OK
-m osf --genre 0;-;OK
-m osf --genre 192.0.2.1:80;-;OK
-m osf --genre 1:2;-;OK
-m osf --genre 24:00;-;OK
-m osf --genre root;-;OK
-m osf --log 1 --ttl 1 --genre "|41 42|";-;OK
-m osf --log 1 --ttl 1 --genre 10:1;-;OK
-m osf --ttl 1 --genre 2-1;-;OK
-m osf --ttl 1 --genre any;-;OK
-m osf --ttl 1 --log 1 --genre 1/s;-;OK
-m osf --ttl 1 --log 1 --genre 192.0.2.1/24;-;OK
@ mangle FORWARD 46
-m osf;;FAIL
-m osf ! ! --ttl 1;;FAIL
-m osf ! --log 1;;FAIL
-m osf ! --log 1 ! --genre Linux;;FAIL
-m osf ! --log 1 --ttl 1 ! --genre Linux;;FAIL
-m osf ! --log 1 --ttl 1 --genre Linux;;FAIL
-m osf ! --log 4294967296;;FAIL
-m osf ! --log :;;FAIL
-m osf ! --log bytes;;FAIL
-m osf ! --ttl 2;;FAIL
-m osf --genre;;FAIL
-m osf --genre Linux --log 1 --ttl 5/minute;;FAIL
-m osf --genre Linux --ttl kmp;;FAIL
-m osf --l 1;;FAIL
-m osf --log;;FAIL
-m osf --log 1 --genre Linux --ttl ssh,http;;FAIL
-m osf --ttl;;FAIL
-m osf --ttl SYN;;FAIL
-m osf 1;;FAIL
@ mangle FORWARD 6
-m osf ! --genre /;;FAIL
-m osf ! --genre http;;FAIL
-m osf --genre 0;;FAIL
-m osf --genre 192.0.2.1:80;;FAIL
-m osf --genre 1:2;;FAIL
-m osf --genre 24:00;;FAIL
-m osf --genre root;;FAIL
-m osf --log 1 --ttl 1 --genre "|41 42|";;FAIL
-m osf --log 1 --ttl 1 --genre 10:1;;FAIL
-m osf --ttl 1 --genre 2-1;;FAIL
-m osf --ttl 1 --genre any;;FAIL
-m osf --ttl 1 --log 1 --genre 1/s;;FAIL
-m osf --ttl 1 --log 1 --genre 192.0.2.1/24;;FAIL
