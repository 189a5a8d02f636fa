# SPDX-License-Identifier: GPL-2.0-or-later
# The target TCPOPTSTRIP.
@ mangle FORWARD 46
! -p tcp -j TCPOPTSTRIP;-;OK
-j TCPOPTSTRIP;-;OK
-p tcp -j TCPOPTSTRIP;=;OK
-p tcp -j TCPOPTSTRIP ! --strip-options "a b";;FAIL
-p tcp -j TCPOPTSTRIP ! --strip-options -x;;FAIL
-p tcp -j TCPOPTSTRIP ! --strip-options 1/;;FAIL
-p tcp -j TCPOPTSTRIP ! --strip-options 1:;;FAIL
-p tcp -j TCPOPTSTRIP ! --strip-options 64;;FAIL
-p tcp -j TCPOPTSTRIP ! --strip-options Minimize-Delay;;FAIL
-p tcp -j TCPOPTSTRIP --s wscale,5;;FAIL
-p tcp -j TCPOPTSTRIP --strip-opti wscale,5;-p tcp -j TCPOPTSTRIP --strip-options 3,5;OK
-p tcp -j TCPOPTSTRIP --strip-options;;FAIL
-p tcp -j TCPOPTSTRIP --strip-options 0:0;;FAIL
-p tcp -j TCPOPTSTRIP --strip-options 0x10;-p tcp -j TCPOPTSTRIP --strip-options 16;OK
-p tcp -j TCPOPTSTRIP --strip-options 1;;FAIL
-p tcp -j TCPOPTSTRIP --strip-options 1,31;;FAIL
-p tcp -j TCPOPTSTRIP --strip-options 1mb/s;;FAIL
-p tcp -j TCPOPTSTRIP --strip-options 2;=;OK
-p tcp -j TCPOPTSTRIP --strip-options 32;=;OK
-p tcp -j TCPOPTSTRIP --strip-options aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;;FAIL
-p tcp -j TCPOPTSTRIP --strip-options packets;;FAIL
-p tcp -j TCPOPTSTRIP --strip-options wscale,5 !;;FAIL
-p tcp -j TCPOPTSTRIP --strip-options wscale,5 --strip-options wscale,5;;FAIL
-p tcp -j TCPOPTSTRIP wscale,5;;FAIL
-p udp -j TCPOPTSTRIP;-;OK
