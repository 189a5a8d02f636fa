/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The findings of fw-lint for people: its list, and the explanation of each. */
#ifndef FW_DIAG_CATALOGUE_H
#define FW_DIAG_CATALOGUE_H

#include "diag/diag.h"

/* Does fw-lint say this? */
bool diag_is_lint(enum diag_id id);

const char *diag_group_name(enum diag_group group);

/* The finding of fw-lint with this name; DIAG_COUNT: there is none. */
enum diag_id catalogue_find(const char *name);

/* Appends the list, or the explanation of one finding. */
void catalogue_list(struct strbuf *out);
void catalogue_explain(struct strbuf *out, enum diag_id id);

#endif
