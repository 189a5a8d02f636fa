# host.rules: more mail
s,--limit 20/min --limit-burst 40,--limit 60/min --limit-burst 40,
