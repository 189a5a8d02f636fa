/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes of an extension's data that the kernel does not look at, and that differ by how the rule was written:
 * an IPv4 mask has four bytes in a field of sixteen, and the others are ones unless a mask was given.
 */
#include "model/xt.h"

#include <linux/netfilter/xt_connlimit.h>
#include <linux/netfilter/xt_recent.h>
#include <string.h>

struct unused {
	const char *name;
	uint8_t revision;
	unsigned from, to;
};

#define BEHIND_IPV4(type, mask) offsetof(type, mask) + sizeof(struct in_addr), offsetof(type, mask) + sizeof(union nf_inet_addr)

static const struct unused unused_ipv4[] = {
	{ "connlimit", 1, BEHIND_IPV4(struct xt_connlimit_info, mask) },
	{ "recent", 1, BEHIND_IPV4(struct xt_recent_mtinfo_v1, mask) },
};

void door_note_unused(struct ext_kind *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(unused_ipv4) && door.family == FAMILY_IPV4; i++) {
		const struct unused *entry = &unused_ipv4[i];

		if (!kind->target && kind->revision == entry->revision && strcmp(kind->real_name, entry->name) == 0) {
			kind->unused_from = entry->from;
			kind->unused_to = entry->to;
		}
	}
}
