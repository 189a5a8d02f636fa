/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Entries as text: in the format of conntrack(8), so that scripts for `conntrack -L` go on working, and as
 * JSON.
 */
#ifndef FW_CONNTRACK_FLOWTEXT_H
#define FW_CONNTRACK_FLOWTEXT_H

#include "base/strbuf.h"
#include "conntrack/flow.h"

#include <time.h>

enum flow_text {
	FLOW_LAYER3 = 1, /* start with the family, like `conntrack -o extended` */
	FLOW_ID = 2,	 /* end with the id, like `conntrack -o id` */
};

/*
 * Appends one line without a newline. now: the time, for the age of entries with timestamps. False: a damaged
 * entry.
 */
must_check bool flow_line(struct strbuf *out, const struct ct_flow *flow, unsigned flags, time_t now);

/*
 * Appends the members of a JSON object, without braces: "family":"ipv4","proto":"tcp",... False: a damaged
 * entry.
 */
must_check bool flow_json(struct strbuf *out, const struct ct_flow *flow);

/*
 * Appends a tuple and a blank: "src=10.0.0.1 dst=10.0.0.2 sport=1024 dport=80 ". The prefix stands before src and dst:
 * "mask-".
 */
void flow_put_tuple(struct strbuf *out, const char *prefix, const struct flow_tuple *t);

/* Appends the members of a JSON object: "src":"10.0.0.1","dst":"10.0.0.2","sport":1024,"dport":80 */
void flow_json_tuple(struct strbuf *out, const struct flow_tuple *t);

#endif
