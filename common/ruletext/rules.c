/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/rules.h"
#include "text/token.h"

#include <stdlib.h>
#include <string.h>

static struct piece piece_of(const char *text)
{
	return (struct piece){ text, (unsigned)strlen(text) };
}

struct text_chain *table_chain(const struct text_table *table, const char *name)
{
	struct piece text = piece_of(name);
	size_t number = textmap_find(&table->names, &text);

	return number != TEXTMAP_NONE ? &table->chains.item[number] : NULL;
}

struct text_chain *rules_add_chain(struct text_rules *rules, struct text_table *table, const char *name, const char *policy)
{
	struct text_chain chain = { .name = NULL };
	struct text_chain *found = table_chain(table, name);
	struct piece text;

	if (found != NULL)
		return found;
	if (!vec_reserve(&table->chains, table->chains.len + 1))
		return NULL;
	chain.name = arena_text(&rules->arena, name, strlen(name));
	chain.policy = policy != NULL ? arena_text(&rules->arena, policy, strlen(policy)) : NULL;
	if (chain.name == NULL || (policy != NULL && chain.policy == NULL))
		return NULL;
	text = piece_of(chain.name);
	if (textmap_add(&table->names, &text) == TEXTMAP_NONE)
		return NULL;
	table->chains.item[table->chains.len++] = chain;
	return &table->chains.item[table->chains.len - 1];
}

struct text_table *rules_table(const struct text_rules *rules, const char *name)
{
	for (size_t i = 0; i < rules->tables.len; i++)
		if (strcmp(rules->tables.item[i].name, name) == 0)
			return &rules->tables.item[i];
	return NULL;
}

struct text_table *rules_add_table(struct text_rules *rules, const char *name)
{
	struct text_table table = { .name = NULL };
	struct text_table *found = rules_table(rules, name);

	if (found != NULL)
		return found;
	table.name = arena_text(&rules->arena, name, strlen(name));
	if (table.name == NULL || !vec_push(&rules->tables, table))
		return NULL;
	return &rules->tables.item[rules->tables.len - 1];
}

void rules_free(struct text_rules *rules)
{
	for (size_t t = 0; t < rules->tables.len; t++) {
		struct text_table *table = &rules->tables.item[t];

		for (size_t c = 0; c < table->chains.len; c++)
			vec_free(&table->chains.item[c].rules);
		vec_free(&table->chains);
		textmap_free(&table->names);
	}
	vec_free(&rules->tables);
	arena_free(&rules->arena);
}

static const char *token_text(struct text_rules *rules, const struct token *token)
{
	return arena_text(&rules->arena, token->text, token->len);
}

/* :INPUT DROP [12:3456] */
static bool read_chain(struct text_rules *rules, struct text_table *table, const struct line *line)
{
	struct token name = token_after(line->text, line->len, 1);
	struct token policy = token_next(line->text, line->len, &name);
	struct token counters = token_next(line->text, line->len, &policy);
	bool own = token_is(&policy, "-");
	const char *name_text = token_text(rules, &name), *policy_text = own ? NULL : token_text(rules, &policy);
	struct text_chain *chain;

	if (name_text == NULL || (!own && policy_text == NULL))
		return false;
	chain = rules_add_chain(rules, table, name_text, policy_text);
	if (chain != NULL)
		chain->counters = (struct piece){ counters.text, (unsigned)counters.len };
	return chain != NULL;
}

static struct token behind_marks(const struct line *line, struct token word)
{
	while (token_mark(&word) != FAMILY_NONE)
		word = token_next(line->text, line->len, &word);
	return word;
}

/* The rule with its beginning as iptables-save writes it; the line's own text if it begins like that. */
static struct piece rule_text(struct text_rules *rules, const struct line *line, const struct token *command,
			      const struct token *chain)
{
	struct token rest = behind_marks(line, token_next(line->text, line->len, chain));
	const char *start = command->text, *end = line->text + line->len;
	struct strbuf text = STRBUF_INIT;

	if (token_is(command, "-A") && chain->text == start + 3 &&
	    (rest.len == 0 ? end : rest.text - 1) == chain->text + chain->len)
		return (struct piece){ start, (unsigned)(end - start) };
	strbuf_printf(&text, "-A %.*s", (int)chain->len, chain->text);
	if (rest.len > 0) {
		strbuf_putc(&text, ' ');
		strbuf_add(&text, rest.text, (size_t)(end - rest.text));
	}
	start = text.failed ? NULL : arena_text(&rules->arena, text.data, text.len);
	end = start != NULL ? start + text.len : NULL;
	strbuf_free(&text);
	return (struct piece){ start, start != NULL ? (unsigned)(end - start) : 0 };
}

