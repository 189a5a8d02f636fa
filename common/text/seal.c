/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "text/seal.h"

#include <string.h>
#include <zlib.h>

uint32_t seal_crc(const char *bytes, size_t len)
{
	return (uint32_t)crc32_z(crc32_z(0, NULL, 0), (const unsigned char *)bytes, len);
}

void seal_open(struct strbuf *out)
{
	strbuf_printf(out, "#@ stream %d\n", STREAM_VERSION);
}

void seal_line(struct strbuf *out, const char *bytes, size_t len, unsigned lines)
{
	strbuf_printf(out, "#@ end lines=%u crc32=%08lx\n", lines, (unsigned long)seal_crc(bytes, len));
}

void seal_close(struct strbuf *out)
{
	unsigned lines = 0;
	const char *at = out->data, *end = at + out->len;

	while (at != NULL && at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		lines++;
		at++;
	}
	seal_line(out, out->data, out->len, lines);
}
