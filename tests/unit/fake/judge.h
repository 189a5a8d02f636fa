/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be at the end of a run, and on the way there. The first thing that is wrong goes to trial->wrong. */
#ifndef FW_TESTS_FAKE_JUDGE_H
#define FW_TESTS_FAKE_JUDGE_H

#include "fake/trial.h"

/* Which packets may pass: those that the old or the new rules let through. */
void judge_begin(struct trial *trial);

/* And from now on those that this kernel lets through. */
void judge_allow(struct trial *trial, struct fake_kernel *kernel);

/*
 * And those that it lets through now, and those of a text without the bans: safe rules replace the bans, and let in the
 * administrator, banned or not.
 */
void judge_allow_bare(struct trial *trial, unsigned side);

/* Another program has written: the same goes for the rules with what it wrote. */
void judge_written(struct trial *trial);

/* Does the machine let more through right now? */
void judge_packets(struct trial *trial);

/* Are rules, settings, sets and the disk what the result says? A journal that stays must be of use to the next run. */
void judge_end(struct trial *trial);

/* The same after a --boot that nothing disturbed, and after the next load of the new text. */
void judge_boot(struct trial *trial, const struct fake_kernel *expected);
void judge_next(struct trial *trial, const struct fake_kernel *expected);

#endif
