/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * layers: base diag text addr conntrack
 * seeds: tests/data/fuzz/procfiles
 *
 * Feeds any bytes to the readers of the files below /proc that ct-stat --proc reads, and of the names of labels. The
 * first byte of a line "@NAME" begins the file of that number in `names`. The report is then printed in each format.
 */
#include "conntrack/format.h"
#include "conntrack/labels.h"
#include "conntrack/losses.h"
#include "conntrack/report.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char *const names[] = {
	"net/stat/nf_conntrack",
	"sys/net/netfilter/nf_conntrack_count",
	"sys/net/netfilter/nf_conntrack_max",
	"sys/net/netfilter/nf_conntrack_buckets",
	"sys/kernel/random/boot_id",
	"sys/kernel/hostname",
	"uptime",
};

static char root[64];

static void clean(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	if (system(command) != 0)
		_exit(1);
}

static void begin_once(void)
{
	static const char *const folders[] = { "net", "net/stat", "sys", "sys/net", "sys/net/netfilter", "sys/kernel",
					       "sys/kernel/random" };
	char path[128];

	if (root[0] != '\0')
		return;
	snprintf(root, sizeof(root), "%s/fuzz-proc-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(root) == NULL)
		abort();
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, folders[i]);
		if (mkdir(path, 0700) != 0)
			abort();
	}
	atexit(clean);
}

static void put_file(const char *name, const char *text, size_t len)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		abort();
	close(fd);
}

/* Divides the input at "@" and a digit. A file that is not named keeps its content of before: that is removed. */
static void put_files(const char *text, size_t len)
{
	const char *end = text + len;
	char path[256];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, names[i]);
		(void)unlink(path);
	}
	while (text < end) {
		const char *next = memchr(text + 1, '@', (size_t)(end - text) - 1);
		size_t size = (size_t)((next != NULL ? next : end) - text);

		if (size >= 2 && text[0] == '@' && text[1] >= '0' && text[1] < '0' + (int)ARRAY_LEN(names))
			put_file(names[text[1] - '0'], text + 2, size - 2);
		text += size;
	}
}

/* One line, with no control character that a terminal would obey. */
static void check_line(struct strbuf *out)
{
	for (size_t i = 0; i + 1 < out->len; i++)
		if ((unsigned char)out->data[i] < ' ' && out->data[i] != '\t')
			abort();
	if (out->failed || out->len == 0 || out->data[out->len - 1] != '\n')
		abort();
	strbuf_reset(out);
}

static void print(const struct ct_report *report, const struct limits *limits)
{
	struct strbuf out = STRBUF_INIT;

	format_json(&out, report);
	check_line(&out);
	format_tsv(&out, report);
	check_line(&out);
	format_plugin(&out, &report, 1, "", limits);
	check_line(&out);
	format_text(&out, report);
	format_prom(&out, &report, 1);
	strbuf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct limits limits = { .active = true, .warn = { THRESHOLD_PERCENT, 80000 }, .crit_drop = 1, .warn_nat = 1,
				       .crit = { THRESHOLD_ENTRIES, 100 }, .warn_early_drop = 1, .full_in = 60 };
	struct ct_report report = { 0 };
	struct label_names labels = { 0 };
	struct strbuf text = STRBUF_INIT;
	struct snapshot now;

	begin_once();
	put_files((const char *)data, len);
	snapshot_take(&now, root);
	now.wall = 1800000000;
	report_compare(&report, &now, NULL, SINCE_START);
	report_judge(&report, &limits);
	print(&report, &limits);
	report_free(&report);
	snapshot_free(&now);
	strbuf_add(&text, (const char *)data, len);
	(void)!labels_parse(&labels, strbuf_text(&text));
	labels_free(&labels);
	strbuf_free(&text);
	return 0;
}
