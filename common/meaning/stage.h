/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The tables that a packet passes at each hook, in the kernel's order: one list for all that follow packets. */
#ifndef FW_MEANING_STAGE_H
#define FW_MEANING_STAGE_H

#include "model/builtin.h"

enum stage_kind {
	STAGE_PLAIN,
	STAGE_RAW, /* in front of connection tracking: packets have no state yet, but for those that loop back */
	STAGE_NAT, /* asked for the first packet of a connection alone */
};

struct stage {
	enum stage_kind kind;
	const char *table;
};

/* The hook's stages, and their number. */
const struct stage *hook_stages(enum hook hook, size_t *count);

#endif
