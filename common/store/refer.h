/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A text told by reference to another one that holds most of its lines. The rules of a generation are
 * mostly those of its input, line for line, and gzip's window of 32 KiB is too small to see that: told
 * so, a generation of 10,000 rules takes half the room.
 *
 *	#= lines of the input that are not marked -6
 *	=12+3		the lines 12 to 14 of those, without marks and counters
 *	+-A INPUT ...	this line
 */
#ifndef FW_STORE_REFER_H
#define FW_STORE_REFER_H

#include "base/strbuf.h"

/* Appends text, told by the lines of `other`, which are for family 0 or 1. 0 or -ENOMEM. */
must_check int refer_encode(const struct strbuf *text, const struct strbuf *other, int family, struct strbuf *out);

/* Was this written by refer_encode? */
bool refer_is(const struct strbuf *text);

/* The opposite. 0, -ENOMEM, or -EBADMSG: they do not belong together. */
must_check int refer_decode(const struct strbuf *coded, const struct strbuf *other, int family, struct strbuf *out);

#endif
