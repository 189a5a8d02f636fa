/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Objections that depend on an extension's options. Each was tried on Linux 6.18 with both backends; the
 * layouts are those of the kernel's headers, in the revision that libxtables chose.
 */
#include "check/kernel_check.h"
#include "check/kernel_helper.h"
#include "model/builtin.h"
#include "model/ext.h"

#include <linux/netfilter/xt_CT.h>
#include <linux/netfilter/xt_IDLETIMER.h>
#include <linux/netfilter/xt_NFQUEUE.h>
#include <linux/netfilter/xt_RATEEST.h>
#include <linux/netfilter/xt_TCPMSS.h>
#include <linux/netfilter/xt_TEE.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_cgroup.h>
#include <linux/netfilter/xt_connlabel.h>
#include <linux/netfilter/xt_devgroup.h>
#include <linux/netfilter/xt_ecn.h>
#include <linux/netfilter/xt_owner.h>
#include <linux/netfilter/xt_physdev.h>
#include <linux/netfilter/xt_policy.h>
#include <linux/netfilter/xt_rateest.h>
#include <linux/netfilter/xt_recent.h>
#include <linux/netfilter/xt_string.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter/xt_u32.h>
#include <linux/netfilter_ipv4/ipt_ECN.h>
#include <linux/netfilter_ipv4/ipt_REJECT.h>
#include <linux/netfilter_ipv6/ip6t_NPT.h>
#include <linux/netfilter_ipv6/ip6t_REJECT.h>
#include <netinet/in.h>
#include <string.h>

#define IN_HOOKS  (HOOK_PREROUTING | HOOK_INPUT | HOOK_FORWARD)
#define OUT_HOOKS (HOOK_FORWARD | HOOK_OUTPUT | HOOK_POSTROUTING)
#define TCP_SYN   0x02

static const unsigned char tcp_only[] = { IPPROTO_TCP, 0 };

static void check_addrtype(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_addrtype_info_v1 *info = KERNEL_DATA(extension, struct xt_addrtype_info_v1);

	if (extension->kind->revision != 1 || info == NULL)
		return;
	if ((info->flags & XT_ADDRTYPE_LIMIT_IFACE_IN) != 0)
		kernel_want_hooks(check, extension, "--limit-iface-in", IN_HOOKS);
	if ((info->flags & XT_ADDRTYPE_LIMIT_IFACE_OUT) != 0)
		kernel_want_hooks(check, extension, "--limit-iface-out", OUT_HOOKS);
	if (check->ruleset->family != FAMILY_IPV6)
		return;
	if ((info->source | info->dest) >= XT_ADDRTYPE_PROHIBIT || ((info->source | info->dest) & XT_ADDRTYPE_BLACKHOLE) != 0)
		kernel_say(check, DIAG_KERNEL_VALUE, extension,
			   "addrtype BLACKHOLE, PROHIBIT, THROW, NAT and XRESOLVE do not exist for IPv6: the kernel "
			   "rejects them");
	else if (((info->source | info->dest) & XT_ADDRTYPE_BROADCAST) != 0)
		kernel_say(check, DIAG_KERNEL_VALUE, extension,
			   "IPv6 has no broadcast addresses: the kernel rejects this; did you mean MULTICAST?");
}

static void check_devgroup(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_devgroup_info *info = KERNEL_DATA(extension, struct xt_devgroup_info);

	if (info != NULL && (info->flags & XT_DEVGROUP_MATCH_SRC) != 0)
		kernel_want_hooks(check, extension, "--src-group", IN_HOOKS);
	if (info != NULL && (info->flags & XT_DEVGROUP_MATCH_DST) != 0)
		kernel_want_hooks(check, extension, "--dst-group", OUT_HOOKS);
}

static void check_policy(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_policy_info *info = KERNEL_DATA(extension, struct xt_policy_info);

	if (info != NULL && (info->flags & XT_POLICY_MATCH_IN) != 0)
		kernel_want_hooks(check, extension, "--dir in", IN_HOOKS);
	if (info != NULL && (info->flags & XT_POLICY_MATCH_OUT) != 0)
		kernel_want_hooks(check, extension, "--dir out", OUT_HOOKS);
}

