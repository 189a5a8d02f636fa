/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The differences of one family for programs. fw-diff(8) describes the members. */
#include "difftext/difftext.h"
#include "base/json.h"
#include "model/printer.h"

#include <string.h>

struct json_writing {
	struct shown show;
	struct difftext_parts *parts;
};

static const char *const class_words[DIFF_CLASSES] = {
	[DIFF_ACCEPTED] = "newly accepted", [DIFF_REFUSED] = "newly refused", [DIFF_TRANSLATED] = "translated otherwise",
	[DIFF_MARKED] = "marked otherwise", [DIFF_REJECTED] = "refused otherwise", [DIFF_DECIDED] = "decided otherwise",
};

static void comma(struct strbuf *out)
{
	if (out->len > 0 && strchr("[{", strbuf_text(out)[out->len - 1]) == NULL)
		strbuf_putc(out, ',');
}

static unsigned family_digit(const struct shown *show)
{
	return show->family == 0 ? 4 : 6;
}

/* --- rules ------------------------------------------------------------------------------------------- */

/* The members that tell which rule it is. */
static void rule_members(const struct shown *show, struct strbuf *out, unsigned side, const struct program_rule *rule)
{
	const struct line *line = difftext_line_of(show, side, rule);
	struct where origin = difftext_origin(show, side, rule);

	json_member(out, "file", origin.file != NULL ? origin.file : show->diff->program[side]->ruleset->stream->name);
	strbuf_printf(out, ",\"line\":%u,\"rule\":", origin.file != NULL ? origin.line : line->number);
	json_string(out, line->text, line->len);
}

static void rule_object(const struct shown *show, struct strbuf *out, unsigned side, const struct program_rule *rule)
{
	strbuf_putc(out, '{');
	rule_members(show, out, side, rule);
	strbuf_putc(out, '}');
}

static void write_nat(const struct shown *show, struct strbuf *out, unsigned side, const struct witness_fate *fate)
{
	strbuf_puts(out, ",\"nat\":[");
	for (unsigned i = 0; i < fate->nat_count; i++) {
		comma(out);
		rule_object(show, out, side, fate->nat[i]);
	}
	strbuf_putc(out, ']');
}

static void write_fate(const struct shown *show, struct strbuf *out, unsigned side, const struct witness_fate *fate, unsigned others)
{
	const struct trace_result *result = &fate->result;

	strbuf_printf(out, ",\"%s\":{", side == ALIGN_OLD ? "old" : "new");
	json_member(out, "end", difftext_outcome(result->outcome));
	if (result->chain != NULL) {
		strbuf_putc(out, ',');
		json_member(out, "table", result->chain->table->table->name);
		strbuf_putc(out, ',');
		json_member(out, "chain", result->chain->chain->name);
	}
	if (result->rule != NULL) {
		strbuf_putc(out, ',');
		rule_members(show, out, side, result->rule);
	}
	if (fate->nat_count > 0)
		write_nat(show, out, side, fate);
	strbuf_printf(out, ",\"others\":%u}", others);
}

/* --- conditions -------------------------------------------------------------------------------------- */

/* The options of a match of the rule, such as "limit --limit 3/min". Its name, if they cannot be found. */
static void match_words(const struct shown *show, struct strbuf *out, const struct program_rule *rule, const char *name)
{
	struct strbuf text = STRBUF_INIT, wanted = STRBUF_INIT;
	const char *at = NULL, *end;

	strbuf_printf(&wanted, " -m %s ", name);
	if (rule_print(&text, rule->rule, "", show->diff->program[ALIGN_NEW]->ruleset->family) == 0)
		at = strstr(strbuf_text(&text), strbuf_text(&wanted));
	if (at != NULL) {
		at += strlen(" -m ");
		end = at + strlen(at);
		for (const char *stop = at; (stop = strstr(stop, " -")) != NULL && end[0] == '\0'; stop++)
			if (stop[2] != '-' && stop[2] != '\0' && stop[3] == ' ' && strchr("mjg", stop[2]) != NULL)
				end = stop;
		json_string(out, at, (size_t)(end - at));
	} else {
		json_string(out, name, strlen(name));
	}
	strbuf_free(&text);
	strbuf_free(&wanted);
}

/* The match that gives the whole rule an unknown answer; NULL: its target does. */
static const char *unknown_match(const struct rule *rule)
{
	for (const struct extension *match = rule->matches; match != NULL; match = match->next) {
		const struct match_kind *kind = match_kind_find(match->kind->real_name);

		if (kind == NULL || kind->class == CLASS_FRESH)
			return match->kind->name;
	}
	return NULL;
}

