/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/apply.h"
#include "base/suggest.h"
#include "model/builtin.h"
#include "model/command.h"
#include "model/kinds.h"
#include "model/unread.h"

#include <string.h>

static void complain_number(struct ruleset_reader *reader, const struct line *line)
{
	reader_complain_word(reader, line, DIAG_SYNTAX, reader->command.chain_word + 1,
			     "the chain has no rule of this number");
}

static void complain_chain(struct ruleset_reader *reader, const struct line *line, unsigned word, const char *what,
			   const char *name, bool may_be_target)
{
	struct strbuf text = STRBUF_INIT;
	struct suggestion near = suggest_begin(name);

	for (size_t i = 0; i < reader->table->chains.len; i++)
		suggest_consider(&near, reader->table->chains.item[i]->name);
	if (may_be_target)
		kinds_consider_targets(&near);
	strbuf_printf(&text, "%s `%s' in table %s", what, name, reader->table->name);
	if (near.best != NULL)
		strbuf_printf(&text, "; did you mean %s?", near.best);
	reader_complain_word(reader, line, DIAG_UNDEFINED_CHAIN, word, strbuf_text(&text));
	strbuf_free(&text);
}

bool reader_unknown_target(struct ruleset_reader *reader, const struct line *line)
{
	const struct command *command = &reader->command;

	if (command->jumpto == NULL || command->is_extension || command->rule.is_goto ||
	    strncmp(strbuf_text(&reader->fault.text), "unknown option", 14) != 0 ||
	    table_find_chain(reader->table, command->jumpto) != NULL)
		return false;
	complain_chain(reader, line, command->jump_word, "there is neither a chain nor a target", command->jumpto, true);
	return true;
}

/* --- chains ---------------------------------------------------------------------------------- */

struct chain *reader_add_chain(struct ruleset_reader *reader, const struct line *line, const char *name)
{
	struct chain *chain = table_add_chain(reader->ruleset, reader->table, name, reader_line_index(reader, line));

	if (chain == NULL)
		reader->no_memory = true;
	else
		ext_announce_chain(chain->name);
	return chain;
}

void reader_set_policy(struct ruleset_reader *reader, const struct line *line, struct chain *chain, const struct token *policy)
{
	if (chain->hook == 0 && !token_is(policy, "-"))
		reader_complain(reader, line, DIAG_STRUCTURE, policy->column, (unsigned)policy->len,
				"only built-in chains have a policy: write - for a chain of your own");
	else if (chain->hook != 0 && token_is(policy, "ACCEPT"))
		chain->policy = "ACCEPT";
	else if (chain->hook != 0 && token_is(policy, "DROP"))
		chain->policy = "DROP";
	else if (chain->hook != 0 && !token_is(policy, "-"))
		reader_complain(reader, line, DIAG_STRUCTURE, policy->column, (unsigned)policy->len,
				"a policy is ACCEPT or DROP");
}

/* The chain that a command is about; reports one that is not there. */
static struct chain *command_chain(struct ruleset_reader *reader, const struct line *line)
{
	const struct command *command = &reader->command;
	struct chain *chain = table_find_chain(reader->table, command->chain);

	if (chain == NULL)
		complain_chain(reader, line, command->chain_word, "there is no chain", command->chain, false);
	return chain;
}

static void new_chain(struct ruleset_reader *reader, const struct line *line)
{
	const char *name = reader->command.chain;

	if (table_find_chain(reader->table, name) != NULL)
		reader_complain_word(reader, line, DIAG_STRUCTURE, reader->command.chain_word, "this chain exists already");
	else if (is_verdict(name))
		reader_complain_word(reader, line, DIAG_STRUCTURE, reader->command.chain_word,
				     "no chain can have this name");
	else
		reader_add_chain(reader, line, name);
}

static void policy_command(struct ruleset_reader *reader, const struct line *line)
{
	struct chain *chain = command_chain(reader, line);
	const struct word *word = &reader->words.item[reader->command.chain_word + 1];
	struct token policy = { .text = word->text, .len = strlen(word->text), .column = word->column };

	if (chain != NULL && chain->hook == 0)
		reader_complain_word(reader, line, DIAG_STRUCTURE, reader->command.chain_word,
				     "only built-in chains have a policy");
	else if (chain != NULL)
		reader_set_policy(reader, line, chain, &policy);
}

