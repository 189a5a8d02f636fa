/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks that need to know what the rules mean: group "meaning" of the catalogue. */
#ifndef FW_CHECK_CHECK_MEANING_H
#define FW_CHECK_CHECK_MEANING_H

#include "base/diag.h"
#include "check/check.h"
#include "model/ruleset.h"

/* One family. What the families must be compared for goes out as notes: see exposure.h. */
void check_meaning(const struct ruleset *ruleset, const struct check_options *options, struct diag_log *log);

#endif
