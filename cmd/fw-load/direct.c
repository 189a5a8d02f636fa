/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Without a rehearsal the text is taken as it is, and what iptables makes of it is learned after the commit. */
#include "load.h"

#include <string.h>

static bool take_side(struct side *side, struct diag_log *log)
{
	const struct load *load = side->load;
	const struct line *bad = NULL;
	struct where where;

	if (rules_take(&side->next, &load->stream, family_bit(side->family), &bad))
		return true;
	where = stream_where(&load->stream, bad, 0, 0);
	diag_add(log, DIAG_LOAD, &where, NULL,
		 "without a rehearsal only -A can be loaded, into chains that the text declares");
	return false;
}

bool load_direct(struct load *load)
{
	return load_each(load, load->families, take_side, load->log);
}

bool side_as_written(struct side *side)
{
	struct strbuf written = STRBUF_INIT;

	rules_write(&side->next, false, &written);
	side->alone = !written.failed && rules_text_equal(&written, &side->now_text);
	strbuf_free(&written);
	return side->alone;
}

/* Our chains stand in the kernel rule for rule as they were written: the others among them are marked. */
static bool learn_chain(struct text_rules *learned, struct text_table *table, const struct text_chain *want, const struct text_chain *now)
{
	struct text_chain *out = rules_add_chain(learned, table, want->name, want->policy);
	bool good = out != NULL;

	for (size_t i = 0; good && i < want->rules.len; i++)
		if (!want->rules.item[i].foreign)
			good = vec_push(&out->rules, now->rules.item[i]);
	return good;
}

bool side_learn(struct side *side, const struct text_rules *now, struct diag_log *log)
{
	struct text_rules learned = { .arena = { NULL, 0, 0 } };
	bool good = true;

	for (size_t t = 0; good && t < side->next.tables.len; t++) {
		const struct text_table *want = rules_table(&side->want, side->next.tables.item[t].name);
		const struct text_table *live = rules_table(now, want->name);
		struct text_table *table = rules_add_table(&learned, want->name);

		good = table != NULL;
		for (size_t c = 0; good && c < want->chains.len; c++) {
			const struct text_chain *chain = &want->chains.item[c];
			const struct text_chain *there = live != NULL ? table_chain(live, chain->name) : NULL;

			if (!chain->ours)
				continue;
			if (there == NULL ? chain->rules.len > 0 : there->rules.len != chain->rules.len) {
				rules_free(&learned);
				diag_add(log, DIAG_LOAD, NULL, NULL,
					 "%s: chain %s holds another number of rules than was loaded",
					 family_name(side->family), chain->name);
				return false;
			}
			good = there == NULL || learn_chain(&learned, table, chain, there);
		}
	}
	strbuf_reset(&side->file);
	side->alone = good && rules_equal(&learned, now);
	if (good) {
		rules_free(&side->next);
		side->next = learned;
		good = side_write_file(side);
		side->next = (struct text_rules){ .arena = { NULL, 0, 0 } };
	}
	rules_free(&learned);
	return good || diag_memory(log) == 0;
}
