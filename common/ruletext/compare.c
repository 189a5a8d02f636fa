/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/rules.h"

#include <string.h>

static bool policy_equal(const struct text_chain *a, const struct text_chain *b)
{
	if (a->policy == NULL || b->policy == NULL)
		return a->policy == b->policy;
	return strcmp(a->policy, b->policy) == 0;
}

bool chain_equal(const struct text_chain *a, const struct text_chain *b)
{
	if (!policy_equal(a, b) || a->rules.len != b->rules.len)
		return false;
	for (size_t i = 0; i < a->rules.len; i++)
		if (!piece_equal(&a->rules.item[i].text, &b->rules.item[i].text))
			return false;
	return true;
}

static bool chain_blank(const struct text_chain *chain)
{
	return chain->policy != NULL && strcmp(chain->policy, "ACCEPT") == 0 && chain->rules.len == 0;
}

/* Is each chain of a the same in b, or missing there and blank? */
static bool table_within(const struct text_table *a, const struct text_table *b)
{
	for (size_t i = 0; i < a->chains.len; i++) {
		const struct text_chain *chain = &a->chains.item[i];
		const struct text_chain *other = table_chain(b, chain->name);

		if (other != NULL ? !chain_equal(chain, other) : !chain_blank(chain))
			return false;
	}
	return true;
}

bool table_blank(const struct text_table *table)
{
	for (size_t i = 0; table != NULL && i < table->chains.len; i++)
		if (!chain_blank(&table->chains.item[i]))
			return false;
	return true;
}

bool table_equal(const struct text_table *a, const struct text_table *b)
{
	if (a == NULL || b == NULL)
		return table_blank(a) && table_blank(b);
	return table_within(a, b) && table_within(b, a);
}

bool rules_equal(const struct text_rules *a, const struct text_rules *b)
{
	for (size_t i = 0; i < a->tables.len; i++)
		if (!table_equal(&a->tables.item[i], rules_table(b, a->tables.item[i].name)))
			return false;
	for (size_t i = 0; i < b->tables.len; i++)
		if (rules_table(a, b->tables.item[i].name) == NULL && !table_blank(&b->tables.item[i]))
			return false;
	return true;
}

/* Does the line matter? Not a comment, nor the ACCEPT of a built-in chain, which a text may leave out. */
static bool says_something(const struct piece *line)
{
	static const char accept[] = " ACCEPT";
	size_t len = sizeof(accept) - 1;

	return line->len > 0 && line->text[0] != '#' &&
	       (line->text[0] != ':' || line->len < len || memcmp(line->text + line->len - len, accept, len) != 0);
}

/* Finds the next line that matters, without its counters. False: there is none. */
static bool next_line(const char **at, const char *end, struct piece *line)
{
	do {
		const char *start = *at, *stop = start < end ? memchr(start, '\n', (size_t)(end - start)) : NULL, *space;

		if (stop == NULL)
			return false;
		*at = stop + 1;
		if (*start == '[' && (space = memchr(start, ' ', (size_t)(stop - start))) != NULL)
			start = space + 1;
		if (*start == ':' && (space = memrchr(start, ' ', (size_t)(stop - start))) != NULL)
			stop = space;
		*line = (struct piece){ start, (unsigned)(stop - start) };
	} while (!says_something(line));
	return true;
}

bool rules_text_equal(const struct strbuf *a, const struct strbuf *b)
{
	const char *left = strbuf_text(a), *left_end = left + a->len;
	const char *right = strbuf_text(b), *right_end = right + b->len;
	struct piece x, y;

	while (next_line(&left, left_end, &x))
		if (!next_line(&right, right_end, &y) || !piece_equal(&x, &y))
			return false;
	return !next_line(&right, right_end, &y);
}

bool rules_blank(const struct text_rules *rules)
{
	for (size_t i = 0; i < rules->tables.len; i++)
		if (!table_blank(&rules->tables.item[i]))
			return false;
	return true;
}

