/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Kernel settings that findings hang on: what `#@ sysctl` of the text will set, else what the running kernel has,
 * where the caller has read it. Nothing is read here.
 */
#ifndef FW_CHECK_SETTING_H
#define FW_CHECK_SETTING_H

#include "text/stream.h"

enum setting {
	SETTING_FORWARD4,
	SETTING_FORWARD6,
	SETTING_CT_COUNT,
	SETTING_CT_MAX,
	SETTING_CT_BUCKETS,
	SETTING_CT_ESTABLISHED, /* seconds that a silent connection stays */
	SETTING_COUNT
};

/* Their names, as sysctl(8) has them. */
extern const char *const setting_names[SETTING_COUNT];

/* What the running kernel has; NULL: not read, or not there. Borrowed. */
struct check_live {
	bool known;
	const char *values[SETTING_COUNT];
	const char *const *interfaces; /* names */
	size_t interface_count;
};

struct setting_value {
	bool known;
	bool live; /* of the running kernel, not of the text */
	unsigned long number;
	const struct line *line; /* that sets it; NULL: none */
};

struct setting_value setting_value(const struct stream *stream, const struct check_live *live, enum setting setting);

#endif
