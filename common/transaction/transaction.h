/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A change of the rules in force, from "nothing happened yet" to "all of it is in force" or back.
 *
 *	struct transaction *t = transaction_begin(&door, &state, &hooks, log);
 *	enum result result = transaction_recover(t);		what an interrupted run left
 *	if (result == RESULT_DONE)
 *		result = transaction_prepare(t, &request);
 *	if (result == RESULT_DONE)
 *		result = transaction_commit(t);
 *	transaction_end(t);
 *
 * The caller holds the door's locks from before transaction_recover until transaction_end.
 */
#ifndef FW_TRANSACTION_TRANSACTION_H
#define FW_TRANSACTION_TRANSACTION_H

#include "host/door.h"
#include "model/canon.h"
#include "ruletext/extras.h"
#include "store/state.h"

/* What came of it. These are the exit statuses of fw-load, and what each says about the kernel. */
enum result {
	RESULT_DONE = 0,
	RESULT_REFUSED = 1,     /* the input; nothing is changed */
	RESULT_SYSTEM = 3,      /* the system failed; nothing is changed */
	RESULT_EXTRAS = 4,      /* a module or a kernel setting; nothing is changed */
	RESULT_BACKENDS = 5,    /* both kinds of iptables, or rules made with nft, are in use; nothing is changed */
	RESULT_UNKNOWN = 6,     /* rules in force that nobody told us about; nothing is changed */
	RESULT_LOCKED = 7,      /* another load runs or waits for its confirmation; nothing is changed */
	RESULT_OTHER = 8,       /* another program changed the rules meanwhile; undone */
	RESULT_UNCONFIRMED = 9, /* nobody confirmed; undone */
	RESULT_SAFE = 10,       /* neither the new nor the old rules could be put in force: the safe ones are */
	RESULT_UNDONE = 11,     /* the commit failed; everything is as it was */
	RESULT_FALLBACK = 12,   /* at boot: something else than the last good rules is in force */
};

/* What shall become of rules in force that no load of ours put there. */
enum unknown {
	UNKNOWN_REFUSE,  /* at the first load: refuse; later they stay */
	UNKNOWN_ADOPT,   /* they stay */
	UNKNOWN_REPLACE, /* they go */
};

typedef VEC(char *) patterns;

/* What is asked for. Everything is borrowed until transaction_end. */
struct request {
	enum family families;        /* that it is about */
	const struct strbuf *input;  /* its text, as it was given, for the record */
	const struct stream *stream; /* its lines, for messages */
	const struct canon *canon;   /* FAMILIES of them: its rules */
	const struct extras *extras; /* its directives */
	unsigned generation;         /* not 0: this stored generation instead of the five above */
	const patterns *keep;        /* chains of other programs that stay in any case; may be NULL */
	enum unknown unknown;
	bool counters;               /* set the counters of the text */
	bool rehearse;               /* try the rules in a scratch namespace first */
	bool plan_only;              /* transaction_commit will not follow */
	bool assume_empty;           /* with plan_only: no rules are in force, whatever the kernel says */
	unsigned confirm;            /* seconds to wait for a confirmation; 0: none is needed */
};

/* What the library asks of its caller. Any of them may be NULL. */
struct transaction_hooks {
	void (*phase)(void *arg, const char *phase); /* what begins now, in words */
	int (*guard_start)(void *arg);               /* start the process that undoes an unconfirmed load: 0 or -errno */
	bool (*guard_alive)(void *arg);
	/* Load the modules, or with a plan append what would be loaded. False after a report. */
	bool (*modules)(void *arg, const struct extras *extras, struct strbuf *plan);
	void (*namespace_hint)(int err, struct strbuf *out); /* append what an administrator can do about it */
	const char *safe_rules; /* borrowed; a file with rules for when all else fails */
	void *arg;              /* borrowed */
};

struct transaction;

/* NULL when memory ran out (reported). Borrows everything. Changes nothing. */
must_check struct transaction *transaction_begin(const struct door *door, struct state *state, const struct transaction_hooks *hooks,
				      struct diag_log *log);
void transaction_end(struct transaction *t);

/*
 * Undoes what a run before this one left unfinished. RESULT_DONE: nothing is pending any more, and everything is as
 * before that run. RESULT_LOCKED: a load waits for its confirmation. RESULT_SAFE: the safe rules are in force.
 */
must_check enum result transaction_recover(struct transaction *t);

/* Reads, rehearses, merges and plans. Changes nothing. Only after RESULT_DONE may transaction_commit follow. */
must_check enum result transaction_prepare(struct transaction *t, const struct request *request);

/* The first part of transaction_prepare alone: are the rules accepted, and do they stand as they are written? Needs no
 * state and no rights: where namespaces are not permitted this process moves into a user namespace for good. */
must_check enum result transaction_check(struct transaction *t, const struct request *request);

/* One line for each step that transaction_commit would take, in order. Nothing: there is nothing to do. */
void transaction_print(const struct transaction *t, struct strbuf *out);

/*
 * Takes the steps. RESULT_DONE: all of it is in force and read back; it is the good generation, or with request.confirm
 * it waits for its confirmation. Anything else: it is undone, or the safe rules are in force (RESULT_SAFE).
 */
must_check enum result transaction_commit(struct transaction *t);

/* The generation that transaction_commit made or put in force. */
unsigned transaction_generation(const struct transaction *t);

/* Makes the load that waits the good generation. RESULT_REFUSED: none waits, or it is too late. */
must_check enum result transaction_confirm(struct transaction *t);

/*
 * Undoes the load that waits, if its time is over: RESULT_UNCONFIRMED, or what came of the undoing. RESULT_DONE: none
 * waits any more, or it still has time.
 */
must_check enum result transaction_lapse(struct transaction *t);

/* Milliseconds until the load that waits is undone; -1: none waits. */
long long transaction_pending(const struct transaction *t, unsigned *generation);

/* Is there a journal: of a load that waits, or of one that was interrupted? */
bool transaction_unfinished(const struct transaction *t);

/*
 * Puts the best rules in force that there are: the good generation (RESULT_DONE), else the previous one, else the safe
 * rules, else the policy DROP (RESULT_FALLBACK). Whatever fails, the host is not left open. first: nobody ran fw-load
 * since the machine started, so the rules in force are another loader's and go, but for the chains that are kept.
 */
must_check enum result transaction_boot(struct transaction *t, const patterns *keep, bool first);

/* The same where nothing that is stored can be believed, since others may write there. */
must_check enum result transaction_boot_bare(struct transaction *t);

/* The rules that are put in force when nothing else can be, as iptables-restore text with -4 and -6 marks. */
extern const char safe_rules[];

#endif
