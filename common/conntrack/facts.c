/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "conntrack/advise.h"

#include <errno.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

const char *const advise_keys[KEY_COUNT] = {
	[KEY_MAX] = "nf_conntrack_max",
	[KEY_BUCKETS] = "nf_conntrack_buckets",
	[KEY_ESTABLISHED] = "nf_conntrack_tcp_timeout_established",
	[KEY_CLOSE_WAIT] = "nf_conntrack_tcp_timeout_close_wait",
	[KEY_TIME_WAIT] = "nf_conntrack_tcp_timeout_time_wait",
	[KEY_UDP] = "nf_conntrack_udp_timeout",
	[KEY_UDP_STREAM] = "nf_conntrack_udp_timeout_stream",
	[KEY_ACCT] = "nf_conntrack_acct",
	[KEY_TIMESTAMP] = "nf_conntrack_timestamp",
};

struct facts_gathering {
	struct facts *facts;
	struct ct_tally sources, ports;
	int err;
};

static void count_state(struct facts *facts, const char *state)
{
	facts->established += strcmp(state, "ESTABLISHED") == 0;
	facts->close_wait += strcmp(state, "CLOSE_WAIT") == 0;
	facts->time_wait += strcmp(state, "TIME_WAIT") == 0;
}

static bool gather_flow(void *ctx, const struct ct_flow *flow)
{
	struct facts_gathering *gathering = ctx;
	struct facts *facts = gathering->facts;
	const char *state = flow_state(flow);
	struct tally_flow decoded;

	if (!tally_decode(&decoded, flow, TALLY_BY_FLOWS))
		return true;
	facts->flows++;
	if (state != NULL)
		count_state(facts, state);
	if (decoded.orig.proto == IPPROTO_UDP) {
		facts->udp++;
		facts->udp_unreplied += (flow_number(flow, CTA_STATUS, 0) & IPS_SEEN_REPLY) == 0;
	}
	gathering->err = tally_add(&gathering->sources, &decoded);
	if (gathering->err == 0 && decoded.orig.ports)
		gathering->err = tally_add(&gathering->ports, &decoded);
	return gathering->err == 0;
}

static int take_largest(struct ct_tally *tally, struct advise_share *share)
{
	struct tally_rows rows = { 0 };
	int err = tally_finish(tally);

	if (err == 0)
		err = tally_sorted(tally, TALLY_BY_FLOWS, &rows);
	if (err == 0 && rows.rows.len > 0) {
		share->flows = rows.rows.item[0].flows;
		tally_value_text(&share->value, &tally->key, &rows.rows.item[0].value);
	}
	vec_free(&rows.rows);
	return err;
}

static int dump_table(struct facts_gathering *gathering)
{
	struct ctnl_dump dump = { .each = gather_flow, .ctx = gathering };
	struct ctnl nl;
	int err = ctnl_open(&nl);

	if (err != 0)
		return err;
	err = ctnl_dump(&nl, &dump);
	ctnl_close(&nl);
	return gathering->err != 0 ? gathering->err : err;
}

static int read_table(struct facts *facts)
{
	struct facts_gathering gathering = { .facts = facts };
	struct tally_key source, port;
	int err = -ENOMEM;

	if (tally_key_read(&source, "src") && tally_key_read(&port, "dport") &&
	    tally_begin(&gathering.sources, &source) == 0 && tally_begin(&gathering.ports, &port) == 0)
		err = dump_table(&gathering);
	if (err == 0)
		err = take_largest(&gathering.sources, &facts->source);
	if (err == 0)
		err = take_largest(&gathering.ports, &facts->port);
	tally_free(&gathering.sources);
	tally_free(&gathering.ports);
	return err;
}

int facts_gather(struct facts *facts)
{
	struct sysinfo info;

	*facts = (struct facts){ 0 };
	snapshot_take(&facts->now, "/proc");
	losses_find(&facts->losses, &facts->now, NULL);
	for (unsigned i = 0; i < KEY_COUNT; i++)
		facts->known[i] = source_sysctl("/proc", advise_keys[i], &facts->value[i]) == 0;
	facts->max_fixed = access("/proc/sys/net/netfilter/nf_conntrack_max", W_OK) != 0 && geteuid() == 0;
	if (sysinfo(&info) == 0)
		facts->ram = (uint64_t)info.totalram * info.mem_unit;
	facts->dump_error =
		facts->now.source == SOURCE_NETLINK ? read_table(facts) : facts->now.netlink_error;
	return facts->dump_error == -ENOMEM ? -ENOMEM : 0;
}

void facts_free(struct facts *facts)
{
	snapshot_free(&facts->now);
	strbuf_free(&facts->source.value);
	strbuf_free(&facts->port.value);
}
