#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
"""refusals.py FW-LINT - load every OK sample of tests/ext in a network namespace of its own, in a built-in chain and in a
chain that it calls.

fw-lint must report an error, a note of what is needed, or kernel-depends for a rule that both backends refuse, and a warning
for a rule that one of them refuses; it must report no error for a rule that one of them loads. Prints the differences, and last
"N loads, N unsaid, N wrong". Needs root; run it with scripts/netns-run.
"""
import json, subprocess, sys, tempfile, time

import samples as ext

SETS = "ipset create hosts hash:ip; ipset create hosts6 hash:ip family inet6; ipset create pairs hash:ip,port\n"


def samples():
    """Yield for each file {(table, chain, family): the OK rules}."""
    for samples_of_file in ext.files():
        groups = {}
        for table, chain, families, rule, _, result in samples_of_file:
            for family in families if result == "OK" else "":
                groups.setdefault((table, chain, family), []).append(rule)
        for (table, chain, family), rules in groups.items():
            yield table, chain, family, rules


def frame(table, chain, called):
    """Return the text before the rules, the chain of the rules, and the number of these lines."""
    if called:
        return f"*{table}\n:called - [0:0]\n-A {chain} -j called\n", "called", 3
    return f"*{table}\n", chain, 1


def findings(lint, family, table, chain, rules, called):
    """Return for each rule the levels of fw-lint's findings, "may" for kernel-depends."""
    said = [[] for _ in rules]
    head, at, skip = frame(table, chain, called)
    with tempfile.NamedTemporaryFile("w", encoding="latin-1") as text:
        text.write(head + "".join(f"-A {at} {rule}\n" for rule in rules) + "COMMIT\n")
        text.flush()
        run = subprocess.run([lint, "-" + family, "--each", "--checks=syntax,kernel", "--format=json", text.name],
                             capture_output=True, check=False)
    for line in run.stdout.decode("latin-1").splitlines():
        finding = json.loads(line)
        if skip < (finding.get("line") or 0) <= len(rules) + skip:
            said[finding["line"] - skip - 1].append("may" if finding["id"] == "kernel-depends" else finding["level"])
    return said


def loads(program, table, chain, rule, called):
    # Named objects of an earlier sample (hashlimit's tables, timers) must not affect this one.
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
                    time.sleep(1)  # a timer of an earlier namespace may still have the name, since timers are global to the machine
                    taken = [loads(f"{program}-{backend}-restore", table, chain, rule, called) for backend in ("legacy", "nft")]
                if (not all(taken) and not said) or (not any(taken) and set(said) == {"warning"}):
                    unsaid += 1
                    print(f"{where}: refused, and fw-lint does not report it")
                if any(taken) and "error" in said:
                    wrong += 1
                    print(f"{where}: loads, and fw-lint reports an error")
    print(f"{count} loads, {unsaid} unsaid, {wrong} wrong")
    return unsaid + wrong > 0 or count == 0


sys.exit(main())
