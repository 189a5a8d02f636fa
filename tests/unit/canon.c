/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "base/child.h"
#include "fake/seen.h"
#include "model/canon.h"
#include "model/wire.h"
#include "randomrules.h"
#include "tap.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void show(const char *what, const char *text)
{
	printf("# %s:\n", what);
	for (const char *end; *text != '\0'; text = *end != '\0' ? end + 1 : end) {
		end = strchrnul(text, '\n');
		printf("#   %.*s\n", (int)(end - text), text);
	}
}

/* --- declared ------------------------------------------------------------------------------------ */

static bool declare(const char *text, enum family families, bool counters, struct canon canon[FAMILIES], struct seen *seen)
{
	struct diag_log log = { .report = seen_note, .ctx = seen };
	struct stream stream;
	bool good;

	seen->text[0] = '\0';
	canon[0] = canon[1] = (struct canon)CANON_INIT;
	good = stream_read(&stream, "t", text, strlen(text), FAMILY_NONE, &log) &&
	       canon_declared(&stream, families, counters, canon, &log);
	stream_free(&stream);
	return good;
}

static void check_declared(const char *text, bool counters, const char *want, const char *name)
{
	struct canon canon[FAMILIES];
	struct seen seen;
	bool good = declare(text, FAMILY_IPV4, counters, canon, &seen);

	CHECK(good && seen.text[0] == '\0' && strcmp(strbuf_text(&canon[0].text), want) == 0 && canon[1].text.len == 0, name);
	if (!good || strcmp(strbuf_text(&canon[0].text), want) != 0) {
		show("got", strbuf_text(&canon[0].text));
		show("said", seen.text);
	}
	canon_free(&canon[0]);
	canon_free(&canon[1]);
}

#define FILTER_OPEN ":INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"

static void test_commands(void)
{
	check_declared("*filter\nCOMMIT\n", false, "*filter\n" FILTER_OPEN "COMMIT\n",
		       "declared: a table has all its built-in chains, with the policy ACCEPT");
	check_declared("*filter\n:INPUT - [0:0]\n-P FORWARD DROP\n:OUTPUT DROP\nCOMMIT\n", false,
		       "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT DROP [0:0]\nCOMMIT\n",
		       "declared: :CHAIN - is ACCEPT, and -P sets a policy");
	check_declared("*filter\n-N own\n-A own -j RETURN\n--new-chain two\n--policy INPUT DROP\n--append INPUT -j two\nCOMMIT\n",
		       false,
		       "*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:own - [0:0]\n:two - [0:0]\n"
		       "-A INPUT -j two\n-A own -j RETURN\nCOMMIT\n",
		       "declared: -N makes a chain, and long options are read");
	check_declared("*filter\n-A INPUT -s 1.1.1.1\n-A INPUT -s 2.2.2.2\n-I INPUT -s 3.3.3.3\n-I INPUT 2 -s 4.4.4.4\n"
		       "--insert INPUT 5 -s 5.5.5.5,6.6.6.6\nCOMMIT\n",
		       false,
		       "*filter\n" FILTER_OPEN "-A INPUT -s 3.3.3.3/32\n-A INPUT -s 4.4.4.4/32\n-A INPUT -s 1.1.1.1/32\n"
		       "-A INPUT -s 2.2.2.2/32\n-A INPUT -s 5.5.5.5/32\n-A INPUT -s 6.6.6.6/32\nCOMMIT\n",
		       "declared: -I inserts first, or at its number, even after the last rule");
	check_declared("*filter\n:INPUT DROP [7:8]\n[1:2] -A INPUT -i + -j DROP\n-A INPUT -c 3 4\n-A INPUT\nCOMMIT\n", true,
		       "*filter\n:INPUT DROP [7:8]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n[1:2] -A INPUT -j DROP\n"
		       "[3:4] -A INPUT\n[0:0] -A INPUT\nCOMMIT\n",
		       "declared: keeps counters if asked to");
	check_declared("*filter\n:INPUT DROP [7:8]\n[1:2] -A INPUT -j DROP\nCOMMIT\n", false,
		       "*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -j DROP\nCOMMIT\n",
		       "declared: leaves out counters otherwise");
}

