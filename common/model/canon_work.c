/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "model/canon_work.h"
#include "base/file.h"
#include "confine/confine.h"
#include "model/normal.h"
#include "model/printer.h"
#include "model/readback.h"
#include "model/reader.h"
#include "model/wire.h"
#include "text/token.h"

#include <errno.h>
#include <string.h>

struct canon_work {
	const struct canon_task *task;
	const struct child *child;
	const struct stream *stream;
	struct ruleset *ruleset;
	struct rule_texts texts; /* of all rules that are printed */
	struct readback back;
	struct strbuf findings; /* records that wait to be written */
	struct diag_log log;    /* into the findings */
};

static void put_finding(void *ctx, const struct diag *diag)
{
	struct canon_work *work = ctx;

	wire_put_finding(&work->findings, diag);
}

static void begin_line(void *ctx, unsigned line)
{
	const struct canon_work *work = ctx;

	child_at(work->child, line + 1);
}

static void begin_rule(void *ctx, const struct rule *rule)
{
	begin_line(ctx, rule->line);
}

/* Is this what the rule was read from, behind counters and a family's mark? */
static bool is_as_read(const struct line *line, const char *text, size_t len)
{
	struct token word = token_after(line->text, line->len, 0);

	while (word.len > 0 && (word.text[0] == '[' || token_mark(&word) != FAMILY_NONE))
		word = token_next(line->text, line->len, &word);
	return word.len > 0 && (size_t)(line->text + line->len - word.text) == len && memcmp(word.text, text, len) == 0;
}

/* The same line makes the same rule: it need not be read twice. */
static enum readback_result read_back(struct canon_work *work, const struct table *table, const struct chain *chain,
				      const struct rule *rule, const char *text, size_t len)
{
	if (is_as_read(&work->stream->lines.item[rule->line], text, len))
		return READBACK_SAME;
	begin_rule(work, rule);
	return readback(&work->back, work->task->family, table, chain, rule, text, len);
}

/* --- a text that declares rules ------------------------------------------------------------------ */

typedef VEC(uint32_t) line_list;

/* Reports a rule whose printed line would not be it. */
static void check_rule(struct canon_work *work, const struct table *table, const struct chain *chain, const struct rule *rule,
		       const char *text, size_t len)
{
	const struct line *line = &work->stream->lines.item[rule->line];
	struct where at = stream_where(work->stream, line, 0, 0);
	enum readback_result result = read_back(work, table, chain, rule, text, len);

	if (result != READBACK_SAME)
		diag_add(&work->log, DIAG_SYNTAX, &at, NULL, "iptables would write this rule back as `%s', %s", text,
			 result == READBACK_OTHER ? "which is another rule" : "which it cannot read");
	else if (rule_is_widened(rule))
		diag_add(&work->log, DIAG_SYNTAX, &at, NULL,
			 "this rule matches no packet, and iptables-save would tell it as one that does: remove it");
}

static int put_rule(struct canon_work *work, const struct table *table, const struct chain *chain, const struct rule *rule,
		    struct strbuf *text)
{
	const char *extensions = rule_texts_next(&work->texts);
	size_t start;

	if (extensions == NULL)
		return work->texts.err;
	if (work->task->counters)
		rule_print_counters(text, rule);
	start = text->len;
	rule_print_with(text, rule, chain->name, work->task->family, extensions);
	if (text->failed)
		return -ENOMEM;
	check_rule(work, table, chain, rule, text->data + start, text->len - start);
	strbuf_putc(text, '\n');
	return 0;
}

static int put_table(struct canon_work *work, const struct table *table, struct strbuf *text, line_list *lines)
{
	table_print_head(text, table, work->task->counters);
	for (size_t c = 0; c < table->chains.len; c++) {
		const struct chain *chain = table->chains.item[c];

		for (size_t i = 0; i < chain->rules.len; i++) {
			int err = put_rule(work, table, chain, chain->rules.item[i], text);

			if (err != 0 || !vec_push(lines, chain->rules.item[i]->line))
				return err != 0 ? err : -ENOMEM;
		}
	}
	strbuf_puts(text, "COMMIT\n");
	return 0;
}

static int put_ruleset(struct canon_work *work)
{
	const struct ruleset *ruleset = work->ruleset;
	line_list lines = { .item = NULL };
	struct strbuf text = STRBUF_INIT;
	int err = ruleset_list(ruleset, &work->texts.rules) ? 0 : -ENOMEM;

	for (size_t i = 0; i < ruleset->tables.len && err == 0; i++)
		err = put_table(work, ruleset->tables.item[i], &text, &lines);
	if (err == 0 && text.failed)
		err = -ENOMEM;
	if (err == 0)
		err = wire_send(work->child->output, WIRE_LINES, lines.item, lines.len * sizeof(*lines.item));
	if (err == 0)
		err = wire_send(work->child->output, WIRE_TEXT, strbuf_text(&text), text.len);
	strbuf_free(&text);
	vec_free(&lines);
	return err;
}

static int work_declared(struct canon_work *work)
{
	const struct reader_mode mode = { .declared = true, .begins = begin_line, .ctx = work };
	int err = 0;

	work->stream = work->task->declared;
	work->ruleset = ruleset_read_as(work->stream, work->task->family, &mode, &work->log);
	if (work->ruleset != NULL && diag_errors(&work->log) == 0) {
		ruleset_normalize(work->ruleset);
		ext_listen(true);
		err = put_ruleset(work);
		ext_listen(false);
	}
	ruleset_free(work->ruleset);
	return err;
}

/* --- what a saver wrote -------------------------------------------------------------------------- */

/* The one rule that a line made. */
struct made {
	const struct table *table;
	const struct chain *chain;
	const struct rule *rule; /* NULL: the line made none, or more than one */
};

