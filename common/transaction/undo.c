/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Undoes a load from its journal: after a failure, in the guard, in the next run, or at boot. Every step looks at the
 * present state first, so it does not matter how far the load came. The order reverses that of the load: first close
 * what the load opened, then restore the rules, then the sets, and last open what the load closed.
 */
#include "transaction/internal.h"
#include "ruletext/gone.h"

#include <errno.h>
#include <string.h>

enum { UNDO_TRIES = 5 };

/* Rules, and the text that they borrow from. */
struct rules_reading {
	struct text_rules rules;
	struct strbuf text; /* owned; empty if the rules borrow from the journal */
};

/* The rules of one family: what the load put in force, and what was in force before. */
struct undoing {
	struct rules_reading put, before;
	VEC(struct rules_reading) old; /* earlier readings, replaced after others wrote: a target may still borrow from them */
	bool safe; /* the rules before the load are safe rules */
};

static bool read_step(struct transaction *t, const struct journal_step *step, struct undoing *u)
{
	u->safe = step->safe;
	return rules_read(&u->before.rules, "the rules before the load", strbuf_text(&step->before), step->before.len, t->log) &&
	       rules_read(&u->put.rules, "the rules of the load", strbuf_text(&step->after), step->after.len, t->log);
}

static bool canon_both(struct transaction *t, enum family families, struct undoing u[FAMILIES])
{
	struct text_rules *put[FAMILIES] = { &u[0].put.rules, &u[1].put.rules };
	struct text_rules *before[FAMILIES] = { &u[0].before.rules, &u[1].before.rules };

	return rules_canon(t, families, put) && rules_canon(t, families, before);
}

/*
 * An earlier undoing may have loaded the safe rules and died, or failed to remove its journal. Then the safe rules are
 * in force in filter instead of the load's rules, so expect them there. If the safe rules were in force before the load
 * too, the merge recognises them anyway.
 */
static bool expect_safe(struct transaction *t, int family, struct undoing *u)
{
	const struct family_work *work = &t->family[family];
	struct text_table *put = rules_table(&u->put.rules, "filter"), *safe, kept;

	if (u->safe)
		return true;
	if (!read_safe_begun(t, family))
		return false;
	if (!filter_stands(&work->safe, &work->live) || (put != NULL && filter_stands(&u->put.rules, &work->live)))
		return true;
	if (put == NULL) /* the load had no filter: use an empty one */
		put = rules_add_table(&u->put.rules, "filter");
	if (put == NULL)
		return diag_memory(t->log) == 0;
	safe = rules_table(&work->safe, "filter");
	kept = *put;
	*put = *safe;
	*safe = kept;
	return true;
}

static bool read_again(struct transaction *t, int family, const char *name, struct rules_reading *reading, struct undoing *u,
		       struct strbuf *text)
{
	struct text_rules *both[FAMILIES] = { &reading->rules, &reading->rules };

	if (!vec_push(&u->old, *reading))
		return diag_memory(t->log) == 0;
	*reading = (struct rules_reading){ .text = STRBUF_INIT };
	strbuf_take(&reading->text, text);
	return rules_read(&reading->rules, name, strbuf_text(&reading->text), reading->text.len, t->log) &&
	       rules_canon(t, family_bit(family), both);
}

/* Do not restore what other programs have removed since the load, and leave what they moved where it is. */
bool leave_theirs(struct transaction *t, int family)
{
	struct undoing *u = t->family[family].undoing;
	struct strbuf before = STRBUF_INIT, put = STRBUF_INIT;
	struct undone undone;
	bool good;

	if (u == NULL)
		return true;
	undone = (struct undone){ &u->before.rules, &u->put.rules, &t->family[family].live,
				  t->good.text[family].len > 0 ? &t->good.rules[family] : NULL };
	good = rules_without_theirs(&undone, &before, &put) == 0 || diag_memory(t->log) == 0;
	good = good && read_again(t, family, "the rules before the load", &u->before, u, &before) &&
	       read_again(t, family, "the rules of the load", &u->put, u, &put);
	strbuf_free(&before);
	strbuf_free(&put);
	return good;
}

