/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * standalone SECONDS FILE...: runs a harness without libFuzzer: first each seed unchanged, then mixtures of the seeds with
 * bytes changed, removed and inserted, always the same ones for the same seeds.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define INPUT_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct seed {
	uint8_t bytes[INPUT_MAX];
	size_t len;
};

static uint32_t next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Copies a piece of a seed over a piece of the input, or changes single bytes. */
static size_t mutate(uint8_t *bytes, size_t len, const struct seed *other, uint32_t *state)
{
	size_t at = len > 0 ? next(state) % len : 0;

	if (next(state) % 3 == 0 && other->len > 0) {
		size_t from = next(state) % other->len, take = next(state) % 64;

		if (take > other->len - from)
			take = other->len - from;
		if (at + take > INPUT_MAX)
			take = INPUT_MAX - at;
		memcpy(bytes + at, other->bytes + from, take);
		return at + take > len ? at + take : len;
	}
	if (len > 0 && next(state) % 3 == 0) {
		size_t cut = next(state) % 16;

		cut = cut > len - at ? len - at : cut;
		memmove(bytes + at, bytes + at + cut, len - at - cut);
		return len - cut;
	}
	if (len > 0)
		bytes[at] = (uint8_t)next(state);
	return len;
}

int main(int argc, char *argv[])
{
	struct seed *seeds = calloc((size_t)argc, sizeof(*seeds)), *input = calloc(1, sizeof(*input));
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 1);
	uint32_t state = 2463534242;
	unsigned long runs = 0;
	size_t count = 0;

	for (int i = 2; i < argc && seeds != NULL; i++) {
		FILE *in = fopen(argv[i], "rb");

		if (in == NULL)
			continue;
		seeds[count].len = fread(seeds[count].bytes, 1, INPUT_MAX, in);
		fclose(in);
		LLVMFuzzerTestOneInput(seeds[count].bytes, seeds[count].len);
		count++;
	}
	if (count == 0 || input == NULL)
		return 2;
	while (time(NULL) < end) {
		*input = seeds[next(&state) % count];
		for (uint32_t changes = 1 + next(&state) % 8; changes > 0; changes--)
			input->len = mutate(input->bytes, input->len, &seeds[next(&state) % count], &state);
		LLVMFuzzerTestOneInput(input->bytes, input->len);
		runs++;
	}
	printf("%lu runs\n", runs);
	free(seeds);
	free(input);
	return runs == 0;
}
