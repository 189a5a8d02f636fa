/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/edit.h"
#include "ruletext/align.h"
#include "base/textmap.h"

#include <errno.h>

/* The rules of the chain that have not been removed yet, and the places of each text, in order. */
struct remains {
	struct text_chain chain;
	VEC(const struct text_rule *) origin; /* for each rule: where it is in the live chain */
	VEC(size_t) first;                    /* by number of a text: its first place; SIZE_MAX: none left */
	VEC(size_t) next, number;             /* by place: the next place of the same text; the text's number */
	struct textmap texts;
};

static bool remains_make(struct remains *remains, const struct text_chain *live)
{
	bool good = true;

	for (size_t i = 0; good && i < live->rules.len; i++)
		good = vec_push(&remains->chain.rules, live->rules.item[i]) &&
		       vec_push(&remains->origin, &live->rules.item[i]);
	return good;
}

static void remains_free(struct remains *remains)
{
	vec_free(&remains->chain.rules);
	vec_free(&remains->origin);
	vec_free(&remains->first);
	vec_free(&remains->next);
	vec_free(&remains->number);
	textmap_free(&remains->texts);
}

static bool find_places(struct remains *remains)
{
	const struct text_chain *chain = &remains->chain;
	bool good = true;

	remains->first.len = remains->next.len = remains->number.len = 0;
	for (size_t i = 0; good && i < chain->rules.len; i++) {
		size_t number = textmap_add(&remains->texts, rule_raw(&chain->rules.item[i]));

		good = number != TEXTMAP_NONE && vec_push(&remains->number, number) && vec_push(&remains->next, SIZE_MAX);
	}
	for (size_t i = 0; good && i < remains->texts.texts.len; i++)
		good = vec_push(&remains->first, SIZE_MAX);
	for (size_t i = chain->rules.len; good && i-- > 0;) {
		remains->next.item[i] = remains->first.item[remains->number.item[i]];
		remains->first.item[remains->number.item[i]] = i;
	}
	return good;
}

/*
 * Removes the rules without a pair. -D removes the first rule with this text, which may be another one that has a pair.
 */
static bool remove_unpaired(struct remains *remains, const pairs *both, edits *out)
{
	struct text_chain *chain = &remains->chain;
	size_t pair = 0, kept = 0;
	bool good = find_places(remains);

	for (size_t i = 0; good && i < chain->rules.len; i++) {
		size_t number = remains->number.item[i], taken = remains->first.item[number];

		if (pair < both->len && both->item[pair].left == i) {
			pair++;
			continue;
		}
		good = vec_push(out, (struct edit){ .rule = remains->origin.item[taken], .remove = true });
		remains->first.item[number] = remains->next.item[taken];
		remains->number.item[taken] = SIZE_MAX;
	}
	for (size_t i = 0; good && i < chain->rules.len; i++) {
		if (remains->number.item[i] == SIZE_MAX)
			continue;
		chain->rules.item[kept] = chain->rules.item[i];
		remains->origin.item[kept++] = remains->origin.item[i];
	}
	if (good)
		chain->rules.len = kept;
	return good;
}

static bool insert_missing(const struct text_chain *want, const pairs *both, edits *out)
{
	bool good = true;
	size_t pair = 0;

	for (size_t i = 0; good && i < want->rules.len; i++) {
		if (pair < both->len && both->item[pair].right == i)
			pair++;
		else
			good = vec_push(out, (struct edit){ .rule = &want->rules.item[i], .number = pair < both->len ? i + 1 : 0 });
	}
	return good;
}

int edit_chain(const struct text_chain *live, const struct text_chain *want, bool counters, edits *out)
{
	struct remains remains = { .chain = { .name = live->name } };
	pairs both = { 0 };
	bool good = remains_make(&remains, live), settled = false;

	/* each round removes a rule, or is the last */
	while (good && !settled) {
		both.len = 0;
		good = align_rules(&remains.chain, want, counters, &both) == 0;
		settled = both.len == remains.chain.rules.len;
		good = good && (settled || remove_unpaired(&remains, &both, out));
	}
	good = good && insert_missing(want, &both, out);
	vec_free(&both);
	remains_free(&remains);
	return good ? 0 : -ENOMEM;
}

/* The number of leading rules that stay. -D removes the first rule with its text, which must not be one of these. */
static size_t common_head(const struct text_chain *live, const struct text_chain *want, const struct remains *places, bool counters)
{
	size_t head = 0;

	while (head < live->rules.len && head < want->rules.len && piece_equal(&live->rules.item[head].text, &want->rules.item[head].text) &&
	       (!counters || piece_equal(&live->rules.item[head].counters, &want->rules.item[head].counters)))
		head++;
	for (size_t i = live->rules.len; i-- > head;)
		if (places->first.item[places->number.item[i]] < head)
			head = places->first.item[places->number.item[i]];
	return head;
}

int edit_tail(const struct text_chain *live, const struct text_chain *want, bool all, bool counters, edits *out)
{
	struct remains places = { .chain = { .name = live->name } };
	bool good = remains_make(&places, live) && find_places(&places);
	size_t head = good && !all ? common_head(live, want, &places, counters) : 0;

	for (size_t i = head; good && i < live->rules.len; i++)
		good = vec_push(out, (struct edit){ .rule = &live->rules.item[i], .remove = true });
	for (size_t i = head; good && i < want->rules.len; i++) {
		struct edit step = { .rule = &want->rules.item[i] };
		size_t number = counters ? TEXTMAP_NONE : textmap_find(&places.texts, rule_raw(step.rule));

		if (number != TEXTMAP_NONE) {
			step.rule = &live->rules.item[places.first.item[number]];
			step.counted = true;
		}
		good = vec_push(out, step);
	}
	remains_free(&places);
	return good ? 0 : -ENOMEM;
}

int edit_places(const struct text_chain *live, const struct text_chain *want, bool counters, edits *out)
{
	pairs both = { 0 };
	bool good = align_rules(live, want, counters, &both) == 0;
	size_t pair = both.len;

	for (size_t i = live->rules.len; good && i-- > 0;) {
		if (pair > 0 && both.item[pair - 1].left == i)
			pair--;
		else
			good = vec_push(out, (struct edit){ .rule = &live->rules.item[i], .remove = true, .number = i + 1 });
	}
	good = good && insert_missing(want, &both, out);
	vec_free(&both);
	return good ? 0 : -ENOMEM;
}

bool edits_numbered(const edits *steps)
{
	for (size_t i = 0; i < steps->len; i++)
		if (steps->item[i].number > 0)
			return true;
	return false;
}

void edit_write(const edits *steps, bool counters, struct strbuf *out)
{
	for (size_t i = 0; i < steps->len; i++) {
		const struct edit *step = &steps->item[i];
		const struct piece *text = rule_raw(step->rule);
		struct piece name = rule_word(text, 3);
		size_t rest = (size_t)(name.text - text->text) + name.len;

		if (!step->remove && (counters || step->counted || step->rule->foreign) && step->rule->counters.len > 0) {
			strbuf_add(out, step->rule->counters.text, step->rule->counters.len);
			strbuf_putc(out, ' ');
		}
		if (step->remove)
			strbuf_puts(out, "-D");
		else if (step->number > 0)
			strbuf_puts(out, "-I");
		else
			strbuf_puts(out, "-A");
		strbuf_printf(out, " %.*s", (int)name.len, name.text);
		if (step->number > 0)
			strbuf_printf(out, " %zu", step->number);
		if (!step->remove || step->number == 0)
			strbuf_add(out, text->text + rest, text->len - rest);
		strbuf_putc(out, '\n');
	}
}
