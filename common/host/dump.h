/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules in force as they are in one moment. The savers read table after table and family after
 * family, so that a change in between gives a mix that never was in force (19 of 86 saves during
 * reloads did). The nft kind is read again until its generation stood still meanwhile; the legacy
 * kind's writers wait for the lock that we hold.
 */
#ifndef FW_HOST_DUMP_H
#define FW_HOST_DUMP_H

#include "host/backend.h"
#include "ruletext/rules.h"

/* How often the nft kind is read at most. */
#define DUMP_TRIES 5

struct dump {
	struct strbuf text[FAMILIES]; /* owned; what the savers wrote, with counters */
	struct text_rules rules[FAMILIES]; /* owned; they point into text */
};

#define DUMP_INIT { .text = { STRBUF_INIT, STRBUF_INIT } }

/*
 * Fills an empty dump. `wait`: seconds for the lock of iptables. False after a report: also when the
 * rules changed each time. dump_free in any case.
 */
must_check bool dump_read(struct dump *dump, const struct backend *backend, enum family families, unsigned wait,
			  struct diag_log *log);

void dump_free(struct dump *dump);

#endif
