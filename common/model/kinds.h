/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * What the tools know of each match and target of iptables: one row each, in kinds_match.c and kinds_target.c.
 * The reader suggests names from these rows, common/meaning takes the class and the effect from them,
 * common/check what the kernel demands, and the tests take the samples.
 *
 * A match or target without a row is unknown, and unknown is the safe class: it may match or not, it may end the
 * table or not, it may change everything.
 *
 * Some rows have a function in a higher layer, in a table by name: what an exact match asks of a packet in
 * meaning/match_readers.c, which uses of a match have one answer for every packet in meaning/match_certain.c, what a target writes into a packet in meaning/rewrite.c, which options the kernel refuses
 * in check/kernel_data.c. tests/unit/kinds.c compares those tables with these rows.
 */
#ifndef FW_MODEL_KINDS_H
#define FW_MODEL_KINDS_H

#include "base/base.h"
#include "text/family.h"

struct suggestion;

/* What a match says about a packet. */
enum match_class {
	CLASS_FRESH,   /* may say yes or no at each use: it has state or chance, or is unknown. The safe class */
	CLASS_PURE,    /* not modelled, but the same answer for the same packet within a table */
	CLASS_EXACT,   /* a function of meaning/match_readers.c gives its conditions */
	CLASS_NEUTRAL, /* always matches */
};

/* What a rule does with a packet that matches. Targets have the first five. */
enum rule_effect {
	EFFECT_MAYBE,  /* may end the table or not, may change everything. The safe one */
	EFFECT_NONE,   /* the packet goes on: LOG, MARK, no target ... */
	EFFECT_DROP,   /* DROP, REJECT */
	EFFECT_QUEUE,  /* ends the table, another program decides: QUEUE, NFQUEUE, TPROXY */
	EFFECT_NAT,    /* rewrites addresses or ports and ends the table */
	EFFECT_ACCEPT, /* ends the table: ACCEPT */
	EFFECT_RETURN,
	EFFECT_JUMP,
	EFFECT_GOTO,
};

/* What rules can change on a packet's way through a table, as bits. */
enum changes {
	CHANGES_MARK = 1 << 0,
	CHANGES_CTMARK = 1 << 1,
	CHANGES_SETS = 1 << 2,
	CHANGES_HEADER = 1 << 3, /* length, TTL, TOS, TCP options */
	CHANGES_TRACKING = 1 << 4,
	CHANGES_ADDRESS = 1 << 5, /* without connection tracking: SNPT, DNPT */
	CHANGES_ALL = (1 << 6) - 1,
};

#define KERNEL_PROTOCOLS 5

/*
 * What the kernel demands of a rule. Measured with scripts/measure-kernel on Linux 6.18 with both backends, and
 * read in the kernel's net/netfilter and net/ipv[46]/netfilter.
 */
struct kernel_demands {
	enum family families; /* those that have it; FAMILY_NONE: nobody has measured what the kernel demands */
	unsigned tables;      /* of enum table_bit (model/builtin.h); 0: any */
	unsigned hooks;       /* of enum hook; 0: any */
	unsigned char protocols[KERNEL_PROTOCOLS]; /* -p must be one of these, not negated; none: any */
	enum family protocols_in; /* the families in which that holds; FAMILY_NONE: both */
	bool legacy_only;         /* only the legacy backend demands what `tables` says */
	const char *since;   /* the first kernel that has it; NULL: all that matter (2.6.39 on) */
	const char *removed; /* the first kernel without it; NULL: still there */
	const char *instead; /* with removed: what to write now */
	const char *needs;   /* what must exist besides the rule, or the kernel refuses it; NULL: nothing */
};

struct match_kind {
	const char *name;  /* the kernel's: struct ext_kind's real_name */
	const char *alias; /* another name that iptables reads; NULL: none */
	enum match_class class;
	bool counted;       /* limits how many packets match */
	bool writes;        /* leaves something that other rules can ask for: a list, a label, a count */
	bool tracks;        /* needs connection tracking, which is then on */
	unsigned revisions; /* class, counted and depends hold for these only, a bit each; 0: for all */
	unsigned depends;   /* of enum changes: what its answer depends on, apart from what CLASS_EXACT models */
	unsigned changes;   /* of enum changes: what it changes in the packet */
	struct kernel_demands kernel;
	const char *sample;  /* a rule that loads, in each family of kernel.families */
	const char *sample6; /* IPv6's sample where it differs; NULL: the same */
};

struct target_kind {
	const char *name;   /* the kernel's: struct ext_kind's real_name */
	enum rule_effect effect;
	unsigned changes;   /* of enum changes: what it changes for later rules of its table */
	bool tracks;        /* needs connection tracking, which is then on */
	struct kernel_demands kernel;
	const char *sample;  /* as above */
	const char *sample6;
};

extern const struct match_kind match_kinds[];
extern const size_t match_kind_count;
extern const struct target_kind target_kinds[];
extern const size_t target_kind_count;

/* The row of that name; NULL: there is none. */
const struct match_kind *match_kind_find(const char *name);
const struct target_kind *target_kind_find(const char *name);

/* What the kernel demands; NULL: not known. */
const struct kernel_demands *kernel_demands_of(const char *name, bool target);

/* The match whose name or alias is nearest to this word; NULL: none is near enough. */
const char *kinds_near_match(const char *word);

/* The verdicts and all targets become candidates. */
void kinds_consider_targets(struct suggestion *near);

#endif
