/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* What is put in force when nothing else can be: the safe rules, or at least a policy that drops. */
#include "transaction/internal.h"
#include "base/file.h"

#include <errno.h>
#include <string.h>

const char safe_rules[] =
	"*filter\n"
	":INPUT DROP [0:0]\n"
	":FORWARD DROP [0:0]\n"
	":OUTPUT ACCEPT [0:0]\n"
	"-A INPUT -i lo -j ACCEPT\n"
	"-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
	"-4 -A INPUT -p udp -m udp --sport 67 --dport 68 -j ACCEPT\n"
	"-6 -A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 133 -j ACCEPT\n"
	"-6 -A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 134 -j ACCEPT\n"
	"-6 -A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT\n"
	"-6 -A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 136 -j ACCEPT\n"
	"-6 -A INPUT -s fe80::/10 -p udp -m udp --sport 547 --dport 546 -j ACCEPT\n"
	"-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n"
	"-A INPUT -j DROP\n"
	"-A FORWARD -j DROP\n"
	"COMMIT\n";

static const char closed_rules[] = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\nCOMMIT\n";

enum { SAFE_MAX = 1 << 20 };

/* Files in the run folder: safe rules that were put in force, and those that are about to be. */
static const char *const safe_files[FAMILIES] = { "safe.v4", "safe.v6" };
static const char *const begun_files[FAMILIES] = { "safe-begun.v4", "safe-begun.v6" };

/* A candidate for safe rules. plain: loaded as it is, without the model. */
struct choice {
	const char *what, *text;
	size_t len;
	bool plain;
};

/* Safe rules may use the table filter only: an undoing looks for them only there. */
static bool is_about_filter(const struct transaction *t, const struct stream *stream, const struct choice *choice)
{
	for (size_t i = 0; i < stream->tables.len; i++)
		if (strcmp(stream->tables.item[i].name, "filter") != 0) {
			warn(t, "%s is not usable: it contains table %s, but safe rules may only use filter", choice->what,
			     stream->tables.item[i].name);
			return false;
		}
	return true;
}

static bool read_choice(struct transaction *t, const struct choice *choice, struct strbuf programs[FAMILIES])
{
	struct canon canon[FAMILIES] = { CANON_INIT, CANON_INIT };
	struct stream stream = { .name = NULL };
	bool good = true;

	if (choice->plain) {
		for (int i = 0; i < FAMILIES; i++)
			strbuf_add(&programs[i], choice->text, choice->len);
		return true;
	}
	good = stream_read(&stream, choice->what, choice->text, choice->len, FAMILY_BOTH, t->log) &&
	       is_about_filter(t, &stream, choice) && canon_declared(&stream, FAMILY_BOTH, false, canon, t->log);
	for (int i = 0; i < FAMILIES; i++) {
		if (good)
			strbuf_take(&programs[i], &canon[i].text);
		canon_free(&canon[i]);
	}
	stream_free(&stream);
	return good;
}

/*
 * The families for which these rules are not in force. Rules of other programs may stand between them, as those write
 * at any time.
 */
static enum family not_in_force(struct transaction *t, enum family families, const struct strbuf programs[FAMILIES])
{
	enum family missing = families;

	for (int i = 0; i < FAMILIES; i++) {
		struct text_rules wanted = { .tables = { 0 } };

		if (family_has(families, i) &&
		    rules_read(&wanted, "the safe rules", strbuf_text(&programs[i]), programs[i].len, t->log) &&
		    filter_stands(&wanted, &t->family[i].live))
			missing &= ~family_bit(i);
		rules_free(&wanted);
	}
	return missing;
}

/*
 * Notes that these safe rules are about to be loaded. If we die now, the next undoing must not take them for another
 * program's rules. Best effort.
 */
static void begin_safe(struct transaction *t, enum family families, const struct strbuf programs[FAMILIES])
{
	for (int i = 0; i < FAMILIES; i++)
		if (family_has(families, i))
			(void)!state_run_write(t->state, begun_files[i], strbuf_text(&programs[i]), programs[i].len);
}

/*
 * Notes that the safe rules are in force, so that the next load takes them for ours. Best effort: without the note that
 * load refuses them as unknown.
 */
static void remember_safe(struct transaction *t, enum family families)
{
	for (int i = 0; i < FAMILIES; i++) {
		const struct strbuf *text = &t->family[i].live_text;

		if (!family_has(families, i))
			continue;
		if (state_run_write(t->state, safe_files[i], strbuf_text(text), text->len) == 0)
			state_run_remove(t->state, begun_files[i]);
		else if ((t->flags & FLAG_BOOT) != 0)
			t->flags |= FLAG_REPLACE; /* or the next generation would keep them as another program's */
		else
			warn(t, "cannot record that safe rules are in force: use --replace with the next load");
	}
}

/*
 * The families for which these rules are not in force. If the rules cannot be read back, they count as in force, and
 * the note that they were about to be loaded stays.
 */
