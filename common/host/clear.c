/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/clear.h"
#include "host/native.h"
#include "host/nfnl.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

enum {
	MESSAGE = 2048,  /* room for two names of at most 255 bytes each */
	SPARE = 4096,    /* bytes that the kernel needs for itself in a socket's buffer */
	PIECE = 300,     /* rules in a batch, if the kernel does not take all of them in one */
	PATIENCE = 10,   /* seconds to wait for an answer */
	TRIES = 20,      /* how often to clear while others remove or use the same objects meanwhile */
};

/* --- a batch of changes, committed together ------------------------------------------------------------ */

struct clear_batch {
	struct strbuf out;
	uint32_t seq; /* of the last message */
	size_t last;  /* its offset in out */
	int family;
	char message[MESSAGE] __attribute__((aligned(8)));
};

static void end_message(struct clear_batch *batch)
{
	batch->last = batch->out.len;
	strbuf_add(&batch->out, batch->message, ((const struct nlmsghdr *)(const void *)batch->message)->nlmsg_len);
}

static void frame(struct clear_batch *batch, uint16_t type)
{
	struct nlmsghdr *message = nfnl_header(batch->message, 0, 0, ++batch->seq, batch->family);
	struct nfgenmsg *header = mnl_nlmsg_get_payload(message);

	message->nlmsg_type = type;
	header->nfgen_family = AF_UNSPEC;
	header->res_id = htons(NFNL_SUBSYS_NFTABLES);
	end_message(batch);
}

static struct nlmsghdr *start_message(struct clear_batch *batch, unsigned type, const char *table)
{
	struct nlmsghdr *message = nfnl_header(batch->message, type, NLM_F_CREATE, ++batch->seq, batch->family);

	if (type == NFT_MSG_DELTABLE || type == NFT_MSG_DELCHAIN || type == NFT_MSG_DELRULE || type == NFT_MSG_DELSET)
		message->nlmsg_flags = NLM_F_REQUEST;
	mnl_attr_put_strz(message, NFTA_RULE_TABLE, table); /* has the same number for tables and chains */
	return message;
}

static void put_table(struct clear_batch *batch, unsigned type, const char *table)
{
	struct nlmsghdr *message = start_message(batch, type, table);

	if (type == NFT_MSG_NEWTABLE)
		mnl_attr_put_u32(message, NFTA_TABLE_FLAGS, 0);
	end_message(batch);
}

/* Deletes a rule. handle 0: all rules of the chain. */
static void put_rule(struct clear_batch *batch, const char *table, const char *chain, uint64_t handle)
{
	struct nlmsghdr *message = start_message(batch, NFT_MSG_DELRULE, table);

	mnl_attr_put_strz(message, NFTA_RULE_CHAIN, chain);
	if (handle != 0)
		mnl_attr_put_u64(message, NFTA_RULE_HANDLE, htobe64(handle));
	end_message(batch);
}

static void put_chain(struct clear_batch *batch, const char *table, const char *chain)
{
	struct nlmsghdr *message = start_message(batch, NFT_MSG_DELCHAIN, table);

	mnl_attr_put_strz(message, NFTA_CHAIN_NAME, chain);
	end_message(batch);
}

static void put_map(struct clear_batch *batch, const char *table, const char *name)
{
	struct nlmsghdr *message = start_message(batch, NFT_MSG_DELSET, table);

	mnl_attr_put_strz(message, NFTA_SET_NAME, name);
	end_message(batch);
}

static void put_closed(struct clear_batch *batch, const char *chain, uint32_t hook)
{
	struct nlmsghdr *message = start_message(batch, NFT_MSG_NEWCHAIN, "filter");
	struct nlattr *nest;

	mnl_attr_put_strz(message, NFTA_CHAIN_NAME, chain);
	nest = mnl_attr_nest_start(message, NFTA_CHAIN_HOOK);
	mnl_attr_put_u32(message, NFTA_HOOK_HOOKNUM, htonl(hook));
	mnl_attr_put_u32(message, NFTA_HOOK_PRIORITY, htonl(0));
	mnl_attr_nest_end(message, nest);
	mnl_attr_put_u32(message, NFTA_CHAIN_POLICY, htonl(NF_DROP));
	mnl_attr_put_strz(message, NFTA_CHAIN_TYPE, "filter");
	end_message(batch);
}

