/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one piece of JSON that is easy to get wrong (RFC 8259, section 7). */
#ifndef FW_BASE_JSON_H
#define FW_BASE_JSON_H

#include "base/strbuf.h"

/*
 * Appends len bytes of text as a JSON string, quotes included. What is no UTF-8 becomes U+FFFD, so
 * that the result is always valid.
 */
void json_string(struct strbuf *out, const char *text, size_t len);

/* Appends `"key":"text"`; for text NULL, `"key":null`. */
void json_member(struct strbuf *out, const char *key, const char *text);

#endif
