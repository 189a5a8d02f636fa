/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Combines the conditions and the steps of a statement into as few rules as possible. */
#include "profile/build.h"
#include "text/word.h"

#include <string.h>

/* An end with more alternatives than this gets a chain of its own. */
#define INLINE_MAX 4

/* The most rules in one chain of a tree, so the most that a packet passes on each level. */
#define TREE_WIDTH 16

const char *statement_id(struct profile *profile, const struct statement *st)
{
	return st->file == NULL ? profile_textf(profile, "fw-%u", st->where.line)
				: profile_textf(profile, "fw-%s.%u", st->file, st->where.line);
}

struct site_build site_begin(struct profile *profile, const struct statement *st, enum out_table table,
			     const char *chain)
{
	return (struct site_build){ .profile = profile,
				    .site = { .st = st,
					      .table = table,
					      .phase = statement_phase(st),
					      .chain = chain,
					      .family = FAMILY_BOTH,
					      .extra = "",
					      .state = "" } };
}

void site_end(struct site_build *build)
{
	selectors_free(&build->from);
	selectors_free(&build->to);
	vec_free(&build->groups.list);
	vec_free(&build->steps.list);
	for (size_t i = 0; i < build->skips.list.len; i++)
		selectors_free(&build->skips.list.item[i].end);
	vec_free(&build->skips.list);
}

/* Creates another chain of this statement: "fw-5", "fw-5-2", ... */
static const char *site_chain(struct profile *profile, struct site *site)
{
	const char *id = statement_id(profile, site->st);
	const char *name = id;

	if (id != NULL && ++site->chains > 1)
		name = profile_textf(profile, "%s-%u", id, site->chains);
	if (name != NULL)
		output_chain(&profile->out, site->table, name);
	return name;
}

/* The condition of one rule. Each part can be missing. */
struct site_cond {
	enum family family;
	const struct port_group *group;
	const struct selector *from, *to;
	bool inner;  /* in a chain of the statement, whose caller matched ports, time and owner */
	bool stated; /* the caller matched the state too */
};

static void print_address(struct strbuf *out, const struct selector *sel, const char *flag)
{
	if (sel == NULL || !sel->has_range || addr_prefix(&sel->range) < 0)
		return;
	strbuf_printf(out, "%s%s ", sel->range_not ? "! " : "", flag);
	addr_print(out, &sel->range);
	if (sel->prefix > 0) {
		addr_bits mask = ~(addr_bits)0 >> sel->prefix;

		strbuf_putc(out, '/');
		addr_print(out, &(struct addr_range){ FAMILY_IPV6, mask, mask });
	}
	strbuf_putc(out, ' ');
}

static void print_iface(struct strbuf *out, const struct selector *sel, const char *flag)
{
	if (sel != NULL && sel->iface != NULL)
		strbuf_printf(out, "%s%s %s ", sel->iface_not ? "! " : "", flag, sel->iface);
}

/* Prints what needs a match of its own: ranges, sets, IPsec and MAC addresses. */
static void print_special(struct strbuf *out, const struct selector *sel, const char *range, const char *set)
{
	if (sel == NULL)
		return;
	if (sel->has_range && addr_prefix(&sel->range) < 0) {
		strbuf_printf(out, "-m iprange %s%s ", sel->range_not ? "! " : "", range);
		addr_print(out, &sel->range);
		strbuf_putc(out, ' ');
	}
	if (sel->set != NULL)
		strbuf_printf(out, "-m set %s--match-set %s %s ", sel->set_not ? "! " : "", sel->set, set);
	if (sel->over != OVER_ANY)
		strbuf_printf(out, "-m policy --dir %s --pol %s ", strcmp(set, "src") == 0 ? "in" : "out",
			      sel->over == OVER_IPSEC ? "ipsec" : "none");
	if (sel->mac != NULL)
		strbuf_printf(out, "-m mac %s--mac-source %s ", sel->mac_not ? "! " : "", sel->mac);
}

static void cond_print(struct strbuf *out, const struct site *site, const struct site_cond *cond)
{
	print_address(out, cond->from, "-s");
	print_address(out, cond->to, "-d");
	if (!site->no_in)
		print_iface(out, cond->from, "-i");
	if (!site->no_out)
		print_iface(out, cond->to, "-o");
	if (cond->group != NULL && cond->group->text[0] != '\0')
		strbuf_printf(out, "%s ", cond->group->text);
	print_special(out, cond->from, "--src-range", "src");
	print_special(out, cond->to, "--dst-range", "dst");
}

