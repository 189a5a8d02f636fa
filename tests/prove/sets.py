#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
"""sets.py --build DIR [--backend nft|legacy] [--loads 1000] [--seed 1]

T27: loads, boots, rollbacks and unconfirmed loads beside a program that adds members to three kinds of sets, removes them
and lets them time out. It keeps an account: a member of the account that is not in its set is lost, and a member of the
set that is not in the account is revived. Run it in a network namespace of its own (scripts/netns-run). Fails when a
member is lost or revived, or when none was written.
"""
import argparse, collections, os, random, subprocess, sys, tempfile, threading, time

SETS = {
    "lapsing": ("hash:ip timeout 4", lambda r: "10.1.%d.%d" % (r.randrange(4), r.randrange(256)), True),
    "ports": ("hash:ip,port counters", lambda r: "10.2.0.%d,tcp:%d" % (r.randrange(64), r.randrange(1, 64)), False),
    "nets": ("hash:net timeout 0 comment", lambda r: "10.%d.%d.0/24" % (3 + r.randrange(3), r.randrange(256)), False),
}
LAPSE = 4.0
SLACK = 2.5  # seconds around a member's timeout in which it may be there or not


class Writer(threading.Thread):
    """Writes one member at a time, and sometimes compares each set with the account."""

    def __init__(self, seed):
        super().__init__()
        self.random = random.Random(seed)
        self.account = {name: {} for name in SETS}  # member: when it times out; None: never
        self.ended = False
        self.counts = collections.Counter()
        self.faults = []

    def ipset(self, lines):
        done = subprocess.run(["ipset", "restore"], input=lines, text=True, capture_output=True)
        if done.returncode != 0:
            self.faults.append("ipset refused %r: %s" % (lines, done.stderr.strip()))

    def write(self):
        name = self.random.choice(list(SETS))
        _, member, lapses = SETS[name]
        known = self.account[name]
        if known and self.random.random() < 0.35:
            gone = self.random.choice(list(known))
            self.ipset("del %s %s -exist\n" % (name, gone))
            del known[gone]
            self.counts["removed"] += 1
        else:
            new = member(self.random)
            self.ipset("add %s %s -exist\n" % (name, new))
            known[new] = time.monotonic() + LAPSE if lapses else None
            self.counts["added"] += 1

    def compare(self):
        for name in SETS:
            before = time.monotonic()
            text = subprocess.run(["ipset", "save", name], capture_output=True, text=True, check=True).stdout
            after = time.monotonic()
            there = {line.split()[2] for line in text.splitlines() if line.startswith("add ")}
            known = self.account[name]
            for member, until in list(known.items()):
                if until is not None and until + SLACK < before:
                    del known[member]
                    self.counts["lapsed"] += 1
                elif member not in there and (until is None or until - SLACK > after):
                    self.faults.append("%s: %s is lost" % (name, member))
            for member in there - set(known):
                self.faults.append("%s: %s is revived" % (name, member))

    def run(self):
        n = 0
        while not self.ended and not self.faults:
            self.write()
            n += 1
            if n % 10 == 0:
                self.compare()
        self.compare()


def text(path, port):
    with open(path, "w") as out:
        for name, (words, _, _) in SETS.items():
            print("#@ set-open %s %s" % (name, words), file=out)
        print("*filter\n:INPUT ACCEPT [0:0]\n:own - [0:0]", file=out)
        print("-4 -A INPUT -m set --match-set lapsing src -j DROP", file=out)
        print("-4 -A INPUT -m set --match-set ports src,dst -j DROP", file=out)
        print("-4 -A INPUT -m set --match-set nets src -j own", file=out)
        print("-A own -p tcp -m tcp --dport %d -j ACCEPT\nCOMMIT" % port, file=out)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--backend", default="nft")
    parser.add_argument("--loads", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    work = tempfile.mkdtemp()
    state = os.path.join(work, "state")
    statuses = collections.Counter()

    def load(*words, expected=(0,)):
        done = subprocess.run([os.path.join(args.build, "fw-load"), "-q", "-b", args.backend, "-s", state, *words],
                              capture_output=True, text=True)
        statuses[done.returncode] += 1
        if done.returncode not in expected:
            sys.exit("fw-load %s: status %d\n%s" % (" ".join(words), done.returncode, done.stderr))

    for n in 1, 2:
        text(os.path.join(work, "rules.%d" % n), n)
    load(os.path.join(work, "rules.1"))
    writer = Writer(args.seed)
    writer.start()
    for n in range(args.loads):
        rules = os.path.join(work, "rules.%d" % (n % 2 + 1))
        kind = n % 25
        if kind == 7:
            load("--boot")
        elif kind == 13:
            load("--rollback")
        elif kind == 19:
            load("--confirm", "1", rules, expected=(0, 9))
        elif kind % 3 == 1:
            load("--no-rehearse", rules)
        else:
            load(rules)
        if writer.faults:
            break
    writer.ended = True
    writer.join()
    print("%s: %d loads (%s), seed %d: %d members added, %d removed, %d lapsed; %d lost or revived" % (
        args.backend, sum(statuses.values()) - 1, ", ".join("status %d: %d" % s for s in sorted(statuses.items())), args.seed,
        writer.counts["added"], writer.counts["removed"], writer.counts["lapsed"], len(writer.faults)))
    for fault in writer.faults[:10]:
        print("  " + fault)
    empty = min(writer.counts[kind] for kind in ("added", "removed", "lapsed")) == 0
    sys.exit(1 if writer.faults or empty else 0)


main()
