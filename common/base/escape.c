/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
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

/* Characters that a terminal does not show, or that change the order in which it shows others. */
static const struct {
	uint32_t first, last;
} hidden[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad }, { 0x034f, 0x034f }, { 0x061c, 0x061c }, { 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 },
	{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe0fff },
};

uint32_t utf8_code(const unsigned char *text, size_t bytes)
{
	uint32_t code = bytes == 1 ? text[0] : text[0] & (0x7fU >> bytes);

	for (size_t i = 1; i < bytes; i++)
		code = code << 6 | (text[i] & 0x3fU);
	return code;
}

size_t printable_length(const char *at, size_t len)
{
	const unsigned char *text = (const unsigned char *)at;
	size_t bytes = utf8_length(text, len);
	uint32_t code = bytes > 0 ? utf8_code(text, bytes) : 0;

	for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
		if (code >= hidden[i].first && code <= hidden[i].last)
			return 0;
	return bytes;
}

void strbuf_escape(struct strbuf *out, const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text, *end = at + len;

	while (at < end) {
		size_t bytes = printable_length((const char *)at, (size_t)(end - at));

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
		size_t bytes = printable_length((const char *)at, (size_t)(end - at));

		if (bytes == 0)
			return false;
		at += bytes;
	}
	return true;
}
