/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* One of the two rulesets that are compared: a file, a load that fw-load keeps, or the rules in force. */
#ifndef FW_CMD_FW_DIFF_INPUT_H
#define FW_CMD_FW_DIFF_INPUT_H

#include "fw-diff/options.h"
#include "ruletext/extras.h"

struct input {
	const char *name;               /* borrowed; in messages */
	struct strbuf text[FAMILIES];   /* owned; a file has one text for both families, the first */
	struct stream stream[FAMILIES];
	bool begun[FAMILIES];
	bool separate;                  /* each family has a text of its own */
	enum family families;           /* that it has rules for */
	struct extras extras;           /* owned; the directives; those with faults are left out */
	bool live;                      /* the rules in force, which have no directives */
};

/* False: it cannot be read, which is reported. input_free must follow in any case. */
must_check bool input_read(struct input *input, struct cli *cli, const struct fw_diff_options *options, const char *word);

/* The stream with the rules of this family; families must have it. */
const struct stream *input_stream(const struct input *input, int family);

void input_free(struct input *input);

#endif
