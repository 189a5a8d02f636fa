/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * RUN/journal: what a load changes, and what was in force before. It is completely written before the first change. To
 * undo the load, nothing else is needed: this run, the guard, the next run or the boot can do it.
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
	char *name;           /* owned; name of the setting or set; NULL: rules */
	int family;           /* of rules: 0 for IPv4, 1 for IPv6 */
	bool opens;           /* the setting opens the host */
	bool existed;         /* the set existed before the load */
	bool safe;            /* the rules before the load are safe rules */
	bool left;            /* it could not be undone; not stored */
	bool stays;           /* somebody else has changed it since; not stored */
	long long read_at;    /* of a set: milliseconds of CLOCK_BOOTTIME when `before` was read; 0: not known */
	struct strbuf before; /* owned; the value, `ipset save` output or rules before the load */
	struct strbuf after;  /* owned; what the load replaces it with */
};

struct journal {
	unsigned generation;     /* which the load makes the good one */
	bool fresh;              /* the load created it, and an undoing removes it */
	bool rest;               /* the load has been undone, apart from these steps */
	unsigned from;           /* the good generation when the load began; 0: none */
	enum family families;    /* which the load could change */
	char backend[8];
	char boot[HOST_BOOT_ID]; /* nothing must be undone in another boot; the caller checks this */
	long long deadline;      /* milliseconds of CLOCK_BOOTTIME; 0: not waiting for a confirmation */
	VEC(struct journal_step) steps; /* in the order in which the load takes them */
};

/*
 * Adds a step, whose texts the caller must fill. name (NULL: none) is copied. The pointer is valid until the next step
 * is added. NULL: no memory.
 */
must_check struct journal_step *journal_add(struct journal *journal, enum journal_kind kind, const char *name, int family);

/* Replaces the file. 0 or -errno; after an error the file is unchanged. */
must_check int journal_write(const struct state *state, const struct journal *journal);

/*
 * Reads the journal. 0; -ENOENT: there is none; -EBADMSG: it is damaged; another -errno: it cannot be read, or
 * file_read_own refuses it. Only -ENOENT means that there is nothing to undo. journal_free must follow in any case.
 */
must_check int journal_read(const struct state *state, struct journal *journal);

/* Removes the journal. 0 or -errno; it is no error if there is none. */
must_check int journal_remove(const struct state *state);

/* Renames a journal that cannot be read to RUN/journal.bad. 0 or -errno; it is no error if there is none. */
must_check int journal_set_aside(const struct state *state);

void journal_free(struct journal *journal);

#endif
