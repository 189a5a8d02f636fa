/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Rules on which an extension of iptables crashes, hangs or ends the process. The process that read such a rule is lost,
 * so another one reads the text again without the rule, which counts as unreadable.
 */
#ifndef FW_CHECK_FAULTS_H
#define FW_CHECK_FAULTS_H

#include "base/child.h"
#include "base/vec.h"

struct rule_fault {
	unsigned line; /* its index in the stream */
	char why[128];
};

/* Of one family. Zeroed, it has none. */
struct rule_faults {
	VEC(struct rule_fault) list; /* owned; in the order of the lines */
	unsigned slow; /* of these, that took long */
};

/*
 * Notes the rule at which a reader ended: end->place is its line, from 1. False: it was not at a rule, or memory ran out;
 * then nothing is noted.
 */
must_check bool rule_faults_note(struct rule_faults *faults, const struct child_end *end);

/*
 * A struct reader_mode's refuses, whose ctx is the faults. After many faults, the rules that follow the last one are
 * refused too, so that a text is read a limited number of times.
 */
const char *rule_faults_refuse(void *faults, unsigned line);

#endif
