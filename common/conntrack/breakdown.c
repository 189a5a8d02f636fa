/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/breakdown.h"
#include "base/json.h"
#include "conntrack/text.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdlib.h>
#include <string.h>

bool breakdown_keys(struct breakdown *b, const char *text, const char **bad)
{
	for (;;) {
		size_t len = strcspn(text, ",");
		struct tally_key key;
		char word[sizeof(key.name)];

		*bad = text;
		if (len >= sizeof(word) || b->keys == BREAKDOWN_KEYS)
			return false;
		memcpy(word, text, len);
		word[len] = '\0';
		if (!tally_key_read(&key, word) || tally_begin(&b->tallies[b->keys], &key) != 0)
			return false;
		b->keys++;
		if (text[len] == '\0')
			return true;
		text += len + 1;
	}
}

int breakdown_restart(struct breakdown *b)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < b->keys; i++) {
		struct tally_key key = b->tallies[i].key;

		tally_free(&b->tallies[i]);
		err = tally_begin(&b->tallies[i], &key);
	}
	b->flows = b->packets = b->bytes = b->uncounted = b->damaged = 0;
	b->err = 0;
	return err;
}

void breakdown_free(struct breakdown *b)
{
	for (size_t i = 0; i < b->keys; i++)
		tally_free(&b->tallies[i]);
	b->keys = 0;
}

static bool count_flow(void *ctx, const struct ct_flow *flow)
{
	struct breakdown *b = ctx;
	struct tally_flow decoded;

	if (!tally_decode(&decoded, flow, b->by)) {
		b->damaged++;
		return true;
	}
	b->flows++;
	b->packets += decoded.counters.packets;
	b->bytes += decoded.counters.bytes;
	b->uncounted += b->by != TALLY_BY_FLOWS && flow->attr[CTA_COUNTERS_ORIG] == NULL;
	for (size_t i = 0; b->err == 0 && i < b->keys; i++)
		b->err = tally_add(&b->tallies[i], &decoded);
	return b->err == 0;
}

int breakdown_run(struct breakdown *b, struct ctnl *nl, const struct ct_filter *filter)
{
	struct ctnl_dump dump = { .filter = filter, .limit = b->sample, .each = count_flow, .ctx = b };
	struct ctnl_totals totals;
	int err = ctnl_totals(nl, &totals);

	if (err != 0)
		return err;
	b->before = b->after = totals.count;
	err = ctnl_dump(nl, &dump);
	if (err == 0)
		err = b->err;
	for (size_t i = 0; err == 0 && i < b->keys; i++)
		err = tally_finish(&b->tallies[i]);
	b->read = dump.sent;
	b->damaged += dump.damaged;
	b->sampled = dump.limited;
	if (err == 0 && !b->sampled) {
		err = ctnl_totals(nl, &totals);
		b->after = totals.count;
	}
	return err;
}

/* By Newton's method: libm would slow down every start of the program. */
static double square_root(double x)
{
	double root = x > 1 ? x : 1;

	for (int i = 0; i < 60 && x > 0; i++)
		root = (root + x / root) / 2;
	return x > 0 ? root : 0;
}