static void rename_chain(struct ruleset_reader *reader, const struct line *line)
{
	struct chain *chain = command_chain(reader, line);
	const char *name = reader->command.second;
	unsigned word = reader->command.chain_word;

	if (chain == NULL)
		return;
	if (chain->hook != 0)
		reader_complain_word(reader, line, DIAG_STRUCTURE, word, "a built-in chain keeps its name");
	else if (strlen(name) > STREAM_CHAIN_MAX)
		reader_complain_word(reader, line, DIAG_LIMIT, word + 1, "chain names have at most 28 bytes");
	else if (is_verdict(name))
		reader_complain_word(reader, line, DIAG_STRUCTURE, word + 1, "no chain can have this name");
	else if (table_find_chain(reader->table, name) != NULL)
		reader_complain_word(reader, line, DIAG_STRUCTURE, word + 1, "this chain exists already");
	else if (!table_rename_chain(reader->ruleset, reader->table, chain, name))
		reader->no_memory = true;
}

/* Why the chain cannot be removed; NULL: it can. */
static const char *chain_in_use(const struct chain *chain)
{
	if (chain->hook != 0)
		return "a built-in chain cannot be removed";
	if (chain->rules.len > 0)
		return "the chain has rules: -F empties it";
	return chain->references > 0 ? "a rule jumps to this chain: delete that rule first" : NULL;
}

static void remove_chains(struct ruleset_reader *reader, const struct line *line)
{
	struct table *table = reader->table;
	struct chain *only = reader->command.chain != NULL ? command_chain(reader, line) : NULL;
	const char *reason = NULL;

	if (reader->command.chain != NULL && only == NULL)
		return;
	for (size_t i = 0; i < table->chains.len && reason == NULL; i++) {
		const struct chain *chain = table->chains.item[i];

		if (only != NULL ? chain == only : chain->hook == 0)
			reason = chain_in_use(chain);
	}
	if (reason != NULL)
		reader_complain_word(reader, line, DIAG_STRUCTURE, only != NULL ? reader->command.chain_word : 0, reason);
	else
		table_remove_chains(table, only);
}

/* --- jumps ------------------------------------------------------------------------------------- */

static bool resolve_jump(struct ruleset_reader *reader, const struct line *line)
{
	struct command *command = &reader->command;
	bool is_goto = command->rule.is_goto;

	if (command_resolve(command, reader->table))
		return true;
	if (command->rule.jump == NULL)
		complain_chain(reader, line, command->jump_word,
			       is_goto ? "there is no chain" : "there is neither a chain nor a target", command->jumpto, !is_goto);
	else
		reader_complain_word(reader, line, DIAG_UNDEFINED_CHAIN, command->jump_word,
				     "a built-in chain cannot be jumped to");
	return false;
}

void reader_skip(struct ruleset_reader *reader, const struct line *line)
{
	const struct command *command = &reader->command;

	if (command->jumpto != NULL && table_find_chain(reader->table, command->jumpto) == NULL)
		complain_chain(reader, line, command->jump_word, "there is neither a chain nor a target", command->jumpto, true);
}

/* --- rules --------------------------------------------------------------------------------------- */

static void count_reference(const struct rule *rule, int by)
{
	if (rule->jump != NULL)
		rule->jump->references += (unsigned)by;
}

static bool add_rules(struct ruleset_reader *reader, struct chain *chain, size_t at)
{
	for (unsigned i = 0; i < command_count(&reader->command); i++) {
		struct rule *rule = arena_alloc(&reader->ruleset->arena, sizeof(*rule));

		if (rule == NULL || !vec_push(&chain->rules, rule))
			return false;
		command_rule(&reader->command, i, rule);
		count_reference(rule, 1);
		memmove(&chain->rules.item[at + 1], &chain->rules.item[at],
			(chain->rules.len - 1 - at) * sizeof(rule));
		chain->rules.item[at++] = rule;
	}
	return true;
}

