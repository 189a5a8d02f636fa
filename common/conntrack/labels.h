/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The labels of entries (the match connlabel): bits, to which /etc/xtables/connlabel.conf gives names. Each line there
 * is "NUMBER NAME"; the first name of a number counts.
 */
#ifndef FW_CONNTRACK_LABELS_H
#define FW_CONNTRACK_LABELS_H

#include "base/base.h"
#include "base/strbuf.h"
#include "conntrack/flow.h"

#define LABEL_PATH "/etc/xtables/connlabel.conf"

struct label_names {
	char *name[FLOW_LABELS]; /* owned; NULL: the label has no name */
};

/* Reads the file. 0 or -errno; names has those read so far, to be freed in either case. */
must_check int labels_read(struct label_names *names, const char *path);

/* The same from its text. */
must_check int labels_parse(struct label_names *names, const char *text);
void labels_free(struct label_names *names);

/* The number of the label with this name, or the number that the text is; -1: neither. */
int label_find(const struct label_names *names, const char *text, size_t len);

/* Appends the labels of an entry as " labels=one,two"; nothing if it has none. A label without a name is a number. */
void labels_text(struct strbuf *out, const struct ct_flow *flow, const struct label_names *names);

/* Appends a member of a JSON object, ",\"labels\":[\"one\",\"two\"]", if the entry has labels. */
void labels_json(struct strbuf *out, const struct ct_flow *flow, const struct label_names *names);

#endif
