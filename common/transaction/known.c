/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Rules are compared as the model writes them. iptables-save writes most lines that way already, because both use the
 * same extensions. Only lines that are not known yet are passed through the door's canon.
 */
#include "transaction/internal.h"

#include <string.h>

typedef VEC(struct text_rule *) rule_pointers;

bool map_rules(struct textmap *map, const struct text_rules *rules)
{
	bool good = true;

	for (size_t i = 0; i < rules->tables.len; i++)
		for (size_t c = 0; c < rules->tables.item[i].chains.len; c++) {
			const struct text_chain *chain = &rules->tables.item[i].chains.item[c];

			for (size_t r = 0; good && r < chain->rules.len; r++)
				good = textmap_add(map, &chain->rules.item[r].text) != TEXTMAP_NONE;
		}
	return good;
}

bool known_add(struct transaction *t, int family, const struct text_rules *rules)
{
	return map_rules(&t->known[family], rules) || diag_memory(t->log) == 0;
}

bool known_alike(struct transaction *t, int family, const struct text_rules *kept, const struct text_rules *saved)
{
	struct textmap keeping = { .slots = NULL }, saving = { .slots = NULL };
	bool good = map_rules(&keeping, kept) && map_rules(&saving, saved);

	for (size_t i = 0; good && i < keeping.texts.len; i++) {
		struct piece text = keeping.texts.item[i];

		if (textmap_find(&saving, &text) == TEXTMAP_NONE)
			continue;
		text.text = arena_text(&t->arena, text.text, text.len);
		good = text.text != NULL && textmap_add(&t->known[family], &text) != TEXTMAP_NONE;
	}
	textmap_free(&keeping);
	textmap_free(&saving);
	return good || diag_memory(t->log) == 0;
}

static bool is_known(const struct transaction *t, int family, const struct text_rule *rule)
{
	return textmap_find(&t->known[family], &rule->text) != TEXTMAP_NONE;
}

/* Writes the rules of a table that are not known, with all chains of the table declared. */
static bool write_unknown(const struct transaction *t, int family, struct text_table *table, struct strbuf *text,
			  rule_pointers *unknown)
{
	size_t before = unknown->len;
	bool good = true;

	for (size_t c = 0; c < table->chains.len; c++)
		for (size_t r = 0; good && r < table->chains.item[c].rules.len; r++) {
			struct text_rule *rule = &table->chains.item[c].rules.item[r];

			if (!is_known(t, family, rule))
				good = vec_push(unknown, rule);
		}
	if (unknown->len == before)
		return good;
	strbuf_printf(text, "*%s\n", table->name);
	for (size_t c = 0; c < table->chains.len; c++)
		strbuf_printf(text, ":%s %s [0:0]\n", table->chains.item[c].name,
			      table->chains.item[c].policy != NULL ? table->chains.item[c].policy : "-");
	for (size_t i = before; i < unknown->len; i++) {
		strbuf_add(text, unknown->item[i]->text.text, unknown->item[i]->text.len);
		strbuf_putc(text, '\n');
	}
	strbuf_puts(text, "COMMIT\n");
	return good && !text->failed;
}

/* Takes one line of the answer for each rule that was sent. */
static bool take_answer(struct transaction *t, int family, const struct strbuf *answer, const rule_pointers *unknown)
{
	const char *line = strbuf_text(answer);

	for (size_t i = 0; i < unknown->len; i++) {
		struct text_rule *rule = unknown->item[i];
		size_t len = strcspn(line, "\n");
		struct piece text = { arena_text(&t->arena, line, len), (unsigned)len };

		if (line[len] != '\n' || len == 0) {
			diag_add(t->log, DIAG_SYSTEM, NULL, NULL, "%s: cannot read the rules in force: got %zu of %zu lines",
				 family_name(family), i, unknown->len);
			return false;
		}
		if (text.text == NULL || textmap_add(&t->known[family], &text) == TEXTMAP_NONE)
			return diag_memory(t->log) == 0;
		if (!piece_equal(&text, &rule->text))
			rule->raw = rule->text;
		rule->text = text;
		line += len + 1;
	}
	return true;
}

bool rules_canon(struct transaction *t, enum family families, struct text_rules *const rules[FAMILIES])
{
	struct strbuf texts[FAMILIES] = { STRBUF_INIT, STRBUF_INIT }, answers[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	rule_pointers unknown[FAMILIES] = { { 0 }, { 0 } };
	enum family asked = FAMILY_NONE;
	bool good = true;

	for (int i = 0; i < FAMILIES; i++) {
		if (!family_has(families, i))
			continue;
		for (size_t n = 0; good && n < rules[i]->tables.len; n++)
			good = write_unknown(t, i, &rules[i]->tables.item[n], &texts[i], &unknown[i]) ||
			       diag_memory(t->log) == 0;
		if (unknown[i].len > 0)
			asked |= family_bit(i);
	}
	if (good && asked != FAMILY_NONE)
		good = t->door->canon(t->door->self, asked, texts, answers, t->log) == 0;
	for (int i = 0; i < FAMILIES; i++) {
		if (family_has(asked, i))
			good = good && take_answer(t, i, &answers[i], &unknown[i]);
		vec_free(&unknown[i]);
		strbuf_free(&texts[i]);
		strbuf_free(&answers[i]);
	}
	return good;
}