static void write_condition(const struct shown *show, struct strbuf *out, int32_t literal)
{
	const struct fate_boolean *boolean = fates_boolean(&show->diff->fates, (unsigned)abs(literal));
	const char *name;

	if (boolean == NULL || boolean->rule == NULL)
		return;
	comma(out);
	name = boolean->cond != NULL ? boolean->cond->match->kind->name : unknown_match(boolean->rule->rule);
	strbuf_puts(out, "{\"match\":");
	if (name != NULL)
		match_words(show, out, boolean->rule, name);
	else
		strbuf_puts(out, "null");
	strbuf_printf(out, ",\"is\":%s,", literal > 0 ? "true" : "false");
	rule_members(show, out, difftext_side_of(show->diff, boolean->rule), boolean->rule);
	strbuf_putc(out, '}');
}

/* --- regions ----------------------------------------------------------------------------------------- */

static const struct {
	enum field field;
	const char *key;
} fields[] = {
	{ FIELD_PROTO, "proto" }, { FIELD_DPORT, "dport" }, { FIELD_SPORT, "sport" }, { FIELD_ICMP, "icmp" }, { FIELD_SRC, "src" },
	{ FIELD_DST, "dst" }, { FIELD_IN, "in" }, { FIELD_OUT, "out" }, { FIELD_CT, "state" }, { FIELD_FLAGS, "flags" },
	{ FIELD_FRAGMENT, "fragment" }, { FIELD_MARK, "mark" }, { FIELD_CTMARK, "ctmark" }, { FIELD_PKTTYPE, "pkttype" },
	{ FIELD_LENGTH, "length" }, { FIELD_TTL, "ttl" }, { FIELD_TOS, "tos" },
};

/* Interfaces are named, or those that it must not be: what is between two names means nothing to a reader. */
static void write_interfaces(struct strbuf *out, struct value_set *values)
{
	struct value_set others = *values;

	others.has = diagram_minus(values->at->diagrams, values->can, values->has);
	if (value_set_bits(&others) >= value_set_bits(values)) {
		value_set_json(out, values);
		return;
	}
	strbuf_puts(out, "{\"not\":");
	value_set_json(out, &others);
	strbuf_putc(out, '}');
}

static void write_fields(struct strbuf *out, const struct region_space *space, const struct packet_region *region)
{
	strbuf_puts(out, ",\"fields\":{");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		bool interface = fields[i].field == FIELD_IN || fields[i].field == FIELD_OUT;
		struct value_set values;

		if (!(interface ? region_interfaces : region_values)(space, region, fields[i].field, &values))
			continue;
		comma(out);
		strbuf_printf(out, "\"%s\":", fields[i].key);
		if (interface)
			write_interfaces(out, &values);
		else
			value_set_json(out, &values);
	}
	strbuf_putc(out, '}');
}

static void write_ways(struct strbuf *out, const struct region_space *space, const struct packet_region *region)
{
	static const char *const words[] = { "to", "through", "from" };
	unsigned ways = region_ways(space, region);

	strbuf_puts(out, ",\"ways\":[");
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if ((ways & 1U << i) == 0)
			continue;
		comma(out);
		strbuf_printf(out, "\"%s\"", words[i]);
	}
	strbuf_putc(out, ']');
}

/* How many packets: addresses, protocols and ports, as a logarithm to base 2. */
static double region_bits(const struct region_space *space, const struct packet_region *region)
{
	static const enum field counted[] = { FIELD_SRC, FIELD_DST, FIELD_DPORT, FIELD_PROTO };
	double bits = 0;

	for (size_t i = 0; i < ARRAY_LEN(counted); i++) {
		struct value_set values;

		(void)region_values(space, region, counted[i], &values);
		bits += values.has != DIAGRAM_EMPTY ? value_set_bits(&values) : 0;
	}
	return bits;
}

static void write_witness(struct json_writing *writing, enum diff_class class, diagram set)
{
	struct strbuf *out = &writing->parts->text;
	struct diff_witness witness;

	difftext_find_witness(&writing->show, class, set, &witness);
	strbuf_puts(out, ",\"when\":[");
	for (unsigned i = 0; i < witness.literal_count && !witness.sure; i++)
		write_condition(&writing->show, out, witness.literal[i]);
	strbuf_putc(out, ']');
	if (witness.verified) {
		struct other_deciders others = diff_witness_others(writing->show.diff, class, set, &witness);

		for (unsigned side = 0; side < ALIGN_SIDES; side++)
			write_fate(&writing->show, out, side, &witness.fate[side], others.count[side]);
	}
	strbuf_putc(out, ',');
	json_member(out, "witness", strbuf_text(&witness.text));
	strbuf_printf(out, ",\"certain\":%s", witness.verified ? "true" : "false");
	diff_witness_free(&witness);
}

static void write_region(struct json_writing *writing, const struct diff_place *place, enum diff_class class, const struct packet_region *region)
{
	const struct program_chain *chain = place->chain[place->chain[ALIGN_NEW] != NULL ? ALIGN_NEW : ALIGN_OLD];
	struct region_space space = difftext_space(&writing->show);
	struct strbuf *out = &writing->parts->text;

	strbuf_printf(out, "{\"family\":%u,", family_digit(&writing->show));
	json_member(out, "class", class_words[class]);
	strbuf_putc(out, ',');
	json_member(out, "table", chain->table->table->name);
	strbuf_putc(out, ',');
	json_member(out, "chain", chain->chain->name);
	write_ways(out, &space, region);
	write_fields(out, &space, region);
	strbuf_puts(out, ",\"but\":[]");
	write_witness(writing, class, diagram_and(space.diagrams, difftext_described(&writing->show, place, class), region->set));
	strbuf_printf(out, ",\"weight\":%.1f}\n", region_bits(&space, region));
	writing->parts->count++;
}

