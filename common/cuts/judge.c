/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "cuts/judge.h"

#include <netinet/in.h>
#include <string.h>

#define FLAG_SYN 0x02
#define FLAG_ACK 0x10

static field_value address(const struct connection *connection, const struct endpoint *end)
{
	return value_of_addr(end->addr, connection->family);
}

static void set_end(struct packet *packet, const struct connection *connection, const struct endpoint *end, bool source)
{
	packet_set(packet, source ? FIELD_SRC : FIELD_DST, address(connection, end));
	packet_set(packet, source ? FIELD_SPORT : FIELD_DPORT, end->port);
}

/* Length, TTL and TOS are unknown: a connection's packets have many. */
static struct packet make_packet(const struct connection *connection, enum ct_state state, bool reply)
{
	static const enum field zero[] = { FIELD_ICMP, FIELD_FRAGMENT, FIELD_MARK, FIELD_PKTTYPE };
	struct packet packet = { .family = connection->family };
	bool first = state == CT_NEW && connection->tracked, known = state == CT_ESTABLISHED;

	for (size_t i = 0; i < ARRAY_LEN(zero); i++)
		packet_set(&packet, zero[i], 0);
	packet_set(&packet, FIELD_PROTO, connection->proto);
	packet_set(&packet, FIELD_CTMARK, first ? 0 : connection->mark);
	packet_set(&packet, FIELD_FLAGS, connection->proto != IPPROTO_TCP ? 0 : first ? FLAG_SYN : FLAG_ACK);
	packet_set(&packet, FIELD_CT, ct_value(state, reply && known, known && connection_has_snat(connection),
					       known && connection_has_dnat(connection)));
	set_end(&packet, connection, reply ? &connection->server : &connection->from, true);
	set_end(&packet, connection, reply ? &connection->back : &connection->to, false);
	return packet;
}

/* Tracer's: what the kernel does with a packet of a connection that it translates. */
static void translate(void *ctx, struct packet *packet, enum hook hook)
{
	struct judge *judge = ctx;
	const struct connection *connection = judge->connection;

	judge->translated = true;
	if (hook == HOOK_PREROUTING || hook == HOOK_OUTPUT)
		set_end(packet, connection, judge->reply ? &connection->from : &connection->server, false);
	else
		set_end(packet, connection, judge->reply ? &connection->to : &connection->back, true);
}

void judge_begin(struct judge *judge, const struct program *program, struct ways *ways, bool loose)
{
	*judge = (struct judge){ .ways = ways, .loose = loose, .has_nat = false };
	judge->tracer = (struct tracer){ .program = program, .translate = translate, .ctx = judge };
	for (unsigned h = 0; h < HOOK_COUNT; h++)
		judge->has_nat |= program_hook(program, "nat", (enum hook)(1U << h)) != NULL;
}

static struct ruling verdict_of(const struct tracer *tracer, const struct trace_result *result)
{
	bool good = result->outcome == OUTCOME_ACCEPT, other = false;
	struct ruling verdict = { HEALTH_BAD, CAUSE_RULES, result->outcome, result->rule, result->chain };

	for (unsigned outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
		bool bad = outcome == OUTCOME_DROP || outcome == OUTCOME_REJECT;

		other |= tracer->could[outcome] != NULL && (good ? outcome != OUTCOME_ACCEPT : !bad);
	}
	if (other || result->outcome == OUTCOME_QUEUE || result->outcome == OUTCOME_LOOP) {
		verdict.health = HEALTH_MAYBE;
		verdict.rule = result->unless != NULL ? result->unless : result->rule;
		verdict.chain = verdict.rule != NULL ? verdict.rule->chain : result->chain;
	} else if (good) {
		verdict.health = HEALTH_GOOD;
	}
	return verdict;
}

static void set_interface(struct packet *packet, enum field field, const struct way *way)
{
	if (way->known)
		packet_set(packet, field, value_of_name(way->interface));
}

static struct ruling trace(struct judge *judge, struct packet *packet)
{
	struct trace_result result = trace_packet(&judge->tracer, packet);

	return verdict_of(&judge->tracer, &result);
}

static struct ruling worse(struct ruling a, struct ruling b)
{
	return b.health > a.health ? b : a;
}

