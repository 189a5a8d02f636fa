# SPDX-License-Identifier: GPL-2.0-or-later
# The match ah.
@ mangle FORWARD 4
! -p tcp -m ah;-;OK
-m ah;-;OK
-m ah --ahlen 12;;FAIL
-m ah --ahres;;FAIL
-m ah --ahspi 500;-;OK
-p 135 -m ah --ahspi 500;-;OK
-p ah -m ah ! --ahlen 1;;FAIL
-p ah -m ah --ahlen 12 --ahres --ahspi 010;;FAIL
-p ah -m ah --ahlen 15;;FAIL
-p ah -m ah --ahlen 63;;FAIL
-p ah -m ah --ahres ! --ahspi 500;;FAIL
-p ah -m ah --ahres --ahlen 12 ! --ahspi 500;;FAIL
-p ah -m ah --ahres --ahlen 12 --ahspi 2;;FAIL
-p ah -m ah --ahres --ahlen 12 --ahspi 500;;FAIL
-p ah -m ah --ahres --ahspi 0:0;;FAIL
-p ah -m ah --ahres --ahspi 500 --ahlen 1;;FAIL
-p udp -m ah;-;OK
@ mangle FORWARD 46
-p ah -m ah;=;OK
-p ah -m ah ! --ahlen /;;FAIL
-p ah -m ah ! --ahlen 80,443,1000:2000;;FAIL
-p ah -m ah ! --ahlen lo;;FAIL
-p ah -m ah ! --ahres;;FAIL
-p ah -m ah ! --ahspi !;;FAIL
-p ah -m ah ! --ahspi 010;-p ah -m ah ! --ahspi 8;OK
-p ah -m ah ! --ahspi 0x10;-p ah -m ah ! --ahspi 16;OK
-p ah -m ah --ahlen 1:2;;FAIL
-p ah -m ah --ahres --ahlen 8/;;FAIL
-p ah -m ah --ahspi 192.0.2.1;;FAIL
-p ah -m ah --ahspi 192.0.2.1-192.0.2.9;;FAIL
-p ah -m ah --ahspi 255;=;OK
-p ah -m ah --ahspi 500 --ahres --ahlen 1,31;;FAIL
-p ah -m ah --ahspi 500 --ahres --ahlen Minimize-Delay;;FAIL
-p ah -m ah --ahspi 63;=;OK
-p ah -m ah --ahspi mon;;FAIL
-p ah -m ah --ahspi new;;FAIL
-p ah -m ah 12;;FAIL
-p foo -m ah --ahres;;FAIL
@ mangle FORWARD 6
! -p tcp -m ah;=;OK
-m ah;=;OK
-m ah --ahlen 12;=;OK
-m ah --ahres;=;OK
-m ah --ahspi 500;=;OK
-p 135 -m ah --ahspi 500;-p mobility-header -m ah --ahspi 500;OK
-p ah -m ah ! --ahlen 1;=;OK
-p ah -m ah --ahlen 12 --ahres --ahspi 010;-p ah -m ah --ahspi 8 --ahlen 12 --ahres;OK
-p ah -m ah --ahlen 15;=;OK
-p ah -m ah --ahlen 63;=;OK
-p ah -m ah --ahres ! --ahspi 500;-p ah -m ah ! --ahspi 500 --ahres;OK
-p ah -m ah --ahres --ahlen 12 ! --ahspi 500;-p ah -m ah ! --ahspi 500 --ahlen 12 --ahres;OK
-p ah -m ah --ahres --ahlen 12 --ahspi 2;-p ah -m ah --ahspi 2 --ahlen 12 --ahres;OK
-p ah -m ah --ahres --ahlen 12 --ahspi 500;-p ah -m ah --ahspi 500 --ahlen 12 --ahres;OK
-p ah -m ah --ahres --ahspi 0:0;-p ah -m ah --ahspi 0 --ahres;OK
-p ah -m ah --ahres --ahspi 500 --ahlen 1;-p ah -m ah --ahspi 500 --ahlen 1 --ahres;OK
-p udp -m ah;=;OK
