/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/layout.h"
#include "host/backend.h"

#include <string.h>

static const struct {
	const char *name;
	const char *path[FAMILIES];
} layouts[] = {
	[LAYOUT_DEBIAN] = { "debian", { "/etc/iptables/rules.v4", "/etc/iptables/rules.v6" } },
	[LAYOUT_RHEL] = { "rhel", { "/etc/sysconfig/iptables", "/etc/sysconfig/ip6tables" } },
};

bool layout_parse(const char *name, enum layout *layout)
{
	for (size_t i = LAYOUT_DEBIAN; i < ARRAY_LEN(layouts); i++) {
		if (strcmp(layouts[i].name, name) == 0) {
			*layout = (enum layout)i;
			return true;
		}
	}
	return false;
}

const char *layout_path(enum layout layout, int family)
{
	return layouts[layout].path[family];
}
