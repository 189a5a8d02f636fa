/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The checks that need to know what the rules mean: group "meaning" of the catalogue. */
#ifndef FW_CHECK_CHECK_MEANING_H
#define FW_CHECK_CHECK_MEANING_H

#include "check/choice.h"
#include "check/exposure.h"
#include "diag/diag.h"
#include "model/ruleset.h"

/* One family. Its part of what the families are compared for is added to the exposure. */
void check_meaning(const struct ruleset *ruleset, const struct check_options *options, struct exposure *exposure,
		   struct diag_log *log);

#endif
