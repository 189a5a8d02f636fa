/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/tally.h"
#include "conntrack/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 64
#define IPV4_MARK  UINT64_MAX /* in high: low is an IPv4 address; no IPv6 address in use starts like this */
#define NO_NUMBER  UINT64_MAX /* in low: the entry has no such number */

static const char *const field_names[TALLY_FIELDS] = {
	[TALLY_PROTO] = "proto",     [TALLY_STATE] = "state",	[TALLY_SRC] = "src",
	[TALLY_DST] = "dst",	     [TALLY_SPORT] = "sport",	[TALLY_DPORT] = "dport",
	[TALLY_ZONE] = "zone",	     [TALLY_MARK] = "mark",	[TALLY_FAMILY] = "family",
	[TALLY_NAT] = "nat",	     [TALLY_STATUS] = "status", [TALLY_HELPER] = "helper",
	[TALLY_MASTER] = "master",   [TALLY_TIMEOUT] = "timeout",
};

static bool read_prefixes(struct tally_key *key, const char *text)
{
	char first[4];
	size_t len = strcspn(text, "/");
	uint64_t prefix;

	if (len >= sizeof(first))
		return false;
	memcpy(first, text, len);
	first[len] = '\0';
	if (!text_to_number(first, 32, &prefix))
		return false;
	key->prefix4 = (uint8_t)prefix;
	key->prefix6 = 64;
	if (text[len] == '\0')
		return true;
	if (!text_to_number(text + len + 1, 128, &prefix))
		return false;
	key->prefix6 = (uint8_t)prefix;
	return true;
}

bool tally_key_read(struct tally_key *key, const char *text)
{
	size_t len = strcspn(text, "/");

	*key = (struct tally_key){ .prefix4 = 32, .prefix6 = 128 };
	if (strlen(text) >= sizeof(key->name))
		return false;
	memcpy(key->name, text, strlen(text) + 1);
	for (key->field = 0; key->field < TALLY_FIELDS; key->field++)
		if (strlen(field_names[key->field]) == len && memcmp(field_names[key->field], text, len) == 0)
			break;
	if (key->field == TALLY_FIELDS)
		return false;
	if (text[len] == '\0')
		return true;
	return (key->field == TALLY_SRC || key->field == TALLY_DST) && read_prefixes(key, text + len + 1);
}

int tally_begin(struct ct_tally *tally, const struct tally_key *key)
{
	*tally = (struct ct_tally){ .key = *key, .size = FIRST_SIZE };
	tally->rows = calloc(tally->size, sizeof(*tally->rows));
	return tally->rows != NULL ? 0 : -ENOMEM;
}

void tally_free(struct ct_tally *tally)
{
	free(tally->rows);
	*tally = (struct ct_tally){ 0 };
}

bool tally_decode(struct tally_flow *decoded, const struct ct_flow *flow, enum tally_by by)
{
	struct flow_counters reply;

	decoded->flow = flow;
	decoded->counters = (struct flow_counters){ 0 };
	if (!flow_tuple(flow, FLOW_ORIG, &decoded->orig))
		return false;
	if (by != TALLY_BY_FLOWS && flow_counters(flow, FLOW_ORIG, &decoded->counters) &&
	    flow_counters(flow, FLOW_REPLY, &reply)) {
		decoded->counters.packets += reply.packets;
		decoded->counters.bytes += reply.bytes;
	}
	return true;
}

static uint64_t load_be64(const uint8_t *bytes)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | bytes[i];
	return value;
}

static uint64_t prefix_mask(unsigned prefix)
{
	return prefix >= 64 ? UINT64_MAX : ~(UINT64_MAX >> prefix);
}

static struct tally_value address_value(const struct tally_key *key, unsigned family, const uint8_t *addr)
{
	if (family == AF_INET)
		return (struct tally_value){ IPV4_MARK,
					     load_be64(addr) >> 32 & prefix_mask(key->prefix4) >> 32 };
	return (struct tally_value){ load_be64(addr) & prefix_mask(key->prefix6),
				     key->prefix6 <= 64
					     ? 0
					     : load_be64(addr + 8) & prefix_mask(key->prefix6 - 64u) };
}

/* The first sixteen bytes of a text: names of helpers are not longer (NF_CT_HELPER_NAME_LEN). */
static struct tally_value text_value(const char *text, size_t len)
{
	struct tally_value value = { 0, 0 };
	char bytes[sizeof(value)] = { 0 };

	memcpy(bytes, text, len < sizeof(bytes) ? len : sizeof(bytes));
	memcpy(&value, bytes, sizeof(value));
	return value;
}

/* A state is stored as the address of its name: cheaper than its text, and printed without a table. */
static struct tally_value state_value(const struct ct_flow *flow)
{
	return (struct tally_value){ 0, (uintptr_t)flow_state(flow) };
}

static struct tally_value number_value(bool known, uint64_t number)
{
	return (struct tally_value){ 0, known ? number : NO_NUMBER };
}

