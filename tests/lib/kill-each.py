#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
"""kill-each.py "KILL-AT OPTIONS" AT_LEAST OPTION... - kill a run of ct-rotate at each of its system calls in turn.

After each kill every line must be there at least once, and after one more run exactly once. At least AT_LEAST calls are
expected. From the environment: $dir holds the log, $scratch our files, $archives the archives (in $dir if it is inside);
$threads 2 makes a log of two compression blocks; $step above 1 leaves calls out, for builds with sanitizers; $no_leaks is
an assignment for the killed run. Status 77: processes may not be traced here.
"""
import builtins, collections, glob, gzip, lzma, os, shutil, subprocess, sys

build, log_dir, scratch = (os.environ[name] for name in ("BUILD", "dir", "scratch"))
archives = os.environ.get("archives") or log_dir
step = int(os.environ.get("step") or 1)
how, at_least, options = sys.argv[1].split(), int(sys.argv[2]), sys.argv[3:]
log = f"{log_dir}/log"
template = f"{scratch}/template"


def rotate(*more, **how_run):
    return subprocess.run([f"{build}/ct-rotate", "-f", *more, *options, log], stdin=subprocess.DEVNULL, **how_run)


def prepare():
    """Make a log with two archives; all lines are numbered."""
    os.makedirs(archives, mode=0o700, exist_ok=True)
    for first in (1, 301, 601):
        with open(log, "w") as out:
            out.writelines(f"{n}\n" for n in range(first, first + 300))
        if first != 601:
            rotate(check=True)
    expected = collections.Counter(b"%d\n" % n for n in range(1, 901))
    if int(os.environ.get("threads") or 1) > 1:
        more = subprocess.run([f"{build}/tests/make-log", "4500"], check=True, capture_output=True).stdout
        with open(log, "ab") as out:
            out.write(more)
        expected.update(more.splitlines(keepends=True))
    shutil.copytree(log_dir, template, symlinks=True)
    return expected


def lines():
    """Return how often each line is in the log and the archives."""
    found = collections.Counter()
    for name in [log, *glob.glob(f"{archives}/log[-.]*")]:
        if name.endswith(".zst"):
            text = subprocess.run(["zstd", "-qdc", name], stdout=subprocess.PIPE, check=True).stdout
            found.update(text.splitlines(keepends=True))
            continue
        with (gzip if name.endswith(".gz") else lzma if name.endswith(".xz") else builtins).open(name, "rb") as text:
            found.update(text.readlines())
    return found


def wrong_after(expected):
    """Return what is wrong after a kill, or None."""
    if not os.path.exists(log):
        return "the log is missing"
    if lines().keys() != expected.keys():
        return "lines are missing"
    # --wait, since the killed process may take a moment to release its lock.
    again = rotate("--wait=100", "--rotate", "9", capture_output=True, text=True)
    if again.returncode != 0:
        return f"the next run failed with status {again.returncode}: {again.stderr}"
    if lines() != expected:
        return "lines are there more than once"
    left = [name for place in {log_dir, archives} for kind in (".*.tmp", "*.bad") for name in glob.glob(f"{place}/{kind}")]
    return f"left over: {left}" if left else None


def run_killed(n):
    shutil.rmtree(log_dir)
    shutil.copytree(template, log_dir, symlinks=True)
    env = dict(os.environ, **dict([os.environ["no_leaks"].split("=", 1)] if os.environ.get("no_leaks") else []))
    command = [f"{build}/tests/kill-at", *how, str(n), f"{build}/ct-rotate", "-f", "--rotate", "9", *options, log]
    return subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def main():
    expected = prepare()
    n = 1
    while (run := run_killed(n)).returncode == 0:
        wrong = wrong_after(expected)
        if wrong:
            sys.exit(f"call {n}: {wrong}\n{os.listdir(log_dir)} {os.listdir(archives)}")
        n += step
    print(f"killed up to call {n - step}, then: {run.stdout}")
    if run.returncode == 77:
        sys.exit(77)
    if run.returncode != 1 or n <= at_least or run.stdout.splitlines()[-1:] != ["0"]:
        sys.exit(1)


main()
