/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/reader.h"
#include "base/suggest.h"
#include "model/builtin.h"
#include "model/ext.h"
#include "text/token.h"
#include "text/word.h"

#include <ctype.h>
#include <string.h>

struct reader {
	const struct stream *stream;
	struct ruleset *ruleset;
	struct diag_log *log;
	struct table *table; /* NULL: outside, or in one that was refused */
	struct words words;
	struct command command;
	struct ext_fault fault;
	struct strbuf notice;
	bool no_memory;
};

static void complain(struct reader *reader, const struct line *line, enum diag_id id, unsigned column,
		     unsigned width, const char *text)
{
	struct where at = stream_where(reader->stream, line, column, width);
	struct where origin = stream_origin_where(reader->stream, line);

	ext_listen(false);
	diag_add(reader->log, id, &at, &origin, "%s", text);
	ext_listen(true);
}

static void complain_word(struct reader *reader, const struct line *line, enum diag_id id, unsigned word,
			  const char *text)
{
	const struct word *at = word < reader->words.count ? &reader->words.item[word] : NULL;

	complain(reader, line, id, at != NULL ? at->column : 1, at != NULL ? at->width : 1, text);
}

static unsigned line_index(const struct reader *reader, const struct line *line)
{
	return (unsigned)(line - reader->stream->lines.item);
}

/* --- tables and chains -------------------------------------------------------------------------- */

static void read_table(struct reader *reader, const struct line *line)
{
	struct token token = token_after(line->text, line->len, 1);
	const char *name = reader->stream->tables.item[line->table - 1].name;
	const char *near = suggest_nearest(name, table_names, table_count);
	struct strbuf text = STRBUF_INIT;

	reader->table = NULL;
	if (table_hooks(name) != 0) {
		reader->table = ruleset_find_table(reader->ruleset, name); /* a second block was reported already */
		if (reader->table == NULL)
			reader->table = ruleset_add_table(reader->ruleset, name, line_index(reader, line));
		reader->no_memory = reader->table == NULL;
		return;
	}
	strbuf_printf(&text, "there is no table %s", name);
	if (near != NULL)
		strbuf_printf(&text, "; did you mean %s?", near);
	complain(reader, line, DIAG_STRUCTURE, token.column, (unsigned)token.len, strbuf_text(&text));
	strbuf_free(&text);
}

static struct chain *add_chain(struct reader *reader, const struct line *line, const char *name)
{
	struct chain *chain = table_add_chain(reader->ruleset, reader->table, name, line_index(reader, line));

	if (chain == NULL)
		reader->no_memory = true;
	else
		ext_announce_chain(chain->name);
	return chain;
}

static void set_policy(struct reader *reader, const struct line *line, struct chain *chain, const struct token *policy)
{
	if (chain->hook == 0 && !token_is(policy, "-"))
		complain(reader, line, DIAG_STRUCTURE, policy->column, (unsigned)policy->len,
			 "only built-in chains have a policy: write - for a chain of your own");
	else if (chain->hook != 0 && token_is(policy, "ACCEPT"))
		chain->policy = "ACCEPT";
	else if (chain->hook != 0 && token_is(policy, "DROP"))
		chain->policy = "DROP";
	else if (chain->hook != 0 && !token_is(policy, "-"))
		complain(reader, line, DIAG_STRUCTURE, policy->column, (unsigned)policy->len,
			 "a policy is ACCEPT or DROP");
}

/* [packets:bytes], whose shape the stream has checked. */
static bool read_counters(const char *text, struct counters *counters)
{
	char *end;

	counters->packets = strtoull(text + 1, &end, 10);
	counters->bytes = strtoull(end + 1, NULL, 10);
	return true;
}

static void read_chain(struct reader *reader, const struct line *line)
{
	struct token name = token_after(line->text, line->len, 1);
	struct token policy = token_next(line->text, line->len, &name);
	struct token counters = token_next(line->text, line->len, &policy);
	char text[STREAM_CHAIN_MAX + 1];
	struct chain *chain;

	memcpy(text, name.text, name.len);
	text[name.len] = '\0';
	chain = table_find_chain(reader->table, text);
	if (is_verdict(text) || text[0] == '-' || text[0] == '!')
		complain(reader, line, DIAG_STRUCTURE, name.column, (unsigned)name.len,
			 "no chain can have this name: iptables would read it as something else");
	else if (chain == NULL)
		chain = add_chain(reader, line, text);
	if (chain == NULL)
		return;
	set_policy(reader, line, chain, &policy);
	if (counters.len > 0)
		chain->has_counters = read_counters(counters.text, &chain->counters);
}

