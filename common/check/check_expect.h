/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The values that `#@ expect` names must be known before the packets are divided into regions. */
#ifndef FW_CHECK_CHECK_EXPECT_H
#define FW_CHECK_CHECK_EXPECT_H

#include "meaning/space.h"
#include "model/ruleset.h"

/* Notes what check_expect will ask about. */
void check_expect_note(const struct ruleset *ruleset, struct space *space);

#endif
