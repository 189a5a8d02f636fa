/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/native.h"
#include "host/shape.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { DUMP_TRIES = 5, TOLD = 5 };

/* --- what iptables makes ------------------------------------------------------------------------------ */

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

static bool is_ours(const char *table)
{
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		if (strcmp(table, tables[i]) == 0)
			return true;
	return false;
}

/* --- reading ------------------------------------------------------------------------------------------ */

/* What a dump's callback works with. */
struct look {
	struct natives *natives;
	bool ipv6;
	bool failed;      /* no memory */
	uint32_t seq;     /* of the last request */
	char chain[600];  /* TABLE and CHAIN of the rule before this one ... */
	unsigned position; /* ... and its place there */
	const struct natives *suspects; /* of a scratch namespace: these are looked for; borrowed */
	bool *same;                     /* for each of them: it was made again; borrowed */
};

static const char *text_of(const struct nlattr *attr)
{
	return attr != NULL && mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0 ? mnl_attr_get_str(attr) : "";
}

static uint32_t number_of(const struct nlattr *attr)
{
	return attr != NULL && mnl_attr_validate(attr, MNL_TYPE_U32) >= 0 ? ntohl(mnl_attr_get_u32(attr)) : 0;
}

/* The attributes of a message, by type; max is the last that we know. */
static void parse(const struct nlmsghdr *message, const struct nlattr **attrs, unsigned max)
{
	const struct nlattr *attr;

	memset(attrs, 0, (max + 1) * sizeof(attrs[0]));
	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) <= max)
			attrs[mnl_attr_get_type(attr)] = attr;
}

static void parse_nested(const struct nlattr *from, const struct nlattr **attrs, unsigned max)
{
	const struct nlattr *attr;

	memset(attrs, 0, (max + 1) * sizeof(attrs[0]));
	mnl_attr_for_each_nested(attr, from)
		if (mnl_attr_get_type(attr) <= max)
			attrs[mnl_attr_get_type(attr)] = attr;
}

static struct native *add(struct look *look, const char *table, const char *chain, const char *what)
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
	struct look *look = data;
	const char *table;
	uint32_t flags;

	parse(message, attrs, NFTA_TABLE_MAX);
	table = text_of(attrs[NFTA_TABLE_NAME]);
	flags = number_of(attrs[NFTA_TABLE_FLAGS]);
	if (is_ours(table) && flags != 0)
		add(look, table, NULL, (flags & NFT_TABLE_F_DORMANT) != 0 ? "it is dormant, so none of its rules is in force" :
									    "it has flags, which iptables does not set");
	return look->failed ? MNL_CB_ERROR : MNL_CB_OK;
}

/* NULL: as iptables has it. */
static const char *chain_fault(const char *table, const char *chain, const char *type, const struct nlattr *hook)
{
	const struct nlattr *attrs[NFTA_HOOK_MAX + 1];

	if (hook != NULL)
		parse_nested(hook, attrs, NFTA_HOOK_MAX);
	for (size_t i = 0; i < ARRAY_LEN(chains); i++) {
		if (strcmp(table, chains[i].table) != 0 || strcmp(chain, chains[i].chain) != 0)
			continue;
		if (hook == NULL)
			return "it has no hook, so no packet comes there";
		return strcmp(type, chains[i].type) == 0 && number_of(attrs[NFTA_HOOK_HOOKNUM]) == chains[i].hook &&
				       (int32_t)number_of(attrs[NFTA_HOOK_PRIORITY]) == chains[i].priority ?
			       NULL :
			       "it is at another hook or priority, or of another type, than iptables has it";
	}
	return hook != NULL ? "it is a base chain that iptables does not have" : NULL;
}

static int see_chain(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attrs[NFTA_CHAIN_MAX + 1];
	struct look *look = data;
	const char *table, *chain, *fault;

	parse(message, attrs, NFTA_CHAIN_MAX);
	table = text_of(attrs[NFTA_CHAIN_TABLE]);
	chain = text_of(attrs[NFTA_CHAIN_NAME]);
	fault = is_ours(table) ? chain_fault(table, chain, text_of(attrs[NFTA_CHAIN_TYPE]), attrs[NFTA_CHAIN_HOOK]) : NULL;
	if (fault != NULL)
		add(look, table, chain, fault);
	return look->failed ? MNL_CB_ERROR : MNL_CB_OK;
}

