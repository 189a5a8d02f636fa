/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way back: rules as the savers write them become a profile that makes the same rules again. A
 * sentence where one says exactly what the rule says, `raw` for all else.
 */
#ifndef FW_PROFILE_IMPORT_H
#define FW_PROFILE_IMPORT_H

#include "base/diag.h"
#include "text/family.h"

/*
 * Appends the profile to out. family: of rules that neither a saver's header nor a mark tells. False
 * after errors, which went to the log.
 */
must_check bool profile_import(const char *name, const char *text, size_t len, enum family family,
			       struct diag_log *log, struct strbuf *out);

#endif
