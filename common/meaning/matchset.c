/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/matchset.h"
#include "base/hash.h"
#include "meaning/match_readers.h"

#include <string.h>

/* What a field's value hangs on, besides the packet as it came. */
static unsigned field_depends(enum field field)
{
	switch (field) {
	case FIELD_MARK:
		return CHANGES_MARK;
	case FIELD_CTMARK:
		return CHANGES_CTMARK;
	case FIELD_CT:
		return CHANGES_TRACKING;
	case FIELD_SRC: case FIELD_DST:
		return CHANGES_ADDRESS;
	case FIELD_LENGTH: case FIELD_TTL: case FIELD_TOS:
		return CHANGES_HEADER;
	default:
		return 0;
	}
}

void matchset_push(struct matchset *set, const struct cond *cond)
{
	struct cond copy = *cond;

	if (copy.kind != COND_UNKNOWN)
		copy.depends |= field_depends(copy.field);
	if (!vec_push(&set->conds, copy))
		set->no_memory = true;
}

/* --- ranges ------------------------------------------------------------------------------------ */

static int compare_ranges(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

static bool sorted(const struct range *ranges, unsigned count)
{
	for (unsigned i = 1; i < count; i++)
		if (ranges[i].lo < ranges[i - 1].lo)
			return false;
	return true;
}

/* Sorts and joins neighbours in place. Returns how many are left. */
static unsigned normalize(struct range *ranges, unsigned count)
{
	unsigned kept = 0;

	if (!sorted(ranges, count))
		qsort(ranges, count, sizeof(*ranges), compare_ranges);
	for (unsigned i = 0; i < count; i++) {
		if (ranges[i].lo > ranges[i].hi)
			continue;
		if (kept > 0 && (ranges[i].lo <= ranges[kept - 1].hi || ranges[i].lo - 1 == ranges[kept - 1].hi)) {
			if (ranges[i].hi > ranges[kept - 1].hi)
				ranges[kept - 1].hi = ranges[i].hi;
		} else {
			ranges[kept++] = ranges[i];
		}
	}
	return kept;
}

/* `out` has room for count + 1. */
static unsigned complement(const struct range *ranges, unsigned count, field_value max, struct range *out)
{
	field_value next = 0;
	unsigned made = 0;

	for (unsigned i = 0; i < count; i++) {
		if (ranges[i].lo > next)
			out[made++] = (struct range){ next, ranges[i].lo - 1 };
		if (ranges[i].hi >= max)
			return made;
		next = ranges[i].hi + 1;
	}
	out[made++] = (struct range){ next, max };
	return made;
}

/* Neither field is within: two conditions. */
static void push_neither(struct matchset *set, const struct cond *cond)
{
	struct cond one = *cond;

	one.other = FIELD_COUNT;
	matchset_push(set, &one);
	one.field = cond->other;
	matchset_push(set, &one);
}

void matchset_ranges(struct matchset *set, enum field field, enum field other, struct range *ranges, unsigned count,
		     bool invert, const struct extension *match)
{
	field_value max = field_max(field, set->family);
	struct cond cond = { .kind = COND_RANGES, .field = field, .other = other, .match = match };
	struct range *out;

	count = normalize(ranges, count);
	if (invert ? count == 0 : count == 1 && ranges[0].lo == 0 && ranges[0].hi >= max)
		return; /* anything */
	out = arena_alloc(set->arena, (count + 1) * sizeof(*out));
	if (out == NULL) {
		set->no_memory = true;
		return;
	}
	cond.ranges = out;
	cond.range_count = invert ? complement(ranges, count, max, out) : count;
	if (!invert && count > 0)
		memcpy(out, ranges, count * sizeof(*out));
	if (invert && other != FIELD_COUNT)
		push_neither(set, &cond);
	else
		matchset_push(set, &cond);
}

void matchset_range(struct matchset *set, enum field field, field_value lo, field_value hi, bool invert,
		    const struct extension *match)
{
	struct range range = { lo, hi };

	matchset_ranges(set, field, FIELD_COUNT, &range, 1, invert, match);
}

void matchset_small(struct matchset *set, enum field field, bool (*holds)(const void *ctx, unsigned value),
		    const void *ctx, const struct extension *match)
{
	unsigned max = (unsigned)field_max(field, set->family), count = 0;
	struct range ranges[128]; /* no more have a gap between them */

	for (unsigned value = 0; value <= max; value++) {
		if (!holds(ctx, value))
			continue;
		if (count > 0 && ranges[count - 1].hi + 1 == value)
			ranges[count - 1].hi = value;
		else
			ranges[count++] = (struct range){ value, value };
	}
	matchset_ranges(set, field, FIELD_COUNT, ranges, count, false, match);
}

/* --- booleans ----------------------------------------------------------------------------------- */

static unsigned hash_variable(const struct variable *var)
{
	unsigned hash = HASH32_START;

	if (var->match != NULL)
		return hash32_add(hash32_add(hash, &var->match->kind, sizeof(var->match->kind)), var->match->data,
				  var->match->size);
	hash = hash32_add(hash, &var->mask.field, sizeof(var->mask.field));
	hash = hash32_add(hash, &var->mask.mask, sizeof(var->mask.mask));
	return hash32_add(hash, &var->mask.value, sizeof(var->mask.value));
}

static bool same_variable(const struct variable *a, const struct variable *b)
{
	if (a->match == NULL || b->match == NULL)
		return a->match == b->match && a->mask.field == b->mask.field && a->mask.mask == b->mask.mask &&
		       a->mask.value == b->mask.value;
	return a->match->kind == b->match->kind && a->match->size == b->match->size &&
	       memcmp(a->match->data, b->match->data, a->match->size) == 0;
}

static bool rehash(struct matchset *set, size_t size)
{
	if (!vec_reserve(&set->buckets, size))
		return false;
	set->buckets.len = size;
	memset(set->buckets.item, 0, size * sizeof(*set->buckets.item));
	for (size_t i = 0; i < set->vars.len; i++) {
		size_t at = hash_variable(&set->vars.item[i]) & (size - 1);

		while (set->buckets.item[at] != 0)
			at = (at + 1) & (size - 1);
		set->buckets.item[at] = (unsigned)i + 1;
	}
	return true;
}

/* Its index + 1; a new one where nobody had it. 0 when memory ran out. */
static unsigned intern(struct matchset *set, const struct variable *var)
{
	size_t at;

	if (set->buckets.len < 2 * (set->vars.len + 1) &&
	    !rehash(set, set->buckets.len == 0 ? 64 : set->buckets.len * 2)) {
		set->no_memory = true;
		return 0;
	}
	at = hash_variable(var) & (set->buckets.len - 1);
	while (set->buckets.item[at] != 0) {
		if (same_variable(&set->vars.item[set->buckets.item[at] - 1], var))
			return set->buckets.item[at];
		at = (at + 1) & (set->buckets.len - 1);
	}
	if (!vec_push(&set->vars, *var)) {
		set->no_memory = true;
		return 0;
	}
	set->buckets.item[at] = (unsigned)set->vars.len;
	return (unsigned)set->vars.len;
}

void matchset_unknown(struct matchset *set, const struct extension *match, enum match_class class, unsigned depends,
		      bool (*negated)(unsigned char *data))
{
	struct cond cond = { .kind = COND_UNKNOWN, .field = FIELD_COUNT, .other = FIELD_COUNT, .match = match };
	struct variable var = { .match = match };

	cond.depends = depends;
	if (class == CLASS_PURE) {
		struct extension *copy = arena_alloc(set->arena, sizeof(*copy) + match->size);

		if (copy == NULL) {
			set->no_memory = true;
			return;
		}
		memcpy(copy, match, sizeof(*copy) + match->size);
		cond.negative = negated != NULL && negated(copy->data);
		var.match = copy;
		cond.var = intern(set, &var);
	}
	matchset_push(set, &cond);
}

void matchset_masked(struct matchset *set, enum field field, field_value mask, field_value value, bool invert,
		     const struct extension *match)
{
	field_value max = field_max(field, set->family);
	field_value low = ~mask & max;
	struct cond cond = { .kind = COND_MASKED, .field = field, .other = FIELD_COUNT, .negative = invert,
			     .mask = mask & max, .value = value, .match = match };
	struct variable var = { .match = NULL };

	if ((value & mask) != value) { /* no packet can have it */
		if (!invert)
			matchset_ranges(set, field, FIELD_COUNT, NULL, 0, false, match);
	} else if ((low & (low + 1)) == 0) {
		matchset_range(set, field, value, value | low, invert, match);
	} else {
		var.mask = cond;
		cond.var = intern(set, &var);
		matchset_push(set, &cond);
	}
}

/* --- a rule ---------------------------------------------------------------------------------------- */

static void read_network(struct matchset *set, enum field field, const struct network *network, bool invert)
{
	field_value mask = value_of_addr(&network->mask, set->family);
	field_value value = value_of_addr(&network->addr, set->family);

	if (mask == 0 && !invert)
		return;
	matchset_masked(set, field, mask, value & mask, invert, NULL);
}

static void read_interface(struct matchset *set, enum field field, const char *name, bool invert)
{
	size_t len = strlen(name);
	char prefix[IFNAMSIZ] = "";
	field_value lo, low;

	if (len == 0)
		return;
	if (name[len - 1] != '+') {
		lo = value_of_name(name);
		matchset_range(set, field, lo, lo, invert, NULL);
		return;
	}
	memcpy(prefix, name, len - 1);
	lo = value_of_name(prefix);
	low = len == 1 ? ~(field_value)0 : ((field_value)1 << 8 * (IFNAMSIZ - (len - 1))) - 1;
	matchset_range(set, field, lo, lo | low, invert, NULL);
}

/* The row of the match; NULL: it has none, or the row is about other revisions. */
static const struct match_kind *kind_of(const struct extension *match)
{
	const struct match_kind *kind = match_kind_find(match->kind->real_name);

	return kind != NULL && (kind->revisions == 0 || (kind->revisions & 1U << match->kind->revision) != 0) ? kind : NULL;
}

bool match_is_counted(const struct extension *match)
{
	const struct match_kind *kind = kind_of(match);

	return kind != NULL && kind->counted;
}

bool match_limits(const struct extension *match)
{
	return match_is_counted(match) && match_certainty_of(match) == CERTAIN_OPEN;
}

static void read_match(struct matchset *set, const struct extension *match)
{
	const struct match_kind *kind = kind_of(match);
	const struct match_reader *reader = kind != NULL ? match_reader_find(kind->name) : NULL;
	enum match_class class = kind != NULL ? kind->class : CLASS_FRESH;

	if (class == CLASS_NEUTRAL || (kind != NULL && match_certainty_of(match) == CERTAIN_ALWAYS))
		return;
	if (kind != NULL && match_certainty_of(match) == CERTAIN_NEVER) {
		matchset_ranges(set, FIELD_PROTO, FIELD_COUNT, NULL, 0, false, match);
		return;
	}
	if (class == CLASS_EXACT && reader == NULL)
		class = CLASS_FRESH;
	if (class == CLASS_EXACT && reader->read(set, match))
		return;
	matchset_unknown(set, match, class == CLASS_FRESH ? CLASS_FRESH : CLASS_PURE, kind != NULL ? kind->depends : 0,
			 reader != NULL ? reader->negated : NULL);
}

bool matchset_read(struct matchset *set, const struct rule *rule)
{
	set->conds.len = 0;
	read_network(set, FIELD_SRC, &rule->src, (rule->invert & INVERT_SRC) != 0);
	read_network(set, FIELD_DST, &rule->dst, (rule->invert & INVERT_DST) != 0);
	read_interface(set, FIELD_IN, rule->in, (rule->invert & INVERT_IN) != 0);
	read_interface(set, FIELD_OUT, rule->out, (rule->invert & INVERT_OUT) != 0);
	if (rule->proto != 0)
		matchset_range(set, FIELD_PROTO, rule->proto, rule->proto, (rule->invert & INVERT_PROTO) != 0, NULL);
	if (rule->fragment)
		matchset_range(set, FIELD_FRAGMENT, 1, 1, (rule->invert & INVERT_FRAGMENT) != 0, NULL);
	for (const struct extension *match = rule->matches; match != NULL; match = match->next)
		read_match(set, match);
	return !set->no_memory;
}

void matchset_free(struct matchset *set)
{
	vec_free(&set->vars);
	vec_free(&set->buckets);
	vec_free(&set->conds);
}

static bool within(const struct cond *cond, field_value value)
{
	unsigned lo = 0, hi = cond->range_count;

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;

		if (value > cond->ranges[mid].hi)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < cond->range_count && value >= cond->ranges[lo].lo;
}

bool cond_holds(const struct cond *cond, const field_value values[static FIELD_COUNT])
{
	switch (cond->kind) {
	case COND_RANGES:
		return within(cond, values[cond->field]) ||
		       (cond->other != FIELD_COUNT && within(cond, values[cond->other]));
	case COND_MASKED:
		return ((values[cond->field] & cond->mask) == cond->value) != cond->negative;
	default:
		return false;
	}
}
