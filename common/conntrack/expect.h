/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Expectations: connections that a helper of the kernel foresees, such as the data connections of FTP. A message about
 * one has the header and the layout of one about an entry, so flow.h parses both.
 */
#ifndef FW_CONNTRACK_EXPECT_H
#define FW_CONNTRACK_EXPECT_H

#include "base/strbuf.h"
#include "conntrack/flow.h"

/* Each appends one line without a newline. False: it is damaged. */
must_check bool expect_line(struct strbuf *out, const struct ct_flow *expect); /* as `conntrack -L expect` */
must_check bool expect_json(struct strbuf *out, const struct ct_flow *expect);

#endif
