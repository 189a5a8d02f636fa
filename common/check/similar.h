/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Two rules of one table that are nearly the same: in what, and by what. Comments do not count. */
#ifndef FW_CHECK_SIMILAR_H
#define FW_CHECK_SIMILAR_H

#include "meaning/program.h"

/* Do both do the very same with a packet: verdict, chain, target with its options? */
bool similar_target(const struct rule *a, const struct rule *b);

/*
 * The one condition in which the rules differ, which in both is about ranges of the same single field: its
 * index. Conditions of unknown answer must be the same; one that is asked anew each time never is.
 * -1: they differ in more, in something else, or in nothing.
 */
int similar_but_one(const struct program_rule *a, const struct program_rule *b);

#endif
