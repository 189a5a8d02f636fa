#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
"""cuts.py SEED COUNT [BACKEND]: compares what fw-load says about live connections with what becomes of them.

For each of COUNT random rulesets it opens connections of all kinds through rules that accept everything, loads the
random rules, and talks on each connection: one that is listed as cut must be dead, one that is not listed must live and
be possible to open again. Run it below scripts/netns-run, with fw-load in PATH. Status 1: each fault is printed, and the
two rulesets are kept in the working directory.
"""
import contextlib
import ctypes
import os
import random
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time

PATIENCE = 1.5
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)
EVERYTHING = [":INPUT ACCEPT", ":FORWARD ACCEPT", ":OUTPUT ACCEPT", "-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT"]
HOSTS = ("cli", "fw", "srv")


def run(*words, **options):
    return subprocess.run(words, check=True, **options)


def build():
    for name in HOSTS:
        run("ip", "netns", "add", name)
        run("ip", "-n", name, "link", "set", "lo", "up")
        run("ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv6.conf.all.accept_dad=0",
            "net.ipv6.conf.default.accept_dad=0", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
    run("ip", "-n", "fw", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", "cli")
    run("ip", "-n", "fw", "link", "add", "eth1", "type", "veth", "peer", "name", "eth0", "netns", "srv")
    for name, dev, *addresses in (("fw", "eth0", "198.51.100.1/24", "2001:db8:f::1/64"),
                                  ("fw", "eth1", "192.0.2.1/24", "2001:db8:1::1/64"),
                                  ("cli", "eth0", "198.51.100.7/24", "2001:db8:f::9/64"),
                                  ("srv", "eth0", "192.0.2.10/24", "2001:db8:1::10/64")):
        for address in addresses:
            run("ip", "-n", name, "address", "add", address, "dev", dev)
        run("ip", "-n", name, "link", "set", dev, "up")
    for name, via4, via6 in (("cli", "198.51.100.1", "2001:db8:f::1"), ("srv", "192.0.2.1", "2001:db8:1::1")):
        run("ip", "-n", name, "route", "add", "default", "via", via4)
        run("ip", "-n", name, "-6", "route", "add", "default", "via", via6)


@contextlib.contextmanager
def inside(name):
    with open("/proc/self/ns/net") as home, open("/run/netns/" + name) as there:
        libc.setns(there.fileno(), CLONE_NEWNET)
        try:
            yield
        finally:
            libc.setns(home.fileno(), CLONE_NEWNET)


FW4, FW6, SRV4, SRV6 = "198.51.100.1", "2001:db8:f::1", "192.0.2.10", "2001:db8:1::10"
# kind: from, to, the host that serves, whether its port differs from the one that is asked for
KINDS = {
    "in4": ("cli", FW4, "fw", 0), "in6": ("cli", FW6, "fw", 0), "out4": ("fw", SRV4, "srv", 0), "out6": ("fw", SRV6, "srv", 0),
    "through4": ("cli", SRV4, "srv", 0), "through6": ("cli", SRV6, "srv", 0), "dnat4": ("cli", FW4, "srv", 1000),
    "redirect4": ("cli", FW4, "fw", 1000), "masq4": ("cli", SRV4, "srv", 0), "both4": ("cli", FW4, "srv", 1000),
    "lo4": ("fw", "127.0.0.1", "fw", 0), "back4": ("srv", "198.51.100.7", "cli", 0),
}


class Flow:
    """One connection, with both of its ends in this process."""

    def __init__(self, kind, proto, port):
        self.kind, self.proto, self.port = kind, proto, port
        self.origin, self.address, self.server, shift = KINDS[kind]
        self.listener = self.make(self.server)
        self.listener.bind(("::" if self.is6() else "0.0.0.0", port + shift))
        if proto == "tcp":
            self.listener.listen(9)
        self.token = 0

    def is6(self):
        return self.kind.endswith("6")

    def make(self, where):
        with inside(where):
            sock = socket.socket(socket.AF_INET6 if self.is6() else socket.AF_INET,
                                 socket.SOCK_STREAM if self.proto == "tcp" else socket.SOCK_DGRAM)
        sock.settimeout(2)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return sock

    def open(self):
        self.client = self.make(self.origin)
        self.client.connect((self.address, self.port))
        self.peer = self.listener.accept()[0] if self.proto == "tcp" else self.listener
        self.peer.settimeout(2)
        assert self.talks_alone(), (self.kind, self.proto, self.port)

    def talks_alone(self):
        self.say()
        return self.answer(2) and self.hear(2)

    def say(self):
        self.token += 1
        self.word = b"%08d" % self.token
        try:
            self.client.send(self.word)
        except OSError:
            pass

    @staticmethod
    def read(sock, patience):
        if not select.select([sock], [], [], patience)[0]:
            return b"", None
        try:
            return sock.recvfrom(800)
        except OSError:
            return b"", None

    def answer(self, patience):
        data, address = self.read(self.peer, patience)
        if not data.endswith(self.word):
            return False
        try:
            self.peer.send(self.word) if self.proto == "tcp" else self.peer.sendto(self.word, address)
        except OSError:
            return False
        return True

    def hear(self, patience):
        return self.read(self.client, patience)[0].endswith(self.word)

    def opens(self):
        try:
            with self.make(self.origin) as sock:
                sock.settimeout(PATIENCE)
                sock.connect((self.address, self.port))
                if self.proto == "tcp":
                    with self.listener.accept()[0] as peer:
                        peer.settimeout(PATIENCE)
                        sock.send(b"x")
                        return peer.recv(9) == b"x"
                sock.send(b"x")
                data, address = self.read(self.listener, PATIENCE)
                if data != b"x":
                    return False
                self.listener.sendto(b"y", address)
                return sock.recv(9) == b"y"
        except OSError:
            return False

    def close(self):
        self.client.close()
        if self.proto == "tcp":
            self.peer.close()
            while select.select([self.listener], [], [], 0)[0]:
                self.listener.accept()[0].close()
        else:
            while self.read(self.listener, 0)[0]:
                pass


def nat_rules(flows, keep):
    lines = []
    for flow in flows:
        if flow.kind in ("dnat4", "both4"):
            lines.append("-4 -A PREROUTING -d %s -p %s --dport %d -j DNAT --to-destination %s:%d" %
                         (FW4, flow.proto, flow.port, SRV4, flow.port + 1000))
        elif flow.kind == "redirect4":
            lines.append("-4 -A PREROUTING -d %s -p %s --dport %d -j REDIRECT --to-ports %d" %
                         (FW4, flow.proto, flow.port, flow.port + 1000))
        if flow.kind in ("masq4", "both4"):
            lines.append("-4 -A POSTROUTING -o eth1 -p %s --dport %d -j MASQUERADE" %
                         (flow.proto, flow.port + (1000 if flow.kind == "both4" else 0)))
    return ["*nat", ":PREROUTING ACCEPT", ":POSTROUTING ACCEPT"] + [one for one in lines if keep()] + ["COMMIT"]


def text_of(filter_lines, flows, keep=lambda: True, raw=()):
    return "\n".join(list(raw) + nat_rules(flows, keep) + ["*filter"] + filter_lines + ["COMMIT", ""])


def random_match(rng, flows, chain):
    flow = rng.choice(flows)
    shift = KINDS[flow.kind][3]
    words, family = [], ""
    if rng.random() < 0.6:
        port = flow.port + rng.choice((0, shift))
        words += ["-p", flow.proto, rng.choice(("--dport", "--dport", "--sport")),
                  "%d:%d" % (port, port + 6) if rng.random() < 0.3 else str(port)]
    elif rng.random() < 0.5:
        words += ["-p", rng.choice(("tcp", "udp"))]
        if words[1] == "tcp" and rng.random() < 0.3:
            words += ["--syn"]
    if rng.random() < 0.25:
        family, address = rng.choice((("-4", "198.51.100.0/24"), ("-4", "192.0.2.10"), ("-4", FW4), ("-4", "192.0.2.1"), ("-4", "127.0.0.0/8"),
                                      ("-6", "2001:db8:f::/64"), ("-6", SRV6)))
        words += [*rng.choice(((), (), ("!",))), rng.choice(("-s", "-d")), address]
    if rng.random() < 0.35:
        words += ["-m", "conntrack", *rng.choice(((), (), ("!",))), "--ctstate",
                  rng.choice(("ESTABLISHED", "RELATED,ESTABLISHED", "NEW", "NEW,ESTABLISHED", "DNAT", "SNAT", "INVALID", "UNTRACKED"))]
    if rng.random() < 0.1:
        words += ["-m", "conntrack", "--ctdir", rng.choice(("ORIGINAL", "REPLY"))]
    if rng.random() < 0.2 and chain not in ("OUTPUT",):
        words += ["-i", rng.choice(("eth0", "eth1", "eth+", "lo"))]
    if rng.random() < 0.2 and chain not in ("INPUT",):
        words += ["-o", rng.choice(("eth0", "eth1", "lo"))]
    if rng.random() < 0.03:
        words += ["-m", "limit", "--limit", "1/hour", "--limit-burst", "1"]
    return family, words


def random_filter(rng, flows):
    lines = [":%s %s" % (chain, rng.choice(("ACCEPT", "DROP", "DROP"))) for chain in ("INPUT", "FORWARD")]
    lines += [":OUTPUT %s" % rng.choice(("ACCEPT", "ACCEPT", "ACCEPT", "DROP")), ":one - [0:0]", ":two - [0:0]"]
    lines += ["-6 -A %s -p ipv6-icmp -j ACCEPT" % chain for chain in ("INPUT", "OUTPUT", "FORWARD")]
    for chain in ("INPUT", "FORWARD", "OUTPUT", "one", "two"):
        for _ in range(rng.randrange(1, 7)):
            targets = ["ACCEPT", "ACCEPT", "DROP", "REJECT", "RETURN"]
            if chain in ("INPUT", "FORWARD", "OUTPUT"):
                targets += ["one", "two"]
            elif chain == "one":
                targets += ["two"]
            family, words = random_match(rng, flows, "OUTPUT" if chain in ("one", "two") else chain)
            if chain in ("one", "two"):
                words = [w for w in words if w not in ("-o", "eth0", "eth1", "lo")]
            lines.append(" ".join([family, "-A", chain, *words, "-j", rng.choice(targets)]).strip())
    return lines


def random_raw(rng, flows):
    if rng.random() < 0.7:
        return []
    flow = rng.choice(flows)
    return ["*raw", ":PREROUTING ACCEPT", ":OUTPUT ACCEPT",
            "-A %s -p %s --dport %d -j CT --notrack" % (rng.choice(("PREROUTING", "OUTPUT")), flow.proto, flow.port), "COMMIT"]


def edited(rng, flows):
    """Rules as before, with a few others."""
    lines = list(EVERYTHING) + [":one - [0:0]"]
    for _ in range(rng.randrange(1, 5)):
        chain = rng.choice(("INPUT", "FORWARD", "OUTPUT"))
        family, words = random_match(rng, flows, chain)
        line = " ".join([family, "-A", chain, *words, "-j", rng.choice(("DROP", "REJECT", "ACCEPT"))]).strip()
        lines.insert(3 + rng.randrange(2), line) if rng.random() < 0.7 else lines.append(line)
    return lines


def fill(count):
    """Connections that nobody has, to other ports."""
    tests = os.path.join(os.path.dirname(os.path.realpath(shutil.which("fw-load"))), "tests")
    run("ip", "netns", "exec", "fw", os.path.join(tests, "ctfill"), "-a", str(count), stdout=subprocess.DEVNULL)


def load(backend, state, text, *options):
    done = subprocess.run(["ip", "netns", "exec", "fw", "fw-load", "-b", backend, "-s", state, "--replace", "-v", *options],
                          input=text, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit("a load failed:\n%s\n%s" % (done.stderr, text))
    return done.stderr


def said_of(report):
    """The port of each connection that is listed, with how it is."""
    return {int(port): how for how, port in re.findall(r"^  ([a-z ]+): (?:perhaps .*?, )?(?:tcp|udp) (\d+) ", report, re.M)}


def faults_of(flows, report):
    said = said_of(report)
    for flow in flows:
        flow.say()
    until = time.monotonic() + PATIENCE
    for flow in flows:
        flow.alive = flow.answer(max(0, until - time.monotonic()))
    until = time.monotonic() + PATIENCE
    for flow in flows:
        flow.alive = flow.alive and flow.hear(max(0, until - time.monotonic()))
    for flow in flows:
        how = said.get(flow.port, "")
        name = "%s %s %d" % (flow.kind, flow.proto, flow.port)
        if how.startswith("may") or how.startswith("cut if"):
            continue
        if flow.alive == (how == "cut"):
            yield "%s is %s, and said to be: %s" % (name, "alive" if flow.alive else "dead", how or "unaffected")
        elif how != "cut" and flow.opens() == (how == "cannot be opened again"):
            yield "%s %s, and said to be: %s" % (name, "can be opened again" if how else "cannot be opened again", how or "unaffected")


def main(seed, count, backend="nft"):
    build()
    flows, port = [], 20000
    for proto in ("tcp", "udp"):
        for kind in KINDS:
            for _ in range(2 if proto == "tcp" else 1):
                flows.append(Flow(kind, proto, port))
                port += 3
    bad = listed = 0
    every = text_of(EVERYTHING, flows)
    with tempfile.TemporaryDirectory() as state:
        for number in range(seed, seed + count):
            rng = random.Random(number)
            load(backend, state, every, "--cuts=off")
            for flow in flows:
                flow.open()
            time.sleep(2.1)  # so long until UDP counts as a connection
            for flow in flows:
                assert flow.talks_alone() and (flow.proto == "tcp" or flow.talks_alone())
            if number % 2 == 1:  # so many that fw-load first looks which of them the change can concern
                fill(9000)
                text = text_of(edited(rng, flows), flows, lambda: rng.random() < 0.95)
            else:
                text = text_of(random_filter(rng, flows), flows, lambda: rng.random() < 0.8, random_raw(rng, flows))
            report = load(backend, state, text, "--cuts=report")
            listed += len(said_of(report))
            faults = list(faults_of(flows, report))
            bad += len(faults)
            for fault in faults:
                print("seed %d: %s" % (number, fault))
            if faults:
                with open("cuts-%d.rules" % number, "w") as out:
                    out.write(text)
                with open("cuts-%d.said" % number, "w") as out:
                    out.write(report)
            load(backend, state, every, "--cuts=off")
            for flow in flows:
                flow.close()
            subprocess.run(["ip", "netns", "exec", "fw", "conntrack", "-F"], stderr=subprocess.DEVNULL, check=False)
    print("%d rulesets, %d connections each, %d listed, %d faults" % (count, len(flows), listed, bad))
    return bad > 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
