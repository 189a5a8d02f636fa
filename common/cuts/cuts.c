/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "cuts/cuts.h"
#include "cuts/compare.h"
#include "cuts/list.h"

#include <stdlib.h>
#include <string.h>

/* Lines of the report, apart from the first and the last. */
enum { ROWS_MAX = 15 };

struct report_row {
	struct hit_row row;
	char *text; /* owned */
};

struct joining {
	struct cuts_report *report;
	VEC(struct report_row) rows;
	bool failed;
};

static void receive(void *ctx, unsigned kind, const char *body, size_t body_len, const char *text)
{
	struct joining *joining = ctx;
	struct cuts_count *count = &joining->report->count;
	struct compare_summary summary;
	struct report_row row;

	if (kind == MESSAGE_ROW && body_len == sizeof(row.row)) {
		memcpy(&row.row, body, sizeof(row.row));
		row.text = strdup(text);
		joining->failed |= row.text == NULL || !vec_push(&joining->rows, row);
	} else if (kind == MESSAGE_SUMMARY && body_len == sizeof(summary)) {
		memcpy(&summary, body, sizeof(summary));
		joining->failed |= summary.failed;
		joining->report->own_cut |= summary.own_cut;
		joining->report->cut[summary.family] = summary.count.cut;
		count->all += summary.count.all;
		count->judged += summary.count.judged;
		count->cut += summary.count.cut;
		count->maybe += summary.count.maybe;
		count->closed += summary.count.closed;
	}
}

static bool has_work(const struct cuts_request *request, const struct live_table *live, int family)
{
	if (request->old[family] == NULL || request->new[family] == NULL)
		return false;
	for (size_t i = 0; i < live->all.len; i++)
		if (live->all.item[i].family == family_bit(family))
			return true;
	return false;
}

/* A process for each family, both at once. */
static void compare_all(struct joining *joining, const struct cuts_request *request, const struct live_table *live)
{
	const struct inbox in = { receive, joining };
	struct comparing comparing[FAMILIES];
	struct worker workers[FAMILIES];
	bool started[FAMILIES] = { false };
	struct child_end end;

	for (int i = 0; i < FAMILIES; i++) {
		if (!has_work(request, live, i))
			continue;
		comparing[i] = (struct comparing){ request, live, i };
		started[i] = worker_start(&workers[i], compare_family, &comparing[i]) == 0;
		joining->failed |= !started[i];
	}
	for (int i = 0; i < FAMILIES; i++)
		if (started[i] && worker_finish(&workers[i], 0, &in, &end) != 0)
			joining->failed = true;
}

/* --- the report ------------------------------------------------------------------------------------- */

/* The user's own sessions first, then the worst, then the most. */
static int compare_rows(const void *left, const void *right)
{
	const struct hit_row *a = &((const struct report_row *)left)->row, *b = &((const struct report_row *)right)->row;

	if (a->owner != b->owner)
		return a->owner > b->owner ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(((const struct report_row *)left)->text, ((const struct report_row *)right)->text);
}

static void write_head(struct strbuf *out, const struct cuts_count *count)
{
	const char *comma = "";

	strbuf_printf(out, "of %zu live connection%s at the moment, these rules ", count->all, count->all == 1 ? "" : "s");
	if (count->cut > 0 || count->maybe == 0) {
		strbuf_printf(out, "cut %zu at once", count->cut);
		comma = ", ";
	}
	if (count->maybe > 0) {
		strbuf_printf(out, "%smay cut %zu", comma, count->maybe);
		comma = ", ";
	}
	if (count->closed > 0)
		strbuf_printf(out, "%sand %zu more cannot be opened again", comma, count->closed);
	strbuf_putc(out, '\n');
}

static void write_report(struct joining *joining, const struct live_table *live, bool all)
{
	struct strbuf *out = &joining->report->text;
	size_t shown = all || joining->rows.len <= ROWS_MAX ? joining->rows.len : ROWS_MAX - 1;

	if (joining->rows.len == 0)
		return;
	qsort(joining->rows.item, joining->rows.len, sizeof(*joining->rows.item), compare_rows);
	write_head(out, &joining->report->count);
	for (size_t i = 0; i < shown; i++)
		strbuf_printf(out, "  %s\n", joining->rows.item[i].text);
	if (shown < joining->rows.len)
		strbuf_printf(out, "  and %zu more lines like these\n", joining->rows.len - shown);
	if (joining->report->count.judged < joining->report->count.all)
		strbuf_printf(out, "  only %zu of them were looked at, as it takes too long\n", joining->report->count.judged);
	if (live->untracked)
		strbuf_puts(out, "  nothing is tracked yet, so connections through this host are not known\n");
}

bool cuts_find(struct cuts_report *report, const struct cuts_request *request, struct diag_log *log)
{
	struct joining joining = { .report = report };
	struct live_table live;

	*report = (struct cuts_report){ .text = STRBUF_INIT };
	joining.failed = !live_read(&live, request->proc, request->session);
	if (!joining.failed)
		compare_all(&joining, request, &live);
	if (joining.failed)
		diag_add(log, DIAG_LOAD_WARNING, NULL, NULL, "which live connections would be cut could not be found out");
	else if (live.fault.len > 0)
		diag_add(log, DIAG_LOAD_WARNING, NULL, NULL, "live connections: %s", strbuf_text(&live.fault));
	if (!joining.failed)
		write_report(&joining, &live, request->all);
	for (size_t i = 0; i < joining.rows.len; i++)
		free(joining.rows.item[i].text);
	vec_free(&joining.rows);
	live_free(&live);
	return !joining.failed && !report->text.failed;
}

void cuts_free(struct cuts_report *report)
{
	strbuf_free(&report->text);
}
