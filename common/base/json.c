/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/json.h"
#include "base/escape.h"

#include <string.h>

static void put_code(struct strbuf *out, uint32_t code)
{
	if (code > 0xffff) {
		strbuf_printf(out, "\\u%04x", 0xd800 + ((code - 0x10000) >> 10));
		code = 0xdc00 + (code & 0x3ff);
	}
	strbuf_printf(out, "\\u%04x", code);
}

void json_string(struct strbuf *out, const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text, *end = at + len;

	strbuf_putc(out, '"');
	while (at < end) {
		size_t bytes = utf8_length(at, (size_t)(end - at));

		if (bytes == 0)
			strbuf_puts(out, "\\ufffd");
		else if (*at == '"' || *at == '\\')
			strbuf_printf(out, "\\%c", *at);
		else if (printable_length((const char *)at, bytes) == 0)
			put_code(out, utf8_code(at, bytes));
		else
			strbuf_add(out, (const char *)at, bytes);
		at += bytes > 0 ? bytes : 1;
	}
	strbuf_putc(out, '"');
}

void json_member(struct strbuf *out, const char *key, const char *text)
{
	strbuf_printf(out, "\"%s\":", key);
	if (text != NULL)
		json_string(out, text, strlen(text));
	else
		strbuf_puts(out, "null");
}
