#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
"""kube.py --backend nft|legacy --stop FILE [--seconds 0.1] [--services 60] [--seed 1]

Write rules like kube-proxy and kubelet until FILE exists: KUBE- chains of filter and nat by `iptables-restore --noflush
--counters`, a whole table at once, every tenth of a second, with services and endpoints that come and go; a chain of its
own in mangle; and the jumps to them at the start of built-in chains, checked by -C and made by -I. Before each write,
compare the rules in force with the last write: its own chains, rule by rule, and that each jump is there. Ends with a line
of numbers; status 1 if a rule was lost, moved or revived, or if a program failed.
"""
import argparse, difflib, os, random, re, subprocess, sys, time

JUMPS = {
    "filter": [
        ("INPUT", "-m conntrack --ctstate NEW", "KUBE-EXTERNAL-SERVICES", "kubernetes externally-visible service portals"),
        ("INPUT", "", "KUBE-FIREWALL", ""),
        ("FORWARD", "", "KUBE-FORWARD", "kubernetes forwarding rules"),
        ("FORWARD", "-m conntrack --ctstate NEW", "KUBE-SERVICES", "kubernetes service portals"),
        ("OUTPUT", "-m conntrack --ctstate NEW", "KUBE-SERVICES", "kubernetes service portals"),
    ],
    "nat": [
        ("PREROUTING", "", "KUBE-SERVICES", "kubernetes service portals"),
        ("OUTPUT", "", "KUBE-SERVICES", "kubernetes service portals"),
        ("POSTROUTING", "", "KUBE-POSTROUTING", "kubernetes postrouting rules"),
    ],
}


class Kube:
    def __init__(self, args):
        self.random = random.Random(args.seed)
        self.kind = args.backend
        self.services = args.services
        self.live = {}  # number of a service: number of its endpoints
        self.written = {}  # table: {chain: [rule]} as read back after the last write
        self.writes = self.rules = 0

    def run(self, program, words, text=None):
        done = subprocess.run([program.replace("iptables", "iptables-" + self.kind), *words], input=text, text=True, capture_output=True)
        return done

    def must(self, *args, **kwargs):
        done = self.run(*args, **kwargs)
        if done.returncode != 0:
            sys.exit("kube.py: %r: status %d: %s" % (args, done.returncode, done.stderr))
        return done.stdout

    def read(self, table):
        chains = {}
        for line in self.must("iptables-save", ["-t", table]).splitlines():
            if line.startswith(":KUBE-"):
                chains[line[1:].split()[0]] = []
            elif line.startswith("-A KUBE-"):
                chains[line.split()[1]].append(line)
            elif line.startswith("-A ") and " -j KUBE-" in line:
                chains.setdefault("jumps", []).append(line)
        return chains

    def text(self, table, gone):
        lines = ["*" + table]
        if table == "filter":
            chains = ["KUBE-EXTERNAL-SERVICES", "KUBE-FORWARD", "KUBE-SERVICES", "KUBE-FIREWALL"]
            rules = ["-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP",
                     '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT',
                     "-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP"]
            rules += ['-A KUBE-SERVICES -d 10.96.0.%d/32 -p tcp -m comment --comment "ns/svc-%d has no endpoints" -m tcp --dport 80 -j REJECT' % (n, n)
                      for n, ends in sorted(self.live.items()) if ends == 0]
        else:
            chains = ["KUBE-SERVICES", "KUBE-POSTROUTING", "KUBE-MARK-MASQ"]
            rules = ["-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000",
                     "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
                     "-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000",
                     "-A KUBE-POSTROUTING -j MASQUERADE --random-fully"]
            for n, ends in sorted(self.live.items()):
                if ends == 0:
                    continue
                service = "KUBE-SVC-%d" % n
                chains.append(service)
                rules.append('-A KUBE-SERVICES -d 10.96.0.%d/32 -p tcp -m comment --comment "ns/svc-%d cluster IP" -m tcp --dport 80 -j %s' % (n, n, service))
                for end in range(ends):
                    chains.append("KUBE-SEP-%d-%d" % (n, end))
                    if end + 1 < ends:
                        rules.append("-A %s -m statistic --mode random --probability 0.5 -j KUBE-SEP-%d-%d" % (service, n, end))
                    else:
                        rules.append("-A %s -j KUBE-SEP-%d-%d" % (service, n, end))
                    rules.append("-A KUBE-SEP-%d-%d -s 10.244.%d.%d/32 -j KUBE-MARK-MASQ" % (n, end, n, end + 1))
                    rules.append("-A KUBE-SEP-%d-%d -p tcp -m tcp -j DNAT --to-destination 10.244.%d.%d:8080" % (n, end, n, end + 1))
        lines += [":%s - [0:0]" % chain for chain in chains]
        old = [chain for chain in gone if chain not in chains]
        lines += [":%s - [0:0]" % chain for chain in old]
        self.rules += len(rules)
        return "\n".join(lines + rules + ["-X " + chain for chain in old] + ["COMMIT", ""])

    def change(self):
        for _ in range(self.random.randrange(1, 6)):
            n = self.random.randrange(self.services)
            if n in self.live and self.random.random() < 0.3:
                del self.live[n]
            else:
                self.live[n] = self.random.randrange(5)

    def jumps(self, table):
        for chain, match, target, comment in JUMPS[table]:
            words = ["-t", table, "-w", "%s", chain, *match.split(), *(["-m", "comment", "--comment", comment] if comment else []), "-j", target]
            check, insert = ([word % action if word == "%s" else word for word in words] for action in ("-C", "-I"))
            if self.run("iptables", check).returncode != 0:
                if self.writes > 0:
                    sys.exit("kube.py: a jump is lost: %s" % " ".join(words))
                self.must("iptables", insert)

    def sync(self):
        """Check the result of the last write, and write each table once."""
        for table in "filter", "nat":
            now = self.read(table)
            was = self.written.get(table, {})
            if was and now != was:
                before, behind = ([line for chain in sorted(chains) for line in [":" + chain, *chains[chain]]] for chains in (was, now))
                sys.exit("kube.py: write %d: table %s in force is not what was written:\n%s" % (
                    self.writes, table, "\n".join(difflib.unified_diff(before, behind, "written", "in force", lineterm="", n=0))))
        self.change()
        for table in "filter", "nat":
            gone = [chain for chain in self.written.get(table, {}) if re.match("KUBE-(SVC|SEP)-", chain)]
            self.must("iptables-restore", ["-w", "5", "--noflush", "--counters"], text=self.text(table, gone))
            self.jumps(table)
            self.written[table] = self.read(table)
        # A canary, by which kubelet notices that a table was flushed.
        if self.writes == 0:
            self.must("iptables", ["-t", "mangle", "-w", "-N", "KUBE-KUBELET-CANARY"])
        elif self.run("iptables", ["-t", "mangle", "-w", "-S", "KUBE-KUBELET-CANARY", "1"]).returncode != 0:
            sys.exit("kube.py: the canary is dead")
        self.writes += 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--backend", required=True)
    parser.add_argument("--stop", required=True)
    parser.add_argument("--seconds", type=float, default=0.1)
    parser.add_argument("--services", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    kube = Kube(args)
    while not os.path.exists(args.stop):
        begin = time.monotonic()
        kube.sync()
        time.sleep(max(0, args.seconds - (time.monotonic() - begin)))
    print("%d writes of %d rules, %d chains at the end" % (kube.writes, kube.rules, sum(map(len, kube.written.values()))))


main()
