/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The main of a test that asks the same of many rulesets: `PROGRAM [SEED [COUNT]]` of random ones, `PROGRAM FILE...` of these. */
#ifndef FW_TESTS_RULESETS_H
#define FW_TESTS_RULESETS_H

#include "base/strbuf.h"
#include "text/family.h"

struct rulesets_question {
	const char *holds; /* what must hold, after "IPv4: " */
	unsigned count;    /* random rulesets, if the command line does not say */
	void *totals;      /* borrowed, zeroed; each family is asked in a child, which counts from zero */

	/* Asks one ruleset. False: it does not hold; the text of a random one is then printed with its seed. */
	bool (*ask)(const char *name, const struct strbuf *text, enum family family, void *totals);

	/* Prints the totals behind "# IPv4: ", and a newline. False: random rulesets gave too little to ask. */
	bool (*tell)(const void *totals);
};

/* The exit status. */
int rulesets_main(int argc, char *argv[], const struct rulesets_question *question);

#endif
