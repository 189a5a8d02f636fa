/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Whether two rules mean the same. */
#include "meaning/alignment.h"
#include "base/hash.h"

#include <string.h>

static bool is_comment(const struct extension *match)
{
	return strcmp(match->kind->real_name, "comment") == 0;
}

static uint64_t mix_extension(uint64_t hash, const struct extension *extension, bool counted)
{
	hash = hash64_add(hash, extension->kind->real_name, strlen(extension->kind->real_name));
	if (counted && !extension->kind->target && match_is_counted(extension))
		return hash;
	return hash64_add(hash, extension->data, extension->kind->compared);
}

/* "+" is any interface, as none is. */
static const char *interface_of(const char *name)
{
	return strcmp(name, "+") == 0 ? "" : name;
}

uint64_t alignment_hash(const struct alignment_side *side, const struct program_rule *at, bool counted, bool with_chains)
{
	const struct rule *rule = at->rule;
	uint64_t hash = HASH64_START;

	hash = hash64_add(hash, &rule->src, sizeof(rule->src));
	hash = hash64_add(hash, &rule->dst, sizeof(rule->dst));
	hash = hash64_add(hash, &rule->proto, sizeof(rule->proto));
	hash = hash64_add(hash, &rule->invert, sizeof(rule->invert));
	hash = hash64_add(hash, interface_of(rule->in), strlen(interface_of(rule->in)) + 1);
	hash = hash64_add(hash, interface_of(rule->out), strlen(interface_of(rule->out)) + 1);
	hash = hash64_add(hash, (bool[]){ rule->fragment, rule->is_goto, rule->unread, at->to != NULL }, 4 * sizeof(bool));
	if (rule->verdict != NULL)
		hash = hash64_add(hash, rule->verdict, strlen(rule->verdict));
	if (at->to != NULL && with_chains)
		hash = hash64_add(hash, &alignment_chain_of(side, at->to)->identity, sizeof(unsigned));
	for (const struct extension *match = rule->matches; match != NULL; match = match->next)
		if (!is_comment(match))
			hash = mix_extension(hash, match, counted);
	return rule->target != NULL ? mix_extension(hash, rule->target, false) : hash;
}

static bool same_extension(const struct extension *a, const struct extension *b, bool counted)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (counted && !a->kind->target && match_is_counted(a))
		return strcmp(a->kind->real_name, b->kind->real_name) == 0 && a->kind->revision == b->kind->revision;
	return extension_equal(a, b);
}

static const struct extension *without_comments(const struct extension *match)
{
	while (match != NULL && is_comment(match))
		match = match->next;
	return match;
}

static bool same_matches(const struct rule *a, const struct rule *b, bool counted)
{
	const struct extension *x = without_comments(a->matches), *y = without_comments(b->matches);

	while (x != NULL && same_extension(x, y, counted)) {
		x = without_comments(x->next);
		y = without_comments(y->next);
	}
	return x == NULL && y == NULL;
}

/* Rules that could not be read mean the same only if they are written in the same way. */
static bool same_line(const struct alignment *align, const struct rule *a, const struct rule *b)
{
	const struct line *x = &align->side[ALIGN_OLD].program->ruleset->stream->lines.item[a->line];
	const struct line *y = &align->side[ALIGN_NEW].program->ruleset->stream->lines.item[b->line];

	return x->len == y->len && memcmp(x->text, y->text, x->len) == 0;
}

static bool same_verdict(const struct rule *a, const struct rule *b)
{
	if (a->verdict == NULL || b->verdict == NULL)
		return a->verdict == b->verdict;
	return strcmp(a->verdict, b->verdict) == 0;
}

static bool same_jump(const struct alignment *align, const struct program_rule *old, const struct program_rule *new)
{
	if (old->to == NULL || new->to == NULL)
		return old->to == new->to;
	return alignment_chain_of(&align->side[ALIGN_OLD], old->to)->identity ==
	       alignment_chain_of(&align->side[ALIGN_NEW], new->to)->identity;
}

bool alignment_same_rule(const struct alignment *align, const struct program_rule *old, const struct program_rule *new, bool counted)
{
	const struct rule *a = old->rule, *b = new->rule;

	if (a->unread != b->unread || (a->unread && !same_line(align, a, b)))
		return false;
	if (a->proto != b->proto || a->invert != b->invert || a->fragment != b->fragment || a->is_goto != b->is_goto)
		return false;
	return strcmp(interface_of(a->in), interface_of(b->in)) == 0 && strcmp(interface_of(a->out), interface_of(b->out)) == 0 &&
	       memcmp(&a->src, &b->src, sizeof(a->src)) == 0 && memcmp(&a->dst, &b->dst, sizeof(a->dst)) == 0 &&
	       same_verdict(a, b) && same_jump(align, old, new) && same_extension(a->target, b->target, false) &&
	       same_matches(a, b, counted);
}
