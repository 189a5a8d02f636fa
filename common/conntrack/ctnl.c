/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/ctnl.h"
#include "conntrack/message.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/*
 * The kernel sends at most 32 KiB at a time: a smaller buffer needs more calls, a larger one gains nothing.
 */
#define RECEIVE_SIZE 32768
#define REQUEST_SIZE 512
#define PATIENCE     10 /* seconds to wait for an answer; the kernel answers during the send */

int ctnl_open(struct ctnl *nl)
{
	struct timeval patience = { .tv_sec = PATIENCE };
	int err;

	*nl = (struct ctnl){ .socket = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC) };
	if (nl->socket == NULL)
		return -errno;
	if (mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    setsockopt(mnl_socket_get_fd(nl->socket), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0) {
		err = -errno;
		ctnl_close(nl);
		return err;
	}
	nl->port = mnl_socket_get_portid(nl->socket);
	return 0;
}

void ctnl_close(struct ctnl *nl)
{
	if (nl->socket != NULL)
		mnl_socket_close(nl->socket);
	nl->socket = NULL;
}

static struct nlmsghdr *request_begin(struct ctnl *nl, char *buffer, int subsystem, int type, int flags,
				      int family)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = (uint16_t)(subsystem << 8 | type);
	nlh->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	nlh->nlmsg_seq = ++nl->seq;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = (uint8_t)family;
	nfg->version = NFNETLINK_V0;
	return nlh;
}

static int request_send(struct ctnl *nl, const struct nlmsghdr *nlh)
{
	ssize_t put;

	do
		put = mnl_socket_sendto(nl->socket, nlh, nlh->nlmsg_len);
	while (put < 0 && errno == EINTR);
	return put < 0 ? -errno : 0;
}

/*
 * Returns the number of bytes received or -errno. A message longer than the buffer is an error: its end is
 * lost.
 */
static ssize_t receive(struct ctnl *nl, void *buffer, size_t size)
{
	ssize_t got;

	do
		got = recv(mnl_socket_get_fd(nl->socket), buffer, size, MSG_TRUNC);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return got == 0 ? -ECONNRESET : (size_t)got > size ? -EMSGSIZE : got;
}

/* Sends a request and calls `each` for every message of the answer. 0 or -errno. */
static int talk(struct ctnl *nl, const struct nlmsghdr *request, message_each *each, void *ctx)
{
	char buffer[RECEIVE_SIZE] __attribute__((aligned(8)));
	const struct message_request wanted = { .seq = nl->seq, .port = nl->port, .each = each, .ctx = ctx };
	enum message_step step = STEP_ON;
	int err = request_send(nl, request);

	while (err == 0 && step == STEP_ON) {
		ssize_t got = receive(nl, buffer, sizeof(buffer));

		if (got < 0)
			return (int)got;
		err = messages_read(buffer, (size_t)got, &wanted, &step);
	}
	return err;
}

/* An answer with totals or counters has the header and the attributes of an entry, so flow.h parses both. */
static int read_totals(void *ctx, const struct nlmsghdr *nlh, enum message_step *step)
{
	struct ctnl_totals *totals = ctx;
	struct ct_flow answer;

	if (!flow_parse(&answer, nlh) || answer.attr[CTA_STATS_GLOBAL_ENTRIES] == NULL)
		return -EBADMSG;
	totals->count = flow_number(&answer, CTA_STATS_GLOBAL_ENTRIES, 0);
	totals->has_max = answer.attr[CTA_STATS_GLOBAL_MAX_ENTRIES] != NULL;
	totals->max = flow_number(&answer, CTA_STATS_GLOBAL_MAX_ENTRIES, 0);
	*step = STEP_END; /* this answer has no end message */
	return 0;
}

int ctnl_totals(struct ctnl *nl, struct ctnl_totals *totals)
{
	char buffer[REQUEST_SIZE] __attribute__((aligned(8)));

	*totals = (struct ctnl_totals){ 0 };
	return talk(nl,
		    request_begin(nl, buffer, NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_GET_STATS, 0, AF_UNSPEC),
		    read_totals, totals);
}

/*
 * The resource id in the header is the number of the processor. Counters of expectations come with the
 * subsystem of connections too (kernel 6.18), so only the type of the message tells them apart.
 */
