/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/nftgen.h"
#include "base/host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/stat.h>

static int find_id(const struct nlattr *attr, void *data)
{
	uint32_t *generation = data;

	if (mnl_attr_get_type(attr) == NFTA_GEN_ID && mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
		*generation = ntohl(mnl_attr_get_u32(attr));
	return MNL_CB_OK;
}

static int read_answer(const struct nlmsghdr *message, void *data)
{
	return mnl_attr_parse(message, sizeof(struct nfgenmsg), find_id, data) < 0 ? MNL_CB_ERROR : MNL_CB_STOP;
}

static int ask(struct mnl_socket *socket, uint32_t seq, uint32_t *generation)
{
	char buffer[4096] __attribute__((aligned(8)));
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *header;
	ssize_t len;

	message->nlmsg_type = (NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETGEN;
	message->nlmsg_flags = NLM_F_REQUEST;
	message->nlmsg_seq = seq;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->nfgen_family = AF_UNSPEC;
	header->version = NFNETLINK_V0;
	if (mnl_socket_sendto(socket, message, message->nlmsg_len) < 0)
		return -errno;
	len = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
	if (len < 0 || mnl_cb_run(buffer, (size_t)len, seq, mnl_socket_get_portid(socket), read_answer, generation) < 0)
		return -errno;
	return 0;
}

static int open_socket(struct nftgen *nftgen)
{
	nftgen->socket = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (nftgen->socket != NULL && mnl_socket_bind(nftgen->socket, 0, MNL_SOCKET_AUTOPID) < 0)
		nftgen_close(nftgen);
	return nftgen->socket != NULL ? 0 : -errno;
}

int nftgen_ask(struct nftgen *nftgen, uint32_t *generation)
{
	int err = nftgen->socket != NULL ? 0 : open_socket(nftgen);

	*generation = 0;
	if (err == 0)
		err = ask(nftgen->socket, ++nftgen->seq, generation);
	if (err != 0) /* a late answer must not be taken for the next one */
		nftgen_close(nftgen);
	return err;
}

void nftgen_close(struct nftgen *nftgen)
{
	int why = errno;

	if (nftgen->socket != NULL)
		mnl_socket_close(nftgen->socket);
	nftgen->socket = NULL;
	errno = why;
}

int nftgen_read(uint32_t *generation)
{
	struct nftgen nftgen = { NULL };
	int err = nftgen_ask(&nftgen, generation);

	nftgen_close(&nftgen);
	return err;
}

/* If the module is loaded again, its generations restart, and this inode changes. 0: nf_tables is built in. */
static bool module_inode(unsigned long long *inode)
{
	struct stat st;

	*inode = 0;
	if (stat("/sys/module", &st) != 0)
		return false;
	if (stat("/sys/module/nf_tables", &st) == 0)
		*inode = st.st_ino;
	return true;
}

bool nftgen_mark(uint32_t generation, struct strbuf *out)
{
	char boot[HOST_BOOT_ID];
	uint64_t namespace = host_netns_cookie();
	unsigned long long inode;

	host_boot_id(boot);
	if (namespace == 0 || boot[0] == 'u' || !module_inode(&inode))
		return false;
	strbuf_printf(out, "boot %s namespace %" PRIu64 " nf_tables %llu generation %" PRIu32 "\n", boot, namespace, inode,
		      generation);
	return !out->failed;
}
