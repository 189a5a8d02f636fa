/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/native.h"
#include "host/nfnl.h"
#include "host/shape.h"
#include "model/builtin.h"
#include "text/stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { DUMP_TRIES = 5, TOLD = 5 };

/* --- what iptables makes ------------------------------------------------------------------------------- */

static const char *const tables[] = { "filter", "nat", "mangle", "raw", "security" };

static const struct {
	const char *table, *chain, *type;
	unsigned hook;
	int priority;
} chains[] = {
	{ "raw", "PREROUTING", "filter", NF_INET_PRE_ROUTING, -300 },
	{ "raw", "OUTPUT", "filter", NF_INET_LOCAL_OUT, -300 },
	{ "mangle", "PREROUTING", "filter", NF_INET_PRE_ROUTING, -150 },
	{ "mangle", "INPUT", "filter", NF_INET_LOCAL_IN, -150 },
	{ "mangle", "FORWARD", "filter", NF_INET_FORWARD, -150 },
	{ "mangle", "OUTPUT", "route", NF_INET_LOCAL_OUT, -150 },
	{ "mangle", "POSTROUTING", "filter", NF_INET_POST_ROUTING, -150 },
	{ "nat", "PREROUTING", "nat", NF_INET_PRE_ROUTING, -100 },
	{ "nat", "INPUT", "nat", NF_INET_LOCAL_IN, 100 },
	{ "nat", "OUTPUT", "nat", NF_INET_LOCAL_OUT, -100 },
	{ "nat", "POSTROUTING", "nat", NF_INET_POST_ROUTING, 100 },
	{ "filter", "INPUT", "filter", NF_INET_LOCAL_IN, 0 },
	{ "filter", "FORWARD", "filter", NF_INET_FORWARD, 0 },
	{ "filter", "OUTPUT", "filter", NF_INET_LOCAL_OUT, 0 },
	{ "security", "INPUT", "filter", NF_INET_LOCAL_IN, 50 },
	{ "security", "FORWARD", "filter", NF_INET_FORWARD, 50 },
	{ "security", "OUTPUT", "filter", NF_INET_LOCAL_OUT, 50 },
};

/* The index of a table in `tables`; ARRAY_LEN(tables): not one of iptables' tables. */
static size_t table_index(const char *table)
{
	size_t i = 0;

	while (i < ARRAY_LEN(tables) && strcmp(table, tables[i]) != 0)
		i++;
	return i;
}

static bool is_ours(const char *table)
{
	return table_index(table) < ARRAY_LEN(tables);
}

/* --- reading ------------------------------------------------------------------------------------------ */

/* A chain of one of iptables' tables. */
struct native_chain {
	size_t table; /* index in `tables` */
	char *chain;  /* owned */
};

/* Argument of the callbacks of a dump. */
struct native_reader {
	struct natives *natives;
	bool ipv6;
	bool failed;      /* no memory */
	uint32_t seq;     /* of the last request */
	VEC(struct native_chain) places; /* all chains of iptables' tables */
	size_t chains_end; /* before it in natives->list are all tables and chains, after it only rules */
	unsigned position; /* in its chain, of the last rule seen */
};

static struct native *add(struct native_reader *look, const char *table, const char *chain, const char *what)
{
	struct native native = { .table = strdup(table), .chain = chain != NULL ? strdup(chain) : NULL, .what = what, .shape = STRBUF_INIT };

	if (native.table == NULL || (chain != NULL && native.chain == NULL) || !vec_push(&look->natives->list, native)) {
		free(native.table);
		free(native.chain);
		look->failed = true;
		return NULL;
	}
	return &look->natives->list.item[look->natives->list.len - 1];
}

static int see_table(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attrs[NFTA_TABLE_MAX + 1];
	struct native_reader *look = data;
	struct native *native;
	const char *table;
	uint32_t flags;

	nfnl_parse(message, attrs, NFTA_TABLE_MAX);
	table = nfnl_text(attrs[NFTA_TABLE_NAME]);
	flags = nfnl_number(attrs[NFTA_TABLE_FLAGS]);
	if (!is_ours(table))
		return MNL_CB_OK;
	native = flags != 0 ? add(look, table, NULL, (flags & NFT_TABLE_F_DORMANT) != 0 ? "it is dormant, so none of its rules is in force" :
				      (flags & NFT_TABLE_F_OWNER) != 0 ? "it belongs to a process, and only that process can change it" :
									 "it has flags, which iptables does not set") :
			      NULL;
	if (native != NULL)
		native->flags = flags;
	return look->failed ? MNL_CB_ERROR : MNL_CB_OK;
}

