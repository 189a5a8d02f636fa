/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Compares what the families accept: ports that IPv4 closes to everybody and IPv6 opens to a stranger.
 * Each family is read by a process of its own, which notes its part (exposure_note, a check of checks.def) and
 * sends it (results.h). The parent compares.
 */
#ifndef FW_CHECK_EXPOSURE_H
#define FW_CHECK_EXPOSURE_H

#include "base/arena.h"
#include "base/vec.h"
#include "diag/diag.h"

/* A stretch of ports that are treated alike. */
struct exposed {
	bool open; /* by IPv6; else closed by IPv4 */
	unsigned proto, first, last;
	struct where where, origin; /* the rule that opens it, or the chain whose policy does */
	const char *packet;         /* an example, to its first port; in the arena */
};

struct exposure {
	VEC(struct exposed) list;
	struct arena arena;
	bool no_memory;
};

/* Keeps a copy. */
void exposure_add(struct exposure *exposure, const struct exposed *exposed);
/* Reports what is open in the one and closed in the other, once for each rule that opens. */
void exposure_compare(const struct exposure *exposure, struct diag_log *log);
void exposure_free(struct exposure *exposure);

#endif
