/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/config.h"
#include "rotate/access.h"
#include "rotate/directive.h"

#include <errno.h>
#include <string.h>

#define INCLUDE_MAX ((size_t)16 << 20)
#define DEPTH_MAX   16 /* files that include each other */

/* Reads the text line by line, and each line word by word. */
struct config_reader {
	struct config_place at;
	const char *next, *end;       /* the text that is not read yet */
	const char *line;             /* borrowed; the current line, of at.where.source_len bytes */
	struct rotate_config *config;
	struct rotate_settings defaults;
	unsigned depth;               /* how many files include this one */
	bool no_memory;
};

static bool next_line(struct config_reader *reader)
{
	const char *end;

	if (reader->next >= reader->end)
		return false;
	end = memchr(reader->next, '\n', (size_t)(reader->end - reader->next));
	if (end == NULL)
		end = reader->end;
	reader->line = reader->next;
	reader->at.where.source = reader->line;
	reader->at.where.source_len = (size_t)(end - reader->line);
	reader->at.where.line++;
	reader->next = end + 1;
	return true;
}

static bool ends_word(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '{';
}

/* Reads a word, quoted or up to a blank. `cut` ends a word too: '=' after the name of a directive. Returns its end. */
static const char *take_word(struct config_reader *reader, const char *at, const char *end, char cut, struct config_word *word)
{
	const char *start = at;
	struct strbuf text = STRBUF_INIT;
	char quote = *at == '"' || *at == '\'' ? *at : '\0';

	word->column = (unsigned)(at - reader->line) + 1;
	at += quote != '\0';
	while (at < end && (quote != '\0' ? *at != quote : !ends_word(*at) && *at != cut)) {
		if (*at == '\\' && at + 1 < end)
			at++;
		strbuf_putc(&text, *at++);
	}
	if (quote != '\0' && at == end)
		config_fault(&reader->at, word, "this quote is never closed");
	at += quote != '\0' && at < end;
	word->width = (unsigned)(at - start);
	word->text = text.failed ? NULL : arena_text(reader->at.arena, strbuf_text(&text), text.len);
	reader->no_memory |= word->text == NULL;
	strbuf_free(&text);
	return at;
}

typedef VEC(struct config_word) word_list;

/* Splits a line into words, up to '#' or '{'. Sets *brace to the '{', or NULL. False: no memory. */
static bool split_line(struct config_reader *reader, bool directive, word_list *words, const char **brace)
{
	const char *at = reader->line, *end = at + reader->at.where.source_len;

	words->len = 0;
	*brace = NULL;
	while (at < end && !reader->no_memory) {
		struct config_word word = { 0 };

		if (*at == ' ' || *at == '\t' || *at == '\r' || (directive && words->len == 1 && *at == '=')) {
			at++;
			continue;
		}
		if (*at == '#')
			break;
		if (*at == '{') {
			*brace = at;
			break;
		}
		at = take_word(reader, at, end, directive && words->len == 0 ? '=' : '\0', &word);
		if (!reader->no_memory && !vec_push(words, word))
			reader->no_memory = true;
	}
	return !reader->no_memory;
}

/* True if the line consists of this word, apart from blanks and a comment. */
static bool is_word(const struct config_reader *reader, const char *word)
{
	const char *at = reader->line, *end = at + reader->at.where.source_len;
	size_t len = strlen(word);

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if ((size_t)(end - at) < len || memcmp(at, word, len) != 0)
		return false;
	at += len;
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
		at++;
	return at == end || *at == '#';
}

/* Reads the lines up to endscript into the script that the last directive began. */
static void read_script(struct config_reader *reader, struct rotate_settings *set)
{
	enum rotate_script which = reader->at.script;
	struct where begin = reader->at.where;
	struct strbuf text = STRBUF_INIT;
	bool ended = false;

	while (!ended && next_line(reader)) {
		ended = is_word(reader, "endscript");
		if (!ended) {
			strbuf_add(&text, reader->line, reader->at.where.source_len);
			strbuf_putc(&text, '\n');
		}
	}
	set->scripts[which] = text.failed ? NULL : arena_text(reader->at.arena, strbuf_text(&text), text.len);
	reader->no_memory |= set->scripts[which] == NULL;
	strbuf_free(&text);
	if (!ended) {
		reader->at.where = begin;
		config_fault(&reader->at, &(struct config_word){ .column = 1 }, "this script has no endscript");
	}
}

static void read_include(struct config_reader *reader, const struct config_word *word);

static void apply_line(struct config_reader *reader, struct rotate_settings *set, const word_list *words)
{
	reader->at.include = NULL;
	reader->at.script = SCRIPT_COUNT;
	directive_apply(&reader->at, set, words->item, words->len);
	if (reader->at.script != SCRIPT_COUNT)
		read_script(reader, set);
	if (reader->at.include != NULL && set != &reader->defaults)
		config_fault(&reader->at, &words->item[0], "a block cannot include a file");
	else if (reader->at.include != NULL)
		read_include(reader, &words->item[1]);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), count = strlen(end);

	return len >= count && strcmp(text + len - count, end) == 0;
}

