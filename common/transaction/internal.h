/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Shared by the files of this folder only. Nothing outside includes this header. */
#ifndef FW_TRANSACTION_INTERNAL_H
#define FW_TRANSACTION_INTERNAL_H

#include "base/arena.h"
#include "ruletext/merge.h"
#include "base/textmap.h"
#include "ruletext/program.h"
#include "ruletext/verify.h"
#include "store/baseline.h"
#include "store/generation.h"
#include "store/journal.h"
#include "transaction/transaction.h"

/* The rules of one family during a transaction. */
struct family_work {
	struct strbuf text;            /* owned; the requested rules, as the model writes them */
	struct text_rules wanted;      /* parsed from text, which it borrows */
	const struct text_rules *base; /* borrowed; the rules that we put in force last; NULL: none ever */
	const struct text_rules *next; /* borrowed; our rules from now on: wanted, or when undoing, those before the load */
	struct undoing *undoing;       /* borrowed; while undoing: the rules that base and next point to, or NULL */
	struct strbuf safe_text;       /* owned; the safe rules, if we put these in force last ... */
	struct text_rules safe;        /* ... and base points here in that case */
	struct strbuf live_text;       /* owned; output of iptables-save, with counters */
	struct text_rules live;        /* parsed from live_text, which it borrows */
	uint32_t seen;                 /* nf_tables' generation, read before live */
	struct merge merge;
	struct text_rules target;      /* the rules to put in force; borrows from next and live */
	struct strbuf program;         /* owned; iptables-restore input that turns live into target; empty: nothing to change */
	unsigned long cut;             /* live connections that the load is known to cut */
};

enum transaction_flag {
	FLAG_CHANGED = 1 << 0,    /* the kernel's state may have changed */
	FLAG_UNWRITABLE = 1 << 1, /* at boot: the state cannot be written */
	FLAG_BOOT = 1 << 2,       /* loading at boot: nobody can be asked, and the host must not stay open */
	FLAG_REPLACE = 1 << 3,    /* at boot: remove rules that are not ours */
	FLAG_UNDOING = 1 << 4,
	FLAG_PARTIAL = 1 << 5,    /* at boot: the generation is not completely in force, as a setting or set is not as it asks */
	FLAG_STUCK_IPV4 = 1 << 6, /* what nft made in iptables' tables of this family cannot be removed */
	FLAG_STUCK_IPV6 = 1 << 7,
	FLAG_SAME_WORDS = 1 << 8, /* the good generation was written in the words that this program uses today */
	FLAG_CLEAR = 1 << 9,      /* while undoing: remove what nft made in the chains that the load changed ... */
	FLAG_CLEAR_ALL = 1 << 10, /* ... or in any chain of iptables' tables */
	FLAG_UNREAD = 1 << 11,    /* the rules in force could not be read, because others changed them all the time */
	FLAG_PASSED = 1 << 12,    /* things made with nft were passed over when the rules in force were read */
	FLAG_BLIND = 1 << 13,     /* at boot: put the rules in force without reading those that are there */
};

struct transaction {
	const struct door *door;
	struct state *state;
	struct transaction_hooks hooks;
	struct diag_log *log;
	struct request request;
	struct generation good, again; /* the good generation; the stored one that is being loaded */
	struct extras extras;          /* all directives of the generation that this load creates */
	struct family_work family[FAMILIES];
	struct textmap known[FAMILIES]; /* rules that are known to be written as the model writes them */
	struct arena arena;              /* texts of known */
	struct baseline baseline;
	struct journal journal;          /* the steps that change the kernel, in the order they are taken */
	struct strbuf plan;              /* owned; all steps for people, one a line */
	unsigned flags;                  /* bits of enum transaction_flag */
	enum result result;              /* why it failed, where the log does not tell */
};

void phase(const struct transaction *t, const char *name);
void warn(const struct transaction *t, const char *format, ...) printf_like(2, 3);

/* The result of a failed transaction: t->result, or if that is not set, derived from the status of the log. */
enum result failed(struct transaction *t);

/* known.c: rewrites the text of each rule as the model writes it. False: failed, and reported. */
must_check bool rules_canon(struct transaction *t, enum family families, struct text_rules *const rules[FAMILIES]);
must_check bool map_rules(struct textmap *map, const struct text_rules *rules); /* adds each; false: no memory */
must_check bool known_add(struct transaction *t, int family, const struct text_rules *rules);

/*
 * Knows the lines of `kept` that are also in `saved`. With FLAG_SAME_WORDS, a line that the good generation and
 * iptables-save spell alike is written as the model writes it, so rules_canon need not read it.
 */
must_check bool known_alike(struct transaction *t, int family, const struct text_rules *kept, const struct text_rules *saved);

/* gather.c: each returns false if it failed, which it reports. */
must_check bool read_wanted(struct transaction *t); /* from the request, or from a stored generation */
must_check bool read_base(struct transaction *t);   /* as stored: an older version may have written it differently */
must_check bool read_live(struct transaction *t, enum family families);

