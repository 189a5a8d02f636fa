/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers in texts: digits alone, without sign, blanks or a prefix. A reader that fails leaves *number as it was.
 * No locale counts here.
 */
#ifndef FW_BASE_NUMBER_H
#define FW_BASE_NUMBER_H

#include "base/base.h"

/* The whole text is a decimal number of at most max. */
must_check bool number_read(const char *text, uint64_t max, uint64_t *number);

/* The same of len bytes, which need no end. */
must_check bool number_read_bytes(const char *text, size_t len, uint64_t max, uint64_t *number);

/*
 * The digits that *text begins with, base 8, 10 or 16, and moves *text behind them. False: there is none, or the
 * number is larger than max; *text stays.
 */
must_check bool number_take(const char **text, unsigned base, uint64_t max, uint64_t *number);

#endif