/* Leads the packet from one end to the other; what this host sends to itself passes twice, over lo. */
static struct ruling lead(struct judge *judge, struct packet *packet, const struct way *source, const struct way *destination)
{
	field_value lo = value_of_name("lo");
	struct ruling verdict;

	if (!source->local) {
		set_interface(packet, FIELD_IN, source);
		packet_set(packet, FIELD_OUT, 0);
		if (!destination->local)
			packet->known &= ~(1U << FIELD_OUT);
		if (!destination->local)
			set_interface(packet, FIELD_OUT, destination);
		return trace(judge, packet);
	}
	packet_set(packet, FIELD_IN, 0);
	if (destination->local)
		packet_set(packet, FIELD_OUT, lo);
	else
		set_interface(packet, FIELD_OUT, destination);
	verdict = trace(judge, packet);
	if (!destination->local || verdict.health == HEALTH_BAD)
		return verdict;
	packet_set(packet, FIELD_IN, lo);
	packet_set(packet, FIELD_OUT, 0);
	return worse(verdict, trace(judge, packet));
}

/* A later packet of the connection. */
static struct ruling judge_later(struct judge *judge, enum ct_state state, bool reply)
{
	const struct connection *connection = judge->connection;
	bool nat = connection_has_dnat(connection) || connection_has_snat(connection);
	struct packet packet = make_packet(connection, state, reply);
	struct way from = ways_find(judge->ways, connection->from.addr), server = ways_find(judge->ways, connection->server.addr);
	struct ruling verdict;

	judge->reply = reply;
	judge->translated = false;
	packet.forwarded = !from.local && !server.local;
	verdict = reply ? lead(judge, &packet, &server, &from) : lead(judge, &packet, &from, &server);
	if (verdict.health == HEALTH_GOOD && nat && !judge->translated)
		verdict = (struct ruling){ .health = HEALTH_BAD, .cause = CAUSE_UNTRACKED };
	return verdict;
}

static bool known_other(const struct packet *packet, enum field field, field_value value)
{
	return packet_knows(packet, field) && packet->value[field] != value;
}

/* Addresses that no router of the Internet leads to: RFC 1918 and RFC 4193. */
static bool is_private(const struct connection *connection, const struct endpoint *end)
{
	const unsigned char *addr = end->addr;

	if (connection->family == FAMILY_IPV6)
		return (addr[0] & 0xfe) == 0xfc;
	return addr[0] == 10 || (addr[0] == 172 && (addr[1] & 0xf0) == 16) || (addr[0] == 192 && addr[1] == 168);
}

/* Does the packet leave with the client's own address, which was translated, and to which no answer finds a way? */
static bool loses_snat(const struct connection *connection, const struct packet *packet)
{
	return connection_has_snat(connection) && packet_knows(packet, FIELD_SRC) &&
	       packet->value[FIELD_SRC] == address(connection, &connection->from) && is_private(connection, &connection->from) &&
	       !is_private(connection, &connection->server);
}

/* The first packet of a new connection like this one. */
static struct ruling judge_first(struct judge *judge)
{
	const struct connection *connection = judge->connection;
	struct packet packet = make_packet(connection, CT_NEW, false);
	struct way from = ways_find(judge->ways, connection->from.addr), to = ways_find(judge->ways, connection->to.addr);
	struct way server = ways_find(judge->ways, connection->server.addr);
	struct ruling verdict = { .health = HEALTH_GOOD };

	/* trace_packet takes a new address for one of another host; and nobody opens an announced connection alone. */
	if (connection->expected || (connection_has_dnat(connection) && server.local && !to.local))
		return verdict;
	packet_set(&packet, FIELD_FLAGS, connection->proto == IPPROTO_TCP ? FLAG_SYN : 0);
	packet.forwarded = !from.local && !to.local;
	verdict = lead(judge, &packet, &from, &server);
	if (verdict.health == HEALTH_BAD)
		return verdict;
	if (known_other(&packet, FIELD_DST, address(connection, &connection->server)) ||
	    known_other(&packet, FIELD_DPORT, connection->server.port) || loses_snat(connection, &packet))
		return (struct ruling){ .health = HEALTH_BAD, .cause = CAUSE_TRANSLATION };
	return verdict;
}

