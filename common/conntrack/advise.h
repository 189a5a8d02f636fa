/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What to change and why, each with the number it was read off. Facts are gathered first; the advice is a
 * function of them and nothing else. It never goes below what RFC 5382 asks of TCP (2 h 4 min established, 4
 * min opening or closing) and RFC 4787 of UDP streams (2 min).
 */
#ifndef FW_CONNTRACK_ADVISE_H
#define FW_CONNTRACK_ADVISE_H

#include "base/base.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "conntrack/ctnl.h"
#include "conntrack/source.h"
#include "conntrack/tally.h"

#define RFC5382_ESTABLISHED 7440
#define RFC5382_TRANSITORY  240
#define RFC4787_UDP	    120

/* The sysctls that advice is about, by their place in advise_keys. */
enum advise_key {
	KEY_MAX,
	KEY_BUCKETS,
	KEY_ESTABLISHED,
	KEY_CLOSE_WAIT,
	KEY_TIME_WAIT,
	KEY_UDP,
	KEY_UDP_STREAM,
	KEY_ACCT,
	KEY_TIMESTAMP,
	KEY_COUNT
};

extern const char *const advise_keys[KEY_COUNT]; /* "nf_conntrack_max" */

/* How much of the table one value has. */
struct advise_share {
	uint64_t flows;
	struct strbuf value; /* owned; of the largest source or port */
};

struct facts {
	struct snapshot now; /* owned */
	bool known[KEY_COUNT];
	uint64_t value[KEY_COUNT];
	bool max_fixed; /* it and the buckets are not to be changed in this network namespace */
	uint64_t ram;	/* bytes; 0: unknown */
	int dump_error; /* why the table was not read, as -errno; 0: it was */
	uint64_t flows, established, close_wait, time_wait, udp, udp_unreplied;
	struct advise_share source, port;
};

/* 0 or -ENOMEM; what is not allowed stays unknown. Free with facts_free. */
must_check int facts_gather(struct facts *facts);
void facts_free(struct facts *facts);

struct advice {
	const char *name;   /* stable, for programs */
	struct strbuf text; /* owned: the finding, its number and what follows */
	int key;	    /* enum advise_key of the line below, or -1 */
	uint64_t value;	    /* what to set it to */
	int64_t memory;	    /* bytes that costs when the table is full */
};

typedef VEC(struct advice) advice_list;

/* 0 or -ENOMEM. */
must_check int advise(const struct facts *facts, advice_list *list);
void advice_free(advice_list *list);

void advise_text(struct strbuf *out, const struct facts *facts, const advice_list *list);
void advise_json(struct strbuf *out, const struct facts *facts, const advice_list *list);

/* Lines for sysctl.d: what the advice changes, and as comments the rest, with the values that are in force.
 */
void advise_sysctl(struct strbuf *out, const struct facts *facts, const advice_list *list);

#endif
