/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Reads what a load starts from: the rules asked for, those of the previous load, and those in force. */
#include "transaction/internal.h"

#include <errno.h>
#include <string.h>

/* Marks all chains as ours, and gives each rule the line of the input that contains it. */
static void mark_wanted(struct text_rules *wanted, const struct canon *canon)
{
	size_t n = 0;

	for (size_t i = 0; i < wanted->tables.len; i++)
		for (size_t c = 0; c < wanted->tables.item[i].chains.len; c++) {
			struct text_chain *chain = &wanted->tables.item[i].chains.item[c];

			chain->ours = true;
			for (size_t r = 0; r < chain->rules.len; r++, n++)
				chain->rules.item[r].line = canon != NULL && n < canon->lines.len ? canon->lines.item[n] + 1 : 0;
		}
}

static bool take_canon(struct transaction *t, int family)
{
	struct family_work *work = &t->family[family];
	const struct canon *canon = &t->request.canon[family];

	strbuf_add(&work->text, strbuf_text(&canon->text), canon->text.len);
	if (!rules_read(&work->wanted, "the rules of the input", strbuf_text(&work->text), work->text.len, t->log))
		return false;
	mark_wanted(&work->wanted, canon);
	return known_add(t, family, &work->wanted);
}

/* Forgets how the stored rules were spelt: from here on they are written as this version's model writes them. */
static void forget_raw(struct text_rules *rules)
{
	for (size_t i = 0; i < rules->tables.len; i++)
		for (size_t c = 0; c < rules->tables.item[i].chains.len; c++)
			for (size_t r = 0; r < rules->tables.item[i].chains.item[c].rules.len; r++)
				rules->tables.item[i].chains.item[c].rules.item[r].raw = (struct piece){ NULL, 0 };
}

static bool take_generation(struct transaction *t)
{
	struct text_rules *rules[FAMILIES] = { &t->family[0].wanted, &t->family[1].wanted };
	enum family found = FAMILY_NONE;

	if (!generation_read(&t->again, t->state, t->request.generation)) {
		if ((t->flags & FLAG_BOOT) != 0)
			warn(t, "generation %06u in %s is damaged: %s", t->request.generation, t->state->dir,
			     strbuf_text(&t->again.fault));
		else
			diag_add(t->log, DIAG_LOAD, NULL, NULL, "generation %06u in %s is missing or damaged: %s", t->request.generation,
				 t->state->dir, strbuf_text(&t->again.fault));
		return false;
	}
	for (int i = 0; i < FAMILIES; i++) {
		struct family_work *work = &t->family[i];

		if (t->again.text[i].len == 0 || !family_has(t->request.families, i))
			continue;
		strbuf_add(&work->text, strbuf_text(&t->again.text[i]), t->again.text[i].len);
		if (!rules_read(rules[i], "the generation", strbuf_text(&work->text), work->text.len, t->log))
			return false;
		mark_wanted(rules[i], NULL);
		found |= family_bit(i);
	}
	t->request.families = found;
	if (!rules_canon(t, found, rules))
		return false;
	for (int i = 0; i < FAMILIES; i++)
		forget_raw(rules[i]);
	return true;
}

bool read_wanted(struct transaction *t)
{
	if (t->request.generation != 0)
		return take_generation(t);
	for (int i = 0; i < FAMILIES; i++)
		if (family_has(t->request.families, i) && !take_canon(t, i))
			return false;
	return true;
}

/*
 * Without the good generation we do not know which rules of a family are ours. That matters for a family that the load
 * leaves as it is.
 */
static bool do_without(struct transaction *t)
{
	if ((t->flags & FLAG_BOOT) == 0)
		warn(t, "generation %06u in %s is damaged: %s", t->good.number, t->state->dir, strbuf_text(&t->good.fault));
	if (t->request.families == FAMILY_BOTH || t->request.families == FAMILY_NONE || (t->flags & FLAG_BOOT) != 0)
		return true;
	diag_add(t->log, DIAG_SYSTEM, NULL, NULL,
		 "only it contains the rules of %s, which this load does not change: load both families",
		 family_name(!family_has(t->request.families, 1)));
	return false;
}

