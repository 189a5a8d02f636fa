/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "cuts/connection.h"

#include <string.h>

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && memcmp(a->addr, b->addr, sizeof(a->addr)) == 0;
}

bool connection_has_dnat(const struct connection *connection)
{
	return !endpoint_equal(&connection->to, &connection->server);
}

bool connection_has_snat(const struct connection *connection)
{
	return !endpoint_equal(&connection->from, &connection->back);
}
