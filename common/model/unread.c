/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/unread.h"
#include "model/builtin.h"

#include <stdlib.h>
#include <string.h>

/* The word after the first of these options; NULL: none is there. */
static const char *word_after(const struct words *words, const char *const options[])
{
	for (unsigned i = 0; i + 1 < words->count; i++)
		for (const char *const *option = options; *option != NULL; option++)
			if (strcmp(words->item[i].text, *option) == 0)
				return words->item[i + 1].text;
	return NULL;
}

static bool has_word(const struct words *words, const char *const options[])
{
	for (unsigned i = 0; i < words->count; i++)
		for (const char *const *option = options; *option != NULL; option++)
			if (strcmp(words->item[i].text, *option) == 0)
				return true;
	return false;
}

static const char *verdict_named(const char *name)
{
	for (size_t i = 0; i < verdict_count && name != NULL; i++)
		if (strcmp(name, verdict_names[i]) == 0)
			return verdict_names[i];
	return NULL;
}

/* The rule without its matches. A target that is an extension stays unknown: it may do anything. */
static struct rule *make_rule(struct ruleset_reader *reader, const struct line *line)
{
	static const char *const jumps[] = { "-j", "--jump", NULL }, *const gotos[] = { "-g", "--goto", NULL };
	struct rule *rule = arena_alloc(&reader->ruleset->arena, sizeof(*rule));
	const char *to = word_after(&reader->words, gotos);
	struct chain *chain;

	if (rule == NULL)
		return NULL;
	rule->line = reader_line_index(reader, line);
	rule->unread = true;
	rule->is_goto = to != NULL;
	to = to != NULL ? to : word_after(&reader->words, jumps);
	chain = to != NULL ? table_find_chain(reader->table, to) : NULL;
	rule->verdict = rule->is_goto ? NULL : verdict_named(to);
	rule->jump = chain != NULL && chain->hook == 0 ? chain : NULL;
	rule->is_goto &= rule->jump != NULL;
	if (rule->jump != NULL)
		rule->jump->references++;
	return rule;
}

static bool put(struct chain *chain, struct rule *rule, bool first)
{
	if (!vec_push(&chain->rules, rule))
		return false;
	for (size_t i = chain->rules.len - 1; i > 0 && first; i--)
		chain->rules.item[i] = chain->rules.item[i - 1];
	if (first)
		chain->rules.item[0] = rule;
	return true;
}

void reader_keep_unread(struct ruleset_reader *reader, const struct line *line)
{
	static const char *const appends[] = { "-A", "--append", NULL }, *const inserts[] = { "-I", "--insert", NULL };
	static const char *const changes[] = { "-D", "--delete", "-R", "--replace", "-F", "--flush", "-P", "--policy", "-E", "-X", NULL };
	const char *append = word_after(&reader->words, appends), *insert = word_after(&reader->words, inserts);
	const char *name = append != NULL ? append : insert;
	struct chain *chain;
	struct rule *rule;

	if (!reader->keeps_unread)
		return;
	chain = name != NULL ? table_find_chain(reader->table, name) : NULL;
	if (name == NULL || (append != NULL && insert != NULL) || has_word(&reader->words, changes)) {
		reader->ruleset->has_gaps = true;
		return;
	}
	if (chain == NULL)
		return; /* no packet can get to a rule of a chain that does not exist */
	rule = make_rule(reader, line);
	if (rule == NULL || !put(chain, rule, append == NULL))
		reader->no_memory = true;
}