static void check_physdev(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_physdev_info *info = KERNEL_DATA(extension, struct xt_physdev_info);
	bool bridged;

	if (info == NULL || (info->bitmask & (XT_PHYSDEV_OP_OUT | XT_PHYSDEV_OP_ISOUT)) == 0)
		return;
	bridged = (info->bitmask & XT_PHYSDEV_OP_BRIDGED) != 0 && (info->invert & XT_PHYSDEV_OP_BRIDGED) == 0;
	if (!bridged)
		kernel_want_hooks(check, extension, "--physdev-out", IN_HOOKS | HOOK_POSTROUTING);
}

static void check_ecn(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_ecn_info *info = KERNEL_DATA(extension, struct xt_ecn_info);

	if (info != NULL && (info->operation & (XT_ECN_OP_MATCH_ECE | XT_ECN_OP_MATCH_CWR)) != 0)
		kernel_want_protocols(check, extension, "--ecn-tcp-...", tcp_only, ARRAY_LEN(tcp_only));
}

static void check_ecn_target(const struct kernel_check *check, const struct extension *extension)
{
	const struct ipt_ECN_info *info = KERNEL_DATA(extension, struct ipt_ECN_info);

	if (info != NULL && (info->operation & (IPT_ECN_OP_SET_ECE | IPT_ECN_OP_SET_CWR)) != 0)
		kernel_want_protocols(check, extension, "--ecn-tcp-...", tcp_only, ARRAY_LEN(tcp_only));
}

/* XT_CONNLABEL_MAXBIT of the kernel's nf_conntrack_labels.h; libxtables takes what connlabel.conf may name, 65535. */
static void check_connlabel(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_connlabel_mtinfo *info = KERNEL_DATA(extension, struct xt_connlabel_mtinfo);

	if (info != NULL && info->bit > 127)
		kernel_say(check, DIAG_KERNEL_VALUE, extension, "connlabel --label must be at most 127: the kernel "
								"rejects more");
}

/* Some rule of the text makes this estimator. */
static bool is_estimated(const struct ruleset *ruleset, const char *name)
{
	for (size_t t = 0; t < ruleset->tables.len; t++)
		for (size_t c = 0; c < ruleset->tables.item[t]->chains.len; c++) {
			const struct chain *chain = ruleset->tables.item[t]->chains.item[c];

			for (size_t r = 0; r < chain->rules.len; r++) {
				const struct extension *target = chain->rules.item[r]->target;
				const struct xt_rateest_target_info *info =
					target != NULL && strcmp(target->kind->real_name, "RATEEST") == 0 ? (const void *)target->data : NULL;

				if (info != NULL && target->size >= sizeof(*info) && strncmp(info->name, name, sizeof(info->name)) == 0)
					return true;
			}
		}
	return false;
}

static void check_rateest(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_rateest_match_info *info = KERNEL_DATA(extension, struct xt_rateest_match_info);
	unsigned kinds;

	if (info == NULL)
		return;
	kinds = info->flags & (XT_RATEEST_MATCH_ABS | XT_RATEEST_MATCH_REL);
	if ((kinds != XT_RATEEST_MATCH_ABS && kinds != XT_RATEEST_MATCH_REL) || info->mode == XT_RATEEST_MATCH_NONE ||
	    (info->flags & (XT_RATEEST_MATCH_BPS | XT_RATEEST_MATCH_PPS)) == 0)
		kernel_say(check, DIAG_KERNEL_VALUE, extension,
			   "rateest needs --rateest NAME or both --rateest1 and --rateest2, one of --rateest-lt, -gt "
			   "and -eq, and --rateest-bps or --rateest-pps");
	else if (!is_estimated(check->ruleset, info->name1) || (kinds == XT_RATEEST_MATCH_REL && !is_estimated(check->ruleset, info->name2)))
		kernel_say(check, DIAG_KERNEL_NEEDS, extension,
			   "rateest needs an existing estimator: put -j RATEEST in an earlier rule");
}

bool kernel_file_name(const char *name, size_t size)
{
	return name[0] != '\0' && memchr(name, '/', strnlen(name, size)) == NULL && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0;
}