static void undoing_free(struct undoing *u)
{
	struct rules_reading last[] = { u->put, u->before };

	for (size_t i = 0; i < u->old.len + 2; i++) {
		struct rules_reading *reading = i < 2 ? &last[i] : &u->old.item[i - 2];

		rules_free(&reading->rules);
		strbuf_free(&reading->text);
	}
	vec_free(&u->old);
}

/* Reads what is in force, and replaces what the load put there. */
static bool undo_once(struct transaction *t, int family, struct undoing *u)
{
	struct family_work *work = &t->family[family];

	work->base = &u->put.rules;
	work->next = &u->before.rules;
	work->undoing = u->safe ? NULL : u;
	return read_live_cleared(t, family_bit(family)) && expect_safe(t, family, u) && merge_family(t, family, true) &&
	       put_rules(t, family_bit(family), true);
}

/* Is the program accepted? A refusal is not reported. */
static bool commit_unread(struct transaction *t, int family, enum restore_mode mode, const struct strbuf *program)
{
	struct strbuf programs[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	struct refusal refusals[FAMILIES] = { REFUSAL_INIT, REFUSAL_INIT };
	bool good;

	if (program->failed)
		return diag_memory(t->log) == 0;
	programs[family] = *program;
	if (program->len > 0)
		t->door->restore(t->door->self, family_bit(family), mode, programs, refusals);
	good = !refusals[family].refused;
	refusal_free(&refusals[family]);
	return good;
}

/* Appends all tables before the load, and those that it added, empty. */
static void write_whole(const struct undoing *u, struct strbuf *out)
{
	rules_write(&u->before.rules, true, out);
	for (size_t i = 0; i < u->put.rules.tables.len; i++)
		if (rules_table(&u->before.rules, u->put.rules.tables.item[i].name) == NULL)
			strbuf_printf(out, "*%s\nCOMMIT\n", u->put.rules.tables.item[i].name);
}

/*
 * Other programs commit so often that the rules cannot be read: replaces the chains that the load changed by those before
 * it. If a chain is not there, or others jump to it by now, whole tables. What others changed there since is lost, but
 * the safe rules would keep even less.
 */
static bool undo_unread(struct transaction *t, int family, const struct undoing *u)
{
	struct strbuf program = STRBUF_INIT, whole = STRBUF_INIT;
	bool good = program_write(&u->put.rules, &u->before.rules, PROGRAM_FLUSH, COUNTS_WRITTEN, &program) == 0 ||
		    diag_memory(t->log) == 0;

	write_whole(u, &whole);
	good = good && (commit_unread(t, family, RESTORE_CHANGE, &program) || commit_unread(t, family, RESTORE_FLUSH, &whole));
	if (good)
		warn(t, "the %s rules before the load are in force again, but could not be read back; what other programs changed in "
		     "the same chains or tables meanwhile is lost", family_name(family));
	strbuf_free(&program);
	strbuf_free(&whole);
	return good;
}

/* Did the last reading pass over things made with nft, or fail because of them? */
static bool is_beside_nft(const struct transaction *t)
{
	return t->door->clear != NULL && ((t->flags & FLAG_PASSED) != 0 || t->result == RESULT_BACKENDS);
}

/*
 * If it fails although it passed over things made with nft, it removes these and tries again: more than once, as other
 * programs may go on to make them.
 */
static bool undo_family(struct transaction *t, int family, struct undoing *u)
{
	const unsigned clears = FLAG_CLEAR | FLAG_CLEAR_ALL;
	bool good;

	t->flags &= ~clears;
	good = undo_once(t, family, u);
	for (int tries = 1; !good && is_beside_nft(t) && tries < UNDO_TRIES; tries++) {
		t->flags = (t->flags & ~clears) | FLAG_CLEAR_ALL;
		good = undo_once(t, family, u);
	}
	t->flags &= ~clears;
	if (!good && (t->flags & FLAG_UNREAD) != 0 && !u->safe)
		good = undo_unread(t, family, u);
	if (good && !u->safe)
		forget_safe(t, family_bit(family));
	return good;
}

/*
 * Reads the generation that the load replaced, which tells which of its rules are ours. If there is none, none are
 * known.
 */
static bool read_before(struct transaction *t, unsigned from)
{
	struct text_rules *rules[FAMILIES] = { &t->good.rules[0], &t->good.rules[1] };

	if (t->good.number == from && from != 0)
		return true; /* the load of this run has already read it */
	generation_free(&t->good);
	t->good = (struct generation){ .number = 0 };
	return from == 0 || !generation_read(&t->good, t->state, from) || rules_canon(t, FAMILY_BOTH, rules);
}

/*
 * Restores the chains that the load changed. What others added there since stays: a ban must not be lost because a load
 * is undone. Returns the families that were restored.
 */
static enum family undo_families(struct transaction *t, const struct journal *journal, enum family families,
				 struct undoing u[FAMILIES])
{
	enum family back = FAMILY_NONE;

	if (!canon_both(t, families, u) || !read_before(t, journal->from))
		return FAMILY_NONE;
	for (int i = 0; i < FAMILIES; i++)
		if (family_has(families, i) && undo_family(t, i, &u[i]))
			back |= family_bit(i);
	return back;
}

/* Returns the families that could not be put back. */
static enum family undo_rules(struct transaction *t, const struct journal *journal)
{
	struct undoing u[FAMILIES] = { { .safe = false }, { .safe = false } };
	enum family families = FAMILY_NONE, missing;
	bool good = true;

	for (size_t i = 0; good && i < journal->steps.len; i++) {
		const struct journal_step *step = &journal->steps.item[i];

		if (step->kind != JOURNAL_RULES)
			continue;
		families |= family_bit(step->family);
		good = read_step(t, step, &u[step->family]);
	}
	missing = families;
	if (good && families != FAMILY_NONE)
		missing &= ~undo_families(t, journal, families, u);
	for (int i = 0; i < FAMILIES; i++) {
		if (family_has(missing, i))
			diag_add(t->log, DIAG_ROLLBACK, NULL, NULL, "the %s rules could not be restored", family_name(i));
		rules_free(&t->family[i].target); /* target borrows from put and before ... */
		rules_free(&t->family[i].safe);   /* ... and safe was swapped with a table of put */
		merge_free(&t->family[i].merge);
		t->family[i].base = t->family[i].next = NULL;
		t->family[i].undoing = NULL;
		undoing_free(&u[i]);
	}
	return missing;
}

static bool undo_step(struct transaction *t, struct journal_step *step)
{
	return step->kind == JOURNAL_SETTING ? setting_undo(t, step) : set_undo(t, step);
}

/*
 * Some settings change others, and some have limits that others define: check all of them once more, in the load's
 * order.
 */
static void undo_settings_again(struct transaction *t, struct journal *journal, bool opens)
{
	for (size_t i = 0; i < journal->steps.len; i++) {
		struct journal_step *step = &journal->steps.item[i];

		if (step->kind == JOURNAL_SETTING && step->opens >= opens)
			step->left = step->left ? !setting_undo(t, step) : !setting_undo_again(t, step);
	}
}

/*
 * Undoes the steps that are not rules: those that opened something (opens), or all others. False: a step could not be
 * undone.
 */
static bool undo_others(struct transaction *t, struct journal *journal, bool opens)
{
	bool good = true;

	for (size_t i = journal->steps.len; i-- > 0;) {
		struct journal_step *step = &journal->steps.item[i];

		if (step->kind != JOURNAL_RULES && step->opens == opens)
			step->left = !undo_step(t, step) && !undo_step(t, step); /* repeatable, as each looks first */
	}
	undo_settings_again(t, journal, opens);
	for (size_t i = 0; i < journal->steps.len; i++) {
		const struct journal_step *step = &journal->steps.item[i];

		if (step->kind == JOURNAL_RULES || step->opens < opens || !step->left)
			continue;
		warn(t, "%s could not be restored%s", step->name, journal->rest ? ", and is left as it is" : ": the next run tries again");
		good = false;
	}
	return good;
}

int leave_rest(const struct transaction *t, const struct journal *journal)
{
	struct journal rest = *journal;
	int err = 0;

	memset(&rest.steps, 0, sizeof(rest.steps));
	rest.rest = true;
	rest.fresh = false;
	rest.deadline = 0;
	for (size_t i = 0; i < journal->steps.len; i++)
		if (journal->steps.item[i].left && !vec_push(&rest.steps, journal->steps.item[i]))
			err = -ENOMEM;
	if (err == 0)
		err = rest.steps.len > 0 && !journal->rest ? journal_write(t->state, &rest) : journal_remove(t->state);
	vec_free(&rest.steps);
	return err;
}

/* Some settings change others: if one could not be restored, let the next run check all of them. */
static void leave_settings_together(struct journal *journal)
{
	bool any = false;

	for (size_t i = 0; i < journal->steps.len; i++)
		any = any || (journal->steps.item[i].left && journal->steps.item[i].kind == JOURNAL_SETTING);
	for (size_t i = 0; any && i < journal->steps.len; i++)
		if (journal->steps.item[i].kind == JOURNAL_SETTING && !journal->steps.item[i].stays)
			journal->steps.item[i].left = true;
}

/* Removes the generation of an undone load, unless it existed before the load. */
static int drop_generation(const struct transaction *t, const struct journal *journal)
{
	unsigned number = journal->generation;

	if (!journal->fresh || number == state_link(t->state, "good") || number == state_link(t->state, "previous"))
		return 0;
	return state_remove(t->state, number);
}

/*
 * The families left open by a setting that the load opened and that could not be closed. For these not even the old
 * rules are safe.
 */
static enum family left_open(const struct journal *journal)
{
	enum family families = FAMILY_NONE;

	for (size_t i = 0; i < journal->steps.len; i++)
		if (journal->steps.item[i].kind == JOURNAL_SETTING && journal->steps.item[i].left)
			families |= setting_families(journal->steps.item[i].name);
	return families;
}

static enum result play_back(struct transaction *t, struct journal *journal)
{
	enum family unsafe = FAMILY_NONE;
	bool good;
	int err;

	phase(t, "undoing");
	t->result = RESULT_DONE;
	t->request.families = FAMILY_BOTH;
	/*
	 * The old rules may rely on what now stays open, so put safe rules in force. A setting that stays closed, or a
	 * set, is no reason to give up good rules.
	 */
	if (!undo_others(t, journal, true) && !journal->rest)
		unsafe = left_open(journal);
	unsafe |= undo_rules(t, journal);
	good = unsafe == FAMILY_NONE;
	if (!good && !put_safe_rules(t, unsafe))
		return RESULT_SAFE; /* the journal stays, and the next run tries again */
	(void)undo_others(t, journal, false);
	leave_settings_together(journal);
	if (drop_generation(t, journal) != 0)
		warn(t, "generation %06u in %s could not be removed", journal->generation, t->state->dir);
	err = leave_rest(t, journal);
	if (err != 0) {
		diag_system(t->log, err, "%s/journal", t->state->run);
		return good ? RESULT_SYSTEM : RESULT_SAFE;
	}
	return good ? RESULT_DONE : RESULT_SAFE;
}

enum result undo(struct transaction *t, struct journal *journal)
{
	enum result result;

	t->flags |= FLAG_UNDOING;
	result = play_back(t, journal);
	t->flags &= ~(unsigned)FLAG_UNDOING;
	return result;
}

/* An unreadable journal does not mean that there is nothing to undo: put the safe rules in force. */
static enum result distrust(struct transaction *t, int err)
{
	diag_add(t->log, DIAG_ROLLBACK, NULL, NULL,
		 "an interrupted load cannot be undone, because %s/journal cannot be read: %s; it is kept as journal.bad",
		 t->state->run, err == -EBADMSG ? "it is damaged" : strerror(-err));
	if (!put_safe_rules(t, FAMILY_BOTH))
		return RESULT_SAFE; /* the next run tries again */
	err = journal_set_aside(t->state);
	if (err != 0)
		diag_system(t->log, err, "%s/journal.bad", t->state->run);
	return RESULT_SAFE;
}

/* The load is of an earlier boot, so the kernel has forgotten it: only the files are removed. */
static enum result drop_old(struct transaction *t, const struct journal *journal)
{
	int err;

	if (journal->deadline > 0)
		warn(t, "generation %06u was not confirmed before the machine went down: removing it", journal->generation);
	err = drop_generation(t, journal);
	if (err == 0)
		err = journal_remove(t->state);
	if (err != 0)
		warn(t, "the record of generation %06u could not be removed: %s", journal->generation, strerror(-err));
	return RESULT_DONE;
}

static enum result recover(struct transaction *t, struct journal *journal)
{
	if (strcmp(t->state->boot, journal->boot) != 0)
		return drop_old(t, journal);
	if (!journal->rest && journal->generation == state_link(t->state, "good") && journal->from != journal->generation) {
		int err = journal_remove(t->state);

		return err == 0 ? RESULT_DONE : (diag_system(t->log, err, "%s/journal", t->state->run), RESULT_SYSTEM);
	}
	if (strcmp(journal->backend, backend_name(t->door->kind)) != 0) {
		diag_add(t->log, DIAG_SYSTEM, NULL, NULL, "an interrupted load of the %s backend must be undone first: use -b %s",
			 journal->backend, journal->backend);
		return RESULT_BACKENDS;
	}
	if (journal->deadline > 0 && t->hooks.guard_alive != NULL && t->hooks.guard_alive(t->hooks.arg)) {
		long long left = (journal->deadline - t->door->clock(t->door->self)) / 1000;

		if (left >= 0)
			diag_add(t->log, DIAG_SYSTEM, NULL, NULL,
				 "generation %06u waits for its confirmation, %lld s left; confirm it with: fw-load --confirm-now", journal->generation, left);
		else
			diag_add(t->log, DIAG_SYSTEM, NULL, NULL, "generation %06u was not confirmed: its guard is about to undo it",
				 journal->generation);
		return RESULT_LOCKED;
	}
	if (!journal->rest)
		warn(t, "the load of generation %06u was interrupted: undoing it", journal->generation);
	return undo(t, journal);
}

enum result transaction_recover(struct transaction *t)
{
	struct journal journal = { .steps = { 0 } };
	int err = state_tidy(t->state); /* before recover reads which generation is the good one */
	enum result result = RESULT_DONE;

	if (err != 0)
		warn(t, "files that a killed run left in %s and %s could not be removed: %s", t->state->dir, t->state->run, strerror(-err));
	err = journal_read(t->state, &journal);
	if (err == 0)
		result = recover(t, &journal);
	else if (err != -ENOENT)
		result = distrust(t, err);
	journal_free(&journal);
	return result;
}

/* --- confirmation ----------------------------------------------------------------------------------- */

long long transaction_pending(const struct transaction *t, unsigned *generation)
{
	struct journal journal = { .steps = { 0 } };
	long long left = -1;

	*generation = 0;
	if (journal_read(t->state, &journal) == 0 && journal.deadline > 0) {
		left = journal.deadline - t->door->clock(t->door->self);
		*generation = journal.generation;
		left = left > 0 ? left : 0;
	}
	journal_free(&journal);
	return left;
}

bool transaction_unfinished(const struct transaction *t)
{
	struct journal journal = { .steps = { 0 } };
	int err = journal_read(t->state, &journal);

	journal_free(&journal);
	return err != -ENOENT;
}

enum result transaction_confirm(struct transaction *t)
{
	unsigned generation;
	long long left = transaction_pending(t, &generation);

	if (left < 0) {
		diag_add(t->log, DIAG_LOAD, NULL, NULL, "no load waits for a confirmation");
	} else if (left == 0 || t->hooks.guard_alive == NULL || !t->hooks.guard_alive(t->hooks.arg)) {
		diag_add(t->log, DIAG_LOAD, NULL, NULL, "too late: %s, and generation %06u will be undone",
			 left == 0 ? "the time is up" : "the guard has ended", generation);
	} else {
		t->journal.generation = generation;
		return flip(t) ? RESULT_DONE : failed(t);
	}
	return RESULT_REFUSED;
}

enum result transaction_lapse(struct transaction *t)
{
	struct journal journal = { .steps = { 0 } };
	int err = journal_read(t->state, &journal);
	enum result result = RESULT_DONE;

	if (err == 0 && journal.deadline > t->door->clock(t->door->self)) {
		result = RESULT_DONE; /* its time to wait began again */
	} else if (err == 0 && journal.deadline > 0) {
		result = undo(t, &journal);
		result = result == RESULT_DONE ? RESULT_UNCONFIRMED : result;
	} else if (err != 0 && err != -ENOENT) {
		result = distrust(t, err);
	}
	journal_free(&journal);
	return result;
}
