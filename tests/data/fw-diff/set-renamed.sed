# host.rules: another set blocks
s/--match-set blocked/--match-set banned/
