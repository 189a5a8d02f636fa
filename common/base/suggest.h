/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * "did you mean": finds the candidate that is nearest to an unknown word, by the number of letters to insert, delete,
 * change or swap. The candidates may come from several lists:
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
	const char *best; /* borrowed from the candidates; NULL: none is near enough */
	unsigned distance;
};

/* A candidate may need as many edits as a third of the letters of the word; one edit is always allowed. */
struct suggestion suggest_begin(const char *word);

/* Of equally near candidates, one with the same first letter wins, else the first. NULL is ignored. */
void suggest_consider(struct suggestion *near, const char *candidate);

/* The nearest candidate of an array. NULL: none is near enough. */
const char *suggest_nearest(const char *word, const char *const candidates[], size_t count);

#endif
