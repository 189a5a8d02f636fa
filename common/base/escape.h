/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Makes text of unknown origin safe to print on a terminal. */
#ifndef FW_BASE_ESCAPE_H
#define FW_BASE_ESCAPE_H

#include "base/strbuf.h"

/* The length in bytes of the UTF-8 character at text, which has len bytes (RFC 3629). 0: it is not valid. */
must_check size_t utf8_length(const unsigned char *text, size_t len);

/* The number of the character at text, of this length. */
uint32_t utf8_code(const unsigned char *text, size_t bytes);

/*
 * The length of the character at text, if a terminal shows it where it stands. 0: the byte there belongs to no UTF-8
 * character, to a control character, or to one that is not seen or changes the direction of others.
 */
must_check size_t printable_length(const char *text, size_t len);

/*
 * Appends len bytes, with each byte at which printable_length is 0 written as \xNN. Printable text stays as it is, backslashes too.
 */
void strbuf_escape(struct strbuf *out, const char *text, size_t len);

/* True if strbuf_escape would not change the text. */
bool is_printable(const char *text, size_t len);

#endif
