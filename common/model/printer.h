/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ruleset as iptables-restore text of one family: the reader's inverse. What is printed is accepted
 * by iptables-restore and reads back to the same model.
 */
#ifndef FW_MODEL_PRINTER_H
#define FW_MODEL_PRINTER_H

#include "base/strbuf.h"
#include "model/ruleset.h"

/* Appends the whole ruleset; with their counters where wanted and known. 0 or -errno. */
must_check int ruleset_print(struct strbuf *out, const struct ruleset *ruleset, bool counters);

/* Appends one rule, from "-A" on, without a newline. 0 or -errno. */
must_check int rule_print(struct strbuf *out, const struct rule *rule, const char *chain, enum family family);

/* The same with what ext_write wrote of the rule: many rules are printed faster so. */
void rule_print_with(struct strbuf *out, const struct rule *rule, const char *chain, enum family family, const char *extensions);

/* The lines that open a table, with every built-in chain; one without a policy gets ACCEPT. */
void table_print_head(struct strbuf *out, const struct table *table, bool counters);

/* The counters in front of a rule, with a blank behind them. */
void rule_print_counters(struct strbuf *out, const struct rule *rule);

#endif