/*
 * 0: the last message was accepted, and so the whole batch; only that one asks for an answer. -errno: the batch was
 * refused.
 */
static int read_answers(struct mnl_socket *socket, uint32_t last)
{
	char buffer[1 << 15] __attribute__((aligned(8)));

	for (;;) {
		ssize_t size = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		int len = (int)size;

		if (size < 0)
			return -errno;
		for (const struct nlmsghdr *message = (const void *)buffer; mnl_nlmsg_ok(message, len); message = mnl_nlmsg_next(message, &len)) {
			const struct nlmsgerr *answer = mnl_nlmsg_get_payload(message);

			if (message->nlmsg_type != NLMSG_ERROR)
				continue;
			if (answer->error != 0)
				return answer->error;
			if (message->nlmsg_seq == last)
				return 0;
		}
	}
}

static void begin_batch(struct clear_batch *batch, int family)
{
	*batch = (struct clear_batch){ .out = STRBUF_INIT, .family = family };
	frame(batch, NFNL_MSG_BATCH_BEGIN);
}

/* A batch must fit into the buffer of the socket. Best effort: if it does not, sending fails with EMSGSIZE. */
static void make_room(int fd, size_t bytes)
{
	int size = bytes < INT_MAX / 4 ? (int)bytes + SPARE : INT_MAX / 4, now = 0;
	socklen_t len = sizeof(now);

	if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &now, &len) == 0 && now >= size)
		return;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) != 0) /* not in a user namespace */
		(void)!setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

/* Commits the batch and frees it. 0 or -errno; -EMSGSIZE: it is too large. */
static int commit_batch(struct clear_batch *batch)
{
	struct timeval patience = { .tv_sec = PATIENCE };
	struct mnl_socket *socket = nfnl_open();
	uint32_t last = batch->seq;
	int err = socket == NULL ? -errno : 0;

	if (!batch->out.failed)
		((struct nlmsghdr *)(void *)(batch->out.data + batch->last))->nlmsg_flags |= NLM_F_ACK;
	frame(batch, NFNL_MSG_BATCH_END);
	if (batch->out.failed)
		err = -ENOMEM;
	if (err == 0 && setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) != 0)
		err = -errno;
	if (err == 0)
		make_room(mnl_socket_get_fd(socket), batch->out.len);
	if (err == 0 && mnl_socket_sendto(socket, strbuf_text(&batch->out), batch->out.len) < 0)
		err = -errno;
	if (err == 0)
		err = read_answers(socket, last);
	if (socket != NULL)
		mnl_socket_close(socket);
	strbuf_free(&batch->out);
	return err;
}

/* --- what is removed ------------------------------------------------------------------------------------ */

static void close_filter(struct clear_batch *batch)
{
	put_closed(batch, "INPUT", NF_INET_LOCAL_IN);
	put_closed(batch, "FORWARD", NF_INET_FORWARD);
}

static void add_filter(struct clear_batch *batch)
{
	start_message(batch, NFT_MSG_NEWTABLE, "filter");
	end_message(batch);
}

static bool is_same_table(const struct native *one, const struct native *other)
{
	return strcmp(one->table, other->table) == 0;
}

/* Deletes all tables in the list, which is sorted by table, chain and position. */
static int clear_whole(const struct natives *natives, int family, bool close)
{
	struct clear_batch batch;

	begin_batch(&batch, family);
	for (size_t i = 0; i < natives->list.len; i++)
		if (i == 0 || !is_same_table(&natives->list.item[i], &natives->list.item[i - 1]))
			put_table(&batch, NFT_MSG_DELTABLE, natives->list.item[i].table);
	if (close) {
		add_filter(&batch);
		close_filter(&batch);
	}
	return commit_batch(&batch);
}

