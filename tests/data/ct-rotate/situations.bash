# SPDX-License-Identifier: GPL-2.0-or-later
# Situations in which lib/compare.bash runs logrotate and ct-rotate: situation NAME [-l LAST] [-n] [-r RUNS] PREPARATION, with
# the configuration on standard input. LOGS stands for the directory. -l: the time of the last rotation, and no -f; -n: no -f.

situation "one log, by force" 'echo a >log' <<'END'
LOGS/log { rotate 3 }
END
situation "three runs, two archives kept" -r 3 'echo a >log' <<'END'
LOGS/log { rotate 2 }
END
situation "archives above the limit are removed" 'echo a >log; echo b >log.1; echo c >log.2' <<'END'
LOGS/log { rotate 2 }
END
situation "rotate 0" 'echo a >log' <<'END'
LOGS/log { rotate 0 }
END
situation "rotate 0, with an old archive" 'echo a >log; echo b >log.1' <<'END'
LOGS/log { rotate 0 }
END
situation "compressed" 'seq 1000 >log' <<'END'
LOGS/log { rotate 3; compress }
END
situation "compressed, three times" -r 3 'seq 1000 >log' <<'END'
LOGS/log { rotate 3; compress }
END
situation "delaycompress, three times" -r 3 'seq 1000 >log' <<'END'
LOGS/log { rotate 3; compress; delaycompress }
END
situation "delaycompress, rotate 0" -r 2 'seq 1000 >log' <<'END'
LOGS/log { rotate 0; compress; delaycompress }
END
situation "nocompress after compress" 'seq 10 >log' <<'END'
compress
LOGS/log { rotate 3; nocompress }
END
situation "compress, with older plain archives" 'echo a >log; echo b >log.1; echo c >log.2' <<'END'
LOGS/log { rotate 5; compress }
END
situation "no compression, with an older compressed archive" 'echo a >log; echo b >log.1; gzip log.1' <<'END'
LOGS/log { rotate 5 }
END
situation "an empty log, compressed" ': >log' <<'END'
LOGS/log { rotate 5; compress; ifempty }
END
situation "create with the old log's mode" 'echo a >log; chmod 604 log' <<'END'
LOGS/log { rotate 3; create }
END
situation "create with a mode" 'echo a >log; chmod 604 log' <<'END'
LOGS/log { rotate 3; create 0620 }
END
situation "create with a mode and owners" 'echo a >log' <<'END'
LOGS/log { rotate 3; create 0640 daemon adm }
END
situation "create with owners" 'echo a >log; chmod 604 log' <<'END'
LOGS/log { rotate 3; create daemon adm }
END
situation "the archive keeps owner and mode" 'echo a >log; chown 12:34 log; chmod 604 log' <<'END'
LOGS/log { rotate 3; create 0600 root root; compress }
END
situation "nocreate" 'echo a >log' <<'END'
LOGS/log { rotate 3; nocreate }
END
situation "neither create nor nocreate" 'echo a >log' <<'END'
LOGS/log { rotate 3; as-it-comes }
END
situation "copytruncate" 'echo a >log' <<'END'
LOGS/log { rotate 3; copytruncate }
END
situation "copytruncate, compressed, twice" -r 2 'echo a >log; chmod 604 log' <<'END'
LOGS/log { rotate 3; copytruncate; compress }
END
situation "empty and notifempty" ': >log' <<'END'
LOGS/log { rotate 3; notifempty }
END
situation "empty and ifempty" ': >log' <<'END'
LOGS/log { rotate 3; ifempty }
END
situation "missing and missingok" ':' <<'END'
LOGS/log { rotate 3; missingok }
END
situation "missing" ':' <<'END'
LOGS/log { rotate 3 }
END
situation "missing, and another log after it" 'echo a >other' <<'END'
LOGS/log { rotate 3 }
LOGS/other { rotate 3 }
END
situation "a pattern without a match, missingok" ':' <<'END'
LOGS/*.log { rotate 3; missingok }
END
situation "a pattern without a match" ':' <<'END'
LOGS/*.log { rotate 3 }
END
situation "size reached" -n 'head -c 10 /dev/zero >log' <<'END'
LOGS/log { rotate 3; size 10 }
END
situation "size not reached" -n 'head -c 9 /dev/zero >log' <<'END'
LOGS/log { rotate 3; size 10 }
END
situation "size in k" -n 'head -c 2049 /dev/zero >log; head -c 2047 /dev/zero >other' <<'END'
LOGS/log LOGS/other { rotate 3; size 2k }
END
situation "size written with =" -n 'head -c 2049 /dev/zero >log' <<'END'
LOGS/log { rotate 3; size=2k }
END
situation "above maxsize, not due" -l '1 second ago' 'head -c 11 /dev/zero >log' <<'END'
LOGS/log { rotate 3; yearly; maxsize 10 }
END
situation "not above maxsize, not due" -l '1 second ago' 'head -c 10 /dev/zero >log' <<'END'
LOGS/log { rotate 3; yearly; maxsize 10 }
END
situation "due, below minsize" -l '3 days ago' 'head -c 9 /dev/zero >log' <<'END'
LOGS/log { rotate 3; daily; minsize 10 }
END
situation "due, not below minsize" -l '3 days ago' 'head -c 10 /dev/zero >log' <<'END'
LOGS/log { rotate 3; daily; minsize 10 }
END
situation "hourly, two hours ago" -l '2 hours ago' 'echo a >log' <<'END'
LOGS/log { rotate 3; hourly }
END
situation "hourly, just now" -l 'now' 'echo a >log' <<'END'
LOGS/log { rotate 3; hourly }
END
situation "daily, two days ago" -l '2 days ago' 'echo a >log' <<'END'
LOGS/log { rotate 3; daily }
END
situation "daily, just now" -l 'now' 'echo a >log' <<'END'
LOGS/log { rotate 3; daily }
END
situation "weekly, eight days ago" -l '8 days ago' 'echo a >log' <<'END'
LOGS/log { rotate 3; weekly }
END
situation "weekly, three days ago" -l '3 days ago' 'echo a >log' <<'END'
LOGS/log { rotate 3; weekly }
END
situation "weekly 7, six days ago" -l '6 days ago' 'echo a >log' <<'END'
LOGS/log { rotate 3; weekly 7 }
END
situation "weekly, on today's day of the week" -l 'yesterday' 'echo a >log' <<END
LOGS/log { rotate 3; weekly $(date +%w) }
END
situation "monthly, 40 days ago" -l '40 days ago' 'echo a >log' <<'END'
LOGS/log { rotate 3; monthly }
END
situation "monthly, just now" -l 'now' 'echo a >log' <<'END'
LOGS/log { rotate 3; monthly }
END
situation "yearly, 400 days ago" -l '400 days ago' 'echo a >log' <<'END'
LOGS/log { rotate 3; yearly }
END
situation "minage, just written to" -l '3 days ago' 'echo a >log' <<'END'
LOGS/log { rotate 3; daily; minage 1 }
END
situation "minage, not written to for two days" -l '3 days ago' 'echo a >log; touch -d "2 days ago" log' <<'END'
LOGS/log { rotate 3; daily; minage 1 }
END
situation "maxage" 'echo a >log; echo b >log.1; echo c >log.2; touch -d "9 days ago" log.2' <<'END'
LOGS/log { rotate 5; maxage 5 }
END
situation "maxage, no archive too old" 'echo a >log; echo b >log.1; touch -d "3 days ago" log.1' <<'END'
LOGS/log { rotate 5; maxage 5 }
END
situation "a script for each log" 'echo a >a.log; echo b >b.log' <<'END'
LOGS/*.log {
rotate 3
prerotate
echo "pre ${1% }" >>LOGS/said
endscript
postrotate
echo "post ${1% }" >>LOGS/said
endscript
}
END
situation "one script for all" 'echo a >a.log; echo b >b.log' <<'END'
LOGS/*.log {
rotate 3
sharedscripts
prerotate
echo "pre ${1% }" >>LOGS/said
endscript
postrotate
echo "post ${1% }" >>LOGS/said
endscript
}
END
situation "firstaction and lastaction" 'echo a >a.log; echo b >b.log' <<'END'
LOGS/*.log {
rotate 3
firstaction
echo "first ${1% }" >>LOGS/said
endscript
postrotate
echo "post ${1% }" >>LOGS/said
endscript
lastaction
echo "last ${1% }" >>LOGS/said
endscript
}
END
situation "the second argument of a script" 'echo a >log' <<'END'
LOGS/log {
rotate 3
postrotate
echo "post $2" >>LOGS/said
endscript
}
END
situation "no script when nothing is due" ': >log' <<'END'
LOGS/log {
rotate 3
notifempty
sharedscripts
firstaction
echo first >>LOGS/said
endscript
postrotate
echo post >>LOGS/said
endscript
}
END
situation "postrotate comes before compression" 'echo a >log' <<'END'
LOGS/log {
rotate 3
compress
postrotate
ls LOGS | grep log >>LOGS/said
endscript
}
END
for which in firstaction prerotate postrotate lastaction; do
	situation "$which fails" 'echo a >log' <<END
LOGS/log {
rotate 3
$which
exit 1
endscript
}
END
	situation "$which fails, for all" 'echo a >a.log; echo b >b.log' <<END
LOGS/*.log {
rotate 3
sharedscripts
$which
exit 1
endscript
lastaction
echo last >>LOGS/said
[ $which != lastaction ]
endscript
}
END
done
situation "prerotate fails for one of two" 'echo a >a.log; echo b >b.log' <<'END'
LOGS/*.log {
rotate 3
prerotate
case $1 in */a.log) exit 1 ;; esac
endscript
}
END
situation "postrotate fails, compressed" 'echo a >log' <<'END'
LOGS/log {
rotate 3
compress
postrotate
exit 1
endscript
}
END
situation "olddir" -r 2 'echo a >log; mkdir -m 700 old' <<'END'
LOGS/log { rotate 3; olddir LOGS/old }
END
situation "olddir, relative, compressed" -r 2 'echo a >log; mkdir -m 700 old' <<'END'
LOGS/log { rotate 3; olddir old; compress }
END
situation "olddir that does not exist" 'echo a >log' <<'END'
LOGS/log { rotate 3; olddir LOGS/none }
END
situation "createolddir" -r 2 'echo a >log' <<'END'
LOGS/log { rotate 3; olddir LOGS/old; createolddir 0750; create }
END
situation "createolddir of several levels, relative" 'echo a >log' <<'END'
LOGS/log { rotate 3; olddir old/of/this; createolddir 0700; create }
END
situation "createolddir that exists already" 'echo a >log; mkdir -m 711 old' <<'END'
LOGS/log { rotate 3; olddir LOGS/old; createolddir 0750; create }
END
situation "createolddir without a rotation" -n 'echo a >log' <<'END'
LOGS/log { size 1M; rotate 3; olddir LOGS/old; createolddir 0750; create }
END
situation "createolddir without a mode" 'echo a >log' <<'END'
LOGS/log { rotate 3; olddir LOGS/old; createolddir; create }
END
situation "createolddir that everybody can write to" 'echo a >log' <<'END'
LOGS/log { rotate 3; olddir LOGS/old; createolddir 0777; create }
END
situation "createolddir for the user of su" 'echo a >log; chown -R daemon:daemon .' <<'END'
LOGS/log { rotate 3; olddir LOGS/old; createolddir 0750 daemon daemon; su daemon daemon; create }
END
situation "nocreateolddir" 'echo a >log' <<'END'
createolddir 0750
LOGS/log { rotate 3; olddir LOGS/old; nocreateolddir; create }
END
for zip in nocompress compress; do
	situation "extension, $zip" -r 3 'echo a >log; echo b >b.log; echo c >c.txt' <<END
