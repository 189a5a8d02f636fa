# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
"""The samples of tests/ext that are for the installed release of iptables."""
import glob, subprocess


def number(version):
    return tuple(int(part) for part in version.split("."))


def applies(when, installed):
    """Is the sample for the installed release? when: "", "before VERSION" or "since VERSION"."""
    return not when or (installed < number(when.split()[1])) == (when.split()[0] == "before")


def installed():
    return number(subprocess.check_output(["pkg-config", "--modversion", "xtables"], text=True).strip())


def files():
    """Yield the samples of each file: table, chain, families, rule, printed form, OK or FAIL; one character per byte."""
    release = installed()
    for name in sorted(glob.glob("tests/ext/*.t")):
        place, samples = None, []
        for line in open(name, encoding="latin-1"):
            line = line.rstrip("\n")
            if line.startswith("@ "):
                place = line.split()[1:4]
            elif line and line[0] not in "#?":
                rule, printed, result, when = (line.split(";") + [""])[:4]
                if applies(when, release):
                    samples.append((*place, rule, printed, result))
        yield samples


def read():
    """The samples of all files."""
    return [sample for samples in files() for sample in samples]
