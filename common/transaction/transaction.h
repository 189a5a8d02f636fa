/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A transaction changes the rules in force: either everything that was asked for is in force afterwards, or everything
 * is as it was before.
 *
 *	struct transaction *t = transaction_begin(&door, &state, &hooks, log);
 *	enum result result = transaction_recover(t);		undoes what an interrupted run left
 *	if (result == RESULT_DONE)
 *		result = transaction_prepare(t, &request);
 *	if (result == RESULT_DONE)
 *		result = transaction_commit(t);
 *	transaction_end(t);
 *
 * The caller holds the door's locks from before transaction_recover until after transaction_end.
 */
#ifndef FW_TRANSACTION_TRANSACTION_H
#define FW_TRANSACTION_TRANSACTION_H

#include "host/door.h"
#include "model/canon.h"
#include "ruletext/extras.h"
#include "store/state.h"

/* How a transaction ended, and what that says about the kernel. These are the exit statuses of fw-load. */
enum result {
	RESULT_DONE = 0,
	RESULT_REFUSED = 1,     /* the input is wrong; nothing has changed */
	RESULT_SYSTEM = 3,      /* the system failed; nothing has changed */
	RESULT_EXTRAS = 4,      /* a module or a kernel setting is at fault; nothing has changed */
	RESULT_BACKENDS = 5,    /* both backends, or rules made with nft, are in use; nothing has changed */
	RESULT_UNKNOWN = 6,     /* rules are in force that fw-load did not load; nothing has changed */
	RESULT_LOCKED = 7,      /* another load runs or waits for its confirmation; nothing has changed */
	RESULT_OTHER = 8,       /* another program changed the rules during the load; undone */
	RESULT_UNCONFIRMED = 9, /* nobody confirmed; undone */
	RESULT_SAFE = 10,       /* neither the new nor the old rules could be put in force: the safe ones are */
	RESULT_UNDONE = 11,     /* the commit failed; everything is as it was */
	RESULT_FALLBACK = 12,   /* at boot: not exactly the good generation is in force */
	RESULT_CUTS = 13,       /* live connections would be cut, that of the user perhaps; nothing has changed */
};

/* What happens to rules in force that no load of ours put there. */
enum unknown {
	UNKNOWN_REFUSE,  /* the first load refuses; a later one keeps them */
	UNKNOWN_ADOPT,   /* keep them */
	UNKNOWN_REPLACE, /* remove them */
};

typedef VEC(char *) patterns;

/* What the caller asks for. Everything is borrowed until transaction_end. */
struct request {
	enum family families;        /* which the load may change */
	const struct strbuf *input;  /* the text exactly as it was given, to be stored */
	const struct stream *stream; /* the lines of the text, for messages */
	const struct canon *canon;   /* array of FAMILIES; the rules of the text */
	const struct extras *extras; /* the directives of the text */
	unsigned generation;         /* not 0: load this stored generation; the four above are not used */
	const patterns *keep;        /* patterns of chains of other programs, which are never changed; may be NULL */
	enum unknown unknown;
	bool counters;               /* set the counters to those in the text */
	bool rehearse;               /* try the rules in a scratch namespace first */
	bool plan_only;              /* transaction_commit will not follow */
	bool assume_empty;           /* with plan_only: plan as if no rules were in force; the kernel is not asked */
	unsigned confirm;            /* how long to wait for a confirmation, in seconds; 0: none is needed */
};

/* What a load is about to change in the rules. NULL: the rules of this family stay. Everything is borrowed. */
struct load_change {
	const struct text_rules *old[FAMILIES]; /* in force */
	const struct text_rules *new[FAMILIES]; /* in force afterwards, with those of other programs */
	const struct stream *input;             /* with the lines of the new rules; NULL: a stored generation */
	unsigned long cut[FAMILIES];            /* to be filled in: live connections that the change cuts, for the record */
};