/* Packets of protocols that conntrack does not follow are matched without a state. */
static bool group_has_state(const struct port_group *group)
{
	return group == NULL || group->proto == PROTO_ANY || group->proto == PROTO_TCP ||
	       group->proto == PROTO_UDP || group->proto == PROTO_SCTP;
}

static void print_state(struct strbuf *out, const struct site *site, const struct site_cond *cond, bool wanted)
{
	const char *original = cond->group != NULL ? cond->group->original : NULL;
	bool state = wanted && group_has_state(cond->group) && site->state[0] != '\0';

	if (state)
		strbuf_printf(out, "%s ", site->state);
	else if (original != NULL)
		strbuf_puts(out, "-m conntrack ");
	if (original != NULL)
		strbuf_printf(out, "%s ", original);
}

/* Adds the rule of one step. `proto`: "-p tcp ", "" if the condition names the protocol or any protocol will do. */
static void emit_rule(struct profile *profile, const struct site *site, const char *chain, const struct site_cond *cond,
		      const struct rule_step *step, const char *proto)
{
	enum family family = cond->family & step->family;
	bool known = cond->group != NULL && cond->group->proto != PROTO_ANY;
	struct strbuf text = STRBUF_INIT;

	if (family == FAMILY_NONE || (step->tcp_only && known && cond->group->proto != PROTO_TCP))
		return;
	cond_print(&text, site, cond);
	strbuf_puts(&text, proto);
	if (step->tcp_only && !known)
		strbuf_puts(&text, "-p tcp ");
	if (!cond->stated)
		print_state(&text, site, cond, step->state);
	if (!cond->inner && site->extra[0] != '\0')
		strbuf_printf(&text, "%s ", site->extra);
	if (step->match[0] != '\0')
		strbuf_printf(&text, "%s ", step->match);
	if (step->note && site->note != NULL) {
		strbuf_puts(&text, "-m comment --comment ");
		word_quote(&text, site->note);
		strbuf_putc(&text, ' ');
	}
	strbuf_printf(&text, "%s %s", strncmp(step->target, "fw-", 3) == 0 && site->go_on ? "-g" : "-j",
		      step->target);
	if (text.failed)
		profile_memory(profile);
	else
		output_rule(&profile->out, site->table, site->phase, family, chain, &site->st->where,
			    strbuf_text(&text));
	strbuf_free(&text);
}

static const struct {
	int proto;
	const char *text;
} port_protos[] = { { PROTO_TCP, "-p tcp " }, { PROTO_UDP, "-p udp " }, { PROTO_SCTP, "-p sctp " } };

/* A rule of an inner chain that changes ports is repeated for each protocol: iptables wants it named in each of them. */
static void emit_step(struct profile *profile, const struct site *site, const char *chain,
		      const struct site_cond *cond, const struct rule_step *step)
{
	if (!step->with_proto || !cond->inner)
		emit_rule(profile, site, chain, cond, step, "");
	for (size_t i = 0; step->with_proto && cond->inner && i < ARRAY_LEN(port_protos); i++)
		if ((site->protos & 1U << i) != 0)
			emit_rule(profile, site, chain, cond, step, port_protos[i].text);
}

static unsigned groups_protos(const struct port_groups *groups)
{
	unsigned protos = 0;

	for (size_t g = 0; g < groups->list.len; g++)
		for (size_t i = 0; i < ARRAY_LEN(port_protos); i++)
			if (groups->list.item[g].proto == port_protos[i].proto)
				protos |= 1U << i;
	return protos;
}

/* Fills the chain of an end that has exceptions or many alternatives. Packets that match go on to `target`. */
static void emit_end_chain(struct profile *profile, const struct site *site, const char *chain,
			   const struct selectors *end, bool is_from, const struct rule_step *target)
{
	struct rule_step leave = { .family = FAMILY_BOTH, .match = "", .target = "RETURN" };
	struct site_cond rest = { .family = selectors_family(end) & site->family, .inner = true, .stated = true };

	for (size_t i = 0; i < end->list.len; i++) {
		const struct selector *sel = &end->list.item[i];
		struct site_cond cond = rest;

		cond.family = sel->family & site->family;
		*(is_from ? &cond.from : &cond.to) = sel;
		emit_step(profile, site, chain, &cond, end->except ? &leave : target);
	}
	if (end->except)
		emit_step(profile, site, chain, &rest, target);
}

/*
 * Adds one level of the tree for nets[0..count): at most TREE_WIDTH rules in `chain`, and further levels below.
 */