/* Rules of a chain come one behind the other. */
static void count_position(struct look *look, const char *table, const char *chain)
{
	char name[sizeof(look->chain)];

	snprintf(name, sizeof(name), "%s %s", table, chain);
	if (strcmp(name, look->chain) != 0) {
		strcpy(look->chain, name);
		look->position = 0;
	}
	look->position++;
}

static int order(const void *a, const void *b)
{
	const struct native *x = a, *y = b;
	int by_table = strcmp(x->table, y->table), by_chain = strcmp(x->chain != NULL ? x->chain : "", y->chain != NULL ? y->chain : "");

	if (by_table != 0 || by_chain != 0)
		return by_table != 0 ? by_table : by_chain;
	return (x->position > y->position) - (x->position < y->position);
}

/* Is this rule of the scratch namespace the same as the suspect in its place? */
static void see_again(struct look *look, const char *table, const char *chain, const struct nlattr *expressions)
{
	struct native key = { .table = (char *)(uintptr_t)table, .chain = (char *)(uintptr_t)chain, .position = look->position };
	const struct native *suspect = bsearch(&key, look->suspects->list.item, look->suspects->list.len, sizeof(key), order);
	struct strbuf shape = STRBUF_INIT;

	if (suspect == NULL)
		return;
	shape_write(expressions, &shape);
	look->same[suspect - look->suspects->list.item] = !shape.failed && strcmp(strbuf_text(&shape), strbuf_text(&suspect->shape)) == 0;
	strbuf_free(&shape);
}

static int see_rule(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attrs[NFTA_RULE_MAX + 1];
	struct look *look = data;
	const char *table, *chain, *fault;
	struct native *native;

	parse(message, attrs, NFTA_RULE_MAX);
	table = text_of(attrs[NFTA_RULE_TABLE]);
	chain = text_of(attrs[NFTA_RULE_CHAIN]);
	if (!is_ours(table))
		return MNL_CB_OK;
	count_position(look, table, chain);
	if (look->suspects != NULL) {
		see_again(look, table, chain, attrs[NFTA_RULE_EXPRESSIONS]);
		return MNL_CB_OK;
	}
	fault = shape_fault(attrs[NFTA_RULE_EXPRESSIONS], look->ipv6);
	native = fault != NULL ? add(look, table, chain, fault) : NULL;
	if (native != NULL) {
		native->position = look->position;
		native->handle = attrs[NFTA_RULE_HANDLE] != NULL ? be64toh(mnl_attr_get_u64(attrs[NFTA_RULE_HANDLE])) : 0;
		shape_write(attrs[NFTA_RULE_EXPRESSIONS], &native->shape);
		look->failed = look->failed || native->shape.failed;
	}
	return look->failed ? MNL_CB_ERROR : MNL_CB_OK;
}

/* 0 or -errno; -EINTR: somebody committed meanwhile. */
static int dump(struct mnl_socket *socket, uint16_t type, mnl_cb_t see, struct look *look)
{
	char buffer[1 << 15] __attribute__((aligned(8)));
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *header;
	uint32_t seq = ++look->seq;
	ssize_t len;
	int more;

	message->nlmsg_type = (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type);
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	message->nlmsg_seq = seq;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->nfgen_family = look->ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	header->version = NFNETLINK_V0;
	if (mnl_socket_sendto(socket, message, message->nlmsg_len) < 0)
		return -errno;
	do {
		len = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		if (len < 0)
			return -errno;
		more = mnl_cb_run(buffer, (size_t)len, seq, mnl_socket_get_portid(socket), see, look);
	} while (more > 0);
	return more == 0 ? 0 : look->failed ? -ENOMEM : -errno;
}

static int dump_all(struct look *look)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	int err = socket == NULL || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno : 0;

	look->chain[0] = '\0';
	if (err == 0 && look->suspects == NULL)
		err = dump(socket, NFT_MSG_GETTABLE, see_table, look);
	if (err == 0 && look->suspects == NULL)
		err = dump(socket, NFT_MSG_GETCHAIN, see_chain, look);
	if (err == 0)
		err = dump(socket, NFT_MSG_GETRULE, see_rule, look);
	if (socket != NULL)
		mnl_socket_close(socket);
	return err;
}

