/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/json.h"

#include <string.h>

/* The length of the UTF-8 sequence at text (RFC 3629); 0: it is none. */
static size_t utf8_length(const unsigned char *text, size_t len)
{
	size_t want = text[0] < 0x80 ? 1 : text[0] >= 0xc2 && text[0] < 0xe0 ? 2 :
		      text[0] >= 0xe0 && text[0] < 0xf0 ? 3 : text[0] >= 0xf0 && text[0] < 0xf5 ? 4 : 0;

	if (want == 0 || want > len)
		return 0;
	for (size_t i = 1; i < want; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
	    (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return want;
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
