#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
"""constructs.py BUILD [-v] [FILE [SEED COUNT]] - make each rule of FILE (constructs.txt) with nft in a table of iptables.

fw-load and fw-save must either refuse the rule as made with nft, or print a line that, loaded again, makes a rule of the
same meaning; both meanings are read from the kernel. The order of conditions does not matter, except for a limit, which
counts the packets that reach it. Then COUNT (300) rules of each family are combined from conditions that were printed
rightly alone. Prints each wrong rule, with -v all rules, and last "N refused, N printed rightly, N not accepted by nft,
N WRONG". Needs root; run it with scripts/netns-run.
"""
import ctypes, os, random, re, socket, struct, subprocess, sys, tempfile

FAMILIES = {"ip": ("4", 2, "iptables"), "ip6": ("6", 10, "ip6tables")}
HOOKS = {"raw PREROUTING": "filter hook prerouting priority -300", "mangle PREROUTING": "filter hook prerouting priority -150",
         "nat PREROUTING": "nat hook prerouting priority -100", "nat POSTROUTING": "nat hook postrouting priority 100",
         "filter INPUT": "filter hook input priority 0"}
# Objects that a rule may name. Each is made only if the rule names it, because chains of some names are refused anyway.
OBJECTS = {
    "own": "chain own { }", "long-name-of-a-chain-with-30-letters": "chain long-name-of-a-chain-with-30-letters { }",
    "LOG": "chain LOG { }", "MARK": "chain MARK { }", "DNAT": "chain DNAT { }",
    "@s": "set s { type ipv4_addr; }", "@s6": "set s6 { type ipv6_addr; }", "@names": "set names { type ifname; }",
    "@ports": "set ports { type inet_service; elements = { 80, 443 } }",
    "@net": "set net { type ipv4_addr; flags interval; elements = { 192.0.2.0/24 } }",
    "@cat": "set cat { type ipv4_addr . inet_service; }", "@vm": "map vm { type ipv4_addr : verdict; }",
    "@pm": "map pm { type inet_service : mark; }", "@dyn": "set dyn { type ipv4_addr; flags dynamic,timeout; timeout 1m; size 100; }",
    "@dyn6": "set dyn6 { type ipv6_addr; flags dynamic; size 100; }", "@dynl": "set dynl { type ipv4_addr; flags dynamic; size 100; }",
    "@dynp": "set dynp { type inet_service; flags dynamic,timeout; timeout 1m; size 100; }",
    '"q"': "quota q { over 10 mbytes }", '"c"': "counter c { }", '"lim"': "limit lim { rate 5/second }",
    '"ftp-h"': 'ct helper ftp-h { type "ftp" protocol tcp; }', '"ct-t"': "ct timeout ct-t { protocol tcp; policy = { established : 100 }; }",
    '"ct-e"': "ct expectation ct-e { protocol tcp; dport 5; timeout 1m; size 5; }", '"sy"': "synproxy sy { mss 1460; wscale 7; }",
    "@ft": "flowtable ft { hook ingress priority 0; devices = { lo }; }",
}
VERDICT = re.compile(r"\b((accept|drop|return|continue|(jump|goto) [\w-]+)( comment .*)?)$")
PAYLOAD_NET, PAYLOAD_TRANSPORT = 1, 2
META_MARK, META_IIFNAME, META_OIFNAME, META_L4PROTO = 3, 6, 7, 16
# Attributes of statements whose values do not matter: those that xtables computes, and numbers of registers.
IGNORED = {"match": (3,), "target": (3,), "immediate": (1,), "meta": (1, 3)}
OPS = ["==", "!=", "<", "<=", ">", ">="]


def run(command, text=None):
    return subprocess.run(command, input=text, capture_output=True, check=False, text=True, errors="surrogateescape")


# --- rules in the kernel -------------------------------------------------------------------------------

def attributes(data):
    at = 0
    while at + 4 <= len(data):
        size, kind = struct.unpack_from("=HH", data, at)
        yield kind & 0x3fff, data[at + 4:at + size]
        at += size + 3 & ~3


