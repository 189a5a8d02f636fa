/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several tallies over one dump, or over a sample of it, and their table. */
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
	uint64_t rows;	 /* at most so many of each; 0: all */
	uint64_t min;	 /* only with at least so many flows, packets or bytes */
	uint64_t sample; /* read only so many entries; 0: all */
	/* what came of it */
	uint64_t before, after;		/* the kernel's count around the dump */
	uint64_t read;			/* entries seen, before the filter */
	uint64_t flows, packets, bytes; /* of those that passed it */
	uint64_t uncounted;		/* of these, without packet counters */
	uint64_t damaged;
	bool sampled; /* the dump was ended before its end */
	int err;
};

/* Adds "proto,src/24". False: a key that is not known, or too many; then *bad names it (borrowed from text).
 */
must_check bool breakdown_keys(struct breakdown *b, const char *text, const char **bad);

/* Reads the table. 0 or -errno. The socket is of no more use after a sample. */
must_check int breakdown_run(struct breakdown *b, struct ctnl *nl, const struct ct_filter *filter);

/* Starts from nothing again, with the same keys. */
must_check int breakdown_restart(struct breakdown *b);

void breakdown_free(struct breakdown *b);

/* 0 or -ENOMEM. */
must_check int breakdown_text(const struct breakdown *b, struct strbuf *out);
/* names: of the columns, first. */
must_check int breakdown_tsv(const struct breakdown *b, bool names, struct strbuf *out);
must_check int breakdown_json(const struct breakdown *b, struct strbuf *out);

#endif
