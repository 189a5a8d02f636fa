/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The format of every file of the state: fields followed by a seal. A record is complete or invalid.
 *
 *	#@ journal 1
 *	boot 2f0a...		a field of one line
 *	before:57		a block of 57 bytes, any bytes, and a newline
 *	...
 *	#@ end length=1234 crc32=89abcdef
 *
 * length and crc32 cover all bytes before the last line, which nothing may follow.
 */
#ifndef FW_STORE_RECORD_H
#define FW_STORE_RECORD_H

#include "base/base.h"
#include "base/strbuf.h"

/* Writes the first line. out must be empty. */
void record_open(struct strbuf *out, const char *kind, unsigned version);

/* Writes a field. Control characters of the value become '?'. */
void record_field(struct strbuf *out, const char *key, const char *value);
void record_number(struct strbuf *out, const char *key, long long number);
void record_block(struct strbuf *out, const char *key, const char *bytes, size_t len);

/* Writes the seal. */
void record_close(struct strbuf *out);

struct record {
	const char *at, *end; /* borrowed; the unread part before the seal */
	bool bad;             /* a field was malformed */
};

struct record_field {
	char key[16];
	const char *value; /* borrowed, not NUL-terminated */
	size_t len;
	bool block;
};

/* Checks the seal and begins reading. 0; -EBADMSG: not a complete record of this kind and version. */
must_check int record_begin(struct record *record, const struct strbuf *text, const char *kind, unsigned version);

/* Reads the next field. False: there is none, or it is malformed (record->bad). */
must_check bool record_next(struct record *record, struct record_field *field);

bool field_is(const struct record_field *field, const char *key);

/* Parses a decimal number from 0 to max. False: the value is not one. */
must_check bool field_number(const struct record_field *field, long long max, long long *number);

/* Copies a value of one line. False: it is a block, or longer than size - 1. */
must_check bool field_copy(const struct record_field *field, char *out, size_t size);

#endif
