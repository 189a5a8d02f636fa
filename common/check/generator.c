/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/generator.h"
#include "text/token.h"

#include <string.h>

struct generator {
	const char *name, *chains, *own, *shape;
	unsigned shape_min;
};

static const struct generator rows[] = {
#define GENERATOR(called, patterns, left, sign, least) \
	{ .name = called, .chains = patterns, .own = left, .shape = sign, .shape_min = least },
#include "check/generators.def"
#undef GENERATOR
};

_Static_assert(ARRAY_LEN(rows) <= GENERATOR_COUNT, "GENERATOR_COUNT is too small");

/* One pattern, with at most one star, against a chain's name. */
static bool pattern_fits(const char *pattern, size_t len, const char *name, size_t name_len)
{
	const char *star = memchr(pattern, '*', len);
	size_t head = star != NULL ? (size_t)(star - pattern) : len, tail = star != NULL ? len - head - 1 : 0;

	if (star == NULL)
		return len == name_len && memcmp(pattern, name, len) == 0;
	return name_len >= head + tail && memcmp(pattern, name, head) == 0 &&
	       memcmp(star + 1, name + name_len - tail, tail) == 0;
}

static bool patterns_fit(const char *patterns, const char *name, size_t name_len)
{
	while (*patterns != '\0') {
		size_t len = strcspn(patterns, " ");

		if (pattern_fits(patterns, len, name, name_len))
			return true;
		patterns += patterns[len] == ' ' ? len + 1 : len;
	}
	return false;
}

static bool has_chain(const struct stream *stream, const char *pattern, size_t len)
{
	for (size_t i = 0; i < stream->lines.len; i++) {
		const struct line *line = &stream->lines.item[i];
		struct token name;

		if (line->kind != LINE_CHAIN)
			continue;
		name = token_after(line->text, line->len, 1);
		if (pattern_fits(pattern, len, name.text, name.len))
			return true;
	}
	return false;
}

static bool has_shape(const struct stream *stream, const struct generator *row)
{
	unsigned found = 0;

	for (const char *at = row->shape; *at != '\0';) {
		size_t len = strcspn(at, " ");

		found += has_chain(stream, at, len);
		at += at[len] == ' ' ? len + 1 : len;
	}
	return found >= row->shape_min;
}

struct generators generators_find(const struct stream *stream)
{
	struct generators found = { .present = { false } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		found.present[i] = has_shape(stream, &rows[i]);
	return found;
}

/* The chain of a ":" line, or that a rule is added to. */
static struct token chain_of(const struct line *line)
{
	struct token word = token_after(line->text, line->len, line->kind == LINE_CHAIN ? 1 : 0);

	if (line->kind == LINE_CHAIN)
		return word;
	while (word.len > 0 && !token_is(&word, "-A") && !token_is(&word, "-I"))
		word = token_next(line->text, line->len, &word);
	return word.len > 0 ? token_next(line->text, line->len, &word) : word;
}

int generator_of_line(const struct generators *generators, const struct stream *stream, unsigned line)
{
	const struct line *at = line > 0 && line <= stream->lines.len ? &stream->lines.item[line - 1] : NULL;
	struct token chain;

	if (at == NULL || (at->kind != LINE_RULE && at->kind != LINE_CHAIN))
		return -1;
	chain = chain_of(at);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (generators->present[i] && chain.len > 0 && patterns_fit(rows[i].chains, chain.text, chain.len) &&
		    !patterns_fit(rows[i].own, chain.text, chain.len))
			return (int)i;
	return -1;
}

const char *generator_name(int generator)
{
	return rows[generator].name;
}
