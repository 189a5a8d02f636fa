/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "meaning/program.h"
#include "base/hash.h"
#include "meaning/effect.h"
#include "meaning/index.h"

#include <string.h>

/* A rule of more boxes than this is taken as one that may match anywhere within a larger box. */
#define BOXES_MAX 512
#define SPANS_MAX 160
/* So many slots are tried: a text may repeat one line without end. */
#define TRIES_MAX 64

/* --- rules of another program by their text --------------------------------------------------------- */

/* Most lines of two rulesets that are compared are the same: the second program takes what these mean from the first. */
struct twins {
	const struct program *program; /* borrowed */
	const struct program_rule **slot; /* owned: open hash */
	size_t mask; /* the number of slots - 1 */
};

static const struct line *line_of(const struct ruleset *ruleset, const struct rule *rule)
{
	return &ruleset->stream->lines.item[rule->line];
}

static size_t slot_of(const struct twins *twins, const struct line *line)
{
	uint64_t hash = hash64_add(HASH64_START, line->text, line->len);

	return (hash ^ hash >> 32) & twins->mask;
}

/* False when memory ran out. twins_end must follow in any case. */
static bool twins_begin(struct twins *twins, const struct program *program)
{
	size_t count = 16;

	while (count < (size_t)program->rule_count * 2)
		count *= 2;
	*twins = (struct twins){ .program = program, .slot = calloc(count, sizeof(*twins->slot)), .mask = count - 1 };
	for (unsigned t = 0; t < program->table_count && twins->slot != NULL; t++) {
		for (unsigned c = 0; c < program->tables[t].count; c++) {
			const struct program_chain *chain = &program->tables[t].chains[c];

			for (unsigned r = 0; r < chain->count; r++) {
				size_t at = slot_of(twins, line_of(program->ruleset, chain->rules[r].rule));

				for (unsigned tries = 0; tries < TRIES_MAX && twins->slot[at] != NULL; tries++)
					at = (at + 1) & twins->mask;
				if (twins->slot[at] == NULL)
					twins->slot[at] = &chain->rules[r];
			}
		}
	}
	return twins->slot != NULL;
}

static void twins_end(struct twins *twins)
{
	free(twins->slot);
	twins->slot = NULL;
}

/* One line may be several rules, if it names several networks. */
static bool same_rule(const struct twins *twins, const struct program_rule *twin, const struct line *line, const struct rule *rule)
{
	const struct line *other = line_of(twins->program->ruleset, twin->rule);

	return line->len == other->len && memcmp(line->text, other->text, line->len) == 0 && rule->unread == twin->rule->unread &&
	       memcmp(&rule->src, &twin->rule->src, sizeof(rule->src)) == 0 && memcmp(&rule->dst, &twin->rule->dst, sizeof(rule->dst)) == 0;
}

/* A rule of the same text in a table of the same name, which so has the same conditions. NULL: there is none. */
static const struct program_rule *twins_find(const struct twins *twins, const struct ruleset *ruleset, const char *table, const struct rule *rule)
{
	const struct line *line = line_of(ruleset, rule);
	size_t at = slot_of(twins, line);

	for (unsigned tries = 0; tries < TRIES_MAX && twins->slot[at] != NULL; tries++, at = (at + 1) & twins->mask)
		if (same_rule(twins, twins->slot[at], line, rule) && strcmp(twins->slot[at]->chain->table->table->name, table) == 0)
			return twins->slot[at];
	return NULL;
}

/* --- rules, first pass: conditions ------------------------------------------------------------------ */

/* The only table with targets that rewrite addresses without connection tracking. */
static bool is_mangle(const struct program_chain *chain)
{
	return strcmp(chain->table->table->name, "mangle") == 0;
}

static bool read_conds(struct program *program, struct program_rule *to)
{
	struct matchset *set = &program->world->matches;
	struct cond *conds;

	if (!matchset_read(set, to->rule))
		return false;
	conds = arena_alloc(&program->arena, (set->conds.len + 1) * sizeof(*conds));
	if (conds == NULL)
		return false;
	if (set->conds.len > 0)
		memcpy(conds, set->conds.item, set->conds.len * sizeof(*conds));
	for (size_t i = 0; i < set->conds.len; i++)
		space_note(&program->world->space, &conds[i]);
	to->conds = conds;
	to->cond_count = (unsigned)set->conds.len;
	return true;
}

