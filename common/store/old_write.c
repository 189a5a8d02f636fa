/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/old_write.h"
#include "store/disk.h"
#include "store/packed.h"
#include "store/refer.h"

#include <stdio.h>
#include <string.h>

static int family_of(const char *part)
{
	return strcmp(part, ".v4") == 0 ? 0 : strcmp(part, ".v6") == 0 ? 1 : -1;
}

static int put(const struct state *state, unsigned generation, const char *part, const struct strbuf *packed)
{
	struct strbuf path = STRBUF_INIT;
	char name[64];
	int err;

	snprintf(name, sizeof(name), "generations/%06u%s.gz", generation, part);
	err = disk_write(state, state_path(state, name, &path), packed);
	strbuf_free(&path);
	return err;
}

int state_write(const struct state *state, unsigned generation, const char *part, const struct strbuf *input,
		const struct strbuf *text)
{
	struct strbuf coded = STRBUF_INIT, packed = STRBUF_INIT;
	int err = input != NULL ? refer_encode(text, input, family_of(part), &coded) : 0;
	const struct strbuf *shorter = coded.len > 0 && coded.len < text->len ? &coded : text;

	if (err == 0)
		err = packed_make(strbuf_text(shorter), shorter->len, &packed);
	if (err == 0)
		err = put(state, generation, part, &packed);
	strbuf_free(&coded);
	strbuf_free(&packed);
	return err;
}

int state_write_packed(const struct state *state, unsigned generation, const struct strbuf *packed)
{
	return put(state, generation, "", packed);
}

int state_read(const struct state *state, unsigned generation, const char *part, struct strbuf *out)
{
	struct strbuf input = STRBUF_INIT;
	int err = family_of(part) < 0 ? 0 : v1_read(state, generation, -1, NULL, &input);

	if (err == 0)
		err = v1_read(state, generation, family_of(part), &input, out);
	strbuf_free(&input);
	return err;
}

int state_write_pending(const struct state *state, const struct pending *pending)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	int err;

	strbuf_printf(&text, "generation %u\nboot %s\ndeadline %lld\n", pending->generation, pending->boot,
		      pending->deadline);
	err = disk_write(state, state_path(state, "pending", &path), &text);
	strbuf_free(&path);
	strbuf_free(&text);
	return err;
}

int state_clear_pending(const struct state *state)
{
	return state_drop_old_pending(state);
}

int state_finish_flip(const struct state *state)
{
	return state_tidy(state);
}

enum family generation_families(const struct state *state, unsigned number)
{
	struct generation generation;
	bool read = generation_read(&generation, state, number);
	enum family families = read || generation.head > 0 ? generation.families : FAMILY_NONE;

	generation_free(&generation);
	return families;
}
