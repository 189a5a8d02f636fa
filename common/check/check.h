/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that fw-lint finds in a text: the stream's own faults, and each family's, read in a process of its own. */
#ifndef FW_CHECK_CHECK_H
#define FW_CHECK_CHECK_H

#include "check/choice.h"
#include "diag/diag.h"

/* Checks text, and reports the chosen findings of both families to the log in the order of the lines. */
void check_text(const char *name, const char *text, size_t len, const struct check_options *options,
		struct diag_log *log);

#endif