/* Wakes dormant tables in a commit of its own: we do not rely on how the kernel combines that with other changes. */
static int wake(const struct natives *natives, int family)
{
	struct clear_batch batch;
	bool any = false;

	begin_batch(&batch, family);
	for (size_t i = 0; i < natives->list.len; i++) {
		const struct native *native = &natives->list.item[i];

		if (native->chain == NULL && native->flags == NFT_TABLE_F_DORMANT) {
			put_table(&batch, NFT_MSG_NEWTABLE, native->table);
			any = true;
		} else if (native->chain == NULL) {
			strbuf_free(&batch.out);
			return -EPERM;
		}
	}
	if (!any) {
		strbuf_free(&batch.out);
		return 0;
	}
	return commit_batch(&batch);
}

/* Is the rule in a chain of the list, which is deleted with all its rules? The list is sorted: the chain comes first. */
static bool is_inside(const struct native *rule, const struct native *chain)
{
	return chain != NULL && is_same_table(chain, rule) && strcmp(chain->chain, rule->chain) == 0;
}

/* How far put_rules has come in the list. */
struct clear_place {
	size_t next;
	const struct native *chain; /* the last chain of the list before it */
};

/* Deletes rules of the list, at most `most`, without those that disappear with another one. */
static void put_rules(struct clear_batch *batch, const struct natives *natives, struct clear_place *place, size_t most)
{
	for (; place->next < natives->list.len && most > 0; place->next++) {
		const struct native *native = &natives->list.item[place->next];

		if (native->chain == NULL)
			continue;
		if (native->position == 0)
			place->chain = native;
		if (native->position == 0 ? native->bound : is_inside(native, place->chain))
			continue;
		put_rule(batch, native->table, native->chain, native->handle);
		most--;
	}
}

/* Argument of see_map. */
struct map_reader {
	const struct natives *natives;
	struct clear_batch *batch;
};

/* Deletes a map of verdicts in a table of which a chain is deleted: its elements may jump there. No rule uses it. */
static int see_map(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attrs[NFTA_SET_MAX + 1];
	struct map_reader *reader = data;
	const char *table;
	uint32_t flags;
	bool any = false;

	nfnl_parse(message, attrs, NFTA_SET_MAX);
	table = nfnl_text(attrs[NFTA_SET_TABLE]);
	flags = nfnl_number(attrs[NFTA_SET_FLAGS]);
	for (size_t i = 0; !any && i < reader->natives->list.len; i++) {
		const struct native *native = &reader->natives->list.item[i];

		any = native->chain != NULL && native->position == 0 && !native->bound && strcmp(native->table, table) == 0;
	}
	if (any && (flags & NFT_SET_MAP) != 0 && (flags & NFT_SET_ANONYMOUS) == 0 &&
	    nfnl_number(attrs[NFTA_SET_DATA_TYPE]) == NFT_DATA_VERDICT)
		put_map(reader->batch, table, nfnl_text(attrs[NFTA_SET_NAME]));
	return MNL_CB_OK;
}

/* Deletes the chains of the list, once no rule jumps to them. */
static int put_chains(struct clear_batch *batch, const struct natives *natives, int family)
{
	struct map_reader reader = { natives, batch };
	struct mnl_socket *socket = nfnl_open();
	int err = socket == NULL ? -errno : nfnl_dump(socket, 1, NFT_MSG_GETSET, family, NULL, NULL, see_map, &reader);

	if (socket != NULL)
		mnl_socket_close(socket);
	for (size_t i = 0; err == 0 && i < natives->list.len; i++) {
		const struct native *native = &natives->list.item[i];

		if (native->chain != NULL && native->position == 0 && !native->bound)
			put_chain(batch, native->table, native->chain);
	}
	return err;
}

static int finish(struct clear_batch *batch, int err)
{
	if (err == 0 && batch->seq > 1)
		return commit_batch(batch);
	strbuf_free(&batch->out);
	return err;
}

