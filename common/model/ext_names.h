/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of the matches and targets that iptables 1.8.9 comes with, for "did you mean". What is
 * installed is another question: libxtables answers it.
 */
#ifndef FW_MODEL_EXT_NAMES_H
#define FW_MODEL_EXT_NAMES_H

struct suggestion;

/* NULL: no match is called nearly so. */
const char *ext_near_match(const char *name);

/* The verdicts and all targets become candidates. */
void ext_consider_targets(struct suggestion *near);

#endif
