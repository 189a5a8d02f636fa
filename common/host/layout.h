/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Where distributions keep the rules that they load at boot: one file for each family. */
#ifndef FW_HOST_LAYOUT_H
#define FW_HOST_LAYOUT_H

#include "base/base.h"

enum layout {
	LAYOUT_NONE,
	LAYOUT_DEBIAN, /* iptables-persistent, netfilter-persistent */
	LAYOUT_RHEL,   /* iptables-services */
};

/* Parses "debian" or "rhel". False: anything else. */
must_check bool layout_parse(const char *name, enum layout *layout);

/* The absolute path of a family's file (0: IPv4). */
const char *layout_path(enum layout layout, int family);

#endif
