/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/readback.h"
#include "model/command.h"
#include "model/normal.h"

#include <string.h>

enum readback_result readback(struct readback *back, enum family family, const struct table *table, const struct chain *chain,
			      const struct rule *rule, const char *text, size_t len)
{
	struct command *command = &back->command;
	struct rule read;
	unsigned column;

	arena_reset(&back->arena);
	if (memchr(text, '\n', len) != NULL || words_split(&back->words, text, len, &column) != WORD_FINE ||
	    !ext_read(table->name, &back->words, &back->arena, command, &back->fault, NULL) || command->verb != 'A' ||
	    command->other_family || command_count(command) != 1 || table_find_chain(table, command->chain) != chain ||
	    !command_resolve(command, table))
		return READBACK_UNREADABLE;
	command_rule(command, 0, &read);
	rule_normalize(&read, family);
	return rule_same(rule, &read) ? READBACK_SAME : READBACK_OTHER;
}

void readback_free(struct readback *back)
{
	words_free(&back->words);
	arena_free(&back->arena);
	strbuf_free(&back->fault.text);
}