/*
 * If the first packet passes, connection tracking knows the connection, and what the other side says is an answer. If it
 * is not loose, it takes neither for part of a connection.
 */
static struct ruling judge_untracked(struct judge *judge, bool reply_first)
{
	struct connection turned = *judge->connection;
	const struct connection *kept = judge->connection;
	struct ruling verdict;

	if (reply_first) {
		turned.from = turned.back = kept->to;
		turned.to = turned.server = kept->from;
		judge->connection = &turned;
	}
	verdict = judge_later(judge, judge->loose ? CT_NEW : CT_INVALID, false);
	if (verdict.health != HEALTH_BAD)
		verdict = worse(verdict, judge_later(judge, judge->loose ? CT_ESTABLISHED : CT_INVALID, true));
	judge->connection = kept;
	return verdict;
}

static struct fortune judge_anew(struct judge *judge, const struct connection *connection, bool nat)
{
	struct fortune fortune = { .goes_on = { .health = HEALTH_GOOD } };

	if (!connection->tracked) {
		bool here = ways_find(judge->ways, connection->server.addr).local; /* the client is the other side */

		fortune.goes_on = judge_untracked(judge, !here);
		fortune.reply_first = judge_untracked(judge, here);
	} else if (nat && !judge->has_nat) {
		fortune.goes_on = (struct ruling){ .health = HEALTH_BAD, .cause = CAUSE_NO_NAT };
	} else {
		fortune.goes_on = judge_later(judge, CT_ESTABLISHED, false);
		if (fortune.goes_on.health != HEALTH_BAD)
			fortune.goes_on = worse(fortune.goes_on, judge_later(judge, CT_ESTABLISHED, true));
	}
	fortune.opens = judge_first(judge);
	return fortune;
}

struct fortune judge_connection(struct judge *judge, const struct connection *connection)
{
	bool nat = connection_has_dnat(connection) || connection_has_snat(connection);
	const struct fortune *known;
	struct fortune fortune;
	struct way from, server;
	struct memo_key key;

	judge->connection = connection;
	if (nat)
		return judge_anew(judge, connection, nat);
	from = ways_find(judge->ways, connection->from.addr);
	server = ways_find(judge->ways, connection->server.addr);
	key = memo_key_of(&judge->tracer.program->world->space, connection, &from, &server);
	known = memo_find(&judge->memo, &key);
	if (known != NULL)
		return *known;
	fortune = judge_anew(judge, connection, nat);
	memo_note(&judge->memo, &key, &fortune);
	return fortune;
}

/* --- what a change cannot concern ------------------------------------------------------------------- */

/* The packet's box: one number in each field that is known. */
static struct box box_of(const struct space *space, const struct packet *packet)
{
	static const enum field told[] = { FIELD_SRC, FIELD_DST, FIELD_DPORT, FIELD_SPORT, FIELD_PROTO };
	struct box box = box_all(space);

	for (size_t i = 0; i < ARRAY_LEN(told); i++) {
		uint32_t number = space_number(space, told[i], packet->value[told[i]]);

		box.dim[told[i]] = (struct span){ number, number };
	}
	return box;
}

static bool meets(const struct boxes *boxes, const struct box *box)
{
	for (size_t i = 0; i < boxes->len; i++)
		if (box_overlap(&boxes->item[i], box))
			return true;
	return false;
}

bool judge_concerns(const struct space *space, const struct boxes *boxes, const struct connection *connection)
{
	bool nat = connection_has_dnat(connection) || connection_has_snat(connection);

	for (unsigned reply = 0; reply < 2; reply++) {
		struct packet packet = make_packet(connection, CT_ESTABLISHED, reply != 0);
		struct box box = box_of(space, &packet);

		if (meets(boxes, &box))
			return true;
		if (!nat)
			continue;
		set_end(&packet, connection, reply != 0 ? &connection->from : &connection->server, false);
		box = box_of(space, &packet);
		if (meets(boxes, &box))
			return true;
		set_end(&packet, connection, reply != 0 ? &connection->to : &connection->back, true);
		box = box_of(space, &packet);
		if (meets(boxes, &box))
			return true;
	}
	return false;
}
