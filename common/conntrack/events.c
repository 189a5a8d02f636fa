/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/events.h"
#include "base/json.h"
#include "conntrack/ctnl.h"
#include "conntrack/flowtext.h"
#include "conntrack/labels.h"
#include "conntrack/message.h"
#include "conntrack/text.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define BATCH	   64
#define EVENT_SIZE 4096	 /* an event has about 220 bytes, with labels and security contexts more */
#define DRAINED	   65536 /* no buffer holds so many events: the next one is newer than the gap */

const char *const event_names[EVENT_TYPES] = { "new", "update", "destroy" };

struct events_receive {
	struct mmsghdr headers[BATCH];
	struct iovec areas[BATCH];
	char buffers[BATCH][EVENT_SIZE] __attribute__((aligned(8)));
};

static const int groups[EVENT_TYPES] = { NFNLGRP_CONNTRACK_NEW, NFNLGRP_CONNTRACK_UPDATE,
					 NFNLGRP_CONNTRACK_DESTROY };

static int join_groups(int fd, unsigned types)
{
	for (unsigned i = 0; i < EVENT_TYPES; i++)
		if ((types & (1u << i)) != 0 &&
		    setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i], sizeof(groups[i])) != 0)
			return -errno;
	return 0;
}

/* The kernel doubles the size that is requested, for its own bookkeeping. */
static int set_buffer(struct events *events, uint64_t bytes)
{
	int want = (int)bytes, got = 0;
	socklen_t len = sizeof(got);

	if (setsockopt(events->fd, SOL_SOCKET, SO_RCVBUFFORCE, &want, sizeof(want)) != 0 &&
	    setsockopt(events->fd, SOL_SOCKET, SO_RCVBUF, &want, sizeof(want)) != 0)
		return -errno;
	if (getsockopt(events->fd, SOL_SOCKET, SO_RCVBUF, &got, &len) != 0)
		return -errno;
	events->buffer = (uint64_t)got / 2;
	return 0;
}

static uint32_t socket_drops(const struct events *events)
{
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(info);

	return getsockopt(events->fd, SOL_SOCKET, SO_MEMINFO, info, &len) == 0 ? info[SK_MEMINFO_DROPS] : 0;
}

int events_open(struct events *events, unsigned types, uint64_t buffer)
{
	struct sockaddr_nl self = { .nl_family = AF_NETLINK };
	/* Ends the wait where a signal arrives between the caller's check for it and recvmmsg. */
	struct timeval patience = { .tv_sec = 1 };
	int err;

	events->receive = calloc(1, sizeof(*events->receive));
	events->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (events->fd < 0)
		return -errno;
	if (events->receive == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < BATCH; i++) {
		events->receive->areas[i] = (struct iovec){ events->receive->buffers[i], EVENT_SIZE };
		events->receive->headers[i].msg_hdr =
			(struct msghdr){ .msg_iov = &events->receive->areas[i], .msg_iovlen = 1 };
	}
	err = set_buffer(events, buffer);
	if (err == 0 && setsockopt(events->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) != 0)
		err = -errno;
	if (err == 0 && bind(events->fd, (struct sockaddr *)&self, sizeof(self)) != 0)
		err = -errno;
	return err == 0 ? join_groups(events->fd, types) : err;
}

void events_close(struct events *events)
{
	if (events->fd >= 0)
		close(events->fd);
	events->fd = -1;
	free(events->receive);
	events->receive = NULL;
}

void events_leave(struct events *events)
{
	for (unsigned i = 0; i < EVENT_TYPES; i++) /* leaving a group that was not joined does no harm */
		(void)setsockopt(events->fd, SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, &groups[i],
				 sizeof(groups[i]));
	events->leaving = true;
}

static enum event_type type_of(const struct nlmsghdr *nlh)
{
	if ((nlh->nlmsg_type & 0xff) == IPCTNL_MSG_CT_DELETE)
		return EVENT_DESTROY;
	return (nlh->nlmsg_flags & (NLM_F_CREATE | NLM_F_EXCL)) != 0 ? EVENT_NEW : EVENT_UPDATE;
}

/* The time in seconds, with six digits after the point. */
static void put_time(struct strbuf *out, const struct timespec *now)
{
	char digits[7] = ".000000";
	long micro = now->tv_nsec / 1000;

	text_number(out, (uint64_t)now->tv_sec);
	for (int i = 6; i > 0; i--, micro /= 10)
		digits[i] = (char)('0' + micro % 10);
	strbuf_add(out, digits, sizeof(digits));
}

