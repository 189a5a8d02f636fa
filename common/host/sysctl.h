/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel settings below net., written and read back. */
#ifndef FW_HOST_SYSCTL_H
#define FW_HOST_SYSCTL_H

#include "base/strbuf.h"

/* Keys are as in net.ipv4.ip_forward, or with slashes where an interface's name has dots. -EINVAL: not below net. */

/* Appends the current value, blanks made one. 0 or -errno. */
must_check int sysctl_read(const char *key, struct strbuf *out);

/*
 * May it be written at all? Some settings below net.netfilter belong to the whole machine and are
 * read-only in a network namespace of one's own (net/netfilter/nf_conntrack_standalone.c).
 */
bool sysctl_writable(const char *key);

/*
 * Appends the keys of the settings that the kernel changes together with this one, a line each: net.ipv4.ip_forward
 * sets forwarding on every interface, and accept_redirects to its opposite. Facts: inet_forward_change in
 * net/ipv4/devinet.c, addrconf_fixup_forwarding and its neighbours in net/ipv6/addrconf.c. 0 or -errno.
 */
must_check int sysctl_followers(const char *key, struct strbuf *out);

/* Writes a value and reads it back. 0 or -errno; -EDOM: the kernel made another one of it, and the old one was put back;
 * -EIO: that failed too. */
must_check int sysctl_write(const char *key, const char *value);

#endif