static bool is_rule_line(const struct line *line)
{
	return line->len > 0 && (line->text[0] == '-' || line->text[0] == '[');
}

/* What the line makes of the table, without counters; the carriage return that the stream cut off stays. */
static struct token command_of(const struct canon_work *work, const struct line *line)
{
	const char *end = work->task->saved->data + work->task->saved->len;
	struct token token = token_after(line->text, line->len, 0);
	const char *stop = line->text + line->len;

	if (token.len > 0 && token.text[0] == '[')
		token = token_next(line->text, line->len, &token);
	if (stop < end && *stop == '\r')
		stop++;
	token.len = (size_t)(stop - token.text);
	return token;
}

static bool may_be_read(const struct token *command)
{
	return command->len > 3 && memcmp(command->text, "-A ", 3) == 0 &&
	       memchr(command->text, '\0', command->len) == NULL && memchr(command->text, '\r', command->len) == NULL;
}

/* Which rule each line made. */
static void note_made(const struct ruleset *ruleset, struct made *made)
{
	for (size_t t = 0; t < ruleset->tables.len; t++) {
		const struct table *table = ruleset->tables.item[t];

		for (size_t c = 0; c < table->chains.len; c++) {
			const struct chain *chain = table->chains.item[c];

			for (size_t i = 0; i < chain->rules.len; i++) {
				const struct rule *rule = chain->rules.item[i];
				struct made *entry = &made[rule->line];

				*entry = (struct made){ .table = table, .chain = chain, .rule = entry->table == NULL ? rule : NULL };
			}
		}
	}
}

/* The rules that shall be printed, in the order of their lines; the others are forgotten. */
static bool choose_rules(struct canon_work *work, struct made *made)
{
	for (size_t i = 0; i < work->stream->lines.len; i++) {
		const struct token command = command_of(work, &work->stream->lines.item[i]);

		if (!may_be_read(&command))
			made[i].rule = NULL;
		if (made[i].rule != NULL && !vec_push(&work->texts.rules, made[i].rule))
			return false;
	}
	return true;
}

static int put_saved_rule(struct canon_work *work, const struct line *line, const struct made *made, struct strbuf *text)
{
	const struct token command = command_of(work, line);
	const char *extensions = made->rule != NULL ? rule_texts_next(&work->texts) : NULL;
	size_t start = text->len;

	if (made->rule != NULL && extensions == NULL)
		return work->texts.err;
	if (made->rule != NULL)
		rule_print_with(text, made->rule, made->chain->name, work->task->family, extensions);
	if (text->failed)
		return -ENOMEM;
	if (made->rule == NULL ||
	    read_back(work, made->table, made->chain, made->rule, text->data + start, text->len - start) != READBACK_SAME) {
		text->len = start;
		strbuf_add(text, command.text, command.len);
	}
	strbuf_putc(text, '\n');
	return 0;
}

static int put_saved(struct canon_work *work)
{
	const struct stream *stream = work->stream;
	struct made *made = calloc(stream->lines.len + 1, sizeof(*made));
	struct strbuf text = STRBUF_INIT;
	int err = made != NULL ? 0 : -ENOMEM;

	if (err == 0)
		note_made(work->ruleset, made);
	if (err == 0 && !choose_rules(work, made))
		err = -ENOMEM;
	for (size_t i = 0; i < stream->lines.len && err == 0; i++)
		if (is_rule_line(&stream->lines.item[i]))
			err = put_saved_rule(work, &stream->lines.item[i], &made[i], &text);
	if (err == 0 && text.failed)
		err = -ENOMEM;
	if (err == 0)
		err = wire_send(work->child->output, WIRE_TEXT, strbuf_text(&text), text.len);
	strbuf_free(&text);
	free(made);
	return err;
}

/* What cannot be read is no fault here: it stays as it is. */
static int work_saved(struct canon_work *work)
{
	const struct reader_mode mode = { .declared = true, .begins = begin_line, .ctx = work };
	const struct strbuf *saved = work->task->saved;
	struct diag_log silent = { .report = NULL };
	struct stream stream;
	int err = -ENOMEM;

	(void)!stream_read(&stream, "saved", saved->data, saved->len, work->task->family, &silent);
	work->stream = &stream;
	work->ruleset = ruleset_read_as(&stream, work->task->family, &mode, &silent);
	if (work->ruleset != NULL && !stream.no_memory) {
		ruleset_normalize(work->ruleset);
		ext_listen(true);
		err = put_saved(work);
		ext_listen(false);
	}
	ruleset_free(work->ruleset);
	stream_free(&stream);
	return err;
}

/* --- the answer ----------------------------------------------------------------------------------- */

int canon_work(void *ctx, const struct child *child)
{
	struct canon_work work = { .task = ctx, .child = child };
	int err;

	confine_computing();
	work.log = (struct diag_log){ .report = put_finding, .ctx = &work };
	work.texts = (struct rule_texts){ .family = work.task->family, .begins = begin_rule, .ctx = &work };
	err = ext_begin(work.task->family);
	if (err != 0)
		diag_system(&work.log, err, EXT_FAILED);
	else
		err = work.task->declared != NULL ? work_declared(&work) : work_saved(&work);
	if (err == -EPROTO)
		diag_add(&work.log, DIAG_SYSTEM, NULL, NULL, "an extension of iptables printed a NUL byte for a rule");
	else if (err != 0 && diag_errors(&work.log) == 0)
		diag_system(&work.log, err, "the rules could not be printed");
	wire_put(&work.findings, WIRE_END, "", 0);
	if (work.findings.failed)
		return -ENOMEM;
	return file_write(child->output, work.findings.data, work.findings.len);
}
