/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Converts rates such as "4/60s" to those of iptables: a count per second, minute, hour or day, and a burst. A
 * rate that cannot be converted exactly is an error.
 */
#ifndef FW_PROFILE_RATE_H
#define FW_PROFILE_RATE_H

#include "base/strbuf.h"

struct rate {
	unsigned count; /* per unit */
	unsigned unit;  /* seconds: 1, 60, 3600 or 86400 */
	unsigned burst; /* the count as it was written: 10/5m is 2/min with a burst of 10 */
};

enum rate_fault {
	RATE_FINE,
	RATE_SYNTAX,
	RATE_ZERO,
	RATE_INEXACT, /* no exact form; rate_advice prints the nearest */
	RATE_FAST,    /* above RATE_SECOND_MAX */
};

/* xt_limit counts in units of 1/10000 s, so it cannot count a faster rate (linux/netfilter/xt_limit.h). */
#define RATE_SECOND_MAX 10000

/* The highest burst of the kernel's limit match. hashlimit allows more. */
#define RATE_BURST_MAX 10000

must_check enum rate_fault rate_parse(const char *text, struct rate *rate);

/* Parses "10s", "5m", "2h", "1d" or the unit alone. Returns seconds, or 0 if the text is not a period. */
unsigned period_parse(const char *text);

/* Prints "4/min". */
void rate_print(struct strbuf *out, const struct rate *rate);

/* Prints "4m", for use in a name. */
void rate_print_short(struct strbuf *out, const struct rate *rate);

/* Prints the nearest exact rates for a rate that is inexact: "34/m or 35/m". */
void rate_advice(struct strbuf *out, const char *text);

/* Whether the limit match can count this rate. It stores rate times burst in 32 bits. */
bool rate_fits_limit(const struct rate *rate, unsigned burst);

/* The milliseconds that an empty bucket of this burst takes to fill. */
unsigned long rate_refill_ms(const struct rate *rate, unsigned burst);

#endif
