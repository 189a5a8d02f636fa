/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "load.h"
#include "host/nftgen.h"

#include <string.h>

/* The rule of want that a line of the program writes, and through it the line of the input. */
static const struct line *blame_line(const struct side *side, unsigned number)
{
	const struct line *line = NULL;
	const char *at = strbuf_text(&side->program);

	for (unsigned i = 1; i < number && at != NULL; i++)
		at = strchr(at, '\n') != NULL ? strchr(at, '\n') + 1 : NULL;
	for (size_t t = 0; at != NULL && line == NULL && t < side->next.tables.len; t++) {
		const struct text_table *table = &side->next.tables.item[t];

		for (size_t c = 0; line == NULL && c < table->chains.len; c++) {
			const struct text_chain *chain = &table->chains.item[c];

			for (size_t r = 0; line == NULL && r < chain->rules.len; r++) {
				const struct piece *text = &chain->rules.item[r].text;

				if (strncmp(at, text->text, text->len) == 0 && at[text->len] == '\n')
					line = load_rule_line(side->load, side->family, table->name, chain->name, r,
							      chain->rules.len);
			}
		}
	}
	return line;
}

bool side_run_program(struct side *side, const struct strbuf *program, struct refusal *refusal)
{
	struct restore restores[FAMILIES] = { { .refusal = REFUSAL_INIT }, { .refusal = REFUSAL_INIT } };

	side->load->touched = true;
	restores[side->family].text = strbuf_text(program);
	restores[side->family].len = program->len;
	backend_restore(&side->load->backend, family_bit(side->family), RESTORE_CHANGE, restores);
	*refusal = restores[side->family].refusal;
	return !refusal->refused;
}

/* What is live in this family now, merged again. Where it cannot be had, all is as it was. */
static bool merge_again(struct side *side)
{
	struct saved now = { .text = { STRBUF_INIT } };
	struct text_rules before = side->live;
	struct strbuf before_text = side->live_text;
	struct diag_log *log = side->load->log;
	bool good = load_save_now(side->load, family_bit(side->family), &now);

	if (good) {
		side->live = now.rules[side->family];
		side->live_text = now.text[side->family];
		now.rules[side->family] = before;
		now.text[side->family] = before_text;
		side->as_left = false;
		good = (!side->alike || (side_read_base(side, log) && side->has_base)) && side_merge(side, log);
	}
	saved_free(&now); /* only now: what was wanted so far spoke in its words */
	return good;
}

/*
 * nf_tables has no lock: another program may have written since the snapshot. If its generation
 * moved, the snapshot is taken again, until nothing moved or what moved makes no difference to us.
 */
static bool catch_up(struct side *side)
{
	struct load *load = side->load;
	uint32_t now;

	for (int tries = 0; load->backend.kind == BACKEND_NFT && tries < 10; tries++) {
		struct strbuf before = STRBUF_INIT;
		bool same;

		if (nftgen_ask(&load->nftgen, &now) != 0 || now == side->seen)
			return true;
		if (!load_recorded(load)) /* it reads what is replaced here */
			return false;
		side->seen = now;
		strbuf_add(&before, strbuf_text(&side->program), side->program.len);
		if (!merge_again(side)) {
			strbuf_free(&before);
			return false;
		}
		same = before.len == side->program.len &&
		       (before.len == 0 || memcmp(before.data, side->program.data, before.len) == 0);
		strbuf_free(&before);
		if (same)
			return true;
	}
	return true;
}

static uint32_t count_commits(const struct strbuf *program)
{
	uint32_t count = 0;

	for (const char *at = strbuf_text(program); (at = strstr(at, "\nCOMMIT\n")) != NULL; at++)
		count++;
	return count;
}

/* Our own commits are no news to the other family; anybody else's are. */
static void note_writers(struct load *load, struct side *side, uint32_t before, uint32_t after)
{
	side->raced = after - before > count_commits(&side->program);
	for (int i = 0; i < FAMILIES; i++)
		if (!side->raced && load->side[i].seen == before)
			load->side[i].seen = after;
}

/* Those of the families that there is something to change in. */
static enum family changed_ones(const struct load *load, enum family families)
{
	for (int i = 0; i < FAMILIES; i++)
		if (load->side[i].program.len == 0)
			families &= ~family_bit(i);
	return families;
}

/* While the record is written the programs are read already. */
static enum spawn_turn go_when_recorded(struct load *load)
{
	if (load->is_recording && !task_done(&load->recording))
		return SPAWN_WAIT;
	return load_recorded(load) ? SPAWN_GO : SPAWN_STOP;
}

/* Gives the programs of these families to iptables-restore. False after a report; restores[].stopped: not to this one. */
static bool run_programs(struct load *load, enum family families, struct restore restores[FAMILIES])
{
	bool good = true;

	for (int i = 0; i < FAMILIES; i++) {
		const struct side *side = &load->side[i];

		restores[i].text = strbuf_text(&side->program);
		restores[i].len = side->program.len;
	}
	backend_restore(&load->backend, families, RESTORE_CHANGE, restores);
	for (int i = 0; i < FAMILIES; i++) {
		struct refusal *refusal = &restores[i].refusal;

		if (refusal->refused)
			load_refused(load, i, blame_line(&load->side[i], refusal->line), refusal);
		good = good && !refusal->refused;
		refusal_free(refusal);
	}
	load->began = load->began || load_recorded(load);
	load->touched = load->touched || load->began;
	return !load->record_failed && good;
}

static enum spawn_turn turn_of_legacy(void *arg, const struct spawn *front)
{
	(void)front;
	return go_when_recorded(arg);
}

