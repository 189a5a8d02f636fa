/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where distributions keep the rules that they load at boot, one file a family. */
#ifndef FW_HOST_LAYOUT_H
#define FW_HOST_LAYOUT_H

#include "base/base.h"

enum layout {
	LAYOUT_NONE,
	LAYOUT_DEBIAN, /* iptables-persistent, netfilter-persistent */
	LAYOUT_RHEL,   /* iptables-services */
};

/* "debian" or "rhel"; false: another word. */
must_check bool layout_parse(const char *name, enum layout *layout);

/* The file of a family (0: IPv4), absolute. */
const char *layout_path(enum layout layout, int family);

#endif
