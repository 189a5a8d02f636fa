/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "rotate/include.h"
#include "base/strbuf.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The list that logrotate begins with, logrotate(8). */
static const char *const usual[] = {
	"*,v",	       "*.bak",	     "*.cfsaved", "*.disabled",	      "*.dpkg-bak", "*.dpkg-del",
	"*.dpkg-dist", "*.dpkg-new", "*.dpkg-old", "*.dpkg-tmp",      "*.rhn-cfg-tmp-*", "*.rpmnew",
	"*.rpmorig",   "*.rpmsave",  "*.swp",	   "*.ucf-dist",      "*.ucf-new",  "*.ucf-old",
	"*~",
};

bool taboo_add(struct taboo *taboo, const char *before, const char *list)
{
	while (*list != '\0') {
		size_t len = strcspn(list, ",");
		struct strbuf text = STRBUF_INIT;

		strbuf_puts(&text, before);
		strbuf_add(&text, list, len);
		list += len + (list[len] == ',');
		if (len == 0)
			strbuf_free(&text);
		else if (text.failed || !vec_push(&taboo->patterns, text.data)) {
			strbuf_free(&text);
			return false;
		}
	}
	return true;
}

void taboo_clear(struct taboo *taboo, bool extensions)
{
	size_t kept = 0;

	taboo->without_defaults |= extensions;
	for (size_t i = 0; i < taboo->patterns.len; i++) {
		char *pattern = taboo->patterns.item[i];

		if ((pattern[0] == '*') == extensions)
			free(pattern);
		else
			taboo->patterns.item[kept++] = pattern;
	}
	taboo->patterns.len = kept;
}

bool taboo_matches(const struct taboo *taboo, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(usual) && !taboo->without_defaults; i++)
		if (fnmatch(usual[i], name, 0) == 0)
			return true;
	for (size_t i = 0; i < taboo->patterns.len; i++)
		if (fnmatch(taboo->patterns.item[i], name, 0) == 0)
			return true;
	return false;
}

void taboo_free(struct taboo *taboo)
{
	for (size_t i = 0; i < taboo->patterns.len; i++)
		free(taboo->patterns.item[i]);
	vec_free(&taboo->patterns);
}

/* Adds DIR/NAME if it is a regular file, which can be named by a link. */
static int add_file(include_list *list, const char *dir, const char *name)
{
	struct strbuf path = STRBUF_INIT;
	struct stat st;

	strbuf_printf(&path, "%s%s%s", dir, dir[strlen(dir) - 1] == '/' ? "" : "/", name);
	if (!path.failed && (stat(path.data, &st) != 0 || !S_ISREG(st.st_mode))) {
		strbuf_free(&path);
		return 0;
	}
	if (!path.failed && vec_push(list, path.data))
		return 0;
	strbuf_free(&path);
	return -ENOMEM;
}

static int compare_paths(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static int find_in_directory(const char *path, const struct taboo *taboo, include_list *list)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	int err = 0;

	if (dir == NULL)
		return -errno;
	while (err == 0 && (errno = 0, entry = readdir(dir)) != NULL)
		if (!taboo_matches(taboo, entry->d_name))
			err = add_file(list, path, entry->d_name);
	if (err == 0)
		err = -errno;
	closedir(dir);
	if (list->len > 1)
		qsort(list->item, list->len, sizeof(*list->item), compare_paths);
	return err;
}

int include_find(const char *path, const struct taboo *taboo, include_list *list)
{
	struct stat st;
	char *copy;

	*list = (include_list){ 0 };
	if (stat(path, &st) != 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return find_in_directory(path, taboo, list);
	copy = strdup(path);
	if (copy != NULL && vec_push(list, copy))
		return 0;
	free(copy);
	return -ENOMEM;
}

void include_free(include_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		free(list->item[i]);
	vec_free(list);
}
