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

#endif