/* Checks what depends on the format, which a later line of the block can set. */
static void check_format(struct config_reader *reader, const struct rotate_settings *set)
{
	const struct pack_kind *kind = &pack_kinds[set->format];

	if (set->compressext != NULL && !ends_with(set->compressext, kind->suffix))
		config_fault(&reader->at, NULL, "compressext %s is not supported: archives of %s end in %s", set->compressext,
			     kind->name, kind->suffix);
	else if (set->compressext != NULL && strcmp(set->compressext, kind->suffix) != 0)
		config_fault(&reader->at, NULL, "compressext %s is not supported: put what comes before %s into addextension",
			     set->compressext, kind->suffix);
	if (set->level > kind->most)
		config_fault(&reader->at, NULL, "level %d: %s has the levels 1 to %d", set->level, kind->name, kind->most);
}

/* Makes the settings of a complete block consistent, and reports a pattern that an earlier block has. */
static void check_block(struct config_reader *reader, struct rotate_block *block)
{
	struct rotate_settings *set = &block->settings;

	check_format(reader, set);
	if (set->nocreate && set->copytruncate)
		set->nocreate = false; /* copytruncate keeps the log, so there is none to create */
	if (set->sharedscripts && set->scripts[SCRIPT_PRE] == NULL && set->scripts[SCRIPT_POST] == NULL)
		set->sharedscripts = false;
	for (size_t i = 0; i < reader->config->blocks.len && !set->ignoreduplicates; i++) {
		const struct rotate_block *other = &reader->config->blocks.item[i];

		for (size_t j = 0; j < other->patterns.len && !other->settings.ignoreduplicates; j++)
			for (size_t k = 0; k < block->patterns.len; k++)
				if (strcmp(other->patterns.item[j], block->patterns.item[k]) == 0)
					config_fault(&reader->at, &(struct config_word){ .column = 1 },
						     "%s is already in an earlier block", block->patterns.item[k]);
	}
}

/* Reads the directives up to the closing brace. */
static void read_block(struct config_reader *reader, struct rotate_block *block)
{
	struct where begin = reader->at.where;
	word_list words = { 0 };
	const char *brace;

	while (!reader->no_memory && next_line(reader)) {
		if (is_word(reader, "}")) {
			check_block(reader, block);
			vec_free(&words);
			return;
		}
		if (!split_line(reader, true, &words, &brace))
			break;
		if (brace != NULL)
			config_fault(&reader->at, &(struct config_word){ .column = (unsigned)(brace - reader->line) + 1 },
				     "a block cannot contain a block");
		else if (words.len > 0)
			apply_line(reader, &block->settings, &words);
	}
	vec_free(&words);
	reader->at.where = begin;
	if (!reader->no_memory)
		config_fault(&reader->at, &(struct config_word){ .column = 1 }, "this block has no }");
}

/* Joins the patterns, as written, to the $1 of shared scripts. */
static void finish_title(struct config_reader *reader, struct rotate_block *block)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < block->patterns.len; i++)
		strbuf_printf(&text, "%s%s", i > 0 ? " " : "", block->patterns.item[i]);
	block->title = text.failed ? NULL : arena_text(reader->at.arena, strbuf_text(&text), text.len);
	reader->no_memory |= block->title == NULL;
	strbuf_free(&text);
}

static void add_patterns(struct config_reader *reader, struct rotate_block *block, const word_list *words)
{
	for (size_t i = 0; i < words->len; i++) {
		if (words->item[i].text[0] != '/')
			config_fault(&reader->at, &words->item[i], "the path of a log must be absolute: %s",
				     words->item[i].text);
		if (!vec_push(&block->patterns, words->item[i].text))
			reader->no_memory = true;
	}
}

/* The block cannot be printed so that it means the same. */
static void leave_out(struct config_reader *reader, struct rotate_block *block, const struct where *begin)
{
	reader->at.where = *begin;
	config_fault(&reader->at, NULL, "this block is left out, because of the errors in it");
	vec_free(&block->patterns);
}

/* Reads a block: patterns on one or more lines, '{', directives, '}'. *words holds the words of its first line. */
static void read_entry(struct config_reader *reader, word_list *words, const char *brace)
{
	struct rotate_block block = { .settings = reader->defaults };
	struct where begin = reader->at.where;
	const char *end;
	bool in_path;

	add_patterns(reader, &block, words);
	while (brace == NULL && !reader->no_memory && next_line(reader)) {
		if (split_line(reader, false, words, &brace))
			add_patterns(reader, &block, words);
	}
	if (brace == NULL) {
		reader->at.where = begin;
		config_fault(&reader->at, &(struct config_word){ .column = 1 }, "{ is missing after this path");
		vec_free(&block.patterns);
		return;
	}
	end = reader->line + reader->at.where.source_len;
	in_path = brace > reader->line && !ends_word(brace[-1]);
	for (brace++; brace < end && (*brace == ' ' || *brace == '\t' || *brace == '\r'); brace++)
		;
	if (brace < end && *brace != '#')
		config_fault(&reader->at, &(struct config_word){ .column = (unsigned)(brace - reader->line) + 1 },
			     in_path ? "braces in a path are not expanded: give each path, or quote it" :
				       "a directive must be on a line of its own");
	finish_title(reader, &block);
	read_block(reader, &block);
	if (reader->at.lenient && reader->at.broken) {
		leave_out(reader, &block, &begin);
		return;
	}
	if (reader->no_memory || !vec_push(&reader->config->blocks, block)) {
		reader->no_memory = true;
		vec_free(&block.patterns);
	}
}