/* Deletes the objects alone, `most` rules in each batch. The first closes the chains, the last deletes those listed. */
static int clear_pieces(const struct natives *natives, int family, bool close, size_t most)
{
	struct clear_batch batch;
	struct clear_place place = { 0, NULL };
	int err = 0;

	for (bool first = true, last = false; err == 0 && !last; first = false) {
		begin_batch(&batch, family);
		if (close && first)
			add_filter(&batch);
		put_rules(&batch, natives, &place, most);
		last = place.next == natives->list.len;
		if (last)
			err = put_chains(&batch, natives, family);
		if (close && (first || last)) /* the last batch may have deleted these chains */
			close_filter(&batch);
		err = finish(&batch, err);
	}
	return err;
}

static int clear_alone(const struct natives *natives, int family, bool close)
{
	int err = wake(natives, family);

	if (err == 0)
		err = clear_pieces(natives, family, close, SIZE_MAX);
	return err == -EMSGSIZE ? clear_pieces(natives, family, close, PIECE) : err;
}

/* Another process removed one of the objects meanwhile, or began to use it, or committed while we read. */
static bool has_moved(int err)
{
	return err == -ENOENT || err == -EBUSY || err == -EINTR;
}

/* last: no more tries. Else no table is emptied because has_moved is true of the result. */
static int clear(const struct natives *natives, const struct clearing *clearing, int family, bool last, bool *emptied)
{
	int err = clearing->whole ? -E2BIG : clear_alone(natives, family, clearing->close[family]);

	*emptied = err != 0 && (last || !has_moved(err)) && (clearing->whole || clearing->or_whole);
	return *emptied ? clear_whole(natives, family, clearing->close[family]) : err;
}

static void report(const struct natives *natives, int family, int err, bool emptied, struct diag_log *log)
{
	natives_tell(natives, family, true, log);
	if (emptied && err == 0)
		diag_add(log, DIAG_LOAD_WARNING, NULL, NULL, "%s: the tables with these objects are emptied", family_name(family));
	if (err != 0)
		diag_add(log, DIAG_SYSTEM, NULL, NULL, "%s: objects made with nft in iptables' tables cannot be removed: %s", family_name(family),
			 err == -EPERM ? "a table belongs to another process, or this process lacks the privilege" : strerror(-err));
}

/*
 * Removes rules from the list that iptables-save shows correctly. If iptables-save fails, all stay in the list, as any
 * of them may be the cause.
 */
static void settle(struct natives *natives, const struct backend *backend, int family)
{
	struct strbuf texts[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	struct diag_log silent = { .report = NULL };

	if (backend_save(backend, family_bit(family), NULL, texts, &silent) == SAVE_DONE)
		natives_settle(natives, backend, family, &texts[family]);
	strbuf_free(&texts[family]);
}

static int find_and_clear(const struct backend *backend, const struct clearing *clearing, int family, bool last, struct diag_log *log)
{
	struct natives natives = { .list = { 0 } };
	int err = natives_find(&natives, family);

	if (err == -EINTR && last)
		err = 0; /* others keep committing; reading the rules will wait */
	if (err != 0 && err != -EINTR)
		diag_system(log, err, "reading the objects of nf_tables");
	if (err == 0 && natives.list.len > 0)
		settle(&natives, backend, family);
	if (err == 0 && clearing->around != NULL)
		around_pick(&natives, clearing->around);
	if (err == 0 && natives.list.len > 0) {
		bool emptied;

		err = clear(&natives, clearing, family, last, &emptied);
		if (last || !has_moved(err))
			report(&natives, family, err, emptied, log);
	}
	natives_free(&natives);
	return err;
}

enum family natives_clear(const struct backend *backend, const struct clearing *clearing, struct diag_log *log)
{
	enum family left = FAMILY_NONE;

	for (int family = 0; family < FAMILIES; family++) {
		int err = -ENOENT;

		if (!family_has(clearing->families, family))
			continue;
		for (int tries = 1; tries <= TRIES && has_moved(err); tries++)
			err = find_and_clear(backend, clearing, family, tries == TRIES, log);
		if (err != 0)
			left |= family_bit(family);
	}
	return left;
}
