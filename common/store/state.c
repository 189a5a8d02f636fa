/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/state.h"
#include "base/atomic.h"
#include "base/file.h"
#include "store/packed.h"
#include "store/refer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TEXT_MAX = 128 << 20 };

#define GOOD_NEW     ".good.tmp"
#define PREVIOUS_NEW ".previous.tmp"

static const char *const parts[] = { "", ".v4", ".v6" };

void state_begin(struct state *state, const char *dir)
{
	state->dir = dir;
	if (strcmp(dir, STATE_DIR) == 0)
		snprintf(state->run, sizeof(state->run), "%s", STATE_RUN);
	else
		snprintf(state->run, sizeof(state->run), "%s/run", dir);
}

static int make_dir(const char *path)
{
	return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : -errno;
}

int state_make(const struct state *state)
{
	struct strbuf path = STRBUF_INIT;
	int err = make_dir(state->dir);

	if (err == 0)
		err = make_dir(state_path(state, "generations", &path));
	if (err == 0)
		err = make_dir(state->run);
	strbuf_free(&path);
	return err;
}

const char *state_path(const struct state *state, const char *name, struct strbuf *out)
{
	strbuf_reset(out);
	strbuf_printf(out, "%s/%s", state->dir, name);
	return strbuf_text(out);
}

const char *state_run_path(const struct state *state, const char *name, struct strbuf *out)
{
	strbuf_reset(out);
	strbuf_printf(out, "%s/%s", state->run, name);
	return strbuf_text(out);
}

static const char *part_path(const struct state *state, unsigned generation, const char *part, struct strbuf *out)
{
	char name[64];

	snprintf(name, sizeof(name), "generations/%06u%s.gz", generation, part);
	return state_path(state, name, out);
}

/* The number in front of a name in generations/; 0: it has none. */
static unsigned number_of(const char *name)
{
	char *end;
	unsigned long number = strtoul(name, &end, 10);

	return end != name && *end == '.' && number < 1000000000UL ? (unsigned)number : 0;
}

unsigned state_link(const struct state *state, const char *name)
{
	struct strbuf path = STRBUF_INIT;
	char target[256];
	ssize_t len = readlink(state_path(state, name, &path), target, sizeof(target) - 1);
	const char *slash;

	strbuf_free(&path);
	if (len < 0)
		return 0;
	target[len] = '\0';
	slash = strrchr(target, '/');
	return number_of(slash != NULL ? slash + 1 : target);
}

unsigned state_newest(const struct state *state)
{
	struct strbuf path = STRBUF_INIT;
	DIR *dir = opendir(state_path(state, "generations", &path));
	unsigned newest = 0;

	strbuf_free(&path);
	for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;)
		if (number_of(entry->d_name) > newest)
			newest = number_of(entry->d_name);
	if (dir != NULL)
		closedir(dir);
	return newest;
}

static int write_part(const struct state *state, unsigned generation, const char *part, const struct strbuf *text)
{
	struct strbuf path = STRBUF_INIT;
	int err = packed_write(part_path(state, generation, part, &path), strbuf_text(text), text->len);

	strbuf_free(&path);
	return err;
}

static int read_part(const struct state *state, unsigned generation, const char *part, struct strbuf *out)
{
	struct strbuf path = STRBUF_INIT;
	int err = generation == 0 ? -ENOENT : packed_read(part_path(state, generation, part, &path), out, TEXT_MAX);

	strbuf_free(&path);
	return err;
}

/* The family of ".v4" and ".v6"; -1: the input itself. */
static int part_family(const char *part)
{
	return strcmp(part, parts[1]) == 0 ? 0 : strcmp(part, parts[2]) == 0 ? 1 : -1;
}

int state_write(const struct state *state, unsigned generation, const char *part, const struct strbuf *input,
		const struct strbuf *text)
{
	struct strbuf coded = STRBUF_INIT;
	int family = part_family(part), err = 0;

	/* Without its input the text stands for itself. */
	if (family >= 0 && input != NULL)
		err = refer_encode(text, input, family, &coded);
	if (err == 0)
		err = write_part(state, generation, part, coded.len > 0 && coded.len < text->len ? &coded : text);
	strbuf_free(&coded);
	return err;
}

