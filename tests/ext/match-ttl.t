# SPDX-License-Identifier: GPL-2.0-or-later
# The match ttl.
@ mangle FORWARD 4
! -p tcp -m ttl --ttl-gt 1;=;OK
-m ttl ! --ttl 3;-m ttl ! --ttl-eq 3;OK
-m ttl ! --ttl-eq 1;=;OK
-m ttl --ttl 010;-m ttl --ttl-eq 8;OK
-m ttl --ttl-e 1;-m ttl --ttl-eq 1;OK
-m ttl --ttl-gt 0x10;-m ttl --ttl-gt 16;OK
-p udp -m ttl --ttl-lt 1;=;OK
@ mangle FORWARD 46
-m ttl;;FAIL
-m ttl ! --ttl 65535:65536;;FAIL
-m ttl ! --ttl-eq 0:65535;;FAIL
-m ttl ! --ttl-gt 0;;FAIL
-m ttl ! --ttl-gt 1;;FAIL
-m ttl ! --ttl-lt 1;;FAIL
-m ttl ! --ttl-lt 255/255;;FAIL
-m ttl ! --ttl-lt ssh,http;;FAIL
-m ttl --t 3;;FAIL
-m ttl --ttl;;FAIL
-m ttl --ttl 3 --ttl-eq 15;;FAIL
-m ttl --ttl 80,443,1000:2000;;FAIL
-m ttl --ttl-eq;;FAIL
-m ttl --ttl-eq 1 --ttl-gt 1 --ttl 3 --ttl-lt 1-2;;FAIL
-m ttl --ttl-eq 1 --ttl-gt [2001:db8::1]:80;;FAIL
-m ttl --ttl-eq :1;;FAIL
-m ttl --ttl-gt;;FAIL
-m ttl --ttl-gt 1 --ttl-eq 1 --ttl-lt 192.0.2;;FAIL
-m ttl --ttl-lt;;FAIL
-m ttl --ttl-lt 1 --ttl 3 --ttl-gt 1 --ttl-eq 1;;FAIL
-m ttl --ttl-lt 1 --ttl-gt 1 --ttl-eq 1 --ttl :;;FAIL
-m ttl --ttl-lt 1 extra;;FAIL
-m ttl 1;;FAIL
@ mangle FORWARD 6
! -p tcp -m ttl --ttl-gt 1;;FAIL
-m ttl ! --ttl 3;;FAIL
-m ttl ! --ttl-eq 1;;FAIL
-m ttl --ttl 010;;FAIL
-m ttl --ttl-e 1;;FAIL
-m ttl --ttl-gt 0x10;;FAIL
-p udp -m ttl --ttl-lt 1;;FAIL