static bool is_builtin_name(const char *chain)
{
	for (size_t i = 0; i < ARRAY_LEN(chains); i++)
		if (strcmp(chain, chains[i].chain) == 0)
			return true;
	return false;
}

/* A user's chain. Its name must be a single word in the saved text, and must not mean anything else there. */
static const char *name_fault(const char *chain)
{
	size_t len = strlen(chain);

	if (len > STREAM_CHAIN_MAX)
		return "its name is longer than iptables allows";
	if (is_builtin_name(chain) || is_verdict(chain))
		return "its name means something else to iptables";
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)chain[i] <= ' ' || chain[i] == 0x7f || strchr("\"'\\", chain[i]) != NULL)
			return "iptables cannot write its name";
	return len == 0 || chain[0] == '-' || chain[0] == '!' ? "iptables cannot write its name" : NULL;
}

/* What differs from a chain of iptables; NULL: nothing. */
static const char *chain_fault(const char *table, const char *chain, const char *type, const struct nlattr *hook)
{
	const struct nlattr *attrs[NFTA_HOOK_MAX + 1];

	if (hook != NULL)
		nfnl_parse_nested(hook, attrs, NFTA_HOOK_MAX);
	for (size_t i = 0; i < ARRAY_LEN(chains); i++) {
		if (strcmp(table, chains[i].table) != 0 || strcmp(chain, chains[i].chain) != 0)
			continue;
		if (hook == NULL)
			return "it has no hook, so no packet reaches it";
		return strcmp(type, chains[i].type) == 0 && nfnl_number(attrs[NFTA_HOOK_HOOKNUM]) == chains[i].hook &&
				       (int32_t)nfnl_number(attrs[NFTA_HOOK_PRIORITY]) == chains[i].priority ?
			       NULL :
			       "its hook, priority or type differs from that of iptables";
	}
	return hook != NULL ? "it is a base chain that iptables does not have" : name_fault(chain);
}

static void add_place(struct native_reader *look, const char *table, const char *chain)
{
	struct native_chain place = { table_index(table), strdup(chain) };

	if (place.chain != NULL && vec_push(&look->places, place))
		return;
	free(place.chain);
	look->failed = true;
}

static int see_chain(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attrs[NFTA_CHAIN_MAX + 1];
	struct native_reader *look = data;
	const char *table, *chain, *fault;
	struct native *native;
	bool bound;

	nfnl_parse(message, attrs, NFTA_CHAIN_MAX);
	table = nfnl_text(attrs[NFTA_CHAIN_TABLE]);
	chain = nfnl_text(attrs[NFTA_CHAIN_NAME]);
	if (!is_ours(table))
		return MNL_CB_OK;
	bound = (nfnl_number(attrs[NFTA_CHAIN_FLAGS]) & NFT_CHAIN_BINDING) != 0;
	fault = bound ? "it is part of a rule" :
			chain_fault(table, chain, nfnl_text(attrs[NFTA_CHAIN_TYPE]), attrs[NFTA_CHAIN_HOOK]);
	native = fault != NULL ? add(look, table, chain, fault) : NULL;
	if (native != NULL)
		native->bound = bound;
	add_place(look, table, chain);
	return look->failed ? MNL_CB_ERROR : MNL_CB_OK;
}

static int order(const void *a, const void *b)
{
	const struct native *x = a, *y = b;
	int by_table = strcmp(x->table, y->table), by_chain = strcmp(x->chain != NULL ? x->chain : "", y->chain != NULL ? y->chain : "");

	if (by_table != 0 || by_chain != 0)
		return by_table != 0 ? by_table : by_chain;
	return (x->position > y->position) - (x->position < y->position);
}

/* iptables-nft-save writes a comment of nft as `-m comment', on the line of the rule. */
static const char *comment_fault(const struct nlattr *userdata)
{
	enum { COMMENT = 0 }; /* libnftnl's format: type and length, a byte each, then the value */
	const unsigned char *at = userdata != NULL ? mnl_attr_get_payload(userdata) : NULL;
	size_t left = userdata != NULL ? mnl_attr_get_payload_len(userdata) : 0;

	while (left >= 2 && left - 2 >= at[1]) {
		for (size_t n = 0; at[0] == COMMENT && n + 1 < at[1]; n++)
			if (at[2 + n] < ' ' || at[2 + n] == 0x7f)
				return "a comment with a control character";
		left -= 2 + at[1];
		at += 2 + at[1];
	}
	return NULL;
}

