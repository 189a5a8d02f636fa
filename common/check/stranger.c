/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/stranger.h"
#include "model/ext.h"

#include <linux/netfilter/xt_recent.h>
#include <string.h>

struct range stranger_range(const struct meaning *m, enum field field)
{
	if (m->ruleset->family == FAMILY_IPV6)
		return question_unnamed(m, field, (field_value)0x2000 << 112, ((field_value)0x4000 << 112) - 1);
	return question_unnamed(m, field, (field_value)1 << 24, ((field_value)224 << 24) - 1);
}

/*
 * A documentation address that no rule names, if its range is at least a quarter of the longest; else one of the
 * longest range.
 */
static field_value unnamed_address(const struct meaning *m, enum field field)
{
	static const unsigned usual4[] = { 0xcb007107, 0xc6336407, 0xc0000207, 0xcb007107 }; /* 203.0.113.7, 198.51.100.7, 192.0.2.7 */
	const struct space *space = &m->program->world->space;
	const struct space_field *at = &space->field[field];
	struct range longest = stranger_range(m, field);

	for (size_t i = field == FIELD_DST; i < ARRAY_LEN(usual4) && space->family == FAMILY_IPV4; i++) {
		uint32_t n = space_number(space, field, usual4[i]);
		field_value end = n + 1 < at->count ? at->starts.item[n + 1] : (field_value)224 << 24;

		if (end - at->starts.item[n] >= (longest.hi - longest.lo) / 4)
			return usual4[i];
	}
	return space->family == FAMILY_IPV4 ? longest.lo + 1 : space_sample(space, field, space_number(space, field, longest.lo));
}

struct packet stranger_packet(const struct meaning *m, unsigned proto, field_value port)
{
	struct packet packet = { .family = m->ruleset->family };

	for (unsigned f = 0; f < FIELD_COUNT; f++)
		packet_set(&packet, (enum field)f, 0);
	packet_set(&packet, FIELD_SRC, unnamed_address(m, FIELD_SRC));
	packet_set(&packet, FIELD_DST, unnamed_address(m, FIELD_DST));
	packet_set(&packet, FIELD_IN, value_of_name("any0"));
	packet_set(&packet, FIELD_PROTO, proto);
	packet_set(&packet, FIELD_SPORT, 40000);
	packet_set(&packet, FIELD_DPORT, port);
	packet_set(&packet, FIELD_FLAGS, 0x02);
	packet_set(&packet, FIELD_CT, ct_value(CT_NEW, false, false, false));
	packet_set(&packet, FIELD_TTL, 60);
	packet_set(&packet, FIELD_LENGTH, 60);
	return packet;
}

static bool recent_is_inverted(const struct extension *match)
{
	const struct xt_recent_mtinfo *info = (const void *)match->data;

	return info->invert != 0;
}

/* Does the match ask for what few packets have: an address on a list, a rate above a limit? */
static bool is_exception(const struct cond *cond)
{
	static const char *const names[] = { "limit", "hashlimit", "connlimit", "rpfilter" };
	const char *name = cond != NULL && cond->match != NULL && !cond->negative ? cond->match->kind->real_name : "";

	if (strcmp(name, "set") == 0)
		return ext_set_lists_source(cond->match);
	if (strcmp(name, "recent") == 0)
		return !recent_is_inverted(cond->match);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void watch(void *ctx, const struct trace_step *step)
{
	bool *doubtful = ctx;

	if (step->kind != STEP_UNKNOWN || strcmp(step->chain->table->table->name, "nat") == 0)
		return;
	if (step->rule->effect != EFFECT_NONE && step->rule->effect != EFFECT_ACCEPT && !is_exception(step->cond))
		*doubtful = true;
}

bool stranger_passes(const struct meaning *m, const struct packet *packet, struct trace_result *result)
{
	struct tracer tracer = { .program = m->program };
	struct packet sent = *packet;
	bool doubtful = false;

	*result = trace_packet(&tracer, &sent);
	if (result->outcome != OUTCOME_ACCEPT || result->chain == NULL || strcmp(result->chain->table->table->name, "filter") != 0)
		return false;
	if (result->unless == NULL)
		return true;
	tracer.step = watch;
	tracer.ctx = &doubtful;
	sent = *packet;
	(void)trace_packet(&tracer, &sent);
	return !doubtful;
}

unsigned stranger_tries(const struct meaning *m)
{
	return 20000000 / (m->program->rule_count + 1000);
}

unsigned stranger_interfaces(const struct meaning *m, enum field field, field_value names[], unsigned max, unsigned *named)
{
	const struct space *space = &m->program->world->space;
	const struct space_field *at = &space->field[field];
	unsigned count = 0;

	for (unsigned exact = 2; exact-- > 0;) {
		for (uint32_t n = 0; n < at->count && count < max; n++) {
			bool one = n + 1 < at->count && at->starts.item[n + 1] - at->starts.item[n] == 1;
			field_value name = space_sample(space, field, n);

			if (one == (exact == 1) && name != 0 && name != value_of_name("lo"))
				names[count++] = name;
		}
		if (exact == 1 && named != NULL)
			*named = count;
	}
	return count;
}
