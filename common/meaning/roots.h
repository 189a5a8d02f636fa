/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The rules that are the reason why another one is unreachable, themselves reachable wherever that can be told. */
#ifndef FW_MEANING_ROOTS_H
#define FW_MEANING_ROOTS_H

#include "meaning/reach.h"

struct roots {
	unsigned count, more; /* more: how many are not kept */
	const struct program_rule *rule[REACH_KILLERS];
};

/* In the order of their weight: the first stops most. Empty: not known. */
struct roots roots_of(const struct reach *reach, const struct program_rule *rule);

#endif
