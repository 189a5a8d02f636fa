#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
"""grammar.py BUILD [SEED [COUNT [PART...]]] - let fw-lint and the installed iptables read rules in unusual spellings.

Makes COUNT random variants of the samples of tests/ext, and lists of commands with options, chain names and protocols.
fw-lint must accept and refuse the same as iptables-legacy-restore --test, print an accepted rule like
iptables-legacy-save, and agree with iptables-nft-restore --test, apart from the differences that explained() names.
Prints what differs, and the last line "N texts, N rules printed, N differ, N explained". The parts are commands, names,
lines, protocols and variants. Run it with scripts/netns-run.
"""
import collections, difflib, itertools, os, random, re, subprocess, sys, tempfile

import samples as ext

build = sys.argv[1]
seed, count = (int(word) for word in (sys.argv[2:4] + ["1", "3000"][len(sys.argv) - 2:])[:2])
parts = sys.argv[4:] or ["commands", "names", "lines", "protocols", "variants"]
random.seed(seed)
pick = random.choice

SETS = "ipset create hosts hash:ip; ipset create hosts6 hash:ip family inet6; ipset create pairs hash:ip,port"
SHORT = {"-p": "--protocol", "-s": "--source", "-d": "--destination", "-i": "--in-interface", "-o": "--out-interface",
         "-j": "--jump", "-g": "--goto", "-m": "--match", "-c": "--set-counters", "-f": "--fragments"}
LONG = {name: letter for letter, name in SHORT.items()}


# --- rules from the samples ------------------------------------------------------------------------------------

def samples():
    """(table, chain, families, rule) of each sample."""
    for table, chain, families, rule, _, _ in ext.read():
        yield table, chain, families, rule


def attach(words, i):
    """-p tcp becomes -ptcp, --dport 80 becomes --dport=80 or --dport80."""
    if words[i].startswith("-") and i + 1 < len(words):
        glue = pick(["=", "=", "=", ""]) if words[i].startswith("--") else pick(["", "", "", "="])
        words[i:i + 2] = [words[i] + glue + words[i + 1]]


def respell(words, i):
    """Replace the long name of an option by the short one, or the other way round."""
    words[i] = SHORT.get(words[i], LONG.get(words[i], words[i]))


def shorten(words, i):
    """Abbreviate an option's name."""
    if words[i].startswith("--") and len(words[i]) > 4:
        words[i] = words[i][:random.randrange(3, len(words[i]))]


def negate(words, i):
    """Insert a `!', where it may or may not be allowed."""
    words.insert(i, "!")


def repeat(words, i):
    """Repeat an option and its value."""
    if words[i].startswith("-"):
        words += words[i:i + 2]


def spoil(words, i):
    """Change a value."""
    if not words[i].startswith("-"):
        words[i] = pick(['""', "0", "1", "65535", "65536", "-1", "+1", "0x10", "010", ":", "80:22", "22:80", "22:", ":22",
                         "22:22", "0:65535", "!", "all", "TCP", "tcp", "4294967295", "4294967296", "10.0.0.1", "::1",
                         "10.0.0.0/8", "10.0.0.0/255.0.255.0", "10.0.0.9/8", "::/0", "any", "none", "eth0", "+", "eth+",
                         "a/b", '"a b"', "ACCEPT", "CONTINUE", "user", "LOG", words[i].upper(), words[i] + "x", words[i] + ",1"])


def drop(words, i):
    del words[i]


def swap(words, i):
    """Reorder options."""
    j = random.randrange(len(words))
    words[i], words[j] = words[j], words[i]


def join(words, i):
    """Add one of iptables' own options."""
    words[i:i] = pick(["-p tcp", "-ptcp", "--proto=udp", "-p dccp", "-p 0", "-p 33", "-s 10.0.0.1", "-s10.0.0.1", "--src=10.0.0.1",
                       "--destination=10.0.0.2", "-i eth0", "-ieth0", "--in-interface=eth0", "-o+", "-o eth1", "-j ACCEPT", "-jDROP",
                       "--jump=LOG", "-j CONTINUE", "-jCONTINUE", "-g user", "-guser", "--goto=user", "-g CONTINUE", "-c 1 2",
                       "-c1,2", "-c ,2", "-c 1, 2", "--set-counters=1,2", "-m tcp", "-mtcp", "--match=udp", "-f", "-n", "-v", "-x", "-b", "-e",
                       "--line-numbers", "--", "-4", "-6", "-w", "-W 1", "-t filter", "--exact"]).split()


