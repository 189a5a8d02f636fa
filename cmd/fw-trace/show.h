/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way of a packet as text or JSON. */
#ifndef FW_CMD_TRACE_SHOW_H
#define FW_CMD_TRACE_SHOW_H

#include "base/strbuf.h"
#include "meaning/trace.h"

struct show {
	const struct program *program;
	struct strbuf out;
	bool json;
	bool first; /* step of the object */
};

/* A tracer's step, whose ctx is the show. */
void show_step(void *show, const struct trace_step *step);

/* The answer: a line of text, or the whole object (steps in between). */
void show_begin(struct show *show, const struct packet *packet, bool steps);
void show_result(struct show *show, const struct packet *packet, const struct trace_result *result, bool steps);

#endif
