/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The exceptions of a statement. A single one becomes a negated match. Others become rules with RETURN in a chain of the
 * statement; ACCEPT would also end the built-in chain, and skip the statements after this one.
 */
#include "profile/build.h"

#include <string.h>

/* What the hook of these rules knows about a packet. */
static bool knows_iface(const struct site *site, bool source)
{
	if (strcmp(site->chain, "FORWARD") == 0)
		return true;
	return source == (strcmp(site->chain, "PREROUTING") == 0 || strcmp(site->chain, "INPUT") == 0);
}

/* Whether no packet of the hook came in by an interface, or none leaves by one. */
static bool has_no_iface(const struct site *site, bool source)
{
	return strcmp(site->chain, source ? "OUTPUT" : "INPUT") == 0;
}

/* Leaves out of the places what the hook does not know. Returns false after an error. */
static bool skip_narrow(struct site_build *build, struct site_skip *skip, const struct end *end)
{
	size_t kept = 0;

	for (size_t i = 0; i < skip->end.list.len; i++) {
		struct selector sel = skip->end.list.item[i];
		bool addressed = sel.has_range || sel.set != NULL, told = knows_iface(&build->site, skip->source);

		if (sel.over != OVER_ANY && !told) {
			profile_error(build->profile, &end->over_at, "\"over ipsec\" is not known here: name addresses");
			return false;
		}
		if (!addressed && !told && has_no_iface(&build->site, skip->source))
			continue;
		if (!addressed && !told) {
			profile_error(build->profile, &end->where,
				      sel.mac != NULL ? "packets have no MAC address of their source here: name addresses"
						      : "the interface is not known here: give the zone its networks with \"at\"");
			return false;
		}
		if (!told)
			sel.iface = NULL;
		skip->end.list.item[kept++] = sel;
	}
	skip->end.list.len = kept;
	return true;
}

static bool skip_resolve(struct site_build *build, const struct except *except, struct site_skip *skip)
{
	struct profile *profile = build->profile;

	skip->source = except->source != (build->except == EXCEPT_SWAPPED);
	if (!resolve_end(profile, &except->end, FAMILY_BOTH, false, &skip->end) || !selectors_flatten(profile, &skip->end))
		return false;
	skip->self = skip->end.self && skip->end.list.len == 0;
	if (skip->end.except) {
		profile_error(profile, &except->end.where, "a list with \"not\" cannot be an exception: name the places themselves");
		return false;
	}
	if (skip->end.any && except->end.on.text == NULL && except->end.over == OVER_ANY) {
		profile_error(profile, &except->end.where, "\"except\" with \"any\" would leave nothing of this line");
		return false;
	}
	return skip_narrow(build, skip, &except->end);
}

/* The exception of this family, which must be alone: an address or a set. */
static const struct selector *skip_of(const struct selectors *end, enum family family)
{
	for (size_t i = 0; i < end->list.len; i++)
		if ((end->list.item[i].family & family) != 0)
			return &end->list.item[i];
	return NULL;
}

/* Whether the exception can be a negated match of the rule itself. */
static bool skip_fits(const struct site_skip *skip, const struct selectors *side)
{
	bool fits = !skip->self && !side->except && side->tree == NULL;

	for (size_t i = 0; i < skip->end.list.len; i++) {
		const struct selector *sel = &skip->end.list.item[i];

		fits = fits && sel->iface == NULL && sel->mac == NULL && sel->over == OVER_ANY && !sel->range_not && !sel->set_not &&
		       (sel->family == FAMILY_IPV4 || sel->family == FAMILY_IPV6);
	}
	for (size_t i = 0; i < side->list.len; i++)
		fits = fits && !side->list.item[i].has_range && side->list.item[i].set == NULL;
	return fits && selectors_count(&skip->end, FAMILY_IPV4) <= 1 && selectors_count(&skip->end, FAMILY_IPV6) <= 1;
}

static bool skip_inline(struct profile *profile, const struct site_skip *skip, struct selectors *side)
{
	static const enum family families[] = { FAMILY_IPV4, FAMILY_IPV6 };
	struct selectors out = *side;

	out.list.item = NULL;
	out.list.len = out.list.cap = 0;
	for (size_t i = 0; i < side->list.len; i++)
		for (size_t f = 0; f < ARRAY_LEN(families); f++) {
			struct selector sel = side->list.item[i];
			const struct selector *not = skip_of(&skip->end, families[f]);

			sel.family &= families[f];
			if (not != NULL) {
				sel.has_range = sel.range_not = not->has_range;
				sel.range = not->range;
				sel.prefix = not->prefix;
				sel.set = not->set;
				sel.set_not = not->set != NULL;
			}
			if (sel.family != FAMILY_NONE && !vec_push(&out.list, sel)) {
				vec_free(&out.list);
				return profile_memory(profile);
			}
		}
	selectors_free(side);
	*side = out;
	return true;
}

/* Resolves the exceptions of the statement for these rules. */
static bool site_except(struct site_build *build)
{
	for (const struct except *except = build->site.st->excepts; except != NULL; except = except->next) {
		struct site_skip skip = { .source = false };
		struct selectors *side;

		if (!skip_resolve(build, except, &skip)) {
			selectors_free(&skip.end);
			return false;
		}
		side = skip.source ? &build->from : &build->to;
		if (skip.end.list.len > 0 && build->site.st->excepts->next == NULL && skip_fits(&skip, side)) {
			bool good = skip_inline(build->profile, &skip, side);

			selectors_free(&skip.end);
			return good;
		}
		if ((skip.self || skip.end.list.len > 0) && vec_push(&build->skips.list, skip))
			continue;
		selectors_free(&skip.end);
		if (skip.self || skip.end.list.len > 0)
			return profile_memory(build->profile);
	}
	build->site.skips = &build->skips;
	return true;
}

bool site_build_emit(struct site_build *build)
{
	struct selector any = { .family = FAMILY_BOTH };

	if (build->from.list.len == 0 && build->from.tree == NULL && build->from.any && !vec_push(&build->from.list, any))
		return profile_memory(build->profile);
	if (build->to.list.len == 0 && build->to.tree == NULL && build->to.any && !vec_push(&build->to.list, any))
		return profile_memory(build->profile);
	if (build->except != EXCEPT_NONE && !site_except(build))
		return false;
	return site_emit(build->profile, &build->site, &build->groups, &build->from, &build->to, &build->steps);
}