class Kernel:
    """The nf_tables of the named namespace, or of this one."""

    def __init__(self, name=None):
        libc, home = ctypes.CDLL(None), os.open("/proc/self/ns/net", os.O_RDONLY)
        if name is not None:
            there = os.open("/run/netns/" + name, os.O_RDONLY)
            assert libc.setns(there, 0x40000000) == 0
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
        assert libc.setns(home, 0x40000000) == 0

    def rules(self, family, table, chain):
        """Yield the expressions of each rule of a chain: (name, {attribute: bytes})."""
        body = struct.pack("=BBH", family, 0, 0)
        for kind, word in (1, table), (2, chain):
            word = word.encode() + b"\0"
            body += struct.pack("=HH", len(word) + 4, kind) + word + b"\0" * (-len(word) % 4)
        self.socket.send(struct.pack("=IHHII", len(body) + 16, 10 << 8 | 7, 0x301, 1, 0) + body)
        rules = []
        while True:
            data = self.socket.recv(1 << 16)
            while data:
                size, kind, flags = struct.unpack_from("=IHH", data)
                assert not flags & 0x10, "the dump was interrupted"
                if kind in (2, 3):
                    assert kind == 3 or struct.unpack_from("=i", data, 16)[0] in (0, -2), data
                    return rules
                found = dict(attributes(data[20:size]))
                rules.append([self.expression(one) for _, one in attributes(found.get(4, b""))])
                data = data[size + 3 & ~3:]

    @staticmethod
    def expression(data):
        found = dict(attributes(data))
        return found[1].rstrip(b"\0").decode(), dict(attributes(found.get(2, b"")))


def number(data, default=0):
    return int.from_bytes(data, "big") if data is not None else default


def value(data):
    """Return the value in NFTA_DATA_VALUE."""
    return dict(attributes(data)).get(1, b"")


# --- what a rule means ---------------------------------------------------------------------------------