int state_write_packed(const struct state *state, unsigned generation, const struct strbuf *packed)
{
	struct strbuf path = STRBUF_INIT;
	int err = packed_publish(part_path(state, generation, parts[0], &path), packed);

	strbuf_free(&path);
	return err;
}

/* `text` tells the part by lines of the input. */
static int resolve(const struct state *state, unsigned generation, const char *part, const struct strbuf *input,
		   const struct strbuf *text, struct strbuf *out)
{
	struct strbuf own = STRBUF_INIT;
	int err = input == NULL ? read_part(state, generation, "", &own) : 0;

	if (err == 0)
		err = refer_decode(text, input == NULL ? &own : input, part_family(part), out);
	strbuf_free(&own);
	return err == -ENOENT ? -EBADMSG : err;
}

int state_read_beside(const struct state *state, unsigned generation, const char *part, const struct strbuf *input,
		      struct strbuf *out)
{
	struct strbuf text = STRBUF_INIT;
	int err = read_part(state, generation, part, &text);

	if (err == 0 && refer_is(&text) && part_family(part) >= 0) {
		err = resolve(state, generation, part, input, &text, out);
	} else if (err == 0) {
		strbuf_take(out, &text);
		err = out->failed ? -ENOMEM : 0;
	}
	strbuf_free(&text);
	return err;
}

int state_read(const struct state *state, unsigned generation, const char *part, struct strbuf *out)
{
	return state_read_beside(state, generation, part, NULL, out);
}

static int sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = fd >= 0 && fsync(fd) == 0 ? 0 : -errno;

	if (fd >= 0)
		close(fd);
	return err;
}

/* A link is replaced by a rename, so that there is always one: it is made here, and takes its place below. */
static int make_link(const struct state *state, const char *temporary, unsigned generation)
{
	struct strbuf path = STRBUF_INIT;
	char target[64];
	int err = 0;

	snprintf(target, sizeof(target), "generations/%06u.gz", generation);
	if (unlink(state_path(state, temporary, &path)) != 0 && errno != ENOENT)
		err = -errno;
	if (err == 0 && generation != 0 && symlink(target, strbuf_text(&path)) != 0)
		err = -errno;
	strbuf_free(&path);
	return err;
}

static int place_link(const struct state *state, const char *temporary, const char *name)
{
	struct strbuf path = STRBUF_INIT, fresh = STRBUF_INIT;
	int err = rename(state_path(state, temporary, &fresh), state_path(state, name, &path)) == 0 ? 0 : -errno;

	strbuf_free(&path);
	strbuf_free(&fresh);
	return err;
}

/* Back to what it was, as well as it goes. */
static void restore_link(const struct state *state, const char *temporary, const char *name, unsigned generation)
{
	struct strbuf path = STRBUF_INIT;

	if (make_link(state, temporary, 0) == 0 && state_link(state, name) != generation) {
		if (generation == 0)
			unlink(state_path(state, name, &path));
		else if (make_link(state, temporary, generation) == 0)
			(void)!place_link(state, temporary, name);
	}
	strbuf_free(&path);
}

int state_flip(const struct state *state, unsigned generation)
{
	unsigned good = state_link(state, "good"), previous = state_link(state, "previous");
	int err;

	if (good == generation)
		return 0;
	/* What may find the disk full comes first. */
	err = make_link(state, GOOD_NEW, generation);
	if (err == 0)
		err = make_link(state, PREVIOUS_NEW, good);
	if (err == 0)
		err = place_link(state, GOOD_NEW, "good");
	if (err == 0 && good != 0)
		err = place_link(state, PREVIOUS_NEW, "previous");
	if (err == 0)
		err = sync_dir(state->dir);
	if (err != 0) {
		restore_link(state, GOOD_NEW, "good", good);
		restore_link(state, PREVIOUS_NEW, "previous", previous);
	}
	return err;
}

int state_finish_flip(const struct state *state)
{
	int err = place_link(state, PREVIOUS_NEW, "previous");

	return err == -ENOENT ? 0 : err;
}

int state_remove(const struct state *state, unsigned generation)
{
	struct strbuf path = STRBUF_INIT;
	int err = 0;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (unlink(part_path(state, generation, parts[i], &path)) != 0 && errno != ENOENT && err == 0)
			err = -errno;
	strbuf_free(&path);
	return err;
}

