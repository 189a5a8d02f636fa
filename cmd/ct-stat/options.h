/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ct-stat's command line: what was asked for, checked. */
#ifndef FW_CMD_CT_STAT_OPTIONS_H
#define FW_CMD_CT_STAT_OPTIONS_H

#include "cli.h"
#include "conntrack/alarm.h"
#include "conntrack/breakdown.h"
#include "conntrack/filter.h"

#define STATE_PATH "/var/lib/fw-tools/ct-stat.state"

enum mode {
	MODE_REPORT,
	MODE_MERGE,
	MODE_TOP,
	MODE_LIST,
	MODE_EVENTS,
	MODE_WATCH,
	MODE_ADVISE,
	MODE_SYSCTL,
	MODES
};
enum format { FORMAT_TEXT, FORMAT_PLUGIN, FORMAT_JSON, FORMAT_PROM, FORMAT_TSV };

struct ct_stat_options {
	enum mode mode;
	enum format format;
	const char *unfit[MODES]; /* why an option that was given has no meaning in a mode; NULL: all have */
	bool no_header; /* of FORMAT_TSV */
	/* report */
	struct limits limits;
	bool quiet, assured, absent_ok;
	const char *prom_file; /* NULL: standard output */
	const char *state;     /* --state: a file, or with a mode that reads entries the name of a state */
	uint64_t interval;     /* seconds; 0: compare with the state file */
	const char *netns;     /* NULL: the one we are in */
	const char *proc;
	char **files; /* of MODE_MERGE, NULL behind the last; "-": standard input */
	int syslog;	 /* priority; -1: none */
	uint64_t repeat; /* seconds; 0: no reminder */
	/* modes that read entries */
	struct ct_filter filter;
	bool unreplied;
	struct breakdown breakdown;
	unsigned line_flags; /* enum flow_text */
	unsigned events;     /* bit n: enum event_type n */
	uint64_t buffer;     /* bytes of the events' socket buffer */
	uint64_t refresh;    /* seconds between two pictures */
};

extern const char ct_stat_usage[];

/* Options that make the exit status that of a monitoring plugin, misuse included. */
bool options_are_alarm(int argc, char *argv[]);

/* Ends the program on misuse. Free the breakdown. */
void options_parse(struct ct_stat_options *options, struct cli *cli, int argc, char *argv[]);

#endif