LOGS/log LOGS/b.log LOGS/c.txt { rotate 2; extension .log; $zip }
END
	situation "addextension, $zip" -r 3 'echo a >log; echo b >b.log; echo c >c.txt' <<END
LOGS/log LOGS/b.log LOGS/c.txt { rotate 2; addextension .log; $zip }
END
done
situation "extension and addextension" -r 2 'echo b >b.log; echo c >c.txt' <<'END'
LOGS/b.log LOGS/c.txt { rotate 2; extension .log; addextension .old }
END
situation "extension, with names by date" 'echo b >b.log; for d in 01 02 03; do echo $d >b-202601$d.log; done' <<'END'
LOGS/b.log { rotate 2; extension .log; dateext; dateformat -%Y%m%d }
END
situation "extension without its dot" -r 2 'echo b >b.log' <<'END'
LOGS/b.log { rotate 2; extension log }
END
for program in gzip xz zstd; do
	situation "compresscmd $program" -r 3 'seq 1000 >log' <<END
LOGS/log { rotate 2; compress; compresscmd $(command -v $program); uncompresscmd un$program; compressoptions -9; times }
END
	situation "compresscmd $program with its suffix, delayed" -r 3 'seq 1000 >log' <<END
LOGS/log { rotate 2; compress; delaycompress; compressext .$(case $program in gzip) echo gz ;; zstd) echo zst ;; *) echo $program ;; esac); compresscmd $program; extension g }
END
done
situation "compresscmd changed to xz" 'seq 1000 >log; seq 9 | gzip >log.1.gz' <<'END'
LOGS/log { rotate 3; compress; compresscmd xz }
END
situation "two paths, one with a blank" 'echo a >"a log"; echo b >b' <<'END'
"LOGS/a log" LOGS/b { rotate 3 }
END
situation "defaults, and a block that differs" 'echo a >a; echo b >b' <<'END'
compress
rotate 2
LOGS/a { nocompress }
LOGS/b { rotate 3 }
END
situation "dateformat" 'echo a >log' <<'END'
LOGS/log { rotate 3; dateext; dateformat -%Y%m%d }
END
situation "dateformat, more archives than kept" 'echo a >log; for d in 01 02 03; do echo $d >log-202601$d; done' <<'END'
LOGS/log { rotate 2; dateext; dateformat -%Y%m%d }
END
situation "dateformat with seconds since 1970" 'echo a >log; for d in 1600000001 1600000002; do echo $d >log-$d; done' <<'END'
LOGS/log { rotate 1; dateext; dateformat -%s; drop-newest }
END
situation "dateformat with hours, minutes and other text" 'echo a >log' <<'END'
LOGS/log { rotate 3; dateext; dateformat _%Y.%m.%d-%Hx; compress }
END
situation "dateformat with a week" 'echo a >log; for w in 01 02 03; do echo $w >log-2025$w; done' <<END
LOGS/log { rotate 2; dateext; dateformat -$(date +%G | grep -qx "$(date +%Y)" && echo %Y%V || echo %Y%m%V) }
END
situation "dateformat with a zone" 'echo a >log' <<'END'
LOGS/log { rotate 2; dateext; dateformat -%Y%m%d%z }
END
situation "an archive of this date exists" 'echo a >log; echo b >log-$(date +%Y%m%d)' <<'END'
LOGS/log { rotate 3; dateext; dateformat -%Y%m%d }
END
situation "two names by a hard link" 'echo a >log; ln log other' <<'END'
LOGS/log { rotate 3 }
END
situation "two names by a hard link, allowed" 'echo a >log; ln log other' <<'END'
LOGS/log { rotate 3; allowhardlink }
END
situation "a symbolic link" 'echo a >real; ln -s real log' <<'END'
LOGS/log { rotate 3 }
END
situation "a FIFO" 'mkfifo log' <<'END'
LOGS/log { rotate 3 }
END
situation "a directory" 'mkdir log' <<'END'
LOGS/log { rotate 3 }
END
situation "a directory that others can write in" 'echo a >log; chmod 777 .' <<'END'
LOGS/log { rotate 3 }
END
situation "a directory that others can write in, with su" 'echo a >log; chown -R 1:1 .; chmod 777 .' <<'END'
LOGS/log { rotate 3; su daemon daemon }
END
situation "the archive keeps the modification time" 'echo a >log; touch -d 2026-01-02T03:04:05Z log' <<'END'
LOGS/log { rotate 3; compress; times }
END
situation "a gap in the numbers" 'echo a >log; echo b >log.1; echo d >log.3' <<'END'
LOGS/log { rotate 5 }
END
situation "rotate was lowered" 'for i in 1 2 3 4 5 6; do echo $i >log.$i; done; echo a >log' <<'END'
LOGS/log { rotate 3 }
END
situation "an archive half compressed by a killed run" 'echo a >log; seq 1000 >log.1; gzip <log.1 | head -c 100 >log.1.gz' <<'END'
LOGS/log { rotate 5; compress }
END
for zip in nocompress compress; do
	situation "preremove, $zip" -r 4 'echo a >log' <<END
