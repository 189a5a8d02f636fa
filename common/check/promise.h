/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A line `#@ expect`, read:
 *
 *	expect allow|deny [PROTOCOL [PORT[-PORT]]] [from ADDRESS|self] [in IF] [to ADDRESS] [out IF] [chain NAME]
 *		[local|routed]
 *
 * PROTOCOL is tcp, udp, sctp, icmp, icmpv6 or `proto NUMBER`; ADDRESS may have a prefix length; ADDRESS
 * and IF may have `not` before them, IF may end in +. It speaks of first packets of connections: for this host;
 * from it with `from self`; forwarded ones with `out` or `routed`. The address behind `to` can be one of this host
 * or of another one: without `local` or `routed` the promise speaks of both.
 */
#ifndef FW_CHECK_PROMISE_H
#define FW_CHECK_PROMISE_H

#include "meaning/matchset.h"
#include "model/builtin.h"
#include "text/word.h"

/* What a promise says of one field. */
struct promise_field {
	bool given;
	bool invert;
	struct range range;
};

struct promise {
	bool allow;
	bool self;
	bool local, routed; /* the words */
	bool other_family; /* it has an address of the family that is not asked about */
	struct promise_field src, dst, in, out, proto, port;
	const char *chain; /* borrowed from the words; NULL: none. Such a promise is about containers */
};

/*
 * From the words of the whole line. NULL, or what is wrong, about the word of index *at: a text that lives
 * as long as the program.
 */
const char *promise_read(struct promise *promise, const struct words *words, enum family family, unsigned *at);

/* The hooks of filter that its packets pass, as bits: INPUT and FORWARD, if the address can be of both kinds. */
unsigned promise_hooks(const struct promise *promise);

/* The values that the field may have, as at most two ranges; none given: 0. */
unsigned promise_ranges(const struct promise_field *of, enum field field, enum family family, struct range ranges[static 2]);

#endif
