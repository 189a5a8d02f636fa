/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules that the wrong family reads: accepted by iptables and its kernel, and never of use. */
#ifndef FW_CHECK_CHECK_FAMILY_H
#define FW_CHECK_CHECK_FAMILY_H

#include "diag/diag.h"
#include "model/ruleset.h"

void check_family(const struct ruleset *ruleset, struct diag_log *log);

#endif
