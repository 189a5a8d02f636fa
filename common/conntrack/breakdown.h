/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Several tallies over one dump of the table, or over a sample of it, and how they are printed. */
#ifndef FW_CONNTRACK_BREAKDOWN_H
#define FW_CONNTRACK_BREAKDOWN_H

#include "base/base.h"
#include "base/strbuf.h"
#include "conntrack/ctnl.h"
#include "conntrack/filter.h"
#include "conntrack/tally.h"

#define BREAKDOWN_KEYS 16

struct breakdown {
	struct ct_tally tallies[BREAKDOWN_KEYS]; /* owned */
	size_t keys;
	enum tally_by by;
	uint64_t rows;	 /* of each key, at most; 0: all */
	uint64_t min;	 /* a row needs at least so many flows, packets or bytes */
	uint64_t sample; /* entries to read; 0: all */
	/* results */
	uint64_t before, after;		/* the kernel's number of entries before and after the dump */
	uint64_t read;			/* entries that the kernel sent */
	uint64_t flows, packets, bytes; /* of the entries that match the filter */
	uint64_t uncounted;		/* matching entries without packet counters */
	uint64_t damaged;
	bool sampled; /* the dump was stopped early: the results are estimates */
	int err;
};

/* Adds the keys of "proto,src/24". False: *bad points at a key in text that is unknown, or one too many. */
must_check bool breakdown_keys(struct breakdown *b, const char *text, const char **bad);

/* Reads the table. 0 or -errno. After a sample the socket can only be closed. */
must_check int breakdown_run(struct breakdown *b, struct ctnl *nl, const struct ct_filter *filter);

/* Clears the results, and keeps the keys. 0 or -ENOMEM. */
must_check int breakdown_restart(struct breakdown *b);

void breakdown_free(struct breakdown *b);

/* Each appends to out. 0 or -ENOMEM. */
must_check int breakdown_text(const struct breakdown *b, struct strbuf *out);
/* names: print the names of the columns first. */
must_check int breakdown_tsv(const struct breakdown *b, bool names, struct strbuf *out);
must_check int breakdown_json(const struct breakdown *b, struct strbuf *out);

#endif
