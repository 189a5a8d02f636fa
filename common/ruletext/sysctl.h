/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel setting below net., as a text asks for it. */
#ifndef FW_RULETEXT_SYSCTL_H
#define FW_RULETEXT_SYSCTL_H

#include "base/strbuf.h"

struct sysctl {
	char *key;   /* owned; as in net.ipv4.ip_forward, or with slashes where an interface's name has dots */
	char *value; /* owned */
	char *before; /* owned; NULL: not read yet */
};

/* "KEY=VALUE" of len bytes. 0, -EINVAL: not that, or not below net.; -ENOMEM. */
must_check int sysctl_parse(struct sysctl *sysctl, const char *text, size_t len);
void sysctl_free(struct sysctl *sysctl);

/* The same setting, whichever of the two ways it is written in? */
bool sysctl_same_key(const char *a, const char *b);

/*
 * Does the value open the host: forward, accept what it refused, or take packets past the rules? Such
 * values are set when the rules stand, all others before.
 */
bool sysctl_opens(const struct sysctl *sysctl);

/*
 * May it belong to the whole machine, so that a network namespace sees it and cannot set it? What opens or closes the
 * host never does.
 */
bool sysctl_may_be_shared(const struct sysctl *sysctl);

/* Appends the text with every run of white space made one blank, and none at the ends: the kernel pads with tabs. */
void sysctl_squeeze(struct strbuf *out, const char *text);

#endif
