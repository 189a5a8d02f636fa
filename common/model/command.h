/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The rules that one command makes in a table, once ext_read has read it. */
#ifndef FW_MODEL_COMMAND_H
#define FW_MODEL_COMMAND_H

#include "model/ext.h"

/* One rule for each pair of the addresses that were given, as iptables makes them. */
unsigned command_count(const struct command *command);

/* The n-th of them. */
void command_rule(const struct command *command, unsigned n, struct rule *rule);

/*
 * Finds out where -j and -g lead: a chain of the name of a target goes first. False: there is no such chain
 * or target, or it is a built-in chain, which is then the rule's jump.
 */
must_check bool command_resolve(struct command *command, const struct table *table);

#endif
