/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/command.h"

unsigned command_count(const struct command *command)
{
	return (command->src_count > 0 ? command->src_count : 1) * (command->dst_count > 0 ? command->dst_count : 1);
}

void command_rule(const struct command *command, unsigned n, struct rule *rule)
{
	unsigned destinations = command->dst_count > 0 ? command->dst_count : 1;

	*rule = command->rule;
	if (command->src_count > 0)
		rule->src = command->src[n / destinations];
	if (command->dst_count > 0)
		rule->dst = command->dst[n % destinations];
}

bool command_resolve(struct command *command, const struct table *table)
{
	struct rule *rule = &command->rule;
	struct chain *chain = command->jumpto != NULL ? table_find_chain(table, command->jumpto) : NULL;

	if (chain == NULL)
		return command->jumpto == NULL || rule->target != NULL || rule->verdict != NULL;
	rule->jump = chain;
	rule->target = NULL;
	return chain->hook == 0;
}
