/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run of fw-load: what was asked for, what is live, what shall be, and the steps in between. The
 * steps up to load_merge change nothing; load_commit changes all or nothing.
 */
#ifndef FW_CMD_LOAD_H
#define FW_CMD_LOAD_H

#include "cli.h"
#include "system/backend.h"
#include "system/merge.h"
#include "system/plan.h"
#include "text/stream.h"

/* The toolkit's own statuses end at 3. */
enum load_status {
	STATUS_BACKENDS = 5, /* both kinds of iptables, or nft's own rules, are in use */
	STATUS_UNKNOWN = 6,  /* live rules that nobody told us about */
	STATUS_LOCKED = 7,   /* another load runs or waits for its confirmation */
	STATUS_SAFE = 10,    /* neither the new nor the old rules could be put in force */
	STATUS_UNDONE = 11,  /* the commit failed; the rules are as they were */
};

enum unknown { UNKNOWN_REFUSE, UNKNOWN_ADOPT, UNKNOWN_REPLACE };

struct load_opts {
	const char *input;
	const char *state_dir;
	enum family families; /* FAMILY_NONE: the text decides */
	enum backend_kind backend;
	enum unknown unknown;
	VEC(const char *) keep;
	unsigned wait; /* seconds, for locks */
	bool plan_only;
	bool counters;
	bool verbose, quiet;
};

/* One family. The texts belong to the rules above them. */
struct side {
	struct load *load;
	int family; /* 0: IPv4, 1: IPv6 */
	struct strbuf base_text, live_text, next_text;
	struct rules base, live, next, want;
	struct merge merge;
	struct strbuf program; /* empty: nothing to change */
};

struct load {
	struct load_opts opts;
	struct cli *cli;
	struct diag_log *log;
	struct strbuf text;
	struct stream stream;
	struct backend backend;
	struct side side[FAMILIES];
	struct plan plan;
	bool has_base;
	int locks[2]; /* of fw-load, and iptables' own; -1: not held */
	int status;   /* above STATUS_SYSTEM; 0: the log decides */
};

void load_begin(struct load *load, struct cli *cli, const struct load_opts *opts);
void load_end(struct load *load);

/* Each false after a report. */
bool load_read(struct load *load);     /* the whole input, checked */
bool load_lock(struct load *load);     /* ours, then that of iptables */
bool load_find(struct load *load);     /* the backend, and that it is the only one in use */
bool load_rehearse(struct load *load); /* in scratch namespaces: fills next */
bool load_snapshot(struct load *load); /* fills live */
bool load_merge(struct load *load);    /* fills want and program */
bool load_plan(struct load *load);     /* fills plan */
bool load_commit(struct load *load);   /* runs it */

/* The line of the input that gave the nth rule (from 0) of a chain; NULL: not to be told. */
const struct line *load_rule_line(const struct load *load, int family, const char *table, const char *chain,
				  size_t n, size_t of);

/* The line that a legacy restore refuses without saying which; NULL: none alone is to blame. */
const struct line *load_bisect(struct load *load, int family, const struct line *commit, struct refusal *refusal);

/* Reports a refusal at a line of the input (NULL: somewhere). */
void load_refused(struct load *load, int family, const struct line *line, const struct refusal *refusal);

/* Both families' rules now, read into texts and rules that the caller frees. */
bool load_save_now(struct load *load, enum family families, struct strbuf text[FAMILIES],
		   struct rules rules[FAMILIES]);

#endif
