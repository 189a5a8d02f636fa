/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * What becomes of a live connection under one ruleset. The packets of both directions are led through the rules as the
 * kernel leads those of a connection that NAT already translates: raw and mangle's PREROUTING see them as on the wire,
 * the rest sees the addresses of the client and of the real server.
 */
#ifndef FW_CUTS_JUDGE_H
#define FW_CUTS_JUDGE_H

#include "cuts/fortune.h"
#include "cuts/memo.h"

struct judge {
	struct tracer tracer;
	struct ways *ways; /* borrowed */
	bool has_nat;
	bool loose; /* see struct live_table */
	struct memo memo;
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
