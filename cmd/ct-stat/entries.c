/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The modes that read a table once: --top, --list and --expect. */
#include "run.h"
#include "access.h"
#include "conntrack/ctnl.h"
#include "conntrack/expect.h"
#include "conntrack/flowsave.h"
#include "conntrack/flowtext.h"
#include "conntrack/labels.h"

#include <errno.h>
#include <time.h>

#define FLUSH_AT ((size_t)60 * 1024)

static void report_dump(struct cli *cli, int err, uint64_t damaged)
{
	if (err == -EPERM)
		diag_system(&cli->log, err, "reading the table needs CAP_NET_ADMIN");
	else if (err != 0)
		diag_system(&cli->log, err, "reading the table");
	if (damaged > 0)
		diag_add(&cli->log, DIAG_CONNTRACK, NULL, NULL, "%llu entries are damaged",
			 (unsigned long long)damaged);
}

/* Whether the listing can be sorted by packets or bytes; false after a report. */
static bool has_counters(struct cli *cli, const struct breakdown *b)
{
	if (b->uncounted == 0)
		return true;
	if (b->uncounted < b->flows) {
		diag_add(&cli->log, DIAG_CONNTRACK_WARNING, NULL, NULL,
			 "%llu entries have no counters and count as 0", (unsigned long long)b->uncounted);
		return true;
	}
	diag_add(&cli->log, DIAG_CONNTRACK, NULL, NULL,
		 "no entry has counters: net.netfilter.nf_conntrack_acct was 0 when they were created");
	return false;
}

static void print_breakdown(struct cli *cli, const struct ct_stat_options *options)
{
	struct strbuf out = STRBUF_INIT;
	const struct breakdown *b = &options->entries.breakdown;
	int err = options->format == FORMAT_JSON  ? breakdown_json(b, &out)
		  : options->format == FORMAT_TSV ? breakdown_tsv(b, !options->no_header, &out)
						  : breakdown_text(b, &out);

	if (err != 0)
		diag_memory(&cli->log);
	else if (!write_out(cli, &out))
		err = -EIO;
	strbuf_free(&out);
}

int run_top(struct cli *cli, struct ct_stat_options *options)
{
	struct breakdown *b = &options->entries.breakdown;
	struct ctnl nl;
	int err;

	if (!enter_netns(cli, options->netns) || !open_netlink(cli, &nl))
		return STATUS_SYSTEM;
	err = breakdown_run(b, &nl, &options->entries.filter);
	ctnl_close(&nl);
	report_dump(cli, err, b->damaged);
	if (err == 0 && has_counters(cli, b))
		print_breakdown(cli, options);
	return diag_errors(&cli->log) > 0 ? STATUS_SYSTEM : STATUS_DONE;
}

struct listing {
	struct cli *cli;
	const struct ct_stat_options *options;
	struct strbuf out;
	uint64_t damaged;
	time_t now;
	bool broken; /* standard output failed */
};

/* Appends the entry as it is asked for. False: it is damaged. */
static bool put_flow(struct listing *listing, const struct ct_flow *flow)
{
	const struct ct_stat_entries *entries = &listing->options->entries;
	struct strbuf *out = &listing->out;
	bool good;

	if (listing->options->format == FORMAT_JSON) {
		strbuf_putc(out, '{');
		good = flow_json(out, flow);
		if (entries->has_labels)
			labels_json(out, flow, &entries->labels);
		strbuf_putc(out, '}');
	} else if ((entries->output & OUTPUT_SAVE) != 0) {
		good = flow_save(out, flow, (entries->output & OUTPUT_MARK) != 0);
	} else {
		good = flow_line(out, flow,
				 ((entries->output & OUTPUT_EXTENDED) != 0 ? FLOW_LAYER3 : 0u) |
					 ((entries->output & OUTPUT_ID) != 0 ? FLOW_ID : 0u),
				 listing->now);
		if (entries->has_labels)
			labels_text(out, flow, &entries->labels);
	}
	strbuf_putc(out, '\n');
	return good;
}

/* Writes the text if it is long. False: standard output failed. */
static bool listing_flush(struct listing *listing)
{
	if (listing->out.len >= FLUSH_AT || listing->out.failed) {
		listing->broken = listing->out.failed || !write_out(listing->cli, &listing->out);
		strbuf_reset(&listing->out);
	}
	return !listing->broken;
}

/* Writes the rest, and returns the exit status. */
static int listing_end(struct listing *listing, int err, uint64_t damaged)
{
	if (!listing->broken)
		listing->broken = !write_out(listing->cli, &listing->out);
	report_dump(listing->cli, err, damaged);
	strbuf_free(&listing->out);
	return listing->broken || diag_errors(&listing->cli->log) > 0 ? STATUS_SYSTEM : STATUS_DONE;
}

static bool list_flow(void *ctx, const struct ct_flow *flow)
{
	struct listing *listing = ctx;
	size_t before = listing->out.len;

	if (!put_flow(listing, flow)) {
		listing->out.len = before;
		listing->damaged++;
	}
	return listing_flush(listing);
}

int run_list(struct cli *cli, struct ct_stat_options *options)
{
	struct listing listing = { .cli = cli, .options = options, .now = time(NULL) };
	struct ctnl_dump dump = {
		.filter = &options->entries.filter, .in_order = true, .each = list_flow, .ctx = &listing
	};
	struct ctnl nl;
	int err;

	if (!enter_netns(cli, options->netns) || !open_netlink(cli, &nl))
		return STATUS_SYSTEM;
	err = ctnl_dump(&nl, &dump);
	ctnl_close(&nl);
	return listing_end(&listing, err, dump.damaged + listing.damaged);
}

static bool list_expectation(void *ctx, const struct ct_flow *flow)
{
	struct listing *listing = ctx;
	size_t before = listing->out.len;
	bool json = listing->options->format == FORMAT_JSON;

	if (json ? expect_json(&listing->out, flow) : expect_line(&listing->out, flow)) {
		strbuf_putc(&listing->out, '\n');
	} else {
		listing->out.len = before;
		listing->damaged++;
	}
	return listing_flush(listing);
}

int run_expect(struct cli *cli, struct ct_stat_options *options)
{
	struct listing listing = { .cli = cli, .options = options };
	struct ctnl nl;
	int err;

	if (!enter_netns(cli, options->netns) || !open_netlink(cli, &nl))
		return STATUS_SYSTEM;
	err = ctnl_expectations(&nl, options->entries.filter.family, list_expectation, &listing, &listing.damaged);
	ctnl_close(&nl);
	return listing_end(&listing, err, listing.damaged);
}
