# SPDX-License-Identifier: GPL-2.0-or-later
# The match tcpmss.
@ mangle FORWARD 46
! -p udp -m tcpmss --mss 1:2;-;OK
-m tcpmss;;FAIL
-m tcpmss --mss 1:2;-;OK
-p 0 -m tcpmss --mss 1:2;-;OK
-p tcp -m tcpmss;;FAIL
-p tcp -m tcpmss ! --mss "";-p tcp -m tcpmss ! --mss 0;OK
-p tcp -m tcpmss ! --mss 00:11:22:33:44:55;;FAIL
-p tcp -m tcpmss ! --mss 1:10;=;OK
-p tcp -m tcpmss ! --mss 2001:db8::1;;FAIL
-p tcp -m tcpmss ! --mss bm;;FAIL
-p tcp -m tcpmss --mss "|4|";;FAIL
-p tcp -m tcpmss --mss 0;=;OK
-p tcp -m tcpmss --mss 0x1f/0xf;;FAIL
-p tcp -m tcpmss --mss 1/0;;FAIL
-p tcp -m tcpmss --mss 15;=;OK
-p tcp -m tcpmss --mss 192.0.2.1;;FAIL
-p tcp -m tcpmss --mss 192.0.2.1/24;;FAIL
-p tcp -m tcpmss --mss 1:2;=;OK
-p tcp -m tcpmss --mss 256;=;OK
-p tcp -m tcpmss --mss 63;=;OK
-p tcp -m tcpmss --mss :1;-p tcp -m tcpmss --mss 0:1;OK
-p tcp -m tcpmss --mss abc;;FAIL
-p tcp -m tcpmss --mss eth+;;FAIL
-p tcp -m tcpmss --mss kmp;;FAIL
-p tcp -m tcpmss 1:2;;FAIL
-p udp -m tcpmss;;FAIL
-p udp -m tcpmss --mss 1:2;-;OK
