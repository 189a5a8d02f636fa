/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "diag/diag.h"
#include "base/escape.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const struct diag_kind diag_kinds[DIAG_COUNT] = {
	[DIAG_SYSTEM] = { "system", LEVEL_SYSTEM, "a system call or a program failed" },
	[DIAG_MEMORY] = { "memory", LEVEL_SYSTEM, "memory ran out" },
	[DIAG_EMPTY] = { "empty", LEVEL_ERROR, "the input holds no table" },
	[DIAG_TRUNCATED] = { "truncated", LEVEL_ERROR, "the input ends too early" },
	[DIAG_CHECKSUM] = { "checksum", LEVEL_ERROR, "the input differs from what was written" },
	[DIAG_ENCODING] = { "encoding", LEVEL_ERROR, "a byte that no ruleset may hold" },
	[DIAG_LIMIT] = { "limit", LEVEL_ERROR, "longer than iptables-restore reads" },
	[DIAG_STRUCTURE] = { "structure", LEVEL_ERROR, "a line that does not fit where it stands" },
	[DIAG_DIRECTIVE] = { "directive", LEVEL_WARNING, "a directive that this version does not know" },
	[DIAG_FAMILY] = { "family", LEVEL_ERROR, "a rule for one family without its mark" },
	[DIAG_SYNTAX] = { "syntax", LEVEL_ERROR, "a rule that iptables cannot read" },
	[DIAG_UNDEFINED_CHAIN] = { "undefined-chain", LEVEL_ERROR, "a jump to a chain that is not there" },
	[DIAG_EXTENSION_NOTICE] = { "extension-notice", LEVEL_WARNING, "what an extension has to say of its options" },
	[DIAG_PROFILE] = { "profile", LEVEL_ERROR, "a profile that cannot be compiled" },
	[DIAG_PROFILE_WARNING] = { "profile-warning", LEVEL_WARNING, "legal in a profile and probably wrong" },
	[DIAG_LOAD] = { "load", LEVEL_ERROR, "rules that the kernel or iptables-restore refused" },
	[DIAG_LOAD_WARNING] = { "load-warning", LEVEL_WARNING, "a load that worked, with something to know" },
	[DIAG_ROLLBACK] = { "rollback", LEVEL_SYSTEM, "the rules could not be put back" },
	[DIAG_SAVE_WARNING] = { "save-warning", LEVEL_WARNING, "what was saved is not all there is to know" },
	[DIAG_DRIFT] = { "drift", LEVEL_ERROR, "the rules in force are not those of the last load" },
	[DIAG_GENERATION] = { "generation", LEVEL_ERROR, "a stored generation that is missing or damaged" },
	[DIAG_CONNTRACK] = { "conntrack", LEVEL_SYSTEM, "the connection tracking table cannot be read" },
	[DIAG_CONNTRACK_WARNING] = { "conntrack-warning", LEVEL_WARNING, "it can be read, with something to know" },
	[DIAG_ROTATE] = { "rotate", LEVEL_ERROR, "a log could not be rotated as wanted; none of its lines is lost" },
	[DIAG_ROTATE_UNSAFE] = { "rotate-unsafe", LEVEL_SYSTEM, "another user could make the rotation hit other files" },
	[DIAG_ROTATE_CONFIG] = { "rotate-config", LEVEL_ERROR, "a rotation's configuration that cannot be used" },
	[DIAG_ROTATE_DAMAGED] = { "rotate-damaged", LEVEL_ERROR, "an archive that is damaged, or left over" },
	[DIAG_ROTATE_WARNING] = { "rotate-warning", LEVEL_WARNING, "a rotation with something to know" },
	[DIAG_ROTATE_NOTE] = { "rotate-note", LEVEL_INFO, "what a rotation found or put right" },
	[DIAG_KERNEL_HOOK] = { "kernel-hook", LEVEL_ERROR, "a match or target that the kernel refuses in this chain" },
	[DIAG_KERNEL_TABLE] = { "kernel-table", LEVEL_ERROR, "a target that the kernel refuses in this table" },
	[DIAG_KERNEL_PROTO] = { "kernel-proto", LEVEL_ERROR, "a match or target that needs a protocol" },
	[DIAG_KERNEL_VALUE] = { "kernel-value", LEVEL_ERROR, "a value that the kernel refuses" },
	[DIAG_KERNEL_FAMILY] = { "kernel-family", LEVEL_ERROR, "an extension that the kernel has for the other family" },
	[DIAG_REMOVED_EXTENSION] = { "removed-extension", LEVEL_ERROR, "an extension that the kernel has no more" },
	[DIAG_CHAIN_LOOP] = { "chain-loop", LEVEL_ERROR, "chains that lead back to themselves" },
	[DIAG_CHAIN_LOOP_UNUSED] = { "chain-loop-unused", LEVEL_WARNING, "such chains that no built-in chain leads to" },
	[DIAG_JUMP_DEPTH] = { "jump-depth", LEVEL_WARNING, "more jumps in a row than nf_tables follows" },
	[DIAG_KERNEL_BACKEND] = { "kernel-backend", LEVEL_WARNING, "a rule that loads in one backend only" },
	[DIAG_KERNEL_NEEDS] = { "kernel-needs", LEVEL_INFO, "a rule that loads only where something else is there" },
	[DIAG_KERNEL_UNKNOWN] = { "kernel-unknown", LEVEL_INFO, "an extension that the checks do not know" },
	[DIAG_PACKET] = { "packet", LEVEL_ERROR, "a packet that cannot be read" },
	[DIAG_PACKET_FAMILY] = { "packet-family", LEVEL_WARNING, "packets of the family that was not asked for" },
	[DIAG_DEAD_RULE] = { "dead-rule", LEVEL_WARNING, "a rule that no packet gets to" },
	[DIAG_LIMIT_AFTER_ACCEPT] = { "limit-after-accept", LEVEL_ERROR, "a limit behind the rule that lets everything pass" },
	[DIAG_IMPOSSIBLE_MATCH] = { "impossible-match", LEVEL_ERROR, "a rule that matches no packet by itself" },
	[DIAG_UNREACHABLE_CHAIN] = { "unreachable-chain", LEVEL_WARNING, "a chain that no packet gets to" },
	[DIAG_DUPLICATE_RULE] = { "duplicate-rule", LEVEL_WARNING, "the same rule twice in a row" },
	[DIAG_UNDECIDED] = { "undecided", LEVEL_INFO, "rules that could not be decided within the budget" },
	[DIAG_NO_ESTABLISHED] = { "no-established", LEVEL_WARNING, "replies to what is allowed are dropped" },
	[DIAG_LOCKOUT_ADMIN] = { "lockout-admin", LEVEL_WARNING, "nobody can reach ssh" },
	[DIAG_ICMPV6_ND_BLOCKED] = { "icmpv6-nd-blocked", LEVEL_WARNING, "IPv6 cannot work behind these rules" },
	[DIAG_IPV6_ABSENT] = { "ipv6-absent", LEVEL_INFO, "rules for IPv4 alone" },
	[DIAG_OPEN_FORWARD] = { "open-forward", LEVEL_WARNING, "forwarding by a source that anyone can write" },
	[DIAG_DNAT_NO_FORWARD] = { "dnat-no-forward", LEVEL_WARNING, "a port forward that FORWARD drops" },
	[DIAG_NAT_NO_FORWARDING] = { "nat-no-forwarding", LEVEL_ERROR, "rewriting for packets that are not passed on" },
	[DIAG_MASQUERADE_UNBOUNDED] = { "masquerade-unbounded", LEVEL_WARNING, "MASQUERADE towards every network" },
	[DIAG_LOG_NO_LIMIT] = { "log-no-limit", LEVEL_WARNING, "a log that anyone can fill" },
	[DIAG_LOG_PREFIX_CUT] = { "log-prefix-cut", LEVEL_WARNING, "a prefix longer than the kernel keeps" },
	[DIAG_CONTRADICTION] = { "contradiction", LEVEL_WARNING, "two rules that overlap in part and decide differently" },
	[DIAG_BAD_NEGATION] = { "bad-negation", LEVEL_WARNING, "two negations meant as a list" },
	[DIAG_MERGE_MULTIPORT] = { "merge-multiport", LEVEL_INFO, "rules that differ in the port alone" },
	[DIAG_USE_IPSET] = { "use-ipset", LEVEL_INFO, "many rules that differ in an address alone" },
	[DIAG_LO_MISSING] = { "lo-missing", LEVEL_WARNING, "the host cannot speak to itself" },
	[DIAG_POLICY_ACCEPT_OPEN] = { "policy-accept-open", LEVEL_WARNING, "INPUT accepts some and drops nothing" },
	[DIAG_FORWARD_NO_DNAT] = { "forward-no-dnat", LEVEL_INFO, "a rule for rewritten packets where nothing rewrites" },
	[DIAG_CT_HELPER_MISSING] = { "ct-helper-missing", LEVEL_WARNING, "a service that needs a helper, and none" },
	[DIAG_CONNTRACK_NOTRACK] = { "conntrack-notrack", LEVEL_WARNING, "untracked packets that are then accepted by state alone" },
	[DIAG_INVALID_LATE] = { "invalid-late", LEVEL_WARNING, "INVALID packets are accepted in front of the rule that drops them" },
	[DIAG_IPV6_OPEN] = { "ipv6-open", LEVEL_WARNING, "IPv6 accepts what IPv4 drops" },
	[DIAG_DOCKER_BYPASS] = { "docker-bypass", LEVEL_WARNING, "a published port that INPUT only seems to close" },
	[DIAG_CONNTRACK_CAPACITY] = { "conntrack-capacity", LEVEL_WARNING, "a connection table that is too small, or too full" },
	[DIAG_WILDCARD_IFACE] = { "wildcard-iface", LEVEL_INFO, "an interface that is not there, and longer names that are" },
	[DIAG_REDUNDANT_RULE] = { "redundant-rule", LEVEL_INFO, "a rule without which every packet would fare the same" },
	[DIAG_ORDER_COST] = { "order-cost", LEVEL_INFO, "a rule that would spare much further up" },
	[DIAG_RECENT_UNSET] = { "recent-unset", LEVEL_WARNING, "a list that is asked and never filled" },
	[DIAG_RECENT_UNREAD] = { "recent-unread", LEVEL_INFO, "a list that is filled and never asked" },
	[DIAG_LOG_PREFIX_NO_SPACE] = { "log-prefix-no-space", LEVEL_INFO, "a prefix that runs into the line behind it" },
	[DIAG_HOST_BITS] = { "host-bits", LEVEL_INFO, "an address that its mask cuts" },
	[DIAG_STALE_TOOL_CHAIN] = { "stale-tool-chain", LEVEL_WARNING, "a jump to another program's chain, twice" },
	[DIAG_EXPECT] = { "expect", LEVEL_ERROR, "a promise that the rules do not keep" },
};