CHANGES = [attach] * 6 + [respell] * 2 + [shorten] * 3 + [negate] * 2 + [repeat, drop, swap] + [spoil] * 4 + [join] * 4


def variants(number):
    """Yield COUNT rules, each changed one to three times: (table, chain, families, rule)."""
    known = list(samples())
    for _ in range(number):
        table, chain, families, rule = pick(known)
        words = re.findall(r'"[^"]*"|\S+', rule)
        for _ in range(pick([1, 1, 2, 3])):
            if words:
                pick(CHANGES)(words, random.randrange(len(words)))
        yield table, chain, families, " ".join(words)


# --- lists -------------------------------------------------------------------------------------------------------

FRAME = ["*filter", ":user - [0:0]", ":full - [0:0]", "-A full -j RETURN", "-A INPUT -j user"]


def command_texts():
    """Each command with each of iptables' own options, and with several."""
    commands = ["-A INPUT", "-I INPUT", "-I INPUT 1", "-I INPUT 3", "-R INPUT 1", "-R INPUT", "-D INPUT", "-D INPUT 1", "-D INPUT 1:1",
                "-D INPUT 1:", "-D INPUT :1", "-C INPUT", "-L", "-L INPUT", "-L INPUT 1", "-S", "-S full", "-F", "-F full", "-F full 1",
                "-Z", "-Z INPUT", "-Z INPUT 1", "-Z -L", "-L -Z", "-L INPUT -Z", "-S full -Z", "-Z full -S", "-N new", "-X", "-X full",
                "-P INPUT DROP", "-P INPUT CONTINUE", "-E full other", "-I INPUT 1:1", "-R INPUT 1:1", "-Z INPUT 1:1"]
    options = ["", "-n", "-v", "-v -v", "-x", "--line-numbers", "-n -x", "-s 10.0.0.1", "-d 10.0.0.1", "-p tcp", "-j user", "-j ACCEPT",
               "-j CONTINUE", "-g user", "-i eth0", "-o eth0", "-f", "-c 1 2", "-c ,2", "-m tcp", "-b", "-s 10.0.0.1,10.0.0.2", "! -i +",
               "-i +", "-w", "-4", "-6", "! -s 10.0.0.1,10.0.0.2", "-j user -c 1 2", "-j user -n", "extra"]
    for command in commands:
        for option in options:
            yield [f"{command} {option}"]


def name_texts():
    """Names for new chains, and jumps to targets of the same names."""
    names = ["LOG", "REJECT", "MASQUERADE", "SET", "CT", "tcp", "TCP", "state", "standard", "ACCEPT", "DROP", "QUEUE", "RETURN", "CONTINUE",
             "INPUT", "FORWARD", "PREROUTING", "full", "user", "-x", "!x", "x!", '"a b"', '""', "a:b", "a/b", "a*b", "[x]", "x" * 28, "x" * 29,
             "x" * 30, "1", "0", "all", "log", "a,b", "a=b", "--", "ä", "a'b"]
    for name in names:
        for line in (f"-N {name}", f"-N{name}", f"--new-chain={name}", f"-E full {name}", f"--rename-chain full {name}", f"-Efull {name}",
                     f"-E full {name} -v", f":{name} - [0:0]", f":{name} -", f"-A INPUT -j {name}", f"-A INPUT -j{name}", f"-A INPUT -g {name}"):
            yield [line]
        yield [f"-N {name}", f"-A INPUT -j {name}"]
        yield [f"-E full {name}", f"-A INPUT -j {name}"]
        yield [f":{name} - [0:0]", f"-A INPUT -j {name}", f"-A {name} -j RETURN"]


def protocol_rules():
    """Protocols by number and by name, with and without options of their matches."""
    names = ["tcp", "TCP", "Tcp", "udp", "icmp", "icmpv6", "ipv6-icmp", "esp", "ah", "sctp", "dccp", "udplite", "mh", "ipv6-mh", "ipcomp", "gre",
             "ipv6", "ospf", "all", "ALL", "any", "ip", "0x6", "06", "+6", "6x", "256", "-1", '""', "6 ", "mobility-header", "ipencap", "l2tp"]
    for name in names + [str(number) for number in range(0, 258, 3)] + ["33", "108", "135", "136", "132", "58", "1", "6", "17", "4", "41"]:
        for line in (f"-p {name}", f"! -p {name}", f"-p {name} --dport 80", f"-p{name}", f"--protocol={name} -m {name}",
                     f"-m conntrack --ctproto {name}", f"-m policy --dir in --pol ipsec --proto {name}"):
            yield "filter", "INPUT", "46", line


