/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/fold.h"
#include "base/strbuf.h"
#include "check/generator.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Two equal findings are shown; from three on they become one. Unreachable rules of different causes fold later. */
#define ALIKE_MIN 3
#define DEAD_MIN  10
#define LINES_MAX 3

void fold_add(void *ctx, const struct diag *diag)
{
	struct fold *fold = ctx;
	struct folded finding = { .diag = *diag, .order = fold->list.len };

	finding.diag.text = arena_text(&fold->arena, diag->text, strlen(diag->text));
	if (finding.diag.text == NULL || !vec_push(&fold->list, finding))
		fold->no_memory = true;
}

/* --- what a finding says, whatever the place ------------------------------------------------------------- */

static bool in_source(const struct where *where, const char *word, size_t len)
{
	for (size_t i = 0; where->source != NULL && i + len <= where->source_len; i++) {
		bool begins = i == 0 || !isalnum((unsigned char)where->source[i - 1]);

		if (begins && memcmp(where->source + i, word, len) == 0 &&
		    (i + len == where->source_len || !isalnum((unsigned char)where->source[i + len])))
			return true;
	}
	return false;
}

static size_t word_length(const char *text)
{
	return strcspn(text, " ,;()");
}

/* Numbers, addresses and words of the line itself are left out; so is the example. */
static void key_of_meaning(struct strbuf *out, const struct diag *diag)
{
	const char *example = strstr(diag->text, ": for example"), *at = diag->text;
	const char *end = example != NULL ? example : at + strlen(at);

	while (at < end) {
		size_t len = word_length(at);

		if (len > 0 && (isdigit((unsigned char)*at) || (len > 2 && in_source(&diag->where, at, len))))
			strbuf_putc(out, '#');
		else if (len > 0)
			strbuf_add(out, at, len);
		at += len;
		if (len == 0)
			strbuf_putc(out, *at++);
	}
}

/* What cannot be read is the same only if the same word is at fault. */
static void key_of_fault(struct strbuf *out, const struct diag *diag)
{
	const struct where *at = &diag->where;

	strbuf_puts(out, diag->text);
	if (at->source != NULL && at->column > 0 && at->column - 1 + (size_t)at->width <= at->source_len) {
		strbuf_putc(out, '\n');
		strbuf_add(out, at->source + at->column - 1, at->width);
	}
}

static void make_key(struct fold *fold, struct folded *finding)
{
	const struct diag *diag = &finding->diag;
	enum diag_group group = diag_kinds[diag->id].group;
	struct strbuf key = STRBUF_INIT;

	strbuf_printf(&key, "%d %d ", (int)diag->id, (int)diag->level);
	if (group == GROUP_MEANING && diag->id != DIAG_EXPECT)
		key_of_meaning(&key, diag);
	else if (group == GROUP_SYNTAX)
		key_of_fault(&key, diag);
	else
		strbuf_puts(&key, diag->text);
	finding->key = arena_text(&fold->arena, strbuf_text(&key), key.len);
	fold->no_memory |= finding->key == NULL || key.failed;
	strbuf_free(&key);
}

/* --- groups ------------------------------------------------------------------------------------------------ */

/* Findings that belong together, in the order of their lines; they become the first. */
struct group {
	struct folded **item;
	size_t len;
};

static int compare_keys(const void *a, const void *b)
{
	const struct folded *const *x = a, *const *y = b;
	int keys = strcmp((*x)->key, (*y)->key);

	return keys != 0 ? keys : (*x)->order < (*y)->order ? -1 : 1;
}

/* The lines that the first one of the group stands for, `from` on. */
static void relate(struct fold *fold, const struct group *group, size_t from)
{
	unsigned *lines = arena_alloc(&fold->arena, (group->len + 1) * sizeof(*lines));
	struct diag *head = &group->item[0]->diag;

	if (lines == NULL) {
		fold->no_memory = true;
		return;
	}
	for (size_t i = from; i < group->len; i++) {
		lines[i - from] = group->item[i]->diag.where.line;
		head->level = group->item[i]->diag.level > head->level ? group->item[i]->diag.level : head->level;
		group->item[i]->gone = i > 0;
	}
	head->related = lines;
	head->related_count = group->len - from;
	fold->hidden += group->len;
	fold->heads++;
}

static void set_text(struct fold *fold, struct folded *finding, struct strbuf *text)
{
	finding->diag.text = arena_text(&fold->arena, strbuf_text(text), text->len);
	fold->no_memory |= finding->diag.text == NULL || text->failed;
	if (finding->diag.text == NULL)
		finding->diag.text = "";
	strbuf_free(text);
}

static void fold_alike(struct fold *fold, const struct group *group)
{
	struct folded *head = group->item[0];
	struct strbuf text = STRBUF_INIT;

	if (group->len < (head->diag.id == DIAG_DEAD_RULE ? DEAD_MIN : ALIKE_MIN) || head->diag.where.line == 0)
		return;
	strbuf_printf(&text, "%s (and %zu more, to line %u)", head->diag.text, group->len - 1,
		      group->item[group->len - 1]->diag.where.line);
	set_text(fold, head, &text);
	relate(fold, group, 1);
}

static void put_lines(struct strbuf *text, const struct group *group)
{
	size_t shown = group->len > LINES_MAX + 1 ? LINES_MAX : group->len;

	for (size_t i = 0; i < shown; i++)
		strbuf_printf(text, "%s%u", i == 0 ? "" : i + 1 == group->len ? " and " : ", ", group->item[i]->diag.where.line);
	if (group->len > shown)
		strbuf_printf(text, " and %zu more", group->len - shown);
}

