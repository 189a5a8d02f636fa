/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* ct-stat's command line, checked. */
#ifndef FW_CMD_CT_STAT_OPTIONS_H
#define FW_CMD_CT_STAT_OPTIONS_H

#include "cli.h"
#include "conntrack/breakdown.h"
#include "conntrack/filter.h"
#include "conntrack/labels.h"
#include "conntrack/measure.h"

enum mode {
	MODE_REPORT,
	MODE_MERGE,
	MODE_TOP,
	MODE_LIST,
	MODE_EXPECT,
	MODE_EVENTS,
	MODE_WATCH,
	MODE_ADVISE,
	MODE_SYSCTL,
	MODES
};

enum format { FORMAT_TEXT, FORMAT_PLUGIN, FORMAT_JSON, FORMAT_PROM, FORMAT_TSV };

/* The words of -o, in the order of the table in options.c. */
enum { OUTPUT_EXTENDED = 1, OUTPUT_ID = 2, OUTPUT_LABELS = 4, OUTPUT_SAVE = 8, OUTPUT_MARK = 16 };

/* What the modes that read entries are asked for. */
struct ct_stat_entries {
	struct ct_filter filter;
	struct breakdown breakdown; /* its keys, rows, min, by and sample */
	unsigned output;	    /* OUTPUT_* of --list */
	unsigned events;	    /* bit n: enum event_type n */
	uint64_t buffer;	    /* bytes of the events' socket buffer */
	uint64_t refresh;	    /* seconds between two pictures of --watch */
	bool unreplied;
	bool has_labels;	    /* print labels, as conntrack(8) does with a filter by label too */
	int labels_error;	    /* -errno; 0: none */
	struct label_names labels;
};

/* Texts are borrowed from the command line. */
struct ct_stat_options {
	enum mode mode;
	enum format format;
	bool no_header; /* of FORMAT_TSV */
	bool quiet, assured;
	const char *state; /* --state: a history file, or for entries the name of a state; NULL: not given */
	const char *netns; /* NULL: the namespace that this process is in; "all" */
	struct measure_request request; /* of the report */
	const char *prom_file;		/* NULL: standard output */
	int syslog;			/* priority; -1: none */
	uint64_t repeat;		/* seconds; 0: a lasting alarm is logged once */
	char **files;			/* of MODE_MERGE, NULL after the last; "-": standard input */
	struct ct_stat_entries entries;
};

/* Begins cli too. Misuse, help and version end the program here. Free the options with options_free. */
struct ct_stat_options options_parse(struct cli *cli, int argc, char *argv[]);
void options_free(struct ct_stat_options *options);

#endif
