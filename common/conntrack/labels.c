/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/labels.h"
#include "base/json.h"
#include "base/number.h"
#include "conntrack/input.h"
#include "conntrack/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_FILE_MAX ((size_t)1 << 20)

static size_t word_len(const char *text)
{
	return strcspn(text, " \t\r\n");
}

/* "NUMBER NAME"; any other line is a comment, or is meant for a newer version. */
static int parse_line(struct label_names *names, const char *line)
{
	size_t len = word_len(line);
	const char *name = line + len + strspn(line + len, " \t");
	size_t name_len = word_len(name);
	const char *end = name + name_len + strspn(name + name_len, " \t\r");
	uint64_t number;

	if (!number_read_bytes(line, len, FLOW_LABELS - 1, &number) || name_len == 0 || names->name[number] != NULL ||
	    (*end != '\n' && *end != '\0'))
		return 0;
	names->name[number] = strndup(name, name_len);
	return names->name[number] != NULL ? 0 : -ENOMEM;
}

int labels_parse(struct label_names *names, const char *text)
{
	int err = 0;

	while (err == 0 && *text != '\0') {
		text += strspn(text, " \t");
		err = parse_line(names, text);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return err;
}

int labels_read(struct label_names *names, const char *path)
{
	struct strbuf text = STRBUF_INIT;
	int err = input_read(path, &text, LABEL_FILE_MAX);

	*names = (struct label_names){ 0 };
	if (err == 0)
		err = labels_parse(names, strbuf_text(&text));
	strbuf_free(&text);
	return err;
}

void labels_free(struct label_names *names)
{
	for (size_t i = 0; i < FLOW_LABELS; i++)
		free(names->name[i]);
}

int label_find(const struct label_names *names, const char *text, size_t len)
{
	uint64_t number;

	for (int i = 0; i < FLOW_LABELS; i++)
		if (names->name[i] != NULL && strlen(names->name[i]) == len && memcmp(names->name[i], text, len) == 0)
			return i;
	return number_read_bytes(text, len, FLOW_LABELS - 1, &number) ? (int)number : -1;
}

/* The number of the next label of the entry from this one on; FLOW_LABELS: there are no more. */
static unsigned next_label(const struct flow_labels *labels, unsigned bit)
{
	while (bit < FLOW_LABELS && (labels->words[bit / 32] >> (bit % 32) & 1) == 0)
		bit++;
	return bit;
}

void labels_text(struct strbuf *out, const struct ct_flow *flow, const struct label_names *names)
{
	struct flow_labels labels = flow_labels(flow);
	const char *before = " labels=";

	for (unsigned i = next_label(&labels, 0); i < FLOW_LABELS; i = next_label(&labels, i + 1)) {
		strbuf_puts(out, before);
		if (names->name[i] != NULL)
			text_clean(out, names->name[i]);
		else
			text_number(out, i);
		before = ",";
	}
}

void labels_json(struct strbuf *out, const struct ct_flow *flow, const struct label_names *names)
{
	struct flow_labels labels = flow_labels(flow);
	const char *before = ",\"labels\":[";

	for (unsigned i = next_label(&labels, 0); i < FLOW_LABELS; i = next_label(&labels, i + 1)) {
		char number[4];

		snprintf(number, sizeof(number), "%u", i % 1000);
		strbuf_puts(out, before);
		json_string(out, names->name[i] != NULL ? names->name[i] : number,
			    strlen(names->name[i] != NULL ? names->name[i] : number));
		before = ",";
	}
	strbuf_puts(out, before[1] == '\0' ? "]" : "");
}
