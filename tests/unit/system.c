/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "ruletext/align.h"
#include "ruletext/dual.h"
#include "ruletext/extras.h"
#include "ruletext/merge.h"
#include "ruletext/program.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct text_rules read_sample(const char *text)
{
	struct diag_log log = { .report = NULL };
	struct text_rules rules;

	CHECK(rules_read(&rules, "t", text, strlen(text), &log), "reads the sample");
	return rules;
}

static void check_taken(const struct stream *stream, enum family family, const char *want, const char *name)
{
	struct text_rules rules;
	struct strbuf text = STRBUF_INIT;
	const struct line *bad;

	CHECK(rules_take(&rules, stream, family, &bad), name);
	rules_write(&rules, true, &text);
	if (strcmp(strbuf_text(&text), want) != 0)
		printf("# got %s\n", strbuf_text(&text));
	CHECK(strcmp(strbuf_text(&text), want) == 0, "marks: removes marks and keeps the rest");
	strbuf_free(&text);
	rules_free(&rules);
}

static void test_take(void)
{
	static const char text[] = "*filter\n:INPUT DROP [3:4]\n:mine - [0:0]\n"
				   "-A INPUT -j mine\n"
				   "[1:60] -4 --append INPUT -s 192.0.2.1 -j ACCEPT\n"
				   "-A --ipv6 INPUT -s 2001:db8::1 -j ACCEPT\n"
				   "-A  mine  -4   -j LOG --log-prefix \"a  b \"\n"
				   "-A mine\nCOMMIT\n";
	static const char wrong[] = "*filter\n:INPUT DROP [0:0]\n-I INPUT -j ACCEPT\nCOMMIT\n";
	struct diag_log log = { .report = NULL };
	struct stream stream;
	struct text_rules rules;
	const struct line *bad = NULL;

	CHECK(stream_read(&stream, "t", text, strlen(text), FAMILY_BOTH, &log), "marks: reads a text with marks");
	check_taken(&stream, FAMILY_IPV4,
		    "*filter\n:INPUT DROP [3:4]\n:mine - [0:0]\n-A INPUT -j mine\n"
		    "[1:60] -A INPUT -s 192.0.2.1 -j ACCEPT\n-A mine -j LOG --log-prefix \"a  b \"\n-A mine\nCOMMIT\n",
		    "marks: chooses the rules for IPv4");
	check_taken(&stream, FAMILY_IPV6,
		    "*filter\n:INPUT DROP [3:4]\n:mine - [0:0]\n-A INPUT -j mine\n"
		    "-A INPUT -s 2001:db8::1 -j ACCEPT\n-A mine\nCOMMIT\n",
		    "marks: chooses the rules for IPv6");
	stream_free(&stream);
	CHECK(stream_read(&stream, "t", wrong, strlen(wrong), FAMILY_BOTH, &log) &&
		      !rules_take(&rules, &stream, FAMILY_BOTH, &bad) && bad->number == 3,
	      "marks: refuses a line that does not append a rule");
	rules_free(&rules);
	stream_free(&stream);
}

/* Merging base, live and next must give want, by this program. */
static void check_merge(const char *base, const char *live, const char *next, enum foreign foreign, const char *want,
			const char *program, const char *name)
{
	struct text_rules b = read_sample(base), l = read_sample(live), n = read_sample(next), w;
	struct merge merge = MERGE_INIT;
	struct strbuf text = STRBUF_INIT, steps = STRBUF_INIT;
	const char *const keep[] = { "DOCKER*" };

	merge.foreign = foreign;
	merge.keep = keep;
	merge.keep_count = 1;
	CHECK(merge_rules(&merge, base[0] != '\0' ? &b : NULL, &l, &n, &w) == 0, name);
	rules_write(&w, false, &text);
	CHECK(program_write(&l, &w, PROGRAM_FLUSH, COUNTS_FOREIGN, &steps) == 0, "merge: writes a program");
	if (strcmp(strbuf_text(&text), want) != 0 || strcmp(strbuf_text(&steps), program) != 0)
		printf("# got %s\n# steps %s\n", strbuf_text(&text), strbuf_text(&steps));
	CHECK(strcmp(strbuf_text(&text), want) == 0, "merge: has the wanted rules");
	CHECK(strcmp(strbuf_text(&steps), program) == 0, "merge: writes the expected steps");
	CHECK(merge_holds(&w, &w), "merge: its rules hold themselves");
	strbuf_free(&text);
	strbuf_free(&steps);
	merge_free(&merge);
	rules_free(&b);
	rules_free(&l);
	rules_free(&n);
	rules_free(&w);
}

