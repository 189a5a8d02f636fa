/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Numbers above 65535 as ports: libxtables looks ports up with getaddrinfo, which keeps the last 16 bits of any number. */
#include "model/xt.h"

#include <stdlib.h>
#include <string.h>

void door_warn_of_ports(const struct xt_option_entry *entry, unsigned id)
{
	const char *before = "ports end at 65535: iptables loads";

	while (entry != NULL && entry->name != NULL && entry->id != id)
		entry++;
	if (entry == NULL || entry->name == NULL || (entry->type != XTTYPE_PORT && entry->type != XTTYPE_PORTRC))
		return;
	for (const char *at = optarg; *at != '\0'; at += *at == ':') {
		size_t len = strcspn(at, ":"), digits = strspn(at, "0123456789");
		unsigned long number = strtoul(at, NULL, 10);

		if (len == digits && number > UINT16_MAX) {
			strbuf_printf(&door.said, "%s %.*s as %lu", before, (int)len, at, number & UINT16_MAX);
			before = ",";
		}
		at += len;
	}
}