LOGS/log {
rotate 2
$zip
preremove
echo "\${1##*/} \$#" | sed s/log.[23]/archive/ >>LOGS/said
endscript
}
END
done
situation "preremove, with names by date" 'echo a >log; for d in 01 02 03; do echo $d >log-202601$d; done' <<'END'
LOGS/log {
rotate 2
dateext
dateformat -%Y%m%d
sharedscripts
preremove
echo "$1" >>LOGS/said
endscript
}
END
situation "preremove fails, with names by date" 'echo a >log; for d in 01 02 03; do echo $d >log-202601$d; done' <<'END'
LOGS/log {
rotate 3
dateext
dateformat -%Y%m%d
preremove
exit 1
endscript
}
END
situation "ignoreduplicates in the first of two blocks" 'echo a >a.log; echo b >b.log' <<'END'
LOGS/a.log { rotate 3; ignoreduplicates }
LOGS/*.log { rotate 3; compress }
END
# What one line turns on for all blocks, the block turns off.
for off in nomissingok nodelaycompress nocopytruncate noallowhardlink nosharedscripts; do
	situation "$off" -r 2 'echo a >a.log; echo b >b.log' <<END
compress
${off#no}
LOGS/*.log LOGS/none.log {
rotate 3
$off
create
prerotate
echo "pre ${1-}" >>LOGS/said
endscript
}
END
done
situation "noolddir" -r 2 'echo a >log; mkdir -m 700 old' <<'END'
olddir LOGS/old
LOGS/log { rotate 3; noolddir }
END
situation "nodateext" -r 2 'echo a >log' <<'END'
dateext
LOGS/log { rotate 3; nodateext }
END
for on in dateyesterday datehourago; do
	situation "$on" 'echo a >log; echo b >log-2026010200' <<END
LOGS/log { rotate 3; dateext; dateformat -%Y%m%d%H; $on }
END
done
situation "what turns off what is not there" 'echo a >log' <<'END'
LOGS/log { rotate 3; nomail; noshred; nocopy; norenamecopy }
END
situation "an unknown directive" 'echo a >log' <<'END'
LOGS/log { rotate 3; frobnicate }
END
