/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Converts rules in the format of iptables-save to a profile that produces the same rules. A rule that a
 * statement can express exactly becomes that statement. Every other rule becomes a `raw` line.
 */
#ifndef FW_PROFILE_IMPORT_H
#define FW_PROFILE_IMPORT_H

#include "diag/diag.h"
#include "text/family.h"

/*
 * Appends the profile to `out`. `family` is for rules whose family neither a header comment nor a mark names.
 * Returns false after an error, which is in the log.
 */
must_check bool profile_import(const char *name, const char *text, size_t len, enum family family,
			       struct diag_log *log, struct strbuf *out);

#endif
