#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
"""diff_kernel.py --diff PROGRAM [--seed N] [--pairs N] [--family 4|6] [--backend legacy|nft] [--want N]

Compare fw-diff with the kernel: load random rules and an edit of them in turn, and send the witness of each description and
a packet near it that no description has. The witness must fare as fw-diff says, and the other packet alike with both. Run
it in a network and mount namespace of its own (scripts/netns-run). Prints the seed of a pair that differs, and keeps its
rules in a directory. With --want, the number of pairs grows until so many witnesses were sent.
"""
import argparse, ipaddress, json, os, random, socket, struct, subprocess, sys, tempfile, time
import kernel
from kernel import sh

ETH_P_ALL = 3
PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "ipv6-icmp": 58, "sctp": 132, "dccp": 33, "udplite": 136, "gre": 47, "esp": 50, "ah": 51}


class Net(kernel.Net):
    """Takes what leaves, too."""

    def in_peer(self):
        home, there = open("/proc/self/ns/net"), open("/run/netns/peer")
        ports = super().in_peer()
        kernel.LIBC.setns(there.fileno(), 0)
        self.taken = {}
        for n in "01":
            self.taken[f"eth{n}"] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            self.taken[f"eth{n}"].bind((f"p{n}", 0))
        kernel.LIBC.setns(home.fileno(), 0)
        self.out = {}
        for n in "01":
            self.out[f"eth{n}"] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            self.out[f"eth{n}"].bind((f"eth{n}", 0))
        return ports

    def left(self, token):
        """Return the interface, addresses and ports of the packet with this token that left, or None. A frame sent behind
        the packet tells that all that left before it was taken."""
        mark, found = b"behind " + token, None
        for name, port in self.out.items():
            port.send(b"\x02\0\0\0\0\x01" + self.macs[name] + b"\x88\xb5" + mark)
            taken = self.taken[name]
            taken.settimeout(20)
            while True:
                frame, where = taken.recvfrom(4096)
                if mark in frame:
                    break
                # What the peer sends is seen here as well.
                if where[2] != socket.PACKET_OUTGOING and token in frame:
                    found = (name, *self.ends(frame[14:]))
        return found

    def ends(self, packet):
        if self.family == 4:
            proto, body, addrs = packet[9], packet[(packet[0] & 15) * 4:], (packet[12:16], packet[16:20])
        else:
            proto, body, addrs = packet[6], packet[40:], (packet[8:24], packet[24:40])
        ports = struct.unpack("!HH", body[:4]) if proto in (6, 17) else ()
        return tuple(str(ipaddress.ip_address(a)) for a in addrs) + ports