#define F "*filter\n"
#define C "COMMIT\n"

static void test_merge(void)
{
	check_merge("", F ":INPUT ACCEPT [1:2]\n" C, F ":INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\n" C, FOREIGN_KEEP,
		    F ":INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\n" C,
		    F ":INPUT DROP [1:2]\n-F INPUT\n-A INPUT -i lo -j ACCEPT\n" C, "a first load");
	check_merge(F ":INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\n" C,
		    F ":INPUT DROP [0:0]\n[1:2] -A INPUT -i lo -j ACCEPT\n" C,
		    F ":INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\n" C, FOREIGN_KEEP,
		    F ":INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\n" C, "", "nothing to change");
	check_merge(F ":INPUT DROP [0:0]\n:old - [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -j DROP\n" C,
		    F ":INPUT DROP [0:0]\n:f2b - [0:0]\n:old - [0:0]\n[5:6] -A INPUT -j f2b\n-A INPUT -i lo -j ACCEPT\n"
		      "-A INPUT -j DROP\n[7:8] -A INPUT -s 192.0.2.1/32 -j ACCEPT\n[9:9] -A f2b -s 192.0.2.9/32 -j DROP\n" C,
		    F ":INPUT DROP [0:0]\n:new - [0:0]\n-A INPUT -j new\n-A INPUT -j DROP\n-A new -i lo -j ACCEPT\n" C,
		    FOREIGN_KEEP,
		    F ":INPUT DROP [0:0]\n:new - [0:0]\n:f2b - [0:0]\n-A INPUT -j f2b\n-A INPUT -j new\n"
		      "-A INPUT -s 192.0.2.1/32 -j ACCEPT\n-A INPUT -j DROP\n-A new -i lo -j ACCEPT\n"
		      "-A f2b -s 192.0.2.9/32 -j DROP\n" C,
		    F ":INPUT DROP [0:0]\n:new - [0:0]\n-F INPUT\n-F old\n[5:6] -A INPUT -j f2b\n-A INPUT -j new\n"
		      "[7:8] -A INPUT -s 192.0.2.1/32 -j ACCEPT\n-A INPUT -j DROP\n-A new -i lo -j ACCEPT\n-X old\n" C,
		    "foreign rules keep their place and counts, a stale chain goes");
	check_merge("", F ":FORWARD ACCEPT [0:0]\n:DOCKER - [0:0]\n:x - [0:0]\n-A FORWARD -j x\n-A FORWARD -j DOCKER\n"
		      "-A FORWARD -i d0 -j ACCEPT\n-A DOCKER -j RETURN\n" C "*nat\n:OUTPUT DROP [0:0]\n" C,
		    F ":FORWARD DROP [0:0]\n-A FORWARD -i lo -j ACCEPT\n" C, FOREIGN_DROP,
		    F ":FORWARD DROP [0:0]\n:DOCKER - [0:0]\n-A FORWARD -j DOCKER\n-A FORWARD -i lo -j ACCEPT\n"
		      "-A DOCKER -j RETURN\n" C "*nat\n:OUTPUT ACCEPT [0:0]\n" C,
		    F ":FORWARD DROP [0:0]\n-F FORWARD\n-F x\n-A FORWARD -j DOCKER\n-A FORWARD -i lo -j ACCEPT\n-X x\n" C
		      "*nat\n:OUTPUT ACCEPT [0:0]\n-F OUTPUT\n" C,
		    "all that is not ours goes, but what is to be kept");
	check_merge(F ":INPUT DROP [0:0]\n:old - [0:0]\n-A INPUT -j old\n" C,
		    F ":INPUT DROP [0:0]\n:old - [0:0]\n-A INPUT -j old\n-A INPUT -s 192.0.2.1/32 -j old\n-A old -j DROP\n" C,
		    F ":INPUT DROP [0:0]\n" C, FOREIGN_KEEP,
		    F ":INPUT DROP [0:0]\n:old - [0:0]\n-A INPUT -s 192.0.2.1/32 -j old\n-A old -j DROP\n" C,
		    F ":INPUT DROP [0:0]\n-F INPUT\n-A INPUT -s 192.0.2.1/32 -j old\n" C,
		    "a stale chain that a foreign rule uses stays");
	check_merge(F ":INPUT ACCEPT [0:0]\n" C, F ":INPUT ACCEPT [0:0]\n-A INPUT -s 192.0.2.1/32 -j DROP\n" C,
		    F ":INPUT ACCEPT [0:0]\n-A INPUT -s 192.0.2.1/32 -j DROP\n" C, FOREIGN_KEEP,
		    F ":INPUT ACCEPT [0:0]\n-A INPUT -s 192.0.2.1/32 -j DROP\n" C, "",
		    "a rule added by hand and then to the text stands once");
}

