/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What to do when things went wrong: in this run, in one before it, or because nobody confirmed. */
#include "load.h"
#include "base/file.h"

#include <string.h>
#include <errno.h>

static const char *const rollback_names[FAMILIES] = { "rollback.v4", "rollback.v6" };
static const char *const want_names[FAMILIES] = { "want.v4", "want.v6" };

const char raw_mark[] = "# as it was written\n";

/* What a load put in force in one family, and what stood there before it. */
struct undoing {
	struct load *load;
	int family;
	const struct text_rules *put, *before;
	bool as_written; /* put is not as iptables writes it, and cannot be looked for */
	struct text_rules target, supposed;
	struct saved now;
};

/* All that stands in a chain that the load changed is taken for the load's. */
static bool suppose_chain(const struct undoing *u, const char *table, const struct text_chain *put, struct text_chain *out)
{
	const struct text_table *before = rules_table(u->before, table), *now = rules_table(&u->now.rules[u->family], table);
	const struct text_chain *was = before != NULL ? table_chain(before, put->name) : NULL;
	const struct text_chain *is = now != NULL ? table_chain(now, put->name) : NULL;
	const struct text_chain *from = (was != NULL && chain_equal(was, put)) || is == NULL ? put : is;
	bool good = true;

	for (size_t i = 0; good && i < from->rules.len; i++)
		good = vec_push(&out->rules, from->rules.item[i]);
	return good;
}

static bool suppose(struct undoing *u)
{
	bool good = true;

	for (size_t t = 0; good && t < u->put->tables.len; t++) {
		const struct text_table *from = &u->put->tables.item[t];
		struct text_table *table = rules_add_table(&u->supposed, from->name);

		good = table != NULL;
		for (size_t c = 0; good && c < from->chains.len; c++) {
			const struct text_chain *put = &from->chains.item[c];
			struct text_chain *out = rules_add_chain(&u->supposed, table, put->name, put->policy);

			good = out != NULL && suppose_chain(u, from->name, put, out);
		}
	}
	return good;
}

/* What the load did not change is not ours to verify: bans come and go there while we undo. */
static void leave_others(struct undoing *u)
{
	for (size_t t = 0; t < u->target.tables.len; t++) {
		struct text_table *table = &u->target.tables.item[t];
		const struct text_table *put = rules_table(u->put, table->name), *before = rules_table(u->before, table->name);

		for (size_t c = 0; put != NULL && before != NULL && c < table->chains.len; c++) {
			struct text_chain *chain = &table->chains.item[c];
			const struct text_chain *was = table_chain(before, chain->name), *is = table_chain(put, chain->name);

			chain->ours = chain->ours && (was == NULL || is == NULL || !chain_equal(was, is));
		}
	}
}

/*
 * Chains that the load changed get what stood there before, and what others put there since stays:
 * a ban must not be lost because somebody's load was undone.
 */
static bool undo_family(struct undoing *u)
{
	struct load *load = u->load;
	struct merge merge = MERGE_INIT;
	struct strbuf program = STRBUF_INIT;
	struct refusal refusal = REFUSAL_INIT;
	bool good;

	merge.only_changed = true;
	good = load_save_now(load, family_bit(u->family), &u->now) && (!u->as_written || suppose(u)) &&
	       merge_rules(&merge, u->as_written ? &u->supposed : u->put, &u->now.rules[u->family], u->before,
			   &u->target) == 0;
	if (good) {
		leave_others(u);
		program_write(&u->now.rules[u->family], &u->target, COUNTS_WRITTEN, &program);
		good = program.len == 0 || side_run_program(&load->side[u->family], &program, &refusal);
		if (!good)
			load_refused(load, u->family, NULL, &refusal);
	}
	refusal_free(&refusal);
	strbuf_free(&program);
	merge_free(&merge);
	return good;
}

