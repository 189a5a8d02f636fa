/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* A part of a text that belongs to somebody else. */
#ifndef FW_BASE_PIECE_H
#define FW_BASE_PIECE_H

#include "base/base.h"

#include <string.h>

struct piece {
	const char *text; /* borrowed, not NUL-terminated */
	unsigned len;     /* 0: none */
};

static inline bool piece_equal(const struct piece *a, const struct piece *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->text, b->text, a->len) == 0);
}

#endif
