/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Judges the end of a run, and every point on the way there. The first fault goes to trial->wrong. */
#ifndef FW_TESTS_FAKE_JUDGE_H
#define FW_TESTS_FAKE_JUDGE_H

#include "fake/trial.h"

/* From now on, packets may pass that the old or the new rules accept. */
void judge_begin(struct trial *trial);

/* From now on, those that this kernel accepts may pass too. */
void judge_allow(struct trial *trial, struct fake_kernel *kernel);

/*
 * From now on, those may pass too that this kernel accepts, and those of a text without the bans: safe rules replace the
 * bans, and accept the administrator, banned or not.
 */
void judge_allow_bare(struct trial *trial, unsigned side);

/* Another program has written: the same holds for the rules with its changes. */
void judge_written(struct trial *trial);

/* Does the machine accept more packets now than may pass? */
void judge_packets(struct trial *trial);

/* Do rules, settings, sets and disk agree with the result? A remaining journal must be of use to the next run. */
void judge_end(struct trial *trial);

/* The same after an undisturbed --boot, and after the next load of the new text. */
void judge_boot(struct trial *trial, const struct fake_kernel *expected);
void judge_next(struct trial *trial, const struct fake_kernel *expected);

#endif
