/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The packets that a kernel accepts. They are new TCP connections from five sources to four ports; a rule with conditions
 * other than a source, a set and a port matches none of them.
 */
#ifndef FW_TESTS_FAKE_PACKETS_H
#define FW_TESTS_FAKE_PACKETS_H

#include "fake/kernel.h"

enum fake_source {
	SOURCE_ANY,       /* no rule and no set names it */
	SOURCE_FIRST,     /* members of sets */
	SOURCE_SECOND,
	SOURCE_BANNED,    /* banned by another program before the load */
	SOURCE_BANNED_LATER, /* banned while the load runs */
	FAKE_SOURCES
};

const char *fake_source(int family, enum fake_source source);
uint32_t fake_packets_from(int family, enum fake_source source);

/* Returns a bit for each packet that this chain of filter accepts. */
uint32_t fake_accepts(struct fake_kernel *kernel, int family, const char *chain);

#endif
