/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "fw-lint/live.h"
#include "host/sysctl.h"

#include <stdlib.h>

static void read_interfaces(struct live *live, struct check_live *to)
{
	size_t count = 0;

	live->interfaces = if_nameindex();
	while (live->interfaces != NULL && live->interfaces[count].if_index != 0)
		count++;
	live->names = count > 0 ? calloc(count, sizeof(*live->names)) : NULL;
	if (live->names == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		live->names[i] = live->interfaces[i].if_name;
	to->interfaces = live->names;
	to->interface_count = count;
}

void live_read(struct live *live, struct check_live *to)
{
	*live = (struct live){ .interfaces = NULL };
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		live->values[i] = (struct strbuf)STRBUF_INIT;
		if (sysctl_read(setting_names[i], &live->values[i]) == 0)
			to->values[i] = strbuf_text(&live->values[i]);
	}
	read_interfaces(live, to);
}

void live_free(struct live *live)
{
	for (size_t i = 0; i < SETTING_COUNT; i++)
		strbuf_free(&live->values[i]);
	if (live->interfaces != NULL)
		if_freenameindex(live->interfaces);
	free(live->names);
}