static void check_saved(const char *text, const char *want, const char *name)
{
	struct seen seen = { "" };
	struct diag_log log = { .report = seen_note, .ctx = &seen };
	struct strbuf texts[FAMILIES] = { STRBUF_INIT, STRBUF_INIT }, out[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	bool good;

	strbuf_puts(&texts[0], text);
	good = canon_saved(FAMILY_BOTH, texts, out, &log);
	CHECK(good && seen.text[0] == '\0' && strcmp(strbuf_text(&out[0]), want) == 0 && out[1].len == 0, name);
	if (!good || strcmp(strbuf_text(&out[0]), want) != 0) {
		show("got", strbuf_text(&out[0]));
		show("said", seen.text);
	}
	for (int i = 0; i < FAMILIES; i++) {
		strbuf_free(&texts[i]);
		strbuf_free(&out[i]);
	}
}

static void test_normal(void)
{
	check_declared("*filter\n-A INPUT -i + -p tcp ! --sport 0:1023 ! --dport 2:65535\n-A INPUT -p udp ! --dport 0 ! --sport :9\n"
		       "-A INPUT -p udp ! --sport 5:6 --dport 0:65535\n-A INPUT -m recent --set\n-A INPUT -m connlimit --connlimit-above 2\n"
		       "-A INPUT -m set --match-set a src --update-counters\nCOMMIT\n",
		       false,
		       "*filter\n" FILTER_OPEN "-A INPUT -p tcp -m tcp --sport 1024:65535 --dport 0:1\n"
		       "-A INPUT -p udp -m udp --sport 10:65535 --dport 1:65535\n-A INPUT -p udp -m udp ! --sport 5:6\n"
		       "-A INPUT -m recent --set --name DEFAULT --mask 255.255.255.255 --rsource\n"
		       "-A INPUT -m connlimit --connlimit-above 2 --connlimit-mask 32 --connlimit-saddr\n"
		       "-A INPUT -m set --match-set a src\nCOMMIT\n",
		       "normal: rules that mean the same to the kernel have one form");
	check_saved("*filter\n-A INPUT -j NFLOG --nflog-range 5\n-A INPUT -j NFLOG --nflog-size 5\nCOMMIT\n",
		    "-A INPUT -j NFLOG\n-A INPUT -j NFLOG --nflog-size 5\n", "normal: leaves out an option that has no effect");
}

static void check_refused(const char *line, const char *want)
{
	struct canon canon[FAMILIES];
	struct strbuf text = STRBUF_INIT;
	struct seen seen;

	strbuf_printf(&text, "*filter\n:own - [0:0]\n-A INPUT -j ACCEPT\n%s\nCOMMIT\n", line);
	CHECK(!declare(strbuf_text(&text), FAMILY_BOTH, false, canon, &seen) && strstr(seen.text, want) == seen.text &&
		      strchr(seen.text, '\n') == seen.text + strlen(seen.text) - 1 && canon[0].text.len == 0 && canon[1].text.len == 0,
	      line);
	if (strstr(seen.text, want) != seen.text)
		show("said", seen.text);
	strbuf_free(&text);
	canon_free(&canon[0]);
	canon_free(&canon[1]);
}

static void test_refused(void)
{
	check_refused("-F", "t:4:1: error: -F is not needed");
	check_refused("--flush INPUT", "t:4:1: error: -F is not needed");
	check_refused("-X", "t:4:1: error: -X is not needed");
	check_refused("-X own", "t:4:1: error: -X is not needed");
	check_refused("-Z", "t:4:1: error: -Z is not needed");
	check_refused("-Z INPUT", "t:4:1: error: -Z is not needed");
	check_refused("-D INPUT 1", "t:4:1: error: -D deletes a rule");
	check_refused("-D INPUT -j ACCEPT", "t:4:1: error: -D deletes a rule");
	check_refused("-R INPUT 1 -j DROP", "t:4:1: error: -R replaces a rule");
	check_refused("-E own other", "t:4:1: error: -E renames a chain");
	check_refused("-L", "t:4:1: error: -L prints rules");
	check_refused("-nL INPUT", "t:4:1: error: -L prints rules");
	check_refused("-S", "t:4:1: error: -S prints rules");
	check_refused("-C INPUT -j ACCEPT", "t:4:1: error: -C looks for a rule");
	check_refused("-h", "t:4:1: error: -h prints a help text");
	check_refused("--help", "t:4:1: error: -h prints a help text");
	check_refused("-A INPUT -p tcp --help", "t:4:17: error: -h prints a help text");
	check_refused("-A INPUT -p tcp --dport 25 -j ACCEPT -h", "t:4:38: error: -h prints a help text");
	check_refused("-nh", "t:4:1: error: -h prints a help text");
	check_refused("-V", "t:4:1: error: -V prints a version");
	check_refused("--vers", "t:4:1: error: -V prints a version");
	check_refused("-A INPUT -v -j DROP", "t:4:10: error: -v prints the rule");
	check_refused("-A INPUT --verbose", "t:4:10: error: -v prints the rule");
	check_refused("-t nat -A INPUT", "t:4:1: error: -t does not belong");
	check_refused("-A INPUT --table=nat", "t:4:10: error: -t does not belong");
	check_refused("-w -A INPUT", "t:4:1: error: -w does not belong");
	check_refused("-A INPUT -W 5", "t:4:10: error: -W does not belong");
	check_refused("-A INPUT -M /bin/true -j DROP", "t:4:10: error: -M names a program");
	check_refused("-A INPUT --modp=/bin/true", "t:4:10: error: -M names a program");
	check_refused("-nM /bin/true", "t:4:1: error: -M names a program");
	check_refused("-I INPUT 3 -j DROP", "t:4:10: error: the chain has fewer rules than that");
	check_refused("-N INPUT", "t:4:4: error: this chain exists already");
	check_refused("-N own", "t:4:4: error: this chain exists already");
	check_refused("-P own DROP", "t:4:4: error: only built-in chains have a policy");
	check_refused(":other ACCEPT", "t:4:8: error: only built-in chains have a policy");
	check_refused("-A none -j DROP", "t:4:4: error: there is no chain `none'");
	check_refused("-A INPUT -j INPUT", "t:4:13: error: a built-in chain cannot be jumped to");
	check_refused("-A INPUT -s localhost -j DROP", "t:4:13: error: host/network `localhost' not found; host names are not looked up");
	check_refused("-A INPUT ! -i + -j ACCEPT", "t:4: error: this rule matches no packet");
	check_refused("-A FORWARD ! -o + -j ACCEPT", "t:4: error: this rule matches no packet");
	check_refused("-A INPUT -p tcp ! --tcp-flags NONE NONE -j ACCEPT", "t:4: error: this rule matches no packet");
	check_refused("-A INPUT -m time --weekdays 1500", "t:4: error: iptables would write this rule back as `-A INPUT -m time ");
	check_refused("-A INPUT -m nosuch -j DROP", "t:4:13: error: unknown match `nosuch'");
}

static void test_families(void)
{
	static const char marked[] = "*filter\n-4 -A INPUT -s 10.0.0.1 -j DROP\n-A INPUT -6 -s ::1 -j DROP\n-A INPUT -p ipv6-icmp\nCOMMIT\n";
	struct canon canon[FAMILIES];
	struct seen seen;

	CHECK(declare(marked, FAMILY_BOTH, false, canon, &seen) &&
		      strcmp(strbuf_text(&canon[0].text), "*filter\n" FILTER_OPEN "-A INPUT -s 10.0.0.1/32 -j DROP\n-A INPUT -p ipv6-icmp\nCOMMIT\n") == 0 &&
		      strcmp(strbuf_text(&canon[1].text), "*filter\n" FILTER_OPEN "-A INPUT -s ::1/128 -j DROP\n-A INPUT -p ipv6-icmp\nCOMMIT\n") == 0,
	      "families: each family gets its rules, without marks");
	CHECK(canon[0].lines.len == 2 && canon[0].lines.item[0] == 1 && canon[0].lines.item[1] == 3 && canon[1].lines.len == 2 &&
		      canon[1].lines.item[0] == 2 && canon[1].lines.item[1] == 3,
	      "families: each rule keeps its line number");
	canon_free(&canon[0]);
	canon_free(&canon[1]);
	CHECK(!declare("*filter\n-A INPUT -s 10.0.0.1 -j DROP\nCOMMIT\n", FAMILY_BOTH, false, canon, &seen) &&
		      strstr(seen.text, "t:2:13: error: IPv6 cannot take this: host/network `10.0.0.1' not found: that is an IPv4 address; "
					"if it is for IPv4 alone, say -4 before -A [family]") == seen.text,
	      "families: reports a line without a mark that only one family can read");
	CHECK(declare("*filter\n-A INPUT -s 10.0.0.1 -j DROP\nCOMMIT\n", FAMILY_IPV4, false, canon, &seen) &&
		      canon[0].text.len > 0 && canon[1].text.len == 0,
	      "families: does not read a family that is not asked for");
	canon_free(&canon[0]);
	CHECK(declare("# Generated by ip6tables-save v1.8.9\n*filter\n-A INPUT -s ::1\nCOMMIT\n", FAMILY_BOTH, false, canon, &seen) &&
		      canon[0].text.len == 0 && canon[1].text.len > 0,
	      "families: does not read a family that the text is not for");
	canon_free(&canon[1]);
}

static void test_order(void)
{
	static const char text[] = "*filter\n:b - [0:0]\n:a - [0:0]\n-A a -j RETURN\n-A OUTPUT -j a\n-A INPUT -s 1.1.1.1,2.2.2.2 -j b\n"
				   "-I INPUT -j LOG\nCOMMIT\n*nat\n-A OUTPUT -j ACCEPT\nCOMMIT\n";
	static const unsigned want[] = { 6, 5, 5, 4, 3, 9 };
	struct canon canon[FAMILIES];
	struct seen seen;
	bool good = declare(text, FAMILY_IPV4, false, canon, &seen) && canon[0].lines.len == ARRAY_LEN(want);

	for (size_t i = 0; good && i < ARRAY_LEN(want); i++)
		good = canon[0].lines.item[i] == want[i];
	CHECK(good, "lines: a rule keeps its line number, whatever the order");
	canon_free(&canon[0]);
}

/* --- saved --------------------------------------------------------------------------------------- */

static void test_saved(void)
{
	check_saved("# Generated by iptables-save\n*filter\n:INPUT DROP [1:2]\n:own - [0:0]\n[3:4] -A INPUT -p tcp --dport 22 -j own\n"
		    "-A own -i + -s 10.0.0.0/255.0.0.0 -g own\nCOMMIT\n",
		    "-A INPUT -p tcp -m tcp --dport 22 -j own\n-A own -s 10.0.0.0/8 -g own\n",
		    "saved: writes a line for each rule, without counters");
	check_saved("*filter\n:b - [0:0]\n:a - [0:0]\n-A b -j a\n-A INPUT -j b\n-A a -j DROP\nCOMMIT\n*nat\n-A OUTPUT\nCOMMIT\n",
		    "-A b -j a\n-A INPUT -j b\n-A a -j DROP\n-A OUTPUT\n", "saved: keeps the order of the text");
	check_saved("*filter\n[1:2] -A INPUT -m nosuch --x  y -j ACCEPT\n-A INPUT -j nowhere\n-A none -j DROP\n-A INPUT -s host.example\n"
		    "-A INPUT -m time --weekdays 1500 -j ACCEPT\n-A INPUT -s 1.1.1.1,2.2.2.2\n-A INPUT -m comment --comment \"open\n"
		    "-A INPUT -p tcp\nCOMMIT\n",
		    "-A INPUT -m nosuch --x  y -j ACCEPT\n-A INPUT -j nowhere\n-A none -j DROP\n-A INPUT -s host.example\n"
		    "-A INPUT -m time --weekdays 1500 -j ACCEPT\n-A INPUT -s 1.1.1.1,2.2.2.2\n-A INPUT -m comment --comment \"open\n"
		    "-A INPUT -p tcp\n",
		    "saved: keeps a line that cannot be read or reads back as another rule");
	check_saved("*filter\n-I INPUT -p 6\n-F\n-A INPUT -p 17 -v\n-A INPUT -p 6 -j DROP\r\n-D INPUT 1\n-A INPUT -p 6\nCOMMIT\n",
		    "-I INPUT -p 6\n-F\n-A INPUT -p 17 -v\n-A INPUT -p 6 -j DROP\r\n-D INPUT 1\n-A INPUT -p tcp\n",
		    "saved: keeps other commands, and does not carry them out");
	check_saved("*nosuch\n-A INPUT -p 6\nCOMMIT\n-A INPUT -p 6\n", "-A INPUT -p 6\n-A INPUT -p 6\n",
		    "saved: keeps rules outside of a known table");
	check_saved("*filter\n-A INPUT -p 6", "-A INPUT -p tcp\n", "saved: reads a last line without a newline");
}

/* --- any text -------------------------------------------------------------------------------------- */

/* Appends the -A lines of a text to out. */
static void rule_lines(struct strbuf *out, const char *text)
{
	for (const char *newline; (newline = strchr(text, '\n')) != NULL; text = newline + 1)
		if (text[0] == '-')
			strbuf_add(out, text, (size_t)(newline + 1 - text));
}

/* Do canon_declared and canon_saved both write this text the same again? */
static bool is_fixpoint(const struct strbuf *text, int family)
{
	struct strbuf texts[FAMILIES] = { STRBUF_INIT, STRBUF_INIT }, out[FAMILIES] = { STRBUF_INIT, STRBUF_INIT }, rules = STRBUF_INIT;
	struct diag_log log = { .report = NULL };
	struct canon again[FAMILIES];
	struct seen seen;
	bool same;

	texts[family] = *text;
	rule_lines(&rules, strbuf_text(text));
	same = declare(strbuf_text(text), family_bit(family), false, again, &seen) &&
	       strcmp(strbuf_text(&again[family].text), strbuf_text(text)) == 0 &&
	       canon_saved(family_bit(family), texts, out, &log) && strcmp(strbuf_text(&out[family]), strbuf_text(&rules)) == 0;
	for (int i = 0; i < FAMILIES; i++) {
		canon_free(&again[i]);
		strbuf_free(&out[i]);
	}
	strbuf_free(&rules);
	return same;
}

static void test_random(void)
{
	unsigned wrong = 0;

	for (unsigned seed = 1; seed <= 40; seed++) {
		int family = (int)(seed % FAMILIES);
		struct random_rules rules = random_rules(seed, family_bit(family), true);
		struct canon canon[FAMILIES];
		struct strbuf text = STRBUF_INIT;
		struct seen seen;

		random_text(&text, &rules);
		if (declare(strbuf_text(&text), family_bit(family), false, canon, &seen) ? !is_fixpoint(&canon[family].text, family) :
			    strstr(strbuf_text(&text), "! --dport 0:65535") == NULL) {
			wrong++;
			printf("# seed %u\n", seed);
			show("said", seen.text);
		}
		canon_free(&canon[0]);
		canon_free(&canon[1]);
		strbuf_free(&text);
	}
	CHECK(wrong == 0, "any: random rules are written the same the second time");
}

/* Whatever a byte is changed to, the text is refused with a message, or its written form is written the same again. */
static void test_mangled(void)
{
	static const char whole[] =
		"*filter\n:INPUT DROP [0:0]\n:own - [0:0]\n-A INPUT -s 10.0.0.0/8,192.168.0.0/16 ! -i lo -p tcp -m tcp ! --dport 22:25 -j own\n"
		"-I INPUT 1 -m conntrack --ctstate NEW,INVALID -m comment --comment \"a \\\"b\\\" c\" -g own\n-N two\n-P OUTPUT DROP\n"
		"[1:2] -A own -p udp -m multiport --dports 1,2:3 -m limit --limit 3/min -j LOG --log-prefix \"x y\"\nCOMMIT\n";
	char text[sizeof(whole)];
	unsigned taken = 0, wrong = 0;

	srand(1);
	for (unsigned i = 0; i < 150; i++) {
		struct canon canon[FAMILIES];
		struct seen seen;

		memcpy(text, whole, sizeof(whole));
		text[(unsigned)rand() % (sizeof(whole) - 1)] = (char)(32 + rand() % 95);
		if (declare(text, FAMILY_IPV4, false, canon, &seen)) {
			taken++;
			if (!is_fixpoint(&canon[0].text, 0)) {
				wrong++;
				show("text", text);
			}
		} else if (seen.text[0] == '\0') {
			wrong++;
			show("refused without a word", text);
		}
		canon_free(&canon[0]);
		canon_free(&canon[1]);
	}
	CHECK(wrong == 0 && taken > 5, "any: a text with a changed byte is refused, or written the same the second time");
}

/* --- the answer of a child ----------------------------------------------------------------------- */

static void test_wire(void)
{
	struct strbuf answer = STRBUF_INIT;
	struct diag diag = { .id = DIAG_SYNTAX, .where = { .line = 3, .column = 4, .width = 5 }, .text = "said" };
	struct wire_record record;
	struct wire_finding finding;
	size_t at = 0, whole = 0;
	char *text = NULL;

	wire_put_finding(&answer, &diag);
	wire_put(&answer, WIRE_TEXT, "text", 4);
	wire_put(&answer, WIRE_END, "", 0);
	CHECK(wire_is_whole(&answer), "wire: an answer with its end record is whole");
	CHECK(wire_next(&answer, &at, &record) && wire_take_finding(&record, &finding, &text) && finding.id == DIAG_SYNTAX &&
		      finding.line == 3 && finding.column == 4 && finding.width == 5 && strcmp(text, "said") == 0,
	      "wire: transmits a finding");
	free(text);
	CHECK(wire_next(&answer, &at, &record) && record.kind == WIRE_TEXT && record.len == 4 && memcmp(record.bytes, "text", 4) == 0,
	      "wire: transmits a text");
	for (size_t cut = 0; cut < answer.len; cut++) {
		struct strbuf part = answer;

		part.len = cut;
		whole += wire_is_whole(&part);
	}
	CHECK(whole == 0, "wire: an answer cut at any byte is not whole");
	for (size_t i = 0; i < answer.len; i++)
		for (unsigned mask = 1; mask < 256; mask++) {
			size_t from = 0;

			answer.data[i] = (char)(answer.data[i] ^ mask);
			while (wire_next(&answer, &from, &record))
				if (wire_take_finding(&record, &finding, &text))
					free(text);
			answer.data[i] = (char)(answer.data[i] ^ mask);
		}
	/* The reads above are checked by sanitizers; this only shows that the answer is unchanged. */
	CHECK(wire_is_whole(&answer), "wire: reading an answer with any byte changed ends");
	strbuf_free(&answer);
}

static int write_and_end(void *ctx, const struct child *child)
{
	child_at(child, 7);
	if (write(child->output, "bytes", 5) != 5)
		return -EIO;
	if (ctx != NULL)
		raise(*(int *)ctx);
	return 0;
}

static int hang(void *ctx, const struct child *child)
{
	(void)ctx;
	child_at(child, 9);
	while (pause() != 0)
		;
	return 0;
}

static int work_long(void *ctx, const struct child *child)
{
	(void)ctx;
	for (unsigned i = 0; i < 100; i++) {
		child_at(child, i);
		usleep(60000);
	}
	return 0;
}

/* At no place, for longer than the limit. */
static int rest(void *ctx, const struct child *child)
{
	(void)ctx;
	child_at(child, 9);
	child_at(child, 0);
	usleep(2500000);
	return 0;
}

static void test_split(void)
{
	struct child child;
	struct child_end end;
	bool in_child;

	if (child_split(&child, &in_child) != 0 || in_child) {
		child_at(&child, 12);
		_exit(5);
	}
	CHECK(child_finish(&child, 30, NULL, &end) == -ECHILD && end.status == 5 && end.place == 12 && end.signal == 0,
	      "child_split: the parent learns the status and the place");
}

static void test_child(void)
{
	struct strbuf out = STRBUF_INIT;
	struct child_end end;
	struct child child;
	int signal = SIGKILL;

	CHECK(child_start(&child, write_and_end, NULL) == 0 && child_finish(&child, 0, &out, &end) == 0 && out.len == 5 &&
		      memcmp(out.data, "bytes", 5) == 0 && end.place == 7,
	      "child: returns the child's output");
	strbuf_reset(&out);
	CHECK(child_start(&child, write_and_end, &signal) == 0 && child_finish(&child, 30, &out, &end) == -ECHILD && out.len == 0 &&
		      end.signal == SIGKILL && end.place == 7 && !end.hung,
	      "child: reports the signal and the place of a killed child");
	CHECK(child_start(&child, hang, NULL) == 0 && child_finish(&child, 1, &out, &end) == -ECHILD && end.hung && end.place == 9,
	      "child: kills a child without progress");
	CHECK(child_start(&child, work_long, NULL) == 0 && child_finish(&child, 4, &out, &end) == 0 && end.place == 99,
	      "child: lets a child with progress take longer than the limit");
	CHECK(child_start(&child, rest, NULL) == 0 && child_finish(&child, 1, &out, &end) == 0 && end.place == 0,
	      "child: lets a child at place 0 take longer than the limit");
	strbuf_free(&out);
}

int main(void)
{
	test_commands();
	test_normal();
	test_refused();
	test_families();
	test_order();
	test_saved();
	test_random();
	test_mangled();
	test_wire();
	test_child();
	test_split();
	return tap_done();
}
