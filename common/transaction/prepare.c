/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Everything up to the plan. This file changes nothing in the kernel. */
#include "transaction/internal.h"

#include <errno.h>
#include <string.h>

enum result transaction_check(struct transaction *t, const struct request *request)
{
	t->request = *request;
	return read_wanted(t) && make_extras(t) && rehearse(t, true) ? RESULT_DONE : failed(t);
}

static bool unknown_refused(struct transaction *t, int family)
{
	const struct family_work *work = &t->family[family];

	if (t->request.unknown != UNKNOWN_REFUSE || (t->request.keep != NULL && t->request.keep->len > 0) || work->base != NULL ||
	    work->merge.unknown == 0)
		return false;
	diag_add(t->log, DIAG_SYSTEM, NULL, NULL,
		 "%s: rules in force were not loaded by fw-load (%zu, first: %s); use --adopt to keep them, --replace to "
		 "remove them, or --keep PATTERN",
		 family_name(family), work->merge.unknown, strbuf_text(&work->merge.first));
	t->result = RESULT_UNKNOWN;
	return true;
}

/* Rules that somebody else put in force since the last load stay, but that is always reported. */
static void tell_foreign(const struct transaction *t, int family)
{
	const struct family_work *work = &t->family[family];

	if (work->merge.foreign == FOREIGN_KEEP && work->base != NULL && work->merge.unknown > 0)
		warn(t,
		     "%s: rules that fw-load did not load stay in force (%zu, first: %s); use `#@ keep' or --keep for "
		     "chains of other programs, --replace to remove the rest",
		     family_name(family), work->merge.unknown, strbuf_text(&work->merge.first));
	if (work->merge.foreign == FOREIGN_DROP && (t->flags & FLAG_BOOT) != 0 && work->merge.unknown > 0)
		warn(t, "%s: rules of other programs are removed (%zu, first: %s)", family_name(family),
		     work->merge.unknown, strbuf_text(&work->merge.first));
	if (work->merge.still_used.len > 0)
		warn(t, "%s: rules of other programs still jump to %s, so it stays", family_name(family),
		     strbuf_text(&work->merge.still_used));
}

static bool merge_all(struct transaction *t)
{
	bool good = true;

	for (int i = 0; i < FAMILIES; i++) {
		if (!family_has(t->request.families, i))
			continue;
		t->family[i].next = &t->family[i].wanted;
		if (!merge_family(t, i, false))
			return false;
		good = !unknown_refused(t, i) && good;
		tell_foreign(t, i);
	}
	return good;
}

static bool read_baseline(struct transaction *t)
{
	int err = baseline_read(t->state, &t->baseline);

	if (err != 0)
		warn(t, "the original values of kernel settings cannot be read from %s: %s", t->state->run, strerror(-err));
	return true;
}

static bool load_modules(struct transaction *t)
{
	if (t->hooks.modules == NULL || t->hooks.modules(t->hooks.arg, &t->extras, t->request.plan_only ? &t->plan : NULL))
		return true;
	t->result = RESULT_EXTRAS;
	return false;
}

static bool read_in_force(struct transaction *t)
{
	struct text_rules *good[FAMILIES] = { &t->good.rules[0], &t->good.rules[1] };
	enum family ours = FAMILY_NONE;

	for (int i = 0; i < FAMILIES; i++)
		if (t->family[i].base == good[i])
			ours |= family_bit(i);
	return read_live_cleared(t, t->request.families) && rules_canon(t, ours, good);
}

/*
 * If RUN/mark vouches for the rules in force, they equal the good generation word for word, and are read only where
 * their counters are needed.
 */
static bool merge_with_live(struct transaction *t)
{
	phase(t, "reading the rules in force");
	if (t->request.assume_empty)
		return merge_all(t);
	if (take_marked(t)) {
		if (!merge_all(t))
			return false;
		if (mark_suffices(t))
			return true;
	}
	return read_in_force(t) && merge_all(t);
}

/* Asks the caller about live connections, if rules change. */
static bool look_at_connections(struct transaction *t)
{
	struct load_change change = { .input = t->request.stream };
	enum result result = RESULT_DONE;
	bool any = false;

	if (t->hooks.connections == NULL || t->request.assume_empty)
		return true;
	for (int i = 0; i < FAMILIES; i++) {
		if (t->family[i].program.len == 0)
			continue;
		change.old[i] = &t->family[i].live;
		change.new[i] = &t->family[i].target;
		any = true;
	}
	if (any) {
		phase(t, "looking at live connections");
		result = t->hooks.connections(t->hooks.arg, &change, t->request.plan_only ? &t->plan : NULL);
	}
	for (int i = 0; i < FAMILIES; i++)
		t->family[i].cut = change.cut[i];
	t->result = result;
	return result == RESULT_DONE;
}

static bool prepare(struct transaction *t)
{
	if (!read_wanted(t) || !read_base(t) || !make_extras(t) || !read_baseline(t) || !load_modules(t))
		return false;
	if ((t->flags & FLAG_BOOT) != 0) /* only now: loading a module may create settings */
		leave_out_absent(t);
	if (t->request.rehearse && !rehearse(t, false))
		return false;
	return merge_with_live(t) && make_plan(t) && look_at_connections(t);
}

enum result transaction_prepare(struct transaction *t, const struct request *request)
{
	t->request = *request;
	return prepare(t) ? RESULT_DONE : failed(t);
}
