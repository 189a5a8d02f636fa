/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Entries as options of conntrack(8), which can create them again. */
#ifndef FW_CONNTRACK_FLOWSAVE_H
#define FW_CONNTRACK_FLOWSAVE_H

#include "base/strbuf.h"
#include "conntrack/flow.h"

/*
 * Appends the line of `conntrack -o save`, without a newline. mark: also the mark, if it is not 0, which conntrack
 * leaves out. False: a damaged entry.
 */
must_check bool flow_save(struct strbuf *out, const struct ct_flow *flow, bool mark);

#endif
