/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/generation.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const part_names[FAMILIES] = { ".v4", ".v6" };

/* The first fault is told; those behind it often follow from it. */
static bool fault(struct generation *generation, const char *part, const char *what)
{
	if (generation->fault.len == 0)
		strbuf_printf(&generation->fault, "%06u%s.gz: %s", generation->number, part, what);
	return false;
}

static bool part_fault(struct generation *generation, const char *part, int err)
{
	return fault(generation, part, err == -EBADMSG ? "not what was written" : strerror(-err));
}

static bool read_input(struct generation *generation, const struct state *state)
{
	int err = state_read(state, generation->number, "", &generation->input);

	if (err == 0)
		return true;
	strbuf_reset(&generation->input);
	return part_fault(generation, "", err);
}

static bool read_sealed(struct generation *generation, const char *part, const struct strbuf *text,
			enum family families, struct stream *stream)
{
	struct diag_log silent = { .report = NULL };

	if (!stream_read(stream, "generation", strbuf_text(text), text->len, families, &silent) || !stream->sealed)
		return fault(generation, part, "its checksum is wrong");
	return true;
}

/* What stands between two marks in a line; empty: one of them is not there. */
static void note(const char *line, const char *from, const char *to, char *out, size_t size)
{
	const char *end = strchr(line, '\n'), *start = strstr(line, from), *stop;

	out[0] = '\0';
	if (start == NULL || end == NULL || start > end)
		return;
	start += strlen(from);
	stop = strstr(start, to);
	if (stop != NULL && stop < end)
		snprintf(out, size, "%.*s", (int)(stop - start), start);
}

static enum family read_notes(struct generation *generation)
{
	const char *line = strchr(strbuf_text(&generation->input), '\n');
	char families[8];

	if (line == NULL)
		return FAMILY_BOTH;
	line++;
	note(line, "# loaded ", " by ", generation->when, sizeof(generation->when));
	note(line, " by ", " with fw-load from ", generation->who, sizeof(generation->who));
	note(line, " with fw-load from ", ", backend ", generation->from, sizeof(generation->from));
	note(line, ", backend ", ", families ", generation->backend, sizeof(generation->backend));
	note(line, ", families ", ", kernel ", families, sizeof(families));
	return families[0] >= '1' && families[0] <= '3' ? (enum family)(families[0] - '0') : FAMILY_BOTH;
}

/* asked: its load was about this family, so a part that is missing is lost. */
static bool read_family(struct generation *generation, const struct state *state, int family, bool asked)
{
	struct diag_log silent = { .report = NULL };
	struct strbuf *text = &generation->text[family];
	const char *part = part_names[family];
	struct stream stream = { .name = NULL };
	int err = state_read_beside(state, generation->number, part, &generation->input, text);
	bool good;

	if (err != 0) {
		strbuf_reset(text);
		return (err == -ENOENT && !asked) || part_fault(generation, part, err);
	}
	good = read_sealed(generation, part, text, FAMILY_BOTH, &stream) &&
	       (extras_read(&generation->extras, &stream, &silent) ||
		fault(generation, part, "a directive of it cannot be read"));
	good = good && (rules_of_stream(&generation->rules[family], part, &stream, &silent) ||
			fault(generation, part, "its rules cannot be read"));
	stream_free(&stream);
	return good;
}

enum family generation_families(const struct state *state, unsigned number)
{
	struct generation generation = { .number = number };
	enum family families = read_input(&generation, state) ? read_notes(&generation) : FAMILY_NONE;

	generation_free(&generation);
	return families;
}

bool generation_read(struct generation *generation, const struct state *state, unsigned number)
{
	enum family families = FAMILY_NONE;

	*generation = (struct generation){ .number = number };
	if (read_input(generation, state)) {
		families = read_notes(generation);
		(void)!read_sealed(generation, "", &generation->input, families, &generation->stream);
	}
	for (int i = 0; i < FAMILIES; i++)
		(void)!read_family(generation, state, i, family_has(families, i));
	if (generation->fault.len == 0 && generation->text[0].len == 0 && generation->text[1].len == 0)
		fault(generation, ".v4", "it is missing, and so is .v6");
	return generation->fault.len == 0;
}

void generation_free(struct generation *generation)
{
	for (int i = 0; i < FAMILIES; i++) {
		rules_free(&generation->rules[i]);
		strbuf_free(&generation->text[i]);
	}
	extras_free(&generation->extras);
	stream_free(&generation->stream);
	strbuf_free(&generation->input);
	strbuf_free(&generation->fault);
}
