#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
"""canon.py CANON - load every OK sample of tests/ext with both backends, as the model writes it and as the sample does.

In both cases the output of iptables-save, written by the model again, must be the line as the model wrote it first. No
rule may be taken for one that was made with nft. Prints each rule that differs, unless it is listed below, and last
"N rules loaded, N not written, N refused by the kernel, N known, N wrong". Needs root; run it with scripts/netns-run.
"""
import os, re, subprocess, sys, tempfile

import samples as ext

# Patterns of rules that come back changed, with the reason. The model refuses to write most rules that iptables cannot
# express.
KNOWN = [
]


def run(command):
    return subprocess.run(command, capture_output=True, check=False)


def samples():
    """Return {(table, chain, family): {rule: the sample states how iptables-legacy-save prints it}}."""
    groups = {}
    for table, chain, families, rule, printed, result in ext.read():
        for family in families if result == "OK" else "":
            groups.setdefault((table.encode(), chain.encode(), family), {})[rule.encode("latin-1")] = printed != "-"
    return groups


def native(family):
    """Rules that iptables-nft translates to native expressions, at the limits of their values."""
    ends = 0, 1, 2, 22, 1023, 1024, 65534, 65535
    for proto in "tcp", "udp":
        for low in ends:
            for high in ends:
                for side in "--sport", "--dport":
                    for invert in "", "! ":
                        if low <= high:
                            yield f"-p {proto} -m {proto} {invert}{side} {low}:{high}"
    flags = "FIN", "SYN", "RST", "PSH", "ACK", "URG"
    for mask in range(64):
        for comp in {0, mask, mask & 18, mask & -mask}:
            names = [",".join(name for n, name in enumerate(flags) if bits >> n & 1) or "NONE" for bits in (mask, comp)]
            yield f"-p tcp -m tcp --tcp-flags {names[0]} {names[1]}"
            yield f"-p tcp -m tcp ! --tcp-flags {names[0]} {names[1]}"
    for unit in "sec", "min", "hour", "day":
        for count in list(range(1, 130)) + [200, 333, 500, 777, 1000, 5000, 9999, 10000]:
            yield f"-m limit --limit {count}/{unit} --limit-burst {count % 17 + 1}"
    for value in 0, 1, 0xff, 0x8000, 0xffffffff:
        for mask in 0, 1, 0xff, 0xff00, 0xffffffff:
            for invert in "", "! ":
                yield f"-m mark {invert}--mark {value:#x}/{mask:#x}"
    for proto in range(256):
        yield f"-p {proto}"
        yield f"! -p {proto}"
    for name in "+", "e", "e+", "eth0", "eth0+", "abcdefghijklmno", "abcdefghijklmn+", "a.1", "a:1", "a@b", "*", "a*":
        for invert in "", "! ":
            yield f"{invert}-i {name} -j ACCEPT"
            yield f"{invert}-o {name} -j ACCEPT"
    for prefix in "a", "a b", " ", "a" * 64, "%s", "a,b", "*":
        yield f'-j NFLOG --nflog-prefix "{prefix}"'
    for group in 0, 1, 65535:
        yield f"-j NFLOG --nflog-group {group} --nflog-size {group} --nflog-threshold {group}"
    yield from addresses(family)


def addresses(family):
    base, bits = ("192.0.2.77", 32) if family == "4" else ("2001:db8::4d", 128)
    for length in range(bits + 1):
        for option in "-s", "-d", "! -s", "! -d":
            yield f"{option} {base}/{length}"
    odd = ("255.0.255.0", "0.0.0.255", "255.255.255.254", "128.0.0.1") if family == "4" else ("ffff::ffff", "::ffff", "f0f0::", "8000::1")
    for mask in odd:
        yield f"-s {base}/{mask} ! -d {base}/{mask}"
    if family == "4":
        yield from ("-f", "! -f", "-s 10.0.0.0/8 -f -d 10.0.0.1")


def write(lines):
    text = tempfile.NamedTemporaryFile("wb")
    text.write(b"".join(line + b"\n" for line in lines))
    text.flush()
    return text


class Canon:
    def __init__(self, program, family):
        self.program, self.family = program, family

    def run(self, how, lines, *more):
        """Return the output lines and the numbers of the refused lines."""
        with write(lines) as text:
            done = run([self.program, how, self.family, text.name, *more])
        refused = {int(n) for n in re.findall(rb"^[^:]*:(\d+):(?:\d+:)? error:", done.stderr, re.M)}
        assert (done.returncode == 0) == (not refused), (done.returncode, done.stderr)
        return done.stdout.splitlines(), refused

    def declared(self, lines):
        return self.run("declared", lines)

    def sources(self, lines):
        """Return the number of the input line of each rule line."""
        return [int(line.split()[0]) for line in self.run("declared", lines, "lines")[0] if line[:1].isdigit()]

    def saved(self, lines):
        return self.run("saved", lines)[0]


