/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which generations may go. It knows what the state alone does not: the journal, and loads of format 1. */
#ifndef FW_STORE_PRUNE_H
#define FW_STORE_PRUNE_H

#include "store/state.h"

/*
 * Removes all but the newest `keep` generations and those that a link names, and loads that were never
 * confirmed: not the one of a journal of this boot, nor the newest of all, whose number must not be given
 * again in this boot. 0 or the first -errno.
 */
must_check int generations_prune(const struct state *state, unsigned keep);

#endif