/* What the library needs from its caller. Any of them may be NULL. */
struct transaction_hooks {
	void (*phase)(void *arg, const char *phase); /* names the phase that begins now, for people */
	int (*guard_start)(void *arg);               /* starts the process that undoes an unconfirmed load; 0 or -errno */
	bool (*guard_alive)(void *arg);
	/*
	 * Loads the modules. If plan is not NULL, loads nothing and appends the steps to it. False: failed, and
	 * reported.
	 */
	bool (*modules)(void *arg, const struct extras *extras, struct strbuf *plan);
	/*
	 * Looks at live connections that the change would cut, before anything is changed. RESULT_CUTS: the load is refused,
	 * and that is reported. plan: where to add lines for people, if nothing will be changed in any case; NULL: elsewhere.
	 */
	enum result (*connections)(void *arg, struct load_change *change, struct strbuf *plan);
	void (*namespace_hint)(int err, struct strbuf *out); /* appends advice for the administrator */
	const char *safe_rules; /* borrowed; file of the administrator's safe rules */
	void *arg;              /* borrowed */
};

struct transaction;

/* Changes nothing. Borrows all arguments until transaction_end. NULL if memory ran out, which is reported. */
must_check struct transaction *transaction_begin(const struct door *door, struct state *state, const struct transaction_hooks *hooks,
				      struct diag_log *log);
void transaction_end(struct transaction *t);

/*
 * Undoes what an earlier run left unfinished. RESULT_DONE: no load is pending, and everything is as before that run.
 * RESULT_LOCKED: a load waits for its confirmation. RESULT_SAFE: the safe rules are in force.
 */
must_check enum result transaction_recover(struct transaction *t);

/*
 * Reads, rehearses, merges and plans. Changes nothing. transaction_commit may follow only if this returns RESULT_DONE.
 */
must_check enum result transaction_prepare(struct transaction *t, const struct request *request);

/*
 * Only the first part of transaction_prepare: does the kernel accept the rules, and does it read them as they were
 * written? Needs no state and no privileges. Where namespaces are not permitted, this process moves into a user
 * namespace and stays there.
 */
must_check enum result transaction_check(struct transaction *t, const struct request *request);

/* Appends a line for each step that transaction_commit would take, in order; nothing if there is nothing to do. */
void transaction_print(const struct transaction *t, struct strbuf *out);

/*
 * Takes the planned steps. RESULT_DONE: everything is in force and has been read back. The generation is now the good
 * one, or, with request.confirm, it waits for its confirmation. Any other result: the load has been undone, or the safe
 * rules are in force (RESULT_SAFE).
 */
must_check enum result transaction_commit(struct transaction *t);

/* The generation that transaction_commit created or put in force; 0: there was nothing to do. */
unsigned transaction_generation(const struct transaction *t);

/* Makes the generation that waits for its confirmation the good one. RESULT_REFUSED: none waits, or it is too late. */
must_check enum result transaction_confirm(struct transaction *t);

/*
 * Undoes the load that waits for its confirmation if its time is over: then RESULT_UNCONFIRMED, or the result of a
 * failed undoing. RESULT_DONE: no load waits any more, or it still has time.
 */
must_check enum result transaction_lapse(struct transaction *t);

/* Milliseconds until the waiting load is undone; -1: none waits. *generation: its number, or 0. */
long long transaction_pending(const struct transaction *t, unsigned *generation);

/* Is there a journal, of a load that waits for its confirmation or of one that was interrupted? */
bool transaction_unfinished(const struct transaction *t);

/*
 * Puts the best available rules in force: the good generation (RESULT_DONE), else the previous one, else the safe
 * rules, else only the policy DROP (RESULT_FALLBACK). Whatever fails, the host is not left open. first: fw-load has not
 * run since the machine started, so another loader made the rules in force; they are removed, apart from chains that
 * match keep.
 */
must_check enum result transaction_boot(struct transaction *t, const patterns *keep, bool first);

/* Like transaction_boot, but uses nothing that is stored, because other users may write to the state folder. */
must_check enum result transaction_boot_bare(struct transaction *t);

/* The compiled-in safe rules: iptables-restore text, where -4 and -6 mark rules of one family. */
extern const char safe_rules[];

#endif
