/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "cuts/live.h"
#include "base/hash.h"
#include "conntrack/ctnl.h"
#include "conntrack/source.h"
#include "cuts/kernel.h"

#include <errno.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

/* A table of millions is judged by its first part: what can be read in this time of work, on a busy machine five times that. */
#define WORK_NS    2000000000LL
#define CLOCK_NS   (5 * WORK_NS)
#define LOOK_EVERY 4096

/* The established sockets by their two ends: an open hash of indices + 1. */
struct socket_index {
	tcp_sockets *sockets; /* borrowed */
	uint32_t *slots;      /* owned; NULL: there are no sockets */
	size_t size;
};

static size_t slot_of(const struct socket_index *index, const struct endpoint *local, const struct endpoint *remote)
{
	uint32_t hash = hash32_add(HASH32_START, local->addr, sizeof(local->addr));

	hash = hash32_add(hash, remote->addr, sizeof(remote->addr));
	hash = hash32_add(hash, &local->port, sizeof(local->port));
	return hash32_add(hash, &remote->port, sizeof(remote->port)) & (index->size - 1);
}

static struct tcp_socket *index_socket(const struct socket_index *index, enum family family, const struct endpoint *local,
				       const struct endpoint *remote)
{
	if (index->slots == NULL)
		return NULL;
	for (size_t at = slot_of(index, local, remote); index->slots[at] != 0; at = (at + 1) & (index->size - 1)) {
		struct tcp_socket *socket = &index->sockets->item[index->slots[at] - 1];

		if (socket->family == family && endpoint_equal(&socket->local, local) && endpoint_equal(&socket->remote, remote))
			return socket;
	}
	return NULL;
}

static bool index_begin(struct socket_index *index, tcp_sockets *sockets)
{
	*index = (struct socket_index){ .sockets = sockets, .size = 16 };
	if (sockets->len == 0)
		return true;
	while (index->size < 2 * sockets->len)
		index->size *= 2;
	index->slots = calloc(index->size, sizeof(*index->slots));
	for (size_t i = 0; index->slots != NULL && i < sockets->len; i++) {
		const struct tcp_socket *socket = &sockets->item[i];
		size_t at = slot_of(index, &socket->local, &socket->remote);

		while (!socket->listens && index->slots[at] != 0)
			at = (at + 1) & (index->size - 1);
		if (!socket->listens)
			index->slots[at] = (uint32_t)i + 1;
	}
	return index->slots != NULL;
}

/* --- tracked connections ---------------------------------------------------------------------------- */

struct dumping {
	struct live_table *live;
	struct socket_index index;
	long long started, worked; /* nanoseconds, by the clock and of work, at the beginning */
	uint64_t seen;
	bool no_memory, late;
};

