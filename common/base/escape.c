/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/escape.h"

size_t utf8_length(const unsigned char *text, size_t len)
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

/* The length of the printable character at text; 0: the byte there must be escaped. */
static size_t printable_length(const unsigned char *text, size_t len)
{
	size_t bytes = utf8_length(text, len);

	if (text[0] < 0x20 || text[0] == 0x7f || (bytes == 2 && text[0] == 0xc2 && text[1] < 0xa0))
		return 0;
	return bytes;
}

void strbuf_escape(struct strbuf *out, const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text, *end = at + len;

	while (at < end) {
		size_t bytes = printable_length(at, (size_t)(end - at));

		if (bytes == 0)
			strbuf_printf(out, "\\x%02x", *at++);
		else
			strbuf_add(out, (const char *)at, bytes);
		at += bytes;
	}
}

bool is_printable(const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text, *end = at + len;

	while (at < end) {
		size_t bytes = printable_length(at, (size_t)(end - at));

		if (bytes == 0)
			return false;
		at += bytes;
	}
	return true;
}