static void write_class(struct json_writing *writing, const struct diff_place *place, enum diff_class class)
{
	struct region_space space = difftext_space(&writing->show);
	diagram set = difftext_described(&writing->show, place, class);
	diagram wanted = diagram_over(space.diagrams, set, (1U << FIELD_COUNT) - 1);
	struct region_list regions = regions_find(&space, wanted, writing->show.options->all ? DIFFTEXT_ALL : DIFFTEXT_JSON_MAX);

	for (size_t i = 0; i < regions.len; i++)
		write_region(writing, place, class, &regions.item[i]);
	writing->parts->complete &= regions.rest == DIAGRAM_EMPTY;
	region_list_free(&regions);
}

/* Not all could be compared: a packet that shows that something differs, if there is one. */
static void write_lost(struct json_writing *writing)
{
	struct strbuf *out = &writing->parts->text;
	struct diff_witness witness;
	enum diff_class class;

	if (diff_witness_search(writing->show.diff, difftext_tries(writing->show.diff), &witness, &class)) {
		writing->show.verdict.differs = true;
		strbuf_printf(out, "{\"family\":%u,", family_digit(&writing->show));
		json_member(out, "class", class_words[class]);
		strbuf_puts(out, ",\"table\":null,\"chain\":null,\"ways\":[],\"fields\":{},\"but\":[],\"when\":[]");
		for (unsigned side = 0; side < ALIGN_SIDES; side++)
			write_fate(&writing->show, out, side, &witness.fate[side], 0);
		strbuf_putc(out, ',');
		json_member(out, "witness", strbuf_text(&witness.text));
		strbuf_puts(out, ",\"certain\":true,\"weight\":0.0}\n");
		writing->parts->count++;
	}
	diff_witness_free(&witness);
}

/* --- the rest ---------------------------------------------------------------------------------------- */

static void write_limits(struct json_writing *writing)
{
	const struct alignment_side *side = &writing->show.diff->align.side[ALIGN_NEW];
	struct strbuf *out = &writing->parts->limits;

	for (unsigned r = 0; r < side->program->rule_count; r++) {
		if (side->rules[r].change != CHANGE_COUNTED)
			continue;
		writing->show.verdict.differs = true;
		comma(out);
		strbuf_printf(out, "{\"family\":%u,\"old\":", family_digit(&writing->show));
		rule_object(&writing->show, out, ALIGN_OLD, side->rules[r].partner);
		strbuf_puts(out, ",\"new\":");
		rule_object(&writing->show, out, ALIGN_NEW, side->program->rules[r]);
		strbuf_putc(out, '}');
	}
}

static void write_renamed(struct json_writing *writing)
{
	const struct alignment_side *side = &writing->show.diff->align.side[ALIGN_NEW];
	struct strbuf *out = &writing->parts->renamed;

	for (unsigned c = 0; c < side->chain_count; c++) {
		const struct program_chain *new = side->chains[c].chain, *old = side->chains[c].partner;

		if (old == NULL || strcmp(old->chain->name, new->chain->name) == 0)
			continue;
		comma(out);
		strbuf_putc(out, '[');
		json_string(out, old->chain->name, strlen(old->chain->name));
		strbuf_putc(out, ',');
		json_string(out, new->chain->name, strlen(new->chain->name));
		strbuf_putc(out, ']');
	}
}

struct diff_verdict difftext_json(struct difftext_parts *parts, const struct diff *diff, int family, const struct difftext_options *options)
{
	struct json_writing writing = { .show = { .options = options, .diff = diff, .out = &parts->text, .family = family }, .parts = parts };
	struct diff_verdict *verdict = &writing.show.verdict;

	verdict->undecided = diff->lost || diff->loops || diff->further != NULL;
	parts->complete = true;
	write_limits(&writing);
	write_renamed(&writing);
	if (diff->lost)
		write_lost(&writing);
	for (size_t p = 0; p < diff->places.len && !diff->lost; p++)
		for (unsigned class = 0; class < DIFF_CLASSES; class++)
			if (difftext_described(&writing.show, &diff->places.item[p], (enum diff_class)class) != DIAGRAM_EMPTY)
				write_class(&writing, &diff->places.item[p], (enum diff_class)class);
	if (!diff->lost && diff->fates.diagrams != NULL && diagrams_lost(diff->fates.diagrams)) { /* what was described may be wrong */
		strbuf_reset(&parts->text);
		parts->count = 0;
		verdict->undecided = true;
	}
	parts->complete &= !verdict->undecided;
	return *verdict;
}
