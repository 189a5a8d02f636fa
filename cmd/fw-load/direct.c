/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Without a rehearsal the text is taken as it is, and what iptables makes of it is learned after the commit. */
#include "load.h"
#include "text/token.h"

#include <string.h>

static bool is_mark(const struct token *word)
{
	return token_is(word, "-4") || token_is(word, "-6") || token_is(word, "--ipv4") || token_is(word, "--ipv6");
}

/* [1:60] -4 -A INPUT ...: counters and marks in front of the command go; -A alone can be taken so. */
static bool write_rule(struct load *load, const struct line *line, struct strbuf *out)
{
	struct token word = token_after(line->text, line->len, 0), chain, behind;
	struct where where = stream_where(&load->stream, line, 0, 0);

	if (word.len > 0 && word.text[0] == '[') {
		if (load->opts.counters)
			strbuf_printf(out, "%.*s ", (int)word.len, word.text);
		word = token_next(line->text, line->len, &word);
	}
	while (is_mark(&word))
		word = token_next(line->text, line->len, &word);
	chain = token_next(line->text, line->len, &word);
	while (is_mark(&chain))
		chain = token_next(line->text, line->len, &chain);
	behind = token_next(line->text, line->len, &chain);
	while (is_mark(&behind))
		behind = token_next(line->text, line->len, &behind);
	if ((!token_is(&word, "-A") && !token_is(&word, "--append")) || chain.len == 0) {
		diag_add(load->log, DIAG_LOAD, &where, NULL, "only -A can be loaded without a rehearsal");
		return false;
	}
	strbuf_printf(out, "-A %.*s", (int)chain.len, chain.text);
	if (behind.len > 0) {
		strbuf_putc(out, ' ');
		strbuf_add(out, behind.text, line->len - (size_t)(behind.text - line->text));
	}
	strbuf_putc(out, '\n');
	return true;
}

static bool write_side(struct load *load, struct side *side)
{
	for (size_t i = 0; i < load->stream.lines.len; i++) {
		const struct line *line = &load->stream.lines.item[i];

		if (line->kind == LINE_RULE) {
			if (family_has(line->families, side->family) && !write_rule(load, line, &side->next_text))
				return false;
		} else if (line->kind == LINE_TABLE || line->kind == LINE_CHAIN || line->kind == LINE_COMMIT) {
			strbuf_add(&side->next_text, line->text, line->len);
			strbuf_putc(&side->next_text, '\n');
		}
	}
	return rules_read(&side->next, load->stream.name, strbuf_text(&side->next_text), side->next_text.len, load->log);
}

bool load_direct(struct load *load)
{
	for (int i = 0; i < FAMILIES; i++)
		if (family_has(load->families, i) && !write_side(load, &load->side[i]))
			return false;
	return true;
}

/* Our chains stand in the kernel rule for rule as they were written: the others among them are marked. */
static bool learn_chain(struct rules *learned, struct table *table, const struct chain *want, const struct chain *now)
{
	struct chain *out = rules_add_chain(learned, table, want->name, want->policy);
	bool good = out != NULL;

	for (size_t i = 0; good && i < want->rules.len; i++)
		if (!want->rules.item[i].foreign)
			good = vec_push(&out->rules, now->rules.item[i]);
	return good;
}

bool load_learn(struct load *load, struct side *side, const struct rules *now)
{
	struct rules learned = { .arena = { NULL, 0, 0 } };
	bool good = true;

	for (size_t t = 0; good && t < side->next.tables.len; t++) {
		const struct table *want = rules_table(&side->want, side->next.tables.item[t].name);
		const struct table *live = rules_table(now, want->name);
		struct table *table = rules_add_table(&learned, want->name);

		good = table != NULL;
		for (size_t c = 0; good && c < want->chains.len; c++) {
			const struct chain *chain = &want->chains.item[c];
			const struct chain *there = live != NULL ? table_chain(live, chain->name) : NULL;

			if (!chain->ours)
				continue;
			if (there == NULL ? chain->rules.len > 0 : there->rules.len != chain->rules.len) {
				rules_free(&learned);
				diag_add(load->log, DIAG_LOAD, NULL, NULL,
					 "%s: chain %s holds another number of rules than was loaded",
					 family_name(side->family), chain->name);
				return false;
			}
			good = there == NULL || learn_chain(&learned, table, chain, there);
		}
	}
	strbuf_reset(&side->file);
	if (good) {
		rules_free(&side->next);
		side->next = learned;
		good = side_write_file(side);
		side->next = (struct rules){ .arena = { NULL, 0, 0 } };
	}
	rules_free(&learned);
	return good || diag_memory(load->log) == 0;
}
