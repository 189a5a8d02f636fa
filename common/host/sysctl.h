/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Reads and writes kernel settings below net. */
#ifndef FW_HOST_SYSCTL_H
#define FW_HOST_SYSCTL_H

#include "base/strbuf.h"

/* Keys are as in net.ipv4.ip_forward, or with slashes if an interface's name has dots. -EINVAL: not below net. */

/* Appends the present value, with runs of blanks made one. 0 or -errno. */
must_check int sysctl_read(const char *key, struct strbuf *out);

/*
 * Can it be written at all? Some settings below net.netfilter belong to the whole machine and are read-only in other
 * network namespaces (net/netfilter/nf_conntrack_standalone.c).
 */
bool sysctl_writable(const char *key);

/*
 * Appends the keys of the settings that the kernel changes together with this one, one a line: net.ipv4.ip_forward sets
 * forwarding on every interface, and accept_redirects to its opposite. Sources: inet_forward_change in
 * net/ipv4/devinet.c, addrconf_fixup_forwarding and the functions next to it in net/ipv6/addrconf.c. 0 or -errno.
 */
must_check int sysctl_followers(const char *key, struct strbuf *out);

/*
 * Writes a value and reads it back. 0 or -errno; -EDOM: the kernel stored another value, so the old one was restored;
 * -EIO: restoring it failed too.
 */
must_check int sysctl_write(const char *key, const char *value);

#endif
