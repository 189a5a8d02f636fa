/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Counts entries by a key: the protocols, states or sources that fill the table. The counts are exact: each
 * distinct value has its own. Memory grows with the number of distinct values, by at least 40 bytes each, and
 * not with that of entries.
 */
#ifndef FW_CONNTRACK_TALLY_H
#define FW_CONNTRACK_TALLY_H

#include "base/base.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "conntrack/flow.h"

enum tally_field {
	TALLY_PROTO,
	TALLY_STATE,
	TALLY_SRC,
	TALLY_DST,
	TALLY_SPORT,
	TALLY_DPORT,
	TALLY_ZONE,
	TALLY_MARK,
	TALLY_FAMILY,
	TALLY_NAT,
	TALLY_STATUS,
	TALLY_HELPER,
	TALLY_MASTER, /* "tcp/21": the service of the connection that expected this one */
	TALLY_TIMEOUT,
	TALLY_FIELDS
};

/* What to count by: "proto", "src/24" (IPv6 addresses then by /64), "src/24/48". */
struct tally_key {
	enum tally_field field;
	uint8_t prefix4, prefix6; /* of TALLY_SRC, TALLY_DST */
	char name[24];		  /* as the user wrote it */
};

/* False: not a key. */
must_check bool tally_key_read(struct tally_key *key, const char *text);

/* A value of a key. Its layout is private to tally.c; values are compared as a whole. */
struct tally_value {
	uint64_t high, low;
};

struct tally_row {
	struct tally_value value;
	uint64_t flows, packets, bytes;
};

/* Additions that wait until the processor has fetched their row: see tally_add. */
#define TALLY_PENDING 16

struct tally_pending {
	struct tally_value value;
	uint64_t packets, bytes;
	size_t hash;
};

enum tally_by { TALLY_BY_FLOWS, TALLY_BY_PACKETS, TALLY_BY_BYTES };

struct ct_tally {
	struct tally_key key;
	struct tally_row *rows;			     /* owned, a hash table; flows 0: free */
	size_t size, used;			     /* rows; size is a power of two */
	struct tally_pending pending[TALLY_PENDING]; /* a ring */
	size_t pending_first, pending_count;
};

/* 0 or -ENOMEM. Free with tally_free. */
must_check int tally_begin(struct ct_tally *tally, const struct tally_key *key);
void tally_free(struct ct_tally *tally);

/* The values of an entry that keys use, decoded once for all tallies of a dump. */
struct tally_flow {
	const struct ct_flow *flow;
	struct flow_tuple orig;
	struct flow_counters counters; /* both directions together */
};

/* False: a damaged entry. Decodes the counters only if `by` needs them. */
must_check bool tally_decode(struct tally_flow *decoded, const struct ct_flow *flow, enum tally_by by);

/*
 * Counts an entry, up to TALLY_PENDING entries later, when the processor has fetched its row. With thousands
 * of sources the row is in no cache, and waiting for it would take as long as all other work in user space. 0
 * or -ENOMEM.
 */
must_check int tally_add(struct ct_tally *tally, const struct tally_flow *decoded);

/* Counts the additions that still wait. Call it after the last tally_add. 0 or -ENOMEM. */
must_check int tally_finish(struct ct_tally *tally);

struct tally_rows {
	VEC(struct tally_row) rows;
};

/* All rows, the largest first, equal ones by value. 0 or -ENOMEM. Free them with vec_free(&rows->rows). */
must_check int tally_sorted(const struct ct_tally *tally, enum tally_by by, struct tally_rows *rows);

uint64_t tally_amount(const struct tally_row *row, enum tally_by by);

/* "tcp", "10.0.0.0/24", "none". */
void tally_value_text(struct strbuf *out, const struct tally_key *key, const struct tally_value *value);

#endif
