/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "system/align.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	const struct rule *rule;
	size_t at;
	bool right;
};

struct align {
	const struct rule *left, *right;
	bool counters;
	pairs *out;
};

static int text_order(const struct piece *a, const struct piece *b)
{
	unsigned len = a->len < b->len ? a->len : b->len;
	int order = len > 0 ? memcmp(a->text, b->text, len) : 0;

	return order != 0 ? order : a->len < b->len ? -1 : a->len > b->len;
}

static int entry_order(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = text_order(&a->rule->text, &b->rule->text);

	return order != 0 ? order : text_order(&a->rule->counters, &b->rule->counters);
}

static bool same(const struct align *align, size_t left, size_t right)
{
	const struct rule *a = &align->left[left], *b = &align->right[right];

	return piece_equal(&a->text, &b->text) && (!align->counters || piece_equal(&a->counters, &b->counters));
}

static int pair_order(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;

	return a->left < b->left ? -1 : a->left > b->left;
}

/* Pairs of lines that stand once on each side, by their place on the left. */
static bool unique_pairs(const struct align *align, struct pair from, struct pair to, pairs *found)
{
	VEC(struct entry) all = { 0 };
	bool good = true;

	for (size_t i = from.left; good && i < to.left; i++)
		good = vec_push(&all, (struct entry){ &align->left[i], i, false });
	for (size_t i = from.right; good && i < to.right; i++)
		good = vec_push(&all, (struct entry){ &align->right[i], i, true });
	if (good && all.len > 1)
		qsort(all.item, all.len, sizeof(*all.item), entry_order);
	for (size_t i = 0, next; good && i < all.len; i = next) {
		for (next = i + 1; next < all.len && text_order(&all.item[i].rule->text, &all.item[next].rule->text) == 0;)
			next++;
		if (next == i + 2 && all.item[i].right != all.item[i + 1].right) {
			const struct entry *a = &all.item[i], *b = &all.item[i + 1];
			struct pair pair = { a->right ? b->at : a->at, a->right ? a->at : b->at };

			if (same(align, pair.left, pair.right))
				good = vec_push(found, pair);
		}
	}
	vec_free(&all);
	if (good && found->len > 1)
		qsort(found->item, found->len, sizeof(*found->item), pair_order);
	return good;
}

/* The longest run of pairs that ascends on the right too; keeps only those in `found`. */
static bool ascending(pairs *found)
{
	VEC(size_t) tops = { 0 }, before = { 0 };
	bool good = true;
	size_t at;

	for (size_t i = 0; good && i < found->len; i++) {
		size_t low = 0, high = tops.len;

		while (low < high) {
			size_t middle = (low + high) / 2;

			if (found->item[tops.item[middle]].right < found->item[i].right)
				low = middle + 1;
			else
				high = middle;
		}
		good = vec_push(&before, low > 0 ? tops.item[low - 1] : SIZE_MAX);
		if (low == tops.len)
			good = good && vec_push(&tops, i);
		else
			tops.item[low] = i;
	}
	at = good && tops.len > 0 ? tops.item[tops.len - 1] : SIZE_MAX;
	for (size_t n = tops.len; good && n-- > 0; at = before.item[at])
		tops.item[n] = at;
	for (size_t n = 0; good && n < tops.len; n++)
		found->item[n] = found->item[tops.item[n]];
	found->len = tops.len;
	vec_free(&tops);
	vec_free(&before);
	return good;
}

static bool align_part(const struct align *align, struct pair from, struct pair to)
{
	pairs found = { 0 };
	size_t tail = 0;
	bool good = true;

	while (good && from.left < to.left && from.right < to.right && same(align, from.left, from.right)) {
		good = vec_push(align->out, from);
		from.left++;
		from.right++;
	}
	while (from.left < to.left && from.right < to.right && same(align, to.left - 1, to.right - 1)) {
		to.left--;
		to.right--;
		tail++;
	}
	good = good && unique_pairs(align, from, to, &found) && ascending(&found);
	for (size_t i = 0; good && found.len > 0 && i <= found.len; i++) {
		struct pair end = i < found.len ? found.item[i] : to;

		good = align_part(align, from, end);
		if (i < found.len)
			good = good && vec_push(align->out, end);
		from = (struct pair){ end.left + 1, end.right + 1 };
	}
	for (size_t i = 0; good && i < tail; i++)
		good = vec_push(align->out, (struct pair){ to.left + i, to.right + i });
	vec_free(&found);
	return good;
}

int align_rules(const struct chain *left, const struct chain *right, bool counters, pairs *out)
{
	struct align align = { left->rules.item, right->rules.item, counters, out };
	struct pair none = { 0, 0 }, all = { left->rules.len, right->rules.len };

	return align_part(&align, none, all) ? 0 : -ENOMEM;
}
