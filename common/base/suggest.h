/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "did you mean": the candidate nearest to a word that nobody knows, by the number of letters to
 * insert, drop, change or swap. Candidates may come from several places:
 *
 *	struct suggestion near = suggest_begin("shh");
 *	for (...)
 *		suggest_consider(&near, candidate);
 *	if (near.best != NULL)
 *		...
 */
#ifndef FW_BASE_SUGGEST_H
#define FW_BASE_SUGGEST_H

#include "base/base.h"

struct suggestion {
	const char *word; /* borrowed */
	const char *best; /* borrowed from the candidates; NULL: nothing is near enough */
	unsigned distance;
};

/* Nothing farther than a third of the word's letters (at least one) is ever suggested. */
struct suggestion suggest_begin(const char *word);

/* Of equally near candidates one with the same first letter wins, else the first. NULL is no candidate. */
void suggest_consider(struct suggestion *near, const char *candidate);

/* All of it in one, for a plain array. NULL: nothing is near enough. */
const char *suggest_nearest(const char *word, const char *const candidates[], size_t count);

#endif
