/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Growing arrays of any type:
 *
 *	VEC(struct line) lines = { 0 };
 *	if (!vec_push(&lines, line))
 *		return -ENOMEM;
 *	for (size_t i = 0; i < lines.len; i++)
 *		use(&lines.item[i]);
 *	vec_free(&lines);
 *
 * Pointers into item[] are valid until the next vec_push.
 */
#ifndef FW_BASE_VEC_H
#define FW_BASE_VEC_H

#include "base/base.h"

#include <stdlib.h>

#define VEC(type)                                                                                      \
	struct {                                                                                       \
		type *item;                                                                            \
		size_t len, cap;                                                                       \
	}

/* Grows the memory to at least `need` items of `size` bytes; keeps its content. NULL: no memory, *cap is unchanged. */
must_check void *vec_grow(void *item, size_t *cap, size_t need, size_t size);

/* Makes room for `need` items in all. False: no memory, and the array is unchanged. */
#define vec_reserve(vec, need)                                                                         \
	((need) <= (vec)->cap || __extension__({                                                       \
		 void *grown = vec_grow((vec)->item, &(vec)->cap, (need), sizeof(*(vec)->item));       \
		 if (grown != NULL)                                                                    \
			 (vec)->item = grown;                                                          \
		 grown != NULL;                                                                        \
	 }))

#define vec_push(vec, ...)                                                                             \
	(vec_reserve((vec), (vec)->len + 1) && ((vec)->item[(vec)->len++] = (__VA_ARGS__), true))

#define vec_free(vec)                                                                                  \
	do {                                                                                           \
		free((vec)->item);                                                                     \
		(vec)->item = NULL;                                                                    \
		(vec)->len = (vec)->cap = 0;                                                           \
	} while (0)

#endif
