/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/align.h"
#include "base/textmap.h"

#include <errno.h>

struct align {
	const struct text_rule *left, *right;
	bool counters;
	pairs *out;
};

static bool same(const struct align *align, size_t left, size_t right)
{
	const struct text_rule *a = &align->left[left], *b = &align->right[right];

	return piece_equal(&a->text, &b->text) && (!align->counters || piece_equal(&a->counters, &b->counters));
}

/* How often a text occurs on each side, and the last place of each. */
struct seen {
	struct pair count, at;
};

typedef VEC(struct seen) seens;

static bool see_sides(const struct align *align, struct pair from, struct pair to, struct textmap *map, seens *seen)
{
	bool good = textmap_reserve(map, to.left - from.left);

	for (size_t i = from.left; good && i < to.left; i++) {
		size_t number = textmap_add(map, &align->left[i].text);

		good = number != TEXTMAP_NONE && (number < seen->len || vec_push(seen, (struct seen){ .at = { 0, 0 } }));
		if (good) {
			seen->item[number].count.left++;
			seen->item[number].at.left = i;
		}
	}
	for (size_t i = from.right; good && i < to.right; i++) {
		size_t number = textmap_find(map, &align->right[i].text);

		if (number != TEXTMAP_NONE) {
			seen->item[number].count.right++;
			seen->item[number].at.right = i;
		}
	}
	return good;
}

/*
 * Appends the pairs of lines that occur once on each side, sorted by their place on the left, which is the order of the
 * map.
 */
static bool unique_pairs(const struct align *align, struct pair from, struct pair to, pairs *found)
{
	struct textmap map = { .slots = NULL };
	seens seen = { 0 };
	bool good = see_sides(align, from, to, &map, &seen);

	for (size_t i = 0; good && i < seen.len; i++) {
		const struct seen *one = &seen.item[i];

		if (one->count.left == 1 && one->count.right == 1 && same(align, one->at.left, one->at.right))
			good = vec_push(found, one->at);
	}
	textmap_free(&map);
	vec_free(&seen);
	return good;
}

/* Keeps in `found` only the longest sequence of pairs that ascends on the right too. */
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
	if (from.left < to.left && from.right < to.right)
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

int align_rules(const struct text_chain *left, const struct text_chain *right, bool counters, pairs *out)
{
	struct align align = { left->rules.item, right->rules.item, counters, out };
	struct pair none = { 0, 0 }, all = { left->rules.len, right->rules.len };

	return align_part(&align, none, all) ? 0 : -ENOMEM;
}
