/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What a host and a router need, and whether their rules let it pass. Each finding has a packet. */
#include "check/check_forward.h"
#include "check/checks.h"
#include "check/questions.h"

#include <string.h>

#define EPHEMERAL_FIRST 32768 /* net.ipv4.ip_local_port_range */
#define EPHEMERAL_LAST  60999
#define FLAG_SYN        0x02
#define FLAG_ACK        0x10

/* Of the names of interfaces, those in front of lo and those behind it: a question has no gaps. */
static void not_lo(struct question *question, enum field field, bool behind)
{
	field_value lo = value_of_name("lo");

	if (behind)
		question_field(question, field, lo + 1, ~(field_value)0);
	else
		question_field(question, field, 1, lo - 1);
}

static struct question tcp_at(const struct meaning *m, enum hook hook, unsigned ct, bool behind)
{
	struct question question = question_at(m, "filter", hook);
	unsigned flags = ct_state_of(ct) == CT_ESTABLISHED ? FLAG_ACK : FLAG_SYN;

	not_lo(&question, hook == HOOK_OUTPUT ? FIELD_OUT : FIELD_IN, behind);
	question_field(&question, FIELD_PROTO, IPPROTO_TCP, IPPROTO_TCP);
	question_field(&question, FIELD_FLAGS, flags, flags);
	question_field(&question, FIELD_CT, ct, ct);
	return question;
}

static enum may either(enum may a, enum may b)
{
	if (a == MAY_SOMETIMES || b == MAY_SOMETIMES)
		return MAY_SOMETIMES;
	return a == MAY_UNKNOWN || b == MAY_UNKNOWN ? MAY_UNKNOWN : MAY_NEVER;
}

/* May a new TCP connection be opened through the hook by anyone but the host itself? */
static enum may may_open(const struct meaning *m, enum hook hook, unsigned port, struct packet *some)
{
	enum may found[2];

	for (unsigned behind = 0; behind < 2; behind++) {
		struct question question = tcp_at(m, hook, ct_value(CT_NEW, false, false, false), behind != 0);

		if (port != 0)
			question_field(&question, FIELD_DPORT, port, port);
		found[behind] = question_accepted(&question, some);
		if (found[behind] == MAY_SOMETIMES)
			break;
	}
	return found[0] == MAY_SOMETIMES ? found[0] : either(found[0], found[1]);
}

static void say(const struct meaning *m, enum diag_id id, const struct program_chain *chain, const char *what,
		const struct packet *packet)
{
	struct strbuf text = STRBUF_INIT;

	packet_text(&text, packet);
	meaning_chain(m, id, chain, "%s: for example %s", what, strbuf_text(&text));
	strbuf_free(&text);
}

/* Whatever belongs to a connection is dropped at the hook, in both directions; `port`: of those that it goes to. */
static bool none_goes_on(const struct meaning *m, enum hook hook, struct range port, struct packet *dropped)
{
	for (unsigned n = 0; n < 4; n++) {
		struct question question = tcp_at(m, hook, ct_value(CT_ESTABLISHED, n / 2 != 0, false, false), n % 2 != 0);

		question_field(&question, FIELD_DPORT, port.lo, port.hi);
		if (question_accepted(&question, NULL) != MAY_NEVER || question_dropped(&question, dropped) != MAY_SOMETIMES)
			return false;
	}
	return true;
}

/* Connections that are opened at one hook, and what answers them at another. */
static void check_replies(const struct meaning *m)
{
	static const struct {
		enum hook opened, answered;
		struct range port;
		const char *what;
	} ways[] = {
		/* this host's own are from the local range of ports */
		{ HOOK_OUTPUT, HOOK_INPUT, { EPHEMERAL_FIRST, EPHEMERAL_LAST }, "replies to this host's own "
			"connections are dropped" },
		{ HOOK_INPUT, HOOK_OUTPUT, { 1024, UINT16_MAX }, "connections are accepted, but this host's replies "
								 "are dropped" },
		{ HOOK_FORWARD, HOOK_FORWARD, { 0, UINT16_MAX }, "connections are forwarded, but their replies are "
								 "dropped" },
	};

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct packet dropped = { .family = FAMILY_NONE };

		if (may_open(m, ways[i].opened, 0, NULL) == MAY_SOMETIMES &&
		    none_goes_on(m, ways[i].answered, ways[i].port, &dropped))
			say(m, DIAG_NO_ESTABLISHED, program_hook(m->program, "filter", ways[i].answered), ways[i].what, &dropped);
	}
}

/* By a rule of raw, or of nat, before INPUT is asked. */
static bool may_come_otherwise(const struct meaning *m, unsigned port)
{
	const unsigned states[] = { ct_value(CT_UNTRACKED, false, false, false), ct_value(CT_NEW, false, false, true) };

	for (unsigned n = 0; n < 4; n++) {
		struct question question = tcp_at(m, HOOK_INPUT, states[n / 2], n % 2 != 0);

		question_field(&question, FIELD_DPORT, port, port);
		if (question_accepted(&question, NULL) != MAY_NEVER)
			return true;
	}
	return false;
}

