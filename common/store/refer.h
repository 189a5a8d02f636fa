/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Encodes a text by reference to another one that contains most of its lines. The rules of a generation are mostly
 * those of its input, line by line, and gzip's window of 32 KiB is too small to find them. This halves the size of a
 * generation of 10,000 rules.
 *
 *	#= lines of the input that are not marked -6
 *	=12+3		lines 12 to 14 of those, without marks and counters
 *	+-A INPUT ...	this line
 */
#ifndef FW_STORE_REFER_H
#define FW_STORE_REFER_H

#include "base/strbuf.h"

/* Appends text, encoded by reference to the lines of `other` for family 0 or 1. 0 or -ENOMEM. */
must_check int refer_encode(const struct strbuf *text, const struct strbuf *other, int family, struct strbuf *out);

/* Was this text written by refer_encode? */
bool refer_is(const struct strbuf *text);

/* Decodes what refer_encode wrote. 0; -ENOMEM; -EBADMSG: malformed, or `other` does not match. */
must_check int refer_decode(const struct strbuf *coded, const struct strbuf *other, int family, struct strbuf *out);

#endif
