/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Prints a trace as text or JSON. */
#ifndef FW_CMD_TRACE_SHOW_H
#define FW_CMD_TRACE_SHOW_H

#include "base/strbuf.h"
#include "meaning/trace.h"

struct show {
	const struct program *program;
	struct strbuf out;
	bool json;
	bool first; /* the next step is the first one of its JSON object */
};

/* Appends a step to show->out. It is the callback of the tracer, with the show as its context. */
void show_step(void *show, const struct trace_step *step);

/* Begin and end the output for one packet. The steps of the trace, if printed, come in between. */
void show_begin(struct show *show, const struct packet *packet, bool steps);
void show_result(struct show *show, const struct packet *packet, const struct trace_result *result, bool steps);

#endif
