/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/depend.h"
#include "host/sets.h"
#include "host/sysctl.h"
#include "text/token.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Helpers and their modules (net/netfilter/nf_conntrack_*.c), with those that do their NAT (nf_nat_*.c). */
static const struct helper {
	const char *name, *module, *nat;
} helpers[] = {
	{ "amanda", "nf_conntrack_amanda", "nf_nat_amanda" },
	{ "ftp", "nf_conntrack_ftp", "nf_nat_ftp" },
	{ "irc", "nf_conntrack_irc", "nf_nat_irc" },
	{ "netbios-ns", "nf_conntrack_netbios_ns", NULL },
	{ "pptp", "nf_conntrack_pptp", "nf_nat_pptp" },
	{ "Q.931", "nf_conntrack_h323", "nf_nat_h323" },
	{ "RAS", "nf_conntrack_h323", "nf_nat_h323" },
	{ "sane", "nf_conntrack_sane", NULL },
	{ "sip", "nf_conntrack_sip", "nf_nat_sip" },
	{ "snmp", "nf_conntrack_snmp", "nf_nat_snmp_basic" },
	{ "tftp", "nf_conntrack_tftp", "nf_nat_tftp" },
};

/* Options of a rule whose argument names something that the rule depends on. */
enum need_kind { NEED_NONE, NEED_SET, NEED_NFACCT, NEED_TIMEOUT, NEED_HELPER };

static const struct need {
	const char *word;
	enum need_kind kind;
} needs[] = {
	{ "--match-set", NEED_SET }, { "--add-set", NEED_SET },		 { "--del-set", NEED_SET },    { "--map-set", NEED_SET },
	{ "--helper", NEED_HELPER }, { "--nfacct-name", NEED_NFACCT }, { "--timeout", NEED_TIMEOUT },
};

struct depend_search {
	struct extras *extras;
	struct diag_log *log;
	bool nat;
	bool sets_only;
	bool unwritable; /* a rule cannot be written; reported */
};

static bool piece_is(const struct piece *piece, const char *text)
{
	return piece->len == strlen(text) && memcmp(piece->text, text, piece->len) == 0;
}

static bool add_module(struct extras *extras, const char *name)
{
	struct module module = { NULL, false };

	for (size_t i = 0; i < extras->modules.len; i++)
		if (strcmp(extras->modules.item[i].name, name) == 0)
			return true;
	module.name = strdup(name);
	if (module.name != NULL && vec_push(&extras->modules, module))
		return true;
	free(module.name);
	return false;
}

/* Is the module loaded? One that is built in may be missing here, but need not be loaded anyway. */
static bool module_here(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return access(path, F_OK) == 0;
}

static bool add_helper(const struct depend_search *in, const struct piece *name)
{
	for (size_t i = 0; i < ARRAY_LEN(helpers); i++)
		if (piece_is(name, helpers[i].name))
			return add_module(in->extras, helpers[i].module) &&
			       (!in->nat || helpers[i].nat == NULL || !module_here(helpers[i].nat) ||
				add_module(in->extras, helpers[i].nat));
	return true;
}

static bool set_known(const struct extras *extras, const char *name, size_t len)
{
	for (size_t i = 0; i < extras->sets.len; i++)
		if (strlen(extras->sets.item[i].name) == len && memcmp(extras->sets.item[i].name, name, len) == 0)
			return true;
	return false;
}

static bool add_set(struct extras *extras, const char *name, size_t len)
{
	struct set set = { .open = true };

	if (set_known(extras, name, len))
		return true;
	set.name = strndup(name, len);
	if (set.name != NULL && vec_push(&extras->sets, set))
		return true;
	free(set.name);
	return false;
}

static void warn_object(const struct depend_search *in, const struct piece *rule, const char *what)
{
	diag_add(in->log, DIAG_SAVE_WARNING, NULL, NULL, "this rule needs %s, which is not saved: %.*s", what,
		 (int)rule->len, rule->text);
}

