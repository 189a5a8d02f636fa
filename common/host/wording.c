/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/wording.h"
#include "base/base.h"

#include <inttypes.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Names that extensions print instead of numbers: protocols, and the matches connlabel, devgroup and realm. */
static const char *const names[] = { "/etc/protocols",	       "/etc/ethertypes",	     "/etc/xtables/connlabel.conf",
				     "/etc/iproute2/group",    "/etc/iproute2/rt_realms",    "/usr/share/iproute2/group",
				     "/usr/share/iproute2/rt_realms", "/usr/lib/iproute2/group", "/usr/lib/iproute2/rt_realms" };

/* The change time cannot be set, so it differs after an upgrade although a package keeps the time of modification. */
static void stamp_file(const char *path, struct strbuf *out)
{
	struct stat st;

	if (stat(path, &st) != 0)
		strbuf_printf(out, "%s none\n", path);
	else
		strbuf_printf(out, "%s %llu:%llu %lld %lld.%09ld\n", path, (unsigned long long)st.st_dev,
			      (unsigned long long)st.st_ino, (long long)st.st_size, (long long)st.st_ctim.tv_sec,
			      st.st_ctim.tv_nsec);
}

/* ctx: PATH_MAX bytes for the path of libxtables. */
static int find_libxtables(struct dl_phdr_info *info, size_t size, void *ctx)
{
	(void)size;
	if (strstr(info->dlpi_name, "/libxtables.so") == NULL)
		return 0;
	snprintf(ctx, PATH_MAX, "%s", info->dlpi_name);
	return 1;
}

void wording_stamp(struct strbuf *out)
{
	const char *extensions = getenv("XTABLES_LIBDIR");
	char library[PATH_MAX] = "", beside[PATH_MAX + sizeof("xtables")];

	stamp_file("/proc/self/exe", out);
	if (dl_iterate_phdr(find_libxtables, library) != 0) {
		stamp_file(library, out);
		snprintf(beside, sizeof(beside), "%.*sxtables", (int)(strrchr(library, '/') + 1 - library), library);
		stamp_file(extensions != NULL ? extensions : beside, out); /* its folder changes with each extension */
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		stamp_file(names[i], out);
}
