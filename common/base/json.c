/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/json.h"
#include "base/escape.h"

#include <string.h>

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
		else if (*at < 0x20 || *at == 0x7f)
			strbuf_printf(out, "\\u%04x", *at);
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
