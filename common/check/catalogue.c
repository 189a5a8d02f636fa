/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/catalogue.h"

#include <string.h>

const struct check_entry check_catalogue[] = {
	{ DIAG_EMPTY, "stream", "# nothing but comments",
	  "iptables-restore takes an empty input for success, so a generator that died looks like a firewall that "
	  "was loaded. Look at the program in front of the pipe." },
	{ DIAG_TRUNCATED, "stream", "*filter\n-A INPUT -j ACCEPT",
	  "The end is missing: COMMIT, a newline, or the `#@ end` that `#@ stream` promised. Write the text again." },
	{ DIAG_CHECKSUM, "stream", "#@ end lines=3 crc32=00000000",
	  "Bytes were changed after the stream was written. After an edit on purpose, delete the lines `#@ stream` "
	  "and `#@ end`, or run the generator again." },
	{ DIAG_ENCODING, "stream", "*filter\\r",
	  "A NUL byte or a carriage return. Files from Windows: sed -i 's/\\r$//' FILE." },
	{ DIAG_LIMIT, "stream", ":a-chain-name-of-more-than-28-bytes - [0:0]",
	  "iptables-restore reads lines of 10238 bytes, 255 words, words of 1023 bytes and chain names of 28 bytes, "
	  "and cuts or refuses what is longer." },
	{ DIAG_STRUCTURE, "stream", "*filter\nCOMMIT\n*filter\nCOMMIT",
	  "A line where it cannot stand: a rule outside of a table, a table twice, text that was pasted around the "
	  "rules, a policy that is none." },
	{ DIAG_DIRECTIVE, "stream", "#@ colour blue",
	  "A `#@` line that this version does not know. It is passed over; a misspelt one does nothing." },
	{ DIAG_SYNTAX, "syntax", "-A INPUT -p tcp --dprt 22 -j ACCEPT",
	  "iptables-restore refuses this line, and with it the whole table. The caret shows the word." },
	{ DIAG_UNDEFINED_CHAIN, "syntax", "-A INPUT -j no-such-chain",
	  "A jump to what is neither a chain of this table nor a target, or a rule for a chain that is not there. "
	  "iptables-nft-restore --test accepts it, and the load fails. Declare the chain with `:NAME - [0:0]` before "
	  "the first rule that names it." },
	{ DIAG_FAMILY, "syntax", "-A INPUT -s 192.0.2.1 -j DROP",
	  "The line has no mark, so iptables-restore and ip6tables-restore both read it, and one of them cannot. Put "
	  "-4 or -6 in front of -A, or read a file of one family with -4 or -6." },
	{ DIAG_EXTENSION_NOTICE, "syntax", "-A INPUT -m iprange --src-range 192.0.2.9-192.0.2.1 -j DROP",
	  "What iptables' own extension says of its options, word for word." },
	{ DIAG_KERNEL_HOOK, "kernel", "-A INPUT -m owner --uid-owner 0 -j ACCEPT",
	  "iptables-restore --test accepts it and the kernel refuses the load: the match or target works in other "
	  "chains. In a chain of your own, every built-in chain that leads there counts, whatever its rules match." },
	{ DIAG_KERNEL_TABLE, "kernel", "*filter\n-A FORWARD -j MASQUERADE",
	  "iptables-restore --test accepts it and the kernel refuses the load: the target works in another table. "
	  "Move the rule there." },
	{ DIAG_KERNEL_PROTO, "kernel", "-A INPUT -j REJECT --reject-with tcp-reset",
	  "The kernel wants -p with one of these protocols in the same rule, and not negated." },
	{ DIAG_KERNEL_VALUE, "kernel", "-A INPUT ! -s 0.0.0.0/0 -j DROP",
	  "iptables-restore --test accepts the value, the kernel does not." },
	{ DIAG_KERNEL_FAMILY, "kernel", "*raw\n-6 -A PREROUTING -p tcp -j CT --helper irc",
	  "The kernel has this extension, or this helper, for the other family only. Mark the rule with -4 or -6." },
	{ DIAG_REMOVED_EXTENSION, "kernel", "-4 -A INPUT -j ULOG",
	  "iptables still reads it, and no kernel of today has it. The message names what to write now." },
	{ DIAG_CHAIN_LOOP, "kernel", ":a - [0:0]\n:b - [0:0]\n-A INPUT -j a\n-A a -j b\n-A b -j a",
	  "The kernel refuses a table in which a packet could come back to a chain, even if no packet would." },
	{ DIAG_CHAIN_LOOP_UNUSED, "kernel", ":a - [0:0]\n-A a -j a",
	  "It loads as long as no built-in chain leads there." },
	{ DIAG_JUMP_DEPTH, "kernel", "INPUT jumps to c1, c1 to c2, ... c15 to c16",
	  "nf_tables refuses more than 15 jumps in a row, iptables-legacy takes them. Put chains "
	  "together." },
	{ DIAG_KERNEL_BACKEND, "kernel", "-A FORWARD -p tcp -j TCPMSS --set-mss 1400",
	  "It loads in nf_tables and not in iptables-legacy, or the other way round: see to it before you switch." },
	{ DIAG_KERNEL_NEEDS, "kernel", "-A INPUT -m ipvs --ipvs -j ACCEPT",
	  "The rule is fine, and loads only where something else is there first: a module, an object, a control group." },
	{ DIAG_KERNEL_UNKNOWN, "kernel", "a match that iptables has and fw-lint's table has not",
	  "The extension is not in the table of what the kernel demands, so nothing is said of it." },
	{ DIAG_DEAD_RULE, "meaning", "-A INPUT -p tcp --dport 22 -j ACCEPT\n-A INPUT -p tcp --dport 22 -s 192.0.2.1 -j DROP",
	  "Earlier rules take every packet that this one matches, for all answers that limits, sets and the "
	  "like may give. The lines that do are named. Delete the rule, or move it in front of them." },
	{ DIAG_LIMIT_AFTER_ACCEPT, "meaning", "-A INPUT -p tcp --dport 22 -j ACCEPT\n-A INPUT -p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 -j DROP",
	  "A rule with recent, limit, hashlimit or connlimit that no packet gets to: the protection is off. The "
	  "rule that drops what is too much must stand in front of the one that accepts." },
	{ DIAG_IMPOSSIBLE_MATCH, "meaning", ":x - [0:0]\n-A INPUT -j x\n-A x -o eth0 -j ACCEPT",
	  "The conditions of the rule exclude each other, or ask for what packets in this chain never have: an "
	  "output interface in INPUT, an established packet in nat." },
	{ DIAG_UNREACHABLE_CHAIN, "meaning", ":unused - [0:0]\n-A unused -j DROP",
	  "No built-in chain leads here. The chain was left over, or the jump to it is missing." },
	{ DIAG_DUPLICATE_RULE, "meaning", "-A INPUT -p tcp --dport 22 -j LOG\n-A INPUT -p tcp --dport 22 -j LOG",
	  "The second does again what the first did: a packet is logged or marked twice. Delete one." },
	{ DIAG_UNDECIDED, "meaning", "-A INPUT -j ACCEPT (behind tens of thousands of overlapping rules)",
	  "Finding out whether these rules are dead would take too long. Nothing is said of them, which does "
	  "not mean that they are alive." },
	{ DIAG_NO_ESTABLISHED, "meaning", ":INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT",
	  "Services are unreachable after the rules were loaded, and the host's own connections get no answer: "
	  "connections may be opened and the packets that belong to them are dropped. Add -m conntrack "
	  "--ctstate ESTABLISHED,RELATED -j ACCEPT, as the first rule." },
	{ DIAG_LOCKOUT_ADMIN, "meaning", ":INPUT DROP [0:0]\n-A INPUT -p tcp --dport 80 -j ACCEPT",
	  "No packet that opens tcp port 22 from another host is accepted. Where the host is administered over "
	  "ssh, this is the last that is seen of it." },
	{ DIAG_ICMPV6_ND_BLOCKED, "meaning", ":INPUT DROP [0:0]\n-6 -A INPUT -p tcp --dport 22 -j ACCEPT",
	  "Neighbour discovery is to IPv6 what ARP is to IPv4, but it passes the rules. Accept ICMPv6 types 135 "
	  "and 136 with hop limit 255, and packet-too-big." },
	{ DIAG_IPV6_ABSENT, "meaning", "*filter (for iptables-restore alone)\n:INPUT DROP [0:0]",
	  "The text restricts IPv4 and says nothing of IPv6. If the host has IPv6 and no ip6tables rules, every "
	  "service is open there. Write one text for both families." },
	{ DIAG_OPEN_FORWARD, "meaning", "-A FORWARD -s 192.168.1.0/24 -j ACCEPT",
	  "The source address is what the sender wrote. Without -i a packet from outside with an inner source "
	  "is passed on too, unless the kernel's rp_filter stops it." },
	{ DIAG_DNAT_NO_FORWARD, "meaning", "*nat\n-A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 192.168.1.100:80\nCOMMIT\n*filter\n:FORWARD DROP [0:0]",
	  "Port forwarding fails: DNAT changes the address in front of the filter, so FORWARD must accept the "
	  "new address and the new port. Add a FORWARD rule for them." },
	{ DIAG_NAT_NO_FORWARDING, "meaning", "#@ sysctl net.ipv4.ip_forward=0\n*nat\n-A POSTROUTING -o eth0 -j MASQUERADE",
	  "NAT does not work: forwarding is off. Write `#@ sysctl net.ipv4.ip_forward=1`, or leave the "
	  "directive out." },
	{ DIAG_MASQUERADE_UNBOUNDED, "meaning", "*nat\n-A POSTROUTING -j MASQUERADE",
	  "Without -o or -d the source of all forwarded packets is rewritten, those to inner networks too: "
	  "their hosts no longer see who speaks to them." },
	{ DIAG_LOG_NO_LIMIT, "meaning", "-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -j LOG",
	  "Each such packet is a line, so that an outsider decides how fast the disk fills. Add -m limit or -m "
	  "hashlimit to the rule." },
	{ DIAG_LOG_PREFIX_CUT, "meaning", "-A INPUT -m limit --limit 5/min -j LOG --log-prefix \"a prefix of more than 29 bytes: \"",
	  "LOG keeps 29 bytes of its prefix, NFLOG 63. iptables cuts it without a word, and what searches the "
	  "log for the whole finds nothing." },
	{ DIAG_CONTRADICTION, "meaning", "-A INPUT -p tcp --dport 1000:2000 -j ACCEPT\n-A INPUT -p tcp --dport 1500:2500 -j DROP",
	  "Two rules are the same but for their ports, each has some of its own, and about the others the "
	  "first decides. Mostly a number is wrong: say which of them the ports in common belong to." },
	{ DIAG_BAD_NEGATION, "meaning", "-A INPUT ! -s 192.0.2.1 -j DROP\n-A INPUT ! -s 192.0.2.2 -j DROP",
	  "Two rules with ! in a row take every packet: whoever is the one address is not the other. Accept "
	  "the list in front of one rule for all others, or use -m set." },
	{ DIAG_MERGE_MULTIPORT, "meaning", "-A INPUT -p tcp --dport 22 -j ACCEPT\n-A INPUT -p tcp --dport 80 -j ACCEPT\n-A INPUT -p tcp --dport 443 -j ACCEPT",
	  "Three or more rules in a row are the same but for a port. One rule with -m multiport is easier to "
	  "read and quicker; it holds 15 ports, a range counts for two." },
	{ DIAG_USE_IPSET, "meaning", "fifty times -A INPUT -s ADDRESS -j DROP",
	  "Each packet is compared with every one of these rules. A set is looked up once, and can be changed "
	  "without loading the rules: `#@ set` and `#@ member` in a stream, -m set --match-set NAME src in the "
	  "rule." },
	{ DIAG_LO_MISSING, "meaning", ":INPUT DROP [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\n-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
	  "What programs of this host send each other comes in by lo, and INPUT drops it: name servers, "
	  "databases and much else on 127.0.0.1 and ::1 get no answer. Add -i lo -j ACCEPT, as the first rule." },
	{ DIAG_POLICY_ACCEPT_OPEN, "meaning", ":INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT",
	  "The rules name what may come in, and nothing drops the rest: no packet is treated otherwise than "
	  "without these rules. Write :INPUT DROP, or a last rule -j DROP." },
	{ DIAG_FORWARD_NO_DNAT, "meaning", "*nat\nCOMMIT\n*filter\n-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT",
	  "The rule is for packets whose destination DNAT, REDIRECT or NETMAP changed, and table nat of this "
	  "text has no such rule. It was left over, or the port forward got lost." },
	{ DIAG_CT_HELPER_MISSING, "meaning", ":INPUT DROP [0:0]\n-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n-A INPUT -p tcp --dport 21 -m conntrack --ctstate NEW -j ACCEPT",
	  "FTP connections drop: what ftp, tftp, sip and pptp open besides is RELATED only for a helper, and "
	  "since Linux 6.0 none is given automatically, whatever modules are loaded. Add to table raw, in "
	  "PREROUTING: -p tcp --dport 21 -j CT --helper ftp. Or give the server a range of ports for its data, "
	  "and open that." },
	{ DIAG_CONNTRACK_NOTRACK, "meaning", "*raw\n-A PREROUTING -p udp --dport 53 -j CT --notrack\nCOMMIT\n*filter\n:INPUT DROP [0:0]\n-A INPUT -p udp --dport 53 -m conntrack --ctstate NEW -j ACCEPT",
	  "A packet that raw makes untracked is neither NEW nor ESTABLISHED. Accept it without a state, or "
	  "with --ctstate UNTRACKED, and what answers it as well." },
	{ DIAG_INVALID_LATE, "meaning", "-A INPUT -p tcp --dport 80 -j ACCEPT\n-A INPUT -m conntrack --ctstate INVALID -j DROP",
	  "A rule without a state takes packets that belong to no connection, in front of the rule that drops "
	  "all of them. Move the rule that drops to the front, or add --ctstate NEW to the one that accepts." },
	{ DIAG_IPV6_OPEN, "meaning", ":INPUT DROP [0:0]\n-4 -A INPUT -p tcp --dport 22 -s 192.0.2.1 -j ACCEPT\n-6 -A INPUT -p tcp --dport 22 -j ACCEPT",
	  "Over IPv4 a stranger's first packet to these ports is always dropped, over IPv6 it is accepted: "
	  "mostly the IPv6 rules were forgotten. Write the rule for both families, without -4 or -6, or close "
	  "the port in IPv6 as well." },
	{ DIAG_DOCKER_BYPASS, "meaning", "*nat\n:DOCKER - [0:0]\n-A PREROUTING -j DOCKER\n-A DOCKER -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80\nCOMMIT\n*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n-A FORWARD -d 172.17.0.2 -o docker0 -p tcp --dport 80 -j ACCEPT",
	  "Docker rewrites the destination of a published port in front of the filter, so the packet passes "
	  "FORWARD and INPUT never sees it. Publish it on 127.0.0.1, or restrict it in chain DOCKER-USER, by "
	  "--ctorigdstport." },
	{ DIAG_CONNTRACK_CAPACITY, "meaning", "#@ sysctl net.netfilter.nf_conntrack_max=1000000\n#@ sysctl net.netfilter.nf_conntrack_buckets=16384\n*filter\n-A INPUT -m conntrack --ctstate NEW -j ACCEPT",
	  "Connection tracking table full errors, and high memory usage: the message says which setting to "
	  "change. With --live the running table counts too: over 80 % is too full. ct-stat(8) says who fills "
	  "it." },
	{ DIAG_WILDCARD_IFACE, "meaning", "-A INPUT -i eth -j ACCEPT (with --live, where there is eth0)",
	  "A name without + is that one interface alone. Where all whose names begin so are meant, write eth+." },
	{ DIAG_REDUNDANT_RULE, "meaning", "-A INPUT -s 192.0.2.1 -p tcp --dport 22 -j ACCEPT\n-A INPUT -p tcp --dport 22 -j ACCEPT",
	  "A later rule or the policy does the same with all packets of this one, and nothing between logs, "
	  "counts or marks them. Delete it, or find out what else it was meant for." },
	{ DIAG_ORDER_COST, "meaning", ":INPUT DROP [0:0]\n[10:600] -A INPUT -p tcp --dport 22 -j ACCEPT\n[10:600] -A INPUT -p tcp --dport 80 -j ACCEPT\n[90000:5400000] -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
	  "Counted by the packets that iptables-save -c wrote down: most of them pass rules that are not for "
	  "them. The move is past rules that have no packet in common with this one, or do the same with it." },
	{ DIAG_RECENT_UNSET, "meaning", "-A INPUT -p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP",
	  "--update and --rcheck match what is on the list, and only --set puts an address there. Add a rule "
	  "with --set and the same --name behind this one." },
	{ DIAG_RECENT_UNREAD, "meaning", "-A INPUT -p tcp --dport 22 -m recent --set --name ssh",
	  "The rule that asks the list is missing, or has another --name." },
	{ DIAG_LOG_PREFIX_NO_SPACE, "meaning", "-A INPUT -m limit --limit 5/min -j LOG --log-prefix \"denied\"",
	  "The kernel writes IN= right behind the prefix of LOG. End it with a blank, so that people and "
	  "programs can read both." },
	{ DIAG_HOST_BITS, "meaning", "-A INPUT -s 10.0.0.5/24 -j ACCEPT",
	  "iptables clears the bits that the mask does not keep, so 10.0.0.5/24 is all of 10.0.0.0/24. Write "
	  "the network, or /32 for the one host." },
	{ DIAG_STALE_TOOL_CHAIN, "meaning", ":f2b-sshd - [0:0]\n-A INPUT -p tcp --dport 22 -j f2b-sshd\n-A INPUT -p tcp --dport 80 -j ACCEPT\n-A INPUT -p tcp --dport 22 -j f2b-sshd\n-A f2b-sshd -s 192.0.2.1 -j REJECT\n-A f2b-sshd -j RETURN",
	  "fail2ban, Docker and the like put their jumps in when they start. Rules that were saved with them, "
	  "loaded, and then started again have them twice. Leave them out of what is saved: `fw-save` does." },
	{ DIAG_EXPECT, "meaning", "#@ expect deny tcp 22\n-A INPUT -p tcp --dport 22 -j ACCEPT",
	  "A line `#@ expect` of the profile or the text is refuted: the packet is an example. Each family is asked "
	  "for itself, about first packets of connections, in table filter. A limit or a set may answer either way: "
	  "deny must hold for all answers, allow for one. allow must hold for every address, protocol, port and "
	  "interface that it names, and for some of what it does not name." },
};