class Machine:
    """A namespace for one backend, family and table."""

    def __init__(self, backend, family, table):
        self.name, self.table = f"{backend}{family}", table.decode()
        self.tool = ("iptables-" if family == "4" else "ip6tables-") + backend
        run(["ip", "netns", "add", self.name])
        for words in "hosts hash:ip", "hosts6 hash:ip family inet6", "pairs hash:ip,port":
            run(["ip", "netns", "exec", self.name, "ipset", "create", *words.split()])

    def close(self):
        run(["ip", "netns", "delete", self.name])

    def load(self, head, rules):
        with write(head + rules + [b"COMMIT"]) as text:
            return run(["ip", "netns", "exec", self.name, self.tool + "-restore", text.name]).returncode == 0

    def loadable(self, head, rules, base=()):
        """Return base, which loads, and as many of the rules as the kernel accepts together with it."""
        base = list(base)
        if not rules or self.load(head, base + rules):
            return base + rules
        if len(rules) == 1:
            return base
        middle = len(rules) // 2
        return self.loadable(head, rules[middle:], self.loadable(head, rules[:middle], base))

    def save(self):
        return run(["ip", "netns", "exec", self.name, self.tool + "-save", "-t", self.table]).stdout.splitlines()


    def alarms(self):
        """Return the messages about rules that the door takes for rules of nft."""
        if "nft" not in self.name:
            return []
        door = os.path.join(os.path.dirname(sys.argv[1]), "door")
        done = run(["ip", "netns", "exec", self.name, door, "nft", "save", self.name[-1]])
        return done.stderr.decode().splitlines()


class Tally:
    def __init__(self):
        self.loaded = self.unwritten = self.refused = self.known = self.wrong = 0

    def complain(self, text):
        self.wrong += 1
        print(text)

    def compare(self, where, words, want, got):
        if len(want) != len(got):
            self.complain(f"{where}: {len(want)} rules were loaded, and {len(got)} are there")
        for source, one, other in zip(words, want, got):
            self.loaded += 1
            if one == other:
                continue
            if any(re.fullmatch(known, f"{where}: {source.decode('latin-1')}") for known in KNOWN):
                self.known += 1
            else:
                self.complain(f"{where}: {source.decode('latin-1')}\n\twant {one.decode('latin-1')}\n\tgot  {other.decode('latin-1')}")


def written(canon, head, rules, where, tally):
    """Return the rules that the model writes, each with its lines, and the text."""
    while True:
        text, refused = canon.declared(head + rules + [b"COMMIT"])
        if not refused:
            break
        for n in sorted(refused):
            print(f"not written: {where}: {rules[n - len(head) - 1].decode('latin-1')}")
        tally.unwritten += len(refused)
        rules = [rule for n, rule in enumerate(rules, len(head) + 1) if n not in refused]
    lines = [line for line in text if line.startswith(b"-A")]
    if canon.declared(text) != (text, set()) or canon.saved(text) != lines:
        tally.complain(f"{where}: the model writes its own text differently the second time")
    made = {rule: [] for rule in rules}
    for n, line in zip(canon.sources(head + rules + [b"COMMIT"]), lines):
        made[rules[n - len(head) - 1]].append(line)
    return made, text


def check(machine, canon, made, head, certain, where, tally):
    """With one backend, the rules that it accepts must be in force as written."""
    rules = [rule for rule, lines in made.items() if certain(rule) or machine.load(head, lines)]
    taken = machine.loadable(head, [line for rule in rules for line in made[rule]])
    left = list(taken)
    chosen = []
    for rule in rules:
        if left[:len(made[rule])] == made[rule]:
            left = left[len(made[rule]):]
            chosen.append(rule)
    assert not left, left
    tally.refused += len(made) - len(chosen)
    want = [line for rule in chosen for line in made[rule]]
    for text in want, chosen:
        if machine.load(head, text):
            tally.compare(f"{machine.tool} {where}", want, want, canon.saved(machine.save()))
            for alarm in machine.alarms():
                tally.complain(f"{machine.tool} {where}: taken for a rule of nft: {alarm}")
            continue
        for rule in sorted(set(text) - set(machine.loadable(head, text))):
            tally.complain(f"{machine.tool} {where}: loads as the model writes it, but not as in the sample: {rule.decode('latin-1')}")


def main():
    tally = Tally()
    groups = {(b"filter", b"FORWARD", family): {rule.encode(): True for rule in native(family)} for family in "46"}
    groups.update(samples())
    for (table, chain, family), group in groups.items():
        canon = Canon(sys.argv[1], family)
        where = f"IPv{family} {table.decode()} {chain.decode()}"
        made, text = written(canon, [b"*" + table, b":user - [0:0]"], [b"-A " + chain + b" " + rule for rule in group], where, tally)
        head = [line for line in text if line[:1] in (b"*", b":")]
        for backend in "legacy", "nft":
            machine = Machine(backend, family, table)
            check(machine, canon, made, head, lambda rule: group[rule.split(b" ", 2)[2]], where, tally)
            machine.close()
    print(f"{tally.loaded} rules loaded, {tally.unwritten} not written, {tally.refused} refused by the kernel, "
          f"{tally.known} known, {tally.wrong} wrong")
    return tally.wrong > 0 or tally.loaded == 0


if __name__ == "__main__":
    sys.exit(main())