static enum need_kind need_of(const struct piece *word)
{
	for (size_t i = 0; i < ARRAY_LEN(needs); i++)
		if (piece_is(word, needs[i].word))
			return needs[i].kind;
	return NEED_NONE;
}

/* Does the rule contain such an option, even in a comment? Most rules do not, and need not be split into words. */
static bool may_need(const struct piece *rule)
{
	const char *end = rule->text + rule->len;

	for (const char *at = rule->text; (at = memchr(at, '-', (size_t)(end - at))) != NULL; at++)
		for (size_t i = 0; at + 2 < end && at[1] == '-' && i < ARRAY_LEN(needs); i++)
			if (at[2] == needs[i].word[2] && (size_t)(end - at) > strlen(needs[i].word) &&
			    memcmp(at, needs[i].word, strlen(needs[i].word)) == 0)
				return true;
	return false;
}

/* Is this what follows the name of a set, such as `src,dst`? */
static bool is_directions(const struct piece *word)
{
	size_t at = 0;

	while (at + 3 <= word->len && (memcmp(word->text + at, "src", 3) == 0 || memcmp(word->text + at, "dst", 3) == 0)) {
		at += 3;
		if (at == word->len)
			return true;
		at += word->text[at] == ',';
	}
	return false;
}

/* iptables-save does not quote the name of a set. */
static bool add_named_set(struct depend_search *in, const struct piece *rule, const struct piece *name)
{
	struct piece behind = rule_next_word(rule, name);

	if (in->log == NULL || is_directions(&behind))
		return add_set(in->extras, name->text, name->len);
	diag_add(in->log, DIAG_SYSTEM, NULL, NULL, "the name of a set contains a blank, so that this rule cannot be written: %.*s",
		 (int)rule->len, rule->text);
	in->unwritable = true;
	return true;
}

static bool read_rule(struct depend_search *in, const struct piece *rule)
{
	struct piece word = may_need(rule) ? rule_word(rule, 0) : (struct piece){ NULL, 0 };
	bool good = true;

	for (struct piece next; good && word.len > 0; word = next) {
		enum need_kind kind = need_of(&word);
		bool ct = kind != NEED_NONE && memmem(rule->text, rule->len, " -j CT ", 7) != NULL;

		next = rule_next_word(rule, &word);
		if (kind == NEED_SET)
			good = add_named_set(in, rule, &next);
		else if (in->sets_only)
			continue;
		else if (kind == NEED_NFACCT)
			warn_object(in, rule, "an nfacct object");
		else if (kind == NEED_TIMEOUT && ct)
			warn_object(in, rule, "a time-out policy");
		else if (kind == NEED_HELPER && ct)
			good = add_helper(in, &next);
	}
	return good;
}

static size_t table_rules(const struct text_rules *rules, const char *name)
{
	const struct text_table *table = rules_table(rules, name);
	size_t count = 0;

	for (size_t i = 0; table != NULL && i < table->chains.len; i++)
		count += table->chains.item[i].rules.len;
	return count;
}

/*
 * Adds the setting if forwarding is on and the rules need it, because they have rules in FORWARD or in the table nat.
 */
static bool add_forwarding(struct extras *extras, const struct text_rules *rules, const char *setting)
{
	const struct text_table *filter = rules_table(rules, "filter");
	const struct text_chain *forward = filter != NULL ? table_chain(filter, "FORWARD") : NULL;
	struct strbuf now = STRBUF_INIT;
	struct sysctl sysctl;
	bool on, good;

	if ((forward == NULL || forward->rules.len == 0) && table_rules(rules, "nat") == 0)
		return true;
	for (size_t i = 0; i < extras->sysctls.len; i++)
		if (strlen(extras->sysctls.item[i].key) == strcspn(setting, "=") &&
		    strncmp(extras->sysctls.item[i].key, setting, strcspn(setting, "=")) == 0)
			return true;
	if (sysctl_parse(&sysctl, setting, strlen(setting)) != 0)
		return false;
	on = sysctl_read(sysctl.key, &now) == 0 && strcmp(strbuf_text(&now), "0") != 0;
	good = !on || vec_push(&extras->sysctls, sysctl);
	if (!on || !good)
		sysctl_free(&sysctl);
	strbuf_free(&now);
	return good;
}