const size_t check_catalogue_count = ARRAY_LEN(check_catalogue);

const struct check_entry *check_entry_of(enum diag_id id)
{
	for (size_t i = 0; i < check_catalogue_count; i++)
		if (check_catalogue[i].id == id)
			return &check_catalogue[i];
	return NULL;
}

enum diag_id check_find(const char *name)
{
	for (size_t i = 0; i < check_catalogue_count; i++)
		if (strcmp(diag_kinds[check_catalogue[i].id].name, name) == 0)
			return check_catalogue[i].id;
	return DIAG_COUNT;
}

struct check_choice check_choose_all(void)
{
	struct check_choice choice = { .asked = false };

	for (size_t i = 0; i < DIAG_COUNT; i++)
		choice.chosen[i] = true;
	return choice;
}

static bool item_is(const char *item, size_t len, const char *name)
{
	return strlen(name) == len && memcmp(item, name, len) == 0;
}

static bool choose_item(struct check_choice *choice, const char *item, size_t len, bool wanted)
{
	bool known = item_is(item, len, "all");

	for (size_t i = 0; i < check_catalogue_count; i++) {
		const struct check_entry *entry = &check_catalogue[i];

		if (!item_is(item, len, "all") && !item_is(item, len, entry->group) &&
		    !item_is(item, len, diag_kinds[entry->id].name))
			continue;
		choice->chosen[entry->id] = wanted;
		known = true;
	}
	return known;
}