class Meaning:
    """The conditions between limits, then the statements: equal if both rules do the same with every packet."""

    def __init__(self, expressions, ipv6):
        self.left, self.ipv6 = list(expressions), ipv6
        self.parts, self.ports, self.conditions, self.never = [], {}, set(), False
        while self.left:
            name, attrs = self.left.pop(0)
            if name in ("payload", "meta") and self.left and self.left[0][0] in ("cmp", "range", "bitwise") and 1 in attrs:
                self.condition(name, attrs)
            elif name == "limit":
                self.end_part()
                self.parts.append(("limit", number(attrs[2]) * 10**9 // number(attrs[1]), number(attrs.get(3)), number(attrs.get(4)), number(attrs.get(5))))
            elif name == "counter" or self.continues(name, attrs) or (name == "match" and attrs[1].startswith(b"comment\0")):
                pass
            else:
                self.end_part()
                ignored = IGNORED.get(name, ())
                self.parts.append((name, tuple(sorted((k, b"" if k in ignored else v) for k, v in attrs.items()))))
        self.end_part()

    def __eq__(self, other):
        return self.never and other.never or self.parts == other.parts

    @staticmethod
    def continues(name, attrs):
        return name == "immediate" and number(dict(attributes(dict(attributes(attrs[2])).get(2, b""))).get(1)) == 0xffffffff

    def end_part(self):
        for place, allowed in self.ports.items():
            if allowed != set(range(65536)):
                self.conditions.add((place, hash(frozenset(allowed)), min(allowed, default=-1), len(allowed)))
            self.never = self.never or not allowed
        if self.conditions:
            self.parts.append(("if", frozenset(self.conditions)))
        self.ports, self.conditions = {}, set()

    def condition(self, name, attrs):
        mask = xor = None
        if self.left[0][0] == "bitwise":
            bits = self.left.pop(0)[1]
            if number(bits.get(6)) != 0 or not self.left or self.left[0][0] not in ("cmp", "range"):
                self.conditions.add((name, str(attrs), str(bits)))
                return
            mask, xor = value(bits[4]), value(bits[5])
        kind, compare = self.left.pop(0)
        if kind == "range":
            op = "in" if number(compare[2]) == 0 else "not in"
            data = value(compare[3]), value(compare[4])
        else:
            op, data = OPS[number(compare[2])], value(compare[3])
        if name == "meta":
            self.meta(number(attrs[2]), op, mask, xor, data)
        else:
            self.payload(number(attrs[2]), number(attrs[3]), number(attrs[4]), op, mask, xor, data)

    def meta(self, key, op, mask, xor, data):
        if key in (META_IIFNAME, META_OIFNAME) and mask is None and op in ("==", "!="):
            exact = b"\0" in data or len(data) == 16
            name = data.split(b"\0")[0]
            if exact or name:
                self.conditions.add((key, op, exact, name))
            self.never = self.never or not exact and not name and op == "!="
        elif key == META_L4PROTO:
            self.bytes("l4proto", 0, op, mask, xor, data)
        else:
            self.bytes(("meta", key), 0, op, mask, xor, data)

    def payload(self, base, at, size, op, mask, xor, data):
        if base == PAYLOAD_TRANSPORT and at in (0, 2) and size == 2 and mask is None:
            self.port(at, op, data)
        elif base == PAYLOAD_TRANSPORT and at == 0 and size == 4 and mask is None and op == "==":
            self.port(0, op, data[:2])
            self.port(2, op, data[2:])
        elif base == PAYLOAD_NET and not self.ipv6 and at == 9 and size == 1:
            self.bytes("l4proto", 0, op, mask, xor, data)
        else:
            self.bytes(("payload", base), at, op, mask, xor, data)

    def port(self, at, op, data):
        low, high = (number(data), 65535) if isinstance(data, bytes) else map(number, data)
        allowed = {"==": {low}, "!=": set(range(65536)) - {low}, "<": set(range(low)), "<=": set(range(low + 1)),
                   ">": set(range(low + 1, 65536)), ">=": set(range(low, 65536)), "in": set(range(low, high + 1)),
                   "not in": set(range(65536)) - set(range(low, high + 1))}[op]
        self.ports[at] = self.ports.get(at, set(range(65536))) & allowed

    def bytes(self, what, at, op, mask, xor, data):
        """Add a condition on some bytes. Equality is stored byte by byte, since one of four bytes equals four of one byte."""
        if op not in ("==", "!=") or xor is not None and any(xor):
            self.conditions.add((what, at, op, mask, xor, data))
            return
        mask = (mask or b"\xff" * len(data))[:len(data)]
        if any(v & ~m & 0xff for v, m in zip(data, mask)): # can never be equal
            self.never = self.never or op == "=="
            return
        told = [(at + n, m, v) for n, (m, v) in enumerate(zip(mask, data)) if m != 0]
        if op == "==":
            self.conditions |= {(what, op) + one for one in told}
        elif told:
            self.conditions.add((what, op) + tuple(told))
        else:
            self.never = True


# --- trying --------------------------------------------------------------------------------------------

def constructs(path):
    where, families = "filter INPUT", ("ip", "ip6")
    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        if line in ("[ip]", "[ip6]"):
            where, families = "filter INPUT", (line[1:-1],)
        elif line.startswith("["):
            where, families = line[1:-1], ("ip", "ip6")
        elif line and not line.startswith("#"):
            for family in families:
                counted = VERDICT.sub(r"counter \1", line) if VERDICT.search(line) else line + " counter"
                yield family, where, [line] if re.search(r"\bcounter\b", line) else [line, counted]


class Trial:
    def __init__(self, build):
        self.build, self.kernel = build, Kernel()
        run(["ip", "netns", "add", "again"])
        self.again = Kernel("again")
        self.state = tempfile.TemporaryDirectory()

    def make(self, family, where, rules):
        table, chain = where.split()
        text = [f"flush ruleset\ntable {family} {table} {{"]
        text += [OBJECTS[word] for word in sorted(set(re.split(r"[ ;{},]+", rules[0]))) if word in OBJECTS]
        text += [f"chain {chain} {{ type {HOOKS[where]}; policy accept;", *rules, "}\n}\n"]
        return run(["nft", "-f", "-"], "\n".join(text)).returncode == 0

    def look(self, family, where, rules):
        """Return for each rule "refused", "right", or the fault."""
        if not self.make(family, where, rules):
            return ["not taken"] if len(rules) == 1 else self.look(family, where, rules[:1]) + self.look(family, where, rules[1:])
        digit, protocol, program = FAMILIES[family]
        table, chain = where.split()
        saved = run([self.build + "/tests/door", "nft", "save", digit])
        if saved.returncode != 0:
            named = [f"table {table}, chain {chain}, rule {n} (" in saved.stderr for n in range(1, len(rules) + 1)]
            if not saved.stdout.endswith("error: Bad message\n") or not re.search(rf"table {table}, chain ", saved.stderr):
                return [f"no place is named: {saved.stdout.splitlines()[-1:]} {saved.stderr}"] * len(rules)
            if all(named) or not any(named): # all rules, or a chain instead of a rule
                return ["refused"] * len(rules)
            return [("refused" if name else self.look(family, where, [rule])[0]) for name, rule in zip(named, rules)]
        told = self.judge(family, where, saved.stdout)
        return [told] * len(rules)

    def judge(self, family, where, saved):
        """Compare the printed lines with the rules that they make."""
        digit, protocol, program = FAMILIES[family]
        table, chain = where.split()
        lines = [line for line in saved.splitlines() if "-A " in line]
        again = run(["ip", "netns", "exec", "again", program + "-nft-restore"], saved)
        if again.returncode != 0:
            return f"cannot be loaded again: {lines} {again.stderr}"
        before, after = ([Meaning(rule, family == "ip6") for rule in kernel.rules(protocol, table, chain)] for kernel in (self.kernel, self.again))
        if before != after:
            return f"is printed as {lines}"
        load = run([self.build + "/fw-load", "-b", "nft", "-s", self.state.name, "-n", "--no-rehearse", "--adopt", "-" + digit, "-"],
                   "*filter\n:OUTPUT ACCEPT\nCOMMIT\n")
        return f"right, as {lines}" if load.returncode == 0 else f"is printed rightly as {lines}, but fw-load ends with {load.returncode}: {load.stderr}"


def mixed(good, seed, count):
    """Yield rules of several conditions, each of which is printed rightly by itself."""
    dice = random.Random(seed)
    verdicts = "accept", "drop", "return", "jump own", "goto own", 'log group 2 prefix "x"', "meta nftrace set 1", ""
    for family, conditions in sorted(good.items()):
        for _ in range(count):
            chosen = [dice.choice(conditions) for _ in range(dice.choice((2, 2, 3, 3, 4)))]
            yield family, "filter INPUT", [" ".join(chosen + ["counter", dice.choice(verdicts)]).rstrip()]


def main():
    args = [arg for arg in sys.argv[1:] if arg != "-v"]
    path = args[1] if len(args) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "constructs.txt")
    seed, count = (int(args[2]), int(args[3])) if len(args) > 3 else (1, 300)
    trial, counts, good = Trial(os.path.abspath(args[0])), {"refused": 0, "right": 0, "not taken": 0, "WRONG": 0}, {}

    def look(family, where, rules):
        for rule, told in zip(rules, trial.look(family, where, rules)):
            kind = told.split(",")[0] if told.split(",")[0] in counts else "WRONG"
            counts[kind] += 1
            if kind == "WRONG" or "-v" in sys.argv:
                print(f"{kind}: {family} {where}: {rule}: {told}", flush=True)
            condition = re.fullmatch(r"(.+) counter (accept|drop)", rule)
            if kind == "right" and condition and where == "filter INPUT":
                good.setdefault(family, []).append(condition[1])

    for one in constructs(path):
        look(*one)
    for one in list(mixed(good, seed, count)):
        look(*one)
    print("{} refused, {} printed rightly, {} not accepted by nft, {} WRONG".format(*counts.values()), f"(seed {seed})")
    return counts["WRONG"] > 0 or counts["right"] == 0 or counts["refused"] == 0


if __name__ == "__main__":
    sys.exit(main())