static double share(uint64_t part, uint64_t whole)
{
	return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

/*
 * Half the width, in percentage points, of the interval that contains the true share in 95 of 100 samples.
 * The kernel sends entries in the order of a keyed hash, so the first ones are a random sample without
 * replacement.
 */
static double share_error(const struct breakdown *b, uint64_t flows)
{
	double n = (double)b->flows, p = n > 0 ? (double)flows / n : 0;
	double whole = (double)b->before,
	       left = whole > (double)b->read ? (whole - (double)b->read) / whole : 0;

	return n > 0 ? 196 * square_root(p * (1 - p) / n * left) + 50 / n : 0;
}

/* An amount in the sample, scaled to the whole table. */
static uint64_t scaled(const struct breakdown *b, uint64_t amount)
{
	if (!b->sampled || b->read == 0)
		return amount;
	return (uint64_t)((double)amount * (double)b->before / (double)b->read + 0.5);
}

static uint64_t total(const struct breakdown *b)
{
	return b->by == TALLY_BY_FLOWS ? b->flows : b->by == TALLY_BY_PACKETS ? b->packets : b->bytes;
}

static bool shown(const struct breakdown *b, const struct tally_rows *rows, size_t i)
{
	return i < rows->rows.len && (b->rows == 0 || i < b->rows) &&
	       scaled(b, tally_amount(&rows->rows.item[i], b->by)) >= b->min;
}

static void put_padded(struct strbuf *out, size_t start, size_t width)
{
	while (out->len < start + width && !out->failed)
		strbuf_putc(out, ' ');
}

#define VALUE_WIDTH 39 /* the longest IPv6 address */

static void text_amounts(struct strbuf *out, const struct breakdown *b, const struct tally_row *row)
{
	strbuf_printf(out, " %12" PRIu64, scaled(b, row->flows));
	if (b->by != TALLY_BY_FLOWS)
		strbuf_printf(out, " %14" PRIu64 " %18" PRIu64, scaled(b, row->packets),
			      scaled(b, row->bytes));
	strbuf_printf(out, " %7.2f%%", share(tally_amount(row, b->by), total(b)));
	if (b->sampled && b->by == TALLY_BY_FLOWS)
		strbuf_printf(out, " +-%.2f", share_error(b, row->flows));
	strbuf_putc(out, '\n');
}

static void text_table(const struct breakdown *b, const struct ct_tally *tally, const struct tally_rows *rows,
		       struct strbuf *out)
{
	struct tally_row rest = { 0 };
	size_t start = out->len, others = 0;

	strbuf_puts(out, tally->key.name);
	put_padded(out, start, VALUE_WIDTH);
	strbuf_printf(out, " %12s", "flows");
	if (b->by != TALLY_BY_FLOWS)
		strbuf_printf(out, " %14s %18s", "packets", "bytes");
	strbuf_printf(out, " %8s%s\n", "share", b->sampled && b->by == TALLY_BY_FLOWS ? " +-" : "");
	for (size_t i = 0; i < rows->rows.len; i++) {
		const struct tally_row *row = &rows->rows.item[i];

		if (shown(b, rows, i)) {
			start = out->len;
			tally_value_text(out, &tally->key, &row->value);
			put_padded(out, start, VALUE_WIDTH);
			text_amounts(out, b, row);
			continue;
		}
		others++;
		rest.flows += row->flows;
		rest.packets += row->packets;
		rest.bytes += row->bytes;
	}
	if (others > 0) {
		start = out->len;
		strbuf_printf(out, "(others:%zu)", others);
		put_padded(out, start, VALUE_WIDTH);
		text_amounts(out, b, &rest);
	}
}

/* Whether the table changed by more than 1 % while it was read: a dump is not a snapshot. */
static bool moved(const struct breakdown *b)
{
	uint64_t change = b->before > b->after ? b->before - b->after : b->after - b->before;

	return change * 100 > b->before;
}

int breakdown_text(const struct breakdown *b, struct strbuf *out)
{
	struct tally_rows rows;
	int err;

	if (b->sampled)
		strbuf_printf(out,
			      "estimated from %" PRIu64 " of %" PRIu64
			      " entries; the true share is within +- in 95 of 100 samples\n\n",
			      b->read, b->before);
	else if (moved(b))
		strbuf_printf(out, "the table changed from %" PRIu64 " to %" PRIu64 " entries while it was read\n\n",
			      b->before, b->after);
	for (size_t i = 0; i < b->keys; i++) {
		err = tally_sorted(&b->tallies[i], b->by, &rows);
		if (err != 0)
			return err;
		strbuf_puts(out, i > 0 ? "\n" : "");
		text_table(b, &b->tallies[i], &rows, out);
		vec_free(&rows.rows);
	}
	return out->failed ? -ENOMEM : 0;
}

static void tsv_row(struct strbuf *out, const struct breakdown *b, const struct tally_key *key,
		    const struct tally_row *row)
{
	struct strbuf value = STRBUF_INIT;

	tally_value_text(&value, key, &row->value);
	strbuf_puts(out, key->name);
	text_cell(out, '\t', strbuf_text(&value));
	strbuf_printf(out, "\t%" PRIu64, scaled(b, row->flows));
	if (b->by != TALLY_BY_FLOWS)
		strbuf_printf(out, "\t%" PRIu64 "\t%" PRIu64, scaled(b, row->packets), scaled(b, row->bytes));
	strbuf_printf(out, "\t%.2f", share(tally_amount(row, b->by), total(b)));
	if (b->sampled && b->by == TALLY_BY_FLOWS)
		strbuf_printf(out, "\t%.2f", share_error(b, row->flows));
	strbuf_putc(out, '\n');
	out->failed = out->failed || value.failed;
	strbuf_free(&value);
}

int breakdown_tsv(const struct breakdown *b, bool names, struct strbuf *out)
{
	if (names)
		strbuf_printf(out, "key\tvalue\tflows%s\tpercent%s\n",
			      b->by != TALLY_BY_FLOWS ? "\tpackets\tbytes" : "",
			      b->sampled && b->by == TALLY_BY_FLOWS ? "\terror" : "");
	for (size_t i = 0; i < b->keys; i++) {
		struct tally_rows rows;
		int err = tally_sorted(&b->tallies[i], b->by, &rows);

		if (err != 0)
			return err;
		for (size_t n = 0; shown(b, &rows, n); n++)
			tsv_row(out, b, &b->tallies[i].key, &rows.rows.item[n]);
		vec_free(&rows.rows);
	}
	return out->failed ? -ENOMEM : 0;
}

static void json_row(struct strbuf *out, const struct breakdown *b, const struct tally_key *key,
		     const struct tally_row *row)
{
	struct strbuf value = STRBUF_INIT;

	tally_value_text(&value, key, &row->value);
	strbuf_puts(out, "{\"value\":");
	json_string(out, strbuf_text(&value), value.len);
	strbuf_printf(out, ",\"flows\":%" PRIu64, scaled(b, row->flows));
	if (b->by != TALLY_BY_FLOWS)
		strbuf_printf(out, ",\"packets\":%" PRIu64 ",\"bytes\":%" PRIu64, scaled(b, row->packets),
			      scaled(b, row->bytes));
	strbuf_printf(out, ",\"percent\":%.2f", share(tally_amount(row, b->by), total(b)));
	if (b->sampled && b->by == TALLY_BY_FLOWS)
		strbuf_printf(out, ",\"error\":%.2f", share_error(b, row->flows));
	strbuf_putc(out, '}');
	strbuf_free(&value);
}

static int json_key(struct strbuf *out, const struct breakdown *b, const struct ct_tally *tally)
{
	struct tally_rows rows;
	int err = tally_sorted(tally, b->by, &rows);

	if (err != 0)
		return err;
	json_string(out, tally->key.name, strlen(tally->key.name));
	strbuf_puts(out, ":[");
	for (size_t i = 0; shown(b, &rows, i); i++) {
		strbuf_puts(out, i > 0 ? "," : "");
		json_row(out, b, &tally->key, &rows.rows.item[i]);
	}
	strbuf_putc(out, ']');
	vec_free(&rows.rows);
	return 0;
}

int breakdown_json(const struct breakdown *b, struct strbuf *out)
{
	static const char *const by[] = { "flows", "packets", "bytes" };
	int err = 0;

	strbuf_printf(out, "{\"count\":%" PRIu64 ",\"count_after\":%" PRIu64 ",\"flows\":%" PRIu64, b->before,
		      b->after, scaled(b, b->flows));
	strbuf_printf(out, ",\"by\":\"%s\",\"sample\":", by[b->by]);
	if (b->sampled)
		text_number(out, b->read);
	else
		strbuf_puts(out, "null");
	strbuf_puts(out, ",\"distinct\":{");
	for (size_t i = 0; i < b->keys; i++)
		strbuf_printf(out, "%s\"%s\":%zu", i > 0 ? "," : "", b->tallies[i].key.name,
			      b->tallies[i].used);
	strbuf_puts(out, "},\"top\":{");
	for (size_t i = 0; err == 0 && i < b->keys; i++) {
		strbuf_puts(out, i > 0 ? "," : "");
		err = json_key(out, b, &b->tallies[i]);
	}
	strbuf_puts(out, "}}\n");
	return err != 0 ? err : out->failed ? -ENOMEM : 0;
}