static bool emit_tree(struct profile *profile, struct site *site, const char *chain,
		      const struct addr_range *nets, size_t count, bool is_from, const struct rule_step *target)
{
	size_t share = 1;

	while (share * TREE_WIDTH < count)
		share *= TREE_WIDTH;
	for (size_t i = 0; i < count; i += share) {
		size_t here = count - i < share ? count - i : share;
		struct selector sel = { .family = nets[i].family, .has_range = true, .range = nets[i] };
		struct site_cond cond = { .family = sel.family, .inner = true, .stated = true };
		struct rule_step down = { .family = FAMILY_BOTH, .match = "" };

		*(is_from ? &cond.from : &cond.to) = &sel;
		sel.range.last = nets[i + here - 1].last;
		if (here == 1) {
			emit_step(profile, site, chain, &cond, target);
			continue;
		}
		down.target = site_chain(profile, site);
		if (down.target == NULL)
			return false;
		emit_step(profile, site, chain, &cond, &down);
		if (!emit_tree(profile, site, down.target, nets + i, here, is_from, target))
			return false;
	}
	return true;
}

static bool emit_trees(struct profile *profile, struct site *site, const char *chain,
		       const struct selectors *end, bool is_from, const struct rule_step *target)
{
	const struct addr_range *nets = end->tree->nets.ranges.item;
	size_t v4 = addr_set_count(&end->tree->nets, FAMILY_IPV4), all = end->tree->nets.ranges.len;

	if (v4 > 0 && (site->family & FAMILY_IPV4) != 0 &&
	    !emit_tree(profile, site, chain, nets, v4, is_from, target))
		return false;
	return all == v4 || (site->family & FAMILY_IPV6) == 0 ||
	       emit_tree(profile, site, chain, nets + v4, all - v4, is_from, target);
}

/* The number of alternatives in the family that has more of them. */
static size_t width(const struct selectors *end)
{
	size_t v4 = selectors_count(end, FAMILY_IPV4), v6 = selectors_count(end, FAMILY_IPV6);

	return v4 > v6 ? v4 : v6;
}

static size_t groups_width(const struct port_groups *groups, enum family family)
{
	size_t v4 = 0, v6 = 0;

	for (size_t i = 0; i < groups->list.len; i++) {
		v4 += (groups->list.item[i].family & family & FAMILY_IPV4) != 0;
		v6 += (groups->list.item[i].family & family & FAMILY_IPV6) != 0;
	}
	return v4 > v6 ? v4 : v6;
}

static size_t steps_width(const struct steps *steps)
{
	size_t v4 = 0, v6 = 0;

	for (size_t i = 0; i < steps->list.len; i++) {
		v4 += (steps->list.item[i].family & FAMILY_IPV4) != 0;
		v6 += (steps->list.item[i].family & FAMILY_IPV6) != 0;
	}
	return v4 > v6 ? v4 : v6;
}

static bool needs_chain(const struct selectors *end, size_t others)
{
	size_t own = width(end);

	return end->except || end->tree != NULL || own > INLINE_MAX ||
	       (own > 1 && others > 1 && own * others > own + others);
}

/* A statement while its rules are added: the parts that have a chain of their own. */
struct product {
	struct profile *profile;
	struct site *site;
	const struct port_groups *groups;
	const struct selectors *from, *to;
	const struct steps *steps;
	const char *from_chain, *to_chain, *step_chain; /* NULL: no chain of its own */
	struct rule_step jump;                               /* into the first of these chains */
};

static bool product_plan(struct product *p)
{
	size_t ports = groups_width(p->groups, p->site->family);
	bool from_chain = needs_chain(p->from, ports);
	bool to_chain = needs_chain(p->to, ports * (from_chain ? 1 : width(p->from)));
	size_t inlined = ports * (from_chain ? 1 : width(p->from)) * (to_chain ? 1 : width(p->to));
	bool skips = p->site->skips != NULL && p->site->skips->list.len > 0;
	bool step_chain = skips || (steps_width(p->steps) > 1 && (from_chain || to_chain || inlined > 1));

	if (p->site->go_on && (p->from->except || p->to->except)) {
		profile_error(p->profile, &p->site->st->where, "a docker zone does not support a list of exceptions");
		return false;
	}
	if ((from_chain && (p->from_chain = site_chain(p->profile, p->site)) == NULL) ||
	    (to_chain && (p->to_chain = site_chain(p->profile, p->site)) == NULL) ||
	    (step_chain && (p->step_chain = site_chain(p->profile, p->site)) == NULL))
		return false;
	p->jump = (struct rule_step){ .family = FAMILY_BOTH, .state = p->steps->state, .match = "" };
	p->jump.target = from_chain ? p->from_chain : to_chain ? p->to_chain : p->step_chain;
	return true;
}

