/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/suggest.h"

#include <string.h>

/* Longer words are not compared. */
#define SUGGEST_LENGTH_MAX 40

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
	unsigned low = a < b ? a : b;

	return low < c ? low : c;
}

/* The distance of Damerau and Levenshtein, restricted: a swapped pair is not edited further. */
static unsigned edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][SUGGEST_LENGTH_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];

	for (unsigned j = 0; j <= b_len; j++)
		last[j] = before[j] = j;
	for (unsigned i = 1; i <= a_len; i++) {
		unsigned *spare = before;

		row[0] = i;
		for (unsigned j = 1; j <= b_len; j++) {
			unsigned differs = a[i - 1] != b[j - 1];

			row[j] = smallest(last[j] + 1, row[j - 1] + 1, last[j - 1] + differs);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[b_len];
}

struct suggestion suggest_begin(const char *word)
{
	size_t len = strlen(word);
	unsigned limit = len < 6 ? 1 : (unsigned)(len / 3);

	return (struct suggestion){ .word = word, .best = NULL, .distance = limit + 1 };
}

void suggest_consider(struct suggestion *near, const char *candidate)
{
	size_t len = strlen(near->word), other = candidate != NULL ? strlen(candidate) : 0;
	unsigned distance;

	if (len == 0 || other == 0 || len > SUGGEST_LENGTH_MAX || other > SUGGEST_LENGTH_MAX)
		return;
	if ((len > other ? len - other : other - len) > near->distance)
		return;
	if (strcmp(near->word, candidate) == 0)
		return;
	distance = edit_distance(near->word, len, candidate, other);
	/* People rarely mistype the first letter, so it decides between equally near candidates. */
	if (distance < near->distance || (distance == near->distance && near->best != NULL &&
					  near->best[0] != near->word[0] && candidate[0] == near->word[0])) {
		near->distance = distance;
		near->best = candidate;
	}
}

const char *suggest_nearest(const char *word, const char *const candidates[], size_t count)
{
	struct suggestion near = suggest_begin(word);

	for (size_t i = 0; i < count; i++)
		suggest_consider(&near, candidates[i]);
	return near.best;
}
