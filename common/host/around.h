/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Reads the rules in force for an undoing, although nft put things into iptables' tables that iptables cannot show. An
 * undoing touches only the chains that the load changed; what nft made elsewhere is none of its business.
 */
#ifndef FW_HOST_AROUND_H
#define FW_HOST_AROUND_H

#include "host/backend.h"
#include "host/native.h"
#include "ruletext/rules.h"

/* The rules of a family before a load and those that it put in force. What differs must be readable. Borrowed. */
struct around {
	const struct text_rules *before, *put;
};

/*
 * Appends the rules in force of a family as iptables-save writes them, but in a chain that is the same in both rules,
 * none if it contains things made with nft; and of a table that is the same in both, only chains, as in `put`. 0;
 * -EBADMSG: such things are in the way, and nothing is reported; or another -errno.
 */
must_check int around_save(const struct backend *backend, int family, const struct around *around, struct strbuf *text);

/* Removes from the list what is not in the way, as around_save judges it. */
void around_pick(struct natives *natives, const struct around *around);

#endif
