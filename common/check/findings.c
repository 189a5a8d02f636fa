/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/findings.h"

#include <stdlib.h>
#include <string.h>

void findings_add(void *ctx, const struct diag *diag)
{
	struct findings *findings = ctx;
	struct kept_finding finding = { .diag = *diag, .families = findings->family, .order = findings->list.len };

	finding.diag.text = arena_text(&findings->arena, diag->text, strlen(diag->text));
	if (finding.diag.text == NULL || !vec_push(&findings->list, finding))
		findings->no_memory = true;
}

/* By line, then the stream's own before the families', then by column, kind and text: equal ones become neighbours. */
static int compare(const void *a, const void *b)
{
	const struct kept_finding *x = a, *y = b;
	int texts;

	if (x->diag.where.line != y->diag.where.line)
		return x->diag.where.line < y->diag.where.line ? -1 : 1;
	if (x->diag.where.column != y->diag.where.column)
		return x->diag.where.column < y->diag.where.column ? -1 : 1;
	if (x->diag.id != y->diag.id)
		return x->diag.id < y->diag.id ? -1 : 1;
	texts = strcmp(x->diag.text, y->diag.text);
	if (texts != 0)
		return texts;
	return x->order < y->order ? -1 : 1;
}

static bool same(const struct kept_finding *x, const struct kept_finding *y)
{
	return x->diag.id == y->diag.id && x->diag.where.line == y->diag.where.line &&
	       x->diag.where.column == y->diag.where.column && strcmp(x->diag.text, y->diag.text) == 0;
}

static void merge(struct findings *findings)
{
	size_t kept = 0;

	for (size_t i = 0; i < findings->list.len; i++) {
		struct kept_finding *last = kept > 0 ? &findings->list.item[kept - 1] : NULL;
		const struct kept_finding *next = &findings->list.item[i];

		if (last != NULL && same(last, next) && (last->families & next->families) == 0)
			last->families |= next->families;
		else
			findings->list.item[kept++] = *next;
	}
	findings->list.len = kept;
}

/* The families that have an error in the line of the finding with this index. */
static enum family objectors(const struct findings *findings, size_t index)
{
	unsigned line = findings->list.item[index].diag.where.line;
	enum family families = FAMILY_NONE;

	for (size_t i = index; i < findings->list.len && findings->list.item[i].diag.where.line == line; i++)
		if (findings->list.item[i].diag.level >= LEVEL_ERROR)
			families |= findings->list.item[i].families;
	for (size_t i = index; i-- > 0 && findings->list.item[i].diag.where.line == line;)
		if (findings->list.item[i].diag.level >= LEVEL_ERROR)
			families |= findings->list.item[i].families;
	return families;
}

/*
 * A line without a mark that only one family can read: iptables-restore and ip6tables-restore would
 * disagree about the text, so it is an error with the advice to say which one is meant.
 */
static void report_one_sided(const struct kept_finding *finding, enum family objector, struct diag_log *log)
{
	int other = objector == FAMILY_IPV6 ? 4 : 6;

	diag_add(log, DIAG_FAMILY, &finding->diag.where, &finding->diag.origin,
		 "not valid for IPv%d: %s; if it is meant for IPv%d only, put -%d before -A or read the file with -%d",
		 objector == FAMILY_IPV6 ? 6 : 4, finding->diag.text, other, other, other);
}

/* The families that found this id in the line of the finding with this index. */
static enum family finders(const struct findings *findings, size_t index)
{
	const struct diag *diag = &findings->list.item[index].diag;
	enum family families = FAMILY_NONE;

	for (size_t i = index; i < findings->list.len && findings->list.item[i].diag.where.line == diag->where.line; i++)
		if (findings->list.item[i].diag.id == diag->id)
			families |= findings->list.item[i].families;
	for (size_t i = index; i-- > 0 && findings->list.item[i].diag.where.line == diag->where.line;)
		if (findings->list.item[i].diag.id == diag->id)
			families |= findings->list.item[i].families;
	return families;
}

static void report(const struct findings *findings, size_t index, const struct stream *stream, struct diag_log *log)
{
	const struct kept_finding *finding = &findings->list.item[index];
	const struct diag *diag = &finding->diag;
	bool meaning = diag_kinds[diag->id].group == GROUP_MEANING;
	unsigned line = diag->where.line;
	bool for_both = line > 0 && line <= stream->lines.len && stream->lines.item[line - 1].kind == LINE_RULE &&
			stream->lines.item[line - 1].families == FAMILY_BOTH;
	bool chain = line > 0 && line <= stream->lines.len && (stream->lines.item[line - 1].kind == LINE_CHAIN || stream->lines.item[line - 1].kind == LINE_TABLE);
	bool both = for_both || (chain && stream->families == FAMILY_BOTH);
	enum family who = for_both && diag->level == LEVEL_ERROR && !meaning ? objectors(findings, index) : FAMILY_NONE;

	if (diag_kinds[diag->id].about_line && both && finders(findings, index) != FAMILY_BOTH)
		return;
	if (meaning && both && diag->id != DIAG_EXPECT && finding->families == FAMILY_IPV6 && finders(findings, index) == FAMILY_BOTH)
		return; /* the same with an example of its own: IPv4's is enough */
	if (who == FAMILY_IPV4 || who == FAMILY_IPV6)
		report_one_sided(finding, who, log);
	else
		diag_emit(log, diag);
}

void findings_report(struct findings *findings, const struct stream *stream, struct diag_log *log)
{
	if (findings->list.len > 0)
		qsort(findings->list.item, findings->list.len, sizeof(*findings->list.item), compare);
	merge(findings);
	for (size_t i = 0; i < findings->list.len; i++)
		report(findings, i, stream, log);
	if (findings->no_memory)
		diag_memory(log);
}

void findings_free(struct findings *findings)
{
	vec_free(&findings->list);
	arena_free(&findings->arena);
}