static void test_rules(void)
{
	struct text_rule rule = { .text = { "-A x -m comment --comment \"a -j b\\\" -j c\" -g there", 0 } };
	struct piece target;
	struct text_rules a = read_sample(F ":INPUT ACCEPT [0:0]\n" C), none = read_sample("# nothing\n");
	struct diag_log log = { .report = NULL };
	struct text_rules bad;

	rule.text.len = (unsigned)strlen(rule.text.text);
	target = rule_target(&rule);
	CHECK(target.len == 5 && memcmp(target.text, "there", 5) == 0, "finds the target after a comment that quotes one");
	CHECK(rules_equal(&a, &none) && rules_blank(&a), "an empty table equals a missing one");
	CHECK(!rules_read(&bad, "t", "*filter\n:INPUT ACCEPT\n", 22, &log) && log.count[LEVEL_SYSTEM] == 1,
	      "refuses a table that is not closed, as a failure of the saver");
	rules_free(&bad);
	CHECK(!rules_read(&bad, "t", "*filter\n-I INPUT -j DROP\nCOMMIT\n", 32, &log), "refuses -I in a saver's text");
	rules_free(&bad);
	CHECK(!rules_read(&bad, "t", "*filter\n-A nochain -j DROP\nCOMMIT\n", 34, &log), "refuses a rule of an undeclared chain");
	rules_free(&bad);
	rules_free(&a);
	rules_free(&none);
}

static void test_many_chains(void)
{
	struct text_rules rules = { .arena = { NULL, 0, 0 } };
	struct text_table *table = rules_add_table(&rules, "filter");
	char name[32];
	bool good = table != NULL;

	for (int i = 0; i < 10000 && good; i++) {
		snprintf(name, sizeof(name), "chain-%d", i);
		good = rules_add_chain(&rules, table, name, NULL) != NULL;
	}
	CHECK(good && table_chain(table, "chain-9999") != NULL && table_chain(table, "chain-10000") == NULL,
	      "finds ten thousand chains by name");
	rules_free(&rules);
}

static void check_sysctl(const char *text, bool valid, bool opens)
{
	struct sysctl sysctl;
	bool good = sysctl_parse(&sysctl, text, strlen(text)) == 0;

	CHECK(good == valid && (!good || sysctl_opens(&sysctl) == opens), text);
	if (good)
		sysctl_free(&sysctl);
}

static void test_sysctls(void)
{
	check_sysctl("net.ipv4.ip_forward=1", true, true);
	check_sysctl("net.ipv4.ip_forward = 0", true, false);
	check_sysctl("net.ipv6.conf.all.forwarding=1", true, true);
	check_sysctl("net.ipv4.conf.all.rp_filter=0", true, true);
	check_sysctl("net.ipv4.conf.all.rp_filter=1", true, false);
	check_sysctl("net/ipv4/conf/eth0.5/accept_redirects=1", true, true);
	check_sysctl("net.netfilter.nf_conntrack_max=65536", true, false);
	check_sysctl("net.bridge.bridge-nf-call-iptables=0", true, true);
	check_sysctl("kernel.panic=1", false, false);
	check_sysctl("net.ipv4.ip_forward", false, false);
	check_sysctl("net.ipv4.ip_local_reserved_ports=", true, false); /* an empty list */
	check_sysctl("net/../kernel/panic=1", false, false);
	check_sysctl("network=1", false, false);
}