bool read_base(struct transaction *t)
{
	struct text_rules *rules[FAMILIES] = { &t->good.rules[0], &t->good.rules[1] };
	unsigned number = state_link(t->state, "good");
	bool whole;

	generation_free(&t->good); /* an undoing in this run may have read one */
	t->good = (struct generation){ .number = 0 };
	whole = number != 0 && generation_read(&t->good, t->state, number);
	t->flags &= ~(unsigned)FLAG_SAME_WORDS;
	if (whole && has_words_of_today(t, number))
		t->flags |= FLAG_SAME_WORDS;

	t->good.number = number;
	if (number != 0 && !whole && !do_without(t))
		return false;
	for (int i = 0; i < FAMILIES; i++) {
		t->family[i].base = whole && t->good.text[i].len > 0 ? rules[i] : NULL;
		if (!read_safe(t, i))
			return false;
		if (t->family[i].base == &t->family[i].safe && !family_has(t->request.families, i))
			warn(t, "%s: the safe rules stay in force and become part of this generation", family_name(i));
	}
	return true;
}

/*
 * How often to read the rules again while other programs keep changing them, once it is too late to leave everything as
 * it is. In the first run after a boot no rules may be in force yet: the host may be open, so that no attempt begins
 * after OPEN_MS.
 */
enum { PATIENCE = 20, OPEN_MS = 3000 };

/* May things made with nft stay where the undoing of a family has nothing to do? */
static bool goes_around(const struct transaction *t, enum family families)
{
	const struct family_work *work = &t->family[families == FAMILY_IPV6];

	return (t->flags & (FLAG_UNDOING | FLAG_CLEAR_ALL)) == FLAG_UNDOING && t->door->save_around != NULL &&
	       families != FAMILY_BOTH && work->base != NULL && work->next != NULL;
}

static int save_once(struct transaction *t, enum family families, struct strbuf texts[FAMILIES])
{
	int family = families == FAMILY_IPV6, err;
	struct around around = { t->family[family].next, t->family[family].base };
	bool passed = false;

	err = goes_around(t, families) ? t->door->save_around(t->door->self, family, &around, texts, &passed, t->log) :
					 t->door->save(t->door->self, families, texts, t->log);
	t->flags = passed ? t->flags | FLAG_PASSED : t->flags & ~(unsigned)FLAG_PASSED;
	return err;
}

static bool may_be_open(const struct transaction *t)
{
	return (t->flags & (FLAG_BOOT | FLAG_REPLACE | FLAG_CHANGED | FLAG_UNDOING)) == (FLAG_BOOT | FLAG_REPLACE);
}

static int save_live(struct transaction *t, enum family families, struct strbuf texts[FAMILIES])
{
	bool patient = (t->flags & (FLAG_CHANGED | FLAG_BOOT | FLAG_UNDOING)) != 0;
	long long start = t->door->clock(t->door->self);
	int err = save_once(t, families, texts);

	for (int tries = 1; err == -EBUSY && patient && tries < PATIENCE; tries++) {
		if (may_be_open(t) && t->door->clock(t->door->self) - start > OPEN_MS)
			break;
		err = save_once(t, families, texts);
	}
	if (err == -EBUSY)
		diag_add(t->log, DIAG_SYSTEM, NULL, NULL, "other programs change the rules so often that they cannot be read");
	return err;
}

