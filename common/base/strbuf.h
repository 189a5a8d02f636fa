/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Growing text. After a failed allocation, `failed` is set and later calls do nothing, so that a caller needs to check
 * only once, at the end.
 */
#ifndef FW_BASE_STRBUF_H
#define FW_BASE_STRBUF_H

#include "base/base.h"

#include <stdarg.h>

struct strbuf {
	char *data; /* owned; NUL-terminated; NULL until something is added */
	size_t len;
	size_t cap;
	bool failed; /* memory ran out: the text is incomplete */
};

#define STRBUF_INIT { NULL, 0, 0, false }

void strbuf_add(struct strbuf *sb, const char *bytes, size_t len);
void strbuf_puts(struct strbuf *sb, const char *text);
void strbuf_putc(struct strbuf *sb, char c);
void strbuf_printf(struct strbuf *sb, const char *format, ...) printf_like(2, 3);
void strbuf_vprintf(struct strbuf *sb, const char *format, va_list args) printf_like(2, 0);

/* Appends the text of `from`, which is empty afterwards. If sb is empty, nothing is copied. */
void strbuf_take(struct strbuf *sb, struct strbuf *from);

/* Makes room for `more` bytes after len, which the caller may write in place. False: no memory. */
must_check bool strbuf_reserve(struct strbuf *sb, size_t more);

/* The text so far, never NULL; valid until the next change. */
const char *strbuf_text(const struct strbuf *sb);

void strbuf_reset(struct strbuf *sb); /* empties the text and clears `failed`; keeps the memory */
void strbuf_free(struct strbuf *sb);  /* frees the memory; sb is as after STRBUF_INIT */

#endif
