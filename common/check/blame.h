/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The word of a rule's line that a finding is about. Looked for only when there is a finding. */
#ifndef FW_CHECK_BLAME_H
#define FW_CHECK_BLAME_H

#include "diag/diag.h"
#include "model/ruleset.h"

/*
 * The value behind the first of the options (NULL-terminated) that is `value`, or, where value is NULL,
 * behind the first of the options at all; the whole line when there is none.
 */
struct where blame_value(const struct ruleset *ruleset, const struct rule *rule, const char *const options[],
			 const char *value);

/* The name of a match or target where -m or -j names it; `-p NAME` may stand for -m NAME. */
struct where blame_extension(const struct ruleset *ruleset, const struct rule *rule,
			     const struct extension *extension);

/* The chain behind -j or -g. */
struct where blame_jump(const struct ruleset *ruleset, const struct rule *rule);

#endif