static bool is_native_chain(const struct native_reader *look, const char *table, const char *chain)
{
	for (size_t i = 0; chain != NULL && i < look->chains_end; i++) {
		const struct native *native = &look->natives->list.item[i];

		if (native->chain != NULL && strcmp(native->chain, chain) == 0 && strcmp(native->table, table) == 0)
			return true;
	}
	return false;
}

static int see_rule(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attrs[NFTA_RULE_MAX + 1];
	struct native_reader *look = data;
	const char *table, *chain, *fault;
	struct native *native;
	bool jumps;

	nfnl_parse(message, attrs, NFTA_RULE_MAX);
	table = nfnl_text(attrs[NFTA_RULE_TABLE]);
	chain = nfnl_text(attrs[NFTA_RULE_CHAIN]);
	look->position++;
	fault = shape_fault(attrs[NFTA_RULE_EXPRESSIONS], look->ipv6, chain);
	if (fault == NULL)
		fault = comment_fault(attrs[NFTA_RULE_USERDATA]);
	jumps = is_native_chain(look, table, shape_jump(attrs[NFTA_RULE_EXPRESSIONS]));
	if (fault == NULL && jumps)
		fault = "a jump to a chain that iptables cannot show";
	native = fault != NULL ? add(look, table, chain, fault) : NULL;
	if (native != NULL) {
		native->position = look->position;
		native->jumps = jumps;
		native->handle = attrs[NFTA_RULE_HANDLE] != NULL ? be64toh(mnl_attr_get_u64(attrs[NFTA_RULE_HANDLE])) : 0;
		shape_write(attrs[NFTA_RULE_EXPRESSIONS], &native->shape);
		look->failed = look->failed || native->shape.failed;
	}
	return look->failed ? MNL_CB_ERROR : MNL_CB_OK;
}

static int dump_rules(struct mnl_socket *socket, struct native_reader *look, int family)
{
	int err = 0;

	look->chains_end = look->natives->list.len;
	for (size_t i = 0; err == 0 && i < look->places.len; i++) {
		const struct native_chain *place = &look->places.item[i];

		look->position = 0;
		err = nfnl_dump(socket, ++look->seq, NFT_MSG_GETRULE, family, tables[place->table], place->chain, see_rule, look);
	}
	return err;
}

static int dump_all(struct native_reader *look)
{
	struct mnl_socket *socket = nfnl_open();
	int err = socket == NULL ? -errno : 0, family = look->ipv6;

	if (err == 0)
		err = nfnl_dump(socket, ++look->seq, NFT_MSG_GETTABLE, family, NULL, NULL, see_table, look);
	if (err == 0)
		err = nfnl_dump(socket, ++look->seq, NFT_MSG_GETCHAIN, family, NULL, NULL, see_chain, look);
	if (err == 0)
		err = dump_rules(socket, look, family);
	if (socket != NULL)
		mnl_socket_close(socket);
	for (size_t i = 0; i < look->places.len; i++)
		free(look->places.item[i].chain);
	vec_free(&look->places);
	return look->failed ? -ENOMEM : err;
}

int natives_find(struct natives *natives, int family)
{
	struct native_reader look = { .natives = natives, .ipv6 = family == 1 };
	int err = -EINTR;

	for (int tries = 0; err == -EINTR && tries < DUMP_TRIES; tries++) {
		natives_free(natives);
		err = dump_all(&look);
	}
	if (err == 0 && natives->list.len > 0)
		qsort(natives->list.item, natives->list.len, sizeof(natives->list.item[0]), order);
	return err;
}

/* --- what others commit meanwhile ------------------------------------------------------------------------ */

/* Milliseconds to wait for the event of a commit that the kernel has told already. */
enum { EVENT_WAIT = 200 };

struct mnl_socket *natives_watch(void)
{
	struct mnl_socket *socket = nfnl_open();
	int group = NFNLGRP_NFTABLES, size = 4 << 20;

	if (socket == NULL)
		return NULL;
	(void)!setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (mnl_socket_setsockopt(socket, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) == 0)
		return socket;
	mnl_socket_close(socket);
	return NULL;
}

/* A rule of iptables has an expression at least: its counter. */
static int see_whole_rule(const struct nlmsghdr *message, struct native_reader *look)
{
	const struct nlattr *attrs[NFTA_RULE_MAX + 1];

	nfnl_parse(message, attrs, NFTA_RULE_MAX);
	return attrs[NFTA_RULE_EXPRESSIONS] != NULL ? see_rule(message, look) : MNL_CB_ERROR;
}

