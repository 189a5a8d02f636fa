/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "system/align.h"
#include "system/backend.h"
#include "system/dual.h"
#include "system/merge.h"
#include "system/program.h"
#include "tap.h"

#include <string.h>

static struct rules read(const char *text)
{
	struct diag_log log = { .report = NULL };
	struct rules rules;

	CHECK(rules_read(&rules, "t", text, strlen(text), &log), "the sample is read");
	return rules;
}

static void check_refusal(const char *words, unsigned line, const char *why, const char *name)
{
	struct refusal refusal = REFUSAL_INIT;

	refusal_read(&refusal, words);
	if (refusal.line != line || strcmp(strbuf_text(&refusal.why), why) != 0)
		printf("# %u: %s\n", refusal.line, strbuf_text(&refusal.why));
	CHECK(refusal.line == line && strcmp(strbuf_text(&refusal.why), why) == 0, name);
	refusal_free(&refusal);
}

static void test_refusals(void)
{
	check_refusal("iptables-nft-restore v1.8.9 (nf_tables): invalid port/service `99999' specified\n"
		      "Error occurred at line: 3\nTry `iptables-nft-restore -h' or ...\n",
		      3, "invalid port/service `99999' specified", "an option is refused");
	check_refusal("iptables-restore v1.8.9 (legacy): Couldn't load match `foo':No such file or directory\n\n"
		      "Error occurred at line: 3\nTry `x'\n",
		      3, "Couldn't load match `foo':No such file or directory", "a match is missing");
	check_refusal("iptables-nft-restore v1.8.9 (nf_tables): \nline 6: RULE_APPEND failed (Too many links): rule in chain B\n",
		      6, "RULE_APPEND failed (Too many links): rule in chain B", "the kernel refuses, nft");
	check_refusal("iptables-restore: line 4 failed\n", 4, "the kernel refused it", "the kernel refuses, legacy");
	check_refusal("iptables-nft-restore: line 3 failed: No chain/target/match by that name.\n", 3,
		      "No chain/target/match by that name", "a chain is missing, nft");
	check_refusal("iptables-restore v1.8.9 (legacy): Can't set policy `REJECT' on `INPUT' line 2: Bad policy name\n", 2,
		      "Can't set policy `REJECT' on `INPUT'; Bad policy name", "a policy is refused");
	check_refusal("iptables-restore v1.8.9 (legacy): iptables-restore: unable to initialize table 'foo'\n"
		      "Error occurred at line: 1\n",
		      1, "unable to initialize table 'foo'", "a table is missing");
	check_refusal("", 0, "", "no words at all");
}

/* base, live and next give want, and the program that gets there. */
static void check_merge(const char *base, const char *live, const char *next, enum foreign foreign, const char *want,
			const char *program, const char *name)
{
	struct rules b = read(base), l = read(live), n = read(next), w;
	struct merge merge = MERGE_INIT;
	struct strbuf text = STRBUF_INIT, steps = STRBUF_INIT;
	const char *const keep[] = { "DOCKER*" };

	merge.foreign = foreign;
	merge.keep = keep;
	merge.keep_count = 1;
	CHECK(merge_rules(&merge, base[0] != '\0' ? &b : NULL, &l, &n, &w) == 0, name);
	rules_write(&w, false, &text);
	program_write(&l, &w, COUNTS_FOREIGN, &steps);
	if (strcmp(strbuf_text(&text), want) != 0 || strcmp(strbuf_text(&steps), program) != 0)
		printf("# got %s\n# steps %s\n", strbuf_text(&text), strbuf_text(&steps));
	CHECK(strcmp(strbuf_text(&text), want) == 0, "what is wanted");
	CHECK(strcmp(strbuf_text(&steps), program) == 0, "how to get there");
	CHECK(merge_holds(&w, &w), "it holds what it wants");
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
	struct rule rule = { .text = { "-A x -m comment --comment \"a -j b\\\" -j c\" -g there", 0 } };
	struct piece target;
	struct rules a = read(F ":INPUT ACCEPT [0:0]\n" C), none = read("# nothing\n");
	struct diag_log log = { .report = NULL };
	struct rules bad;

	rule.text.len = (unsigned)strlen(rule.text.text);
	target = rule_target(&rule);
	CHECK(target.len == 5 && memcmp(target.text, "there", 5) == 0, "the target behind a comment that quotes one");
	CHECK(rules_equal(&a, &none) && rules_blank(&a), "an empty table and none are the same");
	CHECK(!rules_read(&bad, "t", "*filter\n:INPUT ACCEPT\n", 22, &log) && log.count[LEVEL_SYSTEM] == 1,
	      "a table that is not closed is the saver's failure");
	rules_free(&bad);
	CHECK(!rules_read(&bad, "t", "*filter\n-I INPUT -j DROP\nCOMMIT\n", 32, &log), "no saver writes -I");
	rules_free(&bad);
	CHECK(!rules_read(&bad, "t", "*filter\n-A nochain -j DROP\nCOMMIT\n", 34, &log), "a rule of a chain without its line");
	rules_free(&bad);
	rules_free(&a);
	rules_free(&none);
}

static void test_many_chains(void)
{
	struct rules rules = { .arena = { NULL, 0, 0 } };
	struct table *table = rules_add_table(&rules, "filter");
	char name[32];
	bool good = table != NULL;

	for (int i = 0; i < 10000 && good; i++) {
		snprintf(name, sizeof(name), "chain-%d", i);
		good = rules_add_chain(&rules, table, name, NULL) != NULL;
	}
	CHECK(good && table_chain(table, "chain-9999") != NULL && table_chain(table, "chain-10000") == NULL,
	      "ten thousand chains are found by name");
	rules_free(&rules);
}

int main(void)
{
	test_refusals();
	test_rules();
	test_many_chains();
	test_merge();
	return tap_done();
}
