#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""refusals.py FW-LINT - every sample of tests/ext that is read is loaded, each in a network namespace of its own,
once in a built-in chain and once in one that it calls.

What both backends refuse must have an error of fw-lint, or a note of what it needs; what one of them refuses, a warning;
what one of them loads must have no error. Prints what differs and the last line "N loads, N unsaid, N wrong". Needs root; run it with scripts/netns-run.
"""
import json, subprocess, sys, tempfile, time

import samples as ext

SETS = "ipset create hosts hash:ip; ipset create hosts6 hash:ip family inet6; ipset create pairs hash:ip,port\n"


def samples():
    """Of each file: (table, chain, family) to the rules that are read there."""
    for samples_of_file in ext.files():
        groups = {}
        for table, chain, families, rule, _, result in samples_of_file:
            for family in families if result == "OK" else "":
                groups.setdefault((table, chain, family), []).append(rule)
        for (table, chain, family), rules in groups.items():
            yield table, chain, family, rules


def frame(table, chain, called):
    """What stands in front of the rules, in which chain they are, and how many lines that is."""
    if called:
        return f"*{table}\n:called - [0:0]\n-A {chain} -j called\n", "called", 3
    return f"*{table}\n", chain, 1


def findings(lint, family, table, chain, rules, called):
    """By rule: the severities of what fw-lint says."""
    said = [[] for _ in rules]
    head, at, skip = frame(table, chain, called)
    with tempfile.NamedTemporaryFile("w", encoding="latin-1") as text:
        text.write(head + "".join(f"-A {at} {rule}\n" for rule in rules) + "COMMIT\n")
        text.flush()
        run = subprocess.run([lint, "-" + family, "--checks=syntax,kernel", "--format=json", text.name],
                             capture_output=True, check=False)
    for line in run.stdout.decode("latin-1").splitlines():
        finding = json.loads(line)
        if skip < (finding.get("line") or 0) <= len(rules) + skip:
            said[finding["line"] - skip - 1].append(finding.get("severity") or finding.get("level"))
    return said


def loads(program, table, chain, rule, called):
    # What an earlier sample left behind by name (hashlimit's tables, timers) must not speak for this one.
    head, at, _ = frame(table, chain, called)
    text = f"{head}-A {at} {rule}\nCOMMIT\n".encode("latin-1")
    command = (SETS if "set" in rule.lower() else "") + "exec " + program
    return subprocess.run(["unshare", "-n", "sh", "-c", command], input=text, capture_output=True, check=False).returncode == 0


def main():
    count = unsaid = wrong = 0
    for called in (False, True):
        for table, chain, family, rules in samples():
            program = "iptables" if family == "4" else "ip6tables"
            for rule, said in zip(rules, findings(sys.argv[1], family, table, chain, rules, called)):
                taken = [loads(f"{program}-{backend}-restore", table, chain, rule, called) for backend in ("legacy", "nft")]
                count += 2
                where = f"IPv{family} {table} {chain}{', called' if called else ''} {rule}"
                if not all(taken) and not said:
                    time.sleep(1)  # a timer of an earlier namespace may still have its name: these are the machine's
                    taken = [loads(f"{program}-{backend}-restore", table, chain, rule, called) for backend in ("legacy", "nft")]
                if (not all(taken) and not said) or (not any(taken) and set(said) == {"warning"}):
                    unsaid += 1
                    print(f"{where}: refused, and too little is said")
                if any(taken) and "error" in said:
                    wrong += 1
                    print(f"{where}: loads, and an error is said")
    print(f"{count} loads, {unsaid} unsaid, {wrong} wrong")
    return unsaid + wrong > 0 or count == 0


sys.exit(main())