class Packet:
    """A packet as fw-trace reads it. `usable` is false if it cannot be sent here as it is."""

    def __init__(self, text, family):
        self.text, self.family = text, family
        words = text.split()
        self.iface = {"in": "", "out": ""}
        while words[0] in self.iface:
            self.iface[words[0]] = words[1]
            words = words[2:]
        self.proto = int(words[0]) if words[0].isdigit() else PROTOCOLS[words[0]]
        self.src, self.sport = self.end(words[1])
        self.dst, self.dport = self.end(words[3])
        self.extra, words = {}, words[4:]
        if words[0] == "type":
            self.extra["type"], words = words[1], words[2:]
        self.state, words = words[0], words[1:]
        while words and words[0] in ("reply", "snat", "dnat"):
            self.state += " " + words.pop(0)
        while words:
            self.extra[words[0]] = words[1] if words[0] != "fragment" else "1"
            words = words[2 if words[0] != "fragment" else 1:]

    def end(self, text):
        if text.startswith("["):
            addr, port = text[1:].split("]:")
            return addr, int(port)
        if self.family == 4 and ":" in text:
            addr, port = text.split(":")
            return addr, int(port)
        return text, 0

    def usable(self):
        known = {"flags", "type", "ctmark", "length", "ttl", "tos"}
        ifaces = set(self.iface.values()) <= {"eth0", "eth1", ""} and any(self.iface.values())
        state = self.state == "new" and "ctmark" not in self.extra or self.state == "established" and self.proto in (6, 17)
        proto = self.proto in (6, 17, 47) or self.proto == (1 if self.family == 4 else 58) and self.extra.get("type", "").startswith(("8/", "128/"))
        if self.proto == 6 and self.state == "new" and self.flags() & ~0xc8 not in (0x02, 0x10, 0x22, 0x30):
            return False
        if self.proto == 6 and self.state != "new" and self.flags() & 0x3f != 0x10:
            return False
        src, dst = ipaddress.ip_address(self.src), ipaddress.ip_address(self.dst)
        usual = not any(a.is_multicast or a.is_loopback or a.is_unspecified or a.is_link_local or
                        a.version == 4 and int(a) >> 24 in (0, *range(240, 256)) for a in (src, dst))
        return (ifaces and state and proto and usual and src != dst and set(self.extra) <= known and str(src) not in LOCAL and
                int(self.extra.get("length", 100)) >= self.least() and int(self.extra.get("length", 100)) < 1400 and
                int(self.extra.get("ttl", 64)) > 1 and not (self.iface["out"] and str(dst) in LOCAL) and self.ports_usable())

    def ports_usable(self):
        return self.proto not in (6, 17) or self.sport > 0 and self.dport > 0

    def least(self):
        return (20 if self.family == 4 else 40) + {6: 20, 17: 8, 1: 8, 58: 8, 47: 4}.get(self.proto, 0) + 8

    def flags(self):
        usual = "syn" if self.state == "new" else "ack"
        names = self.extra.get("flags", usual)
        return sum(1 << kernel.FLAG_NAMES.index(n) for n in names.split(",") if n != "none")

    def made(self, token, serial):
        """The bytes, as kernel.py makes them."""
        kind, code = (int(n) for n in self.extra.get("type", "0/0").split("/"))
        p = {"in": self.iface["in"], "out": self.iface["out"], "src": self.src, "dst": self.dst, "proto": self.proto, "sport": self.sport,
             "dport": self.dport, "flags": self.flags() if self.proto == 6 else 0, "type": kind, "code": code,
             "tos": int(self.extra.get("tos", "0"), 0), "ttl": int(self.extra.get("ttl", 64))}
        case = kernel.Case.__new__(kernel.Case)
        case.family, case.serial = self.family, serial
        size = int(self.extra.get("length", 0)) - self.least() + 8 if "length" in self.extra else 8
        case.pick = lambda *items: size
        data = token + b"x" * (size - 8)
        real = kernel.Case.transport
        body = real(case, p)
        p["bytes"] = rebuild(case, p, body, data)
        return p


def rebuild(case, p, body, data):
    """The same packet with other data: kernel.py fills it with x."""
    head = body[:len(body) - len(data)]
    at = {6: 16, 17: 6, 1: 2, 58: 2}.get(p["proto"])
    body = head + data
    if at is not None:
        body = body[:at] + b"\0\0" + body[at + 2:]
        pseudo = b"" if p["proto"] == 1 else case.pseudo(p, len(body))
        body = body[:at] + struct.pack("!H", kernel.checksum(pseudo + body) or 0xffff) + body[at + 2:]
    case.transport = lambda _: body
    case.assemble(p)
    return p["bytes"]


LOCAL = ("10.0.0.1", "10.1.0.1", "2001:db8::1", "2001:db8:0:0::1", "2001:db8:1::1")