bool check_wants(const struct check_choice *choice, const char *group)
{
	for (size_t i = 0; i < check_catalogue_count; i++)
		if (strcmp(check_catalogue[i].group, group) == 0 && choice->chosen[check_catalogue[i].id])
			return true;
	return false;
}

/* What makes the text another one than its writer meant is never left out. */
static void choose_integrity(struct check_choice *choice)
{
	for (size_t i = 0; i < check_catalogue_count; i++)
		if (strcmp(check_catalogue[i].group, "stream") == 0)
			choice->chosen[check_catalogue[i].id] = true;
	choice->chosen[DIAG_SYSTEM] = choice->chosen[DIAG_MEMORY] = true;
}

const char *check_choose(struct check_choice *choice, const char *list)
{
	*choice = check_choose_all();
	if (list[0] != '-')
		memset(choice, 0, sizeof(*choice));
	while (*list != '\0') {
		size_t len = strcspn(list, ",");
		bool wanted = list[0] != '-';

		if (!choose_item(choice, list + !wanted, len - !wanted, wanted))
			return list;
		list += list[len] == ',' ? len + 1 : len;
	}
	choose_integrity(choice);
	choice->asked = true;
	return NULL;
}

void check_list(struct strbuf *out)
{
	for (size_t i = 0; i < check_catalogue_count; i++) {
		const struct diag_kind *kind = &diag_kinds[check_catalogue[i].id];

		strbuf_printf(out, "%-18s %-8s %-8s %s\n", kind->name, check_catalogue[i].group, level_name(kind->level),
			      kind->meaning);
	}
}

static void indent(struct strbuf *out, const char *text)
{
	strbuf_puts(out, "    ");
	for (; *text != '\0'; text++) {
		strbuf_putc(out, *text);
		if (*text == '\n')
			strbuf_puts(out, "    ");
	}
	strbuf_putc(out, '\n');
}

/* Paragraphs of at most 78 columns. */
static void wrap(struct strbuf *out, const char *text)
{
	size_t column = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		if (column > 0 && column + 1 + len > 78) {
			strbuf_putc(out, '\n');
			column = 0;
		} else if (column > 0) {
			strbuf_putc(out, ' ');
			column++;
		}
		strbuf_add(out, text, len);
		column += len;
		text += text[len] == ' ' ? len + 1 : len;
	}
	strbuf_putc(out, '\n');
}

void check_explain(struct strbuf *out, enum diag_id id)
{
	const struct check_entry *entry = check_entry_of(id);
	const struct diag_kind *kind = &diag_kinds[id];

	strbuf_printf(out, "%s (%s, group %s): %s\n\n", kind->name, level_name(kind->level), entry->group, kind->meaning);
	wrap(out, entry->advice);
	strbuf_puts(out, "\nExample:\n\n");
	indent(out, entry->example);
}
