/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Findings as one text, a line each, for a test that compares them. */
#ifndef FW_TESTS_FAKE_SEEN_H
#define FW_TESTS_FAKE_SEEN_H

#include "diag/diag.h"

/* Zeroed: nothing was found. */
struct seen {
	char text[8192]; /* what does not fit is left out */
};

/* The report function of a log whose ctx is a struct seen. */
void seen_note(void *seen, const struct diag *diag);

#endif
