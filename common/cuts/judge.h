/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * What becomes of a live connection under one ruleset. The packets of both directions are led through the rules as the
 * kernel leads those of a connection that NAT already translates: raw and mangle's PREROUTING see them as on the wire,
 * the rest sees the addresses of the client and of the real server.
 */
#ifndef FW_CUTS_JUDGE_H
#define FW_CUTS_JUDGE_H

#include "cuts/connection.h"
#include "cuts/kernel.h"
#include "meaning/trace.h"

enum health {
	HEALTH_GOOD,
	HEALTH_MAYBE, /* it depends on a limit, a set or another answer that only the kernel knows */
	HEALTH_BAD,
};

/* What a verdict comes from, besides a rule or policy. */
enum verdict_cause {
	CAUSE_RULES,
	CAUSE_NO_NAT,      /* no chain of nat is there any more, and with the chains the translation goes */
	CAUSE_UNTRACKED,   /* it is not tracked any more, hence not translated */
	CAUSE_TRANSLATION, /* a new connection would reach another server, or none */
};

struct ruling {
	enum health health;
	enum verdict_cause cause;
	enum outcome outcome;
	const struct program_rule *rule;   /* BAD: that decides; MAYBE: on which it depends; NULL: the chain's policy */
	const struct program_chain *chain; /* NULL: nothing */
};

/* What becomes of one connection. */
struct fortune {
	struct ruling goes_on;
	struct ruling reply_first; /* of an untracked one: if this host speaks first; goes_on: if the other side does */
	struct ruling opens;       /* if it were opened again */
};

struct judge {
	struct tracer tracer;
	struct ways *ways; /* borrowed */
	bool has_nat;
	bool loose; /* see struct live_table */
	/* within one connection */
	const struct connection *connection;
	bool reply, translated;
};

/* The program and the ways are borrowed. *judge must not move afterwards. */
void judge_begin(struct judge *judge, const struct program *program, struct ways *ways, bool loose);

struct fortune judge_connection(struct judge *judge, const struct connection *connection);

/* Can its packets meet one of the boxes, as they come or as they are translated? If not, only what the boxes are about differs. */
bool judge_concerns(const struct space *space, const struct boxes *boxes, const struct connection *connection);

#endif
