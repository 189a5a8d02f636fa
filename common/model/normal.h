/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The one form of a rule among those that the kernel cannot tell apart. */
#ifndef FW_MODEL_NORMAL_H
#define FW_MODEL_NORMAL_H

#include "model/ruleset.h"

/*
 * Changes a rule into its normal form, in which the backends tell it: the nf_tables kind keeps `! --dport 0:1023`
 * as "greater than 1023" and says `--dport 1024:65535`. Bytes that mean nothing become zero.
 */
void rule_normalize(struct rule *rule, enum family family);

/* All rules of a ruleset. */
void ruleset_normalize(const struct ruleset *ruleset);

/*
 * Does the rule match no packet, while one of the backends' savers tells it as one that does? Such are
 * `! -i +' (legacy) and `! --tcp-flags NONE NONE' (nf_tables).
 */
bool rule_is_widened(const struct rule *rule);

#endif
