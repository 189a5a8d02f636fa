/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/advise.h"
#include "conntrack/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY	       86400
#define ROOM_PERCENT   80  /* a table that is fuller has no reserve */
#define RAM_SHARE      8   /* connection tracking may take 1/8 of the memory */
#define CLOSING_SHARE  5   /* percent of the entries in one closing state that are worth a shorter timeout */
#define ENOUGH_FLOWS   100 /* shares of fewer entries mean nothing */

struct advising {
	const struct facts *facts;
	advice_list *list;
	bool failed;
};

static void add(struct advising *a, const char *name, int key, uint64_t value, int64_t memory,
		const char *format, ...) printf_like(6, 7);

static void add(struct advising *a, const char *name, int key, uint64_t value, int64_t memory,
		const char *format, ...)
{
	struct advice advice = { .name = name, .key = key, .value = value, .memory = memory };
	va_list args;

	va_start(args, format);
	strbuf_vprintf(&advice.text, format, args);
	va_end(args);
	if (advice.text.failed || !vec_push(a->list, advice)) {
		strbuf_free(&advice.text);
		a->failed = true;
	}
}

static uint64_t percent(uint64_t part, uint64_t whole)
{
	return whole > 0 ? part * 100 / whole : 0;
}

static uint64_t power_of_two_from(uint64_t number)
{
	uint64_t power = 1024;

	while (power < number && power < UINT32_MAX / 2)
		power *= 2;
	return power;
}

/* The largest table that fits into RAM_SHARE, as a power of two. */
static uint64_t affordable(const struct facts *f)
{
	uint64_t most = f->ram / RAM_SHARE / (snapshot_entry_size(&f->now) + EXTENSION_SIZE + BUCKET_SIZE);

	return f->ram > 0 ? power_of_two_from(most / 2 + 1) : UINT32_MAX / 2;
}

static void advise_max(struct advising *a)
{
	const struct facts *f = a->facts;
	uint64_t max = f->now.max, count = f->now.count, want;
	uint64_t evicted = f->losses.count[LOSS_EVICTION], refused = f->losses.count[LOSS_FULL];
	bool full = f->now.has_count && count * 100 >= max * ROOM_PERCENT;

	if (!f->now.has_max || max == 0 || (!full && evicted == 0 && refused == 0))
		return;
	want = power_of_two_from((count > max / 2 ? count : max / 2) * 2);
	want = want < affordable(f) ? want : affordable(f);
	if (want > max)
		add(a, "table-full", f->max_fixed ? -1 : KEY_MAX, want,
		    (int64_t)((want - max) * snapshot_entry_size(&f->now)),
		    "the table is %" PRIu64 " %% full (%" PRIu64 " of %" PRIu64 "), early_drop %" PRIu64
		    ", %" PRIu64 " packets refused: raise nf_conntrack_max to %" PRIu64 "%s",
		    percent(count, max), count, max, evicted, refused, want,
		    f->max_fixed ? ", in the initial network namespace (read-only here)" : "");
	else
		add(a, "table-full", -1, 0, 0,
		    "the table is %" PRIu64 " %% full (%" PRIu64 " of %" PRIu64 "), early_drop %" PRIu64
		    ", %" PRIu64 " packets refused"
		    ": a larger table would take more than 1/%d of the memory; shorten timeouts or track less",
		    percent(count, max), count, max, evicted, refused, RAM_SHARE);
}