static bool undo_verify(const struct undoing *u)
{
	struct saved now = { .text = { STRBUF_INIT } };
	bool good = load_save_now(u->load, family_bit(u->family), &now) && merge_holds(&u->target, &now.rules[u->family]);

	saved_free(&now);
	return good;
}

static bool undo_rules(struct load *load, int family, const struct text_rules *put, const struct text_rules *before, bool as_written)
{
	struct undoing u = { .load = load, .family = family, .put = put, .before = before, .as_written = as_written };
	bool good = undo_family(&u) && undo_verify(&u);

	if (!good)
		diag_add(load->log, DIAG_ROLLBACK, NULL, NULL, "the %s rules could not be put back", family_name(family));
	rules_free(&u.target);
	rules_free(&u.supposed);
	saved_free(&u.now);
	return good;
}

/*
 * What was put in force without a rehearsal is known as it was written, and stands in the kernel as iptables
 * writes it: to tell it from what others put there since, it is tried now.
 */
static bool undo_raw(struct load *load, int family, const struct strbuf *put_text, const struct text_rules *before)
{
	struct strbuf text = STRBUF_INIT;
	struct text_rules put = { .arena = { NULL, 0, 0 } };
	bool known = load_canonical(load, family, put_text, &text) &&
		     rules_read(&put, want_names[family], strbuf_text(&text), text.len, load->log);
	bool good = known;

	if (!known) {
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL,
			 "%s: the rules that are undone could not be told from others: each chain that the load changed is "
			 "put back as it was before",
			 family_name(family));
		rules_free(&put);
		good = rules_read(&put, want_names[family], strbuf_text(put_text), put_text->len, load->log);
	}
	good = good && undo_rules(load, family, &put, before, !known);
	rules_free(&put);
	strbuf_free(&text);
	return good;
}

static bool put_back_side(struct load *load, struct side *side)
{
	struct strbuf put = STRBUF_INIT;
	bool good;

	if (!load_is_raw(load))
		return undo_rules(load, side->family, &side->want, side_live(side), false);
	rules_write(&side->want, false, &put);
	good = undo_raw(load, side->family, &put, side_live(side));
	strbuf_free(&put);
	return good;
}

bool put_back_rules(void *arg)
{
	struct load *load = arg;
	bool good = true;

	load_drop_result(load);
	for (int i = 0; load->began && i < FAMILIES; i++)
		if (load->side[i].program.len > 0)
			good = put_back_side(load, &load->side[i]) && good;
	return good;
}

/* The same for a load of another process, from what it wrote down. */
static bool undo_written(struct load *load, int family)
{
	const char *name = rollback_names[family];
	struct strbuf before_text = STRBUF_INIT, put_text = STRBUF_INIT;
	struct text_rules before = { .arena = { NULL, 0, 0 } }, put = { .arena = { NULL, 0, 0 } };
	int err = state_run_read(&load->state, name, &before_text);
	bool good;

	if (err == 0)
		err = state_run_read(&load->state, want_names[family], &put_text);
	if (err != 0)
		diag_system(load->log, err, "%s in %s", name, load->state.run);
	good = err == 0 && rules_read(&before, name, strbuf_text(&before_text), before_text.len, load->log);
	if (good && strncmp(strbuf_text(&put_text), raw_mark, strlen(raw_mark)) == 0)
		good = undo_raw(load, family, &put_text, &before);
	else
		good = good && rules_read(&put, want_names[family], strbuf_text(&put_text), put_text.len, load->log) &&
		       (put_text.len == 0 || undo_rules(load, family, &put, &before, false));
	rules_free(&before);
	rules_free(&put);
	strbuf_free(&before_text);
	strbuf_free(&put_text);
	return good;
}