static int number_order(const void *left, const void *right)
{
	const unsigned *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

int state_list(const struct state *state, state_numbers *out)
{
	struct strbuf path = STRBUF_INIT;
	DIR *dir = opendir(state_path(state, "generations", &path));
	int err = dir != NULL || errno == ENOENT ? 0 : -errno;
	size_t kept = 0;

	strbuf_free(&path);
	for (struct dirent *entry; err == 0 && dir != NULL && (entry = readdir(dir)) != NULL;)
		if (number_of(entry->d_name) != 0 && !vec_push(out, number_of(entry->d_name)))
			err = -ENOMEM;
	if (dir != NULL)
		closedir(dir);
	if (out->len > 1)
		qsort(out->item, out->len, sizeof(*out->item), number_order);
	for (size_t i = 0; i < out->len; i++)
		if (kept == 0 || out->item[kept - 1] != out->item[i])
			out->item[kept++] = out->item[i];
	out->len = kept;
	return err;
}

unsigned long long state_size(const struct state *state, unsigned generation)
{
	struct strbuf path = STRBUF_INIT;
	unsigned long long size = 0;
	struct stat st;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (stat(part_path(state, generation, parts[i], &path), &st) == 0)
			size += (unsigned long long)st.st_size;
	strbuf_free(&path);
	return size;
}

int state_prune(const struct state *state, unsigned keep)
{
	unsigned good = state_link(state, "good"), previous = state_link(state, "previous");
	struct pending pending;
	state_numbers numbers = { 0 };
	int err;

	if (state_read_pending(state, &pending) != 0)
		pending.generation = 0;
	err = state_list(state, &numbers);
	if (err != 0)
		numbers.len = 0; /* what could not be listed stays */
	for (size_t i = 0; i + keep < numbers.len; i++) {
		unsigned number = numbers.item[i];
		bool named = number == good || number == previous || number == pending.generation;
		int one = named ? 0 : state_remove(state, number);

		err = err == 0 ? one : err;
	}
	vec_free(&numbers);
	return err;
}

int state_read_pending(const struct state *state, struct pending *pending)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	int err = file_read_path(state_path(state, "pending", &path), &text, 4096);

	*pending = (struct pending){ .generation = 0 };
	if (err == 0 && sscanf(strbuf_text(&text), "generation %u\nboot %39s\ndeadline %lld\n", &pending->generation,
			       pending->boot, &pending->deadline) != 3)
		err = -EBADMSG;
	strbuf_free(&path);
	strbuf_free(&text);
	return err == -ENOENT ? 0 : err;
}

int state_write_pending(const struct state *state, const struct pending *pending)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	int err;

	strbuf_printf(&text, "generation %u\nboot %s\ndeadline %lld\n", pending->generation, pending->boot,
		      pending->deadline);
	err = atomic_replace(state_path(state, "pending", &path), 0600, strbuf_text(&text), text.len);
	strbuf_free(&path);
	strbuf_free(&text);
	return err;
}

int state_clear_pending(const struct state *state)
{
	struct strbuf path = STRBUF_INIT;
	int err = unlink(state_path(state, "pending", &path)) == 0 || errno == ENOENT ? 0 : -errno;

	strbuf_free(&path);
	return err == 0 ? sync_dir(state->dir) : err;
}

long long state_uptime(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (long long)now.tv_sec;
}

int state_run_write(const struct state *state, const char *name, const char *text, size_t len)
{
	struct strbuf path = STRBUF_INIT;
	int err = atomic_replace_volatile(state_run_path(state, name, &path), 0600, text, len);

	strbuf_free(&path);
	return err;
}

void state_run_remove(const struct state *state, const char *name)
{
	struct strbuf path = STRBUF_INIT;

	unlink(state_run_path(state, name, &path));
	strbuf_free(&path);
}

int state_run_read(const struct state *state, const char *name, struct strbuf *out)
{
	struct strbuf path = STRBUF_INIT;
	int err = file_read_path(state_run_path(state, name, &path), out, TEXT_MAX);

	strbuf_free(&path);
	return err;
}