def line_texts():
    """Other kinds of lines."""
    for line in (":INPUT ACCEPT", ":INPUT ACCEPT [1:2]", ":INPUT ACCEPT [1:2] more", ":INPUT - [0:0]", ":INPUT DROP 1:2",
                 ":user - [0:0]", ":new ACCEPT [0:0]", ":INPUT RETURN [0:0]", "[1:2] -A INPUT -j user", "[1:2]-A INPUT -j user",
                 "[1:2] -A INPUT -c 3 4", "-A INPUT -c 1 2 -c 3 4", "-t filter -A INPUT", "-t nat -A INPUT", "--table=filter -A INPUT",
                 "-A INPUT -m comment --comment ''", '-A INPUT -m comment --comment ""', "-AINPUT -juser", "--append=INPUT", "--app INPUT",
                 "--a INPUT", "-A", "-j user", "-A INPUT -j", "-A INPUT -", "-A INPUT -p", "A INPUT", "-Q INPUT", "-I INPUT -1", "-I INPUT 0",
                 "-I INPUT 01", "-I INPUT 0x1", "-I INPUT +1", "-I INPUT 1x", "-D INPUT 1x", "-D INPUT 0x1", "-D INPUT +1", '-D INPUT " 1"',
                 "-D INPUT 99999999999", "-D INPUT 4294967297", "-R INPUT 4294967297 -j user", "-D INPUT 01", '-D INPUT ""', "-D INPUT 1 2",
                 "-R INPUT 1 -s 10.0.0.1,10.0.0.2 -j user", "-R INPUT 1 -s 0/0 -j user", "-P INPUT", "-PINPUT DROP", "--policy=INPUT DROP",
                 "-P INPUT ACCEPT -c 1 2", "-P INPUT ACCEPT -c ,2", "-P INPUT ACCEPT -c 1,", "-P INPUT ACCEPT -c x 2", "-Xfull", "-Ffull",
                 "-Zfull", "-Lfull", "-Sfull", "--flush=full", "--zero=full", "--list=full", "--delete-chain=full", "-F full extra"):
        yield [line]



# --- judges --------------------------------------------------------------------------------------------------------

class Judge:
    """A program that accepts a text or names the line that it refuses."""

    def __init__(self, *command):
        self.command = command

    def run(self, lines):
        text = "".join(line + "\n" for line in lines).encode("latin-1", "replace")
        return subprocess.run(self.command, input=text, capture_output=True, timeout=600, check=False)

    def refused(self, head, lines):
        """Return the message about each refused line. The lines are put between the head and a COMMIT."""
        said, first = {}, 0
        while first < len(lines):
            done = self.run(head + lines[first:] + ["COMMIT"])
            if done.returncode == 0:
                break
            error = done.stderr.decode("latin-1")
            at = re.search(r"line:? (\d+)", error)
            at = first + int(at[1]) - 1 - len(head) if at else first
            if done.returncode < 0 or not first <= at < len(lines):  # it died, or names none of the lines: try them one at a time
                at = first
                done = self.run(head + [lines[at], "COMMIT"])
                error = done.stderr.decode("latin-1") if done.returncode >= 0 else f"died of signal {-done.returncode}"
            if done.returncode != 0:
                said[at] = error.strip().split("\n")[0]
            first = at + 1
        return said


class Lint(Judge):
    """fw-lint, which names all refused lines at once."""

    def refused(self, head, lines):
        said = {}
        done = self.run(head + lines + ["COMMIT"])
        for line, text in re.findall(r"^<stdin>:(\d+):\d+: error: (.*)$", done.stderr.decode("latin-1"), re.M):
            said.setdefault(int(line) - 1 - len(head), text)
        if (done.returncode == 1) != bool(said) or done.returncode not in (0, 1):
            said[0] = f"status {done.returncode} with {len(said)} lines refused"
        return said


def judges(family):
    program = "iptables" if family == "4" else "ip6tables"
    return (Lint(f"{build}/fw-lint", "-q", "--each", "--max=0", "-" + family, "--checks=syntax", "-"),
            Judge(f"{program}-legacy-restore", "--test"), Judge(f"{program}-nft-restore", "--test"))


