/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Objections to a rule's own options, that belong to no extension. */
#include "check/blame.h"
#include "check/kernel_check.h"

#include <string.h>

static void say(const struct kernel_check *check, enum diag_id id, const struct where *at, const char *text)
{
	struct where origin =
		stream_origin_where(check->ruleset->stream, &check->ruleset->stream->lines.item[check->rule->line]);

	diag_add(check->log, id, at, &origin, "%s", text);
}

static bool is_any(const struct network *network)
{
	static const struct in6_addr zero;

	return memcmp(&network->mask, &zero, sizeof(zero)) == 0;
}

static void check_interface(const struct kernel_check *check, const char *name, const char *const options[])
{
	struct where at;

	if (name[0] != '-')
		return;
	at = blame_value(check->ruleset, check->rule, options, name);
	say(check, DIAG_KERNEL_NEEDS, &at,
	    "this is read as an interface whose name begins with `-`: put a space after -i or -o");
}

void kernel_check_rule(const struct kernel_check *check)
{
	static const char *const source[] = { "-s", "--source", "--src", NULL };
	static const char *const destination[] = { "-d", "--destination", "--dst", NULL };
	static const char *const in[] = { "-i", "--in-interface", NULL };
	static const char *const out[] = { "-o", "--out-interface", NULL };
	const struct rule *rule = check->rule;
	bool no_source = (rule->invert & INVERT_SRC) != 0 && is_any(&rule->src);
	bool no_destination = (rule->invert & INVERT_DST) != 0 && is_any(&rule->dst);
	struct where at;

	if (no_source || no_destination) {
		at = blame_value(check->ruleset, rule, no_source ? source : destination, NULL);
		say(check, DIAG_KERNEL_BACKEND, &at,
		    "matches no address at all: nf_tables rejects it, iptables-legacy accepts it; remove it or write "
		    "the intended network");
	}
	if (rule->verdict != NULL && strcmp(rule->verdict, "QUEUE") == 0) {
		at = blame_jump(check->ruleset, rule);
		say(check, DIAG_KERNEL_BACKEND, &at, "nf_tables has no QUEUE target: use -j NFQUEUE --queue-num 0");
	}
	check_interface(check, rule->in, in);
	check_interface(check, rule->out, out);
}
