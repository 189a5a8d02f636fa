/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "meaning/effect.h"

#include <string.h>

struct target_kind {
	const char *name; /* what the kernel calls it */
	enum effect effect;
	unsigned changes;
	bool tracks;
};

/* Every target that libxtables 1.8.9 knows (net/netfilter/xt_*.c and ip{,6}t_*.c). One that is missing is MAYBE. */
static const struct target_kind target_kinds[] = {
	{ "AUDIT", EFFECT_NONE, 0, false },
	{ "CHECKSUM", EFFECT_NONE, 0, false },
	{ "CLASSIFY", EFFECT_NONE, 0, false },
	{ "CONNMARK", EFFECT_NONE, CHANGES_MARK | CHANGES_CTMARK, true },
	{ "CONNSECMARK", EFFECT_NONE, 0, true },
	{ "CT", EFFECT_NONE, CHANGES_TRACKING, true },
	{ "DNAT", EFFECT_NAT, 0, true },
	{ "DNPT", EFFECT_NONE, CHANGES_HEADER | CHANGES_ADDRESS, false },
	{ "DSCP", EFFECT_NONE, CHANGES_HEADER, false },
	{ "ECN", EFFECT_NONE, CHANGES_HEADER, false },
	{ "HL", EFFECT_NONE, CHANGES_HEADER, false },
	{ "HMARK", EFFECT_NONE, CHANGES_MARK, false },
	{ "IDLETIMER", EFFECT_NONE, 0, false },
	{ "LED", EFFECT_NONE, 0, false },
	{ "LOG", EFFECT_NONE, 0, false },
	{ "MARK", EFFECT_NONE, CHANGES_MARK, false },
	{ "MASQUERADE", EFFECT_NAT, 0, true },
	{ "NETMAP", EFFECT_NAT, 0, true },
	{ "NFLOG", EFFECT_NONE, 0, false },
	{ "NFQUEUE", EFFECT_QUEUE, 0, false },
	{ "NOTRACK", EFFECT_NONE, CHANGES_TRACKING, true },
	{ "RATEEST", EFFECT_NONE, 0, false },
	{ "REDIRECT", EFFECT_NAT, 0, true },
	{ "REJECT", EFFECT_DROP, 0, false },
	{ "SECMARK", EFFECT_NONE, 0, false },
	{ "SET", EFFECT_NONE, CHANGES_SETS | CHANGES_MARK, false }, /* --map-set --map-mark */
	{ "SNAT", EFFECT_NAT, 0, true },
	{ "SNPT", EFFECT_NONE, CHANGES_HEADER | CHANGES_ADDRESS, false },
	{ "TCPMSS", EFFECT_NONE, CHANGES_HEADER, false },
	{ "TCPOPTSTRIP", EFFECT_NONE, CHANGES_HEADER, false },
	{ "TEE", EFFECT_NONE, 0, false },
	{ "TOS", EFFECT_NONE, CHANGES_HEADER, false },
	{ "TPROXY", EFFECT_QUEUE, CHANGES_MARK, false },
	{ "TRACE", EFFECT_NONE, 0, false },
	{ "TTL", EFFECT_NONE, CHANGES_HEADER, false },
};

static const struct target_kind *kind_of(const struct rule *rule)
{
	static const struct target_kind unknown = { "", EFFECT_MAYBE, CHANGES_ALL, true };

	for (size_t i = 0; i < ARRAY_LEN(target_kinds); i++)
		if (strcmp(target_kinds[i].name, rule->target->kind->real_name) == 0)
			return &target_kinds[i];
	return &unknown;
}

enum effect effect_of(const struct rule *rule)
{
	if (rule->jump != NULL)
		return rule->is_goto ? EFFECT_GOTO : EFFECT_JUMP;
	if (rule->target != NULL)
		return kind_of(rule)->effect;
	if (rule->verdict == NULL)
		return EFFECT_NONE;
	if (strcmp(rule->verdict, "ACCEPT") == 0)
		return EFFECT_ACCEPT;
	if (strcmp(rule->verdict, "DROP") == 0)
		return EFFECT_DROP;
	return strcmp(rule->verdict, "RETURN") == 0 ? EFFECT_RETURN : EFFECT_QUEUE;
}

unsigned effect_changes(const struct rule *rule)
{
	unsigned changes = rule->target != NULL ? kind_of(rule)->changes : 0;

	for (const struct extension *match = rule->matches; match != NULL; match = match->next)
		if (strcmp(match->kind->real_name, "socket") == 0) /* --restore-skmark */
			changes |= CHANGES_MARK;
	return changes;
}

bool effect_tracks(const struct rule *rule)
{
	static const char *const trackers[] = { "conntrack", "state", "connmark", "connlimit", "connbytes", "connlabel", "helper" };

	for (const struct extension *match = rule->matches; match != NULL; match = match->next)
		for (size_t i = 0; i < ARRAY_LEN(trackers); i++)
			if (strcmp(match->kind->real_name, trackers[i]) == 0)
				return true;
	return rule->target != NULL && kind_of(rule)->tracks;
}