static long long now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Has it begun, and does it go on? */
static bool is_alive(const struct ct_flow *flow, unsigned proto)
{
	static const char *const states[] = { "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "OPEN", "PARTOPEN", "HEARTBEAT_ACKED" };
	uint32_t status = flow_number(flow, CTA_STATUS, 0);
	const char *state = flow_state(flow);

	if ((status & IPS_SEEN_REPLY) == 0 || (status & IPS_DYING) != 0)
		return false;
	if (proto != IPPROTO_TCP && (state == NULL || proto == IPPROTO_UDP))
		return (status & IPS_ASSURED) != 0;
	for (size_t i = 0; state != NULL && i < ARRAY_LEN(states); i++)
		if (strcmp(state, states[i]) == 0)
			return true;
	return false;
}

static void take_end(struct endpoint *end, const uint8_t *addr, uint16_t port, bool ports)
{
	memcpy(end->addr, addr, sizeof(end->addr));
	end->port = ports ? port : 0;
}

/* The socket of this host at one of the ends knows that it is tracked. */
static void meet_socket(struct dumping *dumping, struct connection *connection)
{
	const struct endpoint *const ends[][2] = { { &connection->server, &connection->from }, { &connection->from, &connection->to },
						   { &connection->server, &connection->back } };

	for (size_t i = 0; connection->proto == IPPROTO_TCP && i < ARRAY_LEN(ends); i++) {
		struct tcp_socket *socket = index_socket(&dumping->index, connection->family, ends[i][0], ends[i][1]);

		if (socket == NULL)
			continue;
		socket->tracked = true;
		if (socket->owner > connection->owner)
			connection->owner = socket->owner;
	}
}

static bool take_flow(void *ctx, const struct ct_flow *flow)
{
	struct dumping *dumping = ctx;
	struct connection connection = { .tracked = true, .mark = flow_number(flow, CTA_MARK, 0) };
	struct flow_tuple first, reply;

	if (++dumping->seen % LOOK_EVERY == 0 && (now(CLOCK_MONOTONIC) - dumping->started > CLOCK_NS ||
						  now(CLOCK_PROCESS_CPUTIME_ID) - dumping->worked > WORK_NS)) {
		dumping->late = true;
		return false;
	}
	if (!flow_tuple(flow, FLOW_ORIG, &first) || !flow_tuple(flow, FLOW_REPLY, &reply) ||
	    (flow->family != AF_INET && flow->family != AF_INET6))
		return true;
	connection.family = flow->family == AF_INET ? FAMILY_IPV4 : FAMILY_IPV6;
	connection.proto = first.proto;
	connection.expected = (flow_number(flow, CTA_STATUS, 0) & IPS_EXPECTED) != 0;
	take_end(&connection.from, first.src, first.sport, first.ports);
	take_end(&connection.to, first.dst, first.dport, first.ports);
	take_end(&connection.server, reply.src, reply.sport, first.ports);
	take_end(&connection.back, reply.dst, reply.dport, first.ports);
	meet_socket(dumping, &connection);
	if (is_alive(flow, first.proto) && !vec_push(&dumping->live->all, connection))
		dumping->no_memory = true;
	return !dumping->no_memory;
}

static int dump_once(struct dumping *dumping)
{
	struct ctnl_dump dump = { .each = take_flow, .ctx = dumping };
	struct ctnl nl;
	int err = ctnl_open(&nl);

	dumping->live->all.len = 0;
	dumping->seen = 0;
	dumping->started = now(CLOCK_MONOTONIC);
	dumping->worked = now(CLOCK_PROCESS_CPUTIME_ID);
	if (err == 0)
		err = ctnl_dump(&nl, &dump);
	ctnl_close(&nl);
	return err;
}

/* How many entries the table has; 0: unknown. */
static uint32_t count_entries(void)
{
	struct ctnl_totals totals = { .count = 0 };
	struct ctnl nl;

	if (ctnl_open(&nl) == 0 && ctnl_totals(&nl, &totals) != 0)
		totals.count = 0;
	ctnl_close(&nl);
	return totals.count;
}

static bool read_tracked(struct dumping *dumping, const char *proc)
{
	struct live_table *live = dumping->live;
	int err = source_netlink_ready(proc);

	live->untracked = err == -ENOENT;
	if (err == -ENOENT)
		return true;
	err = dump_once(dumping);
	if (err == -EINTR || err == -ENOBUFS) /* others changed the table meanwhile: once again */
		err = dump_once(dumping);
	if (err != 0 && !dumping->no_memory)
		strbuf_printf(&live->fault, "the tracked connections cannot be read: %s", strerror(-err));
	else if (dumping->late)
		strbuf_printf(&live->fault, "there are %u tracked connections; only the first %llu were looked at", count_entries(),
			      (unsigned long long)dumping->seen);
	live->unread = live->fault.len > 0;
	return !dumping->no_memory;
}

/* --- sockets ---------------------------------------------------------------------------------------- */

static void note_listening(struct live_table *live)
{
	for (size_t i = 0; i < live->sockets.len; i++)
		if (live->sockets.item[i].listens)
			live->listening[live->sockets.item[i].local.port / 8] |= (unsigned char)(1U << live->sockets.item[i].local.port % 8);
}

/* On the port of a connection's server, a socket listens. */
static struct connection connection_of(const struct live_table *live, const struct tcp_socket *socket)
{
	bool serves = (live->listening[socket->local.port / 8] & 1U << socket->local.port % 8) != 0;
	struct connection connection = { .from = serves ? socket->remote : socket->local,
					 .to = serves ? socket->local : socket->remote,
					 .family = socket->family, .proto = IPPROTO_TCP, .owner = socket->owner };

	connection.server = connection.to;
	connection.back = connection.from;
	return connection;
}

/*
 * Adds the sockets that no tracked connection belongs to. If the table could not be read, these are the user's own ones
 * alone, and they are taken for tracked.
 */
static bool add_sockets(struct live_table *live)
{
	note_listening(live);
	for (size_t i = 0; i < live->sockets.len; i++) {
		const struct tcp_socket *socket = &live->sockets.item[i];
		struct connection connection = connection_of(live, socket);

		if (socket->listens || socket->tracked || (live->unread && socket->owner == OWNER_OTHER))
			continue;
		connection.tracked = live->unread;
		if (!vec_push(&live->all, connection))
			return false;
	}
	return true;
}

bool live_read(struct live_table *live, const char *proc, const struct session *session)
{
	struct dumping dumping = { .live = live };
	uint64_t loose = 1;
	int err;
	bool good;

	*live = (struct live_table){ .fault = STRBUF_INIT };
	err = sockets_read(&live->sockets);
	if (err != 0 && err != -ENOMEM)
		strbuf_printf(&live->fault, "the sockets of this host cannot be read: %s", strerror(-err));
	session_own(session, &live->sockets);
	good = err != -ENOMEM && index_begin(&dumping.index, &live->sockets) && read_tracked(&dumping, proc) && add_sockets(live);
	(void)!source_sysctl(proc, "nf_conntrack_tcp_loose", &loose);
	live->loose = loose != 0;
	free(dumping.index.slots);
	return good && !live->fault.failed;
}

void live_free(struct live_table *live)
{
	vec_free(&live->all);
	vec_free(&live->sockets);
	strbuf_free(&live->fault);
}