static void insert_rule(struct ruleset_reader *reader, const struct line *line, struct chain *chain)
{
	const struct command *command = &reader->command;
	size_t at = command->verb == 'A' ? chain->rules.len : command->number > 0 ? command->number - 1 : 0;

	if (at > chain->rules.len)
		reader_complain_word(reader, line, DIAG_SYNTAX, command->chain_word + 1,
				     "the chain has fewer rules than that: nothing can be inserted here");
	else if (!add_rules(reader, chain, at))
		reader->no_memory = true;
}

static void drop_rule(struct chain *chain, size_t at)
{
	count_reference(chain->rules.item[at], -1);
	chain->rules.len--;
	memmove(&chain->rules.item[at], &chain->rules.item[at + 1], (chain->rules.len - at) * sizeof(struct rule *));
}

static void replace_rule(struct ruleset_reader *reader, const struct line *line, struct chain *chain)
{
	size_t at = reader->command.number - 1;

	if (at >= chain->rules.len) {
		complain_number(reader, line);
		return;
	}
	drop_rule(chain, at);
	if (!add_rules(reader, chain, at))
		reader->no_memory = true;
}

/* The first rule of the chain that equals the command's n-th; rules.len: none. */
static size_t find_rule(const struct command *command, const struct chain *chain, unsigned n)
{
	struct rule wanted;
	size_t at = 0;

	command_rule(command, n, &wanted);
	while (at < chain->rules.len && !rule_same(chain->rules.item[at], &wanted))
		at++;
	return at;
}

/* -D and -C */
static void match_rules(struct ruleset_reader *reader, const struct line *line, struct chain *chain)
{
	const struct command *command = &reader->command;

	if (command->number > 0) {
		if (command->number > chain->rules.len)
			complain_number(reader, line);
		else
			drop_rule(chain, command->number - 1);
		return;
	}
	for (unsigned i = 0; i < command_count(command); i++) {
		size_t at = find_rule(command, chain, i);

		if (at == chain->rules.len) {
			reader_complain_word(reader, line, DIAG_SYNTAX, command->chain_word,
					     "the chain has no such rule at this point");
			return;
		}
		if (command->verb == 'D')
			drop_rule(chain, at);
	}
}

static void put_rule(struct ruleset_reader *reader, const struct line *line, struct chain *chain)
{
	switch (reader->command.verb) {
	case 'A': case 'I':
		insert_rule(reader, line, chain);
		break;
	case 'R':
		replace_rule(reader, line, chain);
		break;
	default:
		match_rules(reader, line, chain);
	}
}

static void rule_command(struct ruleset_reader *reader, const struct line *line)
{
	struct chain *chain = command_chain(reader, line);

	if (!resolve_jump(reader, line) && chain != NULL)
		reader_keep_unread(reader, line);
	else if (chain != NULL)
		put_rule(reader, line, chain);
}

static void flush_chains(struct ruleset_reader *reader, const struct line *line)
{
	struct chain *only = reader->command.chain != NULL ? command_chain(reader, line) : NULL;

	for (size_t i = 0; i < reader->table->chains.len; i++) {
		struct chain *chain = reader->table->chains.item[i];

		if (reader->command.chain == NULL || chain == only)
			while (chain->rules.len > 0)
				drop_rule(chain, chain->rules.len - 1);
	}
}

/* -L, -S and -Z change nothing that the model holds: what they name must be there. */
static void look_at(struct ruleset_reader *reader, const struct line *line)
{
	const struct command *command = &reader->command;
	const struct chain *chain = command->chain != NULL ? command_chain(reader, line) : NULL;

	if (chain != NULL && command->verb == 'Z' && command->number > chain->rules.len)
		complain_number(reader, line);
}

void reader_apply(struct ruleset_reader *reader, const struct line *line)
{
	switch (reader->command.verb) {
	case 'A': case 'I': case 'R': case 'D': case 'C':
		rule_command(reader, line);
		break;
	case 'N':
		new_chain(reader, line);
		break;
	case 'P':
		policy_command(reader, line);
		break;
	case 'E':
		rename_chain(reader, line);
		break;
	case 'X':
		remove_chains(reader, line);
		break;
	case 'F':
		flush_chains(reader, line);
		break;
	default:
		look_at(reader, line);
	}
}
