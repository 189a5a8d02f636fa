/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* User chains in the context of all their callers, by decision diagrams: for the rules that boxes could not decide. */
#ifndef FW_MEANING_CONTEXT_H
#define FW_MEANING_CONTEXT_H

#include "meaning/reach.h"

/* Decides what is undecided, within a budget of nodes. False when memory ran out. */
must_check bool context_decide(struct reach *reach);

#endif