static enum family check_safe(struct transaction *t, enum family families, const struct strbuf programs[FAMILIES])
{
	enum family missing;

	if (!read_live(t, families)) {
		warn(t, "the safe rules could not be read back");
		return FAMILY_NONE;
	}
	missing = not_in_force(t, families, programs);
	remember_safe(t, families & ~missing);
	return missing;
}

/* Loads the candidate, replacing whole tables. Returns the families for which it failed. */
static enum family put_choice(struct transaction *t, enum family families, const struct choice *choice)
{
	struct strbuf programs[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	struct refusal refusals[FAMILIES] = { REFUSAL_INIT, REFUSAL_INIT };
	enum family left = families;

	if (read_choice(t, choice, programs)) {
		begin_safe(t, families, programs);
		t->door->restore(t->door->self, families, RESTORE_FLUSH, programs, refusals);
		for (int i = 0; i < FAMILIES; i++) {
			if (!refusals[i].refused)
				left &= ~family_bit(i);
			refusal_free(&refusals[i]);
		}
		left |= check_safe(t, families & ~left, programs);
	}
	for (int i = 0; i < FAMILIES; i++) {
		if (family_has(families, i) && !family_has(left, i))
			diag_add(t->log, DIAG_ROLLBACK, NULL, NULL, "%s: in force now: %s", family_name(i), choice->what);
		strbuf_free(&programs[i]);
	}
	return left;
}

/* The administrator's own safe rules, if there are any. */
static void read_file(struct transaction *t, struct strbuf *file, struct choice *choice)
{
	int err = t->hooks.safe_rules != NULL ? file_read_own(t->hooks.safe_rules, file, SAFE_MAX) : -ENOENT;

	if (err == 0 && file->len > 0 && file->data[file->len - 1] != '\n')
		strbuf_putc(file, '\n');
	if (err == 0) {
		choice->text = strbuf_text(file);
		choice->len = file->len;
	} else if (err != -ENOENT) {
		warn(t, "%s is not usable: %s", t->hooks.safe_rules, strerror(-err));
	}
}

bool put_safe_rules(struct transaction *t, enum family families)
{
	struct strbuf file = STRBUF_INIT;
	struct choice choices[] = {
		{ t->hooks.safe_rules, NULL, 0, false },
		{ "the compiled-in safe rules", safe_rules, sizeof(safe_rules) - 1, false },
		{ "the policy DROP", closed_rules, sizeof(closed_rules) - 1, true },
	};
	enum family left = families;

	phase(t, "putting safe rules in force");
	read_file(t, &file, &choices[0]);
	for (size_t i = 0; i < ARRAY_LEN(choices) && left != FAMILY_NONE; i++)
		if (choices[i].text != NULL)
			left = put_choice(t, left, &choices[i]);
	strbuf_free(&file);
	if (left != FAMILY_NONE)
		diag_add(t->log, DIAG_ROLLBACK, NULL, NULL, "no rules could be put in force: the host may be open");
	return left == FAMILY_NONE;
}

static bool read_file_of(struct transaction *t, int family, const char *file)
{
	struct family_work *work = &t->family[family];
	struct text_rules *rules[FAMILIES] = { &t->family[0].safe, &t->family[1].safe };
	struct diag_log silent = { .report = NULL };

	rules_free(&work->safe);
	strbuf_reset(&work->safe_text);
	if (state_run_read(t->state, file, &work->safe_text) != 0 ||
	    !rules_read(&work->safe, "the safe rules", strbuf_text(&work->safe_text), work->safe_text.len, &silent)) {
		rules_free(&work->safe);
		return true;
	}
	return rules_canon(t, family_bit(family), rules);
}

bool read_safe(struct transaction *t, int family)
{
	struct family_work *work = &t->family[family];

	if (!read_file_of(t, family, safe_files[family]) ||
	    (work->safe.tables.len == 0 && !read_file_of(t, family, begun_files[family])))
		return false;
	if (work->safe.tables.len > 0)
		work->base = &work->safe;
	return true;
}

bool read_safe_begun(struct transaction *t, int family)
{
	if (!read_file_of(t, family, begun_files[family]))
		return false;
	return t->family[family].safe.tables.len > 0 || read_file_of(t, family, safe_files[family]);
}

/* Are these rules of the table filter in force? Safe rules use no other table. */
bool filter_stands(const struct text_rules *rules, const struct text_rules *now)
{
	struct text_table *filter = rules_table(rules, "filter");
	struct text_rules alone = { .tables = { .item = filter, .len = 1 } };
	struct difference difference;
	enum in_force in_force;

	return filter != NULL && rules_verify(&alone, NULL, now, true, &in_force, &difference) == 0 && in_force == IN_FORCE;
}

void forget_safe(struct transaction *t, enum family families)
{
	for (int i = 0; i < FAMILIES; i++) {
		if (!family_has(families, i))
			continue;
		state_run_remove(t->state, safe_files[i]);
		state_run_remove(t->state, begun_files[i]);
	}
}