/* What was lost since the start and has nothing to do with the size of the table. */
static void advise_losses(struct advising *a)
{
	static const struct {
		enum loss_cause cause;
		const char *name, *advice;
	} rows[] = {
		{ LOSS_NAT, "nat-exhausted",
		  "a larger table does not help; give the SNAT rule more addresses or ports, or shorten timeouts" },
		{ LOSS_MEMORY, "no-memory",
		  "a larger table does not help; look for \"page allocation failure\" in the kernel log" },
		{ LOSS_REOPEN, "reopen", "look at the table more often: if it is never nearly full, no change is needed" },
		{ LOSS_COLLISION, "collision",
		  "a larger table does not help; if a SNAT rule has few ports, give it more; clashes need no change" },
		{ LOSS_CLASH, "clash",
		  "the table is not at fault, and a larger one does not help; for DNS, use a local cache or do not "
		  "track it: -t raw -j CT --notrack" },
		{ LOSS_CHAIN, "long-chains", "set at least as many buckets as the table has entries" },
	};
	const struct ct_losses *losses = &a->facts->losses;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct strbuf text = STRBUF_INIT;

		if (losses->count[rows[i].cause] == 0)
			continue;
		losses_text(&text, losses, rows[i].cause, " since the start");
		add(a, rows[i].name, -1, 0, 0, "%s: %s", strbuf_text(&text), rows[i].advice);
		strbuf_free(&text);
	}
}

static void advise_buckets(struct advising *a)
{
	const struct facts *f = a->facts;
	uint64_t max = f->now.max, buckets = f->now.buckets;

	if (!f->now.has_buckets || !f->now.has_max || buckets == 0 || buckets >= max)
		return;
	add(a, "few-buckets", f->max_fixed ? -1 : KEY_BUCKETS, max, (int64_t)((max - buckets) * BUCKET_SIZE),
	    "%" PRIu64 " buckets for up to %" PRIu64
	    " entries: each entry is in two buckets, so a full table has %" PRIu64
	    " per bucket; set as many buckets as entries%s",
	    buckets, max, 2 * max / buckets,
	    f->max_fixed ? ", in the initial network namespace (read-only here)" : "");
}

static void advise_memory(struct advising *a)
{
	const struct facts *f = a->facts;
	uint64_t full;

	if (!f->now.has_max || f->ram == 0)
		return;
	full = f->now.max * (snapshot_entry_size(&f->now) + EXTENSION_SIZE) + f->now.buckets * BUCKET_SIZE;
	if (full > f->ram / RAM_SHARE)
		add(a, "memory", -1, 0, 0,
		    "a full table takes up to %" PRIu64 " MiB, %" PRIu64
		    " %% of the memory: lower nf_conntrack_max or the timeouts",
		    full >> 20, percent(full, f->ram));
}

static void advise_established(struct advising *a)
{
	const struct facts *f = a->facts;
	uint64_t timeout = f->value[KEY_ESTABLISHED];
	char entries[64] = "";

	if (!f->known[KEY_ESTABLISHED])
		return;
	if (f->dump_error == 0)
		snprintf(entries, sizeof(entries), " (%" PRIu64 " entries are ESTABLISHED)", f->established);
	if (timeout > DAY)
		add(a, "established-long", KEY_ESTABLISHED, RFC5382_ESTABLISHED, 0,
		    "an idle TCP connection is kept for %" PRIu64
		    " s%s: RFC 5382 requires only %d s; connections that are idle for "
		    "longer need keepalives",
		    timeout, entries, RFC5382_ESTABLISHED);
	else if (timeout < RFC5382_ESTABLISHED)
		add(a, "established-short", KEY_ESTABLISHED, RFC5382_ESTABLISHED, 0,
		    "an idle TCP connection is forgotten after %" PRIu64
		    " s: RFC 5382 requires at least %d s",
		    timeout, RFC5382_ESTABLISHED);
}

static void advise_closing(struct advising *a, enum advise_key key, const char *name, const char *state,
			   uint64_t flows)
{
	const struct facts *f = a->facts;

	if (!f->known[key] || f->value[key] <= RFC5382_TRANSITORY)
		return;
	if (f->flows < ENOUGH_FLOWS || percent(flows, f->flows) < CLOSING_SHARE)
		return;
	add(a, name, key, RFC5382_TRANSITORY, 0,
	    "%" PRIu64 " entries (%" PRIu64 " %%) are in %s, each for %" PRIu64 " s: RFC 5382 requires only %d s",
	    flows, percent(flows, f->flows), state, f->value[key], RFC5382_TRANSITORY);
}

