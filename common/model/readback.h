/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Does a printed line mean the rule that it was printed from? Some do not: iptables-save writes
 * `! --dport :', which matches no packet, as a rule that matches every port.
 */
#ifndef FW_MODEL_READBACK_H
#define FW_MODEL_READBACK_H

#include "model/ext.h"

/* Kept from line to line. A zeroed struct is ready; ext_listen must be on. */
struct readback {
	struct words words;
	struct arena arena;
	struct command command;
	struct ext_fault fault;
};

enum readback_result {
	READBACK_SAME,
	READBACK_OTHER,      /* another rule */
	READBACK_UNREADABLE, /* no rule at all, or several */
};

/* Reads a line of the table and compares it with the rule of the chain, which is in its normal form. */
enum readback_result readback(struct readback *back, enum family family, const struct table *table, const struct chain *chain,
			      const struct rule *rule, const char *text, size_t len);

void readback_free(struct readback *back);

#endif