/* --- rules ---------------------------------------------------------------------------------------- */

static void complain_chain(struct reader *reader, const struct line *line, unsigned word, const char *what,
			   const char *name)
{
	struct strbuf text = STRBUF_INIT;
	struct suggestion near = suggest_begin(name);

	for (size_t i = 0; i < reader->table->chains.len; i++)
		suggest_consider(&near, reader->table->chains.item[i]->name);
	strbuf_printf(&text, "%s `%s' in table %s", what, name, reader->table->name);
	if (near.best != NULL)
		strbuf_printf(&text, "; did you mean %s?", near.best);
	complain_word(reader, line, DIAG_UNDEFINED_CHAIN, word, strbuf_text(&text));
	strbuf_free(&text);
}

/* The chain that a command is about; reports one that is not there. */
static struct chain *command_chain(struct reader *reader, const struct line *line)
{
	const struct command *command = &reader->command;
	struct chain *chain = table_find_chain(reader->table, command->chain);

	if (chain == NULL)
		complain_chain(reader, line, command->chain_word, "there is no chain", command->chain);
	return chain;
}

static bool resolve_jump(struct reader *reader, const struct line *line)
{
	struct command *command = &reader->command;
	struct rule *rule = &command->rule;

	if (command->jumpto == NULL || rule->target != NULL || rule->verdict != NULL)
		return true;
	rule->jump = table_find_chain(reader->table, command->jumpto);
	if (rule->jump == NULL)
		complain_chain(reader, line, command->jump_word,
			       rule->is_goto ? "there is no chain" : "there is neither a chain nor a target", command->jumpto);
	else if (rule->jump->hook != 0)
		complain_word(reader, line, DIAG_UNDEFINED_CHAIN, command->jump_word,
			      "a built-in chain cannot be jumped to");
	return rule->jump != NULL && rule->jump->hook == 0;
}

/* One rule for each pair of the addresses that were given, as iptables makes them. */
static bool add_rules(struct reader *reader, struct chain *chain, size_t at)
{
	const struct command *command = &reader->command;
	unsigned sources = command->src_count > 0 ? command->src_count : 1;
	unsigned destinations = command->dst_count > 0 ? command->dst_count : 1;

	for (unsigned i = 0; i < sources * destinations; i++) {
		struct rule *rule = arena_alloc(&reader->ruleset->arena, sizeof(*rule));

		if (rule == NULL || !vec_push(&chain->rules, rule))
			return false;
		*rule = command->rule;
		if (command->src_count > 0)
			rule->src = command->src[i / destinations];
		if (command->dst_count > 0)
			rule->dst = command->dst[i % destinations];
		memmove(&chain->rules.item[at + 1], &chain->rules.item[at],
			(chain->rules.len - 1 - at) * sizeof(rule));
		chain->rules.item[at++] = rule;
	}
	return true;
}

static void insert_rule(struct reader *reader, const struct line *line)
{
	const struct command *command = &reader->command;
	struct chain *chain = command_chain(reader, line);
	bool resolved = resolve_jump(reader, line);
	size_t at;

	if (chain == NULL || !resolved)
		return;
	at = command->verb == 'A' ? chain->rules.len : command->number > 0 ? command->number - 1 : 0;
	if (at > chain->rules.len)
		complain_word(reader, line, DIAG_SYNTAX, command->chain_word + 1,
			      "the chain has fewer rules than that: nothing can be inserted here");
	else if (!add_rules(reader, chain, at))
		reader->no_memory = true;
}

static void new_chain(struct reader *reader, const struct line *line)
{
	const char *name = reader->command.chain;

	if (table_find_chain(reader->table, name) != NULL)
		complain_word(reader, line, DIAG_STRUCTURE, reader->command.chain_word, "this chain exists already");
	else if (is_verdict(name))
		complain_word(reader, line, DIAG_STRUCTURE, reader->command.chain_word, "no chain can have this name");
	else
		add_chain(reader, line, name);
}

static void policy_command(struct reader *reader, const struct line *line)
{
	struct chain *chain = command_chain(reader, line);
	const struct word *word = &reader->words.item[reader->command.chain_word + 1];
	struct token policy = { .text = word->text, .len = strlen(word->text), .column = word->column };

	if (chain != NULL && chain->hook == 0)
		complain_word(reader, line, DIAG_STRUCTURE, reader->command.chain_word, "only built-in chains have a policy");
	else if (chain != NULL)
		set_policy(reader, line, chain, &policy);
}

