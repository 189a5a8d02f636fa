/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "store/store_v1.h"
#include "base/file.h"
#include "store/disk.h"
#include "store/packed.h"
#include "store/refer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const parts[FAMILIES] = { ".v4", ".v6" };

/* The part of a file's name for a family; -1: for the input. */
static const char *part(int family)
{
	return family < 0 ? "" : parts[family];
}

/* Appends the rules of a family, which may refer to the input. 0 or -errno; -ENOENT: there are none. */
static int read_rules(const struct state *state, unsigned generation, int family, const struct strbuf *input,
		      struct strbuf *out)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	char name[64];
	int err;

	snprintf(name, sizeof(name), "generations/%06u%s.gz", generation, part(family));
	err = packed_read(state_path(state, name, &path), &text, STATE_TEXT_MAX, NULL);
	if (err == 0 && refer_is(&text))
		err = refer_decode(&text, input, family, out);
	else if (err == 0)
		strbuf_take(out, &text);
	strbuf_free(&path);
	strbuf_free(&text);
	return err == 0 && out->failed ? -ENOMEM : err;
}

/* Keeps only the first fault, as the others often follow from it. */
static bool fault(struct generation *generation, int family, const char *what)
{
	if (generation->fault.len == 0)
		strbuf_printf(&generation->fault, "%06u%s.gz: %s", generation->number, part(family), what);
	return false;
}

static bool read_sealed(struct generation *generation, int family, const struct strbuf *text, enum family families,
			struct stream *stream)
{
	struct diag_log silent = { .report = NULL };

	if (!stream_read(stream, "generation", strbuf_text(text), text->len, families, &silent) || !stream->sealed)
		return fault(generation, family, "wrong checksum");
	return true;
}

/* Copies what is between two marks in a line; empty: a mark is missing. */
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

static bool read_family(struct generation *generation, const struct state *state, int family)
{
	struct diag_log silent = { .report = NULL };
	struct strbuf *text = &generation->text[family];
	struct stream stream = { .name = NULL };
	int err = read_rules(state, generation->number, family, &generation->input, text);
	bool good;

	if (err != 0) {
		strbuf_reset(text);
		/* a missing part is damage only if the load could change this family */
		return (err == -ENOENT && !family_has(generation->families, family)) ||
		       fault(generation, family, err == -EBADMSG ? "truncated or altered" : file_own_error(err));
	}
	good = read_sealed(generation, family, text, FAMILY_BOTH, &stream) &&
	       (extras_read_stored(&generation->extras, &stream, &silent) ||
		fault(generation, family, "a directive cannot be read"));
	good = good && (rules_of_stream(&generation->rules[family], part(family), &stream, &silent) ||
			fault(generation, family, "its rules cannot be read"));
	stream_free(&stream);
	if (good)
		generation->present |= family_bit(family);
	return good;
}

void v1_parse(struct generation *generation, const struct state *state)
{
	generation->head = GENERATION_HEAD;
	generation->families = read_notes(generation);
	(void)!read_sealed(generation, -1, &generation->input, generation->families, &generation->stream);
	for (int i = 0; i < FAMILIES; i++)
		(void)!read_family(generation, state, i);
	if (generation->fault.len == 0 && generation->present == FAMILY_NONE)
		fault(generation, 0, "it is missing, and so is .v6");
}

int state_read_pending(const struct state *state, struct pending *pending)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	int err = file_read_own(state_path(state, "pending", &path), &text, 4096);

	*pending = (struct pending){ .generation = 0 };
	if (err == 0 && sscanf(strbuf_text(&text), "generation %u\nboot %39s\ndeadline %lld\n", &pending->generation,
			       pending->boot, &pending->deadline) != 3)
		err = -EBADMSG;
	strbuf_free(&path);
	strbuf_free(&text);
	return err == -ENOENT ? 0 : err;
}

int state_old_pending(const struct state *state, struct pending *pending)
{
	int err = state_read_pending(state, pending);

	return err == 0 && pending->generation != 0 && strcmp(pending->boot, state->boot) == 0 ? -EBUSY : err;
}

int state_drop_old_pending(const struct state *state)
{
	struct strbuf path = STRBUF_INIT;
	int err = disk_remove(state, state_path(state, "pending", &path));

	if (err == 0)
		err = disk_sync(state, state->dir);
	strbuf_free(&path);
	return err == -ENOENT ? 0 : err;
}