void diag_emit(struct diag_log *log, const struct diag *diag)
{
	log->count[diag->level]++;
	if (log->report != NULL)
		log->report(log->ctx, diag);
}

static void escape(struct strbuf *text)
{
	struct strbuf escaped = STRBUF_INIT;

	if (is_printable(strbuf_text(text), text->len))
		return;
	strbuf_escape(&escaped, strbuf_text(text), text->len);
	strbuf_free(text);
	*text = escaped;
}

static void diag_report(struct diag_log *log, struct diag *diag, struct strbuf *text)
{
	escape(text);
	diag->level = diag_kinds[diag->id].level;
	diag->text = text->failed ? "out of memory while writing this message" : strbuf_text(text);
	diag_emit(log, diag);
	strbuf_free(text);
}

unsigned where_character(const struct where *where, unsigned column)
{
	unsigned characters = 1;

	if (where->source == NULL || column == 0)
		return column;
	for (unsigned i = 1; i < column; i++) /* bytes 10xxxxxx go on with a character of UTF-8 */
		characters += i > where->source_len || ((unsigned char)where->source[i - 1] & 0xc0) != 0x80;
	return characters;
}

void diag_add(struct diag_log *log, enum diag_id id, const struct where *where, const struct where *origin,
	      const char *format, ...)
{
	struct strbuf text = STRBUF_INIT;
	struct diag diag = { .id = id };
	va_list args;

	if (where != NULL)
		diag.where = *where;
	if (origin != NULL)
		diag.origin = *origin;
	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	diag_report(log, &diag, &text);
}

