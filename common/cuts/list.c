/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "cuts/list.h"
#include "addr/addr.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of an address that make a network: a /24 or a /64. */
static size_t network_size(const struct connection *connection)
{
	return connection->family == FAMILY_IPV6 ? 8 : 3;
}

/* The other end of the connection, in whose network people look for it. */
static const struct endpoint *far_end(const struct hit *hit)
{
	return hit->course == COURSE_OUT ? &hit->connection->to : &hit->connection->from;
}

static int compare_numbers(uintptr_t a, uintptr_t b)
{
	return a < b ? -1 : a > b;
}

/* Orders by all that one row has in common. */
static int compare_rows(const struct hit *a, const struct hit *b)
{
	const struct connection *ca = a->connection, *cb = b->connection;
	const uintptr_t keys[][2] = {
		{ a->connection->owner == OWNER_OTHER, b->connection->owner == OWNER_OTHER },
		{ a->kind, b->kind },
		{ ca->proto, cb->proto },
		{ ca->to.port, cb->to.port },
		{ a->course, b->course },
		{ a->verdict.cause, b->verdict.cause },
		{ a->verdict.outcome, b->verdict.outcome },
		{ (uintptr_t)a->verdict.rule, (uintptr_t)b->verdict.rule },
		{ (uintptr_t)a->verdict.chain, (uintptr_t)b->verdict.chain },
	};
	int order = 0;

	for (size_t i = 0; order == 0 && i < ARRAY_LEN(keys); i++)
		order = compare_numbers(keys[i][0], keys[i][1]);
	return order;
}

static int compare_networks(const struct hit *a, const struct hit *b)
{
	return memcmp(far_end(a)->addr, far_end(b)->addr, network_size(a->connection));
}

static int compare_hits(const void *left, const void *right)
{
	int order = compare_rows(left, right);

	return order != 0 ? order : compare_networks(left, right);
}

/* --- words ------------------------------------------------------------------------------------------ */

static const char *kind_name(enum cut_kind kind)
{
	static const char *const names[] = {
		[CUT_NOW] = "cut",
		[CUT_OTHER_FIRST] = "cut if the other side speaks first",
		[CUT_HOST_FIRST] = "cut if this host speaks first",
		[CUT_MAYBE] = "may be cut",
		[CUT_CLOSED] = "cannot be opened again",
	};

	return names[kind];
}

static void service_text(struct strbuf *out, const struct connection *connection)
{
	static const struct {
		unsigned proto;
		const char *name;
	} names[] = { { IPPROTO_TCP, "tcp" }, { IPPROTO_UDP, "udp" }, { IPPROTO_SCTP, "sctp" }, { IPPROTO_DCCP, "dccp" },
		      { IPPROTO_UDPLITE, "udplite" }, { IPPROTO_GRE, "gre" } };
	const char *name = NULL;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].proto == connection->proto)
			name = names[i].name;
	if (name != NULL)
		strbuf_puts(out, name);
	else
		strbuf_printf(out, "protocol %u", connection->proto);
	if (connection->to.port != 0)
		strbuf_printf(out, " %u", connection->to.port);
}

static void endpoint_text(struct strbuf *out, const struct endpoint *end, enum family family)
{
	char addr[ADDR_TEXT_MAX];

	addr_text(end->addr, family, addr);
	if (end->port == 0)
		strbuf_puts(out, addr);
	else if (family == FAMILY_IPV6)
		strbuf_printf(out, "[%s]:%u", addr, end->port);
	else
		strbuf_printf(out, "%s:%u", addr, end->port);
}

static void network_text(struct strbuf *out, const struct hit *hit)
{
	unsigned char addr[16] = { 0 };
	char text[ADDR_TEXT_MAX];
	size_t size = network_size(hit->connection);

	memcpy(addr, far_end(hit)->addr, size);
	strbuf_printf(out, "%s/%zu", addr_text(addr, hit->connection->family, text), 8 * size);
}

