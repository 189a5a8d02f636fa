/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries as text: the line of conntrack(8), so that scripts written for `conntrack -L` go on working, and
 * JSON. */
#ifndef FW_CONNTRACK_FLOWTEXT_H
#define FW_CONNTRACK_FLOWTEXT_H

#include "base/strbuf.h"
#include "conntrack/flow.h"

#include <time.h>

enum flow_text {
	FLOW_LAYER3 = 1, /* begin with the family, as `conntrack -o extended` does */
	FLOW_ID = 2,	 /* end with the id, as `-o id` does */
};

/* One line without its newline. now: for the age of entries with timestamps. False: a damaged entry. */
must_check bool flow_line(struct strbuf *out, const struct ct_flow *flow, unsigned flags, time_t now);

/* The members of a JSON object without its braces: "family":"ipv4","proto":"tcp",... False: a damaged entry.
 */
must_check bool flow_json(struct strbuf *out, const struct ct_flow *flow);

#endif