/* Which program caused the event, like `conntrack -E`. port 0: the kernel itself, for a packet or a timeout. */
static void put_sender(struct events *events, struct strbuf *out, uint32_t port)
{
	const char *name;

	if (port == 0)
		return;
	name = sender_name(&events->sender, port);
	strbuf_printf(out, events->json ? ",\"portid\":%" PRIu32 : " [USERSPACE] portid=%" PRIu32, port);
	if (name[0] == '\0')
		return;
	strbuf_puts(out, events->json ? ",\"progname\":" : " progname=");
	if (events->json)
		json_string(out, name, strlen(name));
	else
		strbuf_puts(out, name);
}

static bool put_event(struct events *events, struct strbuf *out, const struct nlmsghdr *nlh,
		      const struct ct_flow *flow, const struct timespec *now)
{
	static const char *const tags[EVENT_TYPES] = { "]\t    [NEW] ", "]\t [UPDATE] ", "]\t[DESTROY] " };
	size_t before = out->len;
	bool good;

	strbuf_puts(out, events->json ? "{\"time\":" : "[");
	put_time(out, now);
	if (events->json) {
		strbuf_puts(out, ",\"type\":\"");
		strbuf_puts(out, event_names[type_of(nlh)]);
		strbuf_puts(out, "\",");
		good = flow_json(out, flow);
		if (events->labels != NULL)
			labels_json(out, flow, events->labels);
	} else {
		strbuf_puts(out, tags[type_of(nlh)]);
		good = flow_line(out, flow, FLOW_ID, now->tv_sec);
		if (events->labels != NULL)
			labels_text(out, flow, events->labels);
	}
	if (!good) {
		out->len = before;
		return false;
	}
	put_sender(events, out, nlh->nlmsg_pid);
	strbuf_puts(out, events->json ? "}\n" : "\n");
	return true;
}

void events_datagram(struct events *events, struct strbuf *out, const void *data, size_t len,
		     const struct timespec *now)
{
	struct messages messages = { .at = data, .left = len };
	const struct nlmsghdr *nlh;
	struct ct_flow flow;

	while ((nlh = message_next(&messages)) != NULL) {
		if (nlh->nlmsg_type >> 8 != NFNL_SUBSYS_CTNETLINK)
			continue;
		events->received++;
		if (!flow_parse(&flow, nlh)) {
			events->damaged++;
			continue;
		}
		if (filter_match(events->filter, &flow) && !put_event(events, out, nlh, &flow, now))
			events->damaged++;
	}
	events->damaged += messages.left != 0;
}

/*
 * The number of lost events, and that of the entries now, so that a reader who counts entries can start
 * again.
 */
static void put_gap(struct events *events, struct strbuf *out)
{
	uint32_t drops = socket_drops(events), lost = drops - events->drops;
	struct ctnl_totals totals = { 0 };
	struct timespec now;
	struct ctnl nl;
	bool known = ctnl_open(&nl) == 0 && ctnl_totals(&nl, &totals) == 0;

	ctnl_close(&nl);
	clock_gettime(CLOCK_REALTIME, &now);
	strbuf_puts(out, events->json ? "{\"time\":" : "[");
	put_time(out, &now);
	strbuf_printf(out,
		      events->json ? ",\"type\":\"gap\",\"lost\":%" PRIu32 : "]\t    [GAP] lost=%" PRIu32,
		      lost);
	if (known)
		strbuf_printf(out,
			      events->json ? ",\"count\":%" PRIu32 ",\"max\":%" PRIu32
					   : " count=%" PRIu32 " max=%" PRIu32,
			      totals.count, totals.max);
	strbuf_puts(out, events->json ? "}\n" : "\n");
	events->drops = drops;
	events->lost += lost;
	events->gap = false;
}

/*
 * After an overrun the kernel adds no events until the buffer is empty. So every event in it is older than
 * the gap, and the record is written when the buffer is empty.
 */
int events_read(struct events *events, struct strbuf *out)
{
	struct timespec now;
	int got = recvmmsg(events->fd, events->receive->headers, BATCH,
			   events->gap || events->leaving ? MSG_DONTWAIT : MSG_WAITFORONE, NULL);

	if (got < 0 && errno == ENOBUFS) {
		if (!events->gap)
			events->gap_received = events->received;
		events->gap = true;
		return 0;
	}
	if (got < 0 && errno == EAGAIN && events->gap) {
		put_gap(events, out);
		return out->failed ? -ENOMEM : 0;
	}
	if (got < 0 && errno == EAGAIN && !events->leaving)
		return 0;
	if (got < 0)
		return -errno;
	clock_gettime(CLOCK_REALTIME, &now);
	for (int i = 0; i < got; i++) {
		const struct mmsghdr *header = &events->receive->headers[i];

		if ((header->msg_hdr.msg_flags & MSG_TRUNC) != 0)
			events->damaged++;
		else
			events_datagram(events, out, events->receive->buffers[i], header->msg_len, &now);
	}
	if (events->gap && events->received - events->gap_received > DRAINED)
		put_gap(events, out);
	return out->failed ? -ENOMEM : 0;
}
