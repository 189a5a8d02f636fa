/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* Single situations of undoing and recovery, with a kernel in memory. */
#include "fake/trial.h"
#include "store/generation.h"
#include "tap.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct trial trial;

static void begin(enum backend_kind kind, enum trial_flow flow, unsigned from, unsigned to)
{
	CHECK(trial_begin(&trial, kind, flow, from, to, false), "the old rules are in force before the run");
}

static const char *value_of(const char *key)
{
	return fake_text(fake_setting(&trial.door.kernel, key)->value);
}

static bool said(const char *words)
{
	return strstr(strbuf_text(&trial.said), words) != NULL;
}

/* --- settings ------------------------------------------------------------------------------------------- */

/* The place of a line in the trace; SIZE_MAX: it is not there. */
static size_t first_line(const char *line)
{
	const char *at = strstr(strbuf_text(&trial.door.trace), line);

	return at != NULL ? (size_t)(at - strbuf_text(&trial.door.trace)) : SIZE_MAX;
}

static size_t last_commit(void)
{
	size_t last = 0;

	for (const char *at = strbuf_text(&trial.door.trace); (at = strstr(at, "commit ")) != NULL; at++)
		last = (size_t)(at - strbuf_text(&trial.door.trace));
	return last;
}

static void test_order(enum backend_kind kind)
{
	begin(kind, FLOW_LAPSE, SIDE_FORWARDING | SIDE_OTHER, SIDE_FORWARD_ACCEPT);
	CHECK(trial_load(&trial, trial.to, 60, 0) == RESULT_DONE, "order: a load succeeds that closes open settings");
	CHECK(first_line("set " KEY_FILTER "=1") < first_line("commit IPv4") && first_line("set " KEY_IPV4 "=0") < first_line("commit IPv4"),
	      "order: sets closing settings before it commits rules");
	strbuf_reset(&trial.door.trace);
	CHECK(trial_lapse(&trial) == RESULT_UNCONFIRMED && trial_is(&trial, &trial.old), "order: the load is undone");
	CHECK(first_line("set " KEY_FILTER "=0") > last_commit() && first_line("set " KEY_FILTER "=0") != SIZE_MAX &&
		      first_line("set " KEY_IPV4 "=1") > last_commit() && first_line("set " KEY_IPV4 "=1") != SIZE_MAX,
	      "T21, order: undoing restores opening settings after the old rules");
	trial_end(&trial);
}

static void test_hand(enum backend_kind kind)
{
	begin(kind, FLOW_LOAD, SIDE_FORWARDING, SIDE_FORWARD_ACCEPT | SIDE_OTHER);
	CHECK(trial_go_behind(&trial, "set " KEY_FILTER "=0"), "hand: a load dies after it has set its last setting");
	fake_setting_put(&trial.door.kernel, KEY_FILTER, "7");
	CHECK(trial_recover(&trial) == RESULT_DONE, "hand: the next run undoes the load");
	CHECK(strcmp(value_of(KEY_FILTER), "7") == 0 && said(KEY_FILTER " stays 7"),
	      "T23, hand: undoing keeps a setting that was changed by hand, and says so");
	fake_setting_put(&trial.door.kernel, KEY_FILTER, "1");
	CHECK(trial_is(&trial, &trial.old), "hand: everything else is as before");
	trial_end(&trial);
}

static bool plan_has(unsigned side, unsigned generation, const char *line)
{
	struct strbuf plan = STRBUF_INIT;
	bool has;

	has = trial_plan(&trial, side, generation, &plan) == RESULT_DONE && strstr(strbuf_text(&plan), line) != NULL;
	strbuf_free(&plan);
	return has;
}

static void test_over_time(void)
{
	begin(BACKEND_NFT, FLOW_LOAD, SIDE_FORWARDING, SIDE_SILENT);
	CHECK(strcmp(value_of(KEY_IPV4), "1") == 0, "T24, forwarding: a text turns it on");
	CHECK(plan_has(SIDE_SILENT, 0, "set " KEY_IPV4 "=0\n"), "forwarding: the plan of a text without it turns it off");
	CHECK(trial_load(&trial, SIDE_SILENT, 0, 0) == RESULT_DONE && strcmp(value_of(KEY_IPV4), "0") == 0,
	      "forwarding: a text without it turns it off");
	CHECK(plan_has(0, 1, "set " KEY_IPV4 "=1\n"), "forwarding: the plan of a rollback turns it on");
	CHECK(trial_load(&trial, 0, 0, 1) == RESULT_DONE && strcmp(value_of(KEY_IPV4), "1") == 0,
	      "forwarding: a rollback turns it on");
	CHECK(trial_load(&trial, 0, 0, 2) == RESULT_DONE && strcmp(value_of(KEY_IPV4), "0") == 0,
	      "forwarding: a second rollback turns it off");
	CHECK(trial_load(&trial, SIDE_FORWARDING, 0, 0) == RESULT_DONE, "forwarding: a text turns it on again");
	trial_reboot(&trial);
	fake_setting_put(&trial.door.kernel, KEY_FILTER, "2");
	CHECK(trial_boot(&trial, true) == RESULT_DONE && strcmp(value_of(KEY_FILTER), "1") == 0,
	      "settings: the machine boots with this text");
	CHECK(trial_load(&trial, SIDE_SILENT, 0, 0) == RESULT_DONE && strcmp(value_of(KEY_FILTER), "2") == 0,
	      "T25, settings: a text without settings restores their values of this boot");
	trial_end(&trial);
}