/* A host that accepts no other port either is closed on purpose: it is administered at its console. */
static void check_lockout(const struct meaning *m)
{
	const struct program_chain *input = program_hook(m->program, "filter", HOOK_INPUT);
	struct question question;
	struct packet dropped = { .family = FAMILY_NONE }, other;
	struct strbuf what = STRBUF_INIT;

	if (input == NULL || m->admin == 0 || may_open(m, HOOK_INPUT, m->admin, NULL) != MAY_NEVER ||
	    may_come_otherwise(m, m->admin))
		return;
	question = tcp_at(m, HOOK_INPUT, ct_value(CT_NEW, false, false, false), false);
	question_field(&question, FIELD_DPORT, m->admin, m->admin);
	if (question_dropped(&question, &dropped) != MAY_SOMETIMES || may_open(m, HOOK_INPUT, 0, &other) != MAY_SOMETIMES)
		return;
	strbuf_printf(&what, "nobody can connect to tcp port %u", m->admin);
	say(m, DIAG_LOCKOUT_ADMIN, input, strbuf_text(&what), &dropped);
	strbuf_free(&what);
}

/*
 * IPv6 does not work without these. Connection tracking leaves neighbour discovery alone (noct_valid_new of
 * nf_conntrack_proto_icmpv6.c), so that a rule for ESTABLISHED does not let it in; an error belongs to a connection.
 */
static void check_neighbours(const struct meaning *m)
{
	static const struct {
		unsigned type;
		enum ct_state state;
		const char *what;
	} needed[] = {
		{ 135, CT_UNTRACKED, "neighbour solicitations are dropped: nobody can find this host" },
		{ 136, CT_UNTRACKED, "neighbour advertisements are dropped: this host can find nobody" },
		{ 2, CT_RELATED, "packet-too-big is dropped: large packets are lost" },
	};

	for (size_t i = 0; i < ARRAY_LEN(needed) && m->ruleset->family == FAMILY_IPV6; i++) {
		struct question question = question_at(m, "filter", HOOK_INPUT);
		struct packet dropped = { .family = FAMILY_NONE };

		question_field(&question, FIELD_PROTO, IPPROTO_ICMPV6, IPPROTO_ICMPV6);
		question_field(&question, FIELD_ICMP, needed[i].type << 8, needed[i].type << 8);
		question_state(&question, needed[i].state);
		not_lo(&question, FIELD_IN, false);
		if (question_accepted(&question, NULL) == MAY_NEVER && question_dropped(&question, &dropped) == MAY_SOMETIMES)
			say(m, DIAG_ICMPV6_ND_BLOCKED, question.chain, needed[i].what, &dropped);
	}
}

/* A text of IPv4 alone that closes the host says nothing of the other family. */
static void check_other_family(const struct meaning *m)
{
	const struct program_chain *input = program_hook(m->program, "filter", HOOK_INPUT);

	if (input != NULL && chain_policy_drops(input) && m->ruleset->stream->families == FAMILY_IPV4)
		meaning_chain(m, DIAG_IPV6_ABSENT, input,
			      "rules for IPv4 only: IPv6 stays open unless something else closes it");
}

/* The host's own packets to itself, at ports that no rule names: all are dropped, tcp and udp. */
static void check_lo(const struct meaning *m)
{
	static const unsigned protos[] = { IPPROTO_TCP, IPPROTO_UDP };
	struct range ports = question_unnamed(m, FIELD_DPORT, 1, UINT16_MAX);
	field_value self = loopback_of(m->ruleset->family);
	struct packet dropped = { .family = FAMILY_NONE };

	for (size_t i = 0; i < ARRAY_LEN(protos); i++) {
		struct question question = question_at(m, "filter", HOOK_INPUT);

		question_field(&question, FIELD_IN, value_of_name("lo"), value_of_name("lo"));
		question_field(&question, FIELD_SRC, self, self);
		question_field(&question, FIELD_DST, self, self);
		question_field(&question, FIELD_PROTO, protos[i], protos[i]);
		question_field(&question, FIELD_DPORT, ports.lo, ports.hi);
		question_state(&question, CT_NEW);
		if (question_accepted(&question, NULL) != MAY_NEVER || question_dropped(&question, &dropped) != MAY_SOMETIMES)
			return;
	}
	say(m, DIAG_LO_MISSING, program_hook(m->program, "filter", HOOK_INPUT), "packets from this host to itself "
		"are dropped",
	    &dropped);
}

/* `-s NET -j ACCEPT` and nothing more in FORWARD: the source is the sender's own word. */
static void check_open_forward(const struct meaning *m)
{
	const struct program_chain *forward = program_hook(m->program, "filter", HOOK_FORWARD);

	if (forward == NULL || forward_is_open(m))
		return; /* by its policy: -i at the rule would change nothing */
	for (unsigned i = 0; i < forward->count; i++) {
		const struct program_rule *rule = &forward->rules[i];

		if (rule->effect == EFFECT_ACCEPT && rule->cond_count == 1 && rule->conds[0].field == FIELD_SRC &&
		    (rule->rule->invert & INVERT_SRC) == 0 && m->reach->rules[rule->serial].fate == FATE_ALIVE)
			meaning_rule(m, DIAG_OPEN_FORWARD, rule->rule,
				     "anyone can forge this source address: add the input interface with -i");
	}
}

void check_policy(const struct meaning *m)
{
	check_replies(m);
	check_lockout(m);
	check_lo(m);
	check_neighbours(m);
	check_other_family(m);
	check_open_forward(m);
}