bool read_live(struct transaction *t, enum family families)
{
	struct text_rules *rules[FAMILIES] = { &t->family[0].live, &t->family[1].live };
	struct strbuf texts[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	uint32_t seen = 0;
	bool told = t->door->generation(t->door->self, &seen) == 0;
	int err = save_live(t, families, texts);
	bool good = err == 0;

	t->flags = err == -EBUSY ? t->flags | FLAG_UNREAD : t->flags & ~(unsigned)FLAG_UNREAD;
	if (err == -EBADMSG || err == -EBUSY)
		t->result = err == -EBUSY ? RESULT_OTHER : RESULT_BACKENDS;
	for (int i = 0; i < FAMILIES; i++) {
		struct family_work *work = &t->family[i];

		if (!good || !family_has(families, i)) {
			strbuf_free(&texts[i]);
			continue;
		}
		rules_free(&work->target); /* it borrows from live */
		rules_free(&work->live);
		strbuf_free(&work->live_text);
		work->live_text = texts[i];
		work->seen = told ? seen : 0;
		good = rules_read(&work->live, "the rules in force", strbuf_text(&work->live_text), work->live_text.len, t->log) &&
		       (work->base == NULL || (t->flags & FLAG_SAME_WORDS) == 0 || known_alike(t, i, work->base, &work->live));
	}
	return good && rules_canon(t, families, rules);
}

/*
 * Does the generation set the policies of INPUT and FORWARD? Only then may these chains drop everything until it is
 * loaded.
 */
static bool says_policies(const struct text_rules *wanted)
{
	const struct text_table *filter = rules_table(wanted, "filter");
	const struct text_chain *input = filter != NULL ? table_chain(filter, "INPUT") : NULL;
	const struct text_chain *forward = filter != NULL ? table_chain(filter, "FORWARD") : NULL;

	return input != NULL && input->policy != NULL && forward != NULL && forward->policy != NULL;
}

/* Chains that are kept by name belong to another program, and so may the rest of their table. */
static bool keeps_some(const struct transaction *t)
{
	return t->extras.keep.len > 0 || (t->request.keep != NULL && t->request.keep->len > 0);
}

static bool clear(struct transaction *t, enum family families)
{
	bool boot = (t->flags & FLAG_UNDOING) == 0;
	struct around around = { t->family[families == FAMILY_IPV6].next, t->family[families == FAMILY_IPV6].base };
	struct clearing clearing = {
		.families = families,
		.whole = boot && (t->flags & FLAG_REPLACE) != 0 && !keeps_some(t),
		.or_whole = boot,
		.around = goes_around(t, families) ? &around : NULL,
	};
	enum family stuck;

	for (int i = 0; i < FAMILIES; i++)
		clearing.close[i] = boot && says_policies(&t->family[i].wanted);
	stuck = t->door->clear(t->door->self, &clearing, t->log);
	t->flags |= family_has(stuck, 0) ? FLAG_STUCK_IPV4 : 0;
	t->flags |= family_has(stuck, 1) ? FLAG_STUCK_IPV6 : 0;
	if (stuck != FAMILY_NONE)
		t->result = RESULT_BACKENDS;
	return stuck == FAMILY_NONE;
}

enum { CLEAR_TRIES = 3 };

/* Other programs may go on to make things with nft: then what was read last contains some again. */
static bool clear_and_read(struct transaction *t, enum family families)
{
	for (int tries = 1; clear(t, families); tries++) {
		if (read_live(t, families))
			return true;
		if (t->result != RESULT_BACKENDS || tries == CLEAR_TRIES)
			break;
		t->result = RESULT_DONE;
	}
	return false;
}

/* Takes each way that loses more of other programs' things only if the one before it fails. */
static bool read_undoing(struct transaction *t, enum family families)
{
	static const unsigned ways[] = { 0, FLAG_CLEAR, FLAG_CLEAR_ALL };
	const unsigned clears = FLAG_CLEAR | FLAG_CLEAR_ALL;

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		if (ways[i] < (t->flags & clears))
			continue;
		t->flags = (t->flags & ~clears) | ways[i];
		t->result = RESULT_DONE;
		if (ways[i] == 0 ? read_live(t, families) : clear_and_read(t, families))
			return true;
		if (t->result != RESULT_BACKENDS)
			return false;
	}
	return false;
}

bool read_live_cleared(struct transaction *t, enum family families)
{
	if ((t->flags & FLAG_BLIND) != 0)
		return t->door->clear == NULL || clear(t, families);
	if (t->door->clear == NULL || (t->flags & (FLAG_BOOT | FLAG_UNDOING)) == 0)
		return read_live(t, families);
	return (t->flags & FLAG_UNDOING) != 0 ? read_undoing(t, families) : clear_and_read(t, families);
}

/* --- directives ------------------------------------------------------------------------------------- */

static bool in_scope(enum family of, enum family families)
{
	return (of & families) == of;
}

static void leave_alone(const struct transaction *t, const char *kind, const char *name)
{
	warn(t, "%s%s is not changed: this load is for %s only", kind, name,
	     family_name(!family_has(t->request.families, 0)));
}