class Kernel:
    """Loads rules, and tells what becomes of packets."""

    def __init__(self, net, options):
        self.net, self.options, self.serial = net, options, 0
        self.tool = "iptables" if options.family == 4 else "ip6tables"
        self.other = "nft" if options.backend == "legacy" else "legacy"
        self.ip = ["ip", f"-{options.family}"]
        for table, policy in (("raw", "ACCEPT"), ("security", "DROP")):
            sh([f"{self.tool}-{self.other}", "-t", table, "-P", "INPUT" if table == "security" else "PREROUTING", policy])

    def load(self, rules):
        restore = [f"{self.tool}-{self.options.backend}-restore"]
        empty = "".join(f"*{t}\nCOMMIT\n" for t in ("filter", "mangle", "raw", "nat"))
        subprocess.run(restore, input=empty, text=True, check=True)
        return subprocess.run(restore, input=rules, text=True, stderr=subprocess.DEVNULL).returncode == 0

    def count(self, table, chain):
        text = subprocess.check_output([f"{self.tool}-{self.other}-save", "-c", "-t", table], text=True)
        for line in text.splitlines():
            if line.startswith(f":{chain} "):
                return int(line.split("[")[1].split(":")[0])
        return 0

    def prepare(self, packet):
        """Routes: the packet goes where its description says, and stays here without an interface."""
        sh(["conntrack", "-F"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        out = packet.iface["out"]
        bits = "32" if self.options.family == 4 else "128"
        if out:
            via = f"10.{out[-1]}.0.9" if self.options.family == 4 else f"2001:db8:{out[-1]}::9"
            for where in ("default", f"{packet.dst}/{bits}"):
                sh(self.ip + ["route", "replace", where, "via", via, "dev", out])
        elif packet.dst not in LOCAL:
            extra = ["nodad"] if self.options.family == 6 else []
            sh(self.ip + ["address", "replace", f"{packet.dst}/{bits}", "dev", "lo"] + extra)
        if packet.state.startswith("established"):
            name = "tcp" if packet.proto == 6 else "udp"
            more = ["--state", "ESTABLISHED"] if packet.proto == 6 else []
            sh(["conntrack", "-I", "-p", name, "-s", packet.src, "-d", packet.dst, "--sport", str(packet.sport), "--dport", str(packet.dport),
                "-t", "100", "-u", "SEEN_REPLY,ASSURED", "-m", packet.extra.get("ctmark", "0")] + more, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def clean(self, packet):
        bits = "32" if self.options.family == 4 else "128"
        if packet.iface["out"]:
            sh(self.ip + ["route", "del", f"{packet.dst}/{bits}"])
        elif packet.dst not in LOCAL:
            sh(self.ip + ["address", "del", f"{packet.dst}/{bits}", "dev", "lo"])

    def fate(self, packet):
        """Return "here", (interface, addresses, ports) of the packet that left, or None: it was refused."""
        self.serial += 1
        token = struct.pack("!4sI", b"near", self.serial)
        self.prepare(packet)
        came, here = self.count("raw", "PREROUTING"), self.count("security", "INPUT")
        self.net.send(packet.made(token, self.serial))
        end = time.monotonic() + 20
        while packet.iface["in"] and self.count("raw", "PREROUTING") == came and time.monotonic() < end:
            time.sleep(0.005)
        left = self.net.left(token)
        arrived = self.count("security", "INPUT") > here
        self.clean(packet)
        return left if left is not None else "here" if arrived else None


# --- what a description has ---


def in_ranges(value, ranges):
    return any(lo <= value <= hi for lo, hi in ranges)


def named(name, words):
    """Is the interface one of these? None: that cannot be told from the words."""
    if isinstance(words, dict):
        inner = named(name, words["not"])
        return None if inner is None else not inner
    if any(w.startswith("names ") for w in words):
        return None
    return any(name == w or w.endswith("+") and name.startswith(w[:-1]) for w in words)


def has(region, p):
    """Has the description this packet? None: that is not certain."""
    f = region["fields"]
    way = "from" if not p.iface["in"] else "through" if p.iface["out"] else "to"
    unknown = False
    proto = next((n for n, number in PROTOCOLS.items() if number == p.proto), None)
    tests = [way in region["ways"], "proto" not in f or proto in f["proto"] or f"protocol {p.proto}" in f["proto"]]
    for key, addr in (("src", p.src), ("dst", p.dst)):
        tests.append(key not in f or any(ipaddress.ip_address(addr) in ipaddress.ip_network(n) for n in f[key]))
    if p.proto in (6, 17):
        tests += [key not in f or in_ranges(port, f[key]) for key, port in (("sport", p.sport), ("dport", p.dport))]
    for key in ("in", "out"):
        if key in f and p.iface[key]:
            answer = named(p.iface[key], f[key])
            unknown |= answer is None
            tests.append(answer is not False)
    tests.append("state" not in f or any(s.split(",")[0].split()[0] == p.state.split()[0] for s in f["state"]))
    if "state" in f and p.state not in f["state"]:
        unknown = True
    for key in ("flags", "icmp", "length", "ttl", "tos", "ctmark", "fragment", "pkttype", "mark"):
        unknown |= key in f
    if not all(tests):
        return False
    return None if unknown else True


def near(packet, regions, choose):
    """A packet beside the witness that no description has."""
    for _ in range(40):
        words = packet.text
        other = Packet(words, packet.family)
        what = choose.choice(["dport", "dport", "src", "dst", "sport"])
        if what in ("dport", "sport"):
            setattr(other, what, getattr(other, what) + choose.choice([-1, 1, 7, 100, -100]))
            if not 0 < getattr(other, what) < 65536 or other.proto not in (6, 17):
                continue
        else:
            bit = 1 << choose.randrange(0, 24 if packet.family == 4 else 70)
            addr = ipaddress.ip_address(getattr(other, what))
            setattr(other, what, str(type(addr)(int(addr) ^ bit)))
        other.text = f"{packet.text}, but {what} {getattr(other, what)}"
        if other.usable() and all(has(r, other) is False for r in regions):
            return other
    return None


# --- edits ---


def edit(lines, choose):
    rules = [i for i, line in enumerate(lines) if line.startswith("-A")]
    at = choose.choice(rules)
    beside = [i for i in rules if lines[i].split()[1] == lines[at].split()[1] and "COMMIT" not in lines[min(i, at):max(i, at)]]
    kind = choose.choice(["delete", "double", "swap", "verdict", "mask", "port", "nat", "nat"])
    if kind == "delete":
        del lines[at]
    elif kind == "double":
        lines.insert(at, lines[choose.choice(beside)])
    elif kind == "swap":
        other = choose.choice(beside)
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == "verdict":
        lines[at] = lines[at].replace("-j ACCEPT", "-j @").replace("-j DROP", "-j ACCEPT").replace("-j @", "-j DROP")
        if "*nat" in lines[:at] and lines.index("*nat") < at and "COMMIT" not in lines[lines.index("*nat"):at]:
            lines[at] = lines[at].replace("-j DROP", "-j ACCEPT")
    elif kind == "mask":
        words = lines[at].split()
        for i, word in enumerate(words):
            if "/" in word and words[i - 1] in ("-s", "-d"):
                net, bits = word.split("/")
                words[i] = f"{net}/{choose.randint(1, int(bits))}"
        lines[at] = " ".join(words)
    elif kind == "port":
        lines[at] = lines[at].replace("--dport 22", "--dport 23").replace("--dport 80", "--dport 53").replace("--dport 443", "--dport 22")
    else:
        nat = [i for i in rules if "NAT --to" in lines[i]]
        if nat:
            at = choose.choice(nat)
            lines[at] = lines[at].replace("10.2.0.", "10.3.1.").replace(":2:0::", ":3:1::").replace("9.9.9", "9.9.8").replace(":9::9", ":9::8")


class Broad(kernel.Case):
    """Rules that packets reach more often than those of kernel.py; every second pair translates."""

    def match(self):
        if self.chance(0.5):
            return f"-m iprange {self.no()}--{self.pick('src', 'dst')}-range {self.span()}"
        return f"-m conntrack {self.no()}--ctstate {self.pick('NEW', 'ESTABLISHED', 'NEW,RELATED', 'RELATED,ESTABLISHED', 'INVALID')}"

    def flags(self):
        return self.pick("SYN,ACK SYN", "SYN,RST,ACK,FIN SYN", "ACK ACK")

    def conntrack(self):
        return self.match()

    def make_rules(self):
        lines = self.table("filter", ["INPUT", "FORWARD", "OUTPUT"])
        if self.chance(0.3):
            lines += self.table("mangle", ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"])
        if self.chance(0.5):
            lines += self.table("nat", ["PREROUTING", "OUTPUT", "POSTROUTING"])
        return "\n".join(lines) + "\n"


def make_pair(seed, family):
    choose = random.Random(seed)
    case = Broad(seed, family, 0) if seed % 4 else kernel.Case(seed, family, 0)
    lines = case.rules.splitlines()
    new = list(lines)
    for _ in range(choose.randint(2, 6)):
        edit(new, choose)
    return case.rules, "\n".join(new) + "\n", choose


def compare(options, files):
    run = subprocess.run([options.diff, f"-{options.family}", "-j", "--all", *files], stdout=subprocess.PIPE, text=True)
    if run.returncode not in (0, 1, 4):
        raise SystemExit(f"fw-diff ends with {run.returncode}")
    objects = [json.loads(line) for line in run.stdout.splitlines()]
    return objects[:-1], objects[-1]["complete"]


def expected(region, fates):
    """Do the fates fit what fw-diff says of the witness? Which port a packet has that arrives here cannot be seen."""
    for side, fate in zip(("old", "new"), fates):
        end = region[side]["end"]
        if end in ("accepted", "dropped", "rejected") and (fate is not None) != (end == "accepted"):
            return False
    return region["class"] != "translated otherwise" or fates[0] != fates[1] or fates[0] == "here"


class Totals:
    witnesses = misses = forwarded = translated = wrong = 0


def run_pair(kern, options, seed, totals):
    old, new, choose = make_pair(seed, options.family)
    with tempfile.TemporaryDirectory() as tmp:
        files = [os.path.join(tmp, n) for n in ("old", "new")]
        for path, text in zip(files, (old, new)):
            with open(path, "w") as out:
                out.write(text)
        regions, complete = compare(options, files)
        probes = []
        choose.shuffle(regions)
        for region in regions:
            packet = Packet(region["witness"], options.family)
            if len(probes) >= 12 or not region["certain"] or region["when"] or not packet.usable():
                continue
            probes.append((region, packet))
            beside = near(packet, regions, choose) if complete else None
            if beside is not None:
                probes.append((None, beside))
        fates = []
        for text in (old, new):
            if not probes or not kern.load(text):
                return True
            fates.append([kern.fate(packet) for _, packet in probes])
        wrong = []
        for (region, packet), a, b in zip(probes, *fates):
            totals.witnesses += region is not None
            totals.misses += region is None
            totals.forwarded += packet.iface["out"] != "" and packet.iface["in"] != ""
            if region is None:
                if a != b:
                    wrong.append(f"near: {packet.text}: was {a}, now {b}")
                continue
            totals.translated += region["class"] == "translated otherwise" and a != b
            if not expected(region, (a, b)):
                wrong.append(f"{region['class']}: {packet.text}: was {a}, now {b}, but {region['old']['end']}, {region['new']['end']} is said")
        if wrong:
            keep = tempfile.mkdtemp(prefix=f"pair-{seed}-")
            subprocess.run(["cp", *files, keep], check=True)
            print(f"seed {seed}, family {options.family}, {options.backend}: see {keep}", *wrong, sep="\n  ")
        return not wrong


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--diff", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--want", type=int, default=1)
    parser.add_argument("--family", type=int, choices=(4, 6), default=4)
    parser.add_argument("--backend", choices=("legacy", "nft"), default="nft")
    options = parser.parse_args()
    kern, totals, n = Kernel(Net(options.family), options), Totals(), 0
    while n < options.pairs or totals.witnesses < options.want and n < 50 * options.pairs:
        # As in kernel.py, IPv6 may send a packet of its own, but a real difference appears each time.
        good = any(run_pair(kern, options, options.seed + n, totals) for _ in range(3))
        totals.wrong += not good
        n += 1
    print(f"IPv{options.family} {options.backend}: {n} pairs, {totals.witnesses} witnesses and {totals.misses} packets near them, "
          f"{totals.forwarded} forwarded, {totals.translated} translated otherwise, {totals.wrong} pairs wrong (seeds from {options.seed})")
    sys.exit(totals.wrong > 0 or totals.witnesses < options.want)


main()
