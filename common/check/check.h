/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that fw-lint finds in a stream: the stream's own faults, and each family's, read in a process of its own. */
#ifndef FW_CHECK_CHECK_H
#define FW_CHECK_CHECK_H

#include "base/diag.h"
#include "text/stream.h"

/* Checks text, and reports the findings of both families to the log in the order of the lines. */
void check_text(const char *name, const char *text, size_t len, enum family families, struct diag_log *log);

#endif