static bool read_rules(struct depend_search *in, const struct text_rules *rules)
{
	for (size_t t = 0; t < rules->tables.len; t++) {
		const struct text_table *table = &rules->tables.item[t];

		for (size_t c = 0; c < table->chains.len; c++)
			for (size_t r = 0; r < table->chains.item[c].rules.len; r++)
				if (!read_rule(in, &table->chains.item[c].rules.item[r].text))
					return false;
	}
	return true;
}

bool depend_sets(struct extras *extras, const struct text_rules *rules)
{
	struct depend_search in = { .extras = extras, .sets_only = true }; /* no log: another program's rules may be what they are */

	return read_rules(&in, rules);
}

bool depend_find(struct extras *extras, const struct text_rules rules[FAMILIES], struct diag_log *log)
{
	static const char *const forwarding[FAMILIES] = { "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1" };
	struct depend_search in = { .extras = extras, .log = log };
	bool good = true;

	for (int i = 0; good && i < FAMILIES; i++) {
		in.nat = table_rules(&rules[i], "nat") > 0;
		good = read_rules(&in, &rules[i]) && add_forwarding(extras, &rules[i], forwarding[i]);
	}
	return (good || diag_memory(log) == 0) && !in.unwritable;
}

static bool read_sysctls(struct extras *extras)
{
	for (size_t i = 0; i < extras->sysctls.len; i++) {
		struct sysctl *sysctl = &extras->sysctls.item[i];
		struct strbuf now = STRBUF_INIT;
		char *value = NULL;

		/* a setting that cannot be read keeps the value that was asked for */
		if (sysctl_read(sysctl->key, &now) == 0 && (value = strdup(strbuf_text(&now))) == NULL) {
			strbuf_free(&now);
			return false;
		}
		if (value != NULL) {
			free(sysctl->value);
			sysctl->value = value;
		}
		strbuf_free(&now);
	}
	return true;
}

/*
 * Splits "create NAME TYPE ..." or "add NAME MEMBER": returns what follows the name, of *rest bytes. NULL: another
 * line.
 */
static const char *set_line(const char *line, size_t len, const char *verb, struct token *name, size_t *rest)
{
	struct token first = token_after(line, len, 0), behind;

	*name = token_next(line, len, &first);
	behind = token_next(line, len, name);
	*rest = behind.len > 0 ? len - (size_t)(behind.text - line) : 0;
	return token_is(&first, verb) && behind.len > 0 ? behind.text : NULL;
}

static bool each_line(const char *text, bool (*take)(void *arg, const char *line, size_t len), void *arg)
{
	for (size_t len; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (!take(arg, text, len))
			return false;
	}
	return true;
}

struct set_reading {
	const struct extras *wanted;
	struct extras lists; /* the members of wanted lists of sets, which are sets and wanted too */
	struct extras found;
	bool in_list; /* the present lines belong to a wanted list */
	bool warned;  /* the present set has been warned of */
	struct diag_log *log;
};

/* ipset writes a list of sets after its member sets, so a first pass collects the members of wanted lists. */
static bool take_list_member(void *arg, const char *line, size_t len)
{
	struct set_reading *in = arg;
	struct token name;
	size_t rest;
	const char *behind = set_line(line, len, "create", &name, &rest);

	if (behind != NULL)
		in->in_list = strncmp(behind, "list:set", 8) == 0 && set_known(in->wanted, name.text, name.len);
	else if (in->in_list && (behind = set_line(line, len, "add", &name, &rest)) != NULL)
		return add_set(&in->lists, behind, strcspn(behind, " \n"));
	return true;
}

