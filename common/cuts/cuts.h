/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Whose live connections a change of rules would cut: each connection is led through the rules in force and through
 * those that are about to be, and what became worse is listed.
 */
#ifndef FW_CUTS_CUTS_H
#define FW_CUTS_CUTS_H

#include "base/strbuf.h"
#include "cuts/request.h"
#include "diag/diag.h"

struct cuts_report {
	struct cuts_count count;
	unsigned long cut[FAMILIES]; /* of count.cut, those of each family */
	bool own_cut;       /* the user's own session is among those that are cut */
	struct strbuf text; /* owned; lines for people; empty: nothing becomes worse */
};

/*
 * Fills the report. What cannot be found out is reported as one warning, and then the report has the rest. False:
 * nothing is known, with a warning. cuts_free must follow in any case.
 */
must_check bool cuts_find(struct cuts_report *report, const struct cuts_request *request, struct diag_log *log);
void cuts_free(struct cuts_report *report);

#endif
