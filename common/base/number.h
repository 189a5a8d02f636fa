/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Reads numbers that consist of digits alone, without sign, blanks or a prefix, independent of the locale. After an
 * error, *number is unchanged.
 */
#ifndef FW_BASE_NUMBER_H
#define FW_BASE_NUMBER_H

#include "base/base.h"

/* Reads a text that is a decimal number, at most max. False: it is not. */
must_check bool number_read(const char *text, uint64_t max, uint64_t *number);

/* The same for len bytes, which need not be NUL-terminated. */
must_check bool number_read_bytes(const char *text, size_t len, uint64_t max, uint64_t *number);

/*
 * Reads the digits at the beginning of *text, in base 8, 10 or 16, and advances *text past them. False: there are none,
 * or the number is larger than max; *text is unchanged.
 */
must_check bool number_take(const char **text, unsigned base, uint64_t max, uint64_t *number);

#endif
