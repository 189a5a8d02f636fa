#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""refusals.py FW-LINT - every sample of tests/ext that is read is loaded, each in a network namespace of its own.

What a kernel refuses must have a finding of fw-lint, what both backends load must have no error. Prints what differs
and the last line "N loads, N unsaid, N wrong". Needs root; run it with scripts/netns-run.
"""
import glob, json, subprocess, sys, tempfile

SETS = "ipset create hosts hash:ip; ipset create hosts6 hash:ip family inet6; ipset create pairs hash:ip,port\n"


def samples():
    """Of each file: (table, chain, family) to the rules that are read there."""
    for name in sorted(glob.glob("tests/ext/*.t")):
        groups, place = {}, None
        for line in open(name, encoding="latin-1"):
            line = line.rstrip("\n")
            if line.startswith("@"):
                place = line.split()[1:]
            elif line and not line.startswith("#"):
                rule, _, result = line.rsplit(";", 2)
                for family in place[2] if result == "OK" else "":
                    groups.setdefault((place[0], place[1], family), []).append(rule)
        for (table, chain, family), rules in groups.items():
            yield table, chain, family, rules


def findings(lint, family, table, chain, rules):
    """By rule: the severities of what fw-lint says."""
    said = [[] for _ in rules]
    with tempfile.NamedTemporaryFile("w", encoding="latin-1") as text:
        text.write(f"*{table}\n" + "".join(f"-A {chain} {rule}\n" for rule in rules) + "COMMIT\n")
        text.flush()
        run = subprocess.run([lint, "-" + family, "--checks=syntax,kernel", "--format=json", text.name],
                             capture_output=True, check=False)
    for line in run.stdout.decode("latin-1").splitlines():
        finding = json.loads(line)
        if 2 <= (finding.get("line") or 0) < len(rules) + 2:
            said[finding["line"] - 2].append(finding.get("severity") or finding.get("level"))
    return said


def loads(program, table, chain, rule):
    # What an earlier sample left behind by name (hashlimit's tables, timers) must not speak for this one.
    text = f"*{table}\n-A {chain} {rule}\nCOMMIT\n*{table}\nCOMMIT\n".encode("latin-1")
    command = (SETS if "set" in rule.lower() else "") + "exec " + program
    return subprocess.run(["unshare", "-n", "sh", "-c", command], input=text, capture_output=True, check=False).returncode == 0


def main():
    count = unsaid = wrong = 0
    for table, chain, family, rules in samples():
        program = "iptables" if family == "4" else "ip6tables"
        for rule, said in zip(rules, findings(sys.argv[1], family, table, chain, rules)):
            taken = [loads(f"{program}-{backend}-restore", table, chain, rule) for backend in ("legacy", "nft")]
            count += 2
            if not all(taken) and not said:
                unsaid += 1
                print(f"IPv{family} {table} {chain} {rule}: refused, and nothing is said")
            if all(taken) and "error" in said:
                wrong += 1
                print(f"IPv{family} {table} {chain} {rule}: loads, and an error is said")
    print(f"{count} loads, {unsaid} unsaid, {wrong} wrong")
    return unsaid + wrong > 0 or count == 0


sys.exit(main())
