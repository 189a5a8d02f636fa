/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* A set of the two address families. A line, a rule or a run concerns one of them or both. */
#ifndef FW_TEXT_FAMILY_H
#define FW_TEXT_FAMILY_H

#include <stdbool.h>

enum family {
	FAMILY_NONE = 0,
	FAMILY_IPV4 = 1,
	FAMILY_IPV6 = 2,
	FAMILY_BOTH = 3,
};

/* The length of arrays with one entry for each family: 0 is IPv4, 1 is IPv6. */
#define FAMILIES 2

static inline bool family_has(enum family families, int index)
{
	return ((unsigned)families >> index & 1) != 0;
}

static inline enum family family_bit(int index)
{
	return index == 0 ? FAMILY_IPV4 : FAMILY_IPV6;
}

static inline const char *family_name(int index)
{
	return index == 0 ? "IPv4" : "IPv6";
}

#endif
