/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * What the checks on the meaning of the rules ask, and how they report: which packets of a region may be accepted or
 * dropped, which rule decides, where a rule or chain stands. Nothing here knows a finding.
 */
#ifndef FW_CHECK_QUESTIONS_H
#define FW_CHECK_QUESTIONS_H

#include "check/setting.h"
#include "diag/diag.h"
#include "meaning/flow.h"
#include "meaning/packet.h"
#include "meaning/reach.h"

struct exposure;
struct inbound;

struct meaning {
	const struct ruleset *ruleset;
	struct program *program;
	struct reach *reach;
	struct flow *flow;
	const struct check_live *live;
	unsigned admin; /* as in struct check_options */
	struct exposure *exposure; /* gets this family's part */
	struct inbound *inbound;   /* see inbound.h */
	struct diag_log *log;
};

/* All of a line: what rules mean is said of the whole. */
struct where meaning_where(const struct meaning *m, const struct line *line);

/* Findings about a rule, a chain (its ":" line), or the whole. */
void meaning_rule(const struct meaning *m, enum diag_id id, const struct rule *rule, const char *format, ...)
	printf_like(4, 5);
void meaning_chain(const struct meaning *m, enum diag_id id, const struct program_chain *chain, const char *format, ...)
	printf_like(4, 5);

/* Any finding about a rule: id, level, causes and text are those of the finding. */
void meaning_finding(const struct meaning *m, const struct rule *rule, const struct diag *finding);

/* The ":" line of a chain, its table's where it has none: an index into the stream's lines. */
unsigned meaning_chain_line(const struct meaning *m, const struct chain *chain);

/* Is this a rule that generators write after every section, also where it does nothing? It is not reported. */
bool meaning_is_frame(const struct meaning *m, const struct program_rule *rule);

/* A region of packets that a question is about, from what can be at the hook. Narrowed field by field. */
struct question {
	const struct meaning *m;
	const struct program_chain *chain;
	struct box box;
	const struct box *before; /* borrowed: the packets as they come to nat, which rewrites where they go; NULL: it does not */
	bool good; /* false: no packet is like that, or it cannot be asked */
};

struct question question_at(const struct meaning *m, const char *table, enum hook hook);
void question_field(struct question *question, enum field field, field_value lo, field_value hi);
void question_state(struct question *question, enum ct_state state);
/* Cut to the box in these fields. */
void question_within(struct question *question, const struct box *box, const enum field fields[], size_t count);

/*
 * Of a large field's values from first to last, the longest stretch that no rule cuts: what rules name is
 * elsewhere. Its first and last value.
 */
struct range question_unnamed(const struct meaning *m, enum field field, field_value first, field_value last);

/* 127.0.0.1, ::1: by which most of what a host sends itself goes. */
field_value loopback_of(enum family family);

enum may { MAY_NEVER, MAY_SOMETIMES, MAY_UNKNOWN };

/*
 * May any of them be accepted, or dropped? `some` gets a packet for which it is so on its whole way, from raw on; where
 * no such packet is found the answer is MAY_UNKNOWN. NULL: it is not wanted, and the other tables are not asked.
 */
enum may question_accepted(const struct question *question, struct packet *some);
enum may question_dropped(const struct question *question, struct packet *some);

/* Adds the packets that it is about, and those of them that may be accepted. False: too much work to tell. */
bool question_accepted_part(const struct question *question, diagram *all, diagram *accepted);
/* One of a set, the most usual. */
struct packet question_packet(const struct question *question, diagram set);

/*
 * The same for packets that come in by any interface but lo: a question has no gaps, so it is asked on both
 * sides of that name.
 */
enum may outside_accepted(const struct question *question, struct packet *some);
enum may outside_dropped(const struct question *question, struct packet *some);

/* Is this the rule that decides about the packet, on its way through all tables? */
bool meaning_decides(const struct meaning *m, const struct program_rule *rule, const struct packet *packet);

/*
 * May tables other than filter drop packets on their way to these hooks? Then what filter accepts need not
 * get in.
 */
bool drops_elsewhere(const struct meaning *m, unsigned hooks);

struct nat_range;
/* May a packet of this box, rewritten to the range, pass FORWARD? `accepted` and `dropped` get packets, NULL: not wanted. */
enum may may_forward(const struct meaning *m, const struct box *box, const struct nat_range *range, struct packet *accepted,
		     struct packet *dropped);

/* -j CT or -j NOTRACK; -j NOTRACK or -j CT --notrack. */
bool meaning_is_ct(const struct rule *rule);
bool meaning_is_notrack(const struct rule *rule);

#endif
