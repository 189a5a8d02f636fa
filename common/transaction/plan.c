/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Plans the steps of a load in a safe order: settings that close something, sets, rules, settings that open something.
 */
#include "transaction/internal.h"

#include <string.h>

/* Writes the names of the tables that a program changes, for people: "filter, nat". */
static void name_tables(const struct strbuf *program, struct strbuf *out)
{
	const char *before = "";

	for (const char *line = strbuf_text(program); *line != '\0';) {
		size_t len = strcspn(line, "\n");

		if (*line == '*') {
			strbuf_printf(out, "%s%.*s", before, (int)len - 1, line + 1);
			before = ", ";
		}
		line += len + (line[len] == '\n');
	}
}

static bool plan_rules(struct transaction *t)
{
	const char *before = "";

	for (int i = 0; i < FAMILIES; i++) {
		struct family_work *work = &t->family[i];
		struct journal_step *step;

		if (work->program.len == 0)
			continue;
		step = journal_add(&t->journal, JOURNAL_RULES, NULL, i);
		if (step == NULL)
			return diag_memory(t->log) == 0;
		step->safe = work->base == &work->safe;
		strbuf_add(&step->before, strbuf_text(&work->live_text), work->live_text.len);
		rules_write(&work->target, false, &step->after);
		if (step->before.failed || step->after.failed)
			return diag_memory(t->log) == 0;
		strbuf_printf(&t->plan, "%s%s: change ", before, family_name(i));
		name_tables(&work->program, &t->plan);
		strbuf_printf(&t->plan, ", with %s-%s-restore", i == 0 ? "iptables" : "ip6tables", backend_name(t->door->kind));
		before = "; ";
	}
	if (*before != '\0')
		strbuf_puts(&t->plan, "\n");
	return true;
}

/* Are the rules and directives the same as those of the good generation? */
static bool is_recorded(struct transaction *t)
{
	struct strbuf now = STRBUF_INIT, then = STRBUF_INIT;
	bool same;

	if (t->request.generation != 0)
		return t->good.number == t->request.generation;
	if (t->good.number == 0 || t->good.fault.len > 0)
		return false;
	extras_write(&t->extras, &now);
	extras_write(&t->good.extras, &then);
	for (int i = 0; i < FAMILIES; i++) {
		if (!family_has(t->request.families, i))
			continue;
		if (t->good.text[i].len == 0)
			strbuf_puts(&then, "none\n");
		rules_write(&t->family[i].wanted, false, &now);
		rules_write(&t->good.rules[i], false, &then);
	}
	same = now.len == then.len && strcmp(strbuf_text(&now), strbuf_text(&then)) == 0;
	strbuf_free(&now);
	strbuf_free(&then);
	return same;
}

static bool is_settled(struct transaction *t)
{
	return t->journal.steps.len == 0 && is_recorded(t);
}

static bool plan_changes(struct transaction *t)
{
	return plan_settings(t, false) && plan_sets(t) && note_used_sets(t) && plan_rules(t) && plan_settings(t, true);
}

static void number_generation(struct transaction *t)
{
	t->journal.generation = t->request.generation != 0 ? t->request.generation : state_newest(t->state) + 1;
	t->journal.fresh = t->request.generation == 0;
	t->journal.from = t->good.number;
	t->journal.families = t->request.families;
	strcpy(t->journal.backend, backend_name(t->door->kind));
	strcpy(t->journal.boot, t->state->boot);
}

bool make_plan(struct transaction *t)
{
	struct strbuf modules = STRBUF_INIT, steps = STRBUF_INIT;
	bool good;

	strbuf_take(&modules, &t->plan);
	good = plan_changes(t);
	strbuf_take(&steps, &t->plan);
	strbuf_take(&t->plan, &modules);
	if (!good || is_settled(t)) {
		strbuf_free(&steps);
		return good;
	}
	number_generation(t);
	if ((t->flags & FLAG_UNWRITABLE) == 0)
		strbuf_printf(&t->plan, "record generation %06u in %s\n", t->journal.generation, t->state->dir);
	if (t->request.confirm > 0)
		strbuf_printf(&t->plan, "start a guard that undoes this unless it is confirmed within %u s\n", t->request.confirm);
	strbuf_add(&t->plan, strbuf_text(&steps), steps.len);
	strbuf_puts(&t->plan, "compare the rules in force with those asked for\n");
	if (t->request.confirm == 0 && (t->flags & FLAG_UNWRITABLE) == 0)
		strbuf_printf(&t->plan, "make generation %06u the good one\n", t->journal.generation);
	strbuf_free(&steps);
	return !t->plan.failed || diag_memory(t->log) == 0;
}
