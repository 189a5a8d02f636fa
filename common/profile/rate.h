/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "4/60s" as iptables knows it: a count per second, minute, hour or day, and a burst. A rate is
 * converted exactly or not at all.
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
	RATE_INEXACT, /* no exact form: rate_advice names the nearest */
	RATE_FAST,    /* beyond RATE_SECOND_MAX */
};

/* xt_limit counts in units of 1/10000 s: nothing faster has a meaning (linux/netfilter/xt_limit.h). */
#define RATE_SECOND_MAX 10000

/* The kernel's limit match refuses a burst above this, hashlimit allows more. */
#define RATE_BURST_MAX 10000

must_check enum rate_fault rate_parse(const char *text, struct rate *rate);

/* "10s", "5m", "2h", "1d" or the unit alone; 0 for what is no period. Seconds. */
unsigned period_parse(const char *text);

/* "4/min" */
void rate_print(struct strbuf *out, const struct rate *rate);

/* The same without a slash, for a name: "4m" */
void rate_print_short(struct strbuf *out, const struct rate *rate);

/* The nearest exact rates for one that is inexact: "34/m or 35/m". */
void rate_advice(struct strbuf *out, const char *text);

/* Whether the limit match can count this: it keeps rate times burst in 32 bits. */
bool rate_fits_limit(const struct rate *rate, unsigned burst);

/* How long an empty bucket of this burst takes to fill, in milliseconds. */
unsigned long rate_refill_ms(const struct rate *rate, unsigned burst);

#endif