/* --- damage --------------------------------------------------------------------------------------------- */

static bool exists(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", trial.dir, name);
	return access(path, F_OK) == 0;
}

/* Kernel and disk as a process left them that died. */
struct dead {
	struct fake_kernel kernel;
	struct fake_disk disk;
};

static void keep_dead(struct dead *dead)
{
	dead->kernel = trial.door.kernel;
	fake_disk_read(&dead->disk, trial.dir);
}

/* Restores the disk with other bytes in one file. */
static void go_to_dead(struct dead *dead, struct fake_file *file, const struct strbuf *bytes)
{
	struct strbuf whole = file->bytes;

	file->bytes = *bytes;
	fake_disk_write(&dead->disk, trial.dir);
	file->bytes = whole;
	fake_rewind(&trial.door);
	trial.door.kernel = dead->kernel;
}

/* The bytes of a file cut at a place, or all of them with one bit flipped there. */
static void damage(const struct strbuf *bytes, size_t at, bool cut, struct strbuf *out)
{
	strbuf_reset(out);
	strbuf_add(out, bytes->data, cut ? at : bytes->len);
	if (!cut)
		out->data[at] ^= (char)(1 << at % 7);
}

/* The safe rules are put in force instead of undoing, and another load works after that. */
static bool is_distrusted(void)
{
	return trial_recover(&trial) == RESULT_SAFE && trial_is_safe(&trial) && exists("run/journal.bad") && !exists("run/journal") &&
	       trial_load(&trial, trial.to, 0, 0) == RESULT_DONE;
}

static void test_journal(bool cut, const char *name)
{
	struct strbuf damaged = STRBUF_INIT;
	unsigned wrong = 0, tried = 0;
	struct fake_file *file;
	struct dead dead;

	begin(BACKEND_NFT, FLOW_LOAD, SIDE_FORWARDING, SIDE_FORWARD_ACCEPT | SIDE_OTHER);
	CHECK(trial_go_behind(&trial, "commit IPv6 *filter"), "a load dies when its rules are in force");
	keep_dead(&dead);
	file = fake_disk_find(&dead.disk, "run/journal");
	for (size_t i = 0; file != NULL && i < file->bytes.len; i += 61, tried++) {
		damage(&file->bytes, i, cut, &damaged);
		go_to_dead(&dead, file, &damaged);
		wrong += !is_distrusted();
	}
	CHECK(tried > 20 && wrong == 0, name);
	printf("# %u journals, %u wrong\n", tried, wrong);
	strbuf_free(&damaged);
	fake_disk_free(&dead.disk);
	trial_end(&trial);
}

/* --boot finds the good generation damaged, and loads the previous one. */
static void test_generation(bool cut, const char *name)
{
	struct strbuf damaged = STRBUF_INIT;
	unsigned believed = 0, wrong = 0, tried = 0;
	struct fake_file *file;
	struct dead dead;

	begin(BACKEND_NFT, FLOW_BOOT, SIDE_FORWARDING, SIDE_FORWARD_ACCEPT | SIDE_OTHER);
	keep_dead(&dead);
	file = fake_disk_find(&dead.disk, "generations/000002.gz");
	for (size_t i = 0; file != NULL && i < file->bytes.len; i++, tried++) {
		struct generation generation;

		damage(&file->bytes, i, cut, &damaged);
		go_to_dead(&dead, file, &damaged);
		believed += generation_read(&generation, &trial.state, 2);
		generation_free(&generation);
		if (i % 16 == 0)
			wrong += trial_boot(&trial, true) != RESULT_FALLBACK || !trial_is(&trial, &trial.old);
	}
	CHECK(tried > 200 && believed == 0, name);
	CHECK(wrong == 0, "T33: --boot loads the previous generation instead of a damaged one, and says so");
	printf("# %u files, %u believed\n", tried, believed);
	strbuf_free(&damaged);
	fake_disk_free(&dead.disk);
	trial_end(&trial);
}

/* --- safe rules ----------------------------------------------------------------------------------------- */

static bool spoil_journal(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/run/journal", trial.dir);
	return truncate(path, 10) == 0;
}

static bool drop_ssh_by_hand(void)
{
	const char *program = "*filter\n-D INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n", *why;
	unsigned line = 1;

	return fake_restore(&trial.door.kernel, 0, false, &program, &line, &why);
}

