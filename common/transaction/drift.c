/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "transaction/drift.h"
#include "ruletext/align.h"
#include "ruletext/inputline.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

/* A chain that is compared. */
struct view {
	struct drift *drift;
	const struct generation *source;
	int family;
	const char *table, *name;
	const struct text_table *const *tables; /* [0] old, [1] now; NULL: missing there */
	const struct text_chain *old, *now; /* never NULL: an empty chain if it is missing */
	input_lines lines;             /* the input lines of old's rules: one each, or none at all */
	bool headed;
};

static bool ignored(const struct drift *drift, const char *name, size_t len)
{
	char copy[64];

	if (len == 0 || len >= sizeof(copy))
		return false;
	memcpy(copy, name, len);
	copy[len] = '\0';
	for (size_t i = 0; i < drift->ignore.len; i++)
		if (fnmatch(drift->ignore.item[i], copy, 0) == 0)
			return true;
	return false;
}

static void write_heading(struct view *view)
{
	if (!view->headed)
		strbuf_printf(&view->drift->out, "%s, table %s, chain %s:\n", family_name(view->family), view->table,
			      view->name);
	view->headed = true;
}

/* Writes the nth rule of old as its user wrote it. False: that is not known, and nothing is written. */
static bool write_source(const struct view *view, size_t n)
{
	struct strbuf *out = &view->drift->out;
	const struct line *line = n < view->lines.len ? view->lines.item[n] : NULL;
	struct where origin;

	if (line == NULL)
		return false;
	origin = stream_origin_where(&view->source->stream, line);
	if (origin.file != NULL)
		strbuf_printf(out, "- %s:%u: ", origin.file, origin.line);
	else
		strbuf_printf(out, "- %s:%u: ", view->source->from[0] != '\0' ? view->source->from : "input",
			      generation_input_line(view->source, line));
	strbuf_add(out, line->text, line->len);
	strbuf_putc(out, '\n');
	return true;
}

/* Is this a jump to an ignored chain? DROP and LOG are not chains, even if a pattern matches them. */
static bool jumps_aside(const struct view *view, const struct piece *target)
{
	char name[64];

	if (target->len >= sizeof(name))
		return false;
	memcpy(name, target->text, target->len);
	name[target->len] = '\0';
	for (size_t side = 0; side < 2; side++)
		if (view->tables[side] != NULL && table_chain(view->tables[side], name) != NULL)
			return ignored(view->drift, name, target->len);
	return false;
}

static void write_rule(struct view *view, bool old, size_t n)
{
	const struct text_rule *rule = old ? &view->old->rules.item[n] : &view->now->rules.item[n];
	struct piece target = rule_target(rule);

	if (jumps_aside(view, &target))
		return;
	write_heading(view);
	view->drift->count++;
	if (!old || !write_source(view, n))
		strbuf_printf(&view->drift->out, "%c %.*s\n", old ? '-' : '+', (int)rule->text.len, rule->text.text);
}

/* Writes the chain's declaration, with the policy if it is built-in. */
static void write_kind(struct view *view, char sign, const char *policy)
{
	write_heading(view);
	view->drift->count++;
	strbuf_printf(&view->drift->out, "%c :%s %s\n", sign, view->name, policy != NULL ? policy : "-");
}

static void compare_kind(struct view *view, const struct text_chain *old, const struct text_chain *now)
{
	const char *before = old != NULL ? old->policy : NULL, *after = now != NULL ? now->policy : NULL;
	bool builtin = before != NULL || after != NULL;

	/* A missing built-in chain accepts everything, like an empty one with the policy ACCEPT. */
	if (builtin) {
		before = before != NULL ? before : "ACCEPT";
		after = after != NULL ? after : "ACCEPT";
		if (strcmp(before, after) != 0) {
			write_kind(view, '-', before);
			write_kind(view, '+', after);
			view->drift->count--;
		}
	} else if (old == NULL || now == NULL) {
		write_kind(view, old != NULL ? '-' : '+', NULL);
	}
}

static int compare_rules(struct view *view)
{
	size_t left = 0, right = 0;
	pairs both = { 0 };
	int err = align_rules(view->old, view->now, false, &both);

	for (size_t i = 0; err == 0 && i <= both.len; i++) {
		struct pair next = { view->old->rules.len, view->now->rules.len };

		if (i < both.len)
			next = both.item[i];
		while (left < next.left)
			write_rule(view, true, left++);
		while (right < next.right)
			write_rule(view, false, right++);
		left++;
		right++;
	}
	vec_free(&both);
	return err;
}

static int find_lines(struct view *view)
{
	enum family family = view->family == 0 ? FAMILY_IPV4 : FAMILY_IPV6;
	int err = view->source == NULL || view->old->rules.len == 0 ?
			  0 :
			  input_lines_of(&view->source->stream, family, view->table, view->name, &view->lines);

	if (view->lines.len != view->old->rules.len)
		view->lines.len = 0;
	return err;
}

static int compare_chain(struct view *view, const struct text_chain *old, const struct text_chain *now)
{
	static const struct text_chain empty = { .name = "" };
	int err;

	if (ignored(view->drift, view->name, strlen(view->name)) || (old != NULL && now != NULL && chain_equal(old, now)))
		return 0;
	view->old = old != NULL ? old : &empty;
	view->now = now != NULL ? now : &empty;
	compare_kind(view, old, now);
	err = find_lines(view);
	if (err == 0)
		err = compare_rules(view);
	vec_free(&view->lines);
	return err;
}

static int compare_table(struct drift *drift, int family, const char *name, const struct text_table *tables[2],
			 const struct generation *source)
{
	int err = 0;

	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; err == 0 && tables[side] != NULL && i < tables[side]->chains.len; i++) {
			struct view view = { .drift = drift, .source = source, .family = family, .table = name, .tables = tables };
			const struct text_chain *chain = &tables[side]->chains.item[i], *other;

			other = tables[!side] != NULL ? table_chain(tables[!side], chain->name) : NULL;
			view.name = chain->name;
			if (side == 0)
				err = compare_chain(&view, chain, other);
			else if (other == NULL)
				err = compare_chain(&view, NULL, chain);
		}
	}
	return err;
}

int drift_rules(struct drift *drift, int family, const struct text_rules *old, const struct text_rules *now,
		const struct generation *source)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < old->tables.len + now->tables.len; i++) {
		bool second = i >= old->tables.len;
		const char *name = second ? now->tables.item[i - old->tables.len].name : old->tables.item[i].name;
		const struct text_table *tables[2] = { rules_table(old, name), rules_table(now, name) };

		if (!second || tables[0] == NULL)
			err = compare_table(drift, family, name, tables, source);
	}
	return drift->out.failed ? -ENOMEM : err;
}

void drift_free(struct drift *drift)
{
	vec_free(&drift->ignore);
	strbuf_free(&drift->out);
}