/* Reads a rule such as "[1:60] -A INPUT -j ACCEPT". False: it does not append, or no memory. */
static bool read_rule(struct text_rules *rules, struct text_table *table, const struct line *line, struct text_chain **last)
{
	struct token first = token_after(line->text, line->len, 0), chain;
	struct text_rule rule = { .foreign = false };
	char name[STREAM_CHAIN_MAX + 1];

	if (first.len > 0 && first.text[0] == '[') {
		rule.counters = (struct piece){ first.text, (unsigned)first.len };
		first = token_next(line->text, line->len, &first);
	}
	first = behind_marks(line, first);
	chain = behind_marks(line, token_next(line->text, line->len, &first));
	if ((!token_is(&first, "-A") && !token_is(&first, "--append")) || chain.len == 0 || chain.len > STREAM_CHAIN_MAX)
		return false;
	rule.text = rule_text(rules, line, &first, &chain);
	if (*last == NULL || !token_is(&chain, (*last)->name)) {
		memcpy(name, chain.text, chain.len);
		name[chain.len] = '\0';
		*last = table_chain(table, name);
	}
	return *last != NULL && rule.text.text != NULL && vec_push(&(*last)->rules, rule);
}

bool rules_take(struct text_rules *rules, const struct stream *stream, enum family family, const struct line **bad)
{
	struct text_table *table = NULL;
	struct text_chain *last = NULL;

	*rules = (struct text_rules){ .arena = { NULL, 0, 0 } };
	for (size_t i = 0; i < stream->lines.len; i++) {
		const struct line *line = &stream->lines.item[i];
		bool good = true;

		*bad = line;
		if (line->kind == LINE_TABLE) {
			table = rules_add_table(rules, stream->tables.item[line->table - 1].name);
			good = table != NULL;
			last = NULL;
		} else if (line->kind == LINE_CHAIN) {
			good = table != NULL && read_chain(rules, table, line);
			last = NULL;
		} else if (line->kind == LINE_RULE && (line->families & family) != FAMILY_NONE) {
			good = table != NULL && read_rule(rules, table, line, &last);
		}
		if (!good)
			return false;
	}
	return true;
}

struct first_report {
	struct strbuf text;
};

static void keep_first(void *ctx, const struct diag *diag)
{
	struct first_report *first = ctx;

	if (first->text.len == 0 && diag->level >= LEVEL_ERROR)
		strbuf_printf(&first->text, "line %u: %s", diag->where.line, diag->text);
}

static bool has_table(const char *text, size_t len)
{
	return len > 0 && (text[0] == '*' || memmem(text, len, "\n*", 2) != NULL);
}

bool rules_of_stream(struct text_rules *rules, const char *name, const struct stream *stream, struct diag_log *log)
{
	const struct line *bad = NULL;

	*rules = (struct text_rules){ .arena = { NULL, 0, 0 } };
	if (rules_take(rules, stream, FAMILY_BOTH, &bad))
		return true;
	diag_add(log, DIAG_SYSTEM, NULL, NULL, "%s: line %u is not a line that iptables-save writes: %.*s", name, bad->number,
		 (int)bad->len, bad->text);
	return false;
}

bool rules_read(struct text_rules *rules, const char *name, const char *text, size_t len, struct diag_log *log)
{
	struct first_report first = { STRBUF_INIT };
	struct diag_log inner = { .report = keep_first, .ctx = &first };
	struct stream stream;
	bool good;

	*rules = (struct text_rules){ .arena = { NULL, 0, 0 } };
	if (!has_table(text, len))
		return true;
	good = stream_read(&stream, name, text, len, FAMILY_BOTH, &inner);
	if (!good)
		diag_add(log, DIAG_SYSTEM, NULL, NULL, "%s: %s", name, strbuf_text(&first.text));
	else
		good = rules_of_stream(rules, name, &stream, log);
	stream_free(&stream);
	strbuf_free(&first.text);
	return good;
}
