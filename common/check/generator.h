/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Chains that another program writes: which one, by their names and by what else stands in the text. */
#ifndef FW_CHECK_GENERATOR_H
#define FW_CHECK_GENERATOR_H

#include "text/stream.h"

#define GENERATOR_COUNT 16

struct generators {
	bool present[GENERATOR_COUNT]; /* its shape is in the text */
};

struct generators generators_find(const struct stream *stream);

/* The program in whose chain this line stands (from 1), apart from chains that it leaves to the administrator; -1: none. */
int generator_of_line(const struct generators *generators, const struct stream *stream, unsigned line);

const char *generator_name(int generator);

#endif
