/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Growing text. A failed allocation is remembered in `failed` and every later call does nothing,
 * so that a caller adds freely and asks once, at the end.
 */
#ifndef FW_BASE_STRBUF_H
#define FW_BASE_STRBUF_H

#include "base/base.h"

#include <stdarg.h>

struct strbuf {
	char *data; /* owned; NUL after len bytes once anything was added, else NULL */
	size_t len;
	size_t cap;
	bool failed; /* memory ran out: data holds only a part */
};

#define STRBUF_INIT { NULL, 0, 0, false }

void strbuf_add(struct strbuf *sb, const char *bytes, size_t len);
void strbuf_puts(struct strbuf *sb, const char *text);
void strbuf_putc(struct strbuf *sb, char c);
void strbuf_printf(struct strbuf *sb, const char *format, ...) printf_like(2, 3);
void strbuf_vprintf(struct strbuf *sb, const char *format, va_list args) printf_like(2, 0);

/* Adds what another one holds, which is empty afterwards; without a copy where there was nothing before. */
void strbuf_take(struct strbuf *sb, struct strbuf *from);

/* Makes room for `more` bytes behind len, to be written in place; false when memory ran out. */
must_check bool strbuf_reserve(struct strbuf *sb, size_t more);

/* The text so far, never NULL; valid until the next change. */
const char *strbuf_text(const struct strbuf *sb);

void strbuf_reset(struct strbuf *sb); /* empty again, the memory is kept, `failed` is forgotten */
void strbuf_free(struct strbuf *sb);  /* as STRBUF_INIT */

#endif
