/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Rules as this project's own model writes them: the words of the input are read by libxtables, and what
 * libxtables read is printed again. Only such lines are given to iptables-restore, and two rules are the
 * same if their lines are equal.
 *
 * libxtables keeps global state for one family, so each family is read by a child process of its own,
 * both at once. A child that crashes or hangs on an extension is an error at the line it was reading.
 */
#ifndef FW_MODEL_CANON_H
#define FW_MODEL_CANON_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "diag/diag.h"
#include "text/stream.h"

struct canon {
	struct strbuf text;  /* owned; *table, :chain, -A, COMMIT lines; every built-in chain of a table with its policy */
	VEC(unsigned) lines; /* owned; for each -A line of text, in order: the index of its line in the stream */
};

#define CANON_INIT { .text = STRBUF_INIT }

/*
 * Reads the rules that a person or program wrote, for those of these families that the stream is for. The
 * stream was read without errors. A text is a declaration of whole tables: -A, -I CHAIN [N], -P and -N are
 * carried out in the model (a built-in chain without a policy gets ACCEPT); every other command is refused at
 * its line, with what to write instead. Each rule that is printed is read again and must be the same rule, or
 * it is refused at its line. Counters of the text are kept where `counters` says so; else they are left out.
 * An entry of a family that is not read is left alone. False after a report; canon_free in any case.
 */
must_check bool canon_declared(const struct stream *stream, enum family families, bool counters, struct canon canon[FAMILIES],
			       struct diag_log *log);

/*
 * The same for what a saver wrote: texts[] holds tables with all their chains, and any of their rules. out[]
 * gets one line ("-A CHAIN ...", without counters) for each rule line of texts[], in order; a rule line begins
 * with `-' or `['. A rule that cannot be read, or reads back as another one, stays as it is. Empty texts are
 * skipped. False after a report, which is never about what a rule says.
 */
must_check bool canon_saved(enum family families, const struct strbuf texts[FAMILIES], struct strbuf out[FAMILIES],
			    struct diag_log *log);

void canon_free(struct canon *canon);

#endif