/* The families of the legacy kind share nothing, and its lock is ours. */
static bool commit_legacy(struct load *load)
{
	struct restore restore = { .refusal = REFUSAL_INIT, .turn = turn_of_legacy, .arg = load };
	struct restore restores[FAMILIES] = { restore, restore };

	load_phase(load, "committing");
	return run_programs(load, changed_ones(load, FAMILY_BOTH), restores);
}

struct nft_commit {
	struct load *load;
	enum family families;
	uint32_t before;    /* nf_tables' generation before the first of them */
	unsigned gone;      /* how often IPv4's was seen to have finished, its status not known yet */
	bool last_goes;     /* the last of them may commit */
	bool whatever;      /* also where somebody else has just written: else it would never end */
};

/* The first commits when the record is there, and nobody wrote since what it replaces was read. */
static enum spawn_turn turn_of_first(const struct nft_commit *commit)
{
	struct load *load = commit->load;
	const struct side *side = &load->side[family_has(commit->families, 0) ? 0 : 1];
	enum spawn_turn turn = go_when_recorded(load);
	uint32_t now;

	if (turn == SPAWN_GO && !commit->whatever && nftgen_ask(&load->nftgen, &now) == 0 && now != side->seen)
		return SPAWN_STOP;
	return turn;
}

/* Has IPv4 come to its end? One that failed has nothing to wait for, and its status is there soon. */
static bool ipv4_is_done(struct nft_commit *commit, const struct spawn *ipv4)
{
	return ipv4->pid <= 0 || (spawn_finished(ipv4) && commit->gone++ > 1);
}

/*
 * IPv6 is read while IPv4 is committed, and committed behind it, so that we can tell who wrote between. Where
 * somebody did, it has to be merged anew.
 */
static enum spawn_turn turn_behind(struct nft_commit *commit, const struct spawn *ipv4)
{
	struct load *load = commit->load;
	enum spawn_turn otherwise = ipv4->pid > 0 ? SPAWN_WAIT : SPAWN_STOP;
	uint32_t now;

	if (ipv4->stopped) /* its end is no commit, whatever another made the generation meanwhile */
		return SPAWN_STOP;
	if (load->is_recording || !ipv4_is_done(commit, ipv4) || (ipv4->pid <= 0 && !spawn_good(ipv4)))
		return otherwise;
	if (nftgen_ask(&load->nftgen, &now) != 0 || now - commit->before < count_commits(&load->side[0].program))
		return otherwise;
	note_writers(load, &load->side[0], commit->before, now);
	if (load->side[1].seen != now)
		return SPAWN_STOP;
	load_phase(load, "committing IPv6");
	return SPAWN_GO;
}

static enum spawn_turn turn_of_nft(void *arg, const struct spawn *front)
{
	struct nft_commit *commit = arg;
	enum spawn_turn turn = front == NULL ? turn_of_first(commit) : turn_behind(commit, front);

	commit->last_goes = turn == SPAWN_GO && (front != NULL || commit->families != FAMILY_BOTH);
	return turn;
}

/* All is committed; while the kernel takes away what it replaced, it is read what came of it. */
static bool start_reading(void *arg)
{
	const struct nft_commit *commit = arg;
	struct load *load = commit->load;
	uint32_t ours = 0;

	for (int i = 0; i < FAMILIES; i++)
		if (family_has(commit->families, i))
			ours += count_commits(&load->side[i].program);
	if (!commit->last_goes || nftgen_ask(&load->nftgen, &load->read_at) != 0 || load->read_at - commit->before != ours)
		return false;
	load->is_reading = true;
	task_start(&load->reading, load_read_result, load);
	return true;
}

static bool catch_up_with(struct load *load, enum family families)
{
	for (int i = 0; i < FAMILIES; i++)
		if (family_has(changed_ones(load, families), i) && !catch_up(&load->side[i]))
			return false;
	return true;
}

/* nf_tables lets in one writer at a time: IPv4 first. False after a report; *left: of these another wrote before they could. */
static bool commit_once(struct load *load, enum family families, bool whatever, enum family *left)
{
	struct nft_commit commit = { .load = load, .families = families, .whatever = whatever };
	struct restore restore = { .refusal = REFUSAL_INIT, .turn = turn_of_nft, .arg = &commit };
	struct restore restores[FAMILIES] = { restore, restore };
	struct side *last = &load->side[family_has(families, 1)];
	uint32_t after;

	restores[last->family].finished = start_reading;
	(void)!nftgen_ask(&load->nftgen, &commit.before);
	load_phase(load, family_has(families, 0) ? "committing IPv4" : "committing IPv6");
	*left = FAMILY_NONE;
	if (!run_programs(load, families, restores))
		return false;
	for (int i = 0; i < FAMILIES; i++)
		if (restores[i].stopped)
			*left |= family_bit(i);
	if (*left != FAMILY_NONE)
		return true;
	(void)!nftgen_ask(&load->nftgen, &after);
	note_writers(load, last, last->seen, after);
	return true;
}

static bool commit_nft(struct load *load)
{
	enum family left = FAMILY_BOTH;
	bool good = true;

	for (int tries = 0; good && left != FAMILY_NONE; tries++) {
		good = catch_up_with(load, left);
		left = changed_ones(load, left);
		load_drop_result(load); /* of a round before this one */
		if (good && left != FAMILY_NONE)
			good = commit_once(load, left, tries >= 10, &left);
	}
	return good;
}

bool apply_rules(void *arg)
{
	struct load *load = arg;
	return load->backend.kind == BACKEND_LEGACY ? commit_legacy(load) : commit_nft(load);
}
