/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Removes old generations. This module knows what state.h does not: the journal, and loads of format 1. */
#ifndef FW_STORE_PRUNE_H
#define FW_STORE_PRUNE_H

#include "store/state.h"

/*
 * Removes all kept generations, apart from the newest `keep` and those that a link names, and all unconfirmed ones,
 * apart from the one of a journal of this boot and the newest of all, whose number must not be used again in this boot.
 * 0 or the first -errno.
 */
must_check int generations_prune(const struct state *state, unsigned keep);

#endif
