/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* The command line of fw-trace. */
#ifndef FW_CMD_FW_TRACE_OPTIONS_H
#define FW_CMD_FW_TRACE_OPTIONS_H

#include "cli.h"
#include "text/family.h"

struct fw_trace_options {
	enum family family;   /* FAMILY_NONE: that of the first packet */
	const char *rules;    /* a path; "-": standard input */
	const char *packets;  /* a file with one packet on each line; NULL: none */
	const char *log;      /* a file of kernel messages; NULL: none */
	const char *packet;   /* the operand; NULL: none */
	bool json, reply, count;
};

/* Begins cli too. Misuse, help and version end the program here. */
struct fw_trace_options options_parse(struct cli *cli, int argc, char *argv[]);

#endif
