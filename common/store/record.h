/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The form of every file of the state: fields under a seal, which is whole or is nothing.
 *
 *	#@ journal 1
 *	boot 2f0a...		a field of one line
 *	before:57		a block of 57 bytes, any bytes, and a newline
 *	...
 *	#@ end length=1234 crc32=89abcdef
 *
 * length and crc32 are of all bytes before the last line; behind it nothing follows.
 */
#ifndef FW_STORE_RECORD_H
#define FW_STORE_RECORD_H

#include "base/base.h"
#include "base/strbuf.h"

/* The first line; out must be empty. */
void record_open(struct strbuf *out, const char *kind, unsigned version);

/* Control characters of the value become '?'. */
void record_field(struct strbuf *out, const char *key, const char *value);
void record_number(struct strbuf *out, const char *key, long long number);
void record_block(struct strbuf *out, const char *key, const char *bytes, size_t len);

/* The seal. */
void record_close(struct strbuf *out);

struct record {
	const char *at, *end; /* borrowed: what is not read yet, before the seal */
	bool bad;             /* a field could not be read */
};

struct record_field {
	char key[16];
	const char *value; /* borrowed, not NUL-terminated */
	size_t len;
	bool block;
};

/* 0, or -EBADMSG: this is no whole record of that kind and version. */
must_check int record_begin(struct record *record, const struct strbuf *text, const char *kind, unsigned version);

/* The next field; false: there is none, or it is bad. */
must_check bool record_next(struct record *record, struct record_field *field);

bool field_is(const struct record_field *field, const char *key);

/* False: the value is not a decimal number from 0 to max. */
must_check bool field_number(const struct record_field *field, long long max, long long *number);

/* Copies a value of one line; false: it is longer than size - 1, or a block. */
must_check bool field_copy(const struct record_field *field, char *out, size_t size);

#endif
