/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "transaction/internal.h"

#include <errno.h>

/* The rules of both families are one step: the load must never be in force for one family only. */
static bool take_rules(struct transaction *t)
{
	return (t->flags & FLAG_BLIND) != 0 ? put_blind(t, t->request.families) : put_rules(t, t->request.families, false);
}

/*
 * A setting may be valid only after another one that comes later. So try all of them, and if any fails, all again in
 * the same order.
 */
static bool take_settings(struct transaction *t, size_t from, size_t end)
{
	bool good = true;

	for (size_t i = from; i < end; i++)
		if (!t->journal.steps.item[i].left)
			good = setting_try(t, &t->journal.steps.item[i]) == 0 && good;
	if (good)
		return true;
	good = true;
	for (size_t i = from; good && i < end; i++)
		if (!t->journal.steps.item[i].left)
			good = setting_apply(t, &t->journal.steps.item[i]);
	return good;
}

/* The first step at or after `from` that is not a setting. */
static size_t settings_end(const struct journal *journal, size_t from)
{
	while (from < journal->steps.len && journal->steps.item[from].kind == JOURNAL_SETTING)
		from++;
	return from;
}

static bool take_steps(struct transaction *t)
{
	bool rules_done = false, good = true;

	for (size_t i = 0; good && i < t->journal.steps.len; i++) {
		const struct journal_step *step = &t->journal.steps.item[i];
		size_t end = settings_end(&t->journal, i);

		if (end > i) {
			good = take_settings(t, i, end);
			i = end - 1;
			continue;
		}
		if (step->left)
			continue;
		switch (step->kind) {
		case JOURNAL_SETTING:
			break;
		case JOURNAL_SET:
			good = set_apply(t, step);
			break;
		case JOURNAL_RULES:
			good = rules_done || take_rules(t);
			rules_done = true;
			break;
		}
	}
	if (good)
		settings_repeat(t);
	return good && settings_hold(t);
}

static bool start_guard(struct transaction *t)
{
	int err;

	if (t->request.confirm == 0)
		return true;
	err = t->hooks.guard_start != NULL ? t->hooks.guard_start(t->hooks.arg) : -ENOSYS;
	if (err != 0)
		diag_system(t->log, err, "the guard that undoes an unconfirmed load");
	return err == 0;
}

/* Removes what was recorded of a load that changed nothing. */
static void forget(struct transaction *t)
{
	int err = t->request.generation != 0 ? 0 : state_remove(t->state, t->journal.generation), cleared = leave_rest(t, &t->journal);

	if (err != 0 || cleared != 0)
		warn(t, "the record of generation %06u in %s could not be removed", t->journal.generation, t->state->dir);
}

static enum result give_up(struct transaction *t)
{
	enum result why = failed(t), undone;

	if ((t->flags & FLAG_CHANGED) == 0) {
		forget(t);
		warn(t, "nothing has changed: the rules are as before");
		return why;
	}
	undone = undo(t, &t->journal);
	if (undone != RESULT_DONE)
		return undone;
	warn(t, "the load was undone: the rules are as before");
	return why == RESULT_OTHER || why == RESULT_EXTRAS || why == RESULT_BACKENDS ? why : RESULT_UNDONE;
}

static void set_deadline(struct transaction *t)
{
	if (t->request.confirm > 0)
		t->journal.deadline = t->door->clock(t->door->self) + 1000LL * t->request.confirm;
}

/* The time to confirm begins only now, when the rules are in force and can be tried. */
static bool begin_waiting(struct transaction *t)
{
	int err;

	if (t->request.confirm == 0)
		return true;
	set_deadline(t);
	err = journal_write(t->state, &t->journal);
	if (err != 0)
		diag_system(t->log, err, "%s/journal", t->state->run);
	return err == 0;
}

enum result transaction_commit(struct transaction *t)
{
	if (t->journal.generation == 0) {
		forget_safe(t, t->request.families); /* these rules are in force now, so the safe rules are not */
		leave_mark(t);
		state_enter(t->state);
		return RESULT_DONE;
	}
	/*
	 * A first deadline, for the time until the rules are in force. If it passes, the guard still waits for the
	 * lock, which we hold.
	 */
	set_deadline(t);
	if (!record(t) || !start_guard(t) || !take_steps(t) || !begin_waiting(t))
		return give_up(t);
	leave_mark(t);
	state_enter(t->state);
	if ((t->flags & FLAG_UNWRITABLE) != 0 && leave_rest(t, &t->journal) != 0) /* or the next run would undo this load */
		warn(t, "%s/journal could not be removed", t->state->run);
	if (t->request.confirm > 0 || (t->flags & FLAG_UNWRITABLE) != 0)
		return RESULT_DONE;
	return flip(t) ? RESULT_DONE : give_up(t);
}