/* Sees one event, as the search sees an answer. *seen: the generation of a commit that ends here. */
static int see_event(const struct nlmsghdr *message, struct native_reader *look, uint32_t *seen)
{
	const struct nlattr *attrs[NFTA_GEN_ID + 1]; /* the table has this number in all messages */
	const struct nfgenmsg *head = mnl_nlmsg_get_payload(message);
	unsigned type = NFNL_MSG_TYPE(message->nlmsg_type);

	if (type == NFT_MSG_NEWGEN) {
		nfnl_parse(message, attrs, NFTA_GEN_ID);
		*seen = nfnl_number(attrs[NFTA_GEN_ID]);
	}
	if (head->nfgen_family != nfnl_protocol(0) && head->nfgen_family != nfnl_protocol(1))
		return MNL_CB_OK;
	look->ipv6 = head->nfgen_family == nfnl_protocol(1);
	switch (type) {
	case NFT_MSG_NEWTABLE:
		return see_table(message, look);
	case NFT_MSG_NEWCHAIN:
		return see_chain(message, look);
	case NFT_MSG_NEWRULE:
	case NFT_MSG_DELRULE: /* iptables-save may have shown it, and then it was gone before we looked */
		nfnl_parse(message, attrs, NFTA_GEN_ID);
		return is_ours(nfnl_text(attrs[NFTA_RULE_TABLE])) ? see_whole_rule(message, look) : MNL_CB_OK;
	case NFT_MSG_NEWSET: /* iptables makes none of these three */
	case NFT_MSG_NEWOBJ:
	case NFT_MSG_NEWFLOWTABLE:
	case NFT_MSG_DELTABLE: /* and of these, the kernel does not tell what they were */
	case NFT_MSG_DELCHAIN:
		nfnl_parse(message, attrs, NFTA_GEN_ID);
		return is_ours(nfnl_text(attrs[NFTA_SET_TABLE])) ? MNL_CB_ERROR : MNL_CB_OK;
	default:
		return MNL_CB_OK;
	}
}

/* Reads what has come. False: nothing comes, something was lost, or it is not iptables' own. */
static bool see_events(struct mnl_socket *socket, struct native_reader *look, uint32_t *seen)
{
	char buffer[32768] __attribute__((aligned(8)));
	struct pollfd ready = { .fd = mnl_socket_get_fd(socket), .events = POLLIN };
	const struct nlmsghdr *message = (const void *)buffer;
	ssize_t len = poll(&ready, 1, EVENT_WAIT) == 1 ? mnl_socket_recvfrom(socket, buffer, sizeof(buffer)) : -1;
	int left = (int)len;

	for (; left > 0 && mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left))
		if (see_event(message, look, seen) == MNL_CB_ERROR)
			return false;
	return len > 0 && look->natives->list.len == 0;
}

bool natives_unchanged(struct mnl_socket *watch, uint32_t before, uint32_t after)
{
	struct natives found = { 0 };
	struct native_reader look = { .natives = &found };
	uint32_t seen = before;
	bool good = watch != NULL;

	while (good && (int32_t)(after - seen) > 0)
		good = see_events(watch, &look, &seen);
	for (size_t i = 0; i < look.places.len; i++)
		free(look.places.item[i].chain);
	vec_free(&look.places);
	natives_free(&found);
	return good;
}

/* --- reporting ----------------------------------------------------------------------------------------- */

static void tell(const struct native *native, int family, bool removed, struct diag_log *log)
{
	struct strbuf text = STRBUF_INIT;
	const char *advice = native->chain == NULL   ? "use nft to make it what iptables expects, or to remove it" :
			     native->position == 0 ? "put it into a table of its own with nft" :
						       "write it with iptables, or put it into a table of its own";

	strbuf_printf(&text, "%s, table %s", family_name(family), native->table);
	if (native->chain != NULL)
		strbuf_printf(&text, ", chain %s", native->chain);
	if (native->position > 0)
		strbuf_printf(&text, ", rule %u (handle %" PRIu64 "): made with nft (%s), and iptables cannot show it", native->position,
			      native->handle, native->what);
	else
		strbuf_printf(&text, ": %s", native->what);
	diag_add(log, removed ? DIAG_LOAD_WARNING : DIAG_SYSTEM, NULL, NULL, "%s; %s", strbuf_text(&text),
		 removed ? "it is removed for the rules that are loaded" : advice);
	strbuf_free(&text);
}

void natives_tell(const struct natives *natives, int family, bool removed, struct diag_log *log)
{
	for (size_t i = 0; i < natives->list.len && i < TOLD; i++)
		tell(&natives->list.item[i], family, removed, log);
	if (natives->list.len > TOLD)
		diag_add(log, removed ? DIAG_LOAD_WARNING : DIAG_SYSTEM, NULL, NULL, "and %zu more", natives->list.len - TOLD);
}