/* Compares the two tuples. Bit 0: source NAT, bit 1: destination NAT. */
static struct tally_value nat_value(const struct tally_flow *f)
{
	struct flow_tuple reply;
	const struct flow_tuple *orig = &f->orig;
	bool source, destination;

	if (!flow_tuple(f->flow, FLOW_REPLY, &reply))
		return number_value(false, 0);
	source = memcmp(orig->src, reply.dst, FLOW_ADDR) != 0 || orig->icmp_id != reply.icmp_id ||
		 (orig->ports && orig->sport != reply.dport);
	destination =
		memcmp(orig->dst, reply.src, FLOW_ADDR) != 0 || (orig->ports && orig->dport != reply.sport);
	return number_value(true, (source ? 1u : 0u) | (destination ? 2u : 0u));
}

/* The destination port in bits 0 to 15, the protocol in those above. */
static struct tally_value master_value(const struct ct_flow *flow)
{
	struct flow_tuple master;

	if (flow->attr[CTA_TUPLE_MASTER] == NULL || !flow_tuple(flow, FLOW_MASTER, &master))
		return number_value(false, 0);
	return number_value(true, (uint64_t)master.proto << 16 | master.dport);
}

static const struct {
	uint32_t below;
	const char *name;
} timeouts[] = { { 10, "<10s" },  { 60, "<1min" },  { 600, "<10min" },
		 { 3600, "<1h" }, { 86400, "<1d" }, { UINT32_MAX, ">=1d" } };

static struct tally_value timeout_value(const struct ct_flow *flow)
{
	uint32_t timeout = flow_number(flow, CTA_TIMEOUT, 0);
	unsigned i = 0;

	while (i + 1 < ARRAY_LEN(timeouts) && timeout >= timeouts[i].below)
		i++;
	return number_value(flow->attr[CTA_TIMEOUT] != NULL, i);
}

static struct tally_value value_of(const struct tally_key *key, const struct tally_flow *f)
{
	const char *text;
	size_t len;

	switch (key->field) {
	case TALLY_PROTO:
		return number_value(true, f->orig.proto);
	case TALLY_STATE:
		return state_value(f->flow);
	case TALLY_SRC:
		return address_value(key, f->orig.family, f->orig.src);
	case TALLY_DST:
		return address_value(key, f->orig.family, f->orig.dst);
	case TALLY_SPORT:
		return number_value(f->orig.ports, f->orig.sport);
	case TALLY_DPORT:
		return number_value(f->orig.ports, f->orig.dport);
	case TALLY_ZONE:
		return number_value(true, f->orig.zoned ? f->orig.zone : flow_zone(f->flow));
	case TALLY_MARK:
		return number_value(f->flow->attr[CTA_MARK] != NULL, flow_number(f->flow, CTA_MARK, 0));
	case TALLY_FAMILY:
		return number_value(true, f->flow->family);
	case TALLY_NAT:
		return nat_value(f);
	case TALLY_STATUS:
		return number_value(f->flow->attr[CTA_STATUS] != NULL,
				    flow_number(f->flow, CTA_STATUS, 0) &
					    (IPS_SEEN_REPLY | IPS_ASSURED | IPS_OFFLOAD | IPS_HW_OFFLOAD));
	case TALLY_MASTER:
		return master_value(f->flow);
	case TALLY_TIMEOUT:
		return timeout_value(f->flow);
	default:
		text = flow_helper(f->flow, &len);
		return text_value(text, len);
	}
}

