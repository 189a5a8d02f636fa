/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Writes strings of JSON (RFC 8259, section 7). */
#ifndef FW_BASE_JSON_H
#define FW_BASE_JSON_H

#include "base/strbuf.h"

/*
 * Appends len bytes of text as a JSON string in quotes. Invalid UTF-8 becomes U+FFFD, so the result is always valid.
 * Characters that are not printable (base/escape.h) are written as \u and their number.
 */
void json_string(struct strbuf *out, const char *text, size_t len);

/* Appends `"key":"text"`, or `"key":null` if text is NULL. The key is not escaped. */
void json_member(struct strbuf *out, const char *key, const char *text);

#endif
