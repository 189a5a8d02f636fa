/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* fw-trace: the way of a packet through a ruleset, or which rule decides each of many. */
#include "cli.h"
#include "fw-trace/options.h"
#include "fw-trace/show.h"
#include "fw-trace/watch.h"
#include "meaning/logline.h"
#include "model/ext.h"
#include "model/printer.h"
#include "model/reader.h"

#include <string.h>

/* Output is written whenever this much has gathered. */
#define FLUSH_AT ((size_t)64 * 1024)

struct trace_run {
	struct cli *cli;
	const struct fw_trace_options *options;
	const struct child *child; /* this process, if another one waits for it; or NULL */
	struct strbuf rules_text, packets_text;
	struct stream stream;
	struct ruleset *ruleset;
	struct program *program;
	struct tracer tracer;
	struct show show;
	unsigned long others; /* packets of the other family */
};

static void flush(struct trace_run *run)
{
	cli_write(&run->show.out);
	strbuf_reset(&run->show.out);
}

/* Reads one line of the input as a packet. False: an error was reported, or the line is not a packet. */
static bool read_packet(struct trace_run *run, struct packet *packet, const char *name, unsigned number, const char *line,
			size_t len)
{
	struct where where = { .file = name, .line = number, .width = 1, .source = line, .source_len = len };
	const char *fault;
	size_t at;

	if (run->options->log != NULL)
		return packet_from_log(packet, line, len);
	if (len == 0 || line[0] == '#')
		return false;
	if (packet_parse(packet, line, len, &fault, &at))
		return true;
	where.column = (unsigned)at + 1;
	diag_add(&run->cli->log, DIAG_PACKET, &where, NULL, "%s", fault);
	return false;
}

/* Tells the process that waits which line is read or written; 0: none, whatever takes long is our own work. */
static void at_line(const struct trace_run *run, unsigned line)
{
	if (run->child != NULL)
		child_at(run->child, line);
}

static void begin_line(void *ctx, unsigned line)
{
	at_line(ctx, line + 1);
}

static void begin_rule(void *ctx, const struct rule *rule)
{
	at_line(ctx, rule->line + 1);
}

static bool load_rules(struct trace_run *run, enum family family)
{
	const struct reader_mode mode = { .begins = begin_line, .ctx = run };
	struct diag_log *log = &run->cli->log;
	const char *name = cli_input_name(run->options->rules);
	int err = ext_begin(family);

	if (err != 0)
		diag_system(log, err, EXT_FAILED);
	else if (stream_read(&run->stream, name, strbuf_text(&run->rules_text), run->rules_text.len, family, log))
		run->ruleset = ruleset_read_as(&run->stream, family, &mode, log);
	at_line(run, 0);
	if (run->ruleset == NULL || diag_errors(log) > 0)
		return false;
	run->program = program_new(run->ruleset, NULL, NULL);
	if (run->program == NULL) {
		diag_memory(log);
		return false;
	}
	run->tracer.program = run->show.program = run->program;
	if (run->options->count)
		run->tracer.hits = calloc(run->program->rule_count + 1, sizeof(*run->tracer.hits));
	return true;
}

static void answer(struct trace_run *run, struct packet packet)
{
	bool steps = run->tracer.step != NULL;
	struct packet left = packet;
	struct trace_result result;

	if (!run->options->count)
		show_begin(&run->show, &packet, steps);
	result = trace_packet(&run->tracer, &left);
	if (!run->options->count)
		show_result(&run->show, &packet, &result, steps);
	if (run->options->reply && result.outcome == OUTCOME_ACCEPT) {
		left = packet = packet_reply(&packet, &left);
		if (!run->show.json)
			strbuf_putc(&run->show.out, '\n');
		show_begin(&run->show, &packet, steps);
		result = trace_packet(&run->tracer, &left);
		show_result(&run->show, &packet, &result, steps);
	}
	if (run->show.out.len >= FLUSH_AT)
		flush(run);
}

/* Answers each line of the input. Without -4 and -6, the family of the first packet is used for the rules. */
static void answer_all(struct trace_run *run, const char *name, const char *text, size_t size)
{
	enum family family = run->options->family;
	unsigned number = 0;

	for (size_t at = 0, len; at < size; at += len + 1) {
		struct packet packet;

		len = strcspn(text + at, "\n");
		if (!read_packet(run, &packet, name, ++number, text + at, len))
			continue;
		if (family == FAMILY_NONE)
			family = packet.family;
		if (run->program == NULL && !load_rules(run, family))
			return;
		if (packet.family == family)
			answer(run, packet);
		else
			run->others++;
	}
}

/* Prints the rules, with the number of packets that each of them matched. */
static void print_counts(struct trace_run *run)
{
	for (unsigned i = 0; i < run->program->rule_count; i++) {
		const struct program_rule *at = run->program->rules[i];
		struct rule *rule = at->chain->chain->rules.item[at->index];

		rule->has_counters = true;
		rule->counters = (struct rule_counters){ run->tracer.hits[i], 0 };
	}
	if (ruleset_print(&run->show.out, run->ruleset, true, begin_rule, run) != 0)
		diag_memory(&run->cli->log);
	at_line(run, 0);
}

static void trace(struct trace_run *run)
{
	const struct fw_trace_options *options = run->options;
	const char *many = options->packets != NULL ? options->packets : options->log;

	run->show.json = options->json;
	run->tracer.step = many == NULL ? show_step : NULL;
	run->tracer.ctx = &run->show;
	if (!cli_read(run->cli, options->rules, &run->rules_text, SIZE_MAX / 4))
		return;
	if (many == NULL)
		answer_all(run, "packet", options->packet, strlen(options->packet));
	else if (cli_read(run->cli, many, &run->packets_text, SIZE_MAX / 4))
		answer_all(run, cli_input_name(many), strbuf_text(&run->packets_text), run->packets_text.len);
	if (run->tracer.hits != NULL)
		print_counts(run);
}

static void trace_end(struct trace_run *run)
{
	if (run->others > 0)
		diag_add(&run->cli->log, DIAG_PACKET_FAMILY, NULL, NULL,
			 "packets of the other family were ignored: %lu; trace them with -%d", run->others,
			 run->ruleset != NULL && run->ruleset->family == FAMILY_IPV6 ? 4 : 6);
	flush(run);
	free(run->tracer.hits);
	program_free(run->program);
	ruleset_free(run->ruleset);
	if (run->stream.log != NULL)
		stream_free(&run->stream);
	strbuf_free(&run->rules_text);
	strbuf_free(&run->packets_text);
	strbuf_free(&run->show.out);
}

int main(int argc, char *argv[])
{
	struct cli cli;
	struct fw_trace_options options = options_parse(&cli, argc, argv);
	struct trace_run run = { .cli = &cli, .options = &options };
	struct child child;
	bool in_child;

	if (child_split(&child, &in_child) == 0) {
		if (!in_child)
			return watch(&cli, &child, cli_input_name(options.rules));
		run.child = &child;
	}
	trace(&run);
	trace_end(&run);
	return cli_finish(&cli);
}
