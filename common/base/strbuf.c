/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool strbuf_reserve(struct strbuf *sb, size_t more)
{
	size_t need, cap;
	char *data;

	if (sb->failed || __builtin_add_overflow(sb->len, more, &need) || need == SIZE_MAX) {
		sb->failed = true;
		return false;
	}
	if (need < sb->cap)
		return true;
	cap = sb->cap < 64 ? 64 : sb->cap;
	while (cap <= need)
		cap = cap > SIZE_MAX / 2 ? SIZE_MAX : cap * 2;
	data = realloc(sb->data, cap);
	if (data == NULL) {
		sb->failed = true;
		return false;
	}
	sb->data = data;
	sb->cap = cap;
	return true;
}

void strbuf_add(struct strbuf *sb, const char *bytes, size_t len)
{
	if (!strbuf_reserve(sb, len))
		return;
	if (len > 0)
		memcpy(sb->data + sb->len, bytes, len);
	sb->len += len;
	sb->data[sb->len] = '\0';
}

void strbuf_puts(struct strbuf *sb, const char *text)
{
	strbuf_add(sb, text, strlen(text));
}

void strbuf_putc(struct strbuf *sb, char c)
{
	strbuf_add(sb, &c, 1);
}

void strbuf_take(struct strbuf *sb, struct strbuf *from)
{
	if (sb->len == 0 && !sb->failed) {
		struct strbuf empty = *sb;

		*sb = *from;
		*from = empty;
		strbuf_reset(from);
		return;
	}
	strbuf_add(sb, strbuf_text(from), from->len);
	sb->failed = sb->failed || from->failed;
	strbuf_reset(from);
}

void strbuf_vprintf(struct strbuf *sb, const char *format, va_list args)
{
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	if (len < 0)
		sb->failed = true;
	else if (strbuf_reserve(sb, (size_t)len)) {
		vsnprintf(sb->data + sb->len, (size_t)len + 1, format, again);
		sb->len += (size_t)len;
	}
	va_end(again);
}

void strbuf_printf(struct strbuf *sb, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	strbuf_vprintf(sb, format, args);
	va_end(args);
}

const char *strbuf_text(const struct strbuf *sb)
{
	return sb->data != NULL ? sb->data : "";
}

void strbuf_reset(struct strbuf *sb)
{
	sb->len = 0;
	sb->failed = false;
	if (sb->data != NULL)
		sb->data[0] = '\0';
}

void strbuf_free(struct strbuf *sb)
{
	free(sb->data);
	*sb = (struct strbuf)STRBUF_INIT;
}