struct piece rule_word(const struct piece *text, size_t at)
{
	struct piece word = { NULL, 0 };
	bool quoted = false;
	size_t end;

	while (at < text->len && text->text[at] == ' ')
		at++;
	for (end = at; end < text->len && (quoted || text->text[end] != ' '); end++) {
		if (quoted && text->text[end] == '\\' && end + 1 < text->len)
			end++;
		else if (text->text[end] == '"')
			quoted = !quoted;
	}
	word.text = text->text + at;
	word.len = (unsigned)(end - at);
	return word;
}

struct piece rule_next_word(const struct piece *text, const struct piece *word)
{
	return rule_word(text, (size_t)(word->text - text->text) + word->len);
}

static bool is_jump(const struct piece *word)
{
	return word->len == 2 && word->text[0] == '-' && (word->text[1] == 'j' || word->text[1] == 'g');
}

struct piece rule_target(const struct text_rule *rule)
{
	struct piece word = rule_word(&rule->text, 0);

	while (word.len > 0 && !is_jump(&word))
		word = rule_next_word(&rule->text, &word);
	return word.len > 0 ? rule_next_word(&rule->text, &word) : word;
}

static bool word_is(const struct piece *word, const char *text)
{
	return word->len == strlen(text) && memcmp(word->text, text, word->len) == 0;
}

/* If `-m comment --comment TEXT` begins at this word, moves it to the word after that. */
static bool skip_comment(const struct piece *text, struct piece *word)
{
	struct piece match = rule_next_word(text, word), option = rule_next_word(text, &match), comment;

	if (!word_is(word, "-m") || !word_is(&match, "comment") || !word_is(&option, "--comment"))
		return false;
	comment = rule_next_word(text, &option);
	*word = rule_next_word(text, &comment);
	return true;
}

bool rule_unconditional(const struct text_rule *rule, const struct text_chain *chain)
{
	size_t head = strlen("-A ") + strlen(chain->name);
	struct piece word = head < rule->text.len ? rule_word(&rule->text, head) : (struct piece){ NULL, 0 };

	while (word.len > 0 && skip_comment(&rule->text, &word))
		;
	return word.len > 0 && is_jump(&word);
}

void chain_write_line(const struct text_chain *chain, bool counters, struct strbuf *out)
{
	bool known = counters && chain->counters.len > 0;

	strbuf_printf(out, ":%s %s ", chain->name, chain->policy != NULL ? chain->policy : "-");
	strbuf_add(out, known ? chain->counters.text : "[0:0]", known ? chain->counters.len : 5);
	strbuf_putc(out, '\n');
}

void rule_write(const struct text_rule *rule, const struct piece *words, bool counters, struct strbuf *out)
{
	if (counters && rule->counters.len > 0) {
		strbuf_add(out, rule->counters.text, rule->counters.len);
		strbuf_putc(out, ' ');
	}
	strbuf_add(out, words->text, words->len);
	strbuf_putc(out, '\n');
}

static void write_rules(const struct text_chain *chain, bool counters, struct strbuf *out)
{
	for (size_t i = 0; i < chain->rules.len; i++)
		rule_write(&chain->rules.item[i], &chain->rules.item[i].text, counters, out);
}

void rules_write(const struct text_rules *rules, bool counters, struct strbuf *out)
{
	for (size_t t = 0; t < rules->tables.len; t++) {
		const struct text_table *table = &rules->tables.item[t];

		strbuf_printf(out, "*%s\n", table->name);
		for (size_t c = 0; c < table->chains.len; c++)
			chain_write_line(&table->chains.item[c], counters, out);
		for (size_t c = 0; c < table->chains.len; c++)
			write_rules(&table->chains.item[c], counters, out);
		strbuf_puts(out, "COMMIT\n");
	}
}

size_t rules_count(const struct text_rules *rules)
{
	size_t count = 0;

	for (size_t t = 0; t < rules->tables.len; t++)
		for (size_t c = 0; c < rules->tables.item[t].chains.len; c++)
			count += rules->tables.item[t].chains.item[c].rules.len;
	return count;
}
