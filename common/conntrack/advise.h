/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Advice on the settings of connection tracking: what to change and why, with the number that shows it. The
 * advice follows from facts that are gathered first, and from nothing else. It never recommends a timeout
 * below what RFC 5382 requires for TCP (2 h 4 min established, 4 min opening or closing) and RFC 4787 for UDP
 * streams (2 min).
 */
#ifndef FW_CONNTRACK_ADVISE_H
#define FW_CONNTRACK_ADVISE_H

#include "base/base.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "conntrack/ctnl.h"
#include "conntrack/losses.h"
#include "conntrack/source.h"
#include "conntrack/tally.h"

#define RFC5382_ESTABLISHED 7440
#define RFC5382_TRANSITORY  240
#define RFC4787_UDP	    120

/* The settings that the advice covers. */
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

extern const char *const advise_keys[KEY_COUNT]; /* "nf_conntrack_max", below net.netfilter */

/* The value that most entries have in common, and how many they are. */
struct advise_share {
	uint64_t flows;
	struct strbuf value; /* owned */
};

struct facts {
	struct snapshot now;	 /* owned */
	struct ct_losses losses; /* since the start */
	bool known[KEY_COUNT];
	uint64_t value[KEY_COUNT];
	bool max_fixed; /* max and buckets cannot be changed in this network namespace */
	uint64_t ram;	/* bytes; 0: unknown */
	int dump_error; /* why the entries could not be read, as -errno; 0: they were read */
	uint64_t flows, established, close_wait, time_wait, udp, udp_unreplied;
	struct advise_share source, port; /* source address, destination port */
};

/* 0 or -ENOMEM. Facts that this user may not read stay unknown. Free with facts_free. */
must_check int facts_gather(struct facts *facts);
void facts_free(struct facts *facts);

struct advice {
	const char *name;   /* stable, for programs */
	struct strbuf text; /* owned: what was found, with its number, and what to do */
	int key;	    /* enum advise_key of the setting to change, or -1 */
	uint64_t value;	    /* what to set it to */
	int64_t memory;	    /* bytes that the change costs when the table is full */
};

typedef VEC(struct advice) advice_list;

/* Adds the advice that follows from the facts. 0 or -ENOMEM. */
must_check int advise(const struct facts *facts, advice_list *list);
void advice_free(advice_list *list);

void advise_text(struct strbuf *out, const struct facts *facts, const advice_list *list);
void advise_json(struct strbuf *out, const struct facts *facts, const advice_list *list);

/*
 * A file for sysctl.d: the settings that the advice changes, and the others as comments with their present
 * values.
 */
void advise_sysctl(struct strbuf *out, const struct facts *facts, const advice_list *list);

#endif
