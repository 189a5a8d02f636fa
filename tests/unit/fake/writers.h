/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#ifndef FW_TESTS_FAKE_WRITERS_H
#define FW_TESTS_FAKE_WRITERS_H

#include "fake/trial.h"

extern const struct trial_writer trial_writers[];
extern const unsigned trial_writer_count;

/* Removes those of the first `times` bans that are in a chain. */
void trial_drop_bans(struct fake_kernel *kernel, int family, unsigned times, const char *chain);

#endif
