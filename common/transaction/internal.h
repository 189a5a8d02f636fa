/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of this folder share. Nothing outside of it includes this. */
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

/* One family's rules on their way into force. */
struct family_work {
	struct strbuf text;            /* owned; the rules that are asked for, in the model's words */
	struct text_rules wanted;      /* of text */
	const struct text_rules *base; /* borrowed; the rules that we put in force last; NULL: never any */
	const struct text_rules *next; /* borrowed; the rules that shall be ours: wanted, or when undoing, those before */
	struct undoing *undoing;       /* borrowed; of the two while a load is undone; NULL: they do not depend on live */
	struct strbuf safe_text;       /* owned; the safe rules, if they are what we put in force last ... */
	struct text_rules safe;        /* ... and then they are the base */
	struct strbuf live_text;       /* owned; what the saver said, with counters */
	struct text_rules live;        /* of live_text */
	uint32_t seen;                 /* nf_tables' generation before live was read */
	struct merge merge;
	struct text_rules target;      /* what shall be in force; borrows from next and live */
	struct strbuf program;         /* owned; what turns live into target; empty: nothing */
};

enum transaction_flag {
	FLAG_CHANGED = 1 << 0,    /* something in the kernel may be different */
	FLAG_UNWRITABLE = 1 << 1, /* at boot: the state cannot be written */
	FLAG_BOOT = 1 << 2,       /* nobody can be asked, and the host must not stay open */
	FLAG_REPLACE = 1 << 3,    /* at boot: rules that are not ours go */
	FLAG_UNDOING = 1 << 4,
	FLAG_PARTIAL = 1 << 5,    /* at boot: a setting of the generation is not there, and is left out */
	FLAG_STUCK_IPV4 = 1 << 6, /* what nft made in this family's tables of iptables cannot be removed */
	FLAG_STUCK_IPV6 = 1 << 7,
};

struct transaction {
	const struct door *door;
	struct state *state;
	struct transaction_hooks hooks;
	struct diag_log *log;
	struct request request;
	struct generation good, again; /* the good generation; the one that is put in force again */
	struct extras extras;          /* of the generation that this load makes, complete */
	struct family_work family[FAMILIES];
	struct textmap known[FAMILIES]; /* rules in the model's words */
	struct arena arena;              /* texts of known */
	struct baseline baseline;
	struct journal journal;          /* the steps that change the kernel, in the order in which they are taken */
	struct strbuf plan;              /* owned; all steps in words, a line each */
	unsigned flags;                  /* of enum transaction_flag */
	enum result result;              /* why it failed, if the log alone does not tell */
};

void phase(const struct transaction *t, const char *name);
void warn(const struct transaction *t, const char *format, ...) printf_like(2, 3);

/* The reason of a failure: t->result, else by what the log was told. */
enum result failed(struct transaction *t);

/* known.c: sets each rule's text to the model's words. False after a report. */
must_check bool rules_canon(struct transaction *t, enum family families, struct text_rules *const rules[FAMILIES]);
must_check bool known_add(struct transaction *t, int family, const struct text_rules *rules);

/*
 * A line that the good generation and the saver spell alike is the same rule: rules_canon leaves it as it is. If another
 * version of fw-tools wrote that line in words that this one would not choose, the next load replaces the rule once.
 */
must_check bool known_alike(struct transaction *t, int family, const struct text_rules *kept, const struct text_rules *saved);

/* gather.c: each false after a report */
must_check bool read_wanted(struct transaction *t); /* from the request or a stored generation */
must_check bool read_base(struct transaction *t);   /* as it was written: its words may be older than this version */
must_check bool read_live(struct transaction *t, enum family families);

/*
 * The same at boot, and when undoing, after removing what nft made in iptables' tables and iptables cannot tell. At boot,
 * INPUT and FORWARD drop everything until rules are loaded, if any of that was removed.
 */
must_check bool read_live_cleared(struct transaction *t, enum family families);
must_check bool make_extras(struct transaction *t); /* all directives of the new generation */

