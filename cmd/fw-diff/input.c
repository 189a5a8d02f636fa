/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fw-diff/input.h"
#include "base/number.h"
#include "host/dump.h"
#include "store/generation.h"

#include <string.h>

static bool read_stream(struct input *input, struct cli *cli, int index, enum family families)
{
	input->begun[index] = true;
	return stream_read(&input->stream[index], input->name, strbuf_text(&input->text[index]), input->text[index].len, families,
			   &cli->log);
}

/* Directives with faults are for fw-lint and fw-load to report. */
static void read_extras(struct input *input, const struct stream *stream)
{
	struct diag_log silent = { .report = NULL };

	(void)!extras_read_stored(&input->extras, stream, &silent);
}

/* Options do not tell what a file is: with -4, one for IPv6 has no rules. */
static bool read_file(struct input *input, struct cli *cli)
{
	if (!cli_read(cli, input->name, &input->text[0], SIZE_MAX / 4))
		return false;
	input->name = cli_input_name(input->name);
	if (!read_stream(input, cli, 0, FAMILY_NONE))
		return false;
	input->families = input->stream[0].families;
	read_extras(input, &input->stream[0]);
	return true;
}

/* Takes a text for each family that has one. */
static bool read_texts(struct input *input, struct cli *cli, enum family families)
{
	input->separate = true;
	for (int i = 0; i < FAMILIES; i++) {
		if (!family_has(families, i) || input->text[i].len == 0)
			continue;
		if (!read_stream(input, cli, i, family_bit(i)))
			return false;
		input->families |= family_bit(i);
	}
	return true;
}

static bool read_generation(struct input *input, struct cli *cli, const struct fw_diff_options *options, unsigned number)
{
	struct generation generation;
	struct state state;
	bool good;

	state_begin(&state, options->state_dir);
	good = generation_read(&generation, &state, number);
	if (!good)
		diag_add(&cli->log, DIAG_GENERATION, NULL, NULL, "generation %s: %s", input->name, strbuf_text(&generation.fault));
	for (int i = 0; i < FAMILIES && good; i++)
		if (family_has(generation.present, i))
			strbuf_take(&input->text[i], &generation.text[i]);
	if (good)
		read_extras(input, &generation.stream);
	generation_free(&generation);
	return good && read_texts(input, cli, options->families);
}

static bool read_live(struct input *input, struct cli *cli, const struct fw_diff_options *options)
{
	struct dump dump = DUMP_INIT;
	struct backend backend;
	bool good = backend_find(&backend, options->backend, &cli->log);

	good = good && dump_read(&dump, &backend, options->families, 30, &cli->log);
	backend_free(&backend);
	for (int i = 0; i < FAMILIES && good; i++)
		strbuf_take(&input->text[i], &dump.text[i]);
	dump_free(&dump);
	return good && read_texts(input, cli, options->families);
}

/* The number of a kept load. False: the word names none. */
static bool find_generation(const struct fw_diff_options *options, const char *word, unsigned *number)
{
	struct state state;
	uint64_t value = 0;

	if (strcmp(word, "good") == 0 || strcmp(word, "previous") == 0) {
		state_begin(&state, options->state_dir);
		*number = state_link(&state, word);
		return true;
	}
	if (!number_read(word, 999999999, &value))
		return false;
	*number = (unsigned)value;
	return true;
}

bool input_read(struct input *input, struct cli *cli, const struct fw_diff_options *options, const char *word)
{
	unsigned number;

	*input = (struct input){ .name = word };
	input->live = strcmp(word, "live") == 0;
	if (input->live)
		return read_live(input, cli, options);
	if (!find_generation(options, word, &number))
		return read_file(input, cli);
	if (number != 0)
		return read_generation(input, cli, options, number);
	diag_add(&cli->log, DIAG_GENERATION, NULL, NULL, "there is no generation %s in %s", word, options->state_dir);
	return false;
}

const struct stream *input_stream(const struct input *input, int family)
{
	return &input->stream[input->separate ? family : 0];
}

void input_free(struct input *input)
{
	for (int i = 0; i < FAMILIES; i++) {
		if (input->begun[i])
			stream_free(&input->stream[i]);
		strbuf_free(&input->text[i]);
	}
	extras_free(&input->extras);
}