static bool compile_rule(struct program *program, struct program_chain *chain, unsigned index, const struct rule *rule)
{
	struct program_rule *to = &chain->rules[index];

	*to = (struct program_rule){ .rule = rule, .effect = effect_of(rule), .writes = effect_writes(rule), .chain = chain,
				     .index = index, .fresh = rule->unread };
	if (program->twins != NULL)
		to->twin = twins_find(program->twins, program->ruleset, chain->table->table->name, rule);
	if (to->twin != NULL) {
		to->conds = to->twin->conds;
		to->cond_count = to->twin->cond_count;
	} else if (!read_conds(program, to)) {
		return false;
	}
	chain->leaves |= to->effect == EFFECT_RETURN || to->effect == EFFECT_GOTO;
	chain->table->changes |= effect_changes(rule) & (rule->unread && !is_mangle(chain) ? ~(unsigned)CHANGES_ADDRESS : ~0U);
	program->tracked |= effect_tracks(rule);
	return true;
}

static bool compile_chain(struct program *program, struct program_table *table, struct program_chain *to,
			  const struct chain *chain)
{
	*to = (struct program_chain){ .chain = chain, .table = table, .count = (unsigned)chain->rules.len };
	to->rules = arena_alloc(&program->arena, (to->count + 1) * sizeof(*to->rules));
	if (to->rules == NULL)
		return false;
	program->rule_count += to->count;
	for (unsigned i = 0; i < to->count; i++)
		if (!compile_rule(program, to, i, chain->rules.item[i]))
			return false;
	return true;
}

/* --- the call graph --------------------------------------------------------------------------------- */

struct chain_index {
	const struct chain *chain;
	struct program_chain *to;
};

static int compare_chains(const void *a, const void *b)
{
	const struct chain_index *x = a, *y = b;

	return (uintptr_t)x->chain < (uintptr_t)y->chain ? -1 : (uintptr_t)x->chain > (uintptr_t)y->chain;
}

static bool link_chains(struct program_table *table)
{
	struct chain_index *index = calloc(table->count + 1, sizeof(*index));
	bool good = index != NULL;

	for (unsigned c = 0; c < table->count && good; c++)
		index[c] = (struct chain_index){ table->chains[c].chain, &table->chains[c] };
	if (good)
		qsort(index, table->count, sizeof(*index), compare_chains);
	for (unsigned c = 0; c < table->count && good; c++) {
		for (unsigned r = 0; r < table->chains[c].count && good; r++) {
			struct program_rule *rule = &table->chains[c].rules[r];
			struct chain_index key = { .chain = rule->rule->jump };
			const struct chain_index *at;

			if (key.chain == NULL)
				continue;
			at = bsearch(&key, index, table->count, sizeof(*index), compare_chains);
			rule->to = at->to;
			good = vec_push(&at->to->callers, rule);
		}
	}
	free(index);
	return good;
}

/* Kahn's order: callers first. What is left over stands on a cycle or behind one. */
static bool order_chains(struct program *program, struct program_table *table)
{
	unsigned *waiting = calloc(table->count + 1, sizeof(*waiting));
	unsigned done = 0, at = 0;

	table->sorted = arena_alloc(&program->arena, (table->count + 1) * sizeof(*table->sorted));
	if (waiting == NULL || table->sorted == NULL) {
		free(waiting);
		return false;
	}
	for (unsigned c = 0; c < table->count; c++) {
		waiting[c] = (unsigned)table->chains[c].callers.len;
		if (waiting[c] == 0)
			table->sorted[done++] = &table->chains[c];
	}
	for (; at < done; at++) {
		table->sorted[at]->order = at;
		for (unsigned r = 0; r < table->sorted[at]->count; r++) {
			struct program_chain *to = table->sorted[at]->rules[r].to;

			if (to != NULL && --waiting[to - table->chains] == 0)
				table->sorted[done++] = to;
		}
	}
	for (unsigned c = 0; c < table->count; c++) {
		if (waiting[c] == 0)
			continue;
		table->chains[c].looped = true;
		table->chains[c].order = done;
		table->sorted[done++] = &table->chains[c];
	}
	free(waiting);
	return true;
}