static void check_recent(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_recent_mtinfo *info = KERNEL_DATA(extension, struct xt_recent_mtinfo);

	if (info == NULL)
		return;
	if (info->hit_count > 65535)
		kernel_say(check, DIAG_KERNEL_VALUE, extension,
			   "recent --hitcount must be at most 65535: the kernel rejects more");
	else if (info->hit_count > 255)
		kernel_say(check, DIAG_KERNEL_DEPENDS, extension,
			   "recent --hitcount: before Linux 6.11, a kernel may refuse more than 255");
	if ((info->check_set & (XT_RECENT_SET | XT_RECENT_REMOVE)) != 0 &&
	    (info->seconds != 0 || info->hit_count != 0 || (info->check_set & XT_RECENT_MODIFIERS) != 0))
		kernel_say(check, DIAG_KERNEL_VALUE, extension,
			   "recent --set and --remove cannot take --seconds, --hitcount or --reap: did you mean "
			   "--rcheck or --update?");
	if (!kernel_file_name(info->name, sizeof(info->name)))
		kernel_say(check, DIAG_KERNEL_VALUE, extension,
			   "recent --name is used as a file name in /proc: the kernel rejects this one");
}

static bool algorithm_is(const struct xt_string_info *info, const char *name)
{
	return strncmp(info->algo, name, sizeof(info->algo)) == 0;
}

static void check_string(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_string_info *info = KERNEL_DATA(extension, struct xt_string_info);

	if (info == NULL)
		return;
	if (algorithm_is(info, "fsm"))
		kernel_say(check, DIAG_KERNEL_NEEDS, extension, "string --algo fsm needs a kernel with ts_fsm; bm "
								"and kmp are always available");
	else if (!algorithm_is(info, "bm") && !algorithm_is(info, "kmp"))
		kernel_say(check, DIAG_KERNEL_VALUE, extension,
			   "string --algo must be bm or kmp");
	if (info->from_offset > info->to_offset)
		kernel_say(check, DIAG_KERNEL_VALUE, extension, "string --from is greater than --to: the kernel "
								"rejects it");
	if (info->patlen == 0)
		kernel_say(check, DIAG_KERNEL_VALUE, extension, "the string is empty: the kernel rejects it");
}

static void check_reject(const struct kernel_check *check, const struct extension *extension)
{
	const struct ipt_reject_info *v4 = KERNEL_DATA(extension, struct ipt_reject_info);
	const struct ip6t_reject_info *v6 = KERNEL_DATA(extension, struct ip6t_reject_info);
	bool reset = check->ruleset->family == FAMILY_IPV6 ? v6 != NULL && v6->with == IP6T_TCP_RESET :
							     v4 != NULL && v4->with == IPT_TCP_RESET;

	if (reset)
		kernel_want_protocols(check, extension, "--reject-with tcp-reset", tcp_only, ARRAY_LEN(tcp_only));
}

static bool asks_for_syn(const struct rule *rule)
{
	for (const struct extension *at = rule->matches; at != NULL; at = at->next) {
		const struct xt_tcp *tcp = KERNEL_DATA(at, struct xt_tcp);

		if (strcmp(at->kind->real_name, "tcp") == 0 && tcp != NULL && (tcp->flg_cmp & TCP_SYN) != 0 &&
		    (tcp->invflags & XT_TCP_INV_FLAGS) == 0)
			return true;
	}
	return false;
}

static void check_tcpmss(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_tcpmss_info *info = KERNEL_DATA(extension, struct xt_tcpmss_info);

	if (info != NULL && info->mss == XT_TCPMSS_CLAMP_PMTU)
		kernel_want_hooks(check, extension, "--clamp-mss-to-pmtu", OUT_HOOKS);
	if (check->rule->proto == IPPROTO_TCP && !asks_for_syn(check->rule))
		kernel_say(check, DIAG_KERNEL_BACKEND, extension,
			   "TCPMSS needs --syn or --tcp-flags SYN,RST SYN in the same rule: iptables-legacy rejects "
			   "it, nf_tables accepts it");
}