static void apply_command(struct reader *reader, const struct line *line)
{
	switch (reader->command.verb) {
	case 'A': case 'I':
		insert_rule(reader, line);
		break;
	case 'N':
		new_chain(reader, line);
		break;
	case 'P':
		policy_command(reader, line);
		break;
	default:
		complain_word(reader, line, DIAG_SYNTAX, 0,
			      "a ruleset says what there is: commands that take away have no place in it");
	}
}

/* [packets:bytes] in front of a rule, as iptables-save -c writes them. True when there were some. */
static bool strip_counters(const struct line *line, size_t *skip, struct counters *counters)
{
	struct token first = token_after(line->text, line->len, 0);

	*skip = 0;
	if (first.len == 0 || first.text[0] != '[')
		return false;
	*skip = first.column - 1 + first.len;
	return read_counters(first.text, counters);
}

static void report_notice(struct reader *reader, const struct line *line)
{
	struct strbuf *notice = &reader->notice;

	for (size_t i = 0; i < notice->len; i++)
		if (isspace((unsigned char)notice->data[i]))
			notice->data[i] = ' ';
	while (notice->len > 0 && notice->data[notice->len - 1] == ' ')
		notice->data[--notice->len] = '\0';
	if (notice->len > 0)
		complain(reader, line, DIAG_EXTENSION_NOTICE, 0, 0, strbuf_text(notice));
	strbuf_reset(notice);
}

static void read_rule(struct reader *reader, const struct line *line)
{
	struct counters counters = { 0 };
	enum word_fault fault;
	unsigned column;
	size_t skip;
	bool counted = strip_counters(line, &skip, &counters), good;

	fault = words_split(&reader->words, line->text + skip, line->len - skip, &column);
	if (fault == WORD_MEMORY) {
		reader->no_memory = true;
		return;
	}
	if (fault != WORD_FINE) {
		complain(reader, line, fault == WORD_OPEN_QUOTE ? DIAG_SYNTAX : DIAG_LIMIT, column + (unsigned)skip, 1,
			 word_fault_text(fault));
		return;
	}
	for (unsigned i = 0; i < reader->words.count; i++)
		reader->words.item[i].column += (unsigned)skip;
	good = ext_read(reader->table->name, &reader->words, &reader->ruleset->arena, &reader->command, &reader->fault,
			&reader->notice);
	report_notice(reader, line);
	if (!good && reader->fault.no_memory) {
		reader->no_memory = true;
	} else if (!good) {
		complain_word(reader, line, DIAG_SYNTAX, reader->fault.word, strbuf_text(&reader->fault.text));
	} else if (!reader->command.other_family) {
		reader->command.rule.line = line_index(reader, line);
		if (counted) {
			reader->command.rule.counters = counters;
			reader->command.rule.has_counters = true;
		}
		apply_command(reader, line);
	}
}

static void read_line(struct reader *reader, const struct line *line)
{
	switch (line->kind) {
	case LINE_TABLE:
		read_table(reader, line);
		break;
	case LINE_COMMIT:
		reader->table = NULL;
		break;
	case LINE_CHAIN:
		if (reader->table != NULL)
			read_chain(reader, line);
		break;
	case LINE_RULE:
		if (reader->table != NULL && (line->families & reader->ruleset->family) != 0)
			read_rule(reader, line);
		break;
	case LINE_BLANK:
	case LINE_COMMENT:
	case LINE_DIRECTIVE:
	case LINE_BAD:
		break;
	}
}

struct ruleset *ruleset_read(const struct stream *stream, enum family family, struct diag_log *log)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	struct ruleset *ruleset = ruleset_new(family, stream);

	if (reader == NULL || ruleset == NULL) {
		diag_memory(log);
		free(reader);
		ruleset_free(ruleset);
		return NULL;
	}
	reader->stream = stream;
	reader->ruleset = ruleset;
	reader->log = log;
	ext_listen(true);
	for (size_t i = 0; i < stream->lines.len && !reader->no_memory; i++)
		read_line(reader, &stream->lines.item[i]);
	ext_listen(false);
	if (reader->no_memory) {
		diag_memory(log);
		ruleset_free(ruleset);
		ruleset = NULL;
	}
	words_free(&reader->words);
	strbuf_free(&reader->fault.text);
	strbuf_free(&reader->notice);
	free(reader);
	return ruleset;
}
