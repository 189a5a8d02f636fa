/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first and the last line of a stream, which together prove that nothing of it is missing or
 * changed (fw-stream(5)):
 *
 *	#@ stream 1
 *	...
 *	#@ end lines=61 crc32=89abcdef
 *
 * lines counts every line before the end, crc32 is zlib's CRC-32 of every byte before it, in eight
 * lower-case hexadecimal digits.
 */
#ifndef FW_TEXT_SEAL_H
#define FW_TEXT_SEAL_H

#include "base/base.h"
#include "base/strbuf.h"

/* The version of the conventions that we write, and the highest that we read. */
#define STREAM_VERSION 1

/* The first line; out must be empty. */
void seal_open(struct strbuf *out);

/* The last line, over all that stands in out. */
void seal_close(struct strbuf *out);

/* Appends the last line that `lines` lines of len bytes must end in, with its newline. */
void seal_line(struct strbuf *out, const char *bytes, size_t len, unsigned lines);

/* zlib's CRC-32 of len bytes. */
uint32_t seal_crc(const char *bytes, size_t len);

#endif
