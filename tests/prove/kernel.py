#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
"""kernel.py --trace PROGRAM [--seed N] [--rulesets N] [--packets N] [--family 4|6] [--backend legacy|nft]

Compare fw-trace with the kernel: load random rules, send random packets through them, and demand that each rule's counter
is the one that fw-trace counts. Run it in a network and mount namespace of its own (scripts/netns-run). Prints the seed of
a ruleset that differs, and keeps rules and packets in a directory.
"""
import argparse, ctypes, os, random, socket, struct, subprocess, sys, tempfile, time

LIBC = ctypes.CDLL(None, use_errno=True)
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (1 << n for n in range(8))
FLAG_NAMES = ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"]


class Net:
    """This namespace is the firewall; the other ends of eth0 and eth1 are in the namespace `peer`, which sends the packets."""

    def __init__(self, family):
        self.family = family
        sh("ip netns add peer")
        sh("ip netns exec peer sysctl -qw net.ipv6.conf.default.disable_ipv6=1")
        sysctl("net.ipv4.ip_forward", 1)
        sysctl("net.ipv4.icmp_echo_ignore_all", 1)
        # If a rule sets the hop limit to 0, the kernel would send an error, one packet more than was sent. Both families
        # use this rate limit, which belongs to the namespace since Linux 6.11.
        for name in ("net.ipv4.icmp_msgs_burst", "net.ipv4.icmp_msgs_per_sec"):
            if os.path.exists("/proc/sys/" + name.replace(".", "/")):
                sysctl(name, 0)
        sysctl("net.ipv6.conf.all.forwarding", 1)
        sysctl("net.ipv6.icmp.echo_ignore_all", 1)
        sysctl("net.ipv4.conf.all.rp_filter", 0)
        sysctl("net.ipv4.conf.default.rp_filter", 0)
        sysctl("net.ipv4.conf.all.send_redirects", 0)
        sysctl("net.ipv4.conf.default.send_redirects", 0)
        sysctl("net.ipv6.conf.default.accept_ra", 0)
        sysctl("net.ipv6.conf.default.addr_gen_mode", 1)
        for n in "01":
            sh(f"ip link add eth{n} type veth peer name p{n} netns peer")
            sh(f"ip link set eth{n} arp off multicast off up")
            sh(f"ip -n peer link set p{n} arp off multicast off up")
            sh(f"ip address add 10.{n}.0.1/24 dev eth{n}")
            sh(f"ip address add 2001:db8:{n}::1/64 dev eth{n} nodad")
        sh("ip link set lo up")
        sh("ip route add default via 10.1.0.9 dev eth1")
        sh("ip -6 route add default via 2001:db8:1::9 dev eth1")
        self.macs = self.read_macs()
        self.wait_for_silence()
        self.ports = self.in_peer()
        self.raw = socket.socket(socket.AF_INET if family == 4 else socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def wait_for_silence(self):
        """Wait until IPv6 has announced itself on the new interfaces, which takes a second at most."""
        sent, since = None, 0
        while time.monotonic() - since < 1.5:
            now = [open(f"/sys/class/net/eth{n}/statistics/tx_packets").read() for n in "01"]
            if now != sent:
                sent, since = now, time.monotonic()
            time.sleep(0.1)

    def read_macs(self):
        macs = {}
        for n in "01":
            words = subprocess.check_output(["ip", "-o", "link", "show", f"eth{n}"], text=True).split()
            macs[f"eth{n}"] = bytes.fromhex(words[words.index("link/ether") + 1].replace(":", ""))
        return macs

    def in_peer(self):
        home, there = open("/proc/self/ns/net"), open("/run/netns/peer")
        if LIBC.setns(there.fileno(), 0) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        ports = {}
        for n in "01":
            ports[f"eth{n}"] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            ports[f"eth{n}"].bind((f"p{n}", 0))
        LIBC.setns(home.fileno(), 0)
        return ports

    def send(self, packet):
        if packet["in"]:
            kind = b"\x08\x00" if self.family == 4 else b"\x86\xdd"
            self.ports[packet["in"]].send(self.macs[packet["in"]] + b"\x02\0\0\0\0\x09" + kind + packet["bytes"])
        else:
            try:
                self.raw.sendto(packet["bytes"], (packet["dst"], 0))
            except PermissionError: # dropped on the way out
                pass


def sh(command, **options):
    subprocess.run(command.split() if isinstance(command, str) else command, check=True, **options)


def sysctl(name, value):
    with open("/proc/sys/" + name.replace(".", "/"), "w") as out:
        out.write(f"{value}\n")


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Case:
    """One random ruleset and its packets."""

    def __init__(self, seed, family, packets):
        self.random = random.Random(seed)
        self.family = family
        self.serial = 0
        self.flows = []
        near = [f"10.{n}.{k}.{h}" for n in (2, 3) for k in (0, 1) for h in (5, 6, 200)]
        near6 = [f"2001:db8:{n}:{k}::{h}" for n in (2, 3) for k in (0, 1) for h in (5, 6, 200)]
        self.hosts = near if family == 4 else near6
        self.local = "10.0.0.1" if family == 4 else "2001:db8::1"
        self.marks = [0, 1, 2, 3, 0x10, 0x13]
        self.rules = self.make_rules()
        self.packets = [self.make_packet() for _ in range(packets)]

    def chance(self, p):
        return self.random.random() < p

    def pick(self, *items):
        return self.random.choice(items)

    # --- rules ---

    def network(self):
        host = self.random.choice(self.hosts + [self.local])
        if self.family == 4:
            return f"{host}/{self.pick(8, 15, 16, 23, 24, 29, 31, 32)}"
        return f"{host}/{self.pick(32, 47, 48, 63, 64, 120, 127, 128)}"

    def no(self, p=0.2):
        return "! " if self.chance(p) else ""

    def port_test(self, which):
        """Avoid `! --dport 0:65535`: it matches no packet, but iptables-nft 1.8.9 loads it as a rule that matches all."""
        ports = self.port_range()
        return f"{'' if ports == '0:' else self.no()}--{which} {ports}"

    def port_range(self):
        lo = self.pick(0, 1, 22, 53, 80, 443, 1000, 2000)
        return self.pick(str(lo), f"{lo}:{lo + self.pick(0, 10, 100, 40000)}", f":{lo + 1}", f"{lo}:")

    def flags(self):
        names = [n.upper() for n in FLAG_NAMES[:6]]
        mask = self.random.sample(names, self.random.randint(1, 4))
        value = [n for n in mask if self.chance(0.4)]
        return ",".join(mask) + " " + (",".join(value) or "NONE")

    def proto_match(self):
        kind = self.pick("tcp", "tcp", "udp", "icmp", "not", "number")
        if kind == "not":
            return f"! -p {self.pick('tcp', 'udp', '47')}"
        if kind == "number":
            return "-p " + self.pick("47", "132", "tcp", "udp")
        if kind == "icmp":
            if self.family == 4:
                return f"-p icmp -m icmp {self.no()}--icmp-type {self.pick('8', '3', '3/1', '0', 'any', '11/0')}"
            return f"-p icmpv6 -m icmp6 {self.no()}--icmpv6-type {self.pick('128', '1', '1/3', '129', '2')}"
        parts = [f"-p {kind}"]
        if self.chance(0.35):
            ports = ",".join(self.pick("22", "53", "80", "443", "1000:1100", "2000:42000", "0:21")
                             for _ in range(self.random.randint(1, 4)))
            return f"-p {kind} -m multiport {self.no()}--{self.pick('dports', 'sports', 'ports')} {ports}"
        parts.append(f"-m {kind}")
        if self.chance(0.6):
            parts.append(self.port_test("dport"))
        if self.chance(0.3):
            parts.append(self.port_test("sport"))
        if kind == "tcp" and self.chance(0.4):
            parts.append(self.pick(f"{self.no()}--syn", f"{self.no()}--tcp-flags {self.flags()}"))
        return " ".join(parts)

    def conntrack(self):
        states = self.random.sample(["NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED", "SNAT", "DNAT"],
                                    self.random.randint(1, 3))
        text = f"-m conntrack {self.no()}--ctstate {','.join(states)}" if self.chance(0.8) else "-m conntrack"
        if text == "-m conntrack" or self.chance(0.25):
            text += f" --ctdir {self.pick('ORIGINAL', 'REPLY')}"
        return text

    def mask(self):
        mask = self.pick(0xffffffff, 0xf, 0x11, 0xf0, 0x3)
        return f"{self.random.choice(self.marks) & mask:#x}/{mask:#x}"

    def span(self):
        ends = sorted(self.random.sample(self.hosts, 2), key=lambda a: socket.inet_pton(
            socket.AF_INET if self.family == 4 else socket.AF_INET6, a))
        return "-".join(ends)

    def match(self):
        ttl = "ttl" if self.family == 4 else "hl"
        return self.pick(
            self.conntrack, self.conntrack,
            lambda: f"-m mark {self.no()}--mark {self.mask()}",
            lambda: f"-m connmark {self.no()}--mark {self.mask()}",
            lambda: f"-m iprange {self.no()}--{self.pick('src', 'dst')}-range {self.span()}",
            lambda: f"-m length {self.no()}--length {self.pick('0:60', '61:100', '48', '100:', ':80')}",
            lambda: f"-m {ttl} --{ttl}-{self.pick('lt', 'gt', 'eq')} {self.pick(5, 30, 62, 63, 64)}",
            lambda: f"-m dscp {self.no()}--dscp {self.pick('0x0a', '0x00', '0x2e')}",
            lambda: f"-m tos {self.no()}--tos {self.pick('0x10/0x3f', '0x28/0xff', '0x00/0x03')}",
            lambda: f"-m pkttype {self.no()}--pkt-type {self.pick('unicast', 'broadcast')}",
        )()

    def conditions(self, hooks):
        parts = []
        if self.chance(0.4):
            parts.append(f"{self.no()}-s {self.network()}")
        if self.chance(0.4):
            parts.append(f"{self.no()}-d {self.network()}")
        if hooks & {"PREROUTING", "INPUT", "FORWARD"} == hooks and self.chance(0.25):
            parts.append(f"{self.no()}-i {self.pick('eth0', 'eth1', 'eth+', 'eth')}")
        if hooks & {"POSTROUTING", "OUTPUT", "FORWARD"} == hooks and self.chance(0.25):
            parts.append(f"{self.no()}-o {self.pick('eth0', 'eth1', 'e+', 'lo')}")
        if self.chance(0.6):
            parts.append(self.proto_match())
        used = set()
        while self.chance(0.35):
            text = self.match() # each extension once, since the option parser refuses a second one
            if text.split()[1].replace("connmark", "mark") not in used:
                parts.append(text)
            used.add(text.split()[1].replace("connmark", "mark"))
        return " ".join(parts)

    def target(self, table, hook, later):
        if table == "nat":
            return "-j ACCEPT"
        if later and self.chance(0.35):
            return f"{self.pick('-j', '-j', '-g')} {self.random.choice(later)}"
        choices = ["-j ACCEPT", "-j DROP" if self.chance(0.5) else "", "-j RETURN", ""]
        if table in ("mangle", "filter", "raw"):
            choices += [f"-j MARK --set-xmark {self.mask()}"]
        if table in ("mangle", "filter"):
            choices += [f"-j CONNMARK --set-xmark {self.mask()}",
                        self.pick("-j CONNMARK --save-mark", "-j CONNMARK --restore-mark",
                                  "-j CONNMARK --restore-mark --nfmask 0xf0 --ctmask 0x3")]
        if table == "mangle":
            ttl = "TTL --ttl" if self.family == 4 else "HL --hl"
            choices += [f"-j {ttl}-{self.pick('set 40', 'dec 3', 'inc 5')}", f"-j TOS --set-tos {self.pick('0x10/0xff', '0x08/0x1c')}",
                        "-j DSCP --set-dscp 0x2e"]
        if table == "raw" and self.chance(0.3):
            choices = ["-j CT --notrack"]
        return self.random.choice(choices)

    def nat_rule(self, chain):
        far = "10.2.0.0/15" if self.family == 4 else "2001:db8:2::/47"
        to = self.random.choice(self.hosts)
        proto = self.pick("tcp", "udp")
        if chain == "POSTROUTING":
            new = "10.9.9.9" if self.family == 4 else "2001:db8:9::9"
            return f"-A POSTROUTING -o eth1 -s {self.network()} -j {self.pick('ACCEPT', 'RETURN', 'SNAT --to-source ' + new)}"
        where = to if self.family == 4 else f"[{to}]"
        return (f"-A {chain} -d {far} -p {proto} -m {proto} --dport {self.port_range()} "
                f"-j DNAT --to-destination {where}{self.pick('', ':8080')}")

    def table(self, name, hooks):
        users = [f"{name[0]}{n}" for n in range(self.random.randint(0, 4))] if name != "nat" else []
        policy = lambda: "DROP" if name == "filter" and self.chance(0.3) else "ACCEPT"
        lines = [f"*{name}"] + [f":{h} {policy()} [0:0]" for h in hooks] + [f":{u} - [0:0]" for u in users]
        for h in hooks:
            for _ in range(self.random.randint(0, 6)):
                lines.append(self.nat_rule(h) if name == "nat" else
                             f"-A {h} {self.conditions({h})} {self.target(name, h, users)}")
        for n, user in enumerate(users):
            for _ in range(self.random.randint(1, 5)):
                lines.append(f"-A {user} {self.conditions(set(hooks))} {self.target(name, '', users[n + 1:])}")
        return lines + ["COMMIT"]

    def make_rules(self):
        lines = self.table("filter", ["INPUT", "FORWARD", "OUTPUT"])
        if self.chance(0.6):
            lines += self.table("mangle", ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"])
        if self.chance(0.4):
            lines += self.table("raw", ["PREROUTING", "OUTPUT"])
        if self.chance(0.5):
            lines += self.table("nat", ["PREROUTING", "OUTPUT", "POSTROUTING"])
        return "\n".join(lines) + "\n"

    # --- packets ---

    def tcp_state(self, flags):
        good = flags & ~(PSH | ECE | CWR) in (SYN, SYN | URG, SYN | ACK, RST, RST | ACK, FIN | ACK, FIN | ACK | URG, ACK, ACK | URG)
        if not good or flags & (RST | FIN) or (flags & SYN and flags & ACK):
            return "invalid"
        return "new"

    def transport(self, p):
        data = b"x" * self.pick(0, 1, 20, 50)
        if p["proto"] == 6:
            head = struct.pack("!HHIIBBHHH", p["sport"], p["dport"], 1, 1 if p["flags"] & ACK else 0, 5 << 4, p["flags"], 100, 0, 0)
            at = 16
        elif p["proto"] == 17:
            head = struct.pack("!HHHH", p["sport"], p["dport"], 8 + len(data), 0)
            at = 6
        elif p["proto"] in (1, 58):
            head = struct.pack("!BBHHH", p["type"], p["code"], 0, p["sport"], 1)
            at = 2
        else: # gre
            head = struct.pack("!HH", 0, 0x1234)
            at = None
        body = head + data
        if at is not None:
            pseudo = b"" if p["proto"] == 1 else self.pseudo(p, len(body))
            body = body[:at] + struct.pack("!H", checksum(pseudo + body) or 0xffff) + body[at + 2:]
        return body

    def pseudo(self, p, size):
        kind = socket.AF_INET if self.family == 4 else socket.AF_INET6
        ends = socket.inet_pton(kind, p["src"]) + socket.inet_pton(kind, p["dst"])
        return ends + (struct.pack("!BBH", 0, p["proto"], size) if self.family == 4 else struct.pack("!IHBB", size, 0, 0, p["proto"]))

    def assemble(self, p):
        body = self.transport(p)
        if self.family == 6:
            head = struct.pack("!IHBB", 6 << 28 | p["tos"] << 20, len(body), p["proto"], p["ttl"])
            head += socket.inet_pton(socket.AF_INET6, p["src"]) + socket.inet_pton(socket.AF_INET6, p["dst"])
        else:
            head = struct.pack("!BBHHHBBH", 0x45, p["tos"], 20 + len(body), 1 + self.serial, 0x4000, p["ttl"], p["proto"], 0)
            head += socket.inet_aton(p["src"]) + socket.inet_aton(p["dst"])
            head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        p["bytes"] = head + body

    def make_packet(self):
        self.serial += 1
        way = self.pick("input", "forward", "forward", "output")
        p = {"in": "" if way == "output" else "eth0" if way == "forward" else self.pick("eth0", "eth1"), "out": "" if way == "input" else "eth1",
             "src": self.local if way == "output" else self.random.choice(self.hosts),
             "dst": self.local if way == "input" else self.random.choice(self.hosts),
             "proto": self.pick(6, 6, 17, 17, 1 if self.family == 4 else 58, 47), "sport": 20000 + self.serial,
             "dport": self.pick(0 if self.chance(0.1) else 7, 22, 53, 80, 443, 1050, 2048, 60000), "flags": 0, "type": 0, "code": 0,
             "tos": self.pick(0, 0, 0x10, 0x28, 0xb8), "ttl": self.pick(64, 64, 63, 30, 6), "state": "new"}
        if self.chance(0.3):
            p["sport"] = self.pick(1000, 2000, 53) + self.serial
        if p["proto"] == 6:
            p["flags"] = self.pick(SYN, SYN, ACK, SYN | ACK, FIN | ACK, RST, 0, SYN | ECE | CWR, ACK | PSH | URG, self.random.randint(0, 255))
            p["state"] = self.tcp_state(p["flags"])
        elif p["proto"] == 1:
            p["type"], p["state"] = 8, "new"
        elif p["proto"] == 58:
            p["type"], p["state"] = 128, "new"
        elif p["proto"] == 47:
            p["src"] = self.fresh_host(p)
        if p["proto"] == 17 and self.chance(0.5):
            self.make_flow(p)
        self.assemble(p)
        return p

    def fresh_host(self, p):
        """GRE has no ports: each packet is a connection of its own by its address."""
        if not p["in"]:
            p["proto"] = 17
            return p["src"]
        return f"10.2.{self.serial >> 8}.{self.serial & 0xff}" if self.family == 4 else f"2001:db8:2::{self.serial:x}"

    def make_flow(self, p):
        """Make an existing connection with a mark of its own."""
        p["ctmark"] = self.random.choice(self.marks)
        p["state"] = "established"
        if self.chance(0.5):
            p["state"] = "established reply"
            self.flows.append((p["dst"], p["src"], p["dport"], p["sport"], p["ctmark"]))
        else:
            self.flows.append((p["src"], p["dst"], p["sport"], p["dport"], p["ctmark"]))

    def text(self, p):
        end = (lambda a, port: f"{a}:{port}") if self.family == 4 else (lambda a, port: f"[{a}]:{port}")
        ports = p["proto"] in (6, 17)
        words = [f"in {p['in']}"] * bool(p["in"]) + [f"out {p['out']}"] * bool(p["out"]) + [str(p["proto"])]
        words += [end(p["src"], p["sport"]) if ports else p["src"], "->", end(p["dst"], p["dport"]) if ports else p["dst"], p["state"]]
        if p["proto"] == 6:
            words.append("flags " + (",".join(n for i, n in enumerate(FLAG_NAMES) if p["flags"] & 1 << i) or "none"))
        if p["proto"] in (1, 58):
            words.append(f"type {p['type']}/{p['code']}")
        words.append(f"ttl {p['ttl']} tos {p['tos']} length {len(p['bytes'])}")
        if "ctmark" in p:
            words.append(f"ctmark {p['ctmark']}")
        return " ".join(words)


def counters(text):
    """Return for each chain the packets of each rule, in order."""
    found, table = {}, ""
    for line in text.splitlines():
        if line.startswith("*"):
            table = line[1:]
        elif line.startswith("["):
            count, rule = line[1:].split("]", 1)
            chain = rule.split()[1]
            found.setdefault((table, chain), []).append(int(count.split(":")[0]))
    return found


def differences(kernel, traced):
    for key in sorted(set(kernel) | set(traced)):
        a, b = kernel.get(key, []), traced.get(key, [])
        if a != b:
            yield f"{key[0]} {key[1]}: the kernel counts {a}, fw-trace {b}"


def run_case(net, options, seed):
    case = Case(seed, options.family, options.packets)
    tool = "iptables" if options.family == 4 else "ip6tables"
    restore, save = [f"{tool}-{options.backend}-restore"], [f"{tool}-{options.backend}-save", "-c"]
    empty = "".join(f"*{t}\nCOMMIT\n" for t in ("filter", "mangle", "raw", "nat"))
    subprocess.run(restore, input=empty, text=True, check=True)
    subprocess.run(["conntrack", "-F"], stderr=subprocess.DEVNULL, check=True)
    loaded = subprocess.run(restore, input=case.rules, text=True, stderr=subprocess.PIPE)
    if loaded.returncode != 0:
        number = [int(w) for w in loaded.stderr.replace(":", " ").split() if w.isdigit()]
        lines = case.rules.splitlines()
        raise SystemExit(f"seed {seed}: {loaded.stderr}" + "".join(lines[n - 1] + "\n" for n in number if 0 < n <= len(lines)))
    flows = "".join(f"-I -p udp -s {s} -d {d} --sport {a} --dport {b} -t 100 -u SEEN_REPLY,ASSURED -m {m}\n"
                    for s, d, a, b, m in case.flows)
    subprocess.run(["conntrack", "-R", "-"], input=flows, text=True, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    for packet in case.packets:
        net.send(packet)
    with tempfile.TemporaryDirectory() as tmp:
        files = [os.path.join(tmp, n) for n in ("rules", "packets")]
        for path, text in zip(files, (case.rules, "".join(case.text(p) + "\n" for p in case.packets))):
            with open(path, "w") as out:
                out.write(text)
        traced = subprocess.check_output([options.trace, f"-{options.family}", "-R", files[0], "-p", files[1], "--count"], text=True)
        for _ in range(100): # the last packets may still be on their way
            kernel = subprocess.check_output(save, text=True)
            wrong = list(differences(counters(kernel), counters(traced)))
            if not wrong:
                break
            time.sleep(0.05)
        if wrong:
            keep = tempfile.mkdtemp(prefix=f"seed-{seed}-")
            for path in files:
                subprocess.run(["cp", path, keep], check=True)
            print(f"seed {seed}, family {options.family}, {options.backend}: see {keep}", *wrong, sep="\n  ")
    return not wrong, sum(map(sum, counters(kernel).values()))


def sink(options):
    """Prevent answers to packets that reach INPUT: a later table of the other backend drops them after our counters."""
    other = "nft" if options.backend == "legacy" else "legacy"
    for tool in ("iptables", "ip6tables"):
        sh(f"{tool}-{other} -t security -P INPUT DROP")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--trace", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rulesets", type=int, default=20)
    parser.add_argument("--packets", type=int, default=100)
    parser.add_argument("--family", type=int, choices=(4, 6), default=4)
    parser.add_argument("--backend", choices=("legacy", "nft"), default="legacy")
    options = parser.parse_args()
    net = Net(options.family)
    sink(options)
    bad = hits = 0
    for n in range(options.rulesets):
        # IPv6 may send a packet of its own when a work queue runs, which is counted too, but not three times in a row. A
        # real difference appears each time.
        for _ in range(3):
            good, counted = run_case(net, options, options.seed + n)
            if good:
                break
        bad += not good
        hits += counted
    print(f"IPv{options.family} {options.backend}: {options.rulesets} rulesets, {options.rulesets * options.packets} packets, "
          f"{hits} matches counted, {bad} rulesets differ (seeds from {options.seed})")
    sys.exit(bad > 0 or hits == 0)


if __name__ == "__main__":
    main()