/* Copies the settings that belong to the families of the load (ours), or those that do not. */
static bool copy_sysctls(struct transaction *t, const struct extras *from, bool ours)
{
	for (size_t i = 0; i < from->sysctls.len; i++) {
		const struct sysctl *sysctl = &from->sysctls.item[i];
		struct sysctl copy = { .key = NULL };

		if (in_scope(setting_families(sysctl->key), t->request.families) != ours) {
			if (ours)
				leave_alone(t, "setting ", sysctl->key);
			continue;
		}
		copy.key = strdup(sysctl->key);
		copy.value = strdup(sysctl->value);
		if (copy.key == NULL || copy.value == NULL || !vec_push(&t->extras.sysctls, copy)) {
			sysctl_free(&copy);
			return false;
		}
	}
	return true;
}

static bool copy_sets(struct transaction *t, const struct extras *from, bool ours)
{
	for (size_t i = 0; i < from->sets.len; i++) {
		const struct set *set = &from->sets.item[i];
		struct set copy = { .open = set->open, .line = ours ? set->line : 0 };

		if (in_scope(set_families(set), t->request.families) != ours) {
			if (ours)
				leave_alone(t, "set ", set->name);
			continue;
		}
		copy.name = strdup(set->name);
		strbuf_add(&copy.type, strbuf_text(&set->type), set->type.len);
		strbuf_add(&copy.members, strbuf_text(&set->members), set->members.len);
		if (copy.name == NULL || copy.type.failed || copy.members.failed || !vec_push(&t->extras.sets, copy)) {
			set_free(&copy);
			return false;
		}
	}
	return true;
}

static bool has_module(const struct extras *extras, const char *name)
{
	for (size_t i = 0; i < extras->modules.len; i++)
		if (strcmp(extras->modules.item[i].name, name) == 0)
			return true;
	return false;
}

static bool has_pattern(const struct extras *extras, const char *pattern)
{
	for (size_t i = 0; i < extras->keep.len; i++)
		if (strcmp(extras->keep.item[i], pattern) == 0)
			return true;
	return false;
}

static bool has_zone(const struct extras *extras, const char *zone)
{
	size_t len = strcspn(zone, " ") + 1;

	for (size_t i = 0; i < extras->zones.len; i++)
		if (strncmp(extras->zones.item[i], zone, len) == 0)
			return true;
	return false;
}

/* Copies names of zones, unless the name is taken. */
static bool copy_zones(struct transaction *t, const struct extras *from)
{
	for (size_t i = 0; i < from->zones.len; i++) {
		char *copy;

		if (has_zone(&t->extras, from->zones.item[i]))
			continue;
		copy = strdup(from->zones.item[i]);
		if (copy == NULL || !vec_push(&t->extras.zones, copy)) {
			free(copy);
			return false;
		}
	}
	return true;
}

/* Copies modules, patterns and zones, which belong to both families. */
static bool copy_common(struct transaction *t, const struct extras *from)
{
	bool good = true;

	for (size_t i = 0; good && i < from->modules.len; i++) {
		struct module copy = { strdup(from->modules.item[i].name), from->modules.item[i].optional };

		good = copy.name != NULL && (has_module(&t->extras, copy.name) || vec_push(&t->extras.modules, copy));
		if (!good || t->extras.modules.len == 0 || t->extras.modules.item[t->extras.modules.len - 1].name != copy.name)
			free(copy.name);
	}
	for (size_t i = 0; good && i < from->keep.len; i++) {
		char *copy = strdup(from->keep.item[i]);

		good = copy != NULL && (has_pattern(&t->extras, copy) || vec_push(&t->extras.keep, copy));
		if (!good || t->extras.keep.len == 0 || t->extras.keep.item[t->extras.keep.len - 1] != copy)
			free(copy);
	}
	return good && copy_zones(t, from);
}

bool make_extras(struct transaction *t)
{
	const struct extras *asked = t->request.generation != 0 ? &t->again.extras : t->request.extras;
	bool good = copy_common(t, asked) && copy_sysctls(t, asked, true) && copy_sets(t, asked, true);

	if (good && t->request.families != FAMILY_BOTH && t->good.fault.len == 0)
		good = copy_common(t, &t->good.extras) && copy_sysctls(t, &t->good.extras, false) &&
		       copy_sets(t, &t->good.extras, false);
	return good || diag_memory(t->log) == 0;
}
