/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "confine/exefile.h"
#include "base/file.h"
#include "base/strbuf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The owner that the kernel shows if the user namespace has no number for the real one, such as root. */
enum { NOBODY = 65534 };

/* A file with more program headers is not treated as an ELF file. */
enum { SEGMENTS_MAX = 64 };

/* True if the user namespace has a number for every user of the machine. */
static bool has_all_users(void)
{
	struct strbuf map = STRBUF_INIT;
	bool all = file_read_path("/proc/self/uid_map", &map, 4096) != 0 ||
		   strstr(strbuf_text(&map), " 4294967295") != NULL;

	strbuf_free(&map);
	return all;
}

static bool is_trusted(int file)
{
	struct stat st;

	if (fstat(file, &st) != 0 || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return false;
	return st.st_uid == 0 || st.st_uid == geteuid() || (st.st_uid == NOBODY && !has_all_users());
}

static bool read_at(int file, void *bytes, size_t len, uint64_t at)
{
	return at < INT64_MAX && pread(file, bytes, len, (off_t)at) == (ssize_t)len;
}

struct segments {
	uint64_t at;
	size_t count, size;
	bool wide;
};

/* False: this is not an ELF file of our byte order. */
static bool read_header(int file, struct segments *segments)
{
	union {
		unsigned char ident[EI_NIDENT];
		Elf32_Ehdr narrow;
		Elf64_Ehdr wide;
	} header;
	const unsigned char order = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;

	if (!read_at(file, &header, sizeof(header), 0) || memcmp(header.ident, ELFMAG, SELFMAG) != 0 ||
	    header.ident[EI_DATA] != order)
		return false;
	segments->wide = header.ident[EI_CLASS] == ELFCLASS64;
	segments->at = segments->wide ? header.wide.e_phoff : header.narrow.e_phoff;
	segments->count = segments->wide ? header.wide.e_phnum : header.narrow.e_phnum;
	segments->size = segments->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	return segments->count <= SEGMENTS_MAX;
}

/* Reads the path of the dynamic linker; empty: the program has none. False: the file is incomplete. */
static bool read_linker(int file, const struct segments *segments, char path[static 4096])
{
	path[0] = '\0';
	for (size_t i = 0; i < segments->count; i++) {
		union {
			Elf32_Phdr narrow;
			Elf64_Phdr wide;
		} segment;
		uint64_t at, len;

		if (!read_at(file, &segment, segments->size, segments->at + i * segments->size))
			return false;
		if ((segments->wide ? segment.wide.p_type : segment.narrow.p_type) != PT_INTERP)
			continue;
		at = segments->wide ? segment.wide.p_offset : segment.narrow.p_offset;
		len = segments->wide ? segment.wide.p_filesz : segment.narrow.p_filesz;
		return len > 0 && len <= 4096 && read_at(file, path, len, at) && path[len - 1] == '\0';
	}
	return true;
}

static int open_linker(struct exefile *program)
{
	struct segments segments;
	char path[4096];

	program->elf = read_header(program->file, &segments) && read_linker(program->file, &segments, path);
	if (!program->elf || path[0] == '\0')
		return 0;
	program->linker = open(path, O_PATH | O_CLOEXEC);
	return program->linker < 0 ? -errno : is_trusted(program->linker) ? 0 : -EKEYREJECTED;
}

int exefile_open(struct exefile *program, const char *path)
{
	*program = (struct exefile){ .file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), .linker = -1 };
	if (program->file < 0 &&
	    errno == EACCES) /* to be executed, but not read: we do not know what it is */
		program->file = open(path, O_PATH | O_CLOEXEC);
	if (program->file < 0)
		return -errno;
	return is_trusted(program->file) ? open_linker(program) : -EKEYREJECTED;
}

void exefile_close(struct exefile *program)
{
	if (program->file >= 0)
		close(program->file);
	if (program->linker >= 0)
		close(program->linker);
	*program = (struct exefile){ .file = -1, .linker = -1 };
}
