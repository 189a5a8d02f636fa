/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/* fw-gen - compile a firewall profile into IPv4 and IPv6 rules. */
#include "cli.h"
#include "base/file.h"
#include "fw-gen/options.h"
#include "profile/import.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A profile or a list of hosts that is larger than this is taken for a mistake. */
#define INPUT_BYTES_MAX ((size_t)64 << 20)

static int source_read(void *ctx, const char *path, struct strbuf *out)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err;

	(void)ctx;
	if (fd < 0)
		return -errno;
	/* Nobody may ever write to a FIFO. */
	err = fstat(fd, &st) != 0 ? -errno : S_ISFIFO(st.st_mode) ? -ENOTSUP : file_read(fd, out, INPUT_BYTES_MAX);
	close(fd);
	return err;
}

static int source_list(void *ctx, const char *path, struct strbuf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_DIRECTORY), err = 0;
	DIR *dir = fd >= 0 ? file_list(fd) : NULL;

	(void)ctx;
	if (dir == NULL)
		err = -errno;
	while (dir != NULL && err == 0) {
		const struct dirent *entry = (errno = 0, readdir(dir));
		struct stat st;

		if (entry == NULL) {
			err = -errno;
			break;
		}
		/* A link could lead to a file of somebody else. */
		if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			err = errno == ENOENT ? 0 : -errno;
		else
			strbuf_printf(out, "%s%s%c", S_ISREG(st.st_mode) ? "" : "/", entry->d_name, '\0');
	}
	if (dir != NULL)
		closedir(dir);
	if (fd >= 0)
		close(fd);
	return err;
}

static void print_profile(int mode, const struct profile *profile, struct strbuf *out)
{
	switch (mode) {
	case 'c':
		break;
	case 'e':
		profile_print_explanation(profile, out);
		break;
	case 'm':
		profile_print_modules(profile, out);
		break;
	case 's':
		profile_print_sysctls(profile, out);
		break;
	default:
		profile_print(profile, out);
	}
}

static void generate(struct cli *cli, const struct fw_gen_options *options, struct strbuf *out)
{
	struct profile_source source = { .read = source_read, .list = source_list, .now = (int64_t)time(NULL) };
	const char *name = cli_input_name(options->path);
	struct strbuf text = STRBUF_INIT;
	struct profile *profile = NULL;

	if (!cli_read(cli, options->path, &text, INPUT_BYTES_MAX)) {
		strbuf_free(&text);
		return;
	}
	if (options->mode == 'i' &&
	    !profile_import(name, strbuf_text(&text), text.len, options->profile.family, &cli->log, out))
		strbuf_reset(out);
	if (options->mode != 'i')
		profile = profile_compile(name, strbuf_text(&text), text.len, &source, &options->profile, &cli->log);
	if (profile != NULL)
		print_profile(options->mode, profile, out);
	profile_free(profile);
	strbuf_free(&text);
}

int main(int argc, char *argv[])
{
	struct cli cli;
	struct fw_gen_options options = options_parse(&cli, argc, argv);
	struct strbuf out = STRBUF_INIT;

	if (options.mode == 'S')
		profile_print_services(&out);
	else if (options.mode == 'L')
		profile_print_statements(&out);
	else
		generate(&cli, &options, &out);
	if (out.failed)
		diag_memory(&cli.log);
	else
		cli_write(&out);
	strbuf_free(&out);
	return cli_finish(&cli);
}