/*
 * Adds the rules of the site's chain: all rules, or only those that jump to the first chain of the statement.
 */
static void product_emit(const struct product *p)
{
	const struct selector any_from = { .family = selectors_family(p->from) };
	const struct selector any_to = { .family = selectors_family(p->to) };
	size_t from_count = p->from_chain != NULL ? 1 : p->from->list.len;
	size_t to_count = p->to_chain != NULL ? 1 : p->to->list.len;
	size_t step_count = p->jump.target != NULL ? 1 : p->steps->list.len;
	const struct rule_step *steps = p->jump.target != NULL ? &p->jump : p->steps->list.item;

	for (size_t g = 0; g < p->groups->list.len; g++)
		for (size_t f = 0; f < from_count; f++)
			for (size_t t = 0; t < to_count; t++) {
				struct site_cond cond = { .group = &p->groups->list.item[g] };

				cond.from = p->from_chain != NULL ? &any_from : &p->from->list.item[f];
				cond.to = p->to_chain != NULL ? &any_to : &p->to->list.item[t];
				cond.family = p->site->family & cond.group->family & cond.from->family &
					      cond.to->family;
				for (size_t s = 0; s < step_count; s++)
					emit_step(p->profile, p->site, p->site->chain, &cond, &steps[s]);
			}
}

/* Adds the rules by which the exceptions of the statement leave its last chain. */
static void product_emit_skips(const struct product *p, const struct site_cond *all)
{
	const struct site_skips *skips = p->site->skips;

	for (size_t i = 0; skips != NULL && i < skips->list.len; i++) {
		const struct site_skip *skip = &skips->list.item[i];
		struct rule_step leave = { .family = FAMILY_BOTH, .match = "", .target = "RETURN" };

		if (skip->self) {
			leave.match = skip->source ? "-m addrtype --src-type LOCAL" : "-m addrtype --dst-type LOCAL";
			emit_step(p->profile, p->site, p->step_chain, all, &leave);
		}
		for (size_t s = 0; s < skip->end.list.len; s++) {
			struct site_cond cond = { .inner = true, .stated = true };
			const struct selector *sel = &skip->end.list.item[s];

			cond.family = all->family & sel->family;
			*(skip->source ? &cond.from : &cond.to) = sel;
			emit_step(p->profile, p->site, p->step_chain, &cond, &leave);
		}
	}
}

/* Fills the chains of the statement. The target of each is the next one. */
static bool product_emit_chains(const struct product *p)
{
	struct rule_step only = p->steps->list.item[0];
	struct rule_step last = { .family = FAMILY_BOTH, .match = "", .target = p->step_chain };
	struct rule_step middle = { .family = FAMILY_BOTH, .match = "", .target = p->to_chain };
	const struct site_cond all = { .family = p->site->family & selectors_family(p->from) &
					    selectors_family(p->to),
				  .inner = true,
				  .stated = p->steps->state };

	only.state = false;
	if (p->step_chain == NULL)
		last = only;
	if (p->to_chain == NULL)
		middle = last;
	if (p->from_chain != NULL && p->from->tree != NULL &&
	    !emit_trees(p->profile, p->site, p->from_chain, p->from, true, &middle))
		return false;
	if (p->from_chain != NULL)
		emit_end_chain(p->profile, p->site, p->from_chain, p->from, true, &middle);
	if (p->to_chain != NULL && p->to->tree != NULL &&
	    !emit_trees(p->profile, p->site, p->to_chain, p->to, false, &last))
		return false;
	if (p->to_chain != NULL)
		emit_end_chain(p->profile, p->site, p->to_chain, p->to, false, &last);
	product_emit_skips(p, &all);
	for (size_t s = 0; p->step_chain != NULL && s < p->steps->list.len; s++)
		emit_step(p->profile, p->site, p->step_chain, &all, &p->steps->list.item[s]);
	return true;
}

bool site_emit(struct profile *profile, struct site *site, const struct port_groups *groups,
	       const struct selectors *from, const struct selectors *to, const struct steps *steps)
{
	struct product product = {
		.profile = profile, .site = site, .groups = groups, .from = from, .to = to, .steps = steps
	};

	site->protos = groups_protos(groups);
	if (!product_plan(&product))
		return false;
	product_emit(&product);
	for (int dir = 0; dir < DIR_COUNT; dir++) {
		struct site other = *site;

		if ((site->also & 1U << dir) == 0)
			continue;
		site_direction(profile, &other, (enum direction)dir);
		product.site = &other;
		product_emit(&product);
		product.site = site;
	}
	return product_emit_chains(&product);
}
