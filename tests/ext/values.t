# SPDX-License-Identifier: GPL-2.0-or-later
# Values at the edges of what kernels take; --test takes them all.
@ mangle FORWARD 46
-m bpf --bytecode "1,0 0 0 0";-;OK
-m bpf --bytecode "1,6 0 0 1";-;OK
-m bpf --bytecode "2,21 1 0 1,6 0 0 1";-;OK
-m bpf --bytecode "3,21 1 0 1,6 0 0 1,6 0 0 0";-;OK
-m bpf --bytecode "2,5 0 0 1,6 0 0 1";-;OK
-m bpf --bytecode "2,2 0 0 16,6 0 0 1";-;OK
-m bpf --bytecode "2,2 0 0 15,6 0 0 1";-;OK
-m hashlimit --hashlimit-upto 1/day --hashlimit-name h1;-;OK
-m hashlimit --hashlimit-upto 1/day --hashlimit-burst 3 --hashlimit-name h1;-;OK
-m hashlimit --hashlimit-upto 1/hour --hashlimit-name h1;-;OK
-m hashlimit --hashlimit-upto 1/hour --hashlimit-burst 100 --hashlimit-name h1;-;OK
-m hashlimit --hashlimit-upto 1/min --hashlimit-burst 1000 --hashlimit-name h1;-;OK
-m hashlimit --hashlimit-upto 1/min --hashlimit-burst 10000 --hashlimit-name h1;-;OK
-m hashlimit --hashlimit-upto 1/day --hashlimit-burst 1 --hashlimit-name h1;-;OK
-m hashlimit --hashlimit-upto 1/day --hashlimit-burst 2 --hashlimit-name h1;-;OK
-m hashlimit --hashlimit-above 9999999mb/s --hashlimit-name h2;-;OK
-m hashlimit --hashlimit-above 1000mb/s --hashlimit-name h2;-;OK
-m hashlimit --hashlimit-above 3000mb/s --hashlimit-name h2;-;OK
-m hashlimit --hashlimit-above 5000mb/s --hashlimit-name h2;-;OK
-m hashlimit --hashlimit-upto 1/s --hashlimit-htable-expire 0 --hashlimit-name h3;-;OK
-m hashlimit --hashlimit-upto 1/s --hashlimit-htable-gcinterval 0 --hashlimit-name h3;-;OK
-m hashlimit --hashlimit-upto 1/s --hashlimit-srcmask 32 --hashlimit-mode srcip --hashlimit-name h3;-;OK
-m hashlimit --hashlimit-upto 1/day --hashlimit-rate-match --hashlimit-rate-interval 5 --hashlimit-name h4;-;OK
-m string --string abc --algo bm --from 6 --to 5;-;OK
-m string --string abc --algo bm --from 5 --to 5;-;OK
-m string --string "" --algo bm;-;OK
-m string --string a --algo fsm;-;OK
-m u32 --u32 "0>>32=0";-;OK
-m u32 --u32 "0>>31=0";-;OK
-m u32 --u32 "0<<33=0";-;OK
-m u32 --u32 "0&0xff=1&&4>>99=0";-;OK
! -p tcp -m tcp;-;OK
! -p udp -m udp;-;OK
! -p tcp -m tcp --dport 0:65535;-;OK
! -p tcp -m tcp --dport 22;-;OK
! -p tcp -m tcp --tcp-option 5;-;OK
! -p tcp -m tcp --syn;-;OK
! -p tcp -m tcp --tcp-flags ALL NONE;-;OK
-j QUEUE;-;OK
@ mangle FORWARD 4
-m hashlimit --hashlimit-upto 1/s --hashlimit-srcmask 33 --hashlimit-mode srcip --hashlimit-name h3;-;OK
-j TEE --gateway 0.0.0.0;-;OK
-j TEE --gateway 1.1.1.1;-;OK
! -s 0.0.0.0/0;-;OK
@ mangle FORWARD 6
-j TEE --gateway ::;-;OK
-m addrtype --dst-type BLACKHOLE;-;OK
-m addrtype ! --dst-type BLACKHOLE;-;OK
-m addrtype --dst-type UNREACHABLE,BLACKHOLE;-;OK
-m addrtype --dst-type UNREACHABLE;-;OK
@ mangle OUTPUT 46
-m cgroup;-;OK
-m cgroup --cgroup 1;-;OK
-m cgroup --cgroup 1 --path x;-;OK
-m owner --uid-owner 10-5;-;OK
-m owner --uid-owner 5-10;-;OK
-m owner --gid-owner 10-5;-;OK
@ mangle OUTPUT 6
-j DNPT --src-pfx 2001:db8:1::/65 --dst-pfx 2001:db8:2::/64;-;OK
-j DNPT --src-pfx 2001:db8:1::/64 --dst-pfx 2001:db8:2::1/64;-;OK
-j DNPT --src-pfx 2001:db8:1::/64 --dst-pfx 2001:db8:2::/64;-;OK
-j DNPT --src-pfx 2001:db8:1::/48 --dst-pfx 2001:db8:2::/48;-;OK
@ raw PREROUTING 46
-j CT --notrack --helper ftp;-;OK
-p udp -j CT --notrack --helper ftp;-;OK
! -p tcp -j CT --notrack --helper nosuch;-;OK
@ mangle INPUT 4
-j SET --map-set hosts src --map-queue;-;OK
-j SET --map-set hosts src --map-prio;-;OK
-j SET --map-set hosts src --map-mark;-;OK
