/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a load changes, and what stood there before: RUN/journal. It is written whole before the first change.
 * Who undoes the load (this run, the guard, the next run, the boot) reads it and needs nothing else.
 */
#ifndef FW_STORE_JOURNAL_H
#define FW_STORE_JOURNAL_H

#include "base/host.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "store/state.h"
#include "text/family.h"

enum journal_kind { JOURNAL_SETTING, JOURNAL_SET, JOURNAL_RULES };

struct journal_step {
	enum journal_kind kind;
	char *name;           /* owned; the key of a setting, the name of a set; NULL: rules */
	int family;           /* of rules: 0 is IPv4, 1 is IPv6 */
	bool opens;           /* a setting that opens the host */
	bool existed;         /* a set that was there before */
	bool safe;            /* the rules before are safe rules */
	bool left;            /* not in the file: it could not be undone */
	bool stays;           /* not in the file: somebody else has changed it since */
	struct strbuf before; /* owned; the value, `ipset save` text or rules that stood there */
	struct strbuf after;  /* owned; what the load puts there */
};

struct journal {
	unsigned generation;     /* that the load makes good */
	bool fresh;              /* the load made it: who undoes the load removes it */
	bool rest;               /* the load is undone but for these steps */
	unsigned from;           /* the good one when it began; 0: none */
	enum family families;    /* of the load */
	char backend[8];
	char boot[HOST_BOOT_ID]; /* a journal of another boot undoes nothing: its caller compares */
	long long deadline;      /* milliseconds of CLOCK_BOOTTIME; 0: no confirmation is awaited */
	VEC(struct journal_step) steps; /* in the order in which the load takes them */
};

/*
 * Adds a step with empty texts, to be filled by the caller. name (NULL: none) is copied. NULL: memory ran out.
 * The pointer holds until the next step is added.
 */
must_check struct journal_step *journal_add(struct journal *journal, enum journal_kind kind, const char *name, int family);

/* Replaces the file. 0 or -errno; then the file is as it was before. */
must_check int journal_write(const struct state *state, const struct journal *journal);

/*
 * 0; -ENOENT: there is none; -EBADMSG: it is damaged; another -errno: it cannot be read, or file_read_own
 * refuses it. Only -ENOENT means that nothing is to be undone. journal_free in any case.
 */
must_check int journal_read(const struct state *state, struct journal *journal);

/* 0 or -errno; none is fine. */
must_check int journal_remove(const struct state *state);

/* Moves a journal that cannot be read out of the way, to RUN/journal.bad. 0 or -errno; none is fine. */
must_check int journal_set_aside(const struct state *state);

void journal_free(struct journal *journal);

#endif
