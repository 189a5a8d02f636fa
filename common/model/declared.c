/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/declared.h"

struct undeclared {
	char option;
	const char *text;
};

static const struct undeclared commands[] = {
	{ 'D', "-D deletes a rule, but this text declares the rules: remove this line, and the rule that it deletes" },
	{ 'R', "-R replaces a rule, but this text declares the rules: remove this line, and write its rule where the old one stands" },
	{ 'E', "-E renames a chain, but this text declares the chains: remove this line, and use the new name throughout" },
	{ 'F', "-F is not needed, because every table of this text begins empty: remove this line" },
	{ 'X', "-X is not needed, because only the chains that this text declares are made: remove this line" },
	{ 'Z', "-Z is not needed, because counters begin at zero, or with the [packets:bytes] of a line: remove this line" },
	{ 'L', "-L prints rules, but this text declares them: remove this line; fw-save shows the rules in force" },
	{ 'S', "-S prints rules, but this text declares them: remove this line; fw-save shows the rules in force" },
	{ 'C', "-C looks for a rule, but this text declares the rules: remove this line, or make it -A" },
};

static const struct undeclared options[] = {
	{ 'v', "-v prints the rule and says nothing of it: remove it" },
	{ 't', "-t does not belong into a text, where the line *TABLE names the table: remove it" },
	{ 'w', "-w does not belong into a text, whose loader waits for the lock itself: remove it" },
	{ 'W', "-W does not belong into a text, whose loader waits for the lock itself: remove it" },
	{ 'M', "-M names a program to be run and says nothing of the rule: remove it; `#@ module NAME' loads a module" },
	{ 'V', "-V prints a version, and iptables-restore then loads nothing: remove it" },
	{ 'h', "-h prints a help text, and iptables-restore then loads nothing: remove it" },
};

static const char *text_of(const struct undeclared *entries, size_t count, char option)
{
	for (size_t i = 0; i < count; i++)
		if (entries[i].option == option)
			return entries[i].text;
	return NULL;
}

bool reader_undeclared(struct ruleset_reader *reader, const struct line *line)
{
	const struct command *command = &reader->command;
	const char *text = text_of(commands, ARRAY_LEN(commands), command->verb);
	unsigned word = command->verb_word;

	if (text == NULL) {
		text = text_of(options, ARRAY_LEN(options), command->no_rule);
		word = command->no_rule_word;
	}
	if (text != NULL)
		reader_complain_word(reader, line, DIAG_STRUCTURE, word, text);
	return text != NULL;
}
