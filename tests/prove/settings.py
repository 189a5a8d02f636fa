#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
"""settings.py --load PROGRAM [--backend nft|legacy]

For every setting of the kernel below net. that a text can change, load another value, then load a text without it.
Afterwards all settings of the kernel must be as before, also those that the kernel changes along with it. Run it in a
network namespace of its own (scripts/netns-run). Prints each setting for which they are not.
"""
import argparse, os, subprocess, sys, tempfile

ROOT = "/proc/sys/net"
# Counters, settings of the whole machine, and gc_min_interval, which is less precise than gc_min_interval_ms.
PASSED_OVER = ("nf_conntrack_count", "/neigh/", "/route/flush", "_mem", "nf_hooks_lwtunnel", "stat_refresh", "gc_min_interval")


def tree():
    settings = {}
    for folder, _, files in os.walk(ROOT):
        for name in files:
            path = os.path.join(folder, name)
            try:
                with open(path) as f:
                    settings[path] = f.read().strip()
            except OSError:
                pass
    return {path: value for path, value in settings.items() if not any(part in path for part in PASSED_OVER)}


def write(path, value):
    try:
        with open(path, "w") as f:
            f.write(value + "\n")
        return True
    except OSError:
        return False


def make_exceptions(settings):
    """Make the interfaces differ: e1 gets the other value of each setting that is 0 or 1."""
    for path, value in settings.items():
        if "/conf/e1/" in path and value in ("0", "1"):
            write(path, str(1 - int(value)))
    write(ROOT + "/ipv4/conf/all/accept_redirects", "0")


class Loader:
    def __init__(self, program, backend, work):
        self.command = [program, "-q", "-b", backend, "-s", work + "/state", "--adopt"]

    def load(self, directives):
        text = "".join(f"#@ sysctl {line}\n" for line in directives) + "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n"
        return subprocess.run(self.command, input=text, text=True, capture_output=True)


def differences(before, after):
    return {path: (before.get(path), after.get(path)) for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def try_setting(loader, path, value, before):
    """Return 1 if a setting is not restored, else 0."""
    loaded = loader.load([f"{path[len('/proc/sys/'):]}={value}"])
    if loaded.returncode != 0:
        left = differences(before, tree())  # a value that the kernel refuses must change nothing
        what = f"refused with {loaded.returncode}"
    else:
        back = loader.load([])
        left = differences(before, tree())
        what = f"a load without it: {back.returncode} {back.stderr.strip()}" if back.returncode != 0 or back.stderr else "taken back"
        if back.returncode != 0:
            left = left or {path: ("?", what)}
    for other, (was, now) in sorted(left.items()):
        print(f"{path} {before[path]} -> {value} ({what}): {other} was {was}, is {now}")
        if was is not None:
            write(other, was)
    return 1 if left else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--load", required=True)
    parser.add_argument("--backend", default="nft")
    args = parser.parse_args()
    for command in ("ip link set lo up", "ip link add e1 type veth peer name e2", "ip link set e1 up", "ip link set e2 up"):
        subprocess.run(command.split(), check=True)
    make_exceptions(tree())
    before = tree()
    tried = wrong = 0
    with tempfile.TemporaryDirectory() as work:
        loader = Loader(args.load, args.backend, work)
        loader.load([])
        for path, value in sorted(before.items()):
            if not value.lstrip("-").isdigit() or not os.access(path, os.W_OK):
                continue
            for other in ("1" if value == "0" else "0", "2") if value in ("0", "1") else (str(int(value) + 1),):
                tried += 1
                wrong += try_setting(loader, path, other, before)
    print(f"{tried} settings and values, {wrong} wrong")
    return 1 if wrong or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