static void check_ct(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_ct_target_info_v1 *info = KERNEL_DATA(extension, struct xt_ct_target_info_v1);
	const struct kernel_helper *helper;

	if (extension->kind->revision < 1 || info == NULL || (info->flags & XT_CT_NOTRACK) != 0)
		return;
	if (info->timeout[0] != '\0')
		kernel_say(check, DIAG_KERNEL_NEEDS, extension, "CT --timeout needs an existing policy (nfct timeout "
								"add)");
	if (info->helper[0] == '\0')
		return;
	helper = kernel_helper_find(info->helper);
	if (check->rule->proto == 0 || (check->rule->invert & INVERT_PROTO) != 0)
		kernel_say(check, DIAG_KERNEL_PROTO, extension,
			   "CT --helper needs -p in the same rule, without `!`");
	else if (helper == NULL)
		kernel_say(check, DIAG_KERNEL_NEEDS, extension,
			   "CT --helper: unknown helper; the rule loads only if a module provides it");
	else if ((helper->families & check->ruleset->family) == 0)
		kernel_say(check, DIAG_KERNEL_FAMILY, extension,
			   "CT --helper: this helper exists for IPv4 only");
	else
		kernel_want_protocols(check, extension, "with this helper", helper->protocols,
				      ARRAY_LEN(helper->protocols));
}

static void check_nfqueue(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_NFQ_info_v1 *info = KERNEL_DATA(extension, struct xt_NFQ_info_v1);

	if (extension->kind->revision >= 1 && info != NULL &&
	    (info->queues_total == 0 || (unsigned)info->queuenum + info->queues_total - 1 > 65535))
		kernel_say(check, DIAG_KERNEL_VALUE, extension,
			   "NFQUEUE --queue-balance must end at 65535 or below and span at most 65535 queues");
}

/* Its label becomes a file below /sys, beside those that every device has there; its time is counted in milliseconds. */
static void check_idletimer(const struct kernel_check *check, const struct extension *extension)
{
	static const char *const taken[] = { "power", "subsystem", "uevent" };
	const struct idletimer_tg_info *info = KERNEL_DATA(extension, struct idletimer_tg_info);
	bool free_name;

	if (info == NULL)
		return;
	free_name = kernel_file_name(info->label, sizeof(info->label));
	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		free_name = free_name && strncmp(info->label, taken[i], sizeof(info->label)) != 0;
	if (!free_name)
		kernel_say(check, DIAG_KERNEL_VALUE, extension,
			   "IDLETIMER --label is used as a file name in /sys: the kernel rejects this one");
	if (info->timeout == 0 || info->timeout >= INT32_MAX / 1000)
		kernel_say(check, DIAG_KERNEL_VALUE, extension, "IDLETIMER --timeout must be from 1 to 2147482 "
								"seconds");
}

static void check_set(const struct kernel_check *check, const struct extension *extension)
{
	bool priority;

	if (!ext_set_maps(extension, &priority))
		return;
	if (check->table_bit != TABLE_BIT_MANGLE)
		kernel_say(check, DIAG_KERNEL_TABLE, extension, "SET --map-set is allowed in table mangle only");
	if (priority)
		kernel_want_hooks(check, extension, "--map-prio and --map-queue", OUT_HOOKS);
}

static void check_cgroup(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_cgroup_info_v2 *info = KERNEL_DATA(extension, struct xt_cgroup_info_v2);

	if (extension->kind->revision != 2 || info == NULL)
		return;
	if (info->has_path == info->has_classid)
		kernel_say(check, DIAG_KERNEL_VALUE, extension, "cgroup needs exactly one of --path and --cgroup");
	else if (info->has_path)
		kernel_say(check, DIAG_KERNEL_NEEDS, extension, "cgroup --path needs an existing control group");
}

static void check_owner(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_owner_match_info *info = KERNEL_DATA(extension, struct xt_owner_match_info);

	if (info != NULL && (((info->match & XT_OWNER_UID) != 0 && info->uid_min > info->uid_max) ||
			     ((info->match & XT_OWNER_GID) != 0 && info->gid_min > info->gid_max)))
		kernel_say(check, DIAG_KERNEL_VALUE, extension, "owner: the range ends before it begins: the kernel "
								"rejects it");
}