static void advise_udp(struct advising *a)
{
	const struct facts *f = a->facts;

	if (f->known[KEY_UDP] && f->value[KEY_UDP] > 30 && f->flows >= ENOUGH_FLOWS &&
	    percent(f->udp_unreplied, f->flows) >= 20)
		add(a, "udp-unreplied", KEY_UDP, 30, 0,
		    "%" PRIu64 " UDP entries (%" PRIu64 " %% of all) have no reply, each kept for %" PRIu64
		    " s: 30 s is enough to wait for a reply",
		    f->udp_unreplied, percent(f->udp_unreplied, f->flows), f->value[KEY_UDP]);
	if (f->known[KEY_UDP_STREAM] && f->value[KEY_UDP_STREAM] > 300)
		add(a, "udp-stream-long", KEY_UDP_STREAM, RFC4787_UDP, 0,
		    "an idle UDP stream is kept for %" PRIu64 " s: RFC 4787 requires only %d s",
		    f->value[KEY_UDP_STREAM], RFC4787_UDP);
	else if (f->known[KEY_UDP_STREAM] && f->value[KEY_UDP_STREAM] < RFC4787_UDP)
		add(a, "udp-stream-short", KEY_UDP_STREAM, RFC4787_UDP, 0,
		    "an idle UDP stream is forgotten after %" PRIu64 " s: RFC 4787 requires at least %d s",
		    f->value[KEY_UDP_STREAM], RFC4787_UDP);
}

static void advise_shares(struct advising *a)
{
	const struct facts *f = a->facts;

	if (f->flows < ENOUGH_FLOWS)
		return;
	if (percent(f->source.flows, f->flows) >= 20)
		add(a, "one-source", -1, 0, 0,
		    "%s has %" PRIu64 " of %" PRIu64 " entries (%" PRIu64
		    " %%): limit this source, for example with -m connlimit",
		    strbuf_text(&f->source.value), f->source.flows, f->flows,
		    percent(f->source.flows, f->flows));
	if (percent(f->port.flows, f->flows) >= 50)
		add(a, "one-port", -1, 0, 0,
		    "port %s has %" PRIu64 " of %" PRIu64 " entries (%" PRIu64
		    " %%): do not track a stateless service such as "
		    "DNS: -t raw -j CT --notrack",
		    strbuf_text(&f->port.value), f->port.flows, f->flows, percent(f->port.flows, f->flows));
}

static void advise_extensions(struct advising *a)
{
	static const enum advise_key keys[] = { KEY_ACCT, KEY_TIMESTAMP };
	const struct facts *f = a->facts;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (f->known[keys[i]] && f->value[keys[i]] != 0)
			add(a, i == 0 ? "acct" : "timestamp", -1, 0, 0,
			    "%s is on: each entry takes about %d bytes more, a full table %" PRIu64
			    " MiB more",
			    advise_keys[keys[i]], EXTENSION_SIZE, f->now.max * EXTENSION_SIZE >> 20);
}

int advise(const struct facts *facts, advice_list *list)
{
	struct advising a = { .facts = facts, .list = list };

	advise_max(&a);
	advise_losses(&a);
	advise_buckets(&a);
	advise_memory(&a);
	advise_established(&a);
	advise_closing(&a, KEY_CLOSE_WAIT, "close-wait", "CLOSE_WAIT", facts->close_wait);
	advise_closing(&a, KEY_TIME_WAIT, "time-wait", "TIME_WAIT", facts->time_wait);
	advise_udp(&a);
	advise_shares(&a);
	advise_extensions(&a);
	return a.failed ? -ENOMEM : 0;
}

void advice_free(advice_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		strbuf_free(&list->item[i].text);
	vec_free(list);
}