/* mark.c */
must_check bool take_marked(struct transaction *t); /* false: the rules in force have to be read */
void leave_mark(const struct transaction *t);

/* rehearse.c */
must_check bool rehearse(struct transaction *t, bool may_move);

/* blame.c: says which line of the input is refused. scratch: where the search for it may try; NULL: nowhere. */
void report_refusal(struct transaction *t, int family, const struct strbuf *program, struct refusal *refusal,
		    const struct door *scratch);
void report_difference(struct transaction *t, int family, const struct difference *difference);

/* settings.c */
enum family setting_families(const char *key); /* FAMILY_BOTH: not of one family alone */
const struct sysctl *find_setting(const struct extras *extras, const char *key); /* NULL: none */
void leave_out_absent(struct transaction *t);
must_check bool plan_settings(struct transaction *t, bool opening);
must_check int setting_try(struct transaction *t, const struct journal_step *step); /* 0 or -errno, not reported */
must_check bool setting_apply(struct transaction *t, const struct journal_step *step);
must_check bool setting_undo(struct transaction *t, struct journal_step *step);
must_check bool setting_undo_again(struct transaction *t, const struct journal_step *step);
void settings_repeat(struct transaction *t);
must_check bool settings_hold(struct transaction *t); /* read back */

/* followers.c: behind the step of a setting, which is the last step */
must_check bool plan_followers(struct transaction *t);

/* sets.c */
enum family set_families(const struct set *set);
must_check bool rehearse_sets(struct transaction *t, const struct door *scratch);
must_check bool plan_sets(struct transaction *t);
must_check bool note_used_sets(struct transaction *t);

/* A set is made for a trial, of which nothing stays. A killed run's goes with the next. */
#define SET_TRIAL SET_SCRATCH_PREFIX "trial"

/* A set is filled beside the one in force, under a name of its own; the journal knows of it. */
struct set_name {
	char text[32];
};
struct set_name set_beside(const char *name);
void set_drop(const struct door *door, const char *name); /* it may not be there */

/* Appends the lines of `ipset restore` that make it, under a name. */
void set_write(const struct set *set, const char *name, struct strbuf *out);

/* A line for each member: added as it is, added by its address alone, or removed. */
enum set_change { SET_ADD, SET_ADD_PLAIN, SET_REMOVE };
void set_write_members(const char *members, const char *name, enum set_change change, struct strbuf *out);

/* Makes the set beside those in force for a moment, to fill `made` and `normal`. False after a report. */
must_check bool set_learn(const struct door *door, struct set *set, struct diag_log *log);

/* set_steps.c */
must_check bool set_apply(struct transaction *t, const struct journal_step *step);
must_check bool set_undo(struct transaction *t, const struct journal_step *step);

/* rules.c */
must_check bool leave_theirs(struct transaction *t, int family); /* undo.c: before each merge of an undoing; false after a report */
must_check bool merge_family(struct transaction *t, int family, bool undo);
must_check bool put_rules(struct transaction *t, enum family families, bool undo);

/* plan.c */
must_check bool make_plan(struct transaction *t);

/* record.c */
must_check bool record(struct transaction *t);
must_check bool flip(struct transaction *t);

/* undo.c: plays a journal back, of this process or of another one. */
must_check enum result undo(struct transaction *t, struct journal *journal);

/*
 * The journal of a load that is over: what could not be put back is left to the next run, once, since it must not keep
 * anybody from loading other rules. Else it goes. 0 or -errno.
 */
must_check int leave_rest(const struct transaction *t, const struct journal *journal);

/* safe.c */
bool put_safe_rules(struct transaction *t, enum family families); /* false: not for all of them */
must_check bool read_safe(struct transaction *t, int family);     /* that were put in force last */
must_check bool read_safe_begun(struct transaction *t, int family); /* or were about to be */
bool filter_stands(const struct text_rules *rules, const struct text_rules *now);
void forget_safe(struct transaction *t, enum family families);

#endif