static void check_u32(const struct kernel_check *check, const struct extension *extension)
{
	const struct xt_u32 *info = KERNEL_DATA(extension, struct xt_u32);

	for (unsigned t = 0; info != NULL && t < info->ntests && t < ARRAY_LEN(info->tests); t++)
		for (unsigned n = 1; n < info->tests[t].nnums && n < ARRAY_LEN(info->tests[t].location); n++) {
			const struct xt_u32_location_element *at = &info->tests[t].location[n];

			if ((at->nextop == XT_U32_LEFTSH || at->nextop == XT_U32_RIGHTSH) && at->number > 31) {
				kernel_say(check, DIAG_KERNEL_VALUE, extension, "u32 can shift by at most 31: the "
					"kernel rejects more");
				return;
			}
		}
}

static void check_tee(const struct kernel_check *check, const struct extension *extension)
{
	static const union nf_inet_addr none;
	const struct xt_tee_tginfo *info = KERNEL_DATA(extension, struct xt_tee_tginfo);

	if (info != NULL && memcmp(&info->gw, &none, sizeof(none)) == 0)
		kernel_say(check, DIAG_KERNEL_VALUE, extension, "TEE --gateway cannot be the unspecified address");
}

static bool outside_prefix(const union nf_inet_addr *addr, unsigned len)
{
	for (unsigned bit = len; bit < 128; bit++)
		if ((addr->in6.s6_addr[bit / 8] & 0x80 >> bit % 8) != 0)
			return true;
	return false;
}

/* SNPT and DNPT, by RFC 6296 up to 64 bits. */
static void check_npt(const struct kernel_check *check, const struct extension *extension)
{
	const struct ip6t_npt_tginfo *info = KERNEL_DATA(extension, struct ip6t_npt_tginfo);

	if (info == NULL)
		return;
	if (info->src_pfx_len > 64 || info->dst_pfx_len > 64)
		kernel_say(check, DIAG_KERNEL_VALUE, extension, "a prefix can have at most 64 bits here: the kernel "
								"rejects more");
	else if (outside_prefix(&info->src_pfx, info->src_pfx_len) || outside_prefix(&info->dst_pfx, info->dst_pfx_len))
		kernel_say(check, DIAG_KERNEL_VALUE, extension, "the address has host bits set: the kernel rejects it");
}

/* By the name of a row in model/kinds_*.c. */
const struct kernel_data_check kernel_data_checks[] = {
	{ .name = "addrtype", .look = check_addrtype },
	{ .name = "bpf", .look = kernel_check_bpf },
	{ .name = "cgroup", .look = check_cgroup },
	{ .name = "connlabel", .look = check_connlabel },
	{ .name = "devgroup", .look = check_devgroup },
	{ .name = "ecn", .look = check_ecn },
	{ .name = "hashlimit", .look = kernel_check_hashlimit },
	{ .name = "limit", .look = kernel_check_limit },
	{ .name = "owner", .look = check_owner },
	{ .name = "physdev", .look = check_physdev },
	{ .name = "policy", .look = check_policy },
	{ .name = "rateest", .look = check_rateest },
	{ .name = "recent", .look = check_recent },
	{ .name = "string", .look = check_string },
	{ .name = "u32", .look = check_u32 },
	{ .name = "CT", .target = true, .look = check_ct },
	{ .name = "DNPT", .target = true, .look = check_npt },
	{ .name = "ECN", .target = true, .look = check_ecn_target },
	{ .name = "IDLETIMER", .target = true, .look = check_idletimer },
	{ .name = "NFQUEUE", .target = true, .look = check_nfqueue },
	{ .name = "REJECT", .target = true, .look = check_reject },
	{ .name = "SET", .target = true, .look = check_set },
	{ .name = "SNPT", .target = true, .look = check_npt },
	{ .name = "TCPMSS", .target = true, .look = check_tcpmss },
	{ .name = "TEE", .target = true, .look = check_tee },
};

const size_t kernel_data_check_count = ARRAY_LEN(kernel_data_checks);

void kernel_check_data(const struct kernel_check *check, const struct extension *extension)
{
	for (size_t i = 0; i < kernel_data_check_count; i++)
		if (kernel_data_checks[i].target == extension->kind->target &&
		    strcmp(kernel_data_checks[i].name, extension->kind->real_name) == 0)
			kernel_data_checks[i].look(check, extension);
}
