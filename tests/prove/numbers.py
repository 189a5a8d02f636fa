#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
"""numbers.py FW-LINT [PART] - load numbers around the borders of what each match and target takes, with both backends.

fw-lint must report no error for a value that one backend loads, a finding for a value that one of them refuses, and an
error, a note of what is needed, or a warning that says "may" for a value that both refuse. PART, 1 by default, takes every
PART-th value only. Prints the differences, and last "N values, N loaded, N unsaid, N wrong". Needs root; run it with
scripts/netns-run.
"""
import itertools, json, subprocess, sys, tempfile

SETS = "numbers4 hash:ip timeout 0; numbers6 hash:ip family inet6 timeout 0"
BATCH = 250
# The answer depends on what exists beside the rule, or on the kernel.
NEEDS, DEPENDS = "kernel-needs", "kernel-depends"


def borders(bits, *more):
    """Numbers beside each power of two up to 2^bits and each power of ten, and beside `more`."""
    at = [2 ** bit for bit in range(bits + 1)] + [10 ** digits for digits in range(1, 20) if 10 ** digits < 2 ** bits]
    return sorted({number + step for number in [*at, *more] for step in (-1, 0, 1) if number + step >= 0})


def pairs(separator, numbers):
    """Some ranges of these numbers, upside down ones among them."""
    return [f"{first}{separator}{last}" for at, first in enumerate(numbers)
            for last in {first, numbers[-1], numbers[at // 2], numbers[(at + len(numbers)) // 2]}]


def masked(bits):
    numbers = borders(bits)
    return numbers + [f"{value:#x}/{mask:#x}" for value, mask in zip(numbers, reversed(numbers))]


BYTE, PORT, WORD, LONG = borders(8), borders(16), borders(32), borders(64)
UNITS = ("sec", "min", "hour", "day")
RATES = sorted({*borders(14, 40, 250, 2500, 3125, 6250, 10000), *range(1, 20)})
BURSTS = sorted({*borders(32, 40, 107, 1000, 5000), *range(1, 30)})
BYTES = [f"{number}{unit}b/s" for unit in ("", "k", "m") for number in borders(32, 4194304, 4096)]
MODES = ("srcip", "dstip", "srcport", "dstport", "srcip,dstip,srcport,dstport")
COMMON = "--hashlimit-htable-size 8 --hashlimit-name"


def rates(numbers, units):
    return [f"{number}/{unit}" for number in numbers for unit in units]


def some(values, count):
    """About so many of them, spread evenly; always the same ones."""
    values = list(values)
    return values[::max(1, len(values) // count)]


# Families, table, chain, the rule with {} for each value and {name} for a name of its own, the values of each {}.
ROWS = [
    ("46", "filter", "INPUT", "-p tcp -m hashlimit --hashlimit-upto {} " + COMMON + " {name}", rates(RATES, UNITS)),
    ("46", "filter", "INPUT", "-p tcp -m hashlimit --hashlimit-above {} --hashlimit-burst {} " + COMMON + " {name}",
     some(itertools.product(rates(RATES, UNITS), BURSTS), 2000)),
    ("46", "filter", "INPUT", "-p tcp -m hashlimit --hashlimit-upto 1/{} --hashlimit-burst {} " + COMMON + " {name}",
     itertools.product(UNITS, BURSTS)),
    ("46", "filter", "INPUT", "-p tcp -m hashlimit --hashlimit-mode {} --hashlimit-upto {} --hashlimit-burst {} " + COMMON + " {name}",
     some(itertools.product(MODES, rates((1, 39, 40, 41, 100), ("sec", "day")), BURSTS), 500)),
    ("46", "filter", "INPUT", "-m hashlimit --hashlimit-upto {} " + COMMON + " {name}", BYTES),
    ("46", "filter", "INPUT", "-m hashlimit --hashlimit-above {} --hashlimit-burst {} " + COMMON + " {name}",
     some(itertools.product(BYTES, [f"{number}{unit}b" for unit in ("", "k", "m") for number in borders(32)]), 600)),
    ("46", "filter", "INPUT", "-m hashlimit --hashlimit-above {} --hashlimit-rate-match " + COMMON + " {name}", rates(RATES, UNITS)),
    ("46", "filter", "INPUT", "-m hashlimit --hashlimit-above {} --hashlimit-rate-match --hashlimit-rate-interval {} " + COMMON + " {name}",
     some(itertools.product(rates((1, 5, 1000000), ("s", "day")) + ["1b/s", "2kb/s", "4095mb/s"], WORD), 300)),
    ("46", "filter", "INPUT", "-m hashlimit --hashlimit-upto 5/s --hashlimit-htable-expire {} " + COMMON + " {name}", WORD),
    ("46", "filter", "INPUT", "-m hashlimit --hashlimit-upto 5/s --hashlimit-htable-gcinterval {} " + COMMON + " {name}", WORD),
    ("46", "filter", "INPUT", "-m hashlimit --hashlimit-upto 5/s --hashlimit-htable-max {} " + COMMON + " {name}", borders(20)),
    ("46", "filter", "INPUT", "-m hashlimit --hashlimit-upto 5/s --hashlimit-mode srcip --hashlimit-srcmask {} " + COMMON + " {name}", BYTE),
    ("46", "filter", "INPUT", "-m hashlimit --hashlimit-upto 5/s --hashlimit-mode dstip --hashlimit-dstmask {} " + COMMON + " {name}", BYTE),
    ("46", "filter", "INPUT", "-m limit --limit {}", rates(RATES, UNITS)),
    ("46", "filter", "INPUT", "-m limit --limit {} --limit-burst {}", some(itertools.product(rates(RATES, UNITS), BURSTS), 2000)),
    ("46", "filter", "INPUT", "-m limit --limit 1/{} --limit-burst {}", itertools.product(UNITS, BURSTS)),
    ("46", "filter", "INPUT", "-m connbytes --connbytes {} --connbytes-mode bytes --connbytes-dir both", LONG),
    ("46", "filter", "INPUT", "-m connbytes --connbytes {} --connbytes-mode avgpkt --connbytes-dir reply", pairs(":", LONG)),
    ("46", "filter", "INPUT", "-m connlimit --connlimit-above {}", WORD),
    ("46", "filter", "INPUT", "-m connlimit --connlimit-upto 5 --connlimit-mask {}", BYTE),
    ("46", "filter", "INPUT", "-m quota --quota {}", LONG),
    ("46", "filter", "INPUT", "-m statistic --mode nth --every {} --packet 0", WORD),
    ("46", "filter", "INPUT", "-m statistic --mode nth --every {} --packet {}", some(itertools.product(WORD, WORD), 500)),
    ("46", "filter", "INPUT", "-m statistic --mode random --probability {}",
     ["0", "1", "0.5", "1.0", "0.0000000001", "0.00000000001", "0.99999999999", "1.0000001", "2", "1e-10", "1e-20", "0x1p-31", "-0.1"]),
    ("46", "filter", "INPUT", "-m recent --rcheck --name {name} --seconds {}", WORD),
    ("46", "filter", "INPUT", "-m recent --rcheck --name {name} --hitcount {}", borders(17, 20, 255, 65535)),
    ("46", "filter", "INPUT", "-m recent --update --name {name} --seconds {} --hitcount {}", some(itertools.product(WORD, borders(17)), 300)),
    ("46", "filter", "INPUT", "-m recent --rcheck --reap --name {name} --seconds {}", WORD),
    ("46", "filter", "INPUT", "-m recent --{} --name {name} --{} {}",
     itertools.product(("set", "remove", "rcheck", "update"), ("seconds", "hitcount"), borders(9))),
    ("4", "filter", "INPUT", "-m recent --set --name {name} --mask 255.255.255.{}", BYTE),
    ("46", "filter", "INPUT", "-m string --algo bm --string abc --from {}", PORT),
    ("46", "filter", "INPUT", "-m string --algo kmp --string abc --to {}", PORT),
    ("46", "filter", "INPUT", "-m string --algo bm --string abc --from {} --to {}", some(itertools.product(PORT, PORT), 600)),
    ("46", "filter", "INPUT", "-m string --algo bm --string {}", ["a" * size for size in borders(7) if 0 < size < 140]),
    ("46", "filter", "INPUT", "-m string --algo bm --hex-string |{}|", ["00" * size for size in borders(7) if size < 140]),
    ("46", "filter", "INPUT", '-m u32 --u32 "{}=1"', WORD),
    ("46", "filter", "INPUT", '-m u32 --u32 "0={}"', WORD + pairs(":", WORD)),
    ("46", "filter", "INPUT", '-m u32 --u32 "0&{}=1"', WORD),
    ("46", "filter", "INPUT", '-m u32 --u32 "0>>{}=1"', WORD),
    ("46", "filter", "INPUT", '-m u32 --u32 "0<<{}=1"', WORD),
    ("46", "filter", "INPUT", '-m u32 --u32 "4&0xff=1&&0>>{}@0<<{}=1"', some(itertools.product(BYTE, BYTE), 300)),
    ("46", "filter", "INPUT", '-m u32 --u32 "{}"', ["&&".join(["0=1"] * size) for size in range(1, 14)] +
     ["0" + ">>1" * size + "=1" for size in range(1, 14)] + ["0=" + ",".join(["1"] * size) for size in range(1, 14)]),
    ("46", "filter", "INPUT", "-m length --length {}", PORT + pairs(":", PORT) + [f"{n}:" for n in PORT] + [f":{n}" for n in PORT]),
    ("4", "filter", "INPUT", "-m ttl --ttl-{} {}", itertools.product(("eq", "lt", "gt"), BYTE)),
    ("6", "filter", "INPUT", "-m hl --hl-{} {}", itertools.product(("eq", "lt", "gt"), BYTE)),
    ("4", "mangle", "FORWARD", "-j TTL --ttl-{} {}", itertools.product(("set", "inc", "dec"), BYTE)),
    ("6", "mangle", "FORWARD", "-j HL --hl-{} {}", itertools.product(("set", "inc", "dec"), BYTE)),
    ("46", "mangle", "FORWARD", "-p tcp --syn -j TCPMSS --set-mss {}", PORT),
    ("46", "filter", "INPUT", "-p tcp -m tcpmss --mss {}", PORT + pairs(":", PORT)),
    ("46", "filter", "INPUT", "-j NFQUEUE --queue-num {}", PORT),
    ("46", "filter", "INPUT", "-j NFQUEUE --queue-balance {}", pairs(":", PORT) + ["0:65535", "1:65535", "0:65534", "65535:65535"]),
    ("46", "filter", "INPUT", "-j NFQUEUE --queue-balance 0:{} --queue-cpu-fanout", PORT),
    ("46", "filter", "INPUT", "-j NFLOG --nflog-group {}", PORT),
    ("46", "filter", "INPUT", "-j NFLOG --nflog-range {}", WORD),
    ("46", "filter", "INPUT", "-j NFLOG --nflog-size {}", WORD),
    ("46", "filter", "INPUT", "-j NFLOG --nflog-threshold {}", PORT),
    ("46", "filter", "INPUT", "-j NFLOG --nflog-prefix {}", ["a" * size for size in borders(7)[1:]]),
    ("46", "filter", "INPUT", "-j LOG --log-prefix {}", ["a" * size for size in borders(6)[1:]]),
    ("46", "filter", "INPUT", "-j LOG --log-level {}", BYTE),
    ("46", "mangle", "FORWARD", "-j DSCP --set-dscp {}", BYTE),
    ("46", "filter", "INPUT", "-m dscp --dscp {}", BYTE),
    ("46", "mangle", "FORWARD", "-j TOS --set-tos {}", masked(8)),
    ("46", "mangle", "FORWARD", "-j TOS --{}-tos {}", itertools.product(("and", "or", "xor"), BYTE)),
    ("46", "filter", "INPUT", "-m tos --tos {}", masked(8)),
    ("46", "mangle", "FORWARD", "-j MARK --set-{}mark {}", itertools.product(("", "x"), masked(32))),
    ("46", "mangle", "FORWARD", "-j MARK --{}-mark {}", itertools.product(("and", "or", "xor"), WORD)),
    ("46", "filter", "INPUT", "-m mark --mark {}", masked(32)),
    ("46", "filter", "INPUT", "-m connmark --mark {}", masked(32)),
    ("46", "mangle", "FORWARD", "-j CONNMARK --set-{}mark {}", itertools.product(("", "x"), masked(32))),
    ("46", "mangle", "FORWARD", "-j CONNMARK --restore-mark --nfmask {} --ctmask {}", some(itertools.product(WORD, WORD), 200)),
    ("46", "mangle", "FORWARD", "-j CLASSIFY --set-class {:x}:{:x}", some(itertools.product(PORT, PORT), 200)),
    ("46", "raw", "PREROUTING", "-j CT --zone {}", PORT),
    ("4", "mangle", "FORWARD", "-j HMARK --hmark-tuple src,dst --hmark-mod {} --hmark-rnd 4", WORD),
    ("46", "mangle", "FORWARD", "-j HMARK --hmark-tuple src,sport --hmark-mod 2 --hmark-offset {} --hmark-rnd {}", some(itertools.product(WORD, WORD), 150)),
    ("4", "mangle", "FORWARD", "-j HMARK --hmark-tuple src --hmark-mod 2 --hmark-rnd 1 --hmark-{}-prefix {}", itertools.product(("src", "dst"), BYTE)),
    ("46", "mangle", "FORWARD", "-j HMARK --hmark-tuple src,sport --hmark-mod 2 --hmark-rnd 1 --hmark-sport-mask {:#x}", PORT),
    ("46", "filter", "INPUT", "-j SET --add-set {set} src --timeout {}", borders(32, 2147483, 4294967)),
    ("46", "mangle", "PREROUTING", "-p tcp -j TPROXY --on-port {}", PORT),
    ("46", "mangle", "PREROUTING", "-p udp -j TPROXY --on-port 1 --tproxy-mark {}", masked(32)),
    ("46", "nat", "PREROUTING", "-p tcp -j REDIRECT --to-ports {}", PORT + pairs("-", PORT)),
    ("46", "nat", "POSTROUTING", "-p tcp -j MASQUERADE --to-ports {}", PORT + pairs("-", PORT)),
    ("4", "nat", "PREROUTING", "-p tcp -j DNAT --to-destination 192.0.2.1:{}", PORT + pairs("-", PORT)),
    ("6", "nat", "POSTROUTING", "-p tcp -j SNAT --to-source [2001:db8::1]:{}", PORT + pairs("-", PORT)),
    ("46", "filter", "INPUT", "-p tcp -j SYNPROXY --mss {}", PORT),
    ("46", "filter", "INPUT", "-p tcp -j SYNPROXY --wscale {}", BYTE),
    ("46", "filter", "INPUT", "-j IDLETIMER --label {name} --timeout {}", borders(32, 2147482, 2147483)),
    ("46", "filter", "INPUT", "-j RATEEST --rateest-name {name} --rateest-interval {} --rateest-ewmalog {}",
     [(f"{i}{u}", f"{e}{v}") for u in ("ms", "s") for i in (1, 249, 250, 251, 499, 500, 999, 1000, 8000, 8001, 100000) for v in ("ms", "s")
      for e in (1, 250, 500, 501, 10000, 10 ** 6, 10 ** 7)]),
    ("46", "filter", "INPUT", "-m connlabel --label {}", PORT),
    ("46", "filter", "INPUT", "-m cluster --cluster-total-nodes {} --cluster-local-node 1 --cluster-hash-seed 1", WORD),
    ("46", "filter", "INPUT", "-m cluster --cluster-total-nodes {} --cluster-local-node {} --cluster-hash-seed 1", itertools.product(range(34), range(34))),
    ("46", "filter", "INPUT", "-m cluster --cluster-total-nodes {} --cluster-local-nodemask {} --cluster-hash-seed 1",
     some(itertools.product(range(34), WORD), 400)),
    ("46", "filter", "INPUT", "-m cluster --cluster-total-nodes 2 --cluster-local-node 1 --cluster-hash-seed {}", WORD),
    ("46", "filter", "INPUT", "-m cpu --cpu {}", WORD),
    ("46", "filter", "INPUT", "-m devgroup --src-group {}", masked(32)),
    ("46", "filter", "OUTPUT", "-m owner --uid-owner {}", WORD + pairs("-", WORD)),
    ("46", "filter", "OUTPUT", "-m owner --gid-owner {}", WORD + pairs("-", WORD)),
    ("46", "filter", "OUTPUT", "-m cgroup --cgroup {}", WORD),
    ("46", "filter", "INPUT", "-m policy --dir in --pol ipsec --strict --reqid {}", WORD),
    ("46", "filter", "INPUT", "-m policy --dir in --pol ipsec --strict {}",
     [" --next ".join(f"--reqid {n}" for n in range(1, size + 1)) for size in range(1, 7)]),
    ("46", "filter", "INPUT", "-m policy --dir in --pol ipsec --strict --spi {}", WORD),
    ("4", "filter", "INPUT", "-m realm --realm {}", masked(32)),
    ("46", "filter", "INPUT", "-m conntrack --ctexpire {}", WORD + pairs(":", WORD)),
    ("46", "filter", "INPUT", "-m conntrack --ctproto {}", BYTE),
    ("46", "filter", "INPUT", "-p tcp -m conntrack --ctorigdstport {}", PORT + pairs(":", PORT)),
    ("4", "filter", "INPUT", "-p ah -m ah --ahspi {}", WORD + pairs(":", WORD)),
    ("6", "filter", "INPUT", "-m ah --ahspi {} --ahlen 4", WORD),
    ("6", "filter", "INPUT", "-m ah --ahspi 1 --ahlen {} --ahres", WORD),
    ("46", "filter", "INPUT", "-p esp -m esp --espspi {}", WORD + pairs(":", WORD)),
    ("46", "filter", "INPUT", "-p ipcomp -m ipcomp --ipcompspi {}", WORD),
    ("46", "filter", "INPUT", "-p {} -j ACCEPT", BYTE),
    ("46", "filter", "INPUT", "-p tcp -m tcp --dport {}", PORT + pairs(":", PORT)),
    ("46", "filter", "INPUT", "-p tcp -m tcp --tcp-option {}", BYTE),
    ("46", "filter", "INPUT", "-p udp -m udp --sport {}", PORT + pairs(":", PORT)),
    ("46", "filter", "INPUT", "-p sctp -m sctp --dport {}", PORT + pairs(":", PORT)),
    ("46", "filter", "INPUT", "-p dccp -m dccp --dport {}", PORT + pairs(":", PORT)),
    ("46", "filter", "INPUT", "-p dccp -m dccp --dccp-option {}", BYTE),
    ("46", "filter", "INPUT", "-p tcp -m multiport --dports {}", [",".join(map(str, range(1, size + 1))) for size in range(1, 18)] + pairs(":", PORT)),
    ("4", "filter", "INPUT", "-p icmp -m icmp --icmp-type {}", BYTE),
    ("4", "filter", "INPUT", "-p icmp -m icmp --icmp-type 3/{}", BYTE),
    ("6", "filter", "INPUT", "-p icmpv6 -m icmp6 --icmpv6-type {}", BYTE),
    ("6", "filter", "INPUT", "-p icmpv6 -m icmp6 --icmpv6-type 1/{}", BYTE),
    ("6", "filter", "INPUT", "-m frag --fragid {}", WORD + pairs(":", WORD)),
    ("6", "filter", "INPUT", "-m frag --fraglen {}", WORD),
    ("6", "filter", "INPUT", "-m {} --{}-len {}", [(name, name, n) for name in ("dst", "hbh") for n in WORD]),
    ("6", "filter", "INPUT", "-m {} --{}-opts {}", [(name, name, value) for name in ("dst", "hbh") for value in
     [f"{n}" for n in BYTE] + [f"5:{n}" for n in BYTE] + [",".join(map(str, range(1, size + 1))) for size in range(1, 19)]]),
    ("6", "filter", "INPUT", "-m rt --rt-type {}", WORD),
    ("6", "filter", "INPUT", "-m rt --rt-segsleft {}", WORD + pairs(":", WORD)),
    ("6", "filter", "INPUT", "-m rt --rt-type 0 --rt-len {}", WORD),
    ("6", "filter", "INPUT", "-m srh --srh-{} {}", itertools.product(("next-hdr", "hdr-len-eq", "hdr-len-gt", "segs-left-lt", "last-entry-eq"), BYTE)),
    ("6", "filter", "INPUT", "-m srh --srh-tag {}", PORT),
    ("6", "filter", "INPUT", "-p mh -m mh --mh-type {}", BYTE + pairs(":", BYTE)),
    ("46", "filter", "INPUT", "-m time --timestart {:02}:{:02}:{:02}", [(h, m, s) for h in (0, 1, 22, 23, 24, 25) for m in (0, 59, 60, 61) for s in (0, 59, 60)]),
    ("46", "filter", "INPUT", "-m time --monthdays {}", BYTE),
    ("46", "filter", "INPUT", "-m time --weekdays {}", borders(4)),
    ("46", "filter", "INPUT", "-m time --datestart {}-01-01T00:00:00", (1, 1900, 1969, 1970, 1971, 2037, 2038, 2039, 2099, 2100, 9999)),
    ("6", "mangle", "INPUT", "-j SNPT --src-pfx 2001:db8::/{} --dst-pfx 2001:db8:1::/{}", itertools.product((0, 1, 31, 32, 48, 63, 64, 65, 127, 128, 129), repeat=2)),
    ("4", "filter", "INPUT", "-s 192.0.2.1/{}", BYTE),
    ("6", "filter", "INPUT", "-s 2001:db8::1/{}", BYTE),
    ("46", "filter", "INPUT", "-i {}", ["e" * size for size in range(1, 20)]),
    ("46", "filter", "INPUT", "-m comment --comment {}", ["a" * size for size in borders(8)[1:]]),
    ("46", "filter", "INPUT", "-m bpf --bytecode \"{}\"", [f"{size},{'0 0 0 0,' * (size - 1)}6 0 0 1" for size in range(1, 68)]),
    ("46", "filter", "INPUT", "-m bpf --bytecode \"2,{} 0 0 {},6 0 0 1\"", itertools.product((0, 1, 2, 3, 4, 5, 52, 53, 100, 116, 148, 84), borders(5))),
    ("4", "filter", "INPUT", "-p tcp -m osf --genre Linux --ttl {} --log {}", itertools.product(range(5), range(5))),
    ("46", "filter", "INPUT", "-m helper --helper {}", ["a" * size for size in borders(5)[1:]]),
    ("46", "filter", "INPUT", "-p tcp -m ecn --ecn-ip-ect {}", BYTE),
    ("4", "mangle", "FORWARD", "-p tcp -j ECN --ecn-ip-ect {}", BYTE),
    ("46", "filter", "INPUT", "-j AUDIT --type {}", ("accept", "drop", "reject", "other")),
    ("46", "mangle", "FORWARD", "-p tcp -j TCPOPTSTRIP --strip-options {}", BYTE),
]


def rules(part):
    """By (family, table, chain): the rules."""
    found, at, named = {}, 0, 0
    for families, table, chain, text, values in ROWS:
        for value in values:
            at += 1
            if at % part != 0:
                continue
            for family in families:
                named += 1
                words = value if isinstance(value, tuple) else (value,)
                rule = text.format(*words, name=f"n{named}", set="numbers" + family)
                found.setdefault((family, table, chain), []).append(rule)
    return found


def text_of(table, chain, some_rules):
    return f"*{table}\n" + "".join(f"-A {chain} {rule}\n" for rule in some_rules) + "COMMIT\n"


def findings(lint, family, table, chain, some_rules, checks):
    """By rule: (severity, name, text) of each finding."""
    said = [[] for _ in some_rules]
    with tempfile.NamedTemporaryFile("w") as text:
        text.write(text_of(table, chain, some_rules))
        text.flush()
        run = subprocess.run([lint, "-" + family, "--each", "--checks=" + checks, "--format=json", text.name], capture_output=True, text=True, check=False)
    if run.returncode > 1 and len(some_rules) > 1:  # some rule made it die: which?
        half = len(some_rules) // 2
        return (findings(lint, family, table, chain, some_rules[:half], checks) +
                findings(lint, family, table, chain, some_rules[half:], checks))
    if run.returncode > 1:
        return [[("error", "died", run.stdout)]]
    for line in run.stdout.splitlines():
        finding = json.loads(line)
        if finding.get("line") and 1 < finding["line"] <= len(some_rules) + 1:
            said[finding["line"] - 2].append((finding["level"], finding["id"], finding["text"]))
    return said


def judge(lint, family, table, chain, some_rules):
    """What fw-lint says of each. What cannot be read ends its work, so the rest is asked again without it."""
    said = findings(lint, family, table, chain, some_rules, "syntax")
    read = [at for at, one in enumerate(said) if not any(severity == "error" for severity, _, _ in one)]
    again = findings(lint, family, table, chain, [some_rules[at] for at in read], "syntax,kernel")
    for at, one in zip(read, again):
        said[at] = one
    return said


class Loader:
    """Rules of one place by one backend."""

    def __init__(self, backend, family, table, chain):
        self.program = f"{'iptables' if family == '4' else 'ip6tables'}-{backend}-restore"
        self.table, self.chain = table, chain

    def load(self, some_rules):
        return subprocess.run([self.program], input=text_of(self.table, self.chain, some_rules).encode(), capture_output=True, check=False).returncode == 0

    def all_of(self, some_rules, first=0):
        """The numbers of those that load, by halves where some do not."""
        if not some_rules or self.load(some_rules):
            return set(range(first, first + len(some_rules)))
        if len(some_rules) == 1:
            return set()
        half = len(some_rules) // 2
        return self.all_of(some_rules[:half], first) | self.all_of(some_rules[half:], first + half)

    def which(self, some_rules, refused):
        """The numbers of those that load; `refused` of them are expected not to, and are tried one by one."""
        loaded = {at for at in refused if self.load([some_rules[at]])}
        rest = [at for at in range(len(some_rules)) if at not in refused]
        for at in range(0, len(rest), BATCH):
            batch = rest[at:at + BATCH]
            loaded |= {batch[number] for number in self.all_of([some_rules[n] for n in batch])}
        self.load([])
        return loaded


def fault(loads, said):
    """What is wrong about that; None: nothing. loads: with how many of the two backends."""
    severities = [severity for severity, _, _ in said]
    if loads > 0 and "error" in severities:
        return "wrong", "loads, and an error is said"
    if loads < 2 and not said:
        return "unsaid", "refused, and nothing is said"
    hedged = any(name == NEEDS or (name == DEPENDS and "may" in text.split()) for _, name, text in said)
    if loads == 0 and "error" not in severities and not hedged:
        return "unsaid", "refused by both, and too little is said"
    return None


def main():
    lint, part = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for one in SETS.split("; "):
        subprocess.run(["ipset", "-exist", "create", *one.split()], check=True)
    values = loads = 0
    faults = {"unsaid": 0, "wrong": 0}
    for (family, table, chain), some_rules in rules(part).items():
        said = judge(lint, family, table, chain, some_rules)
        refused = {at for at, one in enumerate(said) if any(severity == "error" for severity, _, _ in one)}
        by_backend = [Loader(backend, family, table, chain).which(some_rules, refused) for backend in ("legacy", "nft")]
        values += len(some_rules)
        for at, rule in enumerate(some_rules):
            took = [at in loaded for loaded in by_backend]
            loads += sum(took)
            found = fault(sum(took), said[at])
            if found:
                faults[found[0]] += 1
                print(f"IPv{family} {table} {chain} {rule}: {found[1]} (legacy {took[0]}, nft {took[1]}): {'; '.join(text for _, _, text in said[at])}")
    print(f"{values} values, {loads} loaded, {faults['unsaid']} unsaid, {faults['wrong']} wrong")
    return values == 0 or sum(faults.values()) > 0


sys.exit(main())
