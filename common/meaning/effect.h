/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What targets do with a packet. */
#ifndef FW_MEANING_EFFECT_H
#define FW_MEANING_EFFECT_H

#include "meaning/program.h"

enum rule_effect effect_of(const struct rule *rule);

/* What the rule changes for those after it in its table, by its target and its matches: of enum changes. */
unsigned effect_changes(const struct rule *rule);

/* Does a match of the rule leave something that other rules can ask for, so that the rule is needed whatever its verdict? */
bool effect_writes(const struct rule *rule);

/* Does a match or target of the rule hang on connection tracking, which then is on? */
bool effect_tracks(const struct rule *rule);

#endif