void native_free(struct native *native)
{
	free(native->table);
	free(native->chain);
	strbuf_free(&native->shape);
}

void natives_free(struct natives *natives)
{
	for (size_t i = 0; i < natives->list.len; i++)
		native_free(&natives->list.item[i]);
	vec_free(&natives->list);
}

static bool look_at_ipv4(void *ctx, struct diag_log *log)
{
	struct natives_look *look = ctx;

	(void)log;
	look->err[0] = natives_find(&look->found[0], 0);
	return true;
}

static bool look_at_ipv6(void *ctx, struct diag_log *log)
{
	struct natives_look *look = ctx;

	(void)log;
	look->err[1] = natives_find(&look->found[1], 1);
	return true;
}

void natives_begin(struct natives_look *look, enum family families)
{
	*look = (struct natives_look){ .families = families };
	if (family_has(families, 0))
		task_start(&look->task[0], look_at_ipv4, look);
	if (family_has(families, 1))
		task_start(&look->task[1], look_at_ipv6, look);
}

static void wait_for(struct natives_look *look)
{
	struct diag_log silent = { .report = NULL };

	for (int i = 0; i < FAMILIES; i++)
		if (family_has(look->families, i))
			(void)!task_finish(&look->task[i], &silent);
}

void natives_drop(struct natives_look *look)
{
	wait_for(look);
	for (int i = 0; i < FAMILIES; i++)
		natives_free(&look->found[i]);
	look->families = FAMILY_NONE;
}

int natives_check(struct natives_look *look, const struct backend *backend, const struct strbuf saved[FAMILIES], struct diag_log *log)
{
	int result = 0;

	wait_for(look);
	for (int i = 0; i < FAMILIES; i++) {
		struct natives *natives = &look->found[i];
		int err = family_has(look->families, i) ? look->err[i] : 0;

		if (err == 0 && natives->list.len > 0) {
			natives_settle(natives, backend, i, &saved[i]);
			natives_tell(natives, i, false, log);
			err = natives->list.len > 0 ? -EBADMSG : 0;
		} else if (err == -EINTR) {
			err = -EBUSY;
		} else if (err != 0) {
			diag_system(log, err, "reading the objects of nf_tables");
		}
		result = result == 0 ? err : result;
		natives_free(natives);
	}
	return result;
}

int natives_look(const struct backend *backend, enum family families, const struct strbuf saved[FAMILIES], struct diag_log *log)
{
	struct natives_look look;

	natives_begin(&look, families);
	return natives_check(&look, backend, saved, log);
}

/* --- objects that no rule uses -------------------------------------------------------------------------- */

/* The first few such objects of a family, for people. */
struct idle {
	const char *what;
	struct strbuf names;
	size_t count;
};

static int see_idle(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attrs[NFTA_SET_NAME + 1]; /* table and name have the same numbers for all types */
	struct idle *idle = data;
	const char *table;

	nfnl_parse(message, attrs, NFTA_SET_NAME);
	table = nfnl_text(attrs[NFTA_SET_TABLE]);
	if (is_ours(table) && idle->count++ < TOLD)
		strbuf_printf(&idle->names, "%s%s %s of table %s", idle->names.len > 0 ? ", " : "", idle->what, nfnl_text(attrs[NFTA_SET_NAME]), table);
	return MNL_CB_OK;
}

void natives_warn(enum family families, enum diag_id kind, struct diag_log *log)
{
	static const struct {
		unsigned type;
		const char *what;
	} kinds[] = { { NFT_MSG_GETSET, "set" }, { NFT_MSG_GETOBJ, "object" }, { NFT_MSG_GETFLOWTABLE, "flowtable" } };

	for (int family = 0; family < FAMILIES; family++) {
		struct mnl_socket *socket = family_has(families, family) ? nfnl_open() : NULL;
		struct idle idle = { .names = STRBUF_INIT };
		int err = 0;

		for (size_t i = 0; socket != NULL && err == 0 && i < ARRAY_LEN(kinds); i++) {
			idle.what = kinds[i].what;
			err = nfnl_dump(socket, (uint32_t)i + 1, kinds[i].type, family, NULL, NULL, see_idle, &idle);
		}
		if (err == 0 && idle.count > 0)
			diag_add(log, kind, NULL, NULL, "%s: made with nft, used by no rule, and not saved: %s%s", family_name(family),
				 strbuf_text(&idle.names), idle.count > TOLD ? ", ..." : "");
		strbuf_free(&idle.names);
		if (socket != NULL)
			mnl_socket_close(socket);
	}
}
