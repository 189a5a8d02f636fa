/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Removes from iptables' own tables what nft made there and iptables cannot show (host/native.h), for when rules must
 * be put in force in any case. Tables with other names are not touched.
 */
#ifndef FW_HOST_CLEAR_H
#define FW_HOST_CLEAR_H

#include "host/around.h"
#include "host/backend.h"

struct clearing {
	enum family families;
	bool whole;           /* delete every table that contains such objects; else only the objects, if possible */
	bool or_whole;        /* delete the table if its objects cannot be deleted alone */
	const struct around *around; /* only what is in the way of this undoing, of one family; NULL: all */
	bool close[FAMILIES]; /* in the same commit, set the policies of INPUT and FORWARD to DROP */
};

/* Reports what it removes and what it cannot remove. Returns the families that iptables still cannot show. */
enum family natives_clear(const struct backend *backend, const struct clearing *clearing, struct diag_log *log);

#endif
