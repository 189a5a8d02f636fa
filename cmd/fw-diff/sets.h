/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The members of sets (ipset), as far as the directives of both texts declare them. Rules name sets only. */
#ifndef FW_CMD_FW_DIFF_SETS_H
#define FW_CMD_FW_DIFF_SETS_H

#include "fw-diff/input.h"

struct sets_answer {
	struct strbuf text; /* owned; lines, or with JSON the members of a list */
	bool differs;       /* a set has other members or another type */
};

/* sets_free must follow. */
struct sets_answer sets_compare(const struct input *old, const struct input *new, bool json);
void sets_free(struct sets_answer *answer);

#endif