/* Rules with the same causes: said once, where the first cause stands. */
static void fold_cause(struct fold *fold, const struct group *group)
{
	struct folded *head = group->item[0];
	const unsigned *cause = head->diag.causes;
	const struct line *line = &fold->stream->lines.item[cause[0] - 1];
	struct strbuf text = STRBUF_INIT;

	if (group->len < 2)
		return;
	strbuf_printf(&text, cause[1] == 0 ? "line %u makes" : cause[2] == 0 ? "lines %u and %u together make" : "lines %u, %u and %u together make",
		      cause[0], cause[1], cause[2]);
	strbuf_printf(&text, " %zu later rules unreachable: lines ", group->len);
	put_lines(&text, group);
	set_text(fold, head, &text);
	relate(fold, group, 0);
	head->diag.where = stream_where(fold->stream, line, 1, line->len);
	head->diag.origin = stream_origin_where(fold->stream, line);
}

/* Sorts the findings that have a key, and hands each group of one key on. */
static void each_group(struct fold *fold, void (*fold_group)(struct fold *fold, const struct group *group))
{
	struct folded **all = calloc(fold->list.len + 1, sizeof(struct folded *));
	size_t len = 0;

	for (size_t i = 0; i < fold->list.len && all != NULL; i++)
		if (!fold->list.item[i].gone && fold->list.item[i].key != NULL)
			all[len++] = &fold->list.item[i];
	fold->no_memory |= all == NULL;
	if (len > 1)
		qsort(all, len, sizeof(struct folded *), compare_keys);
	for (size_t first = 0, next = 0; first < len; first = next) {
		while (next < len && strcmp(all[first]->key, all[next]->key) == 0)
			next++;
		fold_group(fold, &(struct group){ .item = all + first, .len = next - first });
	}
	free(all);
}

static void fold_causes(struct fold *fold)
{
	for (size_t i = 0; i < fold->list.len; i++) {
		struct folded *finding = &fold->list.item[i];
		struct strbuf key = STRBUF_INIT;

		finding->key = NULL;
		if (finding->gone || finding->diag.id != DIAG_DEAD_RULE || finding->diag.causes[0] == 0 ||
		    finding->diag.causes[0] > fold->stream->lines.len)
			continue;
		strbuf_printf(&key, "%u %u %u", finding->diag.causes[0], finding->diag.causes[1], finding->diag.causes[2]);
		finding->key = arena_text(&fold->arena, strbuf_text(&key), key.len);
		fold->no_memory |= finding->key == NULL;
		strbuf_free(&key);
	}
	each_group(fold, fold_cause);
}

/* --- chains of other programs -------------------------------------------------------------------------------- */

static bool is_about_writing(enum diag_id id)
{
	static const enum diag_id ids[] = { DIAG_DEAD_RULE, DIAG_LIMIT_AFTER_ACCEPT, DIAG_DUPLICATE_RULE, DIAG_REDUNDANT_RULE,
					    DIAG_UNREACHABLE_CHAIN, DIAG_LOG_NO_LIMIT, DIAG_LOG_PREFIX_CUT, DIAG_LOG_PREFIX_NO_SPACE,
					    DIAG_MERGE_MULTIPORT, DIAG_USE_IPSET, DIAG_ORDER_COST };

	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* Findings in one program's chains become a note. */
static void fold_generated(struct fold *fold, const struct group *group)
{
	struct folded *head = group->item[0];
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "%zu finding%s in chains of %s, which writes them itself (--each shows %s)", group->len,
		      group->len == 1 ? "" : "s", head->key, group->len == 1 ? "it" : "them");
	set_text(fold, head, &text);
	relate(fold, group, 1);
	head->diag.id = DIAG_GENERATED;
	head->diag.level = LEVEL_INFO;
	head->diag.causes[0] = 0;
}

static void find_generated(struct fold *fold)
{
	struct generators generators = generators_find(fold->stream);

	for (size_t i = 0; i < fold->list.len; i++) {
		struct folded *finding = &fold->list.item[i];
		int by = is_about_writing(finding->diag.id) ? generator_of_line(&generators, fold->stream, finding->diag.where.line) : -1;
		unsigned cause = finding->diag.causes[0];

		finding->key = NULL;
		if (by >= 0 && (cause == 0 || generator_of_line(&generators, fold->stream, cause) == by))
			finding->key = generator_name(by);
	}
	each_group(fold, fold_generated);
}

/* ------------------------------------------------------------------------------------------------------------- */

void fold_findings(struct fold *fold)
{
	find_generated(fold);
	fold_causes(fold);
	for (size_t i = 0; i < fold->list.len; i++)
		if (!fold->list.item[i].gone)
			make_key(fold, &fold->list.item[i]);
	if (!fold->no_memory)
		each_group(fold, fold_alike);
}

static int compare_lines(const void *a, const void *b)
{
	const struct folded *x = a, *y = b;

	if (x->diag.where.line != y->diag.where.line)
		return x->diag.where.line < y->diag.where.line ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static int compare_levels(const void *a, const void *b)
{
	const struct folded *x = a, *y = b;

	if (x->diag.level != y->diag.level)
		return x->diag.level > y->diag.level ? -1 : 1;
	if (x->diag.related_count != y->diag.related_count)
		return x->diag.related_count > y->diag.related_count ? -1 : 1;
	return compare_lines(a, b);
}

void fold_sort(struct fold *fold, bool by_level)
{
	size_t kept = 0;

	for (size_t i = 0; i < fold->list.len; i++)
		if (!fold->list.item[i].gone)
			fold->list.item[kept++] = fold->list.item[i];
	fold->list.len = kept;
	if (kept > 1)
		qsort(fold->list.item, kept, sizeof(*fold->list.item), by_level ? compare_levels : compare_lines);
}

void fold_free(struct fold *fold)
{
	vec_free(&fold->list);
	arena_free(&fold->arena);
}
