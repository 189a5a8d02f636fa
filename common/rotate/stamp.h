/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The date in the name of an archive. setting_dateformat says what a format can be. With a week (%V) and neither a month
 * nor a day, the year is that of the week, so that later names sort after earlier ones.
 */
#ifndef FW_ROTATE_STAMP_H
#define FW_ROTATE_STAMP_H

#include "base/base.h"
#include "base/strbuf.h"

#include <time.h>

/* Without a dateformat; in UTC. */
#define STAMP_FORMAT "-%Y%m%dT%H%M%SZ"

/* Reads a date from `text` in this format. Returns the text after it, or NULL if it does not match. */
const char *stamp_read(const char *text, const char *format, bool utc, int64_t *when);

/* Appends the date of `when`; nothing if it has none. */
void stamp_write(struct strbuf *out, const char *format, bool utc, time_t when);

#endif