/* Settings first: forwarding ends before the rules that guarded it go. */
static bool undo_sysctls(struct load *load)
{
	struct strbuf text = STRBUF_INIT;
	bool good = true;

	if (state_run_read(&load->state, "rollback.sysctls", &text) != 0)
		strbuf_reset(&text);
	for (const char *line = strbuf_text(&text); *line != '\0';) {
		size_t len = strcspn(line, "\n");
		struct sysctl sysctl;
		int err = len > 10 ? sysctl_parse(&sysctl, line + 10, len - 10) : -EINVAL;

		if (err == 0) {
			err = sysctl_write(&sysctl, sysctl.value);
			if (err != 0)
				diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "setting %s back to %s: %s", sysctl.key,
					 sysctl.value, strerror(-err));
			sysctl_free(&sysctl);
		}
		good = err == 0 && good;
		line += len + (line[len] == '\n');
	}
	strbuf_free(&text);
	return good;
}

/* "set NAME", and what `ipset save` said of it, if it was there. */
static bool undo_set(struct load *load, const char *name, size_t name_len, const char *saved, size_t saved_len)
{
	struct set set = { .name = strndup(name, name_len), .changed = true, .existed = saved_len > 0 };
	bool good = set.name != NULL;

	strbuf_add(&set.before, saved, saved_len);
	good = good && set_put_back(&set, load->log);
	set_free(&set);
	return good;
}

/* After the rules: those that a load brought may name the set. */
static bool undo_sets(struct load *load)
{
	struct strbuf text = STRBUF_INIT;
	bool good = true;

	if (state_run_read(&load->state, "rollback.sets", &text) != 0)
		strbuf_reset(&text);
	for (const char *at = strbuf_text(&text); strncmp(at, "set ", 4) == 0;) {
		size_t name = strcspn(at + 4, "\n");
		const char *saved = at + 4 + name + (at[4 + name] == '\n'), *next = saved;

		while (*next != '\0' && strncmp(next, "set ", 4) != 0)
			next += strcspn(next, "\n") + (next[strcspn(next, "\n")] == '\n');
		good = undo_set(load, at + 4, name, saved, (size_t)(next - saved)) && good;
		at = next;
	}
	strbuf_free(&text);
	return good;
}

static void remove_generation(struct load *load, unsigned generation)
{
	int err = state_remove(&load->state, generation);

	if (err != 0)
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "generation %06u in %s could not be removed: %s",
			 generation, load->state.dir, strerror(-err));
}

bool load_undo(struct load *load, unsigned generation)
{
	bool good = true;

	/* A setting that will not go back is no reason to replace good rules. */
	if (!undo_sysctls(load))
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "not every setting could be put back");
	for (int i = 0; i < FAMILIES; i++)
		good = undo_written(load, i) && good;
	if (!undo_sets(load))
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "not every set could be put back");
	if (!good) {
		load_safe(load);
		(void)!state_clear_pending(&load->state); /* the safe rules stand: nothing waits any more */
		return false;
	}
	if (generation != state_link(&load->state, "good") && generation != state_link(&load->state, "previous"))
		remove_generation(load, generation);
	return state_clear_pending(&load->state) == 0;
}

/* A load that was not finished in this boot. True: it is undone. */
static bool recover_here(struct load *load, const struct pending *pending)
{
	if (guard_is_there(load)) {
		diag_add(load->log, DIAG_SYSTEM, NULL, NULL,
			 "generation %06u waits for its confirmation, %lld s more: fw-load --confirm-now",
			 pending->generation, pending->deadline - state_uptime());
		load->status = STATUS_LOCKED;
		return false;
	}
	diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "the load of generation %06u was interrupted: it is undone",
		 pending->generation);
	return load_undo(load, pending->generation);
}