/*
 * Like read_live. At boot, it first removes what nft made in iptables' tables and iptables cannot show. If it removed
 * any of that, INPUT and FORWARD drop everything until rules are loaded. When undoing (one family at a time, from base
 * to next), it removes such things only if they are in the way. With FLAG_BLIND it only removes, and reads nothing.
 */
must_check bool read_live_cleared(struct transaction *t, enum family families);
must_check bool make_extras(struct transaction *t); /* fills t->extras */

/* mark.c */
must_check bool take_marked(struct transaction *t); /* false: read the rules in force */
bool mark_suffices(const struct transaction *t); /* after the merge; false: read the rules in force, for their counters */
void leave_mark(const struct transaction *t);
void leave_words(const struct transaction *t, unsigned generation); /* it was written in the words of today */
bool has_words_of_today(const struct transaction *t, unsigned generation);

/* rehearse.c */
must_check bool rehearse(struct transaction *t, bool may_move);

/*
 * blame.c: reports which line of the input is refused. scratch: where it may try parts of the program to find that
 * line; NULL: it does not search.
 */
void report_refusal(struct transaction *t, int family, const struct strbuf *program, struct refusal *refusal,
		    const struct door *scratch);
void report_difference(struct transaction *t, int family, const struct difference *difference);

/* settings.c */
enum family setting_families(const char *key); /* FAMILY_BOTH: does not belong to one family */
const struct sysctl *find_setting(const struct extras *extras, const char *key); /* NULL: not found */
void leave_out_absent(struct transaction *t);
must_check bool plan_settings(struct transaction *t, bool opening);
must_check int setting_try(struct transaction *t, const struct journal_step *step); /* 0 or -errno; reports nothing */
must_check bool setting_apply(struct transaction *t, const struct journal_step *step);
must_check bool setting_undo(struct transaction *t, struct journal_step *step);
must_check bool setting_undo_again(struct transaction *t, const struct journal_step *step);
void settings_repeat(struct transaction *t);
must_check bool settings_hold(struct transaction *t); /* reads them back */

/* followers.c: adds steps for the settings that change with the setting of the last step. */
must_check bool plan_followers(struct transaction *t);

/* sets.c */
enum family set_families(const struct set *set);
must_check bool rehearse_sets(struct transaction *t, const struct door *scratch);
must_check bool plan_sets(struct transaction *t);
must_check bool note_used_sets(struct transaction *t);

/* The name of a set that is created to try something and destroyed at once. If a run dies, the next one removes it. */
#define SET_TRIAL SET_SCRATCH_PREFIX "trial"

/*
 * A set in force is replaced by filling another one and swapping the two. This is the name of the other one; an undoing
 * removes it.
 */
struct set_name {
	char text[32];
};
struct set_name set_beside(const char *name);
void set_drop(const struct door *door, const char *name); /* does nothing if there is none */

/* Appends the lines of `ipset restore` that create the set under this name and fill it. */
void set_write(const struct set *set, const char *name, struct strbuf *out);

/*
 * Appends a line for each member that adds it with its options, adds it without options (except nomatch), or removes
 * it.
 */
enum set_change { SET_ADD, SET_ADD_PLAIN, SET_REMOVE };
void set_write_members(const char *members, const char *name, enum set_change change, struct strbuf *out);

/* Creates the set for a moment, as SET_TRIAL, to fill `made` and `normal`. False: failed, and reported. */
must_check bool set_learn(const struct door *door, struct set *set, struct diag_log *log);

/* set_steps.c */
must_check bool set_apply(struct transaction *t, const struct journal_step *step);
must_check bool set_undo(struct transaction *t, const struct journal_step *step);

/* rules.c */
must_check bool leave_theirs(struct transaction *t, int family); /* undo.c: call before each merge while undoing */
must_check bool merge_family(struct transaction *t, int family, bool undo);
must_check bool put_rules(struct transaction *t, enum family families, bool undo);
must_check bool put_blind(struct transaction *t, enum family families); /* replaces whole tables */

/* plan.c */
must_check bool make_plan(struct transaction *t);

/* record.c */
must_check bool record(struct transaction *t);
must_check bool flip(struct transaction *t);

/* undo.c: undoes the steps of a journal that this process or another one wrote. */
must_check enum result undo(struct transaction *t, struct journal *journal);

/*
 * Ends the journal of a load. If some steps could not be undone, the next run tries them once more, and only once, so
 * that they never keep anybody from loading other rules. Otherwise the journal is removed. 0 or -errno.
 */
must_check int leave_rest(const struct transaction *t, const struct journal *journal);

/* safe.c */
bool put_safe_rules(struct transaction *t, enum family families); /* false: failed for a family */
must_check bool read_safe(struct transaction *t, int family);     /* sets base to the safe rules if they were put in force last */
must_check bool read_safe_begun(struct transaction *t, int family); /* also those that were about to be put in force */
bool filter_stands(const struct text_rules *rules, const struct text_rules *now);
void forget_safe(struct transaction *t, enum family families);

#endif
