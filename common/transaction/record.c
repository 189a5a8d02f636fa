/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Records the load: the generation, the baseline and the journal before the first change, the links after the last. */
#include "transaction/internal.h"
#include "host/bootload.h"
#include "store/prune.h"

#include <errno.h>
#include <string.h>

/* The rules of a family in the new generation: those asked for, or those that stay. */
static const struct text_rules *rules_of(const struct transaction *t, int family)
{
	if (family_has(t->request.families, family))
		return &t->family[family].wanted;
	return t->family[family].base;
}

static int write_generation(struct transaction *t)
{
	struct strbuf rules[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	struct generation_parts parts = { .number = t->journal.generation, .families = t->request.families, .extras = &t->extras,
					  .backend = backend_name(t->door->kind), .input = t->request.input,
					  .from = t->request.stream->name, .cut = t->family[0].cut + t->family[1].cut };
	int err;

	for (int i = 0; i < FAMILIES; i++) {
		const struct text_rules *of = rules_of(t, i);

		if (of == NULL)
			continue;
		rules_write(of, false, &rules[i]);
		parts.rules[i] = &rules[i];
	}
	err = rules[0].failed || rules[1].failed ? -ENOMEM : generation_write(t->state, &parts);
	if (err == 0)
		leave_words(t, parts.number);
	for (int i = 0; i < FAMILIES; i++)
		strbuf_free(&rules[i]);
	return err;
}

/*
 * At boot, rules are put in force even if the state cannot be written: warn and continue. Otherwise this is an error.
 */
static bool could_not(struct transaction *t, int err, const char *what)
{
	if ((t->flags & FLAG_BOOT) == 0) {
		diag_system(t->log, err, "recording generation %06u in %s: %s", t->journal.generation, t->state->dir, what);
		return false;
	}
	warn(t, "%s in %s could not be written: %s", what, t->state->run, strerror(-err));
	t->flags |= FLAG_UNWRITABLE;
	return true;
}

/* Does the load ask for this set or setting, or for a setting that changes this one? */
static bool is_asked_for(const struct transaction *t, const struct journal_step *step)
{
	bool asked = step->kind == JOURNAL_SETTING && find_setting(&t->extras, step->name) != NULL;

	for (size_t i = 0; step->kind == JOURNAL_SET && i < t->extras.sets.len; i++)
		asked = asked || strcmp(t->extras.sets.item[i].name, step->name) == 0;
	for (size_t i = 0; step->kind == JOURNAL_SETTING && i < t->extras.sysctls.len; i++) {
		struct strbuf keys = STRBUF_INIT;

		if (t->door->setting.followers(t->door->self, t->extras.sysctls.item[i].key, &keys) == 0)
			asked = asked || strstr(strbuf_text(&keys), step->name) != NULL;
		strbuf_free(&keys);
	}
	return asked;
}

/*
 * Some steps of an earlier load could not be undone at the start of this run. Move them into the journal of this load,
 * so that the next run tries them. Leave out what this load sets itself.
 */
static int carry_rest(struct transaction *t)
{
	struct journal rest = { .steps = { 0 } };
	int err = journal_read(t->state, &rest);

	for (size_t i = 0; err == 0 && rest.rest && i < rest.steps.len; i++) {
		struct journal_step *from = &rest.steps.item[i], *step;

		if (is_asked_for(t, from))
			continue;
		step = journal_add(&t->journal, from->kind, from->name, from->family);
		if (step == NULL) {
			err = -ENOMEM;
			break;
		}
		step->opens = from->opens;
		step->existed = from->existed;
		step->read_at = from->read_at;
		step->left = true;
		strbuf_take(&step->before, &from->before);
		strbuf_take(&step->after, &from->after);
	}
	journal_free(&rest);
	return err == -ENOENT ? 0 : err;
}

bool record(struct transaction *t)
{
	int err;

	phase(t, "recording");
	if (t->request.generation == 0) {
		err = write_generation(t);
		if (err != 0)
			return could_not(t, err, "the generation");
	}
	err = baseline_write(t->state, &t->baseline);
	if (err != 0 && !could_not(t, err, "the original kernel settings"))
		return false;
	err = carry_rest(t);
	if (err == 0)
		err = journal_write(t->state, &t->journal);
	return err == 0 || could_not(t, err, "the journal");
}

/*
 * After the first load into the default state folder: warn if nothing loads the rules at boot. No package enables the
 * service.
 */
static void tell_first(const struct transaction *t)
{
	struct strbuf what = STRBUF_INIT;

	if (strcmp(t->state->dir, STATE_DIR) == 0 && !bootload_find("", &what))
		warn(t, "nothing loads these rules at boot: run `systemctl enable fw-load.service', see fw-load(8)");
	strbuf_free(&what);
}

bool flip(struct transaction *t)
{
	bool first = state_link(t->state, "good") == 0;
	int err = state_flip(t->state, t->journal.generation), cleared, pruned;

	if (err != 0 && (t->flags & FLAG_BOOT) == 0) {
		diag_system(t->log, err, "making generation %06u in %s the good one", t->journal.generation, t->state->dir);
		return false;
	}
	if (err != 0)
		warn(t, "generation %06u in %s could not be made the good one: %s", t->journal.generation, t->state->dir, strerror(-err));
	cleared = leave_rest(t, &t->journal);
	if (cleared != 0) /* harmless: the journal names the good generation, so the next run treats the load as complete */
		warn(t, "%s/journal could not be removed: %s", t->state->run, strerror(-cleared));
	pruned = generations_prune(t->state, STATE_KEEP);
	if (pruned != 0)
		warn(t, "old generations in %s could not be removed: %s", t->state->dir, strerror(-pruned));
	forget_safe(t, FAMILY_BOTH);
	if (first && (t->flags & FLAG_BOOT) == 0)
		tell_first(t);
	return true;
}