def explained(line, lint, legacy, nft):
    """Return why the judges differ, if known; each argument is a judge's message or None. tests/ext/README explains more."""
    if lint and legacy and not nft and re.search(r"Couldn't load target|is not a chain|: line \d+ failed|No chain/target", legacy):
        return "iptables-nft-restore --test does not look for chains and rules"
    if nft and not lint and not legacy and "match requires '-p" in nft:
        return "iptables-nft wants a protocol, and so does the kernel: a finding of --checks=kernel"
    if re.search(r"(^| )(-4|-6|--ipv[46]?)( |$)", line) and not lint:
        return "a line that is marked for one family is read for that one alone"
    return None


tally = collections.Counter()


def compare(family, place, head, lines):
    verdicts = [judge.refused(head, lines) for judge in judges(family)]
    good = []
    for i, line in enumerate(lines):
        said = [verdict.get(i) for verdict in verdicts]
        tally["texts"] += 1
        if all(said):
            continue
        if not any(said):
            good.append(line)
        elif (why := explained(line, *said)) is not None:
            tally["explained"] += 1
            tally["explained: " + why] += 1
        else:
            tally["differ"] += 1
            words = "; ".join(f"{name}: {text}" for name, text in zip(("fw-lint", "legacy", "nft"), said) if text)
            print(f"IPv{family} {place}: {line}    # {words}", flush=True)
    return good


# --- printing --------------------------------------------------------------------------------------------------------

def loadable(restore, head, lines):
    """Return the lines that the kernel accepts."""
    if not lines or restore.run(head + lines + ["COMMIT"]).returncode == 0:
        return lines
    half = len(lines) // 2
    return loadable(restore, head, lines[:half]) + loadable(restore, head, lines[half:]) if half else []


def compare_printed(family, table, chain, head, lines):
    """Compare our printer with iptables-legacy-save on the rules that every judge accepts."""
    program = "iptables-legacy" if family == "4" else "ip6tables-legacy"
    restore = Judge(f"{program}-restore")
    lines = loadable(restore, head, lines)
    restore.run(head + lines + ["COMMIT"])
    saved = Judge(f"{program}-save", "-t", table).run([]).stdout.decode("latin-1").splitlines()
    restore.run([f"*{table}", "COMMIT"])
    with tempfile.NamedTemporaryFile("w", encoding="latin-1") as file:
        file.write("".join(line + "\n" for line in head + lines + ["COMMIT"]))
        file.flush()
        ours = Judge(f"{build}/tests/reprint", family, file.name).run([]).stdout.decode("latin-1").splitlines()
    ours = [re.sub(r"^\[[0-9:]*\] ", "", line) for line in ours]
    ours, saved = ([line for line in text if line.startswith(f"-A {chain}")] for text in (ours, saved))
    tally["printed"] += len(saved)
    for line in difflib.unified_diff(saved, ours, "iptables-legacy-save", "fw-tools", n=0, lineterm=""):
        if line[0] in "+-" and line[:3] not in ("+++", "---"):
            tally["differ"] += 1
            print(f"IPv{family} {table} printed: {line}", flush=True)


def main():
    os.system(SETS)
    texts = {"commands": command_texts, "names": name_texts, "lines": line_texts}
    for lists in [texts[part] for part in parts if part in texts]:
        for lines in lists():
            for family in "46" if random.random() < 0.1 else "4":
                compare(family, "text", FRAME + lines[:-1], lines[-1:])
    groups = collections.defaultdict(list)
    for table, chain, families, rule in itertools.chain(protocol_rules() if "protocols" in parts else (),
                                                        variants(count) if "variants" in parts else ()):
        for family in families:
            groups[table, chain, family].append(f"-A {chain} {rule}")
    for (table, chain, family), lines in groups.items():
        head = [f"*{table}", ":user - [0:0]"]
        for first in range(0, len(lines), 200):  # because a table of thousands of rules takes long
            good = compare(family, table, head, lines[first:first + 200])
            compare_printed(family, table, chain, head, good)
    for why, number in sorted(tally.items()):
        if why.startswith("explained: "):
            print(f"{number} {why}")
    print(f"{tally['texts']} texts, {tally['printed']} rules printed, {tally['differ']} differ, {tally['explained']} explained")
    return tally["differ"] > 0 or tally["texts"] == 0


sys.exit(main())