static void mark_hooks(struct program_table *table)
{
	for (unsigned c = 0; c < table->count; c++) {
		struct program_chain *chain = table->sorted[c];

		chain->hooks |= chain->chain->hook;
		for (unsigned r = 0; r < chain->count; r++)
			if (chain->rules[r].to != NULL)
				chain->rules[r].to->hooks |= chain->hooks;
	}
}

/* --- rules, second pass: boxes ---------------------------------------------------------------------- */

/* One more condition: every box so far, cut by each of its spans. */
static bool cut_boxes(struct program *program, struct boxes *now, const struct cond *cond, bool *too_many)
{
	struct span spans[2][SPANS_MAX];
	enum field fields[2] = { cond->field, cond->other };
	unsigned counts[2] = { 0, 0 };
	struct boxes next = { 0 };

	for (unsigned k = 0; k < 2; k++)
		if (fields[k] != FIELD_COUNT)
			counts[k] = space_spans(&program->world->space, fields[k], cond, spans[k], SPANS_MAX);
	*too_many = counts[0] > SPANS_MAX || counts[1] > SPANS_MAX || now->len * (counts[0] + counts[1]) > BOXES_MAX;
	if (*too_many)
		return true;
	for (size_t i = 0; i < now->len; i++) {
		for (unsigned k = 0; k < 2; k++) {
			for (unsigned s = 0; s < counts[k]; s++) {
				struct box cut = now->item[i];
				struct span *dim = &cut.dim[fields[k]];

				dim->lo = spans[k][s].lo > dim->lo ? spans[k][s].lo : dim->lo;
				dim->hi = spans[k][s].hi < dim->hi ? spans[k][s].hi : dim->hi;
				if (dim->lo <= dim->hi && !vec_push(&next, cut)) {
					vec_free(&next);
					return false;
				}
			}
		}
	}
	vec_free(now);
	*now = next;
	return true;
}

/* A boolean in all boxes; those that have the opposite go. */
static void require_literal(struct boxes *now, int32_t literal, bool *full)
{
	size_t kept = 0;

	for (size_t i = 0; i < now->len; i++) {
		bool no_room = false;

		if (!box_require(&now->item[i], literal, &no_room) && !no_room)
			continue;
		*full |= no_room;
		now->item[kept++] = now->item[i];
	}
	now->len = kept;
}

/* The twin's boxes, if its table changes the same of packets. False: there are none. */
static bool box_as_twin(struct program *program, struct program_rule *rule)
{
	const struct program_rule *twin = rule->twin;

	if (twin == NULL || twin->chain->table->changes != rule->chain->table->changes ||
	    !vec_reserve(&program->boxes, program->boxes.len + twin->box_count))
		return false;
	rule->first_box = (unsigned)program->boxes.len;
	rule->box_count = twin->box_count;
	rule->fresh |= twin->fresh;
	for (unsigned i = 0; i < twin->box_count; i++)
		program->boxes.item[program->boxes.len++] = program->like->boxes.item[twin->first_box + i];
	return true;
}

static bool box_rule(struct program *program, struct program_rule *rule)
{
	struct boxes now = { 0 };
	bool good = vec_push(&now, box_all(&program->world->space));

	for (unsigned i = 0; i < rule->cond_count && good; i++) {
		const struct cond *cond = &rule->conds[i];
		bool vague = false;

		if ((cond->depends & rule->chain->table->changes) != 0 || (cond->kind != COND_RANGES && cond->var == 0))
			vague = true;
		else if (cond->kind == COND_RANGES)
			good = cut_boxes(program, &now, cond, &vague);
		else
			require_literal(&now, cond->negative ? -(int32_t)cond->var : (int32_t)cond->var, &vague);
		rule->fresh |= vague;
	}
	rule->first_box = (unsigned)program->boxes.len;
	rule->box_count = (unsigned)now.len;
	for (size_t i = 0; i < now.len && good; i++)
		good = vec_push(&program->boxes, now.item[i]);
	vec_free(&now);
	return good;
}