/* The safe rules are in force but for one that was removed by hand. Undoing a load restores just that. */
static void test_safe_changed(enum backend_kind kind)
{
	struct fake_kernel expected;

	begin(kind, FLOW_LOAD, SIDE_FORWARDING, SIDE_FORWARD_ACCEPT | SIDE_OTHER);
	CHECK(trial_go_behind(&trial, "commit IPv6 *filter"), "a load dies when its rules are in force");
	CHECK(spoil_journal() && trial_recover(&trial) == RESULT_SAFE && trial_is_safe(&trial),
	      "safe rules: are loaded when the journal is damaged");
	CHECK(drop_ssh_by_hand(), "safe rules: one is removed by hand");
	CHECK(trial_load(&trial, trial.to, 60, 0) == RESULT_DONE && trial_lapse(&trial) == RESULT_UNCONFIRMED,
	      "safe rules: an unconfirmed load is undone");
	CHECK(trial_load(&trial, trial.to, 0, 0) == RESULT_DONE, "safe rules: another load succeeds");
	expected = trial.new;
	side_apply(&expected, trial.to, &trial.boot, false);
	CHECK(trial_is(&trial, &expected), "safe rules: none is left beside the new rules");
	trial_end(&trial);
}

/* --- things made with nft ------------------------------------------------------------------------------- */

/* Another program makes something with nft before each of the first `left` times that the rules in force are read. */
static struct {
	struct door door;
	unsigned left;
	bool there;
} nft;

static int save_beside_nft(void *self, enum family families, struct strbuf texts[FAMILIES], struct diag_log *log)
{
	nft.there = nft.there || nft.left > 0;
	nft.left -= nft.left > 0;
	return nft.there ? -EBADMSG : nft.door.save(self, families, texts, log);
}

static enum family clear_nft(void *self, const struct clearing *clearing, struct diag_log *log)
{
	(void)self, (void)clearing, (void)log;
	nft.there = false;
	return FAMILY_NONE;
}

static void test_nft(void)
{
	unsigned wrong = 0;

	for (unsigned times = 0; times <= 6; times++) {
		begin(BACKEND_NFT, FLOW_LAPSE, SIDE_FORWARDING, SIDE_FORWARD_ACCEPT);
		wrong += trial_load(&trial, trial.to, 60, 0) != RESULT_DONE;
		nft.door = trial.door.door;
		nft.left = times;
		trial.door.door.save = save_beside_nft;
		trial.door.door.clear = clear_nft;
		wrong += trial_lapse(&trial) != RESULT_UNCONFIRMED || nft.left > 0;
		trial.door.door.save = nft.door.save;
		trial.door.door.clear = NULL;
		wrong += !trial_is(&trial, &trial.old);
		trial_end(&trial);
	}
	CHECK(wrong == 0, "undoing restores the rules, although another program goes on to make things with nft");
}

static int save_busy(void *self, enum family families, struct strbuf texts[FAMILIES], struct diag_log *log)
{
	(void)self, (void)families, (void)texts, (void)log;
	return -EBUSY;
}

static void test_unread(enum backend_kind kind)
{
	begin(kind, FLOW_LAPSE, SIDE_FORWARDING, SIDE_FORWARD_ACCEPT);
	CHECK(trial_load(&trial, trial.to, 60, 0) == RESULT_DONE, "unread: a load succeeds");
	nft.door = trial.door.door;
	trial.door.door.save = save_busy;
	CHECK(trial_lapse(&trial) == RESULT_UNCONFIRMED && said("could not be read back"),
	      "unread: undoing a load ends although the rules in force can never be read");
	trial.door.door.save = nft.door.save;
	CHECK(trial_is(&trial, &trial.old), "unread: the rules before the load are in force again, not the safe rules");
	trial_end(&trial);
}

static void test_boot_unread(enum backend_kind kind, bool first)
{
	bool put;

	begin(kind, FLOW_BOOT, SIDE_FORWARDING, SIDE_FORWARD_ACCEPT | SIDE_OTHER);
	nft.door = trial.door.door;
	trial.door.door.save = save_busy;
	put = trial_boot(&trial, first) == RESULT_FALLBACK;
	trial.door.door.save = nft.door.save;
	CHECK(put && trial_is(&trial, &trial.new),
	      "unread: a boot puts the good generation in force although the rules there can never be read");
	trial_end(&trial);
}

int main(void)
{
	for (int first = 0; first < 2; first++) {
		test_boot_unread(BACKEND_NFT, first == 1);
		test_boot_unread(BACKEND_LEGACY, first == 1);
	}
	test_unread(BACKEND_NFT);
	test_unread(BACKEND_LEGACY);
	test_nft();
	test_safe_changed(BACKEND_NFT);
	test_safe_changed(BACKEND_LEGACY);
	test_order(BACKEND_NFT);
	test_order(BACKEND_LEGACY);
	test_hand(BACKEND_NFT);
	test_hand(BACKEND_LEGACY);
	test_over_time();
	test_journal(true, "T22: a journal that is cut anywhere leads to the safe rules, and is kept");
	test_journal(false, "T22: a journal with a bit flipped anywhere leads to the safe rules, and is kept");
	test_generation(true, "T32: a generation that is cut anywhere is not loaded");
	test_generation(false, "T32: a generation with a bit flipped anywhere is not loaded");
	return tap_done();
}