static void verdict_text(struct strbuf *out, const struct ruling *verdict, const struct hit_places *places)
{
	static const char *const causes[] = {
		[CAUSE_NO_NAT] = "no chain of nat is left to translate it",
		[CAUSE_UNTRACKED] = "it is not tracked any more, and so not translated",
		[CAUSE_TRANSLATION] = "it is translated otherwise",
	};

	if (verdict->cause != CAUSE_RULES) {
		strbuf_puts(out, causes[verdict->cause]);
		return;
	}
	strbuf_puts(out, verdict->health == HEALTH_MAYBE ? "it depends on " : verdict->outcome == OUTCOME_REJECT ? "rejected by " : "dropped by ");
	if (verdict->rule != NULL)
		places->place(places->ctx, out, verdict->rule);
	else if (verdict->chain != NULL && strcmp(verdict->chain->table->table->name, "filter") == 0)
		strbuf_printf(out, "the policy of %s", verdict->chain->chain->name);
	else if (verdict->chain != NULL)
		strbuf_printf(out, "the policy of %s %s", verdict->chain->table->table->name, verdict->chain->chain->name);
	else
		strbuf_puts(out, "another program");
}

static void single_text(struct strbuf *out, const struct hit *hit)
{
	const struct connection *connection = hit->connection;

	endpoint_text(out, &connection->from, connection->family);
	strbuf_puts(out, " -> ");
	endpoint_text(out, &connection->to, connection->family);
}

/* count hits from *first on, of `networks` networks; *most begins the run of the largest one, with `largest` hits. */
struct crowd {
	const struct hit *first, *most;
	size_t count, networks, largest;
};

static struct crowd crowd_of(const struct hit *first, size_t left)
{
	struct crowd crowd = { .first = first };
	size_t run = 0;

	while (crowd.count < left && compare_rows(first, first + crowd.count) == 0) {
		bool same = crowd.count > 0 && compare_networks(first + crowd.count - 1, first + crowd.count) == 0;

		run = same ? run + 1 : 1;
		crowd.networks += !same;
		crowd.count++;
		if (run > crowd.largest) {
			crowd.largest = run;
			crowd.most = first + crowd.count - 1;
		}
	}
	return crowd;
}

static void crowd_text(struct strbuf *out, const struct crowd *crowd)
{
	static const char *const courses[] = { [COURSE_IN] = "to this host", [COURSE_OUT] = "from this host",
					       [COURSE_THROUGH] = "through this host", [COURSE_WITHIN] = "within this host" };
	const char *side = crowd->first->course == COURSE_OUT ? "to" : "from";

	service_text(out, crowd->first->connection);
	strbuf_printf(out, " %s: %zu %s ", courses[crowd->first->course], crowd->count, side);
	if (crowd->networks > 1)
		strbuf_printf(out, "%zu networks, %zu of them %s ", crowd->networks, crowd->largest, side);
	network_text(out, crowd->most);
}

void hits_list(hits *all, const struct hit_places *places, void (*see)(void *ctx, const struct hit_row *row, const char *text),
	       void *ctx)
{
	struct strbuf text = STRBUF_INIT;
	struct crowd crowd;

	if (all->len > 0)
		qsort(all->item, all->len, sizeof(*all->item), compare_hits);
	for (size_t i = 0; i < all->len; i += crowd.count) {
		const struct hit *hit = &all->item[i];
		struct hit_row row = { .kind = hit->kind, .owner = hit->connection->owner };

		crowd = crowd_of(hit, all->len - i);
		if (row.owner != OWNER_OTHER)
			crowd.count = 1;
		row.count = crowd.count;
		strbuf_reset(&text);
		strbuf_printf(&text, "%s: ", kind_name(hit->kind));
		if (row.owner == OWNER_OTHER) {
			crowd_text(&text, &crowd);
		} else {
			strbuf_puts(&text, row.owner == OWNER_SESSION ? "your own session, " : "perhaps your own session, ");
			single_text(&text, hit);
		}
		strbuf_puts(&text, ", ");
		verdict_text(&text, &hit->verdict, places);
		see(ctx, &row, strbuf_text(&text));
	}
	strbuf_free(&text);
}
