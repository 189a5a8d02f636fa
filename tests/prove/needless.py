#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
"""needless.py BUILD [SEED [RULESETS]]

In random rulesets, remove the rules that fw-lint calls redundant and move those that it would move: 400 random packets
must get the same verdicts from fw-trace as before. Prints the rulesets in which one does not.
"""
import random, re, subprocess, sys, tempfile

build = sys.argv[1]
seed, count = (int(word) for word in (sys.argv[2:] + ["1", "700"][len(sys.argv) - 2:])[:2])
random.seed(seed)
pick = random.choice


def condition():
    words = []
    if random.random() < 0.4:
        words.append(pick(["", "", "! "]) + f"-s 10.0.0.{random.randrange(16)}/{pick([28, 29, 30, 31, 32])}")
    proto = pick(["", "tcp", "udp", "tcp"])
    if proto:
        words.append("-p " + proto)
    if proto and random.random() < 0.6:
        words.append(pick(["", "", "! "]) + "--dport " + pick(["22", "80", "20:30", "25:90", "0:65535"]))
    if random.random() < 0.3:
        words.append("-m conntrack --ctstate " + pick(["NEW", "ESTABLISHED,RELATED", "INVALID", "NEW,ESTABLISHED"]))
    if random.random() < 0.1:
        words.append("-m limit --limit 1/s")
    if random.random() < 0.3:
        words.append(pick(["", "! "]) + "-i " + pick(["lo", "eth0", "eth+"]))
    return " ".join(words)


def ruleset():
    counted = pick([False, True])
    lines = ["*filter", f":INPUT {pick(['ACCEPT', 'DROP'])} [{random.randrange(100000)}:1]", ":u - [0:0]"]
    for chain, rules in ("INPUT", random.randrange(3, 12)), ("u", random.randrange(4)):
        for _ in range(rules):
            target = pick(["ACCEPT", "DROP", "ACCEPT", "DROP", "LOG", "REJECT", "u" if chain == "INPUT" else "RETURN"])
            lines.append((f"[{pick([1, 5, 90000])}:1] " if counted else "") + f"-A {chain} {condition()} -j {target}")
    return lines + ["COMMIT"]


def packet():
    proto = pick(["tcp", "udp", "tcp", "icmp"])
    port = lambda: "" if proto == "icmp" else f":{pick([22, 80, 20, 25, 30, 31, 90, 91, 40000, 0, 65535])}"
    state = pick(["new", "established", "related", "invalid", "untracked"])
    return f"in {pick(['lo', 'eth0', 'eth1', 'wan0'])} {proto} 10.0.0.{random.randrange(20)}{port()} -> 203.0.113.5{port()} {state}"


def run(program, args, text):
    return subprocess.run([f"{build}/{program}", "-4"] + args, input=text, capture_output=True, text=True)


def verdicts(lines, packets):
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("\n".join(packets) + "\n")
        file.flush()
        out = run("fw-trace", ["-p", file.name], "\n".join(lines) + "\n").stdout
    return [re.sub(r"^.*: (ACCEPT|DROP|REJECT).*$", r"\1", line) for line in out.splitlines()]


asked = bad = 0
for n in range(count):
    lines = ruleset()
    found = run("fw-lint", ["-q", "--each", "--format=gcc"], "\n".join(lines) + "\n").stderr
    for match in re.finditer(r":(\d+): note: (.*)\[(redundant-rule|order-cost)\]", found):
        changed, at = list(lines), int(match[1]) - 1
        rule = changed.pop(at)
        if match[3] == "order-cost":
            changed.insert(int(re.search(r"before line (\d+)", match[2])[1]) - 1, rule)
        packets = [packet() for _ in range(400)]
        before, after = verdicts(lines, packets), verdicts(changed, packets)
        asked += 1
        if before != after or len(before) != len(packets):
            bad += 1
            print(f"# seed {seed}, ruleset {n}: {match[0]}\n" + "\n".join(lines))
print(f"{asked} findings, {bad} of them wrong")
sys.exit(bad > 0 or asked == 0)