static const struct set *known_set(const struct set_reading *in, const struct token *name)
{
	for (size_t i = 0; i < in->wanted->sets.len; i++)
		if (token_is(name, in->wanted->sets.item[i].name))
			return &in->wanted->sets.item[i];
	return NULL;
}

/* A set that was not declared, or was declared open, belongs to another program, and so do its members. */
static bool take_created(struct set_reading *in, const struct token *name, const char *words, size_t len)
{
	const struct set *known = known_set(in, name);
	struct set set = { .open = known == NULL || known->open || known->members.len == 0 };
	struct strbuf all = STRBUF_INIT;

	if (known == NULL && !set_known(&in->lists, name->text, name->len))
		return true;
	set.name = strndup(name->text, name->len);
	strbuf_add(&all, words, len);
	if (known != NULL && known->type.len > 0)
		strbuf_puts(&set.type, strbuf_text(&known->type));
	else
		set_plain_words(strbuf_text(&all), &set.type);
	strbuf_free(&all);
	if (set.name != NULL && !set.type.failed && vec_push(&in->found.sets, set))
		return true;
	set_free(&set);
	return false;
}

/* Warns that members are not saved. Not if they time out, as the other program adds such members again. */
static void warn_members(struct set_reading *in, const struct set *set)
{
	const struct token name = { .text = set->name, .len = strlen(set->name) };
	const struct set *known = known_set(in, &name);

	if (in->warned || strstr(strbuf_text(&set->type), "timeout") != NULL || (known != NULL && known->type.len > 0))
		return;
	diag_add(in->log, DIAG_SAVE_WARNING, NULL, NULL,
		 "set %s is saved without its members, because another program may fill it; if none does, declare it with `#@ set'", set->name);
	in->warned = true;
}

/* Appends a member, unless it expires: then another program added it, and adds it again. A text cannot declare it. */
static bool take_member(struct set *set, const char *text, size_t len)
{
	struct strbuf member = STRBUF_INIT;

	strbuf_add(&member, text, len);
	if (!member.failed && !set_runs_out(strbuf_text(&set->type), strbuf_text(&member)))
		strbuf_printf(&set->members, "%s\n", strbuf_text(&member));
	set->members.failed |= member.failed;
	strbuf_free(&member);
	return !set->members.failed;
}

static bool take_set(void *arg, const char *line, size_t len)
{
	struct set_reading *in = arg;
	struct token name;
	size_t rest;
	const char *behind = set_line(line, len, "create", &name, &rest);
	struct set *last;

	if (behind != NULL) {
		in->warned = false;
		return take_created(in, &name, behind, rest);
	}
	behind = set_line(line, len, "add", &name, &rest);
	last = in->found.sets.len > 0 ? &in->found.sets.item[in->found.sets.len - 1] : NULL;
	if (behind == NULL || last == NULL || !token_is(&name, last->name))
		return true;
	if (last->open) {
		warn_members(in, last);
		return true;
	}
	return take_member(last, behind, rest);
}

static bool read_sets(struct extras *extras, struct diag_log *log)
{
	struct set_reading in = { .wanted = extras, .log = log };
	struct strbuf saved = STRBUF_INIT;
	bool good = sets_save(&saved, log);

	good = good && ((each_line(strbuf_text(&saved), take_list_member, &in) &&
			 each_line(strbuf_text(&saved), take_set, &in)) ||
			diag_memory(log) == 0);
	for (size_t i = 0; i < extras->sets.len; i++)
		set_free(&extras->sets.item[i]);
	vec_free(&extras->sets);
	extras->sets.item = in.found.sets.item;
	extras->sets.len = in.found.sets.len;
	extras->sets.cap = in.found.sets.cap;
	extras_free(&in.lists);
	strbuf_free(&saved);
	return good;
}

bool depend_read(struct extras *extras, struct diag_log *log)
{
	if (!read_sysctls(extras))
		return diag_memory(log) == 0;
	return extras->sets.len == 0 || read_sets(extras, log);
}