static size_t hash_value(const struct tally_value *value)
{
	uint64_t hash = (value->high ^ value->low * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;

	return (size_t)(hash ^ hash >> 32);
}

static struct tally_row *find_row(struct tally_row *rows, size_t size, const struct tally_value *value,
				  size_t hash)
{
	size_t at = hash & (size - 1);

	while (rows[at].flows != 0 &&
	       (rows[at].value.high != value->high || rows[at].value.low != value->low))
		at = (at + 1) & (size - 1);
	return &rows[at];
}

static int tally_enlarge(struct ct_tally *tally)
{
	size_t size = tally->size * 2;
	struct tally_row *rows = calloc(size, sizeof(*rows));

	if (rows == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < tally->size; i++)
		if (tally->rows[i].flows != 0)
			*find_row(rows, size, &tally->rows[i].value, hash_value(&tally->rows[i].value)) =
				tally->rows[i];
	free(tally->rows);
	tally->rows = rows;
	tally->size = size;
	return 0;
}

/* Removes the oldest addition from the ring, and counts it. */
static int count_pending(struct ct_tally *tally)
{
	const struct tally_pending *pending = &tally->pending[tally->pending_first];
	struct tally_row *row;

	if (tally->used * 4 >= tally->size * 3 && tally_enlarge(tally) != 0)
		return -ENOMEM;
	row = find_row(tally->rows, tally->size, &pending->value, pending->hash);
	if (row->flows == 0) {
		row->value = pending->value;
		tally->used++;
	}
	row->flows++;
	row->packets += pending->packets;
	row->bytes += pending->bytes;
	tally->pending_first = (tally->pending_first + 1) % TALLY_PENDING;
	tally->pending_count--;
	return 0;
}

int tally_add(struct ct_tally *tally, const struct tally_flow *decoded)
{
	struct tally_value value = value_of(&tally->key, decoded);
	size_t hash = hash_value(&value);

	if (tally->pending_count == TALLY_PENDING && count_pending(tally) != 0)
		return -ENOMEM;
	tally->pending[(tally->pending_first + tally->pending_count++) % TALLY_PENDING] =
		(struct tally_pending){ value, decoded->counters.packets, decoded->counters.bytes, hash };
	__builtin_prefetch(&tally->rows[hash & (tally->size - 1)], 1);
	return 0;
}

int tally_finish(struct ct_tally *tally)
{
	while (tally->pending_count > 0)
		if (count_pending(tally) != 0)
			return -ENOMEM;
	return 0;
}

uint64_t tally_amount(const struct tally_row *row, enum tally_by by)
{
	return by == TALLY_BY_FLOWS ? row->flows : by == TALLY_BY_PACKETS ? row->packets : row->bytes;
}

static int compare_rows(const void *left, const void *right, void *by)
{
	const struct tally_row *a = left, *b = right;
	uint64_t more = tally_amount(a, *(enum tally_by *)by), less = tally_amount(b, *(enum tally_by *)by);

	if (more != less)
		return more > less ? -1 : 1;
	if (a->value.high != b->value.high)
		return a->value.high < b->value.high ? -1 : 1;
	return a->value.low < b->value.low ? -1 : a->value.low > b->value.low;
}

int tally_sorted(const struct ct_tally *tally, enum tally_by by, struct tally_rows *rows)
{
	*rows = (struct tally_rows){ 0 };
	if (!vec_reserve(&rows->rows, tally->used + 1))
		return -ENOMEM;
	for (size_t i = 0; i < tally->size; i++)
		if (tally->rows[i].flows != 0)
			rows->rows.item[rows->rows.len++] = tally->rows[i];
	qsort_r(rows->rows.item, rows->rows.len, sizeof(*rows->rows.item), compare_rows, &by);
	return 0;
}

static void address_text(struct strbuf *out, const struct tally_key *key, const struct tally_value *value)
{
	bool v4 = value->high == IPV4_MARK;
	unsigned prefix = v4 ? key->prefix4 : key->prefix6;
	uint8_t addr[FLOW_ADDR];

	for (unsigned i = 0; i < 8; i++) {
		addr[i] = (uint8_t)((v4 ? value->low << 32 : value->high) >> (56 - 8 * i));
		addr[8 + i] = (uint8_t)(value->low >> (56 - 8 * i));
	}
	text_address(out, v4 ? AF_INET : AF_INET6, addr);
	if (prefix < (v4 ? 32 : 128))
		strbuf_printf(out, "/%u", prefix);
}

static void status_text(struct strbuf *out, uint64_t status)
{
	bool replied = (status & IPS_SEEN_REPLY) != 0, assured = (status & IPS_ASSURED) != 0;

	if (!replied)
		strbuf_puts(out, assured ? "UNREPLIED,ASSURED" : "UNREPLIED");
	else
		strbuf_puts(out, assured ? "ASSURED" : "REPLIED");
	strbuf_puts(out, (status & (IPS_OFFLOAD | IPS_HW_OFFLOAD)) != 0 ? ",OFFLOAD" : "");
}

static void proto_text(struct strbuf *out, unsigned proto)
{
	const char *name = proto_name(proto);

	if (name != NULL)
		strbuf_puts(out, name);
	else
		text_number(out, proto);
}

void tally_value_text(struct strbuf *out, const struct tally_key *key, const struct tally_value *value)
{
	static const char *const nat[] = { "none", "SNAT", "DNAT", "SNAT,DNAT" };

	if (key->field == TALLY_SRC || key->field == TALLY_DST) {
		address_text(out, key, value);
	} else if (key->field == TALLY_HELPER) {
		const char *text = (const char *)value;
		size_t len = strnlen(text, sizeof(*value));

		strbuf_add(out, len > 0 ? text : "none", len > 0 ? len : 4);
	} else if (value->low == NO_NUMBER) {
		strbuf_puts(out, "none");
	} else if (key->field == TALLY_STATE) {
		strbuf_puts(out, value->low != 0 ? (const char *)(uintptr_t)value->low : "none");
	} else if (key->field == TALLY_NAT) {
		strbuf_puts(out, nat[value->low & 3]);
	} else if (key->field == TALLY_STATUS) {
		status_text(out, value->low);
	} else if (key->field == TALLY_TIMEOUT) {
		strbuf_puts(out, timeouts[value->low].name);
	} else if (key->field == TALLY_FAMILY) {
		strbuf_puts(out, value->low == AF_INET6 ? "ipv6" : "ipv4");
	} else if (key->field == TALLY_PROTO) {
		proto_text(out, (unsigned)value->low);
	} else if (key->field == TALLY_MASTER) {
		proto_text(out, (unsigned)(value->low >> 16));
		strbuf_putc(out, '/');
		text_number(out, value->low & UINT16_MAX);
	} else {
		text_number(out, value->low);
	}
}