void diag_system(struct diag_log *log, int err, const char *format, ...)
{
	struct strbuf text = STRBUF_INIT;
	struct diag diag = { .id = DIAG_SYSTEM };
	va_list args;

	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	strbuf_printf(&text, ": %s", strerror(abs(err)));
	diag_report(log, &diag, &text);
}

int diag_memory(struct diag_log *log)
{
	struct strbuf text = STRBUF_INIT;
	struct diag diag = { .id = DIAG_MEMORY };

	strbuf_puts(&text, "out of memory");
	diag_report(log, &diag, &text);
	return -ENOMEM;
}

unsigned long diag_errors(const struct diag_log *log)
{
	return log->count[LEVEL_ERROR] + log->count[LEVEL_SYSTEM];
}

enum status diag_status(const struct diag_log *log)
{
	if (log->count[LEVEL_SYSTEM] > 0)
		return STATUS_SYSTEM;
	return log->count[LEVEL_ERROR] > 0 ? STATUS_REFUSED : STATUS_DONE;
}

const char *level_name(enum level level)
{
	static const char *const names[LEVEL_COUNT] = {
		[LEVEL_INFO] = "info",
		[LEVEL_WARNING] = "warning",
		[LEVEL_ERROR] = "error",
		[LEVEL_SYSTEM] = "error",
	};

	return names[level];
}

void diag_format(struct strbuf *out, const struct diag *diag)
{
	const struct where *at = &diag->where;

	if (at->file != NULL) {
		strbuf_escape(out, at->file, strlen(at->file));
		strbuf_putc(out, ':');
	}
	if (at->file != NULL && at->line > 0)
		strbuf_printf(out, "%u:", at->line);
	if (at->file != NULL && at->column > 0)
		strbuf_printf(out, "%u:", at->column);
	strbuf_printf(out, "%s%s: %s", at->file != NULL ? " " : "", level_name(diag->level), diag->text);
	if (diag->origin.file != NULL) {
		strbuf_puts(out, " (made by ");
		strbuf_escape(out, diag->origin.file, strlen(diag->origin.file));
	}
	if (diag->origin.file != NULL && diag->origin.line > 0)
		strbuf_printf(out, ":%u", diag->origin.line);
	if (diag->origin.file != NULL)
		strbuf_putc(out, ')');
	strbuf_printf(out, " [%s]", diag_kinds[diag->id].name);
}
