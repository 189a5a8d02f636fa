/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* A kernel setting below net., as a text asks for it. */
#ifndef FW_RULETEXT_SYSCTL_H
#define FW_RULETEXT_SYSCTL_H

#include "base/strbuf.h"

struct sysctl {
	char *key;   /* owned; as in net.ipv4.ip_forward, or with slashes if an interface's name has dots */
	char *value; /* owned */
	char *before; /* owned; NULL: not read yet */
};

/* Parses "KEY=VALUE" of len bytes. 0; -EINVAL: malformed, or not below net.; -ENOMEM. */
must_check int sysctl_parse(struct sysctl *sysctl, const char *text, size_t len);
void sysctl_free(struct sysctl *sysctl);

/* Do both keys name the same setting, with dots or with slashes? */
bool sysctl_same_key(const char *a, const char *b);

/*
 * Does the value open the host: does it forward, accept what was refused, or let packets bypass the rules? Such values
 * are set after the rules, all others before.
 */
bool sysctl_opens(const struct sysctl *sysctl);

/*
 * May the setting belong to the whole machine, so that a network namespace can read but not set it? Never a setting
 * that opens or closes the host.
 */
bool sysctl_may_be_shared(const struct sysctl *sysctl);

/*
 * Appends the text with every run of white space replaced by one blank, and none at the ends: the kernel pads with
 * tabs.
 */
void sysctl_squeeze(struct strbuf *out, const char *text);

#endif