static void test_extras(void)
{
	static const char text[] = "#@ module a\n#@ module? b\n#@ module b\n#@ sysctl net.ipv4.ip_forward=0\n"
				   "#@ sysctl net.ipv4.ip_forward=1\n#@ keep f2b-* DOCKER*\n#@ set x hash:net inet\n"
				   "#@ member 192.0.2.0/24\n#@ set y hash:ip maxelem 9\n" F C;
	static const char want[] = "#@ module a\n#@ module b\n#@ sysctl net.ipv4.ip_forward=1\n#@ keep f2b-*\n"
				   "#@ keep DOCKER*\n#@ set x hash:net family inet\n#@ member 192.0.2.0/24\n"
				   "#@ set y hash:ip maxelem 9\n";
	struct diag_log log = { .report = NULL };
	struct extras extras = { .modules = { 0 } }, again = { .modules = { 0 } };
	struct strbuf out = STRBUF_INIT, second = STRBUF_INIT;
	struct stream stream;

	CHECK(stream_read(&stream, "t", text, sizeof(text) - 1, FAMILY_BOTH, &log), "directives: reads a text with directives");
	CHECK(extras_read(&extras, &stream, &log), "directives: reads each directive");
	stream_free(&stream);
	extras_write(&extras, &out);
	CHECK(strcmp(strbuf_text(&out), want) == 0, "directives: the last of two values counts, and needed overrides optional");
	strbuf_puts(&out, F C);
	CHECK(stream_read(&stream, "t", out.data, out.len, FAMILY_BOTH, &log) && extras_read(&again, &stream, &log),
	      "directives: reads what it wrote");
	stream_free(&stream);
	extras_write(&again, &second);
	CHECK(strcmp(strbuf_text(&second), want) == 0, "directives: writes the same again");
	CHECK(stream_read(&stream, "t", "#@ member 1.2.3.4\n" F C, 18 + 8 + 7, FAMILY_BOTH, &log) &&
		      !extras_read(&again, &stream, &log),
	      "directives: refuses a member without a set");
	stream_free(&stream);
	strbuf_free(&out);
	strbuf_free(&second);
	extras_free(&extras);
	extras_free(&again);
}

static void check_texts(const char *a, const char *b, bool same, const char *name)
{
	struct strbuf left = STRBUF_INIT, right = STRBUF_INIT;

	strbuf_puts(&left, a);
	strbuf_puts(&right, b);
	CHECK(rules_text_equal(&left, &right) == same && rules_text_equal(&right, &left) == same, name);
	strbuf_free(&left);
	strbuf_free(&right);
}

static void test_texts(void)
{
	static const char text[] = F ":INPUT DROP [0:0]\n:mine - [0:0]\n-A INPUT -j mine\n" C;

	check_texts(text, "# a comment\n" F ":INPUT DROP [7:9]\n:OUTPUT ACCEPT [1:1]\n:mine - [0:0]\n[3:4] -A INPUT -j mine\n" C, true,
		    "compare: ignores counters, comments and accepting policies");
	check_texts(text, F ":INPUT ACCEPT [0:0]\n:mine - [0:0]\n-A INPUT -j mine\n" C, false, "compare: finds another policy");
	check_texts(text, F ":INPUT DROP [0:0]\n:mine - [0:0]\n:more - [0:0]\n-A INPUT -j mine\n" C, false,
		    "compare: finds another chain");
	check_texts(text, F ":INPUT DROP [0:0]\n:mine - [0:0]\n-A INPUT -j mine\n-A INPUT -j DROP\n" C, false,
		    "compare: finds another rule");
	check_texts(text, F ":INPUT DROP [0:0]\n:mine - [0:0]\n-A INPUT -j mine\n" C F C, false,
		    "compare: a repeated table makes a difference");
	check_texts("", "# only a comment\n", true, "compare: an empty text equals a comment");
}

int main(void)
{
	test_sysctls();
	test_extras();
	test_texts();
	test_take();
	test_rules();
	test_many_chains();
	test_merge();
	return tap_done();
}
