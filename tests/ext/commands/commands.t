# SPDX-License-Identifier: GPL-2.0-or-later
# Commands besides -A, counters, and `:' lines. TEXT;OK|FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N LOG | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N tcp | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N foo | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N foo | -A INPUT -j foo | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N user | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N -x | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N ACCEPT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N RETURN | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N INPUT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N "a b" | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N aaaaaaaaaaaaaaaaaaaaaaaaaaaa | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N aaaaaaaaaaaaaaaaaaaaaaaaaaaaa | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E user other | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E user INPUT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E user full | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E user LOG | COMMIT;OK;before 1.8.10
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E user LOG | COMMIT;FAIL;since 1.8.10
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E user ACCEPT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E user -x | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E user | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E INPUT foo | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E nochain foo | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E user aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E user other | -A INPUT -j other | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E user other | -A INPUT -j user | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E user "a b" | COMMIT;OK;before 1.8.10
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E user "a b" | COMMIT;FAIL;since 1.8.10
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -X | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -X user | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -X full | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -X nochain | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -X INPUT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT -j user | -X user | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT 1 | -X user | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F full | -X full | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F | -X | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F INPUT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F nochain | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F INPUT OUTPUT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F INPUT -j ACCEPT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F INPUT -m tcp | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F INPUT -v | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F INPUT -n | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F INPUT -s 1.2.3.4 | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -Z | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -Z INPUT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -Z INPUT 1 | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -Z INPUT 2 | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -Z nochain | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT DROP | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT ACCEPT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT RETURN | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT REJECT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P user DROP | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P nochain DROP | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT DROP -c 1 2 | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT DROP -v | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT DROP -n | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT drop | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT -j user | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT -j ACCEPT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT 1 | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT 2 | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT 0 | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT 1 -j user | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D nochain 1 | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D nochain -j user | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT -j nochain | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT -p tcp --dport 80 -j ACCEPT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -p tcp --dport 80 -j ACCEPT | -D INPUT -p tcp -m tcp --dport 80 -j ACCEPT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -p tcp --dport 80 -j ACCEPT | -D INPUT -p tcp --dport 81 -j ACCEPT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m limit -j ACCEPT | -D INPUT -m limit --limit 3/hour -j ACCEPT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m limit -j ACCEPT | -D INPUT -m limit --limit 4/hour -j ACCEPT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -s 1.2.3.4,1.2.3.5 -j ACCEPT | -D INPUT -s 1.2.3.5,1.2.3.4 -j ACCEPT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -s 1.2.3.4 -j ACCEPT | -D INPUT -s 1.2.3.5,1.2.3.4 -j ACCEPT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -s 10.0.0.5/8 -j ACCEPT | -D INPUT -s 10.0.0.0/8 -j ACCEPT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -i + -j ACCEPT | -D INPUT -j ACCEPT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -i eth+ -j ACCEPT | -D INPUT -i eth+ -j ACCEPT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -i eth+ -j ACCEPT | -D INPUT -i eth -j ACCEPT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -j LOG --log-prefix a | -D INPUT -j LOG --log-prefix b | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -j LOG --log-prefix a | -D INPUT -j LOG --log-prefix a | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m comment --comment a | -D INPUT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT | -D INPUT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -g full | -D INPUT -g full | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -g full | -D INPUT -j full | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m state --state NEW -j DROP | -D INPUT -m conntrack --ctstate NEW -j DROP | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m conntrack --ctstate NEW -j DROP | -D INPUT -m state --state NEW -j DROP | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m hashlimit --hashlimit-upto 1/s --hashlimit-name a | -D INPUT -m hashlimit --hashlimit-upto 1/s --hashlimit-name a | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m recent --set | -D INPUT -m recent --set | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m quota --quota 5 | -D INPUT -m quota --quota 5 | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m quota --quota 5 | -D INPUT -m quota --quota 6 | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m statistic --mode nth --every 3 | -D INPUT -m statistic --mode nth --every 3 | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m string --string a --algo bm | -D INPUT -m string --string a --algo bm | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m connlimit --connlimit-above 3 | -D INPUT -m connlimit --connlimit-above 3 | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -p tcp -p 6 | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -p 6 -j DROP | -D INPUT -p tcp -j DROP | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT ! -f -j DROP | -D INPUT -f -j DROP | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -f -j DROP | -D INPUT -f -j DROP | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT ! -s 1.2.3.4 -j DROP | -D INPUT -s 1.2.3.4 -j DROP | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -c 1 2 -j DROP | -D INPUT -j DROP | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT -c 1 2 -j user | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -C INPUT -j user | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -C INPUT -j ACCEPT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -C nochain -j ACCEPT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -C INPUT 1 | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -R INPUT 1 -j ACCEPT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -R INPUT 2 -j ACCEPT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -R INPUT -j ACCEPT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -R INPUT 1 -s 1.2.3.4,1.2.3.5 | COMMIT;FAIL;before 1.8.11
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -R INPUT 1 -s 1.2.3.4 | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -R nochain 1 | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -R INPUT 1 -j nochain | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -R INPUT 1 -j ACCEPT | -X user | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT 1 | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT 2 | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT 3 | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT 0 | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT x | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT 99999999999 | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT 1 2 | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I nochain | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT 1 -s 1.2.3.4,1.2.3.5 -j DROP | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -L | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -L INPUT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -L nochain | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -L INPUT 1 | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -L INPUT 7 | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -L -n | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -L -v -n -x --line-numbers | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -L INPUT -j ACCEPT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -L -Z | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -Z -L | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -S nochain | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -S -n | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -L | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -A INPUT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -D INPUT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A nochain | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -j nochain | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A user -j user | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A user -j full | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -j INPUT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -j FORWARD | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -j PREROUTING | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT INPUT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A "" | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -X user full | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N a b | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -n | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -v | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -j ACCEPT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -j nochain -6 | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -p tcp -6 --nonsense | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A nochain -p tcp -s 1 -6 | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT -s 1.1.1.1 -j ACCEPT -6 | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -6 -N foo | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -6 -A nochain | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -4 -N foo | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N foo -4 | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :user - [0:0] | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :INPUT ACCEPT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :INPUT ACCEPT [1:2] more | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :INPUT RETURN [0:0] | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :INPUT QUEUE [0:0] | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :foo ACCEPT [0:0] | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :foo DROP | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :foo - | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :foo - [0:0] | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :foo | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :ACCEPT - [0:0] | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :RETURN - [0:0] | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :LOG - [0:0] | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :LOG - [0:0] | -A INPUT -j LOG | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :LOG - [0:0] | -A INPUT -j LOG --log-prefix x | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N LOGX | -A INPUT -j LOGX | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :INPUT DROP [1:2] | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | : INPUT DROP [1:2] | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :INPUT	DROP	[0:0] | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | [1:2] -A INPUT -j ACCEPT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | [:] -A INPUT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | [1:2 | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | [1:2]  | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | [1:2] -N foo | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | [1:2] -P INPUT DROP | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | [1:2] -D INPUT -j user | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | [1:2] -F | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | [1:2] -A INPUT -c 3 4 | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | [1:2]  -A INPUT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user |   -A INPUT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | 	-A INPUT | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT    | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT # comment | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user |  # comment | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | #comment | COMMIT;OK
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -t filter -A INPUT | COMMIT;FAIL
*filter | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -t nat | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N foo | -A INPUT -j foo | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N INPUT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E user INPUT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E INPUT foo | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E user other | -A INPUT -j other | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -E user other | -A INPUT -j user | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -X INPUT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT -j user | -X user | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT 1 | -X user | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F INPUT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F INPUT OUTPUT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F INPUT -j ACCEPT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F INPUT -m tcp | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F INPUT -v | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F INPUT -n | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -F INPUT -s 1.2.3.4 | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -Z INPUT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -Z INPUT 1 | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -Z INPUT 2 | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT DROP | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT ACCEPT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT RETURN | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT REJECT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P user DROP | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P nochain DROP | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT DROP -c 1 2 | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT DROP -v | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT DROP -n | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -P INPUT drop | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT -j user | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT -j ACCEPT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT 1 | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT 2 | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT 0 | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT 1 -j user | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT -j nochain | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT -p tcp --dport 80 -j ACCEPT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -p tcp --dport 80 -j ACCEPT | -D INPUT -p tcp -m tcp --dport 80 -j ACCEPT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -p tcp --dport 80 -j ACCEPT | -D INPUT -p tcp --dport 81 -j ACCEPT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m limit -j ACCEPT | -D INPUT -m limit --limit 3/hour -j ACCEPT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m limit -j ACCEPT | -D INPUT -m limit --limit 4/hour -j ACCEPT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -s 1.2.3.4,1.2.3.5 -j ACCEPT | -D INPUT -s 1.2.3.5,1.2.3.4 -j ACCEPT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -s 1.2.3.4 -j ACCEPT | -D INPUT -s 1.2.3.5,1.2.3.4 -j ACCEPT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -s 10.0.0.5/8 -j ACCEPT | -D INPUT -s 10.0.0.0/8 -j ACCEPT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -i + -j ACCEPT | -D INPUT -j ACCEPT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -i eth+ -j ACCEPT | -D INPUT -i eth+ -j ACCEPT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -i eth+ -j ACCEPT | -D INPUT -i eth -j ACCEPT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -j LOG --log-prefix a | -D INPUT -j LOG --log-prefix b | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -j LOG --log-prefix a | -D INPUT -j LOG --log-prefix a | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m comment --comment a | -D INPUT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT | -D INPUT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -g full | -D INPUT -g full | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -g full | -D INPUT -j full | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m state --state NEW -j DROP | -D INPUT -m conntrack --ctstate NEW -j DROP | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m conntrack --ctstate NEW -j DROP | -D INPUT -m state --state NEW -j DROP | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m hashlimit --hashlimit-upto 1/s --hashlimit-name a | -D INPUT -m hashlimit --hashlimit-upto 1/s --hashlimit-name a | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m recent --set | -D INPUT -m recent --set | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m quota --quota 5 | -D INPUT -m quota --quota 5 | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m quota --quota 5 | -D INPUT -m quota --quota 6 | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m statistic --mode nth --every 3 | -D INPUT -m statistic --mode nth --every 3 | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m string --string a --algo bm | -D INPUT -m string --string a --algo bm | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -m connlimit --connlimit-above 3 | -D INPUT -m connlimit --connlimit-above 3 | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -p tcp -p 6 | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -p 6 -j DROP | -D INPUT -p tcp -j DROP | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT ! -f -j DROP | -D INPUT -f -j DROP | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -f -j DROP | -D INPUT -f -j DROP | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT ! -s 1.2.3.4 -j DROP | -D INPUT -s 1.2.3.4 -j DROP | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -c 1 2 -j DROP | -D INPUT -j DROP | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT -c 1 2 -j user | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -C INPUT -j user | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -C INPUT -j ACCEPT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -C INPUT 1 | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -R INPUT 1 -j ACCEPT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -R INPUT 2 -j ACCEPT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -R INPUT -j ACCEPT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -R INPUT 1 -s 1.2.3.4,1.2.3.5 | COMMIT;FAIL;before 1.8.11
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -R INPUT 1 -s 1.2.3.4 | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -R INPUT 1 -j nochain | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -R INPUT 1 -j ACCEPT | -X user | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT 1 | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT 2 | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT 3 | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT 0 | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT x | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT 99999999999 | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT 1 2 | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -I INPUT 1 -s 1.2.3.4,1.2.3.5 -j DROP | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -L INPUT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -L INPUT 1 | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -L INPUT 7 | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -L INPUT -j ACCEPT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -L | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -A INPUT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -D INPUT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -j nochain | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -j INPUT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -j FORWARD | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -j PREROUTING | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT INPUT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -j nochain -6 | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -p tcp -6 --nonsense | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -D INPUT -s 1.1.1.1 -j ACCEPT -6 | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :INPUT ACCEPT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :INPUT ACCEPT [1:2] more | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :INPUT RETURN [0:0] | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :INPUT QUEUE [0:0] | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :foo DROP | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :LOG - [0:0] | -A INPUT -j LOG | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :LOG - [0:0] | -A INPUT -j LOG --log-prefix x | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -N LOGX | -A INPUT -j LOGX | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :INPUT DROP [1:2] | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | : INPUT DROP [1:2] | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | :INPUT	DROP	[0:0] | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | [1:2] -A INPUT -j ACCEPT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | [:] -A INPUT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | [1:2] -P INPUT DROP | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | [1:2] -D INPUT -j user | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | [1:2] -A INPUT -c 3 4 | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | [1:2]  -A INPUT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user |   -A INPUT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | 	-A INPUT | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT    | COMMIT;OK
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT # comment | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -t filter -A INPUT | COMMIT;FAIL
*nat | :user - [0:0] | :full - [0:0] | -A full -j RETURN | -A INPUT -j user | -A INPUT -t nat | COMMIT;FAIL
