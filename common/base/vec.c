/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/vec.h"

void *vec_grow(void *item, size_t *cap, size_t need, size_t size)
{
	size_t want = *cap < 8 ? 8 : *cap;
	void *grown;

	while (want < need)
		want = want > SIZE_MAX / 2 ? SIZE_MAX : want * 2;
	grown = reallocarray(item, want, size);
	if (grown != NULL)
		*cap = want;
	return grown;
}
