/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which line of the input is to blame. */
#include "load.h"
#include "ruletext/inputline.h"
#include "host/kmsg.h"

#include <string.h>

static bool is_candidate(const struct line *line, const struct line *commit, int family)
{
	return line->kind == LINE_RULE && line->table == commit->table && family_has(line->families, family);
}

/* One table with its first `keep` rules; every other line is empty, so that the numbers stay. */
static void write_part(const struct load *load, int family, const struct line *commit, size_t keep,
		       struct strbuf *out)
{
	const struct stream *stream = &load->stream;

	for (size_t i = 0; i < stream->lines.len; i++) {
		const struct line *line = &stream->lines.item[i];
		bool wanted = line->table == commit->table && line->kind != LINE_BLANK;

		if (line->kind == LINE_RULE) {
			wanted = is_candidate(line, commit, family) && keep > 0;
			keep -= wanted;
		}
		if (wanted || line == commit)
			strbuf_add(out, line->text, line->len);
		strbuf_putc(out, '\n');
		if (line == commit)
			break;
	}
}

/* Is the table refused with its first `keep` rules? Then *refusal says why. */
static bool part_refused(struct load *load, int family, const struct line *commit, size_t keep,
			 struct refusal *refusal)
{
	struct restore restores[FAMILIES] = { { .refusal = REFUSAL_INIT }, { .refusal = REFUSAL_INIT } };
	struct strbuf part = STRBUF_INIT;
	bool refused;

	write_part(load, family, commit, keep, &part);
	restores[family].text = strbuf_text(&part);
	restores[family].len = part.len;
	backend_restore(&load->backend, family == 0 ? FAMILY_IPV4 : FAMILY_IPV6, RESTORE_FLUSH, restores);
	refused = restores[family].refusal.refused;
	if (refused && restores[family].refusal.why.len > 0) {
		strbuf_reset(&refusal->why);
		strbuf_puts(&refusal->why, strbuf_text(&restores[family].refusal.why));
	}
	refusal_free(&restores[family].refusal);
	strbuf_free(&part);
	return refused;
}

static const struct line *nth_candidate(const struct load *load, int family, const struct line *commit, size_t n)
{
	for (size_t i = 0; i < load->stream.lines.len; i++) {
		const struct line *line = &load->stream.lines.item[i];

		if (is_candidate(line, commit, family) && n-- == 0)
			return line;
	}
	return NULL;
}

const struct line *load_bisect(struct load *load, int family, const struct line *commit, struct refusal *refusal)
{
	struct strbuf reason = STRBUF_INIT;
	size_t good = 0, bad = 0;
	int log;

	for (size_t i = 0; i < load->stream.lines.len; i++)
		bad += is_candidate(&load->stream.lines.item[i], commit, family);
	if (part_refused(load, family, commit, 0, refusal) || !part_refused(load, family, commit, bad, refusal))
		return NULL;
	while (bad - good > 1) {
		size_t middle = good + (bad - good) / 2;

		if (part_refused(load, family, commit, middle, refusal))
			bad = middle;
		else
			good = middle;
	}
	log = kmsg_open();
	part_refused(load, family, commit, bad, refusal);
	kmsg_reason(log, &reason);
	if (reason.len > 0)
		strbuf_printf(&refusal->why, " (the kernel's log says: %s)", strbuf_text(&reason));
	strbuf_free(&reason);
	return nth_candidate(load, family, commit, bad - 1);
}

const struct line *load_rule_line(const struct load *load, int family, const char *table, const char *chain, size_t n,
				  size_t of)
{
	input_lines lines = { 0 };
	const struct line *found = NULL;

	if (input_lines_of(&load->stream, family_bit(family), table, chain, &lines) == 0 && lines.len == of && n < of)
		found = lines.item[n];
	vec_free(&lines);
	return found;
}