/* True: nothing is pending any more. */
bool load_recover(struct load *load)
{
	struct pending pending;
	char boot[HOST_BOOT_ID];
	int err = state_read_pending(&load->state, &pending), cleared;

	host_boot_id(boot);
	if (err == 0 && pending.generation == 0)
		return true;
	if (err != 0) {
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "%s/pending is damaged and is dropped", load->state.dir);
	} else if (pending.generation == state_link(&load->state, "good")) {
		err = state_finish_flip(&load->state);
		if (err != 0)
			diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "%s/previous could not be set: %s",
				 load->state.dir, strerror(-err));
	} else if (strcmp(boot, pending.boot) == 0) {
		return recover_here(load, &pending);
	} else {
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL,
			 "generation %06u was never confirmed before the machine went down: it is dropped",
			 pending.generation);
		remove_generation(load, pending.generation);
	}
	cleared = state_clear_pending(&load->state);
	if (cleared != 0)
		diag_system(load->log, cleared, "%s/pending", load->state.dir);
	return cleared == 0;
}

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

/* Whole tables, as the text is; the families for which it was refused. */
static enum family put_plain(struct load *load, enum family families, const char *text, size_t len)
{
	struct restore plain = { .text = text, .len = len, .refusal = REFUSAL_INIT }, restores[FAMILIES] = { plain, plain };
	enum family refused = FAMILY_NONE;

	backend_restore(&load->backend, families, RESTORE_FLUSH, restores);
	for (int i = 0; i < FAMILIES; i++) {
		if (restores[i].refusal.refused)
			refused |= family_bit(i);
		refusal_free(&restores[i].refusal);
	}
	return refused;
}

/*
 * The safe rules as they stand in the kernel: the next load takes them for ours and not for another
 * program's. Best effort: without it that load asks what shall become of them.
 */
static void remember_safe(struct load *load)
{
	struct saved now = { .text = { STRBUF_INIT } };

	if (load_save_now(load, FAMILY_BOTH, &now))
		for (int i = 0; i < FAMILIES; i++)
			if (state_run_write(&load->state, safe_part(i), strbuf_text(&now.text[i]), now.text[i].len) != 0)
				diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL,
					 "that safe rules are in force could not be noted: say --replace with the next load");
	saved_free(&now);
}

bool load_safe(struct load *load)
{
	struct strbuf file = STRBUF_INIT;
	struct { const char *what, *text; size_t len; } choices[] = {
		{ load->opts.safe_rules, NULL, 0 },
		{ "the compiled-in safe rules", safe_rules, sizeof(safe_rules) - 1 },
		{ "the policy DROP", closed_rules, sizeof(closed_rules) - 1 },
	};
	enum family left = FAMILY_BOTH;
	int err;

	err = file_read_path(load->opts.safe_rules, &file, 1 << 20);
	if (err == 0 && file.len > 0 && file.data[file.len - 1] != '\n')
		strbuf_putc(&file, '\n');
	if (err == 0 && strstr(strbuf_text(&file), "COMMIT\n") != NULL) {
		choices[0].text = strbuf_text(&file);
		choices[0].len = file.len;
	} else if (err != -ENOENT) {
		diag_add(load->log, DIAG_LOAD_WARNING, NULL, NULL, "%s is of no use: %s", load->opts.safe_rules,
			 err != 0 ? strerror(-err) : "no line COMMIT in it");
	}
	load->status = load->opts.action == ACTION_BOOT ? STATUS_FALLBACK : STATUS_SAFE;
	for (size_t i = 0; i < ARRAY_LEN(choices) && left != FAMILY_NONE; i++) {
		enum family refused;

		if (choices[i].text == NULL)
			continue;
		refused = put_plain(load, left, choices[i].text, choices[i].len);
		for (int f = 0; f < FAMILIES; f++)
			if (family_has(left, f) && !family_has(refused, f))
				diag_add(load->log, DIAG_ROLLBACK, NULL, NULL, "%s: %s in force", family_name(f),
					 choices[i].what);
		left = refused;
	}
	strbuf_free(&file);
	remember_safe(load);
	if (left != FAMILY_NONE)
		diag_add(load->log, DIAG_ROLLBACK, NULL, NULL, "no rules could be put in force: the host may be open");
	return left == FAMILY_NONE;
}
