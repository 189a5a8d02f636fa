/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "system/state.h"
#include "base/atomic.h"
#include "base/file.h"
#include "base/vec.h"
#include "system/packed.h"

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

int state_write(const struct state *state, unsigned generation, const char *part, const char *text, size_t len)
{
	struct strbuf path = STRBUF_INIT;
	int err = packed_write(part_path(state, generation, part, &path), text, len);

	strbuf_free(&path);
	return err;
}

int state_read(const struct state *state, unsigned generation, const char *part, struct strbuf *out)
{
	struct strbuf path = STRBUF_INIT;
	int err = generation == 0 ? -ENOENT : packed_read(part_path(state, generation, part, &path), out, TEXT_MAX);

	strbuf_free(&path);
	return err;
}

static int sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = fd >= 0 && fsync(fd) == 0 ? 0 : -errno;

	if (fd >= 0)
		close(fd);
	return err;
}

/* A link is replaced by a rename, so that there is always one. */
static int set_link(const struct state *state, const char *name, unsigned generation)
{
	struct strbuf path = STRBUF_INIT, fresh = STRBUF_INIT;
	char target[64], temporary[64];
	int err = 0;

	snprintf(target, sizeof(target), "generations/%06u.gz", generation);
	snprintf(temporary, sizeof(temporary), ".%s.tmp", name);
	unlink(state_path(state, temporary, &fresh));
	if (symlink(target, strbuf_text(&fresh)) != 0 ||
	    rename(strbuf_text(&fresh), state_path(state, name, &path)) != 0)
		err = -errno;
	strbuf_free(&path);
	strbuf_free(&fresh);
	return err == 0 ? sync_dir(state->dir) : err;
}

int state_flip(const struct state *state, unsigned generation)
{
	unsigned good = state_link(state, "good");
	int err = 0;

	if (good == generation)
		return 0;
	if (good != 0)
		err = set_link(state, "previous", good);
	return err == 0 ? set_link(state, "good", generation) : err;
}

void state_remove(const struct state *state, unsigned generation)
{
	struct strbuf path = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		unlink(part_path(state, generation, parts[i], &path));
	strbuf_free(&path);
}

void state_prune(const struct state *state)
{
	unsigned newest = state_newest(state), good = state_link(state, "good"), previous = state_link(state, "previous");
	struct strbuf path = STRBUF_INIT;
	DIR *dir = opendir(state_path(state, "generations", &path));
	struct pending pending;
	VEC(unsigned) old = { 0 };

	if (state_read_pending(state, &pending) != 0)
		pending.generation = 0;
	for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
		unsigned number = number_of(entry->d_name);

		if (number != 0 && number + STATE_KEEP <= newest && number != good && number != previous &&
		    number != pending.generation && !vec_push(&old, number))
			break;
	}
	for (size_t i = 0; i < old.len; i++)
		state_remove(state, old.item[i]);
	if (dir != NULL)
		closedir(dir);
	vec_free(&old);
	strbuf_free(&path);
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

void state_boot_id(char id[static 40])
{
	struct strbuf text = STRBUF_INIT;

	snprintf(id, 40, "unknown");
	if (file_read_path("/proc/sys/kernel/random/boot_id", &text, 128) == 0 && text.len >= 36)
		snprintf(id, 40, "%.36s", text.data);
	strbuf_free(&text);
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
	int err = atomic_replace(state_run_path(state, name, &path), 0600, text, len);

	strbuf_free(&path);
	return err;
}

int state_run_read(const struct state *state, const char *name, struct strbuf *out)
{
	struct strbuf path = STRBUF_INIT;
	int err = file_read_path(state_run_path(state, name, &path), out, TEXT_MAX);

	strbuf_free(&path);
	return err;
}
