/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The first and the last line of a stream, which show that nothing of it is missing or changed (fw-stream(5)):
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

/* The version of the format that we write, and the highest one that we read. */
#define STREAM_VERSION 1

/* Writes the first line; out must be empty. */
void seal_open(struct strbuf *out);

/* Appends the last line, for the text that out holds. */
void seal_close(struct strbuf *out);

/* Appends the last line, with its newline, for this text of `lines` lines and len bytes. */
void seal_line(struct strbuf *out, const char *bytes, size_t len, unsigned lines);

/* zlib's CRC-32 of len bytes. */
uint32_t seal_crc(const char *bytes, size_t len);

#endif
