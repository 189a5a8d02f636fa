/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * A ruleset as iptables-restore text of one family: the reader's inverse. What is printed is accepted
 * by iptables-restore and reads back to the same model.
 */
#ifndef FW_MODEL_PRINTER_H
#define FW_MODEL_PRINTER_H

#include "base/strbuf.h"
#include "model/ruleset.h"

/*
 * Appends the whole ruleset; with their counters where wanted and known. begins, if not NULL, is called before each rule
 * is written. 0 or -errno.
 */
must_check int ruleset_print(struct strbuf *out, const struct ruleset *ruleset, bool counters,
			     void (*begins)(void *ctx, const struct rule *rule), void *ctx);

/* Appends one rule, from "-A" on, without a newline. 0 or -errno. */
must_check int rule_print(struct strbuf *out, const struct rule *rule, const char *chain, enum family family);

/*
 * What the extensions of many rules write, in portions: much faster than rule by rule. Zeroed, but for rules
 * and family, it is ready.
 */
struct rule_texts {
	rule_list rules; /* owned */
	enum family family;
	void (*begins)(void *ctx, const struct rule *rule); /* called before each rule is written; NULL: nobody asks */
	void *ctx;
	size_t written; /* rules so far */
	size_t taken;
	struct strbuf portion;
	const char *next; /* into the portion */
	int err;
};

/* That of the next rule, until the next call. NULL when it could not be written: see err. */
const char *rule_texts_next(struct rule_texts *texts);

void rule_texts_free(struct rule_texts *texts);

/* rule_print with such a text; `failed` of out tells. */
void rule_print_with(struct strbuf *out, const struct rule *rule, const char *chain, enum family family, const char *extensions);

/* The lines that open a table, with every built-in chain; one without a policy gets ACCEPT. */
void table_print_head(struct strbuf *out, const struct table *table, bool counters);

/* The counters in front of a rule, with a blank behind them. */
void rule_print_counters(struct strbuf *out, const struct rule *rule);

#endif
