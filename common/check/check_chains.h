/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jumps that the kernel refuses: loops, and more of them in a row than nf_tables follows. */
#ifndef FW_CHECK_CHECK_CHAINS_H
#define FW_CHECK_CHECK_CHAINS_H

#include "diag/diag.h"
#include "model/ruleset.h"

void check_chains(const struct ruleset *ruleset, struct diag_log *log);

#endif
