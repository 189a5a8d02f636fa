/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The names of fields in a generation's record, shared by its reader and its writer. */
#ifndef FW_STORE_GENERATION_TEXT_H
#define FW_STORE_GENERATION_TEXT_H

#include "text/family.h"

#define GENERATION_VERSION 2

enum { KEY_PLAIN, KEY_REFERS };

/* The rules of a family: in full, or by reference to lines of the input (refer.h). */
static const char *const rule_keys[FAMILIES][2] = { { "v4", "v4-by-input" }, { "v6", "v6-by-input" } };

#endif