static int read_counters(void *ctx, const struct nlmsghdr *nlh, enum message_step *step)
{
	struct ct_counters *counters = ctx;
	bool expect = (nlh->nlmsg_type & 0xff) == IPCTNL_MSG_EXP_GET_STATS_CPU;
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);
	struct counter_line *line;
	struct ct_flow answer;

	(void)step;
	if (!flow_parse(&answer, nlh))
		return -EBADMSG;
	line = counters_line(counters, ntohs(nfg->res_id));
	if (line == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < COUNTER_COUNT; i++) {
		int type = expect ? counter_kinds[i].expect_attr : counter_kinds[i].attr;

		if (type == 0 || answer.attr[type] == NULL)
			continue;
		line->value[i] = flow_number(&answer, type, 0);
		line->known |= 1u << i;
	}
	return 0;
}

int ctnl_counters(struct ctnl *nl, struct ct_counters *counters)
{
	char buffer[REQUEST_SIZE] __attribute__((aligned(8)));
	int err = talk(nl,
		       request_begin(nl, buffer, NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_GET_STATS_CPU,
				     NLM_F_DUMP, AF_UNSPEC),
		       read_counters, counters);

	if (err != 0)
		return err;
	return talk(nl,
		    request_begin(nl, buffer, NFNL_SUBSYS_CTNETLINK_EXP, IPCTNL_MSG_EXP_GET_STATS_CPU,
				  NLM_F_DUMP, AF_UNSPEC),
		    read_counters, counters);
}

static int read_flow(void *ctx, const struct nlmsghdr *nlh, enum message_step *step)
{
	struct ctnl_dump *dump = ctx;
	struct ct_flow flow;

	if (dump->limit > 0 && dump->sent == dump->limit) {
		dump->limited = true;
		*step = STEP_END;
		return 0;
	}
	dump->sent++;
	if (!flow_parse(&flow, nlh))
		dump->damaged++;
	else if ((dump->filter == NULL || filter_match(dump->filter, &flow)) && !dump->each(dump->ctx, &flow))
		*step = STEP_END;
	return 0;
}

static int dump_pass(struct ctnl *nl, struct ctnl_dump *dump, uint8_t family, bool tuple)
{
	char buffer[REQUEST_SIZE] __attribute__((aligned(8)));
	struct nlmsghdr *nlh =
		request_begin(nl, buffer, NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_GET, NLM_F_DUMP, family);

	if (dump->filter != NULL && dump->limit == 0) /* a sample is drawn from the whole table */
		filter_request(dump->filter, family, tuple, nlh);
	return talk(nl, nlh, read_flow, dump);
}

/* Whether the kernel rejected the request because it does not know tuple filters. */
static bool lacks_tuple_filter(int err, const struct ctnl_dump *dump)
{
	return (err == -EOPNOTSUPP || err == -EINVAL) && dump->sent == 0;
}

int ctnl_dump(struct ctnl *nl, struct ctnl_dump *dump)
{
	uint8_t family = dump->filter != NULL ? dump->filter->family : AF_UNSPEC;
	bool tuple =
		dump->filter != NULL && filter_wants_tuple(dump->filter) && (family != 0 || !dump->in_order);
	int err;

	dump->sent = dump->damaged = 0;
	dump->limited = false;
	if (dump->limit > 0)
		return dump_pass(nl, dump, AF_UNSPEC, false);
	if (!tuple)
		return dump_pass(nl, dump, family, false);
	err = dump_pass(nl, dump, family != 0 ? family : AF_INET, true);
	if (lacks_tuple_filter(err, dump))
		return dump_pass(nl, dump, family, false);
	if (err == 0 && family == 0)
		err = dump_pass(nl, dump, AF_INET6, true);
	return err;
}

int ctnl_expectations(struct ctnl *nl, uint8_t family, ctnl_each *each, void *ctx, uint64_t *damaged)
{
	char buffer[REQUEST_SIZE] __attribute__((aligned(8)));
	struct ctnl_dump dump = { .each = each, .ctx = ctx };
	int err = talk(nl,
		       request_begin(nl, buffer, NFNL_SUBSYS_CTNETLINK_EXP, IPCTNL_MSG_EXP_GET, NLM_F_DUMP, family),
		       read_flow, &dump);

	*damaged += dump.damaged;
	return err;
}
