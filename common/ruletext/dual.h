/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Writes the rules of both families as one text that iptables-restore and ip6tables-restore both read: a line of both
 * families appears once, others are marked -4 or -6. Chain lines cannot be marked, so a chain of one family is created
 * by `-4 -N CHAIN`, and a policy that differs is set by `-6 -P CHAIN POLICY`.
 */
#ifndef FW_RULETEXT_DUAL_H
#define FW_RULETEXT_DUAL_H

#include "base/strbuf.h"
#include "ruletext/rules.h"

/* Appends the tables, filter first; an empty filter if there are none. 0 or -ENOMEM. */
must_check int dual_write(const struct text_rules *v4, const struct text_rules *v6, bool counters, struct strbuf *out);

#endif