static void read_top(struct config_reader *reader)
{
	word_list words = { 0 };

	while (!reader->no_memory && next_line(reader)) {
		const char *at = reader->line, *end = at + reader->at.where.source_len, *brace;
		bool path;

		while (at < end && (*at == ' ' || *at == '\t'))
			at++;
		path = at < end && strchr("/\"'~", *at) != NULL;
		reader->at.broken = false;
		if (!split_line(reader, !path, &words, &brace) || (words.len == 0 && brace == NULL))
			continue;
		if (path || brace != NULL)
			read_entry(reader, &words, brace);
		else if (strcmp(words.item[0].text, "}") == 0)
			config_fault(&reader->at, &words.item[0], "this } closes no block");
		else
			apply_line(reader, &reader->defaults, &words);
	}
	vec_free(&words);
}

/* Forgets the blocks that a file with errors has added. */
static void forget_blocks(struct rotate_config *config, size_t count)
{
	for (size_t i = count; i < config->blocks.len; i++)
		vec_free(&config->blocks.item[i].patterns);
	config->blocks.len = count;
}

/* Reads an included file. If it has errors, nothing of it is used; the settings after it are those before it. */
static void include_file(struct config_reader *reader, const struct config_word *word, const char *path)
{
	struct strbuf text = STRBUF_INIT;
	struct config_reader inner = *reader;
	size_t count = reader->config->blocks.len;
	int err = access_read_config(path, !reader->at.lenient, &text, INCLUDE_MAX);

	inner.at.where = (struct where){ .file = arena_text(reader->at.arena, path, strlen(path)) };
	inner.at.bad = inner.at.broken = false;
	inner.next = strbuf_text(&text);
	inner.end = inner.next + text.len;
	inner.depth++;
	if (err != 0) {
		config_lack(&reader->at, word, "cannot include %s: %s", path, access_read_error(err));
	} else if (memchr(inner.next, '\0', text.len) != NULL) {
		config_fault(&inner.at, NULL, "the file contains a NUL byte");
	} else {
		read_top(&inner);
		reader->no_memory |= inner.no_memory;
	}
	if (inner.at.bad && !reader->at.lenient)
		forget_blocks(reader->config, count);
	else if (err == 0)
		reader->defaults = inner.defaults;
	strbuf_free(&text);
}

/* Reads the file, or the files of the directory. One that cannot be read does not keep the others from being used. */
static void read_include(struct config_reader *reader, const struct config_word *word)
{
	bool bad = reader->at.bad;
	include_list list = { 0 };
	int err;

	if (reader->config->no_include || reader->depth >= DEPTH_MAX) {
		config_fault(&reader->at, word, reader->depth > 0 ? "too many files include each other" : "include is not possible here");
		return;
	}
	err = include_find(word->text, reader->at.taboo, &list);
	if (err != 0)
		config_fault(&reader->at, word, "cannot include %s: %s", word->text, strerror(-err));
	for (size_t i = 0; i < list.len && !reader->no_memory; i++)
		include_file(reader, word, list.item[i]);
	reader->at.bad = bad || err != 0;
	include_free(&list);
}

int config_read(struct rotate_config *config, const char *text, size_t len, const char *file,
		struct rotate_settings *defaults, bool lenient, struct diag_log *log)
{
	struct config_reader reader = {
		.at = { .where = { .file = file }, .log = log, .lenient = lenient },
		.next = text,
		.end = text + len,
		.config = config,
		.defaults = *defaults,
	};
	const char *nul = memchr(text, '\0', len);

	reader.at.arena = &config->arena;
	reader.at.taboo = &config->taboo;
	if (nul != NULL)
		config_fault(&reader.at, NULL, "the file contains a NUL byte");
	else
		read_top(&reader);
	*defaults = reader.defaults;
	if (reader.no_memory)
		return diag_memory(log);
	return reader.at.bad && !lenient ? -EINVAL : 0;
}

void config_free(struct rotate_config *config)
{
	for (size_t i = 0; i < config->blocks.len; i++)
		vec_free(&config->blocks.item[i].patterns);
	vec_free(&config->blocks);
	taboo_free(&config->taboo);
	arena_free(&config->arena);
}
