/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What becomes of a connection under one ruleset, and why. */
#ifndef FW_CUTS_FORTUNE_H
#define FW_CUTS_FORTUNE_H

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

#endif