int natives_find(struct natives *natives, int family)
{
	struct look look = { .natives = natives, .ipv6 = family == 1 };
	int err = -EINTR;

	for (int tries = 0; err == -EINTR && tries < DUMP_TRIES; tries++) {
		natives_free(natives);
		err = dump_all(&look);
	}
	if (err == 0 && natives->list.len > 0)
		qsort(natives->list.item, natives->list.len, sizeof(natives->list.item[0]), order);
	return err;
}

/* --- settling ----------------------------------------------------------------------------------------- */

static void native_free(struct native *native)
{
	free(native->table);
	free(native->chain);
	strbuf_free(&native->shape);
}

/* Loads what the saver said into the scratch namespace, and looks what became of it there. False: it could not be done. */
static bool make_again(const struct natives *natives, const struct backend *backend, int family, const struct strbuf *saved, bool *same)
{
	struct netns netns[FAMILIES] = { NETNS_INIT, NETNS_INIT };
	struct backend scratch = *backend;
	struct refusal refusals[FAMILIES] = { REFUSAL_INIT, REFUSAL_INIT };
	struct strbuf programs[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	struct look look = { .ipv6 = family == 1, .suspects = natives, .same = same };
	bool good = netns_make(&netns[family], false) == 0;

	scratch.netns = netns;
	scratch.held = NULL;
	programs[family] = *saved;
	if (good) {
		backend_restore(&scratch, family_bit(family), RESTORE_FLUSH, programs, refusals);
		good = !refusals[family].refused && netns_enter(&netns[family]) == 0;
		if (good) {
			good = dump_all(&look) == 0;
			good = netns_leave(&netns[family]) == 0 && good;
		}
		refusal_free(&refusals[family]);
	}
	netns_free(&netns[family]);
	return good;
}

void natives_settle(struct natives *natives, const struct backend *backend, int family, const struct strbuf *saved)
{
	bool *same = calloc(natives->list.len + 1, sizeof(*same));
	size_t kept = 0;

	if (same == NULL || natives->list.len == 0 || !make_again(natives, backend, family, saved, same)) {
		free(same);
		return;
	}
	for (size_t i = 0; i < natives->list.len; i++) {
		if (natives->list.item[i].position > 0 && same[i])
			native_free(&natives->list.item[i]);
		else
			natives->list.item[kept++] = natives->list.item[i];
	}
	natives->list.len = kept;
	free(same);
}

void natives_tell(const struct natives *natives, int family, struct diag_log *log)
{
	for (size_t i = 0; i < natives->list.len && i < TOLD; i++) {
		const struct native *native = &natives->list.item[i];

		if (native->chain == NULL)
			diag_add(log, DIAG_SYSTEM, NULL, NULL, "%s, table %s: %s; make it as iptables does, or remove it with nft",
				 family_name(family), native->table, native->what);
		else if (native->position == 0)
			diag_add(log, DIAG_SYSTEM, NULL, NULL, "%s, table %s, chain %s: %s; put it into a table of its own with nft",
				 family_name(family), native->table, native->chain, native->what);
		else
			diag_add(log, DIAG_SYSTEM, NULL, NULL,
				 "%s, table %s, chain %s, rule %u (handle %" PRIu64 "): made with nft (%s), and iptables cannot tell "
				 "it; write it with iptables, or put it into a table of its own",
				 family_name(family), native->table, native->chain, native->position, native->handle, native->what);
	}
	if (natives->list.len > TOLD)
		diag_add(log, DIAG_SYSTEM, NULL, NULL, "and %zu more", natives->list.len - TOLD);
}

void natives_free(struct natives *natives)
{
	for (size_t i = 0; i < natives->list.len; i++)
		native_free(&natives->list.item[i]);
	vec_free(&natives->list);
}

int natives_check(const struct backend *backend, enum family families, const struct strbuf saved[FAMILIES], struct diag_log *log)
{
	int result = 0;

	for (int i = 0; i < FAMILIES; i++) {
		struct natives natives = { .list = { 0 } };
		int err = family_has(families, i) ? natives_find(&natives, i) : 0;

		if (err == 0 && natives.list.len > 0) {
			natives_settle(&natives, backend, i, &saved[i]);
			natives_tell(&natives, i, log);
			err = natives.list.len > 0 ? -EBADMSG : 0;
		} else if (err == -EINTR) {
			err = -EBUSY;
		} else if (err != 0) {
			diag_system(log, err, "looking at the objects of nf_tables");
		}
		result = result == 0 ? err : result;
		natives_free(&natives);
	}
	return result;
}
