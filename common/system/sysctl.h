/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel settings below net., written and read back. */
#ifndef FW_SYSTEM_SYSCTL_H
#define FW_SYSTEM_SYSCTL_H

#include "base/strbuf.h"

struct sysctl {
	char *key;   /* owned; as in net.ipv4.ip_forward, or with slashes where an interface's name has dots */
	char *value; /* owned */
	char *before; /* owned; NULL: not read yet */
};

/* "KEY=VALUE" of len bytes. 0, -EINVAL: not that, or not below net.; -ENOMEM. */
must_check int sysctl_parse(struct sysctl *sysctl, const char *text, size_t len);
void sysctl_free(struct sysctl *sysctl);

/*
 * Does the value open the host: forward, accept what it refused, or take packets past the rules? Such
 * values are set when the rules stand, all others before.
 */
bool sysctl_opens(const struct sysctl *sysctl);

/* The current value, blanks made one, appended. 0 or -errno. */
must_check int sysctl_read(const struct sysctl *sysctl, struct strbuf *out);

/*
 * May it be written at all? Some settings below net.netfilter belong to the whole machine and are
 * read-only in a network namespace of one's own (net/netfilter/nf_conntrack_standalone.c).
 */
bool sysctl_writable(const struct sysctl *sysctl);

/* Writes a value and reads it back. 0 or -errno; -EIO: the kernel took another one. */
must_check int sysctl_write(const struct sysctl *sysctl, const char *value);

#endif