bool program_box(struct program *program)
{
	unsigned serial = 0;

	program->rules = arena_alloc(&program->arena, (program->rule_count + 1) * sizeof(*program->rules));
	if (program->rules == NULL || !vec_reserve(&program->boxes, program->rule_count))
		return false;
	for (unsigned t = 0; t < program->table_count; t++) {
		for (unsigned c = 0; c < program->tables[t].count; c++) {
			struct program_chain *chain = &program->tables[t].chains[c];

			for (unsigned r = 0; r < chain->count; r++) {
				chain->rules[r].serial = serial;
				program->rules[serial++] = &chain->rules[r];
				if (!box_as_twin(program, &chain->rules[r]) && !box_rule(program, &chain->rules[r]))
					return false;
			}
		}
	}
	return true;
}

/* --- all of it ------------------------------------------------------------------------------------ */

static bool compile_table(struct program *program, struct program_table *to, const struct table *table)
{
	*to = (struct program_table){ .table = table, .count = (unsigned)table->chains.len };
	to->chains = arena_alloc(&program->arena, (to->count + 1) * sizeof(*to->chains));
	if (to->chains == NULL)
		return false;
	for (unsigned c = 0; c < to->count; c++)
		if (!compile_chain(program, to, &to->chains[c], table->chains.item[c]))
			return false;
	if (!link_chains(to) || !order_chains(program, to))
		return false;
	mark_hooks(to);
	return true;
}

static bool compile(struct program *program)
{
	const struct ruleset *ruleset = program->ruleset;

	program->tables = arena_alloc(&program->arena, (ruleset->tables.len + 1) * sizeof(*program->tables));
	if (program->tables == NULL)
		return false;
	for (; program->table_count < ruleset->tables.len; program->table_count++) {
		unsigned t = program->table_count;

		if (!compile_table(program, &program->tables[t], ruleset->tables.item[t]))
			return false;
	}
	return true;
}

static struct program *read_program(struct world *world, const struct ruleset *ruleset, const struct twins *twins)
{
	struct program *program = calloc(1, sizeof(*program));

	if (program == NULL)
		return NULL;
	program->ruleset = ruleset;
	program->world = world;
	program->twins = twins;
	program->like = twins != NULL ? twins->program : NULL;
	if (compile(program)) {
		program->twins = NULL;
		return program;
	}
	program_free(program);
	return NULL;
}

struct program *program_read(struct world *world, const struct ruleset *ruleset)
{
	return read_program(world, ruleset, NULL);
}

struct program *program_read_like(struct program *other, const struct ruleset *ruleset)
{
	struct program *program = NULL;
	struct twins twins;

	if (twins_begin(&twins, other))
		program = read_program(other->world, ruleset, &twins);
	twins_end(&twins);
	return program;
}

static void free_world(struct world *world)
{
	world_free(world);
	free(world);
}

struct program *program_new(const struct ruleset *ruleset, void (*note)(void *ctx, struct space *space), void *ctx)
{
	struct world *world = calloc(1, sizeof(*world));
	struct program *program;

	if (world == NULL)
		return NULL;
	world_begin(world, ruleset->family);
	program = program_read(world, ruleset);
	if (program == NULL) {
		free_world(world);
		return NULL;
	}
	program->owns_world = true;
	if (note != NULL)
		note(ctx, &world->space);
	if (world_seal(world) && program_box(program))
		return program;
	program_free(program);
	return NULL;
}

void program_free(struct program *program)
{
	if (program == NULL)
		return;
	for (unsigned t = 0; t < program->table_count; t++) {
		for (unsigned c = 0; c < program->tables[t].count; c++) {
			vec_free(&program->tables[t].chains[c].callers);
			index_free(program->tables[t].chains[c].index);
		}
	}
	if (program->owns_world)
		free_world(program->world);
	vec_free(&program->boxes);
	arena_free(&program->arena);
	free(program);
}
